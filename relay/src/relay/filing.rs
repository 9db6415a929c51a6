//! Files of this node: what programs above put and want, what neighbours may have, and who is asked for what is not here.

use std::{
    io::{self, Read},
    path::PathBuf,
    sync::Arc,
};

use bytes::Bytes;

use super::{Inner, Made, Relay, SubmitError};
use crate::{
    files::{FileFault, FileState, Fresh},
    ids::{Digest, FileRef, OfficeId},
    link::{
        event::{Event, NotKept},
        frame::{Chunk, GoneReason},
    },
    record::Header,
    writer::{
        Named,
        intent::{Draft, Intent, WriteRefusal},
    },
};

impl Relay {
    /// Takes over a file; durable when it returns.
    pub async fn put_file(&self, from: impl Read + Send + 'static) -> Result<FileRef, FileFault> {
        let files = self.inner.files.clone();
        blocking(move || files.put(from)).await
    }

    /// The same for a file that is looked at first, when all of it is here; one that is turned away leaves nothing.
    pub async fn put_file_if(
        &self,
        from: impl Read + Send + 'static,
        looks_right: impl FnOnce(&Fresh<'_>) -> bool + Send + 'static,
    ) -> Result<FileRef, FileFault> {
        let files = self.inner.files.clone();
        blocking(move || files.put_if(from, looks_right)).await
    }

    /// The largest file that is taken, bytes.
    pub fn file_bytes_max(&self) -> u64 {
        self.inner.settings.files.file_bytes_max
    }

    /// Every file that is here.
    pub fn files_held(&self) -> Vec<FileRef> {
        self.inner.files.all_held()
    }

    /// A part of a file that is here; up to its end.
    pub async fn read_file(&self, file: FileRef, offset: u64, bytes_max: usize) -> Result<Bytes, FileFault> {
        let files = self.inner.files.clone();
        blocking(move || Ok(files.read(&file.digest, offset, bytes_max)?.into())).await
    }

    /// Looks at a file that is here, where that may take a while: `look` is given what reads a part of it, up to its end.
    pub async fn look_at_file<T: Send + 'static>(
        &self,
        file: FileRef,
        look: impl FnOnce(&dyn Fn(u64, usize) -> io::Result<Vec<u8>>) -> T + Send + 'static,
    ) -> Result<T, FileFault> {
        let files = self.inner.files.clone();
        blocking(move || Ok(look(&|offset, count| files.read(&file.digest, offset, count)))).await
    }

    /// Makes a record that files belong to; they must be here.
    pub async fn submit_with(&self, draft: Draft, files: Vec<FileRef>) -> Result<Made, SubmitError> {
        let _filing = self.inner.filing.read().await;
        if let Some(missing) = files.iter().find(|file| self.inner.files.held(&file.digest) != Some(file.bytes)) {
            return Err(WriteRefusal::Malformed(format!("file {} is not here", missing.digest)).into());
        }
        self.made(Intent::SubmitWith(Box::new(draft), files)).await
    }

    /// Wants a file that a record here names, from now on until it is here, also after a restart.
    pub async fn want_file(&self, file: FileRef) -> Result<(), FileFault> {
        if self.inner.is_named_in_vain(&file.digest) {
            return Err(FileFault::Unwanted);
        }
        let inner = self.inner.clone();
        blocking(move || inner.files.want(file)).await?;
        self.inner.file_news.notify_one();
        Ok(())
    }

    /// Where a file is, if it is here. It is there until it is forgotten, and must not be changed.
    pub fn file(&self, file: &FileRef) -> Option<PathBuf> {
        let held = self.inner.files.held(&file.digest).filter(|bytes| *bytes == file.bytes);
        held.map(|_| self.inner.folder.files().join(file.digest.to_string()))
    }

    /// How far a file has got.
    pub fn file_state(&self, file: &FileRef) -> FileState {
        self.inner.files.state(&file.digest)
    }

    /// Removes a file from this node, durably, whole or in part.
    pub async fn forget_file(&self, digest: Digest) -> Result<(), FileFault> {
        self.inner.forget_file(digest).await
    }

    /// Whether any file is still here, or on its way here, that is to go because this record was destroyed.
    pub fn holds_files_of(&self, header: &Header) -> bool {
        let is_left = |file: &FileRef| self.file_state(file) != FileState::Unknown && self.inner.is_named_in_vain(&file.digest);
        header.attachments.iter().any(is_left)
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, FileFault> + Send + 'static) -> Result<T, FileFault> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(FileFault::Io(io::Error::other("a file's thread has panicked"))))
}

impl Inner {
    pub(crate) async fn forget_file(&self, digest: Digest) -> Result<(), FileFault> {
        let files = self.files.clone();
        blocking(move || Ok(files.forget(&digest)?)).await
    }

    /// Only records that were destroyed name it. What cannot be looked up is not said to be so.
    fn is_named_in_vain(&self, digest: &Digest) -> bool {
        self.store.named_file(digest).is_ok_and(|named| named == Named::InVain)
    }

    /// A part of a file for a neighbour that may have it. What is not here is asked for where the record came from.
    pub(crate) fn part_for(
        &self,
        neighbour: &OfficeId,
        digest: Digest,
        (offset, total): (u64, u64),
        bytes_max: usize,
    ) -> Result<Bytes, GoneReason> {
        let known = self.store.file_known_to(&digest, neighbour).ok().flatten().ok_or(GoneReason::NotYours)?;
        match self.files.held(&digest) {
            Some(bytes) if bytes == total => {
                let read = self.files.read(&digest, offset, bytes_max);
                read.map(Bytes::from).map_err(|fault| {
                    tracing::error!(file = %digest, error = %fault, "a file cannot be read");
                    GoneReason::NotHere
                })
            }
            Some(_) => Err(GoneReason::AnotherLength),
            None => {
                self.ask_on(neighbour, FileRef { digest, bytes: known });
                Err(GoneReason::NotHere)
            }
        }
    }

    fn ask_on(&self, asker: &OfficeId, file: FileRef) {
        let who = self.store.who_knows(&file.digest).unwrap_or_default();
        if who.iter().all(|(neighbour, _)| neighbour == asker) {
            return;
        }
        match self.files.want(file) {
            Ok(()) => self.file_news.notify_one(),
            Err(fault) => tracing::warn!(file = %file.digest, error = %fault, "a file that a neighbour wants is not asked for"),
        }
    }

    /// The next part of a file has come.
    pub(crate) fn keep_part(&self, chunk: &Chunk) -> Result<u64, NotKept> {
        self.files.keep(&chunk.digest, chunk.offset, &chunk.bytes).map_err(|fault| {
            tracing::warn!(file = %chunk.digest, error = %fault, "a part of a file was not kept");
            match fault {
                FileFault::NotIt => NotKept::NotIt,
                FileFault::NoRoom | FileFault::Io(_) => NotKept::NoRoom,
                FileFault::Size(_) | FileFault::Unwanted | FileFault::TurnedAway => NotKept::Unwanted,
            }
        })
    }

    /// The session that a file is asked of: that of a neighbour which sent a record that names it, or else of one that has such a record.
    fn asks_for(&self, file: &FileRef) {
        let Ok(who) = self.store.who_knows(&file.digest) else { return };
        let door = who.iter().filter(|(_, bytes)| *bytes == file.bytes).find_map(|(neighbour, _)| self.hub.door(neighbour));
        let FileState::Wanted(have) = self.files.state(&file.digest) else { return };
        if let Some(door) = door {
            // A session that has just ended asks for nothing.
            let _ = door.events.send(Event::WantFile { file: *file, have });
        }
    }
}

/// Asks for what is wanted, again and again, until the node stops.
pub(super) async fn watch_files(relay: Arc<Inner>) {
    let mut stop = relay.stop.clone();
    loop {
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = relay.file_news.notified() => {}
            () = tokio::time::sleep(relay.settings.files_asked_every) => {}
        }
        if relay.files.has_room() {
            relay.files.wanted().iter().for_each(|(file, _)| relay.asks_for(file));
        }
    }
}
