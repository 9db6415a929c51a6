//! What the packs in force say of a case.
//!
//! A row of elsewhere counts by reference (参照), and only where no rule of the debtor's own place gives a figure for the same duty, receiver
//! and slot.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    answers::{Approval, Category, Element, ElementRule, Special, SpecialRule, Suggested, Threshold, Told},
    case::{Case, CategoryCode, Figures, Grade},
    cited::Stamp,
    duty::{Duty, Receiver},
    limit::{Limit, Limited},
    pack::{Force, LimitRule, Pack, Row},
};
use crate::domain::{
    beijing::Day,
    holiday::{DayKnown, Holidays},
};

/// The rules of one moment: a set of packs.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    packs: Vec<Arc<Pack>>,
    unknown: Vec<(String, u32)>,
}

impl Rules {
    /// Of these packs. `unknown` are those that were in force, too, and are not held here.
    pub(super) fn new(packs: Vec<Arc<Pack>>, unknown: Vec<(String, u32)>) -> Self {
        Self { packs, unknown }
    }

    /// Which packs these are, each with its version.
    pub fn stamp(&self) -> Stamp {
        let held = self.packs.iter().map(|pack| (pack.key.clone(), pack.version));
        Stamp(held.chain(self.unknown.iter().cloned()).collect())
    }

    /// Packs of a stamp that are not held here: what they say is not known.
    pub fn unknown(&self) -> &[(String, u32)] {
        &self.unknown
    }

    /// The packs.
    pub fn packs(&self) -> impl Iterator<Item = &Pack> {
        self.packs.iter().map(Arc::as_ref)
    }

    /// Until when something is owed: every row that applies, the strictest first.
    pub fn limits(&self, duty: Duty, case: &Case) -> Vec<Limit> {
        let of_duty = self.applying(|pack| &pack.limits, case).filter(|(row, ..)| row.rule.duty == duty);
        let found: Vec<_> = of_duty.collect();
        // A rule of the own place that says 立即 and no figure leaves the figure to others.
        let says = |row: &Row<LimitRule>, force: Force| force == Force::Local && row.rule.limit != Limited::AtOnce;
        let local: BTreeSet<_> = found.iter().filter(|(row, force, _)| says(row, *force)).map(|(row, ..)| debt(row)).collect();
        let counts = |(row, force, _): &(&Row<_>, Force, &Pack)| *force != Force::Reference || !local.contains(&debt(row));
        let limits = found.into_iter().filter(counts).map(|(row, force, pack)| Limit {
            cited: pack.cite(row, force),
            basis: row.rule.basis,
            limit: row.rule.limit,
            to: row.rule.to,
            slot: row.rule.slot.clone(),
            says: row.rule.says.clone(),
        });
        let mut limits: Vec<Limit> = limits.collect();
        limits.sort_by(|a, b| a.limit.strictness(b.limit).then(a.basis.cmp(&b.basis)));
        limits
    }

    /// The grade that figures reach; `None`: there is no table for such events, or nothing is known yet.
    pub fn suggest_grade(&self, category: &CategoryCode, figures: &Figures) -> Option<Suggested> {
        let rows = self.packs.iter().flat_map(|pack| pack.thresholds.iter().map(move |row| (row, pack)));
        let reached = rows.filter(|(row, _)| row.scope.holds_category(Some(category)) && reaches(figures, &row.rule));
        // Of rows with one grade the first pack's is named.
        let highest = reached.reduce(|a, b| if b.0.rule.grade > a.0.rule.grade { b } else { a });
        highest.map(|(row, pack)| Suggested { grade: row.rule.grade, because: pack.cite(row, Force::General) })
    }

    /// What must be said, each key and stage once.
    pub fn elements(&self, case: &Case) -> Vec<Element> {
        let mut seen = BTreeSet::new();
        let rows = self.applying(|pack| &pack.elements, case);
        let first = rows.filter(|(row, ..)| seen.insert((row.rule.key.clone(), row.rule.stage)));
        let element = |(row, force, pack): (&Row<ElementRule>, Force, &Pack)| {
            let (key, label, stage) = (row.rule.key.clone(), row.rule.label.clone(), row.rule.stage);
            Element { key, label, stage, cited: pack.cite(row, force) }
        };
        first.map(element).collect()
    }

    /// Which leaders must be told, each once.
    pub fn tell(&self, case: &Case) -> Vec<Told> {
        let mut seen = BTreeSet::new();
        let mut rows: Vec<_> = self.applying(|pack| &pack.tells, case).collect();
        rows.sort_by_key(|(_, force, _)| *force);
        let rows = rows.into_iter().filter(|(row, ..)| seen.insert(row.rule));
        let told = rows.map(|(row, force, pack)| Told { role: row.rule, force, cited: pack.cite(row, force) });
        let mut told: Vec<_> = told.collect();
        told.sort_by_key(|told| told.role);
        told
    }

    /// Who holds what goes up, for how long: a rule of the own place before others, then the shortest; `None`: nobody.
    pub fn approval(&self, case: &Case) -> Option<Approval> {
        let rows = self.applying(|pack| &pack.approvals, case);
        let (row, force, pack) = rows.min_by_key(|(row, force, _)| (*force, row.rule.within_ms))?;
        let rule = &row.rule;
        Some(Approval {
            by: rule.by,
            limit_ms: rule.within_ms,
            at_end: rule.at_end,
            next_after_ms: rule.next_after_ms,
            cited: pack.cite(row, force),
        })
    }

    /// What a special period brings to such an office.
    pub fn special(&self, case: &Case) -> Vec<Special> {
        let special = |(row, force, pack): (&Row<SpecialRule>, Force, &Pack)| Special {
            brings: row.rule.brings,
            number: row.rule.number,
            says: row.rule.says.clone(),
            on_holidays: row.rule.on_holidays,
            cited: pack.cite(row, force),
        };
        self.applying(|pack| &pack.specials, case).map(special).collect()
    }

    /// What kind of day it is: as a pack announces it, else as it was announced when this program was made.
    pub fn day(&self, day: Day) -> DayKnown {
        let announces = |pack: &&Arc<Pack>| pack.calendar.years().any(|year| year == day.year());
        let announced = self.packs.iter().rev().find(announces).map(|pack| pack.calendar.day(day));
        announced.unwrap_or_else(|| Holidays::built_in().day(day))
    }

    /// Every kind of events, each once, the wider first.
    pub fn categories(&self) -> Vec<&Category> {
        let mut found: Vec<&Category> = Vec::new();
        // A later pack that names a known code brings its official code or its other name.
        for category in self.packs.iter().rev().flat_map(|pack| &pack.categories) {
            if !found.iter().any(|held| held.code == category.code) {
                found.push(category);
            }
        }
        found.sort_by(|a, b| a.code.cmp(&b.code));
        found
    }

    /// A kind of events by its code.
    pub fn category(&self, code: &CategoryCode) -> Option<&Category> {
        self.packs.iter().rev().flat_map(|pack| &pack.categories).find(|held| held.code == *code)
    }

    /// The rows of one kind that apply in a case, how, and from which pack.
    fn applying<'a, T: 'a>(
        &'a self,
        rows: impl Fn(&'a Pack) -> &'a Vec<Row<T>> + 'a,
        case: &'a Case,
    ) -> impl Iterator<Item = (&'a Row<T>, Force, &'a Pack)> {
        let of_pack = move |pack: &'a Pack| rows(pack).iter().map(move |row| (row, pack));
        let applies = |(row, pack): (&'a Row<T>, &'a Pack)| Some((row, row.scope.force(case)?, pack));
        self.packs().flat_map(of_pack).filter_map(applies)
    }
}

/// Rows of one debt compete.
fn debt(row: &Row<LimitRule>) -> (Receiver, &str) {
    (row.rule.to, row.rule.slot.as_str())
}

fn reaches(figures: &Figures, threshold: &Threshold) -> bool {
    let pairs = [
        (figures.dead, threshold.dead),
        (figures.badly_hurt, threshold.badly_hurt),
        (figures.missing, threshold.missing),
        (figures.loss_yuan, threshold.loss_yuan),
    ];
    pairs.into_iter().any(|(is, least)| is.zip(least).is_some_and(|(is, least)| is >= least))
}

/// A lower grade than one that is held is never taken silently; this says whether it would be lower.
pub fn lowers(held: Option<Grade>, to: Option<Grade>) -> bool {
    held > to
}
