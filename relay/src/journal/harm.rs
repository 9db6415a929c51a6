//! Journals that were harmed behind their back: flipped bits, blank sectors, cut files, lost files. For tests only.
//!
//! The law: nothing panics, nothing reads as something else than what was written, and what was not hit stays readable.

use std::sync::Arc;

use rand::{Rng as _, RngCore as _, SeedableRng as _, rngs::SmallRng};

use super::{Cursor, Frame, FrameKind, Journal, Lost, Opened, Options, Place, Scan};
use crate::disk::{Disk, memory::MemoryDisk};

/// Bytes of a file that are not what they were.
#[derive(Debug)]
struct Hit {
    file: String,
    from: u64,
    to: u64,
}

/// A group as it was written.
struct Known {
    frames: Vec<(Place, Frame)>,
    end: Cursor,
}

impl Known {
    fn is_hit(&self, hits: &[Hit]) -> bool {
        let place = self.frames[0].0;
        let file = format!("{:08}.seg", place.segment);
        hits.iter().any(|hit| hit.file == file && hit.from < self.end.offset && place.group < hit.to)
    }

    /// Both copies of its segment's header are.
    fn is_headless(&self, hits: &[Hit]) -> bool {
        let file = format!("{:08}.seg", self.frames[0].0.segment);
        let copy = |from: u64| hits.iter().any(|hit| hit.file == file && hit.from < from + 92 && from < hit.to);
        copy(0) && copy(512)
    }
}

fn write(disk: &Arc<MemoryDisk>, options: &Options, random: &mut SmallRng) -> (Vec<Known>, bool) {
    let mut known = Vec::new();
    let open = |disk: &Arc<MemoryDisk>| Journal::open(disk.clone(), options.clone()).unwrap().0;
    let mut journal = open(disk);
    for number in 0..random.random_range(5..40) {
        if random.random_bool(0.1) {
            journal.close().unwrap();
            journal = open(disk);
        }
        let frame = |index: usize| {
            let mut body = vec![0; random.random_range(0..700)];
            random.fill_bytes(&mut body);
            Frame { kind: FrameKind::Local, version: 1, header: format!("{number}/{index}").into(), body: body.into() }
        };
        let frames: Vec<_> = (0..1 + number % 4).map(frame).collect();
        let places = journal.append(&frames).unwrap();
        known.push(Known { frames: places.into_iter().zip(frames).collect(), end: journal.reader().end() });
    }
    let closed = random.random_bool(0.7);
    if closed {
        journal.close().unwrap();
    }
    (known, closed)
}

fn harm(disk: &MemoryDisk, random: &mut SmallRng) -> Vec<Hit> {
    let files = disk.list("").unwrap();
    let mut hits = Vec::new();
    for _ in 0..random.random_range(1..4) {
        let file = files[random.random_range(0..files.len())].clone();
        let Ok(len) = disk.len(&file) else { continue };
        let at = random.random_range(0..len);
        let to = match random.random_range(0..10) {
            0..7 => {
                disk.flip_bit(&file, at * 8 + random.random_range(0..8)).unwrap();
                at + 1
            }
            7 => {
                let to = len.min(at + 512);
                disk.write(&file, at, &vec![0; (to - at) as usize]).unwrap();
                to
            }
            8 if at > 0 => {
                disk.truncate(&file, at).unwrap();
                u64::MAX
            }
            _ => {
                disk.remove(&file).unwrap();
                hits.push(Hit { file: file.clone(), from: 0, to: u64::MAX });
                u64::MAX
            }
        };
        hits.push(Hit { file, from: at, to });
    }
    hits
}

/// Reads everything that can be read. Nothing may be other than it was.
fn check(journal: &Journal, opened: &Opened, known: &[Known], hits: &[Hit]) {
    let reader = journal.reader();
    let mut lost = 0;
    // What is gone from the end without a trace shows in the count alone; its places will be taken by others.
    let known: Vec<_> = known.iter().filter(|group| group.end.groups <= opened.end.groups).collect();
    for group in &known {
        let expected = !group.is_hit(hits) && !group.is_headless(hits);
        for (place, frame) in &group.frames {
            match reader.frame(*place) {
                Ok(read) => assert_eq!(read, *frame),
                Err(error) => {
                    assert!(!expected, "{place:?}: {error}; {opened:?}");
                    lost += 1;
                }
            }
        }
    }
    let (mut at, mut seen, mut reported) = (Cursor::default(), 0, 0);
    while at.groups < opened.end.groups {
        let groups = reader.groups_after(at, 5000).unwrap();
        assert!(!groups.is_empty(), "nothing after {at:?}; {opened:?}");
        for group in groups {
            assert_eq!(group.at.groups, at.groups);
            assert!(group.end.groups > at.groups, "{group:?}");
            at = group.end;
            seen += group.frames.len();
            reported += group.damaged.len();
            for (place, frame) in group.frames {
                assert_eq!(reader.frame(place).unwrap(), frame);
                let was = known.iter().flat_map(|group| &group.frames).find(|(known, _)| *known == place);
                assert!(was.is_none_or(|(_, was)| *was == frame));
            }
        }
    }
    assert_eq!(reader.groups_after(at, 1).unwrap(), []);
    let written: usize = known.iter().map(|group| group.frames.len()).sum();
    assert!(seen + lost >= written, "{seen} seen, {lost} lost, {written} written; {opened:?}");
    if lost > 0 {
        let there = opened.damaged.iter().any(|damage| !matches!(damage.lost, Lost::HeaderCopy));
        assert!(there && reported > 0, "{lost} lost and nothing said: {opened:?}");
    }
}

#[test]
fn harm_is_told_and_hides_nothing_else() {
    for seed in 0..300 {
        let random = &mut SmallRng::seed_from_u64(seed);
        let options = Options {
            prealloc_bytes_min: 4 << 10,
            prealloc_bytes_max: 16 << 10,
            segment_bytes_max: [3 << 10, 20 << 10][random.random_range(0..2)],
            recent_bytes_max: 0,
            scan: Scan::Everything,
        };
        let disk = Arc::new(MemoryDisk::default());
        let (mut known, closed) = write(&disk, &options, random);
        let hits = harm(&disk, random);
        let marked = closed && hits.iter().all(|hit| hit.file != "mark");
        for round in 0..3 {
            let (mut journal, opened) = Journal::open(disk.clone(), options.clone())
                .unwrap_or_else(|error| panic!("seed {seed}, round {round}: {error}; {hits:?}"));
            assert!(!marked || opened.end.groups == known.len() as u64, "seed {seed}, round {round}: {opened:?}; {hits:?}");
            check(&journal, &opened, &known, &hits);
            if !marked {
                break;
            }
            let frame = Frame { kind: FrameKind::Seal, version: 1, header: "after".into(), body: "it".into() };
            let places = journal.append(std::slice::from_ref(&frame)).unwrap();
            known.push(Known { frames: vec![(places[0], frame)], end: journal.reader().end() });
            journal.close().unwrap();
        }
    }
}
