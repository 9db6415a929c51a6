//! Bodies of duty records, beside the header that every hop may read. Here those of reports: what is said about one office and one period;
//! those of directives are in [`notice`].

mod convert;
mod convert_notice;
pub mod notice;

pub use convert::{answer_from_wire, answer_to_wire};
pub use convert_notice::{told_by_to_wire, urgency_from_wire, urgency_to_wire};

use dutynet_relay::ids::OfficeId;

use crate::domain::{beijing::Day, form::Filled};

/// What a report record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportBody {
    /// Form and answers.
    pub filled: Filled,
    /// The day that it is about.
    pub period: Day,
    /// Whose answers these are.
    pub office: OfficeId,
    /// Why an earlier revision is changed; may be empty.
    pub reason: String,
    /// From 1.
    pub revision: u32,
}

/// Why a body is not one of a report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAReport {
    /// Not the encoding that it should be.
    #[error("body is not a FormAnswer")]
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
