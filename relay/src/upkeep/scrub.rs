//! Reads the whole journal again over the weeks, and gets back what it finds damaged, while the node works.
//!
//! Each stretch is read from the disk and every checksum compared. Where something is wrong, the records of that segment that cannot be
//! given to anybody any more are asked for at the neighbours that may have them; what comes is kept anew and stands in for the lost one
//! ([`crate::writer::lost`]'s part). The position is remembered across restarts; so are damaged segments, until nothing is missing.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::task::spawn_blocking;

use crate::{
    ids::{OfficeId, RecordRef, UnixMillis},
    journal::{Cursor, Damage, Lost, ReadError},
    link::event::Event,
    relay::Inner,
    writer::{Store, StoreError, intent::Intent},
};

/// Where this crate keeps how far it has got.
const NAMESPACE: &str = "relay.scrub";
const STATE: &str = "state";
/// Records that were missing when it was last looked; a key of its own, because the state ends in a list.
const MISSING: &str = "missing";
/// Journal read at once, bytes.
const STRETCH_BYTES: usize = 256 << 10;
/// Never faster than this.
const PAUSE_MIN: Duration = Duration::from_millis(50);
/// How often the position is noted.
const NOTE_EVERY: Duration = Duration::from_secs(3600);
/// How often it is looked after what is missing.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// Records that are asked for at once.
const ASKED_MAX: usize = 64;

/// How far the slow reading has got.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scrubbed {
    /// Groups of this round that were read.
    pub groups: u64,
    /// When the last whole round ended; `None`: none has.
    pub last_round: Option<UnixMillis>,
    /// Damaged places found in all rounds; one that is met again counts again.
    pub found: u64,
    /// Segments in which records are lost and not back yet.
    pub damaged: BTreeSet<u32>,
    /// Records in these that were not back when it was last looked.
    pub missing: u64,
}

impl Scrubbed {
    /// As the store remembers it.
    pub fn of(store: &Store) -> Result<Self, StoreError> {
        let kept = store.local(NAMESPACE, STATE)?;
        let missing = store.local(NAMESPACE, MISSING)?.and_then(|bytes| bytes.as_ref().try_into().ok());
        let read = kept.and_then(|bytes| Self::read(&bytes)).unwrap_or_default();
        Ok(Self { missing: missing.map_or(0, u64::from_be_bytes), ..read })
    }

    fn read(bytes: &Bytes) -> Option<Self> {
        let mut numbers = bytes.chunks_exact(8).map(|chunk| chunk.try_into().map(u64::from_be_bytes));
        let mut next = || numbers.next()?.ok();
        let (groups, last, found) = (next()?, next()?, next()?);
        let last_round = i64::try_from(last).ok().filter(|at| *at > 0).map(UnixMillis);
        let damaged = std::iter::from_fn(next).filter_map(|number| u32::try_from(number).ok()).collect();
        Some(Self { groups, last_round, found, damaged, missing: 0 })
    }

    fn bytes(&self) -> Bytes {
        let last = self.last_round.map_or(0, |at| u64::try_from(at.0).unwrap_or(0));
        let damaged = self.damaged.iter().map(|number| u64::from(*number));
        [self.groups, last, self.found].into_iter().chain(damaged).flat_map(u64::to_be_bytes).collect()
    }
}

/// Scrubs until the node stops.
pub(crate) async fn run(relay: Arc<Inner>, found_at_open: Vec<Damage>) {
    let Ok(done) = Scrubbed::of(&relay.store) else { return };
    let until = relay.store.journal().end().groups;
    let zero = Duration::ZERO;
    let mut scrub = Scrub { due: zero, noted_at: zero, looked: zero, noted: done.clone(), done, until, relay };
    scrub.add(&found_at_open);
    let mut stop = scrub.relay.stop.clone();
    loop {
        let pause = scrub.pause();
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return scrub.note(),
            () = tokio::time::sleep(pause) => {}
        }
        if let Err(fault) = scrub.work().await {
            tracing::warn!(error = %fault, "the journal is not read again just now");
            scrub.looked = scrub.relay.clock.monotonic();
            tokio::time::sleep(PAUSE_MIN).await;
        }
    }
}

struct Scrub {
    relay: Arc<Inner>,
    done: Scrubbed,
    noted: Scrubbed,
    /// Groups that there were when the round began: what this writes itself must not keep it going.
    until: u64,
    /// When the next stretch is due.
    due: Duration,
    noted_at: Duration,
    looked: Duration,
}

impl Scrub {
    /// So that a round takes as long as is wanted.
    fn each(&self) -> Duration {
        let stretches = self.relay.store.journal().bytes() / STRETCH_BYTES as u64 + 1;
        self.relay.settings.scrub_round / u32::try_from(stretches).unwrap_or(u32::MAX)
    }

    fn look_every(&self) -> Duration {
        self.relay.settings.scrub_round.min(LOOK_EVERY)
    }

    fn pause(&self) -> Duration {
        self.each().min(self.look_every()).max(PAUSE_MIN)
    }

    /// What is due.
    async fn work(&mut self) -> Result<(), StoreError> {
        let now = self.relay.clock.monotonic();
        if now >= self.due {
            self.due = now + self.each();
            self.stretch().await?;
        }
        if now.saturating_sub(self.looked) >= self.look_every() {
            self.looked = now;
            self.look_after_damage().await?;
        }
        let changed = self.done.damaged != self.noted.damaged || self.done.missing != self.noted.missing;
        if changed || now.saturating_sub(self.noted_at) >= NOTE_EVERY {
            self.noted_at = now;
            self.note();
        }
        Ok(())
    }

    async fn stretch(&mut self) -> Result<(), StoreError> {
        let (reader, groups) = (self.relay.store.journal().clone(), self.done.groups);
        let read = spawn_blocking(move || reader.groups_after(Cursor { groups, ..Cursor::default() }, STRETCH_BYTES)).await;
        match read.map_err(|_| StoreError::Journal("a reading that does not panic"))? {
            Ok(read) => {
                for group in &read {
                    self.add(&group.damaged);
                    self.done.groups = group.end.groups;
                }
                if self.done.groups >= self.until {
                    self.until = self.relay.store.journal().end().groups;
                    (self.done.groups, self.done.last_round) = (0, Some(self.relay.clock.wall()));
                    self.note();
                }
            }
            // Less is there than before: from the beginning.
            Err(ReadError::BeyondEnd { .. }) => self.done.groups = 0,
            Err(fault) => return Err(fault.into()),
        }
        Ok(())
    }

    fn add(&mut self, damaged: &[Damage]) {
        for damage in damaged {
            if matches!(damage.lost, Lost::Chain | Lost::HeaderCopy) || self.relay.store.is_made_good(damage).unwrap_or(false) {
                continue;
            }
            if self.done.damaged.insert(damage.segment) {
                tracing::error!(segment = damage.segment, offset = damage.offset, "the journal is damaged");
                self.done.found += 1;
                self.looked = Duration::ZERO;
            }
        }
    }

    /// Asks for what is missing; forgets segments in which nothing is.
    async fn look_after_damage(&mut self) -> Result<(), StoreError> {
        if self.done.damaged.is_empty() {
            return Ok(());
        }
        let (store, segments) = (self.relay.store.clone(), self.done.damaged.clone());
        // A group that moved is named by the segment where it stood first.
        let looked: BTreeSet<_> = segments.iter().flat_map(|number| [number.saturating_sub(1), *number]).collect();
        let lost = spawn_blocking(move || store.lost_in(&looked)).await;
        let lost = lost.map_err(|_| StoreError::Journal("a reading that does not panic"))??;
        self.done.missing = lost.len() as u64;
        if lost.is_empty() {
            self.done.damaged.clear();
            return Ok(());
        }
        for record in lost.iter().take(ASKED_MAX) {
            self.ask(record);
        }
        Ok(())
    }

    /// The parent has what this office and its subtree had made; a child what it, or one below it, has made, and what was sent to it.
    fn ask(&self, record: &RecordRef) {
        let tree = self.relay.store.registry();
        let towards = tree.child_towards(&record.origin).cloned();
        let children = || tree.children(tree.own()).filter(|child| child.key.is_some()).map(|child| child.office.clone());
        let below: Vec<OfficeId> = if towards.is_some() { towards.into_iter().collect() } else { children().collect() };
        for neighbour in tree.own_parent().cloned().into_iter().chain(below) {
            if let Some(door) = self.relay.hub.door(&neighbour) {
                // A session that has just ended needs nothing more.
                let _ = door.events.send(Event::WantLost(record.clone()));
            }
        }
    }

    fn note(&mut self) {
        if self.done == self.noted {
            return;
        }
        let keep = |key: &str, bytes| Intent::Local { namespace: NAMESPACE.to_owned(), key: key.to_owned(), bytes };
        self.relay.writer.note(keep(STATE, self.done.bytes()));
        if self.done.missing != self.noted.missing {
            self.relay.writer.note(keep(MISSING, Bytes::copy_from_slice(&self.done.missing.to_be_bytes())));
        }
        self.noted = self.done.clone();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_scrubbed_comes_back_as_it_was_noted() {
        let done =
            Scrubbed { groups: 7, last_round: Some(UnixMillis(9)), found: 2, damaged: BTreeSet::from([1, 70_000]), missing: 0 };
        assert_eq!(Scrubbed::read(&done.bytes()), Some(done));
        assert_eq!(Scrubbed::read(&Scrubbed::default().bytes()), Some(Scrubbed::default()));
        assert_eq!(Scrubbed::read(&Bytes::from_static(b"short")), None);
    }
}
