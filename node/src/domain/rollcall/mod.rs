//! 点名、抽查: an office above calls those below, and each says who is on duty. Which steps may be taken, and what they come to.
//!
//! - [`course`]: who is called, in which rounds; the answering time of each office runs from when its own node had the call.
//! - [`outcome`]: how each office stands.
//! - [`draw`]: a random draw that anybody can make again.
//! - `owed`: what is owed because of a call, stage by stage: an answer, a second call, the parent's inquiry.
//!
//! Nothing here is a penalty: whoever has not answered may explain, and a person rules.

mod admit;
pub mod course;
pub mod draw;
pub mod outcome;
mod owed;
#[cfg(test)]
mod tests;

pub use admit::{AHEAD_MAX_MS, admit};
pub use course::{Course, NotOpen, Part, Round, Turn};
pub use draw::drawn;
pub use outcome::{Outcome, RINGS_MAX, rings};
pub use owed::owed;

use dutynet_relay::{
    ids::{OfficeId, UnixMillis},
    registry::Registry,
};

use super::{
    matter::{Fact, FactValue, Step, Summary, Wanted},
    step::MatterKind,
};

/// Nobody answers a call about which nothing was done for so long, ms: later it is as good as closed, whether somebody closed it or not.
const OVER_AFTER_MS: i64 = AHEAD_MAX_MS + 2 * course::LATE_MAX_MS;

/// Whether it is a call that is over by far. Judged without its steps, of which there may be thousands.
pub fn is_long_over(listed: &Summary, now: UnixMillis) -> bool {
    listed.kind == MatterKind::RollCall && now.0.saturating_sub(listed.last_at.0) >= OVER_AFTER_MS
}

/// What lists show.
pub fn summary(steps: &[Step]) -> Summary {
    let closed = Course::of(steps).and_then(|course| course.closed());
    Summary {
        kind: MatterKind::RollCall,
        open: closed.is_none(),
        state: if closed.is_some() { "closed" } else { "called" }.into(),
        grade: steps[0].choice("kind").unwrap_or_default().to_owned(),
        titled_by: steps[0].reference.clone(),
        last_at: steps.iter().map(|step| step.times.here).max().unwrap_or_default(),
    }
}

/// What an office has to do about it next, as far as no clock is asked.
pub fn wanted(steps: &[Step], office: &OfficeId, tree: &Registry) -> Option<Wanted> {
    let course = Course::of(steps).filter(|course| course.closed().is_none())?;
    let part = course.part(office, tree);
    let waits = part.answered.is_none() && !part.latest().is_missed();
    let is_called = course.calls(office, |office, top| tree.is_ancestor(top, office));
    (is_called && waits).then_some(Wanted::Answer)
}

/// What is known now. How each office stands is judged by the lines, too, and stands in the table.
pub fn facts(steps: &[Step]) -> Vec<Fact> {
    let Some(course) = Course::of(steps) else { return Vec::new() };
    let call = course.call;
    let words = |step: &Step, field: &str, key: &str| {
        step.text(field).map(|words| Fact::of(key, FactValue::Text(words.to_owned()), &step.reference))
    };
    let mut facts: Vec<Fact> = ["title", "group"].iter().filter_map(|key| words(call, key, key)).collect();
    facts.extend(call.choice("kind").map(|kind| Fact::of("kind", FactValue::Code(kind.to_owned()), &call.reference)));
    facts.push(Fact::of("called_by", FactValue::Office(call.office.clone()), &call.reference));
    facts.push(Fact::of("opens_at", FactValue::Time(course.first().opens().origin), &call.reference));
    let numbers = ["minutes", "draw"].into_iter();
    facts.extend(numbers.filter_map(|key| Some(Fact::of(key, FactValue::Number(call.number(key)?), &call.reference))));
    if course.draws().is_some() {
        facts.push(Fact::of("seed", FactValue::Text(call.digest.to_string()), &call.reference));
    }
    let of_office = [(course::ANSWER, "answered"), (course::EXPLAIN, "explained")];
    for (form, key) in of_office {
        facts.extend(course.every(form).map(|step| Fact::of(key, FactValue::Office(step.office.clone()), &step.reference)));
    }
    for (form, key) in [(course::PHONE, "phoned"), (course::RULE, "ruled"), (course::AGAIN, "again")] {
        let about = course.every(form).flat_map(|step| step.to.iter().map(move |office| (step, office)));
        facts.extend(about.map(|(step, office)| Fact::of(key, FactValue::Office(office.clone()), &step.reference)));
    }
    facts.extend(course.closed().and_then(|step| words(step, "words", "outcome")));
    facts
}
