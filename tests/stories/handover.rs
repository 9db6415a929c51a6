//! An incident goes from one office to another while acknowledgements are lost: at every moment one side, and no other, may do what belongs
//! to the handler.

use dutynet_node::{
    domain::matter::{FactValue, Step},
    text::refusal::Refusal,
    usecase::{ShownMatter, TakeStep},
};
use dutynet_relay::{ids::OfficeId, record::Person, relay::RelayConfig, writer::RecordState};
use dutynet_tests::{
    between::End,
    desk::{Desk, records_of},
    net::{Network, office, until},
    steps::{self, call, code, fact, handing_over, holding, report, step, take, when},
};

fn offer(matter: &str, to: &str) -> TakeStep {
    steps::to(&[to], step("incident.handover", matter, &handing_over()))
}

fn accept(matter: &str) -> TakeStep {
    step("incident.accept", matter, &[("answer", code("accepted"))])
}

/// Whose it is, as an office sees it.
fn side(shown: &ShownMatter) -> OfficeId {
    let of = |key: &str| match shown.facts.iter().find(|fact| fact.key == key).map(|fact| &fact.value) {
        Some(FactValue::Office(office)) => Some(office.clone()),
        _ => None,
    };
    of("offered_to").or_else(|| of("handler")).expect("somebody handles it")
}

/// Which of these offices could hand it over or answer now; what they try is refused, or would change nothing.
async fn editable(desks: &[(&str, &Desk)], matter: &str) -> Vec<OfficeId> {
    let mut sides = Vec::new();
    for (id, desk) in desks {
        let own = office(id);
        if side(&desk.office.matter(matter).await.unwrap()) == own {
            sides.push(own);
            continue;
        }
        // An offer to oneself is never made; that it is not the handler comes first.
        let refused = desk.office.take_step(offer(matter, id)).await.unwrap_err().refusal;
        assert!([Refusal::IncidentNotHandler, Refusal::IncidentOffered].contains(&refused), "{id}: {refused:?}");
        assert_eq!(desk.office.take_step(accept(matter)).await.unwrap_err().refusal, Refusal::IncidentOfferMissing, "{id}");
    }
    sides
}

async fn is_up(net: &Network) {
    net.is_linked("c", "t").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handover_whose_acknowledgements_are_lost_leaves_exactly_one_side() {
    let mut net = Network::found("p").await;
    // While one end is not heard, nobody gives the line up.
    let patient = |config: &mut RelayConfig| config.limits.missed_max = 10_000;
    for (parent, child) in [("p", "c"), ("c", "t")] {
        net.enrol_only(parent, child).await;
        net.start_with(child, patient).await;
        net.is_linked(parent, child).await;
    }
    let (t, c, p) = (Desk::at(&net, "t"), Desk::at(&net, "c"), Desk::at(&net, "p"));
    let both = [("t", &t), ("c", &c)];
    let called = take(&t, call("山洪")).await;
    let matter = called.matter.to_string();
    let other = Some(Person { id: "z02".into(), name: "李四".into() });
    let first = take(&t, TakeStep { by: other.clone(), ..report(&matter, "initial", 1) }).await.reference;
    holding(&c, &matter, &first).await;
    let by_county = take(&c, TakeStep { by: other, ..report(&matter, "initial", 1) }).await.reference;
    holding(&p, &matter, &by_county).await;
    assert_eq!(editable(&both, &matter).await, [office("t")]);

    // The offer comes, and that it came is not heard; nor is that it was accepted.
    net.line("t").mute(End::Parent);
    let offered = take(&t, offer(&matter, "c")).await;
    holding(&c, &matter, &offered.reference).await;
    assert_eq!(editable(&both, &matter).await, [office("c")], "offered: whoever answers, and nobody else");
    let accepted = take(&c, accept(&matter)).await;
    assert_eq!(editable(&both, &matter).await, [office("c")], "also before the township hears of it");
    assert_eq!(net.state("t", &offered.reference), Some(RecordState::Saved), "the acknowledgement is lost");
    when(&p, &matter, "the province knows who handles it", |shown| side(shown) == office("c")).await;
    net.heal("t");
    holding(&t, &matter, &accepted.reference).await;
    is_up(&net).await;
    net.has_arrived(&offered.reference, "t").await;
    assert_eq!(editable(&both, &matter).await, [office("c")]);

    // Back again: the acceptance comes, and that it came is not heard.
    let back = take(&c, offer(&matter, "t")).await;
    holding(&t, &matter, &back.reference).await;
    assert_eq!(editable(&both, &matter).await, [office("t")]);
    net.line("t").mute(End::Parent);
    let again = take(&t, accept(&matter)).await;
    holding(&c, &matter, &again.reference).await;
    assert_eq!(editable(&both, &matter).await, [office("t")]);
    assert_eq!(net.state("t", &again.reference), Some(RecordState::Saved));
    net.heal("t");
    until("the acknowledgement is heard at last", || net.state("t", &again.reference) == Some(RecordState::Arrived)).await;
    for at in ["t", "c"] {
        assert_eq!((records_of(&net, at, "incident.handover/1"), records_of(&net, at, "incident.accept/1")), (2, 2), "{at}");
    }
    let at_top = when(&p, &matter, "the province knows that it is back", |shown| side(shown) == office("t")).await;
    let clerk = FactValue::Person(office("t"), dutynet_tests::net::clerk());
    assert_eq!(fact(&at_top, "first_receiver").value, clerk, "whoever took the call, for ever and everywhere");
    let held: Vec<&Step> = at_top.steps.iter().map(|held| &held.step).collect();
    assert!(held.iter().all(|step| step.form != "incident.handover" && step.form != "incident.call"), "{held:?}");
}
