//! A session's part in live questions: it carries their frames, and says how its neighbour stands when it asks something.

use super::Session;
use crate::{
    link::{
        config::{FEATURE_QUESTIONS, Role},
        event::Event,
        standing::{self, Standing},
    },
    live::{
        exchange::{self, Side, Speaks},
        frame::LiveFrame,
    },
};

impl Session<'_> {
    /// The session is up.
    pub(super) fn join_asking(&self, features: &[String]) {
        let knows = features.iter().any(|word| word == FEATURE_QUESTIONS);
        let speaks = if knows { Speaks::Questions } else { Speaks::RecordsAlone };
        let side = match self.machine.config().role {
            Role::Child => Side::Above,
            Role::Parent(_) => Side::Below,
        };
        self.relay.join_asking((&self.peer, self.id), (side, speaks), self.outbound.clone());
    }

    /// Before the session is up, or without the word in both Hellos, it says nothing.
    pub(super) fn about_questions(&self, frame: LiveFrame) -> Option<Event> {
        if !self.was_up {
            return None;
        }
        let standing = match frame {
            LiveFrame::Question { .. } => self.standing_by_now(),
            LiveFrame::Rows { .. }
            | LiveFrame::Done(_)
            | LiveFrame::Dropped(_)
            | LiveFrame::Taken(_)
            | LiveFrame::Refused { .. } => Standing::Full,
        };
        let heard = exchange::Event::Heard(self.peer.clone(), standing, frame.since(self.relay.clock.wall()));
        self.relay.ask_step(heard).map(|fault| Event::Unreadable(fault.to_owned()))
    }

    /// The key that the neighbour has proved may have been given up since.
    fn standing_by_now(&self) -> Standing {
        let (registry, zone) = (self.relay.store.registry(), &self.relay.office.zone);
        match (&self.machine.config().role, &self.relay.office.parent) {
            (Role::Child, Some(parent)) => standing::of_parent(&registry, &self.proven, zone, self.relay.parent_pin(parent)),
            (Role::Child, None) => Standing::EnrolOnly,
            (Role::Parent(_), _) => standing::of_caller(&registry, &self.proven, zone, self.relay.clock.wall()),
        }
    }
}
