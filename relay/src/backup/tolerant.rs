//! A disk with bad places: what it does not give is passed over, block by block, and counted. Nothing can be written to it.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::disk::Disk;

/// Bytes of a damaged file that are tried at once when more cannot be read.
const BLOCK: usize = 4096;

/// A disk that gives zeros where nothing can be read, and takes nothing.
pub(super) struct Tolerant {
    pub(super) inner: Arc<dyn Disk>,
    pub(super) unreadable: AtomicU64,
}

impl Tolerant {
    pub(super) fn over(inner: Arc<dyn Disk>) -> Arc<Self> {
        Arc::new(Self { inner, unreadable: AtomicU64::new(0) })
    }
}

pub(super) fn refused() -> io::Error {
    io::ErrorKind::ReadOnlyFilesystem.into()
}

impl Disk for Tolerant {
    fn write(&self, _: &str, _: u64, _: &[u8]) -> io::Result<()> {
        Err(refused())
    }

    fn allocate(&self, _: &str, _: u64) -> io::Result<()> {
        Err(refused())
    }

    fn truncate(&self, _: &str, _: u64) -> io::Result<()> {
        Err(refused())
    }

    fn sync(&self, _: &str) -> io::Result<()> {
        Err(refused())
    }

    fn read(&self, name: &str, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let gone = |fault: &io::Error| matches!(fault.kind(), io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof);
        match self.inner.read(name, offset, len) {
            Err(fault) if !gone(&fault) => {}
            read => return read,
        }
        let mut bytes = Vec::with_capacity(len);
        while bytes.len() < len {
            let block = BLOCK.min(len - bytes.len());
            match self.inner.read(name, offset + bytes.len() as u64, block) {
                Ok(read) => bytes.extend(read),
                Err(fault) if gone(&fault) => return Err(fault),
                Err(_) => {
                    self.unreadable.fetch_add(block as u64, Ordering::Relaxed);
                    bytes.resize(bytes.len() + block, 0);
                }
            }
        }
        Ok(bytes)
    }

    fn len(&self, name: &str) -> io::Result<u64> {
        self.inner.len(name)
    }

    fn list(&self, prefix: &str) -> io::Result<Vec<String>> {
        self.inner.list(prefix)
    }

    fn rename(&self, _: &str, _: &str) -> io::Result<()> {
        Err(refused())
    }

    fn remove(&self, _: &str) -> io::Result<()> {
        Err(refused())
    }

    fn sync_folder(&self) -> io::Result<()> {
        Err(refused())
    }
}
