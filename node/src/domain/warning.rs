//! 预警: which steps may be taken, and what they come to.
//!
//! Everybody below has a warning as soon as it is taken; passing it on with a name is what asks an office to confirm it (叫应). What the level
//! was is never overwritten: it is what the steps of its opener say, each of which stays.

mod course;
mod owed;
#[cfg(test)]
mod tests;

pub use owed::obligations;

use dutynet_relay::{ids::OfficeId, registry::Registry};

use self::course::{Course, LIFT, LOWER, PASS, PHONED, RAISE, RESPONSE, SHOWN, SIGNED, TAKE, TOLD, height, reached};
use super::{
    form::Value,
    matter::{
        Fact, FactValue, Inadmissible, Proposed, Step, Summary, Taker, Wanted, corrects_its_own, names_those_below,
        only_the_opener, opening, was_done,
    },
    step::MatterKind,
};
use crate::text::refusal::Refusal;

/// A source's clock may be before ours by so much.
const AHEAD_MAX_MS: i64 = 3_600_000;

/// Whether a step may be taken now.
pub fn admit(steps: &[Step], proposed: &Proposed<'_>, taker: &Taker<'_>) -> Result<(), Inadmissible> {
    if proposed.form.opens {
        return match proposed.value("issued_at") {
            Some(Value::Time(at)) if at.0 > taker.now.0.saturating_add(AHEAD_MAX_MS) => Err(Refusal::WarningTimesWrong.into()),
            Some(_) | None => Ok(()),
        };
    }
    was_done(&["told_at", "called_at"], proposed, taker)?;
    let course = Course::of(steps, opening(steps, TAKE)?);
    let form = proposed.form.id.as_str();
    if course.lifted().is_some() && form != RESPONSE {
        return Err(Refusal::MatterClosed.into());
    }
    corrects_its_own(steps, proposed, taker)?;
    match form {
        RAISE | LOWER | LIFT => only_the_opener(course.take, taker).and_then(|()| changes_the_level(&course, proposed)),
        PASS if course.holds(taker.office) => names_those_below(proposed, taker),
        PHONED => may_say_of_a_call(&course, proposed, taker),
        RESPONSE => may_respond(&course, proposed, taker),
        TOLD => Ok(()),
        _ if course.is_addressed(taker.office) => Ok(()),
        _ => Err(Inadmissible::about(Refusal::StepNotAddressed, taker.office)),
    }
}

fn changes_the_level(course: &Course<'_>, proposed: &Proposed<'_>) -> Result<(), Inadmissible> {
    let (now, next) = (height(course.level()), proposed.choice("level").map_or(0, height));
    match proposed.form.id.as_str() {
        RAISE if next <= now => Err(Refusal::WarningNotHigher.into()),
        LOWER if next >= now => Err(Refusal::WarningNotLower.into()),
        _ => Ok(()),
    }
}

fn may_say_of_a_call(course: &Course<'_>, proposed: &Proposed<'_>, taker: &Taker<'_>) -> Result<(), Inadmissible> {
    let [office] = proposed.to else { return Err(Refusal::StepOneOffice.into()) };
    if !course.asked(taker.office, office) {
        return Err(Inadmissible::about(Refusal::StepNotAddressed, office));
    }
    if proposed.choice("result") == Some("reached") && proposed.value("answered_by").is_none() {
        return Err(Refusal::WarningAnswererMissing.into());
    }
    Ok(())
}

fn may_respond(course: &Course<'_>, proposed: &Proposed<'_>, taker: &Taker<'_>) -> Result<(), Inadmissible> {
    let starts = proposed.choice("state") == Some("started");
    match (starts && proposed.corrects.is_none(), course.responds(taker.office)) {
        (true, Some(_)) => Err(Refusal::ResponseRunning.into()),
        (false, None) if proposed.corrects.is_none() => Err(Refusal::ResponseNotRunning.into()),
        (true, None) if course.lifted().is_some() => Err(Refusal::MatterClosed.into()),
        (true, None) | (false, Some(_) | None) => Ok(()),
    }
}

/// What lists show.
pub fn summary(steps: &[Step]) -> Summary {
    let course = Course::of(steps, &steps[0]);
    let told = course.taken_by(TOLD, &course.take.office).next().is_some();
    let addressed = course.addressed();
    let state = match course.lifted() {
        Some(_) => "lifted",
        None if addressed.is_empty() && told => "told",
        None if addressed.is_empty() => "taken",
        None if addressed.iter().all(|office| course.is_confirmed(office)) => "confirmed",
        None => "passed",
    };
    Summary {
        kind: MatterKind::Warning,
        open: course.lifted().is_none(),
        state: state.into(),
        grade: course.level().to_owned(),
        titled_by: course.take.reference.clone(),
        last_at: steps.iter().map(|step| step.times.here).max().unwrap_or_default(),
    }
}

/// What an office has to do next.
pub fn wanted(steps: &[Step], office: &OfficeId, tree: &Registry) -> Option<Wanted> {
    let course = Course::of(steps, &steps[0]);
    let told = course.taken_by(TOLD, office).next().is_some();
    let passed = course.taken_by(PASS, office).next().is_some();
    let cases = [
        (course.is_addressed(office) && !course.is_confirmed(office), Wanted::Sign),
        (course.holds(office) && !told, Wanted::Tell),
        (course.holds(office) && !passed && tree.children(office).next().is_some(), Wanted::Pass),
    ];
    let found = cases.into_iter().find(|(holds, _)| *holds);
    found.filter(|_| course.lifted().is_none()).map(|(_, wanted)| wanted)
}

/// What is known now.
pub fn facts(steps: &[Step]) -> Vec<Fact> {
    let course = Course::of(steps, &steps[0]);
    let take = course.take;
    let words = |step: &Step, field: &str, key: &str| {
        step.text(field).map(|words| Fact::of(key, FactValue::Text(words.to_owned()), &step.reference))
    };
    let keys = ["title", "category", "area", "caution", "measures", "issuer"];
    let mut facts: Vec<Fact> = keys.iter().filter_map(|key| words(take, key, key)).collect();
    let times = ["from", "issued_at"].into_iter();
    facts.extend(times.filter_map(|key| Some(Fact::of(key, FactValue::Time(take.time(key)?), &take.reference))));
    facts.extend(take.choice("channel").map(|code| Fact::of("channel", FactValue::Code(code.to_owned()), &take.reference)));
    // Every level that it had, the present one last.
    let levels = course.levels();
    facts.extend(levels.iter().map(|(code, step)| Fact::of("level", FactValue::Code((*code).to_owned()), &step.reference)));
    facts.extend(course.lifted().and_then(|step| words(step, "reason", "lifted")));
    for step in course.every(TOLD) {
        facts.push(Fact::of("told", FactValue::Office(step.office.clone()), &step.reference));
        facts.extend(words(step, "leader", "told_leader"));
    }
    for step in course.every(RESPONSE) {
        let codes = [("response", step.choice("response")), ("response_state", step.choice("state"))];
        facts.push(Fact::of("responds", FactValue::Office(step.office.clone()), &step.reference));
        let said = codes.into_iter().filter_map(|(key, code)| Some((key, code?.to_owned())));
        facts.extend(said.map(|(key, code)| Fact::of(key, FactValue::Code(code), &step.reference)));
    }
    for office in course.addressed() {
        facts.extend(facts_of(&course, office));
    }
    facts
}

/// What is known of one office's confirmation; each thing opens the records that say it.
fn facts_of(course: &Course<'_>, office: &OfficeId) -> Vec<Fact> {
    let fact = |key: &str, said_by: Vec<&Step>| {
        let sources: Vec<_> = said_by.iter().map(|step| step.reference.clone()).collect();
        (!sources.is_empty()).then(|| Fact { key: key.to_owned(), value: FactValue::Office(office.clone()), sources })
    };
    let signed: Vec<_> = course.taken_by(SIGNED, office).collect();
    let (told, not_told): (Vec<_>, Vec<_>) = course.calls(office).into_iter().partition(|step| reached(step));
    let by_telephone = signed.iter().copied().filter(|step| step.entered.is_some());
    let phoned: Vec<_> = told.into_iter().chain(by_telephone).collect();
    let confirmed = course.is_confirmed(office);
    let delivered: Vec<_> = course.passes_to(office).iter().filter_map(|pass| pass.delivered_to(office)).collect();
    let has = || Fact { key: "delivered".to_owned(), value: FactValue::Office(office.clone()), sources: delivered.clone() };
    [
        fact("addressed", course.passes_to(office)),
        (!delivered.is_empty()).then(has),
        fact("shown", course.taken_by(SHOWN, office).collect()),
        fact("signed", signed),
        fact("not_reached", if phoned.is_empty() { not_told } else { Vec::new() }),
        fact("phoned", phoned),
        fact("awaited", if confirmed { Vec::new() } else { course.passes_to(office) }),
    ]
    .into_iter()
    .flatten()
    .collect()
}
