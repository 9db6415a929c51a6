//! What is owed because of an incident or a question from above, as a pure function of the steps.
//!
//! The rules are those that the step names with which a clock began; of rows that compete, the one that is due first counts. A clock that
//! runs from the receipt of a request runs, where the request is held by the office that owes the answer, from when it came there; elsewhere
//! from when it was made, because nobody else knows more.
//! Exercises and tests owe nothing that could ever be counted.

use std::collections::BTreeSet;

use dutynet_relay::{
    ids::OfficeId,
    record::Mode,
    registry::{OfficeClass, Registry},
};

use super::Step;
use crate::domain::{
    beijing::Day,
    form::Value,
    obligation::{About, Clocked, Creditor, Explained, Key, Met, Obligation, Outcome, Start},
    rules::{Basis, Case, CategoryCode, Duty, Flag, Grade, Limit, Packs, Receiver, Stamp, Tier},
};

/// The clock of one step: who owes, to whom, and what ends it.
struct Clock<'a> {
    opening: &'a Step,
    begins: &'a Step,
    debtor: &'a OfficeId,
    outcome: Outcome,
}

/// A question: its answer, by each office that was asked.
pub(super) fn by_question(steps: &[Step], packs: &Packs, tree: &Registry) -> Vec<Obligation> {
    let Some(asked) = steps.first().filter(|step| step.mode == Mode::Real) else { return Vec::new() };
    let one = |debtor: &OfficeId| {
        let said = |form: &str| first(steps, form, debtor, asked);
        let explained =
            said("verification.reason").map(|step| Explained { record: step.reference.clone(), at: step.times.recorded });
        let outcome = Outcome { met: said("verification.answer").map(met), explained, ..Outcome::default() };
        let creditor = Creditor::Office(asked.office.clone());
        let clock = Clock { opening: asked, begins: asked, debtor, outcome };
        clock.owed(Duty::VerificationAnswer, packs, (&case(steps, debtor, asked, tree), tree), |_| Some(creditor.clone()))
    };
    asked.to.iter().flat_map(one).collect()
}

/// An incident: of each office that has entered it, its leader told, a report to the tier above, and a written report after each oral one.
pub(super) fn by_incident(steps: &[Step], packs: &Packs, tree: &Registry) -> Vec<Obligation> {
    let Some(opening) = steps.first().filter(|step| step.mode == Mode::Real) else { return Vec::new() };
    let mut owed = Vec::new();
    for call in steps.iter().filter(|step| step.form == "incident.call") {
        let debtor = &call.office;
        let case = case(steps, debtor, call, tree);
        let told = first(steps, "incident.told", debtor, call);
        let reported = ["incident.oral", "incident.report"].map(|form| first(steps, form, debtor, call));
        let reported = reported.into_iter().flatten().min_by_key(|step| step.times.recorded.here);
        let written = first(steps, "incident.report", debtor, call);
        for (duty, ended_by) in [(Duty::LeaderTold, told), (Duty::OralReport, reported), (Duty::WrittenReport, written)] {
            let outcome = Outcome { met: ended_by.map(met), ..Outcome::default() };
            let clock = Clock { opening, begins: call, debtor, outcome };
            owed.extend(clock.owed(duty, packs, (&case, tree), |limit| creditor(limit.to, debtor, tree)));
        }
    }
    for oral in steps.iter().filter(|step| step.form == "incident.oral") {
        let debtor = &oral.office;
        let outcome = Outcome { met: first(steps, "incident.report", debtor, oral).map(met), ..Outcome::default() };
        let clock = Clock { opening, begins: oral, debtor, outcome };
        let case = case(steps, debtor, oral, tree);
        owed.extend(clock.owed(Duty::WrittenAfterOral, packs, (&case, tree), |limit| creditor(limit.to, debtor, tree)));
    }
    owed
}

impl Clock<'_> {
    /// One for each receiver and slot; of rows that compete, the one that is due first.
    fn owed(
        &self,
        duty: Duty,
        packs: &Packs,
        (case, tree): (&Case, &Registry),
        creditor: impl Fn(&Limit) -> Option<Creditor>,
    ) -> Vec<Obligation> {
        let rules = packs.of(&Stamp(self.begins.rules.clone()));
        let mut due: Vec<(Limit, Start, Clocked)> = Vec::new();
        for limit in rules.limits(duty, case) {
            let start = Start::with(limit.basis, self.moment(limit.basis, tree), self.begins.reference.clone());
            let Some(until) = start.due(limit.limit) else { continue };
            match due.iter_mut().find(|(held, ..)| (held.to, &held.slot) == (limit.to, &limit.slot)) {
                Some(held) if until.here < held.2.here => *held = (limit, start, until),
                Some(_) => {}
                None => due.push((limit, start, until)),
            }
        }
        let about = About::Matter(self.opening.reference.clone());
        let one = |(limit, start, due): (Limit, Start, Clocked)| {
            let creditor = creditor(&limit)?;
            let key = Key::of((&limit.cited.pack, &limit.cited.row), self.debtor, &about, &self.begins.reference);
            let (debtor, about, outcome) = (self.debtor.clone(), about.clone(), self.outcome.clone());
            Some(Obligation { key, cited: limit.cited, duty, debtor, creditor, about, start, limit: limit.limit, due, outcome })
        };
        due.into_iter().filter_map(one).collect()
    }

    /// The moment from which a clock runs. What was not said is taken to be when it was entered.
    fn moment(&self, basis: Basis, tree: &Registry) -> Clocked {
        let times = &self.begins.times;
        let said = |at: Option<_>| at.map_or(times.recorded, Clocked::same);
        match basis {
            Basis::Event => said(times.happened),
            Basis::Knowledge | Basis::Receipt => said(times.learnt),
            Basis::Request if self.debtor == tree.own() => Clocked { origin: times.recorded.origin, here: times.here },
            Basis::Request | Basis::OralReport | Basis::Approval => times.recorded,
            Basis::Day => Clocked::same(Day::of(times.recorded.here).midnight()),
        }
    }
}

/// The first step of a kind that an office took after another step, or that was entered for it.
fn first<'a>(steps: &'a [Step], form: &str, office: &OfficeId, after: &Step) -> Option<&'a Step> {
    let fits = |step: &&Step| step.form == form && step.office == *office && step.reference != after.reference;
    let later = |step: &&Step| step.times.recorded.here >= after.times.recorded.here;
    steps.iter().filter(fits).filter(later).min_by_key(|step| (step.times.recorded.here, step.reference.clone()))
}

fn met(step: &Step) -> Met {
    Met { record: step.reference.clone(), at: step.times.recorded, arrived: step.times.here }
}

fn creditor(to: Receiver, debtor: &OfficeId, tree: &Registry) -> Option<Creditor> {
    match to {
        Receiver::Leader => Some(Creditor::Leader(Receiver::Leader.key().to_owned())),
        Receiver::Above | Receiver::Asker => tree.parent(debtor).cloned().map(Creditor::Office),
        Receiver::Province => tree.path_up(debtor).last().filter(|top| *top != debtor).cloned().map(Creditor::Office),
        // Outside of the tree: what went there is entered by hand.
        Receiver::Government | Receiver::Department | Receiver::Central | Receiver::Below => None,
    }
}

/// What the rules are asked about: the last that the debtor has said of the event, if it said anything.
fn case(steps: &[Step], debtor: &OfficeId, begins: &Step, tree: &Registry) -> Case {
    let assessed = steps.iter().rev().find(|step| step.form == "incident.assess" && step.office == *debtor);
    let category = assessed.and_then(|step| match step.value("category") {
        Some(Value::Text(code)) => CategoryCode::parse(code).ok(),
        Some(Value::Choices(_)) => step.choice("category").and_then(|code| CategoryCode::parse(code).ok()),
        Some(Value::Number(_) | Value::Nil | Value::Unknown | Value::Time(_) | Value::Rows(_)) | None => None,
    });
    let flags = assessed.map(|step| step.choices("flags").iter().filter_map(|key| Flag::from_key(key)).collect());
    Case {
        category,
        grade: assessed.and_then(|step| step.choice("grade")).and_then(Grade::from_key),
        flags: flags.unwrap_or_else(BTreeSet::new),
        ..case_of(debtor, Day::of(begins.times.recorded.here), tree)
    }
}

/// What the rules are asked about when no event is: an office on a day.
pub fn case_of(debtor: &OfficeId, on: Day, tree: &Registry) -> Case {
    let entry = tree.entry(debtor);
    Case {
        jurisdiction: entry.map(|entry| entry.area_code.clone()).unwrap_or_default(),
        tier: entry.map_or(Tier::Unit, |entry| tier(entry.class)),
        category: None,
        grade: None,
        flags: BTreeSet::new(),
        channel: None,
        on,
    }
}

fn tier(class: OfficeClass) -> Tier {
    match class {
        OfficeClass::Province => Tier::Province,
        OfficeClass::City => Tier::City,
        OfficeClass::County => Tier::County,
        OfficeClass::Township => Tier::Township,
        OfficeClass::Department => Tier::Department,
        OfficeClass::Other => Tier::Unit,
    }
}

#[cfg(test)]
mod tests;
