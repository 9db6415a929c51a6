//! What crosses a link, in the words of the domain. Meaning of each part: `link.proto`.

use std::sync::Arc;

pub use super::file_frame::{Chunk, FileGone, GoneReason, WantFile};

use super::spans::Spans;
use crate::{
    ids::{Digest, Epoch, Lane, LinkSeq, OfficeId, PerLane, RecordId, RecordRef, Ticket, UnixMillis, Zone},
    record::{RawRecord, RawSeal},
};

/// One message between neighbours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// First of either side.
    Hello(Box<Hello>),
    /// Instead of Hello.
    Refused(Refused),
    /// Records of one lane.
    Batch(Batch),
    /// Everything through here is on my disk.
    Custody(Custody),
    /// Everything through here has reached everyone.
    Arrived(Arrived),
    /// I am alive.
    Heartbeat(Heartbeat),
    /// I am about to stop.
    Drain {
        /// Come back after this long, ms.
        retry_after_ms: u64,
    },
    /// Records wanted back.
    Fetch(Fetch),
    /// An answer to that.
    Fetched(Fetched),
    /// A file is wanted, from there on; what comes before is here.
    WantFile(WantFile),
    /// A part of one.
    Chunk(Chunk),
    /// It is not given.
    FileGone(FileGone),
    /// It is not wanted any more; answered by [`Frame::FileGone`].
    StopFile(Digest),
}

/// A place in one lane with its chain hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Last sequence.
    pub seq: LinkSeq,
    /// h(seq).
    pub hash: Digest,
}

impl Position {
    /// Before the first record of an epoch.
    pub fn start(epoch: Epoch) -> Self {
        Self { seq: LinkSeq(0), hash: Digest::of("dutynet.chain.0", &[&epoch.0]) }
    }

    /// After one more record or tombstone.
    #[must_use]
    pub fn after(self, digest: Digest) -> Self {
        let seq = self.seq.next();
        let hash = Digest::of("dutynet.chain.1", &[&self.hash.0, &seq.0.to_be_bytes(), &digest.0]);
        Self { seq, hash }
    }
}

/// An earlier epoch, and where the one after it left off, per lane of this link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ancestor {
    /// The earlier epoch.
    pub epoch: Epoch,
    /// Last position that still counts.
    pub forked_at: PerLane<LinkSeq>,
}

/// What one side durably holds of the other's records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The sender's epoch that these positions are of.
    pub epoch: Epoch,
    /// Per lane.
    pub lanes: PerLane<Position>,
}

/// First frame of either side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello {
    /// Lowest and highest protocol version.
    pub protocol: (u32, u32),
    /// Program and version, for people.
    pub software: String,
    /// Optional abilities.
    pub features: Vec<String>,
    /// Who speaks.
    pub office: OfficeId,
    /// Its zone.
    pub zone: Zone,
    /// Its store's epoch.
    pub epoch: Epoch,
    /// Earlier epochs, newest first.
    pub lineage: Vec<Ancestor>,
    /// What it has for the other, per lane.
    pub sent: PerLane<Position>,
    /// What it holds of the other's.
    pub held: Option<Held>,
    /// What the other has acknowledged of its `epoch`; the refusals after that are told again.
    pub custody: PerLane<LinkSeq>,
    /// How far its `epoch`'s records have arrived, as the other told.
    pub arrived: PerLane<LinkSeq>,
    /// See `link.proto`.
    pub ticket: Option<Ticket>,
    /// Its clock.
    pub clock: UnixMillis,
    /// Largest frame it takes, bytes.
    pub frame_bytes_max: u32,
    /// It asks for everything that it and its subtree had made.
    pub wants_past: bool,
}

/// Why there is no session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusedReason {
    /// The proven key belongs to no child here.
    UnknownKey,
    /// The office has a newer machine.
    Superseded,
    /// Another zone.
    Zone,
    /// No common version.
    Protocol,
    /// Ended by the parent's clock.
    CertificateEnded,
    /// Two machines show one office.
    Quarantined,
    /// Later.
    Busy,
    /// The Hello is wrong.
    Malformed,
    /// Registered without a node.
    NoNode,
}

/// Why there is no session, with the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// For programs.
    pub reason: RefusedReason,
    /// For the log, at most 512 bytes.
    pub detail: String,
    /// Not before this long, ms; 0: as you like.
    pub retry_after_ms: u64,
    /// Refuser's clock.
    pub clock: UnixMillis,
}

/// How a record passed an office. That office's word, unsigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// The office.
    pub office: OfficeId,
    /// When it received the record, by its clock.
    pub received_at: UnixMillis,
    /// Its clock minus its parent's, ms.
    pub offset_ms: i64,
}

/// A record on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// The bytes.
    pub record: RawRecord,
    /// The seal that covers it, shared by its group.
    pub seal: Arc<RawSeal>,
    /// Its place under that seal.
    pub place: u32,
    /// Earlier hops first.
    pub trail: Vec<Hop>,
}

/// What stands at one position of a lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A record.
    Record(Carried),
    /// A record stood here that was refused or withdrawn.
    Tombstone {
        /// Which.
        reference: RecordRef,
        /// Its digest.
        digest: Digest,
    },
}

/// Adds up what items take in a frame, plain; never less than their encoding. The credit of a link and the size of a batch are counted in
/// this.
#[derive(Debug, Clone, Default)]
pub struct Weight {
    bytes: usize,
    seal: Option<Arc<RawSeal>>,
}

impl Weight {
    /// Bytes so far.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Adds one more; a seal counts once as long as items of its group follow one another.
    pub fn add(&mut self, item: &Item) {
        self.bytes += ITEM_OVERHEAD;
        let Item::Record(carried) = item else { return };
        self.bytes += carried.record.size() + carried.trail.len() * HOP_WEIGHT;
        if !self.seal.as_ref().is_some_and(|last| Arc::ptr_eq(last, &carried.seal)) {
            self.bytes += carried.seal.group.len() + carried.seal.signature.len() + SEAL_OVERHEAD;
            self.seal = Some(carried.seal.clone());
        }
    }
}

/// Tags, lengths and places of one item; a whole tombstone fits.
const ITEM_OVERHEAD: usize = 128;
const SEAL_OVERHEAD: usize = 32;
/// An office, a time, an offset.
const HOP_WEIGHT: usize = OfficeId::LEN_MAX + 32;

/// Consecutive positions of one lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The lane.
    pub lane: Lane,
    /// Sender's epoch.
    pub epoch: Epoch,
    /// Position of the first item.
    pub first: LinkSeq,
    /// At least one.
    pub items: Vec<Item>,
}

impl Batch {
    /// Position of the last item.
    pub fn last(&self) -> LinkSeq {
        LinkSeq(self.first.0 + self.items.len() as u64 - 1)
    }
}

/// Why a record was refused for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalCode {
    /// Unreadable or beyond a limit.
    Malformed,
    /// No entry leads from the root to its origin.
    UnknownOrigin,
    /// Its origin's place does not allow it to come this way.
    NotYoursToSend,
    /// The seal does not verify or does not cover it.
    BadSeal,
    /// Same reference, other content.
    Conflict,
    /// Names an office that the root does not know.
    UnknownTarget,
    /// A registry entry without right.
    Registry,
    /// Too large.
    TooLarge,
    /// The program above may not keep what it says.
    Content,
}

impl RefusalCode {
    /// Every code.
    pub const ALL: [Self; 9] = [
        Self::Malformed,
        Self::UnknownOrigin,
        Self::NotYoursToSend,
        Self::BadSeal,
        Self::Conflict,
        Self::UnknownTarget,
        Self::Registry,
        Self::TooLarge,
        Self::Content,
    ];

    /// From its stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.name() == name)
    }

    /// Stable upper-case name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Malformed => "MALFORMED",
            Self::UnknownOrigin => "UNKNOWN_ORIGIN",
            Self::NotYoursToSend => "NOT_YOURS_TO_SEND",
            Self::BadSeal => "BAD_SEAL",
            Self::Conflict => "CONFLICT",
            Self::UnknownTarget => "UNKNOWN_TARGET",
            Self::Registry => "REGISTRY",
            Self::TooLarge => "TOO_LARGE",
            Self::Content => "CONTENT",
        }
    }
}

/// One refused position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Position.
    pub seq: LinkSeq,
    /// Why.
    pub code: RefusalCode,
    /// One sentence, at most 512 bytes.
    pub detail: String,
}

/// Everything through here is on my disk (送达上级).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Custody {
    /// Epoch of the records' sender.
    pub epoch: Epoch,
    /// The lane.
    pub lane: Lane,
    /// Last position, with its hash.
    pub at: Position,
    /// Refused positions of this range.
    pub refusals: Vec<Refusal>,
}

/// Everything through here has reached everyone (已到达).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// Epoch of the records' sender.
    pub epoch: Epoch,
    /// The lane.
    pub lane: Lane,
    /// Last position.
    pub seq: LinkSeq,
    /// Positions not reported before that some later hop refused.
    pub refused: Vec<LinkSeq>,
    /// All positions up to there that have not arrived because an office further on sleeps.
    pub late: Spans,
}

/// What an office knows of the line of one below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineState {
    /// The office whose line to its parent this is.
    pub office: OfficeId,
    /// Linked to its parent.
    pub up: bool,
    /// Since when, by the clock of whoever saw it.
    pub since: UnixMillis,
}

/// I am alive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heartbeat {
    /// Speaker's clock.
    pub clock: UnixMillis,
    /// Last clock heard from the other side, and how long ago it came.
    pub echo: Option<(UnixMillis, u64)>,
    /// Line states below the speaker that changed; upward only.
    pub lines: Vec<LineState>,
    /// `lines` is the whole truth.
    pub lines_whole: bool,
}

/// Records wanted back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetch {
    /// Whose.
    pub origin: OfficeId,
    /// Only after this id.
    pub after: Option<RecordId>,
}

/// Records given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Whose.
    pub origin: OfficeId,
    /// In order of id.
    pub records: Vec<Carried>,
    /// There are no more.
    pub done: bool,
}
