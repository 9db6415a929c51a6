//! 指示类事项: circulars, instructions, tasks, supervision, telephone notices. Which steps may be taken, and what they come to.
//!
//! The words of the order are never touched: a tier that passes it on adds its remark, a correction stands beside it. Whoever was given a
//! part owes its source an outcome, and nothing closes while one is owed. Delivery, signature, reading and outcome are kept apart.

mod course;
mod owed;
#[cfg(test)]
mod tests;

pub use owed::obligations;

use dutynet_relay::ids::{OfficeId, RecordRef};

use self::course::{CLOSE, CORRECT, Course, DONE, FEEDBACK, ORDER, PHONED, READ, RECALL, RELAY, RETURN, SIGN, SPLIT, reached};
use super::{
    form::Value,
    matter::{
        Fact, FactValue, Inadmissible, Proposed, Step, Summary, Taker, Wanted, corrects_its_own, names_those_below,
        only_the_opener, opening, was_done,
    },
    step::MatterKind,
};
use crate::text::refusal::Refusal;

/// Whether a step may be taken now.
pub fn admit(steps: &[Step], proposed: &Proposed<'_>, taker: &Taker<'_>) -> Result<(), Inadmissible> {
    if proposed.form.opens {
        return may_order(proposed, taker);
    }
    let course = Course::of(steps, opening(steps, ORDER)?);
    if course.closed().is_some() {
        return Err(Refusal::MatterClosed.into());
    }
    if course.recalled().is_some() {
        // An office that has passed it on passes the recall on, to those whom the opener did not know of.
        let passed_on = course.parts.iter().any(|part| part.source == taker.office);
        return if proposed.form.id == RECALL && passed_on { Ok(()) } else { Err(Refusal::DirectiveRecalled.into()) };
    }
    corrects_its_own(steps, proposed, taker)?;
    match proposed.form.id.as_str() {
        RELAY | SPLIT => may_give(&course, proposed, taker),
        RETURN => may_return(&course, proposed, taker),
        PHONED => may_say_of_a_call(&course, proposed, taker),
        CORRECT | RECALL => only_the_opener(course.order, taker),
        CLOSE => only_the_opener(course.order, taker).and_then(|()| none_open(&course, None)),
        _ if !course.has_part(taker.office) => Err(Inadmissible::about(Refusal::StepNotAddressed, taker.office)),
        DONE => may_be_done(&course, proposed, taker),
        _ => Ok(()),
    }
}

fn may_order(proposed: &Proposed<'_>, taker: &Taker<'_>) -> Result<(), Inadmissible> {
    let kind = proposed.choice("kind").unwrap_or_default();
    let said = |field: &str| proposed.value(field).is_some();
    if kind == "task" {
        if !proposed.to.is_empty() {
            return Err(Refusal::DirectiveTaskInside.into());
        }
        if !said("owner") {
            return Err(Refusal::DirectiveOwnerMissing.into());
        }
    } else if proposed.to.is_empty() {
        return Err(Inadmissible::about(Refusal::StepOfficesMissing, &proposed.form.title));
    }
    if kind == "instruction" && !(said("leader") && said("said_at")) {
        return Err(Refusal::DirectiveLeaderMissing.into());
    }
    names_those_below(proposed, taker)?;
    was_done(&["said_at"], proposed, taker)?;
    due_is_to_come(proposed, taker)
}

fn due_is_to_come(proposed: &Proposed<'_>, taker: &Taker<'_>) -> Result<(), Inadmissible> {
    let is_past = |field: &str| matches!(proposed.value(field), Some(Value::Time(due)) if *due <= taker.now);
    match owed::TIMES.iter().find(|(field, _)| is_past(field)) {
        Some((field, _)) => {
            let label = proposed.form.field(field).map_or(*field, |field| field.label.as_str());
            Err(Inadmissible::about(Refusal::DirectiveDuePast, label))
        }
        None => Ok(()),
    }
}

fn may_give(course: &Course<'_>, proposed: &Proposed<'_>, taker: &Taker<'_>) -> Result<(), Inadmissible> {
    if course.is_task() {
        return Err(Refusal::DirectiveTaskInside.into());
    }
    if !course.holds(taker.office) {
        return Err(Inadmissible::about(Refusal::StepNotAddressed, taker.office));
    }
    names_those_below(proposed, taker)?;
    // What is given anew to whoever has done with it is sent back to it, with a reason.
    if let Some(done) = proposed.to.iter().find(|office| !course.outcomes(office).is_empty()) {
        return Err(Inadmissible::about(Refusal::DirectiveDone, done));
    }
    due_is_to_come(proposed, taker)
}

fn may_be_done(course: &Course<'_>, proposed: &Proposed<'_>, taker: &Taker<'_>) -> Result<(), Inadmissible> {
    if proposed.corrects.is_none() && !course.outcomes(taker.office).is_empty() {
        return Err(Inadmissible::about(Refusal::DirectiveDone, taker.office));
    }
    none_open(course, Some(taker.office))
}

fn none_open(course: &Course<'_>, source: Option<&OfficeId>) -> Result<(), Inadmissible> {
    let open: Vec<_> = course.unsettled(source).iter().map(|office| office.as_str()).collect();
    if open.is_empty() { Ok(()) } else { Err(Inadmissible::about(Refusal::DirectiveOpenParts, open.join(", "))) }
}

fn may_return(course: &Course<'_>, proposed: &Proposed<'_>, taker: &Taker<'_>) -> Result<(), Inadmissible> {
    let [office] = proposed.to else { return Err(Refusal::StepOneOffice.into()) };
    if course.parts.iter().all(|part| part.office != office || part.source != taker.office) {
        return Err(Inadmissible::about(Refusal::DirectiveNotSource, office));
    }
    let stands = |outcome: &RecordRef| course.outcomes(office).iter().any(|done| done.reference == *outcome);
    if proposed.link("outcome").is_some_and(stands) { Ok(()) } else { Err(Refusal::DirectiveOutcomeUnknown.into()) }
}

fn may_say_of_a_call(course: &Course<'_>, proposed: &Proposed<'_>, taker: &Taker<'_>) -> Result<(), Inadmissible> {
    was_done(&["called_at"], proposed, taker)?;
    let [office] = proposed.to else { return Err(Refusal::StepOneOffice.into()) };
    if !course.gave(taker.office, office) {
        return Err(Inadmissible::about(Refusal::StepNotAddressed, office));
    }
    let told = proposed.value("answered_by").is_some() && proposed.value("read_back").is_some();
    if proposed.choice("result") == Some("reached") && !told {
        return Err(Refusal::DirectiveReadBackMissing.into());
    }
    Ok(())
}

/// What lists show.
pub fn summary(steps: &[Step]) -> Summary {
    let course = Course::of(steps, &steps[0]);
    let state = match (course.closed(), course.recalled()) {
        (Some(_), _) => "closed",
        (None, Some(_)) => "recalled",
        (None, None) if course.unsettled(None).is_empty() => "answered",
        (None, None) => "underway",
    };
    Summary {
        kind: MatterKind::Directive,
        open: course.closed().is_none() && course.recalled().is_none(),
        state: state.into(),
        grade: course.order.choice("urgency").unwrap_or_default().to_owned(),
        titled_by: course.order.reference.clone(),
        last_at: steps.iter().map(|step| step.times.here).max().unwrap_or_default(),
    }
}

/// What an office has to do next.
pub fn wanted(steps: &[Step], office: &OfficeId) -> Option<Wanted> {
    let course = Course::of(steps, &steps[0]);
    if course.closed().is_some() || course.recalled().is_some() {
        return None;
    }
    let signed = course.taken_by(SIGN, office).next().is_some();
    if course.has_part(office) && !course.is_settled(office) {
        return Some(if signed || course.is_task() { Wanted::Outcome } else { Wanted::Sign });
    }
    (course.order.office == *office && course.unsettled(None).is_empty()).then_some(Wanted::Close)
}

/// What is known now.
pub fn facts(steps: &[Step]) -> Vec<Fact> {
    let course = Course::of(steps, &steps[0]);
    let order = course.order;
    let words = |step: &Step, field: &str, key: &str| {
        step.text(field).map(|words| Fact::of(key, FactValue::Text(words.to_owned()), &step.reference))
    };
    let mut facts: Vec<Fact> = ["title", "words", "leader", "owner"].iter().filter_map(|key| words(order, key, key)).collect();
    facts.extend(order.choice("kind").map(|kind| Fact::of("kind", FactValue::Code(kind.to_owned()), &order.reference)));
    let times = ["said_at", "due"].into_iter();
    facts.extend(times.filter_map(|key| Some(Fact::of(key, FactValue::Time(order.time(key)?), &order.reference))));
    facts.extend(course.by_opener(CORRECT).filter_map(|step| words(step, "words", "corrected")));
    facts.extend(course.recalled().and_then(|step| words(step, "reason", "recalled")));
    facts.extend(course.closed().and_then(|step| words(step, "outcome", "outcome")));
    let mut offices: Vec<_> = course.parts.iter().map(|part| part.office).collect();
    offices.sort();
    offices.dedup();
    for office in offices {
        facts.extend(facts_of(&course, office));
    }
    facts
}

/// What is known of one office's part; each thing opens the records that say it.
fn facts_of(course: &Course<'_>, office: &OfficeId) -> Vec<Fact> {
    let by = |key: &str, sources: Vec<RecordRef>| {
        (!sources.is_empty()).then(|| Fact { key: key.to_owned(), value: FactValue::Office(office.clone()), sources })
    };
    let fact = |key: &str, said_by: &[&Step]| by(key, said_by.iter().map(|step| step.reference.clone()).collect());
    let own = |form| course.taken_by(form, office).collect::<Vec<_>>();
    let calls = course.calls(office);
    let told: Vec<_> = calls.iter().copied().filter(|step| reached(step)).collect();
    let given: Vec<_> = course.parts.iter().filter(|part| part.office == office).map(|part| part.given).collect();
    // Its node has said so; whatever an office said itself about a directive, it has it.
    let said = [SIGN, READ, FEEDBACK, DONE].into_iter().flat_map(own).filter(|step| step.entered.is_none());
    let said = said.map(|step| step.reference.clone());
    let has = given.iter().flat_map(|given| given.delivered_to(office)).chain(said).collect();
    let returned: Vec<_> = own(DONE).iter().flat_map(|done| course.returns(&done.reference)).collect();
    let mut facts = vec![
        fact("addressed", &given),
        by("delivered", has),
        fact("signed", &own(SIGN)),
        fact("read", &own(READ)),
        fact("feedback", &own(FEEDBACK)),
        fact("phoned", &told),
        fact("not_reached", if told.is_empty() { &calls } else { &[] }),
        fact("returned", &returned),
        fact("done", &course.outcomes(office)),
    ];
    if !course.is_settled(office) {
        facts.push(fact("awaited", &given));
        let due = course.parts.iter().filter(|part| part.office == office);
        let due = due.filter_map(|part| Some((part.due()?, &part.given.reference))).min_by_key(|(due, _)| *due);
        facts.push(due.map(|(due, given)| Fact::of("awaited_until", FactValue::Time(due), given)));
    }
    facts.into_iter().flatten().collect()
}
