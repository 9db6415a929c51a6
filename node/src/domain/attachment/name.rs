//! What a file may be called: one line without a path, as it is safe on every machine that it will be saved on.

use std::fmt;

use super::Kind;
use crate::domain::form::{Lines, words};

/// Longest name, characters.
pub const NAME_CHARS_MAX: usize = 100;
/// What separates folders, or means something to a shell or a file system.
const SEPARATORS: &[char] = &['/', '\\', ':', '*', '?', '"', '<', '>', '|'];

/// A name that may stand in a record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileName(String);

/// What is wrong with one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameFault {
    /// Empty, or longer than allowed.
    Length,
    /// With a character that is not seen, that turns the direction of writing, or that belongs to a path.
    Character,
    /// It begins or ends with a dot, or ends with a space.
    Dot,
}

impl FileName {
    /// As it is; nothing is made better silently.
    pub fn parse(text: &str) -> Result<Self, NameFault> {
        if text.trim().is_empty() || text.chars().count() > NAME_CHARS_MAX {
            return Err(NameFault::Length);
        }
        let seen = words(text, NAME_CHARS_MAX, Lines::One).map_err(|_| NameFault::Character)?;
        if text.contains(SEPARATORS) {
            return Err(NameFault::Character);
        }
        if seen != text || text.starts_with('.') || text.ends_with('.') {
            return Err(NameFault::Dot);
        }
        Ok(Self(seen))
    }

    /// What stands after its last dot, lower case; empty: it has none.
    pub fn extension(&self) -> String {
        self.0.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default()
    }

    /// The kind that its extension says.
    pub fn kind(&self) -> Option<&'static Kind> {
        Kind::of_extension(&self.extension())
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
