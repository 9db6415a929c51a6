//! What is shown of a matter. Stable names here; words for people in [`crate::text::matter`].

use dutynet_relay::{
    ids::{OfficeId, RecordRef, UnixMillis},
    record::Person,
};

use crate::domain::step::MatterKind;

/// What lists show. No words of a record stand in it: it is kept in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// What the matter is.
    pub kind: MatterKind,
    /// Something is still to be done about it.
    pub open: bool,
    /// Where it stands, a stable name of its kind, e.g. `reported`.
    pub state: String,
    /// Grade, category, colour…: a stable code by which lists sort; may be empty.
    pub grade: String,
    /// The step that bears its title.
    pub titled_by: RecordRef,
    /// The last step, by this office's clock.
    pub last_at: UnixMillis,
}

/// One thing that is known of a matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Stable name, e.g. `handler`.
    pub key: String,
    /// What is known.
    pub value: FactValue,
    /// Records that say so; the value opens them.
    pub sources: Vec<RecordRef>,
}

/// What is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactValue {
    /// Words that an officer wrote.
    Text(String),
    /// A figure.
    Number(i64),
    /// A moment.
    Time(UnixMillis),
    /// Stable code, which has a word for people.
    Code(String),
    /// An office.
    Office(OfficeId),
    /// A person of an office.
    Person(OfficeId, Person),
}

impl Fact {
    /// One that a single record says.
    pub fn of(key: &str, value: FactValue, source: &RecordRef) -> Self {
        Self { key: key.to_owned(), value, sources: vec![source.clone()] }
    }
}
