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
//! each question, within a lane in the order of the questions; a [`Start`](super::event::Start) that was read after an earlier session of
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

use super::event::{Action, Config, Event, Now};

/// One end of one session.
#[derive(Debug)]
pub struct Machine {
    config: Config,
    wakes_at: Duration,
}

impl Machine {
    /// Before the first event. A parent may make it when the child's first frame is there, so that its [`Gate`](super::event::Gate) is fresh.
    pub fn new(config: Config, now: Now) -> Self {
        let wakes_at = now.since + config.limits.heartbeat;
        Self { config, wakes_at }
    }

    /// Takes in one event.
    pub fn step(&mut self, _now: Now, _event: Event) -> Vec<Action> {
        Vec::new()
    }

    /// When the next [`Event::Tick`] is due, on the monotonic clock. Earlier and more ticks do no harm.
    pub fn wakes_at(&self) -> Duration {
        self.wakes_at
    }

    /// What it was made with.
    pub fn config(&self) -> &Config {
        &self.config
    }
}
