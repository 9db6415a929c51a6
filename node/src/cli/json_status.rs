//! What `office status --json` prints; see [`super::json`].

use serde::Serialize;

/// `office status --json`.
#[derive(Debug, Serialize)]
pub(super) struct StatusTable {
    pub(super) asker: String,
    pub(super) asked_at: String,
    pub(super) closed_at: String,
    pub(super) within_ms: u64,
    /// Each office directly followed by what is below it.
    pub(super) offices: Vec<StatusRow>,
}

#[derive(Debug, Serialize)]
pub(super) struct StatusRow {
    pub(super) office: String,
    pub(super) name: String,
    pub(super) depth: u32,
    /// Who says it.
    pub(super) by: String,
    /// Null: the office has answered itself. Else `line_down`, `no_node`, `no_answer`, `older`, `unable`, `busy`, `too_much`, `unreadable`.
    pub(super) why: Option<&'static str>,
    pub(super) line_since: Option<String>,
    /// Null: nothing is known.
    pub(super) as_of: Option<String>,
    pub(super) status: Option<Snapshot>,
}

#[derive(Debug, Serialize)]
pub(super) struct Snapshot {
    pub(super) on_duty: Option<Duty>,
    pub(super) incidents: Vec<Incident>,
    pub(super) incidents_open: u32,
    pub(super) overdue: u32,
    /// `nothing`, `daily`, `zero`, `both`.
    pub(super) filed: &'static str,
    pub(super) filed_at: Option<String>,
    /// Null: not said by the office itself.
    pub(super) machine: Option<Machine>,
}

#[derive(Debug, Serialize)]
pub(super) struct Duty {
    pub(super) leader: String,
    pub(super) officer: String,
    pub(super) phone: String,
    /// `daily`, `draft`.
    pub(super) source: &'static str,
    pub(super) day: String,
    pub(super) said_at: String,
    pub(super) entered_by: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Incident {
    pub(super) number: String,
    pub(super) grade: Option<String>,
    pub(super) title: Option<String>,
    pub(super) handles: bool,
    pub(super) last_at: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Machine {
    pub(super) waiting: u64,
    pub(super) parked: u64,
    pub(super) children: u32,
    pub(super) children_down: u32,
    pub(super) software: String,
    pub(super) rules: Vec<Pack>,
}

#[derive(Debug, Serialize)]
pub(super) struct Pack {
    pub(super) pack: String,
    pub(super) version: u32,
}
