//! Connections of browsers: taken, made secure where that is wanted, served, and never held for ever by whoever says or reads nothing.
//!
//! A bounded number is open at once; further ones wait in the machine's queue. Beyond loopback nothing is served without TLS: whoever
//! speaks plain HTTP there is told so in one sentence. A connection whose other side has vanished breaks, so that nobody is taken for a
//! listener who is none. Each request says who asks ([`Peer`]).

use std::{
    io,
    net::{IpAddr, Ipv4Addr},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::{Router, extract::Request};
use dutynet_relay::tls::front::FrontTls;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto::Builder,
        graceful::{GracefulShutdown, Watcher},
    },
    service::TowerToHyperService,
};
#[cfg(target_os = "linux")]
use socket2::SockRef;
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
    time::{Sleep, sleep, timeout},
};

use tower::ServiceExt as _;

use crate::text::trust;

/// After an accept that failed.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);
/// Longest that a browser may leave what was sent to it unanswered by its machine. What stands open is told the time more often than that.
#[cfg(target_os = "linux")]
const SILENT_MAX: Duration = Duration::from_secs(35);
/// First byte of a TLS handshake.
const HANDSHAKE: u8 = 0x16;

/// Bounds of what browsers may hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Connections open at once.
    pub(super) connections_max: usize,
    /// Longest handshake.
    pub(super) handshake: Duration,
    /// Until the head of a request is there, and longest quiet between two requests.
    pub(super) head: Duration,
    /// Longest wait for the other side to take what is written.
    pub(super) stall: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { connections_max: 512, handshake: seconds(10), head: seconds(30), stall: seconds(60) }
    }
}

/// Whose connection a request came by; in its extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Peer(pub(super) IpAddr);

impl Peer {
    /// Whoever opens the console by an address of this machine from this machine sits at it.
    fn of(peer: IpAddr, own: IpAddr) -> Self {
        let (peer, own) = (peer.to_canonical(), own.to_canonical());
        Self(if peer == own { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { peer })
    }
}

/// What each connection is served with.
#[derive(Clone)]
struct Door {
    front: Option<FrontTls>,
    pages: Router,
    limits: Limits,
}

/// Serves until it is told to stop; requests that were begun are finished.
pub(super) async fn serve(
    listener: TcpListener,
    front: Option<FrontTls>,
    pages: Router,
    limits: Limits,
    mut stop: watch::Receiver<bool>,
) {
    let places = Arc::new(Semaphore::new(limits.connections_max));
    let (graceful, mut open, mut failing) = (GracefulShutdown::new(), JoinSet::new(), false);
    let door = Door { front, pages, limits };
    loop {
        let next = tokio::select! {
            // A sender that is gone wants the end too.
            _ = stop.wait_for(|stop| *stop) => break,
            next = next_caller(&listener, &places) => next,
        };
        while open.try_join_next().is_some() {}
        match next {
            Ok((tcp, place)) => {
                failing = false;
                open.spawn(door.clone().let_in(tcp, place, graceful.watcher()));
            }
            Err(fault) => {
                if !std::mem::replace(&mut failing, true) {
                    tracing::warn!(%fault, "the console cannot accept connections for now");
                }
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    graceful.shutdown().await;
}

async fn next_caller(listener: &TcpListener, places: &Arc<Semaphore>) -> io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.map_err(io::Error::other)?;
    let (tcp, _) = listener.accept().await?;
    // One that is broken already says so itself.
    let _ = give_up_when_silent(&tcp);
    Ok((tcp, place))
}

/// A browser that has vanished (power, cable, Wi-Fi) answers nothing that is sent to it: the connection breaks then, and nobody listens there
/// any more. Whoever only has nothing to say is not meant.
#[cfg(target_os = "linux")]
fn give_up_when_silent(tcp: &TcpStream) -> io::Result<()> {
    SockRef::from(tcp).set_tcp_user_timeout(Some(SILENT_MAX))
}

/// Other systems do so after a while of their own.
#[cfg(not(target_os = "linux"))]
fn give_up_when_silent(_: &TcpStream) -> io::Result<()> {
    Ok(())
}

impl Door {
    async fn let_in(self, tcp: TcpStream, place: OwnedSemaphorePermit, watcher: Watcher) {
        // What goes wrong with a browser's connection is the browser's to show.
        let _: io::Result<()> = self.served(tcp, watcher).await;
        drop(place);
    }

    async fn served(self, tcp: TcpStream, watcher: Watcher) -> io::Result<()> {
        let peer = Peer::of(tcp.peer_addr()?.ip(), tcp.local_addr()?.ip());
        let Some(front) = self.front.clone() else { return self.pages(tcp, peer, watcher).await };
        match timeout(self.limits.handshake, secured(&front, tcp)).await {
            Ok(Ok(Some(stream))) => self.pages(stream, peer, watcher).await,
            Ok(Ok(None)) => Ok(()),
            Ok(Err(fault)) => Err(fault),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    async fn pages(
        self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        peer: Peer,
        watcher: Watcher,
    ) -> io::Result<()> {
        let pages = self.pages.map_request(move |mut request: Request<_>| {
            request.extensions_mut().insert(peer);
            request
        });
        let mut http = Builder::new(TokioExecutor::new()).http1_only();
        http.http1().timer(TokioTimer::new()).header_read_timeout(self.limits.head);
        let stream = TokioIo::new(Stalls { stream, stall: self.limits.stall, waiting: None });
        let connection = http.serve_connection(stream, TowerToHyperService::new(pages)).into_owned();
        watcher.watch(connection).await.map_err(io::Error::other)
    }
}

/// A secure connection; `None`: it was a plain one, and was told so.
async fn secured(front: &FrontTls, mut tcp: TcpStream) -> io::Result<Option<dutynet_relay::tls::front::FrontStream>> {
    let mut first = [0];
    if tcp.peek(&mut first).await? == 0 {
        return Ok(None);
    }
    if first == [HANDSHAKE] {
        return front.shake_hands(tcp).await.map(Some);
    }
    let said = trust::PLAIN_HTTP;
    let answer = format!(
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{said}",
        said.len()
    );
    tcp.write_all(answer.as_bytes()).await?;
    tcp.shutdown().await?;
    Ok(None)
}

/// A connection that breaks when the other side takes nothing of what is written for too long.
struct Stalls<S> {
    stream: S,
    stall: Duration,
    waiting: Option<Pin<Box<Sleep>>>,
}

impl<S: AsyncWrite + Unpin> Stalls<S> {
    /// What a write came to, or its end when it has waited for too long.
    fn judged<T>(&mut self, written: Poll<io::Result<T>>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.waiting = None;
            return written;
        }
        let stall = self.stall;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(stall)));
        if waiting.as_mut().poll(context).is_ready() { Poll::Ready(Err(io::ErrorKind::TimedOut.into())) } else { written }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Stalls<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Stalls<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.judged(written, context)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let written = Pin::new(&mut self.stream).poll_flush(context);
        self.judged(written, context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let written = Pin::new(&mut self.stream).poll_shutdown(context);
        self.judged(written, context)
    }
}

#[cfg(test)]
mod tests;
