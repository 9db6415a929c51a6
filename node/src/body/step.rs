//! What the record of a step says, and a step as it stands in a store.

use bytes::Bytes;
use dutynet_relay::ids::{OfficeId, RecordRef};

use super::Entered;
use crate::domain::{
    form::Answer,
    matter::{FirstReceiver, StepLink},
    number::parse_reference,
};

/// Most records that a step names.
pub const LINKS_MAX: usize = 64;
/// Most offices that a step names; as many as an audience takes.
pub const OFFICES_MAX: usize = 256;
/// Most rule packs that a step names.
pub const PACKS_MAX: usize = 64;

/// The matter that a step's record is about; `None`: its subject names none.
pub fn matter_of(subject: &str) -> Option<RecordRef> {
    parse_reference(subject)
}

/// What the record of a step says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepBody {
    /// Id of the form.
    pub form: String,
    /// Version of its fields.
    pub version: u32,
    /// What was said.
    pub answers: Vec<Answer>,
    /// Records that it names.
    pub links: Vec<StepLink>,
    /// Whose step it is.
    pub office: OfficeId,
    /// How the words came, when another office entered them.
    pub entered: Option<Entered>,
    /// The rule packs and versions in force at the maker.
    pub rules: Vec<(String, u32)>,
    /// Offices that it names.
    pub to: Vec<OfficeId>,
    /// Who took the call, as the maker knew.
    pub first: Option<FirstReceiver>,
    /// A part of a status table as it was shown; empty: none.
    pub table: Bytes,
}
