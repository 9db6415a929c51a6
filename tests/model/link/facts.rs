//! Records of the model: real ones, made once and shared by all cases.

use std::{cell::RefCell, collections::HashMap, sync::Arc};

use bytes::Bytes;
use dutynet_relay::{
    ids::{Digest, Epoch, Lane, OfficeId, RecordId, UnixMillis},
    link::{
        event::Outgoing,
        frame::{Carried, Item},
    },
    record::{Audience, Header, Mode, RawSeal, Record, SUITE, StreamId},
};

/// What becomes of a record at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Taken, and arrives.
    Good,
    /// Refused there.
    Refused,
    /// Taken there, refused by a later hop.
    RefusedLater,
    /// Taken there; it arrives only when an office further on wakes.
    Late,
}

/// One record, with what the model knows of it.
#[derive(Debug)]
pub struct Fact {
    pub id: RecordId,
    pub lane: Lane,
    pub digest: Digest,
    pub carried: Carried,
    pub fate: Fate,
}

impl Fact {
    /// As it is loaded from an outbox.
    pub fn outgoing(&self) -> Outgoing {
        Outgoing { item: Item::Record(self.carried.clone()), digest: self.digest }
    }

    /// As it is loaded after it was withdrawn.
    pub fn tombstone(&self, origin: &OfficeId) -> Outgoing {
        let reference = dutynet_relay::ids::RecordRef { origin: origin.clone(), id: self.id };
        Outgoing { item: Item::Tombstone { reference, digest: self.digest }, digest: self.digest }
    }
}

thread_local! {
    static MADE: RefCell<HashMap<(OfficeId, Lane, u8), Arc<Fact>>> = RefCell::default();
    static BY_HEADER: RefCell<HashMap<Bytes, Arc<Fact>>> = RefCell::default();
}

/// The one that crossed.
pub fn recognised(carried: &Carried) -> Arc<Fact> {
    BY_HEADER.with_borrow(|made| made[&carried.record.header].clone())
}

/// The n-th record of an office.
pub fn fact(origin: &OfficeId, lane: Lane, n: u8) -> Arc<Fact> {
    let key = (origin.clone(), lane, n);
    let made = MADE.with_borrow_mut(|made| made.entry(key).or_insert_with(|| Arc::new(make(origin, lane, n))).clone());
    BY_HEADER.with_borrow_mut(|all| all.entry(made.carried.record.header.clone()).or_insert_with(|| made.clone()).clone())
}

fn make(origin: &OfficeId, lane: Lane, n: u8) -> Fact {
    let id = RecordId::from_parts(
        UnixMillis(1_700_000_000_000 + i64::from(n)),
        [u8::try_from(lane.index() * 16 + origin.as_str().len()).unwrap(); 10],
    );
    let header = Header {
        id,
        origin: origin.clone(),
        epoch: Epoch([1; 16]),
        stream: StreamId { top: None, lane },
        stream_seq: u64::from(n) + 1,
        kind: "model.fact/1".into(),
        subject: String::new(),
        audience: vec![Audience::Subtree(origin.clone())],
        mode: Mode::Test,
        happened_at: None,
        learnt_at: None,
        recorded_at: UnixMillis(0),
        person: None,
        suite: SUITE.into(),
        corrects: None,
        on_behalf_of: None,
        attachments: Vec::new(),
    };
    let record = Record::make(header, [n; 16], vec![n; usize::from(n) * 3].into()).unwrap();
    let fate = match n % 7 {
        3 if lane != Lane::Control => Fate::Refused,
        5 if lane != Lane::Control => Fate::RefusedLater,
        6 => Fate::Late,
        _ => Fate::Good,
    };
    let seal = Arc::new(RawSeal { group: vec![n; 40].into(), signature: vec![n; 64].into() });
    let carried = Carried { record: record.raw().clone(), seal, place: 0, trail: Vec::new() };
    Fact { id, lane, digest: record.digest(), carried, fate }
}
