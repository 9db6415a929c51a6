//! Where the journal cannot be read: what the index still knows of a record there, and how it comes back.
//!
//! Damage stays where it is and is passed over; nothing else stops because of it. A lost record keeps its name and digest in the index: its
//! position in an outgoing lane goes out as a tombstone. When a neighbour gives the very same record again, it is kept anew and stands in
//! for the lost one, in outgoing lanes too.

use std::{collections::BTreeSet, sync::atomic::Ordering};

use prost::Message as _;

use super::{
    StoreError,
    frames::{AcceptedFrame, Entry, HeaderBrief},
    keys::{self, Reader},
    outbox::SealCache,
    store::Store,
};
use crate::{
    ids::{Digest, OfficeId, RecordId, RecordRef},
    index::{CUSTODY, Order, after_prefix},
    journal::{Damage, Lost, Place, ReadError},
    link::{event::Outgoing, frame::Item},
};

/// Records that are looked through at a time.
const PAGE: usize = 1024;

/// A record as far as positions need it.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub(super) reference: RecordRef,
    pub(super) digest: Digest,
    /// Where it stands now.
    pub(super) place: Place,
}

/// What is lost is `None`; every other fault is one.
pub(super) fn unless_lost<T>(read: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match read {
        Ok(found) => Ok(Some(found)),
        Err(StoreError::Read(ReadError::Damaged(_) | ReadError::NotThere(_))) => Ok(None),
        Err(fault) => Err(fault),
    }
}

impl Named {
    pub(super) fn of(head: &AcceptedFrame, place: Place) -> Result<Self, StoreError> {
        let brief = HeaderBrief::decode(head.header.clone()).map_err(|_| StoreError::Journal("record header"))?;
        Ok(Self { reference: brief.reference()?, digest: head.digest()?, place })
    }
}

impl Store {
    /// The record of a place, whether it can be read or not.
    pub(super) fn named(&self, place: Place) -> Result<Named, StoreError> {
        match unless_lost(self.accepted(place))? {
            Some((head, _)) => Named::of(&head, place),
            None => self.name_of_lost(place),
        }
    }

    /// Looks through all records: slow, and rarely needed.
    fn name_of_lost(&self, place: Place) -> Result<Named, StoreError> {
        let (mut from, end) = (b"r".to_vec(), after_prefix(b"r"));
        loop {
            let page = self.index.range(CUSTODY, &from, &end, Order::Forward, PAGE)?;
            for (key, value) in &page {
                let read = keys::read_record(value).ok_or(StoreError::Index("record key"))?;
                if read.place == place || read.instead_of == Some(place) {
                    let mut parts = Reader(&key[1..]);
                    let origin = parts.office().ok_or(StoreError::Index("record key"))?;
                    let id = RecordId::from_slice(parts.0).map_err(|_| StoreError::Index("record key"))?;
                    return Ok(Named { reference: RecordRef { origin, id }, digest: read.digest, place: read.place });
                }
            }
            let Some((last, _)) = page.last() else { return Err(StoreError::Index("a lost record without a name")) };
            from = [last.as_slice(), &[0]].concat();
        }
    }

    /// What goes out for a position whose record, or its seal, cannot be read where it was put first.
    pub(super) fn item_of_lost(&self, place: Place, seals: &mut SealCache) -> Result<Outgoing, StoreError> {
        let Named { reference, digest, place: now } = self.name_of_lost(place)?;
        if now != place {
            let read = self.accepted(now).and_then(|(head, body)| self.carried(now, &head, &body, seals));
            if let Some(carried) = unless_lost(read)? {
                return Ok(Outgoing { item: Item::Record(carried), digest });
            }
        }
        self.lost_sent.fetch_add(1, Ordering::Relaxed);
        tracing::warn!(origin = %reference.origin, id = ?reference.id, "a record that cannot be read goes out as a tombstone");
        Ok(Outgoing { item: Item::Tombstone { reference, digest }, digest })
    }

    /// How often a position went out as a tombstone since the start because its record cannot be read.
    pub fn lost_sent(&self) -> u64 {
        self.lost_sent.load(Ordering::Relaxed)
    }
}

/// What became of damage that was found while the store is in use.
impl Store {
    /// Records whose place is in these segments and that cannot be given to a neighbour: they, or their seals, are lost.
    pub fn lost_in(&self, segments: &BTreeSet<u32>) -> Result<Vec<RecordRef>, StoreError> {
        let (mut from, end, mut lost) = (b"r".to_vec(), after_prefix(b"r"), Vec::new());
        loop {
            let page = self.index.range(CUSTODY, &from, &end, Order::Forward, PAGE)?;
            for (key, value) in &page {
                let read = keys::read_record(value).ok_or(StoreError::Index("record key"))?;
                if segments.contains(&read.place.segment) && unless_lost(self.carried_at(read.place))?.is_none() {
                    let mut parts = Reader(&key[1..]);
                    let origin = parts.office().ok_or(StoreError::Index("record key"))?;
                    let id = RecordId::from_slice(parts.0).map_err(|_| StoreError::Index("record key"))?;
                    lost.push(RecordRef { origin, id });
                }
            }
            let Some((last, _)) = page.last() else { return Ok(lost) };
            from = [last.as_slice(), &[0]].concat();
        }
    }

    /// Whether a record can be read, where it stands now.
    pub fn is_sound(&self, reference: &RecordRef) -> Result<bool, StoreError> {
        let Some((place, _)) = self.find(reference)? else { return Ok(true) };
        Ok(unless_lost(self.carried_at(place))?.is_some())
    }

    /// Whether nothing is missing because of some damage: the record whose body it hit stands whole elsewhere.
    pub fn is_made_good(&self, damage: &Damage) -> Result<bool, StoreError> {
        let Lost::Body { kept, .. } = &damage.lost else { return Ok(false) };
        let Entry::Accepted(head, _) = Entry::from_frame(kept)? else { return Ok(false) };
        let brief = HeaderBrief::decode(head.header.clone()).map_err(|_| StoreError::Journal("record header"))?;
        self.is_sound(&brief.reference()?)
    }

    /// Whether a record has come from that neighbour, or was routed to it.
    pub(crate) fn has_passed(&self, place: Place, neighbour: &OfficeId) -> bool {
        let head = self.accepted(place).map(|(head, _)| head);
        head.is_ok_and(|head| {
            head.from == neighbour.as_str() || head.routes.iter().any(|route| route.neighbour == neighbour.as_str())
        })
    }
}
