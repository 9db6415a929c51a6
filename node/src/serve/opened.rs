//! What it means to an officer that a data folder cannot be opened.

use std::{io, path::Path};

use dutynet_relay::{
    folder::{DataFolder, FolderError},
    journal::JournalError,
    relay::OpenError,
    tls::identity::KeyFileError,
    writer::StoreError,
};

use crate::{config::Config, text::refusal::Refusal, usecase::Refused};

/// Refuses a folder that is not the one of the office that the configuration names.
pub(crate) fn refuse_another_office(config: &Config) -> Result<(), Refused> {
    let folder = DataFolder::at(&config.data);
    let found = folder.office().map_err(folder_refused)?;
    match &config.office {
        Some(wanted) if *wanted != found.office => {
            Err(Refused::about(Refusal::FolderOfAnother, format!("{}: {}", config.data.display(), found.office)))
        }
        Some(_) | None => Ok(()),
    }
}

/// Refuses a folder that another process works in, before a port is found to be in use for the same reason.
pub(crate) fn refuse_locked(folder: &DataFolder) -> Result<(), Refused> {
    folder.lock().map(drop).map_err(folder_refused)
}

/// Why the store of a folder could not be opened.
pub(crate) fn refused(error: OpenError, folder: &DataFolder) -> Refused {
    let path = folder.path().display().to_string();
    match error {
        OpenError::Folder(error) => folder_refused(error),
        OpenError::Io(error) => io_refused(&error, folder.path()),
        OpenError::Store(StoreError::AnotherOffice(office)) => {
            Refused::about(Refusal::FolderOfAnother, format!("{path}: {office}"))
        }
        OpenError::Store(StoreError::Append(JournalError::NewerFormat { name })) => {
            Refused::about(Refusal::FolderNewer, format!("{path}: {name}"))
        }
        OpenError::Store(StoreError::Append(JournalError::Io { name, source, .. })) => {
            io_refused(&source, &folder.journal().join(name))
        }
        error @ (OpenError::Store(_) | OpenError::Index(_) | OpenError::Tls(_) | OpenError::Leaf(_)) => {
            Refused { about: Some(path), ..Refused::because(Refusal::FolderDamaged, error) }
        }
    }
}

/// Why a folder cannot be worked in.
pub(crate) fn folder_refused(error: FolderError) -> Refused {
    match error {
        FolderError::Empty(path) => Refused::about(Refusal::FolderEmpty, path.display()),
        FolderError::Taken { folder, office } => Refused::about(Refusal::FolderTaken, format!("{}: {office}", folder.display())),
        FolderError::Locked(path) => Refused::about(Refusal::FolderLocked, path.display()),
        FolderError::Invalid { path, what } => {
            Refused { about: Some(path.display().to_string()), ..Refused::because(Refusal::FolderDamaged, what) }
        }
        FolderError::Io { path, source } | FolderError::Key(KeyFileError::Io { path, source }) => io_refused(&source, &path),
        FolderError::Key(error @ KeyFileError::OpenToOthers { .. }) => Refused::about(Refusal::KeyOpenToOthers, error),
        FolderError::Key(error @ (KeyFileError::Exists(_) | KeyFileError::NotAKey(_))) => {
            Refused::about(Refusal::FolderDamaged, error)
        }
    }
}

/// What an error of the machine means.
pub(crate) fn io_refused(error: &io::Error, path: &Path) -> Refused {
    let known = [
        (io::ErrorKind::PermissionDenied, Refusal::FolderNoRights),
        (io::ErrorKind::ReadOnlyFilesystem, Refusal::FolderReadOnly),
        (io::ErrorKind::StorageFull, Refusal::NoSpace),
        (io::ErrorKind::QuotaExceeded, Refusal::NoSpace),
    ];
    let found = known.into_iter().find(|(kind, _)| *kind == error.kind());
    let refusal = found.map_or(Refusal::FolderDamaged, |(_, refusal)| refusal);
    Refused { about: Some(path.display().to_string()), ..Refused::because(refusal, error.to_string()) }
}
