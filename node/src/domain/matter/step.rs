//! One step of a matter, as an office holds it.

use dutynet_relay::{
    ids::{Digest, OfficeId, RecordRef, UnixMillis},
    record::{Mode, Person},
};

use super::{Fact, FactValue};
use crate::{
    body::Entered,
    domain::{
        form::{Answer, Value, said_to},
        obligation::Clocked,
        then::Moment,
    },
};

/// A step that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its record; the origin is the office that entered it.
    pub reference: RecordRef,
    /// What its seal signs: nobody knows it before the record is made.
    pub digest: Digest,
    /// By which the tree of its time is judged.
    pub moment: Moment,
    /// Id of its form, e.g. `incident.call`.
    pub form: String,
    /// Real, exercise or test.
    pub mode: Mode,
    /// Whose step it is.
    pub office: OfficeId,
    /// How the words came, when another office entered them (代录).
    pub entered: Option<Entered>,
    /// Who took it, or entered it; `None`: a node by itself.
    pub by: Option<Person>,
    /// What was said; none any more when the content was removed.
    pub answers: Vec<Answer>,
    /// Records that it names.
    pub links: Vec<StepLink>,
    /// Offices that it names.
    pub to: Vec<OfficeId>,
    /// The rule packs and their versions that were in force at its maker.
    pub rules: Vec<(String, u32)>,
    /// The step that it corrects.
    pub corrects: Option<RecordRef>,
    /// Who took the call, as its maker knew; of an incident's steps after the opening one.
    pub first: Option<FirstReceiver>,
    /// When.
    pub times: Times,
    /// Its content was removed; what the header says is all that is left.
    pub hollow: bool,
    /// Of the offices that it names, those whose nodes have said that they have it (送达).
    pub delivered: Vec<Delivery>,
}

/// An office that a step names has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The office.
    pub office: OfficeId,
    /// The record by which its node says so.
    pub record: RecordRef,
    /// When it had it.
    pub at: Clocked,
}

/// A record that a step names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepLink {
    /// What it is to the step.
    pub role: String,
    /// The record.
    pub record: RecordRef,
}

/// Who took the first call about an incident (首接人).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstReceiver {
    /// Whose call it was.
    pub office: OfficeId,
    /// `None`: not known.
    pub by: Option<Person>,
    /// The record of the call.
    pub call: RecordRef,
}

/// The times of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Times {
    /// When it happened, if said.
    pub happened: Option<UnixMillis>,
    /// When the office learnt of it, if said.
    pub learnt: Option<UnixMillis>,
    /// When it was entered, by the clock of the office that did and by ours.
    pub recorded: Clocked,
    /// When this office had it on disk, by its own clock.
    pub here: UnixMillis,
}

impl Step {
    /// The record by which an office that it names has said that it has it.
    pub fn delivered_to(&self, office: &OfficeId) -> Option<RecordRef> {
        self.delivered.iter().find(|delivery| delivery.office == *office).map(|delivery| delivery.record.clone())
    }

    /// What was said to a field.
    pub fn value(&self, field: &str) -> Option<&Value> {
        said_to(&self.answers, field)
    }

    /// Words.
    pub fn text(&self, field: &str) -> Option<&str> {
        match self.value(field)? {
            Value::Text(text) => Some(text),
            Value::Number(_) | Value::Nil | Value::Unknown | Value::Time(_) | Value::Choices(_) | Value::Rows(_) => None,
        }
    }

    /// A figure.
    pub fn number(&self, field: &str) -> Option<i64> {
        match self.value(field)? {
            Value::Number(number) => Some(*number),
            Value::Text(_) | Value::Nil | Value::Unknown | Value::Time(_) | Value::Choices(_) | Value::Rows(_) => None,
        }
    }

    /// A moment.
    pub fn time(&self, field: &str) -> Option<UnixMillis> {
        match self.value(field)? {
            Value::Time(at) => Some(*at),
            Value::Text(_) | Value::Number(_) | Value::Nil | Value::Unknown | Value::Choices(_) | Value::Rows(_) => None,
        }
    }

    /// Every code that was chosen.
    pub fn choices(&self, field: &str) -> &[String] {
        match self.value(field) {
            Some(Value::Choices(codes)) => codes,
            Some(Value::Text(_) | Value::Number(_) | Value::Nil | Value::Unknown | Value::Time(_) | Value::Rows(_)) | None => &[],
        }
    }

    /// The code that was chosen, of a field where one may be.
    pub fn choice(&self, field: &str) -> Option<&str> {
        self.choices(field).first().map(String::as_str)
    }

    /// What it says to some fields in words, as facts.
    pub fn said(&self, keys: &[&str]) -> Vec<Fact> {
        let of = |key: &&str| Some(Fact::of(key, FactValue::Text(self.text(key)?.to_owned()), &self.reference));
        keys.iter().filter_map(of).collect()
    }

    /// What it chooses in some fields, as facts.
    pub fn coded(&self, keys: &[&str]) -> Vec<Fact> {
        let of = |key: &&str| Some(Fact::of(key, FactValue::Code(self.choice(key)?.to_owned()), &self.reference));
        keys.iter().filter_map(of).collect()
    }

    /// The moments that it says to some fields, as facts.
    pub fn timed(&self, keys: &[&str]) -> Vec<Fact> {
        keys.iter().filter_map(|key| Some(Fact::of(key, FactValue::Time(self.time(key)?), &self.reference))).collect()
    }

    /// The first record that it names in a role.
    pub fn link(&self, role: &str) -> Option<&RecordRef> {
        self.links.iter().find(|link| link.role == role).map(|link| &link.record)
    }
}

/// Puts steps into the order in which they were taken: the opening one first, then by time with the differences of clocks taken out, as far as
/// they are known. Every office that holds the same steps has nearly the same order; nothing may depend on the order of two offices' steps
/// that follow each other within the error of their clocks.
pub fn in_order(opening: &RecordRef, mut steps: Vec<Step>) -> Vec<Step> {
    steps.sort_by_key(|step| (step.reference != *opening, step.times.recorded.here, step.reference.clone()));
    steps
}
