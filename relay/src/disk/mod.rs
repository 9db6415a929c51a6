//! The seam between the store and the machine's disk.
//!
//! Two implementations: [`fs::FileDisk`], and [`memory::MemoryDisk`] for the simulator, which draws an explicit line between what was
//! written and what is durable and can lose, keep or re-order unsynced 4 KiB blocks at a power cut. Both pass the same model tests.
//! [`recording::RecordingDisk`] stands in front of either and remembers, so that tests can see the folder as a cut leaves it.
//!
//! A disk is one flat folder. Names are `[a-z0-9._-]+`.

pub mod fs;
pub mod memory;
pub mod recording;

use std::io;

/// One flat folder of files. All calls are synchronous; errors are the machine's own and are never swallowed.
pub trait Disk: Send + Sync {
    /// Writes bytes at an offset; the file is created, and grown with zeros, as needed. Not durable until [`Disk::sync`].
    fn write(&self, name: &str, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// Reserves space and sets the length, so that later writes inside it need no change of metadata. Not durable until synced.
    fn allocate(&self, name: &str, len: u64) -> io::Result<()>;
    /// Cuts a file. Not durable until synced.
    fn truncate(&self, name: &str, len: u64) -> io::Result<()>;
    /// Makes a file's content durable (fdatasync).
    fn sync(&self, name: &str) -> io::Result<()>;
    /// Reads exactly `len` bytes at an offset; `UnexpectedEof` when the file is shorter.
    fn read(&self, name: &str, offset: u64, len: usize) -> io::Result<Vec<u8>>;
    /// Length of a file; `NotFound` when there is none.
    fn len(&self, name: &str) -> io::Result<u64>;
    /// Names that begin with a prefix, sorted.
    fn list(&self, prefix: &str) -> io::Result<Vec<String>>;
    /// Renames over whatever stood there. Not durable until [`Disk::sync_folder`].
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Removes a file. Not durable until [`Disk::sync_folder`].
    fn remove(&self, name: &str) -> io::Result<()>;
    /// Makes creations, renames and removals durable.
    fn sync_folder(&self) -> io::Result<()>;
}

/// Refuses a name that could leave the folder.
fn check_name(name: &str) -> io::Result<()> {
    let fits = |b: u8| b.is_ascii_digit() || b.is_ascii_lowercase() || matches!(b, b'.' | b'_' | b'-');
    if !name.is_empty() && name.bytes().all(fits) && name.bytes().any(|b| b != b'.') {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "a file name of [a-z0-9._-]+"))
}
