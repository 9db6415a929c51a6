//! Directives, warnings and questions go down, and what comes back counts: across cuts, and for offices that were off.

mod owed;

use bytes::Bytes;
use dutynet_node::{
    body::{Channel, Entered, step::StepBody},
    domain::{form::Value, step::MatterKind},
    projection::Openness,
    text::refusal::Refusal,
};
use dutynet_relay::{
    ids::{Lane, RecordRef, UnixMillis},
    record::{Audience, Mode},
    writer::intent::Draft,
};
use dutynet_tests::{
    desk::{Desk, new_id},
    net::{Network, draft, office, until},
    steps::{by_telephone, code, linked, offices, step, take, text, to, when, why},
};

/// p → c1, c2, c3; c1 → a, n (without a node)
async fn province() -> Network {
    let mut net = Network::found("p").await;
    for (parent, child) in [("p", "c1"), ("p", "c2"), ("p", "c3"), ("c1", "a")] {
        net.join(parent, child).await;
        net.is_linked(parent, child).await;
    }
    net.add_without_node("c1", "n").await;
    let knows = |net: &Network, at: &str, id: &str| net.relay(at).registry().entry(&office(id)).is_some();
    until("the province knows everybody", || knows(&net, "p", "n") && knows(&net, "p", "a")).await;
    net
}

fn order(kind: &str) -> [(&'static str, Value); 4] {
    [("kind", code(kind)), ("title", text("水库排查")), ("words", text("立即排查水库。")), ("urgency", code("urgent"))]
}

fn outcome() -> [(&'static str, Value); 1] {
    [("outcome", text("已排查，无险情"))]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_supervision_that_was_split_closes_only_when_everybody_has_answered() {
    let net = province().await;
    let (p, c1, a) = (Desk::at(&net, "p"), Desk::at(&net, "c1"), Desk::at(&net, "a"));
    let counties = [Desk::at(&net, "c2"), Desk::at(&net, "c3")];
    let matter = take(&p, to(&["c1", "c2", "c3"], step("directive.order", "", &order("supervision")))).await.matter;
    let named = matter.to_string();
    when(&c1, &matter, "the county has it", |_| true).await;
    take(&c1, to(&["a", "n"], step("directive.split", &named, &[("part", text("查北片"))]))).await;
    when(&a, &matter, "the township has both", |shown| shown.steps.len() == 2).await;
    take(&a, step("directive.done", &named, &outcome())).await;
    when(&c1, &matter, "the county has the outcome", |shown| offices(shown, "done") == ["a"]).await;
    let early = c1.office.take_step(step("directive.done", &named, &outcome())).await;
    assert_eq!(why(early), Refusal::DirectiveOpenParts, "the office without a node has not answered");
    take(&c1, by_telephone("n", step("directive.done", &named, &outcome()))).await;
    take(&c1, step("directive.done", &named, &outcome())).await;
    for county in &counties {
        when(county, &matter, "the county has it", |_| true).await;
        assert_eq!(why(p.office.take_step(step("directive.close", &named, &outcome())).await), Refusal::DirectiveOpenParts);
        take(county, step("directive.done", &named, &outcome())).await;
    }
    let whole = when(&p, &matter, "everybody has answered", |shown| shown.row.summary.state == "answered").await;
    assert_eq!(offices(&whole, "done"), ["a", "c1", "c2", "c3", "n"]);
    assert_eq!(offices(&whole, "delivered"), ["a", "c1", "c2", "c3"], "what was entered on behalf shows no delivery");
    take(&p, step("directive.close", &named, &outcome())).await;
    when(&a, &matter, "the township knows that it is closed", |shown| shown.row.summary.state == "closed").await;
    assert!(p.office.matters(MatterKind::Directive, Openness::Open).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_is_answered_by_an_office_whose_line_was_cut_and_healed() {
    let net = province().await;
    let (p, c2, a) = (Desk::at(&net, "p"), Desk::at(&net, "c2"), Desk::at(&net, "a"));
    let incident = net.report("a", "p", "溃坝").await;
    net.arrives(&incident, "p").await;
    net.cut("a");
    until("the cut is seen", || !net.link("c1", "a").state.up).await;
    let said = [("title", text("伤亡")), ("question", text("伤亡几人？"))];
    let asked = take(&p, linked(to(&["a"], step("verification.ask", "", &said)), &[("incident", &incident)])).await.matter;
    let named = asked.to_string();
    let answer = || step("verification.answer", &named, &[("answer", text("无人伤亡"))]);
    assert_eq!(why(p.office.take_step(answer()).await), Refusal::VerificationElsewhere);
    assert_eq!(why(c2.office.take_step(answer()).await), Refusal::MatterUnknown);
    let close = || step("verification.close", &named, &[("outcome", text("已核实"))]);
    assert_eq!(why(p.office.take_step(close()).await), Refusal::VerificationUnanswered);
    net.heal("a");
    when(&a, &asked, "the township has the question", |_| true).await;
    take(&a, step("verification.reason", &named, &[("reason", text("线路中断"))])).await;
    when(&p, &asked, "the reason is no answer", |shown| shown.row.summary.state == "reasoned").await;
    take(&a, answer()).await;
    when(&p, &asked, "the answer is there", |shown| shown.row.summary.state == "answered").await;
    take(&p, close()).await;
    when(&a, &asked, "the township knows", |shown| !shown.row.summary.open).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_warning_is_confirmed_by_every_office_and_by_one_on_the_telephone() {
    let net = province().await;
    let (p, c1, a, c3) = (Desk::at(&net, "p"), Desk::at(&net, "c1"), Desk::at(&net, "a"), Desk::at(&net, "c3"));
    let at = Value::Time(UnixMillis(1_780_000_000_000));
    let words = ["title", "category", "area", "caution", "measures", "issuer"].map(|field| (field, text("台风")));
    let mut said = words.to_vec();
    said.extend([("from", at.clone()), ("issued_at", Value::Time(UnixMillis(1)))]);
    said.extend([("level", code("orange")), ("channel", code("fax"))]);
    let warning = take(&p, step("warning.take", "", &said)).await.matter;
    let named = warning.to_string();
    take(&p, to(&["c1", "c3"], step("warning.pass", &named, &[]))).await;
    when(&c1, &warning, "the county was asked", |shown| shown.steps.len() == 2).await;
    take(&c1, step("warning.signed", &named, &[])).await;
    take(&c1, to(&["a", "n"], step("warning.pass", &named, &[]))).await;
    when(&a, &warning, "the township was asked", |shown| offices(shown, "addressed").contains(&"a".to_owned())).await;
    take(&a, step("warning.signed", &named, &[])).await;
    take(&c1, by_telephone("n", step("warning.signed", &named, &[]))).await;
    let half = when(&p, &warning, "one is awaited", |shown| offices(shown, "signed") == ["a", "c1", "n"]).await;
    assert_eq!((offices(&half, "awaited"), offices(&half, "phoned")), (vec!["c3".to_owned()], vec!["n".to_owned()]));
    when(&c3, &warning, "the last one was asked", |shown| shown.steps.len() >= 2).await;
    take(&c3, step("warning.signed", &named, &[])).await;
    when(&p, &warning, "everybody has confirmed", |shown| shown.row.summary.state == "confirmed").await;
    take(&p, step("warning.raise", &named, &[("level", code("red")), ("at", at), ("reason", text("加强"))])).await;
    when(&a, &warning, "the township knows of the level", |shown| shown.row.summary.grade == "red").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recall_reaches_an_office_that_was_off() {
    let mut net = province().await;
    let (p, c1) = (Desk::at(&net, "p"), Desk::at(&net, "c1"));
    let matter = take(&p, to(&["c1", "c2"], step("directive.order", "", &order("supervision")))).await.matter;
    let named = matter.to_string();
    when(&c1, &matter, "the county has it", |_| true).await;
    take(&c1, to(&["a"], step("directive.relay", &named, &[("remark", text("照办"))]))).await;
    let a = Desk::at(&net, "a");
    when(&a, &matter, "the township has it", |shown| shown.steps.len() == 2).await;
    when(&p, &matter, "the province knows who has it", |shown| offices(shown, "addressed").contains(&"a".to_owned())).await;
    a.close().await;
    net.stop("a").await;
    until("the township is off", || !net.link("c1", "a").state.up).await;
    take(&p, step("directive.recall", &named, &[("reason", text("发错"))])).await;
    when(&c1, &matter, "the county knows", |shown| shown.row.summary.state == "recalled").await;
    net.start("a").await;
    let a = Desk::at(&net, "a");
    when(&a, &matter, "the township knows", |shown| shown.row.summary.state == "recalled").await;
    assert_eq!(why(a.office.take_step(step("directive.done", &named, &outcome())).await), Refusal::DirectiveRecalled);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_of_an_office_that_does_not_stand_below_whoever_entered_them_are_none_and_are_raised() {
    let net = province().await;
    let p = Desk::at(&net, "p");
    for (n, spoken_for) in ["nobody", "c2"].into_iter().enumerate() {
        let reference = RecordRef { origin: office("c1"), id: new_id() };
        let body = StepBody {
            form: "incident.call".into(),
            version: 1,
            answers: Vec::new(),
            links: Vec::new(),
            office: office(spoken_for),
            entered: Some(Entered { channel: Channel::Telephone, told_by: "李四".into(), phone: "0759".into() }),
            rules: Vec::new(),
            to: Vec::new(),
            first: None,
            table: Bytes::new(),
        };
        let base = draft(Lane::Routine, vec![Audience::UpTo(office("p"))], &body.encode());
        let draft =
            Draft { id: reference.id, kind: "incident.call/1".into(), subject: reference.to_string(), mode: Mode::Real, ..base };
        net.submit("c1", Draft { on_behalf_of: Some(office(spoken_for)), ..draft }).await.unwrap();
        net.arrives(&reference, "p").await;
        let refused = p.office.matter(&reference.to_string()).await.unwrap_err();
        assert_eq!(refused.refusal, Refusal::MatterUnknown, "{spoken_for}");
        assert_eq!(p.office.status().not_interpreted, n as u64 + 1, "a person is told");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_or_an_order_from_an_office_that_does_not_stand_above_is_none_and_is_raised() {
    let net = province().await;
    let (p, c2) = (Desk::at(&net, "p"), Desk::at(&net, "c2"));
    for (n, form) in ["verification.ask", "directive.order", "warning.take"].into_iter().enumerate() {
        let reference = RecordRef { origin: office("c1"), id: new_id() };
        let body = StepBody {
            form: form.into(),
            version: 1,
            answers: Vec::new(),
            links: Vec::new(),
            office: office("c1"),
            entered: None,
            rules: Vec::new(),
            to: vec![office("c2")],
            first: None,
            table: Bytes::new(),
        };
        let base = draft(Lane::Routine, vec![Audience::Offices(vec![office("c2")])], &body.encode());
        let (kind, subject) = (format!("{form}/1"), reference.to_string());
        net.submit("c1", Draft { id: reference.id, kind, subject, mode: Mode::Real, ..base }).await.unwrap();
        net.arrives(&reference, "c2").await;
        for desk in [&p, &c2] {
            let refused = desk.office.matter(&reference.to_string()).await.unwrap_err();
            assert_eq!(refused.refusal, Refusal::MatterUnknown, "{form}");
            assert_eq!(desk.office.status().not_interpreted, n as u64 + 1, "a person is told of {form}");
        }
    }
}
