//! A network of whole duty nodes, each a process of its own: for what is asked of all of them. Reusable: plant one of any shape, talk to any of
//! its nodes over its local API, and fell some of them.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{ExitCode, Stdio},
    sync::Arc,
    time::Duration,
};

use dutynet_node::{
    api::key,
    config::Config,
    serve::{Running, Serving},
};
use dutynet_proto::{
    api::{self, offices_client::OfficesClient},
    record as wire,
};
use dutynet_relay::{
    clock::SystemClock,
    folder::DataFolder,
    ids::Zone,
    invitation::InvitationText,
    join::{self, NewRoot},
    registry::OfficeClass,
};
use dutynet_tests::net::{clerk, office};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader},
    process::{Child, Command},
};
use tonic::{
    Request, Status,
    metadata::{Ascii, MetadataValue},
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Channel, Endpoint},
};

const CONFIG: &str = "DUTYNET_BENCH_CONFIG";
/// Id of the office at the top.
pub const TOP: &str = "p";
/// Nodes that are started at once; more would only wait for the processor.
const AT_ONCE: usize = 4;

/// See the module.
pub struct Forest {
    folder: tempfile::TempDir,
    nodes: BTreeMap<String, Child>,
}

/// A client of one node.
pub type Keyed = InterceptedService<Channel, ShowKey>;

/// Puts a node's API key on every call.
#[derive(Clone)]
pub struct ShowKey(MetadataValue<Ascii>);

impl Interceptor for ShowKey {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert(key::METADATA, self.0.clone());
        Ok(request)
    }
}

/// Where the configuration of this process is, if it is one node of a forest.
pub fn configuration() -> Option<PathBuf> {
    std::env::var_os(CONFIG).map(PathBuf::from)
}

/// One node, until standard input ends.
pub async fn run(config: PathBuf) -> ExitCode {
    let running = Running::start(Config::read(&config).expect("a configuration")).await.expect("a node starts");
    println!("serving");
    let input_ends = async {
        // Nothing is ever said to it; an error is an end too.
        let _ = tokio::io::stdin().read(&mut [0]).await;
    };
    running.until(input_ends).await.expect("a node stops");
    ExitCode::SUCCESS
}

impl Forest {
    /// So many children under each office of a tier, from the top. An office's id is its parent's with a number behind it.
    pub async fn plant(shape: &[usize]) -> Self {
        let mut this = Self { folder: tempfile::tempdir().expect("a temporary folder"), nodes: BTreeMap::new() };
        this.found();
        let mut tier = vec![TOP.to_owned()];
        this.start(&tier).await;
        for children in shape {
            let mut next = Vec::new();
            for parent in &tier {
                for number in 0..*children {
                    next.push(format!("{parent}-{number}"));
                    this.enrol(parent, next.last().expect("just put there")).await;
                }
            }
            this.start(&next).await;
            tier = next;
        }
        this
    }

    /// How many offices there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Ids of those of that depth.
    pub fn tier(&self, depth: usize) -> Vec<String> {
        self.nodes.keys().filter(|id| id.matches('-').count() == depth).cloned().collect()
    }

    /// A way to talk to a node, for any client of its API.
    pub async fn client(&self, id: &str) -> (Channel, ShowKey) {
        let data = self.data(id);
        let text = std::fs::read_to_string(Serving::path(&data)).expect("it serves");
        let serving: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let api = serving["api"].as_str().expect("an address");
        let channel = Endpoint::from_shared(format!("http://{api}")).expect("an address").connect().await.expect("it answers");
        let text = key::read(&data).expect("a key file").expect("a key");
        (channel, ShowKey(MetadataValue::try_from(text).expect("a key")))
    }

    /// Resident memory of all nodes together, KiB.
    pub fn resident_kib(&self) -> u64 {
        let pages = |child: &Child| {
            let statm = std::fs::read_to_string(format!("/proc/{}/statm", child.id()?)).ok()?;
            statm.split(' ').nth(1)?.parse::<u64>().ok()
        };
        self.nodes.values().filter_map(pages).sum::<u64>() * 4
    }

    /// `kill -9`.
    pub async fn fell(&mut self, id: &str) {
        let mut child = self.nodes.remove(id).expect("a node of this forest");
        child.kill().await.expect("a process of ours");
    }

    fn data(&self, id: &str) -> PathBuf {
        self.folder.path().join(id)
    }

    fn found(&self) {
        let root = NewRoot {
            office: office(TOP),
            name: TOP.into(),
            area_code: String::new(),
            class: OfficeClass::Province,
            zone: Zone::parse("bench").expect("a valid zone"),
            by: clerk(),
        };
        join::found(&DataFolder::at(self.data(TOP)), root, &SystemClock::default()).expect("a tree is founded");
    }

    async fn enrol(&self, parent: &str, child: &str) {
        let (channel, key) = self.client(parent).await;
        let by = clerk();
        let new = api::AddOfficeRequest {
            office: child.into(),
            name: child.into(),
            area_code: String::new(),
            class: wire::OfficeClass::Other.into(),
            by: Some(wire::Person { id: by.id, name: by.name }),
        };
        let request = api::InviteRequest { office: Some(new), replace: false, valid_for_ms: 600_000, addresses: Vec::new() };
        let invited = OfficesClient::with_interceptor(channel, key).invite(request).await.expect("an invitation").into_inner();
        let invitation = InvitationText::decode(&invited.invitation).expect("a readable invitation");
        join::enrol(&DataFolder::at(self.data(child)), &invitation, Arc::new(SystemClock::default()))
            .await
            .expect("an office enrols");
    }

    async fn start(&mut self, ids: &[String]) {
        for some in ids.chunks(AT_ONCE) {
            let starting: Vec<_> = some.iter().map(|id| tokio::spawn(start(self.data(id)))).collect();
            for (id, started) in some.iter().zip(starting) {
                self.nodes.insert(id.clone(), started.await.expect("no panic"));
            }
        }
    }
}

async fn start(data: PathBuf) -> Child {
    let config = data.with_extension("toml");
    std::fs::write(&config, text(&data)).expect("a configuration is written");
    let program = std::env::current_exe().expect("a running program knows its path");
    let mut child = Command::new(program)
        .env(CONFIG, &config)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("a process starts");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let said = tokio::time::timeout(Duration::from_secs(60), lines.next_line()).await.expect("it starts within a minute");
    assert_eq!(said.expect("a pipe").as_deref(), Some("serving"));
    child
}

/// The times are those of a network; the memory for the index is that of a small office.
fn text(data: &Path) -> String {
    format!(
        "[node]\ndata = {data:?}\n[link]\nlisten = \"127.0.0.1:0\"\n[api]\nlisten = \"127.0.0.1:0\"\n\
         [store]\nfree_min = \"1MiB\"\nindex_cache = \"4MiB\"\n"
    )
}
