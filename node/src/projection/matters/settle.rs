//! What follows from the steps of a matter, made anew whenever one was added or its content removed.

use std::collections::BTreeSet;

use dutynet_relay::{
    ids::RecordRef,
    index::{Batch, Index, scan_prefix},
    registry::Registry,
    writer::Store,
};

use super::{Openness, stored};
use crate::{
    body::read_step,
    domain::{
        incident::same_as,
        matter::{Matter, Step, Summary, in_order, is_over, kind_of, telling},
        number::Number,
        rules::Packs,
    },
    projection::{Dues, ProjectionError, SPACE, packs},
};

/// Settled in one go, so that no batch becomes large.
const AT_ONCE: usize = 64;

/// Settles every matter that is dirty.
pub(in crate::projection) fn settle(index: &dyn Index, store: &Store, tree: &Registry) -> Result<(), ProjectionError> {
    loop {
        let dirty = stored::dirty(index, AT_ONCE)?;
        if dirty.is_empty() {
            return Ok(());
        }
        let known = packs::known(index, store, tree)?;
        let from = Sources { index, store, tree, packs: &known };
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

/// What a matter is settled from.
struct Sources<'a> {
    index: &'a dyn Index,
    store: &'a Store,
    tree: &'a Registry,
    packs: &'a Packs,
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
    let kind = kind_of(matter, &steps).filter(|_| itself.is_none());
    let Some(kind) = kind else { return Dues::replace(from.index, batch, matter, &[]) };
    let telling = telling(kind, matter, &steps);
    let (folded, over) = (Matter { kind, steps: &telling }, is_over(&steps));
    let summary = Summary { open: !over && folded.summary().open, ..folded.summary() };
    let openness = if summary.open { Openness::Open } else { Openness::Closed };
    batch.put(stored::summary_key(openness, summary.kind, matter), stored::summary_value(&summary));
    batch.put(stored::listed_key(matter, openness, summary.kind), stored::mark());
    let owed = if over { Vec::new() } else { folded.obligations(from.packs, from.tree) };
    Dues::replace(from.index, batch, matter, &owed)
}

fn steps(from: &Sources<'_>, matter: &RecordRef) -> Result<Vec<Step>, ProjectionError> {
    let mut steps = Vec::new();
    for place in stored::whole(from.index, matter)? {
        // A step that cannot be read any more is damage, which the scrub reports; the others say what they say.
        if let Ok(step) = read_step(&from.store.stored(place)?, from.tree) {
            steps.push(step);
        }
    }
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
