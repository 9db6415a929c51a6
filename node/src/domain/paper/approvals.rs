//! What leaders said to what was put before them, on a paper: each in his turn, also who has said nothing yet.

use dutynet_relay::ids::{OfficeId, RecordRef};

use super::value;
use crate::{
    domain::{
        beijing::minute,
        incident::{Ask, asks, awaits_own_word, standing},
        matter::{Step, approvers},
        step::StepForms,
    },
    text::{console::moment, incident as text, matter::in_a_line},
};

/// The lines of an office, and the records that say so. Where more than one thing was put before leaders, its time stands above the lines of each.
pub(super) fn approvals(steps: &[Step], office: &OfficeId) -> (String, Vec<RecordRef>) {
    let stands: Vec<&RecordRef> = standing(steps).map(|step| &step.reference).collect();
    let mut asked = asks(steps, office);
    asked.iter_mut().for_each(|ask| ask.answers.retain(|answer| stands.contains(&&answer.reference)));
    // What was answered stays on the paper, also when what was asked was written anew later.
    asked.retain(|ask| !ask.answers.is_empty() || stands.contains(&&ask.step.reference));
    let several = asked.len() > 1;
    let (mut lines, mut sources) = (Vec::new(), Vec::new());
    for ask in &asked {
        lines.extend(several.then(|| text::put_before(&moment(&minute(ask.step.times.recorded.here)))));
        for (at, (name, answer)) in (1..).zip(in_turn(ask)) {
            let confirmed = answer.and_then(|answer| confirmed(steps, answer));
            lines.push(text::approver(
                at,
                name,
                &answer.map_or_else(|| text::UNANSWERED.to_owned(), |said| words(said, confirmed)),
            ));
            sources.extend([answer, confirmed].into_iter().flatten().map(|step| step.reference.clone()));
        }
        sources.push(ask.step.reference.clone());
    }
    (lines.join("\n"), sources)
}

/// Those who were to be asked, and then whoever else has answered; each with the last word that he has given.
fn in_turn<'a>(ask: &Ask<'a>) -> Vec<(&'a str, Option<&'a Step>)> {
    let mut names = approvers(ask.step);
    for name in ask.answers.iter().filter_map(|answer| answer.text("approver")) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let last = |name: &str| ask.answers.iter().rfind(|answer| answer.text("approver") == Some(name)).copied();
    names.into_iter().map(|name| (name, last(name))).collect()
}

/// The step by which he has said himself that the words are his.
fn confirmed<'a>(steps: &'a [Step], answer: &Step) -> Option<&'a Step> {
    let is_of_it = |step: &&Step| {
        step.form == "incident.confirmed" && step.office == answer.office && step.link("approved") == Some(&answer.reference)
    };
    steps.iter().find(is_of_it)
}

/// Whether he agreed, when, how it is known, and his words.
fn words(answer: &Step, confirmed: Option<&Step>) -> String {
    let Some(form) = StepForms::built_in().get(&answer.form) else { return String::new() };
    let said = |key: &str| value(form, key, answer);
    let own_word = match confirmed {
        Some(step) => Some(text::confirmed(&moment(&minute(step.times.recorded.here)))),
        None => awaits_own_word(answer).then(|| text::UNCONFIRMED.to_owned()),
    };
    let more = confirmed.and_then(|step| step.text("words"));
    let opinion = said("words").map(|words| text::opinion(&words));
    let parts = [Some(form.title.clone()), said("said_at"), said("how"), said("number"), own_word, opinion];
    let parts = parts.into_iter().flatten().chain(more.map(text::opinion_more));
    in_a_line(&parts.collect::<Vec<_>>())
}
