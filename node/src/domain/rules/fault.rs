//! What may be wrong with the text of a pack. The sentences are in [`crate::text`].

use super::cited::Cited;

/// One fault of a pack, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackFault {
    /// Line of the text, from 1.
    pub line: usize,
    /// Which row and key, e.g. `limit county-hour: grades`.
    pub place: String,
    /// What is wrong.
    pub kind: PackFaultKind,
}

/// What may be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackFaultKind {
    /// Not TOML.
    Syntax(String),
    /// More than one record can carry.
    TooLong,
    /// No such key here; those that there are.
    Unknown(Vec<&'static str>),
    /// Needed and not there.
    Missing,
    /// There, but not what is allowed.
    Wrong(Allowed),
    /// Another row of the pack has that id.
    Twice,
    /// No pack has a category of that code.
    NoSuchCategory(String),
    /// A calendar that cannot be.
    Calendar(String),
    /// Laxer than a rule that is in force here.
    Laxer(Cited),
}

/// What may stand at a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowed {
    /// Words, not empty.
    Text,
    /// A list of texts.
    List,
    /// true or false.
    YesNo,
    /// A number from 0, or from 1.
    Number,
    /// A stable id.
    Id,
    /// One of these words.
    OneOf(Vec<&'static str>),
    /// A day.
    Day,
    /// Digits with which area codes begin.
    Area,
    /// The code of a category.
    Category,
    /// How long.
    Limit,
    /// How long, in minutes or hours.
    Duration,
    /// Rows in double brackets.
    Rows,
}
