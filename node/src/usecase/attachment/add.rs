//! Adding files to a record of this office.

use std::collections::BTreeSet;

use dutynet_relay::{
    files::{FileFault, Fresh},
    ids::{FileRef, Lane, RecordId, RecordRef},
    record::Person,
    writer::{Stored, intent::Draft},
};
use tokio::sync::oneshot;

use super::{AttachmentRow, Incoming, NAMING, SentFile, incoming::Pieces};
use crate::{
    body::attached::{Attached, AttachedBody, FILES_ATTACHED},
    domain::{
        attachment::{Content, FILES_MAX, FileName, Kind, NotTaken, STATED_CHARS_MAX, judge},
        form::{Lines, words},
        secrecy::Written,
    },
    text::refusal::Refusal,
    usecase::{Office, Refused, guard::refuse_marked, person, shown},
};

/// What is added to what.
#[derive(Debug, Clone)]
pub struct AddAttachments {
    /// Made by the client before its first attempt.
    pub id: RecordId,
    /// Reference of a record of this office, or number of a matter or notice.
    pub record: String,
    /// The officer who states that all of them are no secret (明件).
    pub stated_plain_by: String,
    /// Who adds them.
    pub by: Option<Person>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddedAttachments {
    /// The record that says to what they belong.
    pub reference: RecordRef,
    /// It had been made already.
    pub folded: bool,
    /// The files.
    pub files: Vec<AttachmentRow>,
}

/// To what files are added, and under which conditions.
struct Adding {
    to: Stored,
    reference: RecordRef,
    by: Person,
    stated_plain_by: String,
    /// Names that files of that record bear already.
    names: BTreeSet<String>,
}

impl Office {
    /// Takes files over and makes the record that names them; it is on disk when this returns. Whatever is refused leaves nothing.
    pub async fn add_attachments(&self, asked: AddAttachments, from: Incoming) -> Result<AddedAttachments, Refused> {
        let adding = self.adding(asked).await?;
        let mut files = Vec::new();
        let made = match self.take_all(&adding, from, &mut files).await {
            Ok(()) => self.name_them(&adding, &files).await,
            Err(refused) => Err(refused),
        };
        if made.is_err() {
            self.forget_unnamed(files.iter().map(|file| file.file)).await;
        }
        let folded = made?;
        self.read_what_was_written().await;
        let mut rows = self.attachments_about(&adding.to.record.header().subject)?;
        rows.retain(|row| row.record == adding.reference);
        Ok(AddedAttachments { reference: adding.reference, folded, files: rows })
    }

    async fn adding(&self, asked: AddAttachments) -> Result<Adding, Refused> {
        let by = person(asked.by)?;
        let stated = words(&asked.stated_plain_by, STATED_CHARS_MAX, Lines::One).ok().filter(|stated| !stated.is_empty());
        let stated_plain_by = stated.ok_or(Refusal::AttachmentNotPlain)?;
        let to = self.own_record(&asked.record).await?;
        let reference = RecordRef { origin: self.own().clone(), id: asked.id };
        let earlier = self.inner.attachments.of_record(&to.record.reference())?;
        let mut names = BTreeSet::new();
        // A retry adds nothing to itself.
        for record in earlier.into_iter().filter(|record| *record != reference) {
            names.extend(self.attached_by(&record)?.into_iter().map(|file| file.name.as_str().to_owned()));
        }
        Ok(Adding { to, reference, by, stated_plain_by, names })
    }

    async fn take_all(&self, adding: &Adding, mut from: Incoming, files: &mut Vec<Attached>) -> Result<(), Refused> {
        loop {
            match from.recv().await {
                Some(SentFile::Begins { name, bytes, pieces }) => {
                    let name = self.fits(adding, files, (&name, bytes))?;
                    let (file, kind) = self.take(name.clone(), pieces).await?;
                    let (media_type, stated_plain_by) = (kind.media_type.to_owned(), adding.stated_plain_by.clone());
                    files.push(Attached { file, name, media_type, stated_plain_by });
                }
                Some(SentFile::Passes { record, file }) => {
                    let passed = self.passed_on(adding, files, (&record, &file)).await?;
                    files.push(passed);
                }
                Some(SentFile::Ended) if files.is_empty() => return Err(Refusal::AttachmentBroken.into()),
                Some(SentFile::Ended) => return Ok(()),
                None => return Err(Refusal::AttachmentBroken.into()),
            }
        }
    }

    /// A file that is here already: named once more, by a record of this office and under a statement of its own.
    async fn passed_on(&self, adding: &Adding, files: &[Attached], (record, file): (&str, &str)) -> Result<Attached, Refused> {
        let row = self.open_attachment(record, file).await?;
        let said = row.said.ok_or(Refusal::AttachmentGone)?;
        let name = self.fits(adding, files, (said.name.as_str(), Some(row.file.bytes)))?;
        let stated_plain_by = adding.stated_plain_by.clone();
        Ok(Attached { file: row.file, name, media_type: said.media_type, stated_plain_by })
    }

    /// What can be said of a file before it is sent.
    fn fits(&self, adding: &Adding, files: &[Attached], (name, bytes): (&str, Option<u64>)) -> Result<FileName, Refused> {
        if adding.names.len() + files.len() >= FILES_MAX {
            return Err(Refused::about(Refusal::AttachmentTooMany, FILES_MAX));
        }
        // First, since a refusal says what it refuses.
        refuse_marked(name, Written::Name)?;
        let parsed = FileName::parse(name).map_err(|_| Refused::about(Refusal::AttachmentName, shown(name)))?;
        if adding.names.contains(parsed.as_str()) || files.iter().any(|file| file.name == parsed) {
            return Err(Refused::about(Refusal::AttachmentNameTwice, parsed));
        }
        if parsed.kind().is_none() {
            return Err(not_taken(NotTaken::Extension, &parsed));
        }
        if bytes.is_some_and(|bytes| bytes == 0 || bytes > self.relay().file_bytes_max()) {
            return Err(too_large(self.relay().file_bytes_max(), &parsed));
        }
        Ok(parsed)
    }

    async fn take(&self, name: FileName, pieces: Pieces) -> Result<(FileRef, &'static Kind), Refused> {
        let (tell, told) = oneshot::channel();
        let judged = name.clone();
        let looks_right = move |fresh: &Fresh<'_>| {
            let part = |offset, count| fresh.read(offset, count).ok();
            let verdict = judge(&judged, &Content { bytes: fresh.bytes(), part: &part });
            // Whoever asked may have gone away.
            let _ = tell.send(verdict);
            verdict.is_ok()
        };
        let put = self.relay().put_file_if(pieces, looks_right).await;
        match (put, told.await) {
            (Ok(file), Ok(Ok(kind))) => Ok((file, kind)),
            (Err(FileFault::TurnedAway), Ok(Err(why))) => Err(not_taken(why, &name)),
            (Ok(_) | Err(FileFault::TurnedAway), _) => Err(Refusal::Internal.into()),
            (Err(fault), _) => Err(self.not_put(fault, &name)),
        }
    }

    fn not_put(&self, fault: FileFault, name: &FileName) -> Refused {
        match fault {
            FileFault::Size(_) => too_large(self.relay().file_bytes_max(), name),
            FileFault::NoRoom => Refusal::AttachmentNoRoom.into(),
            FileFault::Io(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                Refused::about(Refusal::AttachmentBroken, name)
            }
            FileFault::Io(error) if error.kind() == std::io::ErrorKind::StorageFull => Refusal::AttachmentNoRoom.into(),
            fault @ (FileFault::Io(_) | FileFault::NotIt | FileFault::Unwanted | FileFault::TurnedAway) => {
                Refused::because(Refusal::StoreFailed, fault)
            }
        }
    }

    async fn name_them(&self, adding: &Adding, files: &[Attached]) -> Result<bool, Refused> {
        let _one_at_a_time = self.lock_on(&NAMING).await;
        let header = adding.to.record.header();
        let body = AttachedBody { record: adding.to.record.reference(), files: files.to_vec() };
        let draft = Draft {
            id: adding.reference.id,
            kind: FILES_ATTACHED.to_owned(),
            subject: header.subject.clone(),
            lane: Lane::Routine,
            audience: header.audience.clone(),
            mode: header.mode,
            happened_at: None,
            learnt_at: None,
            person: Some(adding.by.clone()),
            corrects: None,
            on_behalf_of: header.on_behalf_of.clone(),
            body: body.encode(),
        };
        let named: BTreeSet<FileRef> = files.iter().map(|file| file.file).collect();
        Ok(self.submit_with(draft, named.into_iter().collect()).await?.folded)
    }
}

fn too_large(most: u64, name: &FileName) -> Refused {
    Refused::about(Refusal::AttachmentSize, format!("{name}, {} MiB", most >> 20))
}

/// Why a file is not taken, for officers.
pub fn not_taken(why: NotTaken, name: &FileName) -> Refused {
    let refusal = match why {
        NotTaken::Extension => {
            let known: Vec<_> = Kind::extensions().collect();
            return Refused::about(Refusal::AttachmentKind, format!("{name}: {}", known.join(" ")));
        }
        NotTaken::NotWhatItsNameSays => Refusal::AttachmentOther,
        NotTaken::Runs => Refusal::AttachmentRuns,
        NotTaken::Packed => Refusal::AttachmentPacked,
        NotTaken::Locked => Refusal::AttachmentLocked,
        NotTaken::Marked(level) => return Refused::about(Refusal::SecrecyMark, level),
        NotTaken::Unreadable => Refusal::StoreFailed,
    };
    Refused::about(refusal, name)
}
