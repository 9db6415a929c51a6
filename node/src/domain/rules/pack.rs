//! One pack of rules (规则包): rows of data, each with the article that it carries.
//!
//! A row says where it applies; [`Scope::force`] answers whether it does in a case, and how: by itself, or only by reference because the
//! regulation is another place's.

use dutynet_relay::ids::OfficeId;

use super::{
    answers::{ApprovalRule, Category, ElementRule, LeaderRole, SpecialRule, Threshold},
    case::{Case, CategoryCode, Channel, Flag, Grade, Tier},
    cited::Cited,
    duty::{Basis, Duty, Receiver},
    limit::Limited,
};
use crate::domain::{beijing::Day, holiday::Holidays};

/// Longest text of a pack, bytes: it must fit into one record.
pub const PACK_BYTES_MAX: usize = 15 * 1024;
/// An area that no office lies in: the regulation does not say where it is in force, or this program does not know.
pub const NOWHERE: &str = "-";

/// A pack as its text says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    /// As a stamp names it: the id, below the office that sent or laid it.
    pub key: String,
    /// Its own name for itself.
    pub id: String,
    /// From 1; a higher one takes the place of a lower.
    pub version: u32,
    /// Short name of the regulation.
    pub title: String,
    /// Short name where it is followed by reference.
    pub elsewhere: String,
    /// Full name, and where it was published.
    pub source: String,
    /// Kinds of events.
    pub categories: Vec<Category>,
    /// Until when what is owed.
    pub limits: Vec<Row<LimitRule>>,
    /// From which figures an event is of which grade.
    pub thresholds: Vec<Row<Threshold>>,
    /// What a report must say.
    pub elements: Vec<Row<ElementRule>>,
    /// Which leaders must be told.
    pub tells: Vec<Row<LeaderRole>>,
    /// Who holds what goes up, for how long.
    pub approvals: Vec<Row<ApprovalRule>>,
    /// What a special period brings.
    pub specials: Vec<Row<SpecialRule>>,
    /// Years that were announced.
    pub calendar: Holidays,
}

/// One row of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row<T> {
    /// Stable id inside of the pack.
    pub id: String,
    /// Line of the text on which it begins.
    pub line: usize,
    /// Where it applies.
    pub scope: Scope,
    /// The article, e.g. 第九条(二).
    pub article: String,
    /// Short name, where it is another regulation than the pack's.
    pub title: Option<String>,
    /// Full name, where it is another regulation than the pack's.
    pub source: Option<String>,
    /// What it says.
    pub rule: T,
}

/// Until when something is owed, as a row says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitRule {
    /// What is owed.
    pub duty: Duty,
    /// To whom.
    pub to: Receiver,
    /// See [`super::Limit::slot`].
    pub slot: String,
    /// From when.
    pub basis: Basis,
    /// How long.
    pub limit: Limited,
    /// For people.
    pub says: String,
}

/// Where a row applies. What is empty does not narrow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// Beginnings of area codes.
    pub areas: Vec<String>,
    /// Others follow it by reference, as long as no rule of their own place says otherwise.
    pub by_reference: bool,
    /// Who owes it.
    pub tiers: Vec<Tier>,
    /// Kinds of events.
    pub categories: Vec<CategoryCode>,
    /// Kinds of events of which another row speaks.
    pub not_categories: Vec<CategoryCode>,
    /// Grades.
    pub grades: Vec<Grade>,
    /// 不受分级标准限制: with certain flags the grade does not matter.
    pub lifted: bool,
    /// All of these must be true.
    pub flags: Vec<Flag>,
    /// By which way.
    pub channel: Option<Channel>,
    /// First day in force.
    pub from: Option<Day>,
    /// Last day in force.
    pub until: Option<Day>,
}

/// How a row applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Force {
    /// A rule of the debtor's own place.
    Local,
    /// A rule of everywhere.
    General,
    /// 参照: a rule of elsewhere, or of nowhere in particular.
    Reference,
}

impl Pack {
    /// The same pack as that of the office that sent or laid it.
    #[must_use]
    pub fn of_office(mut self, office: &OfficeId) -> Self {
        self.key = format!("{office}/{}", self.id);
        self
    }

    /// Kind, id and line of every row.
    pub fn row_ids(&self) -> impl Iterator<Item = (&'static str, &str, usize)> {
        let limits = self.limits.iter().map(|row| ("limit", row.id.as_str(), row.line));
        let grades = self.thresholds.iter().map(|row| ("grade", row.id.as_str(), row.line));
        let elements = self.elements.iter().map(|row| ("element", row.id.as_str(), row.line));
        let tells = self.tells.iter().map(|row| ("tell", row.id.as_str(), row.line));
        let approvals = self.approvals.iter().map(|row| ("approval", row.id.as_str(), row.line));
        let specials = self.specials.iter().map(|row| ("special", row.id.as_str(), row.line));
        limits.chain(grades).chain(elements).chain(tells).chain(approvals).chain(specials)
    }

    /// Every category that a row names, with the row.
    pub fn named_categories(&self) -> impl Iterator<Item = (&'static str, &str, usize, &CategoryCode)> {
        let ids = self.row_ids();
        let limits = self.limits.iter().map(|row| &row.scope);
        let scopes = limits
            .chain(self.thresholds.iter().map(|row| &row.scope))
            .chain(self.elements.iter().map(|row| &row.scope))
            .chain(self.tells.iter().map(|row| &row.scope))
            .chain(self.approvals.iter().map(|row| &row.scope))
            .chain(self.specials.iter().map(|row| &row.scope));
        ids.zip(scopes).flat_map(|((kind, id, line), scope)| {
            scope.categories.iter().chain(&scope.not_categories).map(move |code| (kind, id, line, code))
        })
    }

    /// Where an answer comes from that a row of this pack gives.
    pub fn cite<T>(&self, row: &Row<T>, force: Force) -> Cited {
        let own = match force {
            Force::Local | Force::General => &self.title,
            Force::Reference => &self.elsewhere,
        };
        let title = row.title.as_ref().unwrap_or(own);
        Cited {
            pack: self.key.clone(),
            version: self.version,
            row: row.id.clone(),
            title: title.clone(),
            article: format!("{title} {}", row.article).trim_end().to_owned(),
            source: row.source.as_ref().unwrap_or(&self.source).clone(),
        }
    }
}

impl Scope {
    /// How the row applies in a case; `None`: it does not.
    pub fn force(&self, case: &Case) -> Option<Force> {
        let narrow = self.holds_tier(case.tier)
            && self.holds_category(case.category.as_ref())
            && self.holds_grade(case)
            && self.flags.iter().all(|flag| case.flags.contains(flag))
            && (self.channel.is_none() || case.channel.is_none() || self.channel == case.channel)
            && self.is_in_force(case.on);
        if narrow { self.force_in(&case.jurisdiction) } else { None }
    }

    /// The same by place alone.
    pub fn force_in(&self, jurisdiction: &str) -> Option<Force> {
        let ours = self.areas.iter().any(|area| area != NOWHERE && jurisdiction.starts_with(area.as_str()));
        match (ours, self.by_reference) {
            (true, _) => Some(Force::Local),
            (false, true) => Some(Force::Reference),
            (false, false) if self.areas.is_empty() => Some(Force::General),
            (false, false) => None,
        }
    }

    /// Whether there is a case in which both apply, their places apart.
    pub fn overlaps(&self, other: &Self) -> bool {
        let tiers = meets(&self.tiers, &other.tiers, |a, b| a == b);
        let kinds = |a: &CategoryCode, b: &CategoryCode| a.is_within(b) || b.is_within(a);
        let categories = meets(&self.categories, &other.categories, kinds);
        let apart = |one: &Self, all: &Self| {
            let other_kind = |code: &CategoryCode| one.not_categories.iter().any(|not| code.is_within(not));
            !all.categories.is_empty() && all.categories.iter().all(other_kind)
        };
        let grades = meets(&self.grades, &other.grades, |a, b| a == b);
        let channels = self.channel.is_none() || other.channel.is_none() || self.channel == other.channel;
        tiers && categories && !apart(self, other) && !apart(other, self) && grades && channels
    }

    /// Whether the row is in force on a day.
    pub fn is_in_force(&self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }

    fn holds_tier(&self, tier: Tier) -> bool {
        self.tiers.is_empty() || self.tiers.contains(&tier)
    }

    /// Whether a row that is narrowed to kinds of events speaks of this one.
    pub fn holds_category(&self, category: Option<&CategoryCode>) -> bool {
        let within = |codes: &[CategoryCode]| category.is_some_and(|is| codes.iter().any(|code| is.is_within(code)));
        (self.categories.is_empty() || within(&self.categories)) && !within(&self.not_categories)
    }

    fn holds_grade(&self, case: &Case) -> bool {
        let lifted = self.lifted && case.flags.iter().any(|flag| flag.lifts_grades());
        self.grades.is_empty() || lifted || case.grade.is_some_and(|grade| self.grades.contains(&grade))
    }
}

/// Whether two lists have something in common; an empty one has everything.
fn meets<T>(a: &[T], b: &[T], same: impl Fn(&T, &T) -> bool) -> bool {
    a.is_empty() || b.is_empty() || a.iter().any(|a| b.iter().any(|b| same(a, b)))
}
