//! Which lane goes first, how much may be under way, and what an acknowledgement must be.

use std::time::Duration;

use crate::{
    ids::{Digest, Lane, LinkSeq, PerLane},
    link::{
        config::{Config, Limits, Role, WINDOW_RECORDS_MAX},
        end::{EndReason, PeerFault},
        event::{Action, Event},
        fixtures::{OURS, THEIRS, Told, batches, config, loads, ours, outgoing, start, their_hello},
        frame::{Arrived, Custody, Frame, Position, Refusal, RefusalCode},
        spans::Spans,
    },
};

const CONTROL: Lane = Lane::Control;
const FLASH: Lane = Lane::Flash;
const URGENT: Lane = Lane::Urgent;
const ROUTINE: Lane = Lane::Routine;

/// An open session with other limits.
fn limited(limits: Limits) -> Told {
    let mut told = Told::new(Config { limits, ..config(Role::Child) });
    told.tell(Event::Opened(Box::new(start())));
    told.hear(Frame::Hello(Box::new(their_hello(&start()))));
    told
}

fn fault(actions: &[Action]) -> &PeerFault {
    match actions.last() {
        Some(Action::End { reason: EndReason::PeerFault(fault), .. }) => fault,
        other => panic!("no fault of the neighbour but {other:?}"),
    }
}

#[test]
fn each_lane_is_read_ahead_once() {
    let mut told = Told::open();
    assert_eq!(loads(&told.grew([1, 2, 3, 4])), [(CONTROL, 0, 1), (FLASH, 0, 2), (URGENT, 0, 3), (ROUTINE, 0, 4)]);
    assert_eq!(told.grew([2, 3, 4, 5]), []);
}

#[test]
fn nothing_leaves_before_everything_of_control_has() {
    let mut told = Told::open();
    told.grew([2, 1, 0, 1]);
    assert_eq!(told.load(FLASH, 1, 1), []);
    assert_eq!(told.load(ROUTINE, 1, 1), []);
    let actions = told.load(CONTROL, 1, 1);
    assert_eq!(batches(&actions), [(CONTROL, 1, 1)]);
    assert_eq!(loads(&actions), [(CONTROL, 1, 1)]);
    assert_eq!(batches(&told.load(CONTROL, 2, 1)), [(CONTROL, 2, 2), (FLASH, 1, 1), (ROUTINE, 1, 1)]);
}

#[test]
fn a_flash_record_waits_for_no_more_than_the_credit_in_flight() {
    let mut told = Told::open();
    told.grew([0, 0, 500, 500]);
    told.load(URGENT, 1, 40);
    told.load(ROUTINE, 1, 20);
    let actions = told.grew([0, 1, 500, 500]);
    assert_eq!(loads(&actions), [(FLASH, 0, 1)]);
    assert_eq!(batches(&told.load(URGENT, 41, 40)), [], "what was read ahead waits for the flash record");
    assert_eq!(batches(&told.load(FLASH, 1, 1))[0], (FLASH, 1, 1));
}

#[test]
fn routine_has_one_frame_of_eight() {
    let mut told = Told::open();
    told.grew([0, 0, 10_000, 10_000]);
    told.load(ROUTINE, 1, 10);
    let (mut order, mut urgent) = (Vec::new(), 0);
    for _ in 0..40 {
        let mut actions = told.load(URGENT, urgent + 1, 40);
        urgent += 40;
        actions.extend(told.custody(URGENT, urgent));
        for (lane, _, last) in batches(&actions) {
            order.push(lane);
            if lane == ROUTINE {
                told.custody(ROUTINE, last);
                told.load(ROUTINE, last + 1, 10);
            }
        }
    }
    let shares = order.iter().filter(|lane| **lane == ROUTINE).count();
    assert!((4..=7).contains(&shares), "{shares} of {}: {order:?}", order.len());
}

#[test]
fn no_more_records_are_under_way_than_the_window() {
    let mut told = limited(Limits { window_records: 5, ..Limits::default() });
    assert_eq!(loads(&told.grew([0, 100, 0, 0])), [(FLASH, 0, 5)]);
    let actions = told.load(FLASH, 1, 3);
    assert_eq!((batches(&actions), loads(&actions)), (vec![(FLASH, 1, 3)], vec![(FLASH, 3, 2)]));
    assert_eq!(loads(&told.load(FLASH, 4, 2)), []);
    assert_eq!(loads(&told.custody(FLASH, 2)), [(FLASH, 5, 2)]);
    let mut told = limited(Limits { window_records: u64::MAX, ..Limits::default() });
    assert_eq!(loads(&told.grew([0, 5_000, 0, 0])), [(FLASH, 0, WINDOW_RECORDS_MAX)]);
}

#[test]
fn routine_starts_with_one_frame_and_grows_with_the_line() {
    let mut told = Told::open();
    told.grew([0, 0, 0, 1_000]);
    assert_eq!(loads(&told.load(ROUTINE, 1, 20)), [], "one frame until the line is measured");
    told.now.since += Duration::from_millis(10);
    assert_eq!(loads(&told.custody(ROUTINE, 20)).len(), 1);
    assert_eq!(loads(&told.load(ROUTINE, 21, 20)).len(), 1, "a fast line takes a second one");
}

#[test]
fn more_than_was_asked_for_is_cut_off() {
    let mut told = Told::open();
    let Action::Load { bytes_max, records_max, .. } = told.grew([0, 2, 0, 100])[1] else { panic!("a load") };
    assert_eq!((bytes_max, records_max), (32 * 1024, 100));
    let actions = told.load(FLASH, 1, 5);
    assert_eq!(batches(&actions), [(FLASH, 1, 2)]);
    let [(_, 1, last)] = batches(&told.load(ROUTINE, 1, 100))[..] else { panic!("one batch") };
    assert!((20..30).contains(&last), "{last}");
    let huge = vec![outgoing(FLASH, 3, 100_000)];
    told.grew([0, 3, 0, 100]);
    assert_eq!(batches(&told.tell(Event::Loaded { lane: FLASH, first: LinkSeq(3), items: huge })), [(FLASH, 3, 3)]);
}

#[test]
fn what_could_not_be_read_is_asked_for_again_later() {
    let mut told = Told::open();
    told.grew([0, 2, 1, 0]);
    assert_eq!(told.load(FLASH, 1, 0), []);
    assert_eq!(batches(&told.load(URGENT, 1, 1)), [(URGENT, 1, 1)], "the lanes below do not wait for it");
    assert_eq!(loads(&told.grew([0, 3, 1, 0])), [(FLASH, 0, 3)]);
    told.load(FLASH, 1, 0);
    assert_eq!(loads(&told.after(Duration::from_secs(1))), [(FLASH, 0, 3)]);
}

#[test]
fn records_that_were_not_asked_for_end_the_session() {
    for (lane, first) in [(FLASH, 2), (URGENT, 1)] {
        let mut told = Told::open();
        told.grew([0, 2, 0, 0]);
        let actions = told.load(lane, first, 1);
        assert!(matches!(actions[..], [Action::End { reason: EndReason::Store(_), .. }]), "{actions:?}");
    }
}

/// Five flash records under way, two of them acknowledged.
fn under_way() -> Told {
    let mut told = Told::open();
    told.grew([0, 5, 0, 0]);
    told.load(FLASH, 1, 5);
    assert!(told.custody(FLASH, 2).contains(&Action::Settled));
    told
}

#[test]
fn custody_within_a_batch_counts() {
    let mut told = under_way();
    let custody = Custody { epoch: OURS, lane: FLASH, at: ours(FLASH, 4), refusals: Vec::new() };
    assert_eq!(told.hear(Frame::Custody(custody.clone())), [Action::RecordCustody(custody)]);
}

#[test]
fn custody_of_what_was_not_sent_is_a_fault() {
    for seq in [0, 1, 6, u64::MAX] {
        let at = Position { seq: LinkSeq(seq), hash: Digest::ZERO };
        let mut told = under_way();
        let actions = told.hear(Frame::Custody(Custody { epoch: OURS, lane: FLASH, at, refusals: Vec::new() }));
        assert!(matches!(fault(&actions), PeerFault::Impossible { what: "custody", .. }), "{seq}");
    }
}

#[test]
fn custody_with_another_hash_or_epoch_is_a_fault() {
    let mut told = under_way();
    let at = Position { seq: LinkSeq(3), hash: Digest::ZERO };
    let actions = told.hear(Frame::Custody(Custody { epoch: OURS, lane: FLASH, at, refusals: Vec::new() }));
    assert_eq!(fault(&actions), &PeerFault::Chain { lane: FLASH, seq: LinkSeq(3) });
    let mut told = under_way();
    let actions = told.hear(Frame::Custody(Custody { epoch: THEIRS, lane: FLASH, at: ours(FLASH, 3), refusals: Vec::new() }));
    assert_eq!(fault(&actions), &PeerFault::WrongEpoch("custody"));
}

#[test]
fn refusals_must_lie_within_what_is_newly_held() {
    let refusal = |seq| Refusal { seq: LinkSeq(seq), code: RefusalCode::BadSeal, detail: String::new() };
    for (seqs, good) in [(vec![3, 4], true), (vec![2], false), (vec![5], false), (vec![4, 3], false), (vec![3, 3], false)] {
        let refusals = seqs.iter().copied().map(refusal).collect();
        let mut told = under_way();
        let actions = told.hear(Frame::Custody(Custody { epoch: OURS, lane: FLASH, at: ours(FLASH, 4), refusals }));
        assert_eq!(matches!(actions.last(), Some(Action::RecordCustody(_))), good, "{seqs:?}");
    }
}

#[test]
fn arrival_is_told_once_and_never_beyond_custody() {
    let arrived = |seq, refused: &[u64]| {
        let refused = refused.iter().copied().map(LinkSeq).collect();
        Frame::Arrived(Arrived { epoch: OURS, lane: FLASH, seq: LinkSeq(seq), refused, late: Spans::default() })
    };
    let mut told = under_way();
    assert!(matches!(told.hear(arrived(2, &[]))[..], [Action::RecordArrived(_)]));
    assert_eq!(told.hear(arrived(2, &[])), []);
    assert_eq!(told.hear(arrived(1, &[])), []);
    assert!(matches!(told.hear(arrived(2, &[1]))[..], [Action::RecordArrived(_)]), "refused later");
    for (seq, refused) in [(3, vec![]), (2, vec![3]), (2, vec![0])] {
        let actions = under_way().hear(arrived(seq, &refused));
        assert!(matches!(fault(&actions), PeerFault::Impossible { what: "arrival", .. }), "{seq} {refused:?}");
    }
}

#[test]
fn what_it_held_at_hello_counts_only_when_it_says_so() {
    let mut own = start();
    own.sent = PerLane(Lane::ALL.map(|lane| ours(lane, 3)));
    let (mut told, actions) = Told::child(own.clone(), their_hello(&own));
    assert_eq!(loads(&actions), []);
    let refusals = vec![Refusal { seq: LinkSeq(2), code: RefusalCode::Conflict, detail: String::new() }];
    let custody = Custody { epoch: OURS, lane: FLASH, at: ours(FLASH, 3), refusals };
    assert!(told.hear(Frame::Custody(custody.clone())).contains(&Action::RecordCustody(custody)));
}
