//! TLS 1.3 between neighbours: mutual, HTTP/2 only, one cipher provider, and every connection a full handshake.
//!
//! Both verifiers accept any leaf whose Ed25519 key the other side proves to hold, whatever its dates and whoever signed it. Tickets,
//! resumption and early data are off: a resumed connection would skip the proof.

use std::sync::{Arc, PoisonError, RwLock};

use ed25519_dalek::Signature;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName, Error, PeerIncompatible, ServerConfig,
    SignatureAlgorithm, SignatureScheme,
    client::{
        ResolvesClientCert, Resumption,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::{
        ClientHello, NoServerSessionStorage, ResolvesServerCert,
        danger::{ClientCertVerified, ClientCertVerifier},
    },
    sign::{CertifiedKey, Signer, SigningKey},
    version::TLS13,
};

use super::leaf::{LeafFault, Proven};
use crate::record::OfficeKey;

/// The one application protocol.
pub(super) const ALPN: &[u8] = b"h2";

/// What an office shows and asks for on every connection, in both directions. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Tls {
    shown: Arc<Shown>,
    pub(super) server: Arc<ServerConfig>,
    pub(super) client: Arc<ClientConfig>,
}

impl Tls {
    /// With the office's key and its leaf, DER.
    pub fn new(key: OfficeKey, leaf: Vec<u8>) -> Result<Self, TlsError> {
        let shown = Arc::new(Shown { current: RwLock::new(Current::new(key, leaf)?) });
        let provider = Arc::new(ring::default_provider());
        let verifier = Arc::new(AnyProvenKey);
        let server = Arc::new(server_config(&provider, &verifier, &shown)?);
        let client = Arc::new(client_config(provider, verifier, &shown)?);
        Ok(Self { shown, server, client })
    }

    /// Shows another leaf from the next handshake on: a renewed one, or one for a new key.
    pub fn replace(&self, key: OfficeKey, leaf: Vec<u8>) -> Result<(), LeafFault> {
        let next = Current::new(key, leaf)?;
        *self.shown.current.write().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(())
    }

    /// What the shown leaf says.
    pub fn own(&self) -> Proven {
        self.shown.current.read().unwrap_or_else(PoisonError::into_inner).proven.clone()
    }
}

/// Why TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The leaf is of no use.
    #[error("the office's own certificate is of no use")]
    Leaf(#[from] LeafFault),
    /// The TLS library refused.
    #[error("TLS cannot be set up")]
    Config(#[from] Error),
}

fn server_config(
    provider: &Arc<CryptoProvider>,
    verifier: &Arc<AnyProvenKey>,
    shown: &Arc<Shown>,
) -> Result<ServerConfig, Error> {
    let verifier = Arc::clone(verifier) as Arc<dyn ClientCertVerifier>;
    let mut config = ServerConfig::builder_with_provider(Arc::clone(provider))
        .with_protocol_versions(&[&TLS13])?
        .with_client_cert_verifier(verifier)
        .with_cert_resolver(Arc::clone(shown) as Arc<dyn ResolvesServerCert>);
    config.alpn_protocols = vec![ALPN.to_vec()];
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    config.max_early_data_size = 0;
    Ok(config)
}

fn client_config(provider: Arc<CryptoProvider>, verifier: Arc<AnyProvenKey>, shown: &Arc<Shown>) -> Result<ClientConfig, Error> {
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_client_cert_resolver(Arc::clone(shown) as Arc<dyn ResolvesClientCert>);
    config.alpn_protocols = vec![ALPN.to_vec()];
    config.resumption = Resumption::disabled();
    config.enable_early_data = false;
    config.enable_sni = false;
    Ok(config)
}

/// The leaf that is shown; exchanged when it is renewed.
#[derive(Debug)]
struct Shown {
    current: RwLock<Current>,
}

#[derive(Debug)]
struct Current {
    proven: Proven,
    certified: Arc<CertifiedKey>,
}

impl Current {
    fn new(key: OfficeKey, leaf: Vec<u8>) -> Result<Self, LeafFault> {
        let proven = Proven::read(&leaf)?;
        if proven.key != key.public() {
            return Err(LeafFault::OtherKey);
        }
        let key = Arc::new(HandshakeKey(key));
        Ok(Self { proven, certified: Arc::new(CertifiedKey::new(vec![CertificateDer::from(leaf)], key)) })
    }
}

impl Shown {
    fn certified(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner).certified)
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.certified())
    }
}

impl ResolvesClientCert for Shown {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(self.certified())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// The office key as the TLS library wants it. What TLS 1.3 signs begins with 64 spaces, which no domain tag does.
#[derive(Debug, Clone)]
pub(super) struct HandshakeKey(pub(super) OfficeKey);

impl SigningKey for HandshakeKey {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        offered.contains(&SignatureScheme::ED25519).then(|| Box::new(self.clone()) as Box<dyn Signer>)
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ED25519
    }
}

impl Signer for HandshakeKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(self.0.sign(message).to_vec())
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}

/// Accepts whoever proves to hold the Ed25519 key of a readable leaf.
#[derive(Debug)]
pub(super) struct AnyProvenKey;

/// The proof itself. `message` is what TLS 1.3 says must be signed (RFC 8446, 4.4.3).
fn prove(message: &[u8], leaf: &[u8], signed: &DigitallySignedStruct) -> Result<HandshakeSignatureValid, Error> {
    let signature = Signature::from_slice(signed.signature());
    let proven = signed.scheme == SignatureScheme::ED25519
        && signature.is_ok_and(|signature| read(leaf).is_ok_and(|shown| shown.key.verifies(message, &signature)));
    let refused = || Error::InvalidCertificate(CertificateError::BadSignature);
    proven.then(HandshakeSignatureValid::assertion).ok_or_else(refused)
}

fn read(leaf: &[u8]) -> Result<Proven, Error> {
    Proven::read(leaf).map_err(|_| Error::InvalidCertificate(CertificateError::BadEncoding))
}

fn tls12() -> Error {
    Error::PeerIncompatible(PeerIncompatible::Tls12NotOffered)
}

impl ServerCertVerifier for AnyProvenKey {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        read(leaf).map(|_| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(tls12())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        prove(message, leaf, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }
}

impl ClientCertVerifier for AnyProvenKey {
    fn client_auth_mandatory(&self) -> bool {
        true
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        leaf: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        read(leaf).map(|_| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(tls12())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        prove(message, leaf, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }
}
