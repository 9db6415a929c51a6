//! The live questions of one office as a pure state machine: what its neighbours and its programs ask and answer goes in, what is to be sent,
//! asked and told comes out. There is no clock, socket, lock or random number in here; who is below whom is lent with each event.
//!
//! The driver promises: events one after the other, actions done in order, an [`Event::Tick`] at [`Exchange::wakes_at`].

mod answering;
mod hearing;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

pub use super::neighbour::{Side, Speaks};
use super::{
    QUESTIONS_MAX, WITHIN_MAX,
    answerer::{Asked, Unable},
    frame::{LiveFrame, Refusal},
    neighbour::Neighbour,
    open::{Asker, Open, Through, Times},
    question::{Held, Question, Row, Why},
    targets::{asked_for, towards},
};
use crate::{
    ids::{OfficeId, QuestionId, UnixMillis},
    link::{event::Now, standing::Standing},
    registry::Registry,
};

/// What is lent with each event.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// Who is who.
    pub registry: &'a Registry,
    /// By both clocks.
    pub now: Now,
}

/// What the machine is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A session is up. An earlier one of that neighbour is over.
    LinkUp(OfficeId, Side, Speaks),
    /// It is over.
    LinkDown(OfficeId),
    /// A neighbour says something, and stands to us like this by now.
    Heard(OfficeId, Standing, LiveFrame),
    /// A program here asks; [`Exchange::refusal`] has found nothing against it.
    Asked(Question, Duration),
    /// It does not want to know any more.
    Dropped(QuestionId),
    /// Answer to [`Action::Answer`].
    Answered(QuestionId, Result<Held, Unable>),
    /// Answer to [`Action::AnswerFor`]: of each office since when its line is down, and what is held.
    AnsweredFor(QuestionId, Vec<(OfficeId, Option<UnixMillis>, Option<Held>)>),
    /// Time has passed.
    Tick,
}

/// What the machine asks for, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Put it on the wire to that neighbour.
    Send(OfficeId, LiveFrame),
    /// Ask the program for this office; answered by [`Event::Answered`].
    Answer(QuestionId, Asked),
    /// Ask it for others; answered by [`Event::AnsweredFor`].
    AnswerFor(QuestionId, Asked, Vec<(OfficeId, Why)>),
    /// Rows for the program that asked.
    Tell(QuestionId, Vec<Row>),
    /// It is over: nothing that was asked for it is wanted any more, and the program that asked hears that there are no more rows.
    Over(QuestionId),
    /// The neighbour sent a frame that changes nothing; counted.
    Useless(OfficeId),
    /// A question was refused; counted.
    Refused(OfficeId, Refusal),
    /// It breaks the protocol: end the session.
    Fault(OfficeId, &'static str),
}

/// See the module.
#[derive(Debug)]
pub struct Exchange {
    own: OfficeId,
    neighbours: BTreeMap<OfficeId, Neighbour>,
    open: BTreeMap<QuestionId, Open>,
}

impl Exchange {
    /// Of that office, before any link is up.
    pub fn new(own: OfficeId) -> Self {
        Self { own, neighbours: BTreeMap::new(), open: BTreeMap::new() }
    }

    /// Why a program here may not ask that; `None`: it may.
    pub fn refusal(&self, registry: &Registry, question: &Question) -> Option<Refusal> {
        if self.under_way(&Asker::Here).len() >= QUESTIONS_MAX {
            return Some(Refusal::Busy);
        }
        asked_for(&question.targets, registry).is_empty().then_some(Refusal::NotHere)
    }

    /// When the next [`Event::Tick`] is due; earlier and more do no harm.
    pub fn wakes_at(&self) -> Option<Duration> {
        self.open.values().map(Open::wakes_at).min()
    }

    /// Takes in one event.
    pub fn step(&mut self, around: Around<'_>, event: Event) -> Vec<Action> {
        let mut out = Vec::new();
        match event {
            Event::LinkUp(peer, side, speaks) => {
                self.link_down(around, &peer, &mut out);
                self.neighbours.insert(peer, Neighbour::new(side, speaks));
            }
            Event::LinkDown(peer) => self.link_down(around, &peer, &mut out),
            Event::Heard(peer, standing, frame) => self.heard(around, &peer, (standing, frame), &mut out),
            Event::Asked(question, within) => self.begin(around, (question, Asker::Here), within, &mut out),
            Event::Dropped(id) => self.drop_question(id, &mut out),
            Event::Answered(id, answer) => self.answered(id, answer, &mut out),
            Event::AnsweredFor(id, rows) => self.answered_for(id, rows, &mut out),
            Event::Tick => self.tick(around, &mut out),
        }
        self.pump(&mut out);
        out
    }

    /// Questions of that one that take up room here: also those that are answered, as long as their rows wait to be sent.
    fn under_way(&self, asker: &Asker) -> BTreeSet<QuestionId> {
        let open = self.open.iter().filter(|(_, open)| open.asker == *asker).map(|(id, _)| *id);
        let unsent = match asker {
            Asker::Here => BTreeSet::new(),
            Asker::Above(parent) => self.neighbours.get(parent).map(|parent| parent.outflow.ids()).unwrap_or_default(),
        };
        open.chain(unsent).collect()
    }

    /// Everybody who is asked for is heard of through somebody from here on.
    fn begin(&mut self, around: Around<'_>, (question, asker): (Question, Asker), within: Duration, out: &mut Vec<Action>) {
        let (id, now) = (question.id, around.now.since);
        let times = Times::new(now, within.min(WITHIN_MAX));
        let asked = asked_for(&question.targets, around.registry);
        let waiting = asked.into_iter().map(|office| {
            let through = self.through(around.registry, &office);
            (office, through)
        });
        let open = Open::new(question, asker, times, waiting.collect());
        if open.waits_for(&self.own) {
            out.push(Action::Answer(id, open.seen(now, times.last_call)));
        }
        for child in open.asked() {
            let targets = towards(child, &open.question.targets, around.registry);
            let question = Question { targets, ..open.question.clone() };
            out.push(Action::Send(child.clone(), LiveFrame::Question { question, within: times.children }));
            if let Some(neighbour) = self.neighbours.get_mut(child) {
                neighbour.calm();
            }
        }
        answer_for(id, &open, (now, open.for_records()), out);
        self.open.insert(id, open);
    }

    fn through(&self, registry: &Registry, office: &OfficeId) -> Through {
        if *office == self.own {
            return Through::Here;
        }
        let has_node = |office: &OfficeId| registry.entry(office).is_some_and(|entry| entry.key.is_some());
        let Some(child) = registry.child_towards(office).filter(|child| has_node(child)) else {
            return Through::Records(Why::NoNode);
        };
        let cut_off = if has_node(office) { Why::LineDown } else { Why::NoNode };
        let busy = self.open.values().filter(|open| open.asked().contains(child)).count() >= QUESTIONS_MAX;
        match self.neighbours.get(child).filter(|neighbour| neighbour.side == Side::Below) {
            None => Through::Records(cut_off),
            Some(neighbour) if neighbour.speaks == Speaks::RecordsAlone => Through::Records(Why::Older),
            Some(_) if busy => Through::Records(Why::Busy),
            Some(_) => Through::Child(child.clone()),
        }
    }

    fn link_down(&mut self, around: Around<'_>, peer: &OfficeId, out: &mut Vec<Action>) {
        let Some(gone) = self.neighbours.remove(peer) else { return };
        let ids: Vec<_> = self.open.keys().copied().collect();
        match gone.side {
            Side::Above => {
                let theirs = Asker::Above(peer.clone());
                let theirs: Vec<_> = ids.into_iter().filter(|id| self.open[id].asker == theirs).collect();
                theirs.into_iter().for_each(|id| self.drop_question(id, out));
            }
            Side::Below => ids.into_iter().for_each(|id| self.give_up(around, (id, peer), Why::LineDown, out)),
        }
    }

    /// The question is over before its end.
    fn drop_question(&mut self, id: QuestionId, out: &mut Vec<Action>) {
        let Some(open) = self.open.remove(&id) else { return };
        if let Asker::Above(parent) = &open.asker
            && let Some(parent) = self.neighbours.get_mut(parent)
        {
            parent.outflow.forget(id);
        }
        out.extend(open.asked().iter().map(|child| Action::Send(child.clone(), LiveFrame::Dropped(id))));
        out.push(Action::Over(id));
    }

    /// Everything that may leave.
    fn pump(&mut self, out: &mut Vec<Action>) {
        for (office, neighbour) in &mut self.neighbours {
            while let Some(frame) = neighbour.outflow.next() {
                out.push(Action::Send(office.clone(), frame));
            }
        }
    }
}

/// Asks the program here for those that cannot be asked.
fn answer_for(id: QuestionId, open: &Open, (now, offices): (Duration, Vec<(OfficeId, Why)>), out: &mut Vec<Action>) {
    if !offices.is_empty() {
        out.push(Action::AnswerFor(id, open.seen(now, open.times.until), offices));
    }
}
