//! Reads one segment from an offset on, group by group, and passes over what cannot be read.
//!
//! Whatever the bytes are, a walk ends and never panics; each step moves forward.

use std::io;

use bytes::Bytes;

use super::{
    JournalError, ReadError,
    group::{self, HEAD_LEN, Head, RawGroup},
    layout::{PART_LEN_MAX, Part, SegmentHeader},
};
use crate::disk::Disk;

/// Most bytes that are read at once for no other reason than that they come next.
const AHEAD_MAX: u64 = 128 << 10;
/// Fewest.
const AHEAD_MIN: u64 = 4 << 10;
/// Blocks of this size are compared with zeros at once.
const ZEROS: [u8; 4096] = [0; 4096];

/// What is known of a segment's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// It ends there: everything before is groups.
    Known(u64),
    /// Somewhere in the file; zeros may follow.
    Open,
}

/// One step of a walk.
#[derive(Debug)]
pub(super) enum Step {
    /// A group whose head and table are whole.
    Group(RawGroup),
    /// Bytes that are no group.
    Gap {
        /// Where they begin.
        from: u64,
    },
    /// Nothing more.
    End,
}

/// Why a walk cannot go on.
#[derive(Debug)]
pub(super) enum WalkError {
    Io(io::Error),
    Newer,
}

impl From<io::Error> for WalkError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl WalkError {
    pub(super) fn at_open(self, number: u32) -> JournalError {
        let name = segment_name(number);
        match self {
            Self::Io(source) => JournalError::Io { doing: "read", name, source },
            Self::Newer => JournalError::NewerFormat { name },
        }
    }

    pub(super) fn at_read(self, segment: u32) -> ReadError {
        match self {
            Self::Io(source) => ReadError::Io { segment, source },
            Self::Newer => ReadError::NewerFormat { segment },
        }
    }
}

/// File of a segment.
pub(super) fn segment_name(number: u32) -> String {
    format!("{number:08}.seg")
}

/// A position in a segment.
pub(super) struct Walk<'a> {
    disk: &'a dyn Disk,
    header: &'a SegmentHeader,
    name: String,
    extent: Extent,
    /// Where the segment ends; the file, when that is not known.
    end: u64,
    /// Where the file or the segment ends, whichever comes first.
    readable: u64,
    offset: u64,
    ahead: u64,
    window: (u64, Bytes),
}

impl<'a> Walk<'a> {
    /// Begins at an offset.
    pub(super) fn new(disk: &'a dyn Disk, header: &'a SegmentHeader, extent: Extent, offset: u64) -> Result<Self, WalkError> {
        let name = segment_name(header.number);
        let file = disk.len(&name)?;
        let end = match extent {
            Extent::Known(end) => end,
            Extent::Open => file,
        };
        Ok(Self { disk, header, name, extent, end, readable: end.min(file), offset, ahead: AHEAD_MAX, window: (0, Bytes::new()) })
    }

    /// Wants no more than so many bytes.
    pub(super) fn reading_ahead(self, bytes: u64) -> Self {
        Self { ahead: bytes.clamp(AHEAD_MIN, AHEAD_MAX), ..self }
    }

    /// Where the walk ends at the latest.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    /// Goes on to what comes next.
    pub(super) fn step(&mut self) -> Result<Step, WalkError> {
        let from = self.offset;
        if from >= self.end {
            return Ok(Step::End);
        }
        if let Some(head) = self.head_at(from)? {
            let total = head.sizes.total();
            let bytes = self.fetch(from, total)?;
            self.offset = from + total;
            return Ok(match RawGroup::new(from, head, bytes) {
                Some(group) => Step::Group(group),
                None => Step::Gap { from },
            });
        }
        let to = self.next_head(from + 1)?;
        self.offset = to.unwrap_or(self.end);
        if to.is_none() && self.extent == Extent::Open && self.is_zero(from)? {
            return Ok(Step::End);
        }
        Ok(Step::Gap { from })
    }

    /// A head that is whole, of a group that ends inside the segment.
    fn head_at(&mut self, at: u64) -> Result<Option<Head>, WalkError> {
        let left = self.readable.saturating_sub(at);
        if left < HEAD_LEN as u64 {
            return Ok(None);
        }
        let bytes = self.fetch(at, left.min(PART_LEN_MAX as u64))?;
        match Head::read(&bytes, self.header, at) {
            Part::Known(head) => Ok((head.sizes.total() <= left).then_some(head)),
            Part::Newer => Err(WalkError::Newer),
            Part::Rubbish => Ok(None),
        }
    }

    /// Looks for a head, from an offset on.
    fn next_head(&mut self, from: u64) -> Result<Option<u64>, WalkError> {
        let mut at = from;
        while at + HEAD_LEN as u64 <= self.readable {
            let chunk = self.fetch(at, AHEAD_MAX.min(self.readable - at))?;
            for found in magics(&chunk) {
                let found = at + found as u64;
                if self.head_at(found)?.is_some() {
                    return Ok(Some(found));
                }
            }
            // A magic may stand across the border of two windows.
            at += (chunk.len() - (group::MAGIC.len() - 1)) as u64;
        }
        Ok(None)
    }

    /// Whether nothing was ever written from an offset on.
    fn is_zero(&mut self, from: u64) -> Result<bool, WalkError> {
        let mut at = from;
        while at < self.readable {
            let chunk = self.fetch(at, AHEAD_MAX.min(self.readable - at))?;
            if !chunk.chunks(ZEROS.len()).all(|block| *block == ZEROS[..block.len()]) {
                return Ok(false);
            }
            at += chunk.len() as u64;
        }
        Ok(true)
    }

    /// Bytes of the readable part; a window of them at a time.
    fn fetch(&mut self, at: u64, len: u64) -> io::Result<Bytes> {
        let (start, window) = &self.window;
        let inside = at.checked_sub(*start).filter(|skip| skip + len <= window.len() as u64);
        let skip = match inside {
            Some(skip) => skip,
            None => {
                let ahead = len.max(self.ahead).min(self.readable - at);
                self.window = (at, self.disk.read(&self.name, at, to_usize(ahead)?)?.into());
                0
            }
        };
        let skip = to_usize(skip)?;
        Ok(self.window.1.slice(skip..skip + to_usize(len)?))
    }
}

/// Offsets at which a head may begin.
fn magics(chunk: &[u8]) -> Vec<usize> {
    let mut found = Vec::new();
    for (index, block) in chunk.chunks(ZEROS.len()).enumerate() {
        if *block == ZEROS[..block.len()] {
            continue;
        }
        let at = index * ZEROS.len();
        let reach = (at + block.len() + group::MAGIC.len() - 1).min(chunk.len());
        let windows = chunk[at..reach].windows(group::MAGIC.len()).enumerate();
        found.extend(windows.filter(|(_, bytes)| **bytes == group::MAGIC).map(|(skip, _)| at + skip));
    }
    found
}

fn to_usize(len: u64) -> io::Result<usize> {
    usize::try_from(len).map_err(|_| io::ErrorKind::InvalidInput.into())
}
