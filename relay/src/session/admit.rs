//! Who may come in and stay: tickets, the incumbent of the same office, and whether the caller's standing still holds.

use std::time::Duration;

use super::Session;
use crate::{
    hub::Before,
    ids::{OfficeId, Ticket},
    link::{
        config::{Gate, Incumbent, Role},
        event::Event,
        frame::RefusedReason,
        standing::{self, Standing},
    },
    random,
    relay::Inner,
    writer::{intent::Intent, thread::Stopped},
};

/// How long an incumbent may take to end.
const INCUMBENT_MAX: Duration = Duration::from_secs(5);

impl Session<'_> {
    pub(super) fn enter(&mut self) {
        self.stays = Some(self.relay.hub.enter(&self.peer, self.id, self.events.clone()));
    }

    /// Parent: the incumbent goes first; then the child gets a fresh ticket, unless it has dialled anew in the meantime.
    pub(super) async fn admit(&mut self, shown: Ticket) {
        let mut asked_to_go = None;
        loop {
            match self.relay.hub.before(&self.peer, self.id) {
                Before::Nobody => break,
                Before::Later => return self.answer(Event::Closed),
                // It had its time.
                Before::Earlier(door) if asked_to_go == Some(door.id) => break,
                Before::Earlier(mut door) => {
                    asked_to_go = Some(door.id);
                    // Closed already if nobody listens.
                    let _ = door.events.send(Event::Closed);
                    let _ = tokio::time::timeout(INCUMBENT_MAX, door.stay.changed()).await;
                }
            }
        }
        let Ok(fresh) = random::bytes().map(Ticket) else { return self.answer(Event::Closed) };
        self.enter();
        let tickets = vec![fresh, shown];
        let intent = Intent::Tickets { neighbour: self.peer.clone(), tickets };
        match self.relay.writer.write_one(intent).await {
            Ok(_) => self.answer(self.start(Some(fresh))),
            Err(Stopped) => self.answer(Event::Closed),
        }
    }

    pub(super) async fn keep_tickets(&self, tickets: Vec<Ticket>) {
        let intent = Intent::Tickets { neighbour: self.peer.clone(), tickets };
        match self.relay.writer.write_one(intent).await {
            Ok(_) if matches!(self.machine.config().role, Role::Child) => self.answer(Event::TicketKept),
            Ok(_) => {}
            Err(Stopped) => self.answer(Event::Closed),
        }
    }

    /// Parent: why a session that was let in would not be let in now. A child that has renewed its leaf since goes on with the old connection.
    pub(super) fn refusal_by_now(&self) -> Option<RefusedReason> {
        if matches!(self.machine.config().role, Role::Child) {
            return None;
        }
        let (caller, now) = (&self.proven, self.relay.clock.wall());
        let standing = standing::of_caller(&self.relay.store.registry(), caller, &self.relay.office.zone, now);
        let renewed = || self.relay.hub.signed_until(caller.key.id()).is_some_and(|until| now <= until);
        standing.session_refusal().filter(|_| standing != Standing::RenewOnly || !renewed())
    }
}

/// What is known of a child when it knocks.
pub(super) fn gate(relay: &Inner, peer: &OfficeId) -> Gate {
    let incumbent = if relay.hub.door(peer).is_some() { Incumbent::Live } else { Incumbent::Absent };
    Gate { tickets: relay.store.tickets(peer), incumbent }
}
