//! A disk that says that it has synced, and has not: the fault that every test of durability has to find.

use std::{io, sync::Arc};

use dutynet_relay::disk::Disk;

/// A disk in front of another.
pub struct LyingDisk {
    /// The other.
    pub disk: Arc<dyn Disk>,
    /// What it does not do.
    pub lie: Lie,
}

/// Which sync is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lie {
    /// That of a file.
    AboutFiles,
    /// That of the folder.
    AboutTheFolder,
}

impl Lie {
    /// Every lie.
    pub const ALL: [Self; 2] = [Self::AboutFiles, Self::AboutTheFolder];
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
