//! What becomes of a neighbour that is off for too long, and of what has not arrived because of it.

use std::collections::{BTreeMap, BTreeSet};

use dutynet_relay::{
    ids::{Lane, OfficeId, RecordRef},
    link::spans::{Span, Spans},
};

use super::{InLane, Out, Picture};

/// A neighbour that sleeps, or is not quite back.
#[derive(Debug, Clone)]
pub(super) enum Sleeper {
    /// What it has missed, in order.
    Asleep(Vec<(Lane, RecordRef)>),
    /// Everything is late until it has all arrived through there.
    CatchingUp(BTreeMap<Lane, u64>),
}

impl Out {
    /// Positions through there that a new epoch sends again.
    pub(super) fn again(&self, through: u64) -> impl Iterator<Item = u64> {
        (1..=through).filter(|seq| (*seq > self.arrived || self.late.contains(seq)) && !self.is_tombstone(*seq))
    }
}

impl InLane {
    pub(super) fn be_late(&mut self, of: &OfficeId, positions: impl Iterator<Item = u64>) {
        self.late.entry(of.clone()).or_default().extend(positions);
    }

    pub(super) fn late(&self) -> Spans {
        let mut spans = Spans::default();
        for seq in self.late.values().flatten() {
            let seq = dutynet_relay::ids::LinkSeq(*seq);
            spans.add(Span { first: seq, last: seq });
        }
        spans
    }
}

impl Picture {
    pub(super) fn sleeps(&self, neighbour: &OfficeId) -> bool {
        matches!(self.sleepers.get(neighbour), Some(Sleeper::Asleep(_)))
    }

    /// Whether the record is kept back from the neighbour.
    pub(super) fn withhold(&mut self, neighbour: &OfficeId, lane: Lane, reference: &RecordRef) -> bool {
        match self.sleepers.get_mut(neighbour) {
            Some(Sleeper::Asleep(missed)) => {
                missed.push((lane, reference.clone()));
                true
            }
            Some(Sleeper::CatchingUp(_)) | None => false,
        }
    }

    pub(super) fn sleep(&mut self, neighbour: &OfficeId) {
        if self.sleeps(neighbour) {
            return;
        }
        self.sleepers.insert(neighbour.clone(), Sleeper::Asleep(Vec::new()));
        let arrived = Lane::ALL.map(|lane| self.out(neighbour, lane).arrived);
        for link in self.incoming.values_mut() {
            for lane in &mut link.lanes.0 {
                let mut first = lane.arrived + 1;
                let mut late = BTreeSet::new();
                for wait in &mut lane.waits {
                    let lacks = wait.on.iter().any(|((to, by), on)| to == neighbour && on.1 > arrived[by.index()]);
                    if lacks {
                        wait.on.retain(|(to, _), _| to != neighbour);
                        late.extend(first..=wait.through);
                    }
                    first = wait.through + 1;
                }
                if !late.is_empty() {
                    lane.be_late(neighbour, late.into_iter());
                }
            }
        }
    }

    pub(super) fn wake(&mut self, neighbour: &OfficeId) {
        let missed = match self.sleepers.remove(neighbour) {
            Some(Sleeper::Asleep(missed)) => missed,
            Some(other @ Sleeper::CatchingUp(_)) => return drop(self.sleepers.insert(neighbour.clone(), other)),
            None => return,
        };
        for (lane, reference) in missed {
            self.introduce(neighbour, &reference.origin);
            self.push(neighbour, lane, reference);
        }
        let ends = Lane::ALL.map(|lane| (lane, self.sent(neighbour, lane)));
        self.sleepers.insert(neighbour.clone(), Sleeper::CatchingUp(ends.into()));
    }

    /// What was late is sent again in a new epoch, and late until then.
    pub(super) fn sleep_on(&mut self, before: &BTreeMap<(OfficeId, Lane), Out>) {
        let neighbours: BTreeSet<_> = before.keys().map(|(to, _)| to.clone()).collect();
        for neighbour in neighbours {
            let late = |lane: &Lane| before.get(&(neighbour.clone(), *lane)).map(|out| out.late.clone()).unwrap_or_default();
            let through = match self.sleepers.get(&neighbour) {
                Some(Sleeper::Asleep(_)) => continue,
                Some(Sleeper::CatchingUp(through)) => through.clone(),
                None if Lane::ALL.iter().all(|lane| late(lane).is_empty()) => continue,
                None => BTreeMap::new(),
            };
            let now = |lane: Lane| {
                let through = through.get(&lane).copied().unwrap_or(0).max(late(&lane).last().copied().unwrap_or(0));
                let out = before.get(&(neighbour.clone(), lane));
                (lane, out.map_or(0, |out| out.again(through).count() as u64))
            };
            let through = Sleeper::CatchingUp(Lane::ALL.map(now).into());
            self.sleepers.insert(neighbour, through);
        }
    }

    pub(super) fn settle_sleepers(&mut self) {
        let out = self.out.last().cloned().unwrap_or_default();
        let arrived = |to: &OfficeId, lane: Lane| out.get(&(to.clone(), lane)).map_or(0, |out| out.arrived);
        self.sleepers.retain(|neighbour, sleeper| match sleeper {
            Sleeper::Asleep(_) => true,
            Sleeper::CatchingUp(through) => through.iter().any(|(lane, seq)| arrived(neighbour, *lane) < *seq),
        });
        let is_late = |of: &OfficeId| out.iter().any(|((to, _), out)| to == of && !out.late.is_empty());
        for lane in self.incoming.values_mut().flat_map(|link| link.lanes.0.iter_mut()) {
            lane.late.retain(|of, _| self.sleepers.contains_key(of) || is_late(of));
        }
    }
}
