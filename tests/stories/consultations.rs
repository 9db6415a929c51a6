//! A consultation over four tiers: two counties are off, one is spoken for by telephone, and what was decided is seen through as directives.

use dutynet_node::{
    domain::{
        form::Value,
        matter::{Fact, FactValue},
    },
    text::refusal::Refusal,
    usecase::{OrderOutcome, ShownMatter, TakeStep},
};
use dutynet_relay::{clock::Clock as _, ids::UnixMillis, record::Person};
use dutynet_tests::{
    desk::{Desk, new_id},
    net::{Network, office, until},
    steps::{by_telephone, code, linked, offices, stands, step, take, text, when, why},
};

/// p → c1, c2; c1 → a1, a2, a3; a1 → t
async fn province() -> Network {
    let mut net = Network::found("p").await;
    for (parent, child) in [("p", "c1"), ("p", "c2"), ("c1", "a1"), ("c1", "a2"), ("c1", "a3"), ("a1", "t")] {
        net.join(parent, child).await;
        net.is_linked(parent, child).await;
    }
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consultation_over_four_tiers_with_two_counties_off_ends_in_directives_that_are_seen_through() {
    let net = province().await;
    let [p, c1, c2, a1, t] = ["p", "c1", "c2", "a1", "t"].map(|id| Desk::at(&net, id));
    for county in ["a2", "a3"] {
        net.cut(county);
        until("the cut is seen", || !net.link("c1", county).state.up).await;
    }
    let said = call(net.clock("p").wall().0);
    let session = take(&p, step("consultation.call", "", &said, &["c1"])).await.matter;
    let named = session.to_string();
    for invited in [&c1, &a1, &t] {
        stands(invited, &session, "called").await;
    }
    let agenda = [("part", code("convey")), ("words", text("传达省长批示"))];
    take(&p, linked(step("consultation.agenda", &named, &agenda, &[]), &[("record", &session)])).await;
    take(&t, step("consultation.statement", &named, &words("已转移三十户"), &[])).await;
    take(&c1, by_telephone("a2", step("consultation.statement", &named, &words("电话：水位平稳"), &[]))).await;
    let heard = when(&a1, &session, "everybody hears everybody", |shown| spoken(shown).len() == 2).await;
    assert_eq!(spoken(&heard), [("t", "已转移三十户"), ("a2", "电话：水位平稳")]);
    let stranger = c2.office.take_step(step("consultation.statement", &named, &words("插话"), &[])).await;
    assert_eq!(why(stranger), Refusal::MatterUnknown, "who was not called has not heard of it");
    let first =
        when(&p, &session, "the statements are there", |shown| spoken(shown).len() == 2).await.steps[2].step.reference.clone();
    take(&p, linked(step("consultation.statement", &named, &words("请再核对"), &[]), &[("answers", &first)])).await;
    when(&t, &session, "it is answered", |shown| spoken(shown).iter().any(|(office, _)| *office == "p")).await;
    a_summary_is_published_after_another_has_reviewed_it(&p, &t, &named).await;
    let judged = [("trend", text("夜间雨势加强"))];
    take(&p, step("consultation.judgement", &named, &judged, &[])).await;
    let outcomes = decided(&p, &named).await;
    let directive = outcomes.0;
    let done = || step("directive.done", &directive, &[("outcome", text("已全部转移"))], &[]);
    when(&c1, &outcomes.1, "the county was told", |_| true).await;
    take(&c1, done()).await;
    when(&p, &outcomes.1, "it is done", |shown| shown.row.summary.state == "answered").await;
    take(&p, step("directive.close", &directive, &[("outcome", text("办结"))], &[])).await;
    let whole = p.office.matter(&named).await.expect("the session is there");
    assert_eq!((codes(&whole, "directive_open").len(), codes(&whole, "directive_closed")), (0, vec!["closed".to_owned()]));
    net.heal("a2");
    let late = Desk::at(&net, "a2");
    let heard = stands(&late, &session, "closed").await;
    assert_eq!(offices(&heard, "area"), ["c1"], "an office that was off has all of it afterwards");
    let closed = late.office.take_step(step("consultation.statement", &named, &words("迟到的发言"), &[])).await;
    assert_eq!(why(closed), Refusal::MatterClosed);
}

async fn a_summary_is_published_after_another_has_reviewed_it(p: &Desk, t: &Desk, named: &str) {
    let section = |said: &str| [("section", code("work")), ("words", text(said))];
    take(p, step("consultation.section", named, &section("初稿"), &[])).await;
    let draft = take(p, step("consultation.section", named, &section("各地已到位"), &[])).await.reference;
    let publish = || linked(step("consultation.publish", named, &[], &[]), &[("draft", &draft)]);
    assert_eq!(why(p.office.take_step(publish()).await), Refusal::ConsultationNotReviewed);
    let review = linked(step("consultation.review", named, &[("result", code("approved"))], &[]), &[("draft", &draft)]);
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
    let outcome = |what: &str| step("consultation.outcome", named, &[("what", text(what))], &[]);
    let first = take(p, outcome("今晚转移")).await.reference;
    let second = take(p, outcome("继续观察")).await.reference;
    let minutes = [("presided_by", text("王省长")), ("words", text("议定两项"))];
    take(p, step("consultation.minutes", named, &minutes, &[])).await;
    let close = || step("consultation.close", named, &[("outcome", text("会商结束"))], &[]);
    assert_eq!(why(p.office.take_step(close()).await), Refusal::ConsultationOpenOutcomes);
    let typed = TakeStep { id: new_id(), ..step("directive.order", "", &order(), &["c1"]) };
    let ask = || OrderOutcome { outcome: first.to_string(), directive: typed.clone() };
    let ordered = p.office.order_outcome(ask()).await.expect("an outcome becomes a directive");
    let again = p.office.order_outcome(ask()).await.expect("the same again");
    assert_eq!((again.directive.matter, again.ordered.folded), (ordered.directive.matter.clone(), true), "it is one directive");
    let directive = p.office.matter(&ordered.directive.matter.to_string()).await.expect("the directive is there");
    let names: Vec<_> = directive.steps[0].step.links.iter().map(|link| link.record.clone()).collect();
    assert_eq!(names, [ordered.ordered.matter.clone(), first.clone()], "each names the other");
    assert_eq!(why(p.office.take_step(close()).await), Refusal::ConsultationOpenOutcomes);
    let none = step("consultation.none", named, &[("reason", text("已在办理"))], &[]);
    take(p, linked(none, &[("outcome", &second)])).await;
    take(p, close()).await;
    let shown = p.office.matter(named).await.expect("the session is there");
    assert_eq!(codes(&shown, "directive_open"), ["underway"], "what is still to be done is seen after the end, too");
    (ordered.directive.matter.to_string(), ordered.directive.matter)
}
