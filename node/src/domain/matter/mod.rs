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
//! - [`consultation`](super::consultation): 会商
//! - [`rollcall`](super::rollcall): 点名、抽查

mod admission;
mod audience;
pub(in crate::domain) mod owed;
mod prefill;
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
pub use owed::{APPROVER, Known, approval_facts, approvers, case_of};
pub(in crate::domain) use prefill::in_words;
pub use prefill::{Prefilled, as_before, prefill};
pub use said::digest_of;
pub use standing::{corrects_its_own, may_correct, names_those_below, only_the_opener, opening, same_hand, standing, was_done};
pub use step::{Delivery, FirstReceiver, Step, StepLink, Times, in_order};
pub use versions::{Versions, chooses, replaced_by, settled, versions};
pub use view::{Fact, FactValue, Summary};
pub use wanted::Wanted;

use dutynet_relay::{
    ids::{OfficeId, RecordRef},
    registry::Registry,
};

use super::{
    consultation, directive, drill, finding, incident,
    obligation::Obligation,
    rollcall,
    step::{MatterKind, Only, StepForms},
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
            let why = match proposed.form.only {
                Some(Only::Opener) => Refusal::MatterNotOpener,
                Some(Only::Above) | None => Refusal::MatterNotAbove,
            };
            return Err(Inadmissible::about(why, opener));
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
            MatterKind::Consultation => consultation::admit(steps, proposed, taker),
            MatterKind::RollCall => rollcall::admit(steps, proposed, taker),
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
            MatterKind::Consultation => consultation::summary(steps),
            MatterKind::RollCall => rollcall::summary(steps),
        }
    }

    /// What is owed because of it, each by the rules that its clock began with, or until the time that a person has set.
    pub fn obligations(&self, known: &Known<'_>) -> Vec<Obligation> {
        let steps = &*settled(self.steps);
        match self.kind {
            MatterKind::Incident => owed::by_incident(steps, known),
            MatterKind::Verification => owed::by_question(steps, known),
            MatterKind::Warning => warning::obligations(steps, known),
            MatterKind::Directive => directive::obligations(steps, known),
            MatterKind::Finding => finding::obligations(steps, known),
            // What is practised in it owes what it owes; the drill itself asks for nothing.
            MatterKind::Drill => Vec::new(),
            // What it comes to is owed as directives.
            MatterKind::Consultation => Vec::new(),
            // Who is called depends on the tree of the time: see `rollcall::owed`.
            MatterKind::RollCall => Vec::new(),
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
            MatterKind::Consultation => consultation::wanted(steps, office),
            MatterKind::RollCall => rollcall::wanted(steps, office, tree),
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
            MatterKind::Consultation => consultation::facts(steps),
            MatterKind::RollCall => rollcall::facts(steps),
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
