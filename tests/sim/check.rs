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
    for at in 0..world.ledger.ids.len() {
        holds_what_is_its_own(world, at)?;
        seals_verify(world, at)?;
        rebuilds_to_itself(world, at)?;
        nothing_is_parked(world, at)?;
        lanes_are_in_order(world, at)?;
        both_ends_say_the_same(world, at)?;
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
        let origin = world.ledger.place(&reference.origin);
        let expected = fact.expected.contains(&at) && !may_be_missing(world, reference);
        let came_by_above = world.ledger.losses.struck.contains(&origin) && world.ledger.above(origin).contains(&at);
        let what = match held {
            Some(held) if !fact.versions.contains(&held.record.digest()) => "has other bytes than at its origin",
            // An office that has forgotten who is below it sends by its parent.
            Some(_) if !fact.expected.contains(&at) && !fact.registers && !came_by_above => "is not for it",
            None if expected => "is missing",
            Some(_) | None => continue,
        };
        return Err(fault(world, at, format!("{reference} {what}; {}", who_has(world, reference))));
    }
    Ok(())
}

/// For a person.
fn who_has(world: &World, reference: &RecordRef) -> String {
    let told = (0..world.ledger.ids.len()).filter_map(|at| {
        let held = store(world, at).record(reference).ok()??;
        Some(format!("{} has it from {:?}", world.offices[at].id, held.from))
    });
    told.collect::<Vec<_>>().join(", ")
}

/// Only what was on no disk at some moment may be nowhere; or be with some alone, when an older image has brought it to light again. What
/// its maker and all neighbours of its maker have lost stays with whoever else has it: nobody asks so far.
fn may_be_missing(world: &World, reference: &RecordRef) -> bool {
    let (ledger, losses) = (&world.ledger, &world.ledger.losses);
    let maker = ledger.place(&reference.origin);
    let near = ledger.neighbours(ledger.parents[maker], &reference.origin);
    let stranded = !ledger.has(maker, reference) && !near.iter().any(|peer| ledger.has(ledger.place(peer), reference));
    let nowhere = (0..ledger.ids.len()).all(|at| !ledger.has(at, reference));
    let was_lost = if nowhere { losses.nowhere.contains(reference) } else { losses.had(maker, reference) };
    losses.resurrected.contains(reference) || (stranded && was_lost)
}

/// What one end has sent is what the other holds, by hash.
fn both_ends_say_the_same(world: &World, at: usize) -> Checked {
    let own = &world.offices[at];
    for peer in world.ledger.neighbours(own.parent, &own.id) {
        let (here, there) = (store(world, at), store(world, world.ledger.place(&peer)));
        let held = there.held(&own.id).filter(|held| held.epoch == here.epoch()).map(|held| held.lanes);
        let sent = here.sent(&peer);
        let nothing = sent.0.iter().all(|sent| sent.seq == LinkSeq(0));
        if held != Some(sent) && !(held.is_none() && nothing) {
            return Err(fault(world, at, format!("has sent {sent:?} to {peer}, which holds {held:?}")));
        }
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
        let keys = &world.ledger.keys[world.ledger.place(&fed.reference.origin)];
        if !seal.covers(&record, carried.place as usize) || !keys.iter().any(|key| verify(&seal, key)) {
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
    let (own, struck) = (&world.offices[at].id, &world.ledger.losses.struck);
    for from in world.ledger.neighbours(world.offices[at].parent, own) {
        let sender = store(world, world.ledger.place(&from));
        // What was lost is sent again, after what has come since.
        if struck.contains(&at) || struck.contains(&world.ledger.place(&from)) {
            continue;
        }
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
    for at in 0..world.ledger.ids.len() {
        let mut last: BTreeMap<(OfficeId, Epoch, StreamId), u64> = BTreeMap::new();
        let own = world.offices[at].id.clone();
        let late: BTreeSet<_> = world.ledger.spoiled.iter().collect();
        for fed in &world.ledger.feeds[at] {
            let stored = store(world, at).record(&fed.reference).map_err(|e| fault(world, at, e.to_string()))?;
            let Some(stored) = stored else { continue };
            let header = stored.record.header();
            let way = world.ledger.way(at, world.ledger.place(&header.origin));
            if !way.is_disjoint(&world.ledger.losses.struck) {
                continue;
            }
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
    for office in world.offices.iter().filter(|office| !office.gone) {
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
