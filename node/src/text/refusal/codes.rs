//! From a refusal to its code and its sentence, and back.

use super::{Refusal, sentences::TABLE};

impl Refusal {
    /// Every one of them, in the order of the declaration.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.into_iter().map(|(refusal, ..)| refusal)
    }

    /// The one with this stable code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::all().find(|refusal| refusal.code() == code)
    }

    /// Stable code, upper case.
    pub fn code(self) -> &'static str {
        TABLE[self as usize].1
    }

    /// One sentence that says what to do.
    pub fn sentence(self) -> &'static str {
        TABLE[self as usize].2
    }
}
