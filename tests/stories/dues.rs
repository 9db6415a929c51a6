//! What is due, under one clock: an office that was cut off is not called late, a restart rings nothing twice, special periods spread, and
//! every number of the statistics opens its records.

use std::future::Future;

use dutynet_node::{
    body::special::ChaseBy,
    domain::{
        beijing::{Day, TimeOfDay},
        board::Timing,
        form::{Answer, Value},
        obligation::{Key, Side, Stage, Standing, calendar},
        rules::Duty,
        special::Brings,
    },
    text::refusal::Refusal,
    usecase::{
        AmendPeriod, AskDueStats, AskDues, ChaseDue, DeclarePeriod, Due, FileReport, Said, ShownDue, WhichDues, keep_dues,
    },
};
use dutynet_relay::{clock::Clock as _, ids::UnixMillis, lines::SpanState, record::Mode};
use dutynet_tests::{
    desk::{Desk, new_id},
    net::{Network, clerk, office, until, until_seen},
    shifted::ShiftedClock,
};
use tokio::sync::watch;

const MINUTE: i64 = 60_000;
const ALL: [&str; 4] = ["p", "c", "t", "u"];

/// p ← c ← t, u
async fn province() -> Network {
    let mut net = Network::found("p").await;
    for (parent, child) in [("p", "c"), ("c", "t"), ("c", "u")] {
        net.join(parent, child).await;
        net.is_linked(parent, child).await;
    }
    net
}

/// Whether an office's own history says that the line of another is down now.
fn is_cut(net: &Network, at: &str, of: &str) -> bool {
    let now = net.clock(at).wall();
    let spans = net.relay(at).line_history(&office(of), UnixMillis(now.0 - 5 * MINUTE), now).expect("a history");
    spans.last().is_some_and(|span| span.state == SpanState::Down)
}

fn today() -> Day {
    Day::of(ShiftedClock::default().wall())
}

/// Every clock of the story shows that time of today, and runs on.
fn it_is(net: &Network, time: &str) {
    let at = today().at(TimeOfDay::parse(time).unwrap());
    for id in ALL {
        net.clock(id).set(at);
    }
}

fn zero(office: &Desk) -> impl Future<Output = ()> {
    let nil = ["natural", "accident", "health", "social", "other"].map(|field| Answer { field: field.into(), value: Value::Nil });
    let report = FileReport {
        id: new_id(),
        form: "zero".into(),
        period: today().to_string(),
        said: Said::Answers(nil.into()),
        correction: None,
        by: Some(clerk()),
        mode: Mode::Real,
        on_behalf: None,
    };
    async move {
        office.office.file(report).await.expect("a report is taken");
    }
}

async fn timing(desk: &Desk, of: &str) -> Timing {
    let rows = desk.office.board("daily", "").await.expect("a board is made").rows;
    rows.into_iter().find(|row| row.seat.office == office(of)).expect("it stands on the board").timing
}

fn daily(of: &str) -> Key {
    calendar::key(Duty::DailyReport, &office(of), today().into())
}

async fn shown(desk: &Desk, of: &str) -> ShownDue {
    desk.office.show_due(daily(of).as_str()).await.expect("it is owed")
}

async fn to_chase(desk: &Desk) -> Vec<Due> {
    let asked = AskDues { which: WhichDues::ToChase, ..AskDues::default() };
    desk.office.dues(asked).await.expect("what is open").dues
}

fn debtors(dues: &[Due]) -> Vec<(&str, bool)> {
    dues.iter().map(|due| (due.obligation.debtor.as_str(), matches!(due.standing, Standing::CutOff { .. }))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_that_was_cut_off_in_time_is_not_called_late_and_what_it_filed_was_in_time() {
    let net = province().await;
    let [p, c, t, u] = ALL.map(|id| Desk::at(&net, id));
    until("the line was seen up", || {
        net.relay("p")
            .line_history(&office("t"), UnixMillis(0), UnixMillis(i64::MAX))
            .is_ok_and(|spans| spans.iter().any(|span| span.state == SpanState::Up))
    })
    .await;
    net.cut("t");
    until("the county and the province know", || is_cut(&net, "c", "t") && is_cut(&net, "p", "t")).await;
    it_is(&net, "16:50");
    zero(&t).await;
    it_is(&net, "17:40");
    assert_eq!((timing(&c, "t").await, timing(&c, "u").await), (Timing::CutOff, Timing::Missing));
    until_seen("above too", async || timing(&p, "t").await, |timing| *timing == Timing::CutOff).await;
    assert_eq!(debtors(&to_chase(&c).await), [("t", true), ("u", false)]);
    assert_eq!(timing(&t, "t").await, Timing::InTime, "at home it is known");
    net.heal("t");
    let come = until_seen("it comes", async || shown(&c, "t").await, |shown| shown.due.obligation.is_closed()).await;
    let Standing::InTimeCutOff { after } = come.due.standing else { panic!("{:?}", come.due.standing) };
    assert!(after > 39 * MINUTE, "{after}");
    assert_eq!((come.way.len(), come.due.obligation.cited.row.as_str()), (1, "daily"));
    assert!(come.way[0].0.spans.iter().any(|span| span.state == SpanState::Down), "{:?}", come.way);
    assert_eq!(timing(&c, "t").await, Timing::InTime);
    zero(&u).await;
    let late = until_seen("it comes late", async || shown(&p, "u").await, |shown| shown.due.obligation.is_closed()).await;
    assert!(matches!(late.due.standing, Standing::Late { by } if by > 39 * MINUTE), "{:?}", late.due.standing);
    for desk in [p, c, t, u] {
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_forty_minutes_fast_files_at_half_past_four_and_is_in_time() {
    let mut net = Network::found("p").await;
    net.clock("c").set_ahead(40 * MINUTE);
    net.join("p", "c").await;
    net.is_linked("p", "c").await;
    let at = |time: &str| today().at(TimeOfDay::parse(time).unwrap());
    net.clock("p").set(at("16:30"));
    net.clock("c").set(at("17:10"));
    let [p, c] = ["p", "c"].map(|id| Desk::at(&net, id));
    until("the offset is measured anew", || (net.link("c", "p").state.offset_ms + 40 * MINUTE).abs() < MINUTE).await;
    zero(&c).await;
    let filed = until_seen("it comes", async || shown(&p, "c").await, |shown| shown.due.obligation.is_closed()).await;
    let met = filed.due.obligation.outcome.met.clone().expect("it is met");
    assert!(met.at.origin > at("17:00") && met.at.here < at("16:45"), "{met:?}");
    assert_eq!((filed.due.standing, timing(&p, "c").await), (Standing::InTime, Timing::InTime));
    p.close().await;
    c.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_rings_nothing_twice() {
    let mut net = province().await;
    it_is(&net, "14:00");
    let desk = Desk::at(&net, "c");
    let (stop, stopped) = watch::channel(false);
    let (_, mut hears) = desk.office.watch_dues().await.expect("somebody listens");
    let clock = tokio::spawn(keep_dues(desk.office.clone(), stopped));
    let first = hears.recv().await.expect("a ring");
    assert_eq!((first.due.obligation.key.clone(), first.stage, first.due.side), (daily("c"), Stage::Most, Side::ByUs));
    stop.send_replace(true);
    clock.await.expect("the clock does not panic");
    desk.close().await;
    net.stop("c").await;
    net.start("c").await;

    let desk = Desk::at(&net, "c");
    let (before, mut hears) = desk.office.watch_dues().await.expect("somebody listens");
    assert_eq!(before.iter().map(|rang| rang.stage).collect::<Vec<_>>(), [Stage::Most], "whoever comes later is told");
    let (stop, stopped) = watch::channel(false);
    let clock = tokio::spawn(keep_dues(desk.office.clone(), stopped));
    it_is(&net, "17:01");
    let mut heard = Vec::new();
    for _ in 0..4 {
        let rang = hears.recv().await.expect("a ring");
        heard.push((rang.due.obligation.debtor.to_string(), rang.stage, rang.due.side));
    }
    heard.sort();
    let wanted = [
        ("c", Stage::Due, Side::ByUs),
        ("c", Stage::Leader, Side::ByUs),
        ("t", Stage::Due, Side::ToUs),
        ("u", Stage::Due, Side::ToUs),
    ];
    assert_eq!(heard, wanted.map(|(debtor, stage, side)| (debtor.to_owned(), stage, side)));
    stop.send_replace(true);
    clock.await.expect("the clock does not panic");
    desk.close().await;
}

fn brings(silence_minutes: u32) -> Brings {
    Brings { leaders: 2, daily: TimeOfDay::parse("16:00").ok(), silence_minutes, ..Brings::default() }
}

fn declare(days: i64, silence_minutes: u32) -> DeclarePeriod {
    let to = UnixMillis(today().midnight().0 + days * 24 * 60 * MINUTE);
    DeclarePeriod { id: new_id(), from: None, to, reason: "防汛".into(), brings: brings(silence_minutes), by: Some(clerk()) }
}

fn amend(period: &str, to: Option<UnixMillis>) -> AmendPeriod {
    AmendPeriod { id: new_id(), period: period.into(), to, reason: "雨情变化".into(), by: Some(clerk()) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_special_period_spreads_is_prolonged_by_a_record_that_comes_late_and_ends() {
    let net = province().await;
    let [p, c, t, u] = ALL.map(|id| Desk::at(&net, id));
    let declared = p.office.declare_period(declare(2, 0)).await.expect("it is declared");
    let period = declared.special.declared.reference.to_string();
    let ends = |desk: &Desk| {
        let known = desk.office.periods_in_force().expect("what holds");
        known.into_iter().filter_map(|period| period.special.end()).collect::<Vec<_>>()
    };
    until("it holds below", || ends(&t) == [declared.special.end().unwrap()]).await;
    let tomorrow = today().next();
    let window = |desk: &Desk, day: Day| {
        let office = desk.office.clone();
        async move { office.board("daily", &day.to_string()).await.map(|board| board.rows[0].seat.window.cut_off) }
    };
    assert_eq!(window(&t, today()).await.unwrap(), today().at(TimeOfDay::parse("17:00").unwrap()), "today had begun");
    let refused = c.office.amend_period(amend(&period, None)).await.expect_err("not the county's").refusal;
    assert_eq!(refused, Refusal::OfficeElsewhere);

    net.cut("t");
    until("it is cut", || !net.link("c", "t").state.up).await;
    let later = UnixMillis(today().midnight().0 + 4 * 24 * 60 * MINUTE);
    p.office.amend_period(amend(&period, Some(later))).await.expect("it is prolonged");
    until("prolonged where the line is up", || ends(&u) == [later]).await;
    assert_eq!(ends(&t), [declared.special.end().unwrap()], "not where it is cut");
    net.heal("t");
    until("and when it heals", || ends(&t) == [later]).await;

    let noon_tomorrow = UnixMillis(tomorrow.midnight().0 + 12 * 60 * MINUTE);
    for id in ALL {
        net.clock(id).set(noon_tomorrow);
    }
    assert_eq!(window(&t, tomorrow).await.unwrap(), tomorrow.at(TimeOfDay::parse("16:00").unwrap()));
    let owed = t.office.dues(AskDues::default()).await.expect("what is open").dues;
    let of_tomorrow = owed.iter().find(|due| due.obligation.due.here > noon_tomorrow).expect("it is owed");
    assert!(of_tomorrow.obligation.cited.row.starts_with("period/"), "{:?}", of_tomorrow.obligation.cited);
    p.office.amend_period(amend(&period, None)).await.expect("it is ended");
    until("it is over everywhere", || [&p, &c, &t, &u].iter().all(|desk| ends(desk).is_empty())).await;
    assert_eq!(window(&t, tomorrow).await.unwrap(), tomorrow.at(TimeOfDay::parse("17:00").unwrap()));
    for desk in [p, c, t, u] {
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_that_falls_silent_in_a_special_period_rings_at_its_parent() {
    let net = province().await;
    let c = Desk::at(&net, "c");
    c.office.declare_period(declare(2, 30)).await.expect("it is declared");
    let silent = |dues: &Vec<Due>| {
        dues.iter()
            .filter(|due| due.obligation.duty == Duty::SilenceAsked)
            .map(|due| due.obligation.debtor.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(silent(&to_chase(&c).await), Vec::<String>::new());
    net.cut("t");
    until("it is cut", || is_cut(&net, "c", "t")).await;
    it_is(&net, "10:20");
    assert_eq!(silent(&to_chase(&c).await), Vec::<String>::new(), "twenty minutes are not thirty");
    it_is(&net, "10:40");
    let dues = to_chase(&c).await;
    assert_eq!(silent(&dues), ["t"]);
    let shown = c.office.show_due(dues[0].obligation.key.as_str()).await.expect("it is shown");
    assert!(shown.way[0].0.spans.iter().any(|span| span.state == SpanState::Down), "{:?}", shown.way);
    net.heal("t");
    until_seen("it is heard again", async || to_chase(&c).await, |dues| silent(dues).is_empty()).await;
    c.close().await;
}

fn chase(key: &Key, person: &str, result: &str) -> ChaseDue {
    ChaseDue {
        id: new_id(),
        key: key.to_string(),
        way: ChaseBy::Telephone,
        person: person.into(),
        phone: "0759-4850000".into(),
        result: result.into(),
        by: Some(clerk()),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_chased_sees_each_chase_and_every_number_opens_its_records() {
    let net = province().await;
    let [p, c, t, u] = ALL.map(|id| Desk::at(&net, id));
    zero(&t).await;
    until_seen("it comes", async || shown(&p, "t").await, |shown| shown.due.obligation.is_closed()).await;
    it_is(&net, "17:30");
    let refused = |asked: ChaseDue| async { c.office.chase_due(asked).await.map_err(|refused| refused.refusal).err() };
    assert_eq!(refused(chase(&daily("u"), "", "马上报")).await, Some(Refusal::ChaseFaults));
    assert_eq!(refused(chase(&daily("c"), "王五", "马上报")).await, Some(Refusal::NotBelow), "nobody chases himself");
    assert_eq!(refused(chase(&daily("t"), "王五", "马上报")).await, Some(Refusal::ChaseClosed), "it has reported");
    let asked = chase(&daily("u"), "王五", "半小时内报");
    assert!(!c.office.chase_due(asked.clone()).await.expect("a chase").folded);
    assert!(c.office.chase_due(asked).await.expect("the same").folded);
    let seen = until_seen("the chased office sees it", async || shown(&u, "u").await, |shown| shown.chases.len() == 1).await;
    assert_eq!((seen.chases[0].body.result.as_str(), seen.due.chases), ("半小时内报", 1));
    assert_eq!(c.office.dues(AskDues { which: WhichDues::ToChase, ..AskDues::default() }).await.unwrap().dues[0].chases, 1);

    let month = today().to_string()[..7].to_owned();
    let stats = p.office.due_stats(AskDueStats { month: month.clone(), ..AskDueStats::default() }).await.expect("counts");
    let counted: Vec<_> = stats.counts.iter().map(|(group, counts, _)| (group.office.as_str(), counts.all())).collect();
    assert_eq!(counted, [("p", 1), ("c", 1), ("t", 1), ("u", 1)], "in the order of the tree");
    let in_time = AskDueStats { month: month.clone(), standing: Some(Standing::InTime.place()), ..AskDueStats::default() };
    let opened = p.office.due_stats(in_time).await.expect("counts").dues;
    let [one] = &opened[..] else { panic!("{opened:?}") };
    let met = one.obligation.outcome.met.as_ref().expect("it opens its record");
    assert!(one.obligation.debtor == office("t") && net.body("p", &met.record).is_some());
    let overdue = Some(Standing::Overdue { by: 0 }.place());
    let asked = AskDueStats { month, standing: overdue, office: "u".into(), duty: "daily-report".into() };
    assert_eq!(c.office.due_stats(asked).await.expect("counts").dues.len(), 1);
    let bad = AskDueStats { month: "十月".into(), ..AskDueStats::default() };
    assert_eq!(c.office.due_stats(bad).await.expect_err("no month").refusal, Refusal::MonthInvalid);
    for desk in [p, c, t, u] {
        desk.close().await;
    }
}
