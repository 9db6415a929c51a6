//! What follows from the steps of a matter, made anew whenever one was added or its content removed.

use std::collections::BTreeSet;

use dutynet_relay::{
    ids::{RecordRef, UnixMillis},
    index::{Batch, Index, IndexError, scan_prefix},
    registry::Registry,
    writer::Store,
};

use super::{Openness, stored};
use crate::{
    body::read_step,
    domain::{
        drill::{self, DRILL},
        incident::same_as,
        matter::{Known, Matter, Step, Summary, in_order, is_over, kind_of, telling},
        number::Number,
        obligation::{Obligation, Over},
        rollcall::{self, Course},
        rules::{Duty, Packs},
        step::MatterKind,
        then::Then,
    },
    projection::{Dues, ProjectionError, SPACE, offices, packs},
};

/// Settled in one go, so that no batch becomes large.
const AT_ONCE: usize = 64;

/// Settles every matter that is dirty.
pub(in crate::projection) fn settle(
    index: &dyn Index,
    store: &Store,
    tree: &Registry,
    now: UnixMillis,
) -> Result<(), ProjectionError> {
    loop {
        let dirty = stored::dirty(index, AT_ONCE)?;
        if dirty.is_empty() {
            return Ok(());
        }
        let known = packs::known(index, store, tree)?;
        let from = Sources { index, store, tree, packs: &known, now };
        let (mut batch, mut next) = (Batch::default(), BTreeSet::new());
        for matter in &dirty {
            one(&from, matter, (&mut batch, &mut next))?;
            batch.delete(stored::dirty_key(matter));
        }
        // A matter that has got, or lost, another name is made anew once that is in the index.
        next.into_iter().for_each(|matter| batch.put(stored::dirty_key(&matter), stored::mark()));
        index.apply(SPACE, &batch)?;
    }
}

/// The matters of steps that are gone are to be settled anew.
pub(in crate::projection) fn unsettle(gone: &[Vec<u8>], batch: &mut Batch) {
    for matter in gone.iter().filter_map(|key| stored::matter_of_step(key)) {
        batch.put(stored::dirty_key(&matter), stored::mark());
    }
}

/// A day has begun: whatever is owed day by day is to be settled anew.
pub(in crate::projection) fn begin_day(index: &dyn Index, now: UnixMillis) -> Result<(), ProjectionError> {
    let mut batch = Batch::default();
    for matter in stored::settled_before(index, now)? {
        batch.put(stored::dirty_key(&matter), stored::mark());
    }
    Ok(index.apply(SPACE, &batch)?)
}

/// A pack has come: the matters of which a step names one that was not here are to be settled anew.
pub(in crate::projection) fn unsettle_waiting(index: &dyn Index, batch: &mut Batch) -> Result<(), IndexError> {
    for matter in stored::waiting(index)? {
        batch.put(stored::dirty_key(&matter), stored::mark());
    }
    Ok(())
}

/// What a matter is settled from.
struct Sources<'a> {
    index: &'a dyn Index,
    store: &'a Store,
    tree: &'a Registry,
    packs: &'a Packs,
    now: UnixMillis,
}

fn one(
    from: &Sources<'_>,
    matter: &RecordRef,
    (batch, next): (&mut Batch, &mut BTreeSet<RecordRef>),
) -> Result<(), ProjectionError> {
    let steps = steps(from, matter)?;
    let itself = named_anew(from, (matter, &steps), (batch, next))?;
    let opening = stored::opening_key(&Number::of(matter), matter);
    if steps.is_empty() {
        batch.delete(opening);
    } else {
        batch.put(opening, stored::mark());
    }
    for (key, _) in scan_prefix(from.index, SPACE, stored::summary_of_prefix(matter).as_bytes(), usize::MAX)? {
        let listed = String::from_utf8_lossy(&key).into_owned();
        if let Some((openness, kind)) = stored::where_listed(&listed) {
            batch.delete(stored::summary_key(openness, kind, matter));
        }
        batch.delete(key);
    }
    let opened_by = steps.first().filter(|step| step.reference == *matter);
    for link in opened_by.iter().flat_map(|step| &step.links) {
        batch.put(stored::about_key(&link.record, matter), stored::mark());
    }
    waits(from, matter, &steps, batch);
    let kind = kind_of(matter, &steps).filter(|_| itself.is_none());
    let Some(kind) = kind else { return Dues::replace(from.index, batch, matter, &[]) };
    let telling = telling(kind, matter, &steps);
    let (folded, over) = (Matter { kind, steps: &telling }, is_over(&steps));
    let summary = Summary { open: !over && folded.summary().open, ..folded.summary() };
    let openness = if summary.open { Openness::Open } else { Openness::Closed };
    batch.put(stored::summary_key(openness, summary.kind, matter), stored::summary_value(&summary));
    batch.put(stored::listed_key(matter, openness, summary.kind), stored::mark());
    if kind == MatterKind::Drill {
        next.extend(stored::named_behind(from.index, &stored::practised_prefix(matter))?);
    }
    let owed = if over { Vec::new() } else { obligations(from, &folded, matter)? };
    let owed = in_its_drill(from, (matter, &steps), owed, batch)?;
    goes_on(from, matter, &owed, batch);
    Dues::replace(from.index, batch, matter, &owed)
}

/// What is owed because of it. Of a roll call, by those of this subtree who were there when it was made.
fn obligations(from: &Sources<'_>, folded: &Matter<'_>, matter: &RecordRef) -> Result<Vec<Obligation>, ProjectionError> {
    let Some(course) = Course::of(folded.steps) else {
        return Ok(folded.obligations(&Known { matter, packs: from.packs, tree: from.tree, now: from.now }));
    };
    let then = Then::at(&offices::history(from.index)?, &course.call.moment);
    let subtree = from.tree.subtree(from.tree.own()).into_iter().map(|(_, entry)| &entry.office);
    let called = course.called(subtree, |office, top| then.is_below(office, top));
    Ok(rollcall::owed(course, &called, from.packs, from.tree))
}

/// What is practised is owed while its drill goes on, by those who are still in it; then it stands as it stood.
fn in_its_drill(
    from: &Sources<'_>,
    (matter, practised): (&RecordRef, &[Step]),
    mut owed: Vec<Obligation>,
    batch: &mut Batch,
) -> Result<Vec<Obligation>, ProjectionError> {
    let Some(drill) = practised.iter().find_map(|step| step.link(DRILL)) else { return Ok(owed) };
    batch.put(stored::practised_key(drill, matter), stored::mark());
    // A drill that is not held here is judged by whoever holds it.
    let course = steps(from, drill)?;
    if course.first().is_some_and(|start| start.reference == *drill) {
        for owed in owed.iter_mut().filter(|owed| !owed.is_closed()) {
            owed.outcome.over = drill::stopped(&course, &owed.debtor, from.tree).map(Over::Ended);
        }
    }
    Ok(owed)
}

/// Notes a matter of which a step names rules that are not here yet.
fn waits(from: &Sources<'_>, matter: &RecordRef, steps: &[Step], batch: &mut Batch) {
    let named: BTreeSet<&(String, u32)> = steps.iter().flat_map(|step| &step.rules).collect();
    let key = stored::waiting_key(matter);
    if named.into_iter().any(|(pack, version)| from.packs.get(pack, *version).is_none()) {
        batch.put(key, stored::mark());
    } else {
        batch.delete(key);
    }
}

/// Notes a matter that will owe something on each day to come, and how far that was derived.
fn goes_on(from: &Sources<'_>, matter: &RecordRef, owed: &[Obligation], batch: &mut Batch) {
    let key = stored::daily_key(matter);
    if owed.iter().any(|owed| owed.duty == Duty::FollowUp && owed.due.here > from.now) {
        batch.put(key, stored::daily_value(from.now));
    } else {
        batch.delete(key);
    }
}

fn steps(from: &Sources<'_>, matter: &RecordRef) -> Result<Vec<Step>, ProjectionError> {
    let mut steps = Vec::new();
    for place in stored::whole(from.index, matter)? {
        // A step that cannot be read any more is damage, which the scrub reports; the others say what they say.
        if let Ok(step) = read_step(&from.store.stored(place)?, from.tree) {
            steps.push(step);
        }
    }
    super::with_deliveries(from.index, &mut steps)?;
    Ok(in_order(matter, steps))
}

/// Keeps of which matter this one is only another name; `None`: of none.
fn named_anew(
    from: &Sources<'_>,
    (matter, steps): (&RecordRef, &[Step]),
    (batch, next): (&mut Batch, &mut BTreeSet<RecordRef>),
) -> Result<Option<RecordRef>, ProjectionError> {
    let itself = same_as(matter, steps, |above, below| from.tree.is_ancestor(above, below));
    let before = stored::named_behind(from.index, &stored::alias_prefix(matter))?;
    for old in before.iter().filter(|old| Some(*old) != itself.as_ref()) {
        batch.delete(format!("{}{old}", stored::alias_prefix(matter)));
        batch.delete(format!("{}{matter}", stored::thread_prefix(old)));
        next.insert(old.clone());
    }
    if let Some(itself) = &itself {
        batch.put(format!("{}{itself}", stored::alias_prefix(matter)), stored::mark());
        batch.put(format!("{}{matter}", stored::thread_prefix(itself)), stored::mark());
        next.insert(itself.clone());
    }
    Ok(itself)
}
