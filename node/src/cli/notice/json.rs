//! What `--json` prints of notices and groups; the rules are those of [`crate::cli::json`].

use serde::Serialize;

use crate::cli::json::{Hop, Person, Record};

/// `notice send --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Sent {
    pub(in crate::cli) record: Record,
    pub(in crate::cli) number: String,
    pub(in crate::cli) addressed: u32,
    /// True: it had been sent already.
    pub(in crate::cli) folded: bool,
    /// `saved`, `custody`, `arrived`, `parked`.
    pub(in crate::cli) state: &'static str,
}

/// `notice sign --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Signed {
    pub(in crate::cli) record: Record,
    pub(in crate::cli) number: String,
    pub(in crate::cli) office: String,
    /// True: that person had signed already.
    pub(in crate::cli) folded: bool,
    /// `saved`, `custody`, `arrived`, `parked`.
    pub(in crate::cli) state: &'static str,
}

/// What stands on top.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Head {
    pub(in crate::cli) record: Record,
    pub(in crate::cli) number: String,
    pub(in crate::cli) title: String,
    /// `flash`, `urgent`, `routine`.
    pub(in crate::cli) urgency: &'static str,
    /// `real`, `exercise`, `test`.
    pub(in crate::cli) mode: &'static str,
    pub(in crate::cli) sign_by: Option<String>,
    /// Name of the sender.
    pub(in crate::cli) from: String,
    pub(in crate::cli) sent_at: Option<String>,
    pub(in crate::cli) received_at: Option<String>,
    /// Its content was removed.
    pub(in crate::cli) removed: bool,
}

/// `notice board --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Board {
    pub(in crate::cli) notice: Head,
    pub(in crate::cli) as_of: Option<String>,
    pub(in crate::cli) counts: Counts,
    pub(in crate::cli) rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
pub(in crate::cli) struct Counts {
    pub(in crate::cli) addressed: u32,
    pub(in crate::cli) delivered: u32,
    pub(in crate::cli) signed: u32,
    pub(in crate::cli) on_behalf: u32,
    pub(in crate::cli) without_node: u32,
    pub(in crate::cli) overdue: u32,
}

#[derive(Debug, Serialize)]
pub(in crate::cli) struct Row {
    pub(in crate::cli) office: String,
    pub(in crate::cli) name: String,
    /// 0: the office of the node.
    pub(in crate::cli) depth: u32,
    pub(in crate::cli) has_node: bool,
    /// By its clock; null: not delivered.
    pub(in crate::cli) delivered_at: Option<String>,
    pub(in crate::cli) delivered_known_at: Option<String>,
    /// `underway`, `line_down`, `line_unknown`, `refused`, `no_node`; null: delivered.
    pub(in crate::cli) undelivered: Option<&'static str>,
    /// Where it waits.
    pub(in crate::cli) at: Option<String>,
    pub(in crate::cli) since: Option<String>,
    pub(in crate::cli) signatures: Vec<Signature>,
    /// `no_limit`, `in_time`, `late`, `not_due`, `overdue`.
    pub(in crate::cli) timing: &'static str,
}

#[derive(Debug, Serialize)]
pub(in crate::cli) struct Signature {
    pub(in crate::cli) record: Record,
    /// Who signed, or who entered it.
    pub(in crate::cli) by: Option<Person>,
    pub(in crate::cli) at: Option<String>,
    pub(in crate::cli) known_at: Option<String>,
    /// Another office that entered it; null: its own.
    pub(in crate::cli) entered_by: Option<String>,
    pub(in crate::cli) told_by: Option<ToldBy>,
    pub(in crate::cli) remark: Option<String>,
}

#[derive(Debug, Serialize)]
pub(in crate::cli) struct ToldBy {
    pub(in crate::cli) name: String,
    pub(in crate::cli) phone: String,
}

/// `notice list --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct List {
    pub(in crate::cli) notices: Vec<Listed>,
}

#[derive(Debug, Serialize)]
pub(in crate::cli) struct Listed {
    pub(in crate::cli) notice: Head,
    /// `to_sign`, `signed`, `sent`, `passed_on`, `removed`.
    pub(in crate::cli) relation: &'static str,
    pub(in crate::cli) timing: &'static str,
    /// Of this office and those below it.
    pub(in crate::cli) addressed: u32,
    pub(in crate::cli) signed: u32,
}

/// `notice show --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Shown {
    pub(in crate::cli) notice: Head,
    pub(in crate::cli) text: String,
    pub(in crate::cli) by: Option<Person>,
    /// Everybody below this office; null: offices by name.
    pub(in crate::cli) subtree: Option<String>,
    pub(in crate::cli) offices: Vec<String>,
    pub(in crate::cli) group: Option<String>,
    pub(in crate::cli) relation: &'static str,
    pub(in crate::cli) timing: &'static str,
    pub(in crate::cli) signatures: Vec<Signature>,
    pub(in crate::cli) hops: Vec<Hop>,
    /// Null unless it is a record of this node.
    pub(in crate::cli) state: Option<&'static str>,
}

/// `group list --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Groups {
    pub(in crate::cli) groups: Vec<Group>,
}

/// One group; also `group save --json` and `group drop --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Group {
    pub(in crate::cli) name: String,
    pub(in crate::cli) members: Vec<String>,
    pub(in crate::cli) by: Option<Person>,
    pub(in crate::cli) saved_at: Option<String>,
}
