//! What was asked of leaders, how grave it is, and where it stands.

use std::collections::BTreeSet;

use dutynet_relay::{ids::OfficeId, registry::Registry};

use super::{handling, numbering::Stage, of_office, reports, standing};
use crate::domain::{
    matter::{Step, Summary, Wanted},
    rules::Grade,
    step::MatterKind,
};

/// Whether a step of the same office has taken it back.
pub fn is_withdrawn(steps: &[Step], step: &Step) -> bool {
    let by = |other: &Step| {
        other.form == "incident.withdraw" && other.office == step.office && other.link("report") == Some(&step.reference)
    };
    steps.iter().any(by)
}

/// Something that was put before a leader (送审).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask<'a> {
    /// The step that asked.
    pub step: &'a Step,
    /// What was answered, approvals and refusals, in order.
    pub answers: Vec<&'a Step>,
}

impl<'a> Ask<'a> {
    /// The approval, if the last word on it was one.
    pub fn approved(&self) -> Option<&'a Step> {
        self.answers.last().copied().filter(|answer| answer.form == "incident.approved")
    }
}

/// What an office has put before its leaders.
pub fn asks<'a>(steps: &'a [Step], office: &OfficeId) -> Vec<Ask<'a>> {
    let mut asks: Vec<Ask<'a>> = Vec::new();
    for step in of_office(steps, office) {
        match step.form.as_str() {
            "incident.approval-asked" => asks.push(Ask { step, answers: Vec::new() }),
            "incident.approved" | "incident.refused" => {
                let named = step.link("asked");
                let meant = |ask: &&mut Ask<'_>| named.map_or(ask.answers.is_empty(), |asked| ask.step.reference == *asked);
                if let Some(ask) = asks.iter_mut().rev().find(meant) {
                    ask.answers.push(step);
                }
            }
            _ => {}
        }
    }
    asks
}

/// Whether it is an approval that somebody has heard, by telephone or in person, so that the leader's own word is waited for.
pub fn awaits_own_word(step: &Step) -> bool {
    step.form == "incident.approved" && matches!(step.choice("how"), Some("telephone" | "in-person"))
}

/// Approvals that somebody has heard and the leader has not confirmed himself.
pub(super) fn unconfirmed<'a>(steps: &'a [Step], office: &OfficeId) -> Vec<&'a Step> {
    let own = of_office(steps, office);
    let confirmed = |step: &Step| {
        let by = |other: &&Step| other.form == "incident.confirmed" && other.link("approved") == Some(&step.reference);
        own.iter().any(by)
    };
    own.iter().copied().filter(|step| awaits_own_word(step)).filter(|step| !confirmed(step)).collect()
}

/// The step by which an office is done with it for good.
pub(super) fn closing<'a>(steps: &'a [Step], office: &OfficeId) -> Option<&'a Step> {
    of_office(steps, office).into_iter().find(|step| matches!(step.form.as_str(), "incident.transfer" | "incident.review"))
}

/// Every office that took a step.
pub(super) fn offices(steps: &[Step]) -> BTreeSet<&OfficeId> {
    steps.iter().map(|step| &step.office).collect()
}

/// The step by which an office last said how grave it is.
pub(super) fn graded<'a>(steps: &'a [Step], office: &OfficeId) -> Option<(Grade, &'a Step)> {
    let own = standing(steps).filter(|step| step.office == *office);
    let graded = own.filter_map(|step| Some((grade_of(step.choice("grade")?)?, step)));
    graded.max_by_key(|(_, step)| (step.times.recorded.here, step.reference.clone()))
}

/// A grade by its code; one that is not graded has none.
pub(super) fn grade_of(code: &str) -> Option<Grade> {
    let grades = [Grade::Ordinary, Grade::Considerable, Grade::Major, Grade::Exceptional];
    grades.into_iter().find(|grade| grade_key(*grade) == code)
}

/// Code of a grade in the forms.
pub(super) fn grade_key(grade: Grade) -> &'static str {
    match grade {
        Grade::Ordinary => "ordinary",
        Grade::Considerable => "considerable",
        Grade::Major => "major",
        Grade::Exceptional => "exceptional",
    }
}

/// The gravest of what each office last said: no office lowers what another has said.
pub(super) fn gravest(steps: &[Step]) -> Option<(Grade, &Step)> {
    let of_each = offices(steps).into_iter().filter_map(|office| graded(steps, office));
    of_each.max_by_key(|(grade, step)| (*grade, step.times.recorded.here))
}

/// What lists show. Done when every office that has reported has also made its final report; closed when the handler has transferred it, or
/// said what is to be learnt of it.
pub fn summary(steps: &[Step]) -> Summary {
    let handler = handling(steps).handler;
    let of_each: Vec<Vec<_>> = offices(steps).into_iter().map(|office| reports(steps, office)).collect();
    let counts = |stage: Option<Stage>, of_one: &Vec<super::Report<'_>>| {
        of_one.iter().any(|report| !report.withdrawn && stage.is_none_or(|stage| report.stage == stage))
    };
    let mut reporting = of_each.iter().filter(|of_one| counts(None, of_one)).peekable();
    let told = steps.iter().any(|step| step.form == "incident.skip" && !is_withdrawn(steps, step));
    let (open, state) = match (closing(steps, handler), reporting.peek().is_some()) {
        (Some(_), _) => (false, "closed"),
        (None, true) if reporting.all(|of_one| counts(Some(Stage::Final), of_one)) => (false, "final"),
        (None, true) => (true, "reported"),
        (None, false) if told => (true, "reported"),
        (None, false) => (true, "called"),
    };
    let titled = steps.iter().find(|step| step.text("title").is_some()).unwrap_or(&steps[0]);
    Summary {
        kind: MatterKind::Incident,
        open,
        state: state.to_owned(),
        grade: gravest(steps).map(|(grade, _)| grade_key(grade).to_owned()).unwrap_or_default(),
        titled_by: titled.reference.clone(),
        last_at: steps.iter().map(|step| step.times.here).max().unwrap_or_default(),
    }
}

/// What an office has to do next. The tier at the top reports to nobody in this network.
pub fn wanted(steps: &[Step], office: &OfficeId, tree: &Registry) -> Option<Wanted> {
    let handling = handling(steps);
    let own = reports(steps, office);
    let stands = |stage: Option<Stage>| own.iter().any(|r| !r.withdrawn && stage.is_none_or(|stage| r.stage == stage));
    if closing(steps, office).is_some() {
        return None;
    }
    let waits = asks(steps, office).iter().any(|ask| ask.answers.is_empty());
    let told = of_office(steps, office).iter().any(|step| step.form == "incident.told");
    let has_above = tree.parent(office).is_some();
    let cases = [
        (handling.offer.is_some() && handling.side() == office, Wanted::Accept),
        (waits, Wanted::Approve),
        (!told, Wanted::Tell),
        (has_above && !stands(None), Wanted::Report),
        // A leader's own word may be long in coming; nothing that is urgent waits behind it.
        (!unconfirmed(steps, office).is_empty(), Wanted::Confirm),
        (has_above && !stands(Some(Stage::Final)), Wanted::FollowUp),
    ];
    cases.into_iter().find(|(holds, _)| *holds).map(|(_, wanted)| wanted)
}
