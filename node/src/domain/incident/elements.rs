//! What must be said of an event, as rules ask for it (要素), and the fields in which it is said. 不明，正在核实 is an answer; blank is none.
//!
//! A rule names an element by a key of its own, so that a place may ask for more without a new form. What an office has said in any of its
//! steps counts: nothing is typed twice. An element that no field is made for is shown as missing, and keeps nothing from going up.

use dutynet_relay::ids::OfficeId;

use super::standing;
use crate::domain::{
    matter::Step,
    rules::{Element, Stage},
};

/// The fields that answer an element. No field: the record itself does, by who made it and when.
const ANSWERED_BY: [(&str, &[&str]); 15] = [
    ("happened", &["happened_at"]),
    ("cause", &["cause", "why"]),
    ("course", &["course", "what"]),
    ("loss", &["loss_yuan"]),
    ("caller_office", &["caller_unit"]),
    ("requests", &["request"]),
    ("told", &["told_leaders", "leader"]),
    ("missing", &["missing"]),
    ("what", &["what", "course"]),
    ("why", &["why", "cause"]),
    ("handling", &["handling", "action"]),
    ("who", &["who", "consequences"]),
    ("progress", &["progress", "course"]),
    ("recorder", &[]),
    ("recorded", &[]),
];

/// The fields that answer an element: those of its row, or the one of its own name.
fn fields<'a>(key: &'a str, own: &'a [&'a str; 1]) -> &'a [&'a str] {
    ANSWERED_BY.iter().find(|(known, _)| *known == key).map_or(own.as_slice(), |(_, fields)| fields)
}

/// The field of a form in which an element is to be said; `None`: the form has none.
pub(super) fn field_of<'a>(key: &'a str, has: &dyn Fn(&str) -> bool) -> Option<&'a str> {
    let own = [key];
    let found = fields(key, &own).iter().position(|field| has(field))?;
    ANSWERED_BY.iter().find(|(known, _)| *known == key).map_or(Some(key), |(_, fields)| fields.get(found).copied())
}

/// Elements of a stage that neither the steps of an office nor `more` answer.
pub(super) fn missing<'a>(
    steps: &[Step],
    office: &OfficeId,
    elements: &'a [Element],
    (stage, more): (Stage, &dyn Fn(&str) -> bool),
) -> Vec<&'a Element> {
    let own: Vec<&Step> = standing(steps).filter(|step| step.office == *office).collect();
    let said = |field: &&str| more(field) || own.iter().any(|step| step.value(field).is_some());
    let is_answered = |element: &Element| {
        let one = [element.key.as_str()];
        let fields = fields(&element.key, &one);
        fields.is_empty() || fields.iter().any(said)
    };
    elements.iter().filter(|element| element.stage == stage && !is_answered(element)).collect()
}
