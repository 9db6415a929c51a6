//! Officers: what they ask for, what they are told, and that they ask again with the same id until they have been told.

use std::{collections::BTreeSet, time::Duration};

use bytes::Bytes;
use dutynet_relay::{
    ids::{Lane, OfficeId, RecordId},
    record::{Audience, Mode},
    writer::intent::{Answer, Draft, Intent, ParkedAt, WriteRefusal},
};
use rand::Rng as _;

use crate::{
    found::clerk,
    office::{Reply, Request},
    world::{Checked, Fault, Happening, World},
};

/// Longest body that is usual.
const BODY_MAX: usize = 1_500;
/// Longest body that there is.
const BODY_LIMIT: usize = 16 * 1024;

/// One thing that an officer asks for.
#[derive(Debug)]
pub struct Ask {
    /// Where.
    pub office: usize,
    /// What.
    pub draft: Draft,
    /// How far it is.
    pub state: State,
    /// What must come of it.
    pub expected: Expected,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// To be asked (again).
    Open,
    /// In that run of the office.
    Asked(u32),
    /// The officer has seen the answer.
    Told,
}

/// What must come of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// A record, the same one however often it is asked for.
    Made,
    /// Nothing: the id is taken by other words.
    Conflict,
}

impl Ask {
    /// The machine that was asked is another one now.
    pub fn forget_asking(&mut self) {
        if matches!(self.state, State::Asked(_)) {
            self.state = State::Open;
        }
    }
}

impl World {
    /// An officer has something to say.
    pub fn draft(&mut self, office: usize) {
        let lane = [Lane::Flash, Lane::Urgent, Lane::Routine, Lane::Routine][self.random.random_range(0..4)];
        let audience = self.audience(office);
        let len = if self.random.random_bool(0.02) { BODY_LIMIT } else { self.random.random_range(0..BODY_MAX) };
        let body: Vec<u8> = (0..len).map(|_| self.random.random()).collect();
        let id = RecordId::from_parts(self.wall(office), self.random.random());
        let draft = Draft {
            id,
            kind: "sim.note/1".into(),
            subject: "sim".into(),
            lane,
            audience,
            mode: Mode::Test,
            happened_at: None,
            learnt_at: None,
            person: Some(clerk()),
            corrects: None,
            on_behalf_of: None,
            body: Bytes::from(body),
        };
        self.asks.push(Ask { office, draft, state: State::Open, expected: Expected::Made });
        self.ask(self.asks.len() - 1);
    }

    /// An officer repeats an earlier draft: as it was, or with other words under the same id.
    pub fn repeat(&mut self) {
        if self.asks.is_empty() {
            return;
        }
        let which = self.random.random_range(0..self.asks.len());
        let earlier = &self.asks[which];
        if earlier.state != State::Told || earlier.expected != Expected::Made {
            return self.ask(which);
        }
        let (office, mut draft) = (earlier.office, earlier.draft.clone());
        let mut expected = Expected::Made;
        // A machine that has forgotten the record would make another one of other words.
        if !self.plan.disasters.are_possible() && self.random.random_bool(0.4) {
            draft.body = Bytes::from_static(b"other words under the same id");
            expected = Expected::Conflict;
        }
        self.asks.push(Ask { office, draft, state: State::Open, expected });
        self.ask(self.asks.len() - 1);
    }

    /// Hands it to the office, if that is on and has not got it already.
    pub fn ask(&mut self, which: usize) {
        let ask = &self.asks[which];
        let at = ask.office;
        let office = &self.offices[at];
        let idle = match ask.state {
            State::Open => true,
            State::Asked(run) => run != office.run,
            State::Told => false,
        };
        if !idle || office.live.as_ref().is_none_or(|live| live.stopping) {
            return;
        }
        let (run, draft) = (office.run, ask.draft.clone());
        self.asks[which].state = State::Asked(run);
        self.request(at, Request { intents: vec![Intent::Submit(Box::new(draft))], reply: Reply::Officer(which) });
    }

    /// Officers who have heard nothing ask again.
    pub fn ask_again(&mut self, at: usize) {
        for which in 0..self.asks.len() {
            if self.asks[which].office == at {
                self.ask(which);
            }
        }
    }

    /// The writer has answered; the officer will see it, unless the office goes down first.
    pub fn answer_officer(&mut self, which: usize, answer: Option<Answer>) -> Checked {
        let ask = &self.asks[which];
        let name = format!("{}/{}", self.offices[ask.office].id, ask.draft.id);
        match (ask.expected, answer) {
            (Expected::Made, Some(Answer::Made { folded, .. })) => self.count(if folded { "asks folded" } else { "asks made" }),
            (Expected::Conflict, Some(Answer::Refused(WriteRefusal::Conflict))) => self.count("asks in conflict"),
            (_, Some(Answer::Refused(WriteRefusal::NoSpace(_)))) => {
                self.count("asks without room");
                self.asks[which].state = State::Open;
                return Ok(());
            }
            (expected, answer) => return Err(Fault(format!("{name}: expected {expected:?}, answered {answer:?}"))),
        }
        let run = self.offices[self.asks[which].office].run;
        let wait = self.up_to(Duration::from_millis(40));
        self.after(wait, Happening::Told { ask: which, run });
        Ok(())
    }

    /// The officer sees the answer.
    pub fn told(&mut self, which: usize, run: u32) {
        let ask = &mut self.asks[which];
        if ask.state == State::Asked(run) && self.offices[ask.office].is_in(run) {
            ask.state = State::Told;
            if ask.expected == Expected::Made {
                self.ledger.acknowledge(self.ledger.homes[ask.office], ask.draft.id);
            }
        }
    }

    /// Whether every officer has been told.
    pub fn all_told(&self) -> bool {
        self.asks.iter().all(|ask| ask.state == State::Told)
    }

    /// People retry what is parked. How much that was.
    pub fn retry_parked(&mut self) -> usize {
        let mut found: Vec<(usize, ParkedAt)> = Vec::new();
        for at in 0..self.ledger.ids.len() {
            let parked = self.offices[at].live().store.parked().unwrap_or_default();
            found.extend(parked.into_iter().filter(|parked| !parked.below).map(|parked| (at, parked.at)));
        }
        for (at, parked) in &found {
            self.count("parked retried");
            self.write(*at, Intent::RetryParked(parked.clone(), clerk()));
        }
        found.len()
    }

    /// Upward, downward, across, here alone, and several of these.
    fn audience(&mut self, office: usize) -> Vec<Audience> {
        let office = self.ledger.homes[office];
        let above = self.ledger.above(office);
        // An office that the root does not know yet cannot be written to.
        let known = |at: &usize| *at == office || self.ledger.known_to_root.contains(at);
        let below: Vec<usize> = self.ledger.below(office).into_iter().filter(known).collect();
        let id = |world: &Self, at: usize| world.offices[at].id.clone();
        match self.random.random_range(0..10) {
            0 => Vec::new(),
            1..=3 if !above.is_empty() => {
                let top = above[self.random.random_range(0..above.len())];
                let mut audience = vec![Audience::UpTo(id(self, top))];
                if self.random.random_bool(0.3) {
                    audience.push(Audience::Subtree(id(self, office)));
                }
                audience
            }
            4..=5 if !above.is_empty() => {
                let top = above[self.random.random_range(0..above.len())];
                vec![Audience::Subtree(id(self, top))]
            }
            6..=7 => vec![Audience::Offices(self.some_offices())],
            _ => {
                let top = below[self.random.random_range(0..below.len())];
                vec![Audience::Subtree(id(self, top))]
            }
        }
    }

    /// Offices that the root knows: others cannot be written to yet.
    fn some_offices(&mut self) -> Vec<OfficeId> {
        let known: Vec<usize> = self.ledger.known_to_root.iter().copied().collect();
        let count = self.random.random_range(1..=2);
        let chosen: BTreeSet<usize> = (0..count).map(|_| known[self.random.random_range(0..known.len())]).collect();
        let mut ids: Vec<OfficeId> = chosen.into_iter().map(|at| self.offices[at].id.clone()).collect();
        let without_node = &self.ledger.without_node_known;
        if !without_node.is_empty() && self.random.random_bool(0.4) {
            ids.push(without_node[self.random.random_range(0..without_node.len())].clone());
        }
        ids
    }
}
