//! The journal (append-only): what this office knows, in the order in which it came to know it.
//!
//! Promises: a [`Journal::append`] that returned `Ok` survives a power cut whole; one that did not is afterwards there whole or not at
//! all. Groups are chained by hash. After an unclean stop the last group is written anew and synced before `open` returns, because what
//! was read from the page cache is not yet durable. Damage in the middle is reported and set aside, never a panic. A whole frame of a
//! newer format is refused at open and nothing is touched. Any error of a write or a sync ends the journal: every later call fails.
//!
//! Leaves to others: what the frames mean ([`crate::writer`]), and where things are ([`crate::index`]).

use bytes::Bytes;

/// What a frame is. Numbers are for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum FrameKind {
    /// A record that this office keeps, with its verdict and routes. Header: `AcceptedFrame`; body: salt and body.
    Accepted = 1,
    /// A seal, once per group; referenced by the accepted frames after it.
    Seal = 2,
    /// A position of an incoming lane that brought nothing new: folded, refused, or a tombstone.
    Consumed = 3,
    /// A neighbour refused a record, or a person withdrew or retried it.
    Parked = 4,
    /// Positions: acknowledged, arrived; tickets; line changes.
    Positions = 5,
    /// A store epoch begins.
    Epoch = 6,
    /// Bytes of a program above, under a namespace and key; the last one counts.
    Local = 7,
    /// A projection could not digest a record.
    NotInterpreted = 8,
    /// Reserved: bodies are about to be removed.
    HollowIntent = 9,
}

/// One entry of the journal. The two parts have checksums of their own, so that a body can be removed later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// What it is.
    pub kind: FrameKind,
    /// Version of the kind's encoding.
    pub version: u8,
    /// Kept for ever.
    pub header: Bytes,
    /// May be hollowed later.
    pub body: Bytes,
}

/// Where a frame stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Number of the segment.
    pub segment: u32,
    /// Offset of its group in the segment.
    pub group: u64,
    /// Index in the group.
    pub frame: u16,
}

/// A border between groups: everything before it has been read. Ordered like the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Cursor {
    /// Number of the segment; 0: before the first.
    pub segment: u32,
    /// Offset of the next group in it.
    pub offset: u64,
    /// Groups before the border since the journal began.
    pub groups: u64,
}
