//! The office again, on an empty disk: its past out of a backup, its key out of the sealed one, and a new epoch before anything else.
//!
//! What the office has said since the backup was made is not known here, so its numbers must not be used again: the new epoch is in the
//! journal before the folder has the name of an office, and so before any program can make a record in it. What had left the office comes
//! back when it meets its neighbours.
//!
//! Everything is checked before the first byte is written. A stop in the middle leaves a folder that belongs to nobody and says so
//! ([`MARK`]); the next attempt clears it and begins anew.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use super::{
    BackupError, Home, HowFar, Stage, check,
    code::RecoveryCode,
    home::sync_folder,
    io_at,
    manifest::{ATTACHED, Manifest},
    sealed::{Keys, SealedKeys},
    sealed_error,
};
use crate::{
    clock::Clock,
    files,
    folder::{DataFolder, FolderError, OfficeFile},
    relay::{OpenError, open_index_of, open_writer},
    tls::identity,
    writer::{
        Moment, Space, StoreError,
        intent::{ForkReason, Intent},
    },
};

/// Stands in a folder that is being made and is not yet an office's.
pub const MARK: &str = "restoring";
/// Namespace of what this crate keeps for itself: when the office came back out of which backup, and by whom.
pub const RESTORED: &str = "relay.restored";
/// What such a folder may hold, and what is cleared away.
const MADE: [&str; 4] = ["journal", "index", "keys", "files"];

/// Why nothing was brought back. The folder is as it was, or belongs to nobody and can be tried again.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The backup, or the recovery code.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The folder has something in it.
    #[error("{folder} is not empty: {found}")]
    NotEmpty {
        /// The folder.
        folder: String,
        /// One thing that lies there.
        found: String,
    },
    /// The store that was brought back does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
}

/// A backup that is about to be restored, with the keys in it.
#[derive(Debug)]
pub struct Chosen {
    home: Home,
    manifest: Manifest,
    office: OfficeFile,
    keys: Keys,
    far: HowFar,
}

impl Chosen {
    /// Opens the keys of a backup and reads all of it. How far this is, and the restoring after it, is told.
    pub fn open(home: Home, manifest: Manifest, code: &RecoveryCode, far: &HowFar) -> Result<Self, BackupError> {
        far.begin(Stage::Keys, 0, 0);
        let keys = keys(&home, &manifest, code)?;
        let office = office(&home, &manifest)?;
        check::refuse_damaged(&home, &manifest, far)?;
        Ok(Self { home, manifest, office, keys, far: far.clone() })
    }

    /// Whose it is, and of when.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Makes it the office of an empty folder; who did it is kept there.
    pub fn restore(&self, folder: &DataFolder, by: &str, clock: &dyn Clock) -> Result<(), RestoreError> {
        begin(folder)?;
        let _lock = folder.lock()?;
        self.fill(folder, by, clock).inspect_err(|_| give_up(folder))
    }

    fn fill(&self, folder: &DataFolder, by: &str, clock: &dyn Clock) -> Result<(), RestoreError> {
        self.copy(folder)?;
        self.far.begin(Stage::Opening, 0, 0);
        self.new_epoch(folder, by, clock)?;
        let path = |name: &str| folder.path().join(name);
        for name in ["keys/leaf.der", "keys/recovery.sealed"] {
            let bytes = check::small_file(&self.home, &self.manifest, name)?;
            identity::write_private(&path(name), &bytes).map_err(io_at(path(name)))?;
        }
        finish(folder, &self.office, &self.keys)
    }

    /// All that is large.
    pub(super) fn copy(&self, folder: &DataFolder) -> Result<(), BackupError> {
        let segments = self.manifest.segments.iter().map(|file| file.segment.bytes);
        let sizes: Vec<u64> = segments.chain(self.manifest.attached().map(|file| file.bytes)).collect();
        self.far.begin(Stage::Copying, sizes.len(), sizes.iter().sum());
        self.journal(folder)?;
        self.attached(folder)
    }

    fn journal(&self, folder: &DataFolder) -> Result<(), BackupError> {
        let to = folder.journal();
        for file in &self.manifest.segments {
            let (stored, target) = (self.home.file(&file.stored), to.join(file.segment.name()));
            let copied = fs::copy(&stored, &target).map_err(io_at(&target))?;
            File::open(&target).and_then(|file| file.sync_all()).map_err(io_at(&target))?;
            self.far.bytes(copied);
            self.far.file();
        }
        sync_folder(&to)
    }

    fn attached(&self, folder: &DataFolder) -> Result<(), BackupError> {
        let files = self.manifest.attached().map(|file| (self.home.file(&file.stored), folder.path().join(&file.name)));
        copy_files(files, &folder.path().join(ATTACHED), &self.far)
    }

    /// Nothing that was copied is believed until it has been read again here.
    fn new_epoch(&self, folder: &DataFolder, by: &str, clock: &dyn Clock) -> Result<(), RestoreError> {
        let index = open_index_of(folder)?;
        let (mut writer, opening) = open_writer(folder, &self.office, self.keys.office.clone(), (index, clock))?;
        if opening.journal.end.groups != self.manifest.end.groups || !opening.journal.damaged.is_empty() {
            let what = "its journal has not come over whole".to_owned();
            return Err(BackupError::Damaged { path: folder.journal(), what }.into());
        }
        let at = Moment { wall: clock.wall(), offset_ms: 0, space: Space::Enough };
        let store = |fault: StoreError| OpenError::from(fault);
        let bytes = format!("backup {} of {} by {by}", self.manifest.number, self.manifest.made_at.0).into();
        let noted = Intent::Local { namespace: RESTORED.to_owned(), key: at.wall.0.to_string(), bytes };
        let mut intents = vec![Intent::Fork(ForkReason::Restored), noted];
        // The old machine may have the same one, and may still be on: whoever is linked stays.
        let parent = self.office.parent.iter().map(|parent| parent.office.clone());
        intents.extend(parent.map(|neighbour| Intent::Tickets { neighbour, tickets: Vec::new() }));
        writer.commit(intents, at).map_err(store)?;
        writer.close().map_err(store)?;
        Ok(())
    }
}

/// Copies files into a folder of theirs, durably. Each has its name only when all of it is there: a disk that is full in the middle leaves
/// something that the next start removes.
pub(super) fn copy_files(
    files: impl Iterator<Item = (PathBuf, PathBuf)>,
    folder: &Path,
    far: &HowFar,
) -> Result<(), BackupError> {
    fs::create_dir_all(folder).map_err(io_at(folder))?;
    let fresh = folder.join(files::FRESH);
    for (from, to) in files {
        let copied = fs::copy(&from, &fresh).map_err(io_at(&to))?;
        File::open(&fresh).and_then(|file| file.sync_all()).map_err(io_at(&to))?;
        fs::rename(&fresh, &to).map_err(io_at(&to))?;
        far.bytes(copied);
        far.file();
    }
    sync_folder(folder)
}

/// The keys of a backup, under its code.
pub(super) fn keys(home: &Home, manifest: &Manifest, code: &RecoveryCode) -> Result<Keys, BackupError> {
    let bytes = check::small_file(home, manifest, "keys/recovery.sealed")?;
    let path = home.path().join("keys/recovery.sealed");
    let sealed = SealedKeys::from_text(&String::from_utf8_lossy(&bytes)).map_err(|fault| sealed_error(fault, path.clone()))?;
    if sealed.office != manifest.office {
        return Err(BackupError::AnotherOffice { path, office: sealed.office.to_string() });
    }
    sealed.open(code).map_err(|fault| sealed_error(fault, path))
}

/// Who the backup is of.
pub(super) fn office(home: &Home, manifest: &Manifest) -> Result<OfficeFile, BackupError> {
    let bytes = check::small_file(home, manifest, "office.toml")?;
    let office = OfficeFile::from_text(&String::from_utf8_lossy(&bytes));
    let office = office.map_err(|what| BackupError::Damaged { path: home.path().join("office.toml"), what })?;
    if manifest.is_of(&office.office, office.root_pin) {
        return Ok(office);
    }
    Err(BackupError::AnotherOffice { path: home.path().to_owned(), office: office.office.to_string() })
}

/// Takes an empty folder, or one that an attempt was broken off in.
pub(super) fn begin(folder: &DataFolder) -> Result<(), RestoreError> {
    folder.refuse_taken()?;
    let path = folder.path();
    let mark = path.join(MARK);
    if path.exists() {
        let lock = folder.lock_if_there()?;
        if mark.exists() {
            clear(path)?;
        } else if let Some(found) = something_in(path)? {
            return Err(RestoreError::NotEmpty { folder: path.display().to_string(), found });
        }
        drop(lock);
    }
    fs::create_dir_all(path).map_err(io_at(path))?;
    identity::write_private(&mark, b"A folder that is being made. It is no office yet.\n").map_err(io_at(&mark))?;
    Ok(folder.create()?)
}

/// The folder becomes an office's: the key, then who it is, then nothing says any more that it is being made.
pub(super) fn finish(folder: &DataFolder, office: &OfficeFile, keys: &Keys) -> Result<(), RestoreError> {
    identity::write_key(&folder.path().join("keys/office.key"), &keys.office).map_err(FolderError::from)?;
    if let Some(successor) = &keys.successor {
        identity::write_key(&folder.successor_key(), successor).map_err(FolderError::from)?;
    }
    folder.write_office(office)?;
    let mark = folder.path().join(MARK);
    fs::remove_file(&mark).map_err(io_at(mark))?;
    Ok(sync_folder(folder.path())?)
}

/// Leaves the folder as it was, as far as the machine lets it; the next attempt does the rest.
pub(super) fn give_up(folder: &DataFolder) {
    if clear(folder.path()).is_ok() {
        let _: io::Result<()> = fs::remove_file(folder.path().join(MARK));
    }
}

/// Takes away what an attempt that was broken off has made.
fn clear(path: &Path) -> Result<(), BackupError> {
    for name in MADE {
        let made = path.join(name);
        let cleared = if made.is_dir() { fs::remove_dir_all(&made) } else { fs::remove_file(&made) };
        match cleared {
            Err(fault) if fault.kind() != io::ErrorKind::NotFound => return Err(io_at(made)(fault)),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

fn something_in(path: &Path) -> Result<Option<String>, BackupError> {
    for entry in fs::read_dir(path).map_err(io_at(path))? {
        let name = entry.map_err(io_at(path))?.file_name().to_string_lossy().into_owned();
        if name != "lock" && name != "lost+found" && name != format!("{MARK}.new") {
            return Ok(Some(name));
        }
    }
    Ok(None)
}
