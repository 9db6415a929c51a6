//! Figures of several offices together: the newest of each office counts, what a person has marked as counted twice is taken off, and every
//! sum opens its parts.

use std::collections::BTreeMap;

use dutynet_relay::ids::{OfficeId, RecordRef, UnixMillis};

use super::standing;
use crate::domain::{
    form::Value,
    matter::{Fact, FactValue, Step},
};

/// What is counted: the key of the field, and those of the total and of what nobody knows yet.
pub const MEASURES: [(&str, &str, &str); 6] = [
    ("dead", "total.dead", "unknown.dead"),
    ("badly_hurt", "total.badly_hurt", "unknown.badly_hurt"),
    ("lightly_hurt", "total.lightly_hurt", "unknown.lightly_hurt"),
    ("missing", "total.missing", "unknown.missing"),
    ("trapped", "total.trapped", "unknown.trapped"),
    ("loss_yuan", "total.loss_yuan", "unknown.loss_yuan"),
];

/// What one office said last; `None`: that it is not known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The office.
    pub office: OfficeId,
    /// The figure.
    pub number: Option<i64>,
    /// The record that says so.
    pub source: RecordRef,
}

/// One figure over all offices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total {
    /// Key of the field.
    pub measure: &'static str,
    /// The sum of what is known.
    pub sum: i64,
    /// What it was summed from.
    pub parts: Vec<Part>,
    /// Taken off, and who said so.
    pub overlap: Vec<(i64, RecordRef)>,
}

/// The matters that a person has joined under this one.
pub fn joined(steps: &[Step]) -> Vec<RecordRef> {
    let joins = standing(steps).filter(|step| step.form == "incident.join");
    joins.filter_map(|step| step.link("joined").cloned()).collect()
}

/// Adds up what the offices of one event have said, in one matter or in several that were joined. An office above another that has said
/// something itself does not count: its figures are those of the offices below it, said again.
pub fn totals(matters: &[&[Step]], is_above: &dyn Fn(&OfficeId, &OfficeId) -> bool) -> Vec<Total> {
    let measured = MEASURES.iter().map(|(measure, ..)| total(matters, measure, is_above));
    measured.filter(|total| !total.parts.is_empty()).collect()
}

fn total(matters: &[&[Step]], measure: &'static str, is_above: &dyn Fn(&OfficeId, &OfficeId) -> bool) -> Total {
    let mut newest: BTreeMap<&OfficeId, (UnixMillis, &Step, Option<i64>)> = BTreeMap::new();
    for step in matters.iter().flat_map(|steps| standing(steps)) {
        let said = match step.value(measure) {
            Some(Value::Number(number)) => Some(*number),
            Some(Value::Unknown) => None,
            Some(Value::Text(_) | Value::Nil | Value::Time(_) | Value::Choices(_) | Value::Rows(_)) | None => continue,
        };
        let at = step.times.recorded.here;
        if newest.get(&step.office).is_none_or(|(before, ..)| *before <= at) {
            newest.insert(&step.office, (at, step, said));
        }
    }
    let first_hand = |office: &OfficeId| !newest.keys().any(|other| is_above(office, other));
    let parts: Vec<Part> = newest
        .iter()
        .filter(|(office, _)| first_hand(office))
        .map(|(office, (_, step, number))| Part { office: (*office).clone(), number: *number, source: step.reference.clone() })
        .collect();
    let overlap = overlap(matters, measure);
    let known = parts.iter().filter_map(|part| part.number).fold(0, i64::saturating_add);
    let twice = overlap.iter().map(|(number, _)| *number).fold(0, i64::saturating_add);
    Total { measure, sum: known.saturating_sub(twice).max(0), parts, overlap }
}

fn overlap(matters: &[&[Step]], measure: &str) -> Vec<(i64, RecordRef)> {
    let mut found = Vec::new();
    for step in matters.iter().flat_map(|steps| standing(steps)).filter(|step| step.form == "incident.join") {
        let Some(Value::Rows(rows)) = step.value("overlap") else { continue };
        found.extend(rows.iter().filter(|row| row.code == measure).map(|row| (row.number, step.reference.clone())));
    }
    found
}

/// The same as facts: each total opens its parts, and whoever does not know yet is named beside it.
pub fn total_facts(totals: &[Total]) -> Vec<Fact> {
    let mut facts = Vec::new();
    for total in totals {
        let Some((_, known, unknown)) = MEASURES.iter().find(|(measure, ..)| *measure == total.measure) else { continue };
        let mut sources: Vec<_> = total.parts.iter().filter(|p| p.number.is_some()).map(|p| p.source.clone()).collect();
        if !sources.is_empty() {
            sources.extend(total.overlap.iter().map(|(_, source)| source.clone()));
            facts.push(Fact { key: (*known).to_owned(), value: FactValue::Number(total.sum), sources });
        }
        for part in total.parts.iter().filter(|part| part.number.is_none()) {
            facts.push(Fact::of(unknown, FactValue::Office(part.office.clone()), &part.source));
        }
    }
    facts
}
