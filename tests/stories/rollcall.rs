//! Roll calls over cut lines and restarts: everybody who is called stands in the table of every tier between, with the right reason.

use std::{collections::BTreeMap, process::Command};

use dutynet_node::{
    domain::{
        beijing::{Day, TimeOfDay},
        form::{Answer, Value},
        obligation::{Side, Stage},
        rollcall::Outcome,
        rules::Duty,
        sign_for::Undelivered,
    },
    projection::Openness,
    text::refusal::Refusal,
    usecase::{
        ActOnRoll, AnswerRolls, AskDueStats, CallKind, CallRoll, CalledRoll, FileReport, PhoneResult, Rang, Refused, RollAct,
        RollCallRow, RollRelation, RollTable, Said, To, keep_dues,
    },
};
use dutynet_relay::{
    clock::Clock as _,
    ids::{OfficeId, UnixMillis},
    record::Mode,
};
use dutynet_tests::{
    desk::{Desk, new_id, records_of},
    net::{Network, clerk, office, until, until_seen},
    shifted::ShiftedClock,
};
use tokio::sync::{broadcast, watch};

const MINUTE: i64 = 60_000;

/// Offices that have a node, each after its parent; those whose names end in `-n` have none.
async fn tree(rows: &[(&str, &str)]) -> Network {
    let mut net = Network::found("p").await;
    for (parent, child) in rows {
        if child.ends_with("-n") {
            net.add_without_node(parent, child).await;
        } else {
            net.join(parent, child).await;
            net.is_linked(parent, child).await;
        }
    }
    let knows = |id: &str| net.relay("p").registry().entry(&office(id)).is_some();
    until("the city knows everybody", || rows.iter().all(|(_, child)| knows(child))).await;
    net
}

fn it_is(net: &Network, ids: &[&str], time: &str) {
    let at = today().at(TimeOfDay::parse(time).unwrap());
    for id in ids {
        net.clock(id).set(at);
    }
}

fn today() -> Day {
    Day::of(ShiftedClock::default().wall())
}

fn call(to: To) -> CallRoll {
    CallRoll {
        id: new_id(),
        kind: CallKind::Roll,
        title: String::new(),
        to: Some(to),
        draw: None,
        at: None,
        minutes: Some(10),
        by: Some(clerk()),
        mode: Mode::Real,
    }
}

fn answer() -> AnswerRolls {
    let (leader, officer, work) = ("李四".into(), "王五".into(), "防汛巡查".into());
    AnswerRolls { id: new_id(), call: String::new(), leader, officer, work, by: Some(clerk()) }
}

async fn calls(desk: &Desk, asked: CallRoll) -> CalledRoll {
    desk.office.call_roll(asked).await.expect("a call is made")
}

async fn act(desk: &Desk, call: &str, act: RollAct) -> Result<(), Refused> {
    let asked = ActOnRoll { id: new_id(), call: call.into(), act, by: Some(clerk()) };
    desk.office.act_on_roll(asked).await.map(|_| ())
}

/// The table by office.
#[derive(Debug)]
struct Table(RollTable);

impl Table {
    fn outcomes(&self) -> BTreeMap<&str, &'static str> {
        self.0.rows.iter().map(|row| (row.seat.office.as_str(), Outcome::NAMES[row.outcome.place()])).collect()
    }

    fn of(&self, id: &str) -> &RollCallRow {
        self.0.rows.iter().find(|row| row.seat.office == office(id)).expect("it stands in the table")
    }
}

/// The table of a call, once it is as it should be.
async fn when(desk: &Desk, call: &str, what: &str, holds: impl Fn(&Table) -> bool) -> Table {
    let ask = async || desk.office.roll_table(call).await.map(Table);
    until_seen(what, ask, |table| table.as_ref().is_ok_and(&holds)).await.expect("what holds is shown")
}

fn is(table: &Table, wanted: &[(&str, &str)]) -> bool {
    table.outcomes() == wanted.iter().copied().collect::<BTreeMap<_, _>>()
}

const CITY: [(&str, &str); 9] =
    [("p", "c1"), ("p", "c2"), ("p", "c3"), ("c1", "a1"), ("c1", "a2"), ("c1", "a-n"), ("c2", "b1"), ("c2", "b2"), ("c3", "z1")];
const NODES: [&str; 9] = ["p", "c1", "c2", "c3", "a1", "a2", "b1", "b2", "z1"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_city_is_called_while_a_third_of_it_is_cut_off_and_the_caller_restarts() {
    let mut net = tree(&CITY).await;
    it_is(&net, &NODES, "11:00");
    let mut desks: BTreeMap<&str, Desk> = NODES.into_iter().map(|id| (id, Desk::at(&net, id))).collect();
    net.cut("c2");
    until("the cut is seen", || !net.link("p", "c2").state.up).await;
    let called = calls(&desks["p"], call(To::EverybodyBelow)).await;
    let (number, reference) = (called.taken.number().to_string(), called.taken.matter.to_string());
    assert_eq!(called.called.len(), 9);
    // What had not left would leave when the caller is back; here it had.
    for id in ["c1", "c3"] {
        when(&desks[id], &number, "it has left", |table| !table.0.rows.is_empty()).await;
    }
    desks.remove("p").expect("the city").close().await;
    net.stop("p").await;
    for id in ["c1", "a1", "c3", "z1"] {
        when(&desks[id], &number, "it is called", |table| !table.0.rows.is_empty()).await;
        let answered = desks[id].office.answer_rolls(answer()).await.expect("it answers");
        assert_eq!(answered.calls, std::slice::from_ref(&called.taken.matter), "{id}");
    }
    when(&desks["c1"], &number, "the second township has it, too", |table| table.of("a2").received.is_some()).await;
    net.start("p").await;
    desks.insert("p", Desk::at(&net, "p"));
    let waits = [("a-n", "no_node"), ("a1", "on_duty"), ("a2", "waiting"), ("b1", "waiting"), ("b2", "waiting")];
    let waits = [&waits[..], &[("c1", "on_duty"), ("c2", "waiting"), ("c3", "on_duty"), ("z1", "on_duty")]].concat();
    let table = when(&desks["p"], &number, "what was answered meanwhile is here", |table| is(table, &waits)).await;
    assert!(!table.0.complete);
    assert!(matches!(&table.of("b1").why, Some(Undelivered::LineDown(at, _)) if at.as_str() == "c2"), "{:?}", table.of("b1").why);
    assert_eq!(table.of("a1").answer.as_ref().map(|said| said.work.as_str()), Some("防汛巡查"));

    it_is(&net, &NODES, "11:12");
    let county = [("a-n", "no_node"), ("a1", "on_duty"), ("a2", "no_answer"), ("c1", "on_duty")];
    let third = [("b1", "line_down"), ("b2", "line_down"), ("c2", "line_down")];
    let whole = [&county[..], &third[..], &[("c3", "on_duty"), ("z1", "on_duty")]].concat();
    assert!(when(&desks["p"], &number, "complete at the deadline", |table| is(table, &whole)).await.0.complete);
    when(&desks["c1"], &number, "the county sees its part", |table| is(table, &county)).await;
    when(&desks["c3"], &number, "and this one its own", |table| is(table, &[("c3", "on_duty"), ("z1", "on_duty")])).await;
    assert_eq!(desks["c2"].office.roll_table(&number).await.expect_err("it is cut off").refusal, Refusal::MatterUnknown);

    // It was over when it came: nobody is rung, and it stays what it was.
    let (stop, stopped) = watch::channel(false);
    let (_, mut hears) = desks["b1"].office.watch_dues().await.expect("somebody listens");
    let clock = tokio::spawn(keep_dues(desks["b1"].office.clone(), stopped));
    net.heal("c2");
    when(&desks["c2"], &reference, "the county that was cut off has it", |table| is(table, &third)).await;
    let late = when(&desks["p"], &number, "the city knows when it came", |table| table.of("b1").received.is_some()).await;
    assert!(is(&late, &whole), "{:?}", late.outcomes());
    let no = desks["b1"].office.answer_rolls(AnswerRolls { call: number.clone(), ..answer() }).await.expect_err("too late");
    assert_eq!(no.refusal, Refusal::RollMissed);
    assert_eq!(desks["b1"].office.answer_rolls(answer()).await.expect_err("nothing is open").refusal, Refusal::RollNoneOpen);
    it_is(&net, &["b1"], "11:30");
    stop.send_replace(true);
    clock.await.expect("the clock does not panic");
    while let Ok(rang) = hears.try_recv() {
        assert_ne!(rang.due.obligation.duty, Duty::RollCallAnswer, "it does not ring");
    }
    let delivered = || records_of(&net, "p", dutynet_node::body::notice::DELIVERED);
    until("each node has said that it came", || delivered() >= 8).await;
    assert_eq!(delivered(), 8, "once for each node");
    for (_, desk) in desks {
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_calls_that_are_open_at_one_office_are_answered_once() {
    let net = tree(&[("p", "c"), ("c", "a")]).await;
    let [p, c, a] = ["p", "c", "a"].map(|id| Desk::at(&net, id));
    let by_city = calls(&p, call(To::Offices(vec!["a".into()]))).await;
    let by_county = calls(&c, CallRoll { kind: CallKind::Spot, ..call(To::EverybodyBelow) }).await;
    let both = [by_city.taken.number().to_string(), by_county.taken.number().to_string()];
    for number in &both {
        when(&a, number, "it is here", |table| table.0.rows.len() == 1).await;
    }
    let listed = a.office.rolls(Openness::Open).await.expect("a list").0;
    assert_eq!(listed.iter().map(|roll| roll.relation).collect::<Vec<_>>(), [RollRelation::ToAnswer, RollRelation::ToAnswer]);
    let said = answer();
    let answered = a.office.answer_rolls(said.clone()).await.expect("it answers");
    assert_eq!(answered.calls.len(), 2);
    let again = a.office.answer_rolls(said).await.expect("a retry");
    assert!(again.taken.folded && again.calls == answered.calls);
    when(&p, &both[0], "the city has it", |table| is(table, &[("a", "on_duty")])).await;
    when(&c, &both[1], "the county has it", |table| is(table, &[("a", "on_duty")])).await;
    when(&c, &both[0], "and sees what the city has", |table| is(table, &[("a", "on_duty")])).await;
    assert_eq!(records_of(&net, "p", "rollcall.answer/1"), 1);
    for desk in [p, c, a] {
        desk.close().await;
    }
}

fn stated(leader: &str) -> FileReport {
    let nil = ["natural", "accident", "health", "social", "other"].map(|field| Answer { field: field.into(), value: Value::Nil });
    let names = [("leader", leader), ("officer", "王五")]
        .map(|(field, name)| Answer { field: field.into(), value: Value::Text(name.into()) });
    FileReport {
        id: new_id(),
        form: "zero".into(),
        period: String::new(),
        said: Said::Answers([&nil[..], &names[..]].concat()),
        correction: None,
        by: Some(clerk()),
        mode: Mode::Real,
        on_behalf: None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silence_is_called_again_telephoned_explained_and_ruled() {
    let net = tree(&[("p", "c"), ("c", "a"), ("c", "b"), ("c", "d-n")]).await;
    let ids = ["p", "c", "a", "b"];
    it_is(&net, &ids, "11:00");
    let [p, c, a, b] = ids.map(|id| Desk::at(&net, id));
    a.office.file(stated("李四")).await.expect("it states who is on duty");
    let called = calls(&p, call(To::Offices(["a", "b", "d-n"].map(str::to_owned).to_vec()))).await;
    let number = called.taken.number().to_string();
    let all = |table: &Table| ["a", "b"].iter().all(|id| table.of(id).received.is_some() && table.of("a").expected.is_some());
    let table = when(&p, &number, "both have it", all).await;
    let expected = table.of("a").expected.as_ref().expect("stated");
    assert_eq!((expected.leader.as_str(), expected.officer.as_str()), ("李四", "王五"));
    assert!(table.of("b").expected.is_none(), "未报备");
    let again = || RollAct::Again { to: Vec::new(), minutes: Some(5) };
    assert_eq!(act(&p, &number, again()).await.expect_err("it runs").refusal, Refusal::RollEarly);
    it_is(&net, &ids, "11:11");
    act(&p, &number, again()).await.expect("a second call");
    when(&a, &number, "the second call is here", |table| table.of("a").rounds == 2).await;
    it_is(&net, &ids, "11:13");
    a.office.answer_rolls(answer()).await.expect("it answers the second call");
    let phone = |office: &str, result: &str, rings: Option<u32>| {
        let (office, result, phone) = (office.to_owned(), result.to_owned(), "0759-4850000".to_owned());
        let answered_by = if rings.is_some() { "赵六".to_owned() } else { String::new() };
        RollAct::Phone(PhoneResult { office, result, phone, rings, answered_by, ..PhoneResult::default() })
    };
    assert_eq!(act(&c, &number, phone("d-n", "reached", None)).await.expect_err("rings").refusal, Refusal::RollRings);
    act(&c, &number, phone("d-n", "reached", Some(4))).await.expect("the county telephones");
    act(&c, &number, phone("b", "unanswered", None)).await.expect("nobody takes it up");
    it_is(&net, &ids, "11:20");
    let wanted = [("a", "late"), ("b", "no_answer"), ("d-n", "by_phone")];
    let table = when(&p, &number, "everybody has an outcome", |table| is(table, &wanted)).await;
    assert!(table.of("a").second_needed && table.of("d-n").phoned[0].slow, "four rings are too many");
    let rule = |ruling: &str| RollAct::Rule { office: "b".into(), ruling: ruling.into(), words: "查明".into() };
    assert_eq!(act(&p, &number, rule("off-post")).await.expect_err("not heard").refusal, Refusal::RollUnheard);
    assert_eq!(act(&c, &number, rule("excused")).await.expect_err("between").refusal, Refusal::RollRuler);
    act(&b, &number, RollAct::Explain { reason: "停电".into(), on_behalf: None }).await.expect("it explains");
    when(&p, &number, "the city reads it", |table| table.of("b").explained.is_some()).await;
    act(&p, &number, rule("off-post")).await.expect("a person rules");
    let ruled = when(&b, &number, "the office sees it", |table| table.of("b").ruled.is_some()).await;
    assert_eq!(ruled.of("b").ruled.as_ref().map(|ruling| ruling.ruling.as_str()), Some("off-post"));
    act(&p, &number, RollAct::Close { words: String::new() }).await.expect("it ends");
    when(&b, &number, "it is closed there", |table| table.0.closed.is_some()).await;
    let no = b.office.answer_rolls(AnswerRolls { call: number.clone(), ..answer() }).await.expect_err("closed");
    assert_eq!(no.refusal, Refusal::RollOver);
    let asked = AskDueStats { duty: "rollcall-answer".into(), ..AskDueStats::default() };
    let stats = p.office.due_stats(asked).await.expect("rates");
    let counted: Vec<_> =
        stats.counts.iter().map(|(group, counts, _)| (group.office.as_str(), counts.by_place().to_vec())).collect();
    let of = |place: usize| (0..9).map(|at| u32::from(at == place)).collect::<Vec<_>>();
    assert_eq!(counted, [("a", of(4)), ("b", of(7))], "late, and explained; each opens");
    assert_eq!(stats.dues.len(), 2);
    for desk in [p, c, a, b] {
        desk.close().await;
    }
}

/// The next so many rings that call for an answer to a roll call: whether an exercise, how far, on which side; sorted.
async fn rings_of_calls(hears: &mut broadcast::Receiver<Rang>, many: usize) -> Vec<(bool, Stage, Side)> {
    let mut rang = Vec::new();
    while rang.len() < many {
        let Rang { due, stage, .. } = hears.recv().await.expect("a ring");
        let is_call = due.obligation.duty == Duty::RollCallAnswer;
        rang.extend(is_call.then_some((due.obligation.mode == Mode::Exercise, stage, due.side)));
    }
    rang.sort();
    rang
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scheduled_call_opens_by_the_clock_also_after_restarts_and_an_exercise_is_never_counted() {
    let mut net = tree(&[("p", "a")]).await;
    it_is(&net, &["p", "a"], "11:00");
    let [p, a] = ["p", "a"].map(|id| Desk::at(&net, id));
    let at = today().at(TimeOfDay::parse("11:30").unwrap());
    let called = calls(&p, CallRoll { at: Some(at), ..call(To::EverybodyBelow) }).await;
    let drill = calls(&p, CallRoll { mode: Mode::Exercise, ..call(To::EverybodyBelow) }).await;
    let number = called.taken.number().to_string();
    assert_eq!((called.opens, called.closes), (at, UnixMillis(at.0 + 11 * MINUTE)));
    when(&a, &number, "it is known there", |table| is(table, &[("a", "scheduled")])).await;
    let early = a.office.answer_rolls(AnswerRolls { call: number.clone(), ..answer() }).await.expect_err("not yet");
    assert_eq!(early.refusal, Refusal::RollEarly);
    when(&a, &drill.taken.number().to_string(), "the drill is there", |table| table.0.mode == Mode::Exercise).await;
    for (id, desk) in [("p", p), ("a", a)] {
        desk.close().await;
        net.stop(id).await;
        net.start(id).await;
    }
    let [p, a] = ["p", "a"].map(|id| Desk::at(&net, id));
    let (_, mut hears) = a.office.watch_dues().await.expect("somebody listens");
    let (stop, stopped) = watch::channel(false);
    let clock = tokio::spawn(keep_dues(a.office.clone(), stopped));
    let begun = rings_of_calls(&mut hears, 1).await;
    assert_eq!(begun, [(true, Stage::Begun, Side::ByUs)], "the drill is open, by its mark; the call is not yet");
    it_is(&net, &["p", "a"], "11:30");
    let then = rings_of_calls(&mut hears, 2).await;
    assert_eq!(then, [(false, Stage::Begun, Side::ByUs), (true, Stage::Due, Side::ByUs)], "the call opens by itself");
    a.office.answer_rolls(answer()).await.expect("it answers");
    when(&p, &number, "the city has it", |table| is(table, &[("a", "on_duty")])).await;
    let asked = AskDueStats { duty: "rollcall-answer".into(), ..AskDueStats::default() };
    assert_eq!(p.office.due_stats(asked).await.expect("rates").dues.len(), 1, "the drill is not counted");
    stop.send_replace(true);
    clock.await.expect("the clock does not panic");
    p.close().await;
    a.close().await;
}

/// The draw of README, by other code than ours: a line of shell.
fn drawn_by_shell(seed: &str, eligible: &[OfficeId], count: usize) -> Vec<String> {
    let script = r#"for office in "$@"; do
        printf '%s %s\n' "$(printf 'dutynet.draw.1\n%s\n%s\n' "$SEED" "$office" | sha256sum | cut -c1-64)" "$office"
    done | LC_ALL=C sort -u | head -n "$COUNT" | cut -d' ' -f2 | LC_ALL=C sort"#;
    let mut shell = Command::new("sh");
    shell.args(["-c", script, "draw"]).args(eligible.iter().map(ToString::to_string));
    let said = shell.env("SEED", seed).env("COUNT", count.to_string()).output().expect("a shell");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    String::from_utf8(said.stdout).expect("names").lines().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draw_is_made_again_from_its_seed_by_other_code_at_every_office_that_could_be_drawn() {
    let net = tree(&[("p", "c1"), ("p", "c2"), ("c1", "a"), ("c1", "b-n"), ("c2", "d-n"), ("c2", "e-n")]).await;
    let [p, c1, c2, a] = ["p", "c1", "c2", "a"].map(|id| Desk::at(&net, id));
    let called = calls(&p, CallRoll { kind: CallKind::Spot, draw: Some(2), ..call(To::EverybodyBelow) }).await;
    let number = called.taken.number().to_string();
    let proof = p.office.draw_of(&number).await.expect("a draw");
    assert_eq!((proof.eligible.len(), proof.drawn.len()), (6, 2));
    let again = drawn_by_shell(&proof.seed.to_string(), &proof.eligible, proof.count);
    assert_eq!(again, proof.drawn.iter().map(ToString::to_string).collect::<Vec<_>>());
    for desk in [&c1, &c2, &a] {
        let table = when(desk, &number, "it is there", |_| true).await;
        assert!(table.0.rows.iter().all(|row| proof.drawn.contains(&row.seat.office)));
        assert_eq!(desk.office.draw_of(&number).await.expect("the same draw"), proof);
    }
    assert_eq!(p.office.roll_table(&number).await.expect("a table").rows.len(), 2);
    let plain = calls(&p, call(To::EverybodyBelow)).await.taken.number().to_string();
    assert_eq!(p.office.draw_of(&plain).await.expect_err("nobody was drawn").refusal, Refusal::RollNoDraw);
    for desk in [p, c1, c2, a] {
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_a_call_is_said_and_nothing_is_kept() {
    let net = tree(&[("p", "c1"), ("p", "c2"), ("c1", "a")]).await;
    let c1 = Desk::at(&net, "c1");
    let (all, before) = (|| records_of(&net, "c1", "rollcall.call/1") + net.told("c1").len(), net.told("c1").len());
    let now = net.clock("c1").wall();
    let at = |minutes: i64| Some(UnixMillis(now.0 + minutes * MINUTE));
    let one = || To::Offices(vec!["a".into()]);
    let wrong = [
        (CallRoll { to: None, ..call(one()) }, Refusal::AudienceUnclear),
        (call(To::Offices(vec!["c2".into()])), Refusal::OfficeUnknown),
        (call(To::Offices(vec!["a".into(), "p".into()])), Refusal::NotBelow),
        (call(To::Offices(vec!["x9".into()])), Refusal::OfficeUnknown),
        (call(To::Offices(Vec::new())), Refusal::NothingBelow),
        (call(To::Group("沿海".into())), Refusal::GroupUnknown),
        (CallRoll { draw: Some(2), ..call(To::EverybodyBelow) }, Refusal::RollDraw),
        (CallRoll { at: at(-1), ..call(one()) }, Refusal::RollTime),
        (CallRoll { at: at(32 * 24 * 60), ..call(one()) }, Refusal::RollTime),
        (CallRoll { minutes: Some(241), ..call(one()) }, Refusal::FormFaults),
        (CallRoll { title: "点".repeat(101), ..call(one()) }, Refusal::FormFaults),
        (CallRoll { by: None, ..call(one()) }, Refusal::PersonMissing),
    ];
    for (asked, refusal) in wrong {
        let said = format!("{asked:?}");
        assert_eq!(c1.office.call_roll(asked).await.expect_err(&said).refusal, refusal, "{said}");
    }
    assert_eq!(c1.office.answer_rolls(answer()).await.expect_err("no call").refusal, Refusal::RollNoneOpen);
    assert_eq!(c1.office.roll_table("0101-000001").await.expect_err("no call").refusal, Refusal::MatterUnknown);
    assert_eq!(all(), before, "nothing was kept");
    c1.close().await;
}
