//! What was said to the fields of a form.

use dutynet_relay::ids::UnixMillis;

use super::definition::{Column, Form};

/// What was said to one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Key of the field.
    pub field: String,
    /// What was said.
    pub value: Value,
}

/// One of the ways to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Words.
    Text(String),
    /// A figure, in the field's unit.
    Number(i64),
    /// 无: said on purpose, which an empty field is not.
    Nil,
    /// 不明，正在核实: said on purpose, which an empty field is not.
    Unknown,
    /// A moment.
    Time(UnixMillis),
    /// Codes of the field's list, in the list's order.
    Choices(Vec<String>),
    /// Lines of a table.
    Rows(Vec<Row>),
}

/// One line of a table field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// A code of the field's list.
    pub code: String,
    /// The figure.
    pub number: i64,
    /// Words beside it; may be empty.
    pub text: String,
}

/// A form filled in, which keeps to that form's version in every respect; or one that another office's program vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// Id of the form.
    pub form: String,
    /// Version of its fields.
    pub version: u32,
    /// Those that were filled in, in the form's order.
    pub answers: Vec<Answer>,
}

impl Filled {
    /// What was said to a field.
    pub fn value(&self, field: &str) -> Option<&Value> {
        said_to(&self.answers, field)
    }

    /// Sum of the figures in the fields that count for a column of the board; never overflows.
    pub fn sum(&self, form: &Form, column: Column) -> i64 {
        let counted = form.fields.iter().filter(|field| field.board == Some(column));
        let figures = counted.filter_map(|field| self.value(&field.key)).map(figure);
        figures.fold(0, i64::saturating_add)
    }
}

/// What was said to a field.
pub fn said_to<'a>(answers: &'a [Answer], field: &str) -> Option<&'a Value> {
    answers.iter().find(|answer| answer.field == field).map(|answer| &answer.value)
}

fn figure(value: &Value) -> i64 {
    match value {
        Value::Number(number) => *number,
        Value::Rows(rows) => rows.iter().map(|row| row.number).fold(0, i64::saturating_add),
        Value::Text(_) | Value::Nil | Value::Unknown | Value::Time(_) | Value::Choices(_) => 0,
    }
}
