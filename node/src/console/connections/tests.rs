//! Browsers that say nothing, read nothing, or speak without TLS.

use std::net::SocketAddr;

use axum::{Extension, routing::get};
use dutynet_relay::{
    clock::{Clock as _, SystemClock},
    tls::front::{FrontSource, FrontTls},
};
use tokio::io::AsyncReadExt as _;

use super::*;

const SHORT: Duration = Duration::from_millis(50);

/// A server of one long page, with limits that end soon.
async fn served(limits: Limits, front: Option<FrontTls>) -> (SocketAddr, watch::Sender<bool>, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let pages = Router::new().route("/", get(|| async { "x".repeat(64 << 20) })).route("/short", get(|| async { "short" }));
    let pages = pages.route("/who", get(|Extension(Peer(who)): Extension<Peer>| async move { who.to_string() }));
    let (stop, stopped) = watch::channel(false);
    (address, stop, tokio::spawn(serve(listener, front, pages, limits, stopped)))
}

async fn everything_from(tcp: &mut TcpStream) -> String {
    let mut all = Vec::new();
    // A connection that is reset has ended too.
    let _ = tcp.read_to_end(&mut all).await;
    String::from_utf8_lossy(&all).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_says_nothing_or_half_a_request_is_let_go() {
    let (address, _stop, _task) = served(Limits { head: SHORT, ..Limits::default() }, None).await;
    for said in ["", "GET / HTTP/1.1\r\nHost:"] {
        let mut tcp = TcpStream::connect(address).await.unwrap();
        tcp.write_all(said.as_bytes()).await.unwrap();
        assert!(!everything_from(&mut tcp).await.contains("200 OK"), "it ends, without a page");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_read_gives_its_place_to_the_next() {
    let (address, _stop, _task) = served(Limits { connections_max: 1, stall: SHORT, ..Limits::default() }, None).await;
    let mut stuck = TcpStream::connect(address).await.unwrap();
    stuck.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut next = TcpStream::connect(address).await.unwrap();
    next.write_all(b"GET /short HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    assert!(everything_from(&mut next).await.ends_with("short"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_tls_nothing_is_served_and_a_handshake_that_stands_still_ends() {
    let folder = tempfile::tempdir().unwrap();
    let source = FrontSource::Own { folder: folder.path().to_owned(), names: vec![], called: "dutynet 440825".into() };
    let front = || Some(FrontTls::open(source.clone(), SystemClock::default().wall()).unwrap());
    let (address, _stop, _task) = served(Limits::default(), front()).await;
    let mut plain = TcpStream::connect(address).await.unwrap();
    plain.write_all(b"GET /short HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let answer = everything_from(&mut plain).await;
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("https://"), "{answer}");
    let (address, _stop, _task) = served(Limits { handshake: SHORT, ..Limits::default() }, front()).await;
    for said in [&b""[..], &[HANDSHAKE, 3, 1][..]] {
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(said).await.unwrap();
        assert_eq!(everything_from(&mut slow).await, "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_finishes_what_was_begun_and_waits_for_nobody_who_is_idle() {
    let (address, stop, task) = served(Limits::default(), None).await;
    let mut idle = TcpStream::connect(address).await.unwrap();
    idle.write_all(b"GET /short HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut head = [0; 12];
    idle.read_exact(&mut head).await.unwrap();
    stop.send_replace(true);
    task.await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_says_from_where_it_comes() {
    let (address, _stop, _task) = served(Limits::default(), None).await;
    let mut tcp = TcpStream::connect(address).await.unwrap();
    tcp.write_all(b"GET /who HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    assert!(everything_from(&mut tcp).await.ends_with("127.0.0.1"));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_browser_that_has_vanished_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let _browser = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (tcp, _place) = next_caller(&listener, &Arc::new(Semaphore::new(1))).await.unwrap();
    let silent = SockRef::from(&tcp).tcp_user_timeout().unwrap();
    assert!(silent.is_some_and(|silent| silent <= Duration::from_secs(40)), "{silent:?}");
}

#[test]
fn whoever_opens_an_address_of_this_machine_on_this_machine_sits_at_it() {
    let (own, other) = (IpAddr::from([10, 44, 8, 25]), IpAddr::from([10, 44, 8, 26]));
    assert!(
        Peer::of(own, own).0.is_loopback() && Peer::of(Ipv4Addr::LOCALHOST.into(), Ipv4Addr::LOCALHOST.into()).0.is_loopback()
    );
    assert_eq!(Peer::of(other, own).0, other);
    let mapped = IpAddr::V6(Ipv4Addr::new(10, 44, 8, 25).to_ipv6_mapped());
    assert!(Peer::of(mapped, own).0.is_loopback());
}
