//! Looks at a journal's files without touching them: which segments there are, how they join, what each holds.

use std::collections::BTreeMap;

use super::{
    Damage, JournalError, Lost,
    group::{FrameFault, RawGroup},
    layout::{DATA_START, HeaderCopies, Mark, Part, SegmentHeader},
    walk::{Extent, Step, Walk, segment_name},
};
use crate::disk::Disk;

/// File of the mark.
pub(super) const MARK: &str = "mark";
/// Ends the name of a file that is not yet what it will be.
pub(super) const UNFINISHED: &str = ".new";

/// What the folder holds.
#[derive(Debug)]
pub(super) struct Survey {
    /// Segments whose header can be read.
    pub(super) headers: BTreeMap<u32, SegmentHeader>,
    /// Highest number of any segment that is or was there; 0: none.
    pub(super) highest: u32,
    /// The mark, if there is a whole one.
    pub(super) mark: Option<Mark>,
    /// Files that a stop left unfinished.
    pub(super) unfinished: Vec<String>,
    /// What is wrong with headers.
    pub(super) damaged: Vec<Damage>,
}

impl Survey {
    /// Reads the mark and all headers.
    pub(super) fn of(disk: &dyn Disk) -> Result<Self, JournalError> {
        let names = disk.list("").map_err(io("list", "the folder"))?;
        let mut survey = Self { headers: BTreeMap::new(), highest: 0, mark: None, unfinished: Vec::new(), damaged: Vec::new() };
        for name in names {
            if let Some(finished) = name.strip_suffix(UNFINISHED) {
                if finished == MARK || segment_number(finished).is_some() {
                    survey.unfinished.push(name);
                }
            } else if name == MARK {
                survey.mark = read_mark(disk)?;
            } else if let Some(number) = segment_number(&name) {
                survey.add_segment(disk, number)?;
            }
        }
        let marked = survey.mark.as_ref().map_or(0, |mark| mark.end.segment);
        survey.highest = survey.highest.max(marked);
        Ok(survey)
    }

    /// How far a segment reaches, as its successor says; nothing stands above the highest one.
    pub(super) fn extent(&self, number: u32) -> Extent {
        match self.headers.get(&(number + 1)) {
            Some(next) if next.before.segment == number => Extent::Known(next.before.end),
            Some(_) | None => Extent::Open,
        }
    }

    fn add_segment(&mut self, disk: &dyn Disk, number: u32) -> Result<(), JournalError> {
        let name = segment_name(number);
        let len = disk.len(&name).map_err(io("read", &name))?.min(DATA_START);
        let bytes = disk.read(&name, 0, usize::try_from(len).unwrap_or(0)).map_err(io("read", &name))?;
        let HeaderCopies { header, bad_copy } = SegmentHeader::read(&bytes);
        self.highest = self.highest.max(number);
        match header {
            Part::Known(header) if header.number == number => {
                self.damaged.extend(bad_copy.map(|offset| Damage { segment: number, offset, lost: Lost::HeaderCopy }));
                self.headers.insert(number, header);
            }
            Part::Newer => return Err(JournalError::NewerFormat { name }),
            // Its groups are counted as lost where the next segment says how many came before it.
            Part::Known(_) | Part::Rubbish => {}
        }
        Ok(())
    }
}

/// What a segment holds.
#[derive(Debug)]
pub(super) struct Scanned {
    /// All but what is wrong with the last group, and with what comes after it.
    pub(super) damaged: Vec<Damage>,
    /// The last group.
    pub(super) last: Option<Seen>,
    /// The one before it.
    pub(super) before_last: Option<Seen>,
    /// Where unreadable bytes begin after the last group.
    pub(super) unreadable_from: Option<u64>,
    /// Where the segment, or the file, ends.
    pub(super) end: u64,
}

/// A group that a scan has met.
#[derive(Debug)]
pub(super) struct Seen {
    /// The group.
    pub(super) group: RawGroup,
    /// What is wrong with it.
    pub(super) damaged: Vec<Damage>,
}

/// Reads a whole segment.
pub(super) fn scan(disk: &dyn Disk, header: &SegmentHeader, extent: Extent) -> Result<Scanned, JournalError> {
    let number = header.number;
    let mut walk = Walk::new(disk, header, extent, DATA_START).map_err(|error| error.at_open(number))?;
    let end = walk.end();
    let mut scanned = Scanned { damaged: Vec::new(), last: None, before_last: None, unreadable_from: None, end };
    loop {
        match walk.step().map_err(|error| error.at_open(number))? {
            Step::Group(group) => scanned.add(header, group)?,
            Step::Gap { from } => {
                scanned.unreadable_from.get_or_insert(from);
            }
            Step::End => return Ok(scanned),
        }
    }
}

impl Scanned {
    fn add(&mut self, header: &SegmentHeader, group: RawGroup) -> Result<(), JournalError> {
        let segment = header.number;
        let expected = self.last.as_ref().map_or(header.base, |seen| seen.group.head.number + 1);
        let mut damaged = frame_damage(segment, &group)?;
        if let Some(offset) = self.unreadable_from.take() {
            let groups = group.head.number.saturating_sub(expected);
            self.damaged.push(Damage { segment, offset, lost: Lost::Groups { end: group.offset, groups } });
        } else {
            let previous = self.last.as_ref().map_or(header.before.hash, |seen| Some(seen.group.hash()));
            if previous != group.head.previous || expected != group.head.number {
                damaged.insert(0, Damage { segment, offset: group.offset, lost: Lost::Chain });
            }
        }
        if let Some(mut last) = self.last.replace(Seen { group, damaged }) {
            self.damaged.append(&mut last.damaged);
            self.before_last = Some(last);
        }
        Ok(())
    }
}

/// What is lost of a group's frames.
fn frame_damage(segment: u32, group: &RawGroup) -> Result<Vec<Damage>, JournalError> {
    let mut damaged = Vec::new();
    for frame in group.frames() {
        match frame {
            Ok(_) => {}
            Err(FrameFault::Lost(lost)) => damaged.push(Damage { segment, offset: group.offset, lost }),
            Err(FrameFault::Newer) => return Err(JournalError::NewerFormat { name: segment_name(segment) }),
        }
    }
    Ok(damaged)
}

fn read_mark(disk: &dyn Disk) -> Result<Option<Mark>, JournalError> {
    let len = disk.len(MARK).map_err(io("read", MARK))?.min(4096);
    let bytes = disk.read(MARK, 0, usize::try_from(len).unwrap_or(0)).map_err(io("read", MARK))?;
    match Mark::read(&bytes) {
        Part::Known(mark) => Ok(Some(mark)),
        Part::Newer => Err(JournalError::NewerFormat { name: MARK.to_owned() }),
        Part::Rubbish => Ok(None),
    }
}

fn segment_number(name: &str) -> Option<u32> {
    let digits = name.strip_suffix(".seg")?;
    let number = digits.parse().ok().filter(|number| *number > 0)?;
    (segment_name(number) == name).then_some(number)
}

/// Says what was tried, and on which file, when the disk failed.
pub(super) fn io<'a>(doing: &'static str, name: &'a str) -> impl FnOnce(std::io::Error) -> JournalError + 'a {
    move |source| JournalError::Io { doing, name: name.to_owned(), source }
}
