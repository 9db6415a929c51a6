//! What must hold at every moment.

use dutynet_relay::{
    ids::{Lane, LinkSeq},
    link::{
        frame::{Batch, Custody, Item},
        spans::Spans,
    },
};

use super::{Check, Mutant, World};
use crate::link::facts::{Fate, recognised};

impl World {
    /// What sleeps further on, until everything is calm.
    pub(super) fn late(&self, end: usize, lane: Lane) -> Spans {
        if self.calm || self.mutant == Mutant::LateForgotten { Spans::default() } else { self.ends[end].store.late(lane) }
    }

    /// What stands at a position is the same on both sides.
    pub(super) fn check_positions(&self, end: usize, batch: &Batch) -> Check {
        let sender = &self.ends[1 - end].store;
        for (n, item) in batch.items.iter().enumerate() {
            let seq = LinkSeq(batch.first.0 + n as u64);
            let id = match item {
                Item::Record(carried) => recognised(carried).id,
                Item::Tombstone { reference, .. } => reference.id,
            };
            if sender.fact_at(batch.epoch, batch.lane, seq).is_some_and(|fact| fact.id != id) {
                return Err(format!("{:?} {seq} is another record than its sender has there", batch.lane));
            }
        }
        Ok(())
    }

    /// Nothing has arrived that an office further on has not got.
    pub(super) fn check_late(&self, end: usize) -> Check {
        let store = &self.ends[end].store;
        let late = store.routed().find(|fact| fact.fate == Fate::Late && store.arrived_facts.contains(&fact.id));
        match late {
            Some(fact) if !self.calm => Err(format!("{:?} {} is called arrived and is late", fact.lane, fact.id)),
            Some(_) | None => Ok(()),
        }
    }

    /// What custody covers is on this end's disk at the moment when it is said.
    pub(super) fn check_custody(&self, end: usize, custody: &Custody) -> Check {
        let (own, sender) = (&self.ends[end].store, &self.ends[1 - end].store);
        let held = own.inbox.held.filter(|held| held.epoch == custody.epoch).map(|held| held.lanes[custody.lane].seq);
        if held < Some(custody.at.seq) {
            return Err(format!("custody of {:?} through {} is said, {held:?} is durable", custody.lane, custody.at.seq));
        }
        let same = custody.epoch == sender.epoch && sender.chain(custody.lane, custody.at.seq) == Some(custody.at.hash);
        for seq in (1..=custody.at.seq.0).filter(|_| same) {
            let Some(fact) = sender.fact_at(custody.epoch, custody.lane, LinkSeq(seq)) else { continue };
            let there = own.inbox.applied.contains_key(&fact.id) || own.inbox.refused_facts.contains(&fact.id);
            if !there && !self.ever_parked.contains(&fact.id) {
                return Err(format!("{:?} {seq} is in custody and not there", custody.lane));
            }
        }
        Ok(())
    }
}
