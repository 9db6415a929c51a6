//! 突发事件: which steps may be taken, and what they come to.
//!
//! One matter through all tiers: the office that took the call opens it, every tier above adds its own report (逐级), and an office that was
//! only sent a report holds the matter without its opening step. Whoever took the call stays named; who handles it changes by offer and
//! acceptance, so that at every moment one office, and no other, may do what belongs to the handler.
//!
//! - [`mod@handling`]: who took the call, who handles it, and to whom it is offered.
//! - [`state`]: what was asked and approved, and where it stands.
//! - [`admit`]: whether a step may be taken, with a refusal code for each reason.
//! - [`advice`](mod@advice): what the rules suggest: elements, a grade from the figures, whom to tell. [`elements`]: where each element is said.
//! - [`numbering`]: 首报, 续报 n, 终报, for each office.
//! - [`recipients`]: who else was sent a report, and whether all were told the same.
//! - [`place`]: whether two calls may be about one event.
//! - [`totals`]: figures of several offices together, each sum opening its parts.
//! - [`facts`]: what is known, each with the records that say so; the elements that are still to be told.

mod admit;
mod advice;
mod elements;
mod facts;
mod handling;
mod numbering;
mod place;
mod recipients;
mod state;
#[cfg(test)]
mod tests;
mod totals;

pub use admit::admit;
pub use advice::advice;
pub use facts::{ELEMENTS, facts, missing_elements};
pub use handling::{BY_ITSELF, Handling, Received, carried_on, first_receiver, handling, names_by_itself, same_as};
pub use numbering::{Report, Stage, reports};
pub use place::may_be_one_place;
pub use recipients::{skipped_facts, text_code};
pub use state::{Ask, asks, awaits_own_word, is_withdrawn, summary, wanted};
pub use totals::{MEASURES, Part, Total, joined, total_facts, totals};

use dutynet_relay::ids::OfficeId;

use self::state::graded;
use super::matter::{Step, same_hand};

/// Steps of one office, in the order of its own clock, whatever other clocks say.
fn of_office<'a>(steps: &'a [Step], office: &OfficeId) -> Vec<&'a Step> {
    let mut own: Vec<_> = steps.iter().filter(|step| step.office == *office).collect();
    own.sort_by_key(|step| (step.times.recorded.here, step.reference.clone()));
    own
}

/// Those whose place no later step of their office has taken.
pub(in crate::domain) fn standing(steps: &[Step]) -> impl Iterator<Item = &Step> {
    let corrected = |step: &Step| {
        let by = |other: &Step| other.corrects.as_ref() == Some(&step.reference) && same_hand(other, step);
        steps.iter().any(by)
    };
    steps.iter().filter(move |step| !corrected(step) && !is_withdrawn(steps, step))
}
