//! Where an answer of the rules comes from.

use std::fmt;

/// The row of a pack that says so. It is kept for ever with whatever was derived from it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cited {
    /// Key of the pack, as a [`Stamp`] names it.
    pub pack: String,
    /// Its version.
    pub version: u32,
    /// Id of the row in the pack.
    pub row: String,
    /// Short name of the regulation, e.g. 湛江. Of a rule of elsewhere that is followed by reference, it says so.
    pub title: String,
    /// Short name and article, e.g. 湛江 第九条(二).
    pub article: String,
    /// Full name of the regulation, and where it was published.
    pub source: String,
}

/// Which packs were in force, each with its version; by key.
///
/// The key of a pack that the program brings is its id; of one that an office sent or laid it is `<office>/<id>`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Stamp(pub Vec<(String, u32)>);

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let packs: Vec<String> = self.0.iter().map(|(pack, version)| format!("{pack}@{version}")).collect();
        f.write_str(&packs.join(" "))
    }
}
