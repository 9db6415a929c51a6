//! The end that browsers reach: ordinary HTTPS, TLS 1.3 and HTTP/1.1, with a certificate of the node's own ([`own`]) or one given by files.
//!
//! Has nothing to do with links: no certificate is asked of a browser, and the office's key is not used. What is shown is exchanged while
//! connections are open; those that are open go on under what they were begun with.

mod own;

use std::{
    io,
    path::{Path, PathBuf},
    pin::Pin,
    sync::{Arc, PoisonError, RwLock},
    task::{Context, Poll},
};

use data_encoding::HEXUPPER;
use rustls::{
    ServerConfig,
    crypto::{
        CryptoProvider,
        ring::{self, sign::any_supported_type},
    },
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::{ClientHello, NoServerSessionStorage, ResolvesServerCert},
    sign::CertifiedKey,
    version::TLS13,
};
use sha2::{Digest as _, Sha256};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use x509_parser::{certificate::X509Certificate, prelude::FromDer as _};

use crate::ids::UnixMillis;

/// The one application protocol.
const ALPN: &[u8] = b"http/1.1";
/// Longest file of certificates or of a key, bytes.
const FILE_BYTES_MAX: u64 = 256 * 1024;

/// Where the certificate comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FrontSource {
    /// Made here, for these names and addresses, kept in that folder, and renewed before it ends.
    Own {
        /// Where it is kept.
        folder: PathBuf,
        /// Host names and addresses, without port or brackets.
        names: Vec<String>,
        /// What the authority is called in lists of certificates.
        called: String,
    },
    /// PEM files that somebody else looks after; they are read again when they change.
    Files {
        /// The certificate, then those that lead to its authority.
        certificate: PathBuf,
        /// Its key, PKCS #8, PKCS #1 or SEC 1.
        key: PathBuf,
    },
}

/// What browsers are asked to trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trusted {
    /// The certificate to be trusted, DER: the authority of the node's own, or the one that was given.
    pub certificate: Vec<u8>,
    /// SHA-256 of it, as people compare it: `AB:CD:…`.
    pub fingerprint: String,
    /// Until when what is shown is good.
    pub not_after: UnixMillis,
    /// Made here.
    pub is_own: bool,
}

/// Why browsers cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum FrontFault {
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// The machine's word.
        source: io::Error,
    },
    /// A file that is no certificate, or no key.
    #[error("{path}: {what}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// Certificate and key do not belong together, or the TLS library refuses them.
    #[error("certificate and key cannot be used together: {0}")]
    Unfit(#[from] rustls::Error),
    /// A certificate cannot be made.
    #[error("cannot make a certificate: {0}")]
    Make(#[from] rcgen::Error),
    /// The machine gives no randomness.
    #[error("no randomness: {0}")]
    Random(io::Error),
}

/// What is shown to browsers. Cheap to clone.
#[derive(Clone)]
pub struct FrontTls {
    source: Arc<FrontSource>,
    shown: Arc<Shown>,
    acceptor: TlsAcceptor,
}

impl std::fmt::Debug for FrontTls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FrontTls").field("source", &self.source).finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct Shown(RwLock<Current>);

#[derive(Debug, Clone)]
struct Current {
    certified: Arc<CertifiedKey>,
    trusted: Trusted,
}

impl FrontTls {
    /// Reads or makes what the source says.
    pub fn open(source: FrontSource, now: UnixMillis) -> Result<Self, FrontFault> {
        let current = current(&source, now)?;
        let shown = Arc::new(Shown(RwLock::new(current)));
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&TLS13])?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&shown) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![ALPN.to_vec()];
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.max_early_data_size = 0;
        Ok(Self { source: Arc::new(source), shown, acceptor: TlsAcceptor::from(Arc::new(config)) })
    }

    /// Looks again: makes what is about to end anew, reads files that somebody may have exchanged. True: something else is shown now. What
    /// was shown before stays when it cannot be done.
    pub fn renew(&self, now: UnixMillis) -> Result<bool, FrontFault> {
        let next = current(&self.source, now)?;
        let mut shown = self.shown.0.write().unwrap_or_else(PoisonError::into_inner);
        let other = shown.certified.cert != next.certified.cert;
        if other {
            *shown = next;
        }
        Ok(other)
    }

    /// What browsers are asked to trust.
    pub fn trusted(&self) -> Trusted {
        self.shown.current().trusted
    }

    /// Makes a connection secure. Takes as long as the other side lets it: the caller sets the limit.
    pub async fn shake_hands(&self, tcp: TcpStream) -> io::Result<FrontStream> {
        Ok(FrontStream(self.acceptor.accept(tcp).await?))
    }
}

/// What a node's own certificate in that folder is, and until when; `None`: there is none yet. Changes nothing.
pub fn kept_in(folder: &Path) -> Option<Trusted> {
    let read = |name: &str| bounded(&folder.join(name)).ok();
    trusted(&read("authority.der")?, &read("leaf.der")?, true)
}

/// What a given certificate is; `None`: it cannot be read.
pub fn given_in(certificate: &Path) -> Option<Trusted> {
    let leaf = CertificateDer::from_pem_slice(&bounded(certificate).ok()?).ok()?;
    trusted(&leaf, &leaf, false)
}

/// Why a certificate and a key that were given cannot be used; `None`: they can.
pub fn fault_of_files(certificate: &Path, key: &Path) -> Option<FrontFault> {
    from_files(certificate, key).err()
}

impl Shown {
    fn current(&self) -> Current {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current().certified)
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn current(source: &FrontSource, now: UnixMillis) -> Result<Current, FrontFault> {
    match source {
        FrontSource::Own { folder, names, called } => own::Own { folder, names, called }.current(now),
        FrontSource::Files { certificate, key } => from_files(certificate, key),
    }
}

fn from_files(certificate: &Path, key: &Path) -> Result<Current, FrontFault> {
    let unreadable = |path: &Path, what: String| FrontFault::Unreadable { path: path.to_owned(), what };
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bounded(certificate)?).collect();
    let chain = chain.map_err(|error| unreadable(certificate, error.to_string()))?;
    let leaf = chain.first().ok_or_else(|| unreadable(certificate, "no certificate in it".to_owned()))?;
    let trusted = trusted(leaf, leaf, false).ok_or_else(|| unreadable(certificate, "not a certificate".to_owned()))?;
    let secret = PrivateKeyDer::from_pem_slice(&bounded(key)?).map_err(|error| unreadable(key, error.to_string()))?;
    Ok(Current { certified: certified(chain.clone(), &secret)?, trusted })
}

fn bounded(path: &Path) -> Result<Vec<u8>, FrontFault> {
    use io::Read as _;
    let io = |source| FrontFault::Io { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    std::fs::File::open(path).and_then(|file| file.take(FILE_BYTES_MAX).read_to_end(&mut bytes)).map_err(io)?;
    Ok(bytes)
}

/// Certificate and key as they are shown; refused when they do not belong together.
fn certified(chain: Vec<CertificateDer<'static>>, key: &PrivateKeyDer<'_>) -> Result<Arc<CertifiedKey>, rustls::Error> {
    let certified = CertifiedKey::new(chain, any_supported_type(key)?);
    certified.keys_match()?;
    Ok(Arc::new(certified))
}

/// `authority` is to be trusted, `leaf` says until when; `None`: no certificate.
fn trusted(authority: &[u8], leaf: &[u8], is_own: bool) -> Option<Trusted> {
    let (_, read) = X509Certificate::from_der(leaf).ok()?;
    let hex = HEXUPPER.encode(&Sha256::digest(authority));
    let pairs: Vec<&str> = hex.as_bytes().chunks(2).filter_map(|pair| std::str::from_utf8(pair).ok()).collect();
    let not_after = UnixMillis(read.validity().not_after.timestamp().saturating_mul(1000));
    Some(Trusted { certificate: authority.to_vec(), fingerprint: pairs.join(":"), not_after, is_own })
}

/// A connection to a browser.
#[derive(Debug)]
pub struct FrontStream(TlsStream<TcpStream>);

impl AsyncRead for FrontStream {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for FrontStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests;
