//! What `--json` prints. Keys are English and stable: one may be added, none is renamed or given another meaning.
//!
//! Times are RFC 3339 with `+08:00`, or null. Ids of records are lower-case hexadecimal. `deploy/json.md` shows every shape, and a test
//! compares it with this file. Reports are in [`super::json_report`].

pub(super) mod backup;

use std::collections::BTreeMap;

use serde::Serialize;

/// One record anywhere in the network.
#[derive(Debug, Serialize)]
pub(super) struct Record {
    pub(super) origin: String,
    pub(super) id: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Person {
    pub(super) id: String,
    pub(super) name: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Hop {
    pub(super) office: String,
    pub(super) received_at: Option<String>,
    /// Its clock minus its parent's when the record passed; 0: not measured.
    pub(super) offset_ms: i64,
}

/// `links --json`.
#[derive(Debug, Serialize)]
pub(super) struct Links {
    /// Lines of this node.
    pub(super) links: Vec<Link>,
    /// Lines of offices further down, as far as they are known.
    pub(super) lines: Vec<Line>,
}

#[derive(Debug, Serialize)]
pub(super) struct Link {
    pub(super) office: String,
    pub(super) name: String,
    pub(super) is_parent: bool,
    pub(super) line: &'static str,
    pub(super) since: Option<String>,
    pub(super) lanes: BTreeMap<&'static str, Lane>,
    pub(super) parked: u64,
    pub(super) next_attempt: Option<String>,
    /// English, for people who look after machines; null when the line is up.
    pub(super) reason: Option<String>,
    /// Clock of the neighbour minus ours.
    pub(super) offset_ms: i64,
    /// They are further apart than 5 s.
    pub(super) skewed: bool,
    /// It is off past its quota.
    pub(super) dormant: Option<Dormant>,
}

#[derive(Debug, Serialize)]
pub(super) struct Dormant {
    pub(super) since: Option<String>,
    /// Over all lanes.
    pub(super) waiting: u64,
}

#[derive(Debug, Serialize)]
pub(super) struct Lane {
    pub(super) last_seq: u64,
    pub(super) custody_seq: u64,
    pub(super) arrived_seq: u64,
    pub(super) waiting: u64,
}

#[derive(Debug, Serialize)]
pub(super) struct Line {
    pub(super) office: String,
    pub(super) line: &'static str,
    pub(super) since: Option<String>,
}

/// `dial --json`.
#[derive(Debug, Serialize)]
pub(super) struct Dialled {
    /// The parent.
    pub(super) office: String,
    pub(super) addresses: Vec<String>,
}

/// `parked list --json`.
#[derive(Debug, Serialize)]
pub(super) struct ParkedList {
    pub(super) parked: Vec<Parked>,
}

#[derive(Debug, Serialize)]
pub(super) struct Parked {
    pub(super) neighbour: String,
    pub(super) lane: &'static str,
    pub(super) seq: u64,
    pub(super) record: Record,
    pub(super) kind: String,
    pub(super) subject: String,
    pub(super) code: String,
    pub(super) detail: String,
    pub(super) since: Option<String>,
}

/// `office list --json`.
#[derive(Debug, Serialize)]
pub(super) struct Offices {
    pub(super) offices: Vec<Office>,
}

/// One office; also `office add --json`.
#[derive(Debug, Serialize)]
pub(super) struct Office {
    pub(super) office: String,
    pub(super) name: String,
    pub(super) area_code: Option<String>,
    /// `province`, `city`, `county`, `township`, `department`, `other`.
    pub(super) class: &'static str,
    /// Null: the root.
    pub(super) parent: Option<String>,
    pub(super) has_node: bool,
    pub(super) valid_from: Option<String>,
}

/// `invite --json`.
#[derive(Debug, Serialize)]
pub(super) struct Invitation {
    pub(super) invitation: String,
    pub(super) valid_until: Option<String>,
}

/// `status --json`.
#[derive(Debug, Serialize)]
pub(super) struct Status {
    pub(super) office: String,
    pub(super) name: String,
    pub(super) zone: String,
    pub(super) epoch: String,
    pub(super) software: String,
    pub(super) clock: Option<String>,
    pub(super) serving_since: Option<String>,
    pub(super) records: u64,
    pub(super) journal_bytes: u64,
    pub(super) disk_free_bytes: u64,
    pub(super) disk_total_bytes: u64,
    pub(super) waiting: u64,
    pub(super) parked: u64,
    pub(super) not_interpreted: u64,
    /// When the last good backup was begun.
    pub(super) last_backup: Option<String>,
    pub(super) files: FileCounts,
    /// Null: the index cannot be read.
    pub(super) upkeep: Option<Upkeep>,
    pub(super) warnings: Vec<Warning>,
    pub(super) counters: BTreeMap<String, u64>,
}

/// Files that belong to records.
#[derive(Debug, Serialize)]
pub(super) struct FileCounts {
    pub(super) held: u64,
    pub(super) held_bytes: u64,
    /// On their way here.
    pub(super) wanted: u64,
    pub(super) wanted_bytes: u64,
}

#[derive(Debug, Serialize)]
pub(super) struct Warning {
    pub(super) code: String,
    pub(super) sentence: String,
    pub(super) since: Option<String>,
}

/// `verify --json`.
#[derive(Debug, Serialize)]
pub(super) struct Verified {
    pub(super) frames: u64,
    pub(super) records: u64,
    pub(super) seals: u64,
    /// English; empty: sound.
    pub(super) faults: Vec<String>,
    /// Null: the index cannot be read.
    pub(super) upkeep: Option<Upkeep>,
}

/// What a node does for its store beside its work; also in `status --json`.
#[derive(Debug, Serialize)]
pub(super) struct Upkeep {
    pub(super) scrub: Scrub,
    pub(super) bodies: Bodies,
}

#[derive(Debug, Serialize)]
pub(super) struct Scrub {
    /// When the whole journal had been read again; null: never yet.
    pub(super) last_round: Option<String>,
    pub(super) groups: u64,
    pub(super) damaged_found: u64,
    pub(super) fetched_again: u64,
    /// Now.
    pub(super) missing: u64,
}

#[derive(Debug, Serialize)]
pub(super) struct Bodies {
    pub(super) destroyed: u64,
    pub(super) intended: u64,
    /// Now.
    pub(super) on_disk: u64,
    pub(super) removed: u64,
    /// Now.
    pub(super) index_pending: bool,
}

/// `destroy --json`.
#[derive(Debug, Serialize)]
pub(super) struct Destroyed {
    pub(super) record: Record,
    /// The record that destroys it.
    pub(super) destruction: Record,
    /// It had been destroyed before.
    pub(super) folded: bool,
}

/// `doctor --json`.
#[derive(Debug, Serialize)]
pub(super) struct Doctor {
    pub(super) checks: Vec<Check>,
}

#[derive(Debug, Serialize)]
pub(super) struct Check {
    /// Stable name.
    pub(super) check: &'static str,
    /// `good`, `watch`, `bad`.
    pub(super) finding: &'static str,
    pub(super) sentence: String,
}
