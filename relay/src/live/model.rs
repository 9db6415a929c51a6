//! Random trees of exchanges, joined by queues that may be cut at any moment: whoever asks has exactly one row of every office at its
//! deadline, whatever happens, and nothing is left behind.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use bytes::Bytes;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use super::{
    exchange::{Action, Around, Event, Exchange, Side, Speaks},
    frame::LiveFrame,
    question::{Held, Question, Row, Target},
    tests::{id, registry},
};
use crate::{
    ids::{OfficeId, QuestionId, UnixMillis},
    link::{event::Now, standing::Standing},
    registry::Registry,
};

const WITHIN: Duration = Duration::from_secs(5);

struct World {
    rng: StdRng,
    now: Duration,
    offices: Vec<(String, String)>,
    nodes: BTreeMap<OfficeId, (Exchange, Registry)>,
    /// From, to, what; in order per pair.
    wires: BTreeMap<(OfficeId, OfficeId), VecDeque<LiveFrame>>,
    /// What programs were asked and have not answered.
    programs: Vec<(OfficeId, Event)>,
    got: Vec<Row>,
    over: u32,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut offices = vec![("o0".to_owned(), String::new())];
        for number in 1..rng.random_range(5..40) {
            let parent = rng.random_range(0..number.min(6));
            let paper = if number >= 6 && rng.random_bool(0.15) { "-" } else { "" };
            offices.push((format!("o{number}{paper}"), format!("o{parent}")));
        }
        let pairs: Vec<_> = offices.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let with_node = offices.iter().filter(|(office, _)| !office.ends_with('-'));
        let node = |(office, _): &(String, String)| (id(office), (Exchange::new(id(office)), registry(office, &pairs)));
        let nodes = with_node.map(node).collect();
        let (wires, programs, got) = (BTreeMap::new(), Vec::new(), Vec::new());
        let mut world = Self { rng, now: Duration::from_secs(1), offices, nodes, wires, programs, got, over: 0 };
        for (office, parent) in world.offices.clone().into_iter().skip(1) {
            if !office.ends_with('-') && world.rng.random_bool(0.85) {
                world.link(&id(&office), &id(&parent));
            }
        }
        world
    }

    fn link(&mut self, child: &OfficeId, parent: &OfficeId) {
        let speaks = if self.rng.random_bool(0.9) { Speaks::Questions } else { Speaks::RecordsAlone };
        self.wires.insert((child.clone(), parent.clone()), VecDeque::new());
        self.wires.insert((parent.clone(), child.clone()), VecDeque::new());
        self.tell(child, Event::LinkUp(parent.clone(), Side::Above, speaks));
        self.tell(parent, Event::LinkUp(child.clone(), Side::Below, speaks));
    }

    fn cut(&mut self, child: &OfficeId, parent: &OfficeId) {
        if self.wires.remove(&(child.clone(), parent.clone())).is_some() {
            self.wires.remove(&(parent.clone(), child.clone()));
            self.tell(child, Event::LinkDown(parent.clone()));
            self.tell(parent, Event::LinkDown(child.clone()));
        }
    }

    fn tell(&mut self, office: &OfficeId, event: Event) {
        let Some((exchange, registry)) = self.nodes.get_mut(office) else { return };
        let around = Around { registry, now: Now { since: self.now, wall: UnixMillis(0) } };
        for action in exchange.step(around, event) {
            match action {
                Action::Send(to, frame) => {
                    if let Some(wire) = self.wires.get_mut(&(office.clone(), to)) {
                        wire.push_back(frame);
                    }
                }
                Action::Answer(id, _) => {
                    let held = Held { body: Bytes::from(vec![1; 9000 / 2]), as_of: UnixMillis(0) };
                    self.programs.push((office.clone(), Event::Answered(id, Ok(held))));
                }
                Action::AnswerFor(id, _, offices) => {
                    let rows = offices.into_iter().map(|(office, _)| (office, None, None)).collect();
                    self.programs.push((office.clone(), Event::AnsweredFor(id, rows)));
                }
                Action::Tell(_, rows) => self.got.extend(rows),
                Action::Over(_) => self.over += u32::from(office.as_str() == "o0"),
                Action::Useless(_) => {}
                Action::Refused(from, why) => panic!("{office} refuses {from}: {why:?}"),
                Action::Fault(from, what) => panic!("{office} blames {from}: {what}"),
            }
        }
    }

    fn act(&mut self) {
        match self.rng.random_range(0..100) {
            0..55 => {
                let full: Vec<_> = self.wires.iter().filter(|(_, wire)| !wire.is_empty()).map(|(pair, _)| pair.clone()).collect();
                if full.is_empty() {
                    return;
                }
                let (from, to) = full[self.rng.random_range(0..full.len())].clone();
                if let Some(frame) = self.wires.get_mut(&(from.clone(), to.clone())).and_then(VecDeque::pop_front) {
                    self.tell(&to, Event::Heard(from, Standing::Full, frame));
                }
            }
            55..85 if !self.programs.is_empty() => {
                let at = self.rng.random_range(0..self.programs.len());
                let (office, event) = self.programs.swap_remove(at);
                self.tell(&office, event);
            }
            85..88 => {
                let at = self.rng.random_range(1..self.offices.len());
                let (office, parent) = self.offices[at].clone();
                self.cut(&id(&office), &id(&parent));
            }
            88..90 => {
                let at = self.rng.random_range(1..self.offices.len());
                let (office, parent) = self.offices[at].clone();
                if !office.ends_with('-') {
                    self.cut(&id(&office), &id(&parent));
                    self.link(&id(&office), &id(&parent));
                }
            }
            _ => {
                let time = Duration::from_millis(self.rng.random_range(0..120));
                self.pass(time);
            }
        }
    }

    fn pass(&mut self, time: Duration) {
        self.now += time;
        let offices: Vec<_> = self.nodes.keys().cloned().collect();
        offices.iter().for_each(|office| self.tell(office, Event::Tick));
    }
}

fn run(seed: u64) {
    let mut world = World::new(seed);
    let (asker, targets) = (id("o0"), vec![Target::subtree(id("o0"))]);
    let question = Question { id: QuestionId([5; 16]), kind: "x/1".into(), asker, targets, body: Bytes::new() };
    world.tell(&id("o0"), Event::Asked(question, WITHIN));
    let end = world.now + WITHIN;
    while world.now < end {
        world.act();
    }
    world.pass(Duration::ZERO);
    let expected: BTreeSet<_> = world.offices.iter().map(|(office, _)| id(office)).collect();
    let found: BTreeSet<_> = world.got.iter().map(|row| row.office.clone()).collect();
    assert_eq!(found, expected, "seed {seed}: who is in the table");
    assert_eq!(world.got.len(), expected.len(), "seed {seed}: everybody once");
    assert_eq!(world.over, 1, "seed {seed}: over once");
    world.pass(WITHIN * 2);
    for (office, (exchange, _)) in &world.nodes {
        assert_eq!(exchange.wakes_at(), None, "seed {seed}: {office} has something under way");
    }
}

#[test]
fn whoever_asks_has_one_row_of_every_office_at_the_deadline() {
    (0..100).for_each(run);
}
