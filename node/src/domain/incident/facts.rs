//! What is known of an incident now, each with the records that say so.

use dutynet_relay::ids::OfficeId;

use super::{
    asks, handling,
    numbering::Stage,
    of_office,
    recipients::{recipient_facts, transfer_facts},
    reports, standing,
    state::{grade_key, graded, gravest, offices, unconfirmed},
    totals::joined,
};
use crate::domain::{
    form::Value,
    matter::{Fact, FactValue, Step},
};

/// The fields of a written report that no report may leave blank (湛江 第九条(一)): 不明 is an answer.
pub const ELEMENTS: [&str; 11] =
    ["happened_at", "place", "source", "cause", "course", "consequences", "scope", "trend", "handling", "measures", "advice"];

/// Elements that neither the reports of an office nor `more` answer.
pub fn missing_elements(steps: &[Step], office: &OfficeId, more: &dyn Fn(&str) -> bool) -> Vec<&'static str> {
    let reports = reports(steps, office);
    let told = |key: &str| reports.iter().any(|report| !report.withdrawn && report.step.value(key).is_some());
    ELEMENTS.into_iter().filter(|key| !more(key) && !told(key)).collect()
}

/// Everything that the steps say. At least one step.
pub fn facts(steps: &[Step]) -> Vec<Fact> {
    let mut facts = Vec::new();
    people(steps, &mut facts);
    event(steps, &mut facts);
    first_moments(steps, &mut facts);
    for office in offices(steps) {
        of_one(steps, office, &mut facts);
    }
    let skips = standing(steps).filter(|step| step.form == "incident.skip");
    facts.extend(skips.map(|step| Fact::of("skip", FactValue::Office(step.office.clone()), &step.reference)));
    let same = standing(steps).filter_map(|step| Some((step, step.link("own").filter(|_| step.form == "incident.same")?)));
    facts.extend(same.map(|(step, own)| Fact::of("same_event", FactValue::Text(own.to_string()), &step.reference)));
    facts.extend(transfer_facts(steps));
    let lessons = |step: &Step| Some(Fact::of("lessons", FactValue::Text(step.text("lessons")?.to_owned()), &step.reference));
    facts.extend(standing(steps).filter(|step| step.form == "incident.review").filter_map(lessons));
    facts.extend(joined(steps).into_iter().map(|matter| Fact::of("joined", FactValue::Text(matter.to_string()), &matter)));
    facts
}

fn people(steps: &[Step], facts: &mut Vec<Fact>) {
    let now = handling(steps);
    let first = match now.first.by {
        Some(by) => FactValue::Person(now.first.office.clone(), by.clone()),
        None => FactValue::Office(now.first.office.clone()),
    };
    facts.push(Fact::of("first_receiver", first, &now.first.source.reference));
    let since = now.since.unwrap_or(now.first.source);
    facts.push(Fact::of("handler", FactValue::Office(now.handler.clone()), &since.reference));
    if let Some(offer) = now.offer {
        facts.push(Fact::of("offered_to", FactValue::Office(now.side().clone()), &offer.reference));
    }
}

/// What happened: the newest word on each.
fn event(steps: &[Step], facts: &mut Vec<Fact>) {
    let newest = |key: &str| standing(steps).filter(|step| step.value(key).is_some()).last();
    for key in ["title", "happened_at", "learnt_at", "place", "area"] {
        let Some(step) = newest(key) else { continue };
        let value = match step.value(key) {
            Some(Value::Text(text)) => FactValue::Text(text.clone()),
            Some(Value::Time(at)) => FactValue::Time(*at),
            Some(Value::Unknown) => FactValue::Code("unknown".to_owned()),
            Some(Value::Number(_) | Value::Nil | Value::Choices(_) | Value::Rows(_)) | None => continue,
        };
        facts.push(Fact::of(key, value, &step.reference));
    }
    for key in ["category", "verification", "flags"] {
        let Some(step) = newest(key) else { continue };
        let codes = step.choices(key).iter().cloned();
        facts.extend(codes.map(|code| Fact::of(key, FactValue::Code(code), &step.reference)));
    }
    if let Some((grade, _)) = gravest(steps) {
        let said = offices(steps).into_iter().filter_map(|office| graded(steps, office));
        let sources = said.map(|(_, step)| step.reference.clone()).collect();
        facts.push(Fact { key: "grade".to_owned(), value: FactValue::Code(grade_key(grade).to_owned()), sources });
    }
}

/// 第一时间接报、研判、响应、处置 (标准规范 第十六条).
fn first_moments(steps: &[Step], facts: &mut Vec<Fact>) {
    let moments: [(&str, &[&str]); 4] = [
        ("first.received", &["incident.call"]),
        ("first.assessed", &["incident.assess"]),
        ("first.answered", &["incident.told", "incident.oral", "incident.report", "incident.skip"]),
        ("first.handled", &["incident.action"]),
    ];
    for (key, forms) in moments {
        let first = steps.iter().filter(|step| forms.contains(&step.form.as_str())).min_by_key(|step| step.times.recorded.here);
        facts.extend(first.map(|step| Fact::of(key, FactValue::Time(step.times.recorded.here), &step.reference)));
    }
}

fn of_one(steps: &[Step], office: &OfficeId, facts: &mut Vec<Fact>) {
    let written = reports(steps, office);
    for report in &written {
        let key = match (report.withdrawn, report.stage) {
            (true, _) => "report.withdrawn",
            (false, Stage::Initial) => "report.initial",
            (false, Stage::FollowUp) => "report.followup",
            (false, Stage::Final) => "report.final",
        };
        facts.push(Fact::of(key, FactValue::Number(report.number), &report.step.reference));
        facts.extend(recipient_facts(steps, report));
    }
    if let Some(last) = written.iter().rfind(|report| !report.withdrawn && !report.step.hollow) {
        let missing = missing_elements(steps, office, &|_| false);
        let missing = missing.into_iter().map(|key| Fact::of("missing", FactValue::Code(key.to_owned()), &last.step.reference));
        facts.extend(missing);
    }
    for ask in asks(steps, office) {
        if ask.answers.is_empty() {
            let asked = ask.step.text("approver").unwrap_or_default().to_owned();
            facts.push(Fact::of("approval.waiting", FactValue::Text(asked), &ask.step.reference));
        }
        // What went up before the leader's word is marked, and approved later.
        let approved_at = ask.approved().map(|step| step.times.recorded.here);
        let went = of_office(steps, office).into_iter().filter(|step| {
            let goes_up = matches!(step.form.as_str(), "incident.report" | "incident.oral" | "incident.skip");
            goes_up
                && step.times.recorded.here >= ask.step.times.recorded.here
                && approved_at.is_none_or(|at| step.times.recorded.here < at)
        });
        let marked = |step: &Step| Fact {
            key: "approval.before".to_owned(),
            value: FactValue::Office(office.clone()),
            sources: vec![step.reference.clone(), ask.step.reference.clone()],
        };
        facts.extend(went.map(marked));
    }
    for approval in unconfirmed(steps, office) {
        let by = approval.text("approver").unwrap_or_default().to_owned();
        facts.push(Fact::of("approval.unconfirmed", FactValue::Text(by), &approval.reference));
    }
}
