//! What an operator does with backups while no node runs: look at them, make another recovery code, and bring the office back.

use std::path::Path;

use dutynet_relay::{
    backup::{
        self, BackupError, Home, HowFar, Listed, Manifest,
        check::{self, Checked},
        code::{CodeFault, RecoveryCode},
        restore::{Chosen, RestoreError},
        salvage::{Salvage, Wreck},
        sealed::SealedKeys,
    },
    clock::{Clock as _, SystemClock},
    folder::{DataFolder, FolderError},
    record::Person,
};

use super::{Refused, backup::refused, person};
use crate::{config::Config, serve::opened, text::refusal::Refusal};

/// Backups in a folder, the newest first.
#[derive(Debug)]
pub struct BackupsThere {
    /// Where they stand.
    pub home: Home,
    /// They.
    pub listed: Vec<Listed>,
}

/// Lists what stands in a folder.
pub fn list_backups(folder: &Path) -> Result<BackupsThere, Refused> {
    let home = Home::find(folder).map_err(refused)?;
    let listed = home.manifests().map_err(refused)?;
    Ok(BackupsThere { home, listed })
}

/// Reads all of a backup: the newest, or the one of that number.
pub fn check_backup(folder: &Path, number: Option<u64>) -> Result<(Manifest, Checked), Refused> {
    let home = Home::find(folder).map_err(refused)?;
    let manifest = home.manifest(number).map_err(refused)?;
    let checked = check::check(&home, &manifest, &HowFar::default()).map_err(refused)?;
    Ok((manifest, checked))
}

/// Makes another recovery code. Backups made before still open with the code of their time.
pub fn new_recovery_code(config: &Config) -> Result<RecoveryCode, Refused> {
    let folder = DataFolder::at(&config.data);
    opened::refuse_another_office(config)?;
    let office = folder.office().map_err(opened::folder_refused)?.office;
    backup::new_code(&folder, &office, SystemClock::default().wall()).map_err(in_folder)
}

/// The keys under the recovery code; `None`: there is no code yet.
pub fn recovery_code(config: &Config) -> Result<Option<SealedKeys>, Refused> {
    let folder = DataFolder::at(&config.data);
    folder.office().map_err(opened::folder_refused)?;
    code_in(&folder)
}

/// The same of a folder whose office is known.
pub(super) fn code_in(folder: &DataFolder) -> Result<Option<SealedKeys>, Refused> {
    backup::sealed_keys(folder).map_err(in_folder)
}

/// A recovery code as it was typed.
pub fn read_recovery_code(text: &str) -> Result<RecoveryCode, Refused> {
    RecoveryCode::parse(text).map_err(|fault| match fault {
        CodeFault::Length { given } => Refused::about(Refusal::RecoveryCodeMistyped, format!("{given} / 30")),
        CodeFault::Strange(sign) => Refused::about(Refusal::RecoveryCodeMistyped, sign.escape_default()),
        CodeFault::Mistyped => Refusal::RecoveryCodeMistyped.into(),
    })
}

/// Where a backup stands, and which.
#[derive(Debug, Clone, Copy)]
pub struct FromBackup<'a> {
    /// The folder.
    pub folder: &'a Path,
    /// The newest, or the one of that number.
    pub number: Option<u64>,
}

/// The office of a backup, in the empty data folder. How far it is, is told.
pub fn restore(
    config: &Config,
    from: FromBackup<'_>,
    code: &RecoveryCode,
    by: Person,
    far: &HowFar,
) -> Result<Manifest, Refused> {
    let by = person(Some(by))?;
    let home = Home::find(from.folder).map_err(refused)?;
    let manifest = home.manifest(from.number).map_err(refused)?;
    if config.office.as_ref().is_some_and(|wanted| *wanted != manifest.office) {
        return Err(Refused::about(Refusal::BackupOfAnother, &manifest.office));
    }
    let folder = DataFolder::at(&config.data);
    let chosen = Chosen::open(home, manifest, code, far).map_err(refused)?;
    let restored = chosen.restore(&folder, &format!("{} {}", by.id, by.name), &SystemClock::default());
    restored.map_err(|error| restore_refused(error, &folder))?;
    Ok(chosen.manifest().clone())
}

/// What can be read of a damaged folder or backup, in a new folder or one of the same office. The code is asked for only where it is needed.
pub fn salvage(from: &Path, to: &Path, ask: &mut dyn FnMut() -> Option<RecoveryCode>) -> Result<(String, Salvage), Refused> {
    let (source, to) = (DataFolder::at(from), DataFolder::at(to));
    let wreck = match source.office() {
        Ok(_) => Wreck::of_folder(&source, ask).map_err(|error| restore_refused(error, &source))?,
        Err(FolderError::Empty(_)) => {
            let home = Home::find(from).map_err(refused)?;
            let manifest = home.manifest(None).map_err(refused)?;
            Wreck::of_backup(&home, &manifest, ask).map_err(|error| restore_refused(error, &source))?
        }
        Err(fault) => return Err(opened::folder_refused(fault)),
    };
    let salvaged = wreck.salvage(&to, &SystemClock::default()).map_err(|error| restore_refused(error, &to))?;
    Ok((wreck.office().to_string(), salvaged))
}

fn restore_refused(error: RestoreError, folder: &DataFolder) -> Refused {
    match error {
        RestoreError::Backup(error @ BackupError::Io { .. }) => in_folder(error),
        RestoreError::Backup(error) => refused(error),
        RestoreError::Folder(error) => opened::folder_refused(error),
        RestoreError::NotEmpty { folder, found } => Refused::about(Refusal::FolderNotEmpty, format!("{folder}: {found}")),
        RestoreError::Open(error) => opened::refused(error, folder),
    }
}

/// What the machine refused was in the data folder.
fn in_folder(error: BackupError) -> Refused {
    match error {
        BackupError::Io { path, source } => opened::io_refused(&source, &path),
        BackupError::Damaged { path, what } => {
            Refused { about: Some(path.display().to_string()), ..Refused::because(Refusal::FolderDamaged, what) }
        }
        error @ (BackupError::Absent(_)
        | BackupError::Empty(_)
        | BackupError::Several { .. }
        | BackupError::AnotherOffice { .. }
        | BackupError::Newer(_)
        | BackupError::NoCode
        | BackupError::WrongCode
        | BackupError::Folder(_)
        | BackupError::Read(_)
        | BackupError::Journal(_)) => refused(error),
    }
}
