//! What a directive asks for, and until when: the times that a person has set in the step that gave an office its part, and, of an ordinary
//! paper, that it is handed to somebody within the time of the rules. For what is 特急 an office signs also where nobody has set a time: soon
//! after it has it, by the rules.

use dutynet_relay::ids::OfficeId;

use super::course::{Course, DONE, FEEDBACK, ORDER, PHONED, Part, READ, RELAY, SIGN, SPLIT};
use crate::domain::{
    matter::{
        Known, Step,
        owed::{Clock, Debt, EVER, case, first, outcome, until_set},
    },
    obligation::{Creditor, Obligation, Outcome, is_owed},
    rules::Duty,
};

/// Fields of the steps that give a part: by when what is owed.
pub(super) const TIMES: [(&str, Duty); 3] =
    [("sign_by", Duty::Receipt), ("feedback_due", Duty::Feedback), ("due", Duty::Outcome)];

/// What is owed because of a directive.
pub fn obligations(steps: &[Step], known: &Known<'_>) -> Vec<Obligation> {
    let order = steps.first().filter(|step| step.form == ORDER && is_owed(step.mode));
    let Some(order) = order else { return Vec::new() };
    let course = Course::of(steps, order);
    let ended = course.recalled().or(course.closed());
    let mut owed = Vec::new();
    for part in &course.parts {
        let (flash, said) = (is_flash(&course, part), |duty| outcome(what_met(steps, &course, (part, duty)), ended));
        let set = TIMES.into_iter().filter_map(|(field, duty)| {
            let debt = Debt { duty, debtor: part.office, creditor: part.source };
            until_set((part.given, field), &debt, known, said(duty))
        });
        let mut asked: Vec<Obligation> = set.collect();
        if flash && part.given.time("sign_by").is_none() {
            asked.extend(by_default(steps, part, known, &said(Duty::Receipt)));
        }
        owed.extend(asked.into_iter().map(|owed| Obligation { flash: flash && owed.duty == Duty::Receipt, ..owed }));
    }
    owed.extend(handed_on(steps, &course, known));
    owed
}

/// The first part that an office was given of what is 特急: for a further one it need not sign once more.
fn is_flash(course: &Course<'_>, part: &Part<'_>) -> bool {
    let first = course.parts.iter().find(|given| given.office == part.office);
    let is_first = first.is_some_and(|first| first.given.reference == part.given.reference);
    is_first && part.source != part.office && course.order.choice("urgency") == Some("flash")
}

/// A signature for what is 特急, within the time of the rules from when the office had it.
fn by_default(steps: &[Step], part: &Part<'_>, known: &Known<'_>, outcome: &Outcome) -> Vec<Obligation> {
    let clock = Clock { begins: part.given, debtor: part.office, duty: Duty::Receipt };
    let running = clock.running(&case(steps, part.office, part.given, (known.tree, EVER)), known);
    let to = Creditor::Office(part.source.clone());
    running.into_iter().map(|by| clock.owed(by, to.clone(), known, outcome.clone())).collect()
}

/// The step by which an office has done what it was to do with its part.
fn what_met<'a>(steps: &'a [Step], course: &Course<'a>, (part, duty): (&Part<'a>, Duty)) -> Option<&'a Step> {
    let own = |forms: &[&str]| first(steps, forms, part.office, part.given);
    if duty == Duty::Outcome {
        return course.settled_by(part.office);
    }
    if duty == Duty::Feedback {
        return own(&[FEEDBACK, DONE]);
    }
    let called = course.calls(part.office).into_iter().find(|call| super::reached(call));
    own(&[SIGN, READ, FEEDBACK, DONE]).or(called)
}

/// An ordinary paper that came from above is handed on, to an office or to somebody of this one.
fn handed_on(steps: &[Step], course: &Course<'_>, known: &Known<'_>) -> Vec<Obligation> {
    let own = known.tree.own();
    let part = course.parts.iter().find(|part| part.office == own && part.source != own);
    let Some(part) = part.filter(|_| course.order.choice("urgency") == Some("routine")) else { return Vec::new() };
    let clock = Clock { begins: part.given, debtor: own, duty: Duty::PaperPassedOn };
    let met = first(steps, &[RELAY, SPLIT, READ, FEEDBACK, DONE, PHONED], own, part.given);
    let to = |office: &OfficeId| Creditor::Office(office.clone());
    let running = clock.running(&case(steps, own, part.given, (known.tree, EVER)), known);
    running.into_iter().map(|by| clock.owed(by, to(part.source), known, outcome(met, course.recalled()))).collect()
}
