//! Who took the call (首接人), and who handles it (承办).
//!
//! The first never changes, and every step carries it on. The second changes by an offer and its acceptance. Each of these names the
//! acceptance by which its maker, or whoever offered, handles the incident; so they are a chain that can be followed without any clock, in
//! any order of arrival, and also where only the acceptances are held.
//!
//! From an offer on the incident is with the office that it names, and that office's first act is the answer; nobody can take an offer back.
//! So no two offices can both believe it to be theirs, however long an acceptance is underway.

use std::collections::BTreeSet;

use dutynet_relay::{
    ids::{OfficeId, RecordRef},
    record::Person,
};

use crate::domain::{
    matter::{FirstReceiver, Proposed, Step, StepLink},
    step::{StepForm, StepForms},
};

const OFFER: &str = "incident.handover";
const ANSWER: &str = "incident.accept";

/// Role in which an answer names its offer.
const TO_OFFER: &str = "offer";
/// Role in which both name the acceptance before them; the first of a matter name none.
const SINCE: &str = "since";

/// What the program names by itself; who types it has to type the same.
pub const BY_ITSELF: [&str; 2] = [TO_OFFER, SINCE];

/// Who took the call, and the step that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received<'a> {
    /// Whose call it was.
    pub office: &'a OfficeId,
    /// `None`: nobody who told this office of the incident knew.
    pub by: Option<&'a Person>,
    /// The record of the call.
    pub call: &'a RecordRef,
    /// The opening step, or one that names him.
    pub source: &'a Step,
}

/// Who handles it, and to whom it is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handling<'a> {
    /// Never changes.
    pub first: Received<'a>,
    /// The office that handles it.
    pub handler: &'a OfficeId,
    /// The acceptance that made it so; `None`: it took the call.
    pub since: Option<&'a Step>,
    /// An offer that is not answered yet.
    pub offer: Option<&'a Step>,
}

impl Handling<'_> {
    /// The one office that may do what belongs to the handler.
    pub fn side(&self) -> &OfficeId {
        self.offer.and_then(|offer| offer.to.first()).unwrap_or(self.handler)
    }
}

/// Who took the call: as the opening step says, else as it was carried on; of two calls about one event, the one that was made first. At least
/// one step.
pub fn first_receiver(steps: &[Step]) -> Received<'_> {
    let opens = |step: &&Step| StepForms::built_in().get(&step.form).is_some_and(|form| form.opens);
    let calls = steps.iter().filter(opens).map(of_call);
    let carried = steps.iter().filter_map(|step| {
        let first = step.first.as_ref()?;
        Some(Received { office: &first.office, by: first.by.as_ref(), call: &first.call, source: step })
    });
    let known = calls.chain(carried);
    known.min_by_key(|known| (known.call.id, known.call, &known.source.reference)).unwrap_or_else(|| of_call(&steps[0]))
}

/// Whoever entered it for another office took the call himself.
fn of_call(step: &Step) -> Received<'_> {
    Received { office: &step.office, by: step.by.as_ref(), call: &step.reference, source: step }
}

/// The matter that an office has entered itself, where this one was entered in its name and one of both has said that they are the same event.
/// `None`: nobody has. The steps may be those of the whole thread.
pub fn same_as(matter: &RecordRef, steps: &[Step], is_above: impl Fn(&OfficeId, &OfficeId) -> bool) -> Option<RecordRef> {
    let said = |step: &Step| {
        let own = step.link("own").filter(|_| step.form == "incident.same")?;
        let by_one_of_both = [&matter.origin, &own.origin].contains(&&step.reference.origin);
        (by_one_of_both && own != matter && is_above(&matter.origin, &own.origin)).then(|| own.clone())
    };
    steps.iter().filter_map(said).min()
}

/// Follows acceptances from office to office. At least one step.
pub fn handling(steps: &[Step]) -> Handling<'_> {
    let first = first_receiver(steps);
    let mut now = Handling { handler: first.office, first, since: None, offer: None };
    let mut followed = BTreeSet::new();
    while let Some(accepted) = accepted(steps, &now)
        && followed.insert(&accepted.reference)
    {
        now = Handling { handler: &accepted.office, since: Some(accepted), ..now };
    }
    now.offer = waiting(steps, &now);
    now
}

/// What the handover that is proposed, or its answer, must name besides what was typed.
pub fn names_by_itself(steps: &[Step], form: &StepForm) -> Vec<StepLink> {
    if steps.is_empty() || (form.id != OFFER && form.id != ANSWER) {
        return Vec::new();
    }
    let now = handling(steps);
    let link = |role: &str, step: &Step| StepLink { role: role.to_owned(), record: step.reference.clone() };
    let offer = now.offer.filter(|_| form.id == ANSWER).map(|offer| link(TO_OFFER, offer));
    offer.into_iter().chain(now.since.map(|since| link(SINCE, since))).collect()
}

/// The first receiver as the next step carries him on.
pub fn carried_on(steps: &[Step]) -> Option<FirstReceiver> {
    let first = (!steps.is_empty()).then(|| first_receiver(steps))?;
    Some(FirstReceiver { office: first.office.clone(), by: first.by.cloned(), call: first.call.clone() })
}

/// Whether what a handover or an answer names is what it is about now.
pub(super) fn names_rightly(steps: &[Step], proposed: &Proposed<'_>) -> bool {
    let right = names_by_itself(steps, proposed.form);
    let named = |role: &str| proposed.links.iter().filter(|link| link.role == role).collect::<Vec<_>>();
    BY_ITSELF.into_iter().all(|role| named(role) == right.iter().filter(|link| link.role == role).collect::<Vec<_>>())
}

fn follows(step: &Step, now: &Handling<'_>) -> bool {
    step.link(SINCE) == now.since.map(|since| &since.reference)
}

/// The acceptance that comes next. An office that was set back to an older backup may have offered, or answered, twice: the earlier offer
/// counts, and of one offer the acceptance.
fn accepted<'a>(steps: &'a [Step], now: &Handling<'a>) -> Option<&'a Step> {
    let fits = |answer: &&Step| {
        let offer = answer.link(TO_OFFER).and_then(|offer| steps.iter().find(|step| step.reference == *offer));
        let made_for_it = |offer: &Step| offer.office == *now.handler && offer.to.first() == Some(&answer.office);
        answer.form == ANSWER
            && answer.choice("answer") != Some("declined")
            && answer.link(TO_OFFER).is_some()
            && follows(answer, now)
            && offer.is_none_or(made_for_it)
    };
    steps.iter().filter(fits).min_by_key(|answer| (answer.link(TO_OFFER), &answer.reference))
}

/// The offer of the handler that nobody has answered.
fn waiting<'a>(steps: &'a [Step], now: &Handling<'a>) -> Option<&'a Step> {
    let answered = |offer: &Step| {
        let by =
            |step: &Step| step.form == ANSWER && step.link(TO_OFFER) == Some(&offer.reference) && offer.to.contains(&step.office);
        steps.iter().any(by)
    };
    let open = |offer: &&Step| offer.form == OFFER && offer.office == *now.handler && follows(offer, now) && !answered(offer);
    let found: Option<&RecordRef> = steps.iter().filter(open).map(|offer| &offer.reference).min();
    steps.iter().find(|step| Some(&step.reference) == found)
}
