//! What answers say, as one digest: the same words give the same, in whichever order they were typed.

use dutynet_relay::ids::Digest;

use crate::domain::form::{Answer, Row, Value};

const TAG: &str = "dutynet.step.said.1";

/// The digest of what is said.
pub fn digest_of(answers: &[Answer]) -> Digest {
    let mut said: Vec<(&str, String)> = answers.iter().map(|answer| (answer.field.as_str(), spelt(&answer.value))).collect();
    said.sort();
    // Lengths go before words, so that no two texts are spelt alike.
    let spelt: String = said.iter().map(|(field, value)| format!("{}:{field}{}:{value}", field.len(), value.len())).collect();
    Digest::of(TAG, &[spelt.as_bytes()])
}

fn spelt(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("t{text}"),
        Value::Number(number) => format!("n{number}"),
        Value::Nil => "0".to_owned(),
        Value::Unknown => "?".to_owned(),
        Value::Time(at) => format!("m{}", at.0),
        Value::Choices(codes) => format!("c{}", codes.join(",")),
        Value::Rows(rows) => {
            let row = |row: &Row| format!("{}:{}:{}:{}", row.code, row.number, row.text.len(), row.text);
            format!("r{}", rows.iter().map(row).collect::<String>())
        }
    }
}
