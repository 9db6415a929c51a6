//! 会商: a session that an office calls for areas below it. Which steps may be taken, and what they come to.
//!
//! It is held on a leader's instruction, which its call names. The agenda has three parts, each tied to the records that it speaks of; the
//! status of every office is kept as it was shown; whoever stands in an area that was called may speak, and everybody hears. The session does
//! not close before its minutes are there, and before each outcome has become a directive or was expressly said to need none. The situation
//! summary is written by section; what is published is a text that somebody else has reviewed, and every version stays.

mod course;
mod suggest;
mod table;
#[cfg(test)]
mod tests;

pub use suggest::{Occasion, Trigger};
pub use table::{Kept, says_of, tables};

use dutynet_relay::ids::{OfficeId, RecordRef};

use self::course::{
    AGENDA, CALL, CLOSE, Course, JUDGEMENT, MINUTES, NONE, ORDERED, OUTCOME, PUBLISH, REVIEW, SECTION, STATEMENT, STATUS,
};
use super::{
    form::{Answer, Value},
    matter::{
        Fact, FactValue, Inadmissible, Proposed, Step, Summary, Taker, Wanted, corrects_its_own, names_those_below, opening,
        standing,
    },
    step::MatterKind,
};
use crate::text::refusal::Refusal;

/// Whether a step may be taken now.
pub fn admit(steps: &[Step], proposed: &Proposed<'_>, taker: &Taker<'_>) -> Result<(), Inadmissible> {
    if proposed.form.opens {
        return names_those_below(proposed, taker);
    }
    let course = Course::of(steps, opening(steps, CALL)?);
    if course.closed().is_some() {
        return Err(Refusal::MatterClosed.into());
    }
    if !course.is_invited(taker.office, taker.tree) {
        return Err(Inadmissible::about(Refusal::StepNotAddressed, taker.office));
    }
    corrects_its_own(steps, proposed, taker)?;
    match proposed.form.id.as_str() {
        STATEMENT => answers_a_statement(&course, proposed),
        ORDERED | NONE => settles_an_outcome(&course, proposed),
        REVIEW => may_review(&course, proposed, taker),
        PUBLISH => may_publish(&course, proposed),
        CLOSE => may_close(&course),
        _ => Ok(()),
    }
}

fn answers_a_statement(course: &Course<'_>, proposed: &Proposed<'_>) -> Result<(), Inadmissible> {
    match proposed.link("answers") {
        Some(answered) if course.named(STATEMENT, Some(answered)).is_none() => Err(Refusal::ConsultationStatementUnknown.into()),
        Some(_) | None => Ok(()),
    }
}

/// An outcome is settled once: what became a directive is not said to need none, nor the other way round.
fn settles_an_outcome(course: &Course<'_>, proposed: &Proposed<'_>) -> Result<(), Inadmissible> {
    let outcome = course.named(OUTCOME, proposed.link("outcome")).ok_or(Refusal::ConsultationOutcomeUnknown)?;
    let (ordered, none) = (!course.directives(&outcome.reference).is_empty(), course.none(&outcome.reference).is_some());
    let other = if proposed.form.id == NONE { ordered } else { none };
    if other && proposed.corrects.is_none() { Err(Refusal::ConsultationOutcomeSettled.into()) } else { Ok(()) }
}

fn may_review(course: &Course<'_>, proposed: &Proposed<'_>, taker: &Taker<'_>) -> Result<(), Inadmissible> {
    let draft = course.named(SECTION, proposed.link("draft")).ok_or(Refusal::ConsultationDraftUnknown)?;
    let by_its_writer = draft.by.as_ref().is_some_and(|by| by.id == taker.by.id);
    if by_its_writer { Err(Refusal::ConsultationReviewedByWriter.into()) } else { Ok(()) }
}

fn may_publish(course: &Course<'_>, proposed: &Proposed<'_>) -> Result<(), Inadmissible> {
    let draft = course.named(SECTION, proposed.link("draft")).ok_or(Refusal::ConsultationDraftUnknown)?;
    if course.review(&draft.reference) == Some("approved") { Ok(()) } else { Err(Refusal::ConsultationNotReviewed.into()) }
}

fn may_close(course: &Course<'_>) -> Result<(), Inadmissible> {
    if course.every(MINUTES).next().is_none() {
        return Err(Refusal::ConsultationMinutesMissing.into());
    }
    let open: Vec<_> = course.unsettled().iter().map(|outcome| outcome.reference.to_string()).collect();
    if open.is_empty() { Ok(()) } else { Err(Inadmissible::about(Refusal::ConsultationOpenOutcomes, open.join(", "))) }
}

/// What is published of a text: its section, which version it is, and its words; nothing: there is no such text.
pub fn published(steps: &[Step], draft: &RecordRef) -> Vec<Answer> {
    let found = standing(steps).find(|step| step.form == SECTION && step.reference == *draft);
    let Some((draft, call)) = found.zip(steps.first()) else { return Vec::new() };
    let section = draft.choice("section").unwrap_or_default();
    let versions = Course::of(steps, call).versions(section);
    let version = versions.iter().position(|step| step.reference == draft.reference).map_or(1, |at| at + 1);
    let answer = |field: &str, value| Answer { field: field.to_owned(), value };
    vec![
        answer("section", Value::Choices(vec![section.to_owned()])),
        answer("version", Value::Number(i64::try_from(version).unwrap_or(i64::MAX))),
        answer("words", Value::Text(draft.text("words").unwrap_or_default().to_owned())),
    ]
}

/// What a session was called because of, as the machine names what it suggests.
pub fn trigger(steps: &[Step]) -> Option<&str> {
    steps.first().filter(|step| step.form == CALL)?.text("trigger")
}

/// The directives that its outcomes became, each with the step that says so.
pub fn ordered(steps: &[Step]) -> Vec<(&RecordRef, &Step)> {
    let Some(call) = steps.first().filter(|step| step.form == CALL) else { return Vec::new() };
    let course = Course::of(steps, call);
    let outcomes = course.every(OUTCOME);
    outcomes.flat_map(|outcome| course.directives(&outcome.reference)).map(|(step, directive)| (directive, step)).collect()
}

/// What lists show.
pub fn summary(steps: &[Step]) -> Summary {
    let course = Course::of(steps, &steps[0]);
    let state = match (course.closed(), course.every(MINUTES).next()) {
        (Some(_), _) => "closed",
        (None, Some(_)) if !course.unsettled().is_empty() => "outcomes_open",
        (None, Some(_)) => "minuted",
        (None, None) if course.has_begun() => "sitting",
        (None, None) => "called",
    };
    Summary {
        kind: MatterKind::Consultation,
        open: course.closed().is_none(),
        state: state.into(),
        grade: course.call.choice("reason").unwrap_or_default().to_owned(),
        titled_by: course.call.reference.clone(),
        last_at: steps.iter().map(|step| step.times.here).max().unwrap_or_default(),
    }
}

/// What an office has to do next. Of an area that was called, the office at its top is the one that is waited for.
pub fn wanted(steps: &[Step], office: &OfficeId) -> Option<Wanted> {
    let course = Course::of(steps, steps.first().filter(|step| step.form == CALL)?);
    if course.closed().is_some() {
        return None;
    }
    let silent = course.every(STATEMENT).all(|step| step.office != *office);
    let leads = course.call.office == *office;
    let cases = [
        (course.call.to.contains(office) && silent, Wanted::Speak),
        (leads && !course.unsettled().is_empty(), Wanted::Settle),
        (leads && may_close(&course).is_ok(), Wanted::Close),
    ];
    cases.into_iter().find(|(holds, _)| *holds).map(|(_, wanted)| wanted)
}

/// What is known now.
pub fn facts(steps: &[Step]) -> Vec<Fact> {
    let course = Course::of(steps, &steps[0]);
    let call = course.call;
    let mut facts = call.said(&["title", "instructed_by", "instruction", "demands"]);
    facts.extend(call.coded(&["reason", "way"]).into_iter().chain(call.timed(&["instructed_at", "held_at"])));
    facts.push(Fact::of("called_by", FactValue::Office(call.office.clone()), &call.reference));
    facts.extend(call.to.iter().map(|area| Fact::of("area", FactValue::Office(area.clone()), &call.reference)));
    for step in course.every(AGENDA) {
        facts.extend(step.coded(&["part"]).into_iter().chain(step.said(&["words"])));
    }
    for step in course.every(STATUS).filter(|step| table::is_first(step)) {
        facts.extend(step.timed(&["asked_at", "closed_at"]).into_iter().chain(step.said(&["digest"])));
        let figures = ["offices", "answered"].into_iter().filter_map(|key| Some((key, step.number(key)?)));
        facts.extend(figures.map(|(key, figure)| Fact::of(key, FactValue::Number(figure), &step.reference)));
    }
    for step in course.every(STATEMENT) {
        facts.push(Fact::of("spoke", FactValue::Office(step.office.clone()), &step.reference));
        facts.extend(step.said(&["words"]));
    }
    facts.extend(course.every(JUDGEMENT).flat_map(|step| step.said(&["trend", "focus"])));
    facts.extend(course.every(MINUTES).flat_map(|step| step.said(&["presided_by", "words"])));
    facts.extend(course.every(OUTCOME).flat_map(|step| of_outcome(&course, step)));
    for step in course.every(PUBLISH) {
        facts.extend(step.coded(&["section"]).into_iter().chain(step.said(&["words"])));
        facts.extend(step.number("version").map(|number| Fact::of("version", FactValue::Number(number), &step.reference)));
    }
    facts.extend(course.closed().into_iter().flat_map(|step| step.said(&["outcome"])));
    facts
}

fn of_outcome(course: &Course<'_>, outcome: &Step) -> Vec<Fact> {
    let mut facts = outcome.said(&["what", "owner"]);
    facts.extend(outcome.timed(&["due"]));
    let directives = course.directives(&outcome.reference);
    facts.extend(directives.iter().map(|(step, directive)| {
        let sources = vec![outcome.reference.clone(), step.reference.clone()];
        Fact { key: "ordered".to_owned(), value: FactValue::Text(directive.to_string()), sources }
    }));
    let none = course.none(&outcome.reference);
    facts.extend(none.into_iter().flat_map(|step| step.said(&["reason"])));
    if directives.is_empty() && none.is_none() {
        facts.push(Fact::of("outcome_open", FactValue::Text(outcome.reference.to_string()), &outcome.reference));
    }
    facts
}
