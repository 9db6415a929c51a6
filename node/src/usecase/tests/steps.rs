//! Steps of matters as they are typed in these tests.

use super::*;

pub(super) fn text(field: &str, words: &str) -> Answer {
    Answer { field: field.into(), value: Value::Text(words.into()) }
}

pub(super) fn code(field: &str, key: &str) -> Answer {
    Answer { field: field.into(), value: Value::Choices(vec![key.into()]) }
}

pub(super) fn step(id: u8, form: &str, matter: &str, answers: Vec<Answer>, to: &[&str]) -> TakeStep {
    TakeStep {
        id: record_id(id),
        form: form.into(),
        matter: matter.into(),
        answers,
        links: Vec::new(),
        to: to.iter().map(|&office| office.to_owned()).collect(),
        by: by(),
        mode: None,
        on_behalf: None,
        corrects: String::new(),
    }
}
