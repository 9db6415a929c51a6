//! What is asked, and what comes back.

use bytes::Bytes;

use crate::ids::{OfficeId, QuestionId, UnixMillis};

/// One question on its way down. Relay does not open its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Which.
    pub id: QuestionId,
    /// What is asked, with its version.
    pub kind: String,
    /// Where it was first asked.
    pub asker: OfficeId,
    /// Whom it is put to.
    pub targets: Vec<Target>,
    /// Of that kind.
    pub body: Bytes,
}

/// Whom a question is put to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// That office.
    pub office: OfficeId,
    /// And what is below it.
    pub reach: Reach,
}

impl Target {
    /// An office with everything below it.
    pub fn subtree(office: OfficeId) -> Self {
        Self { office, reach: Reach::Subtree }
    }

    /// An office without those below it.
    pub fn alone(office: OfficeId) -> Self {
        Self { office, reach: Reach::Alone }
    }
}

/// How far a target reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The office itself.
    Alone,
    /// Everything below it too.
    Subtree,
}

/// What is known of one office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Whom it is about.
    pub office: OfficeId,
    /// Who says it: the office, or one above it.
    pub by: OfficeId,
    /// What.
    pub said: Said,
}

/// What a row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// The office has answered.
    Itself(Held),
    /// It has not.
    Instead {
        /// Why.
        why: Why,
        /// [`Why::LineDown`]: since when, where that is known.
        line_since: Option<UnixMillis>,
        /// What is held of it.
        held: Option<Held>,
    },
}

/// An answer with its age, by the clock of this node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Of the question's kind.
    pub body: Bytes,
    /// When it was true.
    pub as_of: UnixMillis,
}

/// Why an office has not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// Its line, or one between, is down.
    LineDown,
    /// It has no node, or stands below an office that has none.
    NoNode,
    /// Not in time.
    NoAnswer,
    /// Its program, or one between, does not know live questions.
    Older,
    /// Its program cannot answer that kind.
    Unable,
    /// It, or an office between, answers too many already.
    Busy,
    /// What it said was too long.
    TooMuch,
}

impl Row {
    /// Bytes of its body.
    pub fn body_bytes(&self) -> usize {
        self.held().map_or(0, |held| held.body.len())
    }

    /// What there is to read.
    pub fn held(&self) -> Option<&Held> {
        match &self.said {
            Said::Itself(held) => Some(held),
            Said::Instead { held, .. } => held.as_ref(),
        }
    }

    /// The same, where there is no room for what it says.
    #[must_use]
    pub(super) fn without_body(self) -> Self {
        let said = match self.said {
            Said::Itself(_) => Said::Instead { why: Why::TooMuch, line_since: None, held: None },
            Said::Instead { why, line_since, .. } => Said::Instead { why, line_since, held: None },
        };
        Self { said, ..self }
    }
}
