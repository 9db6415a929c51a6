//! What the writer must have at hand: the ends of every lane and stream, the registry, the epochs. Derived from frames alone
//! ([`super::apply`]); kept in the index under small keys and read back at start ([`super::open`]).

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use crate::{
    ids::{Digest, Epoch, Lane, LinkSeq, OfficeId, PerLane, Ticket, UnixMillis},
    journal::{Cursor, Place},
    link::frame::Position,
    record::StreamId,
    registry::Registry,
};

/// Everything that a decision looks at, but for the records themselves.
#[derive(Debug, Clone)]
pub struct Heads {
    /// Every epoch of this store, oldest first; the last one is current.
    pub(crate) epochs: Vec<Epoch>,
    /// Last positions of earlier epochs, per neighbour and ordinal.
    pub(crate) forked_at: BTreeMap<(OfficeId, u32), PerLane<LinkSeq>>,
    /// Outgoing lanes.
    pub(crate) out: BTreeMap<OfficeId, PerLane<OutLane>>,
    /// Incoming lanes.
    pub(crate) incoming: BTreeMap<OfficeId, InLink>,
    /// Own streams.
    pub(crate) streams: BTreeMap<StreamId, StreamHead>,
    /// Who is who.
    pub(crate) registry: Arc<Registry>,
    /// Where the entries of each office stand, oldest first.
    pub(crate) registrations: BTreeMap<OfficeId, Vec<Place>>,
    /// Lines to neighbours, as last journaled.
    pub(crate) lines: BTreeMap<OfficeId, LineHead>,
    /// Tickets that count, newest first.
    pub(crate) tickets: BTreeMap<OfficeId, Vec<Ticket>>,
    /// Counted events, by stable name.
    pub(crate) counters: BTreeMap<String, u64>,
    /// End of what is applied.
    pub(crate) applied: Cursor,
}

/// End of one outgoing lane, in the current epoch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct OutLane {
    /// Last position given; `None`: none in this epoch.
    pub(crate) sent: Option<Position>,
    /// Through here it is on the neighbour's disk.
    pub(crate) acked: LinkSeq,
    /// Through here it has reached everyone.
    pub(crate) arrived: LinkSeq,
    /// Positions that were refused, withdrawn or retried: tombstones when sent again.
    pub(crate) tombstones: BTreeSet<LinkSeq>,
    /// Those of them that wait for a person.
    pub(crate) parked: BTreeSet<LinkSeq>,
}

impl OutLane {
    /// Where the position will stand in the next epoch, when all that has not arrived is sent there first, without tombstones.
    /// 0: it has arrived already.
    pub(crate) fn place_after_fork(&self, seq: LinkSeq) -> LinkSeq {
        if seq <= self.arrived {
            return LinkSeq(0);
        }
        let skipped = self.tombstones.range(self.arrived.next()..=seq).count() as u64;
        LinkSeq(seq.0 - self.arrived.0 - skipped)
    }
}

/// Incoming lanes of one neighbour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InLink {
    /// The neighbour's epoch that the positions are of.
    pub(crate) epoch: Epoch,
    /// Per lane.
    pub(crate) lanes: PerLane<InLane>,
}

/// End of one incoming lane.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct InLane {
    /// Last position that is on this disk; `None`: none.
    pub(crate) at: Option<Position>,
    /// Through here everything has arrived at its end.
    pub(crate) arrived: LinkSeq,
    /// What the positions after `arrived` wait for, in order.
    pub(crate) waits: VecDeque<Wait>,
    /// Positions that a later hop refused.
    pub(crate) refused: BTreeSet<LinkSeq>,
}

/// Incoming positions through `through` have arrived when all of `on` have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wait {
    pub(crate) through: LinkSeq,
    pub(crate) on: BTreeMap<(OfficeId, Lane), LinkSeq>,
}

/// End of an own stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StreamHead {
    /// Last sequence.
    pub(crate) seq: u64,
    /// Hash of its last seal.
    pub(crate) seal: Digest,
}

/// A line as last journaled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineHead {
    /// Linked.
    pub up: bool,
    /// Since when, by this machine's clock.
    pub at: UnixMillis,
    /// English, why.
    pub reason: String,
}

impl Heads {
    /// Of a store that nothing was written to yet.
    pub(crate) fn empty(own: OfficeId, root_pin: Digest) -> Self {
        Self {
            epochs: Vec::new(),
            forked_at: BTreeMap::new(),
            out: BTreeMap::new(),
            incoming: BTreeMap::new(),
            streams: BTreeMap::new(),
            registry: Arc::new(Registry::new(own, root_pin)),
            registrations: BTreeMap::new(),
            lines: BTreeMap::new(),
            tickets: BTreeMap::new(),
            counters: BTreeMap::new(),
            applied: Cursor::default(),
        }
    }

    /// The store's current epoch; zero before the first frame.
    pub(crate) fn epoch(&self) -> Epoch {
        self.epochs.last().copied().unwrap_or(Epoch([0; 16]))
    }

    /// Number of the current epoch, from 0.
    pub(crate) fn ordinal(&self) -> u32 {
        u32::try_from(self.epochs.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// Outgoing lane, if anything was ever routed there.
    pub(crate) fn out_lane(&self, neighbour: &OfficeId, lane: Lane) -> Option<&OutLane> {
        self.out.get(neighbour).map(|lanes| &lanes[lane])
    }

    /// Last position given in an outgoing lane.
    pub(crate) fn sent(&self, neighbour: &OfficeId, lane: Lane) -> Position {
        let sent = self.out_lane(neighbour, lane).and_then(|out| out.sent);
        sent.unwrap_or_else(|| Position::start(self.epoch()))
    }

    /// Last position held of an incoming lane.
    pub(crate) fn held(&self, neighbour: &OfficeId, epoch: Epoch, lane: Lane) -> Position {
        let link = self.incoming.get(neighbour).filter(|link| link.epoch == epoch);
        link.and_then(|link| link.lanes[lane].at).unwrap_or_else(|| Position::start(epoch))
    }

    /// A counter's value.
    pub(crate) fn counter(&self, name: &str) -> u64 {
        self.counters.get(name).copied().unwrap_or(0)
    }

    /// Positions that are not acknowledged, over all neighbours.
    pub(crate) fn waiting(&self) -> u64 {
        let lanes = self.out.values().flat_map(|lanes| lanes.0.iter());
        lanes.map(|lane| lane.sent.map_or(0, |at| at.seq.0.saturating_sub(lane.acked.0))).sum()
    }

    /// Positions that wait for a person, over all neighbours.
    pub(crate) fn parked(&self) -> u64 {
        self.out.values().flat_map(|lanes| lanes.0.iter()).map(|lane| lane.parked.len() as u64).sum()
    }
}
