//! What the session machine is told and what it asks for.
//!
//! Every [`Action`] that wants an answer names the [`Event`] that answers it. Answers about one lane come in the order in which they were
//! asked for; different lanes are independent. After [`Action::End`] nothing is answered any more.

use std::time::Duration;

use super::count::LinkEvent;
use super::frame::{
    Ancestor, Arrived, Batch, Custody, Fetch, Fetched, Frame, Held, Item, LineState, Position, Refusal, Refused, RefusedReason,
};
use crate::{
    ids::{Digest, Epoch, Lane, LinkSeq, OfficeId, PerLane, Ticket, UnixMillis, Zone},
    writer::intent::ForkReason,
};

/// The moment of an event, by both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Monotonic, since any fixed moment. Deadlines are counted by it.
    pub since: Duration,
    /// The wall's. Only told and compared, never waited for.
    pub wall: UnixMillis,
}

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
    /// Largest frame that we take.
    pub frame_bytes_max: u32,
}

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
    /// Earlier epochs of ours, newest first, with fork points on this link. A fork point never lies above what this neighbour had
    /// acknowledged: beyond that nobody knows whether its numbers name the same records.
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
    /// Origins whose records are wanted back from this neighbour, one after the other.
    pub fetch: Vec<OfficeId>,
    /// See `link.proto`.
    pub wants_past: bool,
    /// Child: lines below us, all of them.
    pub lines: Vec<LineState>,
}

/// One position of an outbox, as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// What crosses.
    pub item: Item,
    /// Digest of its record, as the store has it: the chain is made of these.
    pub digest: Digest,
}

/// What the machine is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The stream is there and the store was asked. First event of a child; a parent's answer to [`Action::Admit`].
    Opened(Box<Start>),
    /// We do not talk to whoever this is, or no longer. Said to it if it is still listening for a Hello.
    Refuse(RefusedReason, String),
    /// From the neighbour.
    Received(Frame),
    /// It sent what cannot be read. English.
    Unreadable(String),
    /// It sent a frame of a kind that this version does not know. Not a fault.
    UnknownFrame,
    /// Answer to [`Action::KeepTicket`].
    TicketKept,
    /// Answer to [`Action::LookUpChain`]; `None`: we cannot say.
    ChainAt {
        /// As asked.
        lane: Lane,
        /// As asked.
        seq: LinkSeq,
        /// h(seq) in our epoch.
        hash: Option<Digest>,
    },
    /// Answer to [`Action::Rebase`]: the ends of our lanes now.
    Rebased(PerLane<LinkSeq>),
    /// Ends of all our lanes after a commit, read in one piece. Never go back.
    Grew(PerLane<LinkSeq>),
    /// Answer to [`Action::Load`]. Fewer than asked for is allowed, more is cut off; none: try again at the next growth or tick.
    Loaded {
        /// As asked.
        lane: Lane,
        /// Position of the first: the one after `after`.
        first: LinkSeq,
        /// Consecutive.
        items: Vec<Outgoing>,
    },
    /// Positions of the neighbour are durable here: answer to [`Action::Accept`], and to [`Action::TellCustody`].
    Accepted {
        /// The lane.
        lane: Lane,
        /// Through where, with its hash.
        at: Position,
        /// Refused ones of this batch, or after the `after` of the question.
        refusals: Vec<Refusal>,
    },
    /// Answer to [`Action::Accept`]: nothing was changed.
    AcceptFailed {
        /// The lane.
        lane: Lane,
        /// Why.
        why: NotAccepted,
    },
    /// Lanes that were shut for want of space would be taken again.
    SpaceFreed,
    /// Records of the neighbour have arrived everywhere, now.
    ArrivedBelow {
        /// The lane.
        lane: Lane,
        /// Through where.
        seq: LinkSeq,
        /// Not reported before.
        refused: Vec<LinkSeq>,
    },
    /// Answer to [`Action::TellArrived`].
    ArrivedBefore {
        /// The lane.
        lane: Lane,
        /// Through where.
        seq: LinkSeq,
        /// All after the `after` of the question.
        refused: Vec<LinkSeq>,
    },
    /// Child: lines below us that changed.
    LinesChanged(Vec<LineState>),
    /// More origins whose records are wanted back.
    Want(Vec<OfficeId>),
    /// Answer to [`Action::LoadFetch`]: the next records of that origin, in order of id, about a batch of them. Not allowed or not there:
    /// none, and `done`.
    FetchLoaded(Fetched),
    /// Answer to [`Action::TakeBack`]: durable.
    TookBack,
    /// Answer to [`Action::TakeBack`]: not taken. The rest of this origin waits for another session.
    TakeBackFailed,
    /// Time has passed: at [`wakes_at`](super::machine::Machine::wakes_at).
    Tick,
    /// Our store began a new epoch: Hello must be said again.
    NewEpoch,
    /// This node is about to stop. What is being accepted is still acknowledged.
    Drain {
        /// When the neighbour should come back.
        retry_after: Duration,
    },
    /// The stream is gone.
    Closed,
}

/// Why a batch was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAccepted {
    /// The disk is too full for this lane. It is shut until [`Event::SpaceFreed`]; the others go on.
    NoSpace,
    /// The store has another idea of what comes next.
    OutOfOrder,
    /// The store takes nothing any more.
    Stopped,
}

/// What the machine asks for, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Put it on the wire, in order.
    Send(Frame),
    /// Parent: the child may come in. End the incumbent and wait for its end, make a ticket, keep it and `shown` as the two that count,
    /// and answer with [`Event::Opened`].
    Admit {
        /// What the child has shown.
        shown: Option<Ticket>,
        /// There is an incumbent.
        incumbent: Incumbent,
    },
    /// The session is up. Once.
    Up(Box<Peer>),
    /// Keep durably, then answer with [`Event::TicketKept`]. Child: the ticket to show next. Parent: the only one that counts, since the
    /// child has it (no answer needed).
    KeepTicket(Ticket),
    /// Find our chain hash; answered by [`Event::ChainAt`].
    LookUpChain {
        /// The lane.
        lane: Lane,
        /// The position.
        seq: LinkSeq,
    },
    /// Make sure that our lanes hold everything that was ever routed to the neighbour and that neither they nor `holds` contain yet. Asked
    /// for again after each cut until it shows our epoch: nothing is added twice. Answered by [`Event::Rebased`].
    Rebase {
        /// Earlier epoch of ours and what it holds of that; `None`: nothing.
        holds: Option<(Epoch, PerLane<LinkSeq>)>,
    },
    /// Begin a new epoch before this link is opened again. The session ends right after.
    Fork(ForkReason),
    /// Read from an outbox; answered by [`Event::Loaded`]. At least one item, however large.
    Load {
        /// The lane.
        lane: Lane,
        /// The position before the first.
        after: LinkSeq,
        /// Not more items.
        records_max: u64,
        /// Not more by [`Weight`](super::frame::Weight).
        bytes_max: usize,
    },
    /// Judge and commit; answered by [`Event::Accepted`] or [`Event::AcceptFailed`]. Several may be under way.
    Accept(Batch),
    /// It has them on disk. No answer.
    RecordCustody(Custody),
    /// They have arrived. No answer.
    RecordArrived(Arrived),
    /// The neighbour has missed what we had acknowledged; answered by [`Event::Accepted`] with what we hold and the refusals after `after`.
    TellCustody {
        /// The lane.
        lane: Lane,
        /// It knows everything through here.
        after: LinkSeq,
    },
    /// Likewise for what has arrived; answered by [`Event::ArrivedBefore`].
    TellArrived {
        /// The lane.
        lane: Lane,
        /// It knows everything through here.
        after: LinkSeq,
    },
    /// Read records for the neighbour; answered by [`Event::FetchLoaded`].
    LoadFetch(Fetch),
    /// Judge and commit; answered by [`Event::TookBack`] or [`Event::TakeBackFailed`].
    TakeBack(Fetched),
    /// Everything of this origin that the neighbour has is back.
    FetchFinished(OfficeId),
    /// Parent: lines below the child.
    Lines {
        /// Changed, or all.
        lines: Vec<LineState>,
        /// What counts of earlier ones.
        scope: LinesScope,
    },
    /// Our clock minus the neighbour's, ms, as well as it is known now.
    Offset(i64),
    /// The retry schedule starts over: this session was worth something. Once.
    Settled,
    /// Something happened that an operator may count.
    Count(LinkEvent),
    /// Flush what was sent, close the stream, forget the machine. Last, once.
    End {
        /// Why.
        reason: EndReason,
        /// When to come back.
        retry: RetryHint,
    },
}

/// Whether line states replace what was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinesScope {
    /// What is not listed stays.
    Changes,
    /// What is not listed is forgotten.
    Whole,
}

/// The other end, once the session is up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Who.
    pub office: OfficeId,
    /// Its program, for people.
    pub software: String,
    /// Protocol version of this session.
    pub protocol: u32,
    /// Abilities of both.
    pub features: Vec<String>,
    /// Its epoch.
    pub epoch: Epoch,
    /// Largest frame it takes.
    pub frame_bytes_max: u32,
    /// Its disk is new.
    pub wants_past: bool,
    /// Our clock minus its, ms, as a first guess.
    pub offset_ms: i64,
}

/// Why a session ended. The text is English, for logs and the line history.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndReason {
    /// The stream was cut.
    #[error("the line was cut")]
    Closed,
    /// Nothing heard.
    #[error("nothing heard for {0:?}")]
    Silence(Duration),
    /// The neighbour stops on purpose.
    #[error("the neighbour is stopping")]
    PeerDrained,
    /// We stop on purpose.
    #[error("this node is stopping")]
    Drained,
    /// It does not talk to us.
    #[error("refused by the neighbour: {}", .0.detail)]
    RefusedByPeer(Refused),
    /// We do not talk to it.
    #[error("refused: {1}")]
    Refused(RefusedReason, String),
    /// It broke the protocol.
    #[error("fault of the neighbour: {0}")]
    PeerFault(PeerFault),
    /// We need a new epoch first.
    #[error("a new store epoch is needed: {0:?}")]
    Forking(ForkReason),
    /// Our store has a new epoch.
    #[error("this store has begun a new epoch")]
    NewEpoch,
    /// Shut lanes are open again.
    #[error("there is space again")]
    SpaceFreed,
    /// Our store and the machine do not agree, or it stopped.
    #[error("store: {0}")]
    Store(&'static str),
}

/// How the neighbour broke the protocol.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeerFault {
    /// Cannot be read.
    #[error("unreadable frame: {0}")]
    Unreadable(String),
    /// A frame that has no place at this point.
    #[error("{0} at the wrong time")]
    Unexpected(&'static str),
    /// A batch that does not begin where the last one ended.
    #[error("{lane:?} batch at {got}, expected {expected}")]
    Gap {
        /// The lane.
        lane: Lane,
        /// What should have come.
        expected: LinkSeq,
        /// What came.
        got: LinkSeq,
    },
    /// Of another epoch than it said.
    #[error("{0} of an epoch that was not announced")]
    WrongEpoch(&'static str),
    /// More in flight than allowed.
    #[error("more than {WINDOW_RECORDS_MAX} unacknowledged {0:?} records")]
    Window(Lane),
    /// It acknowledges what was not sent, or goes back.
    #[error("{lane:?} {what} at {got}, between {from} and {through} are possible")]
    Impossible {
        /// Which statement.
        what: &'static str,
        /// The lane.
        lane: Lane,
        /// Position.
        got: LinkSeq,
        /// Lowest possible.
        from: LinkSeq,
        /// Highest possible.
        through: LinkSeq,
    },
    /// Its chain and ours differ within a session.
    #[error("{lane:?} custody at {seq} has another chain hash")]
    Chain {
        /// The lane.
        lane: Lane,
        /// The position.
        seq: LinkSeq,
    },
}

/// When to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryHint {
    /// Start the schedule over: within a second.
    Soon,
    /// By the schedule.
    Schedule,
    /// By the schedule, but not before this long.
    NotBefore(Duration),
}
