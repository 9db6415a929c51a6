//! Drives a [`Writer`] from one thread of its own, so that everything that waits shares one sync.
//!
//! Promises: requests are committed in the order in which they came; a reply is sent only after the commit; positions that a neighbour
//! told us (lazy requests) wait a little for company, officers and incoming records never do. When the disk fails, the thread ends, every
//! waiting and later request hears of it, and the node stops serving.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU8, Ordering},
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    thread::JoinHandle,
    time::Duration,
};

use tokio::sync::{oneshot, watch};

use super::{
    Committed, Moment, Space, StoreError, Writer,
    intent::{Answer, Intent},
};
use crate::clock::Clock;

/// Most records of one commit.
const RECORDS_MAX: usize = 512;
/// Most record bytes of one commit, as far as they are known.
const BYTES_MAX: usize = 1024 * 1024;
/// How long positions wait for company.
const LAZY_WAIT: Duration = Duration::from_millis(10);
/// How often the index is made durable.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(1);

/// The writer has stopped; the node must open the store anew.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the store has stopped")]
pub struct Stopped;

/// What the machine is like at the moment; measured by others, read at every commit.
#[derive(Debug, Default)]
pub struct Conditions {
    offset_ms: AtomicI64,
    space: AtomicU8,
}

impl Conditions {
    /// This clock minus the parent's, ms.
    pub fn set_offset(&self, ms: i64) {
        self.offset_ms.store(ms, Ordering::Relaxed);
    }

    /// This clock minus the parent's, ms; 0 when not measured.
    pub fn offset(&self) -> i64 {
        self.offset_ms.load(Ordering::Relaxed)
    }

    /// Room on the disk.
    pub fn set_space(&self, space: Space) {
        let level = match space {
            Space::Enough => 0,
            Space::Low => 1,
            Space::VeryLow => 2,
            Space::None => 3,
        };
        self.space.store(level, Ordering::Relaxed);
    }

    /// Room on the disk.
    pub fn space(&self) -> Space {
        match self.space.load(Ordering::Relaxed) {
            0 => Space::Enough,
            1 => Space::Low,
            2 => Space::VeryLow,
            3.. => Space::None,
        }
    }

    fn moment(&self, clock: &dyn Clock) -> Moment {
        Moment { wall: clock.wall(), offset_ms: self.offset(), space: self.space() }
    }
}

enum Request {
    Write { intents: Vec<Intent>, reply: oneshot::Sender<Vec<Answer>> },
    Note(Intent),
    Stop,
}

/// Asks the writer; cheap to clone.
#[derive(Clone)]
pub struct WriterHandle {
    requests: Sender<Request>,
    failed: watch::Receiver<Option<String>>,
}

impl WriterHandle {
    /// Done, and durable, when it returns.
    pub async fn write(&self, intents: Vec<Intent>) -> Result<Vec<Answer>, Stopped> {
        self.request(intents)?.await.map_err(|_| Stopped)
    }

    /// Puts the request in line; done, and durable, when the answer comes.
    pub fn request(&self, intents: Vec<Intent>) -> Result<oneshot::Receiver<Vec<Answer>>, Stopped> {
        let (reply, answer) = oneshot::channel();
        self.requests.send(Request::Write { intents, reply }).map_err(|_| Stopped)?;
        Ok(answer)
    }

    /// One intent; see [`WriterHandle::write`].
    pub async fn write_one(&self, intent: Intent) -> Result<Answer, Stopped> {
        self.write(vec![intent]).await?.pop().ok_or(Stopped)
    }

    /// Something to be noted soon; nobody waits for it.
    pub fn note(&self, intent: Intent) {
        // A stopped writer is told of through `failed`.
        let _ = self.requests.send(Request::Note(intent));
    }

    /// Why the writer ended, once it has.
    pub fn failed(&self) -> watch::Receiver<Option<String>> {
        self.failed.clone()
    }
}

/// The thread, its end, and what it is told after each commit.
pub struct WriterThread {
    handle: WriterHandle,
    thread: JoinHandle<Result<(), StoreError>>,
}

/// What is called after each commit, before its answers are given.
pub type OnCommit = Box<dyn Fn(&Committed) + Send>;

impl WriterThread {
    /// Starts the thread.
    pub fn start(
        writer: Writer,
        clock: Arc<dyn Clock>,
        conditions: Arc<Conditions>,
        on_commit: OnCommit,
    ) -> std::io::Result<Self> {
        let (requests, inbox) = mpsc::channel();
        let (tell_failure, failed) = watch::channel(None);
        let thread = std::thread::Builder::new().name("writer".into()).spawn(move || {
            let mut work = Work { writer, clock, conditions, on_commit, inbox, dirty: false, checkpointed: Duration::ZERO };
            let ended = work.run();
            if let Err(fault) = &ended {
                tracing::error!(error = %fault, "the store cannot go on");
                tell_failure.send_replace(Some(fault.to_string()));
            }
            ended.and_then(|()| work.writer.close())
        })?;
        Ok(Self { handle: WriterHandle { requests, failed }, thread })
    }

    /// For whoever writes.
    pub fn handle(&self) -> WriterHandle {
        self.handle.clone()
    }

    /// Commits what waits, closes the store, waits for it.
    pub fn stop(self) -> Result<(), StoreError> {
        let _ = self.handle.requests.send(Request::Stop);
        self.thread.join().unwrap_or(Err(StoreError::Journal("a writer that does not panic")))
    }
}

struct Work {
    writer: Writer,
    clock: Arc<dyn Clock>,
    conditions: Arc<Conditions>,
    on_commit: OnCommit,
    inbox: Receiver<Request>,
    dirty: bool,
    checkpointed: Duration,
}

/// What one commit takes.
#[derive(Default)]
struct Taken {
    intents: Vec<Intent>,
    replies: Vec<(usize, oneshot::Sender<Vec<Answer>>)>,
    records: usize,
    bytes: usize,
    stop: bool,
}

impl Taken {
    fn take(&mut self, request: Request) {
        match request {
            Request::Write { intents, reply } => {
                for intent in &intents {
                    let (records, bytes) = weight(intent);
                    self.records += records;
                    self.bytes += bytes;
                }
                self.replies.push((intents.len(), reply));
                self.intents.extend(intents);
            }
            Request::Note(intent) => {
                self.replies.push((1, oneshot::channel().0));
                self.intents.push(intent);
            }
            Request::Stop => self.stop = true,
        }
    }

    fn is_full(&self) -> bool {
        self.records >= RECORDS_MAX || self.bytes >= BYTES_MAX || self.stop
    }
}

fn weight(intent: &Intent) -> (usize, usize) {
    match intent {
        Intent::Accept(incoming) => (incoming.items.len(), 1024 * incoming.items.len()),
        Intent::TakeBack { records, .. } => (records.len(), 1024 * records.len()),
        Intent::Salvage(records) => (records.len(), 1024 * records.len()),
        Intent::Submit(draft) | Intent::SubmitWith(draft, _) => (1, draft.body.len() + 512),
        Intent::Custody { .. }
        | Intent::Arrived { .. }
        | Intent::Line { .. }
        | Intent::Sleep(_)
        | Intent::Wake(_)
        | Intent::Started { .. }
        | Intent::LinesTold { .. }
        | Intent::Tickets { .. }
        | Intent::RetryParked(..)
        | Intent::WithdrawParked(..)
        | Intent::Rewind { .. }
        | Intent::Count { .. }
        | Intent::Fork(_)
        | Intent::Rebase { .. }
        | Intent::Local { .. }
        | Intent::Destroy(_)
        | Intent::Hollowed(_)
        | Intent::Invite(_)
        | Intent::Revoke(_)
        | Intent::Enrol(_)
        | Intent::Register(..)
        | Intent::NotInterpreted { .. } => (1, 256),
    }
}

impl Work {
    fn run(&mut self) -> Result<(), StoreError> {
        loop {
            let Some(taken) = self.wait()? else { return Ok(()) };
            let stop = taken.stop;
            self.commit(taken)?;
            self.checkpoint_if_due()?;
            if stop {
                return Ok(());
            }
        }
    }

    /// Takes what waits, and waits for nothing more than company for lazy requests.
    fn wait(&mut self) -> Result<Option<Taken>, StoreError> {
        let first = loop {
            let idle = if self.dirty { CHECKPOINT_EVERY } else { Duration::from_secs(3600) };
            match self.inbox.recv_timeout(idle) {
                Ok(request) => break request,
                Err(RecvTimeoutError::Timeout) => self.checkpoint()?,
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
            }
        };
        let mut taken = Taken::default();
        let mut lazy = matches!(first, Request::Note(_));
        taken.take(first);
        let until = self.clock.monotonic() + LAZY_WAIT;
        while !taken.is_full() {
            let next = if lazy {
                self.inbox.recv_timeout(until.saturating_sub(self.clock.monotonic())).ok()
            } else {
                self.inbox.try_recv().ok()
            };
            let Some(next) = next else { break };
            lazy &= matches!(next, Request::Note(_));
            taken.take(next);
        }
        Ok(Some(taken))
    }

    fn commit(&mut self, taken: Taken) -> Result<(), StoreError> {
        let moment = self.conditions.moment(self.clock.as_ref());
        let mut committed = self.writer.commit(taken.intents, moment)?;
        self.dirty = true;
        (self.on_commit)(&committed);
        let mut answers = committed.answers.drain(..);
        for (count, reply) in taken.replies {
            // Nobody may be waiting any more.
            let _ = reply.send(answers.by_ref().take(count).collect());
        }
        Ok(())
    }

    fn checkpoint_if_due(&mut self) -> Result<(), StoreError> {
        if self.dirty && self.clock.monotonic().saturating_sub(self.checkpointed) >= CHECKPOINT_EVERY {
            self.checkpoint()?;
        }
        Ok(())
    }

    fn checkpoint(&mut self) -> Result<(), StoreError> {
        self.checkpointed = self.clock.monotonic();
        if std::mem::take(&mut self.dirty) {
            self.writer.checkpoint()?;
        }
        Ok(())
    }
}
