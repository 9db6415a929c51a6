//! What a county's store must say after all that has happened to it: a picture in memory, too simple to be wrong.
//!
//! It is told what happens ([`Picture::commit`]) and held against the store ([`Picture::check`]). Salts, times and epochs are the store's
//! own: the picture learns them when it first reads them, and they must stay.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use dutynet_relay::{
    ids::{Epoch, Lane, LinkSeq, OfficeId, PerLane, RecordRef},
    link::frame::{Item, Position},
    record::{RawRecord, Record},
    writer::{
        Store,
        intent::{Answer, Draft, Judged, ParkedAt, WriteRefusal},
    },
};
use rand::{Rng as _, rngs::SmallRng};

use super::{Fate, Sendable, history::Act, id};

mod check;
mod neighbours;
mod sleeping;

use self::sleeping::Sleeper;

/// Refused positions that are kept to be told again.
const REFUSED_MAX: usize = 64;
/// The neighbours.
const NEIGHBOURS: [&str; 3] = ["p", "t1", "t2"];

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Picture {
    records: BTreeMap<RecordRef, Known>,
    /// `None`: not read yet.
    epochs: Vec<Option<Epoch>>,
    /// Outgoing lanes, of each epoch.
    out: Vec<BTreeMap<(OfficeId, Lane), Out>>,
    incoming: BTreeMap<OfficeId, In>,
    sleepers: BTreeMap<OfficeId, Sleeper>,
    entries: BTreeMap<OfficeId, RecordRef>,
    introduced: BTreeSet<(OfficeId, OfficeId)>,
    locals: BTreeMap<(String, String), Bytes>,
    commits: u64,
    sent_before: BTreeMap<(OfficeId, Lane), u64>,
}

#[derive(Debug, Clone)]
struct Known {
    raw: Option<RawRecord>,
    body: Bytes,
    routes: BTreeMap<(OfficeId, Lane), u64>,
    from: Option<(OfficeId, Epoch, Lane, u64)>,
    commit: u64,
}

#[derive(Debug, Clone, Default)]
struct Out {
    items: Vec<RecordRef>,
    acked: u64,
    arrived: u64,
    settled: BTreeSet<u64>,
    parked: BTreeSet<u64>,
    below: BTreeSet<u64>,
    late: BTreeSet<u64>,
}

#[derive(Debug, Clone)]
struct In {
    epoch: Epoch,
    lanes: PerLane<InLane>,
}

#[derive(Debug, Clone, Default)]
struct InLane {
    at: Option<Position>,
    arrived: u64,
    refused: BTreeSet<u64>,
    late: BTreeMap<OfficeId, BTreeSet<u64>>,
    waits: Vec<Wait>,
}

#[derive(Debug, Clone)]
struct Wait {
    through: u64,
    on: BTreeMap<(OfficeId, Lane), (u64, u64)>,
    commit: u64,
}

impl Out {
    fn is_tombstone(&self, seq: u64) -> bool {
        self.settled.contains(&seq) || self.parked.contains(&seq)
    }
}

fn ensure(holds: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what()) }
}

fn text(fault: impl std::fmt::Display) -> String {
    fault.to_string()
}

impl Picture {
    /// Of a store to which nothing has happened but its beginning, taken as right.
    pub fn of(store: &Store) -> Result<Self, String> {
        let mut picture = Self { epochs: vec![Some(store.epoch())], out: vec![BTreeMap::new()], ..Self::default() };
        for origin in ["p", "c"] {
            for (reference, place) in store.by_origin(&id(origin), None, usize::MAX).map_err(text)? {
                let record = store.stored(place).map_err(text)?.record;
                let office = OfficeId::parse(&record.header().subject).map_err(text)?;
                picture.entries.insert(office, reference.clone());
                let (raw, body) = (record.raw().clone(), record.raw().body.clone());
                let known = Known { raw: Some(raw), body, routes: BTreeMap::new(), from: None, commit: 0 };
                picture.records.insert(reference, known);
            }
        }
        for name in NEIGHBOURS {
            for item in store.load(&id(name), Lane::Control, LinkSeq(0), (usize::MAX, usize::MAX)).map_err(text)? {
                let Item::Record(carried) = item.item else { return Err("a tombstone in the beginning".into()) };
                let reference = Record::parse(carried.record).map_err(text)?.reference();
                picture.out[0].entry((id(name), Lane::Control)).or_default().items.push(reference);
            }
        }
        Ok(picture)
    }

    /// The current epoch, as last read.
    pub fn epoch(&self) -> Epoch {
        self.epochs.last().copied().flatten().unwrap_or(Epoch([0; 16]))
    }

    /// Records that were acknowledged.
    pub fn records(&self) -> usize {
        self.records.len()
    }

    /// Epoch of a neighbour that is held.
    pub fn held_epoch(&self, from: &OfficeId) -> Option<Epoch> {
        self.incoming.get(from).map(|link| link.epoch)
    }

    /// Last position held.
    pub fn held(&self, from: &OfficeId, epoch: Epoch, lane: Lane) -> Position {
        let link = self.incoming.get(from).filter(|link| link.epoch == epoch);
        link.and_then(|link| link.lanes[lane].at).unwrap_or(Position::start(epoch))
    }

    /// Last position given.
    pub fn sent(&self, to: &OfficeId, lane: Lane) -> u64 {
        self.out.last().and_then(|out| out.get(&(to.clone(), lane))).map_or(0, |out| out.items.len() as u64)
    }

    /// Where records wait for a person.
    pub fn parked(&self) -> Vec<ParkedAt> {
        let all = self.out.iter().flatten();
        let at = |((to, lane), out): (&(OfficeId, Lane), &Out)| {
            let (neighbour, lane) = (to.clone(), *lane);
            let parked = out.parked.iter().map(move |seq| ParkedAt { neighbour: neighbour.clone(), lane, seq: LinkSeq(*seq) });
            parked.collect::<Vec<_>>()
        };
        all.flat_map(at).collect()
    }

    /// Something that a neighbour could show of an earlier epoch.
    pub fn shown(&self, random: &mut SmallRng) -> Option<(Epoch, PerLane<LinkSeq>)> {
        let epoch = self.epochs[random.random_range(0..self.epochs.len())]?;
        let seqs = PerLane(Lane::ALL.map(|_| LinkSeq(random.random_range(0..5))));
        random.random_bool(0.8).then_some((epoch, seqs))
    }

    // ---- what happens ----

    /// One commit. Returns what must be answered to each.
    pub fn commit(&mut self, acts: &[Act]) -> Vec<Expected> {
        self.commits += 1;
        let now = self.out.last().cloned().unwrap_or_default();
        self.sent_before = now.into_iter().map(|(key, out)| (key, out.items.len() as u64)).collect();
        let expected = acts.iter().map(|act| self.act(act)).collect();
        self.settle_arrivals();
        self.settle_sleepers();
        expected
    }

    fn act(&mut self, act: &Act) -> Expected {
        match act {
            Act::Submit(draft, to) => return self.submit(draft, to),
            Act::Accept { from, epoch, lane, first, items } => return self.accept(from, *epoch, (*lane, *first), items),
            Act::Custody(to, lane, seq, refused) => self.custody(to, *lane, seq.0, refused),
            Act::Arrived(to, lane, seq, refused, late) => self.arrived(to, *lane, seq.0, (refused, late)),
            Act::Retry(at) => return self.settle(at, true),
            Act::Withdraw(at) => return self.settle(at, false),
            Act::Rewind(to, holds) => {
                for lane in Lane::ALL {
                    let out = self.out(to, lane);
                    if holds[lane].0 < out.acked {
                        out.acked = holds[lane].0;
                        out.arrived = out.arrived.min(holds[lane].0);
                    }
                }
            }
            Act::Fork => {
                self.fork();
                return Expected::Forked;
            }
            Act::Rebase(to, holds) => self.rebase(to, holds.as_ref()),
            Act::Local(key, bytes) => {
                self.locals.insert(("test".into(), key.clone()), bytes.clone());
            }
            Act::Sleep(neighbour) => self.sleep(neighbour),
            Act::Wake(neighbour) => self.wake(neighbour),
            Act::Line(_) => {}
        }
        Expected::Exactly(Answer::Done)
    }

    fn submit(&mut self, draft: &Draft, to: &[OfficeId]) -> Expected {
        let reference = RecordRef { origin: id("c"), id: draft.id };
        if let Some(known) = self.records.get(&reference) {
            let same = known.body == draft.body;
            let refused = Answer::Refused(WriteRefusal::Conflict);
            return Expected::Exactly(if same { Answer::Made { reference, folded: true } } else { refused });
        }
        let route = |to: &OfficeId| ((to.clone(), draft.lane), self.route(to, draft.lane, &reference));
        let routes = to.iter().map(route).collect();
        let known = Known { raw: None, body: draft.body.clone(), routes, from: None, commit: self.commits };
        self.records.insert(reference.clone(), known);
        Expected::Exactly(Answer::Made { reference, folded: false })
    }

    fn accept(&mut self, from: &OfficeId, epoch: Epoch, (lane, first): (Lane, LinkSeq), items: &[Sendable]) -> Expected {
        let expected = self.held(from, epoch, lane).seq.next();
        if expected != first {
            return Expected::Exactly(Answer::Refused(WriteRefusal::OutOfOrder { expected, got: first }));
        }
        if self.held_epoch(from) != Some(epoch) {
            self.incoming.insert(from.clone(), In { epoch, lanes: PerLane::default() });
        }
        let mut refused = BTreeSet::new();
        for sent in items {
            let at = self.held(from, epoch, lane).after(sent.item.digest());
            if let Some(link) = self.incoming.get_mut(from) {
                link.lanes[lane].at = Some(at);
            }
            let on = self.item((from, epoch, lane, at.seq.0), sent);
            if on.is_none() {
                refused.insert(at.seq);
            }
            self.be_late((from, lane), at.seq.0, on.as_ref());
            let on = on.unwrap_or_default().into_iter().filter(|(_, seq)| *seq > 0);
            self.wait((from, lane), at.seq.0, on.map(|(key, seq)| (key, (seq, seq))).collect());
        }
        Expected::Custody(self.held(from, epoch, lane), refused)
    }

    /// What the position waits for; `None`: it was refused.
    fn item(&mut self, at: (&OfficeId, Epoch, Lane, u64), sent: &Sendable) -> Option<BTreeMap<(OfficeId, Lane), u64>> {
        let record = match &sent.item {
            Judged::Good(good) => &good.record,
            Judged::Bad { .. } => return None,
            Judged::Tombstone { .. } => return Some(BTreeMap::new()),
        };
        let reference = record.reference();
        if let Some(known) = self.records.get(&reference) {
            if known.body != record.raw().body {
                return None;
            }
            let mut routes = known.routes.clone();
            for (key, seq) in &mut routes {
                let withheld = *seq == 0;
                if withheld && self.sleeps(&key.0) {
                    continue;
                }
                if withheld || (self.epochs.len() > 1 && known.commit < self.commits) {
                    *seq = self.sent_before.get(key).copied().unwrap_or(0);
                }
            }
            return Some(routes);
        }
        let stranger = [id("t1")];
        let to: &[OfficeId] = match &sent.fate {
            Fate::Kept(to) | Fate::SaysTheSame(to) | Fate::SaysOther(to) => to,
            Fate::FromStranger => &stranger,
            Fate::Registers => &[],
            Fate::Refused(_) | Fate::Tombstone => return None,
        };
        let mut routes = BTreeMap::new();
        for to in to {
            if !self.sleeps(to) {
                self.introduce(to, &reference.origin);
            }
            let seq = self.route(to, sent.lane, &reference);
            routes.insert((to.clone(), sent.lane), seq);
        }
        if sent.fate == Fate::Registers {
            self.entries.insert(id("x"), reference.clone());
        }
        let (from, epoch, lane, seq) = at;
        let from = Some((from.clone(), epoch, lane, seq));
        let (raw, body) = (Some(record.raw().clone()), record.raw().body.clone());
        self.records.insert(reference, Known { raw, body, routes: routes.clone(), from, commit: self.commits });
        Some(routes)
    }

    /// A township must know who another office below or beside the county is.
    fn introduce(&mut self, child: &OfficeId, origin: &OfficeId) {
        let known = *child == id("p") || child == origin || [id("p"), id("c")].contains(origin);
        let Some(entry) = self.entries.get(origin).cloned().filter(|_| !known) else { return };
        if !self.introduced.insert((child.clone(), origin.clone())) {
            return;
        }
        let seq = self.push(child, Lane::Control, entry.clone());
        let commit = self.commits;
        let Some(known) = self.records.get_mut(&entry).filter(|known| known.commit == commit) else { return };
        // It came just before: its own arrival waits for this too.
        known.routes.insert((child.clone(), Lane::Control), seq);
        if let Some((from, _, lane, at)) = known.from.clone() {
            self.wait((&from, lane), at, BTreeMap::from([((child.clone(), Lane::Control), (seq, seq))]));
        }
    }

    fn wait(&mut self, (from, lane): (&OfficeId, Lane), through: u64, on: BTreeMap<(OfficeId, Lane), (u64, u64)>) {
        let commit = self.commits;
        let Some(link) = self.incoming.get_mut(from) else { return };
        let waits = &mut link.lanes[lane].waits;
        if waits.last().is_none_or(|last| last.commit != commit) {
            waits.push(Wait { through, on: BTreeMap::new(), commit });
        }
        if let Some(last) = waits.last_mut() {
            last.through = last.through.max(through);
            for (key, seq) in on {
                let both = last.on.entry(key).or_insert(seq);
                *both = (both.0.min(seq.0), both.1.max(seq.1));
            }
        }
    }

    /// Neighbours that sleep are why a position is late.
    fn be_late(&mut self, (from, lane): (&OfficeId, Lane), seq: u64, on: Option<&BTreeMap<(OfficeId, Lane), u64>>) {
        let Some(link) = self.incoming.get_mut(from) else { return };
        for ((of, _), _) in on.into_iter().flatten().filter(|(_, seq)| **seq == 0) {
            link.lanes[lane].be_late(of, [seq].into_iter());
        }
    }

    fn route(&mut self, to: &OfficeId, lane: Lane, reference: &RecordRef) -> u64 {
        if self.withhold(to, lane, reference) { 0 } else { self.push(to, lane, reference.clone()) }
    }

    fn out(&mut self, to: &OfficeId, lane: Lane) -> &mut Out {
        // A picture that nobody has told anything of an epoch is of one all the same.
        if self.out.is_empty() {
            self.out.push(BTreeMap::new());
        }
        let last = self.out.len() - 1;
        self.out[last].entry((to.clone(), lane)).or_default()
    }

    fn push(&mut self, to: &OfficeId, lane: Lane, reference: RecordRef) -> u64 {
        let out = self.out(to, lane);
        out.items.push(reference);
        out.items.len() as u64
    }

    // ---- what the store says ----
}

/// What must be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// This.
    Exactly(Answer),
    /// Custody through there, without these.
    Custody(Position, BTreeSet<LinkSeq>),
    /// Some epoch.
    Forked,
}

impl Expected {
    /// Whether the answer is that.
    pub fn is(&self, answer: &Answer) -> bool {
        match (self, answer) {
            (Self::Exactly(expected), answer) => expected == answer,
            (Self::Custody(expected, refused), Answer::Custody { at, refusals }) => {
                expected == at && *refused == refusals.iter().map(|refusal| refusal.seq).collect()
            }
            (Self::Forked, Answer::Forked(_)) => true,
            (Self::Custody(..) | Self::Forked, _) => false,
        }
    }
}
