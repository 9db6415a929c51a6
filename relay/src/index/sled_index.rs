//! The index on disk: sled, with everything done to it that keeps it honest. The only file that names sled or its epoch collector.
//!
//! What sled 0.34 does by itself, and what is done about it here:
//! - its `flush` reaches neither the device nor the file's size: a checkpoint is `flush` and then `fdatasync` on its `db` file;
//! - it takes a half-written snapshot for a whole one: left-over `snap.*.generating` are deleted before it opens;
//! - it panics, or never returns, on damage: it opens on a thread of its own, with a time limit, and every panic becomes an error, after
//!   which this index answers nothing more;
//! - its scans meet half-applied batches: a read–write lock for each space keeps them apart;
//! - its garbage grows with each batch: the epoch is pushed on after each.
//!
//! It never gives space back and cannot be trusted after a power cut; the journal can always make it anew. Whoever cannot trust it calls
//! [`SledIndex::move_aside`] and opens an empty one. The files stand in a sub-folder with a random name: an attempt to open that was given
//! up may still be running, and must not find its successor under the same path, nor be taken for it.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs::{self, File},
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use super::{Batch, Entries, Index, IndexError, Order, Space, check_sizes};
use crate::random;

/// How often the epoch is pushed on after a batch.
const EPOCH_PUSHES: usize = 16;
/// Between two tries at a database that an earlier handle of this process still holds.
const LOCKED_WAIT: Duration = Duration::from_millis(20);
/// The file that names the sub-folder with sled's files.
const CURRENT: &str = "current";
/// How a sub-folder with sled's files begins.
const HOME_PREFIX: &str = "sled-";

/// Why the index does not open. Each means: move it aside and rebuild, except that `Locked` and `Io` may be the machine's fault.
#[derive(Debug, thiserror::Error)]
pub enum OpenIndexError {
    /// Another program has it open.
    #[error("the index in {} is in use by another program", .0.display())]
    Locked(PathBuf),
    /// It did not open in time. The attempt goes on in the background, harmlessly.
    #[error("the index did not open within {} s", .0.as_secs())]
    TimedOut(Duration),
    /// sled panicked.
    #[error("the index is damaged: {0}")]
    Panicked(String),
    /// sled found damage, or does not know the format.
    #[error("the index is damaged")]
    Damaged(#[source] sled::Error),
    /// The machine refused.
    #[error("the index cannot be read or written")]
    Io(#[from] io::Error),
}

/// sled behind the [`Index`] seam.
pub struct SledIndex {
    db: sled::Db,
    db_file: File,
    spaces: RwLock<BTreeMap<Space, Arc<RwLock<sled::Tree>>>>,
    broken: AtomicBool,
    keys_written: AtomicU64,
}

impl SledIndex {
    /// Opens or makes the index in a folder of its own. `cache_bytes` bounds sled's page cache.
    pub fn open(folder: &Path, cache_bytes: u64, time_limit: Duration) -> Result<Self, OpenIndexError> {
        let home = home(folder)?;
        delete_half_snapshots(&home)?;
        let config = sled::Config::new().path(&home).cache_capacity(cache_bytes).flush_every_ms(None);
        let db = open_in_time(config, time_limit)?;
        sync_files(&home)?;
        for at in [&home, folder, parent_of(folder)] {
            sync_folder(at)?;
        }
        let db_file = File::open(home.join("db"))?;
        let (spaces, broken) = (RwLock::default(), AtomicBool::new(false));
        Ok(Self { db, db_file, spaces, broken, keys_written: AtomicU64::new(0) })
    }

    /// Sets an index that is not trusted aside, as `<folder>.aside-<n>`, and returns where; one set aside earlier is removed.
    /// The index must not be open. `None`: there was nothing.
    pub fn move_aside(folder: &Path) -> io::Result<Option<PathBuf>> {
        if !folder.exists() {
            return Ok(None);
        }
        let mut earlier = asides(folder)?;
        earlier.sort_unstable();
        for (_, at) in &earlier {
            fs::remove_dir_all(at)?;
        }
        let number = earlier.last().map_or(1, |(number, _)| number + 1);
        let aside = parent_of(folder).join(aside_name(folder, &number.to_string()));
        fs::rename(folder, &aside)?;
        sync_folder(parent_of(folder))?;
        Ok(Some(aside))
    }

    /// How many keys were set or removed since it was opened.
    pub fn keys_written(&self) -> u64 {
        self.keys_written.load(Ordering::Relaxed)
    }

    fn space(&self, space: Space) -> Result<Arc<RwLock<sled::Tree>>, IndexError> {
        if let Some(known) = self.spaces.read().unwrap_or_else(PoisonError::into_inner).get(&space) {
            return Ok(Arc::clone(known));
        }
        let mut spaces = self.spaces.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = spaces.get(&space) {
            return Ok(Arc::clone(known));
        }
        let opened = Arc::new(RwLock::new(self.guarded(|| self.db.open_tree(space.0))?));
        spaces.insert(space, Arc::clone(&opened));
        Ok(opened)
    }

    /// Runs one call of sled. After a panic no further call is made.
    fn guarded<T>(&self, call: impl FnOnce() -> sled::Result<T>) -> Result<T, IndexError> {
        if self.broken.load(Ordering::Acquire) {
            return Err(IndexError("it failed before and is out of use".to_owned()));
        }
        match catch_unwind(AssertUnwindSafe(call)) {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(fault)) => Err(IndexError(fault.to_string())),
            Err(panic) => {
                self.broken.store(true, Ordering::Release);
                Err(IndexError(format!("panicked: {}", words_of(panic.as_ref()))))
            }
        }
    }
}

impl Index for SledIndex {
    fn get(&self, space: Space, key: &[u8]) -> Result<Option<Vec<u8>>, IndexError> {
        let space = self.space(space)?;
        let tree = space.read().unwrap_or_else(PoisonError::into_inner);
        Ok(self.guarded(|| tree.get(key))?.map(|value| value.to_vec()))
    }

    fn range(&self, space: Space, from: &[u8], to: &[u8], order: Order, limit: usize) -> Result<Entries, IndexError> {
        if !to.is_empty() && from >= to {
            return Ok(Vec::new());
        }
        let space = self.space(space)?;
        let tree = space.read().unwrap_or_else(PoisonError::into_inner);
        self.guarded(|| {
            let found = if to.is_empty() { tree.range(from..) } else { tree.range(from..to) };
            match order {
                Order::Forward => copied(found.take(limit)),
                Order::Backward => copied(found.rev().take(limit)),
            }
        })
    }

    fn apply(&self, space: Space, batch: &Batch) -> Result<(), IndexError> {
        check_sizes(batch)?;
        let mut changes = sled::Batch::default();
        for (key, value) in &batch.changes {
            match value {
                Some(value) => changes.insert(key.as_slice(), value.as_slice()),
                None => changes.remove(key.as_slice()),
            }
        }
        let space = self.space(space)?;
        let tree = space.write().unwrap_or_else(PoisonError::into_inner);
        self.guarded(|| tree.apply_batch(changes))?;
        drop(tree);
        self.keys_written.fetch_add(batch.changes.len() as u64, Ordering::Relaxed);
        push_epoch();
        Ok(())
    }

    fn clear(&self, space: Space) -> Result<(), IndexError> {
        let opened = self.space(space)?;
        let mut tree = opened.write().unwrap_or_else(PoisonError::into_inner);
        // Dropping the tree changes one root: no crash leaves half a space with its cursor still in it.
        *tree = self.guarded(|| {
            self.db.drop_tree(space.0)?;
            self.db.open_tree(space.0)
        })?;
        drop(tree);
        push_epoch();
        Ok(())
    }

    fn checkpoint(&self) -> Result<(), IndexError> {
        self.guarded(|| self.db.flush())?;
        self.db_file.sync_data().map_err(|fault| IndexError(format!("fdatasync: {fault}")))
    }
}

fn copied(found: impl Iterator<Item = sled::Result<(sled::IVec, sled::IVec)>>) -> sled::Result<Entries> {
    found.map(|entry| entry.map(|(key, value)| (key.to_vec(), value.to_vec()))).collect()
}

fn push_epoch() {
    for _ in 0..EPOCH_PUSHES {
        crossbeam_epoch::pin().flush();
    }
}

/// Opens on a thread that nobody waits for longer than the limit.
fn open_in_time(config: sled::Config, limit: Duration) -> Result<sled::Db, OpenIndexError> {
    let started = Instant::now();
    let (sender, answer) = mpsc::channel();
    let path = config.get_path();
    let work = move || {
        let opened = catch_unwind(AssertUnwindSafe(|| open_when_free(&config, started, limit)));
        // When nobody waits any more the database closes here.
        let _ = sender.send(opened.map_err(|panic| words_of(panic.as_ref())));
    };
    thread::Builder::new().name("index-open".to_owned()).spawn(work)?;
    match answer.recv_timeout(limit) {
        Ok(Ok(Ok(db))) => Ok(db),
        Ok(Ok(Err(fault))) if is_locked(&fault) => Err(OpenIndexError::Locked(path)),
        Ok(Ok(Err(sled::Error::Io(fault)))) => Err(OpenIndexError::Io(fault)),
        Ok(Ok(Err(fault))) => Err(OpenIndexError::Damaged(fault)),
        Ok(Err(words)) => Err(OpenIndexError::Panicked(words)),
        Err(mpsc::RecvTimeoutError::Timeout) => Err(OpenIndexError::TimedOut(limit)),
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(OpenIndexError::Panicked("no answer".to_owned())),
    }
}

/// A database that was closed a moment ago stays locked until sled's last thread has let go of it.
fn open_when_free(config: &sled::Config, started: Instant, limit: Duration) -> sled::Result<sled::Db> {
    loop {
        match config.open() {
            Err(fault) if is_locked(&fault) && started.elapsed() + LOCKED_WAIT * 2 < limit / 2 => thread::sleep(LOCKED_WAIT),
            opened => return opened,
        }
    }
}

fn is_locked(fault: &sled::Error) -> bool {
    matches!(fault, sled::Error::Io(io) if io.to_string().contains("could not acquire lock"))
}

/// What a panic said.
fn words_of(panic: &(dyn std::any::Any + Send)) -> String {
    let said = panic.downcast_ref::<&str>().map(|words| (*words).to_owned());
    said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "without words".to_owned())
}

/// The sub-folder with sled's files, as the file `current` names it; a new one when it names none. Others are what an attempt that was
/// given up has left, or made again after its folder was moved aside.
fn home(folder: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let named = match fs::read_to_string(folder.join(CURRENT)) {
        Ok(name) => Some(name).filter(|name| is_home(name) && folder.join(name).is_dir()),
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => None,
        Err(fault) => return Err(fault),
    };
    let name = named.map_or_else(|| new_home(folder), Ok)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let other = entry.file_name();
        if is_home(&other.to_string_lossy()) && other != *name {
            // An attempt that still runs may be writing there; then the next opening removes it.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    Ok(folder.join(name))
}

fn is_home(name: &str) -> bool {
    name.strip_prefix(HOME_PREFIX).is_some_and(|rest| rest.len() == 16 && rest.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn new_home(folder: &Path) -> io::Result<String> {
    let name = format!("{HOME_PREFIX}{}", data_encoding::HEXLOWER.encode(&random::bytes::<8>()?));
    fs::create_dir(folder.join(&name))?;
    let new = folder.join("current.new");
    fs::write(&new, &name)?;
    File::open(&new)?.sync_all()?;
    fs::rename(&new, folder.join(CURRENT))?;
    Ok(name)
}

fn delete_half_snapshots(home: &Path) -> io::Result<()> {
    for entry in fs::read_dir(home)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("snap.") && name.ends_with(".generating") {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// sled syncs neither its settings file nor, reliably, the rest.
fn sync_files(home: &Path) -> io::Result<()> {
    for entry in fs::read_dir(home)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            File::open(entry.path())?.sync_all()?;
        }
    }
    Ok(())
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn parent_of(folder: &Path) -> &Path {
    folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn aside_name(folder: &Path, number: &str) -> OsString {
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(".aside-");
    name.push(number);
    name
}

fn asides(folder: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let prefix = aside_name(folder, "").to_string_lossy().into_owned();
    let mut found = Vec::new();
    for entry in fs::read_dir(parent_of(folder))? {
        let entry = entry?;
        let name = entry.file_name();
        let number = name.to_string_lossy().strip_prefix(&prefix).and_then(|rest| rest.parse().ok());
        found.extend(number.map(|number| (number, entry.path())));
    }
    Ok(found)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
