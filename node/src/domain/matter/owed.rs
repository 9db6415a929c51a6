//! What is owed because of a matter, as a pure function of the steps.
//!
//! The rules are those that the step names with which a clock began; of rows that compete, the one that is due first counts. A clock that
//! runs from the receipt of another office's step runs from when it came to the office that owes the answer: as that office holds it, or as
//! its node has said; until that is known, from when the step was made.
//! What is owed in an exercise is derived the same, and bears its mark; tests owe nothing.
//!
//! - [`question`]: what a question from above asks for. [`incident`]: leaders told, reports to the tier above, papers that were asked for.
//! - [`again`]: what an incident owes more than once: 续报 day by day, casualties that change, and offices of which nothing more is heard.
//! - [`approval`]: what lies before a leader, by whom it is held, and what the rules say when it is held too long.
//! - Directives and warnings say what they owe beside what they are, by the [`Clock`] and [`until_set`] of this module.

mod again;
mod approval;
mod incident;
mod question;
#[cfg(test)]
mod tests;

pub(in crate::domain) use again::event_at;
pub use approval::{APPROVER, approval_facts, approvers};
pub(super) use incident::by_incident;
pub(super) use question::by_question;

use std::collections::BTreeSet;

use dutynet_relay::{
    ids::{OfficeId, RecordRef, UnixMillis},
    registry::{OfficeClass, Registry},
};

use super::{Step, standing};
use crate::domain::{
    beijing::Day,
    form::Value,
    obligation::{About, Clocked, Creditor, Key, Met, Obligation, Outcome, Start},
    rules::{Basis, Case, CategoryCode, Cited, Duty, Flag, Grade, Limit, Limited, Packs, Receiver, Rules, Stamp, Tier},
    step::StepForms,
};

/// What obligations are derived from, beside the steps.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The record that opened the matter.
    pub matter: &'a RecordRef,
    /// Every pack that is held here.
    pub packs: &'a Packs,
    /// The tree now.
    pub tree: &'a Registry,
    /// By the clock of this office. What is owed day by day is derived up to the end of the day after this.
    pub now: UnixMillis,
}

impl Known<'_> {
    /// The rules with which a clock began that this step starts.
    pub fn rules_of(&self, step: &Step) -> Rules {
        self.packs.of(&Stamp(step.rules.clone()))
    }
}

/// The clock of one debt.
#[derive(Debug, Clone, Copy)]
pub(in crate::domain) struct Clock<'a> {
    /// The step that started it.
    pub(in crate::domain) begins: &'a Step,
    /// Who owes.
    pub(in crate::domain) debtor: &'a OfficeId,
    /// What.
    pub(in crate::domain) duty: Duty,
}

/// A clock that runs, by one row.
#[derive(Debug, Clone)]
pub(in crate::domain) struct Running {
    /// The row.
    pub(in crate::domain) limit: Limit,
    /// Since when.
    pub(in crate::domain) start: Start,
    /// Until when.
    pub(in crate::domain) due: Clocked,
}

impl Clock<'_> {
    /// One for each receiver and slot; of rows that compete, the one that is due first.
    pub(in crate::domain) fn running(&self, case: &Case, known: &Known<'_>) -> Vec<Running> {
        let mut running: Vec<Running> = Vec::new();
        for limit in known.rules_of(self.begins).limits(self.duty, case) {
            let start = Start::with(limit.basis, self.moment(limit.basis, known.tree), self.begins.reference.clone());
            let Some(due) = start.due(limit.limit) else { continue };
            let next = Running { limit, start, due };
            match running.iter_mut().find(|held| (held.limit.to, &held.limit.slot) == (next.limit.to, &next.limit.slot)) {
                Some(held) if next.due.here < held.due.here => *held = next,
                Some(_) => {}
                None => running.push(next),
            }
        }
        running
    }

    /// What is owed by a clock that runs.
    pub(in crate::domain) fn owed(&self, by: Running, creditor: Creditor, known: &Known<'_>, outcome: Outcome) -> Obligation {
        let Running { limit: Limit { cited, limit, .. }, start, due } = by;
        let about = About::Matter(known.matter.clone());
        let key = Key::of((&cited.pack, &cited.row), self.debtor, &about, &self.begins.reference);
        let (debtor, duty) = (self.debtor.clone(), self.duty);
        let mode = self.begins.mode;
        Obligation { key, cited, duty, debtor, creditor, about, mode, flash: false, start, limit, due, outcome }
    }

    /// The moment from which a clock runs. What was not said is taken to be when it was entered.
    fn moment(&self, basis: Basis, tree: &Registry) -> Clocked {
        let times = &self.begins.times;
        let said = |at: Option<_>| at.map_or(times.recorded, Clocked::same);
        match basis {
            Basis::Event => said(times.happened),
            Basis::Knowledge | Basis::Receipt | Basis::Request if self.begins.office != *self.debtor => {
                came(self.begins, self.debtor, tree)
            }
            Basis::Knowledge | Basis::Receipt => said(times.learnt),
            Basis::Request | Basis::OralReport | Basis::Approval => times.recorded,
            Basis::Day => Clocked::same(Day::of(times.recorded.here).midnight()),
        }
    }
}

/// When another office's step came to an office: as this office itself holds it, as that office's node has said, or else when it was made,
/// because nobody here knows more.
pub(in crate::domain) fn came(step: &Step, office: &OfficeId, tree: &Registry) -> Clocked {
    let times = &step.times;
    if office == tree.own() {
        return Clocked { origin: times.recorded.origin, here: times.here };
    }
    step.delivered.iter().find(|delivery| delivery.office == *office).map_or(times.recorded, |delivery| delivery.at)
}

/// Who owes what to whom.
#[derive(Debug, Clone)]
pub(in crate::domain) struct Debt<'a> {
    /// What.
    pub(in crate::domain) duty: Duty,
    /// Who.
    pub(in crate::domain) debtor: &'a OfficeId,
    /// To whom.
    pub(in crate::domain) creditor: &'a OfficeId,
}

/// What is owed until a time that a person has set in a field of a step; `None`: nobody has.
pub(in crate::domain) fn until_set(
    (step, field): (&Step, &str),
    debt: &Debt<'_>,
    known: &Known<'_>,
    outcome: Outcome,
) -> Option<Obligation> {
    let (form, until) = (StepForms::built_in().get(&step.form)?, step.time(field)?);
    let source = form.field(field).map_or(&form.source, |field| &field.source).clone();
    let (pack, version, row, title) = (form.id.clone(), form.version, field.to_owned(), form.title.clone());
    let cited = Cited { pack, version, row, title, article: source.clone(), source };
    let at = if step.office == *debt.debtor { step.times.recorded } else { came(step, debt.debtor, known.tree) };
    let about = About::Matter(known.matter.clone());
    Some(Obligation {
        key: Key::of((&cited.pack, &cited.row), debt.debtor, &about, &step.reference),
        cited,
        duty: debt.duty,
        debtor: debt.debtor.clone(),
        creditor: Creditor::Office(debt.creditor.clone()),
        about,
        mode: step.mode,
        flash: false,
        start: Start::with(Basis::Request, at, step.reference.clone()),
        limit: Limited::Within(until.0.saturating_sub(at.here.0).max(0)),
        due: Clocked::same(until),
        outcome,
    })
}

/// The first step of some kinds that an office took since another step, or that was entered for it.
pub(in crate::domain) fn first<'a>(steps: &'a [Step], forms: &[&str], office: &OfficeId, since: &Step) -> Option<&'a Step> {
    let fits = |step: &&Step| forms.contains(&step.form.as_str()) && step.office == *office;
    let later = |step: &&Step| step.times.recorded.here >= since.times.recorded.here;
    steps.iter().filter(fits).filter(later).min_by_key(|step| (step.times.recorded.here, step.reference.clone()))
}

/// That a step has met something.
pub(in crate::domain) fn met(step: &Step) -> Met {
    Met { record: step.reference.clone(), at: step.times.recorded, arrived: step.times.here }
}

/// What has become of it: a step has met it, or else another has taken it back.
pub(in crate::domain) fn outcome(ended_by: Option<&Step>, taken_back: Option<&Step>) -> Outcome {
    let withdrawn = taken_back.filter(|_| ended_by.is_none()).map(|step| step.reference.clone());
    Outcome { met: ended_by.map(met), withdrawn, ..Outcome::default() }
}

/// To whom an office owes it; `None`: nobody stands there.
pub(in crate::domain) fn creditor(to: Receiver, debtor: &OfficeId, tree: &Registry) -> Option<Creditor> {
    let parent = tree.parent(debtor).and_then(|parent| tree.entry(parent));
    let is_department = |class: OfficeClass| class == OfficeClass::Department;
    let office = |office: &OfficeId| Some(Creditor::Office(office.clone()));
    match (to, parent) {
        (Receiver::Leader, _) => Some(Creditor::Leader(Receiver::Leader.key().to_owned())),
        (Receiver::Above | Receiver::Asker, parent) => parent.and_then(|parent| office(&parent.office)),
        (Receiver::Province, _) => tree.path_up(debtor).last().filter(|top| *top != debtor).and_then(office),
        (Receiver::Department, Some(parent)) if is_department(parent.class) => office(&parent.office),
        (Receiver::Government, Some(parent)) if !is_department(parent.class) && parent.class != OfficeClass::Other => {
            office(&parent.office)
        }
        (Receiver::Government | Receiver::Department | Receiver::Central, _) => Some(Creditor::Outside(to)),
        (Receiver::Below, _) => None,
    }
}

/// What the rules are asked about: the last words of the debtor on each thing until a moment, or else those of the step that began its clock.
pub(in crate::domain) fn case(steps: &[Step], debtor: &OfficeId, begins: &Step, (tree, until): (&Registry, UnixMillis)) -> Case {
    let says = |key: &str| {
        let own = standing(steps).filter(|step| step.office == *debtor && step.times.recorded.here <= until);
        let newest = own.filter(|step| step.value(key).is_some()).max_by_key(|step| step.times.recorded.here);
        newest.or_else(|| Some(begins).filter(|step| step.value(key).is_some()))
    };
    let category = says("category").and_then(|step| match step.value("category") {
        Some(Value::Text(code)) => CategoryCode::parse(code).ok(),
        Some(Value::Choices(_)) => step.choice("category").and_then(|code| CategoryCode::parse(code).ok()),
        Some(Value::Number(_) | Value::Nil | Value::Unknown | Value::Time(_) | Value::Rows(_)) | None => None,
    });
    let flags = says("flags").map(|step| step.choices("flags").iter().filter_map(|key| Flag::from_key(key)).collect());
    Case {
        category,
        grade: says("grade").and_then(|step| step.choice("grade")).and_then(Grade::from_key),
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

/// Whatever was said, however late: how grave something is counts from its beginning on.
pub(in crate::domain) const EVER: UnixMillis = UnixMillis(i64::MAX);

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
