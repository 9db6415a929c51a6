//! What the tests of a link have in common: one machine, told things by hand.

use std::{sync::Arc, time::Duration};

use super::{
    config::{Carries, Config, Gate, Incumbent, Limits, Role, Start},
    event::{Action, Event, Now, Outgoing},
    frame::{Carried, Custody, Frame, Held, Hello, Item, Position},
    machine::Machine,
    position::per_lane,
};
use crate::{
    ids::{Digest, Epoch, Lane, LinkSeq, OfficeId, PerLane, UnixMillis, Zone},
    record::{RawRecord, RawSeal},
};

pub(super) const OURS: Epoch = Epoch([1; 16]);
pub(super) const THEIRS: Epoch = Epoch([2; 16]);

pub(super) fn office(text: &str) -> OfficeId {
    OfficeId::parse(text).unwrap()
}

pub(super) fn config(role: Role) -> Config {
    Config {
        role,
        own: office("own"),
        peer: office("peer"),
        zone: Zone::parse("gov").unwrap(),
        carries: Carries::Everything,
        software: "ours".into(),
        protocol: (1, 2),
        features: vec!["zstd".into()],
        limits: Limits::default(),
    }
}

pub(super) fn parent() -> Role {
    Role::Parent(Gate { tickets: Vec::new(), incumbent: Incumbent::Absent })
}

/// A store in which nothing has happened yet.
pub(super) fn start() -> Start {
    Start {
        epoch: OURS,
        lineage: Vec::new(),
        sent: per_lane(|_| Position::start(OURS)),
        custody: PerLane::default(),
        arrived: PerLane::default(),
        held: None,
        ticket: None,
        fetch: Vec::new(),
        wants_past: false,
        lines: Vec::new(),
    }
}

/// The Hello of a neighbour that has sent nothing and holds all of what we have sent.
pub(super) fn their_hello(ours: &Start) -> Hello {
    Hello {
        protocol: (1, 1),
        software: "theirs".into(),
        features: vec!["zstd".into(), "other".into()],
        office: office("peer"),
        zone: Zone::parse("gov").unwrap(),
        epoch: THEIRS,
        lineage: Vec::new(),
        sent: per_lane(|_| Position::start(THEIRS)),
        held: Some(Held { epoch: ours.epoch, lanes: ours.sent }),
        custody: PerLane::default(),
        arrived: PerLane::default(),
        ticket: None,
        clock: UnixMillis(1_000_000),
        frame_bytes_max: 128 * 1024,
        wants_past: false,
    }
}

/// A session as its driver has it.
pub(super) struct Told {
    pub(super) machine: Machine,
    pub(super) now: Now,
}

impl Told {
    pub(super) fn new(config: Config) -> Self {
        let now = Now { since: Duration::from_secs(100), wall: UnixMillis(1_000_000) };
        Self { machine: Machine::new(config, now), now }
    }

    /// A child whose parent answers with that Hello; and what followed from it.
    pub(super) fn child(start: Start, hello: Hello) -> (Self, Vec<Action>) {
        let mut told = Self::new(config(Role::Child));
        told.tell(Event::Opened(Box::new(start)));
        let actions = told.hear(Frame::Hello(Box::new(hello)));
        (told, actions)
    }

    /// A child that has nothing and knows nothing, with its session open.
    pub(super) fn open() -> Self {
        Self::child(start(), their_hello(&start())).0
    }

    pub(super) fn tell(&mut self, event: Event) -> Vec<Action> {
        self.machine.step(self.now, event)
    }

    pub(super) fn hear(&mut self, frame: Frame) -> Vec<Action> {
        self.tell(Event::Received(frame))
    }

    /// Time passes, with a tick at its end.
    pub(super) fn after(&mut self, by: Duration) -> Vec<Action> {
        self.now.since += by;
        self.now.wall.0 += i64::try_from(by.as_millis()).unwrap();
        self.tell(Event::Tick)
    }

    /// Our lanes end there.
    pub(super) fn grew(&mut self, heads: [u64; 4]) -> Vec<Action> {
        self.tell(Event::Grew(PerLane(heads.map(LinkSeq))))
    }

    /// Answers a Load with so many records.
    pub(super) fn load(&mut self, lane: Lane, first: u64, count: u64) -> Vec<Action> {
        let items = (first..first + count).map(|n| outgoing(lane, n, 1_000)).collect();
        self.tell(Event::Loaded { lane, first: LinkSeq(first), items })
    }

    /// The neighbour has everything of the lane through there.
    pub(super) fn custody(&mut self, lane: Lane, seq: u64) -> Vec<Action> {
        self.hear(Frame::Custody(Custody { epoch: OURS, lane, at: ours(lane, seq), refusals: Vec::new() }))
    }
}

/// The n-th record of one of our lanes.
pub(super) fn outgoing(lane: Lane, n: u64, bytes: usize) -> Outgoing {
    let digest = Digest::of(lane.name(), &[&n.to_be_bytes()]);
    let record = RawRecord { header: vec![1; 16].into(), salt: vec![2; 16].into(), body: vec![3; bytes].into(), hollow: None };
    let seal = Arc::new(RawSeal { group: vec![4; 60].into(), signature: vec![5; 64].into() });
    Outgoing { item: Item::Record(Carried { record, seal, place: 0, trail: Vec::new() }), digest }
}

/// Where one of our lanes stands after n of those.
pub(super) fn ours(lane: Lane, n: u64) -> Position {
    (1..=n).fold(Position::start(OURS), |at, n| at.after(outgoing(lane, n, 0).digest))
}

/// The frames among actions.
pub(super) fn sent(actions: &[Action]) -> Vec<&Frame> {
    actions.iter().filter_map(|action| if let Action::Send(frame) = action { Some(frame) } else { None }).collect()
}

/// Lanes and positions of the batches among actions.
pub(super) fn batches(actions: &[Action]) -> Vec<(Lane, u64, u64)> {
    let batch =
        |frame: &Frame| if let Frame::Batch(batch) = frame { Some((batch.lane, batch.first.0, batch.last().0)) } else { None };
    sent(actions).into_iter().filter_map(batch).collect()
}

/// Lanes that are read among actions: after where, how many at most.
pub(super) fn loads(actions: &[Action]) -> Vec<(Lane, u64, u64)> {
    let load = |action: &Action| {
        if let Action::Load { lane, after, records_max, .. } = action { Some((*lane, after.0, *records_max)) } else { None }
    };
    actions.iter().filter_map(load).collect()
}
