//! Seams at which things go wrong on purpose: an index that fails between the journal and itself, and a disk whose syncs are lies.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use dutynet_relay::{
    disk::{Disk, memory::MemoryDisk},
    index::{Batch, Entries, Index, IndexError, Order, Space, map::MapIndex},
};

/// The simulator's index; its next batch can be made to fail.
#[derive(Default)]
pub struct FailingIndex {
    /// What it holds.
    pub map: MapIndex,
    fails: AtomicBool,
}

impl FailingIndex {
    /// Over what a crash has left.
    pub fn over(map: MapIndex) -> Self {
        Self { map, fails: AtomicBool::new(false) }
    }

    /// The next batch fails: the journal has the group, the index does not, nobody has been told.
    pub fn fail_next(&self) {
        self.fails.store(true, Ordering::Relaxed);
    }

    /// No batch fails.
    pub fn mend(&self) {
        self.fails.store(false, Ordering::Relaxed);
    }
}

impl Index for FailingIndex {
    fn get(&self, space: Space, key: &[u8]) -> Result<Option<Vec<u8>>, IndexError> {
        self.map.get(space, key)
    }

    fn range(&self, space: Space, from: &[u8], to: &[u8], order: Order, limit: usize) -> Result<Entries, IndexError> {
        self.map.range(space, from, to, order, limit)
    }

    fn apply(&self, space: Space, batch: &Batch) -> Result<(), IndexError> {
        if self.fails.swap(false, Ordering::Relaxed) {
            return Err(IndexError("injected fault".into()));
        }
        self.map.apply(space, batch)
    }

    fn clear(&self, space: Space) -> Result<(), IndexError> {
        self.map.clear(space)
    }

    fn checkpoint(&self) -> Result<(), IndexError> {
        self.map.checkpoint()
    }
}

/// A mutant: says that everything is synced and syncs nothing.
pub struct LyingDisk(pub Arc<MemoryDisk>);

impl Disk for LyingDisk {
    fn write(&self, name: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.0.write(name, offset, bytes)
    }

    fn allocate(&self, name: &str, len: u64) -> io::Result<()> {
        self.0.allocate(name, len)
    }

    fn truncate(&self, name: &str, len: u64) -> io::Result<()> {
        self.0.truncate(name, len)
    }

    fn sync(&self, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn read(&self, name: &str, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        self.0.read(name, offset, len)
    }

    fn len(&self, name: &str) -> io::Result<u64> {
        self.0.len(name)
    }

    fn list(&self, prefix: &str) -> io::Result<Vec<String>> {
        self.0.list(prefix)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.0.rename(from, to)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.0.remove(name)
    }

    fn sync_folder(&self) -> io::Result<()> {
        self.0.sync_folder()
    }
}
