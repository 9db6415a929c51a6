//! The journal against a picture of it, on both disks: thousands of random histories with power cuts, kills, failing disks, reopenings.
//!
//! The histories and the law that they must keep stand beside the journal, which runs a few of them in its own tests.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use dutynet_relay::{
    disk::{
        Disk,
        fs::FileDisk,
        memory::{MemoryDisk, Op},
        recording::RecordingDisk,
    },
    journal::{Cursor, Frame, FrameKind, Journal, JournalError, Opened, Options, Place, ReadError, Scan},
};
use rand::{Rng as _, RngCore};
use tempfile::TempDir;

#[path = "../../relay/src/journal/model.rs"]
mod model;

use model::{InMemory, Machine, history};

const IN_MEMORY: u64 = 19_000;
const ON_FILES: u64 = 1_000;
/// Histories in which a mutant has to be caught.
const MUTANT: u64 = 200;

/// A machine with real files. Its power cuts come from what was really written since the last syncs.
struct OnFiles {
    _folder: TempDir,
    disk: Arc<RecordingDisk>,
}

impl OnFiles {
    fn new() -> Self {
        Self::with(&MemoryDisk::default())
    }

    fn with(content: &MemoryDisk) -> Self {
        let folder = tempfile::tempdir().unwrap();
        content.write_to(folder.path()).unwrap();
        let files = FileDisk::open(folder.path()).unwrap();
        Self { _folder: folder, disk: Arc::new(RecordingDisk::over(Arc::new(files)).unwrap()) }
    }
}

impl Machine for OnFiles {
    fn disk(&self) -> Arc<dyn Disk> {
        self.disk.clone()
    }

    fn power_cut(&mut self, random: &mut dyn RngCore) {
        let mut replay = self.disk.replay();
        while replay.step().unwrap() {}
        *self = Self::with(&replay.power_cut(random));
    }

    fn power_cut_during(&mut self, random: &mut dyn RngCore, work: &mut dyn FnMut() -> bool) -> bool {
        let before = self.disk.replay().left();
        let done = work();
        let mut replay = self.disk.replay();
        let until = random.random_range(0..=replay.left() - before);
        while replay.left() > until {
            replay.step().unwrap();
        }
        *self = Self::with(&replay.power_cut(random));
        done && until == 0
    }

    fn memory(&self) -> Option<&MemoryDisk> {
        None
    }
}

/// A machine whose disk says that it has synced, and has not.
struct Lying {
    honest: InMemory,
    lie: Lie,
}

#[derive(Clone, Copy)]
enum Lie {
    AboutFiles,
    AboutTheFolder,
}

impl Machine for Lying {
    fn disk(&self) -> Arc<dyn Disk> {
        Arc::new(LyingDisk { disk: self.honest.disk(), lie: self.lie })
    }

    fn power_cut(&mut self, random: &mut dyn RngCore) {
        self.honest.power_cut(random);
    }

    fn power_cut_during(&mut self, random: &mut dyn RngCore, work: &mut dyn FnMut() -> bool) -> bool {
        self.honest.power_cut_during(random, work)
    }

    fn memory(&self) -> Option<&MemoryDisk> {
        self.honest.memory()
    }
}

struct LyingDisk {
    disk: Arc<dyn Disk>,
    lie: Lie,
}

impl Disk for LyingDisk {
    fn write(&self, name: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.disk.write(name, offset, bytes)
    }

    fn allocate(&self, name: &str, len: u64) -> io::Result<()> {
        self.disk.allocate(name, len)
    }

    fn truncate(&self, name: &str, len: u64) -> io::Result<()> {
        self.disk.truncate(name, len)
    }

    fn sync(&self, name: &str) -> io::Result<()> {
        match self.lie {
            Lie::AboutFiles => Ok(()),
            Lie::AboutTheFolder => self.disk.sync(name),
        }
    }

    fn read(&self, name: &str, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        self.disk.read(name, offset, len)
    }

    fn len(&self, name: &str) -> io::Result<u64> {
        self.disk.len(name)
    }

    fn list(&self, prefix: &str) -> io::Result<Vec<String>> {
        self.disk.list(prefix)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.disk.rename(from, to)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.disk.remove(name)
    }

    fn sync_folder(&self) -> io::Result<()> {
        match self.lie {
            Lie::AboutFiles => self.disk.sync_folder(),
            Lie::AboutTheFolder => Ok(()),
        }
    }
}

/// Runs histories on every processor; the first broken law, if any.
fn first_fault(seeds: u64, machine: impl Fn() -> Box<dyn Machine> + Sync) -> Option<String> {
    let next = AtomicU64::new(0);
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds {
                return None;
            }
            if let Err(fault) = history(&mut *machine(), seed) {
                next.store(seeds, Ordering::Relaxed);
                return Some(format!("seed {seed}: {fault}"));
            }
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running.into_iter().find_map(|thread| thread.join().unwrap())
    })
}

#[test]
fn what_the_journal_has_acknowledged_outlives_every_cut_in_memory() {
    let fault = first_fault(IN_MEMORY, || Box::new(InMemory::default()));
    assert_eq!(fault, None);
}

#[test]
fn what_the_journal_has_acknowledged_outlives_every_cut_on_files() {
    let fault = first_fault(ON_FILES, || Box::new(OnFiles::new()));
    assert_eq!(fault, None);
}

#[test]
fn a_disk_that_lies_about_a_sync_is_found_out() {
    for lie in [Lie::AboutFiles, Lie::AboutTheFolder] {
        let fault = first_fault(MUTANT, || Box::new(Lying { honest: InMemory::default(), lie }));
        assert!(fault.is_some(), "the model cannot fail");
    }
}
