//! A certificate of the node's own: an authority that is good for these names and nothing else, trusted once by hand on each machine, and
//! under it a leaf that is made anew by itself, so that trusting does not have to be repeated.
//!
//! The authority's constraints are what makes it harmless on an office's machines: whoever stole its key could still speak for no other
//! site. Other names therefore need another authority, and trusting once more.

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, NameConstraints, PKCS_ECDSA_P256_SHA256, SerialNumber,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use x509_parser::{certificate::X509Certificate, prelude::FromDer as _};

use super::{Current, FrontFault, certified, trusted};
use crate::{
    ids::UnixMillis,
    random,
    tls::{
        identity::{read_private, write_private},
        renewal::Validity,
    },
};

/// Browsers on the machine itself may use these whatever else is said.
const ALWAYS: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
const DAY: Duration = Duration::from_secs(86_400);
/// Trusted by hand, so rarely made anew: after some six years.
const AUTHORITY_VALID: Duration = DAY.saturating_mul(3650);
/// As long as browsers take one for.
const LEAF_VALID: Duration = DAY.saturating_mul(390);

/// Its files are `authority.der`, `authority.key`, `leaf.der`, `leaf.key` and `names`, the last of which is written last.
pub(super) struct Own<'a> {
    pub(super) folder: &'a Path,
    pub(super) names: &'a [String],
    pub(super) called: &'a str,
}

/// A certificate with its key, both DER.
struct Pair {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Own<'_> {
    /// What is shown now; made where it is missing, for other names, or about to end.
    pub(super) fn current(&self, now: UnixMillis) -> Result<Current, FrontFault> {
        let kept = if self.read("names")?.as_deref() == Some(self.all().join("\n").as_bytes()) { self.kept(now)? } else { None };
        let (authority, leaf) = match kept {
            Some((authority, Some(leaf))) => (authority, leaf),
            Some((authority, None)) => {
                let leaf = self.make_leaf(&authority, now)?;
                (authority, leaf)
            }
            None => self.make_all(now)?,
        };
        let trusted = trusted(&authority.certificate, &leaf.certificate, true);
        let trusted = trusted.ok_or_else(|| self.unreadable("leaf.der"))?;
        let key = PrivateKeyDer::try_from(leaf.key).map_err(|what| self.fault("leaf.key", what.to_owned()))?;
        let chain = vec![CertificateDer::from(leaf.certificate), CertificateDer::from(authority.certificate)];
        Ok(Current { certified: certified(chain, &key)?, trusted })
    }

    /// Authority and leaf as they are kept; nothing: they want making anew.
    fn kept(&self, now: UnixMillis) -> Result<Option<(Pair, Option<Pair>)>, FrontFault> {
        let fresh = |pair: &Pair| validity(&pair.certificate).is_some_and(|validity| !validity.wants_renewal(now));
        let Some(authority) = self.pair("authority")?.filter(fresh) else { return Ok(None) };
        let leaf = self.pair("leaf")?.filter(fresh);
        Ok(Some((authority, leaf)))
    }

    fn make_all(&self, now: UnixMillis) -> Result<(Pair, Pair), FrontFault> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut params = self.authority();
        dated(&mut params, Validity::from(now, AUTHORITY_VALID))?;
        let certificate = params.self_signed(&key)?.der().to_vec();
        let authority = Pair { certificate, key: key.serialize_der() };
        self.write("authority", &authority)?;
        let leaf = self.make_leaf(&authority, now)?;
        self.write_file("names", self.all().join("\n").as_bytes())?;
        Ok((authority, leaf))
    }

    fn make_leaf(&self, authority: &Pair, now: UnixMillis) -> Result<Pair, FrontFault> {
        let signer = KeyPair::try_from(authority.key.as_slice())?;
        // A key of its own each time: some browsers take one authority and one number for one certificate.
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut params = CertificateParams::new(self.all())?;
        params.distinguished_name = named(self.called);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        dated(&mut params, Validity::from(now, LEAF_VALID))?;
        let certificate = params.signed_by(&key, &Issuer::new(self.authority(), signer))?.der().to_vec();
        let leaf = Pair { certificate, key: key.serialize_der() };
        self.write("leaf", &leaf)?;
        Ok(leaf)
    }

    /// What the authority says of itself, dates apart.
    fn authority(&self) -> CertificateParams {
        let permitted = self.all().into_iter().map(|name| match name.parse::<IpAddr>() {
            Ok(address) => {
                let bits = if address.is_ipv4() { 32 } else { 128 };
                GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(address, bits))
            }
            Err(_) => GeneralSubtree::DnsName(name),
        });
        let mut params = CertificateParams::default();
        params.distinguished_name = named(&format!("{} CA", self.called));
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.name_constraints =
            Some(NameConstraints { permitted_subtrees: permitted.collect(), excluded_subtrees: Vec::new() });
        params
    }

    /// Every name, each once.
    fn all(&self) -> Vec<String> {
        let mut all: Vec<String> = ALWAYS.map(str::to_owned).to_vec();
        for name in self.names {
            if !all.contains(name) {
                all.push(name.clone());
            }
        }
        all
    }

    fn pair(&self, name: &str) -> Result<Option<Pair>, FrontFault> {
        let (certificate, key) = (self.read(&format!("{name}.der"))?, self.read(&format!("{name}.key"))?);
        // Half of one, after a power cut, is none.
        Ok(certificate.zip(key).map(|(certificate, key)| Pair { certificate, key }).filter(Pair::belongs_together))
    }

    fn write(&self, name: &str, pair: &Pair) -> Result<(), FrontFault> {
        self.write_file(&format!("{name}.key"), &pair.key)?;
        self.write_file(&format!("{name}.der"), &pair.certificate)
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, FrontFault> {
        read_private(&self.path(name)).map_err(|source| FrontFault::Io { path: self.path(name), source })
    }

    fn write_file(&self, name: &str, bytes: &[u8]) -> Result<(), FrontFault> {
        let io = |source| FrontFault::Io { path: self.path(name), source };
        std::fs::create_dir_all(self.folder).map_err(io)?;
        write_private(&self.path(name), bytes).map_err(io)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn unreadable(&self, name: &str) -> FrontFault {
        self.fault(name, "not a certificate".to_owned())
    }

    fn fault(&self, name: &str, what: String) -> FrontFault {
        FrontFault::Unreadable { path: self.path(name), what }
    }
}

impl Pair {
    fn belongs_together(&self) -> bool {
        let Ok(key) = PrivateKeyDer::try_from(self.key.as_slice()) else { return false };
        certified(vec![CertificateDer::from(self.certificate.clone())], &key).is_ok()
    }
}

fn dated(params: &mut CertificateParams, validity: Validity) -> Result<(), FrontFault> {
    let mut serial = random::bytes::<16>().map_err(FrontFault::Random)?;
    serial[0] &= 0x7f;
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    let second = |at: UnixMillis| Duration::from_secs(u64::try_from(at.0.div_euclid(1000)).unwrap_or(0));
    params.not_before = rcgen::date_time_ymd(1970, 1, 1) + second(validity.not_before);
    params.not_after = rcgen::date_time_ymd(1970, 1, 1) + second(validity.not_after);
    Ok(())
}

fn validity(certificate: &[u8]) -> Option<Validity> {
    let (_, read) = X509Certificate::from_der(certificate).ok()?;
    let moment = |seconds: i64| UnixMillis(seconds.saturating_mul(1000));
    let (from, to) = (read.validity().not_before.timestamp(), read.validity().not_after.timestamp());
    Some(Validity { not_before: moment(from), not_after: moment(to) })
}

fn named(name: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}
