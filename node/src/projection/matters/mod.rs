//! Matters and their steps.
//!
//! - `step/<matter>/<step>`: where the record of a step stands; the words stay in the journal.
//! - `opening/<number>/<matter>`: the matters that a number names, while a step of it is held.
//! - `dirty/<matter>`: a step was added, or its content removed, and what follows from it is still to be made anew. Put by the digest, taken
//!   away by [`settle`] in one batch with what it has made, so that a cut in between loses nothing.
//! - `alias/<matter>/<its own>` and `thread/<its own>/<matter>`: what was entered in an office's name, and is the same event as that
//!   office's own: one thread, listed once, which both numbers name.
//! - `undelivered-step/<step>`: a step names this office, or is a roll call that calls it, which has not said yet that it has it. That it has been said stands with the notices.
//! - `waits/<matter>`: a step names rules that are not here yet; when a pack comes, it is settled anew. `daily/<matter>`: something is owed on
//!   each day, derived as far as its value says; when a day begins, it is settled anew.
//! - `practised/<drill>/<matter>`: what is settled anew whenever something is said of its drill.
//! - `summary/<open or closed>/<kind>/<matter>`: what lists show.
//! - `about/<other>/<matter>`: the matter names the other at its opening. It stays when the words that said so are gone: whoever reads it
//!   looks at the steps themselves.
//!
//! Each record is judged by itself, in any order: a step may stand in the journal before its matter's opening one.

mod digest;
mod settle;
mod stored;

pub(super) use digest::{NAME, delivered, delivered_here, digest, reads};
pub(super) use settle::{begin_day, settle, unsettle, unsettle_waiting};
pub use stored::ListedMatter;

use std::sync::Arc;

use dutynet_relay::{
    ids::{OfficeId, RecordRef},
    index::{Batch, Index, scan_prefix},
    journal::Place,
};

use super::{ProjectionError, SPACE, notices};
use crate::domain::{
    matter::{Delivery, Step},
    number::Number,
    rollcall::course::CALL,
    step::MatterKind,
};

/// Whether something is still to be done about a matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Openness {
    /// It is.
    Open,
    /// It is not.
    Closed,
}

fn with_deliveries(index: &dyn Index, steps: &mut [Step]) -> Result<(), ProjectionError> {
    // A call that names nobody is one to everybody below.
    for step in steps.iter_mut().filter(|step| !step.to.is_empty() || step.form == CALL) {
        let named = |office: &OfficeId| step.to.is_empty() || step.to.contains(office);
        let said = notices::deliveries(index, &step.reference)?.into_iter().filter(|answer| named(&answer.office));
        let delivery = said.map(|answer| Delivery { office: answer.office, record: answer.reference, at: answer.had_at });
        step.delivered = delivery.collect();
    }
    Ok(())
}

/// Reads them. Cheap to clone.
#[derive(Clone)]
pub struct Matters {
    index: Arc<dyn Index>,
}

impl Matters {
    /// Reads from this index.
    pub fn new(index: Arc<dyn Index>) -> Self {
        Self { index }
    }

    /// Where the records of a matter's steps stand, whichever of its names they go by.
    pub fn steps(&self, matter: &RecordRef) -> Result<Vec<Place>, ProjectionError> {
        stored::whole(self.index.as_ref(), matter)
    }

    /// The matter itself, where the reference is one that was entered in an office's name and is the same event as that office's own.
    pub fn canonical(&self, matter: &RecordRef) -> Result<RecordRef, ProjectionError> {
        let itself = stored::named_behind(self.index.as_ref(), &stored::alias_prefix(matter))?;
        Ok(itself.into_iter().next().unwrap_or_else(|| matter.clone()))
    }

    /// Puts beside each step which of the offices that it names have said that they have it.
    pub fn with_deliveries(&self, steps: &mut [Step]) -> Result<(), ProjectionError> {
        with_deliveries(self.index.as_ref(), steps)
    }

    /// Steps that name this office, each with its matter, of which it has not said yet that it has them.
    pub fn undelivered(&self, limit: usize) -> Result<Vec<(RecordRef, RecordRef)>, ProjectionError> {
        stored::undelivered(self.index.as_ref(), limit)
    }

    /// It has been said. Where the record that says so stands before its step, nothing else takes the mark away.
    pub fn was_delivered(&self, step: &RecordRef) -> Result<(), ProjectionError> {
        let mut batch = Batch::default();
        batch.delete(stored::undelivered_key(step));
        Ok(self.index.apply(SPACE, &batch)?)
    }

    /// Those whose opening record a number names: hardly ever more than one.
    pub fn by_number(&self, number: &Number) -> Result<Vec<RecordRef>, ProjectionError> {
        stored::named_behind(self.index.as_ref(), &stored::opening_prefix(number))
    }

    /// Matters that named a record at their opening.
    pub fn about(&self, named: &RecordRef) -> Result<Vec<RecordRef>, ProjectionError> {
        stored::named_behind(self.index.as_ref(), &stored::about_prefix(named))
    }

    /// What lists show of the matters of a kind.
    pub fn listed(&self, kind: MatterKind, openness: Openness) -> Result<Vec<ListedMatter>, ProjectionError> {
        let prefix = stored::summary_prefix(openness, kind);
        let found = scan_prefix(self.index.as_ref(), SPACE, prefix.as_bytes(), usize::MAX)?;
        found.iter().map(|(key, value)| stored::read_summary(&prefix, (key, value), kind, openness)).collect()
    }
}
