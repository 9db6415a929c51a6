//! A question: its answer, by each office that was asked.

use super::{Clock, EVER, Known, case, first, outcome};
use crate::domain::{
    matter::Step,
    obligation::{Creditor, Explained, Obligation, Outcome, is_owed},
    rules::Duty,
};

/// What is owed because of a question.
pub(in crate::domain::matter) fn by_question(steps: &[Step], known: &Known<'_>) -> Vec<Obligation> {
    let Some(asked) = steps.first().filter(|step| is_owed(step.mode)) else { return Vec::new() };
    let mut owed = Vec::new();
    for debtor in &asked.to {
        let said = |form| first(steps, &[form], debtor, asked);
        let explained = said("verification.reason");
        let explained = explained.map(|step| Explained { record: step.reference.clone(), at: step.times.recorded });
        let outcome = Outcome { explained, ..outcome(said("verification.answer"), None) };
        let clock = Clock { begins: asked, debtor, duty: Duty::VerificationAnswer };
        let case = case(steps, debtor, asked, (known.tree, EVER));
        let to = || Creditor::Office(asked.office.clone());
        owed.extend(clock.running(&case, known).into_iter().map(|by| clock.owed(by, to(), known, outcome.clone())));
    }
    owed
}
