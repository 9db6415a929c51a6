//! What the session machine is told and what it asks for.
//!
//! Every [`Action`] that wants an answer names the [`Event`] that answers it. Answers about one lane come in the order in which they were
//! asked for; different lanes are independent. After [`Action::End`] nothing is answered any more.

use std::time::Duration;

use bytes::Bytes;

use super::{
    config::{Incumbent, Start},
    count::LinkEvent,
    end::{EndReason, RetryHint},
    frame::{
        Arrived, Batch, Chunk, Custody, Fetch, Fetched, Frame, GoneReason, Item, LineState, Position, Refusal, RefusedReason,
    },
    spans::Spans,
};
use crate::{
    ids::{Digest, Epoch, FileRef, Lane, LinkSeq, OfficeId, PerLane, RecordRef, Ticket, UnixMillis},
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
    /// Positions of the neighbour are durable here: answer to [`Action::Accept`].
    Accepted {
        /// The lane.
        lane: Lane,
        /// Through where, with its hash.
        at: Position,
        /// Refused ones of this batch.
        refusals: Vec<Refusal>,
    },
    /// Answer to [`Action::TellCustody`]: what we hold by now.
    CustodyBefore {
        /// The lane.
        lane: Lane,
        /// Through where, with its hash.
        at: Position,
        /// All that were refused after the `after` of the question.
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
        /// Epoch that they are of; of another than the neighbour's present one it is of no use to it.
        epoch: Epoch,
        /// The lane.
        lane: Lane,
        /// Through where.
        seq: LinkSeq,
        /// Those that a later hop refused; what was told in this session is not told again.
        refused: Vec<LinkSeq>,
        /// All that have not because an office further on sleeps; also after `seq`.
        late: Spans,
    },
    /// Answer to [`Action::TellArrived`].
    ArrivedBefore {
        /// The lane.
        lane: Lane,
        /// Through where.
        seq: LinkSeq,
        /// All after the `after` of the question.
        refused: Vec<LinkSeq>,
        /// As above.
        late: Spans,
    },
    /// Child: lines below us that changed.
    LinesChanged(Vec<LineState>),
    /// More origins whose records are wanted back.
    Want(Vec<OfficeId>),
    /// A record of ours can be read no more, and the neighbour may have it. Asked for in this session, if at all.
    WantLost(RecordRef),
    /// Answer to [`Action::LoadFetch`]: the next records of that origin, in order of id, about a batch of them. Not allowed or not there:
    /// none, and `done`.
    FetchLoaded(Fetched),
    /// Answer to [`Action::TakeBack`]: durable.
    TookBack,
    /// Answer to [`Action::TakeBack`]: not taken. The rest of this origin waits for another session.
    TakeBackFailed,
    /// A file is wanted from the neighbour, of which so much is here. Told again as long as it is; what does not come now comes later.
    WantFile {
        /// Which.
        file: FileRef,
        /// From its beginning, bytes.
        have: u64,
    },
    /// Answer to [`Action::LoadChunk`]: a part from there on, or why there is none.
    ChunkLoaded {
        /// As asked.
        digest: Digest,
        /// As asked.
        offset: u64,
        /// Not empty, not more than asked for.
        loaded: Result<Bytes, GoneReason>,
    },
    /// Answer to [`Action::KeepChunk`]: everything through there is on the disk; at its end the file is whole and right.
    ChunkKept {
        /// As asked.
        digest: Digest,
        /// Through where.
        through: u64,
    },
    /// Answer to [`Action::KeepChunk`]: not kept.
    ChunkNotKept {
        /// As asked.
        digest: Digest,
        /// Why.
        why: NotKept,
    },
    /// Time has passed: at [`wakes_at`](super::machine::Machine::wakes_at).
    Tick,
    /// Our store began a new epoch: Hello must be said again. Told before any answer that was read from the store after that.
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

/// Why a part of a file was not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotKept {
    /// All of it has come, and it is another file: it was thrown away.
    NotIt,
    /// The disk is too full for files.
    NoRoom,
    /// Nobody wants it any more.
    Unwanted,
}

/// What the machine asks for, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Put it on the wire, in order.
    Send(Frame),
    /// Parent: the child may come in. End the incumbent and wait for its end, make a ticket, keep it and `shown` as the two that count,
    /// and answer with [`Event::Opened`].
    Admit {
        /// What the child has shown, [`Ticket::NONE`] for nothing: until it has kept the new one it will show the same again.
        shown: Ticket,
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
    /// It holds less of our epoch than it had acknowledged: what lies beyond waits again. No answer.
    Rewind(PerLane<LinkSeq>),
    /// Remember durably that these are wanted back from the neighbour, in [`Start::fetch`], until [`Action::FetchFinished`]. No answer, but
    /// it is durable before a [`Action::Rebase`] that comes after it is answered.
    WantBack(OfficeId),
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
    /// The neighbour has missed what we had acknowledged; answered by [`Event::CustodyBefore`].
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
    FetchFinished {
        /// Whose.
        origin: OfficeId,
        /// When these are our own: an epoch of ours that the neighbour holds and that we have forgotten. Everything of it is here now, so
        /// it can be named in [`Start::lineage`] of this link, with nothing that counts. Else all is fetched again at the next Hello.
        forgotten: Option<Epoch>,
    },
    /// Read a part of a file for the neighbour, if it may have it; answered by [`Event::ChunkLoaded`].
    LoadChunk {
        /// Which.
        digest: Digest,
        /// From where.
        offset: u64,
        /// Its length, as the neighbour believes.
        total: u64,
        /// Not more.
        bytes_max: usize,
    },
    /// Write a part of a file; answered by [`Event::ChunkKept`] or [`Event::ChunkNotKept`]. Several may be under way.
    KeepChunk(Chunk),
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
