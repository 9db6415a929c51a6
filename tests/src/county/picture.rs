//! What a county's store must say after all that has happened to it: a picture in memory, too simple to be wrong.
//!
//! It is told what happens ([`Picture::commit`]) and held against the store ([`Picture::check`]). Salts, times and epochs are the store's
//! own: the picture learns them when it first reads them, and they must stay.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use dutynet_relay::{
    ids::{Epoch, Lane, LinkSeq, OfficeId, PerLane, RecordRef},
    link::{
        event::Event,
        frame::{Item, Position},
    },
    record::{RawRecord, Record, Seal},
    writer::{
        Store,
        intent::{Answer, Draft, Judged, ParkedAt, WriteRefusal},
    },
};
use rand::{Rng as _, rngs::SmallRng};

use super::{Fate, Sendable, history::Act, id};

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
    waits: Vec<Wait>,
}

#[derive(Debug, Clone)]
struct Wait {
    through: u64,
    on: BTreeMap<(OfficeId, Lane), u64>,
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
        expected
    }

    fn act(&mut self, act: &Act) -> Expected {
        match act {
            Act::Submit(draft, to) => return self.submit(draft, to),
            Act::Accept { from, epoch, lane, first, items } => return self.accept(from, *epoch, (*lane, *first), items),
            Act::Custody(to, lane, seq, refused) => self.custody(to, *lane, seq.0, refused),
            Act::Arrived(to, lane, seq, refused) => self.arrived(to, *lane, seq.0, refused),
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
        let routes = to.iter().map(|to| ((to.clone(), draft.lane), self.push(to, draft.lane, reference.clone()))).collect();
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
            self.wait((from, lane), at.seq.0, on.unwrap_or_default());
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
            if self.epochs.len() > 1 && known.commit < self.commits {
                for (key, seq) in &mut routes {
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
            self.introduce(to, &reference.origin);
            let seq = self.push(to, sent.lane, reference.clone());
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
            self.wait((&from, lane), at, BTreeMap::from([((child.clone(), Lane::Control), seq)]));
        }
    }

    fn wait(&mut self, (from, lane): (&OfficeId, Lane), through: u64, on: BTreeMap<(OfficeId, Lane), u64>) {
        let commit = self.commits;
        let Some(link) = self.incoming.get_mut(from) else { return };
        let waits = &mut link.lanes[lane].waits;
        if waits.last().is_none_or(|last| last.commit != commit) {
            waits.push(Wait { through, on: BTreeMap::new(), commit });
        }
        if let Some(last) = waits.last_mut() {
            last.through = last.through.max(through);
            for (key, seq) in on {
                let most = last.on.entry(key).or_default();
                *most = seq.max(*most);
            }
        }
    }

    fn custody(&mut self, to: &OfficeId, lane: Lane, through: u64, refused: &[LinkSeq]) {
        for seq in refused.iter().map(|seq| seq.0).filter(|seq| *seq <= through) {
            if !self.out(to, lane).is_tombstone(seq) {
                let out = self.out(to, lane);
                out.below.remove(&seq);
                out.parked.insert(seq);
                self.tell_sender(to, lane, seq);
            }
        }
        let out = self.out(to, lane);
        out.acked = out.acked.max(through);
    }

    fn arrived(&mut self, to: &OfficeId, lane: Lane, through: u64, refused: &[LinkSeq]) {
        for seq in refused.iter().map(|seq| seq.0).filter(|seq| *seq <= through) {
            if !self.out(to, lane).is_tombstone(seq) && self.out(to, lane).below.insert(seq) {
                self.tell_sender(to, lane, seq);
            }
        }
        let out = self.out(to, lane);
        out.arrived = out.arrived.max(through);
    }

    fn tell_sender(&mut self, to: &OfficeId, lane: Lane, seq: u64) {
        let reference = self.out(to, lane).items[seq as usize - 1].clone();
        let Some((from, epoch, lane, at)) = self.records.get(&reference).and_then(|known| known.from.clone()) else { return };
        if let Some(link) = self.incoming.get_mut(&from).filter(|link| link.epoch == epoch) {
            let refused = &mut link.lanes[lane].refused;
            refused.insert(at);
            if refused.len() > REFUSED_MAX {
                refused.pop_first();
            }
        }
    }

    fn settle(&mut self, at: &ParkedAt, retry: bool) -> Expected {
        let key = (at.neighbour.clone(), at.lane);
        let found = self.out.iter_mut().find_map(|out| out.get_mut(&key).filter(|out| out.parked.contains(&at.seq.0)));
        let Some(out) = found else { return Expected::Exactly(Answer::Refused(WriteRefusal::NotParked)) };
        out.parked.remove(&at.seq.0);
        out.settled.insert(at.seq.0);
        let reference = out.items[at.seq.0 as usize - 1].clone();
        if retry {
            self.push(&at.neighbour, at.lane, reference);
        }
        Expected::Exactly(Answer::Done)
    }

    fn fork(&mut self) {
        let before = self.out.last().cloned().unwrap_or_default();
        let mut next: BTreeMap<(OfficeId, Lane), Out> = BTreeMap::new();
        for (key, out) in &before {
            let again = (out.arrived + 1..=out.items.len() as u64).filter(|seq| !out.is_tombstone(*seq));
            let items = again.map(|seq| out.items[seq as usize - 1].clone()).collect();
            next.insert(key.clone(), Out { items, ..Out::default() });
        }
        for link in self.incoming.values_mut() {
            for wait in link.lanes.0.iter_mut().flat_map(|lane| lane.waits.iter_mut()) {
                for (key, seq) in &mut wait.on {
                    let empty = Out::default();
                    let out = before.get(key).unwrap_or(&empty);
                    *seq = (out.arrived + 1..=*seq).filter(|seq| !out.is_tombstone(*seq)).count() as u64;
                }
            }
        }
        self.epochs.push(None);
        self.out.push(next);
        for name in ["p", "t1", "t2", "d"] {
            self.locals.insert(("relay.wanted-back".into(), name.into()), Bytes::from_static(b"own"));
        }
    }

    fn rebase(&mut self, to: &OfficeId, holds: Option<&(Epoch, PerLane<LinkSeq>)>) {
        let held = holds.and_then(|(epoch, seqs)| Some((self.epochs.iter().position(|known| *known == Some(*epoch))?, seqs)));
        let current = self.epochs.len() - 1;
        for lane in Lane::ALL {
            for ordinal in held.map_or(0, |(ordinal, _)| ordinal)..current {
                let after = held.filter(|(at, _)| *at == ordinal).map_or(0, |(_, seqs)| seqs[lane].0);
                let Some(out) = self.out[ordinal].get(&(to.clone(), lane)).cloned() else { continue };
                for seq in after + 1..=out.items.len() as u64 {
                    let reference = &out.items[seq as usize - 1];
                    if !out.is_tombstone(seq) && !out.below.contains(&seq) && !self.out(to, lane).items.contains(reference) {
                        self.push(to, lane, reference.clone());
                    }
                }
            }
        }
    }

    fn settle_arrivals(&mut self) {
        let out = self.out.last().cloned().unwrap_or_default();
        let arrived = |key: &(OfficeId, Lane)| out.get(key).map_or(0, |out| out.arrived);
        for lane in self.incoming.values_mut().flat_map(|link| link.lanes.0.iter_mut()) {
            while lane.waits.first().is_some_and(|wait| wait.on.iter().all(|(key, seq)| arrived(key) >= *seq)) {
                lane.arrived = lane.waits.remove(0).through;
            }
        }
    }

    fn out(&mut self, to: &OfficeId, lane: Lane) -> &mut Out {
        let last = self.out.len() - 1;
        self.out[last].entry((to.clone(), lane)).or_default()
    }

    fn push(&mut self, to: &OfficeId, lane: Lane, reference: RecordRef) -> u64 {
        let out = self.out(to, lane);
        out.items.push(reference);
        out.items.len() as u64
    }

    // ---- what the store says ----

    /// Reads what the store has chosen by itself: the epoch, salts and times.
    pub fn learn(&mut self, store: &Store) -> Result<(), String> {
        if let Some(last) = self.epochs.last_mut() {
            last.get_or_insert(store.epoch());
        }
        for (reference, known) in self.records.iter_mut().filter(|(_, known)| known.raw.is_none()) {
            let stored = store.record(reference).map_err(text)?;
            known.raw = stored.map(|stored| stored.record.raw().clone());
        }
        Ok(())
    }

    /// Holds the store against the picture. `Err` says where they differ.
    pub fn check(&mut self, store: &Store) -> Result<(), String> {
        let last = self.epochs.len() - 1;
        let epoch = *self.epochs[last].get_or_insert(store.epoch());
        ensure(store.epoch() == epoch, || format!("epoch {epoch} has become {}", store.epoch()))?;
        self.check_records(store)?;
        for name in NEIGHBOURS {
            for lane in Lane::ALL {
                self.check_out(store, &id(name), lane)?;
            }
            self.check_in(store, &id(name))?;
        }
        self.check_parked(store)?;
        for ((namespace, key), bytes) in &self.locals {
            let kept = store.local(namespace, key).map_err(text)?;
            ensure(kept.as_ref() == Some(bytes), || format!("local {namespace}/{key}: {kept:?}"))?;
        }
        Ok(())
    }

    fn check_records(&mut self, store: &Store) -> Result<(), String> {
        for (reference, known) in &mut self.records {
            let stored = store.record(reference).map_err(text)?;
            let Some(stored) = stored else { return Err(format!("{reference:?} is not there")) };
            let raw = known.raw.get_or_insert_with(|| stored.record.raw().clone());
            ensure(stored.record.raw() == raw, || format!("{reference:?} is not what it was"))?;
            ensure(known.body == raw.body, || format!("{reference:?} has another body"))?;
            let from = known.from.as_ref().map(|(from, ..)| from);
            ensure(from == stored.from.as_ref() || known.commit == 0, || format!("{reference:?} came from {:?}", stored.from))?;
        }
        Ok(())
    }

    fn check_out(&self, store: &Store, to: &OfficeId, lane: Lane) -> Result<(), String> {
        let empty = Out::default();
        let out = self.out.last().and_then(|out| out.get(&(to.clone(), lane))).unwrap_or(&empty);
        let place = || format!("lane {lane:?} to {to}");
        let loaded = store.load(to, lane, LinkSeq(0), (usize::MAX, usize::MAX)).map_err(text)?;
        ensure(loaded.len() == out.items.len(), || format!("{}: {} items, not {}", place(), loaded.len(), out.items.len()))?;
        let mut at = Position::start(self.epoch());
        for (item, reference) in loaded.iter().zip(&out.items) {
            let raw = self.records.get(reference).and_then(|known| known.raw.as_ref());
            let raw = raw.ok_or_else(|| format!("{}: {reference:?} was never acknowledged", place()))?;
            at = at.after(raw.digest());
            let wrong = || format!("{}, position {}: {:?}", place(), at.seq, item.item);
            ensure(item.digest == raw.digest(), wrong)?;
            match &item.item {
                Item::Tombstone { reference: of, digest } => {
                    ensure(out.is_tombstone(at.seq.0) && of == reference && *digest == raw.digest(), wrong)?;
                }
                Item::Record(carried) => {
                    ensure(!out.is_tombstone(at.seq.0) && carried.record == *raw, wrong)?;
                    if at.seq.0 % 4 == 1 {
                        let seal = Seal::parse((*carried.seal).clone()).map_err(text)?;
                        let record = Record::parse(raw.clone()).map_err(text)?;
                        ensure(seal.covers(&record, carried.place as usize), wrong)?;
                    }
                }
            }
            if at.seq.0 == 1 + self.commits % 7 {
                let chain = store.chain_at(to, lane, at.seq).map_err(text)?;
                ensure(chain == Some(at.hash), || format!("{}: chain at {}", place(), at.seq))?;
            }
        }
        ensure(store.sent(to)[lane] == at, || format!("{}: sent {:?}, not {at:?}", place(), store.sent(to)[lane]))?;
        let said = (store.acked(to)[lane].0, store.arrived_at(to)[lane].0);
        ensure(said == (out.acked, out.arrived), || format!("{}: {said:?}, not {:?}", place(), (out.acked, out.arrived)))
    }

    fn check_in(&self, store: &Store, from: &OfficeId) -> Result<(), String> {
        let held = store.held(from);
        let Some(link) = self.incoming.get(from) else {
            return ensure(held.is_none(), || format!("{from} has sent nothing: {held:?}"));
        };
        let Some(held) = held else { return Err(format!("nothing is held of {from}")) };
        ensure(held.epoch == link.epoch, || format!("{from}: epoch {}", held.epoch))?;
        for lane in Lane::ALL {
            let expected = self.held(from, link.epoch, lane);
            ensure(held.lanes[lane] == expected, || format!("{lane:?} from {from}: {:?}, not {expected:?}", held.lanes[lane]))?;
            let known = &link.lanes[lane];
            let refused: Vec<_> = known.refused.range(..=known.arrived).map(|seq| LinkSeq(*seq)).collect();
            let said = store.arrived_event(from, lane, None);
            let expected = Event::ArrivedBelow { epoch: link.epoch, lane, seq: LinkSeq(known.arrived), refused };
            ensure(said.as_ref() == Some(&expected), || format!("from {from}: {said:?}, not {expected:?}"))?;
        }
        Ok(())
    }

    fn check_parked(&self, store: &Store) -> Result<(), String> {
        let mut said = Vec::new();
        for parked in store.parked().map_err(text)? {
            said.push((parked.at.neighbour, parked.at.lane, parked.at.seq.0, parked.reference, parked.below));
        }
        let mut expected = Vec::new();
        for ((to, lane), out) in self.out.iter().flatten() {
            let rows = out.parked.iter().map(|seq| (*seq, false)).chain(out.below.iter().map(|seq| (*seq, true)));
            expected.extend(rows.map(|(seq, below)| (to.clone(), *lane, seq, out.items[seq as usize - 1].clone(), below)));
        }
        said.sort();
        expected.sort();
        ensure(said == expected, || format!("parked {said:?}, not {expected:?}"))
    }
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
