//! What neighbours say of positions, and what a fork and a rebase make of them.

use std::collections::BTreeMap;

use bytes::Bytes;
use dutynet_relay::{
    ids::{Epoch, Lane, LinkSeq, OfficeId, PerLane},
    link::spans::Spans,
    writer::intent::{Answer, ParkedAt, WriteRefusal},
};

use super::{Expected, Out, Picture, REFUSED_MAX};

impl Picture {
    pub(super) fn custody(&mut self, to: &OfficeId, lane: Lane, through: u64, refused: &[LinkSeq]) {
        for seq in refused.iter().map(|seq| seq.0).filter(|seq| *seq <= through) {
            if !self.out(to, lane).is_tombstone(seq) {
                let out = self.out(to, lane);
                out.below.remove(&seq);
                out.parked.insert(seq);
                self.tell_sender(to, lane, seq);
            }
        }
        let out = self.out(to, lane);
        out.acked = out.acked.max(through);
    }

    pub(super) fn arrived(&mut self, to: &OfficeId, lane: Lane, through: u64, (refused, late): (&[LinkSeq], &Spans)) {
        for seq in refused.iter().map(|seq| seq.0).filter(|seq| *seq <= through) {
            if !self.out(to, lane).is_tombstone(seq) && self.out(to, lane).below.insert(seq) {
                self.tell_sender(to, lane, seq);
            }
        }
        let out = self.out(to, lane);
        out.arrived = out.arrived.max(through);
        out.late = (1..=through).filter(|seq| late.contains(LinkSeq(*seq))).collect();
    }

    fn tell_sender(&mut self, to: &OfficeId, lane: Lane, seq: u64) {
        let reference = self.out(to, lane).items[seq as usize - 1].clone();
        let Some((from, epoch, lane, at)) = self.records.get(&reference).and_then(|known| known.from.clone()) else { return };
        if let Some(link) = self.incoming.get_mut(&from).filter(|link| link.epoch == epoch) {
            let refused = &mut link.lanes[lane].refused;
            refused.insert(at);
            if refused.len() > REFUSED_MAX {
                refused.pop_first();
            }
        }
    }

    pub(super) fn settle(&mut self, at: &ParkedAt, retry: bool) -> Expected {
        let key = (at.neighbour.clone(), at.lane);
        let found = self.out.iter_mut().find_map(|out| out.get_mut(&key).filter(|out| out.parked.contains(&at.seq.0)));
        let Some(out) = found else { return Expected::Exactly(Answer::Refused(WriteRefusal::NotParked)) };
        out.parked.remove(&at.seq.0);
        out.settled.insert(at.seq.0);
        let reference = out.items[at.seq.0 as usize - 1].clone();
        if retry {
            self.push(&at.neighbour, at.lane, reference);
        }
        Expected::Exactly(Answer::Done)
    }

    pub(super) fn fork(&mut self) {
        let before = self.out.last().cloned().unwrap_or_default();
        let mut next: BTreeMap<(OfficeId, Lane), Out> = BTreeMap::new();
        for (key, out) in &before {
            let items = out.again(out.items.len() as u64).map(|seq| out.items[seq as usize - 1].clone()).collect();
            next.insert(key.clone(), Out { items, ..Out::default() });
        }
        for link in self.incoming.values_mut() {
            for wait in link.lanes.0.iter_mut().flat_map(|lane| lane.waits.iter_mut()) {
                for (key, seq) in &mut wait.on {
                    let empty = Out::default();
                    let out = before.get(key).unwrap_or(&empty);
                    let now = |through: u64| out.again(through).count() as u64;
                    let last = now(seq.1);
                    *seq = ((now(seq.0.saturating_sub(1)) + 1).min(last), last);
                }
            }
        }
        self.sleep_on(&before);
        self.epochs.push(None);
        self.out.push(next);
        for name in ["p", "t1", "t2", "d"] {
            self.locals.insert(("relay.wanted-back".into(), name.into()), Bytes::from_static(b"own"));
        }
    }

    pub(super) fn rebase(&mut self, to: &OfficeId, holds: Option<&(Epoch, PerLane<LinkSeq>)>) {
        let held = holds.and_then(|(epoch, seqs)| Some((self.epochs.iter().position(|known| *known == Some(*epoch))?, seqs)));
        let current = self.epochs.len() - 1;
        for lane in Lane::ALL {
            for ordinal in held.map_or(0, |(ordinal, _)| ordinal)..current {
                let after = held.filter(|(at, _)| *at == ordinal).map_or(0, |(_, seqs)| seqs[lane].0);
                let Some(out) = self.out[ordinal].get(&(to.clone(), lane)).cloned() else { continue };
                for seq in after + 1..=out.items.len() as u64 {
                    let reference = &out.items[seq as usize - 1];
                    if !out.is_tombstone(seq) && !out.below.contains(&seq) && !self.out(to, lane).items.contains(reference) {
                        self.push(to, lane, reference.clone());
                    }
                }
            }
        }
    }

    pub(super) fn settle_arrivals(&mut self) {
        let out = self.out.last().cloned().unwrap_or_default();
        let arrived = |key: &(OfficeId, Lane)| out.get(key).map_or(0, |out| out.arrived);
        for lane in self.incoming.values_mut().flat_map(|link| link.lanes.0.iter_mut()) {
            while lane.waits.first().is_some_and(|wait| wait.on.iter().all(|(key, seq)| arrived(key) >= seq.1)) {
                let wait = lane.waits.remove(0);
                let first = std::mem::replace(&mut lane.arrived, wait.through) + 1;
                for (key, (from, to)) in &wait.on {
                    if out.get(key).is_some_and(|out| out.late.range(from..=to).next().is_some()) {
                        lane.be_late(&key.0, first..=wait.through);
                    }
                }
            }
        }
    }
}
