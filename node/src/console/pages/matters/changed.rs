//! Two windows on one matter: what has happened since a form was opened, so that the second knows before it goes on.
//!
//! Reports that come in from others do not stop anybody; what this office itself has done meanwhile, and what has changed how the matter stands,
//! are shown once. The form then says what it has seen anew, so that sending it again goes through.

use super::super::super::{page::moment, posted::Typed};
use super::step::title;
use crate::{
    domain::number::parse_reference,
    text::{console_matter as text, matter as words},
    usecase::{ShownMatter, ShownStep},
};
use dutynet_relay::ids::{OfficeId, RecordId};

/// What a matter had come to when a form was made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::console) struct Seen {
    /// Steps that were there, and where it stood.
    pub(in crate::console) steps: usize,
    pub(in crate::console) state: String,
    pub(in crate::console) wanted: String,
}

impl Seen {
    pub(super) fn of(matter: &ShownMatter) -> Self {
        Self {
            steps: matter.steps.len(),
            state: matter.row.summary.state.clone(),
            wanted: matter.row.wanted.map_or("", |wanted| wanted.key()).to_owned(),
        }
    }

    /// As the form brings it; `None`: it does not say.
    fn typed(typed: &Typed) -> Option<Self> {
        let steps = typed.text("seen.steps").parse().ok()?;
        Some(Self { steps, state: typed.text("seen.state").to_owned(), wanted: typed.text("seen.wanted").to_owned() })
    }
}

/// What an officer should know before the form is taken; empty: nothing that concerns him.
pub(super) fn since(typed: &Typed, matter: &ShownMatter, own: &OfficeId, id: RecordId) -> Vec<String> {
    let Some(seen) = Seen::typed(typed) else { return Vec::new() };
    // The form was sent twice: the step is there, and stays one.
    let is_retry = |step: &&ShownStep| step.step.reference.origin == *own && step.step.reference.id == id;
    if matter.steps.iter().any(|step| is_retry(&step)) {
        return Vec::new();
    }
    let mut by_arrival: Vec<&ShownStep> = matter.steps.iter().collect();
    by_arrival.sort_by_key(|step| (step.step.times.here, step.step.reference.clone()));
    let new = by_arrival.into_iter().skip(seen.steps);
    let now = Seen::of(matter);
    let stands_otherwise = now.state != seen.state || now.wanted != seen.wanted;
    let concerns = |step: &&ShownStep| step.step.reference.origin == *own || stands_otherwise;
    let mut changed: Vec<String> = new.filter(concerns).map(in_words).collect();
    if now.state != seen.state {
        let word = |code: &str| words::word(matter.row.summary.kind, code).unwrap_or_default().to_owned();
        changed.push(text::stood(&word(&seen.state), &word(&now.state)));
    }
    if now.wanted != seen.wanted {
        let wants = if now.wanted.is_empty() { text::WANTS_NOTHING.to_owned() } else { text::wants(words::wanted(&now.wanted)) };
        changed.push(wants);
    }
    changed
}

fn in_words(shown: &ShownStep) -> String {
    let step = &shown.step;
    let by = step.by.as_ref().map(|by| by.name.as_str()).unwrap_or_default();
    text::step_at(&title(&step.form), &moment(step.times.recorded.here), by)
}

/// The record that a page was sent to with, of this office.
pub(super) fn saved_now(text: &str, matter: &ShownMatter) -> Option<ShownStep> {
    let reference = parse_reference(text)?;
    matter.steps.iter().find(|step| step.step.reference == reference).cloned()
}
