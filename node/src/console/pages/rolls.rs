//! Roll calls (点名、抽查): the list, calling, answering every open call at once, and the live grid of one call with what may be done about it.

mod act;
mod answer;
mod call;
mod cells;
mod grid;

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    routing::get,
};
use dutynet_relay::ids::{OfficeId, UnixMillis};
use serde::Deserialize;

use super::super::{
    Console,
    desk::Desk,
    page::{Frame, Paged, Part, html, moment},
};
use crate::{
    domain::{account::Right, number::parse_reference, sign_for::Undelivered, step::MatterKind},
    projection::Openness,
    text::{console as text, console_look as look, directive, rollcall as words, words as common},
    usecase::{AskRolls, FoundRolls, RollRelation, RolledCall},
};

/// The part of the console to which these pages belong.
const PART: Part = Part::Matters(MatterKind::RollCall);

/// Calls that are over, on one page.
const OVER_MAX: usize = 50;

pub(super) fn router() -> Router<Console> {
    Router::new()
        .route("/rolls", get(list))
        .route("/rolls/new", get(call::open).post(call::call))
        .route("/rolls/answer", get(answer::open).post(answer::answer))
        .route("/roll/{origin}/{id}", get(grid::show).post(act::act))
}

#[derive(Template)]
#[template(path = "rolls.html")]
struct List {
    frame: Frame,
    rows: Vec<RollView>,
    closed: bool,
    /// Before this one there are more; empty: none.
    older: String,
    may_call: bool,
    /// Calls that wait for an answer of this office.
    to_answer: usize,
}

/// A call of the list.
struct RollView {
    path: String,
    number: String,
    title: String,
    mode: &'static str,
    relation: &'static str,
    tone: &'static str,
    caller: String,
    opens: String,
    closes: String,
    closes_ms: i64,
    left: String,
    called: usize,
    answered: usize,
}

#[derive(Deserialize, Default)]
struct AskList {
    #[serde(default)]
    closed: String,
    /// Only those before this call.
    #[serde(default)]
    before: String,
}

async fn list(State(console): State<Console>, desk: Desk, Query(asked): Query<AskList>) -> Paged {
    let closed = !asked.closed.is_empty();
    let also = if closed { Openness::Closed } else { Openness::Open };
    let ask = AskRolls { also, before: parse_reference(&asked.before), over_max: OVER_MAX };
    let FoundRolls { rows: calls, older, as_of: now } = console.office.find_rolls(ask).await?;
    let view = |call: &RolledCall| RollView {
        path: format!("/roll/{}/{}", call.row.matter.origin, call.row.matter.id),
        number: call.row.number.to_string(),
        title: call.row.title.clone().unwrap_or_else(|| common::REMOVED.to_owned()),
        mode: look::not_real(call.row.mode),
        relation: words::relation(call.relation),
        tone: if call.relation == RollRelation::ToAnswer { "bad" } else { "none" },
        caller: call.caller.clone(),
        opens: moment(call.opens),
        closes: moment(call.closes),
        closes_ms: if call.closes > now { call.closes.0 } else { 0 },
        left: if call.closes > now { text::left(call.closes, now) } else { String::new() },
        called: call.called,
        answered: call.answered,
    };
    html(&List {
        frame: console.frame(&desk, PART, look::ROLLS)?,
        to_answer: calls.iter().filter(|call| call.relation == RollRelation::ToAnswer).count(),
        rows: calls.iter().map(view).collect(),
        closed,
        older: older.map(|older| older.to_string()).unwrap_or_default(),
        may_call: desk.account.may(Right::Direct) && console.office.offices_below().iter().any(|(depth, _)| *depth > 0),
    })
}

/// Names of offices as they are now.
fn names(console: &Console) -> Names {
    console.office.offices().into_iter().map(|entry| (entry.office, entry.name)).collect()
}

type Names = BTreeMap<OfficeId, String>;

fn name(names: &Names, office: &OfficeId) -> String {
    names.get(office).cloned().unwrap_or_else(|| office.to_string())
}

/// Why a call is not delivered, in words.
fn why_not(why: &Undelivered, names: &Names, now: UnixMillis) -> String {
    directive::undelivered(why, |office| name(names, office), now)
}
