//! A disk in memory that knows what is durable and what is not, for the simulator and the model tests.
//!
//! Content is durable after a sync of its file, names after a sync of the folder. At a power cut every unsynced block is on its own the
//! old one, the new one, one between, or torn at sectors; every unsynced length and change of names is kept or lost. After a sync that
//! failed the machine forgets that the blocks were dirty, as real ones do. It is stricter than any file system that this program meets.

mod pages;

use std::{
    collections::BTreeMap,
    fs, io,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use pages::Pages;
use rand::{Rng as _, RngCore};

use super::{Disk, check_name};

/// A folder in memory.
#[derive(Debug, Default)]
pub struct MemoryDisk {
    state: Mutex<State>,
}

/// What can be made to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// A write; half of it is done.
    Write,
    /// A sync of a file.
    Sync,
    /// A reservation of space.
    Allocate,
    /// A renaming.
    Rename,
    /// A sync of the folder.
    SyncFolder,
}

#[derive(Debug, Clone, Default)]
struct State {
    /// Content, under numbers: a name may be gone and the content still there after a power cut.
    files: BTreeMap<u64, Pages>,
    files_made: u64,
    names: BTreeMap<String, u64>,
    durable_names: BTreeMap<String, u64>,
    /// Since the last sync of the folder.
    name_changes: Vec<NameChange>,
    faults: Vec<(Op, u32)>,
    bytes_max: Option<u64>,
}

#[derive(Debug, Clone)]
enum NameChange {
    Made { name: String, file: u64 },
    Renamed { from: String, to: String, file: u64 },
    Removed { name: String },
}

impl MemoryDisk {
    /// Takes the power away. What is there afterwards is durable.
    pub fn power_cut(&self, random: &mut dyn RngCore) {
        let mut state = self.state();
        state.power_cut(random);
        state.faults.clear();
    }

    /// Kills the process: everything written stays readable, and nothing becomes durable by it.
    pub fn kill(&self) {
        self.state().faults.clear();
    }

    /// Makes the next operation of a kind fail.
    pub fn fail_next(&self, op: Op) {
        self.fail_nth(op, 1);
    }

    /// Makes the nth operation of a kind, from now on, fail; 1 is the next.
    pub fn fail_nth(&self, op: Op, nth: u32) {
        self.state().faults.push((op, nth));
    }

    /// Makes the disk so small that all files together have at most that many bytes.
    pub fn full(&self, bytes_max: u64) {
        self.state().bytes_max = Some(bytes_max);
    }

    /// Flips a bit of a file, counted from its beginning, behind everybody's back.
    pub fn flip_bit(&self, name: &str, bit: u64) -> io::Result<()> {
        let mut state = self.state();
        let pages = state.pages_mut(name)?;
        if bit / 8 >= pages.len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        pages.flip_bit(bit);
        Ok(())
    }

    /// A second disk with the same content, durable and not.
    pub fn fork(&self) -> Self {
        Self { state: Mutex::new(self.state().clone()) }
    }

    /// Writes what can be read now into a folder of the file system, not synced.
    pub fn write_to(&self, folder: &Path) -> io::Result<()> {
        let state = self.state();
        for name in state.names.keys() {
            let pages = state.pages(name)?;
            fs::write(folder.join(name), pages.read(0, to_len(pages.len())?))?;
        }
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn pages(&self, name: &str) -> io::Result<&Pages> {
        let file = self.names.get(name).ok_or(io::ErrorKind::NotFound)?;
        self.files.get(file).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn pages_mut(&mut self, name: &str) -> io::Result<&mut Pages> {
        let file = self.names.get(name).ok_or(io::ErrorKind::NotFound)?;
        self.files.get_mut(file).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// A file's pages; made when it is not there.
    fn make(&mut self, name: &str) -> io::Result<&mut Pages> {
        check_name(name)?;
        if !self.names.contains_key(name) {
            self.files_made += 1;
            let file = self.files_made;
            self.files.insert(file, Pages::default());
            self.names.insert(name.to_owned(), file);
            self.name_changes.push(NameChange::Made { name: name.to_owned(), file });
        }
        self.pages_mut(name)
    }

    /// Refuses what would make a file longer than there is room.
    fn check_room(&self, name: &str, end: u64) -> io::Result<()> {
        let Some(bytes_max) = self.bytes_max else { return Ok(()) };
        let len = |name: &str| self.pages(name).map_or(0, Pages::len);
        let used: u64 = self.names.keys().map(|name| len(name)).sum();
        let grows = end.saturating_sub(len(name));
        if grows > 0 && used + grows > bytes_max { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    /// Counts an operation, and says whether it is one that has to fail.
    fn fails(&mut self, op: Op) -> io::Result<()> {
        let mut failed = false;
        self.faults.retain_mut(|(kind, left)| {
            if *kind == op {
                *left -= 1;
                failed |= *left == 0;
            }
            *left > 0
        });
        if failed { Err(io::Error::other("injected fault")) } else { Ok(()) }
    }

    fn power_cut(&mut self, random: &mut dyn RngCore) {
        let changes = std::mem::take(&mut self.name_changes);
        let in_order = random.random_bool(0.5);
        let kept = random.random_range(0..=changes.len());
        for (index, change) in changes.into_iter().enumerate() {
            let keep = if in_order { index < kept } else { random.random_bool(0.5) };
            if keep {
                change.apply(&mut self.durable_names);
            }
        }
        self.names = self.durable_names.clone();
        self.drop_nameless();
        for pages in self.files.values_mut() {
            pages.power_cut(random);
        }
    }

    /// Lets go of content that no name can lead to any more.
    fn drop_nameless(&mut self) {
        let (names, durable) = (&self.names, &self.durable_names);
        self.files.retain(|file, _| names.values().chain(durable.values()).any(|named| named == file));
    }
}

impl NameChange {
    fn apply(self, names: &mut BTreeMap<String, u64>) {
        match self {
            Self::Made { name, file } => {
                names.insert(name, file);
            }
            Self::Renamed { from, to, file } => {
                if names.get(&from) == Some(&file) {
                    names.remove(&from);
                }
                names.insert(to, file);
            }
            Self::Removed { name } => {
                names.remove(&name);
            }
        }
    }
}

impl Disk for MemoryDisk {
    fn write(&self, name: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.state();
        let end = offset + bytes.len() as u64;
        if let Err(error) = state.fails(Op::Write).and_then(|()| state.check_room(name, end)) {
            let half = &bytes[..bytes.len() / 2];
            if state.check_room(name, offset + half.len() as u64).is_ok() {
                state.make(name)?.write(offset, half);
            }
            return Err(error);
        }
        state.make(name)?.write(offset, bytes);
        Ok(())
    }

    fn allocate(&self, name: &str, len: u64) -> io::Result<()> {
        let mut state = self.state();
        state.fails(Op::Allocate)?;
        state.check_room(name, len)?;
        state.make(name)?.grow(len);
        Ok(())
    }

    fn truncate(&self, name: &str, len: u64) -> io::Result<()> {
        let mut state = self.state();
        state.check_room(name, len)?;
        state.pages_mut(name)?.truncate(len);
        Ok(())
    }

    fn sync(&self, name: &str) -> io::Result<()> {
        let mut state = self.state();
        let failed = state.fails(Op::Sync);
        let pages = state.pages_mut(name)?;
        match failed {
            Ok(()) => pages.sync(),
            Err(_) => pages.forget(),
        }
        failed
    }

    fn read(&self, name: &str, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let state = self.state();
        let pages = state.pages(name)?;
        match offset.checked_add(len as u64) {
            Some(end) if end <= pages.len() => Ok(pages.read(offset, len)),
            Some(_) | None => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    fn len(&self, name: &str) -> io::Result<u64> {
        Ok(self.state().pages(name)?.len())
    }

    fn list(&self, prefix: &str) -> io::Result<Vec<String>> {
        Ok(self.state().names.keys().filter(|name| name.starts_with(prefix)).cloned().collect())
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        check_name(to)?;
        let mut state = self.state();
        state.fails(Op::Rename)?;
        let file = state.names.remove(from).ok_or(io::ErrorKind::NotFound)?;
        state.names.insert(to.to_owned(), file);
        state.name_changes.push(NameChange::Renamed { from: from.to_owned(), to: to.to_owned(), file });
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut state = self.state();
        state.names.remove(name).ok_or(io::ErrorKind::NotFound)?;
        state.name_changes.push(NameChange::Removed { name: name.to_owned() });
        Ok(())
    }

    fn sync_folder(&self) -> io::Result<()> {
        let mut state = self.state();
        state.fails(Op::SyncFolder)?;
        state.name_changes.clear();
        state.durable_names = state.names.clone();
        state.drop_nameless();
        Ok(())
    }
}

fn to_len(len: u64) -> io::Result<usize> {
    usize::try_from(len).map_err(|_| io::ErrorKind::FileTooLarge.into())
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng as _, rngs::SmallRng};

    use super::*;

    /// What one file can hold after a power cut, over many cuts; `None`: it is not there.
    fn outcomes(disk: &MemoryDisk, name: &str) -> Vec<Option<Vec<u8>>> {
        let mut random = SmallRng::seed_from_u64(1);
        let mut seen = Vec::new();
        for _ in 0..200 {
            let cut = disk.fork();
            cut.power_cut(&mut random);
            let content = cut.len(name).ok().map(|len| cut.read(name, 0, len as usize).unwrap());
            if !seen.contains(&content) {
                seen.push(content);
            }
        }
        seen.sort();
        seen
    }

    #[test]
    fn only_what_was_synced_is_sure() {
        let disk = MemoryDisk::default();
        disk.write("a", 0, b"one").unwrap();
        disk.sync("a").unwrap();
        assert_eq!(outcomes(&disk, "a"), [None, Some(b"one".to_vec())], "the name was never synced");
        disk.sync_folder().unwrap();
        assert_eq!(outcomes(&disk, "a"), [Some(b"one".to_vec())]);
        disk.write("a", 0, b"two").unwrap();
        assert_eq!(outcomes(&disk, "a"), [Some(b"one".to_vec()), Some(b"two".to_vec())]);
        disk.kill();
        assert_eq!(disk.read("a", 0, 3).unwrap(), b"two");
        disk.sync("a").unwrap();
        assert_eq!(outcomes(&disk, "a"), [Some(b"two".to_vec())]);
    }

    #[test]
    fn a_rename_brings_all_or_nothing_of_a_synced_file() {
        let disk = MemoryDisk::default();
        disk.write("a", 0, b"old").unwrap();
        disk.sync("a").unwrap();
        disk.sync_folder().unwrap();
        disk.write("b", 0, b"new").unwrap();
        disk.sync("b").unwrap();
        disk.rename("b", "a").unwrap();
        assert_eq!(outcomes(&disk, "a"), [Some(b"new".to_vec()), Some(b"old".to_vec())]);
        disk.sync_folder().unwrap();
        assert_eq!(outcomes(&disk, "a"), [Some(b"new".to_vec())]);
    }

    #[test]
    fn blocks_are_lost_one_by_one_and_torn_at_sectors() {
        let disk = MemoryDisk::default();
        disk.write("a", 0, &[1; 8192]).unwrap();
        disk.sync("a").unwrap();
        disk.sync_folder().unwrap();
        disk.write("a", 0, &[2; 8192]).unwrap();
        let seen = outcomes(&disk, "a");
        let firsts = |first: u8, second: u8| {
            seen.iter().flatten().any(|bytes| bytes[..4096] == [first; 4096] && bytes[4096..] == [second; 4096])
        };
        assert!(firsts(1, 1) && firsts(1, 2) && firsts(2, 1) && firsts(2, 2));
        assert!(seen.iter().flatten().any(|bytes| bytes[..512] != bytes[512..1024]), "torn inside a block");
        assert!(seen.iter().flatten().all(|bytes| bytes.chunks(512).all(|sector| sector == [sector[0]; 512])));
    }

    #[test]
    fn after_a_failed_sync_only_a_new_write_helps() {
        let disk = MemoryDisk::default();
        disk.write("a", 0, b"old").unwrap();
        disk.sync("a").unwrap();
        disk.sync_folder().unwrap();
        disk.write("a", 0, b"new").unwrap();
        disk.fail_next(Op::Sync);
        disk.sync("a").unwrap_err();
        disk.sync("a").unwrap();
        assert_eq!(outcomes(&disk, "a").len(), 2, "the second sync had nothing to do");
        disk.write("a", 0, b"new").unwrap();
        disk.sync("a").unwrap();
        assert_eq!(outcomes(&disk, "a"), [Some(b"new".to_vec())]);
    }

    #[test]
    fn faults_come_when_they_are_due() {
        let disk = MemoryDisk::default();
        disk.fail_nth(Op::Write, 2);
        disk.write("a", 0, b"1234").unwrap();
        disk.write("a", 4, b"5678").unwrap_err();
        assert_eq!(disk.len("a").unwrap(), 6, "half of it is there");
        disk.full(10);
        assert_eq!(disk.allocate("b", 5).unwrap_err().kind(), io::ErrorKind::StorageFull);
        disk.write("a", 0, b"1234567890").unwrap();
        assert_eq!(disk.write("a", 0, b"12345678901").unwrap_err().kind(), io::ErrorKind::StorageFull);
        disk.flip_bit("a", 8).unwrap();
        assert_eq!(disk.read("a", 0, 3).unwrap(), [b'1', b'2' ^ 1, b'3']);
    }
}
