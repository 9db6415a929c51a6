//! Taking a file to this office, and out of it.

use std::io;

use bytes::Bytes;
use dutynet_relay::{files::FileFault, ids::FileRef};

use super::{AttachmentRow, FilePlace};
use crate::{
    domain::attachment::{Content, NotTaken, judge},
    text::refusal::Refusal,
    usecase::{Office, Refused},
};

/// Bytes that are read at a time.
const PIECE: usize = 256 * 1024;

impl Office {
    /// Wants a file here, from now on until it is here, also after a restart; how far it has got.
    pub async fn fetch_attachment(&self, named: &str, file: &str) -> Result<AttachmentRow, Refused> {
        let row = self.attachment(named, file).await?;
        match row.place {
            FilePlace::Here | FilePlace::Coming(_) => return Ok(row),
            FilePlace::Gone => return Err(Refusal::AttachmentGone.into()),
            FilePlace::AtOrigin => {}
        }
        self.relay().want_file(row.file).await.map_err(|fault| match fault {
            FileFault::NoRoom => Refusal::AttachmentNoRoom.into(),
            FileFault::Size(bytes) => Refused::about(Refusal::AttachmentSize, bytes),
            FileFault::Io(_) | FileFault::NotIt | FileFault::Unwanted | FileFault::TurnedAway => {
                Refused::because(Refusal::StoreFailed, fault)
            }
        })?;
        self.attachment(named, file).await
    }

    /// A file that is here and is what its name says, to be read with [`Office::read_attachment`].
    pub async fn open_attachment(&self, named: &str, file: &str) -> Result<AttachmentRow, Refused> {
        let row = self.attachment(named, file).await?;
        match row.place {
            FilePlace::Here => self.is_what_it_says(&row).await.map(|()| row),
            FilePlace::Gone => Err(Refusal::AttachmentGone.into()),
            FilePlace::AtOrigin | FilePlace::Coming(_) => Err(Refusal::AttachmentNotHere.into()),
        }
    }

    /// Whoever added it may run a program that judges nothing.
    async fn is_what_it_says(&self, row: &AttachmentRow) -> Result<(), Refused> {
        let name = row.said.as_ref().map(|said| said.name.clone()).ok_or(Refusal::AttachmentGone)?;
        let (bytes, judged) = (row.file.bytes, name.clone());
        let look = move |read: &dyn Fn(u64, usize) -> io::Result<Vec<u8>>| {
            let part = |offset, count| read(offset, count).ok();
            judge(&judged, &Content { bytes, part: &part })
        };
        let verdict = self.relay().look_at_file(row.file, look).await;
        match verdict.map_err(|fault| Refused::because(Refusal::StoreFailed, fault))? {
            Ok(_) => Ok(()),
            Err(NotTaken::Marked(level)) => Err(Refused::about(Refusal::SecrecyMark, level)),
            Err(NotTaken::Unreadable) => Err(Refused::about(Refusal::StoreFailed, name)),
            Err(NotTaken::Extension | NotTaken::NotWhatItsNameSays | NotTaken::Runs | NotTaken::Packed | NotTaken::Locked) => {
                Err(Refused::about(Refusal::AttachmentUnsafe, name))
            }
        }
    }

    /// The next part of it; empty at its end.
    pub async fn read_attachment(&self, file: FileRef, offset: u64) -> Result<Bytes, Refused> {
        let read = self.relay().read_file(file, offset, PIECE).await;
        read.map_err(|fault| Refused::because(Refusal::AttachmentGone, fault))
    }
}
