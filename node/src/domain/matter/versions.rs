//! One act of an office that was entered more than once (代录): by the office itself, and by those above it while its line was down.
//!
//! Every version is kept and shown. The office's own stands, until a person chooses otherwise, with his name and why; a difference is shown to
//! both sides. Which of several stands is decided as it is for reports: [`crate::domain::standing`]. What an office may say several times
//! (figures, measures, follow-ups) has no versions: each is a word of its own, unless one says that it corrects another.

use std::{borrow::Cow, collections::BTreeMap};

use dutynet_relay::ids::{OfficeId, RecordRef};

use super::{Fact, FactValue, Inadmissible, Proposed, Step, Taker, digest_of, standing};
use crate::{
    domain::{
        report::Held,
        standing::{Choice, Difference, Standing, standing as stands_of},
    },
    text::refusal::Refusal,
};

/// Role in which a choice names the version that it keeps.
const KEPT: &str = "kept";
/// Role in which it names each of the others.
const OTHER: &str = "other";
/// Role in which the program names the choices that it replaces.
pub(super) const REPLACES: &str = "replaces";

/// Steps that an office takes once in a matter.
const ONCE: [&str; 9] = [
    "incident.call",
    "incident.review",
    "incident.transfer",
    "verification.answer",
    "directive.sign",
    "directive.read",
    "directive.done",
    "warning.signed",
    "warning.shown",
];

/// The versions of one act.
#[derive(Debug, Clone)]
pub struct Versions<'a> {
    /// Whose act it is.
    pub office: &'a OfficeId,
    /// All of them, in order.
    pub all: Vec<&'a Step>,
    /// Which one stands, and whether they differ.
    pub standing: Standing,
}

impl Versions<'_> {
    fn has(&self, record: &RecordRef) -> bool {
        self.all.iter().any(|step| step.reference == *record)
    }

    /// Everything that the office or whoever stands for it has said counts; of the other hands nothing does.
    fn drops(&self, step: &Step) -> bool {
        self.has(&step.reference) && step.reference.origin != self.standing.stands.origin
    }
}

/// Whether a step chooses between versions.
pub fn chooses(form: &str) -> bool {
    form.ends_with(".choose")
}

/// Every act of which several hands have entered a version.
pub fn versions<'a>(steps: &'a [Step]) -> Vec<Versions<'a>> {
    let mut acts: BTreeMap<(&OfficeId, &str, &str), Vec<&Step>> = BTreeMap::new();
    for step in standing(steps).filter(|step| !is_sent_back(steps, step)) {
        if let Some(slot) = slot(step) {
            acts.entry((&step.office, step.form.as_str(), slot)).or_default().push(step);
        }
    }
    let several = |all: &Vec<&Step>| all.iter().any(|step| step.reference.origin != all[0].reference.origin);
    let choices: Vec<Choice> = steps.iter().filter(|step| chooses(&step.form)).filter_map(choice).collect();
    let one = |((office, ..), all): ((&'a OfficeId, &str, &str), Vec<&'a Step>)| {
        let standing = stands_of(std::slice::from_ref(office), &held(&all), &choices)?;
        Some(Versions { office, all, standing })
    };
    acts.into_iter().filter(|(_, all)| several(all)).filter_map(one).collect()
}

/// The steps that count: without the versions that do not stand.
pub fn settled(steps: &[Step]) -> Cow<'_, [Step]> {
    let versions = versions(steps);
    if versions.is_empty() {
        return Cow::Borrowed(steps);
    }
    let counts = |step: &&Step| !versions.iter().any(|of_one| of_one.drops(step));
    Cow::Owned(steps.iter().filter(counts).cloned().collect())
}

/// Whether a choice may be made now: at the office whose act it is, or above it, between all versions that there are.
pub(super) fn admit(steps: &[Step], proposed: &Proposed<'_>, taker: &Taker<'_>) -> Result<(), Inadmissible> {
    let kept = proposed.link(KEPT).ok_or(Refusal::ChoiceUnknown)?;
    let all = versions(steps);
    let of_it =
        all.iter().find(|versions| versions.has(kept)).ok_or_else(|| Inadmissible::about(Refusal::ChoiceUnknown, kept))?;
    if of_it.standing.difference == Difference::None {
        return Err(Refusal::ChoiceNoDifference.into());
    }
    if !taker.tree.is_within(of_it.office, taker.office) {
        return Err(Inadmissible::about(Refusal::OnBehalfElsewhere, of_it.office));
    }
    // Nothing that came meanwhile is chosen unseen, and an older word of the same hand is no version.
    let named = |record: &RecordRef| {
        proposed.links.iter().any(|link| [KEPT, OTHER].contains(&link.role.as_str()) && link.record == *record)
    };
    let heads = &of_it.standing.heads;
    match heads.iter().find(|head| !named(&head.reference)) {
        Some(unseen) => Err(Inadmissible::about(Refusal::ChoiceUnknown, &unseen.reference)),
        None if heads.iter().all(|head| head.reference != *kept) => Err(Inadmissible::about(Refusal::ChoiceUnknown, kept)),
        None => Ok(()),
    }
}

/// The choices about the same act that a new one replaces.
pub fn replaced_by(steps: &[Step], kept: &RecordRef) -> Vec<RecordRef> {
    let all = versions(steps);
    let of_it = all.iter().find(|versions| versions.has(kept));
    of_it.map(|versions| versions.standing.choices.clone()).unwrap_or_default()
}

/// What stands beside a matter whose versions differ, or of which a person has chosen.
pub(super) fn facts(steps: &[Step]) -> Vec<Fact> {
    let one = |versions: Versions<'_>| match &versions.standing.difference {
        Difference::None => None,
        Difference::Open => {
            let sources = versions.standing.heads.iter().map(|head| head.reference.clone()).collect();
            Some(Fact { key: "version.differs".to_owned(), value: FactValue::Office(versions.office.clone()), sources })
        }
        Difference::Settled(choice) => {
            let by = steps.iter().find(|step| step.reference == *choice)?.by.clone()?;
            let value = FactValue::Person(choice.origin.clone(), by);
            let sources = vec![choice.clone(), versions.standing.stands.clone()];
            Some(Fact { key: "version.chosen".to_owned(), value, sources })
        }
    };
    versions(steps).into_iter().filter_map(one).collect()
}

/// `None`: an office takes such a step as often as it likes.
fn slot(step: &Step) -> Option<&str> {
    match step.form.as_str() {
        "incident.report" => step.choice("stage").filter(|stage| *stage != "followup"),
        form => ONCE.contains(&form).then_some(""),
    }
}

/// An outcome that was sent back is done with: the next one is not a version of it.
fn is_sent_back(steps: &[Step], outcome: &Step) -> bool {
    steps.iter().any(|step| step.form == "directive.return" && step.link("outcome") == Some(&outcome.reference))
}

fn held(all: &[&Step]) -> Vec<Held> {
    let mut of_each: BTreeMap<&OfficeId, Vec<&Step>> = BTreeMap::new();
    for step in all {
        of_each.entry(&step.reference.origin).or_default().push(step);
    }
    let mut held = Vec::new();
    for mut of_one in of_each.into_values() {
        // One hand's words follow its own clock.
        of_one.sort_by_key(|step| (step.times.recorded.origin, step.reference.clone()));
        let revision = |n: usize| u32::try_from(n + 1).unwrap_or(u32::MAX);
        held.extend(of_one.iter().enumerate().map(|(n, step)| Held {
            reference: step.reference.clone(),
            revision: revision(n),
            content: digest_of(&step.answers),
        }));
    }
    held
}

fn choice(step: &Step) -> Option<Choice> {
    let chosen = step.link(KEPT)?.clone();
    let named = |role: &'static str| step.links.iter().filter(move |link| link.role == role).map(|link| link.record.clone());
    let compared = named(OTHER).chain([chosen.clone()]).collect();
    Some(Choice { reference: step.reference.clone(), chosen, compared, replaces: named(REPLACES).collect() })
}

#[cfg(test)]
mod tests;
