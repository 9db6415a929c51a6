//! What crosses a link of live questions. Meaning of each part: `question.proto`.

use std::time::Duration;

use super::question::{Question, Row};
use crate::ids::QuestionId;

/// One message between neighbours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LiveFrame {
    /// Down.
    Question {
        /// What.
        question: Question,
        /// Time for everything.
        within: Duration,
    },
    /// Up.
    Rows {
        /// Of which question.
        id: QuestionId,
        /// At least one.
        rows: Vec<Row>,
    },
    /// Up: there are no more.
    Done(QuestionId),
    /// Down: no more are wanted.
    Dropped(QuestionId),
    /// Down: so many frames of rows of this session were taken.
    Taken(u64),
    /// It is not taken.
    Refused {
        /// Which.
        id: QuestionId,
        /// Why.
        why: Refusal,
    },
}

/// Why a question is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Only an office above may ask.
    NotYours,
    /// Too many are under way.
    Busy,
    /// Nobody whom it is put to is here.
    NotHere,
}
