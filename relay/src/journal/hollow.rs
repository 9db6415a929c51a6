//! Removes bodies: a segment is written anew without them, beside the writer and the readers, and renamed over.
//!
//! Everything else stays where it was, so that nothing that names a place changes; zeros, or holes of the file system, stand where a body
//! stood. A cut at any moment leaves the old segment or the new one, and the whole can be done again. Only segments that no group is
//! appended to any more can be written anew ([`super::Journal::roll`]).
//!
//! The blocks of the old file are the file system's again; that they are overwritten is nobody's promise, least of all a solid-state disk's.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bytes::Bytes;

use super::{
    Body, JournalError, JournalReader, Place,
    layout::{DATA_START, SegmentHeader},
    reader::{Segment, Shared},
    survey::{UNFINISHED, io},
    walk::{Extent, Step, Walk, segment_name},
};
use crate::disk::Disk;

/// Bytes after which what was written is synced, so that no sync takes long.
const SYNC_EVERY: u64 = 4 << 20;
/// Unreadable bytes that are copied at once.
const COPY_BYTES: u64 = 256 << 10;

/// How far it has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Not done.
    More,
    /// None of the bodies is on the disk any more, and none will come back.
    Done,
}

/// Bodies that are being removed. One at a time for a journal.
pub struct Hollowing {
    shared: Arc<Shared>,
    places: BTreeSet<Place>,
    /// Groups to be written without some bodies, by segment and offset.
    wanted: BTreeMap<u32, BTreeMap<u64, BTreeSet<u16>>>,
    current: Option<Rewrite>,
}

/// A segment that is being written anew.
struct Rewrite {
    header: SegmentHeader,
    end: u64,
    groups: BTreeMap<u64, BTreeSet<u16>>,
    /// Everything before it is written.
    at: u64,
    unsynced: u64,
    removed: bool,
}

impl JournalReader {
    /// Prepares to remove the bodies at these places. Those in the segment that is being written to are left for another time.
    pub fn hollowing(&self, places: &BTreeSet<Place>) -> Hollowing {
        let mut wanted: BTreeMap<u32, BTreeMap<u64, BTreeSet<u16>>> = BTreeMap::new();
        let is_hollow = |place: &Place| self.frame(*place).is_ok_and(|frame| frame.body == Body::Hollow);
        for place in places.iter().filter(|place| !is_hollow(place)) {
            let view = self.shared.view();
            if let Some((segment, offset)) = view.group_at(*place).filter(|(segment, _)| segment.header.number < view.end.segment)
            {
                let groups = wanted.entry(segment.header.number).or_default();
                groups.entry(offset).or_default().insert(place.frame);
            }
        }
        Hollowing { shared: self.shared.clone(), places: places.clone(), wanted, current: None }
    }

    /// Whether any of the places is in the segment that is being written to.
    pub fn is_open_at(&self, places: &BTreeSet<Place>) -> bool {
        let view = self.shared.view();
        places.iter().any(|place| view.group_at(*place).is_some_and(|(segment, _)| segment.header.number == view.end.segment))
    }
}

impl Hollowing {
    /// Does about so many bytes of it. After an error everything is as it was: begin anew, later.
    pub fn step(&mut self, bytes_max: u64) -> Result<Progress, JournalError> {
        let shared = self.shared.clone();
        let Some(rewrite) = &mut self.current else {
            let Some((number, groups)) = self.wanted.pop_first() else { return self.finish() };
            self.current = Rewrite::begin(&shared, number, groups)?;
            return Ok(Progress::More);
        };
        let done = rewrite.step(shared.disk(), bytes_max)? == Progress::Done;
        if let Some(rewrite) = self.current.take_if(|_| done) {
            rewrite.swap(&shared, &self.places)?;
        }
        Ok(Progress::More)
    }

    /// A name that was changed by an attempt that failed may not be durable yet. What stands behind the end of a segment was never part of
    /// it, or stands elsewhere now: a torn group, or one that moved.
    fn finish(&self) -> Result<Progress, JournalError> {
        let disk = self.shared.disk();
        disk.sync_folder().map_err(io("sync", "the folder"))?;
        let (segments, last) = {
            let view = self.shared.view();
            (view.segments.values().cloned().collect::<Vec<_>>(), view.end.segment)
        };
        for segment in segments.iter().filter(|segment| segment.header.number < last) {
            let name = segment_name(segment.header.number);
            // Also when it looks short already: what was cut by opening, or before a sync that failed, may come back with the next power cut,
            // and only a file that changes is written out again.
            disk.write(&name, segment.end, &[0]).map_err(io("write", &name))?;
            disk.truncate(&name, segment.end).map_err(io("cut", &name))?;
            disk.sync(&name).map_err(io("sync", &name))?;
        }
        self.shared.view_mut().recent.hollow(&self.places);
        Ok(Progress::Done)
    }
}

impl Rewrite {
    fn begin(shared: &Shared, number: u32, groups: BTreeMap<u64, BTreeSet<u16>>) -> Result<Option<Self>, JournalError> {
        let Some(Segment { header, end }) = shared.view().segments.get(&number).cloned() else { return Ok(None) };
        let (disk, name) = (shared.disk(), unfinished(number));
        match disk.remove(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(io("remove", &name)(error)),
            Ok(()) | Err(_) => {}
        }
        let header = SegmentHeader { generation: header.generation + 1, ..header };
        let mut front = vec![0; DATA_START as usize];
        header.write(&mut front);
        disk.write(&name, 0, &front).map_err(io("write", &name))?;
        Ok(Some(Self { header, end, groups, at: DATA_START, unsynced: 0, removed: false }))
    }

    fn step(&mut self, disk: &dyn Disk, bytes_max: u64) -> Result<Progress, JournalError> {
        let (number, until) = (self.header.number, self.at.saturating_add(bytes_max));
        let header = self.header.clone();
        let mut walk = Walk::new(disk, &header, Extent::Known(self.end), self.at).map_err(|error| error.at_open(number))?;
        loop {
            match walk.step().map_err(|error| error.at_open(number))? {
                Step::Group(group) => {
                    self.copy_gap(disk, group.offset)?;
                    let without = self.groups.get(&group.offset).and_then(|bodies| group.without(bodies));
                    self.removed |= without.is_some();
                    for (at, bytes) in without.unwrap_or_else(|| vec![group.whole()]) {
                        self.write(disk, at, &bytes)?;
                    }
                    self.at = group.end();
                }
                Step::Gap { .. } => {}
                Step::End => {
                    self.copy_gap(disk, self.end)?;
                    return Ok(Progress::Done);
                }
            }
            if self.at >= until {
                return Ok(Progress::More);
            }
        }
    }

    /// Bytes that are no group go along as they are, unless a body that is to be removed was among them.
    fn copy_gap(&mut self, disk: &dyn Disk, to: u64) -> Result<(), JournalError> {
        let name = segment_name(self.header.number);
        let to = to.min(disk.len(&name).map_err(io("read", &name))?);
        if self.groups.range(self.at..to).next().is_some() {
            self.removed = true;
            self.at = to;
        }
        while self.at < to {
            let len = COPY_BYTES.min(to - self.at);
            let bytes = disk.read(&name, self.at, len as usize).map_err(io("read", &name))?;
            self.write(disk, self.at, &bytes.into())?;
            self.at += len;
        }
        Ok(())
    }

    fn write(&mut self, disk: &dyn Disk, at: u64, bytes: &Bytes) -> Result<(), JournalError> {
        let name = unfinished(self.header.number);
        disk.write(&name, at, bytes).map_err(io("write", &name))?;
        self.unsynced += bytes.len() as u64;
        if self.unsynced >= SYNC_EVERY {
            self.unsynced = 0;
            disk.sync(&name).map_err(io("sync", &name))?;
        }
        Ok(())
    }

    /// Puts it in the place of the old one.
    fn swap(self, shared: &Shared, places: &BTreeSet<Place>) -> Result<(), JournalError> {
        let (disk, number) = (shared.disk(), self.header.number);
        let (unfinished, name) = (unfinished(number), segment_name(number));
        if !self.removed {
            return disk.remove(&unfinished).map_err(io("remove", &unfinished));
        }
        if disk.len(&unfinished).map_err(io("read", &unfinished))? < self.at {
            // It ends in a body that is gone.
            disk.write(&unfinished, self.at - 1, &[0]).map_err(io("write", &unfinished))?;
        }
        disk.sync(&unfinished).map_err(io("sync", &unfinished))?;
        {
            // Readers see the new name and the new generation together.
            let mut view = shared.view_mut();
            disk.rename(&unfinished, &name).map_err(io("rename", &unfinished))?;
            view.swaps += 1;
            let here = |place: &&Place| view.group_at(**place).is_some_and(|(segment, _)| segment.header.number == number);
            let here = places.iter().filter(here).copied().collect();
            view.recent.hollow(&here);
            if let Some(segment) = view.segments.get_mut(&number) {
                segment.header = self.header.clone();
            }
        }
        disk.sync_folder().map_err(io("sync", "the folder"))
    }
}

fn unfinished(number: u32) -> String {
    [&segment_name(number), UNFINISHED].concat()
}
