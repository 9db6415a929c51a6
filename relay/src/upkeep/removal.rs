//! Bodies that are gone for whoever reads, on their way off the disk. Free of threads and clocks: a node steps it, and so do tests.

use std::collections::BTreeSet;

use crate::{
    journal::{Hollowing, JournalError, Place, Progress},
    writer::{Store, intent::Intent},
};

/// All that is to go at one moment.
pub struct Removal {
    hollowing: Hollowing,
    intents: Vec<Place>,
}

impl Removal {
    /// Takes up every intent that is left; `None`: there is none.
    pub fn begin(store: &Store) -> Option<Self> {
        let pending = store.hollowing();
        // An intent begins a segment when it must. Where it could not, it waits until others have.
        let is_open = |place: &Place| store.journal().is_open_at(&BTreeSet::from([*place]));
        let held_up: BTreeSet<_> = pending.iter().filter(|(place, _)| is_open(place)).map(|(_, intent)| *intent).collect();
        let due = pending.iter().filter(|(_, intent)| !held_up.contains(intent));
        let (places, intents): (BTreeSet<_>, BTreeSet<_>) = due.unzip();
        if places.is_empty() {
            return None;
        }
        Some(Self { hollowing: store.journal().hollowing(&places), intents: intents.into_iter().collect() })
    }

    /// Does about so many bytes of it. What is to be written when all is done; `None`: there is more to do.
    pub fn step(&mut self, bytes_max: u64) -> Result<Option<Intent>, JournalError> {
        Ok(match self.hollowing.step(bytes_max)? {
            Progress::More => None,
            Progress::Done => Some(Intent::Hollowed(self.intents.clone())),
        })
    }
}
