//! A go-between stands on one line: the child dials it, it dials the parent, and it passes bytes on until a person cuts the line.
//!
//! A cut line is silent, as when a cable is dug up: nothing is closed, nothing is refused, no byte passes either way, and who dials gets
//! no answer. After healing, what was under way goes on, as TCP's own retransmission would have it. It holds a port that stays the same
//! while the parent's may change each time that it starts.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};

/// After an accept or a connection that failed.
const PAUSE: Duration = Duration::from_millis(50);

/// Whether bytes pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// They do.
    Passing,
    /// None does.
    Cut,
}

/// Where the parent listens now; `None`: it is off.
pub type Target = Arc<dyn Fn() -> Option<SocketAddr> + Send + Sync>;

/// One line's go-between. Ends when dropped, with every connection through it.
#[derive(Debug)]
pub struct GoBetween {
    address: SocketAddr,
    line: watch::Sender<Line>,
    work: tokio::task::JoinHandle<()>,
}

impl GoBetween {
    /// Begins to listen on a free port of this machine.
    pub async fn start(target: Target) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let (line, state) = watch::channel(Line::Passing);
        let work = tokio::spawn(serve(listener, target, state));
        Ok(Self { address, line, work })
    }

    /// Where the child dials.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether bytes pass.
    pub fn line(&self) -> Line {
        *self.line.borrow()
    }

    /// Cuts or heals the line.
    pub fn set(&self, line: Line) {
        self.line.send_replace(line);
    }
}

impl Drop for GoBetween {
    fn drop(&mut self) {
        self.work.abort();
    }
}

/// Whoever dials while the line is cut waits in the machine's queue.
async fn serve(listener: TcpListener, target: Target, mut line: watch::Receiver<Line>) {
    let mut connections = JoinSet::new();
    while passing(&mut line).await {
        let caller = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = line.changed() => continue,
        };
        match caller {
            Ok((child, _)) => {
                connections.spawn(carry(child, target.clone(), line.clone()));
            }
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
        while connections.try_join_next().is_some() {}
    }
}

/// Carries one connection until either side closes it. A parent that is off closes it at once, as its machine would.
async fn carry(child: TcpStream, target: Target, line: watch::Receiver<Line>) {
    let Some(address) = target() else { return };
    let Ok(parent) = TcpStream::connect(address).await else { return };
    let nodelay = child.set_nodelay(true).and_then(|()| parent.set_nodelay(true));
    if nodelay.is_err() {
        return;
    }
    let (from_child, to_child) = child.into_split();
    let (from_parent, to_parent) = parent.into_split();
    tokio::join!(pump(from_child, to_parent, line.clone()), pump(from_parent, to_child, line));
}

/// Passes bytes one way while the line passes.
async fn pump(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, mut line: watch::Receiver<Line>) {
    let mut buffer = vec![0; 16 * 1024];
    while passing(&mut line).await {
        let read = tokio::select! {
            read = from.read(&mut buffer) => read,
            _ = line.changed() => continue,
        };
        let Ok(taken @ 1..) = read else { break };
        // What was read when the line was cut had already passed the cut, or had not: either is what a cable does.
        if !passing(&mut line).await || to.write_all(&buffer[..taken]).await.is_err() {
            break;
        }
    }
    let _ = to.shutdown().await;
}

/// Waits until bytes pass; false when the go-between is gone.
async fn passing(line: &mut watch::Receiver<Line>) -> bool {
    line.wait_for(|line| *line == Line::Passing).await.is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ends() -> (GoBetween, TcpStream, TcpStream) {
        let parent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = parent.local_addr().unwrap();
        let between = GoBetween::start(Arc::new(move || Some(at))).await.unwrap();
        let child = TcpStream::connect(between.address()).await.unwrap();
        let (parent, _) = parent.accept().await.unwrap();
        (between, child, parent)
    }

    async fn arrives(end: &mut TcpStream) -> Option<u8> {
        tokio::time::timeout(Duration::from_millis(100), end.read_u8()).await.ok().map(Result::unwrap)
    }

    #[tokio::test]
    async fn a_cut_line_is_silent_both_ways_and_goes_on_when_healed() {
        let (between, mut child, mut parent) = ends().await;
        child.write_u8(1).await.unwrap();
        assert_eq!(parent.read_u8().await.unwrap(), 1);
        between.set(Line::Cut);
        child.write_u8(2).await.unwrap();
        parent.write_u8(3).await.unwrap();
        assert_eq!((arrives(&mut parent).await, arrives(&mut child).await), (None, None));
        between.set(Line::Passing);
        assert_eq!((parent.read_u8().await.unwrap(), child.read_u8().await.unwrap()), (2, 3));
    }

    #[tokio::test]
    async fn an_end_that_closes_is_seen_by_the_other_only_when_the_line_passes() {
        let (between, child, mut parent) = ends().await;
        between.set(Line::Cut);
        drop(child);
        assert_eq!(arrives(&mut parent).await, None);
        between.set(Line::Passing);
        assert!(parent.read_u8().await.is_err());
    }

    #[tokio::test]
    async fn a_parent_that_is_off_closes_the_line_at_once() {
        let between = GoBetween::start(Arc::new(|| None)).await.unwrap();
        let mut child = TcpStream::connect(between.address()).await.unwrap();
        assert!(child.read_u8().await.is_err());
    }
}
