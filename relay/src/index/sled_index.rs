//! The index on disk: sled, with everything done to it that keeps it honest. The only file that names sled or its epoch collector.
//!
//! What sled 0.34 does by itself, and what is done about it here:
//! - its `flush` reaches neither the device nor the file's size: a checkpoint is `flush` and then `fdatasync` on its `db` file;
//! - it takes a half-written snapshot for a whole one: left-over `snap.*.generating` are deleted before it opens;
//! - it panics, or never returns, on damage: it opens on a thread of its own, with a time limit, and every panic becomes an error, after
//!   which this index answers nothing more;
//! - its scans meet half-applied batches: a read–write lock for each space keeps them apart;
//! - its garbage grows with each batch: the epoch is pushed on after each;
//! - it loses entries silently after a flipped bit: each space carries a sum over what it holds ([`super::sum`]), which is compared at the
//!   next opening unless this one ended in order.
//!
//! It never gives space back and is not trusted when the machine has started anew under it ([`super::left`]); the journal can always make it
//! anew. Whoever cannot trust it calls [`SledIndex::move_aside`] and opens an empty one. The files stand in a sub-folder with a random name: an attempt to open that was given
//! up may still be running, and must not find its successor under the same path, nor be taken for it.

use std::{
    collections::BTreeMap,
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

use super::{
    Batch, Entries, Index, IndexError, Order, Space, check_sizes,
    home::{aside_name, asides, delete_half_snapshots, home, make_current, new_home, parent_of, sync_files, sync_folder},
    left::{self, Left},
    sum::{FIRST_KEY, SUM_KEY, Sum},
};
/// How often the epoch is pushed on after a batch.
const EPOCH_PUSHES: usize = 16;
/// What sled makes in every database, and nobody uses.
const DEFAULT_TREE: &[u8] = b"__sled__default";
/// Between two tries at a database that an earlier handle of this process still holds.
const LOCKED_WAIT: Duration = Duration::from_millis(20);

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
    /// The machine has started anew while it was open: what it holds may be of two times.
    #[error("the machine has started anew since the index was opened")]
    Stale,
    /// The machine refused.
    #[error("the index cannot be read or written")]
    Io(#[from] io::Error),
}

/// sled behind the [`Index`] seam.
pub struct SledIndex {
    db: sled::Db,
    db_file: File,
    folder: PathBuf,
    home: PathBuf,
    retired: AtomicBool,
    spaces: RwLock<BTreeMap<Space, Arc<RwLock<Opened>>>>,
    broken: AtomicBool,
    keys_written: AtomicU64,
}

/// A space, and the sum over it.
struct Opened {
    tree: sled::Tree,
    sum: Sum,
}

impl Opened {
    fn of(tree: sled::Tree) -> sled::Result<Self> {
        let sum = tree.get(SUM_KEY)?.map_or(Sum::default(), |bytes| Sum::read(&bytes));
        Ok(Self { tree, sum })
    }

    /// Applies changes, the sum with them.
    fn apply(&mut self, batch: &Batch) -> sled::Result<()> {
        let last: BTreeMap<_, _> = batch.changes.iter().map(|(key, value)| (key, value)).collect();
        let (mut changes, mut sum) = (sled::Batch::default(), self.sum);
        for (key, value) in last {
            if let Some(old) = self.tree.get(key)? {
                sum.take(key, &old);
            }
            match value {
                Some(value) => {
                    sum.add(key, value);
                    changes.insert(key.as_slice(), value.as_slice());
                }
                None => changes.remove(key.as_slice()),
            }
        }
        changes.insert(SUM_KEY, sum.bytes().as_slice());
        self.tree.apply_batch(changes)?;
        self.sum = sum;
        Ok(())
    }
}

impl SledIndex {
    /// Opens or makes the index in a folder of its own. `cache_bytes` bounds sled's page cache.
    pub fn open(folder: &Path, cache_bytes: u64, time_limit: Duration) -> Result<Self, OpenIndexError> {
        let home = home(folder)?;
        delete_half_snapshots(&home)?;
        let check = match left::read(folder, home.join("db").exists())? {
            Left::InOrder => Check::Nothing,
            Left::SinceBoot => Check::Sums,
            Left::BeforeBoot => return Err(OpenIndexError::Stale),
        };
        // Before: to open is to write.
        left::write_open(folder)?;
        Self::open_at(folder, home, (cache_bytes, check), time_limit)
    }

    fn open_at(
        folder: &Path,
        home: PathBuf,
        (cache_bytes, check): (u64, Check),
        time_limit: Duration,
    ) -> Result<Self, OpenIndexError> {
        let config = sled::Config::new().path(&home).cache_capacity(cache_bytes).flush_every_ms(None);
        let db = open_in_time(config, check, time_limit)?;
        sync_files(&home)?;
        for at in [home.as_path(), folder, parent_of(folder)] {
            sync_folder(at)?;
        }
        let db_file = File::open(home.join("db"))?;
        let (spaces, broken, keys_written) = (RwLock::default(), AtomicBool::new(false), AtomicU64::new(0));
        let retired = AtomicBool::new(false);
        Ok(Self { db, db_file, folder: folder.to_owned(), home, spaces, broken, retired, keys_written })
    }

    /// An empty one beside it, which does not count before it is told so ([`Self::counts`]).
    pub(super) fn beside(&self, cache_bytes: u64, time_limit: Duration) -> Result<Self, OpenIndexError> {
        let home = self.folder.join(new_home(&self.folder)?);
        let index = Self::open_at(&self.folder, home, (cache_bytes, Check::Nothing), time_limit)?;
        index.retire();
        Ok(index)
    }

    /// The next opening will be of these files.
    pub(super) fn counts(&self) -> io::Result<()> {
        sync_files(&self.home)?;
        let name = self.home.file_name().unwrap_or_default().to_string_lossy();
        make_current(&self.folder, &name)?;
        sync_folder(&self.folder)?;
        self.retired.store(false, Ordering::Release);
        Ok(())
    }

    /// Its files count no more, and nothing is said of how it was left.
    pub(super) fn retire(&self) {
        self.retired.store(true, Ordering::Release);
    }

    /// Every space that there is.
    pub(super) fn spaces(&self) -> Vec<Space> {
        let names = self.db.tree_names().into_iter().filter(|name| *name != DEFAULT_TREE);
        // As few as there are spaces in the program, and each for as long as it runs.
        let name = |name: sled::IVec| String::from_utf8_lossy(&name).into_owned().leak() as &'static str;
        names.map(|bytes| Space(name(bytes))).collect()
    }

    /// Opens the index, or sets one that does not open aside and begins an empty one; says why it did.
    pub fn open_or_anew(
        folder: &Path,
        cache_bytes: u64,
        time_limit: Duration,
    ) -> Result<(Self, Option<OpenIndexError>), OpenIndexError> {
        match Self::open(folder, cache_bytes, time_limit) {
            Ok(index) => Ok((index, None)),
            Err(fault @ OpenIndexError::Locked(_)) => Err(fault),
            Err(fault) => {
                Self::move_aside(folder)?;
                Ok((Self::open(folder, cache_bytes, time_limit)?, Some(fault)))
            }
        }
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

    fn space(&self, space: Space) -> Result<Arc<RwLock<Opened>>, IndexError> {
        if let Some(known) = self.spaces.read().unwrap_or_else(PoisonError::into_inner).get(&space) {
            return Ok(Arc::clone(known));
        }
        let mut spaces = self.spaces.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = spaces.get(&space) {
            return Ok(Arc::clone(known));
        }
        let opened = self.guarded(|| self.db.open_tree(space.0).and_then(Opened::of))?;
        let opened = Arc::new(RwLock::new(opened));
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
        let opened = space.read().unwrap_or_else(PoisonError::into_inner);
        if key < FIRST_KEY {
            return Ok(None);
        }
        Ok(self.guarded(|| opened.tree.get(key))?.map(|value| value.to_vec()))
    }

    fn range(&self, space: Space, from: &[u8], to: &[u8], order: Order, limit: usize) -> Result<Entries, IndexError> {
        if !to.is_empty() && from >= to {
            return Ok(Vec::new());
        }
        let from = from.max(FIRST_KEY);
        let space = self.space(space)?;
        let opened = space.read().unwrap_or_else(PoisonError::into_inner);
        self.guarded(|| {
            let found = if to.is_empty() { opened.tree.range(from..) } else { opened.tree.range(from..to.max(from)) };
            match order {
                Order::Forward => copied(found.take(limit)),
                Order::Backward => copied(found.rev().take(limit)),
            }
        })
    }

    fn apply(&self, space: Space, batch: &Batch) -> Result<(), IndexError> {
        check_sizes(batch)?;
        let space = self.space(space)?;
        let mut opened = space.write().unwrap_or_else(PoisonError::into_inner);
        self.guarded(|| opened.apply(batch))?;
        drop(opened);
        self.keys_written.fetch_add(batch.changes.len() as u64, Ordering::Relaxed);
        push_epoch();
        Ok(())
    }

    fn clear(&self, space: Space) -> Result<(), IndexError> {
        let opened = self.space(space)?;
        let mut opened = opened.write().unwrap_or_else(PoisonError::into_inner);
        // Dropping the tree changes one root: no crash leaves half a space with its cursor still in it.
        *opened = self.guarded(|| {
            self.db.drop_tree(space.0)?;
            self.db.open_tree(space.0).and_then(Opened::of)
        })?;
        drop(opened);
        push_epoch();
        Ok(())
    }

    fn checkpoint(&self) -> Result<(), IndexError> {
        self.guarded(|| self.db.flush())?;
        self.db_file.sync_data().map_err(|fault| IndexError(format!("fdatasync: {fault}")))
    }
}

impl Drop for SledIndex {
    /// The last one to hold it: everything is made durable, and the next opening need not ask.
    fn drop(&mut self) {
        if !self.retired.load(Ordering::Acquire) && self.checkpoint().is_ok() {
            // Otherwise the next opening is careful, which costs time and nothing else.
            let _ = left::write_in_order(&self.folder);
        }
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

/// How much an opening believes.
#[derive(Clone, Copy)]
enum Check {
    Nothing,
    Sums,
}

/// Reads everything, and compares the sum of each space with the one that it carries.
fn compare_sums(db: &sled::Db) -> sled::Result<()> {
    for name in db.tree_names() {
        let (tree, mut sum, mut carried) = (db.open_tree(&name)?, Sum::default(), Sum::default());
        for entry in &tree {
            match entry? {
                (key, value) if key == SUM_KEY => carried = Sum::read(&value),
                (key, value) => sum.add(&key, &value),
            }
        }
        if sum != carried {
            let space = String::from_utf8_lossy(&name).into_owned();
            return Err(sled::Error::ReportableBug(format!("space {space} does not hold what was put there")));
        }
    }
    Ok(())
}

/// Opens on a thread that nobody waits for longer than the limit.
fn open_in_time(config: sled::Config, check: Check, limit: Duration) -> Result<sled::Db, OpenIndexError> {
    let started = Instant::now();
    let (sender, answer) = mpsc::channel();
    let path = config.get_path();
    let work = move || {
        let opened = catch_unwind(AssertUnwindSafe(|| {
            let db = open_when_free(&config, started, limit)?;
            match check {
                Check::Nothing => Ok(db),
                Check::Sums => compare_sums(&db).map(|()| db),
            }
        }));
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

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
