//! A disk that also writes down what is done to it, so that the folder can be seen as a power cut at any moment would leave it.
//!
//! For tests: the record grows for as long as the disk lives.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use rand::RngCore;

use super::{Disk, memory::MemoryDisk};

/// A disk in front of another.
pub struct RecordingDisk {
    inner: Arc<dyn Disk>,
    before: MemoryDisk,
    done: Mutex<Vec<Done>>,
}

/// Something that was done, in order.
#[derive(Debug, Clone)]
enum Done {
    Write { name: String, offset: u64, bytes: Vec<u8> },
    Allocate { name: String, len: u64 },
    Truncate { name: String, len: u64 },
    Sync { name: String },
    Rename { from: String, to: String },
    Remove { name: String },
    SyncFolder,
    Note(u64),
}

impl RecordingDisk {
    /// Begins with what stands on a disk, taken as durable.
    pub fn over(inner: Arc<dyn Disk>) -> io::Result<Self> {
        let before = MemoryDisk::default();
        for name in inner.list("")? {
            let len = usize::try_from(inner.len(&name)?).map_err(|_| io::ErrorKind::FileTooLarge)?;
            before.write(&name, 0, &inner.read(&name, 0, len)?)?;
            before.sync(&name)?;
        }
        before.sync_folder()?;
        Ok(Self { inner, before, done: Mutex::default() })
    }

    /// Notes how far the caller has come: what it has been promised by now.
    pub fn note(&self, promised: u64) {
        self.add(Done::Note(promised));
    }

    /// Follows the record from its beginning.
    pub fn replay(&self) -> Replay {
        let done = self.done.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Replay { disk: self.before.fork(), promised: 0, left: done.into_iter() }
    }

    fn add(&self, done: Done) {
        self.done.lock().unwrap_or_else(PoisonError::into_inner).push(done);
    }
}

/// The recorded disk at one moment of its past.
#[derive(Debug)]
pub struct Replay {
    disk: MemoryDisk,
    promised: u64,
    left: std::vec::IntoIter<Done>,
}

impl Replay {
    /// Goes on by one operation; `false`: there is none left.
    pub fn step(&mut self) -> io::Result<bool> {
        let Some(done) = self.left.next() else { return Ok(false) };
        match done {
            Done::Write { name, offset, bytes } => self.disk.write(&name, offset, &bytes)?,
            Done::Allocate { name, len } => self.disk.allocate(&name, len)?,
            Done::Truncate { name, len } => self.disk.truncate(&name, len)?,
            Done::Sync { name } => self.disk.sync(&name)?,
            Done::Rename { from, to } => self.disk.rename(&from, &to)?,
            Done::Remove { name } => self.disk.remove(&name)?,
            Done::SyncFolder => self.disk.sync_folder()?,
            Done::Note(promised) => self.promised = promised,
        }
        Ok(true)
    }

    /// Operations that are left.
    pub fn left(&self) -> usize {
        self.left.len()
    }

    /// The last note before this moment.
    pub fn promised(&self) -> u64 {
        self.promised
    }

    /// The disk after a power cut at this moment.
    pub fn power_cut(&self, random: &mut dyn RngCore) -> MemoryDisk {
        let disk = self.disk.fork();
        disk.power_cut(random);
        disk
    }
}

impl Disk for RecordingDisk {
    fn write(&self, name: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.inner.write(name, offset, bytes)?;
        self.add(Done::Write { name: name.to_owned(), offset, bytes: bytes.to_vec() });
        Ok(())
    }

    fn allocate(&self, name: &str, len: u64) -> io::Result<()> {
        self.inner.allocate(name, len)?;
        self.add(Done::Allocate { name: name.to_owned(), len });
        Ok(())
    }

    fn truncate(&self, name: &str, len: u64) -> io::Result<()> {
        self.inner.truncate(name, len)?;
        self.add(Done::Truncate { name: name.to_owned(), len });
        Ok(())
    }

    fn sync(&self, name: &str) -> io::Result<()> {
        self.inner.sync(name)?;
        self.add(Done::Sync { name: name.to_owned() });
        Ok(())
    }

    fn read(&self, name: &str, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        self.inner.read(name, offset, len)
    }

    fn len(&self, name: &str) -> io::Result<u64> {
        self.inner.len(name)
    }

    fn list(&self, prefix: &str) -> io::Result<Vec<String>> {
        self.inner.list(prefix)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.inner.rename(from, to)?;
        self.add(Done::Rename { from: from.to_owned(), to: to.to_owned() });
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.inner.remove(name)?;
        self.add(Done::Remove { name: name.to_owned() });
        Ok(())
    }

    fn sync_folder(&self) -> io::Result<()> {
        self.inner.sync_folder()?;
        self.add(Done::SyncFolder);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng as _, rngs::SmallRng};

    use super::*;

    #[test]
    fn the_past_can_be_cut_at_every_moment() {
        let real = Arc::new(MemoryDisk::default());
        real.write("kept", 0, b"before").unwrap();
        let disk = RecordingDisk::over(real).unwrap();
        disk.write("a", 0, b"one").unwrap();
        disk.sync("a").unwrap();
        disk.sync_folder().unwrap();
        disk.note(1);
        disk.write("a", 0, b"two").unwrap();
        let mut random = SmallRng::seed_from_u64(7);
        let mut replay = disk.replay();
        let mut seen = Vec::new();
        loop {
            for _ in 0..50 {
                let cut = replay.power_cut(&mut random);
                assert_eq!(cut.read("kept", 0, 6).unwrap(), b"before");
                seen.push((replay.promised(), cut.read("a", 0, 3).ok()));
            }
            if !replay.step().unwrap() {
                break;
            }
        }
        seen.sort();
        seen.dedup();
        let text = |text: &[u8]| Some(text.to_vec());
        // Also the moments when the length was kept and the content lost.
        let expected = [(0, None), (0, text(b"\0\0\0")), (0, text(b"one")), (1, text(b"one")), (1, text(b"two"))];
        assert_eq!(seen, expected);
    }
}
