//! What of a step was not typed, because earlier steps had said it: asked of the node, laid under what was typed, and said aloud, so that
//! nobody hands in what he has not seen.

use dutynet_proto::api;
use dutynet_relay::{
    clock::{Clock as _, SystemClock},
    ids::UnixMillis,
};

use super::{json, print};
use crate::{
    body,
    cli::{
        answers::Answers,
        args::matter::Take,
        client::{Node, heard},
        convert_report::answered_all,
        printed,
        told::Told,
    },
    domain::{
        form::Answer,
        step::{StepForm, StepForms},
    },
    text::{matter as text, notice, words},
};

/// A field that an earlier step has answered.
pub(super) struct Carried {
    answer: Answer,
    sources: Vec<api::PrefillSource>,
}

/// Nothing where a matter begins, or where it was asked to begin from nothing.
pub(super) async fn carried(node: &Node, take: &Take) -> Result<Vec<Carried>, Told> {
    let common = &take.common;
    if take.form.opens || common.blank || (take.form.prefill.is_empty() && common.corrects.is_empty()) {
        return Ok(Vec::new());
    }
    let request = api::PrefillRequest {
        form: take.form.id.clone(),
        matter: take.matter.clone(),
        on_behalf_of: common.on_behalf.on_behalf_of.clone().unwrap_or_default(),
        corrects: common.corrects.clone(),
        id: common.id.map(|id| id.as_bytes().to_vec()).unwrap_or_default().into(),
    };
    let reply = heard(node.matters().prefill(request).await)?;
    let one =
        |field: api::PrefilledField| Some(Carried { answer: body::answer_from_wire(field.answer?)?, sources: field.sources });
    Ok(reply.fields.into_iter().filter_map(one).collect())
}

pub(super) fn answers(carried: &[Carried]) -> Answers {
    Answers::of(carried.iter().map(|one| one.answer.clone()).collect())
}

/// Those that nothing was typed over.
pub(super) fn kept(carried: Vec<Carried>, answers: &Answers) -> Vec<Carried> {
    carried.into_iter().filter(|one| answers.value(&one.answer.field) == Some(&one.answer.value)).collect()
}

pub(super) fn keys(carried: &[Carried]) -> Vec<String> {
    carried.iter().map(|one| one.answer.field.clone()).collect()
}

/// A line for each step that they come from.
pub(super) fn lines(form: &StepForm, carried: &[Carried]) -> Vec<String> {
    let mut by_step: Vec<(Option<&api::PrefillSource>, Vec<String>)> = Vec::new();
    for one in carried {
        let (source, label) = (one.sources.last(), label(form, &one.answer.field));
        match by_step.iter_mut().find(|(held, _)| held.map(|s| &s.record) == source.map(|s| &s.record)) {
            Some((_, labels)) => labels.push(label),
            None => by_step.push((source, vec![label])),
        }
    }
    let now = SystemClock::default().wall();
    let line = |(source, labels): (Option<&api::PrefillSource>, Vec<String>)| match source {
        Some(source) => text::carried(&labels, &step_title(&source.form), &notice::time(Some(UnixMillis(source.at_ms)), now)),
        None => text::follows(&labels),
    };
    by_step.into_iter().map(line).collect()
}

/// The whole step as it would be handed in.
pub(super) fn preview(take: &Take, answers: Answers, carried: &[Carried]) -> String {
    let answers = answers.into_vec(&take.form.fields).iter().map(body::answer_to_wire).collect::<Vec<_>>();
    if take.common.output.json {
        let (form, answers) = (take.form.id.clone(), answered_all(&answers));
        return printed(&json::Preview { form, answers, carried: keys(carried) });
    }
    let mut lines = vec![text::preview(&take.form.title)];
    for field in &take.form.fields {
        let said = answers.iter().find(|answer| answer.field == field.key);
        let value = said.map_or_else(|| words::DASH.to_owned(), |answer| print::value(Some(field), answer));
        let source = if carried.iter().any(|one| one.answer.field == field.key) { text::CARRIED } else { "" };
        lines.push(text::previewed(&field.label, &value, source));
    }
    lines.join("\n")
}

fn label(form: &StepForm, key: &str) -> String {
    form.field(key).map_or_else(|| key.to_owned(), |field| field.label.clone())
}

fn step_title(form: &str) -> String {
    StepForms::built_in().get(form).map_or_else(|| form.to_owned(), |form| form.title.clone())
}
