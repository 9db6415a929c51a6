//! What a warning asks for: that the leader is told and that it is passed on within the time of the rules, and that each office confirms it
//! by the time that whoever passed it on has set.

use std::collections::BTreeSet;

use dutynet_relay::ids::OfficeId;

use super::course::{Course, PASS, SIGNED, TAKE, TOLD, reached};
use crate::domain::{
    matter::{
        Known, Step,
        owed::{Clock, Debt, EVER, case, first, outcome, until_set},
    },
    obligation::{Creditor, Obligation, is_owed},
    rules::{Duty, Receiver},
};

/// What is owed because of a warning.
pub fn obligations(steps: &[Step], known: &Known<'_>) -> Vec<Obligation> {
    let Some(take) = steps.first().filter(|step| step.form == TAKE && is_owed(step.mode)) else { return Vec::new() };
    let course = Course::of(steps, take);
    let holders: BTreeSet<&OfficeId> = course.addressed().into_iter().chain([&take.office]).collect();
    let mut owed = Vec::new();
    for office in holders {
        // Whoever took it has it from then on; others from when it was passed on to them.
        let begins = if *office == take.office { Some(take) } else { course.passes_to(office).first().copied() };
        let Some(begins) = begins else { continue };
        if office == known.tree.own() {
            owed.extend(within(steps, (office, begins), &course, (Duty::WarningLeaderTold, TOLD, known)));
        }
        if known.tree.children(office).next().is_some() {
            owed.extend(within(steps, (office, begins), &course, (Duty::WarningPassedOn, PASS, known)));
        }
        owed.extend(confirmed(steps, office, &course, known));
    }
    owed
}

/// One step of an office within the time of the rules.
fn within(
    steps: &[Step],
    (office, begins): (&OfficeId, &Step),
    course: &Course<'_>,
    (duty, form, known): (Duty, &'static str, &Known<'_>),
) -> Vec<Obligation> {
    let clock = Clock { begins, debtor: office, duty };
    let to = || {
        if duty == Duty::WarningLeaderTold {
            Creditor::Leader(Receiver::Leader.key().to_owned())
        } else {
            Creditor::Office(begins.office.clone())
        }
    };
    let outcome = outcome(first(steps, &[form], office, begins), course.lifted());
    let running = clock.running(&case(steps, office, begins, (known.tree, EVER)), known);
    running.into_iter().map(|by| clock.owed(by, to(), known, outcome.clone())).collect()
}

/// 叫应: somebody there signs, or answers the telephone.
fn confirmed(steps: &[Step], office: &OfficeId, course: &Course<'_>, known: &Known<'_>) -> Vec<Obligation> {
    let mut owed = Vec::new();
    for pass in course.passes_to(office) {
        let called = course.calls(office).into_iter().filter(|call| reached(call));
        let signed = first(steps, &[SIGNED], office, pass);
        let met = called.chain(signed).min_by_key(|step| step.times.recorded.here);
        let debt = Debt { duty: Duty::Receipt, debtor: office, creditor: &pass.office };
        owed.extend(until_set((pass, "confirm_by"), &debt, known, outcome(met, course.lifted())));
    }
    owed
}
