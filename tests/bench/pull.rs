//! How long it takes until a province has a row of every office, each a process of its own: with all of them there, and with a quarter of the
//! townships off.

use std::time::{Duration, Instant};

use dutynet_proto::{
    api::{self, statuses_client::StatusesClient},
    duty,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use super::forest::{Forest, Keyed, TOP};

/// What was measured.
pub struct Pulled {
    pub offices: usize,
    /// Until the complete table, sorted.
    pub whole: Vec<Duration>,
    /// Until the first rows.
    pub first: Vec<Duration>,
    /// The same with a quarter of the townships off.
    pub cut: Vec<Duration>,
    pub cut_off: usize,
    pub resident_kib: u64,
    /// There and back over loopback, 64 bytes, sorted.
    pub loopback: Vec<Duration>,
}

/// Asks so many times each.
pub async fn pull(shape: &[usize], times: usize) -> Pulled {
    let mut forest = Forest::plant(shape).await;
    let (channel, key) = forest.client(TOP).await;
    let mut client = StatusesClient::with_interceptor(channel, key).max_decoding_message_size(32 * 1024 * 1024);
    let offices = forest.len();
    let everybody = |table: &duty::StatusTable| table.rows.len() == offices && table.rows.iter().all(|row| row.why == 0);
    until(&mut client, everybody).await;
    let resident_kib = forest.resident_kib();
    let (mut whole, mut first) = (Vec::new(), Vec::new());
    for _ in 0..times {
        let asked = ask(&mut client).await;
        assert!(everybody(&asked.table), "somebody has not answered");
        whole.push(asked.whole);
        first.push(asked.first);
    }
    let townships = forest.tier(shape.len());
    let off: Vec<_> = townships.iter().step_by(4).cloned().collect();
    for id in &off {
        forest.fell(id).await;
    }
    let marked = |table: &duty::StatusTable| {
        table.rows.len() == offices
            && table.rows.iter().filter(|row| row.why == duty::StatusWhy::LineDown as i32).count() == off.len()
    };
    until(&mut client, marked).await;
    let mut cut = Vec::new();
    for _ in 0..times {
        let asked = ask(&mut client).await;
        assert!(marked(&asked.table), "every office is in the table, those that are off marked");
        cut.push(asked.whole);
    }
    [&mut whole, &mut first, &mut cut].into_iter().for_each(|took| took.sort_unstable());
    Pulled { offices, whole, first, cut, cut_off: off.len(), resident_kib, loopback: loopback().await }
}

struct Asked {
    table: duty::StatusTable,
    whole: Duration,
    first: Duration,
}

async fn ask(client: &mut StatusesClient<Keyed>) -> Asked {
    let begun = Instant::now();
    let request = api::PullStatusRequest { offices: Vec::new(), alone: false, within_ms: 60_000 };
    let mut replies = client.pull(request).await.expect("a question is put").into_inner();
    let mut first = None;
    loop {
        let reply = replies.message().await.expect("an answer").expect("a last message");
        if !reply.rows.is_empty() {
            first.get_or_insert_with(|| begun.elapsed());
        }
        if let Some(table) = reply.complete {
            return Asked { table, whole: begun.elapsed(), first: first.unwrap_or_default() };
        }
    }
}

async fn until(client: &mut StatusesClient<Keyed>, holds: impl Fn(&duty::StatusTable) -> bool) {
    while !holds(&ask(client).await.table) {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// What the machine itself takes for one hop there and back.
async fn loopback() -> Vec<Duration> {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound port");
    tokio::spawn(async move {
        let (mut far, _) = listener.accept().await.expect("a caller");
        far.set_nodelay(true).expect("a socket");
        let mut bytes = [0; 64];
        while far.read_exact(&mut bytes).await.is_ok() && far.write_all(&bytes).await.is_ok() {}
    });
    let mut near = TcpStream::connect(address).await.expect("a connection");
    near.set_nodelay(true).expect("a socket");
    let mut took = Vec::new();
    for _ in 0..500 {
        let begun = Instant::now();
        near.write_all(&[7; 64]).await.expect("a write");
        near.read_exact(&mut [0; 64]).await.expect("an answer");
        took.push(begun.elapsed());
    }
    took.sort_unstable();
    took
}
