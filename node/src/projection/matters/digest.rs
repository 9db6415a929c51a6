//! Which records are read as steps of matters, and which are not, whoever carried them here.

use dutynet_relay::{ids::RecordRef, index::Batch, registry::Registry, writer::Stored};

use super::stored;
use crate::{
    body::{read_step, step::matter_of},
    domain::{
        matter::Step,
        rollcall::{
            Course,
            course::{ALSO, ANSWER},
        },
        step::{Begins, MatterKind, StepForms},
    },
};

/// Name of this module in `not interpreted` marks.
pub(in crate::projection) const NAME: &str = "matters";

/// Whether records of a kind are steps.
pub(in crate::projection) fn reads(kind: &str) -> bool {
    StepForms::built_in().of_record_kind(kind).is_some()
}

/// Puts one step into the batch.
pub(in crate::projection) fn digest(tree: &Registry, from: &Stored, batch: &mut Batch) -> Result<(), String> {
    let step = read_step(from, tree).map_err(|fault| fault.to_string())?;
    let matter = matter_of(&from.record.header().subject).ok_or("the subject names no matter")?;
    let form = StepForms::built_in().get(&step.form).ok_or("no such step")?;
    if form.opens != (matter == step.reference) {
        return Err("an opening step names itself, and no other step does".to_owned());
    }
    let maker = &step.reference.origin;
    // Whoever stands beside us or above us may have offices that are not known here: of those it was judged above, where they are. Of whoever
    // stands below us every office is known.
    let judged_above = tree.entry(&step.office).is_none() && !tree.is_within(maker, tree.own());
    if step.office != *maker && !judged_above && !tree.is_ancestor(maker, &step.office) {
        return Err(format!("{maker} does not stand above {} and may not speak for it", step.office));
    }
    if form.opens {
        may_begin(form.matter, &step, tree)?;
    }
    if !form.is_for(&step.office, &matter.origin, tree) {
        return Err(format!("{} does not stand above {} and may not take this step", step.office, matter.origin));
    }
    let also = step.links.iter().filter(|link| step.form == ANSWER && link.role == ALSO).map(|link| &link.record);
    for matter in std::iter::once(&matter).chain(also) {
        batch.put(stored::step_key(matter, &step.reference), stored::step_value(from.place));
        batch.put(stored::dirty_key(matter), stored::mark());
    }
    let own = tree.own();
    let from_above = tree.is_ancestor(maker, own) && tree.is_ancestor(&matter.origin, own);
    let is_for_us = match Course::of(std::slice::from_ref(&step)) {
        Some(call) => call.calls(own, |office, top| tree.is_ancestor(top, office)),
        None => form.addresses && step.to.contains(own),
    };
    if is_for_us && from_above {
        batch.put(stored::undelivered_key(&step.reference), stored::undelivered_value(&matter));
    }
    Ok(())
}

/// What directs somebody comes from above, whoever carried it here; an incident comes from below.
fn may_begin(kind: MatterKind, step: &Step, tree: &Registry) -> Result<(), String> {
    let (maker, own) = (&step.reference.origin, tree.own());
    let from_above = maker == own || tree.is_ancestor(maker, own);
    match kind.begins() {
        Begins::Anywhere => Ok(()),
        Begins::Above if from_above => Ok(()),
        Begins::Above => Err(format!("{maker} does not stand above {own} and may not direct it")),
        Begins::AboveOrBelow if !from_above && !tree.is_ancestor(own, maker) => {
            Err(format!("{maker} stands neither above nor below {own}"))
        }
        // Whoever is not known here stands somewhere else below who began it, for all that we can say.
        Begins::AboveOrBelow => match step.to.iter().find(|to| tree.entry(to).is_some() && !tree.is_ancestor(maker, to)) {
            Some(elsewhere) => Err(format!("{maker} does not stand above {elsewhere}")),
            None => Ok(()),
        },
    }
}

/// A node has said that it has a step of a matter.
pub(in crate::projection) fn delivered(matter: &RecordRef, batch: &mut Batch) {
    batch.put(stored::dirty_key(matter), stored::mark());
}

/// This office's own has.
pub(in crate::projection) fn delivered_here(step: &RecordRef, batch: &mut Batch) {
    batch.delete(stored::undelivered_key(step));
}
