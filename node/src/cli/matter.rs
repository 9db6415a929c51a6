//! `dutynet incident`, `warning`, `question`, `directive`, `finding` and `consultation`: every step by one path, lists, and one matter whole.

mod asks;
mod convert;
mod filled;
pub(super) mod json;
mod paper;
mod print;
mod session;

use dutynet_proto::{api, duty, record};
use dutynet_relay::clock::{Clock as _, SystemClock};

use super::{
    answers::{Answers, Typed},
    args::{
        Place,
        matter::{ListMatters, MatterCommand, MatterVerb, ModeName, Named, ReadVerb, Take},
    },
    attachment,
    client::{Node, heard, patiently},
    convert_report, notice, person, printed, report,
    told::Told,
};
use crate::{
    body,
    domain::{
        form::{FieldKind, Lines},
        step::MatterKind,
    },
    text::{matter as text, notice::state as progress, typed, words},
};

/// Typed in the place of a long text: it is read from standard input.
const STANDARD_INPUT: &str = "-";

pub(super) async fn run(place: &Place, command: &MatterCommand) -> Result<String, Told> {
    match &command.verb {
        MatterVerb::Take(take) => self::take(place, take).await,
        MatterVerb::Finding(verb) => asks::of_findings(place, verb).await,
        MatterVerb::Session(verb) => session::run(place, verb).await,
        MatterVerb::Order(outcome, take) => session::order(place, outcome, take).await,
        MatterVerb::Paper(asked) => paper::run(place, asked).await,
        MatterVerb::Read(ReadVerb::List(asked)) => list(place, command.kind, asked).await,
        MatterVerb::Read(ReadVerb::Show(named)) => show(place, named).await,
        MatterVerb::Read(ReadVerb::Timeline(named)) => timeline(place, named).await,
    }
}

async fn take(place: &Place, take: &Take) -> Result<String, Told> {
    let node = Node::find(place).await?;
    let carried = filled::carried(&node, take).await?;
    let answers = typed_answers(take, filled::answers(&carried))?;
    let carried = filled::kept(carried, &answers);
    if take.common.preview {
        return Ok(filled::preview(take, answers, &carried));
    }
    let request = request(take, answers)?;
    let attached = attachment::beside(&take.common.attach, (&request.id, &take.common.by))?;
    let reply = patiently(|| {
        let (mut matters, request) = (node.matters(), request.clone());
        async move { matters.take(request).await }
    });
    let reply = reply.await?;
    if let Some(attached) = attached {
        attached.added_to(&node, reply.record.as_ref()).await?;
    }
    if take.common.output.json {
        return Ok(printed(&json::Taken { carried: filled::keys(&carried), ..json::Taken::from(&reply) }));
    }
    let says = if reply.folded { text::taken_already } else { text::taken };
    let mark = take.mode.map(|mode| text::mark(words::mode(convert::mode_of(mode)))).unwrap_or_default();
    let mut said = says(&mark, &take.form.title, &reply.number, &convert_report::record_text(reply.record.as_ref()));
    if let Some(office) = &take.common.on_behalf.on_behalf_of {
        said.push_str(&crate::text::report::on_behalf(office));
    }
    if is_grave(&take.form.id, &request.answers) {
        said.push('\n');
        said.push_str(&text::hand_in(&reply.number));
    }
    said.extend(filled::lines(take.form, &carried).into_iter().map(|line| format!("\n{line}")));
    if take.form.goes.is_empty() && take.common.on_behalf.on_behalf_of.is_none() {
        return Ok([said, progress(text::KEPT_HERE)].join("\n"));
    }
    Ok(notice::with_state(said, reply.state))
}

fn request(take: &Take, answers: Answers) -> Result<api::TakeStepRequest, Told> {
    let common = &take.common;
    let mode = take.mode.map_or(record::Mode::Unspecified, |mode| match mode {
        ModeName::Exercise => record::Mode::Exercise,
        ModeName::Test => record::Mode::Test,
    });
    Ok(api::TakeStepRequest {
        id: notice::id(common.id)?.into(),
        form: take.form.id.clone(),
        matter: take.matter.clone(),
        answers: answers.into_vec(&take.form.fields).iter().map(body::answer_to_wire).collect(),
        links: links(take),
        to: take.to.clone(),
        by: Some(person::named(&common.by)?),
        mode: mode.into(),
        on_behalf_of: common.on_behalf.on_behalf_of.clone().unwrap_or_default(),
        entered: report::entered(&common.on_behalf),
        corrects: common.corrects.clone(),
    })
}

/// What was typed, over what need not be typed.
fn typed_answers(take: &Take, before: Answers) -> Result<Answers, Told> {
    let long = |key: &str| {
        let kind = take.form.field(key).map(|field| &field.kind);
        matches!(kind, Some(FieldKind::Text { lines: Lines::Many, .. }))
    };
    let mut read: Vec<(&str, Vec<String>)> = Vec::new();
    for (key, texts) in &take.named {
        let from_input = texts.first().is_some_and(|text| text == STANDARD_INPUT) && long(key);
        read.push((key, if from_input { vec![notice::text(STANDARD_INPUT)?] } else { texts.clone() }));
    }
    let named = read.iter().map(|(key, texts)| (*key, texts.iter().map(String::as_str).collect())).collect();
    let typed = Typed { file: take.common.file.as_deref(), named, keyed: &take.common.fields };
    before.laid(&take.form.fields, &typed)
}

/// Assessed as 较大 or graver: its paper form is due at once.
fn is_grave(form: &str, answers: &[duty::Answer]) -> bool {
    let grave = |code: &String| ["considerable", "major", "exceptional"].contains(&code.as_str());
    let chosen = |answer: &duty::Answer| match &answer.value {
        Some(duty::answer::Value::Choices(choices)) if answer.field == "grade" => choices.codes.iter().any(grave),
        Some(_) | None => false,
    };
    form == "incident.assess" && answers.iter().any(chosen)
}

fn links(take: &Take) -> Vec<api::NamedRecord> {
    let by_role = take.roles.iter().map(|(role, record)| (*role, record.as_str()));
    let by_name = take.common.links.iter().map(|text| typed::at_equals(text).unwrap_or((text, "")));
    by_role.chain(by_name).map(|(role, record)| api::NamedRecord { role: role.to_owned(), record: record.to_owned() }).collect()
}

async fn list(place: &Place, kind: MatterKind, asked: &ListMatters) -> Result<String, Told> {
    let request = api::ListMattersRequest { kind: kind.key().to_owned(), closed: asked.all };
    let reply = heard(Node::find(place).await?.matters().list(request).await)?;
    if asked.output.json {
        return Ok(printed(&json::List::from(&reply)));
    }
    Ok(print::list(&reply, SystemClock::default().wall()))
}

async fn show(place: &Place, named: &Named) -> Result<String, Told> {
    let (node, reply) = shown(place, named).await?;
    if named.output.json {
        return Ok(printed(&json::Shown::from(&reply)));
    }
    Ok(print::shown(&reply, &print::Names::of(&node).await?))
}

async fn timeline(place: &Place, named: &Named) -> Result<String, Told> {
    let (node, reply) = shown(place, named).await?;
    if named.output.json {
        return Ok(printed(&json::Timeline::from(&reply)));
    }
    Ok(print::timeline(&reply, &print::Names::of(&node).await?))
}

async fn shown(place: &Place, named: &Named) -> Result<(Node, api::ShowMatterReply), Told> {
    let node = Node::find(place).await?;
    let reply = heard(node.matters().show(api::ShowMatterRequest { matter: named.matter.clone() }).await)?;
    Ok((node, reply))
}

#[cfg(test)]
pub(super) mod tests;
