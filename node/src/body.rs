//! Bodies of duty records, beside the header that every hop may read. Here those about reports: what is said about one office and one period,
//! a choice between versions of it, a cut-off, and the draft that an office keeps for itself; those of notices are in [`notice`], those of
//! special periods and chases in [`special`], those of the steps of matters in [`step`], those of files in [`attached`].

pub mod attached;
mod convert;
mod convert_attached;
mod convert_form;
mod convert_notice;
pub mod convert_pack;
mod convert_secrecy;
mod convert_special;
mod convert_status;
mod convert_step;
mod convert_table;
pub mod notice;
pub mod secrecy;
pub mod special;
pub mod step;

pub use convert::{answer_from_wire, answer_to_wire, entered_from_wire, entered_to_wire, why_to_wire};
pub use convert_notice::{told_by_to_wire, urgency_from_wire, urgency_to_wire};
pub use convert_secrecy::WORD_CHARS_MAX;
pub use convert_special::{brings_from_wire, brings_to_wire, way_from_wire, way_to_wire};
pub use convert_status::{status_row_from_wire, status_row_to_wire, status_table_from_wire, status_table_to_wire};
pub use convert_step::{moment_of, read_step};
pub use convert_table::{TABLE_PARTS_MAX, TableParts, table_digest};

use dutynet_relay::{
    ids::{OfficeId, RecordRef, UnixMillis},
    record::Person,
};

use crate::domain::{
    beijing::{Day, TimeOfDay},
    draft::{Edits, Missing, Source},
    form::Filled,
    period::Period,
};

/// Kind of a person's choice between versions.
pub const CHOICE_KIND: &str = "report.choice/1";
/// Kind of a cut-off.
pub const CUT_OFF_KIND: &str = "form.cut-off/1";

/// What a report record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportBody {
    /// Form and answers.
    pub filled: Filled,
    /// What it is about.
    pub period: Period,
    /// Whose answers these are.
    pub office: OfficeId,
    /// Why what was said before is changed; may be empty.
    pub reason: String,
    /// From 1, of one origin.
    pub revision: u32,
    /// How the words came to the origin, when it is another office (代录).
    pub entered: Option<Entered>,
    /// What it was summed from.
    pub sources: Vec<Source>,
    /// What that sum does not hold.
    pub missing: Vec<Missing>,
}

/// How the words of another office came to the one that entered them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    /// By which way.
    pub channel: Channel,
    /// Who said it.
    pub told_by: String,
    /// From which telephone; may be empty when it came in writing.
    pub phone: String,
}

/// How words come from one office to another without a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// 电话
    Telephone,
    /// 书面
    Written,
}

/// What a choice between versions says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceBody {
    /// Id of the form.
    pub form: String,
    /// The period.
    pub period: Period,
    /// Whose report it is.
    pub office: OfficeId,
    /// The version that is to stand.
    pub chosen: RecordRef,
    /// What it was chosen from.
    pub compared: Vec<RecordRef>,
    /// Earlier choices that it replaces.
    pub replaces: Vec<RecordRef>,
    /// Why.
    pub reason: String,
}

/// What a cut-off says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutOffBody {
    /// Id of the form.
    pub form: String,
    /// Until when it is in time.
    pub time: TimeOfDay,
    /// First day of which it decides.
    pub from: Day,
}

/// What an office keeps of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftBody {
    /// What a person has done to it.
    pub edits: Edits,
    /// What was in the sum then.
    pub seen: Vec<Source>,
    /// When it was saved.
    pub saved_at: UnixMillis,
    /// By whom.
    pub by: Person,
}

/// Why a body is not what its kind says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotABody {
    /// Not the encoding that it should be.
    #[error("body has another encoding than its kind")]
    Encoding,
    /// A field that is missing or beyond its limits.
    #[error("body field {0} is missing or beyond its limits")]
    Field(&'static str),
}

impl ReportBody {
    /// What the record is about.
    pub fn subject(&self) -> String {
        format!("{}/{}/{}", self.filled.form, self.office, self.period)
    }
}

impl ChoiceBody {
    /// What the record is about.
    pub fn subject(&self) -> String {
        format!("choice/{}/{}/{}", self.form, self.office, self.period)
    }
}

impl CutOffBody {
    /// What the record is about.
    pub fn subject(&self) -> String {
        format!("cut-off/{}", self.form)
    }
}
