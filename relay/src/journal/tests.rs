//! The journal on real files, case by case. Random histories with power cuts: the model tests.

use std::sync::Arc;

use bytes::Bytes;
use tempfile::TempDir;

use super::{Cursor, Frame, FrameKind, Journal, JournalError, Lost, Opened, Options, Place, ReadError, Scan};
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
    Frame { kind: FrameKind::Local, version: 1, header, body }
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
