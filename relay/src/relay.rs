//! One running node's carriage, as programs above use it: make records, follow them, see the lines, invite offices.
//!
//! [`Relay::open`] opens the store and starts the writer; [`Relay::run`] listens for children and keeps the link to the parent until it is
//! told to stop. Everything else may be called before, while and after lines are down: nothing here waits for a line.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use dutynet_proto::link::link_server::LinkServer;
use tokio::{net::TcpListener, sync::watch};

use crate::{
    clock::Clock,
    disk::fs::FileDisk,
    feed::Feed,
    folder::{DataFolder, FolderError, FolderLock, OfficeFile, ParentFile},
    hub::{Hub, LineKnown, LinkState},
    ids::{Digest, Epoch, Lane, LinkSeq, OfficeId, PerLane, RecordRef, UnixMillis},
    index::{Index, sled_index::SledIndex},
    invitation::{InvitationFault, InvitationSecret, InvitationText},
    journal::{Options, Place},
    link::{config::Limits, event::Event, retry},
    random,
    record::{OfficeKey, Person, PublicKey},
    registry::{Entry, OfficeClass, Registry},
    session::{dial, serve::LinkService},
    tls::{
        accept::{AcceptLimits, accept},
        config::{Tls, TlsError},
        leaf::LeafFault,
    },
    writer::{
        Committed, Heads, Identity, Moment, OpenReport, ParkedRecord, Random, RecordState, Space, Store, StoreError, Writer,
        intent::{Answer, Draft, ForkReason, Intent, Invitation, ParkedAt, WriteRefusal},
        thread::{Conditions, OnCommit, Stopped, WriterHandle, WriterThread},
    },
};

/// How a node runs. Everything here is configuration of an operator; nothing of it changes what is on disk.
#[derive(Debug, Clone)]
pub struct RelayConfig {
    /// The data folder.
    pub folder: PathBuf,
    /// Program and version, for neighbours' logs.
    pub software: String,
    /// Memory that the index may use as a cache, bytes.
    pub index_cache_bytes: u64,
    /// Bounds and times of sessions.
    pub limits: Limits,
    /// Longest wait before the first attempt to dial again.
    pub retry_first: Duration,
    /// Longest wait between two attempts to dial, ever.
    pub retry_max: Duration,
    /// Longest wait for one address.
    pub dial_timeout: Duration,
    /// When neighbours should come back after this node was stopped on purpose.
    pub drain_retry: Duration,
    /// Below so many free bytes nothing is taken any more; routine records are refused below four times, all but flash below twice as many.
    pub free_bytes_min: u64,
}

impl RelayConfig {
    /// Usual values.
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            software: concat!("dutynet ", env!("CARGO_PKG_VERSION")).to_owned(),
            index_cache_bytes: 16 * 1024 * 1024,
            limits: Limits::default(),
            retry_first: retry::CEILING_FIRST,
            retry_max: retry::CEILING_MAX,
            dial_timeout: Duration::from_secs(10),
            drain_retry: Duration::from_secs(5),
            free_bytes_min: 64 * 1024 * 1024,
        }
    }
}

/// Why a node cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The machine refused something of the store.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The index could not even be opened empty.
    #[error("the index cannot be opened: {0}")]
    Index(String),
    /// The certificate.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The certificate.
    #[error(transparent)]
    Leaf(#[from] LeafFault),
}

/// Why something was not written. Nothing was changed, or the store has stopped and says so itself.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SubmitError {
    /// Not as asked for.
    #[error(transparent)]
    Refused(#[from] WriteRefusal),
    /// The store has stopped; the node is about to open it anew.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// An invitation cannot be put into words.
    #[error("invitation: {0}")]
    Invitation(String),
}

/// A record that was made or found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Which.
    pub reference: RecordRef,
    /// Nothing new was made.
    pub folded: bool,
}

/// An office to be registered as a child of this one.
#[derive(Debug, Clone)]
pub struct NewOffice {
    /// Its id.
    pub office: OfficeId,
    /// Its name.
    pub name: String,
    /// Empty: no area.
    pub area_code: String,
    /// For people.
    pub class: OfficeClass,
}

/// The line to a neighbour with its lanes.
#[derive(Debug, Clone)]
pub struct LinkStatus {
    /// Who.
    pub office: OfficeId,
    /// Above, not below.
    pub is_parent: bool,
    /// What is known now.
    pub state: LinkState,
    /// Per lane.
    pub lanes: PerLane<LaneStatus>,
    /// Refused and not settled.
    pub parked: u64,
}

/// One outgoing lane.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LaneStatus {
    /// Last position given.
    pub last: LinkSeq,
    /// On the neighbour's disk.
    pub custody: LinkSeq,
    /// At everyone.
    pub arrived: LinkSeq,
}

/// What a node holds.
#[derive(Debug, Clone)]
pub struct StoreStatus {
    /// Current epoch.
    pub epoch: Epoch,
    /// Records of every origin.
    pub records: u64,
    /// Journal, bytes.
    pub journal_bytes: u64,
    /// Not acknowledged.
    pub waiting: u64,
    /// Refused and not settled.
    pub parked: u64,
    /// Free and total bytes of the disk.
    pub disk: (u64, u64),
    /// Room for new records.
    pub space: Space,
    /// Counted events.
    pub counters: BTreeMap<String, u64>,
    /// Why the store stopped, if it did.
    pub failed: Option<String>,
}

/// What sessions and the façade share.
pub(crate) struct Inner {
    pub(crate) office: OfficeFile,
    pub(crate) key: OfficeKey,
    pub(crate) tls: Tls,
    pub(crate) store: Store,
    pub(crate) writer: WriterHandle,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) hub: Hub,
    pub(crate) settings: RelayConfig,
    pub(crate) stop: watch::Receiver<bool>,
    pub(crate) conditions: Arc<Conditions>,
    stopper: watch::Sender<bool>,
    commits: watch::Receiver<u64>,
    sled: Arc<SledIndex>,
    folder: DataFolder,
}

/// See the module. Cheap to clone.
#[derive(Clone)]
pub struct Relay {
    inner: Arc<Inner>,
    thread: Arc<Mutex<Option<(WriterThread, FolderLock)>>>,
    report: Arc<OpenReport>,
}

impl Relay {
    /// Opens the store of the office that the folder belongs to.
    pub fn open(settings: RelayConfig, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let folder = DataFolder::at(&settings.folder);
        let office = folder.office()?;
        let lock = folder.lock()?;
        let key = folder.key()?;
        let tls = Tls::new(key.clone(), folder.read_leaf()?)?;
        let index = open_index(&folder, settings.index_cache_bytes)?;
        let conditions = Arc::new(Conditions::default());
        measure_space(&folder, &settings, &conditions);
        let (writer, report) = open_writer(&folder, &office, key.clone(), (index.clone(), clock.as_ref()))?;
        let store = writer.store();
        let lines = store.with_heads(|heads: &Heads| heads.lines.clone());
        let hub = Hub::new(lines, clock.wall());
        let (committed, commits) = watch::channel(0);
        let (stopper, stop) = watch::channel(false);
        let slot: Arc<std::sync::OnceLock<std::sync::Weak<Inner>>> = Arc::default();
        let on_commit = ring_after_commit(slot.clone(), committed);
        let thread = WriterThread::start(writer, clock.clone(), conditions.clone(), on_commit)?;
        let inner = Arc::new(Inner {
            office,
            key,
            tls,
            store,
            writer: thread.handle(),
            clock,
            hub,
            settings,
            stop,
            conditions,
            stopper,
            commits,
            sled: index,
            folder,
        });
        // Set once, here.
        let _ = slot.set(Arc::downgrade(&inner));
        Ok(Self { inner, thread: Arc::new(Mutex::new(Some((thread, lock)))), report: Arc::new(report) })
    }

    /// What opening found.
    pub fn report(&self) -> &OpenReport {
        &self.report
    }

    /// Listens for children and keeps the link to the parent. Returns after [`Relay::stop`], or when the store has failed.
    pub async fn run(&self, listener: Option<TcpListener>) -> Result<(), StoreError> {
        let inner = &self.inner;
        let mut tasks = tokio::task::JoinSet::new();
        if let Some(listener) = listener {
            tasks.spawn(listen(inner.clone(), listener));
        }
        if let Some(parent) = inner.office.parent.clone() {
            tasks.spawn(dial::keep_linked(inner.clone(), parent));
        }
        tasks.spawn(watch_space(inner.clone()));
        let mut stop = inner.stop.clone();
        let mut failed = inner.writer.failed();
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => {}
            _ = failed.wait_for(Option::is_some) => {}
        }
        self.inner.stopper.send_replace(true);
        while tasks.join_next().await.is_some() {}
        self.sessions_ended().await;
        let taken = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some((thread, lock)) = taken else { return Ok(()) };
        let ended = tokio::task::spawn_blocking(move || thread.stop()).await;
        drop(lock);
        ended.unwrap_or(Err(StoreError::Journal("a writer that does not panic")))
    }

    /// Sessions of children end by themselves once they have heard of the stop; this waits a little for them.
    async fn sessions_ended(&self) {
        for _ in 0..100 {
            if !self.inner.hub.has_sessions() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Asks [`Relay::run`] to end: sessions are drained, the store is closed.
    pub fn stop(&self) {
        self.inner.stopper.send_replace(true);
    }

    /// Tells when the store has stopped by itself, and why.
    pub fn failed(&self) -> watch::Receiver<Option<String>> {
        self.inner.writer.failed()
    }

    /// This office.
    pub fn own(&self) -> &OfficeId {
        &self.inner.office.office
    }

    /// Who this office is, as its folder says.
    pub fn office(&self) -> &OfficeFile {
        &self.inner.office
    }

    /// Who is who.
    pub fn registry(&self) -> Arc<Registry> {
        self.inner.store.registry()
    }

    /// The clock of this node.
    pub fn clock(&self) -> Arc<dyn Clock> {
        self.inner.clock.clone()
    }

    /// The reading side of the store.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// For projections: a space of their own beside the store's.
    pub fn index(&self) -> Arc<dyn Index> {
        self.inner.store.index()
    }

    /// Keys that the index was given since the start; for figures.
    pub fn index_keys_written(&self) -> u64 {
        self.inner.sled.keys_written()
    }

    /// The journal as projections read it.
    pub fn feed(&self) -> Feed {
        Feed { store: self.inner.store.clone(), commits: self.inner.commits.clone() }
    }

    /// Makes a record; durable when it returns.
    pub async fn submit(&self, draft: Draft) -> Result<Made, SubmitError> {
        self.made(Intent::Submit(Box::new(draft))).await
    }

    /// Registers a child without a node.
    pub async fn add_office(&self, new: NewOffice, by: Person) -> Result<Made, SubmitError> {
        let entry = self.entry(new);
        self.made(Intent::Register(Box::new(entry), Some(by))).await
    }

    /// Invites a child with a node. The text is a secret until it is used.
    pub async fn invite(
        &self,
        new: NewOffice,
        addresses: Vec<String>,
        terms: Terms,
    ) -> Result<(String, UnixMillis), SubmitError> {
        let entry = self.entry(new);
        self.invite_as(entry, addresses, terms, None).await
    }

    /// Invites a new machine for a child that exists.
    pub async fn invite_again(
        &self,
        office: &OfficeId,
        addresses: Vec<String>,
        terms: Terms,
    ) -> Result<(String, UnixMillis), SubmitError> {
        let registry = self.registry();
        let held = registry.entry(office).ok_or_else(|| WriteRefusal::UnknownOffice(office.clone()))?;
        let replaced = held.key.as_ref().map(PublicKey::id);
        self.invite_as(held.clone(), addresses, terms, replaced).await
    }

    async fn invite_as(
        &self,
        entry: Entry,
        addresses: Vec<String>,
        terms: Terms,
        replace: Option<crate::ids::KeyId>,
    ) -> Result<(String, UnixMillis), SubmitError> {
        let invalid = |fault: InvitationFault| SubmitError::Invitation(fault.to_string());
        let secret = random::bytes().map_err(|fault| SubmitError::Invitation(fault.to_string()))?;
        let millis = i64::try_from(terms.valid_for.as_millis()).unwrap_or(i64::MAX);
        let valid_until = UnixMillis(self.inner.clock.wall().0.saturating_add(millis));
        let text = InvitationText {
            zone: self.inner.office.zone.clone(),
            office: entry.office.clone(),
            parent: self.own().clone(),
            parent_pin: self.inner.key.public().pin(),
            root_pin: self.inner.office.root_pin,
            addresses,
            secret: InvitationSecret(secret),
            valid_until,
        };
        let line = text.encode().map_err(invalid)?;
        let invitation = Invitation { secret: text.secret.hash(), entry, valid_until, replace, by: Some(terms.by) };
        self.done(Intent::Invite(invitation)).await?;
        Ok((line, valid_until))
    }

    fn entry(&self, new: NewOffice) -> Entry {
        Entry {
            office: new.office,
            name: new.name,
            area_code: new.area_code,
            class: new.class,
            zone: self.inner.office.zone.clone(),
            parent: Some(self.own().clone()),
            key: None,
            replaces: None,
            valid_from: self.inner.clock.wall(),
            successor_hash: None,
        }
    }

    /// Keeps bytes of a program above; the last of one key counts.
    pub async fn put_local(&self, namespace: &str, key: &str, bytes: Bytes) -> Result<(), SubmitError> {
        self.done(Intent::Local { namespace: namespace.to_owned(), key: key.to_owned(), bytes }).await
    }

    /// Notes that a projection could not digest a record, once.
    pub async fn not_interpreted(&self, place: Place, projection: &str, reason: &str) -> Result<(), SubmitError> {
        let (projection, reason) = (projection.to_owned(), reason.to_owned());
        self.done(Intent::NotInterpreted { place, projection, reason }).await
    }

    /// Puts a parked record at the end of its lane again.
    pub async fn retry_parked(&self, at: ParkedAt, by: Person) -> Result<(), SubmitError> {
        self.done(Intent::RetryParked(at, by)).await
    }

    /// Gives a parked record up.
    pub async fn withdraw_parked(&self, at: ParkedAt, by: Person) -> Result<(), SubmitError> {
        self.done(Intent::WithdrawParked(at, by)).await
    }

    async fn done(&self, intent: Intent) -> Result<(), SubmitError> {
        match self.inner.writer.write_one(intent).await? {
            Answer::Refused(refusal) => Err(refusal.into()),
            Answer::Done | Answer::Made { .. } | Answer::Custody { .. } | Answer::Forked(_) => Ok(()),
        }
    }

    async fn made(&self, intent: Intent) -> Result<Made, SubmitError> {
        match self.inner.writer.write_one(intent).await? {
            Answer::Made { reference, folded } => Ok(Made { reference, folded }),
            Answer::Refused(refusal) => Err(refusal.into()),
            Answer::Done | Answer::Custody { .. } | Answer::Forked(_) => Err(Stopped.into()),
        }
    }

    /// How far a record of ours has got.
    pub fn state_of(&self, reference: &RecordRef) -> Result<Option<RecordState>, StoreError> {
        self.inner.store.state_of(reference)
    }

    /// Everything that waits for a person.
    pub fn parked(&self) -> Result<Vec<ParkedRecord>, StoreError> {
        self.inner.store.parked()
    }

    /// The line to each neighbour: parent first, then children by id.
    pub fn links(&self) -> Vec<LinkStatus> {
        let (registry, mut states) = (self.registry(), self.inner.hub.links());
        let parent = self.inner.office.parent.as_ref().map(|parent| &parent.office);
        let children = registry.children(self.own()).filter(|child| child.key.is_some()).map(|child| &child.office);
        let neighbours = parent.into_iter().map(|p| (p, true)).chain(children.map(|child| (child, false)));
        let row = |(office, is_parent): (&OfficeId, bool)| LinkStatus {
            office: office.clone(),
            is_parent,
            state: states.remove(office).unwrap_or_default(),
            lanes: self.inner.store.with_heads(|heads| PerLane(Lane::ALL.map(|lane| lane_status(heads, office, lane)))),
            parked: self.inner.store.with_heads(|heads| {
                Lane::ALL.iter().filter_map(|lane| heads.out_lane(office, *lane)).map(|out| out.parked.len() as u64).sum()
            }),
        };
        neighbours.map(row).collect()
    }

    /// What is known of every line of the subtree.
    pub fn lines(&self) -> BTreeMap<OfficeId, LineKnown> {
        self.inner.hub.lines(&self.registry())
    }

    /// What this node holds.
    pub fn status(&self) -> StoreStatus {
        let store = &self.inner.store;
        let (waiting, parked, counters) = store.with_heads(|heads| (heads.waiting(), heads.parked(), heads.counters.clone()));
        StoreStatus {
            epoch: store.epoch(),
            records: counters.get("records").copied().unwrap_or(0),
            journal_bytes: store.journal().bytes(),
            waiting,
            parked,
            disk: disk_space(&self.inner.folder).unwrap_or((0, 0)),
            space: self.inner.conditions.space(),
            counters,
            failed: self.inner.writer.failed().borrow().clone(),
        }
    }
}

/// Terms of an invitation.
#[derive(Debug, Clone)]
pub struct Terms {
    /// How long it is good for.
    pub valid_for: Duration,
    /// Who invites.
    pub by: Person,
}

impl Inner {
    /// Key that must answer where the parent is dialled: what the registry says, and before that what the invitation pinned.
    pub(crate) fn parent_pin(&self, parent: &ParentFile) -> Digest {
        let registry = self.store.registry();
        let key = registry.entry(&parent.office).and_then(|entry| entry.key.as_ref());
        key.map_or(parent.pin, PublicKey::pin)
    }

    pub(crate) fn line_up(&self, neighbour: &OfficeId, software: &str) {
        let now = self.clock.wall();
        tracing::info!(%neighbour, software, "link up");
        self.hub.set_peer(neighbour, software);
        self.hub.set_line(&self.store.registry(), neighbour, true, (now, ""));
        self.writer.note(Intent::Line { neighbour: neighbour.clone(), up: true, reason: String::new() });
    }

    /// The line is down, unless a later session has already taken the place of the one that ended.
    pub(crate) fn line_down(&self, neighbour: &OfficeId, session: u64, reason: &str) {
        if self.hub.door(neighbour).is_some_and(|door| door.id != session) {
            return;
        }
        let now = self.clock.wall();
        self.hub.set_line(&self.store.registry(), neighbour, false, (now, reason));
        self.writer.note(Intent::Line { neighbour: neighbour.clone(), up: false, reason: reason.to_owned() });
    }

    pub(crate) fn measured_offset(&self, neighbour: &OfficeId, ms: i64) {
        self.hub.set_offset(neighbour, -ms);
        if self.office.parent.as_ref().is_some_and(|parent| parent.office == *neighbour) {
            self.conditions.set_offset(ms);
        }
    }

    /// Begins a new epoch; every session says Hello again.
    pub(crate) async fn fork(&self, reason: ForkReason) {
        tracing::warn!(?reason, "this store begins a new epoch");
        if self.writer.write_one(Intent::Fork(reason)).await.is_ok() {
            self.hub.tell_all(&Event::NewEpoch);
        }
    }

    /// Whether own records are still wanted back from that neighbour.
    pub(crate) fn is_wanted_back(&self, neighbour: &OfficeId) -> bool {
        let kept = self.store.local(crate::writer::WANTED_BACK, neighbour.as_str());
        kept.ok().flatten().is_some_and(|bytes| !bytes.is_empty())
    }

    pub(crate) fn nothing_wanted_back(&self, neighbour: &OfficeId) -> Intent {
        let (namespace, key) = (crate::writer::WANTED_BACK.to_owned(), neighbour.as_str().to_owned());
        Intent::Local { namespace, key, bytes: Bytes::new() }
    }

    /// Seed of this node's retry schedule.
    pub(crate) fn seed(&self) -> u64 {
        // Without randomness all nodes would come back together, which is no fault.
        random::bytes().map_or(0, u64::from_be_bytes)
    }
}

async fn listen(relay: Arc<Inner>, listener: TcpListener) {
    let incoming = accept(listener, &relay.tls, AcceptLimits::default(), relay.stop.clone());
    let mut stop = relay.stop.clone();
    let limit = crate::session::MESSAGE_BYTES_MAX;
    let service = LinkServer::new(LinkService { relay }).max_decoding_message_size(limit);
    let keep = crate::tls::connect::KeepAlive::PARENT;
    let server = tonic::transport::Server::builder()
        .http2_keepalive_interval(Some(keep.interval))
        .http2_keepalive_timeout(Some(keep.timeout))
        .add_service(service)
        .serve_with_incoming(incoming);
    // Graceful shutdown would wait for streams that never end; sessions drain by themselves.
    tokio::select! {
        ended = server => if let Err(fault) = ended {
            tracing::error!(error = %fault, "the link listener has ended");
        },
        () = async {
            let _ = stop.wait_for(|stop| *stop).await;
            tokio::time::sleep(Duration::from_millis(300)).await;
        } => {}
    }
}

async fn watch_space(relay: Arc<Inner>) {
    let mut stop = relay.stop.clone();
    loop {
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(Duration::from_secs(5)) => {}
        }
        let before = relay.conditions.space();
        measure_space(&relay.folder, &relay.settings, &relay.conditions);
        let now = relay.conditions.space();
        if now != before {
            tracing::warn!(?now, "room on the disk has changed");
        }
        if now < before {
            relay.hub.tell_all(&Event::SpaceFreed);
        }
    }
}

fn measure_space(folder: &DataFolder, settings: &RelayConfig, conditions: &Conditions) {
    let Some((free, _)) = disk_space(folder) else { return };
    let least = settings.free_bytes_min;
    conditions.set_space(match free {
        free if free < least => Space::None,
        free if free < 2 * least => Space::VeryLow,
        free if free < 4 * least => Space::Low,
        _ => Space::Enough,
    });
}

fn disk_space(folder: &DataFolder) -> Option<(u64, u64)> {
    let stat = rustix::fs::statvfs(folder.path()).ok()?;
    Some((stat.f_bavail * stat.f_frsize, stat.f_blocks * stat.f_frsize))
}

fn lane_status(heads: &Heads, office: &OfficeId, lane: Lane) -> LaneStatus {
    let acked = heads.out_lane(office, lane).map_or((LinkSeq(0), LinkSeq(0)), |out| (out.acked, out.arrived));
    LaneStatus { last: heads.sent(office, lane).seq, custody: acked.0, arrived: acked.1 }
}

fn ring_after_commit(inner: Arc<std::sync::OnceLock<std::sync::Weak<Inner>>>, committed: watch::Sender<u64>) -> OnCommit {
    Box::new(move |done: &Committed| {
        committed.send_modify(|count| *count += 1);
        if let Some(inner) = inner.get().and_then(std::sync::Weak::upgrade) {
            inner.hub.ring(done.touched.links.iter());
        }
    })
}

/// An index that cannot be opened is set aside and made anew from the journal.
fn open_index(folder: &DataFolder, cache_bytes: u64) -> Result<Arc<SledIndex>, OpenError> {
    let limit = Duration::from_secs(60);
    match SledIndex::open(&folder.index(), cache_bytes, limit) {
        Ok(index) => Ok(Arc::new(index)),
        Err(fault) => {
            tracing::warn!(error = %fault, "the index cannot be trusted and is made anew");
            SledIndex::move_aside(&folder.index())?;
            let index = SledIndex::open(&folder.index(), cache_bytes, limit);
            Ok(Arc::new(index.map_err(|fault| OpenError::Index(fault.to_string()))?))
        }
    }
}

/// Opens the store of a folder; also before its `office.toml` is there, while an office is being founded or enrolled.
pub(crate) fn open_writer(
    folder: &DataFolder,
    office: &OfficeFile,
    key: OfficeKey,
    (index, clock): (Arc<dyn Index>, &dyn Clock),
) -> Result<(Writer, OpenReport), OpenError> {
    let disk = Arc::new(FileDisk::open(&folder.journal())?);
    let identity = Identity { key, office: office.office.clone(), zone: office.zone.clone(), root_pin: office.root_pin };
    let at = Moment { wall: clock.wall(), offset_ms: 0, space: Space::Enough };
    Ok(Writer::open((disk, Options::default()), index, identity, at, machine_randomness())?)
}

pub(crate) fn open_index_of(folder: &DataFolder) -> Result<Arc<dyn Index>, OpenError> {
    Ok(open_index(folder, 4 * 1024 * 1024)?)
}

fn machine_randomness() -> Random {
    Box::new(|bytes| {
        if let Err(fault) = random::fill(bytes) {
            tracing::error!(error = %fault, "the machine has no randomness");
        }
    })
}
