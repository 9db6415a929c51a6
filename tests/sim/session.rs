//! One end of one session, driven as `relay/src/session` drives it, with the scheduler's choices in place of tasks.

use std::{collections::VecDeque, time::Duration};

use dutynet_relay::{
    ids::{OfficeId, Ticket},
    link::{
        end::{EndReason, RetryHint},
        event::{Action, Event},
        frame::{Batch, Fetched},
        machine::Machine,
    },
    verify::Verifier,
};

use crate::office::Asked;

/// See the module.
pub struct Session {
    /// Number within its run.
    pub id: u64,
    /// The neighbour's place.
    pub peer: usize,
    /// The neighbour's id.
    pub peer_id: OfficeId,
    /// Which line: named by the child's place.
    pub line: usize,
    /// Which connection on it.
    pub conn: u64,
    /// This end dialled.
    pub is_child: bool,
    /// Parent: those that counted when the child knocked.
    pub tickets: Vec<Ticket>,
    /// The real one.
    pub machine: Machine,
    /// Actions not done yet.
    pub due: VecDeque<Action>,
    /// Events that belong together.
    pub agenda: VecDeque<Event>,
    /// From the store and the node.
    pub told: VecDeque<Event>,
    /// From the line.
    pub inbound: VecDeque<Event>,
    /// Something new is there for the neighbour.
    pub wake: bool,
    /// Time has passed.
    pub tick: bool,
    /// When the next tick was ordered for.
    pub tick_at: Duration,
    /// A turn is on its way.
    pub turn_due: bool,
    /// It waits for something and does nothing else.
    pub blocked: Option<Blocked>,
    /// What it waited for has come.
    pub resume: Option<Resume>,
    /// Batches and fetched records, not verified yet.
    pub work: VecDeque<Work>,
    /// The real one.
    pub verifier: Verifier,
    /// A verification is on its way.
    pub verify_due: bool,
    /// What was verified last must be written before the next is looked at.
    pub verify_waits: bool,
    /// Questions to the writer that are not answered.
    pub unanswered: usize,
    /// It was up.
    pub was_up: bool,
    /// It was worth something.
    pub settled: bool,
    /// How it ended.
    pub ended: Option<(EndReason, RetryHint)>,
}

/// What a session may wait for.
#[derive(Debug)]
pub enum Blocked {
    /// The writer's answer.
    Writer,
    /// The end of the incumbent.
    IncumbentEnd {
        /// Which session that is.
        door: u64,
        /// What the child has shown.
        shown: Ticket,
    },
}

/// What it goes on with.
pub enum Resume {
    /// The writer has answered.
    Answered(Asked),
    /// The incumbent is gone, or has had its time.
    Alone {
        /// What the child has shown.
        shown: Ticket,
        /// The incumbent.
        gone: u64,
    },
}

/// Something to verify.
pub enum Work {
    /// Positions.
    Batch(Batch),
    /// Records alone.
    Fetched(Fetched),
}

impl Session {
    /// Everything that it had asked of the store is answered.
    pub fn is_quiet(&self) -> bool {
        self.work.is_empty() && self.unanswered == 0
    }

    /// Takes the next thing onto the agenda, in the driver's order. Waking is the caller's.
    pub fn pick(&mut self) -> Picked {
        if std::mem::take(&mut self.tick) {
            self.agenda.push_back(Event::Tick);
            return Picked::Something;
        }
        if let Some(event) = self.told.pop_front().or_else(|| self.inbound.pop_front()) {
            self.agenda.push_back(event);
            return Picked::Something;
        }
        if std::mem::take(&mut self.wake) {
            return Picked::Wake;
        }
        Picked::Nothing
    }

    /// Whether there is something to pick.
    pub fn has_something(&self) -> bool {
        self.resume.is_some() || !self.told.is_empty() || !self.inbound.is_empty() || self.wake || self.tick
    }
}

/// What [`Session::pick`] has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picked {
    /// It is on the agenda.
    Something,
    /// The store has something new.
    Wake,
    /// There is nothing.
    Nothing,
}
