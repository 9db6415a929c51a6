//! Paper forms (处理单、呈报单、记录单、审批单) of a matter, as data: which word of which step stands in which row, with the article that asks for it.
//! What was typed once stands there by itself; a row of which nothing is known is left to be filled in by hand.

mod approvals;
mod definition;
#[cfg(test)]
mod tests;

pub use definition::{OwnWord, Paper, Papers, Row};

use dutynet_relay::ids::{OfficeId, RecordRef};

use self::{
    approvals::approvals,
    definition::{AT, BY},
};
use super::{
    beijing::minute,
    form::Value,
    incident,
    matter::{Step, in_words},
    number::Number,
    step::{SaidAt, StepForm, StepForms},
};
use crate::text::{console::moment, matter as text};

/// One row of a paper, filled in as far as anything is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilledRow {
    /// Name for people.
    pub label: String,
    /// What stands there; empty: it is to be filled in by hand.
    pub value: String,
    /// The steps that say so.
    pub sources: Vec<RecordRef>,
    /// Lines that are left for a hand where nothing is known, from 1.
    pub lines: u32,
    /// How many rows share a line of the paper, from 1.
    pub beside: u32,
    /// Regulation and article.
    pub article: String,
}

/// An office's paper of an incident. Its own words stand there; what it has not said itself is taken from whoever has.
pub fn fill_in(paper: &Paper, matter: &RecordRef, steps: &[Step], (office, name): (&OfficeId, &str)) -> Vec<FilledRow> {
    let mut stands: Vec<&Step> = incident::standing(steps).collect();
    stands.sort_by_key(|step| (step.times.recorded.here, step.reference.clone()));
    let (own, others): (Vec<&Step>, Vec<&Step>) = stands.into_iter().partition(|step| step.office == *office);
    let row = |row: &Row| {
        let (value, sources) = match row.own {
            Some(OwnWord::Number) => (Number::of(matter).to_string(), Vec::new()),
            Some(OwnWord::Approvals) => approvals(steps, office),
            Some(OwnWord::Office) => (name.to_owned(), Vec::new()),
            None => said(row, &own).or_else(|| said(row, &others)).unwrap_or_default(),
        };
        let (label, article) = (row.label.clone(), row.source.clone());
        FilledRow { label, value, sources, lines: row.lines, beside: row.beside, article }
    };
    paper.rows.iter().map(row).collect()
}

/// The newest word of `from`, else a line of each step of `every`.
fn said(row: &Row, steps: &[&Step]) -> Option<(String, Vec<RecordRef>)> {
    let newest = |step: &&Step| row.from.iter().find_map(|at| word(at, step)).map(|word| (word, vec![step.reference.clone()]));
    if let Some(found) = steps.iter().rev().find_map(newest) {
        return Some(found);
    }
    let line = |step: &&Step| {
        let gathered = row.every.iter().find(|gathered| gathered.step == step.form)?;
        let form = StepForms::built_in().get(&step.form)?;
        let words = gathered.fields.iter().filter_map(|key| Some(named(row, form, key, value(form, key, step)?)));
        let words: Vec<String> = words.collect();
        (!words.is_empty()).then(|| (text::in_a_line(&words), step.reference.clone()))
    };
    let (lines, sources): (Vec<String>, Vec<RecordRef>) = steps.iter().filter_map(line).unzip();
    (!lines.is_empty()).then(|| (lines.join("\n"), sources))
}

fn word(at: &SaidAt, step: &Step) -> Option<String> {
    let form = StepForms::built_in().get(&step.form).filter(|form| form.id == at.step)?;
    value(form, &at.field, step)
}

/// What a step says to a field, or when and by whom it was taken.
fn value(form: &StepForm, key: &str, step: &Step) -> Option<String> {
    match key {
        AT => Some(moment(&minute(step.times.recorded.here))),
        BY => step.by.as_ref().map(|by| by.name.clone()),
        _ => {
            let said = step.value(key)?;
            if let Value::Time(at) = said { Some(moment(&minute(*at))) } else { in_words(form.field(key)?, said) }
        }
    }
}

fn named(row: &Row, form: &StepForm, key: &str, value: String) -> String {
    match form.field(key).filter(|_| row.named) {
        Some(field) => text::named(&field.label, &value),
        None => value,
    }
}
