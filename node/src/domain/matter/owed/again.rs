//! What an incident owes more than once.
//!
//! - 续报 day by day, at the times of day that the rules name, from the first written report until the final one; of a natural disaster once
//!   a day until somebody says that it is stable. Each report meets one of them.
//! - A change of casualties that comes from below within the days of the rule is passed on to the tier above.
//! - An office below of which nothing more is heard is to be asked.

use std::collections::{BTreeMap, BTreeSet};

use dutynet_relay::ids::{OfficeId, UnixMillis};

use super::{Clock, EVER, Known, Running, case, creditor, outcome};
use crate::domain::{
    beijing::Day,
    form::Value,
    incident::{Stage, is_withdrawn, reports},
    matter::{Step, standing},
    obligation::{Clocked, Creditor, Obligation, Start},
    rules::{Basis, Case, Duty, Limited, Receiver},
};

/// Days over which 续报 are derived, at most: what stands open longer is a matter for people.
const DAYS_MAX: usize = 400;
/// What says how many people were harmed.
const CASUALTIES: [&str; 5] = ["dead", "badly_hurt", "lightly_hurt", "missing", "trapped"];

/// The follow-up reports of an office.
pub(super) fn follow_ups(steps: &[Step], debtor: &OfficeId, known: &Known<'_>) -> Vec<Obligation> {
    let written: Vec<&Step> = written(steps, debtor);
    let Some(first) = written.first() else { return Vec::new() };
    let ends = Ends::of(steps, debtor);
    let mut slots: BTreeMap<(Receiver, String), Vec<Running>> = BTreeMap::new();
    for running in every_day(steps, (debtor, first), &ends, known) {
        slots.entry((running.limit.to, kind(running.limit.limit).to_owned())).or_default().push(running);
    }
    let clock = Clock { begins: first, debtor, duty: Duty::FollowUp };
    let mut owed = Vec::new();
    for ((to, _), mut running) in slots {
        let Some(to) = creditor(to, debtor, known.tree) else { continue };
        running.sort_by_key(|running| running.due.here);
        for (by, met) in each_with_its_own(running, &written) {
            owed.push(clock.owed(by, to.clone(), known, outcome(met, None)));
        }
    }
    owed
}

/// The daily report of a whole day is met by whatever was reported on it; one that is due at a time of day by what came after the last.
fn kind(limit: Limited) -> &'static str {
    match limit {
        Limited::Within(_) | Limited::DaysBefore(_) | Limited::AtOnce => "day",
        Limited::By(_) => "time",
    }
}

/// The written reports of an office that stand, the first of their versions each, by its own clock.
fn written<'a>(steps: &'a [Step], office: &OfficeId) -> Vec<&'a Step> {
    let stands = |step: &&Step| step.form == "incident.report" && step.office == *office && step.corrects.is_none();
    let mut written: Vec<_> = steps.iter().filter(stands).filter(|step| !is_withdrawn(steps, step)).collect();
    written.sort_by_key(|step| (step.times.recorded.here, step.reference.clone()));
    written
}

/// When an office has said that it is over.
struct Ends {
    /// It made its final report, or handed it over.
    last: Option<UnixMillis>,
    /// It said that the disaster is stable, or that it is over.
    stable: Option<UnixMillis>,
}

impl Ends {
    fn of(steps: &[Step], office: &OfficeId) -> Self {
        let own = || standing(steps).filter(|step| step.office == *office && !is_withdrawn(steps, step));
        let at = |step: &Step| step.times.recorded.here;
        let over = |step: &&Step| {
            step.choice("stage") == Some("final") || ["incident.transfer", "incident.review"].contains(&step.form.as_str())
        };
        let last = own().filter(over).map(at).min();
        let stable = own().filter(|step| step.choice("stable") == Some("yes")).map(at).chain(last).min();
        Self { last, stable }
    }

    fn of_kind(&self, limit: Limited) -> Option<UnixMillis> {
        if kind(limit) == "day" { self.stable } else { self.last }
    }
}

/// What runs on each day, by the rules and the words of that day.
fn every_day(steps: &[Step], (debtor, first): (&OfficeId, &Step), ends: &Ends, known: &Known<'_>) -> Vec<Running> {
    let began = first.times.recorded.here;
    let until = ends.last.map_or(Day::of(known.now).next(), Day::of);
    let days = std::iter::successors(Some(Day::of(began)), |day| Some(day.next()));
    let mut all = Vec::new();
    for day in days.take(DAYS_MAX).take_while(|day| *day <= until) {
        let own = steps.iter().filter(|step| step.office == *debtor && step.times.recorded.here <= day.midnight().max(began));
        let begins = own.max_by_key(|step| step.times.recorded.here).unwrap_or(first);
        let rules = known.rules_of(begins);
        let case_at = |at: UnixMillis| Case { on: day, ..case(steps, debtor, first, (known.tree, at)) };
        let mut taken = BTreeSet::new();
        for limit in rules.limits(Duty::FollowUp, &case_at(EVER)).into_iter().filter(|limit| limit.basis == Basis::Day) {
            let start = Start::with(Basis::Day, Clocked::same(day.midnight().max(began)), first.reference.clone());
            let Some(due) = limit.due(day.midnight()).filter(|due| *due > began) else { continue };
            // How grave it was by then decides, whatever was found later.
            let held = rules.limits(Duty::FollowUp, &case_at(due)).iter().any(|held| held.cited == limit.cited);
            // Rows of one receiver and slot compete, and come in their order of strictness.
            let strictest = held && taken.insert((limit.to, limit.slot.clone()));
            if strictest && ends.of_kind(limit.limit).is_none_or(|end| start.at.here <= end) {
                let mut limit = limit;
                limit.cited.row = format!("{}-{day}", limit.cited.row);
                all.push(Running { limit, start, due: Clocked::same(due) });
            }
        }
    }
    all
}

/// What is due one after the other, each with the first report that came after what was due before it. The very first report meets only what
/// asks for a whole day: it is no 续报.
fn each_with_its_own<'a>(due: Vec<Running>, written: &[&'a Step]) -> Vec<(Running, Option<&'a Step>)> {
    let mut before: Option<UnixMillis> = None;
    let mut met = Vec::new();
    let over = written.iter().rfind(|step| step.choice("stage") == Some(Stage::Final.key())).map(|step| step.times.recorded.here);
    for running in due {
        let after = before.replace(running.due.here);
        // What would have come after the final report is not owed.
        if after.zip(over).is_some_and(|(after, over)| over <= after) {
            break;
        }
        let skipped = usize::from(kind(running.limit.limit) != "day");
        let later = |step: &&&Step| after.is_none_or(|after| step.times.recorded.here > after);
        let first = written.iter().skip(skipped).find(later).copied();
        met.push((running, first));
    }
    met
}

/// Changes of casualties that came to an office from below after it had reported, and until when it must have passed them on.
pub(super) fn revisions(steps: &[Step], debtor: &OfficeId, known: &Known<'_>) -> Vec<Obligation> {
    let Some(first) = written(steps, debtor).first().copied() else { return Vec::new() };
    let mut owed = Vec::new();
    for changed in steps.iter().filter(|step| known.tree.is_ancestor(debtor, &step.office)) {
        let later = changed.times.here > first.times.here && changed.times.recorded.here > first.times.recorded.here;
        if !later || !changes_casualties(steps, changed) {
            continue;
        }
        let clock = Clock { begins: changed, debtor, duty: Duty::CasualtyRevision };
        let mut running = clock.running(&case(steps, debtor, changed, (known.tree, EVER)), known);
        for by in running.iter_mut().filter(|by| by.limit.basis == Basis::Event) {
            // The days run from the event, not from the change.
            by.start.at = Clocked::same(event_at(steps));
            by.due = by.start.due(by.limit.limit).unwrap_or(by.due);
        }
        let passed_on = |step: &&Step| {
            let goes_up = ["incident.report", "incident.figures", "incident.revise"].contains(&step.form.as_str());
            goes_up && step.office == *debtor && step.times.recorded.here >= changed.times.recorded.here && says_casualties(step)
        };
        let met = steps.iter().filter(passed_on).min_by_key(|step| (step.times.recorded.here, step.reference.clone()));
        for by in running.into_iter().filter(|by| changed.times.recorded.here <= by.due.here) {
            let to = creditor(by.limit.to, debtor, known.tree);
            owed.extend(to.map(|to| clock.owed(by, to, known, outcome(met, None))));
        }
    }
    owed
}

fn says_casualties(step: &Step) -> bool {
    CASUALTIES.iter().any(|key| step.value(key).is_some())
}

/// Whether a step says another number than its office has said before.
fn changes_casualties(steps: &[Step], step: &Step) -> bool {
    let at = step.times.recorded.here;
    let before = |key: &str| {
        let earlier = steps.iter().filter(|old| old.office == step.office && old.times.recorded.here < at);
        earlier.filter(|old| old.value(key).is_some()).max_by_key(|old| old.times.recorded.here)
    };
    let changes = |key: &&str| match step.value(key) {
        Some(Value::Number(number)) => before(key).and_then(|old| old.number(key)) != Some(*number),
        Some(Value::Text(_) | Value::Nil | Value::Unknown | Value::Time(_) | Value::Choices(_) | Value::Rows(_)) | None => false,
    };
    CASUALTIES.iter().any(changes)
}

/// When it happened: the newest word on it, or else when it was first entered.
pub(in crate::domain) fn event_at(steps: &[Step]) -> UnixMillis {
    let said = standing(steps).filter_map(|step| Some((step.times.recorded.here, step.time("happened_at")?)));
    let first = steps.iter().map(|step| step.times.recorded.here).min().unwrap_or_default();
    said.max().map_or(first, |(_, at)| at)
}

/// Offices right below this one that have reported, are not done, and of which nothing more was heard.
pub(super) fn silences(steps: &[Step], known: &Known<'_>) -> Vec<Obligation> {
    let own = known.tree.own();
    if Ends::of(steps, own).last.is_some() {
        return Vec::new();
    }
    let mut owed = Vec::new();
    for child in known.tree.children(own).map(|child| &child.office) {
        let done = Ends::of(steps, child).last.is_some() || reports(steps, child).is_empty();
        let heard = steps.iter().filter(|step| known.tree.is_within(&step.office, child)).max_by_key(|step| step.times.here);
        let Some(heard) = heard.filter(|_| !done) else { continue };
        let clock = Clock { begins: heard, debtor: child, duty: Duty::SilenceAsked };
        for mut by in clock.running(&case(steps, child, heard, (known.tree, EVER)), known) {
            by.start.at = Clocked { origin: heard.times.recorded.origin, here: heard.times.here };
            by.due = by.start.due(by.limit.limit).unwrap_or(by.due);
            owed.push(clock.owed(by, Creditor::Office(own.clone()), known, outcome(None, None)));
        }
    }
    owed
}
