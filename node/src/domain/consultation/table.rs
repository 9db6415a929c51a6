//! Status tables that were kept with a session.
//!
//! A table has as many parts as it needs, each a step. The first part is taken last: whoever has it was sent everything before, and a table
//! that its maker could not finish is none.

use super::course::STATUS;
use crate::domain::{
    form::{Answer, Value},
    matter::{Step, standing},
    status::StatusTable,
};

/// A table that was kept.
#[derive(Debug, Clone)]
pub struct Kept<'a> {
    /// The step that bears the first part; the table goes by it.
    pub first: &'a Step,
    /// Those parts that are here, in order; the first is.
    pub parts: Vec<&'a Step>,
    /// How many it has.
    pub of: usize,
}

impl Kept<'_> {
    /// By which its parts know each other.
    pub fn digest(&self) -> &str {
        self.first.text("digest").unwrap_or_default()
    }
}

/// Every table that was kept, in order.
pub fn tables(steps: &[Step]) -> Vec<Kept<'_>> {
    let parts: Vec<_> = standing(steps).filter(|step| step.form == STATUS).collect();
    let first = parts.iter().filter(|step| is_first(step));
    first.map(|first| kept(first, &parts)).collect()
}

fn kept<'a>(first: &'a Step, parts: &[&'a Step]) -> Kept<'a> {
    let count = |step: &Step, key: &str| step.number(key).and_then(|number| usize::try_from(number).ok()).unwrap_or(0);
    let of = count(first, "parts");
    let later = |at: usize| parts.iter().find(|step| count(step, "part") == at && step.text("digest") == first.text("digest"));
    let parts = std::iter::once(first).chain((2..=of).filter_map(later).copied()).collect();
    Kept { first, parts, of }
}

/// Whether a step bears the first part of a table.
pub(super) fn is_first(step: &Step) -> bool {
    step.form == STATUS && step.number("part") == Some(1)
}

/// What each part says of the table; parts are counted from one.
pub fn says_of(table: &StatusTable, digest: &str, (part, of): (usize, usize)) -> Vec<Answer> {
    let answered = table.rows.iter().filter(|row| row.why.is_none()).count();
    let number = |count: usize| Value::Number(i64::try_from(count).unwrap_or(i64::MAX));
    let said = [
        ("asked_at", Value::Time(table.asked_at)),
        ("closed_at", Value::Time(table.closed_at)),
        ("offices", number(table.rows.len())),
        ("answered", number(answered)),
        ("part", number(part)),
        ("parts", number(of)),
        ("digest", Value::Text(digest.to_owned())),
    ];
    said.map(|(field, value)| Answer { field: field.to_owned(), value }).to_vec()
}
