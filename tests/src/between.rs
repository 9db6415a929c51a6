//! A go-between on a line: forwards bytes between a fixed port and wherever the parent listens now, until it is cut. While it is cut it
//! drops everything both ways without closing anything, as a line does; when it heals, what was open before breaks.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// See the module.
#[derive(Clone)]
pub struct GoBetween {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    target: Mutex<Option<SocketAddr>>,
    cut: AtomicBool,
    child_muted: AtomicBool,
    parent_muted: AtomicBool,
    heals: watch::Sender<u64>,
    passed: AtomicU64,
    /// What may pass before the line cuts itself.
    passes_until: AtomicU64,
}

/// One end of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Who dials.
    Child,
    /// Who is dialled.
    Parent,
}

impl Shared {
    fn muted(&self, end: End) -> &AtomicBool {
        match end {
            End::Child => &self.child_muted,
            End::Parent => &self.parent_muted,
        }
    }
}

impl GoBetween {
    /// Listens on a port of its own; nothing is forwarded before it is aimed.
    pub async fn reserve() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound port");
        let shared = Arc::new(Shared {
            target: Mutex::new(None),
            cut: AtomicBool::new(false),
            child_muted: AtomicBool::new(false),
            parent_muted: AtomicBool::new(false),
            heals: watch::channel(0).0,
            passed: AtomicU64::new(0),
            passes_until: AtomicU64::new(u64::MAX),
        });
        tokio::spawn(forward_all(listener, shared.clone()));
        Self { address, shared }
    }

    /// What children dial.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Forwards new connections there.
    pub fn aim(&self, target: SocketAddr) {
        *self.shared.target.lock().unwrap_or_else(PoisonError::into_inner) = Some(target);
    }

    /// Drops everything from now on.
    pub fn cut(&self) {
        self.shared.cut.store(true, Ordering::SeqCst);
    }

    /// Cuts itself when so many more bytes have passed, in the middle of whatever passes then; once.
    pub fn cut_after(&self, bytes: u64) {
        self.shared.passes_until.store(self.passed() + bytes, Ordering::SeqCst);
    }

    /// Whether it is cut.
    pub fn is_cut(&self) -> bool {
        self.shared.cut.load(Ordering::SeqCst)
    }

    /// Drops from now on what one end says, and passes what the other says: acknowledgements are lost, and what they are for is not.
    pub fn mute(&self, end: End) {
        self.shared.muted(end).store(true, Ordering::SeqCst);
    }

    /// Forwards again; connections from before break.
    pub fn heal(&self) {
        for drops in [&self.shared.cut, &self.shared.child_muted, &self.shared.parent_muted] {
            drops.store(false, Ordering::SeqCst);
        }
        self.shared.heals.send_modify(|count| *count += 1);
    }

    /// Forwards again, and leaves what was open hanging: nobody tells the parent that its end is a ghost.
    pub fn heal_beside_ghosts(&self) {
        self.shared.cut.store(false, Ordering::SeqCst);
    }

    /// Breaks every open connection, as a router does that is switched off and on.
    pub fn break_off(&self) {
        self.shared.heals.send_modify(|count| *count += 1);
    }

    /// Bytes forwarded so far, both ways.
    pub fn passed(&self) -> u64 {
        self.shared.passed.load(Ordering::Relaxed)
    }
}

async fn forward_all(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((child, _)) = listener.accept().await {
        tokio::spawn(forward(child, shared.clone()));
    }
}

async fn forward(child: TcpStream, shared: Arc<Shared>) {
    let mut heals = shared.heals.subscribe();
    heals.mark_unchanged();
    let target = *shared.target.lock().unwrap_or_else(PoisonError::into_inner);
    if shared.cut.load(Ordering::SeqCst) {
        // As a line does: nobody answers, until the line is back and this attempt is long dead.
        let _ = heals.changed().await;
        return;
    }
    let Some(Ok(parent)) = (match target {
        Some(target) => Some(TcpStream::connect(target).await),
        None => None,
    }) else {
        return;
    };
    let _ = (child.set_nodelay(true), parent.set_nodelay(true));
    let (child_read, child_write) = child.into_split();
    let (parent_read, parent_write) = parent.into_split();
    tokio::select! {
        () = pump(child_read, parent_write, (End::Child, &shared)) => {}
        () = pump(parent_read, child_write, (End::Parent, &shared)) => {}
        _ = heals.changed() => {}
    }
}

async fn pump(mut from: tokio::net::tcp::OwnedReadHalf, mut to: tokio::net::tcp::OwnedWriteHalf, (says, shared): (End, &Shared)) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        if shared.passed.load(Ordering::Relaxed) + count as u64 > shared.passes_until.load(Ordering::SeqCst) {
            shared.passes_until.store(u64::MAX, Ordering::SeqCst);
            shared.cut.store(true, Ordering::SeqCst);
        }
        if shared.cut.load(Ordering::SeqCst) || shared.muted(says).load(Ordering::SeqCst) {
            continue;
        }
        shared.passed.fetch_add(count as u64, Ordering::Relaxed);
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
    if shared.cut.load(Ordering::SeqCst) {
        // An end that came while the line was cut is not heard on the other side.
        std::future::pending::<()>().await;
    }
}
