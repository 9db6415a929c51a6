//! Matters: incidents, warnings, questions and directives. Lists, one whole with its timeline, and a form for each step that may be taken.
//!
//! - [`step`], [`take`]: the form of a step, and taking it; [`intake`]: that of a call; [`changed`]: two windows on one matter.
//! - [`show`]: one whole, with [`course`], [`approvals`], [`signed`] and [`next`].
//!
//! Steps are data, so one page serves all of them: what a step asks, whom it names and which article wants it stands in its form. What may be
//! taken now is found out by asking the use case, never guessed here.

mod approvals;
mod changed;
mod course;
mod intake;
mod next;
mod show;
mod signed;
mod step;
mod take;

pub(in crate::console) use approvals::{ApprovalView, UnconfirmedView, approvals, unconfirmed};
pub(in crate::console) use take::on_behalf;

use askama::Template;
use axum::{
    Router,
    extract::{Path, Query, State},
    routing::get,
};
use dutynet_relay::{ids::UnixMillis, record::Mode};
use serde::Deserialize;

use super::super::{
    Console,
    desk::Desk,
    page::{Frame, Paged, Part, html, moment},
};
use crate::{
    domain::step::{MatterKind, StepForm, StepForms},
    projection::Openness,
    text::{console as text, line::length, matter as words, refusal::Refusal, words as common},
    usecase::{MatterRow, Refused},
};

pub(super) fn router() -> Router<Console> {
    Router::new()
        .route("/matters/{kind}", get(list))
        .route("/matters/{kind}/{verb}", get(step::begin).post(take::open))
        .route("/matter/{origin}/{id}", get(show::show))
        .route("/matter/{origin}/{id}/{verb}", get(step::step).post(take::take))
}

/// A matter in a list.
pub(super) struct MatterView {
    pub(super) path: String,
    /// Of its opening record.
    pub(super) reference: String,
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
            reference: row.matter.to_string(),
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
