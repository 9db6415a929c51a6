//! 突发事件: which steps may be taken, and what they come to.

use super::{
    matter::{Fact, FactValue, Inadmissible, Proposed, Step, Summary, Taker},
    step::MatterKind,
};
use crate::text::refusal::Refusal;

/// Whether a step may be taken now.
pub fn admit(steps: &[Step], proposed: &Proposed<'_>, _taker: &Taker<'_>) -> Result<(), Inadmissible> {
    if !proposed.form.opens && is_closed(steps) {
        return Err(Refusal::MatterClosed.into());
    }
    Ok(())
}

/// What lists show.
pub fn summary(steps: &[Step]) -> Summary {
    let last_at = steps.iter().map(|step| step.times.here).max().unwrap_or_default();
    let state = if is_closed(steps) { "closed" } else { "open" };
    let titled_by = steps[0].reference.clone();
    Summary { kind: MatterKind::Incident, open: !is_closed(steps), state: state.into(), grade: String::new(), titled_by, last_at }
}

/// What is known now.
pub fn facts(steps: &[Step]) -> Vec<Fact> {
    let opening = &steps[0];
    opening
        .text("title")
        .map(|title| Fact::of("title", FactValue::Text(title.to_owned()), &opening.reference))
        .into_iter()
        .collect()
}

fn is_closed(steps: &[Step]) -> bool {
    steps.iter().any(|step| step.form == "incident.close")
}
