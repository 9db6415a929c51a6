//! The journal on real files, case by case. Random histories with power cuts: the model tests.

use std::{io, sync::Arc};

use bytes::Bytes;
use tempfile::TempDir;

use super::{
    Body, Cursor, Damage, Frame, FrameKind, Journal, JournalError, Lost, Opened, Options, Place, Progress, ReadError, Scan,
    layout::{self, SegmentHeader},
};
use crate::disk::{
    Disk,
    fs::FileDisk,
    memory::{MemoryDisk, Op},
};

#[path = "model.rs"]
mod model;

const SMALL: Options = Options {
    prealloc_bytes_min: 4 << 10,
    prealloc_bytes_max: 16 << 10,
    segment_bytes_max: 16 << 10,
    recent_bytes_max: 0,
    scan: Scan::EverythingAfterUnclean,
};

fn disk_of(folder: &TempDir) -> Arc<FileDisk> {
    Arc::new(FileDisk::open(folder.path()).unwrap())
}

fn open(folder: &TempDir) -> (Journal, Opened) {
    Journal::open(disk_of(folder), SMALL).unwrap()
}

fn frame(number: u64, body_len: usize) -> Frame {
    let header = Bytes::from(number.to_le_bytes().to_vec());
    let body = Bytes::from(vec![number as u8; body_len]);
    Frame { kind: FrameKind::Local, version: 1, header, body: body.into() }
}

/// Appends `count` groups of one to three frames each.
fn fill(journal: &mut Journal, count: u64) -> Vec<(Place, Frame)> {
    let mut written = Vec::new();
    for group in 0..count {
        let frames: Vec<_> = (0..=group % 3).map(|index| frame(group * 10 + index, (group * 97 % 1500) as usize)).collect();
        let places = journal.append(&frames).unwrap();
        written.extend(places.into_iter().zip(frames));
    }
    written
}

fn read_all(journal: &Journal) -> Vec<(Place, Frame)> {
    let reader = journal.reader();
    let (mut at, mut all) = (Cursor::default(), Vec::new());
    loop {
        let groups = reader.groups_after(at, 2000).unwrap();
        let Some(last) = groups.last() else { return all };
        for group in &groups {
            assert_eq!(group.at.groups, at.groups);
            at = group.end;
        }
        assert_eq!(at, last.end);
        all.extend(groups.into_iter().flat_map(|group| group.frames));
    }
}

#[test]
fn what_was_appended_is_there_after_a_clean_and_after_an_unclean_stop() {
    let folder = tempfile::tempdir().unwrap();
    let (mut journal, opened) = open(&folder);
    assert_eq!(opened, Opened { clean: true, cut: false, damaged: vec![], end: Cursor::default() });
    let written = fill(&mut journal, 60);
    assert_eq!(read_all(&journal), written);
    journal.close().unwrap();
    let (journal, opened) = open(&folder);
    assert!(opened.clean && !opened.cut && opened.damaged.is_empty(), "{opened:?}");
    assert_eq!(opened.end.groups, 60);
    assert_eq!(read_all(&journal), written);
    drop(journal);
    for _ in 0..3 {
        let (journal, opened) = open(&folder);
        assert!(!opened.clean && !opened.cut && opened.damaged.is_empty(), "{opened:?}");
        assert_eq!(read_all(&journal), written);
        for (place, frame) in &written {
            assert_eq!(journal.reader().frame(*place).unwrap(), *frame);
        }
    }
}

#[test]
fn the_last_group_keeps_its_places_and_is_read_once_after_it_moved() {
    let folder = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(&folder);
    let mut written = Vec::new();
    for round in 0..30 {
        let before = journal.reader().end();
        let frames = vec![frame(round, 700), frame(round + 1, 0)];
        let places = journal.append(&frames).unwrap();
        let after = journal.reader().end();
        written.extend(places.into_iter().zip(frames));
        drop(journal);
        let opened;
        (journal, opened) = open(&folder);
        assert!(!opened.clean && opened.damaged.is_empty(), "{opened:?}");
        let groups = journal.reader().groups_after(before, 1).unwrap();
        assert_eq!(groups.len(), 1);
        assert_eq!(groups[0].frames, written[written.len() - 2..]);
        assert!(journal.reader().groups_after(after, 1).unwrap().is_empty());
        assert_eq!(read_all(&journal), written);
    }
    for (place, frame) in &written {
        assert_eq!(journal.reader().frame(*place).unwrap(), *frame);
    }
}

#[test]
fn a_torn_end_is_cut_and_work_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(&folder);
    let mut written = fill(&mut journal, 3);
    let end = journal.reader().end();
    drop(journal);
    disk_of(&folder).write("00000001.seg", end.offset + 200, b"part of a group that never was whole").unwrap();
    let (mut journal, opened) = open(&folder);
    assert!(opened.cut && !opened.clean && opened.damaged.is_empty(), "{opened:?}");
    written.extend(fill(&mut journal, 3));
    assert_eq!(read_all(&journal), written);
    drop(journal);
    let (journal, opened) = open(&folder);
    assert!(!opened.cut && opened.damaged.is_empty(), "{opened:?}");
    assert_eq!(read_all(&journal), written);
}

#[test]
fn damage_in_the_middle_is_reported_and_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(&folder);
    let written = fill(&mut journal, 60);
    journal.close().unwrap();
    let (victim, disk) = (written[50].0, disk_of(&folder));
    let name = format!("{:08}.seg", victim.segment);
    let mut byte = disk.read(&name, victim.group + 30, 1).unwrap();
    byte[0] ^= 1;
    disk.write(&name, victim.group + 30, &byte).unwrap();
    let options = Options { scan: Scan::Everything, ..SMALL };
    let (mut journal, opened) = Journal::open(disk.clone(), options).unwrap();
    assert_eq!(opened.damaged.len(), 1, "{opened:?}");
    assert_eq!((opened.damaged[0].segment, opened.damaged[0].offset), (victim.segment, victim.group));
    assert!(matches!(opened.damaged[0].lost, Lost::Groups { groups: 1, .. }));
    assert_eq!(opened.end.groups, 60);
    let rest: Vec<_> =
        written.iter().filter(|(place, _)| place.group != victim.group || place.segment != victim.segment).collect();
    assert_eq!(read_all(&journal).iter().collect::<Vec<_>>(), rest);
    assert!(matches!(journal.reader().frame(victim), Err(ReadError::Damaged(_))));
    journal.append(&[frame(0, 0)]).unwrap();
}

#[test]
fn random_histories_keep_the_law() {
    for seed in 0..300 {
        model::history(&mut model::InMemory::default(), seed).unwrap_or_else(|fault| panic!("seed {seed}: {fault}"));
    }
}

#[test]
fn a_bad_frame_is_told_alone_and_its_group_stays_readable() {
    let disk = Arc::new(MemoryDisk::default());
    let (mut journal, _) = Journal::open(disk.clone(), SMALL).unwrap();
    journal.append(&[frame(0, 10)]).unwrap();
    let frames = [frame(1, 10), frame(2, 10), frame(3, 10)];
    let places = journal.append(&frames).unwrap();
    journal.append(&[frame(4, 10)]).unwrap();
    drop(journal);
    // Head 68 bytes, table 3 × 20, headers 3 × 8, bodies 3 × 10.
    let group = places[0].group;
    disk.flip_bit("00000001.seg", (group + 68 + 60 + 8) * 8).unwrap();
    disk.flip_bit("00000001.seg", (group + 68 + 60 + 24 + 20) * 8).unwrap();
    let (journal, opened) = Journal::open(disk, SMALL).unwrap();
    let kept = Frame { body: Body::Hollow, ..frames[2].clone() };
    let expected = [Lost::Frame { frame: 1 }, Lost::Body { frame: 2, kept }];
    let told: Vec<_> = opened.damaged.iter().map(|damage| damage.lost.clone()).collect();
    assert_eq!(told, expected);
    let groups = journal.reader().groups_after(Cursor { groups: 1, ..Cursor::default() }, 1).unwrap();
    assert_eq!(groups[0].frames, [(places[0], frames[0].clone())]);
    assert_eq!(groups[0].damaged, opened.damaged);
    assert_eq!(journal.reader().frame(places[0]).unwrap(), frames[0]);
    for place in &places[1..] {
        assert!(matches!(journal.reader().frame(*place), Err(ReadError::Damaged(_))));
    }
}

/// Everything on a disk.
fn content(disk: &MemoryDisk) -> Vec<(String, Vec<u8>)> {
    let read = |name: String| {
        let len = disk.len(&name).unwrap() as usize;
        let bytes = disk.read(&name, 0, len).unwrap();
        (name, bytes)
    };
    disk.list("").unwrap().into_iter().map(read).collect()
}

/// Closes a fixed part anew after it was changed.
fn reseal(part: &mut [u8], seed: &[u8]) {
    let (covered, crc) = part.split_at_mut(part.len() - 4);
    crc.copy_from_slice(&layout::close_part(covered, seed));
}

#[test]
fn what_a_newer_program_wrote_is_refused_and_not_touched() {
    const HEAD: usize = 1024;
    const TABLE: usize = HEAD + 68;
    type Change = fn(&mut [u8], &[u8]);
    let head: Change = |file, seed| {
        file[HEAD + 4] = 3;
        reseal(&mut file[HEAD..TABLE], seed);
    };
    let entry: Change = |file, seed| {
        let crc = layout::crc_of(&[&file[TABLE..TABLE + 20]]);
        file[HEAD + 28..HEAD + 32].copy_from_slice(&crc.to_le_bytes());
        reseal(&mut file[HEAD..TABLE], seed);
    };
    let changes: [(&str, Change); 4] = [
        ("a segment", |file, _| {
            for at in [0, 512] {
                file[at + 4] = 3;
                reseal(&mut file[at..at + SegmentHeader::LEN], &[]);
            }
        }),
        ("a group", head),
        ("a kind", |file, _| file[TABLE] = 200),
        ("an encoding", |file, _| file[TABLE + 1] = 2),
    ];
    for (what, change) in changes {
        let disk = Arc::new(MemoryDisk::default());
        let (mut journal, _) = Journal::open(disk.clone(), SMALL).unwrap();
        journal.append(&[frame(1, 5)]).unwrap();
        drop(journal);
        let mut file = disk.read("00000001.seg", 0, 4096).unwrap();
        let layout::Part::Known(header) = SegmentHeader::read(&file).header else { panic!("no header") };
        change(&mut file, &header.seed(1024));
        if what.starts_with("an encoding") || what == "a kind" {
            entry(&mut file, &header.seed(1024));
        }
        disk.write("00000001.seg", 0, &file).unwrap();
        disk.write("00000002.seg.new", 0, b"left over").unwrap();
        let before = content(&disk);
        let refused = Journal::open(disk.clone(), SMALL);
        assert!(matches!(refused, Err(JournalError::NewerFormat { .. })), "{what}: {refused:?}");
        assert_eq!(content(&disk), before, "{what}");
    }
}

#[test]
fn too_much_for_one_group_is_refused_and_the_journal_goes_on() {
    let (mut journal, _) = Journal::open(Arc::new(MemoryDisk::default()), SMALL).unwrap();
    let large = Frame { body: vec![0; 33 << 20].into(), ..frame(1, 0) };
    assert!(matches!(journal.append(&[large]), Err(JournalError::TooLarge)));
    assert!(matches!(journal.append(&vec![frame(1, 0); 65_536]), Err(JournalError::TooLarge)));
    let places = journal.append(&[frame(2, 100_000)]).unwrap();
    assert_eq!(journal.reader().frame(places[0]).unwrap(), frame(2, 100_000));
    assert_eq!(journal.append(&[]).unwrap(), []);
    assert_eq!(journal.reader().end().groups, 1);
}

#[test]
fn a_nearly_full_disk_is_used_to_its_end() {
    let disk = Arc::new(MemoryDisk::default());
    let large_steps = Options { prealloc_bytes_min: 64 << 10, prealloc_bytes_max: 64 << 10, ..SMALL };
    let (mut journal, _) = Journal::open(disk.clone(), large_steps.clone()).unwrap();
    disk.full(9000);
    journal.append(&[frame(1, 2000)]).unwrap();
    journal.append(&[frame(2, 2000)]).unwrap();
    assert!(matches!(journal.append(&[frame(3, 6000)]), Err(JournalError::Io { .. })));
    assert!(matches!(journal.append(&[frame(3, 0)]), Err(JournalError::Poisoned)));
    drop(journal);
    // The last group needs room to be written again; with a little room made, it is all there.
    let full = Journal::open(disk.clone(), large_steps.clone());
    assert!(matches!(full, Err(JournalError::Io { ref source, .. }) if source.kind() == io::ErrorKind::StorageFull), "{full:?}");
    disk.full(20_000);
    let (journal, opened) = Journal::open(disk, large_steps).unwrap();
    assert_eq!((opened.end.groups, opened.damaged), (2, vec![]));
    drop(journal);
}

#[test]
fn readers_keep_up_with_a_writer_that_crosses_segments() {
    let disk = Arc::new(MemoryDisk::default());
    let (mut journal, _) = Journal::open(disk, SMALL).unwrap();
    let readers = [1_usize, 700, 100_000].map(|max_bytes| {
        let reader = journal.reader();
        std::thread::spawn(move || {
            let mut at = Cursor::default();
            while at.groups < 600 {
                for group in reader.groups_after(at, max_bytes).unwrap() {
                    assert_eq!((group.at.groups, group.end.groups), (at.groups, at.groups + 1));
                    assert_eq!(group.frames[0].1, frame(at.groups, 300));
                    assert_eq!(reader.frame(group.frames[0].0).unwrap(), frame(at.groups, 300));
                    at = group.end;
                }
            }
        })
    });
    for number in 0..600 {
        journal.append(&[frame(number, 300)]).unwrap();
    }
    for reader in readers {
        reader.join().unwrap();
    }
}

/// A segment as each version wrote it. Never to be made anew: what is in the field must stay readable.
const VERSION_1: &[u8] = include_bytes!("fixtures/v1.seg");
const VERSION_2: &[u8] = include_bytes!("fixtures/v2.seg");
/// The same without the body of its last frame.
const VERSION_2_HOLLOW: &[u8] = include_bytes!("fixtures/v2-hollow.seg");

fn first_two_groups() -> [Vec<Frame>; 2] {
    let accepted = Frame { kind: FrameKind::Accepted, version: 1, header: "head".into(), body: "salt and body".into() };
    let seal = Frame { kind: FrameKind::Seal, version: 1, header: "group".into(), body: Bytes::new().into() };
    [vec![frame(7, 3)], vec![seal, accepted]]
}

fn frames_of(segment: &[u8]) -> Vec<Frame> {
    let disk = Arc::new(MemoryDisk::default());
    disk.write("00000001.seg", 0, segment).unwrap();
    let (journal, opened) = Journal::open(disk, SMALL).unwrap();
    assert!(opened.damaged.is_empty() && !opened.cut, "{opened:?}");
    read_all(&journal).into_iter().map(|(_, frame)| frame).collect()
}

#[test]
fn segments_of_every_version_are_read_and_the_newest_is_written_byte_for_byte() {
    let disk = Arc::new(MemoryDisk::default());
    let (mut journal, _) = Journal::open(disk.clone(), SMALL).unwrap();
    let places: Vec<_> = first_two_groups().iter().flat_map(|group| journal.append(group).unwrap()).collect();
    let end = journal.reader().end().offset as usize;
    let segment = || disk.read("00000001.seg", 0, end).unwrap();
    assert!(segment() == VERSION_2);
    let mut frames: Vec<_> = first_two_groups().into_iter().flatten().collect();
    assert_eq!(frames_of(VERSION_1), frames);
    assert_eq!(frames_of(VERSION_2), frames);
    journal.roll();
    journal.append(&[frame(8, 3)]).unwrap();
    hollow(&journal, &[places[2]]);
    assert!(segment() == VERSION_2_HOLLOW);
    frames[2].body = Body::Hollow;
    assert_eq!(frames_of(VERSION_2_HOLLOW), frames);
}

/// Removes bodies, all at once.
fn hollow(journal: &Journal, places: &[Place]) {
    let mut hollowing = journal.reader().hollowing(&places.iter().copied().collect());
    while hollowing.step(1000).unwrap() == Progress::More {}
}

#[test]
fn a_removed_body_is_nowhere_and_everything_else_is_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { recent_bytes_max: 8 << 20, ..SMALL };
    let (mut journal, _) = Journal::open(disk_of(&folder), options.clone()).unwrap();
    let mut written = fill(&mut journal, 30);
    let canary = Frame { body: "a word that nobody else says".into(), ..frame(1, 0) };
    let places = journal.append(&[frame(2, 900), canary.clone(), frame(3, 900)]).unwrap();
    let border = journal.reader().end();
    written.extend(places.iter().copied().zip([frame(2, 900), Frame { body: Body::Hollow, ..canary }, frame(3, 900)]));
    // After an unclean stop the group stands in two places.
    drop(journal);
    let (mut journal, _) = Journal::open(disk_of(&folder), options.clone()).unwrap();
    let asked = [places[1]];
    assert!(journal.reader().is_open_at(&asked.into_iter().collect()));
    journal.roll();
    let last = journal.append(&[frame(4, 10)]).unwrap()[0];
    written.push((last, frame(4, 10)));
    assert!(!journal.reader().is_open_at(&asked.into_iter().collect()));
    hollow(&journal, &asked);
    let generations = |journal: &Journal| journal.reader().durable().0.iter().map(|seen| seen.generation).sum::<u32>();
    assert_eq!(generations(&journal), 1);
    // Again is nothing.
    hollow(&journal, &asked);
    assert_eq!(generations(&journal), 1);
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"a word"));
    }
    assert_eq!(read_all(&journal), written);
    drop(journal);
    let options = Options { scan: Scan::Everything, ..SMALL };
    let (journal, opened) = Journal::open(disk_of(&folder), options).unwrap();
    assert_eq!((&opened.damaged, generations(&journal)), (&vec![], 1), "{opened:?}");
    assert_eq!(read_all(&journal), written);
    assert_eq!(journal.reader().groups_after(border, 1).unwrap()[0].frames, [(last, frame(4, 10))]);
}

#[test]
fn a_removed_body_is_not_damage_and_damage_is_no_removed_body() {
    let disk = Arc::new(MemoryDisk::default());
    let (mut journal, _) = Journal::open(disk.clone(), SMALL).unwrap();
    let places = journal.append(&[frame(1, 700), frame(2, 700)]).unwrap();
    journal.roll();
    journal.append(&[frame(3, 10)]).unwrap();
    // Zeros alone, as a blank sector leaves them, say nothing.
    let body = places[0].group + 68 + 40 + 16;
    disk.write("00000001.seg", body, &[0; 700]).unwrap();
    assert!(matches!(journal.reader().frame(places[0]), Err(ReadError::Damaged(Damage { lost: Lost::Body { .. }, .. }))));
    // What cannot be read can be removed, too.
    hollow(&journal, &places);
    let bodies = || places.iter().map(|place| journal.reader().frame(*place).unwrap().body).collect::<Vec<_>>();
    assert_eq!(bodies(), [Body::Hollow, Body::Hollow]);
    // A byte that has come to stand there is damage.
    disk.flip_bit("00000001.seg", (body + 5) * 8).unwrap();
    assert!(matches!(journal.reader().frame(places[0]), Err(ReadError::Damaged(Damage { lost: Lost::Body { .. }, .. }))));
}

#[test]
fn readers_meet_either_all_of_a_body_or_none_while_it_is_removed() {
    let disk = Arc::new(MemoryDisk::default());
    let (mut journal, _) = Journal::open(disk, SMALL).unwrap();
    let places: Vec<_> = (0..40).map(|number| journal.append(&[frame(number, 300)]).unwrap()[0]).collect();
    journal.roll();
    journal.append(&[frame(99, 1)]).unwrap();
    let (reader, of) = (journal.reader(), places.clone());
    let reading = std::thread::spawn(move || {
        let (mut hollow, mut at) = (0, 0);
        while hollow < of.len() {
            let groups = reader.groups_after(Cursor::default(), 1 << 20).unwrap();
            assert!(groups.iter().all(|group| group.damaged.is_empty()));
            at = (at + 1) % of.len();
            let body = reader.frame(of[at]).unwrap().body;
            assert!(body == Body::Hollow || body == frame(at as u64, 300).body);
            hollow = groups.iter().flat_map(|group| &group.frames).filter(|(_, frame)| frame.body == Body::Hollow).count();
        }
    });
    for place in places {
        hollow(&journal, &[place]);
    }
    reading.join().unwrap();
}

#[test]
fn a_body_cannot_pass_for_a_group() {
    let disk = Arc::new(MemoryDisk::default());
    let (mut journal, _) = Journal::open(disk.clone(), SMALL).unwrap();
    let first = journal.append(&[frame(1, 10)]).unwrap()[0];
    let end = journal.reader().end().offset;
    let group = disk.read("00000001.seg", first.group, (end - first.group) as usize).unwrap();
    let hidden = Frame { body: group.into(), ..frame(2, 0) };
    journal.append(&[hidden]).unwrap();
    journal.append(&[frame(3, 10)]).unwrap();
    drop(journal);
    disk.flip_bit("00000001.seg", end * 8).unwrap();
    let (journal, opened) = Journal::open(disk, SMALL).unwrap();
    let there: Vec<_> = read_all(&journal).into_iter().map(|(_, frame)| frame).collect();
    assert_eq!(there, [frame(1, 10), frame(3, 10)]);
    assert!(matches!(opened.damaged[..], [Damage { lost: Lost::Groups { groups: 1, .. }, .. }]), "{opened:?}");
}
