//! What waits for a leader: to approve, to confirm as his own words, to read, to decide; and what is under way, each with a word from him away.
//! Made for a telephone's width: one card for each thing, two taps for each answer.

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    routing::get,
};
use serde::Deserialize;

use super::{
    super::{
        Console,
        desk::Desk,
        page::{Frame, Paged, Part, html, moment},
    },
    matters::{ApprovalView, MatterView, UnconfirmedView, approvals, unconfirmed},
};
use crate::{
    domain::{
        access::{How, Seen},
        step::MatterKind,
    },
    projection::Openness,
    text::{console_matter as text, matter as words},
    usecase::{MatterRow, Refused, ShownMatter},
};

/// Matters of a kind that are looked through.
const SHOWN_MAX: usize = 30;

pub(super) fn router() -> Router<Console> {
    Router::new().route("/inbox", get(inbox))
}

#[derive(Template)]
#[template(path = "inbox.html")]
struct Page {
    frame: Frame,
    person: String,
    /// By which he approves; empty: he is no leader.
    approver: String,
    /// His word was written down.
    saved: bool,
    /// Before him, or before others of his office.
    approvals: Vec<(MatterView, Vec<ApprovalView>)>,
    unconfirmed: Vec<(MatterView, UnconfirmedView)>,
    /// Orders from above that he has not read.
    unread: Vec<UnreadView>,
    /// What somebody has to decide.
    decisions: Vec<DecisionView>,
    /// Events that are open, the gravest needs first.
    events: Vec<EventView>,
}

struct UnreadView {
    head: MatterView,
    words: String,
    from: String,
    id: String,
}

struct DecisionView {
    head: MatterView,
    what: String,
}

struct EventView {
    head: MatterView,
    id: String,
    /// A title for what he orders.
    title: String,
    last: String,
}

#[derive(Deserialize, Default)]
struct Asked {
    /// The record that was just made.
    #[serde(default)]
    saved: String,
}

async fn inbox(State(console): State<Console>, desk: Desk, Query(asked): Query<Asked>) -> Paged {
    console.saw(&desk, How::Opened, Seen::page("/inbox"));
    let own = console.office.own().clone();
    let person = desk.account.name.clone();
    let approver = desk.account.approves_as().unwrap_or_default().to_owned();
    let now = console.clock.wall();
    let (mut asks, mut words_given, mut events) = (Vec::new(), Vec::new(), Vec::new());
    for shown in shown(&console, MatterKind::Incident).await? {
        let waiting: Vec<_> = approvals(&console, &shown, &own)?.into_iter().filter(|view| view.answered.is_empty()).collect();
        if !waiting.is_empty() {
            asks.push((MatterView::of(&shown.row, now), waiting));
        }
        let given = unconfirmed(&console, &shown)?.into_iter().filter(|view| view.approver == approver);
        words_given.extend(given.map(|view| (MatterView::of(&shown.row, now), view)));
        events.push(event(&console, &shown)?);
    }
    // Before him first.
    asks.sort_by_key(|(_, views)| {
        (views.iter().all(|view| view.now != approver), views.iter().all(|view| !view.is_before(&approver)))
    });
    html(&Page {
        frame: console.frame(&desk, Part::Inbox, text::INBOX)?,
        saved: !asked.saved.is_empty(),
        approvals: asks,
        unconfirmed: words_given,
        unread: unread(&console, &person).await?,
        decisions: decisions(&console).await?,
        events,
        person,
        approver,
    })
}

/// Those that are open, each whole.
async fn shown(console: &Console, kind: MatterKind) -> Result<Vec<ShownMatter>, Refused> {
    let mut all = Vec::new();
    for row in console.office.matters(kind, Openness::Open).await?.into_iter().take(SHOWN_MAX) {
        all.push(console.office.matter(&row.matter.to_string()).await?);
    }
    Ok(all)
}

fn event(console: &Console, shown: &ShownMatter) -> Result<EventView, Refused> {
    let head = MatterView::of(&shown.row, shown.as_of);
    let last = shown.steps.last().map(|last| {
        let step = &last.step;
        let by = step.by.as_ref().map(|by| by.name.as_str()).unwrap_or_default();
        let form = crate::domain::step::StepForms::built_in().get(&step.form);
        text::step_at(form.map_or("", |form| form.title.as_str()), &moment(step.times.recorded.here), by)
    });
    Ok(EventView { title: text::on(&head.title), id: console.new_id()?, last: last.unwrap_or_default(), head })
}

/// Orders that this office was given and he has not read.
async fn unread(console: &Console, person: &str) -> Result<Vec<UnreadView>, Refused> {
    let own = console.office.own().clone();
    let mut unread = Vec::new();
    for shown in shown(console, MatterKind::Directive).await? {
        let given = shown.steps.iter().any(|step| step.step.to.contains(&own));
        let by_him = |step: &crate::domain::matter::Step| {
            step.form == "directive.read" && step.office == own && step.text("reader") == Some(person)
        };
        if !given || shown.steps.iter().any(|step| by_him(&step.step)) {
            continue;
        }
        let words = shown.steps.first().and_then(|first| first.step.text("words")).unwrap_or_default().to_owned();
        unread.push(UnreadView {
            head: MatterView::of(&shown.row, shown.as_of),
            words,
            from: shown.row.opener_name.clone(),
            id: console.new_id()?,
        });
    }
    Ok(unread)
}

/// Of everything but events and orders: what this office has to do next.
async fn decisions(console: &Console) -> Result<Vec<DecisionView>, Refused> {
    let now = console.clock.wall();
    let mut decisions = Vec::new();
    for kind in MatterKind::ALL.into_iter().filter(|kind| !matches!(kind, MatterKind::Incident | MatterKind::Directive)) {
        let rows = console.office.matters(kind, Openness::Open).await?;
        let wanted = |row: &MatterRow| {
            let what = text::asks(kind, words::wanted(row.wanted?.key()));
            Some(DecisionView { head: MatterView::of(row, now), what })
        };
        decisions.extend(rows.iter().take(SHOWN_MAX).filter_map(wanted));
    }
    Ok(decisions)
}
