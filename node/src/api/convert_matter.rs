//! Between the messages of matters in `dutynet.api.v1` and the words of the use cases.

use dutynet_proto::{api, duty};

use super::{
    convert::{mode, mode_to_wire, person, person_to_wire, record_id, reference, state},
    convert_due,
    convert_notice::row,
};
use crate::{
    body,
    domain::{
        matter::{Fact, FactValue, StepLink},
        paper::FilledRow,
    },
    text::refusal::Refusal,
    usecase::{
        AskPrefill, FieldPrefilled, FilledPaper, MatterBoard, MatterRow, MatterSeat, NamedRecord, OnBehalf, PrefillSource,
        Refused, ShownMatter, ShownStep, TakeStep, TakenStep,
    },
};

pub(super) fn take(from: api::TakeStepRequest) -> Result<TakeStep, Refused> {
    let answers = from.answers.into_iter().map(|a| body::answer_from_wire(a).ok_or(Refusal::RequestUnreadable.into()));
    let on_behalf = on_behalf(from.on_behalf_of, from.entered)?;
    Ok(TakeStep {
        id: record_id(&from.id)?,
        form: from.form,
        matter: from.matter,
        answers: answers.collect::<Result<_, Refused>>()?,
        links: from.links.into_iter().map(|link| NamedRecord { role: link.role, record: link.record }).collect(),
        to: from.to,
        by: person(from.by),
        mode: if from.mode == 0 { None } else { Some(mode(from.mode)?) },
        on_behalf,
        corrects: from.corrects,
    })
}

/// Who is spoken for, and who said so: both or neither.
pub(super) fn on_behalf(office: String, entered: Option<duty::Entered>) -> Result<Option<OnBehalf>, Refused> {
    match (office.is_empty(), entered) {
        (true, None) => Ok(None),
        (true, Some(_)) => Err(Refusal::ToldByAlone.into()),
        (false, entered) => {
            let entered = entered.and_then(body::entered_from_wire).ok_or(Refusal::ToldByMissing)?;
            Ok(Some(OnBehalf { office, entered }))
        }
    }
}

pub(super) fn taken(from: &TakenStep) -> api::TakeStepReply {
    api::TakeStepReply {
        record: Some(reference(&from.reference)),
        matter: Some(reference(&from.matter)),
        number: from.number().to_string(),
        folded: from.folded,
        state: state(Some(from.state)).into(),
    }
}

pub(super) fn ask_prefill(from: api::PrefillRequest) -> Result<AskPrefill, Refused> {
    let id = if from.id.is_empty() { None } else { Some(record_id(&from.id)?) };
    let api::PrefillRequest { form, matter, on_behalf_of, corrects, .. } = from;
    Ok(AskPrefill { form, matter, on_behalf_of, corrects, id })
}

pub(super) fn prefilled(from: &FieldPrefilled) -> api::PrefilledField {
    let source = |source: &PrefillSource| api::PrefillSource {
        record: Some(reference(&source.record)),
        form: source.form.clone(),
        at_ms: source.at.0,
    };
    let sources = from.sources.iter().map(source).collect();
    api::PrefilledField { answer: Some(body::answer_to_wire(&from.answer)), sources }
}

pub(super) fn paper(from: &FilledPaper) -> api::PaperReply {
    let row = |row: &FilledRow| api::PaperRow {
        label: row.label.clone(),
        value: row.value.clone(),
        lines: row.lines,
        article: row.article.clone(),
        sources: row.sources.iter().map(reference).collect(),
    };
    api::PaperReply {
        paper: from.paper.id.clone(),
        title: from.paper.title.clone(),
        article: from.paper.source.clone(),
        matter: Some(head(&from.row)),
        office_name: from.office_name.clone(),
        rows: from.rows.iter().map(row).collect(),
        as_of_ms: from.as_of.0,
    }
}

pub(super) fn head(from: &MatterRow) -> api::MatterHead {
    api::MatterHead {
        matter: Some(reference(&from.matter)),
        number: from.number.to_string(),
        kind: from.summary.kind.key().to_owned(),
        title: from.title.clone().unwrap_or_default(),
        open: from.summary.open,
        state: from.summary.state.clone(),
        grade: from.summary.grade.clone(),
        mode: mode_to_wire(from.mode).into(),
        last_at_ms: from.summary.last_at.0,
        wanted: from.wanted.map(|wanted| wanted.key().to_owned()).unwrap_or_default(),
        due_ms: from.due.map_or(0, |at| at.0),
        opener_name: from.opener_name.clone(),
    }
}

pub(super) fn shown(from: &ShownMatter) -> api::ShowMatterReply {
    api::ShowMatterReply {
        head: Some(head(&from.row)),
        facts: from.facts.iter().map(fact).collect(),
        steps: from.steps.iter().map(step).collect(),
        dues: from.dues.iter().map(convert_due::row).collect(),
        related: from.related.iter().map(related).collect(),
        as_of_ms: from.as_of.0,
    }
}

fn related((row, steps): &(MatterRow, Vec<ShownStep>)) -> api::RelatedMatter {
    api::RelatedMatter { head: Some(head(row)), steps: steps.iter().map(step).collect() }
}

fn fact(from: &Fact) -> api::MatterFact {
    use api::matter_fact::Value as To;
    let value = match &from.value {
        FactValue::Text(text) => To::Text(text.clone()),
        FactValue::Number(number) => To::Number(*number),
        FactValue::Time(at) => To::TimeMs(at.0),
        FactValue::Code(code) => To::Code(code.clone()),
        FactValue::Office(office) => To::Office(office.to_string()),
        FactValue::Person(office, by) => {
            To::Person(api::OfficePerson { office: office.to_string(), person: Some(person_to_wire(by)) })
        }
    };
    api::MatterFact { key: from.key.clone(), value: Some(value), sources: from.sources.iter().map(reference).collect() }
}

fn step(from: &ShownStep) -> api::MatterStep {
    let ShownStep { step, state: got } = from;
    let link = |link: &StepLink| api::NamedRecord { role: link.role.clone(), record: link.record.to_string() };
    api::MatterStep {
        record: Some(reference(&step.reference)),
        form: step.form.clone(),
        office: step.office.to_string(),
        by: step.by.as_ref().map(person_to_wire),
        entered: step.entered.as_ref().map(body::entered_to_wire),
        answers: step.answers.iter().map(body::answer_to_wire).collect(),
        links: step.links.iter().map(link).collect(),
        to: step.to.iter().map(ToString::to_string).collect(),
        recorded_at_ms: step.times.recorded.origin.0,
        here_at_ms: step.times.here.0,
        happened_at_ms: step.times.happened.map_or(0, |at| at.0),
        ahead_ms: step.times.recorded.origin.0.saturating_sub(step.times.recorded.here.0),
        corrects: step.corrects.as_ref().map(reference),
        hollow: step.hollow,
        mode: mode_to_wire(step.mode).into(),
        state: state(*got).into(),
    }
}

pub(super) fn board(from: &MatterBoard) -> api::MatterBoardReply {
    let seat = |seat: &MatterSeat| api::MatterBoardRow {
        row: Some(row(&seat.row)),
        read: seat.read.iter().map(reference).collect(),
        done: seat.done.iter().map(reference).collect(),
        phoned: seat.phoned.iter().map(reference).collect(),
        awaited: seat.awaited,
        due_ms: seat.due.map_or(0, |at| at.0),
    };
    api::MatterBoardReply { head: Some(head(&from.row)), as_of_ms: from.as_of.0, rows: from.seats.iter().map(seat).collect() }
}
