//! What must be true once all offices agree.

use std::collections::{BTreeMap, BTreeSet};

use dutynet_relay::{
    ids::{Epoch, Lane, LinkSeq, OfficeId, RecordRef},
    index::{CUSTODY, fingerprint, map::MapIndex},
    link::frame::Item,
    record::{Record, Seal, StreamId, verify},
    writer::{Store, rebuild},
};

use crate::world::{Checked, Fault, World};

/// Every check.
pub fn everything(world: &World) -> Checked {
    for at in 0..world.offices.len() {
        holds_what_is_its_own(world, at)?;
        seals_verify(world, at)?;
        rebuilds_to_itself(world, at)?;
        nothing_is_parked(world, at)?;
        lanes_are_in_order(world, at)?;
    }
    promises_are_kept(world)?;
    streams_have_no_holes(world)
}

fn store(world: &World, at: usize) -> &Store {
    &world.offices[at].live().store
}

fn fault(world: &World, at: usize, what: String) -> Fault {
    Fault(format!("{}: {what}", world.offices[at].id))
}

/// Everything for it, nothing that is not, each once and with the origin's bytes.
fn holds_what_is_its_own(world: &World, at: usize) -> Checked {
    for (reference, fact) in &world.ledger.facts {
        let held = store(world, at).record(reference).map_err(|e| fault(world, at, e.to_string()))?;
        let expected = fact.expected.contains(&at);
        let what = match held {
            Some(held) if held.record.digest() != fact.digest => "has other bytes than at its origin",
            Some(_) if !expected && !fact.registers => "is not for it",
            None if expected => "is missing",
            Some(_) | None => continue,
        };
        return Err(fault(world, at, format!("{reference} {what}")));
    }
    Ok(())
}

/// An officer was never told of something that is not there.
fn promises_are_kept(world: &World) -> Checked {
    match world.ledger.acknowledged.iter().find(|reference| !world.ledger.facts.contains_key(reference)) {
        Some(lost) => Err(Fault(format!("{lost} was acknowledged and is nowhere"))),
        None => Ok(()),
    }
}

fn seals_verify(world: &World, at: usize) -> Checked {
    let store = store(world, at);
    for fed in &world.ledger.feeds[at] {
        let bad = |what: &str| fault(world, at, format!("seal of {}: {what}", fed.reference));
        let (place, _) = store.find(&fed.reference).map_err(|e| bad(&e.to_string()))?.ok_or(bad("not indexed"))?;
        let carried = store.carried_at(place).map_err(|e| bad(&e.to_string()))?;
        let seal = Seal::parse((*carried.seal).clone()).map_err(|e| bad(&e.to_string()))?;
        let record = Record::parse(carried.record).map_err(|e| bad(&e.to_string()))?;
        let key = world.offices[world.ledger.place(&fed.reference.origin)].key.public();
        if !seal.covers(&record, carried.place as usize) || !verify(&seal, &key) {
            return Err(bad("does not hold"));
        }
    }
    Ok(())
}

/// An index made anew from the journal is the one that has lived.
pub fn rebuilds_to_itself(world: &World, at: usize) -> Checked {
    let store = store(world, at);
    let fresh = MapIndex::default();
    let bad = |e: &dyn std::fmt::Display| fault(world, at, format!("rebuild: {e}"));
    rebuild(&fresh, store.journal(), &world.offices[at].id, world.ledger.root_pin).map_err(|e| bad(&e))?;
    let made = fingerprint(&fresh, CUSTODY).map_err(|e| bad(&e))?;
    let lived = fingerprint(store.index().as_ref(), CUSTODY).map_err(|e| bad(&e))?;
    if made == lived { Ok(()) } else { Err(bad(&"another index than the living one")) }
}

fn nothing_is_parked(world: &World, at: usize) -> Checked {
    let parked = store(world, at).parked().map_err(|e| fault(world, at, e.to_string()))?;
    let settled = |reference: &RecordRef, below: bool| below && world.ledger.spoiled.contains(reference);
    match parked.into_iter().find(|parked| !settled(&parked.reference, parked.below)) {
        Some(parked) => Err(fault(world, at, format!("parked: {parked:?}"))),
        None => Ok(()),
    }
}

/// What came over a lane stands in the feed in the order in which the neighbour has sent it.
fn lanes_are_in_order(world: &World, at: usize) -> Checked {
    let own = &world.offices[at].id;
    for from in world.ledger.neighbours(world.offices[at].parent, own) {
        let sender = store(world, world.ledger.place(&from));
        for lane in Lane::ALL {
            let items = sender.load(own, lane, LinkSeq(0), (usize::MAX, usize::MAX));
            let items = items.map_err(|e| fault(world, at, e.to_string()))?;
            let sent: Vec<RecordRef> = items.into_iter().filter_map(|outgoing| reference(outgoing.item)).collect();
            let came = world.ledger.feeds[at].iter().filter(|fed| fed.from.as_ref() == Some(&from) && fed.lane == lane);
            let mut rest = sent.iter();
            for fed in came.filter(|fed| !world.ledger.spoiled.contains(&fed.reference)) {
                let enrolled = world.ledger.facts.get(&fed.reference).is_some_and(|fact| fact.registers);
                if !enrolled && !rest.any(|sent| *sent == fed.reference) {
                    return Err(fault(world, at, format!("{} came from {from} out of order", fed.reference)));
                }
            }
        }
    }
    Ok(())
}

fn reference(item: Item) -> Option<RecordRef> {
    match item {
        Item::Record(carried) => Record::parse(carried.record).ok().map(|record| record.reference()),
        Item::Tombstone { reference, .. } => Some(reference),
    }
}

/// A stream's records stand in its order everywhere, and without a hole where they are made.
fn streams_have_no_holes(world: &World) -> Checked {
    for at in 0..world.offices.len() {
        let mut last: BTreeMap<(OfficeId, Epoch, StreamId), u64> = BTreeMap::new();
        let own = world.offices[at].id.clone();
        let late: BTreeSet<_> = world.ledger.spoiled.iter().collect();
        for fed in &world.ledger.feeds[at] {
            let stored = store(world, at).record(&fed.reference).map_err(|e| fault(world, at, e.to_string()))?;
            let Some(stored) = stored else { continue };
            let header = stored.record.header();
            if !late.is_empty() || header.is_net_kind() {
                continue;
            }
            let seq = last.entry((header.origin.clone(), header.epoch, header.stream.clone())).or_insert(0);
            let follows = if header.origin == own { header.stream_seq == *seq + 1 } else { header.stream_seq > *seq };
            if !follows {
                let what = format!("{}: {} after {} in its stream", fed.reference, header.stream_seq, *seq);
                return Err(fault(world, at, what));
            }
            *seq = header.stream_seq;
        }
    }
    Ok(())
}

/// For a person: what the offices still wait for.
pub fn what_is_missing(world: &World) -> String {
    let mut told = Vec::new();
    for office in &world.offices {
        let Some(live) = &office.live else {
            told.push(format!("{} is off", office.id));
            continue;
        };
        for peer in world.ledger.neighbours(office.parent, &office.id) {
            let (sent, acked, arrived) = (live.store.sent(&peer), live.store.acked(&peer), live.store.arrived_at(&peer));
            let lanes = Lane::ALL.map(|lane| (sent[lane].seq.0, acked[lane].0, arrived[lane].0));
            told.push(format!("{} to {peer}: {lanes:?} (sent, custody, arrived)", office.id));
        }
        told.push(format!(
            "{}: {} sessions, {} doors, {} requests",
            office.id,
            live.sessions.len(),
            live.doors.len(),
            live.requests.len()
        ));
    }
    let waiting = world.asks.iter().filter(|ask| ask.state != crate::asks::State::Told).count();
    told.push(format!("{waiting} officers have heard nothing"));
    told.join("; ")
}
