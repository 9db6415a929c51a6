//! A network of real offices in one process: real folders, stores, certificates and links on loopback, each child behind a go-between that
//! can be cut.

use std::{
    collections::BTreeMap,
    fmt::Debug,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use dutynet_relay::{
    disk::{Disk, fs::FileDisk},
    folder::DataFolder,
    ids::{Lane, OfficeId, RecordId, RecordRef, UnixMillis, Zone},
    invitation::InvitationText,
    join::{self, NewRoot},
    journal::Cursor,
    random,
    record::{Audience, Mode, Person},
    registry::OfficeClass,
    relay::{LinkStatus, Made, NewOffice, Relay, RelayConfig, SubmitError, Terms},
    writer::{RecordState, Stored, intent::Draft},
};
use tokio::net::TcpListener;

use crate::{
    between::GoBetween,
    running::{Running, copy_folder, is_free, open, quick},
    shifted::ShiftedClock,
};

/// How long a condition may take before a story fails. Generous: it is a bound on waiting, not a measurement.
const PATIENCE: Duration = Duration::from_secs(90);

/// Kind of the records of stories, which no program knows.
pub const KIND: &str = "story.note/1";

/// Parses an office id of a story.
pub fn office(text: &str) -> OfficeId {
    OfficeId::parse(text).expect("a story names valid offices")
}

/// Whoever acts in stories.
pub fn clerk() -> Person {
    Person { id: "z01".into(), name: "张三".into() }
}

/// One office of a story; it may be off.
pub struct Office {
    /// Its id.
    pub id: OfficeId,
    /// Its data folder.
    pub folder: PathBuf,
    /// Its line to its parent.
    pub line: GoBetween,
    listening: Option<SocketAddr>,
    running: Option<Running>,
}

/// Offices of one tree.
pub struct Network {
    root: tempfile::TempDir,
    offices: BTreeMap<OfficeId, Office>,
    parents: BTreeMap<OfficeId, OfficeId>,
    /// What clocks show that nobody has moved.
    right: ShiftedClock,
    clocks: Mutex<BTreeMap<OfficeId, Arc<ShiftedClock>>>,
    zone: Zone,
}

impl Network {
    /// Founds a tree with one running office.
    pub async fn found(root: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let zone = Zone::parse("intranet").expect("a valid zone");
        let (right, clocks) = (ShiftedClock::default(), Mutex::default());
        let mut net = Self { root: folder, offices: BTreeMap::new(), parents: BTreeMap::new(), right, clocks, zone };
        let id = office(root);
        let data = DataFolder::at(net.folder_of(&id));
        let new = NewRoot {
            office: id.clone(),
            name: format!("{root}值班室"),
            area_code: String::new(),
            class: OfficeClass::Province,
            zone: net.zone.clone(),
            by: clerk(),
        };
        join::found(&data, new, &*net.clock(root)).expect("a tree is founded");
        net.add(id).await;
        net.start(root).await;
        net
    }

    /// Enrols and starts an office under a running parent.
    pub async fn join(&mut self, parent: &str, child: &str) {
        self.enrol(parent, child, self.folder_of(&office(child)), false).await;
        self.start(child).await;
    }

    /// Enrols an office and leaves it off.
    pub async fn enrol_only(&mut self, parent: &str, child: &str) {
        self.enrol(parent, child, self.folder_of(&office(child)), false).await;
    }

    /// Zone of the tree.
    pub fn zone(&self) -> Zone {
        self.zone.clone()
    }

    /// Registers an office without a node.
    pub async fn add_without_node(&mut self, parent: &str, child: &str) {
        let new = self.new_office(child);
        self.relay(parent).add_office(new, clerk()).await.expect("an office without a node is registered");
    }

    /// Puts a new machine in the place of an office's old one.
    pub async fn replace(&mut self, parent: &str, child: &str) {
        let folder = self.root.path().join(format!("{child}-new"));
        self.enrol(parent, child, folder, true).await;
        self.start(child).await;
    }

    async fn enrol(&mut self, parent: &str, child: &str, folder: PathBuf, again: bool) {
        let hour = Duration::from_secs(3600);
        let invitation = if again {
            let addresses = vec![self.line(child).address()];
            let invited = self.relay(parent).invite_again(&office(child), addresses, terms(hour)).await;
            InvitationText::decode(&invited.expect("an invitation is made").0).expect("an invitation can be read")
        } else {
            self.invitation(parent, child, hour).await
        };
        join::enrol(&DataFolder::at(&folder), &invitation, self.clock(child)).await.expect("an office enrols");
        self.offices.get_mut(&office(child)).expect("an office of the story").folder = folder;
    }

    /// An invitation for a new child of a running office.
    pub async fn invitation(&mut self, parent: &str, child: &str, valid_for: Duration) -> InvitationText {
        let id = office(child);
        self.add(id.clone()).await;
        self.parents.insert(id.clone(), office(parent));
        let line = &self.offices[&id].line;
        line.aim(self.offices[&office(parent)].listening.expect("the parent is on"));
        let invited = self.relay(parent).invite(self.new_office(child), vec![line.address()], terms(valid_for)).await;
        InvitationText::decode(&invited.expect("an invitation is made").0).expect("an invitation can be read")
    }

    async fn add(&mut self, id: OfficeId) {
        let folder = self.folder_of(&id);
        let line = GoBetween::reserve().await;
        self.offices.insert(id.clone(), Office { id, folder, line, listening: None, running: None });
    }

    fn folder_of(&self, id: &OfficeId) -> PathBuf {
        self.root.path().join(id.as_str())
    }

    fn new_office(&self, id: &str) -> NewOffice {
        NewOffice { office: office(id), name: format!("{id}值班室"), area_code: String::new(), class: OfficeClass::Other }
    }

    /// Starts an office that is off.
    pub async fn start(&mut self, id: &str) {
        self.start_with(id, |_| {}).await;
    }

    /// Starts an office that is off, configured a little otherwise.
    pub async fn start_with(&mut self, id: &str, tune: impl FnOnce(&mut RelayConfig)) {
        let id = office(id);
        let known = self.offices.get_mut(&id).expect("an office of the story");
        let mut config = quick(known.folder.clone());
        tune(&mut config);
        let clock = self.clock(id.as_str());
        self.run(&id, open(config, clock).await).await;
    }

    /// Starts an office that is off, with another disk in front of its journal.
    pub async fn start_on(&mut self, id: &str, disk: impl FnOnce(Arc<dyn Disk>) -> Arc<dyn Disk>) {
        let id = office(id);
        let config = quick(self.offices[&id].folder.clone());
        is_free(&config.folder).await;
        let opened =
            Relay::open_on(config, self.clock(id.as_str()), |folder| Ok(disk(Arc::new(FileDisk::open(&folder.journal())?))));
        self.run(&id, opened.expect("a store opens")).await;
    }

    async fn run(&mut self, id: &OfficeId, relay: Relay) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound port");
        let known = self.offices.get_mut(id).expect("an office of the story");
        known.running = Some(Running::of(relay, Some(listener)));
        known.listening = Some(address);
        for (child, parent) in &self.parents {
            if parent == id {
                self.offices[child].line.aim(address);
            }
        }
    }

    /// Stops an office on purpose.
    pub async fn stop(&mut self, id: &str) {
        let known = self.offices.get_mut(&office(id)).expect("an office of the story");
        if let Some(running) = known.running.take() {
            running.stop().await;
        }
    }

    /// The running node of an office.
    pub fn relay(&self, id: &str) -> &Relay {
        &self.offices[&office(id)].running.as_ref().expect("the office is on").relay
    }

    /// Data folder of an office.
    pub fn folder(&self, id: &str) -> PathBuf {
        self.offices[&office(id)].folder.clone()
    }

    /// Whether an office is on.
    fn is_on(&self, id: &str) -> bool {
        self.offices[&office(id)].running.is_some()
    }

    /// Copies the data folder of an office that is off: a backup.
    pub fn copy(&self, id: &str) -> PathBuf {
        assert!(!self.is_on(id), "a folder is copied while nobody works in it");
        let copies = self.root.path().join("copies");
        let copy = copies.join(format!("{id}-{}", std::fs::read_dir(&copies).map_or(0, Iterator::count)));
        copy_folder(&self.folder(id), &copy);
        copy
    }

    /// Puts a copy in the place of the folder of an office that is off.
    pub fn put_back(&self, id: &str, copy: &Path) {
        assert!(!self.is_on(id), "a folder is replaced while nobody works in it");
        std::fs::remove_dir_all(self.folder(id)).expect("the old folder is removed");
        copy_folder(copy, &self.folder(id));
    }

    /// The clock of an office, also of one that is still to join; right until a story moves it.
    pub fn clock(&self, id: &str) -> Arc<ShiftedClock> {
        let mut clocks = self.clocks.lock().unwrap_or_else(PoisonError::into_inner);
        clocks.entry(office(id)).or_insert_with(|| Arc::new(self.right.another())).clone()
    }

    /// The line of an office to its parent.
    pub fn line(&self, child: &str) -> &GoBetween {
        &self.offices[&office(child)].line
    }

    /// Where an office listens for its children.
    pub fn listening(&self, id: &str) -> SocketAddr {
        self.offices[&office(id)].listening.expect("the office has been on")
    }

    /// A folder of the story's own that is gone with it.
    pub fn spare_folder(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// What an office says of the line to a neighbour.
    pub fn link(&self, at: &str, neighbour: &str) -> LinkStatus {
        let found = self.relay(at).links().into_iter().find(|link| link.office == office(neighbour));
        found.expect("a neighbour")
    }

    /// Waits until both ends say that the line is up.
    pub async fn is_linked(&self, parent: &str, child: &str) {
        let both = || self.link(parent, child).state.up && self.link(child, parent).state.up;
        until(&format!("{parent} and {child} are linked"), both).await;
    }

    /// A counter of an office.
    pub fn counter(&self, at: &str, name: &str) -> u64 {
        self.relay(at).status().counters.get(name).copied().unwrap_or(0)
    }

    /// Records of stories that an office holds, in the order in which it came to know them.
    pub fn told(&self, at: &str) -> Vec<Stored> {
        let feed = self.relay(at).feed();
        let (mut told, mut cursor) = (Vec::new(), Cursor::default());
        loop {
            let groups = feed.after(cursor, 1024 * 1024).expect("a journal that can be read");
            let Some(last) = groups.last() else { return told };
            cursor = last.end;
            let records = groups.into_iter().flat_map(|group| group.records);
            told.extend(records.filter(|stored| stored.record.header().kind == KIND));
        }
    }

    /// Bodies of those, as text.
    pub fn bodies(&self, at: &str) -> Vec<String> {
        let text = |stored: &Stored| String::from_utf8_lossy(&stored.record.raw().body).into_owned();
        self.told(at).iter().map(text).collect()
    }

    /// How far a record has got, as its maker knows.
    pub fn state(&self, at: &str, record: &RecordRef) -> Option<RecordState> {
        self.relay(at).state_of(record).expect("a store that can be read")
    }

    /// Waits until its maker knows that a record has arrived.
    pub async fn has_arrived(&self, record: &RecordRef, at: &str) {
        until(&format!("{at} knows that {record} has arrived"), || self.state(at, record) == Some(RecordState::Arrived)).await;
    }

    /// Drops everything on the line of an office to its parent, both ways, without closing anything.
    pub fn cut(&self, child: &str) {
        self.offices[&office(child)].line.cut();
    }

    /// Lets it through again; what was open breaks.
    pub fn heal(&self, child: &str) {
        self.offices[&office(child)].line.heal();
    }

    /// Makes a record that goes up to an ancestor.
    pub async fn report(&self, from: &str, top: &str, body: &str) -> RecordRef {
        let draft = draft(Lane::Routine, vec![Audience::UpTo(office(top))], body.as_bytes());
        self.submit(from, draft).await.expect("a record is made").reference
    }

    /// Makes any record.
    pub async fn submit(&self, from: &str, draft: Draft) -> Result<Made, SubmitError> {
        self.relay(from).submit(draft).await
    }

    /// Body of a record as an office holds it.
    pub fn body(&self, at: &str, record: &RecordRef) -> Option<Bytes> {
        let stored = self.relay(at).store().record(record).expect("a store that can be read");
        stored.map(|stored| stored.record.raw().body.clone())
    }

    /// Waits until an office holds a record.
    pub async fn arrives(&self, record: &RecordRef, at: &str) {
        until(&format!("{record} at {at}"), || self.body(at, record).is_some()).await;
    }
}

fn terms(valid_for: Duration) -> Terms {
    Terms { valid_for, by: clerk() }
}

/// A record of no kind that any program knows.
pub fn draft(lane: Lane, audience: Vec<Audience>, body: &[u8]) -> Draft {
    let random = random::bytes().expect("randomness");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock after 1970");
    let at = UnixMillis(i64::try_from(now.as_millis()).expect("a clock before the year 292 million"));
    Draft {
        id: RecordId::from_parts(at, random),
        kind: KIND.into(),
        subject: "story".into(),
        lane,
        audience,
        mode: Mode::Test,
        happened_at: None,
        learnt_at: None,
        person: Some(clerk()),
        corrects: None,
        on_behalf_of: None,
        body: Bytes::copy_from_slice(body),
    }
}

/// Waits for a condition; the story fails when it never comes true.
pub async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    until_seen(what, async || holds(), |&came| came).await;
}

/// What is asked for, once it is as it should be; the story fails with what was seen last when it never is.
pub async fn until_seen<T: Debug>(what: &str, mut ask: impl AsyncFnMut() -> T, holds: impl Fn(&T) -> bool) -> T {
    let patience = Instant::now() + PATIENCE;
    loop {
        let seen = ask().await;
        if holds(&seen) {
            return seen;
        }
        assert!(Instant::now() < patience, "never came true: {what}: {seen:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
