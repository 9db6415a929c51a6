//! A drill, and something real that happens in the middle of it.

use dutynet_node::{
    domain::{
        beijing::{Day, TimeOfDay},
        matter::{Fact, FactValue},
        obligation::{Stage, stats::month_of},
        rules::Duty,
        step::MatterKind,
    },
    projection::Openness,
    text::refusal::Refusal,
    usecase::{AskDueStats, AskDues, Due, ShownMatter, TakeStep, keep_dues},
};
use dutynet_relay::{clock::Clock as _, record::Mode};
use dutynet_tests::{
    desk::Desk,
    net::{Network, office, until_seen},
    shifted::ShiftedClock,
    steps::{call, code, holding, linked, report, stands, step, take, text, to, when},
};
use tokio::sync::watch;

fn practised(step: TakeStep) -> TakeStep {
    TakeStep { mode: Some(Mode::Exercise), ..step }
}

fn because(form: &str, drill: &str) -> TakeStep {
    step(form, drill, &[("reason", text("真有险情"))])
}

/// What a list shows: whether it is real, and its title.
async fn listed(desk: &Desk, also: Openness) -> Vec<(Mode, String)> {
    let rows = desk.office.matters(MatterKind::Incident, also).await.unwrap();
    rows.into_iter().map(|row| (row.mode, row.title.unwrap_or_default())).collect()
}

fn named<'a>(shown: &'a ShownMatter, key: &'a str) -> impl Iterator<Item = &'a FactValue> {
    shown.facts.iter().filter(move |fact: &&Fact| fact.key == key).map(|fact| &fact.value)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_really_happens_during_a_drill_is_not_swallowed_by_it() {
    let mut net = Network::found("p").await;
    for (parent, child) in [("p", "c"), ("c", "t"), ("c", "u")] {
        net.join(parent, child).await;
        net.is_linked(parent, child).await;
    }
    let (p, c, t, u) = (Desk::at(&net, "p"), Desk::at(&net, "c"), Desk::at(&net, "t"), Desk::at(&net, "u"));
    let refusal = async |desk: &Desk, step: TakeStep| desk.office.take_step(step).await.unwrap_err().refusal;
    assert_eq!(refusal(&t, practised(call("演练：溃坝"))).await, Refusal::DrillNone, "nobody practises by himself");
    let start = step("drill.start", "", &[("title", text("防汛演练")), ("content", text("转移群众"))]);
    assert_eq!(refusal(&p, TakeStep { mode: Some(Mode::Real), ..start.clone() }).await, Refusal::StepModeDiffers);
    let drill = take(&p, start).await.matter;
    let named_drill = drill.to_string();
    for desk in [&c, &t, &u] {
        stands(desk, &named_drill, "running").await;
    }

    let exercise = take(&t, practised(call("演练：溃坝"))).await.matter.to_string();
    let practised_report = take(&t, report(&exercise, "initial", 9)).await.reference;
    let at_county = holding(&c, &exercise, &practised_report).await;
    assert!(at_county.steps.iter().all(|held| held.step.mode == Mode::Exercise && held.step.link("drill") == Some(&drill)));
    // The same office, the same hour: nobody says that it is an exercise, and so it is none.
    let real = take(&t, call("河堤管涌")).await.matter;
    let real_report = take(&t, report(&real.to_string(), "initial", 1)).await.reference;
    holding(&c, &real.to_string(), &real_report).await;
    take(&c, report(&exercise, "initial", 9)).await;
    assert_eq!(
        listed(&c, Openness::Open).await,
        [(Mode::Real, "地震".into()), (Mode::Exercise, "地震".into())],
        "what is real is first"
    );
    assert_eq!(listed(&t, Openness::Open).await, [(Mode::Real, "河堤管涌".into()), (Mode::Exercise, "演练：溃坝".into())]);
    let join = step("incident.join", &real.to_string(), &[("why", text("同一件事"))]);
    let joined = linked(join, &[("joined", &exercise)]);
    assert_eq!(refusal(&t, joined).await, Refusal::StepModeDiffers, "nothing practised is counted with what is real");
    let by_county = take(&c, report(&real.to_string(), "initial", 1)).await.reference;
    holding(&p, &real.to_string(), &by_county).await;
    let at_top = p.office.matter(&named_drill).await.unwrap();
    assert_eq!(named(&at_top, "real").collect::<Vec<_>>(), [&FactValue::Text(real.to_string())], "the drill shows what is real");

    // One township has its hands full, and then the whole drill waits.
    take(&t, linked(because("drill.leave", &named_drill), &[("real", &real)])).await;
    assert_eq!(refusal(&t, report(&exercise, "followup", 9)).await, Refusal::DrillNotIn);
    when(&p, &named_drill, "the province knows who left", |shown| named(shown, "left").eq([&FactValue::Office(office("t"))]))
        .await;
    assert_eq!(refusal(&t, because("drill.suspend", &named_drill)).await, Refusal::MatterNotOpener);
    take(&p, linked(because("drill.suspend", &named_drill), &[("real", &real)])).await;
    stands(&u, &named_drill, "suspended").await;
    assert_eq!(refusal(&u, practised(call("演练：溃坝"))).await, Refusal::DrillSuspended);
    take(&u, call("山体滑坡")).await;
    take(&p, because("drill.resume", &named_drill)).await;
    stands(&u, &named_drill, "running").await;
    take(&u, practised(call("演练：转移"))).await;

    take(&p, step("drill.end", &named_drill, &[("outcome", text("达到目的"))])).await;
    for desk in [&c, &t, &u] {
        stands(desk, &named_drill, "ended").await;
    }
    assert_eq!(listed(&t, Openness::Open).await, [(Mode::Real, "河堤管涌".into())], "an exercise is over with its drill");
    assert_eq!(listed(&t, Openness::Closed).await.len(), 2);
    assert_eq!(refusal(&c, report(&exercise, "final", 9)).await, Refusal::DrillOver);
    take(&t, report(&real.to_string(), "final", 1)).await;
}

/// What is owed of one kind, as an office lists it.
async fn owed(desk: &Desk, mode: Mode, duty: Duty) -> Vec<Due> {
    let mut dues = desk.office.dues(AskDues { mode, ..AskDues::default() }).await.expect("what is open").dues;
    dues.retain(|due| due.obligation.duty == duty);
    dues
}

async fn until_owed(desk: &Desk, what: &str, count: usize) -> Vec<Due> {
    let ask = async || owed(desk, Mode::Exercise, Duty::VerificationAnswer).await;
    until_seen(what, ask, |dues| dues.len() == count).await
}

/// What rings first about an obligation when it is that time, and by which mark.
async fn first_ring(net: &Network, at: &Desk, due: &Due, time: &str) -> (Stage, Mode) {
    let (stop, stopped) = watch::channel(false);
    let (_, mut hears) = at.office.watch_dues().await.expect("somebody listens");
    for id in ["p", "c"] {
        net.clock(id).set(Day::of(ShiftedClock::default().wall()).at(TimeOfDay::parse(time).unwrap()));
    }
    let clock = tokio::spawn(keep_dues(at.office.clone(), stopped));
    let rang = loop {
        let rang = hears.recv().await.expect("a ring");
        if rang.due.obligation.key == due.obligation.key {
            break rang;
        }
    };
    stop.send_replace(true);
    clock.await.expect("the clock does not panic");
    (rang.stage, rang.due.obligation.mode)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_of_an_exercise_rings_by_its_mark_is_settled_inside_the_drill_and_counted_nowhere() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.is_linked("p", "c").await;
    let (p, c) = (Desk::at(&net, "p"), Desk::at(&net, "c"));
    let start = step("drill.start", "", &[("title", text("防汛演练")), ("content", text("转移群众"))]);
    let drill = take(&p, start).await.matter.to_string();
    stands(&c, &drill, "running").await;
    let exercise = take(&c, practised(call("演练：溃坝"))).await.matter.to_string();
    let reported = take(&c, report(&exercise, "initial", 2)).await.reference;
    holding(&p, &exercise, &reported).await;
    let ask = |question: &str| {
        let asked = step("verification.ask", "", &[("title", text("伤亡")), ("question", text(question))]);
        to(&["c"], linked(asked, &[("incident", &reported)]))
    };
    let asked = take(&p, ask("几人？")).await.matter.to_string();
    let due = until_owed(&c, "it is owed where it is practised", 1).await.remove(0);
    assert_eq!(due.obligation.mode, Mode::Exercise);
    for desk in [&p, &c] {
        let real = desk.office.dues(AskDues::default()).await.expect("what is open").dues;
        assert!(real.iter().all(|due| due.obligation.mode == Mode::Real), "{real:?}");
    }

    assert_eq!(first_ring(&net, &c, &due, "10:10").await, (Stage::Half, Mode::Exercise));
    take(&c, step("verification.answer", &asked, &[("answer", text("二人"))])).await;
    for desk in [&p, &c] {
        until_owed(desk, "it is met inside the drill", 0).await;
    }
    assert!(p.office.show_due(due.obligation.key.as_str()).await.expect("it is known").due.obligation.outcome.met.is_some());

    // What nobody has met when the drill ends is awaited no more; while it waits, nothing is.
    take(&p, ask("何处？")).await;
    for desk in [&p, &c] {
        until_owed(desk, "it is owed", 1).await;
    }
    for id in ["p", "c"] {
        net.clock(id).set(Day::of(ShiftedClock::default().wall()).at(TimeOfDay::parse("10:40").unwrap()));
    }
    let late = owed(&p, Mode::Exercise, Duty::VerificationAnswer).await.remove(0);
    assert!(late.standing.late_ms() > 0, "{late:?}");
    let words = [("title", text("迟报")), ("kind", code("late")), ("says", text("未答复")), ("found_by", code("records"))];
    let fault = [&words[..], &[("due", text(late.obligation.key.as_str()))]].concat();
    let found = to(&["c"], step("finding.open", "", &fault));
    let refused = p.office.take_step(found).await.expect_err("what is practised is evidence of nothing");
    assert_eq!(refused.refusal, Refusal::FindingNoEvidence);
    take(&p, because("drill.suspend", &drill)).await;
    for desk in [&p, &c] {
        until_owed(desk, "nothing is awaited while it waits", 0).await;
    }
    take(&p, because("drill.resume", &drill)).await;
    for desk in [&p, &c] {
        until_owed(desk, "it goes on", 1).await;
    }
    take(&p, step("drill.end", &drill, &[("outcome", text("达到目的"))])).await;
    for desk in [&p, &c] {
        until_owed(desk, "it ends with the drill", 0).await;
        let left = desk.office.dues(AskDues { mode: Mode::Exercise, ..AskDues::default() }).await.expect("what is open").dues;
        assert!(left.is_empty(), "{left:?}");
        let month = month_of(net.clock("p").wall());
        let counted = desk.office.due_stats(AskDueStats { month, ..AskDueStats::default() }).await.expect("counts");
        assert!(counted.dues.iter().all(|due| due.obligation.mode == Mode::Real), "{:?}", counted.dues);
        assert!(counted.counts.iter().all(|(group, ..)| group.duty == Duty::DailyReport), "{:?}", counted.counts);
    }
}
