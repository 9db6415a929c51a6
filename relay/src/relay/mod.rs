//! One running node's carriage, as programs above use it: make records, follow them, see the lines, invite offices.
//!
//! [`Relay::open`] opens the store and starts the writer; [`Relay::run`] listens for children and keeps the link to the parent until it is
//! told to stop. Everything else may be called before, while and after lines are down: nothing here waits for a line.

mod alive;
mod asking;
mod dormancy;
mod filing;
mod listening;
mod offices;
mod opening;
mod parent;
mod settings;
mod shared;
mod status;

pub use asking::{Answers, Ask, AskRefused};
pub use dormancy::DormantAfter;
pub use offices::{NewOffice, Terms};
pub(crate) use opening::{open_index_of, open_writer};
pub use settings::{LEAF_VALID, OpenError, RelayConfig, SubmitError};
pub use status::{LaneStatus, LinkStatus, StoreStatus};

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::{net::TcpListener, sync::watch};

use self::{
    opening::{open_disk, open_index, open_writer_on, own_leaf},
    status::{measure_space, watch_space},
};
use crate::{
    clock::Clock,
    disk::{Disk, fs::FileDisk},
    feed::Feed,
    files::Files,
    folder::{DataFolder, FolderLock, OfficeFile},
    hub::Hub,
    ids::{OfficeId, RecordRef, UnixMillis},
    index::{Index, IndexError, renewal::RenewableIndex},
    journal::Place,
    record::{OfficeKey, Person},
    registry::Registry,
    session::dial,
    tls::config::Tls,
    upkeep,
    writer::{
        Committed, Heads, Moment, Opening, ParkedRecord, RecordState, Space, Store, StoreError,
        intent::{Answer, Destroying, Draft, Intent, ParkedAt},
        thread::{Conditions, OnCommit, Stopped, WriterHandle, WriterThread},
    },
};

/// A record that was made or found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Which.
    pub reference: RecordRef,
    /// Nothing new was made.
    pub folded: bool,
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
    pub(crate) files: Arc<Files>,
    pub(crate) asking: asking::Asking,
    /// Held by whoever makes a record that names files, so that none of them goes meanwhile; alone by whoever removes one.
    pub(crate) filing: tokio::sync::RwLock<()>,
    /// Something has changed about files that are wanted.
    file_news: tokio::sync::Notify,
    /// Where the parent is dialled.
    pub(crate) parent_addresses: watch::Sender<Vec<String>>,
    stopper: watch::Sender<bool>,
    commits: watch::Receiver<u64>,
    sled: Arc<RenewableIndex>,
    pub(crate) folder: DataFolder,
}

/// See the module. Cheap to clone.
#[derive(Clone)]
pub struct Relay {
    inner: Arc<Inner>,
    thread: Arc<Mutex<Option<(WriterThread, FolderLock)>>>,
    opening: Arc<Opening>,
}

impl Relay {
    /// Opens the store of the office that the folder belongs to.
    pub fn open(settings: RelayConfig, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        Self::open_on(settings, clock, open_disk)
    }

    /// The same with another disk in place of the folder's `journal/`, for tests that watch every sync.
    pub fn open_on(
        settings: RelayConfig,
        clock: Arc<dyn Clock>,
        disk: impl FnOnce(&DataFolder) -> Result<Arc<dyn Disk>, OpenError>,
    ) -> Result<Self, OpenError> {
        let folder = DataFolder::at(&settings.folder);
        let office = folder.office()?;
        let lock = folder.lock()?;
        let key = folder.key()?;
        let tls = Tls::new(key.clone(), own_leaf(&folder, &office, &key, clock.as_ref())?)?;
        let index = open_index(&folder, settings.index_cache_bytes)?;
        let conditions = Arc::new(Conditions::default());
        let files = Arc::new(Files::open(Arc::new(FileDisk::open(&folder.files())?), settings.files)?);
        measure_space(&folder, &settings, (&conditions, &files));
        let (mut writer, opening) = open_writer_on(disk(&folder)?, &office, key.clone(), (index.clone(), clock.as_ref()))?;
        let alive_until = alive::read(&folder).unwrap_or(UnixMillis(i64::MIN));
        writer
            .commit(vec![Intent::Started { alive_until }], Moment { wall: clock.wall(), offset_ms: 0, space: Space::Enough })?;
        let store = writer.store();
        let lines = store.with_heads(|heads: &Heads| heads.lines.clone());
        let hub = Hub::new(lines, clock.wall());
        let (committed, commits) = watch::channel(0);
        let (stopper, stop) = watch::channel(false);
        let slot: Arc<std::sync::OnceLock<std::sync::Weak<Inner>>> = Arc::default();
        let on_commit = ring_after_commit(slot.clone(), committed);
        let thread = WriterThread::start(writer, clock.clone(), conditions.clone(), on_commit)?;
        let asking = asking::Asking::new(office.office.clone());
        let parent_addresses = office.parent.as_ref().map(|parent| parent.addresses.clone()).unwrap_or_default();
        let inner = Arc::new(Inner {
            parent_addresses: watch::Sender::new(parent_addresses),
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
            files,
            asking,
            filing: tokio::sync::RwLock::default(),
            file_news: tokio::sync::Notify::new(),
            stopper,
            commits,
            sled: index,
            folder,
        });
        // Set once, here.
        let _ = slot.set(Arc::downgrade(&inner));
        Ok(Self { inner, thread: Arc::new(Mutex::new(Some((thread, lock)))), opening: Arc::new(opening) })
    }

    /// What opening found.
    pub fn opening(&self) -> &Opening {
        &self.opening
    }

    /// Listens for children and keeps the link to the parent. Returns after [`Relay::stop`], or when the store has failed; then nothing that it
    /// began is left, and once the last handle is dropped the folder can be opened anew.
    pub async fn run(&self, listener: Option<TcpListener>) -> Result<(), StoreError> {
        let inner = &self.inner;
        let mut tasks = tokio::task::JoinSet::new();
        if let Some(listener) = listener {
            tasks.spawn(listening::listen(inner.clone(), listener));
        }
        if let Some(parent) = inner.office.parent.clone() {
            tasks.spawn(dial::keep_linked(inner.clone(), parent));
        }
        tasks.spawn(watch_space(inner.clone()));
        tasks.spawn(dormancy::watch_sleepers(inner.clone()));
        tasks.spawn(upkeep::remove_bodies(inner.clone(), inner.commits.clone()));
        tasks.spawn(upkeep::attached::remove_files(inner.clone(), inner.commits.clone()));
        tasks.spawn(upkeep::scrub::run(inner.clone(), self.opening.journal.damaged.clone()));
        tasks.spawn(alive::keep_marking(inner.clone()));
        tasks.spawn(filing::watch_files(inner.clone()));
        tasks.spawn(asking::answer_all(inner.clone()));
        let mut stop = inner.stop.clone();
        let mut failed = inner.writer.failed();
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => {}
            _ = failed.wait_for(Option::is_some) => {}
        }
        self.inner.stopper.send_replace(true);
        while tasks.join_next().await.is_some() {}
        let taken = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some((thread, lock)) = taken else { return Ok(()) };
        let ended = tokio::task::spawn_blocking(move || thread.stop()).await;
        alive::mark_now(inner).await;
        drop(lock);
        ended.unwrap_or(Err(StoreError::Journal("a writer that does not panic")))
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

    /// The folder that it works in.
    pub fn data_folder(&self) -> &DataFolder {
        &self.inner.folder
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

    /// Puts the index on fresh files: what was removed from it, or changed, is in none of them afterwards. Blocks for as long as that takes.
    pub fn renew_index(&self) -> Result<(), IndexError> {
        self.inner.sled.renew()
    }

    /// Keys that the index was given since the start, or since it was renewed; for figures.
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

    /// Destroys a record: from here on nobody reads its body here, and soon nobody elsewhere.
    pub async fn destroy(&self, destroying: Destroying) -> Result<Made, SubmitError> {
        self.made(Intent::Destroy(Box::new(destroying))).await
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
}

fn ring_after_commit(inner: Arc<std::sync::OnceLock<std::sync::Weak<Inner>>>, committed: watch::Sender<u64>) -> OnCommit {
    Box::new(move |done: &Committed| {
        committed.send_modify(|count| *count += 1);
        if let Some(inner) = inner.get().and_then(std::sync::Weak::upgrade) {
            inner.hub.ring(done.touched.links.iter());
        }
    })
}
