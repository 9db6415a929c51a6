//! What the rules advise an office on an incident: what is still to be said, which grade the figures reach, whom to tell, who is to approve
//! what goes up, and until when casualties are revised. A person decides; what was suggested and what was decided, by whom, stand beside
//! each other, since both follow from records that are kept.

use dutynet_relay::ids::{OfficeId, RecordRef};

use super::{Stage as ReportStage, Total, asks, elements, graded, reports};
use crate::domain::{
    matter::{
        Fact, FactValue, Known, Step,
        owed::{EVER, case, event_at},
    },
    rules::{Case, Duty, Figures, Grade, LeaderRole, Limited, Rules, Stage, Suggested, lowers},
};

/// What the rules of now advise an office. `totals` are the figures as they are known here.
pub fn advice(steps: &[Step], office: &OfficeId, totals: &[Total], known: &Known<'_>) -> Vec<Fact> {
    let Some(first) = steps.first() else { return Vec::new() };
    let case = case(steps, office, first, (known.tree, EVER));
    let rules = known.packs.in_force();
    let of = (office, first);
    let mut facts = missing(steps, of, rules, &case);
    facts.extend(grades(steps, of, suggested(rules, &case, totals).as_ref()));
    facts.extend(whom_to_tell(steps, of, rules, &case));
    facts.extend(approval_needed(steps, of, rules, &case));
    let revised = rules.limits(Duty::CasualtyRevision, &case).into_iter().find(|limit| matches!(limit.limit, Limited::Within(_)));
    let until = revised.and_then(|limit| limit.due(event_at(steps)));
    facts.extend(until.map(|until| Fact::of("revision.until", FactValue::Time(until), &first.reference)));
    facts
}

/// What the next report of the office is to say, and what its record of the call lacks.
fn missing(steps: &[Step], (office, first): (&OfficeId, &Step), rules: &Rules, case: &Case) -> Vec<Fact> {
    let asked = rules.elements(case);
    let reported = reports(steps, office).iter().any(|report| !report.withdrawn);
    let called = steps.iter().any(|step| step.form == "incident.call" && step.office == *office);
    let next = if reported { Stage::FollowUp } else { Stage::First };
    let stages = [(called, Stage::Intake, "missing.intake"), (true, next, "missing.next")];
    let mut facts = Vec::new();
    for (_, stage, key) in stages.into_iter().filter(|(wanted, ..)| *wanted) {
        for element in elements::missing(steps, office, &asked, (stage, &|_| false)) {
            facts.push(Fact::of(key, FactValue::Text(element.label.clone()), &first.reference));
        }
    }
    facts
}

/// The grade that the figures reach with the row that says so, and the records of the figures.
type Reached = (Suggested, Vec<RecordRef>);

fn suggested(rules: &Rules, case: &Case, totals: &[Total]) -> Option<Reached> {
    let sum = |measure: &str| {
        let total = totals.iter().find(|total| total.measure == measure)?;
        let known = total.parts.iter().any(|part| part.number.is_some());
        known.then(|| u64::try_from(total.sum).unwrap_or(0))
    };
    let (dead, badly_hurt) = (sum("dead"), sum("badly_hurt"));
    let figures = Figures { dead, badly_hurt, missing: sum("missing"), loss_yuan: sum("loss_yuan") };
    let grade = rules.suggest_grade(case.category.as_ref()?, &figures)?;
    let sources = totals.iter().flat_map(|total| &total.parts).filter(|part| part.number.is_some());
    Some((grade, sources.map(|part| part.source.clone()).collect()))
}

/// What is suggested beside what was decided, and by whom. A grade below what the figures reach is said to be so.
fn grades(steps: &[Step], (office, first): (&OfficeId, &Step), suggested: Option<&Reached>) -> Vec<Fact> {
    let mut facts = Vec::new();
    let decided = graded(steps, office);
    if let Some((suggested, sources)) = suggested {
        let said = |key: &str, value| Fact { key: key.to_owned(), value, sources: sources.clone() };
        facts.push(said("grade.suggested", FactValue::Code(suggested.grade.key().to_owned())));
        facts.push(said("grade.because", FactValue::Text(suggested.because.article.clone())));
        if let Some((grade, step)) = decided.filter(|(grade, _)| lowers(Some(suggested.grade), Some(*grade))) {
            facts.push(Fact::of("grade.below", FactValue::Code(grade.key().to_owned()), &step.reference));
        }
    }
    if let Some((_, step)) = decided
        && let Some(by) = &step.by
    {
        facts.push(Fact::of("grade.decided_by", FactValue::Person(step.reference.origin.clone(), by.clone()), &step.reference));
    }
    if decided.is_none() && suggested.is_some() {
        facts.push(Fact::of("grade.undecided", FactValue::Office(office.clone()), &first.reference));
    }
    facts
}

/// Leaders whom a rule names and of whom nothing says that they were told.
fn whom_to_tell(steps: &[Step], (office, first): (&OfficeId, &Step), rules: &Rules, case: &Case) -> Vec<Fact> {
    let told = steps.iter().filter(|step| step.form == "incident.told" && step.office == *office);
    let told: Vec<&str> = told.map(|step| step.choice("role").unwrap_or(LeaderRole::OnDuty.key())).collect();
    let open = rules.tell(case).into_iter().map(|tell| tell.role.key()).filter(|role| !told.contains(role));
    open.map(|role| Fact::of("tell", FactValue::Code(role.to_owned()), &first.reference)).collect()
}

/// From 较大 on, or where the limit of grades is lifted, a paper goes to the leader (呈报单): whose word it needs, until it was put before him.
fn approval_needed(steps: &[Step], (office, first): (&OfficeId, &Step), rules: &Rules, case: &Case) -> Option<Fact> {
    let grave = case.grade >= Some(Grade::Considerable) || case.flags.iter().any(|flag| flag.lifts_grades());
    let done = reports(steps, office).iter().any(|report| report.stage == ReportStage::Final && !report.withdrawn);
    let open = grave && !done && asks(steps, office).is_empty();
    let rule = rules.approval(case).filter(|_| open)?;
    Some(Fact::of("approval.needed", FactValue::Code(rule.by.key().to_owned()), &first.reference))
}
