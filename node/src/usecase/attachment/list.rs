//! Which files belong to something, and where each of them is.

use dutynet_relay::{
    ids::{FileRef, RecordRef, UnixMillis},
    record::Person,
};

use crate::{
    body::attached::{Attached, AttachedBody},
    domain::attachment::FileName,
    text::refusal::Refusal,
    usecase::{Office, Refused, shown},
};

/// A digest may be shortened to so many hexadecimal digits.
const DIGEST_CHARS_MIN: usize = 8;

/// One file of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentRow {
    /// Which.
    pub file: FileRef,
    /// The record that says to what it belongs.
    pub record: RecordRef,
    /// What that says; `None`: its words were removed.
    pub said: Option<SaidOfFile>,
    /// Who added it.
    pub by: Option<Person>,
    /// When, by the clock of the office that did.
    pub at: UnixMillis,
    /// Where it is.
    pub place: FilePlace,
}

/// What a record says of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidOfFile {
    /// What it is called.
    pub name: FileName,
    /// Its format.
    pub media_type: String,
    /// The officer who has stated that it is no secret (明件).
    pub stated_plain_by: String,
    /// The record to which it belongs.
    pub belongs_to: RecordRef,
}

/// Where a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilePlace {
    /// On this disk.
    Here,
    /// So many bytes of it are.
    Coming(u64),
    /// Nobody has asked for it here.
    AtOrigin,
    /// Removed by rule.
    Gone,
}

impl Office {
    /// Every file that belongs to a matter, a notice, or what a record is about; in the order in which they were added.
    pub async fn attachments(&self, named: &str) -> Result<Vec<AttachmentRow>, Refused> {
        let subject = self.subject_of(named).await?;
        self.caught_up().await?;
        self.attachments_about(&subject)
    }

    pub(super) fn attachments_about(&self, subject: &str) -> Result<Vec<AttachmentRow>, Refused> {
        let mut rows = Vec::new();
        for record in self.inner.attachments.about(subject)? {
            rows.extend(self.files_said_by(&record)?);
        }
        // Stable: files of one record stay in its order.
        rows.sort_by(|a, b| (a.at, &a.record).cmp(&(b.at, &b.record)));
        Ok(rows)
    }

    /// The one of these that is meant: by its name, or by the beginning of its digest.
    pub(super) async fn attachment(&self, named: &str, file: &str) -> Result<AttachmentRow, Refused> {
        let mut rows = self.attachments(named).await?;
        let digits = file.to_ascii_lowercase();
        let is_meant = |row: &AttachmentRow| {
            let by_name = row.said.as_ref().is_some_and(|said| said.name.as_str() == file);
            by_name || (digits.len() >= DIGEST_CHARS_MIN && row.file.digest.to_string().starts_with(&digits))
        };
        rows.retain(is_meant);
        let first = rows.first().cloned().ok_or_else(|| Refused::about(Refusal::AttachmentUnknown, shown(file)))?;
        if rows.iter().all(|row| row.file == first.file) {
            return Ok(first);
        }
        let several: Vec<_> = rows.iter().map(|row| row.file.digest.to_string()[..16].to_owned()).collect();
        Err(Refused::about(Refusal::AttachmentNameShared, several.join(" ")))
    }

    /// Files that a record names; none any more when its words were removed.
    pub(super) fn attached_by(&self, record: &RecordRef) -> Result<Vec<Attached>, Refused> {
        let stored = self.relay().store().record(record)?.filter(|stored| !stored.record.is_hollow());
        let Some(stored) = stored else { return Ok(Vec::new()) };
        let body = AttachedBody::decode(&stored.record.raw().body);
        Ok(body.map_err(|fault| Refused::because(Refusal::Internal, fault))?.files)
    }

    fn files_said_by(&self, record: &RecordRef) -> Result<Vec<AttachmentRow>, Refused> {
        let Some(stored) = self.relay().store().record(record)? else { return Ok(Vec::new()) };
        let header = stored.record.header();
        let row = |file: FileRef, said: Option<SaidOfFile>| AttachmentRow {
            place: self.place_of(&file, record, said.is_some()),
            file,
            record: record.clone(),
            said,
            by: header.person.clone(),
            at: header.recorded_at,
        };
        if stored.record.is_hollow() {
            return Ok(header.attachments.iter().map(|file| row(*file, None)).collect());
        }
        let body = AttachedBody::decode(&stored.record.raw().body);
        let body = body.map_err(|fault| Refused::because(Refusal::Internal, fault))?;
        let said = |from: Attached| {
            let Attached { file, name, media_type, stated_plain_by } = from;
            row(file, Some(SaidOfFile { name, media_type, stated_plain_by, belongs_to: body.record.clone() }))
        };
        Ok(body.files.into_iter().map(said).collect())
    }
}
