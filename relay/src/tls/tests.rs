//! Real handshakes on loopback.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use dutynet_proto::link::{
    EnrolReply, EnrolRequest, Frame, RenewReply, RenewRequest,
    link_client::LinkClient,
    link_server::{Link, LinkServer},
};
use futures_util::StreamExt as _;
use rustls::{
    ClientConfig, HandshakeKind, ServerConfig, SignatureScheme,
    client::ResolvesClientCert,
    crypto::ring,
    pki_types::{CertificateDer, ServerName},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
    version::TLS13,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
    time,
};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::{
    accept::{AcceptLimits, Incoming, Neighbour, Until, accept},
    config::{ALPN, AnyProvenKey, HandshakeKey, Tls, TlsError},
    connect::{DialFault, Dialled, Expected, KeepAlive, dial},
    leaf::{LeafFault, LeafSubject, make_leaf},
};
use crate::{
    ids::{OfficeId, UnixMillis, Zone},
    link::standing::{Standing, of_caller},
    record::OfficeKey,
    registry::{Entry, OfficeClass, Registry},
};

const PATIENCE: Duration = Duration::from_secs(10);
const PARENT: u8 = 1;
const CHILD: u8 = 2;
const STRANGER: u8 = 3;

fn key(secret: u8) -> OfficeKey {
    OfficeKey::from_secret(&[secret; 32])
}

fn leaf(secret: u8, signer: u8, not_after: i64) -> Vec<u8> {
    let subject = LeafSubject {
        key: key(secret).public(),
        office: OfficeId::parse(&format!("office-{secret}")).unwrap(),
        zone: Zone::parse("gov-a").unwrap(),
        not_before: UnixMillis(0),
        not_after: UnixMillis(not_after),
    };
    make_leaf(&subject, &key(signer)).unwrap()
}

fn tls(secret: u8) -> Tls {
    Tls::new(key(secret), leaf(secret, PARENT, 4_000_000_000_000)).unwrap()
}

struct Parent {
    incoming: Incoming,
    address: SocketAddr,
    stop: watch::Sender<bool>,
    cut: watch::Sender<bool>,
}

async fn parent_with(limits: AcceptLimits) -> Parent {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let ((stop, stopped), (cut, is_cut)) = (watch::channel(false), watch::channel(false));
    let until = Until { stop: stopped, cut: is_cut };
    Parent { incoming: accept(listener, &tls(PARENT), limits, until), address, stop, cut }
}

async fn parent() -> Parent {
    parent_with(AcceptLimits::default()).await
}

impl Parent {
    async fn next(&mut self) -> super::accept::TlsConn {
        time::timeout(PATIENCE, self.incoming.next()).await.expect("nobody was let in").unwrap().unwrap()
    }

    /// Nobody but a caller that comes after whatever happened before is let in.
    async fn let_nobody_else_in(mut self) {
        let _late = reach(CHILD, self.address).await;
        let conn = self.next().await;
        assert_eq!(conn.neighbour().proven.key, key(CHILD).public());
        let _ = self.stop.send(true);
        assert!(time::timeout(PATIENCE, self.incoming.next()).await.unwrap().is_none());
    }
}

fn pinned(secret: u8) -> Expected {
    Expected::Pinned(key(secret).public().pin())
}

async fn reach(secret: u8, address: SocketAddr) -> Dialled {
    dial(&tls(secret), &[address.to_string()], pinned(PARENT), PATIENCE).await.unwrap()
}

/// A client of TLS 1.3 with parts of its own.
fn odd_client(shows: Option<(u8, u8)>, alpn: &[&[u8]]) -> TlsConnector {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&TLS13])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyProvenKey));
    let mut config = match shows {
        None => builder.with_no_client_auth(),
        Some((leaf_of, signs_with)) => builder.with_client_cert_resolver(Arc::new(Shows { leaf_of, signs_with })),
    };
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    TlsConnector::from(Arc::new(config))
}

/// Shows one office's leaf and signs with another's key.
#[derive(Debug)]
struct Shows {
    leaf_of: u8,
    signs_with: u8,
}

impl Shows {
    fn certified(&self) -> Arc<CertifiedKey> {
        let shown = CertificateDer::from(leaf(self.leaf_of, PARENT, 4_000_000_000_000));
        Arc::new(CertifiedKey::new(vec![shown], Arc::new(HandshakeKey(key(self.signs_with)))))
    }
}

impl ResolvesServerCert for Shows {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.certified())
    }
}

impl ResolvesClientCert for Shows {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(self.certified())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

async fn odd_stream(
    connector: &TlsConnector,
    address: SocketAddr,
) -> std::io::Result<tokio_rustls::client::TlsStream<TcpStream>> {
    let tcp = TcpStream::connect(address).await?;
    connector.connect(ServerName::try_from("any.invalid").unwrap(), tcp).await
}

/// Reads until the other side ends the connection; an error counts as an end. The bytes of HTTP/2 that a live server would send do not come.
async fn is_closed(mut stream: impl tokio::io::AsyncRead + Unpin) -> bool {
    let mut buffer = [0; 64];
    matches!(time::timeout(PATIENCE, stream.read(&mut buffer)).await, Ok(Ok(0) | Err(_)))
}

/// Answers Enrol with the key and the name that the connection proved.
struct Mirror;

#[tonic::async_trait]
impl Link for Mirror {
    type SessionStream = futures_util::stream::Empty<Result<Frame, tonic::Status>>;

    async fn session(
        &self,
        _: tonic::Request<tonic::Streaming<Frame>>,
    ) -> Result<tonic::Response<Self::SessionStream>, tonic::Status> {
        Ok(tonic::Response::new(futures_util::stream::empty()))
    }

    async fn enrol(&self, request: tonic::Request<EnrolRequest>) -> Result<tonic::Response<EnrolReply>, tonic::Status> {
        let neighbour: &Neighbour = request.extensions().get().expect("put there by tonic");
        let certificate = [neighbour.proven.key.as_bytes(), neighbour.proven.office.as_str().as_bytes()].concat();
        Ok(tonic::Response::new(EnrolReply { certificate: certificate.into(), ..EnrolReply::default() }))
    }

    async fn renew(&self, _: tonic::Request<RenewRequest>) -> Result<tonic::Response<RenewReply>, tonic::Status> {
        Ok(tonic::Response::new(RenewReply::default()))
    }
}

#[tokio::test]
async fn both_sides_of_a_tonic_call_know_the_key_of_the_other() {
    let parent = parent().await;
    let server = tonic::transport::Server::builder().add_service(LinkServer::new(Mirror)).serve_with_incoming(parent.incoming);
    let server = tokio::spawn(server);
    let dialled = reach(CHILD, parent.address).await;
    assert_eq!((&dialled.proven.key, dialled.proven.office.as_str()), (&key(PARENT).public(), "office-1"));
    let mut client = LinkClient::new(dialled.channel(KeepAlive::CHILD).await.unwrap());
    let reply = client.enrol(EnrolRequest::default()).await.unwrap().into_inner();
    assert_eq!(reply.certificate, [key(CHILD).public().as_bytes(), &b"office-2"[..]].concat());
    parent.stop.send(true).unwrap();
    drop(client);
    time::timeout(PATIENCE, server).await.expect("the server ends when told to").unwrap().unwrap();
}

#[tokio::test]
async fn a_channel_ends_with_its_connection_and_does_not_dial_by_itself() {
    let mut parent = parent().await;
    let dialled = reach(CHILD, parent.address).await;
    let mut client = LinkClient::new(dialled.channel(KeepAlive::CHILD).await.unwrap());
    drop(parent.next().await);
    assert!(time::timeout(PATIENCE, client.enrol(EnrolRequest::default())).await.unwrap().is_err());
    assert!(time::timeout(PATIENCE, client.enrol(EnrolRequest::default())).await.unwrap().is_err());
    parent.let_nobody_else_in().await;
}

#[tokio::test]
async fn a_connection_that_is_cut_ends_at_once_whatever_the_other_end_does() {
    let mut parent = parent().await;
    let _silent = reach(CHILD, parent.address).await;
    let mut conn = parent.next().await;
    let reading = tokio::spawn(async move { conn.read_u8().await });
    tokio::task::yield_now().await;
    parent.cut.send(true).unwrap();
    let ended = time::timeout(PATIENCE, reading).await.unwrap().unwrap();
    assert_eq!(ended.unwrap_err().kind(), std::io::ErrorKind::ConnectionAborted);
}

#[tokio::test]
async fn another_key_than_the_pinned_one_is_not_the_parent() {
    let parent = parent().await;
    let address = [parent.address.to_string()];
    let fault = dial(&tls(CHILD), &address, pinned(STRANGER), PATIENCE).await.unwrap_err();
    assert_eq!(fault.stranger(), Some(key(PARENT).public().id()));
    let anybody = dial(&tls(CHILD), &address, Expected::AnyKey, PATIENCE).await.unwrap();
    assert_eq!(anybody.proven.key, key(PARENT).public());
}

#[tokio::test]
async fn addresses_are_tried_in_turn_until_the_parent_answers() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let parent = parent().await;
    let addresses = [closed, silent.local_addr().unwrap(), parent.address].map(|address| address.to_string());
    let limit = Duration::from_secs(3);
    let dialled = dial(&tls(CHILD), &addresses, pinned(PARENT), limit).await.unwrap();
    assert_eq!(dialled.address, addresses[2]);
    let fault = dial(&tls(CHILD), &addresses[..2], pinned(PARENT), limit).await.unwrap_err();
    assert!(matches!(fault.0[..], [(_, DialFault::Connect(_)), (_, DialFault::TimedOut(_))]), "{fault}");
    assert!(fault.to_string().contains(&addresses[0]) && fault.to_string().contains(&addresses[1]));
}

#[tokio::test]
async fn an_ended_certificate_gets_through_tls_and_may_then_only_be_renewed() {
    let mut parent = parent().await;
    let ended = Tls::new(key(CHILD), leaf(CHILD, PARENT, 1_000_000)).unwrap();
    let _dialled = dial(&ended, &[parent.address.to_string()], pinned(PARENT), PATIENCE).await.unwrap();
    let conn = parent.next().await;
    let entry = |secret: u8, above: Option<&str>| Entry {
        office: OfficeId::parse(&format!("office-{secret}")).unwrap(),
        name: String::new(),
        area_code: String::new(),
        class: OfficeClass::Other,
        zone: Zone::parse("gov-a").unwrap(),
        parent: above.map(|above| OfficeId::parse(above).unwrap()),
        key: Some(key(secret).public()),
        replaces: None,
        valid_from: UnixMillis(0),
        successor_hash: None,
    };
    let own = OfficeId::parse("office-1").unwrap();
    let registry = Registry::new(own, key(PARENT).public().pin()).with(entry(PARENT, None)).with(entry(CHILD, Some("office-1")));
    let judge = |now| of_caller(&registry, &conn.neighbour().proven, &Zone::parse("gov-a").unwrap(), UnixMillis(now));
    assert_eq!(judge(1_700_000_000_000), Standing::RenewOnly);
    assert_eq!(judge(999_000), Standing::Full);
}

#[tokio::test]
async fn a_leaf_shown_without_its_key_is_refused() {
    let parent = parent().await;
    let thief = odd_client(Some((CHILD, STRANGER)), &[ALPN]);
    // In TLS 1.3 the client is done before the server has looked at its proof.
    if let Ok(stream) = odd_stream(&thief, parent.address).await {
        assert!(is_closed(stream).await);
    }
    parent.let_nobody_else_in().await;
}

#[tokio::test]
async fn an_answer_with_the_parents_leaf_but_not_its_key_is_refused() {
    for (signs_with, is_parent) in [(STRANGER, false), (PARENT, true)] {
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&TLS13])
            .unwrap()
            .with_client_cert_verifier(Arc::new(AnyProvenKey))
            .with_cert_resolver(Arc::new(Shows { leaf_of: PARENT, signs_with }));
        config.alpn_protocols = vec![ALPN.to_vec()];
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = [listener.local_addr().unwrap().to_string()];
        let answering = tokio::spawn(async move {
            let (tcp, _) = listener.accept().await.unwrap();
            TlsAcceptor::from(Arc::new(config)).accept(tcp).await.is_ok()
        });
        let dialled = dial(&tls(CHILD), &address, pinned(PARENT), PATIENCE).await;
        assert_eq!((dialled.is_ok(), answering.await.unwrap()), (is_parent, is_parent));
    }
}

#[tokio::test]
async fn a_caller_without_a_certificate_is_refused() {
    let parent = parent().await;
    if let Ok(stream) = odd_stream(&odd_client(None, &[ALPN]), parent.address).await {
        assert!(is_closed(stream).await);
    }
    parent.let_nobody_else_in().await;
}

#[tokio::test]
async fn a_caller_that_does_not_agree_on_http2_is_refused() {
    let parent = parent().await;
    for alpn in [&[][..], &[&b"http/1.1"[..]]] {
        if let Ok(stream) = odd_stream(&odd_client(Some((STRANGER, STRANGER)), alpn), parent.address).await {
            assert!(is_closed(stream).await);
        }
    }
    parent.let_nobody_else_in().await;
}

/// A ClientHello that offers TLS 1.2 and nothing newer, with suites and groups that such servers know.
fn client_hello_of_tls12() -> Vec<u8> {
    let extensions: &[&[u8]] = &[
        &[0x00, 0x0a, 0x00, 0x04, 0x00, 0x02, 0x00, 0x1d],             // groups: x25519
        &[0x00, 0x0b, 0x00, 0x02, 0x01, 0x00],                         // point formats: uncompressed
        &[0x00, 0x0d, 0x00, 0x06, 0x00, 0x04, 0x08, 0x07, 0x04, 0x03], // signatures: ed25519, ecdsa with sha256
        &[0x00, 0x17, 0x00, 0x00],                                     // extended master secret
    ];
    let extensions = extensions.concat();
    let mut body = vec![0x03, 0x03];
    body.extend([7; 32]);
    body.push(0);
    body.extend([0x00, 0x04, 0xc0, 0x2b, 0xcc, 0xa9]);
    body.extend([0x01, 0x00]);
    body.extend(u16::try_from(extensions.len()).unwrap().to_be_bytes());
    body.extend(extensions);
    let body_len = u16::try_from(body.len()).unwrap();
    let record = [&[0x01, 0x00][..], &body_len.to_be_bytes(), &body].concat();
    [&[0x16, 0x03, 0x01][..], &(body_len + 4).to_be_bytes(), &record].concat()
}

#[tokio::test]
async fn a_caller_with_tls_1_2_is_refused_for_its_version() {
    let parent = parent().await;
    let mut tcp = TcpStream::connect(parent.address).await.unwrap();
    tcp.write_all(&client_hello_of_tls12()).await.unwrap();
    let mut answer = Vec::new();
    time::timeout(PATIENCE, tcp.read_to_end(&mut answer)).await.unwrap().unwrap();
    // A fatal alert "protocol_version" (RFC 8446, 6.2).
    assert_eq!(answer, [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 70]);
    parent.let_nobody_else_in().await;
}

#[tokio::test]
async fn no_connection_is_ever_resumed() {
    let mut parent = parent().await;
    // This client keeps tickets and would use them.
    let client = odd_client(Some((CHILD, CHILD)), &[ALPN]);
    for _ in 0..3 {
        let mut stream = odd_stream(&client, parent.address).await.unwrap();
        let mut conn = parent.next().await;
        conn.write_all(b"x").await.unwrap();
        conn.flush().await.unwrap();
        stream.read_exact(&mut [0]).await.unwrap();
        let (_, session) = stream.get_ref();
        assert_eq!((session.handshake_kind(), session.tls13_tickets_received()), (Some(HandshakeKind::Full), 0));
    }
}

#[tokio::test]
async fn slow_and_silent_callers_hold_up_the_others_for_no_longer_than_the_time_limit() {
    let limit = Duration::from_millis(400);
    let mut parent = parent_with(AcceptLimits { handshakes_max: 2, handshake_timeout: limit, ..AcceptLimits::default() }).await;
    let (started, mut silent) = (Instant::now(), Vec::new());
    for number in 0..2 {
        let mut tcp = TcpStream::connect(parent.address).await.unwrap();
        tcp.write_all(&client_hello_of_tls12()[..number * 20]).await.unwrap();
        silent.push(tcp);
    }
    let _dialled = reach(CHILD, parent.address).await;
    assert!(started.elapsed() >= limit / 2, "the gate was never full");
    assert_eq!(parent.next().await.neighbour().proven.key, key(CHILD).public());
    for tcp in silent {
        assert!(is_closed(tcp).await);
    }
    // Every place is free again: two at once go through.
    let (one, two) = tokio::join!(reach(CHILD, parent.address), reach(STRANGER, parent.address));
    let keys = [parent.next().await, parent.next().await].map(|conn| conn.neighbour().proven.key.id());
    assert!(keys.contains(&key(CHILD).public().id()) && keys.contains(&key(STRANGER).public().id()));
    drop((one, two));
}

#[tokio::test]
async fn a_connection_over_the_limit_waits_until_another_ends() {
    let mut parent = parent_with(AcceptLimits { connections_max: 1, ..AcceptLimits::default() }).await;
    let _first = reach(CHILD, parent.address).await;
    let conn = parent.next().await;
    let address = [parent.address.to_string()];
    let fault = dial(&tls(STRANGER), &address, pinned(PARENT), Duration::from_millis(300)).await.unwrap_err();
    assert!(matches!(fault.0[..], [(_, DialFault::TimedOut(_))]), "{fault}");
    drop(conn);
    let _second = reach(STRANGER, parent.address).await;
}

#[tokio::test]
async fn what_is_no_tls_at_all_is_turned_away() {
    let parent = parent().await;
    let mut tcp = TcpStream::connect(parent.address).await.unwrap();
    tcp.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = time::timeout(PATIENCE, tcp.read_to_end(&mut answer)).await.unwrap();
    parent.let_nobody_else_in().await;
}

#[tokio::test]
async fn a_renewed_leaf_is_shown_from_the_next_handshake_on() {
    let mut parent = parent().await;
    let child = tls(CHILD);
    let address = [parent.address.to_string()];
    let _before = dial(&child, &address, pinned(PARENT), PATIENCE).await.unwrap();
    let before = parent.next().await.neighbour().proven.not_after;
    child.replace(key(CHILD), leaf(CHILD, PARENT, 4_100_000_000_000)).unwrap();
    let _after = dial(&child, &address, pinned(PARENT), PATIENCE).await.unwrap();
    let after = parent.next().await.neighbour().proven.not_after;
    assert_eq!((before, after), (UnixMillis(4_000_000_000_000), UnixMillis(4_100_000_000_000)));
    assert_eq!(child.own().not_after, after);
    let fault = child.replace(key(CHILD), leaf(STRANGER, PARENT, 4_100_000_000_000));
    assert_eq!(fault, Err(LeafFault::OtherKey));
    assert!(matches!(Tls::new(key(CHILD), b"none".to_vec()), Err(TlsError::Leaf(LeafFault::Unreadable))));
}
