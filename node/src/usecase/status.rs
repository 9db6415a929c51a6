//! What offices are at this moment (即时状态): a live question down the lines that are up, and this office's answers to it.
//!
//! - `gather`: what is known here of this office, and of those below it that cannot be asked.
//! - `answer`: answers the question, for this office and for those.
//! - `pull`: asks it, and makes a table of what comes.

mod answer;
mod gather;
mod pull;

pub use answer::AnswersLive;
pub use pull::{AskStatus, PulledStatus, STATUS_WITHIN};

/// Kind of the question.
pub const STATUS_KIND: &str = "status/1";
