//! Steps of matters as an officer would type them, and what an office then shows.

use dutynet_node::{
    domain::{
        form::{Answer, Value},
        matter::Fact,
    },
    usecase::{ShownMatter, TakeStep, TakenStep},
};
use dutynet_relay::ids::RecordRef;

use crate::{
    desk::{Desk, new_id},
    net::clerk,
};

/// Words.
pub fn text(words: &str) -> Value {
    Value::Text(words.into())
}

/// A choice.
pub fn code(code: &str) -> Value {
    Value::Choices(vec![code.into()])
}

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

/// Takes it.
pub async fn take(desk: &Desk, step: TakeStep) -> TakenStep {
    desk.office.take_step(step).await.expect("a step is taken")
}

/// The matter as an office has it, once it holds a step.
pub async fn holding(desk: &Desk, matter: &str, step: &RecordRef) -> ShownMatter {
    when(desk, matter, &format!("{step} came"), |shown| shown.steps.iter().any(|held| held.step.reference == *step)).await
}

/// Its timeline: which office took which step.
pub fn timeline(shown: &ShownMatter) -> Vec<(&str, &str)> {
    shown.steps.iter().map(|held| (held.step.office.as_str(), held.step.form.as_str())).collect()
}

/// The one fact of that name.
pub fn fact<'a>(shown: &'a ShownMatter, key: &str) -> &'a Fact {
    shown.facts.iter().find(|fact| fact.key == key).unwrap_or_else(|| panic!("{key}: {:?}", shown.facts))
}

/// What a handover says.
pub fn handing_over() -> [(&'static str, Value); 3] {
    [("title", text("地震")), ("situation", text("现场由县里指挥")), ("open_items", Value::Nil)]
}

/// The matter, once it stands so.
pub async fn until_state(desk: &Desk, matter: &str, state: &str) -> ShownMatter {
    when(desk, matter, state, |shown| shown.row.summary.state == state).await
}

/// The matter, once it is at an office as it should be.
pub async fn when(desk: &Desk, matter: &str, what: &str, holds: impl Fn(&ShownMatter) -> bool) -> ShownMatter {
    for _ in 0..9000 {
        if let Ok(shown) = desk.office.matter(matter).await
            && holds(&shown)
        {
            return shown;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("never came true: {what}: {:?}", desk.office.matter(matter).await);
}
