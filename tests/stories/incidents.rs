//! An event through four tiers, with a county cut off, and the same event from three townships.

use dutynet_node::{
    domain::{
        form::{Row, Value},
        matter::FactValue,
        step::MatterKind,
    },
    text::refusal::Refusal,
    usecase::TakeStep,
};
use dutynet_relay::ids::RecordRef;
use dutynet_tests::{
    desk::Desk,
    net::{Network, clerk, office, until},
    steps::{call, code, fact, handing_over, holding, linked, report, stands, step, take, text, timeline, to},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_goes_up_four_tiers_while_a_county_is_cut_off_and_every_tier_adds_its_own() {
    let mut net = Network::found("p").await;
    for (parent, child) in [("p", "m"), ("m", "c"), ("c", "t")] {
        net.join(parent, child).await;
        net.is_linked(parent, child).await;
    }
    let desks = ["t", "c", "m", "p"].map(|id| Desk::at(&net, id));
    let [t, c, m, p] = &desks;
    let called = take(t, call("地震")).await;
    let (matter, number) = (called.matter.to_string(), called.number().to_string());
    let first = take(t, report(&matter, "initial", 1)).await.reference;
    let at_county = holding(c, &number, &first).await;
    assert_eq!(timeline(&at_county), [("t", "incident.report")], "the call with its caller stays where it was taken");

    net.cut("c");
    until("the cut is seen", || !net.link("c", "m").state.up).await;
    let told = [("leader", text("王县长")), ("told_at", Value::Time(net.relay("c").clock().wall())), ("how", code("telephone"))];
    take(c, step("incident.told", &number, &[&told[..], &[("said", text("立即上报"))]].concat())).await;
    let by_county = take(c, report(&number, "initial", 3)).await.reference;
    let second = take(t, report(&matter, "followup", 2)).await.reference;
    holding(c, &number, &second).await;
    assert_eq!(m.office.matter(&matter).await.unwrap_err().refusal, Refusal::MatterUnknown, "the city cannot know yet");
    net.heal("c");
    holding(m, &number, &by_county).await;
    let by_city = take(m, report(&number, "initial", 3)).await.reference;
    let at_top = holding(p, &number, &by_city).await;
    assert_eq!(timeline(&at_top), [("m", "incident.report")], "each tier by its own report (逐级)");

    let offer = take(t, to(&["c"], step("incident.handover", &matter, &handing_over()))).await;
    holding(c, &number, &offer.reference).await;
    assert_eq!(fact(&t.office.matter(&matter).await.unwrap(), "offered_to").value, FactValue::Office(office("c")));
    let accepted = take(c, step("incident.accept", &number, &[("answer", code("accepted"))])).await;
    let at_township = holding(t, &matter, &accepted.reference).await;
    assert_eq!(fact(&at_township, "handler").value, FactValue::Office(office("c")));
    assert_eq!(fact(&at_township, "first_receiver").value, FactValue::Person(office("t"), clerk()));
    let again = t.office.take_step(to(&["c"], step("incident.handover", &matter, &handing_over()))).await;
    assert_eq!(again.unwrap_err().refusal, Refusal::IncidentNotHandler);
    assert_eq!(
        timeline(&c.office.matter(&number).await.unwrap()),
        [
            ("t", "incident.report"),
            ("c", "incident.told"),
            ("c", "incident.report"),
            ("t", "incident.report"),
            ("t", "incident.handover"),
            ("c", "incident.accept"),
        ]
    );
    for (desk, form) in [(t, &matter), (c, &number), (m, &number)] {
        take(desk, report(form, "final", 3)).await;
    }
    for desk in [c, p] {
        let shown = stands(desk, &number, "final").await;
        assert!(!shown.row.summary.open);
    }
    for desk in desks {
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_event_from_three_townships_is_joined_and_its_total_opens_its_parts() {
    let mut net = Network::found("c").await;
    let mut sent = Vec::new();
    for (id, dead) in [("t1", 1), ("t2", 2), ("t3", 4)] {
        net.join("c", id).await;
        net.is_linked("c", id).await;
        let desk = Desk::at(&net, id);
        let called = take(&desk, call("山洪")).await;
        let first = take(&desk, report(&called.matter.to_string(), "initial", dead)).await;
        sent.push((called.matter.to_string(), first.reference));
        desk.close().await;
    }
    let c = Desk::at(&net, "c");
    for (matter, first) in &sent {
        holding(&c, matter, first).await;
    }
    let own = take(&c, call("山洪")).await.matter.to_string();
    for (n, (matter, _)) in sent.iter().enumerate() {
        let twice = Row { code: "dead".into(), number: i64::from(n == 2), text: "两镇交界".into() };
        let said = [("why", text("同一场雨")), ("overlap", Value::Rows(vec![twice]))];
        take(&c, linked(step("incident.join", &own, &said), &[("joined", matter)])).await;
    }
    let joined = c.office.matter(&own).await.unwrap();
    let total = fact(&joined, "total.dead");
    assert_eq!(total.value, FactValue::Number(6), "one of seven was counted by two townships");
    assert!(sent.iter().all(|(_, first)| total.sources.contains(first)), "each part opens its report");
    assert_eq!(joined.facts.iter().filter(|fact| fact.key == "joined").count(), 3);
    assert!(joined.facts.iter().all(|fact| dutynet_node::text::incident::label(&fact.key).is_some()));
    assert_eq!(c.office.matters(MatterKind::Incident, dutynet_node::projection::Openness::Open).await.unwrap().len(), 4);
    what_a_township_takes_back_leaves_the_total(&net, &c, (&own, &sent[2])).await;
    c.close().await;
}

/// The third township corrects its report, takes it back, and hands over what is not its own.
async fn what_a_township_takes_back_leaves_the_total(
    net: &Network,
    c: &Desk,
    (own, (matter, first)): (&str, &(String, RecordRef)),
) {
    let t3 = Desk::at(net, "t3");
    let dead = async |taken: &RecordRef| {
        holding(c, matter, taken).await;
        fact(&c.office.matter(own).await.unwrap(), "total.dead").value.clone()
    };
    let corrected = TakeStep { corrects: first.to_string(), ..report(matter, "initial", 5) };
    let corrected = take(&t3, corrected).await.reference;
    assert_eq!(dead(&corrected).await, FactValue::Number(7), "one, two and five, of which one twice");
    let about = |record: &RecordRef, step: TakeStep| linked(step, &[("report", record)]);
    let withdraw = about(&corrected, step("incident.withdraw", matter, &[("why", text("在邻县"))]));
    let withdrawn = take(&t3, withdraw).await.reference;
    assert_eq!(dead(&withdrawn).await, FactValue::Number(2));
    let at = Value::Time(net.relay("t3").clock().wall());
    let said = [("title", text("山洪")), ("received_by", text("李四")), ("handed_at", at), ("why", text("在邻县"))];
    let handed = to(&["c"], step("incident.transfer", matter, &said));
    let handed = take(&t3, handed).await.reference;
    holding(c, matter, &handed).await;
    let received = about(&handed, step("incident.received", matter, &[("receiver", text("李四"))]));
    let received = take(c, received).await.reference;
    let shown = holding(&t3, matter, &received).await;
    assert_eq!(fact(&shown, "transferred").value, FactValue::Office(office("c")));
    assert_eq!(fact(&shown, "received").sources, [received], "the receipt is a record of whoever has it now");
    t3.close().await;
}
