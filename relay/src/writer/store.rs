//! The reading side of a store: what links, pages and projections look up. Cheap to clone; never blocks the writer for long.

use std::sync::{Arc, PoisonError, RwLock, atomic::AtomicU64};

use prost::Message as _;

use super::{
    StoreError,
    frames::{AcceptedFrame, Entry, ParkedFrame, ParkedState},
    heads::Heads,
    keys::{self, Key},
    outbox::SealCache,
};
use crate::{
    feed::FeedGroup,
    ids::{Digest, Epoch, Lane, LinkSeq, OfficeId, PerLane, RecordId, RecordRef, Ticket, UnixMillis},
    index::{CUSTODY, Index, Order, after_prefix, scan_prefix},
    journal::{Cursor, JournalReader, Place},
    link::{
        event::Event,
        frame::{Ancestor, Carried, Held, Hop, Position, Refusal, RefusalCode},
        spans::Spans,
    },
    record::{RawSeal, Record},
    registry::Registry,
};

/// How far a record of ours has got. Each state includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordState {
    /// On this disk (已保存).
    Saved,
    /// On the disk of every neighbour that it was routed to (已送达上级).
    Custody,
    /// At everyone whom it was addressed to (已到达).
    Arrived,
    /// Refused by some office (滞留).
    Parked,
}

/// A record with what this office knows of its way.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The record.
    pub record: Record,
    /// Where it stands in the journal.
    pub place: Place,
    /// Who sent it; `None`: made here.
    pub from: Option<OfficeId>,
    /// When this office had it on disk, by its clock.
    pub received_at: UnixMillis,
    /// Earlier hops first.
    pub trail: Vec<Hop>,
    /// This office's clock minus its parent's when it was kept, ms; 0: not measured.
    pub offset_ms: i64,
}

/// Reads; see the module.
#[derive(Clone)]
pub struct Store {
    pub(super) index: Arc<dyn Index>,
    pub(super) journal: JournalReader,
    pub(super) heads: Arc<RwLock<Heads>>,
    pub(super) lost_sent: Arc<AtomicU64>,
}

impl Store {
    /// Looks at the heads; `look` must be short.
    pub(crate) fn with_heads<T>(&self, look: impl FnOnce(&Heads) -> T) -> T {
        look(&self.heads.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Who is who.
    pub fn registry(&self) -> Arc<Registry> {
        self.with_heads(|heads| heads.registry.clone())
    }

    /// Current epoch.
    pub fn epoch(&self) -> Epoch {
        self.with_heads(Heads::epoch)
    }

    /// How often something that is counted has happened, by its stable name.
    pub fn counter(&self, name: &str) -> u64 {
        self.with_heads(|heads| heads.counter(name))
    }

    /// What the index is.
    pub fn index(&self) -> Arc<dyn Index> {
        self.index.clone()
    }

    /// What the journal is.
    pub fn journal(&self) -> &JournalReader {
        &self.journal
    }

    /// Place and digest of a record, if it is held.
    pub fn find(&self, reference: &RecordRef) -> Result<Option<(Place, Digest)>, StoreError> {
        Ok(self.value_of(reference)?.map(|value| (value.place, value.digest)))
    }

    /// A record, if it is held.
    pub fn record(&self, reference: &RecordRef) -> Result<Option<Stored>, StoreError> {
        self.find(reference)?.map(|(place, _)| self.stored(place)).transpose()
    }

    /// The record at a place.
    pub fn stored(&self, place: Place) -> Result<Stored, StoreError> {
        let (head, body) = self.accepted(place)?;
        Self::stored_from(place, &head, &body)
    }

    pub(crate) fn stored_from(place: Place, head: &AcceptedFrame, body: &bytes::Bytes) -> Result<Stored, StoreError> {
        let record = Record::parse(head.raw(body)?).map_err(|_| StoreError::Journal("record"))?;
        Ok(Stored {
            record,
            place,
            from: OfficeId::parse(&head.from).ok(),
            received_at: UnixMillis(head.received_at),
            trail: head.hops()?,
            offset_ms: head.offset_ms,
        })
    }

    pub(crate) fn accepted(&self, place: Place) -> Result<(AcceptedFrame, bytes::Bytes), StoreError> {
        let frame = self.journal.frame(place)?;
        match Entry::from_frame(&frame)? {
            Entry::Accepted(head, _) => self.fill_hash(place, (head, self.body_of(place, &frame))),
            Entry::Seal(_) | Entry::Consumed(_) | Entry::Parked(_) | Entry::Positions(_) => Err(StoreError::Index("place")),
            Entry::Epoch(_) | Entry::Local(..) | Entry::NotInterpreted(_) => Err(StoreError::Index("place")),
            Entry::HollowIntent(_) | Entry::Hollowed(_) => Err(StoreError::Index("place")),
        }
    }

    pub(super) fn seal(&self, place: Place) -> Result<RawSeal, StoreError> {
        match Entry::from_frame(&self.journal.frame(place)?)? {
            Entry::Seal(seal) => Ok(seal.raw()),
            Entry::Accepted(..) | Entry::Consumed(_) | Entry::Parked(_) | Entry::Positions(_) => Err(StoreError::Index("seal")),
            Entry::Epoch(_) | Entry::Local(..) | Entry::NotInterpreted(_) => Err(StoreError::Index("seal")),
            Entry::HollowIntent(_) | Entry::Hollowed(_) => Err(StoreError::Index("seal")),
        }
    }

    /// How far a record of ours has got.
    pub fn state_of(&self, reference: &RecordRef) -> Result<Option<RecordState>, StoreError> {
        let Some((place, _)) = self.find(reference)? else { return Ok(None) };
        let (head, _) = self.accepted(place)?;
        // What a neighbour gave back is in its custody; how much further it had got is not said to whoever asks for it.
        let state = if !head.from.is_empty() && head.in_seq == 0 { RecordState::Custody } else { RecordState::Arrived };
        let routes = self.routes(place, &head)?;
        Ok(Some(routes.into_iter().fold(state, |state, (_, by_route)| match (state, by_route) {
            (RecordState::Parked, _) | (_, RecordState::Parked) => RecordState::Parked,
            (RecordState::Saved, _) | (_, RecordState::Saved) => RecordState::Saved,
            (RecordState::Custody, _) | (_, RecordState::Custody) => RecordState::Custody,
            (RecordState::Arrived, RecordState::Arrived) => RecordState::Arrived,
        })))
    }

    /// The neighbours to which a record of ours was routed, and how far it has got by each; none: it stays here, or is not here.
    pub fn routes_of(&self, reference: &RecordRef) -> Result<Vec<(OfficeId, RecordState)>, StoreError> {
        let Some((place, _)) = self.find(reference)? else { return Ok(Vec::new()) };
        let (head, _) = self.accepted(place)?;
        self.routes(place, &head)
    }

    fn routes(&self, place: Place, head: &AcceptedFrame) -> Result<Vec<(OfficeId, RecordState)>, StoreError> {
        let route = |(neighbour, lane, seq): (OfficeId, Lane, LinkSeq)| {
            let state = self.state_of_route(place, &neighbour, lane, seq)?;
            Ok((neighbour, state))
        };
        head.routes.iter().map(|at| route(at.read()?)).collect()
    }

    fn state_of_route(&self, place: Place, to: &OfficeId, lane: Lane, seq: LinkSeq) -> Result<RecordState, StoreError> {
        if seq.0 == 0 && self.is_missed(to, place) {
            return Ok(RecordState::Saved);
        }
        let ordinal = self.with_heads(Heads::ordinal);
        let at = self.position_now(ordinal, to, (lane, seq), place)?;
        self.state_at(at, to, lane, place)
    }

    fn state_at(
        &self,
        (ordinal, seq): (u32, LinkSeq),
        to: &OfficeId,
        lane: Lane,
        place: Place,
    ) -> Result<RecordState, StoreError> {
        if let Some(value) = self.index.get(CUSTODY, &keys::parked(to, ordinal, lane, seq))? {
            let state = ParkedFrame::decode(value.as_slice()).map_err(|_| StoreError::Index("parked"))?.state();
            return match state {
                ParkedState::Parked | ParkedState::RefusedBelow => Ok(RecordState::Parked),
                ParkedState::Retried => self.state_of_retry(place, to, (ordinal, lane, seq)),
                ParkedState::Withdrawn | ParkedState::Unspecified => Ok(RecordState::Saved),
            };
        }
        Ok(self.with_heads(|heads| match heads.out_lane(to, lane) {
            _ if ordinal < heads.ordinal() => RecordState::Custody,
            _ if seq.0 == 0 => RecordState::Saved,
            Some(out) if out.arrived >= seq && !heads.late_of(to, lane).contains(seq) => RecordState::Arrived,
            Some(out) if out.acked.max(out.arrived) >= seq => RecordState::Custody,
            Some(_) | None => RecordState::Saved,
        }))
    }

    /// It was put at the end of its lane once more, in that epoch or a later one.
    fn state_of_retry(
        &self,
        place: Place,
        to: &OfficeId,
        (ordinal, lane, seq): (u32, Lane, LinkSeq),
    ) -> Result<RecordState, StoreError> {
        for later in ordinal..=self.with_heads(Heads::ordinal) {
            let after = if later == ordinal { seq } else { LinkSeq(0) };
            let found = self.entries(to, (later, lane), after, usize::MAX)?;
            if let Some((seq, _)) = found.into_iter().find(|(_, at)| *at == place) {
                return self.state_at((later, seq), to, lane, place);
            }
        }
        Ok(RecordState::Saved)
    }

    /// A record's position may have moved to a later epoch since it was routed: the newest outbox that holds its place counts.
    fn position_now(
        &self,
        newest: u32,
        to: &OfficeId,
        (lane, seq): (Lane, LinkSeq),
        place: Place,
    ) -> Result<(u32, LinkSeq), StoreError> {
        for ordinal in (0..=newest).rev() {
            if (newest == 0 && seq.0 > 0) || self.place_at(to, ordinal, lane, seq)? == Some(place) {
                return Ok((ordinal, seq));
            }
            let found = self.entries(to, (ordinal, lane), LinkSeq(0), usize::MAX)?;
            if let Some((seq, _)) = found.into_iter().find(|(_, at)| *at == place) {
                return Ok((ordinal, seq));
            }
        }
        Ok((newest, seq))
    }

    /// What to say in Hello of our own lanes to a neighbour.
    pub fn sent(&self, to: &OfficeId) -> PerLane<Position> {
        self.with_heads(|heads| PerLane(Lane::ALL.map(|lane| heads.sent(to, lane))))
    }

    /// What to say in Hello of what we hold of a neighbour's.
    pub fn held(&self, from: &OfficeId) -> Option<Held> {
        self.with_heads(|heads| {
            let epoch = heads.incoming.get(from)?.epoch;
            Some(Held { epoch, lanes: PerLane(Lane::ALL.map(|lane| heads.held(from, epoch, lane))) })
        })
    }

    /// What to say in Hello of our earlier epochs, newest first.
    pub fn lineage(&self, to: &OfficeId) -> Vec<Ancestor> {
        self.with_heads(|heads| {
            let earlier = (0..heads.ordinal()).rev().take(16);
            let ancestors = earlier.filter_map(|ordinal| {
                let epoch = *heads.epochs.get(ordinal as usize)?;
                let at = heads.forked_at.get(&(to.clone(), ordinal)).copied();
                Some(Ancestor { epoch, forked_at: at.unwrap_or_default() })
            });
            ancestors.collect()
        })
    }

    /// Custody that the neighbour has given, per lane.
    pub fn acked(&self, to: &OfficeId) -> PerLane<LinkSeq> {
        self.with_heads(|heads| PerLane(Lane::ALL.map(|lane| heads.out_lane(to, lane).map_or(LinkSeq(0), |o| o.acked))))
    }

    /// How far our records have arrived, as the neighbour told, per lane.
    pub fn arrived_at(&self, to: &OfficeId) -> PerLane<LinkSeq> {
        self.with_heads(|heads| PerLane(Lane::ALL.map(|lane| heads.out_lane(to, lane).map_or(LinkSeq(0), |o| o.arrived))))
    }

    /// Tickets that count, newest first.
    pub fn tickets(&self, of: &OfficeId) -> Vec<Ticket> {
        self.with_heads(|heads| heads.tickets.get(of).cloned()).unwrap_or_default()
    }

    /// What to tell a neighbour of custody when it may have missed it.
    pub fn custody_event(&self, of: &OfficeId, lane: Lane, after: LinkSeq) -> Result<Option<Event>, StoreError> {
        let Some(held) = self.held(of) else { return Ok(None) };
        let refusals = self.refusals_after(of, lane, after)?;
        Ok(Some(Event::CustodyBefore { lane, at: held.lanes[lane], refusals }))
    }

    /// What to tell a neighbour of arrival: everything after a position, or what is new at the moment.
    pub fn arrived_event(&self, of: &OfficeId, lane: Lane, after: Option<LinkSeq>) -> Option<Event> {
        self.with_heads(|heads| {
            let incoming = heads.incoming.get(of)?;
            let (epoch, held) = (incoming.epoch, &incoming.lanes[lane]);
            let refused = held.refused.range(..=held.arrived).copied();
            let refused = refused.filter(|at| after.is_none_or(|after| *at > after)).collect();
            let (seq, mut late) = (held.arrived, Spans::default());
            held.late.values().for_each(|of| late.add_all(of));
            Some(match after {
                Some(_) => Event::ArrivedBefore { lane, seq, refused, late },
                None => Event::ArrivedBelow { epoch, lane, seq, refused, late },
            })
        })
    }

    /// Incoming positions that were refused here, after one of them: so that the sender can be told again.
    pub fn refusals_after(&self, from: &OfficeId, lane: Lane, after: LinkSeq) -> Result<Vec<Refusal>, StoreError> {
        let epoch = self.with_heads(|heads| heads.incoming.get(from).map(|link| link.epoch));
        let Some(epoch) = epoch else { return Ok(Vec::new()) };
        let prefix = keys::refused(from, epoch, lane).done();
        let first = keys::refused(from, epoch, lane).seq(after.next()).done();
        let found = self.index.range(CUSTODY, &first, &after_prefix(&prefix), Order::Forward, usize::MAX)?;
        let read = found.into_iter().map(|(key, value)| {
            let seq = keys::Reader(&key[prefix.len()..]).seq()?;
            let mut read = keys::Reader(value.get(1..)?);
            let code = RefusalCode::from_name(read.text()?)?;
            Some(Refusal { seq, code, detail: read.text()?.to_owned() })
        });
        read.collect::<Option<Vec<_>>>().ok_or(StoreError::Index("refusal"))
    }

    /// Records of one origin in order of id, after one of them.
    pub fn by_origin(
        &self,
        origin: &OfficeId,
        after: Option<RecordId>,
        max: usize,
    ) -> Result<Vec<(RecordRef, Place)>, StoreError> {
        let prefix = Key::new(b'r').office(origin).done();
        let from = after.map_or(prefix.clone(), |id| [prefix.as_slice(), &id.0, &[0]].concat());
        let found = self.index.range(CUSTODY, &from, &after_prefix(&prefix), Order::Forward, max)?;
        let read = found.into_iter().map(|(key, value)| {
            let id = RecordId::from_slice(&key[prefix.len()..]).ok()?;
            Some((RecordRef { origin: origin.clone(), id }, keys::read_record(&value)?.place))
        });
        read.collect::<Option<Vec<_>>>().ok_or(StoreError::Index("record key"))
    }

    /// Accepted records after a cursor, group by group, about `max_bytes` of journal.
    pub fn records_after(&self, cursor: Cursor, max_bytes: usize) -> Result<Vec<FeedGroup>, StoreError> {
        let limit = self.applied();
        let groups = self.journal.groups_after(cursor, max_bytes)?;
        let groups = groups.into_iter().filter(|group| group.end.groups <= limit.groups);
        groups.map(|group| self.feed_group(&group)).collect()
    }

    /// End of what is durable and visible.
    pub fn applied(&self) -> Cursor {
        self.with_heads(|heads| heads.applied)
    }

    /// Registry records of an office, oldest first, as they travel.
    pub fn registrations(&self, office: &OfficeId) -> Result<Vec<Carried>, StoreError> {
        let places = self.with_heads(|heads| heads.registrations.get(office).cloned()).unwrap_or_default();
        places.into_iter().map(|place| self.carried_at(place)).collect()
    }

    /// The record at a place, as it travels.
    pub fn carried_at(&self, place: Place) -> Result<Carried, StoreError> {
        let (head, body) = self.accepted(place)?;
        self.carried(place, &head, &body, &mut SealCache::default())
    }

    /// Bytes that a program above keeps under a key.
    pub fn local(&self, namespace: &str, key: &str) -> Result<Option<bytes::Bytes>, StoreError> {
        let Some(value) = self.index.get(CUSTODY, &keys::local(namespace, key))? else { return Ok(None) };
        let place = keys::read_place(&value).ok_or(StoreError::Index("local key"))?;
        Ok(Some(self.journal.frame(place)?.body.bytes().clone()))
    }

    /// Every key of a namespace with its bytes.
    pub fn locals(&self, namespace: &str) -> Result<Vec<(String, bytes::Bytes)>, StoreError> {
        let prefix = Key::new(b'l').text(namespace).done();
        let found = scan_prefix(self.index.as_ref(), CUSTODY, &prefix, usize::MAX)?;
        let read = found.into_iter().map(|(key, value)| {
            let name = keys::Reader(&key[prefix.len()..]).text().ok_or(StoreError::Index("local key"))?.to_owned();
            let place = keys::read_place(&value).ok_or(StoreError::Index("local key"))?;
            Ok((name, self.journal.frame(place)?.body.bytes().clone()))
        });
        read.collect()
    }
}
