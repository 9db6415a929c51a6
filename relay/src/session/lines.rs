//! Line history on its way up: what is sent to the parent, and what a child's word becomes here.

use super::Session;
use crate::{
    ids::{Epoch, UnixMillis},
    lines::LinesTold,
    link::{config::Role, convert::AboutLines, event::LinesScope, frame::LineState, telling::Tell},
    writer::intent::{Answer, Intent},
};

impl Session<'_> {
    /// Parent: the session is up, and the child may tell what comes after what is held here.
    pub(super) fn ask_for_lines(&mut self, epoch: Epoch) {
        self.epoch = Some(epoch);
        if matches!(self.machine.config().role, Role::Parent(_)) {
            let held = self.relay.store.lines_held(&self.peer, epoch);
            // A stream that is gone is noticed by the reader.
            let _ = self.outbound.send(AboutLines::Held(held).to_wire());
        }
    }

    /// The neighbour speaks of line history. Before the session is up, or from the wrong side, it says nothing.
    pub(super) fn about_lines(&mut self, about: AboutLines) {
        match (about, &self.machine.config().role) {
            (AboutLines::Held(number), Role::Child) if self.was_up => {
                let tell = self.telling.held(number);
                self.tell(tell);
            }
            (AboutLines::Told(told), Role::Parent(_)) => self.lines_told(told),
            (AboutLines::Held(_) | AboutLines::Told(_), Role::Child | Role::Parent(_)) => {
                tracing::debug!(neighbour = %self.peer, "line history from the wrong side or at the wrong time");
            }
        }
    }

    /// There may be more to tell.
    pub(super) fn lines_grew(&mut self) {
        let tell = self.telling.grew();
        self.tell(tell);
    }

    fn tell(&mut self, tell: Tell) {
        let Tell::Load(after) = tell else { return };
        let told = match self.relay.store.lines_after(after) {
            Ok(told) => told,
            Err(fault) => return self.unreadable_store(&fault),
        };
        if let Tell::Send(told) = self.telling.loaded(told) {
            // As above.
            let _ = self.outbound.send(AboutLines::Told(told).to_wire());
        }
    }

    /// By our clock; answered once it is durable. The child sends nothing more before that.
    fn lines_told(&self, told: LinesTold) {
        let Some(epoch) = self.epoch else { return };
        let ahead = self.relay.hub.offset(&self.peer);
        let facts = told.facts.into_iter().map(|fact| fact.moved_back(ahead)).collect();
        let told = Box::new(LinesTold { facts, ..told });
        let through = told.through;
        let intent = Intent::LinesTold { child: self.peer.clone(), epoch, told };
        let Ok(answer) = self.relay.writer.request(vec![intent]) else { return };
        let outbound = self.outbound.clone();
        tokio::spawn(async move {
            if answer.await.is_ok_and(|answers| answers == [Answer::Done]) {
                // As above.
                let _ = outbound.send(AboutLines::Held(through).to_wire());
            }
        });
    }

    /// What a child says of the lines below it at the moment, by our clock.
    pub(super) fn lines_now(&self, lines: Vec<LineState>, scope: LinesScope) {
        let ahead = self.relay.hub.offset(&self.peer);
        let moved = |line: LineState| LineState { since: UnixMillis(line.since.0.saturating_sub(ahead)), ..line };
        let lines = lines.into_iter().map(moved).collect();
        self.relay.hub.set_below(&self.relay.store.registry(), &self.peer, lines, scope);
    }
}
