//! Reading beside the writer: one frame by its place, or group after group. Never past what is durable.

use std::{
    collections::BTreeMap,
    fmt, io,
    ops::Range,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use bytes::Bytes;

use super::{
    Cursor, Damage, Frame, Group, Lost, Place, ReadError,
    group::{self, FrameFault, Head, RawGroup},
    layout::{DATA_START, Part, SegmentHeader},
    recent::Recent,
    walk::{Extent, Step, Walk, segment_name},
};
use crate::disk::Disk;

/// Bytes that are read at first for one frame.
const GLANCE: u64 = 4096;

/// A segment as readers see it.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    /// Its header.
    pub(super) header: SegmentHeader,
    /// Its durable end.
    pub(super) end: u64,
}

impl Segment {
    /// Place of a group's frames. A group that moved keeps the place where it stood before.
    pub(super) fn place(&self, offset: u64, frame: u16) -> Place {
        let before = self.header.before;
        if before.moved && offset == DATA_START {
            return Place { segment: before.segment, group: before.end, frame };
        }
        Place { segment: self.header.number, group: offset, frame }
    }
}

/// What the writer and its readers share.
pub(super) struct Shared {
    disk: Arc<dyn Disk>,
    view: RwLock<View>,
}

pub(super) struct View {
    pub(super) segments: BTreeMap<u32, Segment>,
    pub(super) end: Cursor,
    pub(super) recent: Recent,
    /// How often a segment was written anew. Changes together with the file's name, so that whoever met half of each knows it.
    pub(super) swaps: u64,
}

impl View {
    /// Where the group of a place stands now.
    pub(super) fn group_at(&self, place: Place) -> Option<(&Segment, u64)> {
        let moved_to = |segment: &&Segment| {
            let before = segment.header.before;
            before.moved && (before.segment, before.end) == (place.segment, place.group)
        };
        if let Some(segment) = self.segments.get(&place.segment.checked_add(1)?).filter(moved_to) {
            return Some((segment, DATA_START));
        }
        let segment = self.segments.get(&place.segment)?;
        (DATA_START..segment.end).contains(&place.group).then_some((segment, place.group))
    }

    /// Why there is no group at a place: its segment cannot be read, or nothing was ever written there.
    fn why_not_at(&self, place: Place) -> ReadError {
        if self.segments.contains_key(&place.segment) || !(1..=self.end.segment).contains(&place.segment) {
            return ReadError::NotThere(place);
        }
        let lost = Lost::Frame { frame: place.frame };
        ReadError::Damaged(Damage { segment: place.segment, offset: place.group, lost })
    }

    /// The segment in which a group of that number stands, if it stands anywhere.
    fn segment_holding(&self, number: u64) -> Option<Segment> {
        let holds = |segment: &&Segment| segment.header.base <= number;
        self.segments.values().rev().find(holds).or(self.segments.values().next()).cloned()
    }

    fn segment_after(&self, number: u32) -> Option<Segment> {
        self.segments.range(number.checked_add(1)?..).next().map(|(_, segment)| segment.clone())
    }
}

impl Shared {
    pub(super) fn new(disk: Arc<dyn Disk>, segments: BTreeMap<u32, Segment>, end: Cursor, recent_bytes_max: usize) -> Self {
        Self { disk, view: RwLock::new(View { segments, end, recent: Recent::new(recent_bytes_max), swaps: 0 }) }
    }

    pub(super) fn disk(&self) -> &dyn Disk {
        &*self.disk
    }

    /// Shows a group that has just become durable. Returns the places of its frames.
    pub(super) fn publish(&self, header: &SegmentHeader, (at, end): (Cursor, Cursor), frames: Vec<Frame>) -> Vec<Place> {
        let begun = header.number != at.segment;
        let offset = if begun { DATA_START } else { at.offset };
        let place = |frame: u16| Place { segment: header.number, group: offset, frame };
        let frames: Vec<_> = (0..=u16::MAX).map(place).zip(frames).collect();
        let places = frames.iter().map(|(place, _)| *place).collect();
        let mut view = self.view_mut();
        view.recent.push(Group { at, end, frames, damaged: Vec::new() });
        view.segments.insert(header.number, Segment { header: header.clone(), end: end.offset });
        view.end = end;
        places
    }

    pub(super) fn view(&self) -> RwLockReadGuard<'_, View> {
        self.view.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn view_mut(&self) -> RwLockWriteGuard<'_, View> {
        self.view.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads again when a segment was written anew meanwhile: what seems damaged may be half of each.
    fn settled<T>(
        &self,
        read: impl Fn() -> Result<T, ReadError>,
        is_damaged: impl Fn(&Result<T, ReadError>) -> bool,
    ) -> Result<T, ReadError> {
        loop {
            let before = self.view().swaps;
            let found = read();
            if !is_damaged(&found) || self.view().swaps == before {
                return found;
            }
        }
    }
}

/// Reads a journal. Cheap to clone, and free to read while the writer appends.
#[derive(Clone)]
pub struct JournalReader {
    pub(super) shared: Arc<Shared>,
}

impl JournalReader {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// The durable end.
    pub fn end(&self) -> Cursor {
        self.shared.view().end
    }

    /// Bytes of all groups.
    pub fn bytes(&self) -> u64 {
        self.shared.view().segments.values().map(|segment| segment.end - DATA_START).sum()
    }

    /// The frame at a place, checked.
    pub fn frame(&self, place: Place) -> Result<Frame, ReadError> {
        self.shared.settled(|| self.frame_now(place), |read| matches!(read, Err(ReadError::Damaged(_))))
    }

    fn frame_now(&self, place: Place) -> Result<Frame, ReadError> {
        let (segment, offset) = {
            let view = self.shared.view();
            if let Some(frame) = view.recent.frame(place) {
                return Ok(frame);
            }
            let (segment, offset) = view.group_at(place).ok_or_else(|| view.why_not_at(place))?;
            (segment.clone(), offset)
        };
        read_frame(self.shared.disk(), &segment, offset, place)
    }

    /// Groups after a border, in order: at least one if there is one, and more as long as they are within `max_bytes`.
    ///
    /// Nothing is passed over silently: where groups cannot be read, an entry without frames stands for them.
    pub fn groups_after(&self, cursor: Cursor, max_bytes: usize) -> Result<Vec<Group>, ReadError> {
        let is_damaged =
            |read: &Result<Vec<Group>, _>| read.as_ref().is_ok_and(|groups| groups.iter().any(|group| !group.damaged.is_empty()));
        self.shared.settled(|| self.groups_now(cursor, max_bytes), is_damaged)
    }

    fn groups_now(&self, cursor: Cursor, max_bytes: usize) -> Result<Vec<Group>, ReadError> {
        let (end, start) = {
            let view = self.shared.view();
            if cursor.groups > view.end.groups {
                return Err(ReadError::BeyondEnd { asked: cursor.groups, there: view.end.groups });
            }
            if cursor.groups == view.end.groups {
                return Ok(Vec::new());
            }
            if let Some(groups) = view.recent.groups_from(cursor.groups, max_bytes) {
                return Ok(groups);
            }
            (view.end, view.segments.get(&cursor.segment).cloned())
        };
        let mut batch =
            Batch { shared: &self.shared, end, at: cursor, unreadable: None, max_bytes, bytes: 0, groups: Vec::new() };
        batch.read(start)?;
        Ok(batch.groups)
    }
}

impl fmt::Debug for JournalReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JournalReader").field("end", &self.end()).finish_non_exhaustive()
    }
}

/// Groups that are being read from the disk.
struct Batch<'a> {
    shared: &'a Shared,
    /// The journal's end.
    end: Cursor,
    /// Everything before it is in `groups`, or was seen before.
    at: Cursor,
    /// Where bytes begin, after the last group met, that cannot be read.
    unreadable: Option<(u32, u64)>,
    max_bytes: usize,
    bytes: usize,
    groups: Vec<Group>,
}

/// Whether a batch goes on.
#[derive(PartialEq, Eq)]
enum More {
    Wanted,
    Enough,
    /// Another group than the cursor's stands where it points.
    Elsewhere,
}

impl Batch<'_> {
    /// Begins where the cursor points; when its group does not stand there any more, goes by the number of groups. Groups that are
    /// appended meanwhile are left for the next batch.
    fn read(&mut self, hint: Option<Segment>) -> Result<(), ReadError> {
        let (mut next, mut offset) = match hint.filter(|segment| self.points_into(segment)) {
            Some(segment) => (Some(segment), self.at.offset),
            None => (self.shared.view().segment_holding(self.at.groups), DATA_START),
        };
        while let Some(segment) = next {
            match self.read_segment(&segment, offset)? {
                More::Enough => return Ok(()),
                More::Elsewhere => next = self.shared.view().segment_holding(self.at.groups),
                More::Wanted => next = self.shared.view().segment_after(segment.header.number),
            }
            offset = DATA_START;
        }
        self.add_lost(self.end);
        Ok(())
    }

    fn points_into(&self, segment: &Segment) -> bool {
        segment.header.base <= self.at.groups && (DATA_START..segment.end).contains(&self.at.offset)
    }

    fn read_segment(&mut self, segment: &Segment, offset: u64) -> Result<More, ReadError> {
        let number = segment.header.number;
        let ahead = self.max_bytes as u64;
        let extent = Extent::Known(segment.end);
        let mut walk = Walk::new(self.shared.disk(), &segment.header, extent, offset)
            .map_err(|error| error.at_read(number))?
            .reading_ahead(ahead);
        let pointed_at = |at: u64| at == offset && offset != DATA_START;
        loop {
            match walk.step().map_err(|error| error.at_read(number))? {
                Step::Group(group) if pointed_at(group.offset) && group.head.number != self.at.groups => {
                    return Ok(More::Elsewhere);
                }
                Step::Group(group) => {
                    if self.add(segment, &group)? == More::Enough {
                        return Ok(More::Enough);
                    }
                }
                Step::Gap { from } if pointed_at(from) => return Ok(More::Elsewhere),
                Step::Gap { from } => {
                    self.unreadable.get_or_insert((number, from));
                }
                Step::End => return Ok(More::Wanted),
            }
        }
    }

    fn add(&mut self, segment: &Segment, group: &RawGroup) -> Result<More, ReadError> {
        let number = segment.header.number;
        let groups = group.head.number;
        if groups < self.at.groups {
            self.unreadable = None;
            return Ok(More::Wanted);
        }
        let len = usize::try_from(group.end() - group.offset).unwrap_or(usize::MAX);
        if self.bytes > 0 && self.bytes.saturating_add(len) > self.max_bytes {
            return Ok(More::Enough);
        }
        if groups > self.at.groups {
            self.add_lost(Cursor { segment: number, offset: group.offset, groups });
        }
        self.unreadable = None;
        let end = Cursor { segment: number, offset: group.end(), groups: groups + 1 };
        let (mut frames, mut damaged) = (Vec::new(), Vec::new());
        for (index, frame) in group.frames().enumerate() {
            match frame {
                Ok(frame) => frames.push((segment.place(group.offset, u16::try_from(index).unwrap_or(u16::MAX)), frame)),
                Err(FrameFault::Lost(lost)) => damaged.push(Damage { segment: number, offset: group.offset, lost }),
                Err(FrameFault::Newer) => return Err(ReadError::NewerFormat { segment: number }),
            }
        }
        self.groups.push(Group { at: self.at, end, frames, damaged });
        self.bytes = self.bytes.saturating_add(len);
        self.at = end;
        Ok(if groups + 1 < self.end.groups { More::Wanted } else { More::Enough })
    }

    /// An entry for groups that cannot be read.
    fn add_lost(&mut self, end: Cursor) {
        let (segment, offset) = self.unreadable.unwrap_or((self.at.segment, self.at.offset));
        let until = if segment == end.segment { end.offset } else { offset };
        let lost = Lost::Groups { end: until, groups: end.groups - self.at.groups };
        let damaged = vec![Damage { segment, offset, lost }];
        self.groups.push(Group { at: self.at, end, frames: Vec::new(), damaged });
        self.at = end;
    }
}

/// Reads one frame of a group. What is not as it was written is damage.
fn read_frame(disk: &dyn Disk, segment: &Segment, offset: u64, place: Place) -> Result<Frame, ReadError> {
    let number = segment.header.number;
    let damaged = |lost| ReadError::Damaged(Damage { segment: number, offset, lost });
    let lost = || damaged(Lost::Frame { frame: place.frame });
    let name = segment_name(number);
    let read = |from: u64, len: u64| match disk.read(&name, offset + from, usize::try_from(len).unwrap_or(usize::MAX)) {
        Ok(bytes) => Ok(Bytes::from(bytes)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(lost()),
        Err(source) => Err(ReadError::Io { segment: number, source }),
    };
    // A file that was cut still holds the groups before the cut.
    let file = disk.len(&name).map_err(|source| ReadError::Io { segment: number, source })?;
    let left = segment.end.min(file).saturating_sub(offset);
    let mut glance = read(0, left.min(GLANCE))?;
    let head = match Head::read(&glance, &segment.header, offset) {
        Part::Known(head) if head.sizes.total() <= left => head,
        Part::Known(_) | Part::Rubbish => return Err(lost()),
        Part::Newer => return Err(ReadError::NewerFormat { segment: number }),
    };
    if head.sizes.table_end() > glance.len() {
        glance = read(0, head.sizes.table_end() as u64)?;
    }
    let mut table = group::entries(&head, &glance).ok_or_else(lost)?;
    let entry = table.nth(usize::from(place.frame)).ok_or(ReadError::NotThere(place))?;
    if entry.header.end.max(entry.body.end) > head.sizes.total() {
        return Err(lost());
    }
    let part = |range: &Range<u64>| match usize::try_from(range.end) {
        // The cast of the start cannot cut: it is not beyond the end.
        Ok(end) if end <= glance.len() => Ok(glance.slice(range.start as usize..end)),
        Ok(_) | Err(_) => read(range.start, range.end - range.start),
    };
    entry.frame(place.frame, part(&entry.header)?, part(&entry.body)?).map_err(|fault| match fault {
        FrameFault::Lost(lost) => damaged(lost),
        FrameFault::Newer => ReadError::NewerFormat { segment: number },
    })
}
