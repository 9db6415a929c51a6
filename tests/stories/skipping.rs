//! 越级, while the tier between is off, and 并送: everybody is told the same, and whoever was not is named.

use dutynet_node::{
    domain::matter::FactValue,
    text::refusal::Refusal,
    usecase::{ShownMatter, TakeStep},
};
use dutynet_relay::ids::RecordRef;
use dutynet_tests::{
    desk::Desk,
    net::{Network, office, until},
    steps::{self, by_telephone, call, fact, holding, linked, report, step, take, text, to, when},
};

fn about(record: &RecordRef, step: TakeStep) -> TakeStep {
    linked(step, &[("report", record)])
}

fn values<'a>(shown: &'a ShownMatter, key: &str) -> Vec<&'a FactValue> {
    shown.facts.iter().filter(|fact| fact.key == key).map(|fact| &fact.value).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tier_that_was_skipped_while_it_was_off_gets_its_copy_and_everybody_is_told_the_same() {
    let mut net = Network::found("p").await;
    for (parent, child) in [("p", "m"), ("m", "c"), ("c", "t"), ("m", "d")] {
        net.join(parent, child).await;
        net.is_linked(parent, child).await;
    }
    net.add_without_node("m", "n").await;
    until("the province knows the township", || net.relay("p").registry().entry(&office("t")).is_some()).await;
    net.stop("c").await;
    until("the county is off", || !net.link("m", "c").state.up).await;

    // The township telephones past its county, which is off: the city enters its words and sends them on.
    let (m, p, d) = (Desk::at(&net, "m"), Desk::at(&net, "p"), Desk::at(&net, "d"));
    let called = take(&m, by_telephone("t", call("溃坝"))).await;
    let matter = called.matter.to_string();
    let skip = || step("incident.skip", &matter, &[("title", text("溃坝")), ("why", text("县里联系不上"))]);
    let elsewhere = m.office.take_step(by_telephone("t", to(&["d"], skip()))).await.unwrap_err();
    assert_eq!((elsewhere.refusal, elsewhere.about.as_deref()), (Refusal::IncidentSkipNotAbove, Some("d")));
    let skipped = take(&m, by_telephone("t", to(&["p"], skip()))).await.reference;
    let at_top = holding(&p, &matter, &skipped).await;
    assert_eq!(fact(&at_top, "skip").value, FactValue::Office(office("t")));
    assert_eq!(values(&at_top, "skipped"), [&FactValue::Office(office("c")), &FactValue::Office(office("m"))]);
    net.start("c").await;
    let (c, t) = (Desk::at(&net, "c"), Desk::at(&net, "t"));
    let at_county = holding(&c, &matter, &skipped).await;
    assert!(values(&at_county, "skipped").contains(&&FactValue::Office(office("c"))), "it sees that it was passed over");
    holding(&t, &matter, &skipped).await;

    // From here on tier by tier, and beside it to the city's other offices and to one outside.
    let by_county = take(&c, report(&matter, "initial", 2)).await.reference;
    holding(&m, &matter, &by_county).await;
    let by_city = take(&m, to(&["d", "n"], report(&matter, "initial", 2))).await.reference;
    let at_department = holding(&d, &matter, &by_city).await;
    let FactValue::Text(code) = &fact(&at_department, "text.code").value else { panic!("a code is a text") };
    let receipt =
        |code: &str| about(&by_city, step("incident.received", &matter, &[("receiver", text("赵六")), ("code", text(code))]));
    let not_ours = c.office.take_step(about(&by_county, step("incident.received", &matter, &[("receiver", text("赵六"))]))).await;
    assert_eq!(not_ours.unwrap_err().refusal, Refusal::IncidentNotAddressed);
    let received = take(&d, receipt(code)).await.reference;
    take(&m, by_telephone("n", receipt("0000-0000"))).await;
    let sent = [("sent_at", net.relay("m").clock().wall()), ("received_at", net.relay("m").clock().wall())];
    let mut outside =
        vec![("body", text("国务院办公厅")), ("received_by", text("孙七")), ("code", text(code)), ("receipt", text("1107"))];
    outside.extend(sent.map(|(field, at)| (field, dutynet_node::domain::form::Value::Time(at))));
    outside.push(("channel", steps::code("fax")));
    take(&m, about(&by_city, step("incident.outside", &matter, &outside))).await;
    holding(&m, &matter, &received).await;
    let shown = when(&m, &matter, "all have said that they have it", |shown| values(shown, "received").len() == 3).await;
    assert_eq!(values(&shown, "text.differs"), [&FactValue::Office(office("n"))], "who reads out another code has another text");
    assert!(values(&shown, "text.same").contains(&&FactValue::Text("国务院办公厅".into())));
    assert!(values(&shown, "text.same").contains(&&FactValue::Office(office("d"))));

    // What is corrected and not sent to everybody is not the same any more.
    let only_one = TakeStep { corrects: by_city.to_string(), ..to(&["n"], report(&matter, "initial", 3)) };
    take(&m, only_one).await;
    let shown = m.office.matter(&matter).await.unwrap();
    assert!(values(&shown, "text.differs").contains(&&FactValue::Office(office("d"))), "{:?}", shown.facts);
}
