//! Backups of the store that this office works with: now, on a plan, and what a person should know of them.
//!
//! A plan never begins in a folder where no backup was made before: where a stick is not in, its empty mount point would look like that,
//! and the backup would lie on the disk that it is to replace. The first one is made by a person.
//!
//! A folder on a disk of the network may never answer, so none is touched but off the workers: what is asked for by every page is what was
//! seen there last.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use dutynet_relay::{
    backup::{
        BackupError, HowFar,
        make::{First, Made, Source, Terms, make},
    },
    ids::{Digest, UnixMillis},
    record::Person,
};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::{Office, Refused, Warning, WarningKind, person, shown};
use crate::{config::BackupConfig, serve::opened, text::refusal::Refusal};

/// Namespace of what is kept of the last good backup in each folder.
const LAST: &str = "backup.last";
/// Who makes backups by plan.
const BY_PLAN: &str = "plan";
/// Between two looks at what is due.
const LOOK: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(60));

/// What is known of backups. Kept by the office.
#[derive(Debug, Default)]
pub(super) struct Backups {
    state: Mutex<State>,
    /// One at a time.
    working: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    plan: BackupConfig,
    faults: BTreeMap<PathBuf, BackupFault>,
    /// Folders that were on the disk of the data when they were looked at last.
    same_disk: BTreeSet<PathBuf>,
}

/// Why backups to a folder come to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupFault {
    /// Why.
    pub refusal: Refusal,
    /// What it is about.
    pub about: String,
    /// Since when.
    pub since: UnixMillis,
}

/// The last good backup in a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastBackup {
    /// The folder that the operator named.
    pub folder: PathBuf,
    /// Its number there.
    pub number: u64,
    /// When it was begun, ms.
    pub made_at: i64,
    /// By whom.
    pub made_by: String,
    /// Its size.
    pub bytes: u64,
    /// Records in it.
    pub records: u64,
    /// Places of the journal that could not be read.
    pub damaged: u64,
}

/// A folder with backups, planned or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupFolder {
    /// Which.
    pub folder: PathBuf,
    /// It stands in the configuration.
    pub planned: bool,
    /// The last good one.
    pub last: Option<LastBackup>,
    /// Why attempts come to nothing.
    pub fault: Option<BackupFault>,
}

/// A backup that was made on somebody's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackedUp {
    /// It.
    pub backup: LastBackup,
    /// Bytes that were not there yet.
    pub copied: u64,
    /// It lies on the disk that it is to replace.
    pub same_disk: bool,
}

impl Office {
    /// Makes a backup in a folder, for the first time too.
    pub async fn back_up(&self, folder: &str, by: Option<Person>) -> Result<BackedUp, Refused> {
        self.back_up_telling(folder, by, &HowFar::default()).await
    }

    /// The same, and says meanwhile how far it is.
    pub async fn back_up_telling(&self, folder: &str, by: Option<Person>, far: &HowFar) -> Result<BackedUp, Refused> {
        let (by, to) = (person(by)?, backup_folder(folder).await?);
        let made = self.make_backup(&to, &format!("{} {}", by.id, by.name), First::Begin, far).await?;
        let same_disk = self.inner.backups.lock().same_disk.contains(&to);
        Ok(BackedUp { copied: made.copied, same_disk, backup: self.last_backup(&to)?.unwrap_or_else(|| last(&to, &made)) })
    }

    /// Makes backups as planned until it is told to stop. One that is begun is finished.
    pub async fn keep_backed_up(self, plan: BackupConfig, mut stop: watch::Receiver<bool>) {
        let (shortest, longest) = LOOK;
        let look = (plan.every / 4).clamp(shortest, longest);
        self.inner.backups.lock().plan = plan.clone();
        // Beside the backups: a folder on a network disk that is gone may not answer for long.
        let (office, folders) = (self.clone(), plan.folders.clone());
        tokio::spawn(async move { office.look_at_disks(&folders).await });
        while !*stop.borrow() {
            for folder in plan.folders.iter().filter(|folder| self.is_due(folder, plan.every)) {
                // It is noted, and shown, and tried again.
                let _: Result<Made, Refused> = self.make_backup(folder, BY_PLAN, First::Refuse, &HowFar::default()).await;
            }
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return,
                () = tokio::time::sleep(look) => {}
            }
        }
    }

    /// On which disk each folder is.
    async fn look_at_disks(&self, folders: &[PathBuf]) {
        for folder in folders {
            let (to, data) = (folder.clone(), self.relay().data_folder().path().to_owned());
            let looked = tokio::task::spawn_blocking(move || is_same_disk(&to, &data)).await;
            self.inner.backups.lock().saw_disk(folder, looked.unwrap_or(false));
        }
    }

    /// Each folder of the plan, and each that a backup was ever made in.
    pub fn backups(&self) -> Result<Vec<BackupFolder>, Refused> {
        let kept = self.relay().store().locals(LAST)?;
        let kept = kept.into_iter().filter_map(|(_, bytes)| serde_json::from_slice::<LastBackup>(&bytes).ok());
        let mut last: BTreeMap<PathBuf, LastBackup> = kept.map(|last| (last.folder.clone(), last)).collect();
        let state = self.inner.backups.lock();
        let folder = |folder: PathBuf, planned, last| {
            let fault = state.faults.get(&folder).cloned();
            BackupFolder { folder, planned, last, fault }
        };
        let mut folders = Vec::new();
        for planned in &state.plan.folders {
            let last = last.remove(planned);
            folders.push(folder(planned.clone(), true, last));
        }
        folders.extend(last.into_iter().map(|(path, last)| folder(path, false, Some(last))));
        Ok(folders)
    }

    /// Between two backups by plan; `None`: none is planned.
    pub fn backup_every(&self) -> Option<Duration> {
        let state = self.inner.backups.lock();
        (!state.plan.folders.is_empty()).then_some(state.plan.every)
    }

    /// When the last good one was begun, wherever it is.
    pub(super) fn backed_up_at(&self) -> Option<UnixMillis> {
        let folders = self.backups().unwrap_or_default();
        folders.iter().filter_map(|folder| folder.last.as_ref()).map(|last| UnixMillis(last.made_at)).max()
    }

    /// What a person should know of backups.
    pub(super) fn backup_warnings(&self) -> Vec<Warning> {
        let Some(every) = self.backup_every() else {
            return vec![Warning { kind: WarningKind::BackupNotPlanned, about: String::new(), since: self.backed_up_at() }];
        };
        let folders = self.backups().unwrap_or_default();
        let state = self.inner.backups.lock();
        let planned = folders.iter().filter(|folder| folder.planned);
        let warned = |folder: &BackupFolder| {
            let same_disk = state.same_disk.contains(&folder.folder);
            let about = folder.folder.display().to_string();
            let same_disk = same_disk.then_some(Warning { kind: WarningKind::BackupSameDisk, about, since: None });
            warnings_of(folder, (every, self.now())).into_iter().chain(same_disk)
        };
        planned.flat_map(warned).collect()
    }

    fn is_due(&self, folder: &Path, every: Duration) -> bool {
        let last = self.last_backup(folder).ok().flatten().map_or(i64::MIN, |last| last.made_at);
        let (now, every) = (self.now().0, i64::try_from(every.as_millis()).unwrap_or(i64::MAX));
        // A clock that was set back makes none wait.
        now < last || now.saturating_sub(last) >= every
    }

    fn last_backup(&self, folder: &Path) -> Result<Option<LastBackup>, Refused> {
        let kept = self.relay().store().local(LAST, &key_of(folder))?;
        Ok(kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    async fn make_backup(&self, folder: &Path, by: &str, first: First, far: &HowFar) -> Result<Made, Refused> {
        let _one_at_a_time = self.inner.backups.working.lock().await;
        let (relay, to, at, far) = (self.relay().clone(), folder.to_owned(), self.now(), far.clone());
        let keep = self.inner.backups.lock().plan.keep;
        let terms = Terms { at, by: by.to_owned(), keep, first };
        let office = self.clone();
        let making = tokio::task::spawn_blocking(move || {
            let same_disk = is_same_disk(&to, relay.data_folder().path());
            office.inner.backups.lock().saw_disk(&to, same_disk);
            refuse_inside(&to, relay.data_folder().path())?;
            let source = Source { store: relay.store(), folder: relay.data_folder() };
            make(&source, &to, &terms, &far).map_err(refused)
        });
        let made = making.await.map_err(|error| Refused::because(Refusal::Internal, error))?;
        self.note(folder, &made, at).await?;
        made
    }

    /// Remembers how it went: a good one for ever, a fault until the next good one.
    async fn note(&self, folder: &Path, made: &Result<Made, Refused>, at: UnixMillis) -> Result<(), Refused> {
        match made {
            Ok(made) => {
                self.inner.backups.lock().faults.remove(folder);
                tracing::info!(folder = %folder.display(), number = made.manifest.number, copied = made.copied, "backed up");
                let bytes = serde_json::to_vec(&last(folder, made)).unwrap_or_default();
                Ok(self.relay().put_local(LAST, &key_of(folder), bytes.into()).await?)
            }
            Err(refused) => {
                let (refusal, about) = (refused.refusal, refused.about.clone().unwrap_or_default());
                let mut state = self.inner.backups.lock();
                let before = state.faults.get(folder);
                if before.is_none_or(|before| before.refusal != refusal) {
                    let cause = refused.cause.as_ref().map(ToString::to_string).unwrap_or_default();
                    tracing::warn!(folder = %folder.display(), code = refusal.code(), about, cause, "not backed up; tried again");
                }
                let since = before.map_or(at, |before| before.since);
                state.faults.insert(folder.to_owned(), BackupFault { refusal, about, since });
                Ok(())
            }
        }
    }
}

impl Backups {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn saw_disk(&mut self, folder: &Path, is_same: bool) {
        if is_same {
            self.same_disk.insert(folder.to_owned());
        } else {
            self.same_disk.remove(folder);
        }
    }
}

/// A folder that may hold backups: an absolute path, and there.
pub async fn backup_folder(folder: &str) -> Result<PathBuf, Refused> {
    let to = PathBuf::from(folder);
    let looked_at = to.clone();
    let is_there = tokio::task::spawn_blocking(move || looked_at.is_absolute() && looked_at.is_dir()).await;
    if is_there.unwrap_or(false) { Ok(to) } else { Err(Refused::about(Refusal::BackupAbsent, shown(folder))) }
}

fn warnings_of(folder: &BackupFolder, (every, now): (Duration, UnixMillis)) -> Vec<Warning> {
    let about = folder.folder.display().to_string();
    let made_at = folder.last.as_ref().map(|last| UnixMillis(last.made_at));
    let old = i64::try_from(every.as_millis().saturating_mul(2)).unwrap_or(i64::MAX);
    let mut warnings = Vec::new();
    if let Some(fault) = &folder.fault {
        let about = format!("{about}: {}", fault.refusal.sentence());
        warnings.push(Warning { kind: WarningKind::BackupFailing, about, since: Some(fault.since) });
    }
    if made_at.is_none_or(|at| now.0.saturating_sub(at.0) > old) {
        warnings.push(Warning { kind: WarningKind::BackupOld, about: about.clone(), since: made_at });
    }
    if folder.last.as_ref().is_some_and(|last| last.damaged > 0) {
        warnings.push(Warning { kind: WarningKind::BackupDamaged, about, since: made_at });
    }
    warnings
}

fn last(folder: &Path, made: &Made) -> LastBackup {
    let manifest = &made.manifest;
    LastBackup {
        folder: folder.to_owned(),
        number: manifest.number,
        made_at: manifest.made_at.0,
        made_by: manifest.made_by.clone(),
        bytes: manifest.bytes(),
        records: manifest.records,
        damaged: manifest.damaged,
    }
}

/// Paths may be longer than a key.
fn key_of(folder: &Path) -> String {
    Digest::of("dutynet.backup.folder.1", &[folder.as_os_str().as_encoded_bytes()]).to_string()
}

fn is_same_disk(one: &Path, other: &Path) -> bool {
    let device = |path: &Path| fs::metadata(path).map(|found| found.dev()).ok();
    device(one).is_some_and(|one| Some(one) == device(other))
}

/// A backup inside of what it is a backup of would go with it.
fn refuse_inside(to: &Path, data: &Path) -> Result<(), Refused> {
    let inside = match (fs::canonicalize(to), fs::canonicalize(data)) {
        (Ok(to), Ok(data)) => to.starts_with(data),
        (Ok(_) | Err(_), Ok(_) | Err(_)) => false,
    };
    if inside { Err(Refused::about(Refusal::BackupInsideData, to.display())) } else { Ok(()) }
}

/// What it means that there is no backup, or none that can be used.
pub(super) fn refused(error: BackupError) -> Refused {
    match error {
        BackupError::Absent(path) => Refused::about(Refusal::BackupAbsent, path.display()),
        BackupError::Empty(path) => Refused::about(Refusal::BackupEmpty, path.display()),
        BackupError::Several { path, offices } => {
            Refused::about(Refusal::BackupSeveral, format!("{}: {}", path.display(), offices.join(" ")))
        }
        BackupError::AnotherOffice { path, office } => {
            Refused::about(Refusal::BackupOfAnother, format!("{}: {office}", path.display()))
        }
        BackupError::Newer(path) => Refused::about(Refusal::BackupNewer, path.display()),
        BackupError::Damaged { path, what } => {
            Refused { about: Some(path.display().to_string()), ..Refused::because(Refusal::BackupDamaged, what) }
        }
        BackupError::NoCode => Refusal::RecoveryCodeMissing.into(),
        BackupError::WrongCode => Refusal::RecoveryCodeWrong.into(),
        BackupError::Folder(error) => opened::folder_refused(error),
        BackupError::Io { path, source } => {
            let full = matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
            let refusal = if full { Refusal::BackupFull } else { Refusal::BackupDiskFailed };
            Refused { about: Some(path.display().to_string()), ..Refused::because(refusal, source.to_string()) }
        }
        error @ (BackupError::Read(_) | BackupError::Journal(_)) => Refused::because(Refusal::BackupDamaged, error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usecase::tests::House;

    #[tokio::test(flavor = "multi_thread")]
    async fn pages_are_told_what_was_seen_of_a_folder_last_and_touch_it_never() {
        let (house, disk) = (House::new(), tempfile::tempdir().unwrap());
        // Beside the data, so that it is one disk wherever tests run.
        let folder = house.office.relay().data_folder().path().with_extension("backup");
        fs::create_dir(&folder).unwrap();
        let plan = BackupConfig { folders: vec![folder.clone(), disk.path().join("out")], ..BackupConfig::default() };
        let (stop, stopped) = watch::channel(false);
        let keeping = tokio::spawn(house.office.clone().keep_backed_up(plan, stopped));
        let warned = || -> Vec<String> {
            let same = house.office.status().warnings.into_iter().filter(|known| known.kind == WarningKind::BackupSameDisk);
            same.map(|known| known.about).collect()
        };
        let seen = tokio::time::timeout(Duration::from_secs(30), async {
            while warned().is_empty() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
        seen.await.unwrap();
        stop.send_replace(true);
        keeping.await.unwrap();
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(warned(), [folder.display().to_string()], "whoever asks the folder hears nothing of it");
    }
}
