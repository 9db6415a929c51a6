//! Opening a journal: first everything is read and judged, then little is written.
//!
//! After an unclean stop the last group is written again into a fresh segment, which overrules its old place, unless the mark says that
//! it was durable already. A group that is the only one of its segment keeps the segment's number: the fresh file replaces the old one.
//! Nothing is written before all of it is known to be of this version.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Cursor, Damage, Journal, JournalError, Lost, Opened, Options, Scan,
    append::{self, Tail},
    group::{Built, RawGroup},
    layout::{Before, DATA_START, Left, Mark, SegmentHeader},
    reader::{Segment, Shared},
    survey::{MARK, Scanned, Survey, UNFINISHED, io, scan},
    walk::{Extent, segment_name},
};
use crate::{disk::Disk, ids::Digest};

impl Journal {
    /// Opens the journal of a folder; an empty folder is an empty journal.
    ///
    /// What it returns is durable, and stays so whatever the last stop was like.
    pub fn open(disk: Arc<dyn Disk>, options: Options) -> Result<(Self, Opened), JournalError> {
        let survey = Survey::of(&*disk)?;
        let mut found = Found::of(&*disk, &survey, options.scan)?;
        for name in &survey.unfinished {
            disk.remove(name).map_err(io("remove", name))?;
        }
        let recent_bytes_max = options.recent_bytes_max;
        let mut tail = found.tail(&*disk, options)?;
        if found.is_to_be_written_again(&survey) {
            found.write_last_again(&*disk, &mut tail)?;
        }
        write_mark(&*disk, &Mark { left: Left::Open, end: tail.end, hash: tail.hash })?;
        let opened = Opened { clean: found.clean, cut: found.cut, damaged: found.damaged, end: tail.end };
        let shared = Shared::new(disk, found.segments, tail.end, recent_bytes_max);
        Ok((Self::new(Arc::new(shared), tail), opened))
    }
}

/// Says durably through where the journal is durable.
pub(super) fn write_mark(disk: &dyn Disk, mark: &Mark) -> Result<(), JournalError> {
    let unfinished = [MARK, UNFINISHED].concat();
    disk.write(&unfinished, 0, &mark.write()).map_err(io("write", &unfinished))?;
    disk.sync(&unfinished).map_err(io("sync", &unfinished))?;
    disk.rename(&unfinished, MARK).map_err(io("rename", &unfinished))?;
    disk.sync_folder().map_err(io("sync", "the folder"))
}

/// What the files say, all together.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) segments: BTreeMap<u32, Segment>,
    pub(super) damaged: Vec<Damage>,
    pub(super) clean: bool,
    pub(super) cut: bool,
    pub(super) end: Cursor,
    hash: Option<Digest>,
    /// The last group, when it ends where the journal ends.
    last: Option<RawGroup>,
}

/// How far the segments read so far reach, and where unreadable bytes begin after them.
#[derive(Debug, Clone, Copy)]
struct Border {
    segment: u32,
    offset: u64,
    end: u64,
    groups: u64,
}

impl Found {
    pub(super) fn of(disk: &dyn Disk, survey: &Survey, scan_what: Scan) -> Result<Self, JournalError> {
        let mut found = match survey.headers.get(&survey.highest) {
            Some(header) => Self::at_end_of(header, scan(disk, header, Extent::Open)?, survey.mark.as_ref()),
            None => Self::without_last_segment(survey.mark.as_ref()),
        };
        let everything = match scan_what {
            Scan::Everything => true,
            Scan::EverythingAfterUnclean => !found.clean,
            Scan::LastSegment => false,
        };
        let at_end = std::mem::replace(&mut found.damaged, survey.damaged.clone());
        let border = found.read_earlier(disk, survey, everything)?;
        if !survey.headers.contains_key(&survey.highest) && survey.highest > 0 {
            found.end_after_lost_segment(disk, survey, border)?;
        }
        found.damaged.extend(at_end);
        Ok(found)
    }

    /// Judges the end of the highest segment: what is torn, what is damaged.
    fn at_end_of(header: &SegmentHeader, scanned: Scanned, mark: Option<&Mark>) -> Self {
        let number = header.number;
        let Scanned { mut damaged, mut last, before_last, unreadable_from, end: file_end } = scanned;
        let marked = mark.filter(|mark| mark.end.segment == number);
        // A segment has its name only when its first group is durable, so that one cannot be torn either.
        let durable = marked.map_or(0, |mark| mark.end.offset).max(DATA_START + 1);
        let last_end = last.as_ref().map_or(DATA_START, |seen| seen.group.end());
        let bad_from = unreadable_from.or((last_end < durable).then_some(last_end));
        let mut cut = bad_from.is_some_and(|from| from >= durable);
        if bad_from.is_none() && last.as_ref().is_some_and(|seen| !seen.damaged.is_empty() && seen.group.offset >= durable) {
            cut = true;
            last = before_last;
        }
        let mut groups = last.as_ref().map_or(header.base, |seen| seen.group.head.number + 1);
        let mut hash = last.as_ref().map_or(header.before.hash, |seen| Some(seen.group.hash()));
        let mut offset = last.as_ref().map_or(DATA_START, |seen| seen.group.end());
        damaged.extend(last.as_mut().map(|seen| std::mem::take(&mut seen.damaged)).unwrap_or_default());
        if let Some(from) = bad_from.filter(|from| *from < durable) {
            let readable = groups;
            (offset, groups) = marked.map_or((file_end, groups + 1), |mark| (mark.end.offset, mark.end.groups));
            hash = marked.map_or(hash, |mark| mark.hash);
            last = None;
            let lost = Lost::Groups { end: offset, groups: groups.saturating_sub(readable) };
            damaged.push(Damage { segment: number, offset: from, lost });
        }
        let end = Cursor { segment: number, offset, groups };
        let clean = !cut && mark.is_some_and(|mark| mark.left == Left::Closed && mark.end == end);
        let segments = BTreeMap::from([(number, Segment { header: header.clone(), end: offset })]);
        Self { segments, damaged, clean, cut, end, hash, last: last.map(|seen| seen.group) }
    }

    /// There is no segment yet, or the last one cannot be read: [`Self::end_after_lost_segment`].
    fn without_last_segment(mark: Option<&Mark>) -> Self {
        let clean = mark.is_none_or(|mark| mark.left == Left::Closed);
        let (segments, damaged) = (BTreeMap::new(), Vec::new());
        Self { segments, damaged, clean, cut: false, end: Cursor::default(), hash: None, last: None }
    }

    /// Takes in all segments but the highest.
    fn read_earlier(&mut self, disk: &dyn Disk, survey: &Survey, everything: bool) -> Result<Border, JournalError> {
        let mut border = Border { segment: 1, offset: 0, end: 0, groups: 0 };
        for (&number, header) in &survey.headers {
            if header.base > border.groups {
                let lost = Lost::Groups { end: border.end, groups: header.base - border.groups };
                self.damaged.push(Damage { segment: border.segment, offset: border.offset, lost });
            }
            if number == survey.highest {
                break;
            }
            let next = survey.headers.get(&(number + 1));
            let end = match (survey.extent(number), next) {
                (Extent::Known(end), Some(next)) if !everything => {
                    border = Border { segment: number, offset: end, end, groups: next.base };
                    end
                }
                (extent, _) => {
                    let (end, after) = self.read_whole(header, scan(disk, header, extent)?, next);
                    border = after;
                    end
                }
            };
            self.segments.insert(number, Segment { header: header.clone(), end });
        }
        Ok(border)
    }

    /// Takes in a segment of which every group was read.
    fn read_whole(&mut self, header: &SegmentHeader, scanned: Scanned, next: Option<&SegmentHeader>) -> (u64, Border) {
        let number = header.number;
        let (groups, hash, last_end) = scanned.last.as_ref().map_or((header.base, header.before.hash, DATA_START), |seen| {
            (seen.group.head.number + 1, Some(seen.group.hash()), seen.group.end())
        });
        self.damaged.extend(scanned.damaged);
        self.damaged.extend(scanned.last.map(|seen| seen.damaged).unwrap_or_default());
        match (scanned.unreadable_from, next) {
            (Some(offset), _) => (scanned.end, Border { segment: number, offset, end: scanned.end, groups }),
            (None, Some(next)) => {
                if next.base == groups && next.before.hash != hash {
                    self.damaged.push(Damage { segment: next.number, offset: DATA_START, lost: Lost::Chain });
                }
                (last_end, Border { segment: number, offset: last_end, end: last_end, groups })
            }
            (None, None) => (last_end, Border { segment: number + 1, offset: 0, end: 0, groups }),
        }
    }

    /// The highest segment cannot be read, or is not there although the mark names it.
    fn end_after_lost_segment(&mut self, disk: &dyn Disk, survey: &Survey, border: Border) -> Result<(), JournalError> {
        let name = segment_name(survey.highest);
        let file = match disk.len(&name) {
            Ok(len) => Some(len),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(io("read", &name)(error)),
        };
        let marked = survey.mark.as_ref().filter(|mark| mark.end.segment == survey.highest);
        // A segment that has its name held one group at least.
        let groups = marked.map_or(0, |mark| mark.end.groups).max(border.groups + u64::from(file.is_some()));
        let offset = marked.map_or(0, |mark| mark.end.offset).max(file.unwrap_or(0));
        self.end = Cursor { segment: survey.highest, offset, groups };
        self.hash = marked.and_then(|mark| mark.hash);
        if groups > border.groups {
            let lost = Lost::Groups { end: border.end, groups: groups - border.groups };
            self.damaged.push(Damage { segment: border.segment, offset: border.offset, lost });
        }
        Ok(())
    }

    /// Where the journal goes on.
    fn tail(&self, disk: &dyn Disk, options: Options) -> Result<Tail, JournalError> {
        let step = options.prealloc_bytes_min;
        let mut tail = Tail { end: self.end, hash: self.hash, segment: None, reserved: 0, step, options };
        // Behind unreadable bytes a fresh segment begins.
        if let Some(segment) = self.segments.get(&self.end.segment).filter(|_| self.last.is_some()) {
            let name = segment_name(self.end.segment);
            tail.segment = Some(segment.header.clone());
            tail.reserved = disk.len(&name).map_err(io("read", &name))?;
        }
        Ok(tail)
    }

    /// After an unclean stop, unless the mark says that it was durable and nothing torn stands behind it.
    fn is_to_be_written_again(&self, survey: &Survey) -> bool {
        let durable = survey.mark.as_ref().is_some_and(|mark| mark.end.groups >= self.end.groups);
        self.cut || !(self.clean || durable)
    }

    /// What was read from the page cache is not yet durable: writes the last group where it becomes so.
    fn write_last_again(&mut self, disk: &dyn Disk, tail: &mut Tail) -> Result<(), JournalError> {
        let (Some(last), Some(old)) = (&self.last, self.segments.get_mut(&self.end.segment)) else { return Ok(()) };
        let mut built = Built::again(last, append::LEAD);
        let alone = last.offset == DATA_START;
        let header = if alone {
            old.header.clone()
        } else {
            let before = Before { segment: old.header.number, end: last.offset, hash: last.head.previous, moved: true };
            SegmentHeader { number: old.header.number + 1, base: last.head.number, before, salt: built.salt(), generation: 0 }
        };
        tail.begin_segment(disk, &header, &mut built)?;
        if !alone {
            old.end = last.offset;
            let name = segment_name(old.header.number);
            disk.truncate(&name, last.offset).map_err(io("cut", &name))?;
        }
        self.segments.insert(header.number, Segment { header, end: tail.end.offset });
        Ok(())
    }
}
