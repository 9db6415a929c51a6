//! One signature of an office over the digests of up to 64 records of one stream (封签).
//!
//! A lone record is a group of one. Seals of a stream name the one before them, so that a missing group shows.

use bytes::Bytes;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use super::{Malformed, Record, convert, header::StreamId};
use crate::ids::{Digest, Epoch, KeyId, OfficeId};

/// Most records under one seal.
pub const GROUP_MAX: usize = 64;
/// The suite that this version makes and reads.
pub const SUITE: &str = "ed25519-sha256";
/// DER of the SubjectPublicKeyInfo of an Ed25519 key, up to the key itself (RFC 8410).
const SPKI_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// A seal's bytes, exactly as its origin made them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawSeal {
    /// Encoded group.
    pub group: Bytes,
    /// Signature over the group.
    pub signature: Bytes,
}

/// What a seal signs. Meaning of the fields: `record.proto`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SealedGroup {
    pub(crate) suite: String,
    pub(crate) key_id: KeyId,
    pub(crate) origin: OfficeId,
    pub(crate) epoch: Epoch,
    pub(crate) stream: StreamId,
    pub(crate) first_seq: u64,
    pub(crate) previous: Digest,
    pub(crate) digests: Vec<Digest>,
}

/// A seal whose group has been read. Not yet verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    raw: RawSeal,
    group: SealedGroup,
}

impl Seal {
    /// Reads the group.
    pub fn parse(raw: RawSeal) -> Result<Self, Malformed> {
        let group = convert::group_from_bytes(&raw.group)?;
        Ok(Self { raw, group })
    }

    /// Signs consecutive records of one stream; `previous` is the [`Seal::hash`] of the stream's seal before.
    pub fn make(key: &OfficeKey, records: &[Record], previous: Digest) -> Result<Self, Malformed> {
        let Some(first) = records.first().filter(|_| records.len() <= GROUP_MAX) else {
            return Err(Malformed::Field { field: "digests", allowed: "1 to 64" });
        };
        let header = first.header();
        let group = SealedGroup {
            suite: SUITE.to_owned(),
            key_id: key.public().id(),
            origin: header.origin.clone(),
            epoch: header.epoch,
            stream: header.stream.clone(),
            first_seq: header.stream_seq,
            previous,
            digests: records.iter().map(Record::digest).collect(),
        };
        let bytes = convert::group_to_bytes(&group);
        let signature = key.sign(&signed_bytes(&bytes));
        Ok(Self { raw: RawSeal { group: bytes, signature: signature.to_vec().into() }, group })
    }

    /// The bytes that travel.
    pub fn raw(&self) -> &RawSeal {
        &self.raw
    }

    /// Key that it claims to be made with.
    pub fn key_id(&self) -> KeyId {
        self.group.key_id
    }

    /// Stream that it seals.
    pub fn stream(&self) -> &StreamId {
        &self.group.stream
    }

    /// Sequence of its last record in that stream.
    pub fn last_seq(&self) -> u64 {
        self.group.first_seq + self.group.digests.len() as u64 - 1
    }

    /// Office that it claims to be made by.
    pub fn origin(&self) -> &OfficeId {
        &self.group.origin
    }

    /// What the stream's next seal names as the one before it.
    pub fn hash(&self) -> Digest {
        self.raw.hash()
    }

    /// Whether the record stands at that place of the group, in every respect that the group states.
    pub fn covers(&self, record: &Record, place: usize) -> bool {
        let header = record.header();
        self.group.digests.get(place) == Some(&record.digest())
            && header.origin == self.group.origin
            && header.epoch == self.group.epoch
            && header.stream == self.group.stream
            && header.suite == self.group.suite
            && Some(header.stream_seq) == self.group.first_seq.checked_add(place as u64)
    }
}

impl RawSeal {
    /// Names the seal; see [`Seal::hash`].
    pub fn hash(&self) -> Digest {
        Digest::of("dutynet.seal.1", &[&self.group, &self.signature])
    }
}

/// Whether the signature is the key's. Strict in the sense of RFC 8032, and weak keys verify nothing.
pub fn verify(seal: &Seal, key: &PublicKey) -> bool {
    let Ok(signature) = Signature::from_slice(&seal.raw.signature) else { return false };
    seal.group.suite == SUITE && seal.group.key_id == key.id() && key.verifies(&signed_bytes(&seal.raw.group), &signature)
}

fn signed_bytes(group: &[u8]) -> Vec<u8> {
    [b"dutynet.seal.sign.1".as_slice(), group].concat()
}

/// Public half of an office key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// From the 32 raw bytes; weak points are refused.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let fault = Malformed::Field { field: "public_key", allowed: "32 bytes of an Ed25519 public key" };
        let raw: [u8; 32] = bytes.try_into().map_err(|_| fault.clone())?;
        match VerifyingKey::from_bytes(&raw) {
            Ok(key) if !key.is_weak() => Ok(Self(key)),
            Ok(_) | Err(_) => Err(fault),
        }
    }

    /// From a DER SubjectPublicKeyInfo, as it stands in a certificate.
    pub fn from_spki(der: &[u8]) -> Result<Self, Malformed> {
        let raw = der.strip_prefix(&SPKI_PREFIX).ok_or(Malformed::Encoding("public key"))?;
        Self::from_bytes(raw)
    }

    /// The 32 raw bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// DER SubjectPublicKeyInfo.
    pub fn spki(&self) -> Vec<u8> {
        [SPKI_PREFIX.as_slice(), self.0.as_bytes()].concat()
    }

    /// Whether the signature over the message is this key's; strict in the sense of RFC 8032.
    pub(crate) fn verifies(&self, message: &[u8], signature: &Signature) -> bool {
        self.0.verify_strict(message, signature).is_ok()
    }

    /// Short name of the key.
    pub fn id(&self) -> KeyId {
        let hash = Digest::of("", &[&self.spki()]);
        let mut id = [0; 16];
        id.copy_from_slice(&hash.0[..16]);
        KeyId(id)
    }

    /// Full hash, as invitations pin it.
    pub fn pin(&self) -> Digest {
        Digest::of("dutynet.key.pin.1", &[&self.spki()])
    }
}

/// An office's key: seals records, is the TLS leaf, signs children's leaves. Wiped when dropped.
#[derive(Clone)]
pub struct OfficeKey(SigningKey);

impl OfficeKey {
    /// From 32 secret bytes.
    pub fn from_secret(secret: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(secret))
    }

    /// The 32 secret bytes, for the key file alone.
    pub fn secret(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// Its public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs bytes that begin with a domain tag, or that the TLS and X.509 standards keep apart from every such tag.
    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl std::fmt::Debug for OfficeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OfficeKey({})", self.public().id())
    }
}
