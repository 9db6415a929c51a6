//! A link session as a pure state machine: what is heard goes in, what is to be done comes out.
//!
//! Guarantees, between two of these and an ordered stream that may be cut at any moment:
//! - Custody is said for what the store has called durable, and believed for what this machine has sent.
//! - Within a lane order holds; a Control record goes before everything else; a Flash record waits for no more than the credit in flight.
//! - Both ends say what they hold, and every other state of affairs than "I have all of it up to here" is a row of a table
//!   ([`position`](super::position)), counted, and leads to sending again or to a new epoch. Nothing is guessed, nothing waits silently.
//! - Everything that it keeps is bounded.
//!
//! There is no clock, socket, store, lock or random number in here, and equal events give equal actions. A driver feeds it from a stream
//! and a writer; the simulator feeds it from memory. The driver promises: events one after the other; actions done in order; an answer to
//! each question, within a lane in the order of the questions; a [`Start`](super::config::Start) that was read after an earlier session of
//! the same link had ended and its questions were answered.
//!
//! The life of a session:
//!
//! ```text
//!   child                                                     parent
//!   Opened -> Hello ----------------------------------------> ticket judged -> Admit -> Opened
//!   position judged  <--------------------------------- Hello <-'                         '-> position judged
//!   (look up a chain hash, rebase, or fork and end)           (the same)
//!   Up; KeepTicket -> TicketKept -> first Heartbeat --------> the older ticket no longer counts
//!   Grew -> Load -> Loaded -> Batch ------------------------> Accept -> Accepted
//!   RecordCustody <------------------------------------------ Custody
//! ```
//!
//! Reading order: [`event`](super::event) (what goes in and out), [`position`](super::position), then this file and its parts.

use std::time::Duration;

use super::{
    config::{Config, Role, Start},
    count::LinkEvent,
    dialogue::{self, Dialogue, Greeted},
    end::{EndReason, PeerFault, RetryHint},
    event::{Action, Event, LinesScope, Now},
    frame::{Frame, Heartbeat, Hello, Refused, RefusedReason},
    greeting::{self, Admission},
    pulse::Pulse,
};
use crate::ids::{LinkSeq, PerLane, Ticket};

/// After a refusal that only people can mend.
const REFUSED_RETRY: Duration = Duration::from_secs(60);
/// After a fault of the neighbour: it will probably commit it again.
const FAULT_RETRY: Duration = Duration::from_secs(10);
/// A neighbour cannot send us away for longer.
const HINT_MAX: Duration = Duration::from_secs(600);

/// One end of one session.
#[derive(Debug)]
pub struct Machine {
    config: Config,
    pulse: Pulse,
    phase: Phase,
}

#[derive(Debug)]
enum Phase {
    /// Child: before the stream is there. Parent: before the child's Hello is.
    Knocking,
    /// Parent: the child's Hello is good; the store is asked.
    Admitting(Box<Hello>),
    /// Child: it has said Hello.
    Greeting(Box<Home>),
    /// Both have.
    Open(Box<Dialogue>),
    /// Over.
    Ended,
}

/// What a child's store knows, kept up to date until the parent has said Hello.
#[derive(Debug)]
struct Home {
    start: Start,
    heads: PerLane<LinkSeq>,
}

/// Why and how the session ends.
#[derive(Debug)]
pub(super) struct Stop(pub(super) EndReason, pub(super) RetryHint);

impl From<PeerFault> for Stop {
    fn from(fault: PeerFault) -> Self {
        Self(EndReason::PeerFault(fault), RetryHint::NotBefore(FAULT_RETRY))
    }
}

impl Machine {
    /// Before the first event. A parent may make it when the child's first frame is there, so that its [`Gate`](super::config::Gate) is fresh.
    pub fn new(config: Config, now: Now) -> Self {
        let scope = match config.role {
            Role::Child => LinesScope::Whole,
            Role::Parent(_) => LinesScope::Changes,
        };
        let pulse = Pulse::new(&config.limits, scope, now.since);
        Self { config, pulse, phase: Phase::Knocking }
    }

    /// Takes in one event.
    pub fn step(&mut self, now: Now, event: Event) -> Vec<Action> {
        let mut out = Vec::new();
        if matches!(self.phase, Phase::Ended) {
            return out;
        }
        if let Err(Stop(reason, retry)) = self.take(now, event, &mut out) {
            self.phase = Phase::Ended;
            out.extend(counted(&reason).map(Action::Count));
            out.push(Action::End { reason, retry });
        }
        out
    }

    /// When the next [`Event::Tick`] is due, on the monotonic clock. Earlier and more ticks do no harm.
    pub fn wakes_at(&self) -> Duration {
        let session = match &self.phase {
            Phase::Open(dialogue) => dialogue.wakes_at(),
            Phase::Knocking | Phase::Admitting(_) | Phase::Greeting(_) => None,
            Phase::Ended => return Duration::MAX,
        };
        let pulse = self.pulse.wakes_at();
        session.map_or(pulse, |session| session.min(pulse))
    }

    /// What it was made with.
    pub fn config(&self) -> &Config {
        &self.config
    }

    fn take(&mut self, now: Now, event: Event, out: &mut Vec<Action>) -> Result<(), Stop> {
        match event {
            Event::Opened(start) => self.opened(now, *start, out),
            Event::Received(frame) => {
                self.pulse.heard(now);
                self.received(now, frame, out)
            }
            Event::UnknownFrame => {
                self.pulse.heard(now);
                out.push(Action::Count(LinkEvent::UnknownFrame));
                Ok(())
            }
            Event::Unreadable(detail) => self.unreadable(now, detail, out),
            Event::Refuse(reason, detail) => Err(self.refuse(refused(reason, detail, now), out)),
            Event::TicketKept => {
                if self.config.role == Role::Child {
                    self.pulse.start(now, out);
                }
                Ok(())
            }
            Event::LinesChanged(lines) => {
                self.pulse.lines_changed(lines);
                self.pulse.tick(now, out);
                Ok(())
            }
            Event::Tick => self.tick(now, out),
            Event::NewEpoch => Err(self.leave(EndReason::NewEpoch, RetryHint::Soon, out)),
            Event::Closed => Err(Stop(EndReason::Closed, RetryHint::Schedule)),
            other @ (Event::ChainAt { .. }
            | Event::Rebased(_)
            | Event::Grew(_)
            | Event::Loaded { .. }
            | Event::Accepted { .. }
            | Event::CustodyBefore { .. }
            | Event::AcceptFailed { .. }
            | Event::SpaceFreed
            | Event::ArrivedBelow { .. }
            | Event::ArrivedBefore { .. }
            | Event::Want(_)
            | Event::WantLost(_)
            | Event::FetchLoaded(_)
            | Event::TookBack
            | Event::TakeBackFailed
            | Event::WantFile { .. }
            | Event::ChunkLoaded { .. }
            | Event::ChunkKept { .. }
            | Event::ChunkNotKept { .. }
            | Event::Drain { .. }) => self.told(now, other, out),
        }
    }

    fn opened(&mut self, now: Now, start: Start, out: &mut Vec<Action>) -> Result<(), Stop> {
        self.pulse.lines_changed(start.lines.clone());
        let heads = super::position::per_lane(|lane| start.sent[lane].seq);
        match std::mem::replace(&mut self.phase, Phase::Ended) {
            Phase::Knocking if self.config.role == Role::Child => {
                self.say_hello(now, &start, out);
                self.phase = Phase::Greeting(Box::new(Home { start, heads }));
                Ok(())
            }
            Phase::Admitting(hello) => {
                self.say_hello(now, &start, out);
                self.begin(now, Home { start, heads }, *hello, out)?;
                self.pulse.start(now, out);
                Ok(())
            }
            Phase::Knocking | Phase::Greeting(_) | Phase::Open(_) | Phase::Ended => {
                Err(Stop(EndReason::Store("opened at the wrong time"), RetryHint::Schedule))
            }
        }
    }

    fn say_hello(&mut self, now: Now, start: &Start, out: &mut Vec<Action>) {
        self.pulse.told_hello(now);
        out.push(Action::Send(Frame::Hello(Box::new(greeting::hello(&self.config, start, now)))));
    }

    fn received(&mut self, now: Now, frame: Frame, out: &mut Vec<Action>) -> Result<(), Stop> {
        if let Frame::Drain { retry_after_ms } = frame {
            return Err(Stop(EndReason::PeerDrained, hint(retry_after_ms, RetryHint::Soon)));
        }
        if let Phase::Open(dialogue) = &mut self.phase {
            if let Frame::Heartbeat(beat) = frame {
                dialogue.heard_beat(out);
                self.heard_beat(now, beat, out);
                return Ok(());
            }
            return dialogue.received(now, frame, out);
        }
        match (frame, std::mem::replace(&mut self.phase, Phase::Ended)) {
            (Frame::Hello(hello), Phase::Knocking) => self.knocked(now, *hello, out),
            (Frame::Hello(hello), Phase::Greeting(home)) => self.answered(now, *home, *hello, out),
            (Frame::Refused(refused), _) => Err(refused_by_peer(refused, now, out)),
            (_, _) => Err(PeerFault::Unexpected("frame before hello").into()),
        }
    }

    /// Parent: the child has said Hello.
    fn knocked(&mut self, now: Now, hello: Hello, out: &mut Vec<Action>) -> Result<(), Stop> {
        let Role::Parent(gate) = &self.config.role else { return Err(PeerFault::Unexpected("hello").into()) };
        let admission = greeting::admission(gate, hello.ticket);
        let incumbent = gate.incumbent;
        if let Err(refused) = greeting::check(&self.config, &hello, now) {
            return Err(self.refuse(refused, out));
        }
        match admission {
            Admission::Known => {}
            Admission::Returned => out.push(Action::Count(LinkEvent::GhostReplaced)),
            Admission::Stale => out.push(Action::Count(LinkEvent::TicketStale)),
            Admission::Second => return Err(self.refuse(greeting::quarantine(now), out)),
        }
        out.push(Action::Admit { shown: hello.ticket.unwrap_or(Ticket::NONE), incumbent });
        self.phase = Phase::Admitting(Box::new(hello));
        Ok(())
    }

    /// Child: the parent has said Hello too.
    fn answered(&mut self, now: Now, home: Home, hello: Hello, out: &mut Vec<Action>) -> Result<(), Stop> {
        let ticket = hello.ticket;
        if let Err(refused) = greeting::check(&self.config, &hello, now) {
            self.phase = Phase::Knocking;
            return Err(self.refuse(refused, out));
        }
        self.begin(now, home, hello, out)?;
        match ticket {
            Some(ticket) => out.push(Action::KeepTicket(ticket)),
            None => self.pulse.start(now, out),
        }
        Ok(())
    }

    fn begin(&mut self, now: Now, home: Home, hello: Hello, out: &mut Vec<Action>) -> Result<(), Stop> {
        let peer = greeting::check(&self.config, &hello, now).map_err(|refused| self.refuse(refused, out))?;
        self.pulse.heard_hello(now, hello.clock);
        let ticket_given = match self.config.role {
            Role::Child => None,
            Role::Parent(_) => home.start.ticket,
        };
        let greeted = Greeted { own: home.start, heads: home.heads, hello, peer, ticket_given };
        self.phase = Phase::Open(Box::new(Dialogue::begin(&self.config, now, greeted, out)?));
        Ok(())
    }

    fn heard_beat(&mut self, now: Now, beat: Heartbeat, out: &mut Vec<Action>) {
        self.pulse.heard_beat(now, &beat, out);
        let scope = if beat.lines_whole { LinesScope::Whole } else { LinesScope::Changes };
        let says_something = !beat.lines.is_empty() || scope == LinesScope::Whole;
        if says_something && matches!(self.config.role, Role::Parent(_)) {
            out.push(Action::Lines { lines: beat.lines, scope });
        }
    }

    fn tick(&mut self, now: Now, out: &mut Vec<Action>) -> Result<(), Stop> {
        if let Some(silence) = self.pulse.silence(now.since) {
            return Err(Stop(EndReason::Silence(silence), RetryHint::Schedule));
        }
        self.pulse.tick(now, out);
        if let Phase::Open(dialogue) = &mut self.phase {
            dialogue.count_late(now.since.saturating_sub(self.pulse.silence_max()), out);
            dialogue.told(now, Event::Tick, out)?;
        }
        Ok(())
    }

    /// From the store or the node; until the session is open only what a snapshot would have shown matters.
    fn told(&mut self, now: Now, event: Event, out: &mut Vec<Action>) -> Result<(), Stop> {
        match (&mut self.phase, event) {
            (Phase::Open(dialogue), event) => dialogue.told(now, event, out),
            (_, Event::Drain { .. }) => Err(Stop(EndReason::Drained, RetryHint::Schedule)),
            (Phase::Greeting(home), Event::Grew(heads)) => {
                home.heads = super::position::per_lane(|lane| home.heads[lane].max(heads[lane]));
                Ok(())
            }
            (Phase::Greeting(home), Event::Want(origins)) => {
                home.start.fetch.extend(origins);
                Ok(())
            }
            (_, _) => Ok(()),
        }
    }

    fn unreadable(&mut self, now: Now, detail: String, out: &mut Vec<Action>) -> Result<(), Stop> {
        match self.phase {
            Phase::Open(_) => Err(PeerFault::Unreadable(detail).into()),
            Phase::Knocking | Phase::Admitting(_) | Phase::Greeting(_) | Phase::Ended => {
                Err(self.refuse(refused(RefusedReason::Malformed, detail, now), out))
            }
        }
    }

    /// Says so, where it can still be heard.
    fn refuse(&mut self, refused: Refused, out: &mut Vec<Action>) -> Stop {
        let (reason, detail) = (refused.reason, refused.detail.clone());
        if !matches!(self.phase, Phase::Open(_)) {
            out.push(Action::Send(Frame::Refused(refused)));
        }
        Stop(EndReason::Refused(reason, detail), RetryHint::NotBefore(REFUSED_RETRY))
    }

    fn leave(&mut self, reason: EndReason, retry: RetryHint, out: &mut Vec<Action>) -> Stop {
        if matches!(self.phase, Phase::Open(_)) {
            out.push(dialogue::farewell(Duration::ZERO));
        }
        Stop(reason, retry)
    }
}

fn refused(reason: RefusedReason, detail: String, now: Now) -> Refused {
    Refused { reason, detail, retry_after_ms: 0, clock: now.wall }
}

/// Nothing but Busy mends itself soon. The refuser's clock may be the reason, so it is made known.
fn refused_by_peer(refused: Refused, now: Now, out: &mut Vec<Action>) -> Stop {
    out.push(Action::Offset(now.wall.0.saturating_sub(refused.clock.0)));
    let retry = match refused.reason {
        RefusedReason::Busy => hint(refused.retry_after_ms, RetryHint::Schedule),
        RefusedReason::UnknownKey
        | RefusedReason::Superseded
        | RefusedReason::Zone
        | RefusedReason::Protocol
        | RefusedReason::CertificateEnded
        | RefusedReason::Quarantined
        | RefusedReason::Malformed
        | RefusedReason::NoNode => {
            RetryHint::NotBefore(REFUSED_RETRY.max(Duration::from_millis(refused.retry_after_ms)).min(HINT_MAX))
        }
    };
    Stop(EndReason::RefusedByPeer(refused), retry)
}

fn hint(millis: u64, if_none: RetryHint) -> RetryHint {
    if millis == 0 { if_none } else { RetryHint::NotBefore(Duration::from_millis(millis).min(HINT_MAX)) }
}

/// Ends that are more than the end of a line.
fn counted(reason: &EndReason) -> Option<LinkEvent> {
    match reason {
        EndReason::Silence(_) => Some(LinkEvent::Silence),
        EndReason::PeerDrained => Some(LinkEvent::PeerDrained),
        EndReason::RefusedByPeer(_) => Some(LinkEvent::RefusedByPeer),
        EndReason::Refused(RefusedReason::Quarantined, _) => Some(LinkEvent::Quarantined),
        EndReason::Refused(..) => Some(LinkEvent::HelloRefused),
        EndReason::PeerFault(_) => Some(LinkEvent::PeerFault),
        EndReason::Closed
        | EndReason::Drained
        | EndReason::Forking(_)
        | EndReason::NewEpoch
        | EndReason::SpaceFreed
        | EndReason::Store(_) => None,
    }
}

#[cfg(test)]
mod tests;
