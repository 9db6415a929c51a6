//! The journal as a backup sees it: segments as far as they are durable, byte for byte, while the writer goes on; and a journal that is
//! looked at without being opened.
//!
//! What is durable is never changed in place, so a copy of it is of one moment however long it takes.

use std::{io, sync::Arc};

use super::{
    Cursor, Damage, JournalError, JournalReader, Lost, Opened, Scan,
    layout::DATA_START,
    open::Found,
    reader::Shared,
    survey::{Survey, scan},
    walk::segment_name,
};
use crate::{disk::Disk, ids::Digest};

/// A segment as far as it is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Durable {
    /// Its number.
    pub number: u32,
    /// How often it was written anew without some bodies.
    pub generation: u32,
    /// Where it ends.
    pub bytes: u64,
    /// Hash of its last group, and so of all groups before; `None`: more may come.
    pub last: Option<Digest>,
}

impl Durable {
    /// Name of its file.
    pub fn name(&self) -> String {
        segment_name(self.number)
    }
}

impl JournalReader {
    /// All segments, and the border behind the last one.
    pub fn durable(&self) -> (Vec<Durable>, Cursor) {
        let view = self.shared.view();
        let durable = view.segments.iter().map(|(number, segment)| {
            let next = view.segments.get(&(number + 1)).map(|next| next.header.before);
            let last = next.filter(|before| before.segment == *number).and_then(|before| before.hash);
            Durable { number: *number, generation: segment.header.generation, bytes: segment.end, last }
        });
        (durable.collect(), view.end)
    }

    /// Bytes of a segment as they stand in its file.
    pub fn raw(&self, segment: &Durable, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        self.shared.disk().read(&segment.name(), offset, len)
    }
}

/// Reads a journal without opening it: nothing is written, nothing is cut.
pub fn look(disk: Arc<dyn Disk>) -> Result<(JournalReader, Opened), JournalError> {
    let survey = Survey::of(&*disk)?;
    let found = Found::of(&*disk, &survey, Scan::Everything)?;
    let opened = Opened { clean: found.clean, cut: found.cut, damaged: found.damaged, end: found.end };
    let shared = Shared::new(disk, found.segments, opened.end, 0);
    Ok((JournalReader::new(Arc::new(shared)), opened))
}

/// What is lost in some segments of a journal whose files end where their groups end.
pub fn check(disk: &dyn Disk, segments: &[Durable]) -> Result<Vec<Damage>, JournalError> {
    let survey = Survey::of(disk)?;
    let mut damaged = Vec::new();
    for segment in segments {
        let Some(header) = survey.headers.get(&segment.number) else {
            damaged.push(unreadable(segment, 0));
            continue;
        };
        let scanned = scan(disk, header, survey.extent(segment.number))?;
        let end = scanned.last.as_ref().map_or(DATA_START, |seen| seen.group.end());
        damaged.extend(scanned.damaged);
        damaged.extend(scanned.last.into_iter().flat_map(|seen| seen.damaged));
        if scanned.unreadable_from.is_some() || end != segment.bytes {
            damaged.push(unreadable(segment, scanned.unreadable_from.unwrap_or(end)));
        }
    }
    damaged.extend(survey.damaged.into_iter().filter(|damage| segments.iter().any(|s| s.number == damage.segment)));
    Ok(damaged)
}

fn unreadable(segment: &Durable, offset: u64) -> Damage {
    Damage { segment: segment.number, offset, lost: Lost::Groups { end: segment.bytes, groups: 0 } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        disk::memory::MemoryDisk,
        journal::{Frame, FrameKind, Journal, Options},
    };

    fn frame(n: u64) -> Frame {
        Frame { kind: FrameKind::Local, version: 1, header: n.to_string().into(), body: vec![7; 300].into() }
    }

    fn copy(reader: &JournalReader) -> (Arc<MemoryDisk>, Vec<Durable>, Cursor) {
        let disk = Arc::new(MemoryDisk::default());
        let (segments, end) = reader.durable();
        for segment in &segments {
            let bytes = reader.raw(segment, 0, usize::try_from(segment.bytes).unwrap()).unwrap();
            disk.write(&segment.name(), 0, &bytes).unwrap();
        }
        (disk, segments, end)
    }

    fn small() -> Options {
        Options { segment_bytes_max: 4 << 10, ..Options::default() }
    }

    #[test]
    fn a_copy_ends_where_the_journal_was_durable_and_opens_there() {
        let source = Arc::new(MemoryDisk::default());
        let (mut journal, _) = Journal::open(source.clone(), small()).unwrap();
        for n in 0..40 {
            journal.append(&[frame(n)]).unwrap();
            if n % 13 == 5 {
                // Without closing: the last group moves.
                journal = Journal::open(source.clone(), small()).unwrap().0;
            }
            let (disk, segments, end) = copy(&journal.reader());
            assert_eq!(check(&*disk, &segments).unwrap(), []);
            assert_eq!(segments.iter().filter(|segment| segment.last.is_none()).count(), 1, "only the last one may grow");
            let (looked, found) = look(disk.clone()).unwrap();
            assert_eq!((found.end.groups, &*found.damaged, found.cut), (end.groups, [].as_slice(), false));
            assert_eq!(looked.groups_after(Cursor::default(), usize::MAX).unwrap().len() as u64, n + 1);
            let (_, opened) = Journal::open(disk, small()).unwrap();
            assert_eq!((opened.end.groups, opened.damaged, opened.cut), (n + 1, vec![], false));
        }
    }

    #[test]
    fn what_is_wrong_with_a_copy_is_named() {
        let (mut journal, _) = Journal::open(Arc::new(MemoryDisk::default()), small()).unwrap();
        (0..40).for_each(|n| drop(journal.append(&[frame(n)]).unwrap()));
        let (_, segments, _) = copy(&journal.reader());
        for segment in &segments {
            for at in [0, DATA_START, segment.bytes - 150, segment.bytes - 1] {
                let (disk, ..) = copy(&journal.reader());
                disk.flip_bit(&segment.name(), at * 8).unwrap();
                assert_ne!(check(&*disk, &segments).unwrap(), [], "{} at {at}", segment.name());
                let others: Vec<_> = segments.iter().copied().filter(|other| other.number != segment.number).collect();
                assert_eq!(check(&*disk, &others).unwrap(), [], "only what was asked for");
            }
            let (disk, ..) = copy(&journal.reader());
            disk.truncate(&segment.name(), segment.bytes - 1).unwrap();
            assert_ne!(check(&*disk, &segments).unwrap(), [], "{} cut", segment.name());
            disk.remove(&segment.name()).unwrap();
            assert_ne!(check(&*disk, &segments).unwrap(), [], "{} gone", segment.name());
        }
    }
}
