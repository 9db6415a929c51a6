//! The one who writes: a group at a time, durable when the call returns.

use std::{fmt, sync::Arc};

use super::{
    Cursor, Frame, JournalError, JournalReader, Options, Place,
    group::{Built, Sizes},
    layout::{Before, DATA_START, Left, Mark, SegmentHeader},
    open::write_mark,
    reader::Shared,
    survey::{UNFINISHED, io},
    walk::segment_name,
};
use crate::{disk::Disk, ids::Digest};

/// Bytes before the first group of a segment.
pub(super) const LEAD: usize = DATA_START as usize;
/// Space is asked for in multiples of this.
const BLOCK: u64 = 4096;

/// An open journal. One per folder.
pub struct Journal {
    shared: Arc<Shared>,
    tail: Tail,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Working,
    Poisoned,
}

impl Journal {
    pub(super) fn new(shared: Arc<Shared>, tail: Tail) -> Self {
        Self { shared, tail, state: State::Working }
    }

    /// Writes frames as one group and makes it durable. `Ok` means: they survive a power cut, all of them, at these places.
    ///
    /// No frames: nothing is written. After any error but [`JournalError::TooLarge`] the group may be there, whole, or not at the next
    /// open, and this journal takes nothing more.
    pub fn append(&mut self, frames: &[Frame]) -> Result<Vec<Place>, JournalError> {
        self.check()?;
        if frames.is_empty() {
            return Ok(Vec::new());
        }
        let sizes = Sizes::of(frames)?;
        let appended = self.append_group(frames, sizes);
        if appended.is_err() {
            self.state = State::Poisoned;
        }
        appended
    }

    /// A reader beside this writer, for any number of threads.
    pub fn reader(&self) -> JournalReader {
        JournalReader::new(self.shared.clone())
    }

    /// The next group begins a segment, so that the one before can be written anew ([`super::Hollowing`]).
    pub fn roll(&mut self) {
        self.tail.segment = None;
        self.tail.step = self.tail.options.prealloc_bytes_min;
    }

    /// Marks a clean end, so that the next open has little to check.
    pub fn close(self) -> Result<(), JournalError> {
        self.check()?;
        write_mark(self.shared.disk(), &Mark { left: Left::Closed, end: self.tail.end, hash: self.tail.hash })
    }

    fn check(&self) -> Result<(), JournalError> {
        match self.state {
            State::Working => Ok(()),
            State::Poisoned => Err(JournalError::Poisoned),
        }
    }

    fn append_group(&mut self, frames: &[Frame], sizes: Sizes) -> Result<Vec<Place>, JournalError> {
        let at = self.tail.end;
        let full = at.offset + sizes.total() > self.tail.options.segment_bytes_max;
        let current = self.tail.segment.take().filter(|_| !full);
        let lead = if current.is_some() { 0 } else { LEAD };
        let mut built = Built::of(frames, (at.groups, self.tail.hash), lead)?;
        let header = match current {
            Some(header) => {
                self.tail.extend_segment(self.shared.disk(), &header, &mut built)?;
                header
            }
            None => {
                let header = self.tail.fresh_header(&built);
                self.tail.begin_segment(self.shared.disk(), &header, &mut built)?;
                header
            }
        };
        let places = self.shared.publish(&header, (at, self.tail.end), built.into_frames(frames));
        self.tail.segment = Some(header);
        Ok(places)
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").field("end", &self.tail.end).field("state", &self.state).finish_non_exhaustive()
    }
}

/// Where the next group will come.
#[derive(Debug)]
pub(super) struct Tail {
    /// The durable end.
    pub(super) end: Cursor,
    /// Hash of the last group.
    pub(super) hash: Option<Digest>,
    /// The segment that is written to; `None`: the next group begins one.
    pub(super) segment: Option<SegmentHeader>,
    /// Length of its file.
    pub(super) reserved: u64,
    /// Next step in which space is reserved.
    pub(super) step: u64,
    /// Sizes.
    pub(super) options: Options,
}

impl Tail {
    /// Header of the segment that a group would begin here.
    fn fresh_header(&self, built: &Built) -> SegmentHeader {
        let before = Before { segment: self.end.segment, end: self.end.offset, hash: self.hash, moved: false };
        SegmentHeader { number: self.end.segment + 1, base: self.end.groups, before, salt: built.salt(), generation: 0 }
    }

    /// Makes a segment of its first group. It gets its name when it is durable.
    pub(super) fn begin_segment(
        &mut self,
        disk: &dyn Disk,
        header: &SegmentHeader,
        built: &mut Built,
    ) -> Result<(), JournalError> {
        let name = segment_name(header.number);
        let unfinished = [&name, UNFINISHED].concat();
        header.write(&mut built.bytes[..LEAD]);
        built.seat(header, DATA_START);
        self.reserved = 0;
        self.reserve(disk, &unfinished, built.bytes.len() as u64)?;
        disk.write(&unfinished, 0, &built.bytes).map_err(io("write", &unfinished))?;
        disk.sync(&unfinished).map_err(io("sync", &unfinished))?;
        disk.rename(&unfinished, &name).map_err(io("rename", &unfinished))?;
        disk.sync_folder().map_err(io("sync", "the folder"))?;
        let groups = header.base + 1;
        self.end = Cursor { segment: header.number, offset: DATA_START + built.len(), groups };
        self.hash = Some(built.hash);
        self.segment = Some(header.clone());
        Ok(())
    }

    fn extend_segment(&mut self, disk: &dyn Disk, header: &SegmentHeader, built: &mut Built) -> Result<(), JournalError> {
        let name = segment_name(header.number);
        let end = self.end.offset + built.len();
        built.seat(header, self.end.offset);
        self.reserve(disk, &name, end)?;
        disk.write(&name, self.end.offset, &built.bytes).map_err(io("write", &name))?;
        disk.sync(&name).map_err(io("sync", &name))?;
        self.end = Cursor { segment: header.number, offset: end, groups: self.end.groups + 1 };
        self.hash = Some(built.hash);
        Ok(())
    }

    /// Reserves space through an offset, ahead of need as far as there is room on the disk.
    fn reserve(&mut self, disk: &dyn Disk, name: &str, needed: u64) -> Result<(), JournalError> {
        if needed <= self.reserved {
            return Ok(());
        }
        let options = &self.options;
        let needed = needed.next_multiple_of(BLOCK);
        let wanted = (self.reserved + self.step).min(options.segment_bytes_max).max(needed);
        self.step = (self.step * 2).clamp(options.prealloc_bytes_min, options.prealloc_bytes_max);
        let reserved = match disk.allocate(name, wanted) {
            Err(error) if error.kind() == std::io::ErrorKind::StorageFull && wanted > needed => {
                disk.allocate(name, needed).map(|()| needed)
            }
            done => done.map(|()| wanted),
        };
        self.reserved = reserved.map_err(io("reserve space for", name))?;
        Ok(())
    }
}
