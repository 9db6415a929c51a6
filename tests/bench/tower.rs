//! Four nodes in a row, each a process, and what was measured of them.

use std::{
    path::Path,
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant},
};

use dutynet_relay::{
    clock::SystemClock,
    folder::DataFolder,
    ids::Zone,
    invitation::InvitationText,
    join::{self, NewRoot},
    registry::OfficeClass,
    relay::{NewOffice, Relay, RelayConfig, Terms},
};
use dutynet_tests::net::{clerk, office};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    net::TcpListener,
    process::{Child, ChildStdin, ChildStdout, Command},
};

const TIERS: [&str; 4] = ["p", "c", "x", "t"];
const NAMES: [&str; 4] = ["province", "city", "county", "township"];

/// A node's process.
struct Node {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Lines<BufReader<ChildStdout>>,
}

/// What a node has cost.
pub struct Tier {
    pub name: &'static str,
    pub groups: u64,
    pub index_keys: u64,
    pub journal_bytes: u64,
    pub processor_us: u64,
    pub resident_kib: u64,
}

/// What a stream took.
pub struct Run {
    pub seconds: f64,
    pub tiers: Vec<Tier>,
}

/// What one node costs by itself.
pub struct Footprint {
    pub resident_kib: u64,
    pub started: Duration,
    pub idle_share: f64,
}

/// See the module.
pub struct Tower {
    _folder: tempfile::TempDir,
    nodes: Vec<Node>,
}

impl Tower {
    /// Founds, enrols and starts the four.
    pub async fn build() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut ports = Vec::new();
        for _ in TIERS {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            ports.push(listener.local_addr().expect("a bound port").to_string());
        }
        found(folder.path());
        for tier in 1..TIERS.len() {
            enrol(folder.path(), tier, &ports[tier - 1]).await;
        }
        let mut nodes = Vec::new();
        for (tier, port) in TIERS.iter().zip(&ports) {
            nodes.push(Node::start(&folder.path().join(tier), port).await);
        }
        for node in &mut nodes {
            node.ask("linked").await;
            node.wait_for("linked").await;
        }
        Self { _folder: folder, nodes }
    }

    /// Streams so many records from the bottom to the top.
    pub async fn stream(mut self, records: u64) -> Run {
        self.nodes[0].ask(&format!("expect {records}")).await;
        self.nodes[3].ask(&format!("stream {records}")).await;
        let begun: f64 = number(&self.nodes[3].wait_for("begun").await, 1);
        let all: f64 = number(&self.nodes[0].wait_for("all").await, 1);
        self.nodes[3].wait_for("made").await;
        let mut tiers = Vec::new();
        for (node, name) in self.nodes.iter_mut().zip(NAMES).rev() {
            node.ask("facts").await;
            let facts = node.wait_for("facts").await;
            let fact = |at| number::<u64>(&facts, at);
            tiers.push(Tier {
                name,
                groups: fact(1),
                index_keys: fact(2),
                journal_bytes: fact(3),
                processor_us: fact(4),
                resident_kib: fact(5),
            });
        }
        self.end().await;
        Run { seconds: (all - begun) / 1e6, tiers }
    }

    /// How long each of so many records took, one at a time.
    pub async fn one_by_one(mut self, records: u64) -> Vec<Duration> {
        self.nodes[0].ask(&format!("expect {records}")).await;
        self.nodes[3].ask(&format!("lone {records}")).await;
        let mut took = Vec::new();
        for _ in 0..records {
            let begun = self.nodes[3].wait_for("begun").await;
            let seen = self.nodes[0].wait_for("seen").await;
            assert_eq!(begun.split(' ').nth(2), seen.split(' ').nth(2), "records arrive in order");
            let micros = number::<u64>(&seen, 1).saturating_sub(number::<u64>(&begun, 1));
            took.push(Duration::from_micros(micros));
        }
        self.end().await;
        took
    }

    async fn end(self) {
        for node in self.nodes {
            node.end().await;
        }
    }
}

/// One node with so many records of its own.
pub async fn footprint(records: u64) -> Footprint {
    let folder = tempfile::tempdir().expect("a temporary folder");
    found(folder.path());
    let data = folder.path().join(TIERS[0]);
    if records > 0 {
        let mut node = Node::start(&data, "127.0.0.1:0").await;
        node.ask(&format!("stream {records}")).await;
        node.wait_for("made").await;
        node.end().await;
    }
    let begun = Instant::now();
    let mut node = Node::start(&data, "127.0.0.1:0").await;
    let started = begun.elapsed();
    tokio::time::sleep(Duration::from_secs(2)).await;
    node.ask("facts").await;
    let before = number::<u64>(&node.wait_for("facts").await, 4);
    tokio::time::sleep(Duration::from_secs(10)).await;
    node.ask("facts").await;
    let facts = node.wait_for("facts").await;
    node.end().await;
    let idle_share = (number::<u64>(&facts, 4) - before) as f64 / 1e7;
    Footprint { resident_kib: number(&facts, 5), started, idle_share }
}

fn number<T: std::str::FromStr>(line: &str, at: usize) -> T {
    line.split(' ').nth(at).and_then(|word| word.parse().ok()).unwrap_or_else(|| panic!("no number at {at} in {line}"))
}

fn found(folder: &Path) {
    let root = NewRoot {
        office: office(TIERS[0]),
        name: "p".into(),
        area_code: String::new(),
        class: OfficeClass::Province,
        zone: Zone::parse("bench").expect("a valid zone"),
        by: clerk(),
    };
    join::found(&DataFolder::at(folder.join(TIERS[0])), root, &SystemClock::default()).expect("a tree is founded");
}

async fn enrol(folder: &Path, tier: usize, parent_port: &str) {
    let config = RelayConfig::new(folder.join(TIERS[tier - 1]));
    let relay = Relay::open(config, Arc::new(SystemClock::default())).expect("a store opens");
    let listener = TcpListener::bind(parent_port).await.expect("the parent's port");
    let running = relay.clone();
    let task = tokio::spawn(async move { running.run(Some(listener)).await });
    let new =
        NewOffice { office: office(TIERS[tier]), name: TIERS[tier].into(), area_code: String::new(), class: OfficeClass::Other };
    let terms = Terms { valid_for: Duration::from_secs(600), by: clerk() };
    let (text, _) = relay.invite(new, vec![parent_port.to_owned()], terms).await.expect("an invitation");
    let invitation = InvitationText::decode(&text).expect("a readable invitation");
    let data = DataFolder::at(folder.join(TIERS[tier]));
    join::enrol(&data, &invitation, Arc::new(SystemClock::default())).await.expect("an office enrols");
    relay.stop();
    task.await.expect("no panic").expect("a clean stop");
}

impl Node {
    async fn start(folder: &Path, listen: &str) -> Self {
        let program = std::env::current_exe().expect("a running program knows its path");
        let mut child = Command::new(program)
            .env("DUTYNET_BENCH_FOLDER", folder)
            .env("DUTYNET_BENCH_LISTEN", listen)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("a process starts");
        let stdin = child.stdin.take();
        let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let mut node = Self { child, stdin, lines };
        node.wait_for("serving").await;
        node
    }

    async fn ask(&mut self, command: &str) {
        let stdin = self.stdin.as_mut().expect("not ended yet");
        stdin.write_all(format!("{command}\n").as_bytes()).await.expect("the node listens");
    }

    async fn wait_for(&mut self, word: &str) -> String {
        loop {
            let line = self.lines.next_line().await.expect("a pipe").unwrap_or_else(|| panic!("the node ended before `{word}`"));
            if line.split(' ').next() == Some(word) {
                return line;
            }
        }
    }

    async fn end(mut self) {
        self.stdin = None;
        self.child.wait().await.expect("the node ends");
    }
}
