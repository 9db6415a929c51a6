//! An index that can be put on fresh files while it is used: the database never gives space back and keeps what was removed or changed in its
//! old pages, so that a word that must be gone is gone only with the files.
//!
//! [`RenewableIndex::renew`] copies what there is into new files beside the old ones, while everything goes on; what is changed meanwhile
//! is noted and copied at the end, with everything waiting for that moment only; then the new files count and the old ones are removed,
//! with any that were set aside. A stop at any moment leaves one of the two.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard},
    thread,
    time::Duration,
};

use super::{
    Batch, Entries, Index, IndexError, Order, Space, home,
    sled_index::{OpenIndexError, SledIndex},
};

/// Entries that are copied at once.
const PAGE: usize = 1024;
/// How often, and how long each, it is looked whether somebody still reads from the old files.
const LET_GO: (usize, Duration) = (200, Duration::from_millis(10));

/// See the module.
pub struct RenewableIndex {
    folder: PathBuf,
    cache_bytes: u64,
    time_limit: Duration,
    current: RwLock<Arc<SledIndex>>,
    /// What was changed since a renewal began; `None`: none is under way.
    changed: Mutex<Option<Changed>>,
}

#[derive(Default)]
struct Changed {
    keys: BTreeSet<(Space, Vec<u8>)>,
    cleared: BTreeSet<Space>,
}

impl RenewableIndex {
    /// See [`SledIndex::open_or_anew`].
    pub fn open_or_anew(
        folder: &Path,
        cache_bytes: u64,
        time_limit: Duration,
    ) -> Result<(Self, Option<OpenIndexError>), OpenIndexError> {
        let (index, fault) = SledIndex::open_or_anew(folder, cache_bytes, time_limit)?;
        let (folder, current, changed) = (folder.to_owned(), RwLock::new(Arc::new(index)), Mutex::default());
        Ok((Self { folder, cache_bytes, time_limit, current, changed }, fault))
    }

    /// How many keys were set or removed since it was opened, or last renewed.
    pub fn keys_written(&self) -> u64 {
        self.current().keys_written()
    }

    /// Puts it on fresh files. Takes its time; everything else goes on but for a moment at the end.
    pub fn renew(&self) -> Result<(), IndexError> {
        *self.changes() = Some(Changed::default());
        let renewed = self.renew_now();
        *self.changes() = None;
        renewed
    }

    fn renew_now(&self) -> Result<(), IndexError> {
        let old = self.current().clone();
        let new = old.beside(self.cache_bytes, self.time_limit).map_err(|fault| IndexError(fault.to_string()))?;
        for space in old.spaces() {
            copy(&old, &new, space)?;
        }
        new.checkpoint()?;
        {
            let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
            let changed = self.changes().take().unwrap_or_default();
            for space in &changed.cleared {
                new.clear(*space)?;
                copy(&old, &new, *space)?;
            }
            for (space, key) in changed.keys {
                let mut batch = Batch::default();
                batch.changes.push((key.clone(), old.get(space, &key)?));
                new.apply(space, &batch)?;
            }
            new.checkpoint()?;
            new.counts().map_err(|fault| IndexError(fault.to_string()))?;
            *current = Arc::new(new);
        }
        old.retire();
        self.remove_files(old)
    }

    /// The old files go when nobody reads from them any more; at the latest at the next opening.
    fn remove_files(&self, old: Arc<SledIndex>) -> Result<(), IndexError> {
        for _ in 0..LET_GO.0 {
            if Arc::strong_count(&old) == 1 {
                break;
            }
            thread::sleep(LET_GO.1);
        }
        drop(old);
        let removed = home::remove_others(&self.folder).and_then(|()| home::remove_asides(&self.folder));
        removed.map_err(|fault| IndexError(fault.to_string()))
    }

    fn current(&self) -> RwLockReadGuard<'_, Arc<SledIndex>> {
        self.current.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn changes(&self) -> MutexGuard<'_, Option<Changed>> {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn copy(from: &SledIndex, to: &SledIndex, space: Space) -> Result<(), IndexError> {
    let mut next = Vec::new();
    loop {
        let page = from.range(space, &next, &[], Order::Forward, PAGE)?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        next = [last.as_slice(), &[0]].concat();
        to.apply(space, &Batch { changes: page.into_iter().map(|(key, value)| (key, Some(value))).collect() })?;
    }
}

impl Index for RenewableIndex {
    fn get(&self, space: Space, key: &[u8]) -> Result<Option<Vec<u8>>, IndexError> {
        self.current().get(space, key)
    }

    fn range(&self, space: Space, from: &[u8], to: &[u8], order: Order, limit: usize) -> Result<Entries, IndexError> {
        self.current().range(space, from, to, order, limit)
    }

    fn apply(&self, space: Space, batch: &Batch) -> Result<(), IndexError> {
        let current = self.current();
        current.apply(space, batch)?;
        if let Some(changed) = self.changes().as_mut() {
            changed.keys.extend(batch.changes.iter().map(|(key, _)| (space, key.clone())));
        }
        Ok(())
    }

    fn clear(&self, space: Space) -> Result<(), IndexError> {
        let current = self.current();
        current.clear(space)?;
        if let Some(changed) = self.changes().as_mut() {
            changed.cleared.insert(space);
        }
        Ok(())
    }

    fn checkpoint(&self) -> Result<(), IndexError> {
        self.current().checkpoint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::{CUSTODY, fingerprint};

    const OTHER: Space = Space("other");
    const WORDS: &[u8] = b"words that are to be gone from every file";

    fn open(folder: &Path) -> RenewableIndex {
        RenewableIndex::open_or_anew(folder, 1 << 20, Duration::from_secs(60)).unwrap().0
    }

    fn files_with_words(folder: &Path) -> usize {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let held = |path: PathBuf| {
            if path.is_dir() {
                return files_with_words(&path);
            }
            usize::from(std::fs::read(path).unwrap().windows(WORDS.len()).any(|window| window == WORDS))
        };
        entries.map(held).sum()
    }

    fn put(index: &RenewableIndex, space: Space, keys: std::ops::Range<u32>) {
        for key in keys {
            let mut batch = Batch::default();
            batch.put(key.to_be_bytes(), vec![key as u8; 100]);
            index.apply(space, &batch).unwrap();
        }
    }

    #[test]
    fn a_renewed_index_holds_the_same_and_none_of_what_was_removed() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("index");
        let index = open(&folder);
        put(&index, CUSTODY, 0..3000);
        let mut batch = Batch::default();
        batch.put(b"words".as_slice(), WORDS);
        index.apply(OTHER, &batch).unwrap();
        batch.put(b"words".as_slice(), b"other".as_slice());
        index.apply(OTHER, &batch).unwrap();
        index.checkpoint().unwrap();
        std::fs::create_dir(root.path().join("index.aside-4")).unwrap();
        std::fs::write(root.path().join("index.aside-4/db"), WORDS).unwrap();
        assert_eq!(files_with_words(root.path()), 2, "what was put there once is in the files");
        let before = [CUSTODY, OTHER].map(|space| fingerprint(&index, space).unwrap());
        index.renew().unwrap();
        assert_eq!([CUSTODY, OTHER].map(|space| fingerprint(&index, space).unwrap()), before);
        assert_eq!(files_with_words(root.path()), 0);
        put(&index, OTHER, 0..10);
        let after = fingerprint(&index, OTHER).unwrap();
        drop(index);
        assert_eq!(files_with_words(root.path()), 0);
        let (index, fault) = RenewableIndex::open_or_anew(&folder, 1 << 20, Duration::from_secs(60)).unwrap();
        assert!(fault.is_none(), "{fault:?}");
        assert_eq!((fingerprint(&index, CUSTODY).unwrap(), fingerprint(&index, OTHER).unwrap()), (before[0], after));
    }

    #[test]
    fn what_is_changed_while_an_index_is_renewed_is_in_it() {
        let root = tempfile::tempdir().unwrap();
        let index = Arc::new(open(&root.path().join("index")));
        put(&index, CUSTODY, 0..2000);
        put(&index, OTHER, 0..2000);
        let writing = index.clone();
        let writer = thread::spawn(move || {
            put(&writing, CUSTODY, 1500..4000);
            writing.clear(OTHER).unwrap();
            put(&writing, OTHER, 5..8);
        });
        while !writer.is_finished() {
            index.renew().unwrap();
        }
        writer.join().unwrap();
        let keys = |space| {
            let found = index.range(space, &[], &[], Order::Forward, usize::MAX).unwrap();
            found.into_iter().map(|(key, _)| u32::from_be_bytes(key.try_into().unwrap())).collect::<Vec<_>>()
        };
        assert_eq!(keys(CUSTODY), (0..4000).collect::<Vec<_>>());
        assert_eq!(keys(OTHER), [5, 6, 7]);
    }
}
