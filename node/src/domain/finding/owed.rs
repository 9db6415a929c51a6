//! What is owed because of a finding: an explanation until the time that was set for it, and each demand to put something right.
//!
//! The clock is a person's, set in the record that starts it, under the article of its field. A demand is met when its office says that it is
//! done, and is open again when that was sent back.

use super::course::{Course, OPEN};
use crate::domain::{
    matter::{
        Known, Step,
        owed::{Debt, outcome, until_set},
    },
    obligation::{Obligation, is_owed},
    rules::Duty,
};

/// Of a finding that has an office.
pub fn obligations(steps: &[Step], known: &Known<'_>) -> Vec<Obligation> {
    let Some(open) = steps.first().filter(|step| step.form == OPEN && is_owed(step.mode)) else { return Vec::new() };
    let course = Course::of(steps, open);
    let Some(office) = course.office() else { return Vec::new() };
    let explained = outcome(course.explanations().next(), course.ruling().or(course.closed()));
    let explanation = ((open, "explain_by"), Duty::Explanation, explained);
    let demands = course.demands().map(|demand| {
        // What was ruled otherwise later on has nothing to put right.
        let over = course.closed().or(course.ruling().filter(|_| !course.is_upheld()));
        ((demand, "due"), Duty::Rectification, outcome(course.done(&demand.reference), over))
    });
    let owed = std::iter::once(explanation).chain(demands).filter_map(|((step, field), duty, outcome)| {
        until_set((step, field), &Debt { duty, debtor: office, creditor: &step.office }, known, outcome)
    });
    owed.collect()
}
