//! What an incident owes once: leaders told, reports to whoever the rules name, a written report after each oral one, the final report, and
//! papers that somebody asked for.
//!
//! An office owes from when it came to know: by its own call; by what came up to it from below; of another office, from the first thing that
//! it has said itself, because no more is known of it here. Whatever stays inside of an office (that its leader was told, what lies before
//! him) is owed where it can be seen.

use std::collections::BTreeSet;

use dutynet_relay::{
    ids::{Lane, OfficeId},
    registry::OfficeClass,
};

use super::{Clock, Debt, EVER, Known, again, approval, case, creditor, first, outcome, until_set};
use crate::domain::{
    matter::Step,
    obligation::{Creditor, Obligation, is_owed},
    rules::{Case, Duty, Force, LeaderRole, Receiver},
    step::{LaneRule, StepForm, StepForms},
};

/// What counts as having reported. Whoever hands over what is not his, has.
const REPORTED: [&str; 4] = ["incident.oral", "incident.report", "incident.skip", "incident.transfer"];
/// The same, in writing.
const WRITTEN: [&str; 3] = ["incident.report", "incident.skip", "incident.transfer"];

/// What is owed because of an incident.
pub(in crate::domain::matter) fn by_incident(steps: &[Step], known: &Known<'_>) -> Vec<Obligation> {
    if steps.first().is_none_or(|step| !is_owed(step.mode)) {
        return Vec::new();
    }
    let own = known.tree.own();
    let offices: BTreeSet<&OfficeId> = steps.iter().map(|step| &step.office).chain([own]).collect();
    let mut owed = Vec::new();
    for debtor in offices {
        if let Some(begins) = began(steps, debtor, known) {
            owed.extend(reports(steps, (debtor, begins), known));
        }
        owed.extend(after_oral(steps, debtor, known));
        owed.extend(again::follow_ups(steps, debtor, known));
        owed.extend(again::revisions(steps, debtor, known));
    }
    owed.extend(approval::answers(steps, own, known));
    owed.extend(again::silences(steps, known));
    owed.extend(papers(steps, known));
    owed
}

/// The step with which an office came to know of it.
fn began<'a>(steps: &'a [Step], debtor: &OfficeId, known: &Known<'_>) -> Option<&'a Step> {
    let earliest = |fits: &dyn Fn(&Step) -> bool| {
        steps.iter().filter(|step| fits(step)).min_by_key(|step| (step.times.here, step.reference.clone()))
    };
    let its_own = |form: &str, step: &Step| step.office == *debtor && step.form == form;
    let call = earliest(&|step| its_own("incident.call", step));
    let came_up = |step: &Step| {
        let goes_up = ["incident.oral", "incident.report", "incident.skip"].contains(&step.form.as_str());
        let given = ["incident.handover", "incident.transfer"].contains(&step.form.as_str()) && step.to.contains(debtor);
        (goes_up && known.tree.is_ancestor(debtor, &step.office)) || given
    };
    let from_others = || earliest(&came_up).filter(|_| debtor == known.tree.own());
    call.or_else(from_others).or_else(|| earliest(&|step| REPORTED.iter().any(|form| its_own(form, step))))
}

fn reports(steps: &[Step], (debtor, begins): (&OfficeId, &Step), known: &Known<'_>) -> Vec<Obligation> {
    let case = case(steps, debtor, begins, (known.tree, EVER));
    let mut owed = Vec::new();
    for (duty, forms) in [(Duty::OralReport, &REPORTED[..]), (Duty::WrittenReport, &WRITTEN[..]), (Duty::FinalReport, &[])] {
        let clock = Clock { begins, debtor, duty };
        for by in clock.running(&case, known) {
            let Some(to) = creditor(by.limit.to, debtor, known.tree) else { continue };
            let ended_by = match &to {
                Creditor::Outside(whom) => outside(steps, *whom, &clock, known),
                Creditor::Office(_) | Creditor::Leader(_) if duty == Duty::FinalReport => last_report(steps, debtor),
                Creditor::Office(_) | Creditor::Leader(_) => first(steps, forms, debtor, begins),
            };
            owed.push(clock.owed(by, to, known, outcome(ended_by, None)));
        }
    }
    if debtor == known.tree.own() {
        owed.extend(leaders_told(steps, begins, &case, known));
    }
    owed
}

/// What went to a body outside of the tree stands in a step of its own; a report may also name an office of that kind.
fn outside<'a>(steps: &'a [Step], whom: Receiver, clock: &Clock<'_>, known: &Known<'_>) -> Option<&'a Step> {
    let is_department = |office: &OfficeId| known.tree.entry(office).is_some_and(|entry| entry.class == OfficeClass::Department);
    let named =
        |step: &Step| whom == Receiver::Department && WRITTEN.contains(&step.form.as_str()) && step.to.iter().any(is_department);
    let entered = |step: &Step| step.form == "incident.outside" && step.choice("whom") == Some(whom.key());
    let own = steps.iter().filter(|step| step.office == *clock.debtor && (named(step) || entered(step)));
    own.min_by_key(|step| (step.times.recorded.here, step.reference.clone()))
}

fn last_report<'a>(steps: &'a [Step], debtor: &OfficeId) -> Option<&'a Step> {
    steps.iter().find(|step| step.office == *debtor && step.form == "incident.report" && step.choice("stage") == Some("final"))
}

/// Whether a report came from another office as 特急: nobody here has heard of it. What was entered here somebody has.
fn came_as_flash(begins: &Step, debtor: &OfficeId) -> bool {
    let is_flash = |form: &StepForm| form.lane == LaneRule::Fixed(Lane::Flash);
    begins.reference.origin != *debtor && StepForms::built_in().get(&begins.form).is_some_and(is_flash)
}

/// One for each leader whom a rule of the place names; where none does, for whoever leads.
fn leaders_told(steps: &[Step], begins: &Step, case: &Case, known: &Known<'_>) -> Vec<Obligation> {
    let debtor = known.tree.own();
    let binding = known.rules_of(begins).tell(case).into_iter().filter(|told| told.force != Force::Reference);
    let roles: Vec<LeaderRole> = binding.map(|told| told.role).collect();
    let clock = Clock { begins, debtor, duty: Duty::LeaderTold };
    let flash = came_as_flash(begins, debtor);
    let told = |fits: &dyn Fn(&Step) -> bool| {
        let told = steps.iter().filter(|step| step.form == "incident.told" && step.office == *debtor && fits(step));
        told.min_by_key(|step| (step.times.recorded.here, step.reference.clone()))
    };
    let mut owed = Vec::new();
    for by in clock.running(case, known) {
        if roles.len() < 2 {
            let to = Creditor::Leader(Receiver::Leader.key().to_owned());
            owed.push(Obligation { flash, ..clock.owed(by, to, known, outcome(told(&|_| true), None)) });
            continue;
        }
        for role in &roles {
            let mut by = by.clone();
            by.limit.cited.row = format!("{}-{}", by.limit.cited.row, role.key());
            // Of a leader of whom it was not said which he is, the one on duty is meant.
            let met = told(&|step| step.choice("role").unwrap_or(LeaderRole::OnDuty.key()) == role.key());
            let to = Creditor::Leader(role.key().to_owned());
            owed.push(Obligation { flash, ..clock.owed(by, to, known, outcome(met, None)) });
        }
    }
    owed
}

fn after_oral(steps: &[Step], debtor: &OfficeId, known: &Known<'_>) -> Vec<Obligation> {
    let mut owed = Vec::new();
    for oral in steps.iter().filter(|step| step.form == "incident.oral" && step.office == *debtor) {
        let clock = Clock { begins: oral, debtor, duty: Duty::WrittenAfterOral };
        let outcome = outcome(first(steps, &WRITTEN, debtor, oral), None);
        for by in clock.running(&case(steps, debtor, oral, (known.tree, EVER)), known) {
            let to = creditor(by.limit.to, debtor, known.tree);
            owed.extend(to.map(|to| clock.owed(by, to, known, outcome.clone())));
        }
    }
    owed
}

/// Papers that were asked for: owed by the offices that were named, or else by whoever has asked, who must see to it (湛江 第六条).
fn papers(steps: &[Step], known: &Known<'_>) -> Vec<Obligation> {
    let mut owed = Vec::new();
    for asked in steps.iter().filter(|step| step.form == "incident.paper-asked") {
        let debtors = if asked.to.is_empty() { std::slice::from_ref(&asked.office) } else { &asked.to };
        for debtor in debtors {
            let answers = |step: &&Step| step.form == "incident.paper" && step.link("asked") == Some(&asked.reference);
            let came = steps.iter().filter(answers).find(|step| step.office == *debtor || step.office == asked.office);
            let debt = Debt { duty: Duty::WrittenRequested, debtor, creditor: &asked.office };
            owed.extend(until_set((asked, "due"), &debt, known, outcome(came, None)));
        }
    }
    owed
}
