//! The single writer: decides, appends one group, syncs, makes it visible, answers.
//!
//! ```text
//!   intents ──> decide ──> entries ──> journal.append (sync) ──> apply ──> heads + index ──> answers
//!                 │                                                ▲
//!                 └── heads, index, registry        replay after a crash: the same apply, nothing else
//! ```
//!
//! Promises: an answer is given only after the journal has it on disk; the journal holds decisions (verdict, routes, positions), so that
//! replay decides nothing; a refused intent changes nothing. Any error of the disk ends the writer: the caller stops serving and opens
//! the store anew.
//!
//! It has no thread of its own: a node drives it from one ([`thread`]), the simulator directly.

mod again;
mod apply;
mod decide;
mod enrol;
mod frames;
mod heads;
mod history;
mod hollow;
mod incoming;
pub mod intent;
mod keys;
mod line_messages;
mod lines;
mod lost;
mod messages;
mod naming;
mod neighbour;
mod open;
mod outbox;
mod parked;
mod routing;
mod salvage;
mod sleep;
mod store;
pub mod thread;
mod values;

pub use apply::Touched;
pub use enrol::OpenInvitation;
pub(crate) use enrol::open_invitations;
pub use heads::{Heads, LineHead};
pub use naming::Named;
pub use neighbour::WANTED_BACK;
pub use open::{Opening, rebuild};
pub use parked::ParkedRecord;
pub(crate) use salvage::{Piece, Pieces, Recovered};
pub use sleep::Dormant;
pub use store::{RecordState, Store, Stored};

use std::{
    collections::{BTreeSet, HashMap},
    iter::Peekable,
    sync::{Arc, PoisonError, RwLock},
};

use self::{
    decide::Decision,
    frames::{Entry, FrameFault, HollowItem},
    intent::{Answer, Intent},
};
use crate::{
    ids::{Digest, UnixMillis, Zone},
    index::{CUSTODY, Index, IndexError},
    journal::{Damage, Journal, JournalError, Place, ReadError},
    record::OfficeKey,
};

/// A commit that has made so many entries takes no further intent into its group.
const RUN_ENTRIES_MAX: usize = 4096;
/// Most entries of one group. Only a fork or a rebase makes more: positions, which can stand in several groups. Nothing else may, since
/// frames name each other by their index in the group.
const GROUP_ENTRIES_MAX: usize = 60_000;
/// Seals whose place is remembered, so that a group that comes in two batches is stored under one seal.
const SEALS_REMEMBERED: usize = 1024;

/// The store cannot go on, or does not hold what it should.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The journal.
    #[error(transparent)]
    Append(#[from] JournalError),
    /// Reading the journal.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The index.
    #[error(transparent)]
    Broken(#[from] IndexError),
    /// A frame.
    #[error(transparent)]
    Frame(#[from] FrameFault),
    /// The index holds something that cannot be.
    #[error("index does not fit the journal: {0}")]
    Index(&'static str),
    /// The journal holds something that cannot be.
    #[error("journal does not hold what it should: {0}")]
    Journal(&'static str),
    /// What the index would have to be made anew from is damaged. Nothing was touched: a backup helps, or what a salvage brings.
    #[error(
        "the index must be made anew and the journal is damaged in segment {} at byte {}: restore the folder from a backup",
        .0.segment,
        .0.offset
    )]
    Damaged(Damage),
    /// Another office's folder.
    #[error("the data folder belongs to office {0}")]
    AnotherOffice(String),
}

/// How full the disk is, as the caller has measured it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Space {
    /// Everything is taken.
    Enough,
    /// Routine records are refused.
    Low,
    /// Only flash and control records are taken.
    VeryLow,
    /// Nothing is taken.
    None,
}

/// When a commit is made.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// This machine's wall clock.
    pub wall: UnixMillis,
    /// That clock minus the parent's, as last measured, ms; 0: not measured.
    pub offset_ms: i64,
    /// Room on the disk.
    pub space: Space,
}

/// Who the store is of.
pub struct Identity {
    /// The office's key; also names the office in the registry.
    pub key: OfficeKey,
    /// Its id.
    pub office: crate::ids::OfficeId,
    /// Its zone.
    pub zone: Zone,
    /// The root key that everything is believed from.
    pub root_pin: Digest,
}

/// Fills a slice with random bytes.
pub type Random = Box<dyn FnMut(&mut [u8]) + Send>;

/// See the module.
pub struct Writer {
    identity: Identity,
    journal: Journal,
    store: Store,
    random: Random,
    seals: HashMap<Digest, Place>,
}

/// What a commit did.
#[derive(Debug, Default)]
pub struct Committed {
    /// One per intent, in order.
    pub answers: Vec<Answer>,
    /// Links with something new.
    pub touched: Touched,
    /// The registry changed.
    pub registry_changed: bool,
}

impl Writer {
    /// Decides, appends, applies, answers. After an error the writer must not be used again.
    pub fn commit(&mut self, intents: Vec<Intent>, at: Moment) -> Result<Committed, StoreError> {
        let before = self.store.registry();
        let mut committed = Committed::default();
        let mut rest = intents.into_iter().peekable();
        while rest.peek().is_some() {
            self.commit_run(&mut rest, at, &mut committed)?;
        }
        committed.registry_changed = !Arc::ptr_eq(&before, &self.store.registry());
        Ok(committed)
    }

    /// Takes as many intents as make one group.
    fn commit_run(
        &mut self,
        rest: &mut Peekable<std::vec::IntoIter<Intent>>,
        at: Moment,
        committed: &mut Committed,
    ) -> Result<(), StoreError> {
        let heads = self.store.heads.clone();
        let decided = {
            let heads = heads.read().unwrap_or_else(PoisonError::into_inner);
            let known = (&mut self.random, &self.seals);
            let mut decision = Decision::new(&heads, &self.store, &self.identity, at, known);
            let mut answers = Vec::new();
            let mut alone = false;
            while let Some(intent) = rest.next_if(|next| {
                answers.is_empty() || !(alone || next.stands_alone() || decision.entries.len() >= RUN_ENTRIES_MAX)
            }) {
                alone = intent.stands_alone();
                answers.push(decision.intent(intent)?);
            }
            decision.finish(answers)?
        };
        for group in decided.entries.chunks(GROUP_ENTRIES_MAX) {
            committed.touched.links.extend(self.append(group)?.links);
        }
        committed.answers.extend(decided.answers);
        Ok(())
    }

    fn append(&mut self, entries: &[Entry]) -> Result<Touched, StoreError> {
        let frames: Vec<_> = entries.iter().map(Entry::to_frame).collect();
        self.roll_for(entries);
        let places = self.journal.append(&frames)?;
        self.remember_seals(entries, &places);
        let placed: Vec<_> = places.into_iter().zip(entries.iter().cloned()).collect();
        let end = self.store.journal.end();
        let mut heads = self.store.heads.write().unwrap_or_else(PoisonError::into_inner);
        let (batch, touched) = apply::apply(&mut heads, &placed, end)?;
        self.store.index.apply(CUSTODY, &batch)?;
        Ok(touched)
    }

    /// A segment that is written to cannot be written anew: what says that bodies in it go begins another.
    fn roll_for(&mut self, entries: &[Entry]) {
        let mut places = BTreeSet::new();
        for entry in entries {
            if let Entry::HollowIntent(head) = entry {
                places.extend(head.items.iter().map(HollowItem::place));
            }
        }
        if self.journal.reader().is_open_at(&places) {
            self.journal.roll();
        }
    }

    fn remember_seals(&mut self, entries: &[Entry], places: &[Place]) {
        if self.seals.len() > SEALS_REMEMBERED {
            self.seals.clear();
        }
        for (entry, place) in entries.iter().zip(places) {
            if let Entry::Seal(seal) = entry {
                self.seals.insert(seal.raw().hash(), *place);
            }
        }
    }

    /// The reading side.
    pub fn store(&self) -> Store {
        self.store.clone()
    }

    /// Makes the index durable, so that the next start replays little.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        Ok(self.store.index.checkpoint()?)
    }

    /// A clean end: the next start replays nothing.
    pub fn close(self) -> Result<(), StoreError> {
        self.checkpoint()?;
        Ok(self.journal.close()?)
    }
}

fn shared(heads: Heads) -> Arc<RwLock<Heads>> {
    Arc::new(RwLock::new(heads))
}

fn store_of(journal: &Journal, index: Arc<dyn Index>, heads: Heads) -> Store {
    Store { index, journal: journal.reader(), heads: shared(heads), lost_sent: Arc::default() }
}

#[cfg(test)]
mod tests;
