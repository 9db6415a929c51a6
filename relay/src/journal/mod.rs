//! The journal (append-only): what this office knows, in the order in which it came to know it.
//!
//! Promises: a [`Journal::append`] that returned `Ok` survives a power cut whole; one that did not is afterwards there whole or not at
//! all. Groups are chained by hash. After an unclean stop the last group is written anew and synced before `open` returns, because what
//! was read from the page cache is not yet durable. Damage in the middle is reported and set aside, never a panic. A whole frame of a
//! newer format is refused at open and nothing is touched. Any error of a write or a sync ends the journal: every later call fails.
//!
//! Files: segments `00000001.seg`, `00000002.seg` …, and a `mark` that says through where everything was durable when the journal was
//! last opened or closed. A segment appears under its name only when its header and its first group are durable. Layout: [`layout`] and
//! [`group`]; one way of reading for everybody: [`walk`].
//!
//! Bodies can be removed later ([`Hollowing`]): their segment is written anew without them and renamed over, one **generation** later. All
//! else stays where it was, byte for byte, so that places, chains and hashes hold; a removed body reads as [`Body::Hollow`], which is not
//! damage. What was removed once must not come back by a copy: whoever copies segments (a backup) compares number and generation
//! ([`JournalReader::durable`]) with what was copied before, takes a segment of a newer generation whole again and lets go of the older
//! copy, and begins anew with a segment whose generation has changed while it was being copied.
//!
//! Leaves to others: what the frames mean ([`crate::writer`]), where things are ([`crate::index`]), and that one process at a time opens
//! a folder.

mod append;
mod copy;
mod group;
#[cfg(test)]
mod harm;
mod hollow;
mod layout;
mod open;
mod reader;
mod recent;
mod survey;
#[cfg(test)]
mod tests;
mod walk;

use std::io;

use bytes::Bytes;

pub use append::Journal;
pub use copy::{Durable, check, look};
pub use hollow::{Hollowing, Progress};
pub use reader::JournalReader;

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
    /// Bodies are to be removed, and count as gone from here on.
    HollowIntent = 9,
    /// They are gone from the disk.
    Hollowed = 10,
}

impl FrameKind {
    const ALL: [Self; 10] = [
        Self::Accepted,
        Self::Seal,
        Self::Consumed,
        Self::Parked,
        Self::Positions,
        Self::Epoch,
        Self::Local,
        Self::NotInterpreted,
        Self::HollowIntent,
        Self::Hollowed,
    ];

    fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == number)
    }
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
    pub body: Body,
}

/// The part of a frame that may be removed later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// As it was appended.
    Whole(Bytes),
    /// Removed.
    Hollow,
}

impl Body {
    /// Its bytes; none when it is hollow.
    pub fn bytes(&self) -> &Bytes {
        static NONE: Bytes = Bytes::new();
        match self {
            Self::Whole(bytes) => bytes,
            Self::Hollow => &NONE,
        }
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.bytes().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.bytes().is_empty()
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        Self::Whole(bytes.into())
    }
}

/// Where a frame stands. Holds for ever: when the last group moves to another segment at an open, its frames keep their places.
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
///
/// `groups` alone decides where a reader goes on; segment and offset are where to look first. The border behind a group that moved may
/// so have two forms, which differ in them and agree in `groups`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Cursor {
    /// Number of the segment; 0: before the first.
    pub segment: u32,
    /// Offset of the next group in it.
    pub offset: u64,
    /// Groups before the border since the journal began.
    pub groups: u64,
}

/// Sizes, and how much is read at an open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// First step in which space is reserved; each further step is twice the one before.
    pub prealloc_bytes_min: u64,
    /// Largest step.
    pub prealloc_bytes_max: u64,
    /// A group that would end after this begins a segment.
    pub segment_bytes_max: u64,
    /// Groups just appended that are kept in memory for those who read them right after.
    pub recent_bytes_max: usize,
    /// How much is read at an open.
    pub scan: Scan,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            prealloc_bytes_min: 256 << 10,
            prealloc_bytes_max: 64 << 20,
            segment_bytes_max: 64 << 20,
            recent_bytes_max: 8 << 20,
            scan: Scan::EverythingAfterUnclean,
        }
    }
}

/// How much is read and checked at an open. Damage elsewhere shows when it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scan {
    /// Every group.
    Everything,
    /// Every group after an unclean stop, otherwise the last segment.
    EverythingAfterUnclean,
    /// The last segment.
    LastSegment,
}

/// What an open has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The last stop was in order ([`Journal::close`]), or there was nothing yet.
    pub clean: bool,
    /// A torn group, never acknowledged, was cut off the end.
    pub cut: bool,
    /// What was acknowledged once and cannot be read. It stays where it is, and is passed over.
    pub damaged: Vec<Damage>,
    /// Where the next group will come. Fewer groups than somebody has seen: acknowledged data was lost.
    pub end: Cursor,
}

/// Something in the journal that is not what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// In which segment.
    pub segment: u32,
    /// Where it begins there.
    pub offset: u64,
    /// What is lost by it.
    pub lost: Lost,
}

/// What is lost by some damage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lost {
    /// Whole groups; everything up to an offset.
    Groups {
        /// Where it becomes readable again.
        end: u64,
        /// How many groups.
        groups: u64,
    },
    /// One frame of the group there.
    Frame {
        /// Index in the group.
        frame: u16,
    },
    /// The body of one frame of the group there.
    Body {
        /// Index in the group.
        frame: u16,
        /// The frame, without its body.
        kept: Frame,
    },
    /// Nothing, but the group there does not name the group before it.
    Chain,
    /// Nothing, but one of the two copies of the segment's header is bad.
    HeaderCopy,
}

/// One group as read. Follows the one before it without a hole: lost groups have an entry too, without frames.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The border before it.
    pub at: Cursor,
    /// The border after it.
    pub end: Cursor,
    /// Its frames; those that are lost are missing.
    pub frames: Vec<(Place, Frame)>,
    /// What is lost of it.
    pub damaged: Vec<Damage>,
}

/// Why a journal cannot be opened, or goes on no longer.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The disk failed. Nothing more may be written: open anew, in a recovered state.
    #[error("journal: cannot {doing} {name}: {source}")]
    Io {
        /// What was tried.
        doing: &'static str,
        /// On which file.
        name: String,
        /// What the machine says.
        source: io::Error,
    },
    /// An earlier call has failed.
    #[error("journal: closed after an earlier error")]
    Poisoned,
    /// A newer program wrote here. Nothing was touched.
    #[error("journal: {name} was written by a newer version of this program")]
    NewerFormat {
        /// In which file.
        name: String,
    },
    /// More than one group holds: 65,535 frames or 32 MiB. Nothing was written; the journal goes on.
    #[error("journal: too much for one group")]
    TooLarge,
}

/// Why something cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The disk failed.
    #[error("journal: cannot read segment {segment}: {source}")]
    Io {
        /// Of which segment.
        segment: u32,
        /// What the machine says.
        source: io::Error,
    },
    /// It is not what was written. To be fetched again from a neighbour.
    #[error("journal: damaged at {}/{}", .0.segment, .0.offset)]
    Damaged(Damage),
    /// No frame stands there.
    #[error("journal: nothing stands at {0:?}")]
    NotThere(Place),
    /// The asker has seen more groups than there are: acknowledged data was lost.
    #[error("journal: {asked} groups were seen, there are {there}")]
    BeyondEnd {
        /// Groups that the asker has seen.
        asked: u64,
        /// Groups there are.
        there: u64,
    },
    /// A newer program wrote it.
    #[error("journal: segment {segment} was written by a newer version of this program")]
    NewerFormat {
        /// Which segment.
        segment: u32,
    },
}
