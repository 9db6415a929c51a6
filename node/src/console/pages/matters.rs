//! Matters: incidents, warnings, questions and directives. Lists, one whole with its timeline, and a form for each step that may be taken.
//!
//! Steps are data, so one page serves all of them: what a step asks, whom it names and which article wants it stands in its form. What may be
//! taken now is found out by asking the use case, never guessed here.

mod step;

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    Router,
    extract::{Path, Query, State},
    routing::get,
};
use dutynet_relay::{
    ids::{OfficeId, UnixMillis},
    record::Mode,
};
use serde::Deserialize;

use super::{
    super::{
        Console,
        desk::Desk,
        fields,
        page::{Frame, Paged, Part, how_far, html, moment},
    },
    dues::DueView,
    papers,
};
use crate::{
    domain::{
        access::{How, Seen},
        form::{Answer, Value},
        matter::{Fact, FactValue},
        obligation::About,
        step::{MatterKind, StepForm, StepForms},
    },
    projection::Openness,
    text::{console as text, line::length, matter as words, refusal::Refusal, words as common},
    usecase::{AskDues, Due, MatterRow, Refused, ShownStep},
};

pub(super) fn router() -> Router<Console> {
    Router::new()
        .route("/matters/{kind}", get(list))
        .route("/matters/{kind}/{verb}", get(step::begin).post(step::open))
        .route("/matter/{origin}/{id}", get(show))
        .route("/matter/{origin}/{id}/{verb}", get(step::step).post(step::take))
}

/// A matter in a list.
pub(super) struct MatterView {
    pub(super) path: String,
    pub(super) number: String,
    pub(super) title: String,
    pub(super) state: String,
    pub(super) grade: String,
    /// Not `实战`: which.
    pub(super) mode: &'static str,
    pub(super) last: String,
    /// What this office has to do next, and until when; may be empty.
    pub(super) wanted: &'static str,
    pub(super) due: String,
    pub(super) due_ms: i64,
    /// For how long nothing has happened.
    pub(super) ago: String,
}

impl MatterView {
    pub(super) fn of(row: &MatterRow, now: UnixMillis) -> Self {
        let summary = &row.summary;
        let word = |code: &str| words::word(summary.kind, code).map_or_else(|| code.to_owned(), str::to_owned);
        Self {
            path: format!("/matter/{}/{}", row.matter.origin, row.matter.id),
            number: row.number.to_string(),
            title: row.title.clone().unwrap_or_else(|| crate::text::words::REMOVED.to_owned()),
            state: word(&summary.state),
            grade: if summary.grade.is_empty() { String::new() } else { word(&summary.grade) },
            mode: mode(row.mode),
            last: moment(summary.last_at),
            wanted: row.wanted.map_or("", |wanted| words::wanted(wanted.key())),
            due: row.due.map(|due| text::left(due, now)).unwrap_or_default(),
            due_ms: row.due.map_or(0, |due| due.0),
            ago: length(now.0.abs_diff(summary.last_at.0)),
        }
    }
}

fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Real => "",
        Mode::Exercise | Mode::Test => common::mode(mode),
    }
}

#[derive(Template)]
#[template(path = "matters.html")]
struct List {
    frame: Frame,
    kind: &'static str,
    rows: Vec<MatterView>,
    closed: bool,
    opening: Vec<&'static StepForm>,
}

#[derive(Deserialize, Default)]
struct AskList {
    #[serde(default)]
    closed: String,
}

async fn list(State(console): State<Console>, desk: Desk, Path(kind): Path<String>, Query(asked): Query<AskList>) -> Paged {
    let (kind, now, closed) = (known(&kind)?, console.clock.wall(), !asked.closed.is_empty());
    let rows = console.office.matters(kind, if closed { Openness::Closed } else { Openness::Open }).await?;
    html(&List {
        frame: console.frame(&desk, Part::Matters(kind), words::kind(kind))?,
        kind: kind.key(),
        rows: rows.iter().map(|row| MatterView::of(row, now)).collect(),
        closed,
        opening: StepForms::built_in().of(kind).filter(|form| form.opens).collect(),
    })
}

fn known(kind: &str) -> Result<MatterKind, Refused> {
    MatterKind::from_key(kind).ok_or_else(|| Refusal::PageUnknown.into())
}

#[derive(Template)]
#[template(path = "matter.html")]
struct Show {
    frame: Frame,
    path: String,
    head: MatterView,
    facts: Vec<(String, Vec<String>)>,
    dues: Vec<DueView>,
    /// Every step, the latest first.
    steps: Vec<StepView>,
    /// What may be done now, what needs this office first.
    next: Vec<&'static StepForm>,
    /// Forms that can be printed: id and title.
    papers: Vec<(&'static str, &'static str)>,
    /// `<origin>/<id>`, as they are printed.
    reference: String,
}

/// A step on the timeline.
struct StepView {
    title: String,
    office: String,
    by: String,
    /// 代录: who said it, and who entered it.
    entered: String,
    at: String,
    came: String,
    state: &'static str,
    answers: Vec<(String, String)>,
    to: String,
    hollow: bool,
    own: bool,
}

async fn show(State(console): State<Console>, desk: Desk, Path((origin, id)): Path<(String, String)>) -> Paged {
    let shown = console.office.matter(&format!("{origin}/{id}")).await?;
    console.saw(&desk, How::Opened, Seen::matter(&shown.row.matter));
    let (kind, now) = (shown.row.summary.kind, console.clock.wall());
    let head = MatterView::of(&shown.row, now);
    let dues = console.office.dues(AskDues::default()).await?;
    let about = |due: &&Due| due.obligation.about == About::Matter(shown.row.matter.clone());
    let names = names(&console);
    html(&Show {
        frame: console.frame(&desk, Part::Matters(kind), format!("{} {}", head.number, head.title))?,
        path: head.path.clone(),
        facts: facts(kind, &shown.facts, &names),
        dues: dues.dues.iter().filter(about).map(|due| DueView::of(due, now)).collect(),
        steps: shown.steps.iter().rev().map(|step| step_view(step, &names, &console)).collect(),
        next: console.office.steps_open_to(&shown.row.matter, kind),
        papers: papers::of(kind),
        reference: format!("{origin}/{id}"),
        head,
    })
}

type Names = BTreeMap<OfficeId, String>;

fn names(console: &Console) -> Names {
    console.office.offices().into_iter().map(|entry| (entry.office, entry.name)).collect()
}

fn name(names: &Names, office: &OfficeId) -> String {
    names.get(office).cloned().unwrap_or_else(|| office.to_string())
}

/// Facts of one name together, in the order in which they are known.
fn facts(kind: MatterKind, facts: &[Fact], names: &Names) -> Vec<(String, Vec<String>)> {
    let mut shown: Vec<(String, Vec<String>)> = Vec::new();
    for fact in facts {
        let label = words::label(kind, &fact.key).map_or_else(|| fact.key.clone(), str::to_owned);
        let value = match &fact.value {
            FactValue::Text(text) => text.clone(),
            FactValue::Number(number) => number.to_string(),
            FactValue::Time(at) => moment(*at),
            FactValue::Code(code) => words::word(kind, code).map_or_else(|| code.clone(), str::to_owned),
            FactValue::Office(office) => name(names, office),
            FactValue::Person(office, person) => words::person(&name(names, office), &person.name),
        };
        match shown.iter_mut().find(|(known, _)| *known == label) {
            Some((_, values)) => values.push(value),
            None => shown.push((label, vec![value])),
        }
    }
    shown
}

fn step_view(shown: &ShownStep, names: &Names, console: &Console) -> StepView {
    let step = &shown.step;
    let form = StepForms::built_in().get(&step.form);
    let said = |answer: &Answer| {
        let field = form.and_then(|form| form.field(&answer.field))?;
        (!matches!(answer.value, Value::Text(ref text) if text.is_empty()))
            .then(|| (field.label.clone(), fields::for_reading(field, &answer.value)))
    };
    let entered = step.entered.as_ref().map(|entered| text::entered(&name(names, &step.reference.origin), &entered.told_by));
    StepView {
        title: form.map_or_else(|| step.form.clone(), |form| form.title.clone()),
        office: name(names, &step.office),
        by: step.by.as_ref().map(|by| by.name.clone()).unwrap_or_default(),
        entered: entered.unwrap_or_default(),
        at: moment(step.times.recorded.here),
        came: if step.reference.origin == console.office.status().office { String::new() } else { moment(step.times.here) },
        state: shown.state.map_or("", how_far),
        answers: step.answers.iter().filter_map(said).collect(),
        to: text::listed(&step.to.iter().map(|office| name(names, office)).collect::<Vec<_>>()),
        hollow: step.hollow,
        own: shown.state.is_some(),
    }
}
