//! What is owed because of a finding: an explanation until the time that was set for it, and each demand to put something right.
//!
//! The clock is a person's, set in the record that starts it, under the article of its form. A demand is met when its office says that it is
//! done, and is open again when that was sent back.

use dutynet_relay::{
    ids::{OfficeId, RecordRef, UnixMillis},
    record::Mode,
};

use super::course::{Course, OPEN};
use crate::domain::{
    matter::Step,
    obligation::{About, Clocked, Creditor, Key, Met, Obligation, Outcome, Start},
    rules::{Basis, Cited, Duty, Limited},
    step::StepForms,
};

/// Of a real finding that has an office; exercises owe nothing that could be counted.
pub fn obligations(steps: &[Step]) -> Vec<Obligation> {
    let Some(open) = steps.first().filter(|step| step.form == OPEN && step.mode == Mode::Real) else { return Vec::new() };
    let course = Course::of(steps, open);
    let Some(office) = course.office() else { return Vec::new() };
    let explained = course.explanations().next();
    let over = course.ruling().or(course.closed());
    let explanation = Clock { begins: open, field: "explain_by", duty: Duty::Explanation, met: explained, over };
    let demands = course.demands().map(|demand| {
        let met = course.done(&demand.reference);
        // What was ruled otherwise later on has nothing to put right.
        let over = course.closed().or(course.ruling().filter(|_| !course.is_upheld()));
        Clock { begins: demand, field: "due", duty: Duty::Rectification, met, over }
    });
    let of = &open.reference;
    std::iter::once(explanation).chain(demands).filter_map(|clock| clock.owed(of, office)).collect()
}

struct Clock<'a> {
    begins: &'a Step,
    /// The field in which a person has set the time.
    field: &'static str,
    duty: Duty,
    met: Option<&'a Step>,
    /// What ended it without being what was owed.
    over: Option<&'a Step>,
}

impl Clock<'_> {
    fn owed(&self, matter: &RecordRef, debtor: &OfficeId) -> Option<Obligation> {
        let (begins, at) = (self.begins, self.begins.times.recorded);
        let due = begins.time(self.field)?;
        let cited = cited(&begins.form)?;
        let about = About::Matter(matter.clone());
        let met = self.met.map(|step| Met { record: step.reference.clone(), at: step.times.recorded, arrived: step.times.here });
        let withdrawn = self.over.filter(|_| met.is_none()).map(|step| step.reference.clone());
        Some(Obligation {
            key: Key::of((&cited.pack, &cited.row), debtor, &about, &begins.reference),
            duty: self.duty,
            debtor: debtor.clone(),
            creditor: Creditor::Office(begins.office.clone()),
            start: Start::with(Basis::Request, at, begins.reference.clone()),
            limit: Limited::Within(due.0.saturating_sub(at.origin.0)),
            // The same stretch of time by both clocks.
            due: Clocked { origin: due, here: moved(due, at) },
            outcome: Outcome { met, withdrawn, ..Outcome::default() },
            cited,
            about,
        })
    }
}

fn moved(due: UnixMillis, at: Clocked) -> UnixMillis {
    UnixMillis(due.0.saturating_add(at.here.0.saturating_sub(at.origin.0)))
}

/// The form itself, as the row that sets the limit.
fn cited(form: &str) -> Option<Cited> {
    let form = StepForms::built_in().get(form)?;
    Some(Cited {
        pack: form.id.clone(),
        version: form.version,
        row: form.id.clone(),
        title: form.title.clone(),
        article: form.source.clone(),
        source: form.source.clone(),
    })
}
