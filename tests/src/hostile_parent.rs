//! A parent that keeps to no rule: it holds an office's real key and certificate, lets its child in, and then says whatever a story wants.

use std::{net::SocketAddr, path::Path, pin::Pin, time::Duration};

use dutynet_proto::link::{
    self as wire,
    frame::Of,
    link_server::{Link, LinkServer},
};
use dutynet_relay::{
    folder::DataFolder,
    ids::Epoch,
    link::{
        convert::{self, Packing},
        frame::Frame,
    },
    random,
    tls::{
        accept::{AcceptLimits, Until, accept},
        config::Tls,
    },
};
use tokio::{
    net::TcpListener,
    sync::{mpsc, watch},
    task::JoinHandle,
};
use tokio_stream::{Stream, StreamExt as _, wrappers::UnboundedReceiverStream};
use tonic::{Request, Response, Status, Streaming};

use crate::hostile::{Claims, hello};

/// See the module. Gone when it is dropped.
pub struct HostileParent {
    /// Where it listens.
    pub address: SocketAddr,
    sessions: mpsc::UnboundedReceiver<Session>,
    server: JoinHandle<()>,
    _open: watch::Sender<bool>,
}

/// One child that has come.
pub struct Session {
    inbound: Streaming<wire::Frame>,
    outbound: mpsc::UnboundedSender<wire::Frame>,
}

struct Service(mpsc::UnboundedSender<Session>);

type Frames = Pin<Box<dyn Stream<Item = Result<wire::Frame, Status>> + Send>>;

#[tonic::async_trait]
impl Link for Service {
    type SessionStream = Frames;

    async fn session(&self, request: Request<Streaming<wire::Frame>>) -> Result<Response<Frames>, Status> {
        let (outbound, frames) = mpsc::unbounded_channel();
        // Nobody waits for a child any more: then it hears nothing.
        let _ = self.0.send(Session { inbound: request.into_inner(), outbound });
        Ok(Response::new(Box::pin(UnboundedReceiverStream::new(frames).map(Ok))))
    }

    async fn enrol(&self, _: Request<wire::EnrolRequest>) -> Result<Response<wire::EnrolReply>, Status> {
        Err(Status::permission_denied("it takes nobody in"))
    }

    async fn renew(&self, _: Request<wire::RenewRequest>) -> Result<Response<wire::RenewReply>, Status> {
        Err(Status::permission_denied("it takes nobody in"))
    }
}

impl HostileParent {
    /// Listens as the office of a folder in which nobody works.
    pub async fn listen(folder: &Path) -> Self {
        let data = DataFolder::at(folder);
        let key = data.key().expect("an office has a key");
        let tls = Tls::new(key, data.read_leaf().expect("a leaf")).expect("a leaf that fits");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound port");
        let (open, cut) = watch::channel(false);
        let incoming = accept(listener, &tls, AcceptLimits::default(), Until { stop: cut.clone(), cut });
        let (come, sessions) = mpsc::unbounded_channel();
        let serving =
            tonic::transport::Server::builder().add_service(LinkServer::new(Service(come))).serve_with_incoming(incoming);
        let server = tokio::spawn(async move { serving.await.expect("a server") });
        Self { address, sessions, server, _open: open }
    }

    /// Waits for a child, and lets it in with the words of what this side claims to know.
    pub async fn meet(&mut self, claims: &Claims, features: &[&str]) -> Session {
        let mut session = self.sessions.recv().await.expect("a child comes");
        while !matches!(session.hear().await, Some(Of::Hello(_))) {}
        let epoch = Epoch(random::bytes().expect("randomness"));
        let hello = Frame::Hello(Box::new(hello(claims, epoch, features)));
        session.outbound.send(convert::to_wire(&hello, Packing::Plain)).expect("an open stream");
        session
    }
}

impl Drop for HostileParent {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Session {
    /// The next frame; `None`: the child has ended it.
    pub async fn hear(&mut self) -> Option<Of> {
        let next = tokio::time::timeout(Duration::from_secs(60), self.inbound.message()).await;
        next.expect("a word within a minute").ok()??.of
    }

    /// Says anything that the wire has a word for.
    pub fn say(&self, of: Of) {
        // A stream that has ended is found by listening.
        let _ = self.outbound.send(wire::Frame { of: Some(of) });
    }
}
