//! When custody and arrival are said, and what a batch must be.

use crate::{
    ids::{Digest, Lane, LinkSeq, PerLane},
    link::{
        config::{Carries, Config, Role, Start},
        count::LinkEvent,
        end::{EndReason, PeerFault, RetryHint},
        event::{Action, Event, NotAccepted},
        fixtures::{OURS, THEIRS, Told, config, outgoing, sent, start, their_hello},
        frame::{Arrived, Batch, Custody, Frame, Held, Position, Refusal, RefusalCode},
        spans::Spans,
    },
};

const FLASH: Lane = Lane::Flash;
const ROUTINE: Lane = Lane::Routine;

fn batch(lane: Lane, first: u64, count: u64) -> Batch {
    let items = (first..first + count).map(|n| outgoing(lane, n, 10).item).collect();
    Batch { lane, epoch: THEIRS, first: LinkSeq(first), items }
}

fn at(seq: u64) -> Position {
    Position { seq: LinkSeq(seq), hash: Digest([9; 32]) }
}

fn accepted(lane: Lane, seq: u64) -> Event {
    Event::Accepted { lane, at: at(seq), refusals: Vec::new() }
}

fn custody(lane: Lane, seq: u64, refused: &[u64]) -> Action {
    let refusals = refused.iter().copied().map(refusal).collect();
    Action::Send(Frame::Custody(Custody { epoch: THEIRS, lane, at: at(seq), refusals }))
}

fn refusal(seq: u64) -> Refusal {
    Refusal { seq: LinkSeq(seq), code: RefusalCode::BadSeal, detail: String::new() }
}

fn arrived(seq: u64, refused: &[u64]) -> Action {
    let refused = refused.iter().copied().map(LinkSeq).collect();
    Action::Send(Frame::Arrived(Arrived { epoch: THEIRS, lane: FLASH, seq: LinkSeq(seq), refused, late: Spans::default() }))
}

fn below(seq: u64, refused: &[u64]) -> Event {
    let refused = refused.iter().copied().map(LinkSeq).collect();
    Event::ArrivedBelow { epoch: THEIRS, lane: FLASH, seq: LinkSeq(seq), refused, late: Spans::default() }
}

fn fault(actions: &[Action]) -> &PeerFault {
    match actions.last() {
        Some(Action::End { reason: EndReason::PeerFault(fault), .. }) => fault,
        other => panic!("no fault of the neighbour but {other:?}"),
    }
}

/// We hold ten flash records of theirs.
fn holding_ten() -> Start {
    let mut lanes = PerLane([Position::start(THEIRS); 4]);
    lanes[FLASH] = at(10);
    Start { held: Some(Held { epoch: THEIRS, lanes }), ..start() }
}

#[test]
fn custody_is_said_when_the_store_has_answered_and_not_before() {
    let mut told = Told::open();
    assert_eq!(told.hear(Frame::Batch(batch(FLASH, 1, 2))), [Action::Accept(batch(FLASH, 1, 2))]);
    assert_eq!(told.hear(Frame::Batch(batch(FLASH, 3, 1))), [Action::Accept(batch(FLASH, 3, 1))]);
    assert_eq!(told.tell(accepted(FLASH, 2)), [custody(FLASH, 2, &[])]);
    assert_eq!(told.tell(accepted(FLASH, 3)), [custody(FLASH, 3, &[])]);
}

#[test]
fn a_batch_must_go_on_where_the_last_one_ended() {
    for first in [1, 2, 4] {
        let mut told = Told::open();
        told.hear(Frame::Batch(batch(FLASH, 1, 2)));
        let actions = told.hear(Frame::Batch(batch(FLASH, first, 1)));
        let gap = PeerFault::Gap { lane: FLASH, expected: LinkSeq(3), got: LinkSeq(first) };
        assert_eq!(fault(&actions), &gap);
    }
}

#[test]
fn a_new_epoch_begins_at_one_and_a_known_one_goes_on() {
    let (mut told, _) = Told::child(holding_ten(), their_hello(&start()));
    assert_eq!(told.hear(Frame::Batch(batch(FLASH, 11, 1))).len(), 1);
    let mut hello = their_hello(&start());
    hello.epoch = OURS;
    let (mut told, actions) = Told::child(holding_ten(), hello);
    assert!(actions.contains(&Action::Count(LinkEvent::PeerNewEpoch)));
    let anew = Batch { epoch: OURS, ..batch(FLASH, 1, 1) };
    assert_eq!(told.hear(Frame::Batch(anew.clone())), [Action::Accept(anew)]);
}

#[test]
fn batches_that_break_the_protocol_end_the_session() {
    let wrong = Batch { epoch: OURS, ..batch(FLASH, 1, 1) };
    assert_eq!(fault(&Told::open().hear(Frame::Batch(wrong))), &PeerFault::WrongEpoch("batch"));
    let empty = Batch { items: Vec::new(), ..batch(FLASH, 1, 1) };
    assert_eq!(fault(&Told::open().hear(Frame::Batch(empty))), &PeerFault::Unexpected("empty batch"));
    let mut told = Told::open();
    told.hear(Frame::Batch(batch(FLASH, 1, 1_000)));
    assert_eq!(told.hear(Frame::Batch(batch(FLASH, 1_001, 24))).len(), 1);
    assert_eq!(fault(&told.hear(Frame::Batch(batch(FLASH, 1_025, 1)))), &PeerFault::Window(FLASH));
}

#[test]
fn a_full_disk_shuts_a_lane_and_not_the_link() {
    let mut told = Told::open();
    told.hear(Frame::Batch(batch(ROUTINE, 1, 1)));
    told.hear(Frame::Batch(batch(ROUTINE, 2, 1)));
    let full = Event::AcceptFailed { lane: ROUTINE, why: NotAccepted::NoSpace };
    assert_eq!(told.tell(full), [Action::Count(LinkEvent::LaneShut)]);
    assert_eq!(told.tell(Event::AcceptFailed { lane: ROUTINE, why: NotAccepted::OutOfOrder }), []);
    assert_eq!(told.hear(Frame::Batch(batch(ROUTINE, 3, 1))), [Action::Count(LinkEvent::BatchDropped)]);
    told.hear(Frame::Batch(batch(FLASH, 1, 1)));
    assert_eq!(told.tell(accepted(FLASH, 1)), [custody(FLASH, 1, &[])]);
    let actions = told.tell(Event::SpaceFreed);
    assert_eq!(sent(&actions), [&Frame::Drain { retry_after_ms: 0 }]);
    assert_eq!(actions[1], Action::End { reason: EndReason::SpaceFreed, retry: RetryHint::Soon });
}

#[test]
fn space_that_nobody_waits_for_changes_nothing() {
    assert_eq!(Told::open().tell(Event::SpaceFreed), []);
}

#[test]
fn a_store_that_expects_something_else_ends_the_session() {
    for (why, retry) in [(NotAccepted::OutOfOrder, RetryHint::Soon), (NotAccepted::Stopped, RetryHint::Schedule)] {
        let mut told = Told::open();
        told.hear(Frame::Batch(batch(FLASH, 1, 1)));
        let actions = told.tell(Event::AcceptFailed { lane: FLASH, why });
        assert!(matches!(actions[..], [Action::End { reason: EndReason::Store(_), retry: r }] if r == retry));
    }
}

#[test]
fn acknowledgements_that_a_cut_swallowed_are_told_before_newer_ones() {
    let mut hello = their_hello(&start());
    hello.custody[FLASH] = LinkSeq(7);
    hello.arrived[FLASH] = LinkSeq(4);
    let (mut told, actions) = Told::child(holding_ten(), hello);
    assert!(actions.contains(&Action::TellCustody { lane: FLASH, after: LinkSeq(7) }));
    assert!(actions.contains(&Action::TellArrived { lane: FLASH, after: LinkSeq(4) }));
    told.hear(Frame::Batch(batch(FLASH, 11, 1)));
    assert_eq!(told.tell(Event::Accepted { lane: FLASH, at: at(11), refusals: vec![refusal(11)] }), []);
    assert_eq!(told.tell(below(11, &[9])), []);
    let before = Event::CustodyBefore { lane: FLASH, at: at(10), refusals: vec![refusal(8)] };
    assert_eq!(told.tell(before), [custody(FLASH, 11, &[8, 11])]);
    let before =
        Event::ArrivedBefore { lane: FLASH, seq: LinkSeq(11), refused: [5, 9].map(LinkSeq).to_vec(), late: Spans::default() };
    assert_eq!(told.tell(before), [arrived(11, &[5, 9])]);
}

#[test]
fn nothing_is_told_twice_to_who_knows_it() {
    let mut hello = their_hello(&start());
    hello.custody[FLASH] = LinkSeq(10);
    hello.arrived[FLASH] = LinkSeq(10);
    let (_, actions) = Told::child(holding_ten(), hello.clone());
    assert!(!actions.iter().any(|action| matches!(action, Action::TellCustody { .. } | Action::TellArrived { .. })));
    hello.custody[FLASH] = LinkSeq(12);
    let (_, actions) = Told::child(holding_ten(), hello);
    assert!(actions.contains(&Action::Count(LinkEvent::OwnStateRestored)));
}

#[test]
fn arrival_is_not_told_before_custody() {
    let mut told = Told::open();
    told.hear(Frame::Batch(batch(FLASH, 1, 3)));
    assert_eq!(told.tell(below(2, &[1])), []);
    assert_eq!(told.tell(accepted(FLASH, 3)), [custody(FLASH, 3, &[]), arrived(2, &[1])]);
    assert_eq!(told.tell(below(2, &[])), []);
    assert_eq!(told.tell(below(3, &[])), [arrived(3, &[])]);
    assert_eq!(told.tell(below(3, &[2, 2, 1])), [arrived(3, &[2])], "what was told is not told again");
    assert_eq!(told.tell(below(3, &[1, 2])), []);
}

#[test]
fn arrival_of_an_epoch_that_was_left_is_not_told() {
    let mut told = Told::open();
    let old = Event::ArrivedBelow { epoch: OURS, lane: FLASH, seq: LinkSeq(3), refused: Vec::new(), late: Spans::default() };
    assert_eq!(told.tell(old), []);
    told.hear(Frame::Batch(batch(FLASH, 1, 1)));
    told.tell(accepted(FLASH, 1));
    assert_eq!(told.tell(below(1, &[])), [arrived(1, &[])]);
}

#[test]
fn many_refused_positions_go_in_pieces_of_one_frame() {
    let mut told = Told::open();
    for first in [1, 1_001, 2_001] {
        told.hear(Frame::Batch(batch(FLASH, first, 1_000)));
        told.tell(accepted(FLASH, first + 999));
    }
    let all = (1..=2_500).collect::<Vec<_>>();
    let actions = told.tell(below(3_000, &all));
    assert_eq!(actions, [arrived(1_024, &all[..1_024]), arrived(2_048, &all[1_024..2_048]), arrived(3_000, &all[2_048..])]);
}

#[test]
fn many_refusals_are_told_in_few_words() {
    let mut told = Told::open();
    told.hear(Frame::Batch(batch(FLASH, 1, 1_000)));
    let long = |seq| Refusal { detail: "说明".repeat(80), ..refusal(seq) };
    let actions = told.tell(Event::Accepted { lane: FLASH, at: at(1_000), refusals: (1..=1_000).map(long).collect() });
    let [Frame::Custody(custody)] = sent(&actions)[..] else { panic!("one custody") };
    assert!(custody.refusals.iter().map(|refusal| refusal.detail.len() + 16).sum::<usize>() < 60 * 1024);
}

#[test]
fn a_neighbour_that_may_only_show_registry_entries_shows_nothing_else() {
    let mut told = Told::new(Config { carries: Carries::ControlOnly, ..config(Role::Child) });
    told.tell(Event::Opened(Box::new(Start { fetch: vec![crate::link::fixtures::office("own")], ..start() })));
    told.hear(Frame::Hello(Box::new(their_hello(&start()))));
    assert_eq!(told.hear(Frame::Batch(batch(FLASH, 1, 1))), [Action::Count(LinkEvent::BatchDropped)]);
    assert_eq!(told.hear(Frame::Batch(batch(Lane::Control, 1, 1))).len(), 1);
    let actions = told.grew([1, 1, 1, 1]);
    assert_eq!(crate::link::fixtures::loads(&actions), [(Lane::Control, 0, 1)]);
}
