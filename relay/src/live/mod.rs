//! Live questions: what somebody wants to know of a subtree *now*. A question goes down the links that are up, each office answers for itself
//! and asks its children with less time, and rows come up as they are known. Nothing of it is stored, and the writer has no part in it.
//!
//! # What is promised
//!
//! - At the deadline whoever asked has exactly one row for every office asked for: its own answer, or why there is none, with what the nearest
//!   office above that could be reached holds of it and how old that is.
//! - A question goes down only: it is taken from the parent alone, under the key that the registry gives it, for an office above us. So it
//!   cannot go in a circle. A question that is under way is not begun again.
//! - Rows never stand before a flash record for long: at most [`FRAMES_MAX`] frames of [`FRAME_BYTES`] are under way on a link, apart from
//!   everything else's credit.
//! - Everything is bounded: see the constants here.
//!
//! # Time
//!
//! Deadlines travel as time that is left. Each office keeps two parts of a tenth (at most a second each): its children have what is left of
//! its time without both; then it answers for those that have not answered; then it says that it is done, whatever is missing.
//!
//! # What may come, and what is done about it
//!
//! | it comes | done |
//! | --- | --- |
//! | a question from the parent | answered, or refused by name: somebody asks who is not above, nobody of it is here, too many at once |
//! | a question of a kind that the program does not know | its own row says so; it is asked on all the same |
//! | a question from a child | refused by name |
//! | the same question again while it is under way | passed over |
//! | rows of offices that were not asked for or are not below the child, a second row, rows of a question that is over | passed over |
//! | frames that change nothing, more than [`PATIENCE`] of them | the link ends |
//! | what cannot be read, or word of frames that were never sent | the link ends |
//! | a neighbour that does not say `questions` in its Hello | is not asked; its parent answers for its subtree |
//! | the link to a child goes down | its parent answers for those who have not answered, at once |
//! | the link to the parent goes down | its questions are dropped, here and below |
//!
//! # Reading order
//!
//! [`question`] (the words), [`exchange`] (the pure machine, with its parts), [`answerer`] (what a program above provides). The driver stands
//! in [`relay`](crate::relay).

pub mod answerer;
pub mod exchange;
pub(crate) mod frame;
mod neighbour;
mod open;
pub mod question;
mod targets;

pub use answerer::{Answerer, Asked, Soon, Unable};
pub use question::{Held, Question, Reach, Row, Said, Target, Why};

use std::time::Duration;

/// Questions under way: of the parent, of programs here, and put to one child.
pub const QUESTIONS_MAX: usize = 8;
/// Targets of one question.
pub const TARGETS_MAX: usize = 512;
/// Body of a question.
pub const QUESTION_BYTES_MAX: usize = 16 * 1024;
/// Body of a row.
pub const ROW_BYTES_MAX: usize = 8 * 1024;
/// Bodies of all rows of a question at one office; rows after that come without one.
pub const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Longest time for an answer.
pub const WITHIN_MAX: Duration = Duration::from_secs(600);
/// Rows of one frame, unless it is one row.
pub const FRAME_BYTES: usize = 32 * 1024;
/// Rows of one frame.
pub const FRAME_ROWS_MAX: usize = 1024;
/// Frames of rows that are under way on a link.
pub const FRAMES_MAX: u64 = 2;
/// Frames in a row that change nothing before the link ends.
pub const PATIENCE: u32 = 64;

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;
