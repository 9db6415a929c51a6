//! A store that cannot be wrong: one link's outbox, what was received over it, and what was told about both. Everything in it is durable; what
//! is not yet durable waits in the world's queues.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use dutynet_relay::{
    ids::{Digest, Epoch, Lane, LinkSeq, OfficeId, PerLane, RecordId, Ticket},
    link::{
        config::Start,
        event::Outgoing,
        frame::{Ancestor, Arrived, Batch, Custody, Fetch, Fetched, Held, Item, Position, Refusal, RefusalCode},
        spans::{Span, Spans},
    },
};

use super::facts::{Fact, Fate, fact, recognised};

type Outbox = PerLane<Vec<Arc<Fact>>>;

#[derive(Clone)]
pub struct Store {
    pub own: OfficeId,
    pub peer: OfficeId,
    pub epoch: Epoch,
    pub lineage: Vec<Ancestor>,
    pub lanes: Outbox,
    /// Chain hashes of the lanes, as far as they were asked for.
    chains: std::cell::RefCell<PerLane<Vec<Position>>>,
    pub past: Vec<(Epoch, Outbox)>,
    pub custody: PerLane<LinkSeq>,
    pub arrived: PerLane<LinkSeq>,
    /// What of that has not, as last told.
    late: PerLane<Spans>,
    /// Own records that are here, ever routed or taken back.
    pub made: BTreeSet<RecordId>,
    pub parked: BTreeSet<RecordId>,
    pub arrived_facts: BTreeSet<RecordId>,
    pub refused_later: BTreeSet<RecordId>,
    pub inbox: Inbox,
    pub tickets: Vec<Ticket>,
    pub fetch_due: bool,
}

/// The neighbour's records.
#[derive(Clone, Default)]
pub struct Inbox {
    pub held: Option<Held>,
    /// By position of the held epoch; `None`: consumed without a record.
    positions: PerLane<Vec<Option<Arc<Fact>>>>,
    refused: PerLane<Vec<LinkSeq>>,
    pub arrived: PerLane<LinkSeq>,
    pub applied: BTreeMap<RecordId, Arc<Fact>>,
    /// In the order of the first time.
    pub order: Vec<Arc<Fact>>,
    pub refused_facts: BTreeSet<RecordId>,
}

/// The store expects another position.
#[derive(Debug)]
pub struct OutOfOrder;

impl Store {
    pub fn new(own: OfficeId, peer: OfficeId, epoch: Epoch) -> Self {
        Self {
            own,
            peer,
            epoch,
            lineage: Vec::new(),
            lanes: Outbox::default(),
            chains: std::cell::RefCell::default(),
            past: Vec::new(),
            custody: PerLane::default(),
            arrived: PerLane::default(),
            late: PerLane::default(),
            made: BTreeSet::new(),
            parked: BTreeSet::new(),
            arrived_facts: BTreeSet::new(),
            refused_later: BTreeSet::new(),
            inbox: Inbox::default(),
            tickets: Vec::new(),
            fetch_due: true,
        }
    }

    pub fn start(&self, ticket: Option<Ticket>) -> Start {
        Start {
            epoch: self.epoch,
            lineage: self.lineage.clone(),
            sent: per_lane(|lane| self.position(lane, self.lanes[lane].len())),
            custody: self.custody,
            arrived: self.arrived,
            held: self.inbox.held,
            ticket,
            fetch: if self.fetch_due { vec![self.own.clone()] } else { Vec::new() },
            wants_past: false,
            lines: Vec::new(),
        }
    }

    pub fn heads(&self) -> PerLane<LinkSeq> {
        per_lane(|lane| LinkSeq(self.lanes[lane].len() as u64))
    }

    pub fn chain(&self, lane: Lane, seq: LinkSeq) -> Option<Digest> {
        let seq = usize::try_from(seq.0).unwrap();
        (seq <= self.lanes[lane].len()).then(|| self.position(lane, seq).hash)
    }

    fn position(&self, lane: Lane, seq: usize) -> Position {
        let chain = &mut self.chains.borrow_mut()[lane];
        if chain.is_empty() {
            chain.push(Position::start(self.epoch));
        }
        while chain.len() <= seq {
            chain.push(chain[chain.len() - 1].after(self.lanes[lane][chain.len() - 1].digest));
        }
        chain[seq]
    }

    pub fn make(&mut self, lane: Lane, n: u8) -> Arc<Fact> {
        let fact = fact(&self.own, lane, n);
        self.made.insert(fact.id);
        self.lanes[lane].push(fact.clone());
        fact
    }

    pub fn load(&self, lane: Lane, after: LinkSeq, count: usize) -> Vec<Outgoing> {
        let after = usize::try_from(after.0).unwrap();
        let outgoing = |fact: &Arc<Fact>| {
            if self.parked.contains(&fact.id) { fact.tombstone(&self.own) } else { fact.outgoing() }
        };
        self.lanes[lane].iter().skip(after).take(count).map(outgoing).collect()
    }

    /// Whether the neighbour can be said to have everything through there, as the sender understands it.
    pub fn fact_at(&self, epoch: Epoch, lane: Lane, seq: LinkSeq) -> Option<&Arc<Fact>> {
        let lanes = if epoch == self.epoch { &self.lanes } else { &self.past.iter().find(|(of, _)| *of == epoch)?.1 };
        lanes[lane].get(usize::try_from(seq.0).unwrap().checked_sub(1)?)
    }

    pub fn record_custody(&mut self, custody: &Custody) {
        if custody.epoch != self.epoch {
            return;
        }
        for refusal in &custody.refusals {
            let id = self.fact_at(self.epoch, custody.lane, refusal.seq).unwrap().id;
            self.parked.insert(id);
        }
        self.custody[custody.lane] = self.custody[custody.lane].max(custody.at.seq);
    }

    pub fn record_arrived(&mut self, arrived: &Arrived) {
        if arrived.epoch != self.epoch {
            return;
        }
        let lane = arrived.lane;
        for seq in &arrived.refused {
            let id = self.fact_at(self.epoch, lane, *seq).unwrap().id;
            self.refused_later.insert(id);
            self.arrived_facts.remove(&id);
        }
        let through = usize::try_from(arrived.seq.0).unwrap();
        self.late[lane] = arrived.late.clone();
        for (fact, seq) in self.lanes[lane][..through].iter().zip(1..) {
            let ends_here = self.parked.contains(&fact.id) || self.refused_later.contains(&fact.id);
            if !ends_here && !arrived.late.contains(LinkSeq(seq)) {
                self.arrived_facts.insert(fact.id);
            }
        }
        self.arrived[lane] = self.arrived[lane].max(arrived.seq);
    }

    pub fn rewind(&mut self, holds: PerLane<LinkSeq>) {
        for lane in Lane::ALL {
            self.custody[lane] = self.custody[lane].min(holds[lane]);
            self.arrived[lane] = self.arrived[lane].min(holds[lane]);
        }
    }

    pub fn rebase(&mut self, holds: Option<(Epoch, PerLane<LinkSeq>)>) {
        if holds.is_some_and(|(epoch, _)| epoch == self.epoch) {
            return;
        }
        let from = holds.map_or(0, |(epoch, _)| self.past.iter().position(|(of, _)| *of == epoch).unwrap_or(0));
        for lane in Lane::ALL {
            let mut has: BTreeSet<RecordId> = self.lanes[lane].iter().map(|fact| fact.id).collect();
            for (epoch, lanes) in &self.past[from..] {
                let held = holds.filter(|(of, _)| of == epoch).map_or(0, |(_, seqs)| usize::try_from(seqs[lane].0).unwrap());
                let again = lanes[lane][held..].iter().filter(|fact| !self.parked.contains(&fact.id) && has.insert(fact.id));
                self.lanes[lane].extend(again.cloned());
            }
        }
    }

    pub fn fork(&mut self, epoch: Epoch) {
        self.lineage.insert(0, Ancestor { epoch: self.epoch, forked_at: self.custody });
        let again = per_lane(|lane| {
            let arrived = usize::try_from(self.arrived[lane].0).unwrap();
            let late = self.lanes[lane][..arrived].iter().zip(1..).filter(|(_, seq)| self.late[lane].contains(LinkSeq(*seq)));
            let again = late.map(|(fact, _)| fact).chain(&self.lanes[lane][arrived..]);
            again.filter(|fact| !self.parked.contains(&fact.id)).cloned().collect()
        });
        self.past.push((self.epoch, std::mem::replace(&mut self.lanes, again)));
        self.epoch = epoch;
        self.chains = std::cell::RefCell::default();
        self.custody = PerLane::default();
        self.arrived = PerLane::default();
        self.late = PerLane::default();
        self.fetch_due = true;
    }

    pub fn forget_no_more(&mut self, forgotten: Option<Epoch>) {
        self.fetch_due = false;
        let unknown = forgotten.filter(|epoch| self.lineage.iter().all(|ancestor| ancestor.epoch != *epoch));
        self.lineage.extend(unknown.map(|epoch| Ancestor { epoch, forked_at: PerLane::default() }));
    }

    pub fn accept(&mut self, batch: &Batch) -> Result<(Position, Vec<Refusal>), OutOfOrder> {
        let inbox = &mut self.inbox;
        let held = inbox.held.filter(|held| held.epoch == batch.epoch);
        let mut held = held.unwrap_or_else(|| {
            inbox.positions = PerLane::default();
            inbox.refused = PerLane::default();
            inbox.arrived = PerLane::default();
            Held { epoch: batch.epoch, lanes: per_lane(|_| Position::start(batch.epoch)) }
        });
        if batch.first != held.lanes[batch.lane].seq.next() {
            return Err(OutOfOrder);
        }
        let mut refusals = Vec::new();
        for item in &batch.items {
            let digest = match item {
                Item::Record(carried) => inbox.take(recognised(carried), batch.lane, &mut refusals),
                Item::Tombstone { digest, .. } => {
                    inbox.positions[batch.lane].push(None);
                    *digest
                }
            };
            held.lanes[batch.lane] = held.lanes[batch.lane].after(digest);
        }
        inbox.held = Some(held);
        Ok((held.lanes[batch.lane], refusals))
    }

    pub fn refusals_after(&self, lane: Lane, after: LinkSeq) -> (Position, Vec<Refusal>) {
        let at = self.inbox.held.unwrap().lanes[lane];
        (at, self.inbox.refused[lane].iter().filter(|seq| **seq > after).map(|seq| refusal(*seq)).collect())
    }

    /// Everything that is held has arrived; what is new of that.
    pub fn arrive(&mut self, lane: Lane) -> Option<(LinkSeq, Vec<LinkSeq>)> {
        let held = self.inbox.held?.lanes[lane].seq;
        let before = std::mem::replace(&mut self.inbox.arrived[lane], held);
        (before < held).then(|| self.arrived_after(lane, before))
    }

    pub fn arrived_after(&self, lane: Lane, after: LinkSeq) -> (LinkSeq, Vec<LinkSeq>) {
        let through = self.inbox.arrived[lane];
        let later = |seq: &LinkSeq| {
            let place = usize::try_from(seq.0 - 1).unwrap();
            self.inbox.positions[lane][place].as_ref().is_some_and(|fact| fact.fate == Fate::RefusedLater)
        };
        (through, (after.0 + 1..=through.0).map(LinkSeq).filter(later).collect())
    }

    /// What has not arrived because of an office further on.
    pub fn late(&self, lane: Lane) -> Spans {
        let mut late = Spans::default();
        for (fact, seq) in self.inbox.positions[lane].iter().zip(1..) {
            if fact.as_ref().is_some_and(|fact| fact.fate == Fate::Late) {
                late.add(Span { first: LinkSeq(seq), last: LinkSeq(seq) });
            }
        }
        late
    }

    pub fn fetched(&self, fetch: &Fetch) -> Fetched {
        let of = |fact: &&Arc<Fact>| Some(fact.id) > fetch.after && fetch.origin == self.peer;
        let mut records = self.inbox.applied.values().filter(of).map(|fact| fact.carried.clone()).collect::<Vec<_>>();
        let done = records.len() <= 3;
        records.truncate(3);
        Fetched { origin: fetch.origin.clone(), records, done }
    }

    pub fn take_back(&mut self, fetched: &Fetched) {
        self.made.extend(fetched.records.iter().map(|carried| recognised(carried).id));
    }

    /// Own records that were ever routed to the neighbour.
    pub fn routed(&self) -> impl Iterator<Item = &Arc<Fact>> {
        let past = self.past.iter().flat_map(|(_, lanes)| lanes.0.iter().flatten());
        past.chain(self.lanes.0.iter().flatten())
    }
}

impl Inbox {
    fn take(&mut self, fact: Arc<Fact>, lane: Lane, refusals: &mut Vec<Refusal>) -> Digest {
        let seq = LinkSeq(self.positions[lane].len() as u64 + 1);
        if fact.fate == Fate::Refused {
            self.positions[lane].push(None);
            self.refused[lane].push(seq);
            self.refused_facts.insert(fact.id);
            refusals.push(refusal(seq));
            return fact.digest;
        }
        if self.applied.insert(fact.id, fact.clone()).is_none() {
            self.order.push(fact.clone());
        }
        self.positions[lane].push(Some(fact.clone()));
        fact.digest
    }
}

fn refusal(seq: LinkSeq) -> Refusal {
    Refusal { seq, code: RefusalCode::NotYoursToSend, detail: String::new() }
}

pub fn per_lane<T>(of: impl FnMut(Lane) -> T) -> PerLane<T> {
    PerLane(Lane::ALL.map(of))
}
