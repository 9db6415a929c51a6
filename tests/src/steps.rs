//! Steps of matters as officers of a story take them, and what offices then know.

use std::fmt::Display;

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
    net::{clerk, until_seen},
};

/// A step as it would be typed, by [`clerk`].
pub fn step(form: &str, matter: &str, said: &[(&str, Value)]) -> TakeStep {
    TakeStep {
        id: new_id(),
        form: form.into(),
        matter: matter.into(),
        answers: said.iter().map(|(field, value)| Answer { field: (*field).into(), value: value.clone() }).collect(),
        links: Vec::new(),
        to: Vec::new(),
        by: Some(clerk()),
        mode: None,
        on_behalf: None,
        corrects: String::new(),
    }
}

/// The same, to these offices.
pub fn to(offices: &[&str], asked: TakeStep) -> TakeStep {
    TakeStep { to: offices.iter().map(|&office| office.to_owned()).collect(), ..asked }
}

/// The same, naming other records.
pub fn linked(mut asked: TakeStep, links: &[(&str, &impl Display)]) -> TakeStep {
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

/// A call of which little is known.
pub fn call(title: &str) -> TakeStep {
    let unknown = ["caller_name", "caller_unit", "caller_phone", "place", "happened_at", "who", "why"];
    let mut said: Vec<_> = unknown.into_iter().map(|field| (field, Value::Unknown)).collect();
    said.extend([("title", text(title)), ("what", text("房屋倒塌"))]);
    step("incident.call", "", &said)
}

/// An urgent report with a figure.
pub fn report(matter: &str, stage: &str, dead: i64) -> TakeStep {
    let said = [("stage", code(stage)), ("haste", code("yes")), ("title", text("地震")), ("dead", Value::Number(dead))];
    step("incident.report", matter, &said)
}

/// What a handover says.
pub fn handing_over() -> [(&'static str, Value); 3] {
    [("title", text("地震")), ("situation", text("现场由县里指挥")), ("open_items", Value::Nil)]
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

/// The one fact of that name.
pub fn fact<'a>(shown: &'a ShownMatter, key: &str) -> &'a Fact {
    shown.facts.iter().find(|fact| fact.key == key).unwrap_or_else(|| panic!("{key}: {:?}", shown.facts))
}

/// Its timeline: which office took which step.
pub fn timeline(shown: &ShownMatter) -> Vec<(&str, &str)> {
    shown.steps.iter().map(|held| (held.step.office.as_str(), held.step.form.as_str())).collect()
}

/// The matter, once it is at an office as it should be.
pub async fn when(desk: &Desk, matter: impl Display, what: &str, holds: impl Fn(&ShownMatter) -> bool) -> ShownMatter {
    let matter = matter.to_string();
    let shown = until_seen(what, async || desk.office.matter(&matter).await, |shown| shown.as_ref().is_ok_and(&holds)).await;
    shown.expect("what holds is shown")
}

/// The matter, once it stands so.
pub async fn stands(desk: &Desk, matter: impl Display, state: &str) -> ShownMatter {
    when(desk, matter, state, |shown| shown.row.summary.state == state).await
}

/// The matter as an office has it, once it holds a step.
pub async fn holding(desk: &Desk, matter: impl Display, step: &RecordRef) -> ShownMatter {
    when(desk, matter, &format!("{step} came"), |shown| shown.steps.iter().any(|held| held.step.reference == *step)).await
}
