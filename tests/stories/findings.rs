//! Findings: what is suggested and what is not, and one from its explanation to what was put right, with everybody on its way knowing.

use dutynet_node::{
    domain::{
        beijing::{Day, TimeOfDay},
        finding::Suggested,
        form::{Answer, Value},
        obligation::Standing,
        rules::Duty,
    },
    text::refusal::Refusal,
    usecase::{
        ActOnRoll, AskCircular, AskDueStats, AskSuggestions, CallKind, CallRoll, FileReport, RollAct, RollTable, Said, To,
    },
};
use dutynet_relay::{
    clock::Clock as _,
    ids::{RecordRef, UnixMillis},
    lines::SpanState,
    record::Mode,
};
use dutynet_tests::{
    desk::{Desk, new_id},
    net::{Network, clerk, office, until, until_seen},
    shifted::ShiftedClock,
    steps::{code, linked, offices, stands, step, take, text, to, when, why},
};

/// p ← c1 ← a; p ← c2
async fn province() -> Network {
    let mut net = Network::found("p").await;
    for (parent, child) in [("p", "c1"), ("p", "c2"), ("c1", "a")] {
        net.join(parent, child).await;
        net.is_linked(parent, child).await;
    }
    let knows = |net: &Network| net.relay("p").registry().entry(&office("a")).is_some();
    until("the province knows everybody", || knows(&net)).await;
    net
}

fn today() -> Day {
    Day::of(ShiftedClock::default().wall())
}

fn it_is(net: &Network, time: &str) {
    let at = today().at(TimeOfDay::parse(time).unwrap());
    for id in ["p", "c1", "c2", "a"] {
        net.clock(id).set(at);
    }
}

async fn zero(office: &Desk) {
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
    office.office.file(report).await.expect("a report is taken");
}

/// Debtors of what is suggested, each with the kind.
async fn suggested(desk: &Desk) -> Vec<(String, Suggested)> {
    let found = desk.office.suggest_findings(AskSuggestions::default()).await.expect("suggestions are made");
    found.rows.into_iter().map(|row| (row.due.obligation.debtor.to_string(), row.kind)).collect()
}

async fn suggests(desk: &Desk, wanted: &[(&str, Suggested)]) {
    let as_wanted =
        |found: &Vec<(String, Suggested)>| found.iter().map(|(office, kind)| (office.as_str(), *kind)).eq(wanted.iter().copied());
    until_seen(&format!("suggested: {wanted:?}"), async || suggested(desk).await, as_wanted).await;
}

fn due(of: &str) -> String {
    format!("daily-report.{of}.{}", today())
}

fn found(of: &str, kind: &str) -> Vec<(&'static str, Value)> {
    let words = [("title", text("迟报")), ("says", text("日报告过时才报")), ("found_by", code("records"))];
    words.into_iter().chain([("kind", code(kind)), ("due", text(&due(of)))]).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_finding_is_suggested_of_a_late_county_and_not_of_one_that_was_cut_off_in_time() {
    let net = province().await;
    let [p, c1, c2] = ["p", "c1", "c2"].map(|id| Desk::at(&net, id));
    until("the line was seen up", || {
        let history = net.relay("p").line_history(&office("c2"), UnixMillis(0), UnixMillis(i64::MAX));
        history.is_ok_and(|spans| spans.iter().any(|span| span.state == SpanState::Up))
    })
    .await;
    it_is(&net, "16:50");
    zero(&Desk::at(&net, "a")).await;
    net.cut("c2");
    until("the cut is seen", || !net.link("p", "c2").state.up).await;
    zero(&c2).await;
    it_is(&net, "17:40");
    suggests(&p, &[("c1", Suggested::Missing)]).await;
    let claimed = p.office.take_step(to(&["c2"], step("finding.open", "", &found("c2", "missing")))).await;
    assert_eq!(why(claimed), Refusal::FindingNoEvidence, "线路不通 is no fault of the office");
    zero(&c1).await;
    suggests(&p, &[("c1", Suggested::Late)]).await;
    net.heal("c2");
    let standing = async || p.office.show_due(&due("c2")).await.expect("it is owed").due.standing;
    let arrived = |standing: &Standing| matches!(standing, Standing::InTimeCutOff { .. });
    until_seen("what the county filed in time has come", standing, arrived).await;
    suggests(&p, &[("c1", Suggested::Late)]).await;
    let matter = take(&p, to(&["c1"], step("finding.open", "", &found("c1", "late")))).await.matter;
    suggests(&p, &[]).await;
    let shown = when(&c1, &matter, "the county has it", |_| true).await;
    let open = &shown.steps[0].step;
    assert_eq!((open.choice("standing"), open.number("late_minutes")), (Some("late"), Some(40)), "with the evidence");
    assert!(open.text("article").is_some() && open.time("met_origin").is_some() && open.text("lines").is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_finding_goes_from_its_explanation_to_what_was_put_right_and_every_tier_between_sees_it() {
    let net = province().await;
    let [p, c1, c2, a] = ["p", "c1", "c2", "a"].map(|id| Desk::at(&net, id));
    let by_hand = [("title", text("空岗")), ("kind", code("empty")), ("says", text("无人应答")), ("found_by", code("visit"))];
    let elsewhere = c1.office.take_step(to(&["p"], step("finding.open", "", &by_hand))).await;
    assert_eq!(why(elsewhere), Refusal::StepNotBelow, "only of an office below");
    let matter = take(&p, to(&["a"], step("finding.open", "", &by_hand))).await.matter;
    let named = matter.to_string();
    stands(&c1, &matter, "found").await;
    stands(&a, &matter, "found").await;
    let said = [("stance", code("partly")), ("explanation", text("短暂离开"))];
    let explain = || step("finding.explain", &named, &said);
    assert_eq!(why(c1.office.take_step(explain()).await), Refusal::FindingElsewhere);
    assert_eq!(why(c2.office.take_step(explain()).await), Refusal::MatterUnknown, "it is nobody else's business");
    take(&a, explain()).await;
    stands(&p, &matter, "explained").await;
    stands(&c1, &matter, "explained").await;
    let ruling = [("ruling", code("upheld")), ("reason", text("未履行交接班手续")), ("direct", text("李四"))];
    for other in [&a, &c1] {
        let refused = other.office.take_step(step("finding.rule", &named, &ruling)).await;
        assert_eq!(why(refused), Refusal::MatterNotAbove, "the finder or one above");
    }
    take(&p, step("finding.rule", &named, &ruling)).await;
    let due = Value::Time(UnixMillis(net.clock("p").wall().0 + 3_600_000));
    let demand = [("what", text("完善交接班制度")), ("due", due)];
    let demanded = take(&p, step("finding.rectify", &named, &demand)).await.reference;
    stands(&a, &matter, "rectifying").await;
    let owed = a.office.dues(dutynet_node::usecase::AskDues::default()).await.expect("what is open").dues;
    assert!(owed.iter().any(|due| due.obligation.duty.key() == "rectification"), "{owed:?}");
    let close = || step("finding.close", &named, &[("outcome", text("已整改"))]);
    assert_eq!(why(p.office.take_step(close()).await), Refusal::FindingOpenDemands);
    let done = [("state", code("done")), ("measures", text("已完善并培训"))];
    let fed = take(&a, linked(step("finding.feedback", &named, &done), &[("demand", &demanded)])).await.reference;
    when(&p, &matter, "the feedback is there", |shown| shown.steps.iter().any(|held| held.step.reference == fed)).await;
    let accepted = [("result", code("accepted")), ("reason", text("属实"))];
    take(&p, linked(step("finding.check", &named, &accepted), &[("feedback", &fed)])).await;
    take(&p, close()).await;
    for desk in [&a, &c1] {
        let shown = stands(desk, &matter, "closed").await;
        assert_eq!((offices(&shown, "about"), offices(&shown, "ruled_by")), (vec!["a".to_owned()], vec!["p".to_owned()]));
    }
    a_circular_names_it_and_every_number_opens(&p, &c1, &a).await;
}

/// Drafted from what was ruled, sent as a directive, and opened where it arrives.
async fn a_circular_names_it_and_every_number_opens(p: &Desk, c1: &Desk, a: &Desk) {
    let merit = [("title", text("处置得力")), ("merit", text("转移群众及时"))];
    let praised = take(p, to(&["c1"], step("finding.praise", "", &merit))).await;
    let days = (today().to_string(), today().to_string());
    let draft = p.office.draft_circular(AskCircular { days, ..AskCircular::default() }).await.expect("a circular is drafted");
    let counted: Vec<_> = draft.figures.iter().flat_map(|figure| &figure.matters).cloned().collect();
    assert_eq!(counted.len(), 2, "{draft:?}");
    assert!(counted.iter().all(|(_, number)| draft.words.contains(number.as_str())), "{}", draft.words);
    let said =
        [("kind", code("circular")), ("title", text(&draft.title)), ("words", text(&draft.words)), ("urgency", code("routine"))];
    let links: Vec<_> = counted.iter().map(|(matter, _)| ("basis", matter)).collect();
    let sent = take(p, linked(to(&["c1", "a"], step("directive.order", "", &said)), &links)).await;
    let circular = when(a, &sent.matter, "the circular is there", |_| true).await;
    let named = circular.steps[0].step.links.iter().map(|link| link.record.clone());
    assert!(named.eq(counted.iter().map(|(matter, _)| matter.clone())));
    // Each office opens what is about it or below it.
    when(c1, &praised.matter, "praise arrives", |shown| shown.row.summary.state == "praised").await;
    for (_, number) in &counted {
        c1.office.matter(number.as_str()).await.expect("a number of the circular opens its record");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silence_in_a_roll_call_is_suggested_only_of_an_office_that_had_the_call_in_time_over_lines_that_were_up() {
    let net = province().await;
    it_is(&net, "11:00");
    let [p, c1, c2, a] = ["p", "c1", "c2", "a"].map(|id| Desk::at(&net, id));
    net.cut("c2");
    until("the cut is seen", || !net.link("p", "c2").state.up).await;
    let asked = CallRoll {
        id: new_id(),
        kind: CallKind::Roll,
        title: String::new(),
        to: Some(To::Offices(["a", "c2"].map(str::to_owned).to_vec())),
        draw: None,
        at: None,
        minutes: Some(10),
        by: Some(clerk()),
        mode: Mode::Real,
    };
    let call = p.office.call_roll(asked).await.expect("a call is made").taken.matter;
    when(&a, &call, "it is called", |_| true).await;
    received(&p, &call, "a").await;
    assert_eq!(suggested(&p).await, [], "it may be answered yet");
    it_is(&net, "11:12");
    suggests(&p, &[("a", Suggested::Unanswered)]).await;
    suggests(&c1, &[("a", Suggested::Unanswered)]).await;
    net.heal("c2");
    received(&p, &call, "c2").await;
    suggests(&p, &[("a", Suggested::Unanswered)]).await;
    let dues = p.office.suggest_findings(AskSuggestions::default()).await.expect("suggestions").rows;
    let key = dues[0].due.obligation.key.to_string();
    let said = |of: &str, kind: &str, key: &str| {
        let words = [("title", text("点名无应答")), ("says", text("点名十分钟没有应答")), ("found_by", code("rollcall"))];
        let words: Vec<_> = words.into_iter().chain([("kind", code(kind)), ("due", text(key))]).collect();
        to(&[of], step("finding.open", "", &words))
    };
    let missed = p.office.due_stats(AskDueStats::default()).await.expect("counts").dues;
    let missed = missed.iter().find(|due| due.obligation.debtor == office("c2") && due.obligation.duty == Duty::RollCallAnswer);
    let missed = missed.expect("it was owed").obligation.key.to_string();
    assert_eq!(why(p.office.take_step(said("c2", "unanswered", &missed)).await), Refusal::FindingNoEvidence, "the line failed");
    let rule = RollAct::Rule { office: "a".into(), ruling: "late".into(), words: "查明".into() };
    let ruled = ActOnRoll { id: new_id(), call: call.to_string(), act: rule, by: Some(clerk()) };
    p.office.act_on_roll(ruled).await.expect("a person rules");
    suggests(&p, &[]).await;
    let opened = take(&p, said("a", "unanswered", &key)).await.matter;
    let shown = stands(&a, &opened, "found").await;
    assert_eq!(shown.steps[0].step.choice("standing"), Some("overdue"), "what it showed then stands in it");
    for desk in [p, c1, c2, a] {
        desk.close().await;
    }
}

/// Waits until it is known that an office's node had a call.
async fn received(desk: &Desk, call: &RecordRef, of: &str) {
    let table = async || desk.office.roll_table(&call.to_string()).await.expect("a table");
    let has_it = |table: &RollTable| table.rows.iter().any(|row| row.seat.office == office(of) && row.received.is_some());
    until_seen(&format!("{of} has the call"), table, has_it).await;
}
