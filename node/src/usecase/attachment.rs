//! Attachments (附件): files that belong to records of this office; where each is; taking one here and out again.
//!
//! A file is taken over piece by piece and looked at when it is all there, before it has a name. What is refused, or breaks off, leaves nothing;
//! so does a node that is killed in between, when it starts again ([`forget_unnamed_by_itself`]). What belongs to a record is said by a record of
//! its own, so that a flash report never waits for its photographs.

mod add;
mod incoming;
mod list;
mod open;
mod unnamed;

pub use add::{AddAttachments, AddedAttachments, not_taken};
pub use incoming::{Incoming, SentFile, incoming, pieces};
pub use list::{AttachmentRow, FilePlace, SaidOfFile};
pub use unnamed::forget_unnamed_by_itself;

use dutynet_relay::{
    ids::{Lane, RecordRef},
    writer::Stored,
};

use super::{Office, Refused, shown};
use crate::{
    body::attached::FILES_ATTACHED,
    domain::number::{Number, parse_reference},
    text::refusal::Refusal,
};

/// One of these is decided at a time, so that no file is forgotten while a record is made that names it.
const NAMING: &str = "files are named";

impl Office {
    /// What attachments of a matter, a notice or a record are about.
    async fn subject_of(&self, text: &str) -> Result<String, Refused> {
        if let Some(matter) = self.matter_or_none(text).await? {
            return Ok(matter.to_string());
        }
        let record = match parse_reference(text) {
            Some(record) => record,
            None => self.notice_named(text).await?.reference,
        };
        let stored = self.relay().store().record(&record)?;
        let subject = stored.map(|stored| stored.record.header().subject.clone()).filter(|subject| !subject.is_empty());
        subject.ok_or_else(|| Refused::about(Refusal::RecordUnknown, record))
    }

    /// The record of this office that is meant: by its reference; or a matter, where its last step of this office is; or a notice.
    async fn own_record(&self, text: &str) -> Result<Stored, Refused> {
        let not_own = || Refused::about(Refusal::AttachmentNotOwn, shown(text));
        let named = parse_reference(text);
        let record = match named.clone().filter(|record| record.origin == *self.own()) {
            Some(record) => record,
            None => match self.matter_or_none(text).await? {
                Some(matter) => self.last_own_step(&matter)?.ok_or_else(not_own)?,
                None if named.is_some() => return Err(not_own()),
                None => self.notice_named(text).await?.reference,
            },
        };
        let stored = self.relay().store().record(&record)?.ok_or_else(|| Refused::about(Refusal::RecordUnknown, &record))?;
        let header = stored.record.header();
        let takes = header.origin == *self.own()
            && header.lane() != Lane::Control
            && header.kind != FILES_ATTACHED
            && !header.subject.is_empty()
            && !stored.record.is_hollow();
        if takes { Ok(stored) } else { Err(not_own()) }
    }

    /// The matter that is meant, if it is one.
    async fn matter_or_none(&self, text: &str) -> Result<Option<RecordRef>, Refused> {
        let is_name = parse_reference(text).is_some() || Number::parse(text).is_some();
        if !is_name {
            return Err(Refused::about(Refusal::MatterNumberInvalid, shown(text)));
        }
        match self.matter_named(text).await {
            Ok(matter) => Ok(Some(matter)),
            Err(refused) if refused.refusal == Refusal::MatterUnknown => Ok(None),
            Err(refused) => Err(refused),
        }
    }

    fn last_own_step(&self, matter: &RecordRef) -> Result<Option<RecordRef>, Refused> {
        let steps = self.steps_of(matter)?;
        let own = steps.iter().rev().find(|step| step.reference.origin == *self.own() && !step.hollow);
        Ok(own.map(|step| step.reference.clone()))
    }
}
