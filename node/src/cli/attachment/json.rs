//! What `attachment … --json` prints; see [`super::super::json`].

use data_encoding::HEXLOWER;
use dutynet_proto::api::{self, AttachmentPlace};
use serde::Serialize;

use crate::cli::{convert, json};

/// `attachment list --json`.
#[derive(Debug, Serialize)]
pub(super) struct Attachments {
    files: Vec<Attachment>,
}

/// `attachment add --json`.
#[derive(Debug, Serialize)]
pub(super) struct Added {
    record: json::Record,
    folded: bool,
    files: Vec<Attachment>,
}

/// One file; also `attachment fetch --json`.
#[derive(Debug, Serialize)]
pub(super) struct Attachment {
    digest: String,
    /// Null: gone by rule.
    name: Option<String>,
    media_type: Option<String>,
    bytes: u64,
    /// `here`, `coming`, `at_origin`, `gone`.
    place: &'static str,
    have_bytes: u64,
    /// The record that says to what it belongs.
    record: json::Record,
    /// Null: gone by rule.
    belongs_to: Option<json::Record>,
    stated_plain_by: Option<String>,
    by: Option<json::Person>,
    recorded_at: Option<String>,
}

/// `attachment save --json`, and whatever keeps a paper as a file.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Saved {
    pub(in crate::cli) path: String,
    pub(in crate::cli) bytes: u64,
}

pub(super) fn digits(digest: &[u8]) -> String {
    HEXLOWER.encode(digest)
}

impl From<&api::ListAttachmentsReply> for Attachments {
    fn from(from: &api::ListAttachmentsReply) -> Self {
        Self { files: from.files.iter().map(Attachment::from).collect() }
    }
}

impl From<&api::AddAttachmentsReply> for Added {
    fn from(from: &api::AddAttachmentsReply) -> Self {
        let files = from.files.iter().map(Attachment::from).collect();
        Self { record: convert::reference(from.record.as_ref()), folded: from.folded, files }
    }
}

impl From<&api::AttachmentRow> for Attachment {
    fn from(from: &api::AttachmentRow) -> Self {
        Self {
            digest: digits(&from.digest),
            name: convert::said(&from.name),
            media_type: convert::said(&from.media_type),
            bytes: from.bytes,
            place: match from.place() {
                AttachmentPlace::Here => "here",
                AttachmentPlace::Coming => "coming",
                AttachmentPlace::AtOrigin => "at_origin",
                AttachmentPlace::Gone | AttachmentPlace::Unspecified => "gone",
            },
            have_bytes: from.have_bytes,
            record: convert::reference(from.record.as_ref()),
            belongs_to: from.belongs_to.as_ref().map(|record| convert::reference(Some(record))),
            stated_plain_by: convert::said(&from.stated_plain_by),
            by: convert::person(from.by.as_ref()),
            recorded_at: convert::time(from.recorded_at_ms),
        }
    }
}
