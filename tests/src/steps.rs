//! Steps of matters as officers of a story take them, and what offices then know.

use std::time::Duration;

use dutynet_node::{
    body::{Channel, Entered},
    domain::{
        form::{Answer, Value},
        matter::{Fact, FactValue},
    },
    text::refusal::Refusal,
    usecase::{NamedRecord, OnBehalf, Refused, ShownMatter, TakeStep, TakenStep},
};
use dutynet_relay::ids::RecordRef;

use crate::{
    desk::{Desk, new_id},
    net::clerk,
};

/// A step as it would be typed.
pub fn step(form: &str, matter: &str, said: &[(&str, Value)], to: &[&str]) -> TakeStep {
    TakeStep {
        id: new_id(),
        form: form.into(),
        matter: matter.into(),
        answers: said.iter().map(|(field, value)| Answer { field: (*field).into(), value: value.clone() }).collect(),
        links: Vec::new(),
        to: to.iter().map(|&office| office.to_owned()).collect(),
        by: Some(clerk()),
        mode: None,
        on_behalf: None,
        corrects: String::new(),
    }
}

/// The same, naming other records.
pub fn linked(mut asked: TakeStep, links: &[(&str, &RecordRef)]) -> TakeStep {
    let named = links.iter().map(|(role, record)| NamedRecord { role: (*role).into(), record: record.to_string() });
    asked.links.extend(named);
    asked
}

/// The same, as an office below has said it by telephone.
pub fn by_telephone(office: &str, asked: TakeStep) -> TakeStep {
    let entered = Entered { channel: Channel::Telephone, told_by: "李四".into(), phone: "0759-3331234".into() };
    TakeStep { on_behalf: Some(OnBehalf { office: office.into(), entered }), ..asked }
}

/// Words.
pub fn text(words: &str) -> Value {
    Value::Text(words.into())
}

/// A choice.
pub fn code(key: &str) -> Value {
    Value::Choices(vec![key.into()])
}

/// Takes a step that is no fault.
pub async fn take(desk: &Desk, asked: TakeStep) -> TakenStep {
    desk.office.take_step(asked).await.expect("a step is taken")
}

/// Why a step was not taken.
pub fn why(result: Result<TakenStep, Refused>) -> Refusal {
    result.expect_err("a step that is refused").refusal
}

/// Offices of which a fact is known.
pub fn offices(shown: &ShownMatter, key: &str) -> Vec<String> {
    let is_about = |fact: &&Fact| fact.key == key;
    let office = |fact: &Fact| if let FactValue::Office(office) = &fact.value { Some(office.to_string()) } else { None };
    shown.facts.iter().filter(is_about).filter_map(office).collect()
}

/// The matter, once it is at an office as it should be.
pub async fn when(desk: &Desk, matter: &RecordRef, what: &str, holds: impl Fn(&ShownMatter) -> bool) -> ShownMatter {
    for _ in 0..9000 {
        if let Ok(shown) = desk.office.matter(&matter.to_string()).await
            && holds(&shown)
        {
            return shown;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never came true: {what}: {:?}", desk.office.matter(&matter.to_string()).await);
}

/// The matter, once it stands so.
pub async fn stands(desk: &Desk, matter: &RecordRef, state: &str) -> ShownMatter {
    when(desk, matter, state, |shown| shown.row.summary.state == state).await
}
