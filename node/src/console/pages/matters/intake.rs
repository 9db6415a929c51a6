//! Taking a call (接报): what one asks, in the order in which one asks it on the telephone, beside the events that are open already.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::{IntoResponse as _, Response};
use dutynet_relay::ids::{RecordRef, UnixMillis};

use super::{
    super::super::{
        Console,
        choosing::Choosing,
        desk::Desk,
        fields::{self, Beside, FieldView, Input},
        page::{Frame, Paged, html},
        posted::Typed,
        trouble::{Said, Trouble},
    },
    step::{StepPage, blank},
};
use crate::{
    domain::{
        form::{Answer, Value},
        incident::may_be_one_place,
        matter::FactValue,
        step::{MatterKind, StepForm},
    },
    projection::Openness,
    text::{console_matter as text, line::length},
    usecase::Refused,
};

/// The step that this page is for.
pub(super) const CALL: &str = "incident.call";
/// Asked first, in this order; the rest is folded.
const ASKED: [&str; 9] = ["caller_name", "caller_phone", "caller_unit", "happened_at", "place", "what", "who", "why", "category"];
/// Open events that are looked through for the same one.
const OPEN_MAX: usize = 12;

#[derive(Template)]
#[template(path = "intake.html")]
struct Page {
    frame: Frame,
    action: String,
    below: Choosing,
    typed: Typed,
    beside: Beside,
    id: String,
    said: Option<Said>,
    asked: Vec<FieldView>,
    title: Vec<FieldView>,
    rest: Vec<FieldView>,
    open: Vec<Similar>,
}

impl Page {
    /// The rest is folded away, unless something of it was typed or is wrong.
    fn shows_rest(&self) -> bool {
        let wrong = self.rest.iter().any(|view| !view.faults.is_empty()) || self.beside.any(&["plain_by", "file"]);
        wrong || !self.typed.text("plain_by").is_empty()
    }

    fn is_exercise(&self) -> bool {
        self.typed.text("mode") == "exercise"
    }
}

/// An event that is open already.
pub(super) struct Similar {
    pub(super) matter: RecordRef,
    pub(super) path: String,
    pub(super) words: String,
    /// Where it is.
    pub(super) place: String,
}

pub(super) async fn open(console: &Console, desk: &Desk, form: &'static StepForm) -> Paged {
    let page = blank(console, desk, (form, None), Typed::default()).await?;
    let by_telephone = Answer { field: "channel".to_owned(), value: Value::Choices(vec!["telephone".to_owned()]) };
    let page = StepPage { fields: fields::said(&form.fields, &[by_telephone]), ..page };
    html(&arranged(console, page).await?)
}

/// The form as it was typed.
pub(super) async fn again(console: &Console, page: StepPage) -> Result<Response, Trouble> {
    Ok(html(&arranged(console, page).await?)?.into_response())
}

async fn arranged(console: &Console, page: StepPage) -> Result<Page, Refused> {
    let StepPage { frame, action, below, typed, beside, id, said, fields, .. } = page;
    let mut by_key: BTreeMap<String, FieldView> = fields.into_iter().map(|view| (view.key.clone(), view)).collect();
    let asked: Vec<FieldView> = ASKED.iter().filter_map(|key| by_key.remove(*key)).collect();
    let title = by_key.remove("title").into_iter().map(|view| FieldView { required: false, ..view }).collect();
    let (rest, open) = (by_key.into_values().collect(), open_events(console, None).await?);
    Ok(Page { frame, action, below, typed, beside, id, said, asked, title, rest, open })
}

/// Whatever the officer left blank while he was on the telephone: a title is made of what was said; all else that may be unknown is said to be,
/// if he asks for that.
pub(super) fn completed(form: &StepForm, typed: Typed) -> Typed {
    let blank = |typed: &Typed, key: &str| typed.text(&format!("f.{key}")).trim().is_empty();
    let mut typed = typed;
    if blank(&typed, "title") && !(blank(&typed, "place") && blank(&typed, "what")) {
        let title = text::title_of(typed.text("f.place").trim(), typed.text("f.what").trim());
        typed = typed.with("f.title", title);
    }
    if !typed.ticked("rest_unknown") {
        return typed;
    }
    let unknown = form.fields.iter().filter(|field| field.required && field.unknown_allowed);
    let keys: Vec<String> = unknown.map(|field| field.key.clone()).filter(|key| blank(&typed, key)).collect();
    keys.iter().fold(typed, |typed, key| typed.with(&format!("f.{key}.unknown"), "1"))
}

/// Events that are open and were last heard of not long ago, the latest first; without one of them.
pub(super) async fn open_events(console: &Console, but: Option<&RecordRef>) -> Result<Vec<Similar>, Refused> {
    let now = console.clock.wall();
    let mut rows = console.office.matters(MatterKind::Incident, Openness::Open).await?;
    rows.retain(|row| Some(&row.matter) != but);
    rows.sort_by_key(|row| std::cmp::Reverse(row.summary.last_at));
    let mut found = Vec::new();
    for row in rows.into_iter().take(OPEN_MAX) {
        let shown = console.office.matter(&row.matter.to_string()).await?;
        let place = shown.facts.iter().find(|fact| fact.key == "place").and_then(|fact| match &fact.value {
            FactValue::Text(place) => Some(place.clone()),
            FactValue::Number(_) | FactValue::Time(_) | FactValue::Code(_) | FactValue::Office(_) | FactValue::Person(..) => None,
        });
        let place = place.unwrap_or_default();
        let ago = length(now.0.abs_diff(row.summary.last_at.0));
        found.push(Similar {
            path: format!("/matter/{}/{}", row.matter.origin, row.matter.id),
            words: text::similar(row.number.as_str(), row.title.as_deref().unwrap_or_default(), &place, &ago),
            matter: row.matter,
            place,
        });
    }
    Ok(found)
}

/// Those of them that happened in the same place: it may be one event, entered twice.
pub(super) async fn same_place(console: &Console, matter: &RecordRef, place: &str) -> Result<Vec<Similar>, Refused> {
    if place.trim().is_empty() {
        return Ok(Vec::new());
    }
    let mut open = open_events(console, Some(matter)).await?;
    open.retain(|other| may_be_one_place(place, &other.place));
    Ok(open)
}

/// How long after a call it is asked whether it is about an event that is known.
pub(super) const FRESH_MS: i64 = 6 * 3_600_000;

/// Whether a call was taken not long ago.
pub(super) fn is_fresh(at: UnixMillis, now: UnixMillis) -> bool {
    now.0.saturating_sub(at.0) < FRESH_MS
}
