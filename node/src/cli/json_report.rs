//! What `--json` prints about reports; the rules for all of it are in [`super::json`].

use serde::Serialize;

use super::json::{Hop, Person, Record, Warning};

/// `report board --json`.
#[derive(Debug, Serialize)]
pub(super) struct Board {
    pub(super) form: String,
    pub(super) period: String,
    /// `real`, `exercise`, `test`: of what the board is.
    pub(super) mode: &'static str,
    /// By the form's own cut-off.
    pub(super) cut_off: Option<String>,
    pub(super) closes: Option<String>,
    pub(super) as_of: Option<String>,
    pub(super) rows: Vec<BoardRow>,
}

#[derive(Debug, Serialize)]
pub(super) struct BoardRow {
    pub(super) office: String,
    pub(super) name: String,
    /// 0: the office of the node.
    pub(super) depth: u32,
    pub(super) has_node: bool,
    /// `nothing`, `daily`, `zero`, `both`, `form`.
    pub(super) filed: &'static str,
    /// `in_time`, `late`, `not_due`, `missing`, `not_owed`, `cut_off`.
    pub(super) timing: &'static str,
    /// `up`, `down`, `unknown`, `none`.
    pub(super) line: &'static str,
    pub(super) line_since: Option<String>,
    pub(super) revision: u32,
    pub(super) recorded_at: Option<String>,
    pub(super) received_at: Option<String>,
    pub(super) calls: i64,
    pub(super) incidents: i64,
    /// Another office that entered what stands.
    pub(super) entered_by: Option<String>,
    /// `none`, `open`, `settled`.
    pub(super) difference: &'static str,
    /// Of this row.
    pub(super) cut_off: Option<String>,
    pub(super) closes: Option<String>,
    /// It was filed, and the content was removed.
    pub(super) removed: bool,
}

/// `report daily`, `report zero`, `report file`, `report correct` with `--json`.
#[derive(Debug, Serialize)]
pub(super) struct Filed {
    pub(super) record: Record,
    pub(super) form: String,
    pub(super) period: String,
    /// Whose report.
    pub(super) office: String,
    pub(super) revision: u32,
    /// True: the same content was held already.
    pub(super) folded: bool,
    /// `saved`, `custody`, `arrived`, `parked`; null: it is the office's own record, which folded what was entered for it.
    pub(super) state: Option<&'static str>,
    /// `none`, `open`, `settled`.
    pub(super) difference: &'static str,
    /// What the officer should know of the day.
    pub(super) warnings: Vec<Warning>,
}

/// `report show --json`.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) revisions: Vec<Revision>,
    /// The version that stands; null: nothing was filed.
    pub(super) standing: Option<Record>,
    /// `none`, `open`, `settled`.
    pub(super) difference: &'static str,
    pub(super) fields: Vec<FieldDifference>,
    pub(super) choices: Vec<Choice>,
    /// Versions whose content was removed.
    pub(super) removed: Vec<Removed>,
}

/// What is left of a version.
#[derive(Debug, Serialize)]
pub(super) struct Removed {
    pub(super) record: Record,
    pub(super) by: Option<Person>,
    pub(super) recorded_at: Option<String>,
    pub(super) received_at: Option<String>,
    /// Of the office that recorded it.
    pub(super) name: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Revision {
    pub(super) revision: u32,
    pub(super) record: Record,
    pub(super) form: String,
    pub(super) form_version: u32,
    pub(super) period: String,
    pub(super) office: String,
    pub(super) answers: Vec<Answer>,
    /// Why the revision before it was changed; null in the first.
    pub(super) reason: Option<String>,
    pub(super) by: Option<Person>,
    pub(super) recorded_at: Option<String>,
    pub(super) received_at: Option<String>,
    /// Null unless it is a record of this node.
    pub(super) state: Option<&'static str>,
    pub(super) hops: Vec<Hop>,
    /// Null: the office's own.
    pub(super) entered: Option<Entered>,
    pub(super) sources: Vec<Source>,
    pub(super) missing: Vec<Missing>,
}

#[derive(Debug, Serialize)]
pub(super) struct Entered {
    /// The office that entered it.
    pub(super) by: String,
    /// `telephone`, `written`.
    pub(super) channel: &'static str,
    pub(super) told_by: String,
    pub(super) phone: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Source {
    pub(super) office: String,
    pub(super) name: String,
    pub(super) record: Record,
    pub(super) revision: u32,
    pub(super) form: String,
    pub(super) entered_by: Option<String>,
    pub(super) answers: Vec<Answer>,
    /// Of a filed sum: another version that stands now; null: none. Of a draft: null.
    pub(super) now: Option<Now>,
    /// Of a draft: whether another version stands than when it was saved. Of a filed sum: whether another stands now.
    pub(super) changed: bool,
    /// The content of that version was removed.
    pub(super) removed: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct Now {
    pub(super) record: Record,
    pub(super) revision: u32,
    pub(super) answers: Vec<Answer>,
}

#[derive(Debug, Serialize)]
pub(super) struct Missing {
    pub(super) office: String,
    pub(super) name: String,
    /// `not_filed`, `line_down`, `other_form`.
    pub(super) why: &'static str,
    pub(super) line_since: Option<String>,
    /// Of a filed sum: whether it has filed since. Of a draft: false.
    pub(super) filed_since: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct FieldDifference {
    pub(super) field: String,
    pub(super) label: String,
    pub(super) values: Vec<VersionValue>,
}

#[derive(Debug, Serialize)]
pub(super) struct VersionValue {
    pub(super) record: Record,
    /// Null: the field was left empty.
    pub(super) value: Option<Value>,
}

#[derive(Debug, Serialize)]
pub(super) struct Choice {
    pub(super) record: Record,
    pub(super) chosen: Record,
    pub(super) reason: String,
    pub(super) by: Option<Person>,
    pub(super) at: Option<String>,
    /// Name of the office where it was made.
    pub(super) name: String,
    pub(super) counts: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct Answer {
    pub(super) field: String,
    /// Text, number, `{"nil": true}`, `{"unknown": true}`, `{"time": …}`, `{"choices": […]}`, or rows.
    pub(super) value: Value,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Value {
    Text(String),
    Number(i64),
    Nil { nil: bool },
    Unknown { unknown: bool },
    Time { time: Option<String> },
    Choices { choices: Vec<String> },
    Rows(Vec<Row>),
}

#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) code: String,
    pub(super) number: i64,
    pub(super) text: String,
}

/// `report choose --json`.
#[derive(Debug, Serialize)]
pub(super) struct Chosen {
    pub(super) record: Record,
    pub(super) form: String,
    pub(super) period: String,
    pub(super) office: String,
    pub(super) folded: bool,
    /// `open` when the other side has chose otherwise, else `settled`.
    pub(super) difference: &'static str,
}

/// `report draft --json`.
#[derive(Debug, Serialize)]
pub(super) struct Draft {
    pub(super) form: String,
    pub(super) period: String,
    pub(super) fields: Vec<DraftField>,
    pub(super) sources: Vec<Source>,
    pub(super) missing: Vec<Missing>,
    /// Null: nobody has changed it.
    pub(super) saved_at: Option<String>,
    pub(super) saved_by: Option<Person>,
    pub(super) as_of: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct DraftField {
    pub(super) field: String,
    pub(super) label: String,
    /// Null: empty.
    pub(super) value: Option<Value>,
    /// Null: nothing, or nobody can say.
    pub(super) sum: Option<Value>,
    pub(super) sums: bool,
    pub(super) cut: bool,
    pub(super) replaced: bool,
    /// The sum is another than when it was replaced.
    pub(super) changed: bool,
    /// It must be answered and is empty.
    pub(super) wanting: bool,
}

/// `report cut-off set --json`.
#[derive(Debug, Serialize)]
pub(super) struct SetAs {
    pub(super) record: Record,
    pub(super) form: String,
    pub(super) time: String,
    pub(super) from: String,
    pub(super) folded: bool,
}

/// `report cut-off list --json`.
#[derive(Debug, Serialize)]
pub(super) struct CutOffs {
    pub(super) cut_offs: Vec<CutOff>,
    pub(super) today: Vec<Today>,
}

#[derive(Debug, Serialize)]
pub(super) struct CutOff {
    pub(super) form: String,
    pub(super) time: String,
    pub(super) from: String,
    pub(super) office: String,
    pub(super) name: String,
    pub(super) by: Option<Person>,
    pub(super) recorded_at: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Today {
    pub(super) form: String,
    /// For this office.
    pub(super) time: String,
    /// Null: the form's own.
    pub(super) set_by: Option<String>,
    /// For its children.
    pub(super) time_below: String,
    pub(super) set_by_below: Option<String>,
}
