//! Matters (事项): what an office must see through to its end, as the fold of its steps.
//!
//! A matter is named by its opening record and has one number through all tiers; every office that has it adds its own steps. Nothing is
//! stored of its state: [`Summary`] and [`Fact`]s are pure functions of the steps that an office holds, so that a later record, also one
//! that was long underway, is simply there the next time. What each kind of matter makes of its steps:
//!
//! - [`incident`](super::incident): 突发事件
//! - [`warning`](super::warning): 预警
//! - [`verification`](super::verification): 核报
//! - [`directive`](super::directive): 指示、通报、交办、督办、电话通知
//! - [`finding`](super::finding): 督查发现
//! - [`rollcall`](super::rollcall): 点名、抽查

mod admission;
mod owed;
mod standing;
mod step;
#[cfg(test)]
pub(crate) mod tests;
mod view;
mod wanted;

pub use admission::{Inadmissible, Proposed, Taker};
pub use owed::case_of;
pub use standing::{corrects_its_own, names_those_below, only_the_opener, opening, standing};
pub use step::{Step, StepLink, Times, in_order};
pub use view::{Fact, FactValue, Summary};
pub use wanted::Wanted;

use dutynet_relay::{
    ids::{OfficeId, RecordRef},
    registry::Registry,
};

use super::{
    directive, finding, incident,
    obligation::Obligation,
    rollcall,
    rules::Packs,
    step::{MatterKind, StepForms},
    verification, warning,
};
use crate::text::refusal::Refusal;

/// A matter and the steps of it that this office holds, the opening one first.
#[derive(Debug, Clone, Copy)]
pub struct Matter<'a> {
    /// What it is.
    pub kind: MatterKind,
    /// At least one, in the order of [`in_order`].
    pub steps: &'a [Step],
}

impl Matter<'_> {
    /// Whether a step may be taken now; the opening step too, on a matter without steps.
    pub fn admit(&self, proposed: &Proposed<'_>, taker: &Taker<'_>) -> Result<(), Inadmissible> {
        if let Some(opener) = self.steps.first().map(|step| &step.office)
            && !proposed.form.is_for(taker.office, opener, taker.tree)
        {
            return Err(Inadmissible::about(Refusal::MatterNotAbove, opener));
        }
        match self.kind {
            MatterKind::Incident => incident::admit(self.steps, proposed, taker),
            MatterKind::Warning => warning::admit(self.steps, proposed, taker),
            MatterKind::Verification => verification::admit(self.steps, proposed, taker),
            MatterKind::Directive => directive::admit(self.steps, proposed, taker),
            MatterKind::Finding => finding::admit(self.steps, proposed, taker),
            MatterKind::RollCall => rollcall::admit(self.steps, proposed, taker),
        }
    }

    /// What lists show of it.
    pub fn summary(&self) -> Summary {
        match self.kind {
            MatterKind::Incident => incident::summary(self.steps),
            MatterKind::Warning => warning::summary(self.steps),
            MatterKind::Verification => verification::summary(self.steps),
            MatterKind::Directive => directive::summary(self.steps),
            MatterKind::Finding => finding::summary(self.steps),
            MatterKind::RollCall => rollcall::summary(self.steps),
        }
    }

    /// What is owed because of it, each by the rules that its clock began with.
    pub fn obligations(&self, packs: &Packs, tree: &Registry) -> Vec<Obligation> {
        match self.kind {
            MatterKind::Incident => owed::by_incident(self.steps, packs, tree),
            MatterKind::Verification => owed::by_question(self.steps, packs, tree),
            MatterKind::Finding => finding::obligations(self.steps),
            // Their times are set by a person in each case, not by a rule.
            MatterKind::Warning | MatterKind::Directive => Vec::new(),
            // Who is called depends on the tree of the time: see `rollcall::owed`.
            MatterKind::RollCall => Vec::new(),
        }
    }

    /// What an office has to do about it next, while it is open.
    pub fn wanted(&self, office: &OfficeId, tree: &Registry) -> Option<Wanted> {
        match self.kind {
            MatterKind::Incident => incident::wanted(self.steps, office, tree),
            MatterKind::Warning => warning::wanted(self.steps, office, tree),
            MatterKind::Verification => verification::wanted(self.steps, office),
            MatterKind::Directive => directive::wanted(self.steps, office),
            MatterKind::Finding => finding::wanted(self.steps, office),
            MatterKind::RollCall => rollcall::wanted(self.steps, office, tree),
        }
    }

    /// What is known of it now, each with the records that say so.
    pub fn facts(&self) -> Vec<Fact> {
        match self.kind {
            MatterKind::Incident => incident::facts(self.steps),
            MatterKind::Warning => warning::facts(self.steps),
            MatterKind::Verification => verification::facts(self.steps),
            MatterKind::Directive => directive::facts(self.steps),
            MatterKind::Finding => finding::facts(self.steps),
            MatterKind::RollCall => rollcall::facts(self.steps),
        }
    }
}

/// Of which kind a matter is, by the steps of it that are held; `None`: not known before its opening step is here. An incident goes up by
/// reports, and an office that was sent one has the matter whether or not it was ever sent the call.
pub fn kind_of(matter: &RecordRef, steps: &[Step]) -> Option<MatterKind> {
    let first = steps.first()?;
    let kind = StepForms::built_in().get(&first.form)?.matter;
    (kind == MatterKind::Incident || first.reference == *matter).then_some(kind)
}
