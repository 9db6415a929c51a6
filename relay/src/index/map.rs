//! An index in memory, for the simulator and for tests.
//!
//! It draws the same line as the real one: what was applied is visible at once, what was checkpointed survives. Between the two a crash
//! may keep any number of the batches applied since, in order: [`MapIndex::crashed`].

use std::{
    collections::BTreeMap,
    ops::Bound,
    sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use super::{Batch, Entries, Index, IndexError, Order, Space, check_sizes};

/// Ordered maps under one lock.
#[derive(Debug, Default)]
pub struct MapIndex {
    state: RwLock<State>,
}

type Spaces = BTreeMap<Space, BTreeMap<Vec<u8>, Vec<u8>>>;

#[derive(Debug, Default, Clone)]
struct State {
    living: Spaces,
    durable: Spaces,
    since: Vec<Change>,
}

#[derive(Debug, Clone)]
enum Change {
    Applied(Space, Batch),
    Cleared(Space),
}

impl MapIndex {
    /// What a crash leaves: everything checkpointed, and the first `kept` changes applied after that.
    #[must_use]
    pub fn crashed(&self, kept: usize) -> Self {
        let state = self.read();
        let mut left = state.durable.clone();
        for change in state.since.iter().take(kept) {
            change.perform(&mut left);
        }
        Self { state: RwLock::new(State { living: left.clone(), durable: left, since: Vec::new() }) }
    }

    /// How many changes a crash could lose.
    pub fn changes_at_risk(&self) -> usize {
        self.read().since.len()
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: Change) {
        let mut state = self.write();
        change.perform(&mut state.living);
        state.since.push(change);
    }
}

impl Change {
    fn perform(&self, spaces: &mut Spaces) {
        match self {
            Self::Cleared(space) => {
                spaces.remove(space);
            }
            Self::Applied(space, batch) => {
                let entries = spaces.entry(*space).or_default();
                for (key, value) in &batch.changes {
                    match value {
                        Some(value) => entries.insert(key.clone(), value.clone()),
                        None => entries.remove(key),
                    };
                }
            }
        }
    }
}

impl Index for MapIndex {
    fn get(&self, space: Space, key: &[u8]) -> Result<Option<Vec<u8>>, IndexError> {
        Ok(self.read().living.get(&space).and_then(|entries| entries.get(key)).cloned())
    }

    fn range(&self, space: Space, from: &[u8], to: &[u8], order: Order, limit: usize) -> Result<Entries, IndexError> {
        let state = self.read();
        let Some(entries) = state.living.get(&space).filter(|_| to.is_empty() || from < to) else { return Ok(Vec::new()) };
        let end = if to.is_empty() { Bound::Unbounded } else { Bound::Excluded(to) };
        let found = entries.range::<[u8], _>((Bound::Included(from), end)).map(|(key, value)| (key.clone(), value.clone()));
        Ok(match order {
            Order::Forward => found.take(limit).collect(),
            Order::Backward => found.rev().take(limit).collect(),
        })
    }

    fn apply(&self, space: Space, batch: &Batch) -> Result<(), IndexError> {
        check_sizes(batch)?;
        self.change(Change::Applied(space, batch.clone()));
        Ok(())
    }

    fn clear(&self, space: Space) -> Result<(), IndexError> {
        self.change(Change::Cleared(space));
        Ok(())
    }

    fn checkpoint(&self) -> Result<(), IndexError> {
        let mut state = self.write();
        let since = std::mem::take(&mut state.since);
        for change in since {
            change.perform(&mut state.durable);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::CUSTODY;

    fn put(index: &MapIndex, key: &[u8]) {
        let mut batch = Batch::default();
        batch.put(key, b"x");
        index.apply(CUSTODY, &batch).unwrap();
    }

    #[test]
    fn a_crash_keeps_what_was_checkpointed_and_a_beginning_of_the_rest() {
        let index = MapIndex::default();
        put(&index, b"a");
        index.checkpoint().unwrap();
        put(&index, b"b");
        index.clear(CUSTODY).unwrap();
        put(&index, b"c");
        assert_eq!(index.changes_at_risk(), 3);
        for (kept, expected) in [(0, vec![b"a"]), (1, vec![b"a", b"b"]), (2, vec![]), (3, vec![b"c"])] {
            let left = index.crashed(kept).range(CUSTODY, b"", b"", Order::Forward, 9).unwrap();
            assert_eq!(left.iter().map(|(key, _)| key.as_slice()).collect::<Vec<_>>(), expected, "{kept} kept");
        }
    }
}
