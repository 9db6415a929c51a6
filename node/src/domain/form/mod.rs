//! Reports as data (报表): a form is a TOML file, an answer is checked against it.
//!
//! Three forms are built in: 日报告, 零报告 and 假期综合情况. Filling one in either gives a [`Filled`] that keeps to the form in every respect, or every
//! fault at once, each at its field. Nothing here knows what a field is about.

mod answer;
mod definition;
mod fill;

pub use answer::{Answer, Filled, Row, Value, said_to};
pub use definition::{Code, Column, DefinitionError, Field, FieldKind, Form, Lines, PeriodKind, Range, Sum};
pub(in crate::domain) use definition::{WrittenField, read_fields};
pub use fill::{Fault, FaultKind, ROWS_MAX, fill, words};

use std::sync::LazyLock;

static BUILT_IN: LazyLock<Forms> = LazyLock::new(|| {
    let texts = [
        include_str!("../../../forms/daily.toml"),
        include_str!("../../../forms/zero.toml"),
        include_str!("../../../forms/holiday.toml"),
    ];
    Forms { forms: texts.iter().map(|text| Form::parse(text).expect("a test parses the built-in forms")).collect() }
});

/// The forms that this office knows.
#[derive(Debug)]
pub struct Forms {
    forms: Vec<Form>,
}

impl Forms {
    /// 日报告, 零报告 and 假期综合情况.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// A form by its id, e.g. `daily`.
    pub fn get(&self, id: &str) -> Option<&Form> {
        self.forms.iter().find(|form| form.id == id)
    }

    /// The form whose answers are records of this kind, e.g. `daily.report/1`.
    pub fn of_record_kind(&self, kind: &str) -> Option<&Form> {
        self.forms.iter().find(|form| form.record_kind == kind)
    }

    /// Every form, in the order in which people list them.
    pub fn iter(&self) -> impl Iterator<Item = &Form> {
        self.forms.iter()
    }
}

#[cfg(test)]
mod tests;
