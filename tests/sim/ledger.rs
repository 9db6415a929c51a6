//! What must be true while the world goes on: who was promised what, what each office has on disk, and that no position goes back.
//!
//! The tree and the audiences are worked out here once more, without relay's registry and routes.

use std::collections::{BTreeMap, BTreeSet};

use dutynet_relay::{
    ids::{Digest, Epoch, Lane, OfficeId, RecordId, RecordRef},
    journal::Cursor,
    link::{
        count::LinkEvent,
        frame::{Custody, Held},
    },
    record::{Audience, OFFICE_KIND, PublicKey, Record},
    writer::Store,
};

use crate::{
    losses::Losses,
    positions::Link,
    world::{Checked, Fault},
};

/// See the module.
pub struct Ledger {
    /// The root's key.
    pub root_pin: Digest,
    /// Offices whose entry the root has.
    pub known_to_root: BTreeSet<usize>,
    /// Offices without a node, with the place of the parent that stands for them.
    pub without_node: BTreeMap<OfficeId, usize>,
    /// Those of them whose entry the root has.
    pub without_node_known: Vec<OfficeId>,
    /// Records whose seal somebody has spoilt on a line.
    pub spoiled: BTreeSet<RecordRef>,
    /// Every record that is on its origin's disk.
    pub facts: BTreeMap<RecordRef, Fact>,
    /// Records that an officer was promised.
    pub acknowledged: BTreeSet<RecordRef>,
    /// What each office has on disk, in its order.
    pub feeds: Vec<Vec<Fed>>,
    /// The same, to look up.
    pub holds: Vec<BTreeSet<RecordRef>>,
    /// Public keys that each office has ever had.
    pub keys: Vec<Vec<PublicKey>>,
    /// What disasters did.
    pub losses: Losses,
    pub(crate) parents: Vec<Option<usize>>,
    pub(crate) ids: Vec<OfficeId>,
    /// Whose each machine is: a copied office has two.
    pub(crate) homes: Vec<usize>,
    pub(crate) cursors: Vec<Cursor>,
    pub(crate) links: Vec<BTreeMap<OfficeId, Link>>,
    pub(crate) epochs: Vec<Option<Epoch>>,
}

/// A record on its origin's disk.
#[derive(Debug)]
pub struct Fact {
    /// Of its bytes. An officer who asks again on a machine that has forgotten the record gets it made again, with the same words.
    pub versions: Vec<Digest>,
    /// Who must have it in the end.
    pub expected: BTreeSet<usize>,
    /// A registry entry: others may get it too, as an introduction.
    pub registers: bool,
}

/// A record on some office's disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fed {
    /// Which.
    pub reference: RecordRef,
    /// Who sent it.
    pub from: Option<OfficeId>,
    /// Its lane.
    pub lane: Lane,
    /// Of its bytes.
    pub digest: Digest,
}

impl Ledger {
    /// Nothing is known yet.
    pub fn new(parents: Vec<Option<usize>>, ids: Vec<OfficeId>) -> Self {
        let count = parents.len();
        Self {
            root_pin: Digest::ZERO,
            known_to_root: BTreeSet::from([0]),
            without_node: BTreeMap::new(),
            without_node_known: Vec::new(),
            spoiled: BTreeSet::new(),
            facts: BTreeMap::new(),
            acknowledged: BTreeSet::new(),
            feeds: vec![Vec::new(); count],
            holds: vec![BTreeSet::new(); count],
            keys: vec![Vec::new(); count],
            losses: Losses::default(),
            parents,
            ids,
            homes: (0..count).collect(),
            cursors: vec![Cursor::default(); count],
            links: vec![BTreeMap::new(); count],
            epochs: vec![None; count],
        }
    }

    // ---- the tree ----

    /// Ancestors, nearest first.
    pub fn above(&self, at: usize) -> Vec<usize> {
        std::iter::successors(self.parents[at], |at| self.parents[*at]).collect()
    }

    /// The office and everything below it.
    pub fn below(&self, top: usize) -> Vec<usize> {
        (0..self.parents.len()).filter(|at| *at == top || self.above(*at).contains(&top)).collect()
    }

    /// Parent and children.
    pub fn neighbours(&self, parent: Option<usize>, own: &OfficeId) -> Vec<OfficeId> {
        let at = self.place(own);
        let children = (0..self.parents.len()).filter(|child| self.parents[*child] == Some(at));
        parent.into_iter().chain(children).map(|at| self.ids[at].clone()).collect()
    }

    /// Its place.
    pub fn place(&self, id: &OfficeId) -> usize {
        self.ids.iter().position(|known| known == id).expect("an office of this world")
    }

    /// Everybody between two offices, and both.
    pub fn way(&self, from: usize, to: usize) -> BTreeSet<usize> {
        let line = |at: usize| std::iter::once(at).chain(self.above(at)).collect::<Vec<_>>();
        let (up, down) = (line(from), line(to));
        let meet = up.iter().find(|at| down.contains(at)).copied().expect("one tree has one root");
        let until = |line: Vec<usize>| line.into_iter().take_while(|at| *at != meet).collect::<Vec<_>>();
        until(up).into_iter().chain(until(down)).chain([meet]).collect()
    }

    /// Everybody who must have a record: those addressed, and those on the way to them.
    fn expected(&self, origin: usize, audience: &[Audience]) -> BTreeSet<usize> {
        let mut to = BTreeSet::from([origin]);
        for clause in audience {
            match clause {
                Audience::UpTo(top) => to.extend([self.place(top)]),
                Audience::Subtree(top) => match self.without_node.get(top) {
                    Some(parent) => to.extend([*parent]),
                    None => to.extend(self.below(self.place(top))),
                },
                Audience::Offices(ids) => {
                    to.extend(ids.iter().map(|id| self.without_node.get(id).copied().unwrap_or_else(|| self.place(id))));
                }
            }
        }
        to.into_iter().flat_map(|at| self.way(origin, at)).collect()
    }

    // ---- what is promised ----

    /// An officer has seen that the record is saved.
    pub fn acknowledge(&mut self, office: usize, id: RecordId) {
        self.acknowledged.insert(RecordRef { origin: self.ids[office].clone(), id });
    }

    /// A commit is done: what is new, and what it claims.
    pub fn committed(&mut self, at: usize, store: &Store) -> Checked {
        for group in store.records_after(self.cursors[at], usize::MAX).map_err(|e| self.broken(at, &e.to_string()))? {
            for stored in group.records {
                self.feed(at, &stored.record, stored.from.clone())?;
            }
            self.cursors[at] = group.end;
        }
        if self.homes[at] == 0 {
            let tree = store.registry();
            let known = self.without_node.keys().filter(|id| tree.entry(id).is_some());
            self.without_node_known = known.cloned().collect();
            self.known_to_root = (0..self.ids.len()).filter(|at| tree.entry(&self.ids[*at]).is_some()).collect();
        }
        self.positions(at, store)
    }

    /// An office was started anew: everything that was on its disk still is, in its order.
    pub fn reopened(&mut self, at: usize, store: &Store) -> Checked {
        let before = std::mem::take(&mut self.feeds[at]);
        self.holds[at].clear();
        self.cursors[at] = Cursor::default();
        self.committed(at, store)?;
        if !self.feeds[at].starts_with(&before) {
            let kept = self.feeds[at].iter().zip(&before).take_while(|(now, then)| now == then).count();
            let what = format!("{} of {} records are left after a restart, then {:?}", kept, before.len(), before.get(kept));
            return Err(self.broken(at, &what));
        }
        Ok(())
    }

    fn feed(&mut self, at: usize, record: &Record, from: Option<OfficeId>) -> Checked {
        let (reference, digest) = (record.reference(), record.digest());
        let (lane, origin, home) = (record.header().lane(), self.place(&record.header().origin), self.homes[at]);
        if !self.holds[at].insert(reference.clone()) {
            return Err(self.broken(at, &format!("{reference} is there twice")));
        }
        let made_here = from.is_none() && origin == home;
        self.feeds[at].push(Fed { reference: reference.clone(), from, lane, digest });
        self.losses.found(home, &reference);
        match self.facts.get_mut(&reference) {
            None if made_here => {
                let expected = self.expected(home, &record.header().audience);
                let registers = record.header().kind == OFFICE_KIND;
                self.facts.insert(reference, Fact { versions: vec![digest], expected, registers });
                Ok(())
            }
            None => Err(self.broken(at, &format!("{reference} is not on its origin's disk"))),
            Some(known) if known.versions.contains(&digest) => Ok(()),
            Some(known) if made_here && self.losses.struck.contains(&home) => {
                known.versions.push(digest);
                Ok(())
            }
            Some(_) => Err(self.broken(at, &format!("{reference} has other bytes than at its origin"))),
        }
    }

    // ---- what is said ----

    /// An acknowledgement leaves: it must be on disk.
    pub fn custody_is_true(&self, at: usize, peer: usize, custody: &Custody, held: Option<Held>) -> Checked {
        let held = held.filter(|held| held.epoch == custody.epoch).map(|held| held.lanes[custody.lane]);
        if held == Some(custody.at) {
            return Ok(());
        }
        if held.is_some_and(|held| held.seq > custody.at.seq) {
            return Ok(());
        }
        let what = format!(
            "tells {} custody of {} {}, but holds {:?}",
            self.ids[self.homes[peer]],
            custody.lane.name(),
            custody.at.seq,
            held
        );
        Err(self.broken(at, &what))
    }

    /// What honest machines with honest disks never count, and what they count only after a disaster.
    pub fn counted(&self, at: usize, event: LinkEvent) -> Checked {
        match event {
            LinkEvent::HelloRefused
            | LinkEvent::PeerFault
            | LinkEvent::UnknownFrame
            | LinkEvent::FetchFailed
            | LinkEvent::FileDiscarded
            | LinkEvent::QuestionRefused => Err(self.broken(at, &format!("counts {}", event.name()))),
            LinkEvent::PeerRestored
            | LinkEvent::PeerHoldsEarlierEpoch
            | LinkEvent::PeerHoldsUnknownEpoch
            | LinkEvent::PeerKnowsMore
            | LinkEvent::ChainDiffers
            | LinkEvent::PeerNewEpoch
            | LinkEvent::PeerReplaced
            | LinkEvent::OwnStateRestored
            | LinkEvent::TicketStale
            | LinkEvent::Quarantined
            | LinkEvent::RefusedByPeer
                if self.losses.struck.is_empty() =>
            {
                Err(self.broken(at, &format!("counts {}", event.name())))
            }
            LinkEvent::Refusal if self.spoiled.is_empty() && self.losses.struck.is_empty() => {
                Err(self.broken(at, "a record was refused"))
            }
            LinkEvent::Resumed
            | LinkEvent::PeerHoldsNothing
            | LinkEvent::GhostReplaced
            | LinkEvent::Silence
            | LinkEvent::LaneShut
            | LinkEvent::BatchDropped
            | LinkEvent::Refusal
            | LinkEvent::CustodyLate
            | LinkEvent::PeerDrained
            | LinkEvent::FetchFinished
            | LinkEvent::PeerRestored
            | LinkEvent::PeerHoldsEarlierEpoch
            | LinkEvent::PeerHoldsUnknownEpoch
            | LinkEvent::PeerKnowsMore
            | LinkEvent::ChainDiffers
            | LinkEvent::PeerNewEpoch
            | LinkEvent::PeerReplaced
            | LinkEvent::OwnStateRestored
            | LinkEvent::TicketStale
            | LinkEvent::Quarantined
            | LinkEvent::RefusedByPeer => Ok(()),
        }
    }

    /// Whether a machine of that office holds it.
    pub fn has(&self, office: usize, reference: &RecordRef) -> bool {
        (0..self.holds.len()).any(|at| self.homes[at] == office && self.holds[at].contains(reference))
    }

    pub(crate) fn broken(&self, at: usize, what: &str) -> Fault {
        Fault(format!("{}: {what}", self.ids[self.homes[at]]))
    }
}
