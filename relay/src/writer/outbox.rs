//! Reading an outbox: which record stands at which position of an outgoing lane, with the chain that neighbours compare.

use std::sync::Arc;

use super::{
    StoreError,
    frames::AcceptedFrame,
    keys,
    lost::{Named, unless_lost},
    store::Store,
};
use crate::{
    ids::{Digest, Lane, LinkSeq, OfficeId, UnixMillis},
    index::{CUSTODY, Order},
    journal::Place,
    link::{
        event::Outgoing,
        frame::{Carried, Hop, Item, Position},
    },
    record::RawSeal,
};

impl Store {
    pub(crate) fn place_at(&self, to: &OfficeId, ordinal: u32, lane: Lane, seq: LinkSeq) -> Result<Option<Place>, StoreError> {
        let before = LinkSeq(seq.0.saturating_sub(1));
        let found = self.entries(to, (ordinal, lane), before, 1)?;
        Ok(found.first().filter(|(at, _)| *at == seq).map(|(_, place)| *place))
    }

    /// Positions of an outbox after `after`, in order.
    pub(crate) fn entries(
        &self,
        to: &OfficeId,
        (ordinal, lane): (u32, Lane),
        after: LinkSeq,
        max: usize,
    ) -> Result<Vec<(LinkSeq, Place)>, StoreError> {
        let mut found = Vec::new();
        let mut next = after.next();
        while found.len() < max {
            let Some((first, value)) = self.chunk_of(to, (ordinal, lane), next)? else { break };
            let places: Option<Vec<Place>> = value[32..].chunks(14).map(keys::read_place).collect();
            let places = places.ok_or(StoreError::Index("outbox"))?;
            let skip = usize::try_from(next.0 - first.0).unwrap_or(usize::MAX);
            let taken = places.into_iter().skip(skip).take(max - found.len());
            let before = found.len();
            found.extend(taken.zip(next.0..).map(|(place, seq)| (LinkSeq(seq), place)));
            if found.len() == before {
                break;
            }
            next = LinkSeq(next.0 + (found.len() - before) as u64);
        }
        Ok(found)
    }

    /// The chunk that a position stands in: its first position and its value.
    fn chunk_of(
        &self,
        to: &OfficeId,
        (ordinal, lane): (u32, Lane),
        seq: LinkSeq,
    ) -> Result<Option<(LinkSeq, Vec<u8>)>, StoreError> {
        let from = keys::outbox(to, ordinal, lane).done();
        let past = keys::outbox(to, ordinal, lane).seq(seq.next()).done();
        let found = self.index.range(CUSTODY, &from, &past, Order::Backward, 1)?;
        let Some((key, value)) = found.into_iter().next() else { return Ok(None) };
        let first = keys::Reader(&key[from.len()..]).seq().ok_or(StoreError::Index("outbox key"))?;
        if value.len() < 32 {
            return Err(StoreError::Index("outbox"));
        }
        let count = ((value.len() - 32) / 14) as u64;
        Ok((seq.0 < first.0 + count).then_some((first, value)))
    }

    /// Chain hash of an outgoing lane at a position of the current epoch; `None`: no such position.
    pub fn chain_at(&self, to: &OfficeId, lane: Lane, seq: LinkSeq) -> Result<Option<Digest>, StoreError> {
        let (ordinal, epoch) = self.with_heads(|heads| (heads.ordinal(), heads.epoch()));
        let mut at = Position::start(epoch);
        if seq.0 == 0 {
            return Ok(Some(at.hash));
        }
        let Some((first, _)) = self.chunk_of(to, (ordinal, lane), seq)? else { return Ok(None) };
        if first.0 > 1 {
            let before = LinkSeq(first.0 - 1);
            let (_, value) = self.chunk_of(to, (ordinal, lane), before)?.ok_or(StoreError::Index("outbox hole"))?;
            let hash = Digest::from_slice(&value[..32]).map_err(|_| StoreError::Index("outbox"))?;
            at = Position { seq: before, hash };
        }
        let count = usize::try_from(seq.0 - at.seq.0).unwrap_or(usize::MAX);
        for (_, place) in self.entries(to, (ordinal, lane), at.seq, count)? {
            at = at.after(self.named(place)?.digest);
        }
        Ok((at.seq == seq).then_some(at.hash))
    }

    /// What stands in an outgoing lane after a position, at least one item if there is any, up to the limits.
    pub fn load(
        &self,
        to: &OfficeId,
        lane: Lane,
        after: LinkSeq,
        (max_records, max_bytes): (usize, usize),
    ) -> Result<Vec<Outgoing>, StoreError> {
        let (ordinal, tombstones) = self.with_heads(|heads| {
            let tombstones = heads.out_lane(to, lane).map(|out| out.tombstones.clone());
            (heads.ordinal(), tombstones.unwrap_or_default())
        });
        let (mut items, mut bytes) = (Vec::new(), 0);
        let mut seals = SealCache::default();
        for (seq, place) in self.entries(to, (ordinal, lane), after, max_records)? {
            let item = self.item(place, tombstones.contains(&seq), &mut seals)?;
            bytes += item_bytes(&item.item);
            if bytes > max_bytes && !items.is_empty() {
                break;
            }
            items.push(item);
        }
        Ok(items)
    }

    fn item(&self, place: Place, is_tombstone: bool, seals: &mut SealCache) -> Result<Outgoing, StoreError> {
        if is_tombstone {
            let Named { reference, digest, .. } = self.named(place)?;
            return Ok(Outgoing { item: Item::Tombstone { reference, digest }, digest });
        }
        let read = self.accepted(place).and_then(|(head, body)| {
            let digest = head.digest()?;
            Ok(Outgoing { item: Item::Record(self.carried(place, &head, &body, seals)?), digest })
        });
        unless_lost(read)?.map_or_else(|| self.item_of_lost(place, seals), Ok)
    }

    pub(crate) fn carried(
        &self,
        place: Place,
        head: &AcceptedFrame,
        body: &bytes::Bytes,
        seals: &mut SealCache,
    ) -> Result<Carried, StoreError> {
        let seal_at = head.seal_at(place);
        let seal = match &seals.0 {
            Some((at, seal)) if *at == seal_at => seal.clone(),
            Some(_) | None => Arc::new(self.seal(seal_at)?),
        };
        seals.0 = Some((seal_at, seal.clone()));
        let mut trail = head.hops()?;
        let own = self.with_heads(|heads| heads.registry.own().clone());
        trail.push(Hop { office: own, received_at: UnixMillis(head.received_at), offset_ms: head.offset_ms });
        Ok(Carried { record: head.raw(body)?, seal, place: head.seal_place, trail })
    }
}

/// The seal that was read last: records of a group follow each other.
#[derive(Default)]
pub(crate) struct SealCache(Option<(Place, Arc<RawSeal>)>);

fn item_bytes(item: &Item) -> usize {
    match item {
        Item::Record(carried) => carried.record.size() + 64 + 24 * carried.trail.len(),
        Item::Tombstone { .. } => 96,
    }
}
