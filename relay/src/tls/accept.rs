//! The parent's end: from a listening socket to proven connections, as a stream that tonic serves.
//!
//! A bounded number of handshakes is under way at once, each with a time limit, so that callers who say nothing, or a county that comes back
//! with all its children at once, hold up the rest for that long at most. A bounded number of connections is open at once; further callers
//! wait in the machine's queue. An accept that fails (too many open files) waits, it does not spin.

use std::{
    convert::Infallible,
    fmt, io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures_util::Stream;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch},
    task::JoinSet,
    time,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tonic::transport::server::Connected;

use super::{
    config::{ALPN, Tls},
    leaf::{LeafFault, Proven},
};

/// After an accept that failed.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);
/// Finished connections that wait for tonic.
const READY_MAX: usize = 64;

/// Bounds of the accept loop.
#[derive(Debug, Clone, Copy)]
pub struct AcceptLimits {
    /// Handshakes under way at once.
    pub handshakes_max: usize,
    /// Connections open at once, those in their handshake included.
    pub connections_max: usize,
    /// Longest handshake.
    pub handshake_timeout: Duration,
}

impl Default for AcceptLimits {
    fn default() -> Self {
        Self { handshakes_max: 64, connections_max: 4096, handshake_timeout: Duration::from_secs(10) }
    }
}

/// Who is at the other end of a connection; in the extensions of each of its requests: `request.extensions().get::<Neighbour>()`.
#[derive(Debug, Clone)]
pub struct Neighbour {
    /// What the handshake proved.
    pub proven: Proven,
    /// Where the connection comes from.
    pub address: SocketAddr,
}

/// How long callers are taken and kept.
#[derive(Debug, Clone)]
pub struct Until {
    /// No more are accepted once it turns true. Connections that were handed out live on.
    pub stop: watch::Receiver<bool>,
    /// Those break once it turns true, or once nobody is left who could say so: also when the other end is silent, and would be waited for.
    pub cut: watch::Receiver<bool>,
}

/// Accepts until it is to stop, or until nobody takes the connections any more.
pub fn accept(listener: TcpListener, tls: &Tls, limits: AcceptLimits, until: Until) -> Incoming {
    let (sender, ready) = mpsc::channel(READY_MAX);
    let gates = Gates {
        handshakes: Arc::new(Semaphore::new(limits.handshakes_max)),
        connections: Arc::new(Semaphore::new(limits.connections_max)),
    };
    let acceptor = TlsAcceptor::from(Arc::clone(&tls.server));
    let door = Door { acceptor, timeout: limits.handshake_timeout, ready: sender, cut: until.cut };
    tokio::spawn(keep_accepting(listener, door, gates, until.stop));
    Incoming { ready }
}

/// The stream of proven connections.
#[derive(Debug)]
pub struct Incoming {
    ready: mpsc::Receiver<TlsConn>,
}

impl Stream for Incoming {
    type Item = Result<TlsConn, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.ready.poll_recv(context).map(|next| next.map(Ok))
    }
}

struct Gates {
    handshakes: Arc<Semaphore>,
    connections: Arc<Semaphore>,
}

/// Held by a handshake; the second half goes on with the connection.
struct Places {
    handshake: OwnedSemaphorePermit,
    connection: OwnedSemaphorePermit,
}

impl Gates {
    /// Waits for room. `None` never comes: the semaphores are never closed.
    async fn places(&self) -> Option<Places> {
        let connection = Arc::clone(&self.connections).acquire_owned().await.ok()?;
        let handshake = Arc::clone(&self.handshakes).acquire_owned().await.ok()?;
        Some(Places { handshake, connection })
    }
}

#[derive(Clone)]
struct Door {
    acceptor: TlsAcceptor,
    timeout: Duration,
    ready: mpsc::Sender<TlsConn>,
    cut: watch::Receiver<bool>,
}

async fn keep_accepting(listener: TcpListener, door: Door, gates: Gates, mut stop: watch::Receiver<bool>) {
    let mut handshakes = JoinSet::new();
    let mut failing = false;
    loop {
        let (accepted, places) = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = door.ready.closed() => return,
            next = next_caller(&listener, &gates) => next,
        };
        while handshakes.try_join_next().is_some() {}
        match accepted {
            Ok((tcp, address)) => {
                failing = false;
                handshakes.spawn(door.clone().let_in(tcp, address, places));
            }
            Err(fault) => {
                if !std::mem::replace(&mut failing, true) {
                    tracing::warn!(%fault, "connections cannot be accepted for now");
                }
                drop(places);
                time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn next_caller(listener: &TcpListener, gates: &Gates) -> (io::Result<(TcpStream, SocketAddr)>, Option<Places>) {
    let places = gates.places().await;
    (listener.accept().await, places)
}

/// Why a caller was not let in.
#[derive(Debug, thiserror::Error)]
enum Turned {
    #[error("the handshake took too long")]
    TooSlow,
    #[error("the handshake failed: {0}")]
    Tls(#[from] io::Error),
    #[error("no HTTP/2 was agreed")]
    Protocol,
    #[error("the certificate is of no use: {0}")]
    Leaf(#[from] LeafFault),
}

impl Door {
    async fn let_in(self, tcp: TcpStream, address: SocketAddr, places: Option<Places>) {
        let Some(Places { handshake, connection }) = places else { return };
        let finished = match time::timeout(self.timeout, self.shake_hands(tcp)).await {
            Ok(finished) => finished,
            Err(_) => Err(Turned::TooSlow),
        };
        drop(handshake);
        match finished {
            Ok((stream, proven)) => {
                let neighbour = Neighbour { proven, address };
                let conn = TlsConn { stream, neighbour, cut: Cut::when(self.cut), _place: connection };
                // Nobody takes it any more: it closes here.
                let _ = self.ready.send(conn).await;
            }
            Err(reason) => tracing::debug!(%address, %reason, "caller turned away"),
        }
    }

    async fn shake_hands(&self, tcp: TcpStream) -> Result<(TlsStream<TcpStream>, Proven), Turned> {
        tcp.set_nodelay(true)?;
        let stream = self.acceptor.accept(tcp).await?;
        let (_, session) = stream.get_ref();
        if session.alpn_protocol() != Some(ALPN) {
            return Err(Turned::Protocol);
        }
        let leaf = session.peer_certificates().and_then(<[_]>::first).ok_or(LeafFault::Unreadable)?;
        let proven = Proven::read(leaf)?;
        Ok((stream, proven))
    }
}

/// One connection from a neighbour whose key is proven.
#[derive(Debug)]
pub struct TlsConn {
    stream: TlsStream<TcpStream>,
    neighbour: Neighbour,
    cut: Cut,
    _place: OwnedSemaphorePermit,
}

/// Breaks a connection from this side, at whatever it waits for.
struct Cut(Option<Pin<Box<dyn Future<Output = ()> + Send + Sync>>>);

impl Cut {
    fn when(mut cut: watch::Receiver<bool>) -> Self {
        // Whoever could have said so is gone: the same.
        Self(Some(Box::pin(async move { drop(cut.wait_for(|cut| *cut).await) })))
    }

    fn check(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        if self.0.as_mut().is_some_and(|waiting| waiting.as_mut().poll(context).is_ready()) {
            self.0 = None;
        }
        if self.0.is_some() { Ok(()) } else { Err(io::ErrorKind::ConnectionAborted.into()) }
    }
}

impl fmt::Debug for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "whole" } else { "cut" })
    }
}

impl TlsConn {
    /// Who is at the other end.
    pub fn neighbour(&self) -> &Neighbour {
        &self.neighbour
    }
}

impl Connected for TlsConn {
    type ConnectInfo = Neighbour;

    fn connect_info(&self) -> Neighbour {
        self.neighbour.clone()
    }
}

impl AsyncRead for TlsConn {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.cut.check(context)?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for TlsConn {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.cut.check(context)?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.cut.check(context)?;
        Pin::new(&mut self.stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.cut.check(context)?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.cut.check(context)?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
