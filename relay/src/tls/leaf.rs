//! Leaf certificates: one per office, over its office key, with its name in a URI, signed by the key of the office above it.
//!
//! There is no chain: a parent knows its own signature, and a child has its parent's key pinned. The root, and an office that is only about
//! to enrol, sign for themselves.

use std::time::Duration;

use bytes::Bytes;
use ed25519_dalek::Signature;
use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, Issuer, KeyUsagePurpose, SanType};
use x509_parser::{certificate::X509Certificate, extensions::GeneralName, prelude::FromDer as _};

use super::renewal::Validity;
use crate::{
    ids::{OfficeId, UnixMillis, Zone},
    record::{OfficeKey, PublicKey},
};

/// Longest leaf that is read, bytes.
pub const LEAF_BYTES_MAX: usize = 4 * 1024;
/// Scheme of the URI that names an office.
const URI_SCHEME: &str = "dutynet://";
/// What stands before the signature, in the one way that it is written: Ed25519 (RFC 8410), a bit string of 64 whole bytes.
const SIGNATURE_HEAD: [u8; 10] = [0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x41, 0x00];
/// Last second that X.509 can say without going into five digits of years: 9999-12-31.
const LAST_SECOND: i64 = 253_402_214_400;

/// Why a certificate is of no use here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LeafFault {
    /// Not an X.509 certificate of at most 4 KiB.
    #[error("not a readable certificate")]
    Unreadable,
    /// Another kind of key, or a weak one.
    #[error("its key is not an Ed25519 key")]
    Key,
    /// Not exactly one `dutynet://<zone>/<office>`.
    #[error("it does not name exactly one office as dutynet://<zone>/<office>")]
    Name,
    /// It is for another key than ours.
    #[error("it is for another key")]
    OtherKey,
    /// The maker of certificates failed.
    #[error("cannot make a certificate: {0}")]
    Make(String),
}

/// What to write into a leaf.
#[derive(Debug, Clone)]
pub struct LeafSubject {
    /// The office's key.
    pub key: PublicKey,
    /// Its id.
    pub office: OfficeId,
    /// Its zone.
    pub zone: Zone,
    /// First moment, by the signer's clock; the certificate keeps whole seconds.
    pub not_before: UnixMillis,
    /// Last moment, by the signer's clock.
    pub not_after: UnixMillis,
}

/// Makes a leaf, DER, signed by `signer`: the parent's key, or the office's own.
pub fn make_leaf(subject: &LeafSubject, signer: &OfficeKey) -> Result<Vec<u8>, LeafFault> {
    let fault = |fault: rcgen::Error| LeafFault::Make(fault.to_string());
    let mut params = CertificateParams::default();
    params.distinguished_name = named(subject.office.as_str());
    let uri = format!("{URI_SCHEME}{}/{}", subject.zone.as_str(), subject.office);
    params.subject_alt_names = vec![SanType::URI(uri.try_into().map_err(fault)?)];
    params.not_before = rcgen::date_time_ymd(1970, 1, 1) + seconds(subject.not_before);
    params.not_after = rcgen::date_time_ymd(1970, 1, 1) + seconds(subject.not_after);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    let mut above = CertificateParams::default();
    above.distinguished_name = named(&signer.public().id().to_string());
    let issuer = Issuer::new(above, Signer { key: signer, public: signer.public() });
    let made = params.signed_by(&Subject(&subject.key), &issuer).map_err(fault)?;
    Ok(made.der().to_vec())
}

/// Whether a leaf was signed with the other half of that key.
pub fn signed_by(leaf: &[u8], key: &PublicKey) -> bool {
    let Ok((_, certificate)) = X509Certificate::from_der(leaf) else { return false };
    let Some((head, signature)) = leaf.split_last_chunk::<64>() else { return false };
    let signature = Signature::from_bytes(signature);
    head.ends_with(&SIGNATURE_HEAD) && key.verifies(certificate.tbs_certificate.as_ref(), &signature)
}

/// Who a neighbour showed itself to be. Out of a finished handshake: the key is proven, the rest is what the leaf says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// The key whose possession was proven.
    pub key: PublicKey,
    /// Office that the leaf names.
    pub office: OfficeId,
    /// Zone that the leaf names.
    pub zone: Zone,
    /// First moment.
    pub not_before: UnixMillis,
    /// Last moment.
    pub not_after: UnixMillis,
    leaf: Bytes,
}

impl Proven {
    /// Reads a presented leaf, DER.
    pub fn read(leaf: &[u8]) -> Result<Self, LeafFault> {
        if leaf.len() > LEAF_BYTES_MAX {
            return Err(LeafFault::Unreadable);
        }
        let (rest, certificate) = X509Certificate::from_der(leaf).map_err(|_| LeafFault::Unreadable)?;
        if !rest.is_empty() {
            return Err(LeafFault::Unreadable);
        }
        let key = PublicKey::from_spki(certificate.public_key().raw).map_err(|_| LeafFault::Key)?;
        let (zone, office) = name_in(&certificate).ok_or(LeafFault::Name)?;
        let validity = certificate.validity();
        let millis = |at: i64| UnixMillis(at.saturating_mul(1000));
        let (not_before, not_after) = (millis(validity.not_before.timestamp()), millis(validity.not_after.timestamp()));
        Ok(Self { key, office, zone, not_before, not_after, leaf: Bytes::copy_from_slice(leaf) })
    }

    /// Its first and last moment.
    pub fn validity(&self) -> Validity {
        Validity { not_before: self.not_before, not_after: self.not_after }
    }

    /// The leaf as it was shown, DER.
    pub fn leaf(&self) -> &[u8] {
        &self.leaf
    }

    /// Whether the leaf was signed with the other half of that key.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        signed_by(&self.leaf, key)
    }
}

fn name_in(certificate: &X509Certificate<'_>) -> Option<(Zone, OfficeId)> {
    let names = certificate.subject_alternative_name().ok()??;
    let [GeneralName::URI(uri)] = names.value.general_names[..] else { return None };
    let (zone, office) = uri.strip_prefix(URI_SCHEME)?.split_once('/')?;
    Some((Zone::parse(zone).ok()?, OfficeId::parse(office).ok()?))
}

fn named(name: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}

fn seconds(at: UnixMillis) -> Duration {
    Duration::from_secs(u64::try_from(at.0.div_euclid(1000).clamp(0, LAST_SECOND)).unwrap_or(0))
}

/// Half of an office key as rcgen wants it.
struct Subject<'a>(&'a PublicKey);

impl rcgen::PublicKeyData for Subject<'_> {
    fn der_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_ED25519
    }
}

/// An office key as rcgen wants it; the secret is not copied.
struct Signer<'a> {
    key: &'a OfficeKey,
    public: PublicKey,
}

impl rcgen::PublicKeyData for Signer<'_> {
    fn der_bytes(&self) -> &[u8] {
        self.public.as_bytes()
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_ED25519
    }
}

impl rcgen::SigningKey for Signer<'_> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(self.key.sign(message).to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> OfficeKey {
        OfficeKey::from_secret(&[byte; 32])
    }

    fn subject(of: &OfficeKey) -> LeafSubject {
        LeafSubject {
            key: of.public(),
            office: OfficeId::parse("440800").unwrap(),
            zone: Zone::parse("gov-a").unwrap(),
            not_before: UnixMillis(1_700_000_000_999),
            not_after: UnixMillis(1_800_000_000_000),
        }
    }

    #[test]
    fn a_leaf_says_what_was_written_into_it_and_who_signed_it() {
        let (office, parent) = (key(1), key(2));
        let proven = Proven::read(&make_leaf(&subject(&office), &parent).unwrap()).unwrap();
        assert_eq!((&proven.key, proven.office.as_str(), proven.zone.as_str()), (&office.public(), "440800", "gov-a"));
        assert_eq!((proven.not_before, proven.not_after), (UnixMillis(1_700_000_000_000), UnixMillis(1_800_000_000_000)));
        assert!(proven.is_signed_by(&parent.public()) && !proven.is_signed_by(&office.public()));
        let own = Proven::read(&make_leaf(&subject(&office), &office).unwrap()).unwrap();
        assert!(own.is_signed_by(&office.public()) && !own.is_signed_by(&parent.public()));
    }

    #[test]
    fn dates_outside_of_what_a_certificate_can_say_are_brought_to_its_ends() {
        let office = key(1);
        let wide = LeafSubject { not_before: UnixMillis(-5), not_after: UnixMillis(i64::MAX), ..subject(&office) };
        let proven = Proven::read(&make_leaf(&wide, &office).unwrap()).unwrap();
        assert_eq!((proven.not_before, proven.not_after), (UnixMillis(0), UnixMillis(LAST_SECOND * 1000)));
    }

    #[test]
    fn no_changed_byte_of_a_leaf_goes_unnoticed() {
        let (office, parent) = (key(1), key(2));
        let leaf = make_leaf(&subject(&office), &parent).unwrap();
        for at in 0..leaf.len() {
            let mut other = leaf.clone();
            other[at] ^= 1;
            assert!(Proven::read(&other).is_err() || !signed_by(&other, &parent.public()), "byte {at}");
        }
        assert_eq!(Proven::read(&[leaf.clone(), vec![0]].concat()), Err(LeafFault::Unreadable));
        assert_eq!(Proven::read(&vec![0x30; LEAF_BYTES_MAX + 1]), Err(LeafFault::Unreadable));
    }

    #[test]
    fn a_leaf_that_names_none_or_several_or_odd_offices_is_refused() {
        let office = key(1);
        for names in [&[][..], &["dutynet://a/1", "dutynet://a/2"], &["http://a/1"], &["dutynet://a/X"], &["dutynet://a/1/2"]] {
            let mut params = CertificateParams::default();
            params.subject_alt_names = names.iter().map(|name| SanType::URI((*name).try_into().unwrap())).collect();
            let made = params.self_signed(&Signer { key: &office, public: office.public() }).unwrap();
            assert_eq!(Proven::read(made.der()), Err(LeafFault::Name), "{names:?}");
        }
    }
}
