//! Which words may stand where: relay carries records and knows no duty word; Chinese for officers stands in text files, not in code.

use crate::{
    nothing_breaks,
    source::{is_chinese, rust_files},
};

/// Words of duty work, as they would stand in a name (`DailyReport`, `roll_call`) or in a literal.
const DUTY_WORDS: [&[&str]; 27] = [
    &["report"],
    &["reports"],
    &["daily"],
    &["zero", "report"],
    &["board"],
    &["boards"],
    &["form"],
    &["forms"],
    &["incident"],
    &["incidents"],
    &["roll", "call"],
    &["rollcall"],
    &["check", "in"],
    &["spot", "check"],
    &["roster"],
    &["handover"],
    &["circular"],
    &["instruction"],
    &["directive"],
    &["supervision"],
    &["consultation"],
    &["obligation"],
    &["obligations"],
    &["officer"],
    &["leader"],
    &["holiday"],
    &["receipt"],
];

/// Files of node that hold its Chinese text. Data files (TOML, CSV, templates) are no Rust and need no leave.
fn holds_text(path: &str) -> bool {
    path.ends_with("/text.rs") || path.contains("/text/") || path.starts_with("node/src/demo/text")
}

/// The words of a piece of code: `DailyReport` and `daily_report` are both `daily report`.
fn words(code: &str) -> Vec<Vec<String>> {
    code.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|name| !name.is_empty()).map(split_name).collect()
}

fn split_name(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut before_was_lower = false;
    for c in name.chars() {
        if c == '_' || (c.is_uppercase() && before_was_lower) {
            parts.push(String::new());
        }
        if c != '_' {
            parts.last_mut().expect("there is always one").push(c.to_ascii_lowercase());
        }
        before_was_lower = c.is_lowercase() || c.is_ascii_digit();
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// The first duty word in a piece of code or text.
fn duty_word(text: &str) -> Option<String> {
    let names = words(text);
    DUTY_WORDS
        .iter()
        .find(|word| names.iter().any(|name| name.windows(word.len()).any(|part| part == **word)))
        .map(|word| word.join(" "))
}

#[test]
fn relay_knows_no_duty_word() {
    let mut faults = Vec::new();
    for file in rust_files().iter().filter(|file| file.is_under(&["relay/src/"])) {
        for (number, line) in file.product() {
            if let Some(word) = duty_word(&line.code).or_else(|| duty_word(&line.strings)) {
                faults.push(format!("{}:{number}: {word}", file.path));
            }
        }
    }
    nothing_breaks("relay carries records and knows nothing of duty work: no duty word in its names and literals.", &faults);
}

#[test]
fn chinese_for_officers_stands_in_text_files() {
    let mut faults = Vec::new();
    for file in rust_files().iter().filter(|file| file.is_under(&["proto/", "relay/", "node/"]) && !holds_text(&file.path)) {
        for (number, line) in file.product() {
            if line.strings.chars().chain(line.code.chars()).any(is_chinese) {
                faults.push(format!("{}:{number}: {}", file.path, line.strings.trim()));
            }
        }
    }
    nothing_breaks(
        "Chinese text stands in text.rs files, templates and data; elsewhere only comments may gloss a word.",
        &faults,
    );
}

#[test]
fn a_duty_word_is_noticed_in_any_spelling() {
    assert_eq!(duty_word("struct DailyReport;").as_deref(), Some("report"));
    assert_eq!(duty_word("fn roll_call()").as_deref(), Some("roll call"));
    assert_eq!(duty_word("\"daily.summary/1\"").as_deref(), Some("daily"));
    assert_eq!(duty_word("fn onboarding(formula: Transform, reported: Zeroize)"), None);
}
