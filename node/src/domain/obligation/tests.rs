//! The engine with a clock that moves only when told to.

use dutynet_relay::{
    ids::RecordId,
    lines::{Span, SpanState, Why},
};

use super::{rings::Rung, silence::LastSign, standing::GRACE_MS, *};
use crate::domain::{
    beijing::{TimeOfDay, moment},
    special::{Brings, Declared, Special},
};

pub(crate) fn id(text: &str) -> OfficeId {
    OfficeId::parse(text).unwrap()
}

fn at(time: &str) -> UnixMillis {
    moment(&format!("2026-07-01 {time}")).unwrap()
}

fn minutes(count: i64) -> i64 {
    count * 60_000
}

fn reference(office: &str, n: u8) -> RecordRef {
    RecordRef { origin: id(office), id: RecordId([n; 16]) }
}

fn cited(version: u32) -> Cited {
    Cited {
        pack: "zhanjiang".into(),
        version,
        row: "zj-9-3".into(),
        title: "湛江".into(),
        article: "湛江 第九条(三)".into(),
        source: "湛江市政府系统值班工作规范".into(),
    }
}

/// An answer that the county owes the city by 15:00, asked for at 14:45.
pub(crate) fn answer(limit: Limited, version: u32) -> Obligation {
    let (about, request) = (About::Matter(reference("county", 1)), reference("city", 2));
    let start = Start::with(Basis::Receipt, Clocked::same(at("14:45")), request.clone());
    Obligation {
        key: Key::of(("zhanjiang", "zj-9-3"), &id("county"), &about, &request),
        cited: cited(version),
        duty: Duty::VerificationAnswer,
        debtor: id("county"),
        creditor: Creditor::Office(id("city")),
        about,
        mode: Mode::Real,
        flash: false,
        due: start.due(limit).unwrap(),
        start,
        limit,
        outcome: Outcome::default(),
    }
}

fn quarter() -> Obligation {
    answer(Limited::Within(minutes(15)), 1)
}

fn met(made: Clocked, arrived: &str) -> Obligation {
    let met = Met { record: reference("county", 3), at: made, arrived: at(arrived) };
    Obligation { outcome: Outcome { met: Some(met), ..Outcome::default() }, ..quarter() }
}

fn way(office: &str, changes: &[(&str, SpanState)]) -> WayHop {
    let ends = changes.iter().skip(1).map(|(from, _)| at(from)).chain([at("23:59")]);
    let spans = changes.iter().zip(ends).map(|((from, state), until)| Span { from: at(from), until, state: state.clone() });
    WayHop { office: id(office), spans: spans.collect() }
}

fn up() -> Vec<WayHop> {
    vec![way("county", &[("00:00", SpanState::Up)])]
}

/// Down from the first time to the second.
fn cut(from: &str, to: &str) -> Vec<WayHop> {
    vec![way("county", &[("00:00", SpanState::Up), (from, SpanState::Down), (to, SpanState::Up)])]
}

#[test]
fn what_is_owed_is_not_due_then_soon_then_overdue() {
    let owed = quarter();
    let wanted = [
        ("14:45", Standing::NotDue),
        ("14:56", Standing::NotDue),
        ("14:57", Standing::Soon),
        ("15:00", Standing::Soon),
        ("15:01", Standing::Overdue { by: minutes(1) }),
    ];
    for (now, wanted) in wanted {
        assert_eq!(owed.judge(&up(), at(now)), wanted, "{now}");
    }
    assert_eq!(owed.asks(at("15:00")), None);
    assert_eq!(owed.asks(at("15:01")), Some((at("15:00"), at("15:01"))));
}

#[test]
fn an_answer_given_at_14_59_and_delivered_at_15_40_is_in_time() {
    let given = met(Clocked::same(at("14:59")), "15:40");
    assert_eq!(given.asks(at("16:00")), Some((at("14:59"), at("15:40"))));
    assert_eq!(given.judge(&cut("14:50", "15:39"), at("16:00")), Standing::InTimeCutOff { after: minutes(40) });
    assert_eq!(given.judge(&cut("15:10", "15:20"), at("16:00")), Standing::InTimeCutOff { after: minutes(40) });
    assert_eq!(given.judge(&up(), at("16:00")), Standing::InTime, "no line is blamed that was up");
    assert_eq!(given.judge(&cut("13:00", "14:58"), at("16:00")), Standing::InTime, "it was up again before");
}

#[test]
fn what_came_in_time_asks_nothing_of_the_lines() {
    let given = met(Clocked::same(at("15:00")), "15:00");
    assert_eq!((given.asks(at("16:00")), given.judge(&cut("14:50", "15:30"), at("16:00"))), (None, Standing::InTime));
}

#[test]
fn what_was_made_late_is_late_also_behind_a_line_that_is_down() {
    let given = met(Clocked::same(at("15:07")), "15:40");
    for lines in [up(), cut("14:00", "15:39")] {
        assert_eq!(given.judge(&lines, at("16:00")), Standing::Late { by: minutes(7) });
    }
}

#[test]
fn an_office_that_was_cut_off_when_it_was_due_is_not_called_overdue() {
    let owed = quarter();
    let cut_off = Standing::CutOff { by: minutes(30) };
    assert_eq!(owed.judge(&cut("14:50", "23:00"), at("15:30")), cut_off);
    assert_eq!(owed.judge(&cut("15:00", "23:00"), at("15:30")), cut_off, "at that very minute");
    assert_eq!(owed.judge(&cut("15:01", "23:00"), at("15:30")), Standing::Overdue { by: minutes(30) }, "it was up when due");
    assert_eq!(owed.judge(&cut("14:46", "14:59"), at("15:30")), Standing::Overdue { by: minutes(30) }, "it was up again");
}

#[test]
fn what_has_not_come_when_the_way_was_up_for_a_while_was_never_made() {
    let owed = quarter();
    let grace = GRACE_MS / 60_000;
    assert!(matches!(owed.judge(&cut("14:50", "15:20"), at("15:29")), Standing::CutOff { .. }));
    assert_eq!(grace, 10);
    assert!(matches!(owed.judge(&cut("14:50", "15:20"), at("15:30")), Standing::Overdue { .. }));
    let flapping = vec![way(
        "county",
        &[("14:00", SpanState::Down), ("15:10", SpanState::Up), ("15:14", SpanState::Down), ("15:50", SpanState::Up)],
    )];
    assert!(matches!(owed.judge(&flapping, at("15:55")), Standing::CutOff { .. }), "nine minutes altogether");
    assert!(matches!(owed.judge(&flapping, at("15:56")), Standing::Overdue { .. }), "ten");
}

#[test]
fn every_hop_counts_and_only_what_is_known_to_be_cut() {
    let owed = quarter();
    let far = |state: SpanState| {
        let hops = vec![way("county", &[("00:00", SpanState::Up)]), way("city", &[("14:00", state)])];
        owed.judge(&hops, at("15:30"))
    };
    for state in [SpanState::Down, SpanState::Unknown(Why::Off(id("city"))), SpanState::Unknown(Why::Behind(id("city")))] {
        assert!(matches!(far(state), Standing::CutOff { .. }));
    }
    for state in [SpanState::Up, SpanState::Unknown(Why::NotSeenYet), SpanState::Unknown(Why::Unsteady)] {
        assert!(matches!(far(state), Standing::Overdue { .. }));
    }
    assert!(matches!(owed.judge(&[], at("15:30")), Standing::Overdue { .. }), "an office knows what it has not done");
    let one_after_the_other = vec![
        way("county", &[("14:50", SpanState::Down), ("15:10", SpanState::Up)]),
        way("city", &[("14:00", SpanState::Up), ("15:10", SpanState::Down), ("15:55", SpanState::Up)]),
    ];
    assert!(matches!(owed.judge(&one_after_the_other, at("16:00")), Standing::CutOff { .. }));
}

#[test]
fn a_clock_forty_minutes_fast_is_judged_as_a_right_one() {
    let fast = |made: &str, shown: &str| met(Clocked { origin: at(shown), here: at(made) }, "15:00");
    assert_eq!(fast("14:59", "15:39").judge(&[], at("16:00")), Standing::InTime);
    let late = met(Clocked { origin: at("15:41"), here: at("15:01") }, "15:01");
    assert_eq!(late.judge(&[], at("16:00")), Standing::Late { by: minutes(1) });
    let slow = met(Clocked { origin: at("14:21"), here: at("15:01") }, "15:01");
    assert_eq!(slow.judge(&[], at("16:00")), Standing::Late { by: minutes(1) }, "a clock that is slow excuses nothing");
}

#[test]
fn both_clocks_run_from_the_same_moment() {
    let start = Start::with(Basis::Receipt, Clocked { origin: at("15:25"), here: at("14:45") }, reference("city", 2));
    let due = start.due(Limited::Within(minutes(15))).unwrap();
    assert_eq!(due, Clocked { origin: at("15:40"), here: at("15:00") });
    let by = start.due(Limited::By(TimeOfDay::parse("17:00").unwrap())).unwrap();
    assert_eq!(by, Clocked::same(at("17:00")));
    assert_eq!(start.due(Limited::AtOnce), None);
}

#[test]
fn a_reason_does_not_end_the_duty() {
    let explained = Explained { record: reference("county", 4), at: Clocked::same(at("14:58")) };
    let owed = Obligation { outcome: Outcome { explained: Some(explained), ..Outcome::default() }, ..quarter() };
    assert_eq!(owed.judge(&up(), at("14:59")), Standing::Explained { by: 0 });
    let overdue = owed.judge(&up(), at("15:30"));
    assert_eq!(overdue, Standing::Explained { by: minutes(30) });
    assert!(overdue.is_open() && !owed.is_closed());
    assert_eq!(owed.rings(Side::ByUs, &Rung::default(), at("15:30")).0.len(), 2, "it rings as any other");
    let outcome = Outcome { met: met(Clocked::same(at("15:20")), "15:20").outcome.met, ..owed.outcome };
    assert_eq!(Obligation { outcome, ..quarter() }.judge(&up(), at("16:00")), Standing::Late { by: minutes(20) });
}

#[test]
fn what_was_taken_back_is_owed_no_more() {
    let outcome = Outcome { withdrawn: Some(reference("city", 5)), ..Outcome::default() };
    let owed = Obligation { outcome, ..quarter() };
    assert_eq!(owed.judge(&up(), at("16:00")), Standing::Withdrawn);
    assert_eq!((owed.asks(at("16:00")), owed.next_moment(Side::ByUs, at("14:46"))), (None, None));
    assert_eq!(owed.rings(Side::ByUs, &Rung::default(), at("16:00")), (Vec::new(), Vec::new()));
}

#[test]
fn a_rule_that_changes_while_a_clock_runs_changes_neither_key_nor_limit() {
    let (old, new) = (quarter(), answer(Limited::Within(minutes(10)), 2));
    assert_eq!(old.key, new.key, "whoever has the newer pack means the same obligation");
    assert_eq!((old.cited.version, old.due.here), (1, at("15:00")), "the clock that runs keeps its version");
    assert_eq!(old.judge(&up(), at("14:58")), Standing::Soon);
    assert!(matches!(new.judge(&up(), at("14:58")), Standing::Overdue { .. }));
}

#[test]
fn a_key_tells_row_subject_debtor_and_start_apart() {
    let about = About::Matter(reference("county", 1));
    let of = |pack, row, debtor, about: &About, start| Key::of((pack, row), &id(debtor), about, &start);
    let key = |row, debtor, about: &About, start| of("p", row, debtor, about, start);
    let one = key("r", "county", &about, reference("city", 2));
    assert_eq!(one, key("r", "county", &about, reference("city", 2)));
    let others = [
        of("q", "r", "county", &about, reference("city", 2)),
        key("q", "county", &about, reference("city", 2)),
        key("r", "town", &about, reference("city", 2)),
        key("r", "county", &About::Matter(reference("county", 9)), reference("city", 2)),
        key("r", "county", &about, reference("city", 3)),
    ];
    assert!(others.iter().all(|other| *other != one));
    assert_eq!(Key::parse(one.as_str()), Some(one));
    assert_eq!((Key::parse(""), Key::parse("a b"), Key::parse(&"x".repeat(201))), (None, None, None));
}

/// Plays the clock: every ring that sounds from one moment to another, a minute a step, and what counts as rung in the end.
fn play(owed: &Obligation, side: Side, (from, to): (&str, &str), rung: &mut Rung) -> Vec<(Stage, UnixMillis)> {
    let (mut now, mut sounded) = (at(from), Vec::new());
    while now <= at(to) {
        let (rings, missed) = owed.rings(side, rung, now);
        sounded.extend(rings.iter().map(|ring| (ring.stage, now)));
        rung.0.extend(rings.into_iter().chain(missed).map(|ring| (ring, now)));
        now = UnixMillis(now.0 + minutes(1));
    }
    sounded
}

#[test]
fn it_rings_at_shares_of_its_time_and_raises_to_the_leader_when_it_is_due() {
    let owed = quarter();
    let sounded = play(&owed, Side::ByUs, ("14:45", "16:00"), &mut Rung::default());
    let begun = (Stage::Begun, at("14:45"));
    let later = [(Stage::Half, at("14:53")), (Stage::Most, at("14:57")), (Stage::Due, at("15:01")), (Stage::Leader, at("15:01"))];
    assert_eq!((sounded[0], &sounded[1..]), (begun, &later[..]), "what is asked for within minutes rings as soon as it comes");
    let slow = answer(Limited::Within(minutes(31)), 1);
    assert_eq!(play(&slow, Side::ByUs, ("14:45", "14:59"), &mut Rung::default()), [], "and nothing else");
    assert_eq!(play(&owed, Side::ToUs, ("14:45", "16:00"), &mut Rung::default()), [(Stage::Due, at("15:01"))]);
    assert_eq!(play(&owed, Side::Others, ("14:45", "16:00"), &mut Rung::default()), []);
}

#[test]
fn what_is_flash_rings_as_soon_as_it_comes_and_a_receipt_until_somebody_has_signed() {
    let flash = |duty, within: i64| Obligation { duty, flash: true, ..answer(Limited::Within(minutes(within)), 1) };
    let begun = |owed: &Obligation, side| play(owed, side, ("14:45", "14:46"), &mut Rung::default());
    let at_once = [(Stage::Begun, at("14:45"))];
    for (owed, insists) in [(flash(Duty::Receipt, 120), true), (flash(Duty::LeaderTold, 120), false)] {
        assert_eq!(begun(&owed, Side::ByUs), at_once, "{:?}: however long it has", owed.duty);
        assert_eq!((begun(&owed, Side::ToUs), owed.insists()), (Vec::new(), insists), "{:?}", owed.duty);
        let plain = Obligation { flash: false, ..owed };
        assert_eq!((begun(&plain, Side::ByUs), plain.insists()), (Vec::new(), false), "{:?}", plain.duty);
    }
    assert!(Obligation { duty: Duty::RollCallAnswer, ..quarter() }.insists());
    let outcome = Outcome { withdrawn: Some(reference("city", 4)), ..Outcome::default() };
    assert_eq!(begun(&Obligation { outcome, ..flash(Duty::Receipt, 10) }, Side::ByUs), [], "it was taken back");
}

#[test]
fn a_restart_rings_nothing_twice_and_of_what_was_missed_only_the_latest() {
    let owed = quarter();
    let mut rung = Rung::default();
    assert_eq!(play(&owed, Side::ByUs, ("14:45", "14:54"), &mut rung).len(), 2);
    let mut kept = rung.clone();
    assert_eq!(play(&owed, Side::ByUs, ("14:54", "14:56"), &mut kept), [], "the same again");
    let after_an_hour = play(&owed, Side::ByUs, ("16:00", "16:05"), &mut kept);
    assert_eq!(after_an_hour, [(Stage::Due, at("16:00")), (Stage::Leader, at("16:00"))]);
    let mut off = Rung::default();
    let back = play(&owed, Side::ByUs, ("14:58", "14:59"), &mut off);
    assert_eq!(back, [(Stage::Most, at("14:58"))], "not the half as well");
    assert_eq!(off.0.len(), 3, "which count as rung");
}

#[test]
fn what_has_rung_is_kept_and_read_again() {
    let mut rung = Rung::default();
    play(&quarter(), Side::ByUs, ("14:45", "15:10"), &mut rung);
    assert_eq!((Rung::read(&rung.written()), rung.0.len()), (rung, 5));
    assert_eq!(Rung::read("half x 3 key\nlate 1 2 key\n\nhalf 1\n"), Rung::default());
}

#[test]
fn what_is_due_at_another_time_rings_anew() {
    let mut rung = Rung::default();
    play(&quarter(), Side::ByUs, ("14:45", "15:10"), &mut rung);
    let later = answer(Limited::Within(minutes(60)), 1);
    assert_eq!(play(&later, Side::ByUs, ("15:16", "15:16"), &mut rung), [(Stage::Half, at("15:16"))]);
}

#[test]
fn the_next_moment_is_the_next_stage() {
    let owed = quarter();
    let next = |now: &str| owed.next_moment(Side::ByUs, at(now));
    let due = Some(UnixMillis(at("15:00").0 + 1));
    assert_eq!((next("14:45"), next("14:57")), (Some(UnixMillis(at("14:52").0 + 30_000)), due));
    assert_eq!((next("15:00"), next("15:01")), (due, None));
    assert_eq!(owed.next_moment(Side::ToUs, at("14:45")), due);
    assert_eq!(owed.next_moment(Side::Others, at("14:45")), None);
    let given = met(Clocked::same(at("14:50")), "14:50");
    assert_eq!(
        (given.next_moment(Side::ByUs, at("14:51")), given.rings(Side::ByUs, &Rung::default(), at("16:00")).0),
        (None, vec![])
    );
}

fn special(silence_minutes: u32) -> Special {
    let declared = Declared {
        reference: reference("city", 8),
        recorded_at: at("08:00"),
        person: dutynet_relay::record::Person { id: "1".into(), name: "张三".into() },
        from: at("09:00"),
        to: at("18:00"),
        reason: "汛期".into(),
        brings: Brings { silence_minutes, ..Brings::default() },
    };
    Special::of(declared, Vec::new())
}

#[test]
fn an_office_of_which_nothing_is_heard_in_a_special_period_rings_at_its_parent() {
    let quiet = |minutes, down: Option<&str>, record: Option<&str>, now: &str| {
        let sign = LastSign { office: id("county"), down_since: down.map(at), record: record.map(at) };
        super::silence::silence(&special(minutes), cited(1), &id("city"), (&sign, at(now)))
    };
    let owed = quiet(30, Some("10:00"), Some("09:50"), "10:10").unwrap();
    assert_eq!((owed.due.here, owed.side(&id("city"))), (at("10:30"), Side::ToUs));
    assert_eq!(owed.rings(Side::ToUs, &Rung::default(), at("10:31")).0.len(), 1);
    assert_eq!(quiet(30, Some("10:00"), Some("10:05"), "10:10").unwrap().due.here, at("10:35"), "a record over another way");
    assert_eq!(quiet(30, Some("07:00"), None, "09:10").unwrap().due.here, at("09:30"), "counted from when it holds");
    assert_eq!(quiet(30, None, Some("07:00"), "12:00"), None, "a line that is up is a sign");
    assert_eq!(quiet(0, Some("10:00"), None, "12:00"), None, "it asks for no signs");
    assert_eq!(quiet(30, Some("10:00"), None, "18:00"), None, "it is over");
}

#[test]
fn counts_are_those_of_what_was_counted() {
    let judged = |owed: Obligation| {
        let standing = owed.judge(&up(), at("16:00"));
        (owed, standing)
    };
    let mut other = quarter();
    other.debtor = id("town");
    let all = [
        judged(quarter()),
        judged(met(Clocked::same(at("14:50")), "14:50")),
        judged(met(Clocked::same(at("15:01")), "15:02")),
        judged(other),
    ];
    let mut counts = std::collections::BTreeMap::new();
    all.iter().for_each(|(owed, standing)| stats::add(&mut counts, owed, *standing));
    assert_eq!(counts.values().map(stats::Counts::all).sum::<u32>(), 4);
    let county = counts.iter().find(|(group, _)| group.office == id("county")).unwrap();
    assert_eq!((county.0.month.as_str(), county.0.duty), ("2026-07", Duty::VerificationAnswer));
    assert_eq!(county.1.by_place(), [0, 0, 1, 0, 1, 1, 0, 0, 0]);
}

#[test]
fn the_calendar_reads_its_own_keys() {
    let period = Period::parse("2026-10-01..2026-10-07").unwrap();
    let key = calendar::key(Duty::HolidaySummary, &id("440825"), period);
    assert_eq!(calendar::read_key(&key), Some((Duty::HolidaySummary, id("440825"), period)));
    assert_eq!(calendar::read_key(&quarter().key), None);
}
