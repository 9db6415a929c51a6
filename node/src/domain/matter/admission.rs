//! Whether a step may be taken: the question, and the answer no.

use dutynet_relay::{
    ids::{OfficeId, RecordRef, UnixMillis},
    record::{Mode, Person},
    registry::Registry,
};

use super::StepLink;
use crate::{
    domain::{
        form::{Answer, Fault, Value, said_to},
        rules::Rules,
        step::StepForm,
    },
    text::refusal::Refusal,
};

/// A step that somebody wants to take; it fits its form already.
#[derive(Debug, Clone, Copy)]
pub struct Proposed<'a> {
    /// The form.
    pub form: &'a StepForm,
    /// What the record will be.
    pub reference: &'a RecordRef,
    /// Real, exercise or test.
    pub mode: Mode,
    /// What is said.
    pub answers: &'a [Answer],
    /// Records that it names; this office holds each of them.
    pub links: &'a [StepLink],
    /// Offices that it names; each is in the tree.
    pub to: &'a [OfficeId],
    /// A step of this matter that it corrects.
    pub corrects: Option<&'a RecordRef>,
}

impl Proposed<'_> {
    /// What is said to a field.
    pub fn value(&self, field: &str) -> Option<&Value> {
        said_to(self.answers, field)
    }

    /// The first record that it names in a role.
    pub fn link(&self, role: &str) -> Option<&RecordRef> {
        self.links.iter().find(|link| link.role == role).map(|link| &link.record)
    }

    /// The code that is chosen, of a field where one may be.
    pub fn choice(&self, field: &str) -> Option<&str> {
        match self.value(field)? {
            Value::Choices(codes) => codes.first().map(String::as_str),
            Value::Text(_) | Value::Number(_) | Value::Nil | Value::Unknown | Value::Time(_) | Value::Rows(_) => None,
        }
    }
}

/// Who takes it.
#[derive(Clone, Copy)]
pub struct Taker<'a> {
    /// The office of this node.
    pub own: &'a OfficeId,
    /// Whose step it is: this office, or one below that has said it by telephone.
    pub office: &'a OfficeId,
    /// Who does it.
    pub by: &'a Person,
    /// The tree now.
    pub tree: &'a Registry,
    /// By the clock of this office.
    pub now: UnixMillis,
    /// The rules that are in force here.
    pub rules: &'a Rules,
}

/// Why a step is not taken; nothing was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inadmissible {
    /// Stable code with its sentence.
    pub why: Refusal,
    /// What it is about; never the content of a record.
    pub about: Option<String>,
    /// Faults at fields.
    pub faults: Vec<Fault>,
}

impl From<Refusal> for Inadmissible {
    fn from(why: Refusal) -> Self {
        Self { why, about: None, faults: Vec::new() }
    }
}

impl Inadmissible {
    /// About one thing.
    pub fn about(why: Refusal, about: impl ToString) -> Self {
        Self { about: Some(about.to_string()), ..why.into() }
    }
}
