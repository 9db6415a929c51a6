//! Records and seals: one immutable fact, and one signature over up to 64 of them.
//!
//! - [`RawRecord`] and [`RawSeal`] are the bytes as their origin made them. They are what travels and what is kept.
//! - [`Record`] is a raw record whose header was read and found to keep to its format; [`Seal`] likewise.
//! - [`verify`] says whether a seal with a key covers a record. It is strict: no weak key, no second encoding of a signature.
//!
//! Nothing here knows what a body means.

mod convert;
mod convert_destruction;
mod convert_registry;
mod header;
mod seal;

pub(crate) use convert::is_kind;
pub use convert_destruction::{DESTROY_KIND, Destruction};
pub use convert_registry::{OFFICE_KIND, entry_from_body, entry_to_body};
pub use header::{Audience, Header, Mode, Person, StreamId};
pub use seal::{GROUP_MAX, OfficeKey, PublicKey, RawSeal, SUITE, Seal, verify};

use bytes::Bytes;

use crate::ids::{Digest, RecordRef};

/// Largest encoded header, bytes.
pub const HEADER_BYTES_MAX: usize = 4 * 1024;
/// Largest body that travels inline, bytes.
pub const BODY_BYTES_MAX: usize = 16 * 1024;
/// Length of a salt, bytes.
pub const SALT_BYTES: usize = 16;

/// What is wrong with bytes that should have been a record or a seal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Larger than the format allows.
    #[error("{what} has {bytes} bytes, at most {max} are allowed")]
    TooLarge {
        /// Which part.
        what: &'static str,
        /// What it has.
        bytes: usize,
        /// What is allowed.
        max: usize,
    },
    /// Not the encoding that it should be.
    #[error("not readable: {0}")]
    Encoding(&'static str),
    /// A field that is missing or out of its limits.
    #[error("field {field}: {allowed}")]
    Field {
        /// Name in the proto.
        field: &'static str,
        /// What is allowed.
        allowed: &'static str,
    },
}

/// A record's bytes, exactly as its origin made them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRecord {
    /// Encoded header.
    pub header: Bytes,
    /// 16 bytes, or none when the body was hollowed.
    pub salt: Bytes,
    /// Encoded body.
    pub body: Bytes,
    /// [`RawRecord::body_hash`] of a body that was hollowed; then there is neither salt nor body.
    pub hollow: Option<Digest>,
}

impl RawRecord {
    /// H(salt ‖ body): what the digest needs of the body.
    pub fn body_hash(&self) -> Digest {
        self.hollow.unwrap_or_else(|| Digest::of("dutynet.record.body.1", &[&self.salt, &self.body]))
    }

    /// The same record without its body.
    #[must_use]
    pub fn hollowed(&self) -> Self {
        Self { header: self.header.clone(), salt: Bytes::new(), body: Bytes::new(), hollow: Some(self.body_hash()) }
    }

    /// The record's digest, as the seal signs it.
    pub fn digest(&self) -> Digest {
        let len = (self.header.len() as u64).to_be_bytes();
        Digest::of("dutynet.record.digest.1", &[&len, &self.header, &self.body_hash().0])
    }

    /// Bytes that it takes on a link, without frame overhead.
    pub fn size(&self) -> usize {
        self.header.len() + self.salt.len() + self.body.len() + self.hollow.map_or(0, |hash| hash.0.len() + 2)
    }
}

/// A record whose header has been read. Immutable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    raw: RawRecord,
    header: Header,
    digest: Digest,
}

impl Record {
    /// Reads and checks everything that a hop may know of a record.
    pub fn parse(raw: RawRecord) -> Result<Self, Malformed> {
        within("header", raw.header.len(), HEADER_BYTES_MAX)?;
        within("body", raw.body.len(), BODY_BYTES_MAX)?;
        let header = convert::header_from_bytes(&raw.header)?;
        match raw.hollow {
            None if raw.salt.len() != SALT_BYTES => return Err(Malformed::Field { field: "salt", allowed: "exactly 16 bytes" }),
            Some(_) if !(raw.salt.is_empty() && raw.body.is_empty()) || header.is_net_kind() => {
                return Err(Malformed::Field {
                    field: "body_hash",
                    allowed: "in place of salt and body, and not of net.* kinds",
                });
            }
            None | Some(_) => {}
        }
        let digest = raw.digest();
        Ok(Self { raw, header, digest })
    }

    /// Encodes a header of our own and joins it with salt and body.
    pub fn make(header: Header, salt: [u8; SALT_BYTES], body: Bytes) -> Result<Self, Malformed> {
        let bytes = convert::header_to_bytes(&header);
        Self::parse(RawRecord { header: bytes, salt: Bytes::copy_from_slice(&salt), body, hollow: None })
    }

    /// The bytes that travel.
    pub fn raw(&self) -> &RawRecord {
        &self.raw
    }

    /// What every hop may read.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// What the seal signs.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Its name in the network.
    pub fn reference(&self) -> RecordRef {
        RecordRef { origin: self.header.origin.clone(), id: self.header.id }
    }

    /// Its body was removed: only the header says anything.
    pub fn is_hollow(&self) -> bool {
        self.raw.hollow.is_some()
    }

    /// Whether the other says the same thing, made again after a retry with a lost store: new salt, time and sequence do not count, nor
    /// what a body said that is gone.
    pub fn says_the_same(&self, other: &Self) -> bool {
        let same_words = self.is_hollow() || other.is_hollow() || self.raw.body == other.raw.body;
        self.header.kind == other.header.kind
            && self.header.subject == other.header.subject
            && self.header.attachments == other.header.attachments
            && same_words
    }
}

fn within(what: &'static str, bytes: usize, max: usize) -> Result<(), Malformed> {
    if bytes > max {
        return Err(Malformed::TooLarge { what, bytes, max });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
