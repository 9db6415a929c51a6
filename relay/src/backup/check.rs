//! Whether a backup is whole: every file is there and has its hash, and every group of its journal reads.

use std::{fs::File, io, io::Read as _, path::Path, sync::Arc};

use data_encoding::HEXLOWER;

use super::{
    BackupError, Home, HowFar, Stage,
    home::{Hashing, StoredJournal},
    io_at,
    manifest::Manifest,
};
use crate::{
    ids::{Digesting, FileRef},
    journal,
};

/// Bytes that are read at once.
const CHUNK: usize = 1 << 20;

/// What is wrong with a backup; nothing: it is whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// Files that are not as the manifest says, with what is wrong.
    pub files: Vec<String>,
    /// Places of the journal that cannot be read.
    pub places: Vec<String>,
}

impl Checked {
    /// Whether it can be restored.
    pub fn is_whole(&self) -> bool {
        self.files.is_empty() && self.places.is_empty()
    }
}

/// Reads all of a backup, and tells how far it is.
pub fn check(home: &Home, manifest: &Manifest, far: &HowFar) -> Result<Checked, BackupError> {
    let mut checked = Checked { files: check_files(home, manifest, far), places: Vec::new() };
    far.begin(Stage::Journal, 0, manifest.segments.iter().map(|file| file.segment.bytes).sum());
    let (_, opened) = journal::look(Arc::new(StoredJournal::of(home, manifest).telling(far)))?;
    checked.places.extend(opened.damaged.iter().map(|d| format!("{}/{}: {:?}", d.segment, d.offset, d.lost)));
    if opened.end.groups != manifest.end.groups || opened.cut {
        checked.places.push(format!("{} groups in place of {}", opened.end.groups, manifest.end.groups));
    }
    Ok(checked)
}

/// Reads each file: those that are not as the manifest says, with what is wrong.
pub(super) fn check_files(home: &Home, manifest: &Manifest, far: &HowFar) -> Vec<String> {
    far.begin(Stage::Checking, manifest.stored().count(), manifest.bytes());
    let mut wrong = Vec::new();
    let files = manifest.files.iter().map(|file| (&file.stored, file.bytes, &file.hash));
    let segments = manifest.segments.iter().map(|file| (&file.stored, file.segment.bytes, &file.hash));
    for (stored, bytes, hash) in files.chain(segments) {
        let path = home.file(stored);
        match hash_of(&path, far) {
            Ok((found, len)) if found == *hash && len == bytes => {}
            Ok((_, len)) if len != bytes => wrong.push(format!("{stored}: {len} bytes in place of {bytes}")),
            Ok(_) => wrong.push(format!("{stored}: its hash is another one")),
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => wrong.push(format!("{stored}: not there")),
            Err(fault) => wrong.push(format!("{stored}: {fault}")),
        }
        far.file();
    }
    wrong
}

/// Refuses a backup that is not whole.
pub(super) fn refuse_damaged(home: &Home, manifest: &Manifest, far: &HowFar) -> Result<(), BackupError> {
    let checked = check(home, manifest, far)?;
    match checked.files.first().or(checked.places.first()) {
        Some(what) => Err(BackupError::Damaged { path: home.path().to_owned(), what: what.clone() }),
        None => Ok(()),
    }
}

pub(super) fn hash_of(path: &Path, far: &HowFar) -> io::Result<(String, u64)> {
    let (mut file, mut hashing, mut bytes) = (File::open(path)?, Hashing::default(), vec![0; CHUNK]);
    let mut len = 0;
    loop {
        let read = file.read(&mut bytes)?;
        if read == 0 {
            return Ok((hashing.hex(), len));
        }
        hashing.add(&bytes[..read]);
        len += read as u64;
        far.bytes(read as u64);
    }
}

/// Whether that is all of the file beside records that has this name.
pub(super) fn is_it(name: &str, at: &Path) -> bool {
    let read = || {
        let (mut file, mut digest, mut bytes) = (File::open(at)?, Digesting::new(FileRef::TAG), vec![0; CHUNK]);
        loop {
            match file.read(&mut bytes)? {
                0 => return io::Result::Ok(digest.finish()),
                count => digest.add(&bytes[..count]),
            }
        }
    };
    read().is_ok_and(|found| HEXLOWER.encode(&found.0) == name)
}

/// A small file of a backup, if it is what the manifest says.
pub(super) fn small_file(home: &Home, manifest: &Manifest, name: &str) -> Result<Vec<u8>, BackupError> {
    let damaged = |what: &str| BackupError::Damaged { path: home.path().to_owned(), what: format!("{name}: {what}") };
    let file = manifest.files.iter().find(|file| file.name == name).ok_or_else(|| damaged("not in the manifest"))?;
    let path = home.file(&file.stored);
    let mut bytes = Vec::new();
    let missing = |fault: &io::Error| fault.kind() == io::ErrorKind::NotFound;
    let opened = File::open(&path).map_err(|fault| if missing(&fault) { damaged("not there") } else { io_at(&path)(fault) })?;
    opened.take(file.bytes + 1).read_to_end(&mut bytes).map_err(io_at(path))?;
    let mut hashing = Hashing::default();
    hashing.add(&bytes);
    if hashing.hex() == file.hash { Ok(bytes) } else { Err(damaged("its hash is another one")) }
}
