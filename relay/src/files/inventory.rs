//! Which files there are, and how much they come to.

use std::collections::BTreeSet;

use super::{Files, FilesHeld};
use crate::ids::Digest;

impl Files {
    /// Every file that is here, or on its way here.
    pub fn known(&self) -> BTreeSet<Digest> {
        let known = self.lock();
        known.held.keys().chain(known.wanted.keys()).copied().collect()
    }

    /// What there is.
    pub fn status(&self) -> FilesHeld {
        let known = self.lock();
        FilesHeld {
            held: known.held.len() as u64,
            held_bytes: known.held.values().sum(),
            wanted: known.wanted.len() as u64,
            wanted_bytes: known.wanted.values().map(|wanted| wanted.have).sum(),
        }
    }
}
