//! Between the messages of attachments in `dutynet.api.v1` and the words of the use cases.

use dutynet_proto::api;

use super::convert::{person, person_to_wire, record_id, reference};
use crate::usecase::{AddAttachments, AddedAttachments, AttachmentRow, FilePlace, Refused};

pub(super) fn add(from: api::AddAttachmentsHead) -> Result<AddAttachments, Refused> {
    Ok(AddAttachments {
        id: record_id(&from.id)?,
        record: from.record,
        stated_plain_by: from.stated_plain_by,
        by: person(from.by),
    })
}

pub(super) fn added(from: &AddedAttachments) -> api::AddAttachmentsReply {
    api::AddAttachmentsReply {
        record: Some(reference(&from.reference)),
        folded: from.folded,
        files: from.files.iter().map(row).collect(),
    }
}

pub(super) fn row(from: &AttachmentRow) -> api::AttachmentRow {
    let said = from.said.as_ref();
    let (place, have_bytes) = match from.place {
        FilePlace::Here => (api::AttachmentPlace::Here, from.file.bytes),
        FilePlace::Coming(have) => (api::AttachmentPlace::Coming, have),
        FilePlace::AtOrigin => (api::AttachmentPlace::AtOrigin, 0),
        FilePlace::Gone => (api::AttachmentPlace::Gone, 0),
    };
    api::AttachmentRow {
        digest: from.file.digest.0.to_vec().into(),
        name: said.map(|said| said.name.to_string()).unwrap_or_default(),
        media_type: said.map(|said| said.media_type.clone()).unwrap_or_default(),
        bytes: from.file.bytes,
        place: place.into(),
        have_bytes,
        record: Some(reference(&from.record)),
        belongs_to: said.map(|said| reference(&said.belongs_to)),
        stated_plain_by: said.map(|said| said.stated_plain_by.clone()).unwrap_or_default(),
        recorded_at_ms: from.at.0,
        by: from.by.as_ref().map(person_to_wire),
    }
}
