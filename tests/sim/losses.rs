//! What disasters took: disks set back to older images, replaced, copied. What of it may be missing in the end, and what may not.
//!
//! A record may be nowhere in the end only if at some moment no disk held it any more. Whatever a disk still holds must come back to
//! everybody for whom it is, its maker first. What is believed of a machine that was struck is in doubt until the two have met again.

use std::collections::{BTreeMap, BTreeSet};

use dutynet_relay::{
    ids::{Epoch, OfficeId, RecordRef},
    record::PublicKey,
};

use crate::{
    ledger::{Fed, Ledger},
    positions::Link,
};

/// See the module.
#[derive(Default)]
pub struct Losses {
    /// Offices that had a disaster.
    pub struck: BTreeSet<usize>,
    /// Records that were on no disk at some moment.
    pub nowhere: BTreeSet<RecordRef>,
    /// Those of them that an older image of somebody else has brought to light again.
    pub resurrected: BTreeSet<RecordRef>,
    /// New epochs.
    pub forks: u64,
    /// An office of which two machines run: of it nobody can say what is true.
    pub twofold: Option<usize>,
    had: BTreeSet<(usize, RecordRef)>,
    doubts: BTreeMap<(usize, OfficeId), Doubt>,
}

/// Until two have met again.
#[derive(Debug, Clone, Copy)]
struct Doubt {
    /// On a connection after this one.
    after: u64,
    met: bool,
}

/// What an image of a disk holds, as this ledger knows it.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    feed: Vec<Fed>,
    links: BTreeMap<OfficeId, Link>,
    epoch: Option<Epoch>,
}

impl Losses {
    /// Whether the office had that record, lost it, and has not got it back.
    pub fn had(&self, office: usize, reference: &RecordRef) -> bool {
        self.had.contains(&(office, reference.clone()))
    }

    /// The office has it (again).
    pub fn found(&mut self, office: usize, reference: &RecordRef) {
        if !self.had.is_empty() {
            self.had.remove(&(office, reference.clone()));
        }
    }

    /// Whether what a machine believes of a neighbour may be wrong now. The doubt ends when they have met and it is right.
    pub fn is_in_doubt(&mut self, (at, peer): (usize, &OfficeId), is_twofold: bool, is_right: bool) -> bool {
        if is_twofold {
            return true;
        }
        let key = (at, peer.clone());
        let Some(doubt) = self.doubts.get(&key) else { return false };
        if doubt.met && is_right {
            self.doubts.remove(&key);
        }
        true
    }

    /// A session of a machine with a neighbour is up.
    pub fn met(&mut self, at: usize, peer: &OfficeId, connection: u64) {
        if let Some(doubt) = self.doubts.get_mut(&(at, peer.clone())) {
            doubt.met |= connection > doubt.after;
        }
    }
}

impl Ledger {
    /// What a machine's disk holds now.
    pub fn memory(&self, at: usize) -> Memory {
        Memory { feed: self.feeds[at].clone(), links: self.links[at].clone(), epoch: self.epochs[at] }
    }

    /// A machine's disk is one of before, or an empty one. `opened`: connections that there were, by child.
    pub fn set_back(&mut self, at: usize, to: &Memory, opened: &[u64]) {
        let before = std::mem::replace(&mut self.feeds[at], to.feed.clone());
        let holds: BTreeSet<RecordRef> = to.feed.iter().map(|fed| fed.reference.clone()).collect();
        let lost: Vec<RecordRef> = before.into_iter().map(|fed| fed.reference).filter(|one| !holds.contains(one)).collect();
        for again in holds.difference(&self.holds[at]) {
            self.losses.found(self.homes[at], again);
            if self.losses.nowhere.contains(again) {
                self.losses.resurrected.insert(again.clone());
            }
        }
        self.holds[at] = holds;
        self.links[at] = to.links.clone();
        self.epochs[at] = to.epoch;
        let home = self.homes[at];
        for reference in lost {
            if (0..self.ids.len()).all(|office| !self.has(office, &reference)) {
                self.losses.nowhere.insert(reference.clone());
            }
            if !self.has(home, &reference) {
                self.losses.had.insert((home, reference));
            }
        }
        self.strike(home, opened);
    }

    /// Nobody knows what to believe of that office, nor it of others.
    fn strike(&mut self, office: usize, opened: &[u64]) {
        self.losses.struck.insert(office);
        let own = self.ids[office].clone();
        let machines_of =
            |ledger: &Self, of: usize| -> Vec<usize> { (0..ledger.homes.len()).filter(|at| ledger.homes[*at] == of).collect() };
        for peer in self.neighbours(self.parents[office], &own) {
            let other = self.place(&peer);
            // Lines are named by the child.
            let child = if self.parents[other] == Some(office) { other } else { office };
            let doubt = Doubt { after: opened[child], met: false };
            for at in machines_of(self, office) {
                self.losses.doubts.insert((at, peer.clone()), doubt);
            }
            for at in machines_of(self, other) {
                self.losses.doubts.insert((at, own.clone()), doubt);
            }
        }
    }

    /// A second machine with the same disk. Returns its place.
    pub fn copied(&mut self, at: usize) -> usize {
        let twin = self.homes.len();
        self.homes.push(self.homes[at]);
        self.feeds.push(self.feeds[at].clone());
        self.holds.push(self.holds[at].clone());
        self.cursors.push(self.cursors[at]);
        self.links.push(self.links[at].clone());
        self.epochs.push(self.epochs[at]);
        self.losses.twofold = Some(self.homes[at]);
        self.strike(self.homes[at], &vec![0; self.ids.len()]);
        twin
    }

    /// A machine is no more; its copy goes on in its place.
    pub fn exchange(&mut self, one: usize, other: usize) {
        self.feeds.swap(one, other);
        self.holds.swap(one, other);
        self.cursors.swap(one, other);
        self.links.swap(one, other);
        self.epochs.swap(one, other);
    }

    /// An office has a new key.
    pub fn has_key(&mut self, office: usize, key: PublicKey) {
        self.keys[office].push(key);
    }
}
