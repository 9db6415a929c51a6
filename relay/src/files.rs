//! Files that travel beside records (附件), in a folder beside the journal, named by what is in them.
//!
//! ```text
//!   <digest>        whole and verified: written elsewhere, synced, renamed, the folder synced
//!   <digest>.part   what has come of one so far, from its beginning
//!   <digest>.want   its length: it is wanted, also after a restart
//!   new-<n>         being put here; gone at the next start
//! ```
//!
//! Promises: a whole file is what its name says, at the moment when it is given that name; what has come is kept through cuts and kills; a
//! file that turns out to be another one is thrown away; nothing is taken beyond the limits, or when the disk is too full for files.

mod inventory;
mod putting;

pub use putting::Fresh;

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use data_encoding::HEXLOWER;

use crate::{
    disk::Disk,
    ids::{Digest, Digesting, FileRef},
};

/// How the name of one begins that is being put here, by whomever.
pub(crate) const FRESH: &str = "new-";
/// Bytes that are read or written at a time.
const PIECE: usize = 64 * 1024;
/// What has come is made durable each time after so many bytes, so that a power cut does not cost all of it.
const SYNC_EVERY: u64 = 4 * 1024 * 1024;

/// How much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileLimits {
    /// Largest file, bytes.
    pub file_bytes_max: u64,
    /// All files together, with what is still to come of those that are on their way.
    pub total_bytes_max: u64,
    /// Most files that are wanted at once.
    pub wanted_max: usize,
}

impl Default for FileLimits {
    fn default() -> Self {
        Self { file_bytes_max: 64 * 1024 * 1024, total_bytes_max: 64 * 1024 * 1024 * 1024, wanted_max: 1024 }
    }
}

/// Why a file is not taken, or not there.
#[derive(Debug, thiserror::Error)]
pub enum FileFault {
    /// Larger than allowed, or empty.
    #[error("a file of {0} bytes is not taken")]
    Size(u64),
    /// The disk is too full for files, or all of them together are too many.
    #[error("there is no room for files")]
    NoRoom,
    /// Whoever put it has looked at it and turned it away.
    #[error("the file was turned away")]
    TurnedAway,
    /// It is not what was wanted.
    #[error("the content is not that of the file")]
    NotIt,
    /// Nobody wanted this, or not from there on.
    #[error("not the next part of a file that is wanted")]
    Unwanted,
    /// The machine refused.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// How much there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FilesHeld {
    /// Whole files.
    pub held: u64,
    /// Their bytes.
    pub held_bytes: u64,
    /// Files that are on their way here, or waited for.
    pub wanted: u64,
    /// What has come of them.
    pub wanted_bytes: u64,
}

/// How far a file has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileState {
    /// It is here.
    Held,
    /// So much of it has come, in bytes.
    Wanted(u64),
    /// Neither here nor wanted.
    Unknown,
}

/// See the module.
pub struct Files {
    disk: Arc<dyn Disk>,
    limits: FileLimits,
    room: AtomicBool,
    known: Mutex<Known>,
    /// Nothing is written of a file while it is removed.
    hands: Mutex<()>,
}

#[derive(Debug, Default)]
struct Known {
    held: BTreeMap<Digest, u64>,
    wanted: BTreeMap<Digest, Wanted>,
    /// Being put here.
    fresh: u64,
    fresh_bytes: u64,
}

#[derive(Debug, Clone, Copy)]
struct Wanted {
    bytes: u64,
    have: u64,
    synced: u64,
}

impl Files {
    /// Reads what is there. What cannot be understood is left alone, what was being put here is removed.
    pub fn open(disk: Arc<dyn Disk>, limits: FileLimits) -> io::Result<Self> {
        let mut known = Known::default();
        let names: BTreeSet<String> = disk.list("")?.into_iter().collect();
        for name in &names {
            if name.starts_with(FRESH) {
                disk.remove(name)?;
            } else if let Some(digest) = digest_of(name) {
                known.held.insert(digest, disk.len(name)?);
            }
        }
        for (digest, name) in names.iter().filter_map(|name| Some((digest_of(name.strip_suffix(".want")?)?, name))) {
            let bytes = disk.len(name).and_then(|len| disk.read(name, 0, usize::try_from(len).unwrap_or(0)))?;
            let total = String::from_utf8(bytes).ok().and_then(|text| text.parse().ok());
            let (Some(bytes), false) = (total, known.held.contains_key(&digest)) else {
                disk.remove(name)?;
                continue;
            };
            let have = if names.contains(&part(&digest)) { disk.len(&part(&digest))? } else { 0 };
            known.wanted.insert(digest, Wanted { bytes, have, synced: 0 });
        }
        for name in names.iter().filter(|name| name.ends_with(".part")) {
            let wanted = name.strip_suffix(".part").and_then(digest_of).is_some_and(|digest| known.wanted.contains_key(&digest));
            if !wanted {
                disk.remove(name)?;
            }
        }
        let files = Self { disk, limits, room: AtomicBool::new(true), known: Mutex::new(known), hands: Mutex::default() };
        files.finish_what_has_come()?;
        Ok(files)
    }

    /// All of it had come, and then the power went.
    fn finish_what_has_come(&self) -> io::Result<()> {
        for (file, _) in self.wanted().into_iter().filter(|(file, have)| *have >= file.bytes) {
            self.disk.truncate(&part(&file.digest), file.bytes)?;
            self.disk.sync(&part(&file.digest))?;
            match self.finish(file) {
                Err(FileFault::Io(fault)) => return Err(fault),
                Ok(())
                | Err(FileFault::NotIt | FileFault::Size(_) | FileFault::NoRoom | FileFault::Unwanted | FileFault::TurnedAway) => {
                }
            }
        }
        Ok(())
    }

    /// Whether the disk has room for files; measured by others.
    pub fn set_room(&self, has_room: bool) {
        self.room.store(has_room, Ordering::Relaxed);
    }

    /// Whether more would be taken.
    pub fn has_room(&self) -> bool {
        self.room.load(Ordering::Relaxed)
    }

    /// Wants a file, from now on and after a restart too. Durable when it returns.
    pub fn want(&self, file: FileRef) -> Result<(), FileFault> {
        if file.bytes == 0 || file.bytes > self.limits.file_bytes_max {
            return Err(FileFault::Size(file.bytes));
        }
        {
            let known = self.lock();
            if known.held.contains_key(&file.digest) || known.wanted.contains_key(&file.digest) {
                return Ok(());
            }
            if known.wanted.len() >= self.limits.wanted_max {
                return Err(FileFault::NoRoom);
            }
        }
        self.take_room(file.bytes)?;
        let name = want(&file.digest);
        let text = file.bytes.to_string();
        self.disk.write(&name, 0, text.as_bytes())?;
        self.disk.truncate(&name, text.len() as u64)?;
        self.disk.sync(&name)?;
        self.disk.sync_folder()?;
        self.lock().wanted.entry(file.digest).or_insert(Wanted { bytes: file.bytes, have: 0, synced: 0 });
        Ok(())
    }

    /// Files that are wanted, with what has come of them.
    pub fn wanted(&self) -> Vec<(FileRef, u64)> {
        let wanted = |(digest, wanted): (&Digest, &Wanted)| (FileRef { digest: *digest, bytes: wanted.bytes }, wanted.have);
        self.lock().wanted.iter().map(wanted).collect()
    }

    /// Writes the next part of a file that is wanted; how much of it has come now. The last part makes it whole, or shows that it is not it:
    /// then all of it is thrown away.
    pub fn keep(&self, digest: &Digest, offset: u64, bytes: &[u8]) -> Result<u64, FileFault> {
        let _hands = self.hands.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = self.lock().wanted.get(digest).copied().ok_or(FileFault::Unwanted)?;
        let through = offset + bytes.len() as u64;
        if offset != wanted.have || through > wanted.bytes || bytes.is_empty() {
            return Err(FileFault::Unwanted);
        }
        if !self.has_room() {
            return Err(FileFault::NoRoom);
        }
        let name = part(digest);
        self.disk.write(&name, offset, bytes)?;
        let is_whole = through == wanted.bytes;
        let syncs = is_whole || through - wanted.synced >= SYNC_EVERY;
        if syncs {
            self.disk.sync(&name)?;
        }
        if is_whole {
            self.finish(FileRef { digest: *digest, bytes: through })?;
        } else if let Some(wanted) = self.lock().wanted.get_mut(digest) {
            wanted.have = through;
            wanted.synced = if syncs { through } else { wanted.synced };
        }
        Ok(through)
    }

    fn finish(&self, file: FileRef) -> Result<(), FileFault> {
        let name = part(&file.digest);
        if self.digest_of_file(&name, file.bytes)? != file.digest {
            self.disk.remove(&name)?;
            if let Some(wanted) = self.lock().wanted.get_mut(&file.digest) {
                (wanted.have, wanted.synced) = (0, 0);
            }
            return Err(FileFault::NotIt);
        }
        self.disk.rename(&name, &whole(&file.digest))?;
        self.arrived(file)
    }

    fn digest_of_file(&self, name: &str, len: u64) -> io::Result<Digest> {
        let (mut digest, mut at) = (Digesting::new(FileRef::TAG), 0);
        while at < len {
            let count = usize::try_from(len - at).unwrap_or(PIECE).min(PIECE);
            digest.add(&self.disk.read(name, at, count)?);
            at += count as u64;
        }
        Ok(digest.finish())
    }

    fn arrived(&self, file: FileRef) -> Result<(), FileFault> {
        self.disk.sync_folder()?;
        let was_wanted = {
            let mut known = self.lock();
            known.held.insert(file.digest, file.bytes);
            known.wanted.remove(&file.digest).is_some()
        };
        if was_wanted {
            self.disk.remove(&want(&file.digest))?;
            self.discard(&part(&file.digest));
        }
        Ok(())
    }

    /// How far a file has got.
    pub fn state(&self, digest: &Digest) -> FileState {
        let known = self.lock();
        match (known.held.contains_key(digest), known.wanted.get(digest)) {
            (true, _) => FileState::Held,
            (false, Some(wanted)) => FileState::Wanted(wanted.have),
            (false, None) => FileState::Unknown,
        }
    }

    /// Every file that is here.
    pub fn all_held(&self) -> Vec<FileRef> {
        self.lock().held.iter().map(|(digest, bytes)| FileRef { digest: *digest, bytes: *bytes }).collect()
    }

    /// Length of a file that is here.
    pub fn held(&self, digest: &Digest) -> Option<u64> {
        self.lock().held.get(digest).copied()
    }

    /// A part of a file that is here; up to its end.
    pub fn read(&self, digest: &Digest, offset: u64, bytes_max: usize) -> io::Result<Vec<u8>> {
        let len = self.held(digest).ok_or(io::ErrorKind::NotFound)?;
        let count = usize::try_from(len.saturating_sub(offset)).unwrap_or(bytes_max).min(bytes_max);
        self.disk.read(&whole(digest), offset, count)
    }

    /// Removes a file and everything of it, durably, and wants it no more.
    pub fn forget(&self, digest: &Digest) -> io::Result<()> {
        let _hands = self.hands.lock().unwrap_or_else(PoisonError::into_inner);
        let (held, wanted) = {
            let mut known = self.lock();
            (known.held.remove(digest).is_some(), known.wanted.remove(digest).is_some())
        };
        if held {
            self.disk.remove(&whole(digest))?;
        }
        if wanted {
            self.disk.remove(&want(digest))?;
            self.discard(&part(digest));
        }
        self.disk.sync_folder()
    }

    fn take_room(&self, more: u64) -> Result<(), FileFault> {
        let known = self.lock();
        let wanted: u64 = known.wanted.values().map(|wanted| wanted.bytes).sum();
        let now = known.held.values().sum::<u64>() + wanted + known.fresh_bytes;
        let fits = self.has_room() && now.saturating_add(more) <= self.limits.total_bytes_max;
        if fits { Ok(()) } else { Err(FileFault::NoRoom) }
    }

    /// What may not be there; what stays is removed at the next start.
    fn discard(&self, name: &str) {
        let _ = self.disk.remove(name);
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn whole(digest: &Digest) -> String {
    HEXLOWER.encode(&digest.0)
}

fn part(digest: &Digest) -> String {
    format!("{}.part", whole(digest))
}

fn want(digest: &Digest) -> String {
    format!("{}.want", whole(digest))
}

fn digest_of(name: &str) -> Option<Digest> {
    HEXLOWER.decode(name.as_bytes()).ok().and_then(|bytes| Digest::from_slice(&bytes).ok())
}

#[cfg(test)]
mod tests;
