//! 代录: an incident that was entered in an office's name while its line was down, and the office's own that arrives later.

use dutynet_node::{
    domain::{matter::FactValue, step::MatterKind},
    projection::Openness,
    text::refusal::Refusal,
    usecase::{ShownMatter, TakeStep},
};
use dutynet_relay::{ids::RecordRef, record::Person};
use dutynet_tests::{
    desk::Desk,
    net::{Network, office, until},
    steps::{self, call, fact, holding, linked, report, step, take, text, when},
};

fn by(name: &str, step: TakeStep) -> TakeStep {
    TakeStep { by: Some(Person { id: "z09".into(), name: name.into() }), ..step }
}

fn in_its_name(step: TakeStep) -> TakeStep {
    by("县值班员", steps::by_telephone("t", step))
}

/// The versions of each act about which hands differ.
fn differing(shown: &ShownMatter) -> Vec<&Vec<RecordRef>> {
    shown.facts.iter().filter(|fact| fact.key == "version.differs").map(|fact| &fact.sources).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_incident_entered_on_behalf_and_the_own_one_that_comes_later_are_one_thread() {
    let mut net = Network::found("p").await;
    for (parent, child) in [("p", "c"), ("c", "t")] {
        net.join(parent, child).await;
        net.is_linked(parent, child).await;
    }
    until("the province knows the township", || net.relay("p").registry().entry(&office("t")).is_some()).await;
    let (p, c, t) = (Desk::at(&net, "p"), Desk::at(&net, "c"), Desk::at(&net, "t"));
    net.cut("t");
    until("the cut is seen", || !net.link("c", "t").state.up).await;
    let entered = take(&c, in_its_name(call("山洪"))).await;
    let (told, told_number) = (entered.matter.to_string(), entered.number().to_string());
    let by_telephone = take(&c, in_its_name(report(&told, "initial", 2))).await.reference;
    let up = take(&c, by("县值班员", report(&told, "initial", 2))).await.reference;
    holding(&p, &told_number, &up).await;
    let own = take(&t, by("镇值班员", call("山洪暴发"))).await;
    let (its_own, own_number) = (own.matter.to_string(), own.number().to_string());
    let by_itself = take(&t, by("镇值班员", report(&its_own, "initial", 3))).await.reference;

    net.heal("t");
    holding(&c, &its_own, &by_itself).await;
    holding(&t, &told, &by_telephone).await;
    assert_eq!(
        c.office.matters(MatterKind::Incident, Openness::Closed).await.unwrap().len(),
        2,
        "nobody has said that they are one"
    );
    let same =
        |matter: &str, own: &RecordRef| linked(step("incident.same", matter, &[("why", text("同一场山洪"))]), &[("own", own)]);
    assert_eq!(c.office.take_step(same(&its_own, &entered.matter)).await.unwrap_err().refusal, Refusal::IncidentSameNothing);
    let said = take(&t, by("镇值班员", same(&told, &own.matter))).await.reference;
    for desk in [&c, &t] {
        let shown = holding(desk, &its_own, &said).await;
        assert_eq!(shown.row.matter, own.matter, "its own stands");
        for held in [&by_telephone, &by_itself, &entered.matter] {
            assert!(shown.steps.iter().any(|step| step.step.reference == *held), "{held} is kept");
        }
        assert_eq!(desk.office.matters(MatterKind::Incident, Openness::Closed).await.unwrap().len(), 1, "one thread");
        for name in [&told, &told_number, &own_number] {
            assert_eq!(desk.office.matter(name).await.unwrap().row.matter, own.matter, "every name leads there");
        }
        let of_reports = [by_telephone.clone(), by_itself.clone()];
        assert!(
            differing(&shown).iter().any(|sources| of_reports.iter().all(|report| sources.contains(report))),
            "shown to both"
        );
    }
    when(&p, &told_number, "the province has one thread, too", |shown| shown.row.matter == own.matter).await;
    let dead = |shown: &ShownMatter| fact(shown, "total.dead").value.clone();
    assert_eq!(dead(&c.office.matter(&told).await.unwrap()), FactValue::Number(3), "its own words count");

    let choose = step("incident.choose", &told, &[("reason", text("与镇里电话核实"))]);
    let chosen = linked(choose, &[("kept", &by_telephone), ("other", &by_itself)]);
    let chosen = take(&c, by("县值班员", chosen)).await.reference;
    for desk in [&c, &t] {
        let shown = holding(desk, &its_own, &chosen).await;
        let person = Person { id: "z09".into(), name: "县值班员".into() };
        assert_eq!(fact(&shown, "version.chosen").value, FactValue::Person(office("c"), person));
        assert_eq!(dead(&shown), FactValue::Number(2));
        assert!(differing(&shown).iter().all(|sources| !sources.contains(&by_itself)), "it is settled");
    }
    take(&t, by("镇值班员", report(&told_number, "followup", 4))).await;
    assert_eq!(dead(&t.office.matter(&own_number).await.unwrap()), FactValue::Number(4));
}
