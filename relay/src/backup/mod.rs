//! How an office comes back: copies of its store on another disk or a stick, made while it works, and what is made of them.
//!
//! ```text
//!   <a second disk, a stick>/dutynet-440825/
//!     manifest-00000007.toml       written last: a backup is whole or not there
//!     segment-00000003-<hash>      a segment of the journal, as far as it was durable
//!     file-<hash>                  who it is, its certificate, its keys under the recovery code, a file beside its records
//! ```
//!
//! A journal only grows, so a backup copies what is new and names the rest; the newest few stay, and share what they have in common. A
//! segment that was written anew without some bodies ([`crate::journal`]) is copied again, and backups with the old one go: what was
//! destroyed leaves its backups with the next one. Neither the naked key nor the API key is ever in one, nor anything that can be made
//! anew.
//!
//! - [`code`], [`sealed`]: the recovery code on paper, and the keys under it.
//! - [`manifest`], [`home`]: what a backup says of itself, and the folder on the stick.
//! - [`make`]: a backup of a store that is in use. [`check`]: whether one is whole. [`restore`]: the office again, on an empty disk.
//!   [`salvage`]: what can be got out of a store, or a backup, that is damaged. [`HowFar`]: how far one of them has got, for whoever waits.

pub mod check;
pub mod code;
pub mod home;
mod how_far;
pub mod make;
pub mod manifest;
pub mod restore;
pub mod salvage;
pub mod sealed;
#[cfg(test)]
mod tests;
mod tolerant;

pub use home::{Home, Listed};
pub use how_far::{HowFar, Reached, Stage};
pub use manifest::Manifest;

use std::{fs, io, path::PathBuf};

use self::{
    code::RecoveryCode,
    sealed::{Keys, SealedFault, SealedKeys},
};
use crate::{
    folder::{DataFolder, FolderError},
    ids::{OfficeId, UnixMillis},
    journal::{JournalError, ReadError},
    tls::identity,
};

/// Why there is no backup, or none that can be used. Whatever was there before is as it was.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The folder is not there: the stick is not in, or not mounted.
    #[error("{} is not there", .0.display())]
    Absent(PathBuf),
    /// No backup of any office stands there.
    #[error("no backup stands in {}", .0.display())]
    Empty(PathBuf),
    /// Backups of several offices stand there.
    #[error("backups of several offices stand in {}: {}", path.display(), offices.join(", "))]
    Several {
        /// The folder.
        path: PathBuf,
        /// Whose.
        offices: Vec<String>,
    },
    /// It belongs to another office.
    #[error("{} holds backups of office {office}", path.display())]
    AnotherOffice {
        /// The folder.
        path: PathBuf,
        /// Whose.
        office: String,
    },
    /// A newer program made it.
    #[error("{} was made by a newer version of this program", .0.display())]
    Newer(PathBuf),
    /// Not what was written.
    #[error("{} is damaged: {what}", path.display())]
    Damaged {
        /// The file, or the folder.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// Whoever copies the keys wants them sealed, and there is no recovery code yet.
    #[error("there is no recovery code yet")]
    NoCode,
    /// Another code opens it.
    #[error("the recovery code does not open these keys")]
    WrongCode,
    /// The office's own folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The machine refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// On which file.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// The office's own journal.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// For `map_err`: the machine refused something of a file.
fn io_at(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> BackupError {
    let path = path.into();
    move |source| BackupError::Io { path, source }
}

/// Seals the keys of a folder under a new recovery code. Backups made before still open with the code of their time.
pub fn new_code(folder: &DataFolder, office: &OfficeId, at: UnixMillis) -> Result<RecoveryCode, BackupError> {
    let path = folder.sealed_keys();
    let successor = identity::read_key(&folder.successor_key()).map_err(FolderError::from)?;
    let keys = Keys { office: folder.key()?, successor };
    let code = RecoveryCode::make().map_err(io_at(&path))?;
    let sealed = SealedKeys::seal(&keys, office, &code, at).map_err(|fault| sealed_error(fault, path.clone()))?;
    identity::write_private(&path, sealed.to_text().as_bytes()).map_err(io_at(path))?;
    Ok(code)
}

/// The sealed keys of a folder; `None`: there is no recovery code yet.
pub fn sealed_keys(folder: &DataFolder) -> Result<Option<SealedKeys>, BackupError> {
    let path = folder.sealed_keys();
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(BackupError::Io { path, source }),
    };
    SealedKeys::from_text(&text).map(Some).map_err(|fault| sealed_error(fault, path))
}

fn sealed_error(fault: SealedFault, path: PathBuf) -> BackupError {
    match fault {
        SealedFault::Damaged => BackupError::Damaged { path, what: fault.to_string() },
        SealedFault::Newer(_) => BackupError::Newer(path),
        SealedFault::WrongCode => BackupError::WrongCode,
        SealedFault::Machine(what) => BackupError::Io { path, source: io::Error::other(what) },
    }
}
