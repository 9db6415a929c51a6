//! What the command line says when something was not done, and the exit status that goes with it.

use std::process::ExitCode;

use serde::Serialize;

use crate::{
    text::{notice, refusal::Refusal},
    usecase::Refused,
};

/// Why a command was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
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
        Self { refusal, sentence, about: None, reference: None, faults: Vec::new(), printed: None }
    }

    /// With what it is about: a path, an office, a line.
    pub(super) fn about(self, about: impl Into<String>) -> Self {
        Self { about: Some(about.into()), ..self }
    }

    /// As the node said it.
    pub(super) fn by_node(refusal: Refusal, sentence: String, reference: Option<String>) -> Self {
        Self { reference, sentence, ..Self::of(refusal) }
    }

    /// With what is wrong at which fields.
    pub(super) fn at_fields(self, faults: Vec<FieldFault>) -> Self {
        Self { faults, ..self }
    }

    /// With what was asked for and has an answer all the same: it is printed in place of the refusal.
    pub(super) fn printed(self, text: String) -> Self {
        Self { printed: Some(text), ..self }
    }

    /// What is printed in place of the refusal, if anything.
    pub(super) fn answer(&self) -> Option<&str> {
        self.printed.as_deref()
    }

    pub(super) fn code(&self) -> &'static str {
        self.refusal.code()
    }

    pub(super) fn refusal(&self) -> Refusal {
        self.refusal
    }

    /// 3 when there is no node to talk to, else 1.
    pub(super) fn exit(&self) -> ExitCode {
        let away = matches!(self.refusal, Refusal::NotServing | Refusal::NotReachable);
        ExitCode::from(if away { 3 } else { 1 })
    }

    /// For people: the sentence, what it is about, every field, and where to find it in the log.
    pub(super) fn text(&self) -> String {
        let about = self.about.as_deref().map(notice::in_brackets).unwrap_or_default();
        let mut lines = vec![format!("{}{about}", self.sentence)];
        lines.extend(self.faults.iter().map(|fault| notice::at_field(&fault.label, &fault.sentence)));
        lines.push(notice::code(self.code(), self.reference.as_deref()));
        lines.join("\n")
    }

    /// For machines.
    pub(super) fn json(&self) -> String {
        let error = Body {
            code: self.code(),
            sentence: &self.sentence,
            about: self.about.as_deref(),
            reference: self.reference.as_deref(),
            faults: &self.faults,
        };
        serde_json::to_string_pretty(&ErrorJson { error }).unwrap_or_default()
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
