//! Each rule of a directive, by what is refused without it.

use super::*;
use crate::domain::matter::tests::{Told, code, text, time};

const LATER: i64 = 86_400_000;

fn order(kind: &str, to: &[&str]) -> Result<Told, Refusal> {
    let mut told = Told::new();
    let said = [("kind", code(kind)), ("title", text("排查")), ("words", text("立即排查。")), ("urgency", code("urgent"))];
    told.take("p", ORDER, &said, to)?;
    Ok(told)
}

fn outcome() -> [(&'static str, Value); 1] {
    [("outcome", text("已排查"))]
}

fn part() -> [(&'static str, Value); 2] {
    [("part", text("查水库")), ("due", time(LATER))]
}

#[test]
fn an_order_goes_to_those_below_and_a_task_stays_inside() {
    let words = [("title", text("排查")), ("words", text("立即排查。")), ("urgency", code("flash"))];
    let with = |kind: &str, more: &[(&'static str, Value)]| {
        let mut said = words.to_vec();
        said.push(("kind", code(kind)));
        said.extend_from_slice(more);
        said
    };
    let leader = [("leader", text("李四")), ("said_at", time(1))];
    let owner = [("owner", text("王五"))];
    let refused = [
        ("c1", with("supervision", &[]), vec!["c2"], Refusal::StepNotBelow),
        ("a", with("supervision", &[]), vec!["p"], Refusal::StepNotBelow),
        ("p", with("circular", &[]), vec![], Refusal::StepOfficesMissing),
        ("p", with("task", &owner), vec!["c1"], Refusal::DirectiveTaskInside),
        ("p", with("task", &[]), vec![], Refusal::DirectiveOwnerMissing),
        ("p", with("instruction", &leader[..1]), vec!["c1"], Refusal::DirectiveLeaderMissing),
        ("p", with("instruction", &leader[1..]), vec!["c1"], Refusal::DirectiveLeaderMissing),
        ("p", with("supervision", &[("due", time(60_000))]), vec!["c1"], Refusal::DirectiveDuePast),
    ];
    for (office, said, to, why) in refused {
        assert_eq!(Told::new().take(office, ORDER, &said, &to), Err(why), "{office} {said:?} {to:?}");
    }
    Told::new().take("p", ORDER, &with("instruction", &leader), &["c1", "a"]).unwrap();
    let mut task = Told::new();
    task.take("p", ORDER, &with("task", &owner), &[]).unwrap();
    assert_eq!(task.take("p", SPLIT, &part(), &["c1"]), Err(Refusal::DirectiveTaskInside));
    assert_eq!(task.take("p", CLOSE, &outcome(), &[]), Err(Refusal::DirectiveOpenParts), "a task wants an outcome too");
    task.take("p", DONE, &outcome(), &[]).unwrap();
    task.take("p", CLOSE, &outcome(), &[]).unwrap();
}

#[test]
fn a_supervision_closes_only_when_every_part_has_an_outcome() {
    let mut told = order("supervision", &["c1", "c2"]).unwrap();
    told.take("c1", SPLIT, &part(), &["a", "b"]).unwrap();
    assert_eq!(told.offices("awaited"), ["a", "b", "c1", "c2"]);
    told.take("a", DONE, &outcome(), &[]).unwrap();
    assert_eq!(told.take("a", DONE, &outcome(), &[]), Err(Refusal::DirectiveDone));
    assert_eq!(told.take("c1", DONE, &outcome(), &[]), Err(Refusal::DirectiveOpenParts), "b owes c1 an outcome");
    told.take("b", DONE, &outcome(), &[]).unwrap();
    told.take("c1", DONE, &outcome(), &[]).unwrap();
    assert_eq!(told.take("p", CLOSE, &outcome(), &[]), Err(Refusal::DirectiveOpenParts));
    assert_eq!(told.take("c1", SPLIT, &part(), &["a"]), Err(Refusal::DirectiveDone));
    told.take("c2", DONE, &outcome(), &[]).unwrap();
    assert_eq!((told.state().as_str(), told.take("c1", CLOSE, &outcome(), &[])), ("answered", Err(Refusal::MatterNotOpener)));
    told.take("p", CLOSE, &outcome(), &[]).unwrap();
    assert_eq!((told.state().as_str(), told.matter().summary().open), ("closed", false));
    assert_eq!(told.take("a", READ, &[("reader", text("张"))], &[]), Err(Refusal::MatterClosed));
}

#[test]
fn an_outcome_that_is_sent_back_is_owed_again() {
    let mut told = order("supervision", &["c1"]).unwrap();
    told.take("c1", SPLIT, &part(), &["a"]).unwrap();
    let done = told.take("a", DONE, &outcome(), &[]).unwrap();
    let reason = [("reason", text("太简单"))];
    let opening = told.steps[0].reference.clone();
    let back = |told: &mut Told, by: &str, of| told.step((by, RETURN), &reason, &["a"], (&[("outcome", of)], None));
    assert_eq!(back(&mut told, "p", &done), Err(Refusal::DirectiveNotSource), "it was c1 who gave it");
    assert_eq!(back(&mut told, "c1", &opening), Err(Refusal::DirectiveOutcomeUnknown));
    back(&mut told, "c1", &done).unwrap();
    assert_eq!((told.offices("returned"), told.offices("done").len()), (vec!["a".to_owned()], 0));
    assert_eq!(back(&mut told, "c1", &done), Err(Refusal::DirectiveOutcomeUnknown), "it was sent back already");
    assert_eq!(told.take("c1", DONE, &outcome(), &[]), Err(Refusal::DirectiveOpenParts));
    told.take("a", DONE, &outcome(), &[]).unwrap();
    told.take("c1", DONE, &outcome(), &[]).unwrap();
}

#[test]
fn delivery_signature_reading_and_outcome_are_kept_apart_for_each_office() {
    let mut told = order("supervision", &["c1", "c2"]).unwrap();
    for key in ["delivered", "signed", "read", "done"] {
        assert!(told.offices(key).is_empty(), "{key}");
    }
    told.take("c1", SIGN, &[], &[]).unwrap();
    assert_eq!((told.offices("delivered"), told.offices("signed")), (vec!["c1".to_owned()], vec!["c1".to_owned()]));
    told.take("c2", READ, &[("reader", text("李四"))], &[]).unwrap();
    assert_eq!((told.offices("read"), told.offices("delivered").len()), (vec!["c2".to_owned()], 2));
    told.take("c2", FEEDBACK, &[("progress", text("过半"))], &[]).unwrap();
    assert!(told.offices("done").is_empty(), "progress is no outcome");
    for form in [SIGN, DONE] {
        let said = if form == DONE { outcome().to_vec() } else { vec![] };
        assert_eq!(told.take("a", form, &said, &[]), Err(Refusal::StepNotAddressed), "{form}");
    }
    told.forced("a", DONE, &outcome(), &[]);
    assert!(told.offices("done").is_empty(), "whoever was given nothing has done nothing");
}

#[test]
fn a_tier_that_passes_it_on_adds_its_remark_and_the_words_stay() {
    let mut told = order("circular", &["c1"]).unwrap();
    let remark = [("remark", text("请各乡镇当日上报。"))];
    assert_eq!(told.take("c2", RELAY, &remark, &["a"]), Err(Refusal::StepNotAddressed));
    assert_eq!(told.take("c1", RELAY, &remark, &["c2"]), Err(Refusal::StepNotBelow));
    told.take("c1", RELAY, &remark, &["a"]).unwrap();
    assert_eq!(told.facts("words")[0].value, FactValue::Text("立即排查。".into()));
    assert_eq!(told.take("p", CLOSE, &outcome(), &[]), Err(Refusal::DirectiveOpenParts));
    for office in ["c1", "a"] {
        told.take(office, READ, &[("reader", text("李四"))], &[]).unwrap();
    }
    told.take("p", CLOSE, &outcome(), &[]).unwrap();
}

#[test]
fn a_correction_stands_beside_the_words_and_a_recall_ends_it() {
    let mut told = order("supervision", &["c1"]).unwrap();
    told.take("c1", RELAY, &[("remark", text("照办"))], &["a"]).unwrap();
    let (words, reason) = ([("words", text("明日排查。")), ("reason", text("日期有误"))], [("reason", text("发错"))]);
    assert_eq!(told.take("c1", CORRECT, &words, &[]), Err(Refusal::MatterNotOpener));
    assert_eq!(told.take("c1", RECALL, &reason, &[]), Err(Refusal::MatterNotOpener));
    told.take("p", CORRECT, &words, &[]).unwrap();
    assert_eq!(told.facts("words")[0].value, FactValue::Text("立即排查。".into()));
    assert_eq!(told.facts("corrected")[0].value, FactValue::Text("明日排查。".into()));
    told.forced("c1", RECALL, &reason, &[]);
    assert_eq!(told.state(), "underway", "nobody else recalls it");
    told.take("p", RECALL, &reason, &[]).unwrap();
    assert_eq!((told.state().as_str(), told.matter().summary().open), ("recalled", false));
    assert_eq!(told.take("a", DONE, &outcome(), &[]), Err(Refusal::DirectiveRecalled));
    assert_eq!(told.take("a", RECALL, &reason, &[]), Err(Refusal::DirectiveRecalled));
    told.take("c1", RECALL, &reason, &[]).unwrap();
}

#[test]
fn a_telephone_notice_has_a_result_for_each_office_and_a_read_back() {
    let mut told = order("phone", &["c1", "c2"]).unwrap();
    let call = |result: &str| vec![("result", code(result)), ("phone", text("0759-1")), ("called_at", time(1))];
    let heard = [call("reached"), vec![("answered_by", text("李四")), ("read_back", text("立即排查"))]].concat();
    assert_eq!(told.take("p", PHONED, &call("reached"), &["c1"]), Err(Refusal::DirectiveReadBackMissing));
    assert_eq!(told.take("p", PHONED, &heard, &["c1", "c2"]), Err(Refusal::StepOneOffice));
    assert_eq!(told.take("p", PHONED, &heard, &["a"]), Err(Refusal::StepNotAddressed));
    assert_eq!(told.take("c2", PHONED, &heard, &["c1"]), Err(Refusal::StepNotAddressed));
    told.take("p", PHONED, &heard, &["c1"]).unwrap();
    told.take("p", PHONED, &call("unanswered"), &["c2"]).unwrap();
    assert_eq!((told.offices("phoned"), told.offices("not_reached")), (vec!["c1".to_owned()], vec!["c2".to_owned()]));
    assert_eq!(told.take("p", CLOSE, &outcome(), &[]), Err(Refusal::DirectiveOpenParts));
    told.take("p", PHONED, &heard, &["c2"]).unwrap();
    assert!(told.offices("not_reached").is_empty());
    told.take("p", CLOSE, &outcome(), &[]).unwrap();
}
