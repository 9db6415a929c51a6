//! Files on a link: what leaves when, how much of it, and what a neighbour may not say of them.

use std::time::Duration;

use crate::{
    ids::{Digest, FileRef, Lane},
    link::{
        config::{FEATURE_FILES, Role},
        count::LinkEvent,
        end::{EndReason, PeerFault},
        event::{Action, Event, NotKept},
        fixtures::{Told, batches, config, sent, start, their_hello},
        frame::{Chunk, FileGone, Frame, GoneReason, WantFile},
    },
};

const FILE: FileRef = FileRef { digest: Digest([7; 32]), bytes: 1_000_000 };
const OTHER: Digest = Digest([8; 32]);

/// A session of two that know how to give files.
fn open() -> Told {
    let mut ours = config(Role::Child);
    ours.features.push(FEATURE_FILES.into());
    let mut told = Told::new(ours);
    told.tell(Event::Opened(Box::new(start())));
    let mut hello = their_hello(&start());
    hello.features.push(FEATURE_FILES.into());
    told.hear(Frame::Hello(Box::new(hello)));
    told
}

fn want(offset: u64) -> Frame {
    Frame::WantFile(WantFile { digest: FILE.digest, offset, length: FILE.bytes - offset })
}

fn chunk(offset: u64, len: usize) -> Chunk {
    Chunk { digest: FILE.digest, offset, bytes: vec![1; len].into(), total: FILE.bytes }
}

/// What is to be read of a file: from where, how much at most.
fn reads(actions: &[Action]) -> Vec<(u64, usize)> {
    let read = |action: &Action| {
        if let Action::LoadChunk { offset, bytes_max, .. } = action { Some((*offset, *bytes_max)) } else { None }
    };
    actions.iter().filter_map(read).collect()
}

fn load(told: &mut Told, offset: u64, len: usize) -> Vec<Action> {
    told.tell(Event::ChunkLoaded { digest: FILE.digest, offset, loaded: Ok(vec![1; len].into()) })
}

/// Parts among the frames that are sent.
fn parts(actions: &[Action]) -> Vec<(u64, usize)> {
    let part = |frame: &Frame| if let Frame::Chunk(chunk) = frame { Some((chunk.offset, chunk.bytes.len())) } else { None };
    sent(actions).into_iter().filter_map(part).collect()
}

fn fault(actions: &[Action]) -> bool {
    actions.iter().any(|action| matches!(action, Action::End { reason: EndReason::PeerFault(PeerFault::Unexpected(_)), .. }))
}

#[test]
fn a_wish_is_read_ahead_by_one_part_and_sent_when_nothing_else_waits() {
    let mut told = open();
    let [(0, most)] = reads(&told.hear(want(0)))[..] else { panic!("one part is read") };
    assert!(most <= 32 * 1024, "a part is no larger than a routine batch: {most}");
    assert_eq!(parts(&load(&mut told, 0, most)), [(0, most)]);
    assert!(reads(&told.after(Duration::from_millis(1))).is_empty(), "one is under way until the line is measured");
    let next = told.hear(want(most as u64));
    assert_eq!(reads(&next), [(most as u64, most)]);
}

#[test]
fn a_wish_goes_on_from_where_it_says() {
    let mut told = open();
    assert_eq!(reads(&told.hear(want(900_000)))[0].0, 900_000);
    assert_eq!(parts(&load(&mut told, 900_000, 10)), [(900_000, 10)]);
}

#[test]
fn no_part_leaves_before_a_flash_record_that_waits() {
    let mut told = open();
    told.hear(want(0));
    told.grew([0, 3, 0, 0]);
    let actions = load(&mut told, 0, 1_000);
    assert!(parts(&actions).is_empty(), "the flash records are still being read");
    let actions = told.load(Lane::Flash, 1, 3);
    let frames = sent(&actions);
    let flash = frames.iter().position(|frame| matches!(frame, Frame::Batch(batch) if batch.lane == Lane::Flash));
    let part = frames.iter().position(|frame| matches!(frame, Frame::Chunk(_)));
    assert!(flash.is_some() && flash < part, "{frames:?}");
}

#[test]
fn routine_records_go_first_and_parts_keep_their_floor() {
    let mut told = open();
    told.hear(want(0));
    load(&mut told, 0, 100);
    told.hear(want(100));
    told.grew([0, 0, 0, 10_000]);
    load(&mut told, 100, 100);
    let (mut at, mut order) = (0, Vec::<bool>::new());
    while order.iter().filter(|routine| !**routine).count() < 2 && order.len() < 200 {
        let mut actions = told.load(Lane::Routine, at + 1, 10);
        at += 10;
        actions.extend(told.custody(Lane::Routine, at));
        if let Some((offset, _)) = reads(&actions).first().copied() {
            actions.extend(load(&mut told, offset, 100));
        }
        if let Some((offset, len)) = parts(&actions).last().copied() {
            actions.extend(told.hear(want(offset + len as u64)));
            if let Some((offset, _)) = reads(&actions).last().copied() {
                actions.extend(load(&mut told, offset, 100));
            }
        }
        let is_lane = |frame: &&Frame| matches!(frame, Frame::Batch(_));
        let counts = |frame: &&Frame| is_lane(frame) || matches!(frame, Frame::Chunk(_));
        order.extend(sent(&actions).into_iter().filter(counts).map(|frame| is_lane(&frame)));
    }
    let gaps: Vec<usize> = order.split(|routine| !*routine).map(<[bool]>::len).collect();
    assert!(gaps.len() >= 3 && gaps[1..gaps.len() - 1].iter().all(|gap| (15..=17).contains(gap)), "{gaps:?}");
}

#[test]
fn what_is_under_way_of_files_and_routine_together_keeps_to_one_credit() {
    let mut told = open();
    // A fast line: the measure is at its limit.
    told.hear(want(0));
    let part = 32 * 1024 - 256;
    let mut at = 0_u64;
    for _ in 0..12 {
        load(&mut told, at, part);
        at += part as u64;
        told.now.since += Duration::from_millis(1);
        told.hear(want(at));
    }
    let mut under_way = 0;
    for _ in 0..30 {
        let actions = load(&mut told, at, part);
        under_way += parts(&actions).iter().map(|(_, len)| len).sum::<usize>();
        at += part as u64;
    }
    assert!((200 * 1024..=256 * 1024).contains(&under_way), "{under_way}");
    let loads = told.grew([0, 0, 0, 1_000]);
    assert_eq!(crate::link::fixtures::loads(&loads).len(), 1, "a routine frame may always be under way");
    let actions = told.load(Lane::Routine, 1, 20);
    assert_eq!(batches(&actions).len(), 1);
    assert!(crate::link::fixtures::loads(&actions).is_empty(), "and no second one while files have the credit");
}

#[test]
fn a_wish_that_contradicts_the_one_before_ends_the_link() {
    let impossible = [
        want(500_000),
        Frame::WantFile(WantFile { digest: OTHER, offset: 0, length: 10 }),
        Frame::WantFile(WantFile { digest: FILE.digest, offset: 10, length: 10 }),
        Frame::WantFile(WantFile { digest: FILE.digest, offset: u64::MAX, length: 10 }),
    ];
    for wish in impossible {
        let mut told = open();
        told.hear(want(0));
        load(&mut told, 0, 100);
        assert!(fault(&told.hear(wish.clone())), "{wish:?}");
    }
}

#[test]
fn a_file_that_cannot_be_given_is_said_to_be_gone_and_another_may_be_wanted() {
    let mut told = open();
    told.hear(want(0));
    let refused = told.tell(Event::ChunkLoaded { digest: FILE.digest, offset: 0, loaded: Err(GoneReason::NotYours) });
    let gone = Frame::FileGone(FileGone { digest: FILE.digest, reason: GoneReason::NotYours });
    assert!(sent(&refused).contains(&&gone));
    let next = told.hear(Frame::WantFile(WantFile { digest: OTHER, offset: 0, length: 10 }));
    assert_eq!(reads(&next), [(0, 32 * 1024 - 256)]);
    let stopped = told.hear(Frame::StopFile(OTHER));
    assert!(sent(&stopped).contains(&&Frame::FileGone(FileGone { digest: OTHER, reason: GoneReason::Stopped })));
    assert!(parts(&told.tell(Event::ChunkLoaded { digest: OTHER, offset: 0, loaded: Ok(vec![1; 10].into()) })).is_empty());
}

#[test]
fn a_file_is_pulled_part_by_part_and_each_part_that_is_kept_is_said() {
    let mut told = open();
    let asked = told.tell(Event::WantFile { file: FILE, have: 400 });
    assert_eq!(sent(&asked), [&want(400)]);
    assert!(sent(&told.tell(Event::WantFile { file: FILE, have: 400 })).is_empty(), "asked once");
    let part = chunk(400, 1_000);
    assert!(told.hear(Frame::Chunk(part.clone())).contains(&Action::KeepChunk(part)));
    assert_eq!(sent(&told.tell(Event::ChunkKept { digest: FILE.digest, through: 1_400 })), [&want(1_400)]);
    let next = told.tell(Event::WantFile { file: FileRef { digest: OTHER, bytes: 5 }, have: 0 });
    assert!(sent(&next).is_empty(), "one after the other");
    told.hear(Frame::FileGone(FileGone { digest: FILE.digest, reason: GoneReason::NotHere }));
    let again = told.tell(Event::WantFile { file: FILE, have: 1_400 });
    assert!(sent(&again).is_empty(), "it waits for its turn");
}

#[test]
fn parts_that_were_not_asked_for_end_the_link() {
    for part in [chunk(0, 10), chunk(401, 10), Chunk { total: 5, ..chunk(400, 10) }, Chunk { digest: OTHER, ..chunk(400, 10) }] {
        let mut told = open();
        told.tell(Event::WantFile { file: FILE, have: 400 });
        let actions = told.hear(Frame::Chunk(part.clone()));
        assert!(fault(&actions) && !actions.iter().any(|action| matches!(action, Action::KeepChunk(_))), "{part:?}");
    }
    assert!(fault(&open().hear(Frame::Chunk(chunk(0, 10)))));
}

#[test]
fn what_cannot_be_kept_is_stopped_and_what_was_on_its_way_is_passed_over() {
    let mut told = open();
    told.tell(Event::WantFile { file: FILE, have: 0 });
    told.hear(Frame::Chunk(chunk(0, 10)));
    let stopped = told.tell(Event::ChunkNotKept { digest: FILE.digest, why: NotKept::NoRoom });
    assert_eq!(sent(&stopped), [&Frame::StopFile(FILE.digest)]);
    let late = told.hear(Frame::Chunk(chunk(10, 10)));
    assert!(late.is_empty(), "{late:?}");
    told.hear(Frame::FileGone(FileGone { digest: FILE.digest, reason: GoneReason::Stopped }));
    assert_eq!(sent(&told.tell(Event::WantFile { file: FILE, have: 10 })), [&want(10)]);
    let wrong = told.tell(Event::ChunkNotKept { digest: FILE.digest, why: NotKept::NotIt });
    assert!(wrong.contains(&Action::Count(LinkEvent::FileDiscarded)));
    assert_eq!(sent(&wrong), [&want(FILE.bytes)], "the sender's credit comes back");
}

#[test]
fn whoever_does_not_know_files_is_asked_for_none() {
    let mut told = Told::open();
    assert!(sent(&told.tell(Event::WantFile { file: FILE, have: 0 })).is_empty());
    assert!(fault(&told.hear(want(0))));
}
