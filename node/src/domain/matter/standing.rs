//! Which steps still say something, and what every kind of matter asks of a step.

use super::{Inadmissible, Proposed, Step, Taker};
use crate::{domain::form::Value, text::refusal::Refusal};

/// How far a moment may lie ahead of this office's clock.
const AHEAD_MAX_MS: i64 = 5 * 60_000;

/// Steps whose place no other step of the same office and form has taken.
pub fn standing(steps: &[Step]) -> impl Iterator<Item = &Step> {
    let replaced = |old: &Step| {
        let takes_its_place = |new: &Step| new.corrects.as_ref() == Some(&old.reference) && same_hand(new, old);
        steps.iter().any(takes_its_place)
    };
    steps.iter().filter(move |step| !replaced(step))
}

/// The step that began the matter, by its form.
pub fn opening<'a>(steps: &'a [Step], form: &str) -> Result<&'a Step, Inadmissible> {
    steps.first().filter(|step| step.form == form).ok_or_else(|| Refusal::MatterUnknown.into())
}

/// An office corrects its own words, by a step of the same form.
pub fn corrects_its_own(steps: &[Step], proposed: &Proposed<'_>, taker: &Taker<'_>) -> Result<(), Inadmissible> {
    let Some(corrected) = proposed.corrects else { return Ok(()) };
    let own = steps.iter().any(|step| step.reference == *corrected && may_correct(step, proposed, taker));
    if own { Ok(()) } else { Err(Inadmissible::about(Refusal::StepCorrectsOther, corrected)) }
}

/// Every office that the step names stands below whose step it is.
pub fn names_those_below(proposed: &Proposed<'_>, taker: &Taker<'_>) -> Result<(), Inadmissible> {
    match proposed.to.iter().find(|office| !taker.tree.is_ancestor(taker.office, office)) {
        Some(elsewhere) => Err(Inadmissible::about(Refusal::StepNotBelow, elsewhere)),
        None => Ok(()),
    }
}

/// Only the office that began the matter.
pub fn only_the_opener(opening: &Step, taker: &Taker<'_>) -> Result<(), Inadmissible> {
    if opening.office == *taker.office { Ok(()) } else { Err(Inadmissible::about(Refusal::MatterNotOpener, &opening.office)) }
}

/// A step of the same office and form; not what the office has said itself, when another speaks for it.
pub fn may_correct(step: &Step, proposed: &Proposed<'_>, taker: &Taker<'_>) -> bool {
    let own_words = step.entered.is_none() && taker.own != taker.office;
    step.office == *taker.office && step.form == proposed.form.id && !own_words
}

/// Nobody's own words are corrected in his name by another.
pub fn same_hand(new: &Step, old: &Step) -> bool {
    new.office == old.office && new.form == old.form && (new.entered.is_none() || old.entered.is_some())
}

/// What a person says was done was not done later than now; his watch may be a little before this office's clock.
pub fn was_done(fields: &[&str], proposed: &Proposed<'_>, taker: &Taker<'_>) -> Result<(), Inadmissible> {
    let later =
        |key: &&&str| matches!(proposed.value(key), Some(Value::Time(at)) if at.0 > taker.now.0.saturating_add(AHEAD_MAX_MS));
    let Some(key) = fields.iter().find(later) else { return Ok(()) };
    let label = proposed.form.field(key).map_or(*key, |field| field.label.as_str());
    Err(Inadmissible::about(Refusal::StepTimeFuture, label))
}
