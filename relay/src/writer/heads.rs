//! What the writer must have at hand: the ends of every lane and stream, the registry, the epochs. Derived from frames alone
//! ([`super::apply`]); kept in the index under small keys and read back at start ([`super::open`]).

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use crate::{
    ids::{Digest, Epoch, Lane, LinkSeq, OfficeId, PerLane, Ticket, UnixMillis},
    journal::{Cursor, Place},
    link::{
        frame::Position,
        spans::{Span, Spans},
    },
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
    /// How far the history of lines has got.
    pub(crate) book: LineBook,
    /// Tickets that count, newest first.
    pub(crate) tickets: BTreeMap<OfficeId, Vec<Ticket>>,
    /// Neighbours that are off past their quota, or not yet quite back.
    pub(crate) sleepers: BTreeMap<OfficeId, Sleeper>,
    /// Positions of outgoing lanes that the neighbour says have not arrived because some office further on sleeps.
    pub(crate) late: BTreeMap<(OfficeId, Lane), Spans>,
    /// Incoming lanes, by the outgoing lane that the first thing they wait for still lacks. Not kept: it follows from the rest.
    pub(crate) blocked: BTreeMap<(OfficeId, Lane), BTreeSet<(OfficeId, Lane)>>,
    /// Counted events, by stable name.
    pub(crate) counters: BTreeMap<String, u64>,
    /// Bodies that are being removed, with their intents: gone already for whoever reads.
    pub(crate) hollowing: BTreeMap<Place, Place>,
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
    /// Where the position will stand in the next epoch, when all that has not arrived, or is late, is sent there first, without tombstones.
    /// 0: nothing up to it is sent again.
    pub(crate) fn place_after_fork(&self, seq: LinkSeq, late: &Spans) -> LinkSeq {
        let late = late.through(seq.min(self.arrived));
        let of_span = |span: &Span| {
            let skipped = self.tombstones.range(span.first..=span.last).count() as u64;
            span.last.0 - span.first.0 + 1 - skipped
        };
        let rest = Span { first: self.arrived.next(), last: seq };
        let after = if seq > self.arrived { of_span(&rest) } else { 0 };
        LinkSeq(late.list().iter().map(of_span).sum::<u64>() + after)
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
    /// Positions that have not arrived because an office sleeps that this neighbour is, or that is behind it.
    pub(crate) late: BTreeMap<OfficeId, Spans>,
}

/// Incoming positions through `through` have arrived when all of `on` have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wait {
    pub(crate) through: LinkSeq,
    /// From the first to the last position in that lane.
    pub(crate) on: BTreeMap<(OfficeId, Lane), Span>,
}

/// A neighbour that is off past its quota (沉睡).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sleeper {
    /// Since when, by this machine's clock.
    pub(crate) since: UnixMillis,
    /// Records that were routed to it and have no position in its lanes.
    pub(crate) withheld: u64,
    pub(crate) phase: SleepPhase,
}

/// How far it is from being an ordinary neighbour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SleepPhase {
    /// What is routed to it gets no position. What was, was given one up to there in the journal.
    Asleep(Cursor),
    /// Everything has a position; what was late is so until it has all arrived through there.
    CatchingUp(PerLane<LinkSeq>),
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
    /// It changed too often; what it has been since is not kept.
    pub unsteady: bool,
}

/// How far the history of lines ([`crate::lines`]) has got.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct LineBook {
    /// Number of the last fact that is kept to be told upwards.
    pub(crate) log_end: u64,
    /// Offices below, and whether their parents hear everything from them; none: nothing was ever heard.
    pub(crate) heard: BTreeMap<OfficeId, Hearing>,
    /// Through which number the facts of each child are held, and of which epoch of its store.
    pub(crate) told: BTreeMap<OfficeId, (Epoch, u64)>,
}

/// Whether a parent hears what its child sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hearing {
    /// As it happens.
    Live,
    /// It heard everything until then.
    Until(UnixMillis),
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
            book: LineBook::default(),
            tickets: BTreeMap::new(),
            sleepers: BTreeMap::new(),
            late: BTreeMap::new(),
            blocked: BTreeMap::new(),
            counters: BTreeMap::new(),
            hollowing: BTreeMap::new(),
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
        let in_lanes: u64 = lanes.map(|lane| lane.sent.map_or(0, |at| at.seq.0.saturating_sub(lane.acked.0))).sum();
        in_lanes + self.sleepers.values().map(|sleeper| sleeper.withheld).sum::<u64>()
    }

    /// Records that a neighbour has not acknowledged, those without a position too.
    pub(crate) fn waiting_for(&self, neighbour: &OfficeId) -> u64 {
        let lanes = self.out.get(neighbour).into_iter().flat_map(|lanes| lanes.0.iter());
        let in_lanes: u64 = lanes.map(|lane| lane.sent.map_or(0, |at| at.seq.0.saturating_sub(lane.acked.0))).sum();
        in_lanes + self.sleepers.get(neighbour).map_or(0, |sleeper| sleeper.withheld)
    }

    /// Up to where a sleeping neighbour's records have positions; `None`: it does not sleep.
    pub(crate) fn asleep(&self, neighbour: &OfficeId) -> Option<Cursor> {
        match self.sleepers.get(neighbour)?.phase {
            SleepPhase::Asleep(through) => Some(through),
            SleepPhase::CatchingUp(_) => None,
        }
    }

    /// What of an outgoing lane the neighbour calls late.
    pub(crate) fn late_of(&self, neighbour: &OfficeId, lane: Lane) -> Spans {
        self.late.get(&(neighbour.clone(), lane)).cloned().unwrap_or_default()
    }

    /// Positions that wait for a person, over all neighbours.
    pub(crate) fn parked(&self) -> u64 {
        self.out.values().flat_map(|lanes| lanes.0.iter()).map(|lane| lane.parked.len() as u64).sum()
    }
}
