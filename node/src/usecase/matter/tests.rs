//! Incidents through the use cases over a real store: what is refused leaves nothing behind, and what is said twice is one step.

use dutynet_relay::record::Mode;

use super::TakeStep;
use crate::{
    domain::{
        form::{Answer, Value},
        step::MatterKind,
    },
    projection::Openness,
    text::refusal::Refusal,
    usecase::{
        Destroy,
        tests::{House, by, record_id},
    },
};

fn step(id: u8, form: &str, matter: &str, said: &[(&str, Value)]) -> TakeStep {
    TakeStep {
        id: record_id(id),
        form: form.into(),
        matter: matter.into(),
        answers: said.iter().map(|(field, value)| Answer { field: (*field).into(), value: value.clone() }).collect(),
        links: Vec::new(),
        to: Vec::new(),
        by: by(),
        mode: None,
        on_behalf: None,
        corrects: String::new(),
    }
}

fn text(words: &str) -> Value {
    Value::Text(words.into())
}

fn call(id: u8) -> TakeStep {
    let unknown = ["caller_name", "caller_unit", "caller_phone", "place", "happened_at", "who", "why"];
    let mut said: Vec<_> = unknown.into_iter().map(|field| (field, Value::Unknown)).collect();
    said.extend([("title", text("山洪")), ("what", text("河水漫过公路"))]);
    TakeStep { mode: Some(Mode::Real), ..step(id, "incident.call", "", &said) }
}

fn report(id: u8, matter: &str, stage: &str) -> TakeStep {
    let choice = |code: &str| Value::Choices(vec![code.into()]);
    step(id, "incident.report", matter, &[("stage", choice(stage)), ("haste", choice("yes")), ("title", text("山洪"))])
}

#[tokio::test]
async fn what_is_refused_of_an_incident_leaves_nothing_behind() {
    let house = House::new();
    let mut blank = call(1);
    blank.answers.retain(|answer| answer.field != "who");
    let before = house.records();
    assert_eq!(house.office.take_step(blank).await.unwrap_err().refusal, Refusal::FormFaults);
    assert_eq!(house.records(), before);
    let called = house.office.take_step(call(2)).await.unwrap();
    let matter = called.matter.to_string();
    let before = house.records();
    let refusal = |step| async { house.office.take_step(step).await.unwrap_err().refusal };
    assert_eq!(refusal(report(3, &matter, "followup")).await, Refusal::IncidentInitialMissing);
    assert_eq!(
        refusal(step(4, "incident.accept", &matter, &[("answer", Value::Choices(vec!["accepted".into()]))])).await,
        Refusal::IncidentOfferMissing
    );
    let mut bare = report(5, &matter, "initial");
    bare.answers.retain(|answer| answer.field != "haste");
    assert_eq!(refusal(bare).await, Refusal::IncidentElementsMissing);
    assert_eq!(house.records(), before);
    assert_eq!(house.office.matter(&matter).await.unwrap().steps.len(), 1);
}

#[tokio::test]
async fn an_incident_is_called_in_reported_and_done() {
    let house = House::new();
    let called = house.office.take_step(call(1)).await.unwrap();
    let number = called.number().to_string();
    let first = house.office.take_step(report(2, &number, "initial")).await.unwrap();
    assert!(house.office.take_step(report(2, &number, "initial")).await.unwrap().folded, "the same step");
    assert!(!first.folded);
    let row = house.office.matters(MatterKind::Incident, Openness::Open).await.unwrap().remove(0);
    assert_eq!((row.summary.state.as_str(), row.title.as_deref()), ("reported", Some("山洪")));
    house.office.take_step(report(3, &number, "final")).await.unwrap();
    assert_eq!(house.office.matters(MatterKind::Incident, Openness::Open).await.unwrap(), []);
    assert_eq!(house.office.matter(&number).await.unwrap().row.summary.state, "final");
    let twice = house.office.take_step(report(4, &number, "final")).await.unwrap_err();
    assert_eq!(twice.refusal, Refusal::IncidentFinalTwice);
}

#[tokio::test]
async fn a_step_whose_content_was_destroyed_takes_what_followed_from_it_along_and_nothing_else() {
    let house = House::new();
    let called = house.office.take_step(call(1)).await.unwrap();
    let number = called.number().to_string();
    let reported = house.office.take_step(report(2, &number, "initial")).await.unwrap();
    let state = async || house.office.matters(MatterKind::Incident, Openness::Open).await.unwrap().remove(0).summary.state;
    assert_eq!(state().await, "reported");
    let destroy = Destroy { id: record_id(3), record: reported.reference.to_string(), reason: "误传".into(), by: by() };
    house.office.destroy(destroy).await.unwrap();
    assert_eq!(house.office.matter(&number).await.unwrap().steps.len(), 1, "the number names it all the same");
    assert_eq!(state().await, "called");
}
