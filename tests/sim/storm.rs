//! Bad weather: what goes wrong, how often, and how it all ends.

use std::time::Duration;

use dutynet_relay::writer::Space;
use rand::Rng as _;

use crate::{
    running::End,
    world::{Checked, Happening, World},
};

impl World {
    /// One thing happens, and the next is ordered.
    pub fn storm(&mut self) -> Checked {
        if !self.storming {
            return Ok(());
        }
        let wait = self.up_to(self.plan.pause_max);
        self.after(wait, Happening::Storm);
        let at = self.random.random_range(0..self.offices.len());
        if self.random.random_range(0..100) < 14 {
            match self.random.random_range(0..7) {
                0 => self.set_clock(at),
                1 => self.cramp(at),
                _ => self.disaster(at),
            }
            return Ok(());
        }
        if self.random.random_range(0..100) < self.plan.drafts {
            match self.random.random_range(0..10) {
                0..=1 => self.repeat(),
                // Sometimes many at once, so that lanes fill up.
                2 => (0..6).for_each(|_| self.draft(at)),
                _ => self.draft(at),
            }
            return Ok(());
        }
        match self.random.random_range(0..100) {
            0..=17 if at > 0 => self.cut(at),
            18..=35 if at > 0 => {
                self.note(at, "line breaks");
                self.lose_connections(at);
            }
            36..=47 => self.crash(at, End::Killed),
            48..=60 => self.crash(at, End::PowerCut),
            61..=66 => self.stop(at),
            67..=77 => self.fill(at),
            78..=89 => {
                let (choice, nth) = (self.random.random_range(0..4), self.random.random_range(1..4));
                self.note(at, &format!("disk will fail: {choice} {nth}"));
                self.offices[at].arm(choice, nth);
            }
            90..=94 if !self.plan.disasters.are_possible() => self.add_without_node(at),
            _ => {
                self.note(at, "disk is slow");
                self.offices[at].slow_until = self.now + Duration::from_secs(2);
            }
        }
        Ok(())
    }

    /// The disk fills up for a while.
    fn fill(&mut self, at: usize) {
        let office = &mut self.offices[at];
        office.space = [Space::Low, Space::VeryLow, Space::None][self.random.random_range(0..3)];
        let space = office.space;
        self.note(at, &format!("room: {space:?}"));
        self.count("disks full");
        let wait = Duration::from_millis(self.random.random_range(100..2_500));
        self.after(wait, Happening::Room { office: at });
    }

    /// The weather is good again, for ever.
    pub fn calm(&mut self) -> Checked {
        self.storming = false;
        self.trace.note(self.now, &"the storm is over");
        self.decide();
        for at in 0..self.offices.len() {
            self.heal(at);
            self.make_room(at);
            self.offices[at].cramped = false;
            let office = &mut self.offices[at];
            office.slow_until = Duration::ZERO;
            office.armed = false;
            office.index.mend();
            office.disk.kill();
        }
        for at in 0..self.offices.len() {
            self.start_office(at)?;
            self.ask_again(at);
        }
        Ok(())
    }

    /// Everybody runs, everybody was told, everything has arrived.
    pub fn is_settled(&self) -> bool {
        let quiet = self.offices.iter().filter(|office| !office.gone).all(|office| {
            let live = office.live.as_ref().filter(|live| !live.stopping && live.requests.is_empty());
            live.is_some_and(|live| live.doors.len() == self.ledger.neighbours(office.parent, &office.id).len())
        });
        quiet && self.all_told() && (0..self.ledger.ids.len()).all(|at| self.has_arrived(at))
    }

    fn has_arrived(&self, at: usize) -> bool {
        let store = &self.offices[at].live().store;
        self.ledger.neighbours(self.offices[at].parent, &self.offices[at].id).iter().all(|peer| {
            let (sent, acked, arrived) = (store.sent(peer), store.acked(peer), store.arrived_at(peer));
            dutynet_relay::ids::Lane::ALL.into_iter().all(|lane| acked[lane] == sent[lane].seq && arrived[lane] == sent[lane].seq)
        })
    }
}
