//! One office: what survives a crash (disk, index, key), and what runs between two of them (writer, sessions).

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use dutynet_relay::{
    disk::memory::{MemoryDisk, Op},
    ids::{OfficeId, Ticket},
    index::map::MapIndex,
    link::{config::Limits, retry::Retry},
    record::{OfficeKey, PublicKey},
    writer::{Space, Store, Writer, intent::Intent},
};

use crate::{faults::FailingIndex, losses::Memory, session::Session};

/// One office of the simulated tree.
pub struct Office {
    /// Its id.
    pub id: OfficeId,
    /// Place of its parent.
    pub parent: Option<usize>,
    /// Its key.
    pub key: OfficeKey,
    /// Survives.
    pub disk: Arc<MemoryDisk>,
    /// Survives as far as it was checkpointed.
    pub index: Arc<FailingIndex>,
    /// Its wall clock minus the true one, ms.
    pub skew_ms: i64,
    /// How often it was started.
    pub run: u32,
    /// Off: `None`.
    pub live: Option<Live>,
    /// Room on its disk.
    pub space: Space,
    /// Its disk is slow until then.
    pub slow_until: Duration,
    /// An error of its disk or index is on its way.
    pub armed: bool,
    /// There is less room on its disk than it needs.
    pub cramped: bool,
    /// Older images of its disk and index, as somebody has kept them.
    pub images: Vec<Image>,
    /// What was done to its disk while it was off.
    pub past: Past,
    /// A new machine that is not enrolled yet.
    pub joining: bool,
    /// Switched off for good.
    pub gone: bool,
    /// When it dials again.
    pub retry: Retry,
}

/// A disk and an index as they once were.
pub struct Image {
    /// What was on the disk.
    pub disk: MemoryDisk,
    /// What had been made durable of the index.
    pub index: MapIndex,
    /// The same, as the ledger knows it.
    pub memory: Memory,
    /// Keys of all offices, as they were known when it was taken.
    pub keys: Vec<Option<PublicKey>>,
}

/// What was done to a disk while its office was off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Past {
    /// Nothing.
    Own,
    /// It is one of before, and whoever put it back has said so.
    Restored,
    /// It is one of before, or an empty one, and nobody has said so.
    Another,
}

/// A running office.
pub struct Live {
    /// The real one.
    pub writer: Writer,
    /// Its reading side.
    pub store: Store,
    /// What waits to be written.
    pub requests: VecDeque<Request>,
    /// A commit is on its way.
    pub commit_due: bool,
    /// Sessions so far.
    pub opened: u64,
    /// Every session, also those that are ending.
    pub sessions: BTreeMap<u64, Session>,
    /// The session that counts for each neighbour.
    pub doors: BTreeMap<OfficeId, u64>,
    /// Its clock minus the parent's, as measured, ms.
    pub offset_ms: i64,
    /// It is being stopped on purpose.
    pub stopping: bool,
}

/// Something to be written, and who waits for it.
pub struct Request {
    /// What.
    pub intents: Vec<Intent>,
    /// Who.
    pub reply: Reply,
}

/// Who waits.
#[derive(Debug, Clone, Copy)]
pub enum Reply {
    /// Nobody.
    Nobody,
    /// An officer, by the number of what was asked.
    Officer(usize),
    /// A session.
    Session(u64, Asked),
}

/// What a session waits for.
#[derive(Debug, Clone, Copy)]
pub enum Asked {
    /// A child may come in with this ticket.
    Admit(Ticket),
    /// A ticket is kept.
    Ticket,
    /// A rebase.
    Rebase,
    /// A new epoch.
    Fork,
    /// A batch of that lane.
    Accept(dutynet_relay::ids::Lane),
    /// Records that were wanted back.
    TakeBack,
}

impl Office {
    /// The running office.
    pub fn live(&self) -> &Live {
        self.live.as_ref().expect("only a running office is asked")
    }

    /// The running office.
    pub fn live_mut(&mut self) -> &mut Live {
        self.live.as_mut().expect("only a running office is asked")
    }

    /// Whether it runs, and still in that run.
    pub fn is_in(&self, run: u32) -> bool {
        self.live.is_some() && self.run == run
    }

    /// Whether a fault of its disk is to be expected now.
    pub fn is_shaky(&self) -> bool {
        self.armed || self.cramped
    }

    /// Makes the next use of the disk or index fail, by choice.
    pub fn arm(&mut self, choice: u32, nth: u32) {
        self.armed = true;
        match choice % 4 {
            0 => self.disk.fail_nth(Op::Write, nth),
            1 => self.disk.fail_nth(Op::Sync, nth),
            2 => self.disk.fail_nth(Op::Allocate, 1),
            _ => self.index.fail_next(),
        }
    }
}

/// Short times, so that a minute of theirs holds many cuts.
pub fn limits() -> Limits {
    Limits {
        heartbeat: Duration::from_millis(500),
        lines_gap: Duration::from_millis(50),
        settled_after: Duration::from_secs(2),
        // Small windows and batches, so that a few dozen records fill them.
        window_records: 12,
        window_bytes: 12 * 1024,
        window_bytes_routine: 6 * 1024,
        batch_bytes: 6 * 1024,
        batch_bytes_routine: 3 * 1024,
        routine_floor: 4,
        ..Limits::default()
    }
}
