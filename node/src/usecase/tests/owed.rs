//! What lies before a leader, through the use cases: in turns, beside the report, answered by the deputy on the telephone, and confirmed.

use super::{
    steps::{self, code, text},
    *,
};
use crate::domain::{
    matter::{Fact, FactValue},
    rules::Duty,
};

fn step(id: u8, verb: &str, matter: &str, answers: Vec<Answer>) -> TakeStep {
    steps::step(id, &format!("incident.{verb}"), matter, answers, &[])
}

fn call(id: u8) -> TakeStep {
    let unknown = ["caller_name", "caller_unit", "caller_phone", "place", "happened_at", "who", "why"];
    let mut answers: Vec<_> = unknown.into_iter().map(|field| Answer { field: field.into(), value: Value::Unknown }).collect();
    answers.extend([text("title", "火灾"), text("what", "厂房着火"), code("category", "accident.fire")]);
    step(id, "call", "", answers)
}

async fn facts(house: &House, matter: &str, prefix: &str) -> Vec<(String, FactValue)> {
    let shown = house.office.matter(matter).await.unwrap();
    let about = |fact: Fact| fact.key.starts_with(prefix).then_some((fact.key, fact.value));
    shown.facts.into_iter().filter_map(about).collect()
}

/// Before whom something lies, as the list of what is due names them.
async fn waits_for(house: &House) -> Vec<String> {
    let dues = house.office.dues(AskDues::default()).await.unwrap().dues.into_iter();
    dues.filter(|due| due.obligation.duty == Duty::ApprovalAnswer).map(|due| due.leader_name).collect()
}

#[tokio::test]
async fn an_approval_is_held_the_next_is_named_and_the_deputy_s_word_on_the_telephone_waits_for_his_own() {
    let house = House::new();
    let minute = |minutes: i64| house.clock.set_wall(UnixMillis(at("2026-07-01", "09:00").0 + minutes * 60_000));
    let matter = house.office.take_step(call(1)).await.unwrap().matter.to_string();
    let take = |id: u8, verb: &str, answers: Vec<Answer>| house.office.take_step(step(id, verb, &matter, answers));
    let assessed = vec![text("conclusion", "较大"), code("verification", "unverified"), code("grade", "considerable")];
    take(2, "assess", assessed).await.unwrap();
    let asked = vec![text("approver", "王市长"), text("next", "李副市长"), text("what", "首报")];
    take(3, "approval-asked", asked).await.unwrap();
    assert_eq!(waits_for(&house).await, ["王市长"]);
    let said = |key: &str, name: &str| (key.to_owned(), FactValue::Text(name.into()));
    assert_eq!(facts(&house, &matter, "approval.").await, [said("approval.waiting", "王市长"), said("approval.now", "王市长")]);
    minute(11);
    assert_eq!(waits_for(&house).await, ["王市长", "李副市长"], "the first still owes his answer");
    let held = facts(&house, &matter, "approval.").await;
    assert!(held.contains(&said("approval.held", "王市长")) && held.contains(&said("approval.now", "李副市长")), "{held:?}");
    minute(21);
    let over = facts(&house, &matter, "approval.at_end").await;
    assert_eq!(over, [("approval.at_end".to_owned(), FactValue::Code("up-unapproved".into()))]);
    let report = vec![code("stage", "initial"), code("haste", "yes"), text("title", "火灾")];
    take(4, "report", report).await.unwrap();
    assert_eq!(facts(&house, &matter, "approval.before").await.len(), 1, "it went up before anybody approved");
    minute(30);
    let by_telephone = |words: bool| {
        let mut said = vec![text("approver", "李副市长"), code("how", "telephone"), text("number", "13800000000")];
        said.push(Answer { field: "said_at".into(), value: Value::Time(at("2026-07-01", "09:29")) });
        said.extend(words.then(|| text("words", "同意上报")));
        said
    };
    assert_eq!(refusal(take(5, "approved", by_telephone(false)).await), Refusal::FormFaults, "his words are written down");
    let approved = take(5, "approved", by_telephone(true)).await.unwrap().reference.to_string();
    assert_eq!(waits_for(&house).await, Vec::<String>::new());
    assert_eq!(facts(&house, &matter, "approval.unconfirmed").await, [said("approval.unconfirmed", "李副市长")]);
    let held = facts(&house, &matter, "approval.held").await;
    assert_eq!(held, [said("approval.held", "王市长"), said("approval.held", "李副市长")], "holding stays on the record");
    let confirms = |id: u8, name: &str| TakeStep {
        links: vec![NamedRecord { role: "approved".into(), record: approved.clone() }],
        by: Some(Person { id: format!("w{id}"), name: name.into() }),
        ..step(id, "confirmed", &matter, Vec::new())
    };
    assert_eq!(refusal(house.office.take_step(confirms(6, "王市长")).await), Refusal::IncidentNotThePerson);
    house.office.take_step(confirms(7, "李副市长")).await.unwrap();
    assert_eq!(facts(&house, &matter, "approval.unconfirmed").await, []);
    house.close().await;
}
