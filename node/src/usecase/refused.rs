//! Why a use case did nothing: one code for officers and programs, and what is needed to say it well.

use std::error::Error;

use crate::{domain::form::Fault, text::refusal::Refusal};

/// What stands behind a refusal, for the log alone.
pub type Cause = Box<dyn Error + Send + Sync>;

/// Nothing was done. For officers: a code with its sentence, what it is about, and every field.
#[derive(Debug, thiserror::Error)]
#[error("{}{}", .refusal.code(), .about.as_ref().map(|about| format!(" ({about})")).unwrap_or_default())]
pub struct Refused {
    /// Stable code.
    pub refusal: Refusal,
    /// What it is about, e.g. an office id. Never the content of a record.
    pub about: Option<String>,
    /// Faults at fields of a form.
    pub faults: Vec<Fault>,
    /// For the log.
    #[source]
    pub cause: Option<Cause>,
}

impl Refused {
    /// About one thing.
    pub fn about(refusal: Refusal, about: impl ToString) -> Self {
        Self { about: Some(about.to_string()), ..refusal.into() }
    }

    /// Because of an error that is nothing to an officer.
    pub fn because(refusal: Refusal, cause: impl Into<Cause>) -> Self {
        Self { cause: Some(cause.into()), ..refusal.into() }
    }

    /// Because of fields of a form; there is at least one.
    pub fn at_fields(faults: Vec<Fault>) -> Self {
        Self { faults, ..Refusal::FormFaults.into() }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, about: None, faults: Vec::new(), cause: None }
    }
}
