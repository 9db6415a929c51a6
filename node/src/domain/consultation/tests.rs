//! Who may say what in a session, and what keeps it open.

use super::*;
use crate::domain::matter::tests::{Told, code, text, time};

fn called(to: &[&str]) -> Told {
    let mut told = Told::new();
    told.take("p", CALL, &call(), to).unwrap();
    told
}

fn call() -> Vec<(&'static str, Value)> {
    let words = [("title", text("国庆会商")), ("instructed_by", text("王省长")), ("instructed_at", time(1))];
    words.into_iter().chain([("reason", code("holiday")), ("held_at", time(9)), ("way", code("video"))]).collect()
}

const SAID: [(&str, Value); 0] = [];

fn words() -> [(&'static str, Value); 1] {
    [("words", text("值班有序"))]
}

fn what() -> [(&'static str, Value); 1] {
    [("what", text("加强巡查"))]
}

fn minutes() -> [(&'static str, Value); 2] {
    [("presided_by", text("王省长")), ("words", text("纪要"))]
}

fn outcome() -> [(&'static str, Value); 1] {
    [("outcome", text("会商结束"))]
}

#[test]
fn a_session_names_the_leader_who_instructed_it_and_areas_below() {
    assert_eq!(Told::new().take("c1", CALL, &call(), &["c2"]), Err(Refusal::StepNotBelow));
    let form = crate::domain::step::StepForms::built_in().get(CALL).unwrap();
    assert!(["instructed_by", "instructed_at"].iter().all(|key| form.field(key).is_some_and(|field| field.required)));
    assert_eq!(called(&["c1"]).state(), "called");
}

#[test]
fn whoever_stands_in_an_area_speaks_and_the_office_that_called_leads() {
    let mut told = called(&["c1"]);
    assert_eq!(told.take("c2", STATEMENT, &words(), &[]), Err(Refusal::StepNotAddressed));
    let spoke = told.take("a", STATEMENT, &words(), &[]).unwrap();
    assert_eq!(told.state(), "sitting");
    told.step(("p", STATEMENT), &words(), &[], (&[("answers", &spoke)], None)).unwrap();
    let open = told.steps[0].reference.clone();
    let stray = told.step(("p", STATEMENT), &words(), &[], (&[("answers", &open)], None));
    assert_eq!(stray, Err(Refusal::ConsultationStatementUnknown));
    for form in [AGENDA, MINUTES, OUTCOME, CLOSE] {
        let said: &[(&str, Value)] = match form {
            AGENDA => &[("part", code("plan")), ("words", text("部署"))],
            MINUTES => &minutes(),
            OUTCOME => &what(),
            _ => &outcome(),
        };
        assert_eq!(told.take("c1", form, said, &[]), Err(Refusal::MatterNotOpener), "{form}");
    }
    assert_eq!(told.offices("spoke"), ["a", "p"]);
}

#[test]
fn it_closes_only_with_minutes_and_when_each_outcome_is_a_directive_or_expressly_none() {
    let mut told = called(&["c1"]);
    assert_eq!(told.take("p", CLOSE, &outcome(), &[]), Err(Refusal::ConsultationMinutesMissing));
    told.take("p", MINUTES, &minutes(), &[]).unwrap();
    assert_eq!(told.state(), "minuted");
    let first = told.take("p", OUTCOME, &what(), &[]).unwrap();
    let second = told.take("p", OUTCOME, &what(), &[]).unwrap();
    assert_eq!((told.state().as_str(), told.facts("outcome_open").len()), ("outcomes_open", 2));
    assert_eq!(told.take("p", CLOSE, &outcome(), &[]), Err(Refusal::ConsultationOpenOutcomes));
    let open = told.steps[0].reference.clone();
    let of = |outcome| [("outcome", outcome), ("directive", &open)];
    assert_eq!(told.step(("p", ORDERED), &SAID, &[], (&of(&open), None)), Err(Refusal::ConsultationOutcomeUnknown));
    told.step(("p", ORDERED), &SAID, &[], (&of(&first), None)).unwrap();
    let reason = [("reason", text("已在办"))];
    let both = told.step(("p", NONE), &reason, &[], (&[("outcome", &first)], None));
    assert_eq!(both, Err(Refusal::ConsultationOutcomeSettled));
    assert_eq!(told.take("p", CLOSE, &outcome(), &[]), Err(Refusal::ConsultationOpenOutcomes));
    told.step(("p", NONE), &reason, &[], (&[("outcome", &second)], None)).unwrap();
    assert_eq!(ordered(&told.steps).len(), 1);
    told.take("p", CLOSE, &outcome(), &[]).unwrap();
    assert_eq!((told.state().as_str(), told.matter().summary().open), ("closed", false));
    assert_eq!(told.take("a", STATEMENT, &words(), &[]), Err(Refusal::MatterClosed));
}

#[test]
fn a_text_is_published_after_another_person_has_reviewed_it_and_every_version_stays() {
    let mut told = called(&["c1"]);
    let section = |words: &str| [("section", code("duty")), ("words", text(words))];
    let first = told.take("p", SECTION, &section("一"), &[]).unwrap();
    let approved = [("result", code("approved"))];
    let own = told.step(("p", REVIEW), &approved, &[], (&[("draft", &first)], None));
    assert_eq!(own, Err(Refusal::ConsultationReviewedByWriter));
    told.writer("w2");
    let second = told.step(("p", SECTION), &section("二"), &[], (&[], None)).unwrap();
    let publish = |told: &mut Told, draft| told.step(("p", PUBLISH), &SAID, &[], (&[("draft", draft)], None));
    assert_eq!(publish(&mut told, &first), Err(Refusal::ConsultationNotReviewed));
    told.step(("p", REVIEW), &approved, &[], (&[("draft", &first)], None)).unwrap();
    publish(&mut told, &first).unwrap();
    told.writer("z1");
    told.step(("p", REVIEW), &[("result", code("returned"))], &[], (&[("draft", &second)], None)).unwrap();
    assert_eq!(publish(&mut told, &second), Err(Refusal::ConsultationNotReviewed), "it was sent back");
    let version = |draft| published(&told.steps, draft).into_iter().find(|answer| answer.field == "version").map(|a| a.value);
    assert_eq!((version(&first), version(&second)), (Some(Value::Number(1)), Some(Value::Number(2))));
    assert_eq!(published(&told.steps, &told.steps[0].reference), []);
}

#[test]
fn a_trigger_has_a_name_by_which_a_session_says_that_it_was_called_because_of_it() {
    let trigger = Trigger::Holiday(crate::domain::period::Period::parse("2026-10-01..2026-10-07").unwrap());
    assert_eq!((trigger.key().as_str(), trigger.reason(), trigger.record()), ("holiday.2026-10-01..2026-10-07", "holiday", None));
    let mut told = Told::new();
    let said: Vec<_> = call().into_iter().chain([("trigger", text(&trigger.key()))]).collect();
    told.take("p", CALL, &said, &["c1"]).unwrap();
    assert_eq!(super::trigger(&told.steps), Some(trigger.key().as_str()));
}
