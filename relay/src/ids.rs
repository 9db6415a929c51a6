//! Names and numbers of the network, each with a type of its own so that none can stand in for another.
//!
//! Parsed at the edge, trusted inside: whoever holds an [`OfficeId`] holds a valid one. What an office id looks like means nothing to
//! any code here.

use std::fmt;

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

/// A name or number that came from outside and is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {allowed}")]
pub struct InvalidId {
    /// Which kind of name.
    pub what: &'static str,
    /// What would have been allowed.
    pub allowed: &'static str,
}

/// A member of the tree (值班室), `[0-9a-z-]{1,32}`. Opaque, given once by its parent, never reused.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OfficeId(std::sync::Arc<str>);

impl OfficeId {
    /// Longest id, bytes.
    pub const LEN_MAX: usize = 32;

    /// Checks the alphabet and the length.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let fits = (1..=Self::LEN_MAX).contains(&text.len());
        if fits && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase() || b == b'-') {
            return Ok(Self(text.into()));
        }
        Err(InvalidId { what: "office id", allowed: "1 to 32 of 0-9, a-z and -" })
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OfficeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for OfficeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A network zone (网域), `[a-z0-9-]{1,16}`. Links never cross it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(String);

impl Zone {
    /// Checks the alphabet and the length.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let fits = (1..=16).contains(&text.len());
        if fits && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase() || b == b'-') {
            return Ok(Self(text.to_owned()));
        }
        Err(InvalidId { what: "zone", allowed: "1 to 16 of 0-9, a-z and -" })
    }

    /// The zone as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Declares a fixed number of opaque bytes with hexadecimal text.
macro_rules! opaque_bytes {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// Takes exactly the right number of bytes.
            pub fn from_slice(bytes: &[u8]) -> Result<Self, InvalidId> {
                bytes.try_into().map(Self).map_err(|_| InvalidId {
                    what: stringify!($name),
                    allowed: concat!("exactly ", stringify!($len), " bytes"),
                })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&HEXLOWER.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&HEXLOWER.encode(&self.0))
            }
        }
    };
}

opaque_bytes!(
    /// A record's own id: UUIDv7, made by the outermost client before its first attempt.
    RecordId, 16
);
opaque_bytes!(
    /// A store's lifetime (库纪元): random, made when a store is created or forked.
    Epoch, 16
);
opaque_bytes!(
    /// First 16 bytes of SHA-256 over a public key's SPKI.
    KeyId, 16
);
opaque_bytes!(
    /// Shown by a child in its next Hello, so that a copied machine is noticed.
    Ticket, 16
);
opaque_bytes!(
    /// One live question, random.
    QuestionId, 16
);
opaque_bytes!(
    /// A SHA-256 result under one of the domain tags of this project.
    Digest, 32
);

impl Ticket {
    /// What a child shows that was never given one.
    pub const NONE: Self = Self([0; 16]);
}

impl Digest {
    /// All zero: "there is none before it".
    pub const ZERO: Self = Self([0; 32]);

    /// SHA-256 over a domain tag and parts. The caller makes sure that the parts cannot be cut elsewhere with the same result.
    pub fn of(tag: &'static str, parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        hash.update(tag.as_bytes());
        for part in parts {
            hash.update(part);
        }
        Self(hash.finalize().into())
    }

    /// Reads what its display writes.
    pub fn parse(text: &str) -> Option<Self> {
        Self::from_slice(&HEXLOWER.decode(text.as_bytes()).ok()?).ok()
    }
}

impl RecordId {
    /// A UUIDv7 of the given moment (ms since 1970) and ten random bytes.
    pub fn from_parts(at: UnixMillis, random: [u8; 10]) -> Self {
        let millis = u64::try_from(at.0).unwrap_or(0);
        Self(*uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid().as_bytes())
    }
}

/// A digest of what comes bit by bit.
#[derive(Debug, Clone)]
pub struct Digesting(Sha256);

impl Digesting {
    /// Under a domain tag.
    pub fn new(tag: &'static str) -> Self {
        Self(Sha256::new_with_prefix(tag.as_bytes()))
    }

    /// More of it.
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// That was all.
    pub fn finish(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

/// A file that travels beside records (附件), named by what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileRef {
    /// Over its content, under [`FileRef::TAG`].
    pub digest: Digest,
    /// Its length, bytes.
    pub bytes: u64,
}

impl FileRef {
    /// Domain tag of its digest.
    pub const TAG: &'static str = "dutynet.file.1";
}

/// One record anywhere in the network.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordRef {
    /// Office that made it.
    pub origin: OfficeId,
    /// Its id there.
    pub id: RecordId,
}

impl RecordRef {
    /// Reads what its display writes: `<origin>/<id in hexadecimal>`.
    pub fn parse(text: &str) -> Option<Self> {
        let (origin, id) = text.split_once('/')?;
        let id = RecordId::from_slice(&HEXLOWER.decode(id.as_bytes()).ok()?).ok()?;
        Some(Self { origin: OfficeId::parse(origin).ok()?, id })
    }
}

impl fmt::Display for RecordRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.origin, self.id)
    }
}

/// Milliseconds since 1970 UTC. For people and for the rules that people made; never for order or folding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct UnixMillis(pub i64);

/// Position in one lane of one direction of one link, from 1; 0 is "before the first".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct LinkSeq(pub u64);

impl LinkSeq {
    /// The position after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for LinkSeq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Priority of a record on a link (通道). Declared in sending order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Lane {
    /// `net.*` kinds alone.
    Control = 1,
    /// 特急
    Flash = 2,
    /// 加急
    Urgent = 3,
    /// Everything else.
    Routine = 4,
}

impl Lane {
    /// In sending order.
    pub const ALL: [Self; 4] = [Self::Control, Self::Flash, Self::Urgent, Self::Routine];

    /// From its number in the proto and in keys.
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|lane| lane.number() == number)
    }

    /// Its number in the proto.
    pub fn number(self) -> i32 {
        i32::from(self as u8)
    }

    /// Place in [`Lane::ALL`].
    pub fn index(self) -> usize {
        self as usize - 1
    }

    /// Lower-case English name, for keys of JSON and logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Control => "control",
            Self::Flash => "flash",
            Self::Urgent => "urgent",
            Self::Routine => "routine",
        }
    }
}

/// One value per lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PerLane<T>(pub [T; 4]);

impl<T> std::ops::Index<Lane> for PerLane<T> {
    type Output = T;
    fn index(&self, lane: Lane) -> &T {
        &self.0[lane.index()]
    }
}

impl<T> std::ops::IndexMut<Lane> for PerLane<T> {
    fn index_mut(&mut self, lane: Lane) -> &mut T {
        &mut self.0[lane.index()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn office_ids_keep_to_their_alphabet() {
        for good in ["440000", "a", "zj-fire-1", &"x".repeat(32)] {
            assert_eq!(OfficeId::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "A", "湛江", "a b", "a/b", &"x".repeat(33)] {
            assert!(OfficeId::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn record_ids_sort_by_the_moment_that_made_them() {
        let early = RecordId::from_parts(UnixMillis(1), [255; 10]);
        let late = RecordId::from_parts(UnixMillis(2), [0; 10]);
        assert!(early < late);
    }
}
