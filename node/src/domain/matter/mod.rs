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
//! - [`drill`](super::drill): 演练

mod admission;
mod audience;
mod owed;
mod said;
mod standing;
mod step;
#[cfg(test)]
pub(crate) mod tests;
mod versions;
mod view;
mod wanted;

pub use admission::{Inadmissible, Proposed, Taker};
pub use audience::{Sending, audience};
pub use said::digest_of;
pub use standing::{corrects_its_own, may_correct, names_those_below, only_the_opener, opening, same_hand, standing};
pub use step::{FirstReceiver, Step, StepLink, Times, in_order};
pub use versions::{Versions, chooses, replaced_by, settled, versions};
pub use view::{Fact, FactValue, Summary};
pub use wanted::Wanted;

use dutynet_relay::{
    ids::{OfficeId, RecordRef},
    registry::Registry,
};

use super::{
    directive, drill, finding, incident,
    obligation::Obligation,
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
        if chooses(&proposed.form.id) {
            return versions::admit(self.steps, proposed, taker);
        }
        let steps = &*settled(self.steps);
        match self.kind {
            MatterKind::Incident => incident::admit(steps, proposed, taker),
            MatterKind::Warning => warning::admit(steps, proposed, taker),
            MatterKind::Verification => verification::admit(steps, proposed, taker),
            MatterKind::Directive => directive::admit(steps, proposed, taker),
            MatterKind::Finding => finding::admit(steps, proposed, taker),
            MatterKind::Drill => drill::admit(steps, proposed, taker),
        }
    }

    /// What lists show of it.
    pub fn summary(&self) -> Summary {
        let steps = &*settled(self.steps);
        match self.kind {
            MatterKind::Incident => incident::summary(steps),
            MatterKind::Warning => warning::summary(steps),
            MatterKind::Verification => verification::summary(steps),
            MatterKind::Directive => directive::summary(steps),
            MatterKind::Finding => finding::summary(steps),
            MatterKind::Drill => drill::summary(steps),
        }
    }

    /// What is owed because of it, each by the rules that its clock began with.
    pub fn obligations(&self, packs: &Packs, tree: &Registry) -> Vec<Obligation> {
        let steps = &*settled(self.steps);
        match self.kind {
            MatterKind::Incident => owed::by_incident(steps, packs, tree),
            MatterKind::Verification => owed::by_question(steps, packs, tree),
            MatterKind::Finding => finding::obligations(steps),
            // Their times are set by a person in each case, not by a rule.
            MatterKind::Warning | MatterKind::Directive => Vec::new(),
            // Nothing that is owed in an exercise is ever counted.
            MatterKind::Drill => Vec::new(),
        }
    }

    /// What an office has to do about it next, while it is open.
    pub fn wanted(&self, office: &OfficeId, tree: &Registry) -> Option<Wanted> {
        let steps = &*settled(self.steps);
        match self.kind {
            MatterKind::Incident => incident::wanted(steps, office, tree),
            MatterKind::Warning => warning::wanted(steps, office, tree),
            MatterKind::Verification => verification::wanted(steps, office),
            MatterKind::Directive => directive::wanted(steps, office),
            MatterKind::Finding => finding::wanted(steps, office),
            // Nobody is asked to do anything about the drill itself.
            MatterKind::Drill => None,
        }
    }

    /// What is known of it now, each with the records that say so.
    pub fn facts(&self) -> Vec<Fact> {
        let steps = &*settled(self.steps);
        let mut facts = match self.kind {
            MatterKind::Incident => incident::facts(steps),
            MatterKind::Warning => warning::facts(steps),
            MatterKind::Verification => verification::facts(steps),
            MatterKind::Directive => directive::facts(steps),
            MatterKind::Finding => finding::facts(steps),
            MatterKind::Drill => drill::facts(steps),
        };
        facts.extend(versions::facts(self.steps));
        facts
    }
}

/// The steps from which it follows how a matter stands: those that still say something. Where its opening one was removed, all of them are
/// taken, because without it nothing can be said of the others.
pub fn telling(kind: MatterKind, matter: &RecordRef, steps: &[Step]) -> Vec<Step> {
    let living: Vec<Step> = steps.iter().filter(|step| !step.hollow).cloned().collect();
    let opened = living.first().is_some_and(|first| first.reference == *matter || kind == MatterKind::Incident);
    if opened { living } else { steps.to_vec() }
}

/// Whether the content of every step was removed: then nothing is to be done about it any more.
pub fn is_over(steps: &[Step]) -> bool {
    steps.iter().all(|step| step.hollow)
}

/// Of which kind a matter is, by the steps of it that are held; `None`: not known before its opening step is here. An incident goes up by
/// reports, and an office that was sent one has the matter whether or not it was ever sent the call.
pub fn kind_of(matter: &RecordRef, steps: &[Step]) -> Option<MatterKind> {
    let first = steps.first()?;
    // That somebody else handles it now is told to every tier above, also to one that nobody has reported to yet.
    if steps.iter().all(|step| step.form == "incident.accept") {
        return None;
    }
    let kind = StepForms::built_in().get(&first.form)?.matter;
    (kind == MatterKind::Incident || first.reference == *matter).then_some(kind)
}
