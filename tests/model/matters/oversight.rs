//! What officers type about findings, sessions and roll calls, so that some of it is admitted.

use dutynet_node::domain::{
    form::{Answer, Value},
    matter::{Step, StepLink},
    step::{MatterKind, StepForm},
};
use dutynet_relay::ids::{OfficeId, UnixMillis};
use rand::{Rng as _, rngs::SmallRng, seq::IndexedRandom as _};

use super::world::{OFFICES, id};

const HOUR_MS: i64 = 3_600_000;

/// Steps that a node says by itself.
pub(super) fn is_the_nodes(form: &StepForm) -> bool {
    ["rollcall.delivered", "consultation.status"].contains(&form.id.as_str())
}

pub(super) fn closes(form: &StepForm) -> bool {
    ["finding.close", "consultation.close"].contains(&form.id.as_str())
}

/// Whether a step calls an office.
pub(super) fn calls(step: &Step, office: &OfficeId) -> bool {
    let everybody = step.form == "rollcall.call" && step.to.is_empty() && step.office != *office;
    ["rollcall.call", "rollcall.again"].contains(&step.form.as_str()) && (everybody || step.to.contains(office))
}

/// Offices below that a step names, as many as its form takes.
pub(super) fn named(form: &StepForm, own: usize, random: &mut SmallRng) -> Vec<OfficeId> {
    if form.names_offices.is_none() || own + 1 == OFFICES.len() {
        return Vec::new();
    }
    let one = random.random_range(own + 1..OFFICES.len());
    match form.id.as_str() {
        "rollcall.call" if random.random_ratio(1, 3) => Vec::new(),
        "finding.praise" | "consultation.call" | "rollcall.call" | "rollcall.again" => {
            OFFICES[own + 1..=one].iter().map(|office| id(office)).collect()
        }
        _ => vec![id(OFFICES[one])],
    }
}

/// Answers and links; `None`: it is no step of these kinds.
pub(super) fn typed(
    form: &StepForm,
    (steps, at): (&[Step], UnixMillis),
    random: &mut SmallRng,
) -> Option<(Vec<Answer>, Vec<StepLink>)> {
    if ![MatterKind::Finding, MatterKind::Consultation, MatterKind::RollCall].contains(&form.matter) {
        return None;
    }
    let said = |field: &str, value| Answer { field: field.into(), value };
    let code = |key: &str| Value::Choices(vec![key.into()]);
    let text = |field: &str| said(field, Value::Text(if is_every_third(steps) { "三人" } else { "二人" }.into()));
    let later = Value::Time(UnixMillis(at.0 + HOUR_MS));
    let mut pick = |of: &[&str]| code(of.choose(random).expect("a choice"));
    let answers = match form.id.as_str() {
        "finding.open" => vec![text("title"), text("says"), said("kind", pick(&["late", "absent"]))],
        "finding.rule" => {
            let ruling = said("ruling", pick(&["upheld", "upheld", "unfounded", "excused"]));
            vec![ruling, text("direct"), text("words"), text("unheard")]
        }
        "finding.follow" => vec![said("kind", pick(&["reminder", "talk", "circular"])), text("words")],
        "finding.rectify" => vec![text("what"), said("due", later)],
        "finding.feedback" => vec![said("state", pick(&["underway", "done", "done"])), text("measures")],
        "finding.check" => vec![said("result", pick(&["accepted", "accepted", "returned"])), text("reason")],
        "consultation.agenda" => vec![said("part", pick(&["convey", "analyse", "plan"])), text("words")],
        "consultation.section" => vec![said("section", pick(&["duty", "work"])), text("words")],
        "consultation.review" => vec![said("result", pick(&["approved", "returned"]))],
        "rollcall.call" => vec![text("title"), said("kind", pick(&["roll", "spot"])), said("minutes", Value::Number(10))],
        "rollcall.again" => vec![said("minutes", Value::Number(5))],
        "rollcall.phone" => {
            let result = said("result", pick(&["reached", "unanswered"]));
            vec![result, said("rings", Value::Number(2)), text("answered_by")]
        }
        "rollcall.rule" => vec![said("ruling", pick(&["excused", "line", "late", "off-post"])), text("words")],
        _ => ["title", "words", "reason", "what", "trend", "outcome", "leader", "officer", "work", "presided_by"]
            .into_iter()
            .filter(|key| form.field(key).is_some())
            .map(text)
            .collect(),
    };
    Some((answers, links(form, steps, random)))
}

/// Not everything that is said is the same.
fn is_every_third(steps: &[Step]) -> bool {
    steps.len().is_multiple_of(3)
}

/// What a step speaks of, among what is there.
fn links(form: &StepForm, steps: &[Step], random: &mut SmallRng) -> Vec<StepLink> {
    let mut one = |role: &str, of: &str| {
        let all: Vec<_> = steps.iter().filter(|step| step.form == of).collect();
        all.choose(random).map(|step| StepLink { role: role.into(), record: step.reference.clone() })
    };
    let first = |role: &str| steps.first().map(|step| StepLink { role: role.into(), record: step.reference.clone() });
    let found = match form.id.as_str() {
        "finding.rule" => [one("overrules", "finding.rule"), None],
        "finding.feedback" => [one("demand", "finding.rectify"), None],
        "finding.check" => [one("feedback", "finding.feedback"), None],
        // Any record stands for the directive: that it is one is asked where it is given.
        "consultation.ordered" => [one("outcome", "consultation.outcome"), first("directive")],
        "consultation.none" => [one("outcome", "consultation.outcome"), None],
        "consultation.review" | "consultation.publish" => [one("draft", "consultation.section"), None],
        "consultation.statement" if is_every_third(steps) => [one("answers", "consultation.statement"), None],
        _ => [None, None],
    };
    found.into_iter().flatten().collect()
}
