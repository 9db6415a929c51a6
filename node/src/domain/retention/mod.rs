//! How long the words of an office's own records are kept (保管期限), and when a rule says that they go.
//!
//! - [`Rules`]: rows of a file of the operator's, each with its article and source; nothing is removed that no row is about.
//! - [`Class`]: the archive classes 永久, 30 年 and 10 年 (国家档案局令第8号), and 事后销毁 for what was collected for an event alone
//!   (突发事件应对法 第八十五条).
//!
//! Which kinds of record belong to which class no regulation says for this program: that is the operator's decision, which is why no row is
//! built in. Years are counted from the first day of the year after the record was made.

mod read;

pub use read::{RuleFault, RuleFaultKind};

use std::collections::BTreeSet;

use dutynet_relay::ids::UnixMillis;

use super::{
    beijing::Day,
    form::Forms,
    step::{MatterKind, StepForms},
};
use crate::body::notice::NOTICE;

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// What a rule may be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// Reports of every form.
    Report,
    /// Notices that this office has sent.
    Notice,
    /// Steps of matters of a kind, by their place in [`MatterKind::ALL`].
    Matter(usize),
}

/// How long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// 永久
    Permanent,
    /// 30 年, 10 年
    Years(i32),
    /// 事后销毁: so many days after the matter was closed, or the period of a report.
    AfterEvent(u16),
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its name in lists and in the reason of a destruction.
    pub id: String,
    /// What it is about.
    pub about: BTreeSet<About>,
    /// How long that is kept.
    pub class: Class,
    /// The node removes what is due without being asked; otherwise it is only listed.
    pub by_itself: bool,
    /// Article.
    pub article: String,
    /// Where that stands.
    pub source: String,
}

/// All of them; no two are about the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules(pub Vec<Rule>);

/// What a record belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// It still goes on.
    Open,
    /// It ended then.
    Ended(UnixMillis),
    /// The record stands by itself.
    None,
}

impl About {
    /// What a record of a kind is; `None`: nothing that a rule may be about.
    pub fn of_kind(kind: &str) -> Option<Self> {
        if kind == NOTICE {
            return Some(Self::Notice);
        }
        if Forms::built_in().of_record_kind(kind).is_some() {
            return Some(Self::Report);
        }
        let matter = StepForms::built_in().of_record_kind(kind)?.matter;
        Some(Self::Matter(MatterKind::ALL.iter().position(|known| *known == matter)?))
    }

    /// As it is written.
    pub fn key(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Notice => "notice",
            Self::Matter(at) => MatterKind::ALL.get(at).map_or("", |kind| kind.key()),
        }
    }

    /// Every one.
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::Report, Self::Notice].into_iter().chain((0..MatterKind::ALL.len()).map(Self::Matter))
    }
}

impl Class {
    /// As it is written.
    pub fn key(self) -> String {
        match self {
            Self::Permanent => "permanent".to_owned(),
            Self::Years(years) => format!("{years}y"),
            Self::AfterEvent(_) => "after-event".to_owned(),
        }
    }

    /// From when on the words of a record may go; `None`: never, or not before its event has ended.
    pub fn due(self, recorded_at: UnixMillis, event: Event) -> Option<UnixMillis> {
        match (self, event) {
            (Self::Permanent, _) | (_, Event::Open) | (Self::AfterEvent(_), Event::None) => None,
            (Self::Years(years), Event::Ended(_) | Event::None) => {
                let first = Day::parse(&format!("{:04}-01-01", Day::of(recorded_at).year() + years + 1)).ok()?;
                Some(first.midnight())
            }
            (Self::AfterEvent(days), Event::Ended(at)) => Some(UnixMillis(at.0 + i64::from(days) * DAY_MS)),
        }
    }
}

impl Rules {
    /// The rule about records of a kind.
    pub fn of_kind(&self, kind: &str) -> Option<&Rule> {
        let about = About::of_kind(kind)?;
        self.0.iter().find(|rule| rule.about.contains(&about))
    }
}

#[cfg(test)]
mod tests;
