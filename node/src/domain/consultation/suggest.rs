//! When the regulations ask for a consultation: on holidays, in special periods, while a graver incident is handled (标准规范 第八条).
//!
//! Nothing is called by itself: a session is held on a leader's instruction. What is suggested ends when a session names it.

use dutynet_relay::ids::{RecordRef, UnixMillis};

use crate::domain::period::Period;

/// Why a session may be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    /// 节假日
    Holiday(Period),
    /// 敏感特殊时期, 重要会议、活动
    Special(RecordRef),
    /// 较大及以上突发事件
    Incident(RecordRef),
}

/// One occasion for a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasion {
    /// What it is.
    pub trigger: Trigger,
    /// Its name for people.
    pub name: String,
    /// When it begins, or began.
    pub from: UnixMillis,
}

impl Trigger {
    /// Grades of incidents that ask for a session.
    pub const GRADES: [&'static str; 3] = ["considerable", "major", "exceptional"];

    /// Stable name, by which a session says that it was called because of this.
    pub fn key(&self) -> String {
        match self {
            Self::Holiday(period) => format!("holiday.{period}"),
            Self::Special(reference) => format!("special.{reference}"),
            Self::Incident(reference) => format!("incident.{reference}"),
        }
    }

    /// The reason that a session gives, a code of its form.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Holiday(_) => "holiday",
            Self::Special(_) => "special",
            Self::Incident(_) => "incident",
        }
    }

    /// The record that it is; `None`: the calendar says so.
    pub fn record(&self) -> Option<&RecordRef> {
        match self {
            Self::Holiday(_) => None,
            Self::Special(reference) | Self::Incident(reference) => Some(reference),
        }
    }
}
