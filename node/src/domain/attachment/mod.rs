//! Attachments (附件): which files are taken, judged by what is in them and by what they are called.
//!
//! - [`FileName`]: what a file may be called.
//! - [`Kind`]: the formats that are taken; a list of our own, because what is not on it is refused.
//! - [`judge`]: whether a content is what its name says, and nothing that runs, hides or is locked.
//!
//! What is in a photograph no program can say: an officer states by name that it is no secret (明件), and that is part of the record.

mod content;
mod kind;
mod name;
mod packed;
#[cfg(test)]
mod tests;

pub use content::{Content, NotTaken, judge};
pub use kind::{Class, Kind};
pub use name::{FileName, NAME_CHARS_MAX, NameFault};

/// Most files of one record.
pub const FILES_MAX: usize = 16;
/// Longest name of whoever states that files are no secret, characters.
pub const STATED_CHARS_MAX: usize = 64;
