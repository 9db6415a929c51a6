//! What upkeep has done and still has to do, in numbers that a person can be shown.

use super::scrub::Scrubbed;
use crate::writer::{Store, StoreError};

/// Records that were lost and came back, and records whose body came after them: one event.
const FETCHED_AGAIN: &str = "restored";
/// Records that a destruction names, whether they were ever here or not.
const DESTROYED: &str = "destroyed";
/// Bodies that an intent names.
const INTENDED: &str = "hollowed";

/// Bodies that go from this node, counted since its store was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bodies {
    /// Records that a destruction names, whether they were ever here or not.
    pub destroyed: u64,
    /// Bodies that stood here and were to go; from that moment on nobody reads them.
    pub intended: u64,
    /// Of these, how many are still to be taken off the disk.
    pub on_disk: u64,
}

impl Bodies {
    /// Bodies that were taken off the disk.
    pub fn removed(&self) -> u64 {
        self.intended.saturating_sub(self.on_disk)
    }
}

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Upkept {
    /// How far the slow reading has got, and what it has found.
    pub scrubbed: Scrubbed,
    /// Records that a neighbour gave again since the store was made.
    pub fetched_again: u64,
    /// Bodies that go.
    pub bodies: Bodies,
}

impl Upkept {
    /// As the store knows it now.
    pub fn of(store: &Store) -> Result<Self, StoreError> {
        let on_disk = store.with_heads(|heads| heads.hollowing.len() as u64);
        let bodies = Bodies { destroyed: store.counter(DESTROYED), intended: store.counter(INTENDED), on_disk };
        Ok(Self { scrubbed: Scrubbed::of(store)?, fetched_again: store.counter(FETCHED_AGAIN), bodies })
    }
}
