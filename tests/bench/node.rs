//! One node of the measured tower, as a process of its own: this program, started again with a role in its environment. It says on its
//! standard output what it does, one line a fact, and ends when its standard input does.

use std::{
    io::Write as _,
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use dutynet_relay::{
    clock::SystemClock,
    ids::{Lane, OfficeId, RecordId, UnixMillis},
    journal::Cursor,
    random,
    record::{Audience, Mode},
    relay::{Made, Relay, RelayConfig, SubmitError},
    writer::intent::Draft,
};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    net::TcpListener,
    task::JoinSet,
};

/// Submissions under way at once.
const OUTSTANDING: usize = 256;
const KIND: &str = "bench.note/1";

/// What this process is.
pub struct Role {
    folder: PathBuf,
    listen: String,
}

impl Role {
    /// From what [`super::tower`] has set.
    pub fn from_environment() -> Option<Self> {
        let folder = std::env::var_os("DUTYNET_BENCH_FOLDER")?.into();
        Some(Self { folder, listen: std::env::var("DUTYNET_BENCH_LISTEN").unwrap_or_default() })
    }
}

/// Runs until standard input ends. Commands: `stream N`, `lone N`, `expect N`, `facts`.
pub async fn run(role: Role) -> ExitCode {
    let relay = Relay::open(RelayConfig::new(role.folder), Arc::new(SystemClock::default())).expect("a store opens");
    let listener = TcpListener::bind(&role.listen).await.expect("the port that was promised");
    let running = relay.clone();
    let task = tokio::spawn(async move { running.run(Some(listener)).await });
    say("serving");
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let (command, count) = line.split_once(' ').unwrap_or((&line, "0"));
        let count: u64 = count.parse().expect("a number");
        match command {
            "linked" => linked(&relay).await,
            "stream" => stream(&relay, count).await,
            "lone" => lone(&relay, count).await,
            "expect" => {
                let relay = relay.clone();
                tokio::spawn(async move { expect(&relay, count).await });
            }
            "facts" => facts(&relay),
            other => panic!("unknown command {other}"),
        }
    }
    relay.stop();
    let _ = task.await;
    ExitCode::SUCCESS
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).expect("somebody listens");
}

fn now_us() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970").as_micros()
}

async fn linked(relay: &Relay) {
    while !relay.links().iter().all(|link| link.state.up) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    say("linked");
}

/// 512 bytes, half of them alike in all records, half of them particular to one.
fn body(number: u64) -> Bytes {
    let mut body = Vec::with_capacity(512);
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    for _ in 0..32 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        body.extend_from_slice(&state.to_be_bytes());
    }
    while body.len() < 512 {
        body.extend_from_slice("今日值班情况正常，无突发事件。".as_bytes());
    }
    body.truncate(512);
    body.into()
}

/// For the top, or for nobody when this is the top.
fn draft(relay: &Relay, number: u64) -> Draft {
    let top = OfficeId::parse("p").expect("a valid id");
    let audience = if *relay.own() == top { Vec::new() } else { vec![Audience::UpTo(top)] };
    let wall = UnixMillis(i64::try_from(now_us() / 1000).expect("a clock of this age"));
    Draft {
        id: RecordId::from_parts(wall, random::bytes().expect("randomness")),
        kind: KIND.into(),
        subject: number.to_string(),
        lane: Lane::Routine,
        audience,
        mode: Mode::Test,
        happened_at: None,
        learnt_at: None,
        person: None,
        corrects: None,
        on_behalf_of: None,
        body: body(number),
    }
}

async fn stream(relay: &Relay, count: u64) {
    say(&format!("begun {}", now_us()));
    let mut under_way: JoinSet<Result<Made, SubmitError>> = JoinSet::new();
    for number in 0..count {
        if under_way.len() >= OUTSTANDING {
            under_way.join_next().await.expect("some are under way").expect("no panic").expect("a record is made");
        }
        let (relay, draft) = (relay.clone(), draft(relay, number));
        under_way.spawn(async move { relay.submit(draft).await });
    }
    while let Some(made) = under_way.join_next().await {
        made.expect("no panic").expect("a record is made");
    }
    say(&format!("made {}", now_us()));
}

async fn lone(relay: &Relay, count: u64) {
    for number in 0..count {
        let begun = now_us();
        let made = relay.submit(draft(relay, number)).await.expect("a record is made");
        say(&format!("begun {begun} {}", made.reference.id));
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

async fn expect(relay: &Relay, count: u64) {
    let (mut feed, mut cursor, mut seen) = (relay.feed(), Cursor::default(), vec![false; count as usize]);
    let mut missing = count;
    while missing > 0 {
        let groups = feed.after(cursor, 4 * 1024 * 1024).expect("a journal that can be read");
        if groups.is_empty() {
            feed.changed().await;
        }
        for group in groups {
            cursor = group.end;
            for stored in group.records.iter().filter(|stored| stored.record.header().kind == KIND) {
                let header = stored.record.header();
                let number: u64 = header.subject.parse().expect("a number");
                assert_eq!(stored.record.raw().body, body(number), "record {number} has another body");
                assert!(!std::mem::replace(&mut seen[number as usize], true), "record {number} came twice");
                missing -= 1;
                if count < 10_000 {
                    say(&format!("seen {} {}", now_us(), header.id));
                }
            }
        }
    }
    say(&format!("all {}", now_us()));
}

fn facts(relay: &Relay) {
    let status = relay.status();
    let groups = relay.feed().end().groups;
    let (processor, resident) = costs_of("self");
    say(&format!("facts {groups} {} {} {processor} {resident}", relay.index_keys_written(), status.journal_bytes));
}

/// Processor time used, us, and resident memory, KiB, of a process.
pub(crate) fn costs_of(process: &str) -> (u64, u64) {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let fields: Vec<u64> =
        stat.rsplit(')').next().unwrap_or("").split_whitespace().skip(11).take(2).filter_map(|f| f.parse().ok()).collect();
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).and_then(|rest| rest.split_whitespace().next());
    (fields.iter().sum::<u64>() * 10_000, resident.and_then(|kib| kib.parse().ok()).unwrap_or(0))
}
