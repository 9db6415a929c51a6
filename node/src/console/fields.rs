//! Fields of a form of the domain as a part of a page, with what was typed and what is wrong with it; and back to answers.
//!
//! Nothing is refused here: what cannot be read goes on as text, so that the use case names every fault at once, each at its field.

use dutynet_relay::ids::UnixMillis;

use super::posted::Typed;
use crate::{
    domain::{
        beijing,
        form::{Answer, Code, Fault, Field, FieldKind, Lines, Row, Value, said_to},
    },
    text::{fault, report, typed},
    usecase::Refused,
};

/// One field on a page.
pub(super) struct FieldView {
    /// Its name in the form.
    pub(super) key: String,
    /// For people.
    pub(super) label: String,
    /// Regulation and article.
    pub(super) source: String,
    pub(super) required: bool,
    pub(super) nil_allowed: bool,
    pub(super) unknown_allowed: bool,
    pub(super) nil: bool,
    pub(super) unknown: bool,
    /// Where what stands in it was said before; empty: nobody has said it yet.
    pub(super) carried: String,
    /// What is wrong with what was typed.
    pub(super) faults: Vec<String>,
    /// How it is typed.
    pub(super) input: Input,
}

/// How a field is typed.
pub(super) enum Input {
    /// One line of words.
    Line { value: String, chars_max: usize },
    /// Several.
    Lines { value: String, chars_max: usize },
    /// A figure.
    Number { value: String, unit: String },
    /// 无 by its name, and nothing else.
    Nil,
    /// A moment, `YYYY-MM-DDTHH:MM`.
    Time { value: String },
    /// One of a list.
    One { options: Vec<Choice> },
    /// Several of a list.
    Some { options: Vec<Choice> },
    /// A figure and words for each of a list.
    Rows { rows: Vec<RowView>, unit: String, chars_max: usize },
}

/// One of a list.
pub(super) struct Choice {
    pub(super) key: String,
    pub(super) label: String,
    pub(super) chosen: bool,
}

/// A line of a table.
pub(super) struct RowView {
    pub(super) key: String,
    pub(super) label: String,
    pub(super) number: String,
    pub(super) text: String,
}

/// Fields with what was said before.
pub(super) fn said(fields: &[Field], answers: &[Answer]) -> Vec<FieldView> {
    let typed = fields.iter().filter(|field| !field.by_node);
    typed.map(|field| view(field, said_to(answers, &field.key), None)).collect()
}

/// Fields with what was typed, and what is wrong with it.
pub(super) fn typed_again(fields: &[Field], typed: &Typed, faults: &[Fault]) -> Vec<FieldView> {
    let again = |field: &Field| {
        let mut view = view(field, None, Some(typed));
        let at = faults.iter().filter(|fault| fault.field == field.key);
        view.faults = at.map(|at| fault::sentence(&at.kind)).collect();
        view
    };
    fields.iter().filter(|field| !field.by_node).map(again).collect()
}

/// What is wrong with something that is typed beside the fields of a form; empty: nothing.
pub(super) fn fault_at(faults: &[Fault], field: &str) -> String {
    faults.iter().find(|at| at.field == field).map(|at| fault::sentence(&at.kind)).unwrap_or_default()
}

/// What is wrong with what is typed beside the fields of a form, by its name on the page.
#[derive(Debug, Clone, Default)]
pub(super) struct Beside(Vec<(String, String)>);

impl Beside {
    /// Of what was refused: its faults, and the one thing that it is about.
    pub(super) fn of(refused: &Refused, typed: &Typed) -> Self {
        let about = refused.about.as_deref().unwrap_or_default();
        let whose = !about.is_empty() && typed.text("on_behalf_of") == about;
        let one = fault::beside(refused.refusal, about).map(|(field, said)| match field {
            "to" if whose => ("on_behalf_of".to_owned(), said),
            "link" => (format!("link.{about}"), said),
            field => (field.to_owned(), said),
        });
        // Of one's own words nobody has told anything: a field of the form may be called the same.
        let is_own = typed.text("on_behalf_of").is_empty();
        let told = |field: &str| matches!(field, "told_by" | "phone");
        let faults = refused.faults.iter().filter(|at| !(is_own && told(&at.field)));
        let faults = faults.map(|at| (at.field.clone(), fault::sentence(&at.kind)));
        Self(faults.chain(one).collect())
    }

    /// The sentence at one of them; empty: nothing is wrong there.
    pub(super) fn at(&self, field: &str) -> &str {
        self.0.iter().find(|(at, _)| at == field).map_or("", |(_, said)| said)
    }

    /// Whether something is wrong with one of them: what folds them is open then.
    pub(super) fn any(&self, fields: &[&str]) -> bool {
        fields.iter().any(|field| !self.at(field).is_empty())
    }

    /// Whether something is wrong with whose words they are, or with who said them.
    pub(super) fn is_told_wrong(&self) -> bool {
        self.any(&["on_behalf_of", "told_by", "phone"])
    }
}

/// What was typed, as answers. A field in which something stands and whose 无 or 不明 is ticked has two: nobody but whoever typed it knows which
/// of them counts, and a form takes one.
pub(super) fn answers(fields: &[Field], typed: &Typed) -> Vec<Answer> {
    let of_one = |field: &Field| {
        let ticked = [(field.nil_allowed, ".nil", Value::Nil), (field.unknown_allowed, ".unknown", Value::Unknown)];
        let ticked = ticked.into_iter().filter(|(allowed, part, _)| *allowed && typed.ticked(&format!("f.{}{part}", field.key)));
        let mut said: Vec<Value> = ticked.map(|(_, _, value)| value).collect();
        said.extend(value(field, typed).filter(|value| !said.contains(value)));
        said.into_iter().map(|value| Answer { field: field.key.clone(), value }).collect::<Vec<_>>()
    };
    fields.iter().filter(|field| !field.by_node).flat_map(of_one).collect()
}

/// What stands in a field beside its boxes.
fn value(field: &Field, typed: &Typed) -> Option<Value> {
    let name = |part: &str| format!("f.{}{part}", field.key);
    let text = typed.text(&name("")).to_owned();
    if field.nil_allowed && typed::is_nil(&text) {
        return Some(Value::Nil);
    }
    if field.unknown_allowed && typed::is_unknown(&text) {
        return Some(Value::Unknown);
    }
    match &field.kind {
        FieldKind::Nil => None,
        FieldKind::Rows { codes, .. } => {
            let rows: Vec<Row> = codes.iter().filter_map(|code| row(&code.key, typed, &name(""))).collect();
            (!rows.is_empty()).then_some(Value::Rows(rows))
        }
        FieldKind::Choice { .. } => {
            let name = name("");
            let chosen: Vec<String> = typed.all(&name).map(str::to_owned).collect();
            (!chosen.is_empty()).then_some(Value::Choices(chosen))
        }
        FieldKind::Text { .. } | FieldKind::Number(_) | FieldKind::Time if text.trim().is_empty() => None,
        FieldKind::Text { .. } => Some(Value::Text(text)),
        FieldKind::Number(_) => Some(text.trim().parse().map_or(Value::Text(text), Value::Number)),
        FieldKind::Time => Some(moment(&text).map_or(Value::Text(text), Value::Time)),
    }
}

/// A line of a table; one whose figure cannot be read has one that no field allows, so that the field says what it wants.
fn row(code: &str, typed: &Typed, name: &str) -> Option<Row> {
    let number = typed.text(&format!("{name}.{code}.n")).trim();
    let text = typed.text(&format!("{name}.{code}.t")).trim().to_owned();
    if number.is_empty() && text.is_empty() {
        return None;
    }
    let number = if number.is_empty() { 0 } else { number.parse().unwrap_or(i64::MIN) };
    Some(Row { code: code.to_owned(), number, text })
}

/// `YYYY-MM-DDTHH:MM` as browsers write it, or as people do.
fn moment(text: &str) -> Option<UnixMillis> {
    beijing::moment(text.trim()).filter(|_| text.contains(':'))
}

fn view(field: &Field, said: Option<&Value>, typed: Option<&Typed>) -> FieldView {
    let name = |part: &str| format!("f.{}{part}", field.key);
    let ticked = |part: &str, value: Value| said == Some(&value) || typed.is_some_and(|typed| typed.ticked(&name(part)));
    FieldView {
        key: field.key.clone(),
        label: field.label.clone(),
        source: field.source.clone(),
        required: field.required,
        nil_allowed: field.nil_allowed && field.kind != FieldKind::Nil,
        unknown_allowed: field.unknown_allowed,
        nil: ticked(".nil", Value::Nil),
        unknown: ticked(".unknown", Value::Unknown),
        carried: String::new(),
        faults: Vec::new(),
        input: input(field, said, typed),
    }
}

fn input(field: &Field, said: Option<&Value>, typed: Option<&Typed>) -> Input {
    let name = format!("f.{}", field.key);
    let text = || typed.map_or_else(|| said.map(words_of).unwrap_or_default(), |typed| typed.text(&name).to_owned());
    match &field.kind {
        FieldKind::Text { chars_max, lines: Lines::One } => Input::Line { value: text(), chars_max: *chars_max },
        FieldKind::Text { chars_max, lines: Lines::Many } => Input::Lines { value: text(), chars_max: *chars_max },
        FieldKind::Number(range) => Input::Number { value: text(), unit: range.unit.clone() },
        FieldKind::Nil => Input::Nil,
        FieldKind::Time => Input::Time { value: text().replace(' ', "T") },
        FieldKind::Choice { codes, most: 1 } => Input::One { options: choices(codes, said, typed, &name) },
        FieldKind::Choice { codes, .. } => Input::Some { options: choices(codes, said, typed, &name) },
        FieldKind::Rows { codes, range, chars_max } => {
            let rows = codes.iter().map(|code| row_view(code, said, typed, &name)).collect();
            Input::Rows { rows, unit: range.unit.clone(), chars_max: *chars_max }
        }
    }
}

/// As it would be typed.
fn words_of(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Time(at) => beijing::minute(*at),
        Value::Nil | Value::Unknown | Value::Choices(_) | Value::Rows(_) => String::new(),
    }
}

fn choices(codes: &[Code], said: Option<&Value>, typed: Option<&Typed>, name: &str) -> Vec<Choice> {
    let said_so = |key: &str| match said {
        Some(Value::Choices(chosen)) => chosen.iter().any(|chosen| chosen == key),
        Some(Value::Text(_) | Value::Number(_) | Value::Nil | Value::Unknown | Value::Time(_) | Value::Rows(_)) | None => false,
    };
    let chosen = |key: &str| typed.map_or_else(|| said_so(key), |typed| typed.all(name).any(|chosen| chosen == key));
    codes.iter().map(|code| Choice { key: code.key.clone(), label: code.label.clone(), chosen: chosen(&code.key) }).collect()
}

fn row_view(code: &Code, said: Option<&Value>, typed: Option<&Typed>, name: &str) -> RowView {
    let row = match said {
        Some(Value::Rows(rows)) => rows.iter().find(|row| row.code == code.key),
        Some(Value::Text(_) | Value::Number(_) | Value::Nil | Value::Unknown | Value::Time(_) | Value::Choices(_)) | None => None,
    };
    let part =
        |part: &str, said: String| typed.map_or(said, |typed| typed.text(&format!("{name}.{}.{part}", code.key)).to_owned());
    RowView {
        key: code.key.clone(),
        label: code.label.clone(),
        number: part("n", row.map(|row| row.number.to_string()).unwrap_or_default()),
        text: part("t", row.map(|row| row.text.clone()).unwrap_or_default()),
    }
}

/// What was said to a field, for reading.
pub(super) fn for_reading(field: &Field, value: &Value) -> String {
    report::in_words(field, value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::form::Forms;

    fn daily() -> &'static [Field] {
        &Forms::built_in().get("daily").unwrap().fields
    }

    #[test]
    fn what_is_typed_becomes_answers_and_comes_back_as_it_was() {
        let typed = Typed::of(&[
            ("f.leader", "李四"),
            ("f.calls", "3"),
            ("f.important", ""),
            ("f.important.nil", "on"),
            ("f.incidents.natural.n", "1"),
            ("f.incidents.natural.t", "台风"),
        ]);
        let answers = answers(daily(), &typed);
        assert_eq!(said_to(&answers, "calls"), Some(&Value::Number(3)));
        assert_eq!(said_to(&answers, "important"), Some(&Value::Nil));
        let rows = vec![Row { code: "natural".into(), number: 1, text: "台风".into() }];
        assert_eq!(said_to(&answers, "incidents"), Some(&Value::Rows(rows)));
        let again = super::typed_again(daily(), &typed, &[]);
        let shown = super::said(daily(), &answers);
        for (again, shown) in again.iter().zip(&shown) {
            assert_eq!((again.nil, again.unknown), (shown.nil, shown.unknown), "{}", again.key);
        }
    }

    #[test]
    fn what_is_typed_beside_a_tick_is_neither_lost_nor_believed() {
        let both = [("f.incidents.nil", "1"), ("f.incidents.accident.n", "1"), ("f.incidents.accident.t", "车祸")];
        let typed = Typed::of(&both);
        let faults = crate::domain::form::fill(daily(), &answers(daily(), &typed)).unwrap_err();
        let at: Vec<_> = faults.iter().filter(|fault| fault.field == "incidents").map(|fault| &fault.kind).collect();
        assert_eq!(at, [&crate::domain::form::FaultKind::Twice]);
        let views = typed_again(daily(), &typed, &faults);
        let view = views.iter().find(|view| view.key == "incidents").unwrap();
        assert!(view.nil && matches!(&view.input, Input::Rows { rows, .. } if rows.iter().any(|row| row.text == "车祸")));
        let word = Typed::of(&[("f.important", "无"), ("f.important.nil", "1")]);
        assert_eq!(answers(daily(), &word).len(), 1, "the same said twice is one answer");
    }

    #[test]
    fn what_cannot_be_read_is_refused_at_its_field_with_what_was_typed() {
        let typed = Typed::of(&[("f.calls", "三件"), ("f.incidents.natural.n", "x")]);
        let faults = crate::domain::form::fill(daily(), &answers(daily(), &typed)).unwrap_err();
        let views = typed_again(daily(), &typed, &faults);
        let view = |key: &str| views.iter().find(|view| view.key == key).unwrap();
        assert!(matches!(&view("calls").input, Input::Number { value, .. } if value == "三件"));
        assert_eq!((view("calls").faults.len(), view("incidents").faults.len()), (1, 1));
    }
}
