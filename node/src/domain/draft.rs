//! The middle tier's own report (综报): drafted as the sum of its children's, with every figure's sources and the children that are missing.
//!
//! The form says which fields sum and how. What the office itself has to say is one more part of each sum; a person may replace a sum,
//! and then sees when the sum below has changed since. 无 is drafted only when nobody is missing and everybody says it.

use std::collections::BTreeMap;

use dutynet_relay::ids::{Digest, OfficeId, RecordRef, UnixMillis};

use super::form::{Answer, Field, FieldKind, Form, Row, Sum, Value};

/// What stands of one child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The child.
    pub office: OfficeId,
    /// The form that it filed: the draft's own, or the one that says 无 in its place.
    pub form: String,
    /// The version that stands.
    pub reference: RecordRef,
    /// Its number.
    pub revision: u32,
}

/// Why a child is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It has filed nothing, and its line is up or it has no node.
    NotFiled,
    /// It has filed nothing that came here, and its line is down or not known.
    LineDown,
    /// It has filed another form, which does not sum into this one.
    OtherForm,
    /// It has filed, and the content was removed (内容已按规定清除).
    Removed,
}

/// A child that the sum does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The child.
    pub office: OfficeId,
    /// Its name at that time.
    pub name: String,
    /// Why.
    pub why: Why,
    /// Since when its line is down.
    pub since: Option<UnixMillis>,
}

/// What one child says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name, as words of it are headed.
    pub name: String,
    /// Its answers to this form; fields that it did not answer are not there.
    pub answers: BTreeMap<String, Value>,
}

/// What a person has done to a draft.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edits {
    /// What this office itself has to say, by field.
    pub own: BTreeMap<String, Value>,
    /// Sums that a person has replaced, by field.
    pub replaced: BTreeMap<String, Replaced>,
}

/// A sum that a person has replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// With what.
    pub value: Value,
    /// [`digest`] of what the sum was then. Not its words: they are the children's, and go when theirs are destroyed.
    pub instead_of: Digest,
}

/// Marks that stand between words of several offices.
#[derive(Debug, Clone, Copy)]
pub struct Marks {
    /// After an office's name.
    pub after_name: &'static str,
    /// Between two lines of one office, and between offices where only one line is allowed.
    pub between: &'static str,
    /// Where words were cut to their limit.
    pub cut: &'static str,
}

/// Whether words were cut to the limit of their field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// They stand whole.
    Whole,
    /// They end in [`Marks::cut`].
    Short,
}

/// One field of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drafted {
    /// Key of the field.
    pub field: String,
    /// What the parts come to; `None`: nothing, or nobody can say yet.
    pub sum: Option<Value>,
    /// Whether the sum was cut.
    pub cut: Cut,
    /// What stands in the draft: the sum, or what a person has put in its place.
    pub value: Option<Value>,
    /// True: a person replaced a sum that has changed since.
    pub changed: bool,
}

/// Whether every child is in the sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coverage {
    /// Nobody is missing.
    Whole,
    /// Somebody is.
    Partial,
}

/// Sums the parts of the children, what the office itself says, and what a person has replaced, field by field in the form's order.
pub fn drafted(form: &Form, parts: &[Part], edits: &Edits, coverage: Coverage, marks: Marks) -> Vec<Drafted> {
    let one = |field: &Field| {
        let (sum, cut) = match field.sum {
            None => (edits.own.get(&field.key).cloned(), Cut::Whole),
            Some(sum) => summed(field, sum, &said(field, parts, edits), (coverage, marks)),
        };
        let replaced = edits.replaced.get(&field.key);
        let changed = replaced.is_some_and(|r| r.instead_of != digest(sum.as_ref()));
        let value = replaced.map(|r| r.value.clone()).or_else(|| sum.clone());
        Drafted { field: field.key.clone(), sum, cut, value, changed }
    };
    form.fields.iter().map(one).collect()
}

/// Digest of a sum, by which it is known again.
pub fn digest(sum: Option<&Value>) -> Digest {
    let said = match sum {
        None => Vec::new(),
        Some(Value::Nil) => vec![Vec::from(b"nil")],
        Some(Value::Text(text)) => vec![Vec::from(b"text"), text.clone().into_bytes()],
        Some(Value::Number(number)) => vec![Vec::from(b"number"), number.to_be_bytes().to_vec()],
        Some(Value::Unknown) => vec![Vec::from(b"unknown")],
        Some(Value::Time(at)) => vec![Vec::from(b"time"), at.0.to_be_bytes().to_vec()],
        Some(Value::Choices(codes)) => codes.iter().map(|code| code.clone().into_bytes()).collect(),
        Some(Value::Rows(rows)) => rows.iter().flat_map(row_bytes).collect(),
    };
    // Each part is preceded by its length, so that no two sums are written alike.
    let parts: Vec<[Vec<u8>; 2]> = said.into_iter().map(|part| [(part.len() as u64).to_be_bytes().to_vec(), part]).collect();
    Digest::of("dutynet.draft.sum.1", &parts.iter().flatten().map(Vec::as_slice).collect::<Vec<_>>())
}

fn row_bytes(row: &Row) -> [Vec<u8>; 3] {
    [row.code.clone().into_bytes(), row.number.to_be_bytes().to_vec(), row.text.clone().into_bytes()]
}

/// The answers of a draft, fields without one left out.
pub fn answers(drafted: &[Drafted]) -> Vec<Answer> {
    let answer = |d: &Drafted| d.value.clone().map(|value| Answer { field: d.field.clone(), value });
    drafted.iter().filter_map(answer).collect()
}

/// What each part says to a field: the office itself first, without a name.
struct Said<'a> {
    values: Vec<(Option<&'a str>, &'a Value)>,
    /// Parts of children that say nothing to it.
    silent: usize,
}

fn said<'a>(field: &Field, parts: &'a [Part], edits: &'a Edits) -> Said<'a> {
    let own = edits.own.get(&field.key).map(|value| (None, value));
    let children = parts.iter().filter_map(|part| Some((Some(part.name.as_str()), part.answers.get(&field.key)?)));
    let silent = parts.iter().filter(|part| !part.answers.contains_key(&field.key)).count();
    Said { values: own.into_iter().chain(children).collect(), silent }
}

fn summed(field: &Field, sum: Sum, said: &Said<'_>, (coverage, marks): (Coverage, Marks)) -> (Option<Value>, Cut) {
    let all_nil = !said.values.is_empty() && said.values.iter().all(|(_, value)| **value == Value::Nil);
    if all_nil {
        let everybody = coverage == Coverage::Whole && said.silent == 0;
        return (everybody.then_some(Value::Nil), Cut::Whole);
    }
    match (sum, &field.kind) {
        (Sum::Add, FieldKind::Number(_)) => (number(said), Cut::Whole),
        (Sum::Add, FieldKind::Rows { codes, chars_max, .. }) => {
            let rows: Vec<(Row, Cut)> = codes.iter().filter_map(|code| row(&code.key, said, *chars_max, marks)).collect();
            let cut = if rows.iter().any(|(_, cut)| *cut == Cut::Short) { Cut::Short } else { Cut::Whole };
            let rows: Vec<Row> = rows.into_iter().map(|(row, _)| row).collect();
            ((!rows.is_empty()).then_some(Value::Rows(rows)), cut)
        }
        (Sum::Lines, FieldKind::Text { chars_max, lines }) => {
            let texts = said.values.iter().filter_map(|(name, value)| Some((*name, words(value)?)));
            let between = if *lines == super::form::Lines::Many { "\n" } else { marks.between };
            let (text, cut) = joined(texts, between, *chars_max, marks);
            ((!text.is_empty()).then_some(Value::Text(text)), cut)
        }
        (Sum::Nil, _) | (Sum::Add | Sum::Lines, _) => (None, Cut::Whole),
    }
}

fn number(said: &Said<'_>) -> Option<Value> {
    let figures: Vec<i64> = said.values.iter().filter_map(|(_, value)| figure(value)).collect();
    (!figures.is_empty()).then(|| Value::Number(figures.iter().fold(0, |sum, n| i64::saturating_add(sum, *n))))
}

fn figure(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Text(_) | Value::Nil | Value::Unknown | Value::Time(_) | Value::Choices(_) | Value::Rows(_) => None,
    }
}

fn words(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        Value::Number(_) | Value::Nil | Value::Unknown | Value::Time(_) | Value::Choices(_) | Value::Rows(_) => None,
    }
}

/// One code's figure over all parts, and their words.
fn row(code: &str, said: &Said<'_>, chars_max: usize, marks: Marks) -> Option<(Row, Cut)> {
    let of = |value: &'_ Value| match value {
        Value::Rows(rows) => rows.iter().find(|row| row.code == code).cloned(),
        Value::Text(_) | Value::Number(_) | Value::Nil | Value::Unknown | Value::Time(_) | Value::Choices(_) => None,
    };
    let rows: Vec<(Option<&str>, Row)> = said.values.iter().filter_map(|(name, value)| Some((*name, of(value)?))).collect();
    if rows.is_empty() {
        return None;
    }
    let number = rows.iter().fold(0, |sum, (_, row)| i64::saturating_add(sum, row.number));
    let texts = rows.iter().filter(|(_, row)| !row.text.is_empty()).map(|(name, row)| (*name, row.text.as_str()));
    let (text, cut) = joined(texts, marks.between, chars_max, marks);
    Some((Row { code: code.to_owned(), number, text }, cut))
}

fn joined<'a>(
    texts: impl Iterator<Item = (Option<&'a str>, &'a str)>,
    between: &str,
    chars_max: usize,
    marks: Marks,
) -> (String, Cut) {
    let one = |(name, text): (Option<&str>, &str)| match name {
        None => text.to_owned(),
        Some(name) => format!("{name}{}{}", marks.after_name, text.replace('\n', marks.between)),
    };
    let whole = texts.map(one).collect::<Vec<_>>().join(between);
    if whole.chars().count() <= chars_max {
        return (whole, Cut::Whole);
    }
    let room = chars_max.saturating_sub(marks.cut.chars().count());
    (whole.chars().take(room).chain(marks.cut.chars()).take(chars_max).collect(), Cut::Short)
}

#[cfg(test)]
mod tests;
