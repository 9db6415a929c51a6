//! What `due … --json` and `period … --json` print; the rules for all of it are in [`crate::cli::json`].

use std::collections::BTreeMap;

use serde::Serialize;

use crate::cli::{
    json::{Person, Record},
    json_lines::Span,
};

/// `due list --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Dues {
    pub(in crate::cli) as_of: Option<String>,
    /// Soonest first.
    pub(in crate::cli) dues: Vec<Due>,
}

#[derive(Debug, Serialize)]
pub(in crate::cli) struct Due {
    pub(in crate::cli) key: String,
    pub(in crate::cli) duty: String,
    pub(in crate::cli) title: String,
    pub(in crate::cli) rule: Rule,
    pub(in crate::cli) debtor: String,
    pub(in crate::cli) debtor_name: String,
    /// Null: a leader of the debtor, or a body outside of the tree.
    pub(in crate::cli) creditor: Option<String>,
    pub(in crate::cli) leader: Option<String>,
    /// Of whoever something lies before.
    pub(in crate::cli) leader_name: Option<String>,
    /// `government`, `department`, `central`.
    pub(in crate::cli) outside: Option<String>,
    pub(in crate::cli) about: String,
    /// `event`, `knowledge`, `receipt`, `oral-report`, `request`, `day`, `approval`.
    pub(in crate::cli) basis: &'static str,
    pub(in crate::cli) start: Clocked,
    pub(in crate::cli) due: Clocked,
    /// `not_due`, `soon`, `in_time`, `in_time_cut_off`, `late`, `overdue`, `cut_off`, `explained`, `withdrawn`.
    pub(in crate::cli) standing: &'static str,
    pub(in crate::cli) late_ms: i64,
    pub(in crate::cli) met: Option<Met>,
    pub(in crate::cli) explained_by: Option<Record>,
    pub(in crate::cli) chases: u32,
    /// `by_us`, `to_us`, `others`.
    pub(in crate::cli) side: &'static str,
    /// `real`, `exercise`.
    pub(in crate::cli) mode: &'static str,
}

#[derive(Debug, Serialize)]
pub(in crate::cli) struct Rule {
    pub(in crate::cli) pack: String,
    pub(in crate::cli) version: u32,
    pub(in crate::cli) row: String,
    pub(in crate::cli) article: String,
    pub(in crate::cli) source: String,
}

/// One moment by the clock of whoever recorded it, and by this node's.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Clocked {
    pub(in crate::cli) origin: Option<String>,
    pub(in crate::cli) here: Option<String>,
}

#[derive(Debug, Serialize)]
pub(in crate::cli) struct Met {
    pub(in crate::cli) record: Record,
    pub(in crate::cli) at: Clocked,
    pub(in crate::cli) arrived: Option<String>,
}

/// `due show --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Shown {
    pub(in crate::cli) due: Due,
    /// The lines from the debtor up to here while it ran.
    pub(in crate::cli) lines: Vec<Hop>,
    pub(in crate::cli) rings: Vec<Ring>,
    pub(in crate::cli) chases: Vec<Chase>,
    pub(in crate::cli) as_of: Option<String>,
}

#[derive(Debug, Serialize)]
pub(in crate::cli) struct Hop {
    pub(in crate::cli) office: String,
    pub(in crate::cli) name: String,
    pub(in crate::cli) spans: Vec<Span>,
}

#[derive(Debug, Serialize)]
pub(in crate::cli) struct Ring {
    /// `half`, `most`, `due`, `leader`.
    pub(in crate::cli) stage: &'static str,
    pub(in crate::cli) at: Option<String>,
}

#[derive(Debug, Serialize)]
pub(in crate::cli) struct Chase {
    pub(in crate::cli) record: Record,
    pub(in crate::cli) office_name: String,
    pub(in crate::cli) by: Option<Person>,
    pub(in crate::cli) at: Option<String>,
    /// `telephone`, `network`.
    pub(in crate::cli) way: &'static str,
    pub(in crate::cli) person: Option<String>,
    pub(in crate::cli) phone: Option<String>,
    pub(in crate::cli) result: Option<String>,
}

/// `due chase --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Chased {
    pub(in crate::cli) record: Record,
    pub(in crate::cli) key: String,
    pub(in crate::cli) folded: bool,
}

/// `due stats --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Stats {
    pub(in crate::cli) counts: Vec<Counts>,
    /// What was counted; empty without `--open`.
    pub(in crate::cli) dues: Vec<Due>,
    pub(in crate::cli) as_of: Option<String>,
}

#[derive(Debug, Serialize)]
pub(in crate::cli) struct Counts {
    pub(in crate::cli) month: String,
    pub(in crate::cli) office: String,
    pub(in crate::cli) name: String,
    pub(in crate::cli) duty: String,
    pub(in crate::cli) all: u32,
    /// By standing.
    pub(in crate::cli) counts: BTreeMap<&'static str, u32>,
}

/// A line of `due watch --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Rang {
    pub(in crate::cli) stage: &'static str,
    pub(in crate::cli) at: Option<String>,
    pub(in crate::cli) due: Due,
}

/// `period list --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Periods {
    pub(in crate::cli) periods: Vec<Period>,
    pub(in crate::cli) as_of: Option<String>,
}

/// `period declare`, `period end`, `period prolong` with `--json`, and a row of `period list`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Period {
    pub(in crate::cli) record: Record,
    pub(in crate::cli) number: String,
    pub(in crate::cli) office: String,
    pub(in crate::cli) name: String,
    pub(in crate::cli) by: Option<Person>,
    pub(in crate::cli) reason: String,
    /// More than one when it was prolonged after its end.
    pub(in crate::cli) spans: Vec<PeriodSpan>,
    pub(in crate::cli) leaders: u32,
    pub(in crate::cli) officers: u32,
    /// `HH:MM`.
    pub(in crate::cli) daily: Option<String>,
    pub(in crate::cli) roll_calls: u32,
    pub(in crate::cli) roster_by: Option<String>,
    pub(in crate::cli) silence_minutes: u32,
    pub(in crate::cli) holds: bool,
    pub(in crate::cli) changes: Vec<Change>,
}

#[derive(Debug, Serialize)]
pub(in crate::cli) struct PeriodSpan {
    pub(in crate::cli) from: Option<String>,
    pub(in crate::cli) to: Option<String>,
}

#[derive(Debug, Serialize)]
pub(in crate::cli) struct Change {
    pub(in crate::cli) record: Record,
    pub(in crate::cli) to: Option<String>,
    pub(in crate::cli) at: Option<String>,
    pub(in crate::cli) reason: String,
}
