//! What `--json` prints of matters; the rules are those of [`crate::cli::json`].

use serde::Serialize;

use crate::cli::{
    due::json::{Due, Hop},
    json::{Person, Record},
    json_report::{Answer, Entered},
    json_status::StatusTable,
};

/// A step that was taken, of whichever matter.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Taken {
    pub(in crate::cli) record: Record,
    pub(in crate::cli) matter: Record,
    pub(in crate::cli) number: String,
    /// True: it had been taken already.
    pub(in crate::cli) folded: bool,
    /// `saved`, `custody`, `arrived`, `parked`.
    pub(in crate::cli) state: &'static str,
    /// Fields that were not typed, because earlier steps had said them.
    pub(in crate::cli) carried: Vec<String>,
}

/// `incident report --preview --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Preview {
    pub(in crate::cli) form: String,
    pub(in crate::cli) answers: Vec<Answer>,
    pub(in crate::cli) carried: Vec<String>,
}

/// `incident form --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Paper {
    pub(in crate::cli) paper: String,
    pub(in crate::cli) title: String,
    pub(in crate::cli) article: String,
    pub(in crate::cli) matter: Head,
    pub(in crate::cli) office_name: String,
    pub(in crate::cli) rows: Vec<PaperRow>,
    pub(in crate::cli) as_of: Option<String>,
}

#[derive(Debug, Serialize)]
pub(in crate::cli) struct PaperRow {
    pub(in crate::cli) label: String,
    /// Null: a hand fills it in.
    pub(in crate::cli) value: Option<String>,
    pub(in crate::cli) lines: u32,
    pub(in crate::cli) article: String,
    pub(in crate::cli) sources: Vec<Record>,
}

/// `incident list --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct List {
    pub(in crate::cli) matters: Vec<Head>,
}

/// What lists show of a matter.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Head {
    pub(in crate::cli) matter: Record,
    pub(in crate::cli) number: String,
    /// `incident`, `warning`, `verification`, `directive`, `finding`.
    pub(in crate::cli) kind: String,
    /// Null: its content was removed.
    pub(in crate::cli) title: Option<String>,
    pub(in crate::cli) open: bool,
    pub(in crate::cli) state: String,
    pub(in crate::cli) grade: Option<String>,
    /// `real`, `exercise`, `test`.
    pub(in crate::cli) mode: &'static str,
    pub(in crate::cli) last_at: Option<String>,
    /// What this office has to do next.
    pub(in crate::cli) wanted: Option<String>,
    /// When the soonest of what this office owes is due.
    pub(in crate::cli) due: Option<String>,
    pub(in crate::cli) opener_name: String,
}

/// `incident show --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Shown {
    pub(in crate::cli) matter: Head,
    pub(in crate::cli) facts: Vec<Fact>,
    pub(in crate::cli) steps: Vec<Step>,
    pub(in crate::cli) dues: Vec<Due>,
    /// Matters that name this one at their opening.
    pub(in crate::cli) related: Vec<Related>,
    pub(in crate::cli) as_of: Option<String>,
}

#[derive(Debug, Serialize)]
pub(in crate::cli) struct Related {
    pub(in crate::cli) matter: Head,
    pub(in crate::cli) steps: Vec<Step>,
}

/// `incident timeline --json`: steps of this matter and of the related ones, in the order in which they were taken.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Timeline {
    pub(in crate::cli) matter: Head,
    pub(in crate::cli) steps: Vec<Placed>,
    pub(in crate::cli) as_of: Option<String>,
}

#[derive(Debug, Serialize)]
pub(in crate::cli) struct Placed {
    /// Number of the matter whose step it is.
    pub(in crate::cli) number: String,
    pub(in crate::cli) step: Step,
}

#[derive(Debug, Serialize)]
pub(in crate::cli) struct Fact {
    pub(in crate::cli) key: String,
    /// Text, number, `{"time": …}`, `{"code": …}`, `{"office": …}`, or `{"office": …, "person": …}`.
    pub(in crate::cli) value: FactValue,
    pub(in crate::cli) sources: Vec<Record>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(in crate::cli) enum FactValue {
    Text(String),
    Number(i64),
    Time { time: Option<String> },
    Code { code: String },
    Office { office: String },
    Person { office: String, person: Option<Person> },
}

#[derive(Debug, Serialize)]
pub(in crate::cli) struct Step {
    pub(in crate::cli) record: Record,
    pub(in crate::cli) form: String,
    pub(in crate::cli) office: String,
    /// Null: a node by itself.
    pub(in crate::cli) by: Option<Person>,
    /// Null: nobody entered it for the office.
    pub(in crate::cli) entered: Option<Entered>,
    pub(in crate::cli) answers: Vec<Answer>,
    pub(in crate::cli) links: Vec<Link>,
    pub(in crate::cli) to: Vec<String>,
    /// By the clock of the office that entered it.
    pub(in crate::cli) recorded_at: Option<String>,
    /// By the clock of this node.
    pub(in crate::cli) received_at: Option<String>,
    /// That clock minus this one, as far as it is known.
    pub(in crate::cli) ahead_ms: i64,
    pub(in crate::cli) corrects: Option<Record>,
    pub(in crate::cli) hollow: bool,
    pub(in crate::cli) mode: &'static str,
    /// Null unless it is a record of this node.
    pub(in crate::cli) state: Option<&'static str>,
}

#[derive(Debug, Serialize)]
pub(in crate::cli) struct Link {
    pub(in crate::cli) role: String,
    /// `ORIGIN/ID`.
    pub(in crate::cli) record: String,
}

/// `finding suggest --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Suggestions {
    pub(in crate::cli) as_of: Option<String>,
    pub(in crate::cli) suggestions: Vec<Suggestion>,
}

#[derive(Debug, Serialize)]
pub(in crate::cli) struct Suggestion {
    /// `late`, `missing`, `unanswered`.
    pub(in crate::cli) kind: String,
    pub(in crate::cli) due: Due,
    /// The lines from the debtor up to here while it ran.
    pub(in crate::cli) lines: Vec<Hop>,
}

/// `finding circular --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Circular {
    pub(in crate::cli) title: String,
    pub(in crate::cli) words: String,
    /// Every number of the words.
    pub(in crate::cli) figures: Vec<Figure>,
}

#[derive(Debug, Serialize)]
pub(in crate::cli) struct Figure {
    pub(in crate::cli) office: String,
    pub(in crate::cli) name: String,
    /// Kind of finding, or `praise`.
    pub(in crate::cli) kind: String,
    pub(in crate::cli) matters: Vec<Counted>,
}

#[derive(Debug, Serialize)]
pub(in crate::cli) struct Counted {
    pub(in crate::cli) matter: Record,
    pub(in crate::cli) number: String,
}

/// `consultation suggest --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Occasions {
    pub(in crate::cli) occasions: Vec<Occasion>,
}

#[derive(Debug, Serialize)]
pub(in crate::cli) struct Occasion {
    /// For `--trigger` of `consultation call`.
    pub(in crate::cli) trigger: String,
    /// `holiday`, `special`, `incident`.
    pub(in crate::cli) reason: String,
    pub(in crate::cli) name: Option<String>,
    pub(in crate::cli) from: Option<String>,
    /// Null: the calendar says so.
    pub(in crate::cli) record: Option<Record>,
}

/// `consultation order --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Ordered {
    pub(in crate::cli) directive: Taken,
    /// The step of the session that names it.
    pub(in crate::cli) ordered: Taken,
}

/// `consultation status --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct KeptStatus {
    /// The step by which the table goes.
    pub(in crate::cli) step: Taken,
    pub(in crate::cli) table: StatusTable,
}

/// `consultation table --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct KeptTables {
    pub(in crate::cli) matter: Record,
    pub(in crate::cli) number: String,
    /// The first that was kept comes first.
    pub(in crate::cli) kept: Vec<KeptTable>,
    /// Null: none was kept.
    pub(in crate::cli) shown: Option<Record>,
    /// `whole`, `parts`, `removed`, `unreadable`; null: none was kept.
    pub(in crate::cli) there: Option<&'static str>,
    /// Null: not `whole`.
    pub(in crate::cli) table: Option<StatusTable>,
}

#[derive(Debug, Serialize)]
pub(in crate::cli) struct KeptTable {
    pub(in crate::cli) record: Record,
    pub(in crate::cli) asked_at: Option<String>,
    pub(in crate::cli) closed_at: Option<String>,
    pub(in crate::cli) offices: u32,
    pub(in crate::cli) answered: u32,
    pub(in crate::cli) by: Option<Person>,
}

/// `consultation analyse --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Analysis {
    pub(in crate::cli) month: String,
    /// Offices in the area.
    pub(in crate::cli) offices: u32,
    pub(in crate::cli) duties: Vec<DutyFigures>,
    pub(in crate::cli) incidents: Vec<Head>,
    pub(in crate::cli) findings: Vec<Head>,
    pub(in crate::cli) words: String,
    /// For `--record` of `consultation agenda`.
    pub(in crate::cli) records: Vec<Record>,
    pub(in crate::cli) as_of: Option<String>,
}

#[derive(Debug, Serialize)]
pub(in crate::cli) struct DutyFigures {
    pub(in crate::cli) duty: String,
    /// In the order `not_due`, `soon`, `in_time`, `in_time_cut_off`, `late`, `overdue`, `cut_off`, `explained`, `withdrawn`.
    pub(in crate::cli) counts: Vec<u32>,
    pub(in crate::cli) at_fault: Vec<AtFault>,
}

#[derive(Debug, Serialize)]
pub(in crate::cli) struct AtFault {
    pub(in crate::cli) office: String,
    pub(in crate::cli) name: String,
    /// For `due show`.
    pub(in crate::cli) due: String,
}
