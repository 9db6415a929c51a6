//! Each rule of a warning, by what is refused without it.

use super::*;
use crate::domain::{
    form::FaultKind,
    matter::tests::{Told, code, text, time},
    step::StepForms,
};

fn eight(level: &str) -> Vec<(&'static str, Value)> {
    vec![
        ("title", text("台风预警")),
        ("category", text("台风")),
        ("level", code(level)),
        ("from", time(1)),
        ("area", text("沿海")),
        ("caution", text("大风")),
        ("measures", text("回港")),
        ("issuer", text("省气象台")),
        ("issued_at", time(1)),
        ("channel", code("fax")),
    ]
}

fn taken() -> Told {
    let mut told = Told::new();
    told.take("p", TAKE, &eight("yellow"), &[]).unwrap();
    told
}

fn passed() -> Told {
    let mut told = taken();
    told.take("p", PASS, &[], &["c1", "c2"]).unwrap();
    told
}

fn call(result: &str) -> Vec<(&'static str, Value)> {
    vec![("result", code(result)), ("phone", text("0759-1")), ("called_at", time(1))]
}

fn level(to: &str) -> Vec<(&'static str, Value)> {
    vec![("level", code(to)), ("at", time(1)), ("reason", text("加强"))]
}

#[test]
fn a_warning_without_one_of_its_eight_fields_is_none() {
    let form = StepForms::built_in().get(TAKE).unwrap();
    for missing in ["category", "level", "from", "area", "caution", "measures", "issuer", "issued_at"] {
        let answers = eight("red").into_iter().filter(|(field, _)| *field != missing);
        let answers: Vec<_> = answers.map(|(field, value)| crate::domain::form::Answer { field: field.into(), value }).collect();
        let faults = crate::domain::form::fill(&form.fields, &answers).unwrap_err();
        assert_eq!((faults.len(), faults[0].field.as_str(), &faults[0].kind), (1, missing, &FaultKind::Missing));
    }
    let mut future = eight("red");
    future.retain(|(field, _)| *field != "issued_at");
    future.push(("issued_at", time(86_400_000)));
    assert_eq!(Told::new().take("p", TAKE, &future, &[]), Err(Refusal::WarningTimesWrong));
}

#[test]
fn the_leader_is_told_and_it_is_passed_on_to_those_below() {
    let mut told = taken();
    assert_eq!(told.state(), "taken");
    let leader = [("leader", text("李四")), ("told_at", time(1)), ("how", code("phone"))];
    told.take("p", TOLD, &leader, &[]).unwrap();
    assert_eq!((told.state().as_str(), told.offices("told")), ("told", vec!["p".to_owned()]));
    assert_eq!(told.take("c1", PASS, &[], &["a"]), Err(Refusal::StepNotAddressed));
    told.take("p", PASS, &[], &["c1"]).unwrap();
    assert_eq!(told.take("c1", PASS, &[], &["c2"]), Err(Refusal::StepNotBelow));
    told.take("c1", PASS, &[], &["a", "b"]).unwrap();
    assert_eq!((told.state().as_str(), told.offices("awaited")), ("passed", ["a", "b", "c1"].map(String::from).to_vec()));
}

#[test]
fn nobody_was_told_or_called_later_than_now() {
    let later = time(86_400_000);
    let leader = [("leader", text("李四")), ("told_at", later.clone()), ("how", code("phone"))];
    assert_eq!(taken().take("p", TOLD, &leader, &[]), Err(Refusal::StepTimeFuture));
    let heard = [("result", code("busy")), ("phone", text("0759-1")), ("called_at", later)];
    assert_eq!(passed().take("p", PHONED, &heard, &["c1"]), Err(Refusal::StepTimeFuture));
}

#[test]
fn each_office_confirms_for_itself_or_is_told_by_telephone() {
    let mut told = passed();
    assert_eq!(told.take("a", SIGNED, &[], &[]), Err(Refusal::StepNotAddressed));
    told.take("c1", SHOWN, &[], &[]).unwrap();
    assert_eq!(told.offices("awaited").len(), 2, "that it was shown is not enough");
    told.take("c1", SIGNED, &[], &[]).unwrap();
    let heard = [call("reached"), vec![("answered_by", text("王五"))]].concat();
    assert_eq!(told.take("c1", PHONED, &heard, &["c2"]), Err(Refusal::StepNotAddressed));
    assert_eq!(told.take("p", PHONED, &heard, &["c1", "c2"]), Err(Refusal::StepOneOffice));
    assert_eq!(told.take("p", PHONED, &call("reached"), &["c2"]), Err(Refusal::WarningAnswererMissing));
    told.take("p", PHONED, &call("unanswered"), &["c2"]).unwrap();
    assert_eq!((told.state().as_str(), told.offices("not_reached")), ("passed", vec!["c2".to_owned()]));
    told.forced("a", PHONED, &heard, &["c2"]);
    assert_eq!(told.state(), "passed", "a stranger's call counts for nothing");
    told.take("p", PHONED, &heard, &["c2"]).unwrap();
    assert_eq!((told.state().as_str(), told.offices("not_reached").len()), ("confirmed", 0));
    assert_eq!((told.offices("signed"), told.offices("phoned")), (vec!["c1".to_owned()], vec!["c2".to_owned()]));
}

#[test]
fn levels_rise_and_fall_by_the_opener_alone_and_none_is_forgotten() {
    let mut told = passed();
    assert_eq!(told.take("p", RAISE, &level("yellow"), &[]), Err(Refusal::WarningNotHigher));
    assert_eq!(told.take("p", LOWER, &level("yellow"), &[]), Err(Refusal::WarningNotLower));
    assert_eq!(told.take("c1", RAISE, &level("red"), &[]), Err(Refusal::MatterNotOpener));
    told.take("p", RAISE, &level("red"), &[]).unwrap();
    assert_eq!(told.take("p", RAISE, &level("orange"), &[]), Err(Refusal::WarningNotHigher));
    told.take("p", LOWER, &level("blue"), &[]).unwrap();
    told.forced("c1", RAISE, &level("red"), &[]);
    let levels: Vec<_> = told.facts("level").into_iter().map(|fact| fact.value).collect();
    assert_eq!(levels, ["yellow", "red", "blue"].map(|level| FactValue::Code(level.into())));
    assert_eq!(told.matter().summary().grade, "blue");
    let lift = [("at", time(1)), ("reason", text("过境"))];
    assert_eq!(told.take("c1", LIFT, &lift, &[]), Err(Refusal::MatterNotOpener));
    told.take("p", LIFT, &lift, &[]).unwrap();
    assert_eq!((told.state().as_str(), told.matter().summary().open), ("lifted", false));
    assert_eq!(told.take("p", RAISE, &level("red"), &[]), Err(Refusal::MatterClosed));
}

#[test]
fn a_response_is_started_adjusted_and_ended_and_may_end_after_the_warning() {
    let mut told = passed();
    let response = |level: &str, state: &str| {
        vec![("response", code(level)), ("state", code(state)), ("matters", text("防风")), ("measures", text("转移"))]
    };
    assert_eq!(told.take("c1", RESPONSE, &response("two", "adjusted"), &[]), Err(Refusal::ResponseNotRunning));
    told.take("c1", RESPONSE, &response("three", "started"), &[]).unwrap();
    assert_eq!(told.take("c1", RESPONSE, &response("two", "started"), &[]), Err(Refusal::ResponseRunning));
    told.take("c2", RESPONSE, &response("four", "started"), &[]).unwrap();
    told.take("c1", RESPONSE, &response("two", "adjusted"), &[]).unwrap();
    told.take("p", LIFT, &[("at", time(1)), ("reason", text("过境"))], &[]).unwrap();
    told.take("c1", RESPONSE, &response("two", "ended"), &[]).unwrap();
    assert_eq!(told.take("c1", RESPONSE, &response("two", "started"), &[]), Err(Refusal::MatterClosed));
    assert_eq!(told.facts("response").len(), 4, "every level that it had is kept");
}
