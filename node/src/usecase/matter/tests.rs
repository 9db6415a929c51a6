//! Incidents through the use cases over a real store: what is refused leaves nothing behind, and what is said twice is one step.

use dutynet_relay::record::Mode;

use super::{AskPrefill, NamedRecord, TakeStep};
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

/// 山洪, of which little is known.
pub(in crate::usecase) fn call(id: u8) -> TakeStep {
    let unknown = ["caller_name", "caller_unit", "caller_phone", "place", "happened_at", "who", "why"];
    let mut said: Vec<_> = unknown.into_iter().map(|field| (field, Value::Unknown)).collect();
    said.extend([("title", text("山洪")), ("what", text("河水漫过公路"))]);
    TakeStep { mode: Some(Mode::Real), ..step(id, "incident.call", "", &said) }
}

pub(in crate::usecase) fn report(id: u8, matter: &str, stage: &str) -> TakeStep {
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
    let shown = house.office.matter(&number).await.unwrap();
    let stubs: Vec<_> = shown.steps.iter().map(|shown| (shown.step.form.as_str(), shown.step.hollow)).collect();
    assert_eq!(stubs, [("incident.call", false), ("incident.report", true)], "a stub stands where it stood");
    assert_eq!((shown.steps[1].step.answers.len(), &shown.steps[1].step.reference), (0, &reported.reference));
    assert_eq!(state().await, "called");
    // Without its opening step it is known all the same, and nothing is to be done about it any more.
    let destroy = Destroy { id: record_id(4), record: called.reference.to_string(), reason: "误传".into(), by: by() };
    house.office.destroy(destroy).await.unwrap();
    let shown = house.office.matter(&number).await.unwrap();
    assert!(shown.steps.iter().all(|shown| shown.step.hollow) && shown.steps.len() == 2);
    assert_eq!((shown.row.title, shown.row.summary.open), (None, false));
    assert_eq!(house.office.matters(MatterKind::Incident, Openness::Open).await.unwrap(), []);
    assert_eq!(house.office.matters(MatterKind::Incident, Openness::Closed).await.unwrap().len(), 1, "it is no hole");
}

#[tokio::test]
async fn a_matter_shows_what_names_it_and_what_it_owes_and_lists_put_what_wants_something_first() {
    let house = House::new();
    let first = house.office.take_step(call(1)).await.unwrap();
    let second = house.office.take_step(call(2)).await.unwrap();
    let links = vec![NamedRecord { role: "basis".into(), record: first.number().to_string() }];
    let choice = |code: &str| Value::Choices(vec![code.into()]);
    let said = [("kind", choice("task")), ("title", text("搜救")), ("words", text("全力搜救")), ("owner", text("李四"))];
    let order = step(3, "directive.order", "", &[&said[..], &[("urgency", choice("flash"))]].concat());
    let task = house.office.take_step(TakeStep { links, ..order }).await.unwrap();
    let shown = house.office.matter(&first.number().to_string()).await.unwrap();
    let (related, steps) = &shown.related[0];
    assert_eq!((related.number.clone(), steps.len(), related.wanted.map(|w| w.key())), (task.number(), 1, Some("outcome")));
    assert_eq!(shown.row.wanted.map(|wanted| wanted.key()), Some("tell"));
    let owed: Vec<_> = shown.dues.iter().map(|due| due.obligation.due.here).collect();
    assert_eq!((owed.is_empty(), shown.row.due), (false, owed.iter().min().copied()));
    assert!(house.office.matter(&second.number().to_string()).await.unwrap().related.is_empty());
    let at = Value::Time(house.office.now());
    let told = [("leader", text("王省长")), ("told_at", at), ("how", choice("telephone")), ("said", Value::Nil)];
    house.office.take_step(step(4, "incident.told", &second.number().to_string(), &told)).await.unwrap();
    let rows = house.office.matters(MatterKind::Incident, Openness::Open).await.unwrap();
    let first_first: Vec<_> = rows.iter().map(|row| (row.number.clone(), row.wanted.is_some())).collect();
    assert_eq!(first_first, [(first.number(), true), (second.number(), false)], "although the other changed last");
    let destroy = Destroy { id: record_id(5), record: task.matter.to_string(), reason: "误".into(), by: by() };
    house.office.destroy(destroy).await.unwrap();
    assert!(house.office.matter(&first.number().to_string()).await.unwrap().related.is_empty(), "it names nothing any more");
}

#[tokio::test]
async fn what_need_not_be_typed_is_told_for_a_step_that_may_be_and_refused_for_any_other() {
    let house = House::new();
    let called = house.office.take_step(call(1)).await.unwrap();
    let number = called.number().to_string();
    let ask = |form: &str, matter: &str| AskPrefill { form: form.into(), matter: matter.into(), ..AskPrefill::default() };
    let filled = house.office.prefill(ask("incident.report", &number)).await.unwrap();
    let title = filled.iter().find(|one| one.answer.field == "title").unwrap();
    assert_eq!((&title.answer.value, &title.sources[0].record), (&text("山洪"), &called.matter));
    let reported = house.office.take_step(report(9, &number, "initial")).await.unwrap();
    let again = AskPrefill { id: Some(reported.reference.id), ..ask("incident.report", &number) };
    let again: Vec<_> = house.office.prefill(again).await.unwrap().into_iter().map(|one| one.answer).collect();
    let typed = report(9, &number, "initial").answers;
    assert!(again.len() == typed.len() && typed.iter().all(|said| again.contains(said)), "a retry is what it was: {again:?}");
    let corrected = AskPrefill { corrects: called.matter.to_string(), ..ask("incident.report", &number) };
    let before = house.office.prefill(corrected).await.unwrap();
    assert!(before.iter().all(|one| one.sources[0].record == called.matter));
    let choice = |code: &str| Value::Choices(vec![code.into()]);
    let said = [("kind", choice("task")), ("title", text("搜救")), ("words", text("搜救")), ("owner", text("李四"))];
    let task = house.office.take_step(step(2, "directive.order", "", &[&said[..], &[("urgency", choice("flash"))]].concat()));
    let task = task.await.unwrap().number().to_string();
    let records = house.records();
    for (asked, why) in [
        (ask("incident.dance", &number), Refusal::StepUnknown),
        (ask("incident.call", &number), Refusal::StepOpens),
        (ask("incident.report", "0701"), Refusal::MatterNumberInvalid),
        (ask("incident.report", "0101-000000"), Refusal::MatterUnknown),
        (ask("incident.report", &task), Refusal::MatterOtherKind),
        (AskPrefill { corrects: "x".into(), ..ask("incident.report", &number) }, Refusal::StepCorrectsUnknown),
        (AskPrefill { on_behalf_of: "440825".into(), ..ask("incident.report", &number) }, Refusal::OfficeUnknown),
    ] {
        assert_eq!(house.office.prefill(asked).await.unwrap_err().refusal, why);
    }
    let told = [("leader", text("王省长")), ("told_at", Value::Time(house.office.now())), ("how", choice("telephone"))];
    let other = step(3, "incident.told", &task, &[&told[..], &[("said", Value::Nil)]].concat());
    assert_eq!(house.office.take_step(other).await.unwrap_err().refusal, Refusal::MatterOtherKind);
    for (paper, matter) in [("diary", &number), ("submission", &task)] {
        assert_eq!(house.office.paper(paper, matter).await.unwrap_err().refusal, Refusal::PaperUnknown);
    }
    assert_eq!(house.office.paper("值班电话处理单", &number).await.unwrap().paper.id, "handling-slip");
    assert_eq!(house.records(), records, "nothing was kept");
}
