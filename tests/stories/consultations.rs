//! A consultation over four tiers: two counties are off and one is slow; all stand in the table that was seen, one is spoken for by telephone,
//! and what was decided is seen through as directives.

use std::time::Duration;

use dutynet_node::{
    domain::{
        form::{Answer, Value},
        matter::{Fact, FactValue},
        status::{StatusRow, StatusTable, Why},
    },
    text::refusal::Refusal,
    usecase::{FileReport, KeepStatus, OrderOutcome, Said, ShowStatus, ShownMatter, TableThere, TakeStep},
};
use dutynet_relay::{
    clock::Clock as _,
    ids::{RecordRef, UnixMillis},
    record::{Mode, Person},
    relay::RelayConfig,
};
use dutynet_tests::{
    desk::{Desk, new_id},
    net::{Network, clerk, office, until},
    steps::{by_telephone, code, linked, offices, stands, step, take, text, to, when, why},
};

/// p → c1, c2; c1 → a1, a2, a3, a4; a1 → t
async fn province() -> Network {
    let mut net = Network::found("p").await;
    for (parent, child) in [("p", "c1"), ("p", "c2"), ("c1", "a1"), ("c1", "a2"), ("c1", "a3"), ("c1", "a4"), ("a1", "t")] {
        net.join(parent, child).await;
        net.is_linked(parent, child).await;
    }
    // Between these two a line may be silent for longer than anybody waits here, before anybody notices.
    let patient = |config: &mut RelayConfig| config.limits.missed_max = 10_000;
    for id in ["c1", "a4"] {
        net.stop(id).await;
        net.start_with(id, patient).await;
    }
    for child in ["a1", "a2", "a3", "a4"] {
        net.is_linked("c1", child).await;
    }
    net.is_linked("p", "c1").await;
    let knows = |net: &Network| net.relay("p").registry().entry(&office("t")).is_some();
    until("the province knows everybody", || knows(&net)).await;
    net
}

fn call(now: i64) -> Vec<(&'static str, Value)> {
    let words = [("title", text("台风防御会商")), ("instructed_by", text("王省长")), ("instruction", text("即行会商"))];
    let times = [("instructed_at", Value::Time(UnixMillis(now))), ("held_at", Value::Time(UnixMillis(now + 600_000)))];
    words.into_iter().chain(times).chain([("reason", code("special")), ("way", code("video"))]).collect()
}

fn words(said: &str) -> [(&'static str, Value); 1] {
    [("words", text(said))]
}

/// Words that were spoken, and by whom.
fn spoken(shown: &ShownMatter) -> Vec<(&str, &str)> {
    let statements = shown.steps.iter().filter(|held| held.step.form == "consultation.statement");
    statements.map(|held| (held.step.office.as_str(), held.step.text("words").unwrap_or_default())).collect()
}

fn codes(shown: &ShownMatter, key: &str) -> Vec<String> {
    let of = |fact: &Fact| if let FactValue::Code(code) = &fact.value { Some(code.clone()) } else { None };
    shown.facts.iter().filter(|fact| fact.key == key).filter_map(of).collect()
}

fn order() -> [(&'static str, Value); 4] {
    [("kind", code("supervision")), ("title", text("转移群众")), ("words", text("今晚转移完毕。")), ("urgency", code("flash"))]
}

/// Two counties go off, of which one had said who is on duty; one does not answer any more.
async fn two_go_off_and_one_is_slow(net: &mut Network) {
    let a2 = Desk::at(net, "a2");
    let nil = ["natural", "accident", "health", "social", "other"].map(|field| (field, Value::Nil));
    let said = nil.into_iter().chain([("leader", text("赵县长")), ("officer", text("王五"))]);
    let answers = said.map(|(field, value)| Answer { field: field.into(), value }).collect();
    let zero = FileReport {
        id: new_id(),
        form: "zero".into(),
        period: String::new(),
        said: Said::Answers(answers),
        correction: None,
        by: Some(clerk()),
        mode: Mode::Real,
        on_behalf: None,
    };
    a2.office.file(zero).await.expect("a zero report");
    until("its city has it", || net.link("a2", "c1").lanes.0.iter().all(|lane| lane.last == lane.custody)).await;
    a2.close().await;
    for county in ["a2", "a3"] {
        net.stop(county).await;
        until("it is seen to be off", || !net.link("c1", county).state.up).await;
    }
    net.cut("a4");
}

/// The province asks everybody in the area, and keeps what it sees.
async fn status_is_kept(p: &Desk, c1: &Desk, session: &RecordRef) -> StatusTable {
    let keep = KeepStatus { id: new_id(), matter: session.to_string(), within: Duration::ZERO, by: Some(clerk()) };
    let another = c1.office.keep_status(KeepStatus { id: new_id(), ..keep.clone() }).await.expect_err("it leads no session");
    assert_eq!(another.refusal, Refusal::MatterNotOpener);
    let kept = p.office.keep_status(keep.clone()).await.expect("it is kept");
    let again = p.office.keep_status(keep).await.expect("the same again");
    assert_eq!((&again.table, again.step.folded), (&kept.table, true), "nobody is asked twice");
    let seen = |row: &StatusRow| (row.office.to_string(), row.depth, row.by.to_string(), row.why);
    let seen: Vec<_> = kept.table.rows.iter().map(seen).collect();
    let row = |of: &str, depth, by: &str, why| (of.to_owned(), depth, by.to_owned(), why);
    let expected = [
        row("c1", 1, "c1", None),
        row("a1", 2, "a1", None),
        row("t", 3, "t", None),
        row("a2", 2, "c1", Some(Why::LineDown)),
        row("a3", 2, "c1", Some(Why::LineDown)),
        row("a4", 2, "c1", Some(Why::NoAnswer)),
    ];
    assert_eq!(seen, expected, "the area, each by its own word or by that of the nearest who could be reached");
    let (as_of, known) = kept.table.rows[3].known.as_ref().expect("what its city holds");
    assert_eq!(known.on_duty.as_ref().map(|duty| duty.leader.as_str()), Some("赵县长"));
    assert!(*as_of < kept.table.asked_at && known.machine.is_none(), "of an earlier moment, and not by its own word");
    assert!(kept.table.rows[3].line_since.is_some());
    kept.table
}

/// What was kept is the same wherever the session is.
async fn is_kept_at(desk: &Desk, session: &RecordRef, table: &StatusTable) {
    when(desk, session, "the table is here", |shown| shown.facts.iter().any(|fact| fact.key == "answered")).await;
    let asked = ShowStatus { matter: session.to_string(), record: String::new() };
    let there = desk.office.kept_status(&asked).await.expect("what was kept").shown;
    assert_eq!(there, Some((0, TableThere::Whole(table.clone()))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consultation_over_four_tiers_with_two_counties_off_and_one_slow_ends_in_directives_that_are_seen_through() {
    let mut net = province().await;
    two_go_off_and_one_is_slow(&mut net).await;
    let [p, c1, c2, a1, t] = ["p", "c1", "c2", "a1", "t"].map(|id| Desk::at(&net, id));
    let said = call(net.clock("p").wall().0);
    let session = take(&p, to(&["c1"], step("consultation.call", "", &said))).await.matter;
    let named = session.to_string();
    for invited in [&c1, &a1, &t] {
        stands(invited, &session, "called").await;
    }
    let agenda = [("part", code("convey")), ("words", text("传达省长批示"))];
    take(&p, linked(step("consultation.agenda", &named, &agenda), &[("record", &session)])).await;
    let table = status_is_kept(&p, &c1, &session).await;
    is_kept_at(&t, &session, &table).await;
    everybody_speaks([&p, &c1, &c2, &a1, &t], &session).await;
    a_summary_is_published_after_another_has_reviewed_it(&p, &t, &named).await;
    let judged = [("trend", text("夜间雨势加强"))];
    take(&p, step("consultation.judgement", &named, &judged)).await;
    let (directive, reference) = decided(&p, &named).await;
    when(&c1, &reference, "the county was told", |_| true).await;
    take(&c1, step("directive.done", &directive, &[("outcome", text("已全部转移"))])).await;
    when(&p, &reference, "it is done", |shown| shown.row.summary.state == "answered").await;
    take(&p, step("directive.close", &directive, &[("outcome", text("办结"))])).await;
    let whole = p.office.matter(&named).await.expect("the session is there");
    assert_eq!((codes(&whole, "directive_open").len(), codes(&whole, "directive_closed")), (0, vec!["closed".to_owned()]));
    net.start("a2").await;
    let late = Desk::at(&net, "a2");
    let heard = stands(&late, &session, "closed").await;
    assert_eq!(offices(&heard, "area"), ["c1"], "an office that was off has all of it afterwards");
    is_kept_at(&late, &session, &table).await;
    let closed = late.office.take_step(step("consultation.statement", &named, &words("迟到的发言"))).await;
    assert_eq!(why(closed), Refusal::MatterClosed);
    for desk in [p, c1, c2, a1, t, late] {
        desk.close().await;
    }
}

/// One by telephone through its city; whoever was not called hears nothing.
async fn everybody_speaks([p, c1, c2, a1, t]: [&Desk; 5], session: &RecordRef) {
    let named = session.to_string();
    take(t, step("consultation.statement", &named, &words("已转移三十户"))).await;
    take(c1, by_telephone("a2", step("consultation.statement", &named, &words("电话：水位平稳")))).await;
    let heard = when(a1, session, "everybody hears everybody", |shown| spoken(shown).len() == 2).await;
    let mut said = spoken(&heard);
    said.sort_unstable();
    assert_eq!(said, [("a2", "电话：水位平稳"), ("t", "已转移三十户")]);
    let stranger = c2.office.take_step(step("consultation.statement", &named, &words("插话"))).await;
    assert_eq!(why(stranger), Refusal::MatterUnknown, "who was not called has not heard of it");
    let here = when(p, session, "the statements are there", |shown| spoken(shown).len() == 2).await;
    let first = here.steps.iter().find(|held| held.step.form == "consultation.statement").expect("a statement");
    let answer = step("consultation.statement", &named, &words("请再核对"));
    take(p, linked(answer, &[("answers", &first.step.reference)])).await;
    when(t, session, "it is answered", |shown| spoken(shown).iter().any(|(office, _)| *office == "p")).await;
}

async fn a_summary_is_published_after_another_has_reviewed_it(p: &Desk, t: &Desk, named: &str) {
    let section = |said: &str| [("section", code("work")), ("words", text(said))];
    take(p, step("consultation.section", named, &section("初稿"))).await;
    let draft = take(p, step("consultation.section", named, &section("各地已到位"))).await.reference;
    let publish = || linked(step("consultation.publish", named, &[]), &[("draft", &draft)]);
    assert_eq!(why(p.office.take_step(publish()).await), Refusal::ConsultationNotReviewed);
    let review = linked(step("consultation.review", named, &[("result", code("approved"))]), &[("draft", &draft)]);
    let other = Person { id: "leader".into(), name: "李主任".into() };
    assert_eq!(why(p.office.take_step(review.clone()).await), Refusal::ConsultationReviewedByWriter);
    take(p, TakeStep { by: Some(other), ..review }).await;
    let session = take(p, publish()).await.matter;
    let says = |shown: &ShownMatter| {
        let published = shown.steps.iter().find(|held| held.step.form == "consultation.publish");
        published.is_some_and(|held| (held.step.number("version"), held.step.text("words")) == (Some(2), Some("各地已到位")))
    };
    let shown = when(t, &session, "it is published", says).await;
    assert!(shown.steps.iter().all(|held| held.step.form != "consultation.section"), "drafts stay where they are written");
}

/// Two outcomes: one becomes a directive, one needs none; then the session closes. Gives the directive.
async fn decided(p: &Desk, named: &str) -> (String, dutynet_relay::ids::RecordRef) {
    let outcome = |what: &str| step("consultation.outcome", named, &[("what", text(what))]);
    let first = take(p, outcome("今晚转移")).await.reference;
    let second = take(p, outcome("继续观察")).await.reference;
    let minutes = [("presided_by", text("王省长")), ("words", text("议定两项"))];
    take(p, step("consultation.minutes", named, &minutes)).await;
    let close = || step("consultation.close", named, &[("outcome", text("会商结束"))]);
    assert_eq!(why(p.office.take_step(close()).await), Refusal::ConsultationOpenOutcomes);
    let typed = TakeStep { id: new_id(), ..to(&["c1"], step("directive.order", "", &order())) };
    let ask = || OrderOutcome { outcome: first.to_string(), directive: typed.clone() };
    let ordered = p.office.order_outcome(ask()).await.expect("an outcome becomes a directive");
    let again = p.office.order_outcome(ask()).await.expect("the same again");
    assert_eq!((again.directive.matter, again.ordered.folded), (ordered.directive.matter.clone(), true), "it is one directive");
    let directive = p.office.matter(&ordered.directive.matter.to_string()).await.expect("the directive is there");
    let names: Vec<_> = directive.steps[0].step.links.iter().map(|link| link.record.clone()).collect();
    assert_eq!(names, [ordered.ordered.matter.clone(), first.clone()], "each names the other");
    assert_eq!(why(p.office.take_step(close()).await), Refusal::ConsultationOpenOutcomes);
    let none = step("consultation.none", named, &[("reason", text("已在办理"))]);
    take(p, linked(none, &[("outcome", &second)])).await;
    take(p, close()).await;
    let shown = p.office.matter(named).await.expect("the session is there");
    assert_eq!(codes(&shown, "directive_open"), ["underway"], "what is still to be done is seen after the end, too");
    (ordered.directive.matter.to_string(), ordered.directive.matter)
}
