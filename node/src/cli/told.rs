//! What the command line says when something was not done, and the exit status that goes with it.

use std::process::ExitCode;

use serde::Serialize;

use super::printed;
use crate::{
    text::{notice, refusal::Refusal},
    usecase::Refused,
};

/// Why a command was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told(Box<Said>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Said {
    refusal: Refusal,
    sentence: String,
    about: Option<String>,
    reference: Option<String>,
    faults: Vec<FieldFault>,
    printed: Option<String>,
}

/// What is wrong with one field. JSON of a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct FieldFault {
    /// Stable key of the field.
    pub(super) field: String,
    /// Its Chinese name.
    pub(super) label: String,
    /// Stable code.
    pub(super) code: String,
    /// One Chinese sentence.
    pub(super) sentence: String,
}

/// JSON of a refusal: `{"error": …}`.
#[derive(Serialize)]
struct ErrorJson<'a> {
    error: Body<'a>,
}

#[derive(Serialize)]
struct Body<'a> {
    code: &'a str,
    sentence: &'a str,
    about: Option<&'a str>,
    reference: Option<&'a str>,
    faults: &'a [FieldFault],
}

impl Told {
    pub(super) fn of(refusal: Refusal) -> Self {
        let sentence = refusal.sentence().to_owned();
        Self(Box::new(Said { refusal, sentence, about: None, reference: None, faults: Vec::new(), printed: None }))
    }

    /// With what it is about: a path, an office, a line.
    pub(super) fn about(mut self, about: impl Into<String>) -> Self {
        self.0.about = Some(about.into());
        self
    }

    /// As the node said it.
    pub(super) fn by_node(refusal: Refusal, sentence: String, reference: Option<String>) -> Self {
        let mut told = Self::of(refusal);
        (told.0.sentence, told.0.reference) = (sentence, reference);
        told
    }

    /// With what is wrong at which fields.
    pub(super) fn at_fields(mut self, faults: Vec<FieldFault>) -> Self {
        self.0.faults = faults;
        self
    }

    /// With what was asked for and has an answer all the same: it is printed in place of the refusal.
    pub(super) fn printed(mut self, text: String) -> Self {
        self.0.printed = Some(text);
        self
    }

    /// What is printed in place of the refusal, if anything.
    pub(super) fn answer(&self) -> Option<&str> {
        self.0.printed.as_deref()
    }

    pub(super) fn code(&self) -> &'static str {
        self.0.refusal.code()
    }

    pub(super) fn refusal(&self) -> Refusal {
        self.0.refusal
    }

    /// 3 when there is no node to talk to, else 1.
    pub(super) fn exit(&self) -> ExitCode {
        let away = matches!(self.0.refusal, Refusal::NotServing | Refusal::NotReachable);
        ExitCode::from(if away { 3 } else { 1 })
    }

    /// For people: the sentence, what it is about, every field, and where to find it in the log.
    pub(super) fn text(&self) -> String {
        let about = self.0.about.as_deref().map(notice::in_brackets).unwrap_or_default();
        let mut lines = vec![format!("{}{about}", self.0.sentence)];
        lines.extend(self.0.faults.iter().map(|fault| notice::at_field(&fault.label, &fault.sentence)));
        lines.push(notice::code(self.code(), self.0.reference.as_deref()));
        lines.join("\n")
    }

    /// For machines.
    pub(super) fn json(&self) -> String {
        let error = Body {
            code: self.code(),
            sentence: &self.0.sentence,
            about: self.0.about.as_deref(),
            reference: self.0.reference.as_deref(),
            faults: &self.0.faults,
        };
        printed(&ErrorJson { error })
    }
}

impl From<Refused> for Told {
    fn from(refused: Refused) -> Self {
        let cause = refused.cause.as_ref().map(ToString::to_string);
        let about: Vec<_> = refused.about.into_iter().chain(cause).collect();
        let told = Self::of(refused.refusal);
        if about.is_empty() { told } else { told.about(about.join(": ")) }
    }
}
