//! What a session is made with: who stands at its two ends, its bounds and times, and what the store knows when it begins.

use std::time::Duration;

use super::frame::{Ancestor, Held, LineState, Position};
use crate::ids::{Epoch, LinkSeq, OfficeId, PerLane, Ticket, Zone};

/// Which end of the link this is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// It dialled, and says Hello first.
    Child,
    /// It was dialled, and says Hello once it has read the child's.
    Parent(Gate),
}

/// What a parent knows about its child at the moment when the child knocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// Tickets that count, newest first; none: the child was never here.
    pub tickets: Vec<Ticket>,
    /// Another session of that office.
    pub incumbent: Incumbent,
}

/// Whether another session of the same office is up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Incumbent {
    /// None.
    Absent,
    /// One that has not ended; it may be a ghost.
    Live,
}

/// What a link carries, by the standing of the neighbour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carries {
    /// All lanes.
    Everything,
    /// Only the Control lane: registry entries. What comes in other lanes is dropped unacknowledged, and none is sent.
    ControlOnly,
}

/// Everything that stays the same for a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Which end.
    pub role: Role,
    /// Who this is.
    pub own: OfficeId,
    /// Whom TLS has proved, or whom the dialled key belongs to.
    pub peer: OfficeId,
    /// Network zone of both.
    pub zone: Zone,
    /// By standing.
    pub carries: Carries,
    /// For people, e.g. `dutynet 0.1.0`.
    pub software: String,
    /// Range of protocol versions spoken.
    pub protocol: (u32, u32),
    /// Optional abilities offered.
    pub features: Vec<String>,
    /// Bounds and times.
    pub limits: Limits,
}

/// Bounds and times of a session. The default is what a network uses; tests and demonstrations use shorter times on both ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Between two heartbeats. Both ends of a link must agree.
    pub heartbeat: Duration,
    /// So many heartbeats without a sign of life end the session.
    pub missed_max: u32,
    /// A changed line state is told at once, but not more often than this.
    pub lines_gap: Duration,
    /// A session that lived so long has settled, also without a custody.
    pub settled_after: Duration,
    /// Unacknowledged records of one lane, at most [`WINDOW_RECORDS_MAX`].
    pub window_records: u64,
    /// Unacknowledged bytes of each lane above Routine.
    pub window_bytes: usize,
    /// Unacknowledged Routine bytes, whatever the goodput.
    pub window_bytes_routine: usize,
    /// Size of a Routine batch.
    pub batch_bytes_routine: usize,
    /// Size of a batch in the lanes above.
    pub batch_bytes: usize,
    /// Of so many frames one is Routine's when it has something to send.
    pub routine_floor: u32,
    /// Of so many frames one is a part of a file when there is one to send, unless something flash waits.
    pub files_floor: u32,
    /// Largest frame that we take.
    pub frame_bytes_max: u32,
}

/// Word of Hello of those who know what it means that a position is late.
pub const FEATURE_LATE: &str = "late";

/// Word of Hello of those who give and take files.
pub const FEATURE_FILES: &str = "files";

/// Word of Hello of those who ask and answer live questions.
pub const FEATURE_QUESTIONS: &str = "questions";

/// More unacknowledged records than this in one lane is a fault of their sender.
pub const WINDOW_RECORDS_MAX: u64 = 1024;

impl Default for Limits {
    fn default() -> Self {
        Self {
            heartbeat: Duration::from_secs(15),
            missed_max: 3,
            lines_gap: Duration::from_secs(1),
            settled_after: Duration::from_secs(60),
            window_records: WINDOW_RECORDS_MAX,
            window_bytes: 1024 * 1024,
            window_bytes_routine: 256 * 1024,
            batch_bytes_routine: 32 * 1024,
            batch_bytes: 64 * 1024,
            routine_floor: 8,
            files_floor: 16,
            frame_bytes_max: 128 * 1024,
        }
    }
}

/// What the store knows of this link. Read in one piece, after everything that an earlier session of the link had asked of the store is
/// answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// Our epoch.
    pub epoch: Epoch,
    /// Earlier epochs of ours, newest first, with fork points on this link. A fork point never lies above what had arrived, as this
    /// neighbour told: what it holds beyond that may be other records under the same numbers, and arrivals of an earlier epoch are told no
    /// more.
    pub lineage: Vec<Ancestor>,
    /// Ends of our lanes to this neighbour, in our epoch.
    pub sent: PerLane<Position>,
    /// What it has acknowledged of our epoch.
    pub custody: PerLane<LinkSeq>,
    /// How far our epoch's records have arrived, as it told.
    pub arrived: PerLane<LinkSeq>,
    /// What we durably hold of its records.
    pub held: Option<Held>,
    /// Child: the ticket to show. Parent: the fresh one to give.
    pub ticket: Option<Ticket>,
    /// Origins whose records are wanted back from this neighbour, one after the other: our own, from a new epoch until
    /// [`FetchFinished`](super::event::Action::FetchFinished).
    pub fetch: Vec<OfficeId>,
    /// See `link.proto`.
    pub wants_past: bool,
    /// Child: lines below us, all of them.
    pub lines: Vec<LineState>,
}
