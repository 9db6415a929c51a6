//! The child's end: dials one of its parent's addresses, proves who it is, sees who answers, and makes a tonic channel of it.
//!
//! A channel is one connection. When that ends the channel is of no more use: dialling again, and when, is the link's decision, not tonic's.

use std::{io, sync::Arc, time::Duration};

use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::{net::TcpStream, sync::Mutex, time};
use tokio_rustls::{TlsConnector, client::TlsStream};
use tonic::transport::{Channel, Endpoint};

use super::{
    config::{ALPN, Tls},
    leaf::{LeafFault, Proven},
};
use crate::ids::{Digest, KeyId};

/// Host names mean nothing between neighbours, but HTTP wants one.
const NOMINAL_HOST: &str = "parent.dutynet.invalid";
/// The same as an address.
const NOMINAL_URI: &str = "http://parent.dutynet.invalid";

/// Who must answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// The holder of the key with this [`pin`](crate::record::PublicKey::pin).
    Pinned(Digest),
    /// Any proven key. For a parent whose machine was replaced: it may show registry entries and nothing else until they have proved it.
    AnyKey,
}

/// Why nobody suitable was reached: each address with its reason, in the order tried.
#[derive(Debug, thiserror::Error)]
#[error("{}", sentence(.0))]
pub struct DialError(pub Vec<(String, DialFault)>);

/// Why one address was of no use.
#[derive(Debug, thiserror::Error)]
pub enum DialFault {
    /// No connection, or no finished handshake, in time.
    #[error("no answer within {} s", .0.as_secs_f32())]
    TimedOut(Duration),
    /// No connection.
    #[error("cannot connect: {0}")]
    Connect(#[source] io::Error),
    /// TLS was refused, by either side.
    #[error("no secure connection: {0}")]
    Handshake(#[source] io::Error),
    /// HTTP/2 was not agreed.
    #[error("it does not speak this protocol")]
    Protocol,
    /// The certificate that answered says nothing.
    #[error("its certificate is of no use: {0}")]
    Leaf(#[from] LeafFault),
    /// Somebody else answered.
    #[error("another office or machine answers there: {} with key {}", found.office, found.key.id())]
    WrongKey {
        /// Who did.
        found: Box<Proven>,
    },
}

impl DialError {
    /// Key of a machine that answered in place of the expected one.
    pub fn stranger(&self) -> Option<KeyId> {
        self.0.iter().find_map(|(_, fault)| match fault {
            DialFault::WrongKey { found } => Some(found.key.id()),
            DialFault::TimedOut(_)
            | DialFault::Connect(_)
            | DialFault::Handshake(_)
            | DialFault::Protocol
            | DialFault::Leaf(_) => None,
        })
    }
}

/// Keep-alive of an idle connection.
#[derive(Debug, Clone, Copy)]
pub struct KeepAlive {
    /// Between two PINGs.
    pub interval: Duration,
    /// Longest wait for the answer.
    pub timeout: Duration,
}

impl KeepAlive {
    /// What a child asks of its parent.
    pub const CHILD: Self = Self { interval: Duration::from_secs(20), timeout: Duration::from_secs(10) };
    /// What a parent asks of its children.
    pub const PARENT: Self = Self { interval: Duration::from_secs(30), timeout: Duration::from_secs(20) };
}

/// A connection to the parent, with who was proven at its other end.
#[derive(Debug)]
pub struct Dialled {
    /// Who answered.
    pub proven: Proven,
    /// Address that worked.
    pub address: String,
    stream: TlsStream<TcpStream>,
}

/// Tries each address (`host:port`) in turn, at most `timeout` long, until the expected key answers.
pub async fn dial(tls: &Tls, addresses: &[String], expected: Expected, timeout: Duration) -> Result<Dialled, DialError> {
    let mut faults = Vec::new();
    for address in addresses {
        let tried = time::timeout(timeout, dial_one(tls, address, expected)).await;
        match tried.unwrap_or(Err(DialFault::TimedOut(timeout))) {
            Ok(dialled) => return Ok(dialled),
            Err(fault) => faults.push((address.clone(), fault)),
        }
    }
    Err(DialError(faults))
}

async fn dial_one(tls: &Tls, address: &str, expected: Expected) -> Result<Dialled, DialFault> {
    let tcp = TcpStream::connect(address).await.map_err(DialFault::Connect)?;
    tcp.set_nodelay(true).map_err(DialFault::Connect)?;
    let name = ServerName::try_from(NOMINAL_HOST).map_err(|fault| DialFault::Handshake(io::Error::other(fault)))?;
    let connector = TlsConnector::from(Arc::clone(&tls.client));
    let stream = connector.connect(name, tcp).await.map_err(DialFault::Handshake)?;
    let (_, session) = stream.get_ref();
    if session.alpn_protocol() != Some(ALPN) {
        return Err(DialFault::Protocol);
    }
    let leaf = session.peer_certificates().and_then(<[_]>::first).ok_or(LeafFault::Unreadable)?;
    let proven = Proven::read(leaf)?;
    let wanted = match expected {
        Expected::Pinned(pin) => proven.key.pin() == pin,
        Expected::AnyKey => true,
    };
    if !wanted {
        return Err(DialFault::WrongKey { found: Box::new(proven) });
    }
    Ok(Dialled { proven, address: address.to_owned(), stream })
}

impl Dialled {
    /// A tonic channel over this one connection.
    pub async fn channel(self, keep_alive: KeepAlive) -> Result<Channel, tonic::transport::Error> {
        let endpoint = Endpoint::from_static(NOMINAL_URI)
            .http2_keep_alive_interval(keep_alive.interval)
            .keep_alive_timeout(keep_alive.timeout)
            .keep_alive_while_idle(true);
        let once = Arc::new(Mutex::new(Some(TokioIo::new(self.stream))));
        let connector = tower::service_fn(move |_| {
            let once = Arc::clone(&once);
            async move { once.lock().await.take().ok_or_else(|| io::Error::other("the connection has ended")) }
        });
        endpoint.connect_with_connector(connector).await
    }
}

fn sentence(faults: &[(String, DialFault)]) -> String {
    let each: Vec<String> = faults.iter().map(|(address, fault)| format!("{address}: {fault}")).collect();
    if each.is_empty() { "no address to dial".to_owned() } else { each.join("; ") }
}
