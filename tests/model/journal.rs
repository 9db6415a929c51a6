//! The journal against a picture of it, on both disks: thousands of random histories with power cuts, kills, failing disks, reopenings.
//!
//! The histories and the law that they must keep stand beside the journal, which runs a few of them in its own tests.

use std::{
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
    journal::{Body, Cursor, Frame, FrameKind, Journal, JournalError, Opened, Options, Place, Progress, ReadError, Scan},
};
use dutynet_tests::lying::{Lie, LyingDisk};
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
    for lie in Lie::ALL {
        let fault = first_fault(MUTANT, || Box::new(Lying { honest: InMemory::default(), lie }));
        assert!(fault.is_some(), "the model cannot fail");
    }
}
