//! What each disk says of its links: no position goes back, custody is with whom it is said to be, and what has arrived is there.

use dutynet_relay::{
    ids::{Epoch, Lane, LinkSeq, OfficeId, PerLane},
    link::{event::Event, frame::Held},
    record::Record,
    writer::Store,
};

use crate::{ledger::Ledger, world::Checked};

/// What an office's disk last said of one link.
#[derive(Debug, Clone, Default)]
pub(crate) struct Link {
    epoch: Option<Epoch>,
    acked: PerLane<LinkSeq>,
    arrived: PerLane<LinkSeq>,
    held: Option<Held>,
    arrived_here: PerLane<LinkSeq>,
}

impl Link {
    /// Positions of other epochs say nothing of those of now.
    fn in_terms_of(mut self, now: &Self) -> Self {
        if self.epoch != now.epoch {
            (self.acked, self.arrived) = (PerLane::default(), PerLane::default());
        }
        if self.held.map(|held| held.epoch) != now.held.map(|held| held.epoch) {
            (self.held, self.arrived_here) = (None, PerLane::default());
        }
        self
    }
}

impl Ledger {
    /// What a disk says of its links now: it never goes back, and what it believes of others is so.
    pub(crate) fn positions(&mut self, at: usize, store: &Store) -> Checked {
        let epoch = Some(store.epoch());
        let home = self.homes[at];
        if self.epochs[at].is_some_and(|before| Some(before) != epoch) {
            if !self.losses.struck.contains(&home) {
                return Err(self.broken(at, "a new epoch was begun"));
            }
            self.losses.forks += 1;
        }
        self.epochs[at] = epoch;
        for peer in self.neighbours(self.parents[home], &self.ids[home].clone()) {
            let arrived_here = PerLane(Lane::ALL.map(|lane| match store.arrived_event(&peer, lane, None) {
                Some(Event::ArrivedBelow { seq, .. } | Event::ArrivedBefore { seq, .. }) => seq,
                Some(_) | None => LinkSeq(0),
            }));
            let (acked, arrived, held) = (store.acked(&peer), store.arrived_at(&peer), store.held(&peer));
            let now = Link { epoch, acked, arrived, held, arrived_here };
            let before = self.links[at].insert(peer.clone(), now.clone()).unwrap_or_default().in_terms_of(&now);
            let custody = self.custody_is_held(at, &peer, &now);
            let twofold = self.losses.twofold.is_some_and(|two| two == home || self.ids[two] == peer);
            if !self.losses.is_in_doubt((at, &peer), twofold, custody.is_ok()) {
                custody?;
                self.nothing_went_back(at, &peer, &before, &now)?;
            }
            self.arrived_is_there(at, &peer, (&before, &now), store)?;
        }
        Ok(())
    }

    fn nothing_went_back(&self, at: usize, peer: &OfficeId, before: &Link, now: &Link) -> Checked {
        for lane in Lane::ALL {
            let held = |link: &Link| link.held.map_or(LinkSeq(0), |held| held.lanes[lane].seq);
            let pairs = [
                ("custody", before.acked[lane], now.acked[lane]),
                ("arrived", before.arrived[lane], now.arrived[lane]),
                ("held", held(before), held(now)),
                ("arrived here", before.arrived_here[lane], now.arrived_here[lane]),
            ];
            if let Some((what, before, now)) = pairs.into_iter().find(|(_, before, now)| now < before) {
                let what = format!("{} {what} of the link to {peer} goes back from {before} to {now}", lane.name());
                return Err(self.broken(at, &what));
            }
        }
        Ok(())
    }

    /// What a neighbour is believed to hold it does hold.
    fn custody_is_held(&self, at: usize, peer: &OfficeId, now: &Link) -> Checked {
        let there = self.links[self.place(peer)].get(&self.ids[self.homes[at]]).and_then(|link| link.held);
        let there = there.filter(|held| Some(held.epoch) == now.epoch);
        for lane in Lane::ALL {
            let held = there.map_or(LinkSeq(0), |held| held.lanes[lane].seq);
            if now.acked[lane] > held {
                let what = format!("believes that {peer} has {} through {}, it has {held}", lane.name(), now.acked[lane]);
                return Err(self.broken(at, &what));
            }
        }
        Ok(())
    }

    /// What has arrived is with everybody beyond that link whom it was for.
    fn arrived_is_there(&self, at: usize, peer: &OfficeId, (before, now): (&Link, &Link), store: &Store) -> Checked {
        let (home, beyond) = (self.homes[at], self.place(peer));
        for lane in Lane::ALL {
            let (old, new) = (before.arrived[lane], now.arrived[lane]);
            let count = usize::try_from(new.0.saturating_sub(old.0)).unwrap_or(usize::MAX);
            if count == 0 {
                continue;
            }
            let items = store.load(peer, lane, old, (count, usize::MAX)).map_err(|e| self.broken(at, &e.to_string()))?;
            for outgoing in items {
                let dutynet_relay::link::frame::Item::Record(carried) = outgoing.item else { continue };
                let record = Record::parse(carried.record).map_err(|e| self.broken(at, &e.to_string()))?;
                let reference = record.reference();
                let missing = self.facts.get(&reference).filter(|_| !self.spoiled.contains(&reference)).and_then(|fact| {
                    let concerned = |to: &&usize| self.way(home, **to).contains(&beyond) && !fact.registers;
                    let has = |to: &&usize| self.has(**to, &reference) || self.losses.had(**to, &reference);
                    fact.expected.iter().filter(concerned).find(|to| !has(to))
                });
                if let Some(to) = missing {
                    let what = format!("{reference} is said to have arrived beyond {peer}, {} has not got it", self.ids[*to]);
                    return Err(self.broken(at, &what));
                }
            }
        }
        Ok(())
    }
}
