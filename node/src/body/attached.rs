//! What a record says of files that belong to an earlier one.

use dutynet_relay::ids::{FileRef, RecordRef};

use crate::domain::attachment::FileName;

/// Kind of the record.
pub const FILES_ATTACHED: &str = "file.attached/1";

/// Files, and to what they belong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachedBody {
    /// The earlier record.
    pub record: RecordRef,
    /// At least one; each name once.
    pub files: Vec<Attached>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// Which.
    pub file: FileRef,
    /// What it is called.
    pub name: FileName,
    /// What its first bytes said where it was added, e.g. `image/jpeg`.
    pub media_type: String,
    /// The officer who has stated that it is no secret (明件).
    pub stated_plain_by: String,
}
