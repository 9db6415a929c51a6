//! The life of a session: Hello, tickets, positions, heartbeats, fetches, and all the ways in which it ends.

use std::{sync::Arc, time::Duration};

use super::*;
use crate::{
    ids::{Epoch, Lane, OfficeId, Ticket, UnixMillis, Zone},
    link::{
        config::{Gate, Incumbent, Limits},
        event::Peer,
        fixtures::{OURS, THEIRS, Told, batches, config, loads, office, ours, parent, sent, start, their_hello},
        frame::{Ancestor, Batch, Carried, Custody, Fetch, Fetched, Held, LineState, Position},
        position::per_lane,
    },
    record::{Audience, Header, Mode, RawSeal, Record, SUITE, StreamId},
    writer::intent::ForkReason,
};

const FLASH: Lane = Lane::Flash;

/// A parent whose child has knocked with that Hello.
fn knocked(gate: Gate, hello: Hello) -> (Told, Vec<Action>) {
    let mut told = Told::new(config(Role::Parent(gate)));
    let actions = told.hear(Frame::Hello(Box::new(hello)));
    (told, actions)
}

fn up(actions: &[Action]) -> &Peer {
    actions.iter().find_map(|action| if let Action::Up(peer) = action { Some(&**peer) } else { None }).unwrap()
}

fn end(actions: &[Action]) -> (&EndReason, RetryHint) {
    match actions.last() {
        Some(Action::End { reason, retry }) => (reason, *retry),
        other => panic!("not the end but {other:?}"),
    }
}

fn fault(actions: &[Action]) -> &PeerFault {
    match end(actions) {
        (EndReason::PeerFault(fault), RetryHint::NotBefore(_)) => fault,
        other => panic!("no fault of the neighbour but {other:?}"),
    }
}

fn refusal(actions: &[Action]) -> (RefusedReason, &str) {
    match sent(actions)[..] {
        [Frame::Refused(refused)] => (refused.reason, &refused.detail),
        ref other => panic!("no refusal but {other:?}"),
    }
}

fn line(id: &str, up: bool) -> LineState {
    LineState { office: office(id), up, since: UnixMillis(1) }
}

fn beat(lines: Vec<LineState>, lines_whole: bool) -> Frame {
    Frame::Heartbeat(Heartbeat { clock: UnixMillis(1_000_000), echo: None, lines, lines_whole })
}

#[test]
fn a_child_says_hello_first_and_a_parent_once_it_may_come_in() {
    let mut child = Told::new(config(Role::Child));
    let actions = child.tell(Event::Opened(Box::new(start())));
    assert!(matches!(sent(&actions)[..], [Frame::Hello(_)]));
    let (mut told, actions) = knocked(Gate { tickets: Vec::new(), incumbent: Incumbent::Absent }, their_hello(&start()));
    assert_eq!(actions, [Action::Admit { shown: Ticket::NONE, incumbent: Incumbent::Absent }]);
    let actions = told.tell(Event::Opened(Box::new(start())));
    assert!(matches!(sent(&actions)[..], [Frame::Hello(_), Frame::Heartbeat(_)]));
    let peer = up(&actions);
    assert_eq!((peer.protocol, &peer.features[..], peer.epoch), (1, &["zstd".to_owned()][..], THEIRS));
}

#[test]
fn what_cannot_talk_is_refused_in_words() {
    let hello = || their_hello(&start());
    let cases = [
        (Hello { protocol: (3, 4), ..hello() }, RefusedReason::Protocol, "own speaks protocol 1 to 2, peer speaks 3 to 4"),
        (Hello { zone: Zone::parse("net").unwrap(), ..hello() }, RefusedReason::Zone, "own is in zone gov, not net"),
        (Hello { office: office("other"), ..hello() }, RefusedReason::Malformed, "the key is that of peer, not of other"),
        (Hello { frame_bytes_max: 65_535, ..hello() }, RefusedReason::Malformed, "frames of 65536 bytes must be taken"),
    ];
    for (hello, reason, detail) in cases {
        let (_, actions) = knocked(Gate { tickets: Vec::new(), incumbent: Incumbent::Absent }, hello.clone());
        assert_eq!(refusal(&actions), (reason, detail));
        assert!(matches!(end(&actions), (EndReason::Refused(..), RetryHint::NotBefore(_))));
        let (_, actions) = Told::child(start(), hello);
        assert_eq!(refusal(&actions), (reason, detail));
    }
}

#[test]
fn a_refusal_is_retried_slowly_and_busy_when_it_says() {
    for (reason, after, retry) in [
        (RefusedReason::Protocol, 0, 60),
        (RefusedReason::Quarantined, 90_000, 90),
        (RefusedReason::Busy, 3_000, 3),
        (RefusedReason::Busy, u64::MAX, 600),
    ] {
        let mut told = Told::new(config(Role::Child));
        told.tell(Event::Opened(Box::new(start())));
        let refused = Refused { reason, detail: String::new(), retry_after_ms: after, clock: UnixMillis(400_000) };
        let actions = told.hear(Frame::Refused(refused.clone()));
        assert_eq!(actions[0], Action::Offset(600_000), "a wrong clock may be the reason");
        assert_eq!(end(&actions), (&EndReason::RefusedByPeer(refused), RetryHint::NotBefore(Duration::from_secs(retry))));
    }
}

#[test]
fn tickets_tell_a_ghost_from_a_second_machine() {
    let (right, wrong) = (Ticket([1; 16]), Ticket([2; 16]));
    let gate = |incumbent| Gate { tickets: vec![Ticket([7; 16]), right], incumbent };
    let shown = |ticket| Hello { ticket, ..their_hello(&start()) };
    let counts = |gate, ticket| {
        let (_, actions) = knocked(gate, shown(ticket));
        let admitted = actions.iter().any(|action| matches!(action, Action::Admit { .. }));
        let count = |action: &Action| if let Action::Count(event) = action { Some(*event) } else { None };
        (admitted, actions.iter().find_map(count))
    };
    assert_eq!(counts(gate(Incumbent::Absent), Some(right)), (true, None));
    assert_eq!(counts(gate(Incumbent::Live), Some(right)), (true, Some(LinkEvent::GhostReplaced)));
    for ticket in [Some(wrong), None] {
        assert_eq!(counts(gate(Incumbent::Absent), ticket), (true, Some(LinkEvent::TicketStale)));
        assert_eq!(counts(gate(Incumbent::Live), ticket), (false, Some(LinkEvent::Quarantined)));
    }
    let first = Gate { tickets: Vec::new(), incumbent: Incumbent::Absent };
    assert_eq!(counts(first, None), (true, None));
}

#[test]
fn a_ticket_is_kept_before_the_first_heartbeat_which_says_so() {
    let ticket = Ticket([4; 16]);
    let (mut child, actions) = Told::child(start(), Hello { ticket: Some(ticket), ..their_hello(&start()) });
    assert!(actions.contains(&Action::KeepTicket(ticket)));
    assert_eq!(sent(&child.after(Duration::from_secs(40))), Vec::<&Frame>::new());
    assert!(matches!(sent(&child.tell(Event::TicketKept))[..], [Frame::Heartbeat(_)]));

    let (mut told, _) = knocked(Gate { tickets: Vec::new(), incumbent: Incumbent::Absent }, their_hello(&start()));
    told.tell(Event::Opened(Box::new(Start { ticket: Some(ticket), ..start() })));
    assert_eq!(told.hear(beat(Vec::new(), false)), [Action::KeepTicket(ticket)]);
    assert_eq!(told.hear(beat(Vec::new(), false)), []);
}

#[test]
fn frames_at_the_wrong_time_are_faults() {
    let hello = || Frame::Hello(Box::new(their_hello(&start())));
    assert!(matches!(fault(&Told::new(config(parent())).hear(beat(Vec::new(), false))), PeerFault::Unexpected(_)));
    assert!(matches!(fault(&Told::new(config(Role::Child)).hear(hello())), PeerFault::Unexpected(_)));
    assert!(matches!(fault(&Told::open().hear(hello())), PeerFault::Unexpected("hello")));
    let refused = Refused { reason: RefusedReason::Busy, detail: String::new(), retry_after_ms: 0, clock: UnixMillis(0) };
    assert!(matches!(fault(&Told::open().hear(Frame::Refused(refused))), PeerFault::Unexpected("refusal")));
}

#[test]
fn what_cannot_be_read_is_refused_before_hello_and_a_fault_after() {
    let actions = Told::new(config(parent())).tell(Event::Unreadable("x".into()));
    assert_eq!(refusal(&actions), (RefusedReason::Malformed, "x"));
    assert_eq!(fault(&Told::open().tell(Event::Unreadable("x".into()))), &PeerFault::Unreadable("x".into()));
    assert_eq!(Told::open().tell(Event::UnknownFrame), [Action::Count(LinkEvent::UnknownFrame)]);
}

#[test]
fn whoever_may_not_talk_is_told_while_it_listens() {
    let refuse = || Event::Refuse(RefusedReason::Superseded, "a newer machine".into());
    let actions = Told::new(config(parent())).tell(refuse());
    assert_eq!(refusal(&actions), (RefusedReason::Superseded, "a newer machine"));
    let actions = Told::open().tell(refuse());
    assert!(sent(&actions).is_empty());
    assert!(matches!(end(&actions).0, EndReason::Refused(RefusedReason::Superseded, _)));
}

#[test]
fn nothing_comes_after_the_end() {
    let mut told = Told::open();
    assert_eq!(end(&told.tell(Event::Closed)), (&EndReason::Closed, RetryHint::Schedule));
    assert_eq!(told.tell(Event::Closed), []);
    assert_eq!(told.grew([9, 9, 9, 9]), []);
    assert_eq!(told.machine.wakes_at(), Duration::MAX);
}

#[test]
fn heartbeats_go_out_and_three_missed_ones_end_it() {
    let mut told = Told::open();
    for _ in 0..2 {
        assert_eq!(told.machine.wakes_at(), told.now.since + Duration::from_secs(15));
        assert!(matches!(sent(&told.after(Duration::from_secs(15)))[..], [Frame::Heartbeat(_)]));
    }
    let actions = told.after(Duration::from_secs(15));
    assert_eq!(end(&actions), (&EndReason::Silence(Duration::from_secs(45)), RetryHint::Schedule));
    assert!(actions.contains(&Action::Count(LinkEvent::Silence)));
}

#[test]
fn whatever_is_heard_is_a_sign_of_life() {
    let mut told = Told::open();
    for frame in [beat(Vec::new(), false), Frame::Fetch(Fetch { origin: office("x"), after: None })] {
        told.after(Duration::from_secs(40));
        told.hear(frame);
    }
    told.after(Duration::from_secs(40));
    assert!(!told.tell(Event::UnknownFrame).is_empty());
}

#[test]
fn silence_ends_it_before_hello_too() {
    let mut told = Told::new(config(Role::Child));
    told.tell(Event::Opened(Box::new(start())));
    assert!(matches!(end(&told.after(Duration::from_secs(45))).0, EndReason::Silence(_)));
}

#[test]
fn lines_go_up_whole_at_first_then_what_changed_soon() {
    let mut told = Told::new(config(Role::Child));
    told.tell(Event::Opened(Box::new(Start { lines: vec![line("a", true)], ..start() })));
    assert_eq!(told.tell(Event::LinesChanged(vec![line("b", true)])), []);
    let actions = told.hear(Frame::Hello(Box::new(their_hello(&start()))));
    let Some(Frame::Heartbeat(first)) = sent(&actions).last().copied() else { panic!("a heartbeat") };
    assert_eq!((first.lines.len(), first.lines_whole), (2, true));
    assert_eq!(told.tell(Event::LinesChanged(vec![line("a", false)])), [], "not more often than once a second");
    told.tell(Event::LinesChanged(vec![line("a", true)]));
    let actions = told.after(Duration::from_secs(1));
    let [Frame::Heartbeat(next)] = sent(&actions)[..] else { panic!("a heartbeat") };
    assert_eq!((&next.lines[..], next.lines_whole), (&[line("a", true)][..], false));
}

#[test]
fn many_lines_go_in_several_heartbeats() {
    let lines = (0..1_200).map(|n| line(&format!("o{n}"), true)).collect::<Vec<_>>();
    let mut told = Told::new(config(Role::Child));
    told.tell(Event::Opened(Box::new(Start { lines, ..start() })));
    let mut actions = told.hear(Frame::Hello(Box::new(their_hello(&start()))));
    (0..3).for_each(|_| actions.extend(told.after(Duration::from_secs(1))));
    let count =
        |frame: &&Frame| if let Frame::Heartbeat(beat) = frame { Some((beat.lines.len(), beat.lines_whole)) } else { None };
    let counts = sent(&actions).iter().filter_map(count).collect::<Vec<_>>();
    assert_eq!(counts, [(512, true), (512, false), (176, false)]);
}

#[test]
fn a_parent_learns_lines_and_a_child_does_not() {
    let (mut told, _) = knocked(Gate { tickets: Vec::new(), incumbent: Incumbent::Absent }, their_hello(&start()));
    told.tell(Event::Opened(Box::new(start())));
    let lines = vec![line("a", true)];
    let whole = Action::Lines { lines: lines.clone(), scope: LinesScope::Whole };
    assert_eq!(told.hear(beat(lines.clone(), true)), [whole]);
    assert_eq!(told.hear(beat(Vec::new(), false)), []);
    assert_eq!(Told::open().hear(beat(lines, true)), []);
}

#[test]
fn clocks_are_compared_from_the_first_heartbeat_on() {
    let (mut told, actions) = Told::child(start(), Hello { clock: UnixMillis(994_000), ..their_hello(&start()) });
    assert_eq!(up(&actions).offset_ms, 6_000);
    told.now.since += Duration::from_millis(200);
    told.now.wall.0 += 200;
    let frame =
        Heartbeat { clock: UnixMillis(994_100), echo: Some((UnixMillis(1_000_000), 0)), lines: Vec::new(), lines_whole: false };
    assert_eq!(told.hear(Frame::Heartbeat(frame)), [Action::Offset(6_000)]);
}

#[test]
fn the_schedule_starts_over_after_custody_or_a_minute() {
    let settled = |actions: &[Action]| actions.contains(&Action::Settled);
    let mut told = Told::open();
    told.grew([0, 1, 0, 0]);
    told.load(FLASH, 1, 1);
    assert!(settled(&told.custody(FLASH, 1)));
    let mut told = Told::open();
    told.after(Duration::from_secs(30));
    told.hear(beat(Vec::new(), false));
    assert!(!settled(&told.after(Duration::from_secs(29))));
    assert!(settled(&told.after(Duration::from_secs(1))));
    assert!(!settled(&told.after(Duration::from_secs(1))));
}

#[test]
fn custody_that_does_not_come_is_counted_once() {
    let late = |actions: &[Action]| actions.contains(&Action::Count(LinkEvent::CustodyLate));
    let mut told = Told::open();
    told.grew([0, 1, 0, 0]);
    told.load(FLASH, 1, 1);
    let mut counted = 0;
    for _ in 0..6 {
        counted += u32::from(late(&told.after(Duration::from_secs(15))));
        told.hear(beat(Vec::new(), false));
    }
    assert_eq!(counted, 1);
}

#[test]
fn going_down_on_purpose_first_acknowledges_what_is_under_way() {
    let mut told = Told::open();
    let batch = |first| {
        let item = crate::link::fixtures::outgoing(FLASH, first, 10).item;
        Frame::Batch(Batch { lane: FLASH, epoch: THEIRS, first: LinkSeq(first), items: vec![item] })
    };
    told.hear(batch(1));
    assert_eq!(told.tell(Event::Drain { retry_after: Duration::from_secs(3) }), []);
    assert_eq!(told.hear(batch(2)), [], "nothing more is taken");
    assert_eq!(told.grew([1, 1, 1, 1]), [], "nor sent");
    let at = Position { seq: LinkSeq(1), hash: crate::ids::Digest::ZERO };
    let actions = told.tell(Event::Accepted { lane: FLASH, at, refusals: Vec::new() });
    assert!(matches!(sent(&actions)[..], [Frame::Custody(_), Frame::Drain { retry_after_ms: 3_000 }]));
    assert_eq!(end(&actions), (&EndReason::Drained, RetryHint::Schedule));

    let mut told = Told::open();
    told.hear(batch(1));
    told.tell(Event::Drain { retry_after: Duration::from_secs(3) });
    assert_eq!(told.machine.wakes_at(), told.now.since + Duration::from_secs(3));
    assert!(matches!(end(&told.after(Duration::from_secs(3))).0, EndReason::Drained), "a store that is stuck is not waited for");
}

#[test]
fn a_neighbour_that_goes_down_says_when_to_come_back() {
    for (millis, retry) in [(0, RetryHint::Soon), (5_000, RetryHint::NotBefore(Duration::from_secs(5)))] {
        assert_eq!(end(&Told::open().hear(Frame::Drain { retry_after_ms: millis })), (&EndReason::PeerDrained, retry));
    }
    let forever = Told::open().hear(Frame::Drain { retry_after_ms: u64::MAX });
    assert_eq!(end(&forever).1, RetryHint::NotBefore(Duration::from_secs(600)));
}

#[test]
fn a_new_epoch_of_our_own_is_said_in_a_new_hello() {
    let actions = Told::open().tell(Event::NewEpoch);
    assert_eq!(sent(&actions), [&Frame::Drain { retry_after_ms: 0 }]);
    assert_eq!(end(&actions), (&EndReason::NewEpoch, RetryHint::Soon));
}

/// Three records sent in every lane, of which the neighbour holds so many flash records.
fn sent_three(holds: Position) -> (Told, Vec<Action>) {
    let own = Start { sent: per_lane(|lane| ours(lane, 3)), ..start() };
    let mut hello = their_hello(&own);
    hello.held = Some(Held { epoch: OURS, lanes: own.sent });
    if let Some(held) = &mut hello.held {
        held.lanes[FLASH] = holds;
    }
    Told::child(own, hello)
}

#[test]
fn sending_goes_on_once_the_hash_was_looked_up() {
    let (mut told, actions) = sent_three(ours(FLASH, 1));
    assert!(actions.contains(&Action::LookUpChain { lane: FLASH, seq: LinkSeq(1) }));
    assert_eq!(loads(&actions), []);
    let custody = Custody { epoch: OURS, lane: FLASH, at: ours(FLASH, 1), refusals: Vec::new() };
    assert_eq!(told.hear(Frame::Custody(custody.clone())), [], "kept until it is known where to go on");
    let actions = told.tell(Event::ChainAt { lane: FLASH, seq: LinkSeq(1), hash: Some(ours(FLASH, 1).hash) });
    assert!(actions.contains(&Action::Count(LinkEvent::Resumed)));
    assert!(actions.contains(&Action::RecordCustody(custody)));
    assert_eq!(loads(&actions), [(FLASH, 1, 2)]);
    assert_eq!(batches(&told.load(FLASH, 2, 2)), [(FLASH, 2, 3)]);
}

#[test]
fn what_a_restored_neighbour_lost_waits_again() {
    let mut own = Start { sent: per_lane(|lane| ours(lane, 3)), ..start() };
    own.custody[FLASH] = LinkSeq(3);
    let mut hello = their_hello(&own);
    let mut lanes = own.sent;
    lanes[FLASH] = Position::start(OURS);
    hello.held = Some(Held { epoch: OURS, lanes });
    let (_, actions) = Told::child(own.clone(), hello.clone());
    assert!(actions.contains(&Action::Count(LinkEvent::PeerRestored)));
    assert!(actions.contains(&Action::Rewind(PerLane([3, 0, 3, 3].map(LinkSeq)))));
    let (_, actions) = Told::child(own.clone(), Hello { held: None, ..hello });
    assert!(actions.contains(&Action::Rewind(PerLane::default())));
    let (_, actions) = Told::child(own.clone(), their_hello(&own));
    assert!(!actions.iter().any(|action| matches!(action, Action::Rewind(_))));
}

/// It may have forgotten who is below it, and must be told before anything goes there.
#[test]
fn a_neighbour_that_was_restored_or_begins_anew_is_sent_nothing_before_the_store_has_looked_at_its_lanes() {
    let mut own = Start { sent: per_lane(|lane| ours(lane, 3)), ..start() };
    let mut hello = their_hello(&own);
    hello.held = Some(Held { epoch: OURS, lanes: per_lane(|lane| ours(lane, 1)) });
    let look_up = |told: &mut Told| {
        let found = |lane| Event::ChainAt { lane, seq: LinkSeq(1), hash: Some(ours(lane, 1).hash) };
        Lane::ALL.map(|lane| told.tell(found(lane))).concat()
    };
    let holds = Some((OURS, PerLane([LinkSeq(1); 4])));
    let lanes = Lane::ALL.map(|lane| (lane, 1, 2));
    own.custody = PerLane([LinkSeq(2); 4]);
    let (mut told, _) = Told::child(own.clone(), hello.clone());
    let actions = look_up(&mut told);
    assert!(actions.contains(&Action::Rebase { holds }));
    assert_eq!(loads(&actions), []);
    assert_eq!(loads(&told.tell(Event::Rebased(PerLane([LinkSeq(3); 4])))), lanes);
    own.custody = PerLane::default();
    own.held = Some(Held { epoch: Epoch([8; 16]), lanes: per_lane(|_| Position::start(THEIRS)) });
    let (mut told, _) = Told::child(own.clone(), hello.clone());
    let actions = look_up(&mut told);
    assert!(actions.contains(&Action::Rebase { holds }));
    assert_eq!(loads(&actions), []);
    own.held = None;
    let (mut told, _) = Told::child(own, hello);
    let actions = look_up(&mut told);
    assert!(!actions.contains(&Action::Rebase { holds }), "as it always was");
    assert_eq!(loads(&actions), lanes);
}

#[test]
fn another_hash_needs_a_new_epoch() {
    let (mut told, _) = sent_three(ours(FLASH, 1));
    let actions = told.tell(Event::ChainAt { lane: FLASH, seq: LinkSeq(1), hash: None });
    assert!(actions.contains(&Action::Fork(ForkReason::ChainDiffers)));
    assert_eq!(end(&actions), (&EndReason::Forking(ForkReason::ChainDiffers), RetryHint::Soon));
    let (_, actions) = sent_three(ours(FLASH, 4));
    assert!(actions.contains(&Action::Count(LinkEvent::PeerKnowsMore)));
    assert!(!actions.iter().any(|action| matches!(action, Action::Up(_))), "never up");
    assert_eq!(end(&actions).0, &EndReason::Forking(ForkReason::NeighbourKnowsMore));
}

#[test]
fn what_it_cannot_show_is_put_into_the_lanes_again() {
    let (mut told, actions) = Told::child(start(), Hello { held: None, ..their_hello(&start()) });
    assert!(actions.contains(&Action::Rebase { holds: None }));
    assert_eq!(loads(&told.grew([0, 1, 0, 0])), []);
    assert_eq!(loads(&told.tell(Event::Rebased(PerLane([0, 5, 0, 0].map(LinkSeq))))), [(FLASH, 0, 5)]);
}

#[test]
fn a_store_that_is_not_the_one_of_before_is_sent_what_earlier_epochs_sent() {
    let known = Held { epoch: Epoch([8; 16]), lanes: per_lane(|_| Position::start(THEIRS)) };
    let before = Ancestor { epoch: Epoch([7; 16]), forked_at: PerLane::default() };
    let own = Start { held: Some(known), lineage: vec![before], ..start() };
    let (mut told, actions) = Told::child(own.clone(), their_hello(&own));
    assert!(actions.contains(&Action::Count(LinkEvent::PeerReplaced)));
    assert!(actions.contains(&Action::Rebase { holds: None }));
    assert_eq!(loads(&told.tell(Event::Rebased(PerLane([0, 5, 0, 0].map(LinkSeq))))), [(FLASH, 0, 5)]);
    let forked = Ancestor { epoch: known.epoch, forked_at: PerLane::default() };
    let (_, actions) = Told::child(own.clone(), Hello { lineage: vec![forked], ..their_hello(&own) });
    assert!(!actions.contains(&Action::Count(LinkEvent::PeerReplaced)), "it is the same store, forked");
}

/// The n-th record of an office, as a neighbour gives it back.
fn given_back(origin: &OfficeId, n: u8) -> Carried {
    let header = Header {
        id: crate::ids::RecordId([n; 16]),
        origin: origin.clone(),
        epoch: OURS,
        stream: StreamId { top: None, lane: FLASH },
        stream_seq: 1,
        kind: "test.fact/1".into(),
        subject: String::new(),
        audience: vec![Audience::Subtree(origin.clone())],
        mode: Mode::Test,
        happened_at: None,
        learnt_at: None,
        recorded_at: UnixMillis(0),
        person: None,
        suite: SUITE.into(),
        corrects: None,
        on_behalf_of: None,
        attachments: Vec::new(),
    };
    let record = Record::make(header, [0; 16], bytes::Bytes::new()).unwrap();
    let seal = Arc::new(RawSeal { group: bytes::Bytes::new(), signature: bytes::Bytes::new() });
    Carried { record: record.raw().clone(), seal, place: 0, trail: Vec::new() }
}

fn fetched(origin: &OfficeId, ids: &[u8], done: bool) -> Frame {
    let records = ids.iter().map(|n| given_back(origin, *n)).collect();
    Frame::Fetched(Fetched { origin: origin.clone(), records, done })
}

fn fetch(origin: &OfficeId, after: Option<u8>) -> Action {
    let after = after.map(|n| crate::ids::RecordId([n; 16]));
    Action::Send(Frame::Fetch(Fetch { origin: origin.clone(), after }))
}

#[test]
fn origins_are_fetched_one_after_the_other_and_on_after_the_last_id() {
    let (a, b) = (office("a"), office("b"));
    let (mut told, actions) = Told::child(Start { fetch: vec![a.clone()], ..start() }, their_hello(&start()));
    assert!(actions.contains(&fetch(&a, None)));
    assert_eq!(told.tell(Event::Want(vec![b.clone(), b.clone()])), []);
    assert!(matches!(told.hear(fetched(&a, &[1, 2], false))[..], [Action::TakeBack(_)]));
    assert_eq!(told.tell(Event::TookBack), [fetch(&a, Some(2))]);
    told.hear(fetched(&a, &[3], true));
    let finished = Action::FetchFinished { origin: a, forgotten: None };
    assert_eq!(told.tell(Event::TookBack), [Action::Count(LinkEvent::FetchFinished), finished, fetch(&b, None)]);
    told.hear(fetched(&b, &[], true));
    assert_eq!(told.tell(Event::TakeBackFailed), [Action::Count(LinkEvent::FetchFailed)]);
}

#[test]
fn nothing_is_fetched_before_the_registry_is_here() {
    let a = office("a");
    let mut hello = their_hello(&start());
    hello.sent[Lane::Control].seq = LinkSeq(1);
    let (mut told, actions) = Told::child(Start { fetch: vec![a.clone()], ..start() }, hello);
    assert!(!actions.contains(&fetch(&a, None)));
    let item = crate::link::fixtures::outgoing(Lane::Control, 1, 10).item;
    told.hear(Frame::Batch(Batch { lane: Lane::Control, epoch: THEIRS, first: LinkSeq(1), items: vec![item] }));
    let at = Position { seq: LinkSeq(1), hash: crate::ids::Digest::ZERO };
    assert!(told.tell(Event::Accepted { lane: Lane::Control, at, refusals: Vec::new() }).contains(&fetch(&a, None)));
}

#[test]
fn answers_that_nobody_asked_for_are_faults() {
    let (a, b) = (office("a"), office("b"));
    let asking = || Told::child(Start { fetch: vec![office("a")], ..start() }, their_hello(&start())).0;
    let unexpected = |actions: Vec<Action>| assert!(matches!(fault(&actions), PeerFault::Unexpected(_)), "{actions:?}");
    unexpected(Told::open().hear(fetched(&a, &[1], true)));
    unexpected(asking().hear(fetched(&b, &[1], true)));
    unexpected(asking().hear(fetched(&a, &[], false)));
}

#[test]
fn an_origin_of_which_no_more_can_be_had_does_not_cost_the_link() {
    let asking = || Told::child(Start { fetch: vec![office("a")], ..start() }, their_hello(&start())).0;
    let failed = [Action::Count(LinkEvent::FetchFailed)];
    let mut told = asking();
    told.hear(fetched(&office("a"), &[5], false));
    told.tell(Event::TookBack);
    assert_eq!(told.hear(fetched(&office("a"), &[5], false)), failed, "the same again");
    let mut broken = given_back(&office("a"), 1);
    broken.record.header = bytes::Bytes::from_static(b"no header");
    let frame = Fetched { origin: office("a"), records: vec![broken], done: false };
    assert_eq!(asking().hear(Frame::Fetched(frame)), failed, "unreadable");
}

#[test]
fn a_neighbour_is_given_back_one_part_at_a_time() {
    let want = Fetch { origin: office("peer"), after: None };
    let mut told = Told::open();
    assert_eq!(told.hear(Frame::Fetch(want.clone())), [Action::LoadFetch(want.clone())]);
    assert!(matches!(fault(&told.hear(Frame::Fetch(want.clone()))), PeerFault::Unexpected("fetch")));
    let mut told = Told::open();
    told.hear(Frame::Fetch(want.clone()));
    let answer = Fetched { origin: office("peer"), records: Vec::new(), done: true };
    assert_eq!(sent(&told.tell(Event::FetchLoaded(answer.clone()))), [&Frame::Fetched(answer)]);
    assert_eq!(told.hear(Frame::Fetch(want)).len(), 1);
}

#[test]
fn a_store_that_forgot_an_epoch_wants_its_past_back_before_it_sends() {
    let forgotten = Epoch([6; 16]);
    let held = Held { epoch: forgotten, lanes: per_lane(|_| Position::start(forgotten)) };
    let hello = Hello { held: Some(held), ..their_hello(&start()) };
    let own = office("own");
    let (mut told, actions) = Told::child(start(), hello.clone());
    assert!(actions.contains(&Action::Count(LinkEvent::PeerHoldsUnknownEpoch)));
    let place = |action: &Action| actions.iter().position(|done| done == action);
    assert!(place(&Action::WantBack(own.clone())).unwrap() < place(&Action::Rebase { holds: None }).unwrap());
    assert!(actions.contains(&fetch(&own, None)));
    assert_eq!(loads(&told.tell(Event::Rebased(PerLane([0, 2, 0, 0].map(LinkSeq))))), [(FLASH, 0, 2)]);
    told.hear(fetched(&own, &[1], true));
    let actions = told.tell(Event::TookBack);
    assert!(actions.contains(&Action::FetchFinished { origin: own.clone(), forgotten: Some(forgotten) }));

    let (_, actions) = Told::child(Start { fetch: vec![own.clone()], ..start() }, hello.clone());
    assert!(!actions.contains(&Action::WantBack(own)), "it knows already");

    let mut restored = start();
    restored.sent[FLASH] = ours(FLASH, 1);
    restored.custody[FLASH] = LinkSeq(1);
    let (_, actions) = Told::child(restored, hello);
    assert!(actions.contains(&Action::Fork(ForkReason::NeighbourKnowsMore)));
}

#[test]
fn what_happens_in_the_store_before_the_parent_answers_is_not_lost() {
    let mut told = Told::new(config(Role::Child));
    told.tell(Event::Opened(Box::new(start())));
    assert_eq!(told.grew([0, 4, 0, 0]), []);
    assert_eq!(told.tell(Event::Want(vec![office("a")])), []);
    let actions = told.hear(Frame::Hello(Box::new(their_hello(&start()))));
    assert_eq!(loads(&actions), [(FLASH, 0, 4)]);
    assert!(actions.contains(&fetch(&office("a"), None)));
}

#[test]
fn the_defaults_are_those_of_the_design() {
    let limits = Limits::default();
    assert_eq!((limits.heartbeat, limits.missed_max), (Duration::from_secs(15), 3));
    assert_eq!((limits.window_records, limits.window_bytes_routine), (1024, 256 * 1024));
    assert_eq!((limits.batch_bytes_routine, limits.batch_bytes), (32 * 1024, 64 * 1024));
}
