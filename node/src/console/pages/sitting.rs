//! 会商: when one is suggested, and one session whole: agenda, status tables, statements, minutes, what was agreed and what became of it, and
//! every version of the summary. Its steps are taken by their forms; an outcome becomes a directive here, in one form.

mod kept;
mod order;

use askama::Template;
use axum::{
    Router,
    extract::{Path, Query, State},
    routing::get,
};
use dutynet_relay::ids::{OfficeId, RecordRef};
use serde::Deserialize;

use super::{
    super::{
        Console,
        desk::Desk,
        fields,
        page::{Frame, Paged, Part, html, moment},
        ways::{Ways, Went},
    },
    matters::MatterView,
};
use crate::{
    domain::{
        account::Right,
        consultation::{Occasion, Trigger},
        form::Answer,
        matter::{FactValue, Step},
        number::Number,
        step::{MatterKind, StepForms},
    },
    projection::Openness,
    text::{console as text, console_look as look, consultation as words, matter, refusal::Refusal},
    usecase::{Refused, ShownMatter, ShownStep},
};

const PART: Part = Part::Matters(MatterKind::Consultation);

pub(super) fn router() -> Router<Console> {
    Router::new()
        .route("/consultations", get(list))
        .route("/consultation/{origin}/{id}", get(show))
        .route("/consultation/{origin}/{id}/status", get(kept::show).post(kept::keep))
        .route("/consultation/{origin}/{id}/order", get(order::open).post(order::order))
}

#[derive(Template)]
#[template(path = "consultations.html")]
struct List {
    frame: Frame,
    rows: Vec<MatterView>,
    /// Since when, because of what, its name, and by what the session names it.
    suggested: Vec<(String, &'static str, String, String)>,
    closed: bool,
    may_call: bool,
}

#[derive(Deserialize, Default)]
struct AskList {
    #[serde(default)]
    closed: String,
}

async fn list(State(console): State<Console>, desk: Desk, Query(asked): Query<AskList>) -> Paged {
    let (now, closed) = (console.clock.wall(), !asked.closed.is_empty());
    let openness = if closed { Openness::Closed } else { Openness::Open };
    let rows = console.office.matters(MatterKind::Consultation, openness).await?;
    let view = |row| {
        let view = MatterView::of(row, now);
        MatterView { path: view.path.replacen("/matter/", "/consultation/", 1), ..view }
    };
    let suggested = console.office.suggest_consultations().await?;
    html(&List {
        frame: console.frame(&desk, PART, look::CONSULTATIONS)?,
        rows: rows.iter().map(view).collect(),
        suggested: suggested.iter().map(occasion).collect(),
        closed,
        may_call: desk.account.may(Right::Direct),
    })
}

fn occasion(found: &Occasion) -> (String, &'static str, String, String) {
    let why = match &found.trigger {
        Trigger::Holiday(_) => "holiday",
        Trigger::Special(_) => "special",
        Trigger::Incident(_) => "incident",
    };
    (moment(found.from), words::word(why).unwrap_or_default(), found.name.clone(), found.trigger.key())
}

/// One thing that was said in a session.
struct ItemView {
    head: String,
    answers: Vec<(String, String)>,
    /// Where it is; empty: another office's.
    went: Went,
    /// What became of it: word, where that is shown (may be empty), how loud.
    became: Vec<(String, String, &'static str)>,
    /// Where it can be made a directive; empty: that is done, or it is nothing to be done about.
    order: String,
}

/// Everything of one kind.
struct ChapterView {
    title: String,
    items: Vec<ItemView>,
    /// Said where there is none.
    none: &'static str,
    /// Steps that add to it: command and title.
    adds: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "consultation.html")]
struct Show {
    frame: Frame,
    head: MatterView,
    path: String,
    session: String,
    call: Option<ItemView>,
    /// Areas that were called and have not spoken.
    silent: String,
    /// Tables that were kept: where each is shown, and in words.
    tables: Vec<(String, String)>,
    /// Another one may be asked for and kept.
    may_keep: bool,
    id: String,
    chapters: Vec<ChapterView>,
}

/// Chapters in the order of a session: whose steps they hold, what is said where there is none, and which steps add to them.
const CHAPTERS: [(&str, &[&str], &str, &[&str]); 6] = [
    ("consultation.agenda", &["consultation.agenda"], look::NO_AGENDA, &["consultation.agenda"]),
    ("consultation.statement", &["consultation.statement"], look::NO_STATEMENT, &["consultation.statement"]),
    ("consultation.judgement", &["consultation.judgement"], look::NO_JUDGEMENT, &["consultation.judgement"]),
    ("consultation.minutes", &["consultation.minutes"], look::NO_MINUTES, &["consultation.minutes"]),
    ("consultation.outcome", &["consultation.outcome"], look::NO_OUTCOME, &["consultation.outcome", "consultation.none"]),
    (
        "consultation.publish",
        &["consultation.section", "consultation.review", "consultation.publish"],
        look::NO_SUMMARY,
        &["consultation.section", "consultation.review", "consultation.publish", "consultation.close"],
    ),
];

async fn show(State(console): State<Console>, desk: Desk, Path((origin, id)): Path<(String, String)>) -> Paged {
    let shown = session(&console, &format!("{origin}/{id}")).await?;
    console.saw_matter(&desk, &shown.row.matter);
    let ways = Ways::now(&console)?;
    let view = MatterView::of(&shown.row, console.clock.wall());
    let next = console.office.steps_open_to(&shown.row.matter, MatterKind::Consultation);
    let open = shown.row.summary.open;
    let title = |id: &str| StepForms::built_in().get(id).map_or_else(|| id.to_owned(), |form| form.title.clone());
    let chapter = |(id, forms, none, adds): &(&str, &[&str], &'static str, &[&str])| {
        let items = shown.steps.iter().filter(|step| forms.contains(&step.step.form.as_str()) && !step.step.hollow);
        let may = |add: &&&str| open && next.iter().any(|form| form.id == **add);
        let adds = adds.iter().filter(may).map(|add| (add.replace("consultation.", ""), title(add)));
        Ok::<_, Refused>(ChapterView {
            title: if *id == "consultation.publish" { look::SUMMARY.to_owned() } else { title(id) },
            items: items.map(|step| item(step, &shown, &ways, open)).collect::<Result<_, _>>()?,
            none,
            adds: adds.collect(),
        })
    };
    html(&Show {
        frame: console.frame(&desk, PART, format!("{} {}", view.number, view.title))?,
        session: view.path.replacen("/matter/", "/consultation/", 1),
        path: view.path.clone(),
        call: shown.steps.first().map(|step| item(step, &shown, &ways, open)).transpose()?,
        silent: silent(&shown, &ways),
        tables: kept::tables(&console, &shown).await?,
        may_keep: open && shown.row.matter.origin == *console.office.own(),
        id: console.new_id()?,
        chapters: CHAPTERS.iter().map(chapter).collect::<Result<_, _>>()?,
        head: view,
    })
}

async fn session(console: &Console, named: &str) -> Result<ShownMatter, Refused> {
    let shown = console.office.matter(named).await?;
    if shown.row.summary.kind == MatterKind::Consultation { Ok(shown) } else { Err(Refusal::PageUnknown.into()) }
}

fn silent(shown: &ShownMatter, ways: &Ways) -> String {
    let spoke =
        |area: &OfficeId| shown.facts.iter().any(|fact| fact.key == "spoke" && fact.value == FactValue::Office(area.clone()));
    let areas = shown.steps.first().map(|step| step.step.to.as_slice()).unwrap_or_default();
    let silent: Vec<String> = areas.iter().filter(|area| !spoke(area)).map(|area| ways.name(area)).collect();
    text::listed(&silent)
}

fn item(shown: &ShownStep, session: &ShownMatter, ways: &Ways, open: bool) -> Result<ItemView, Refused> {
    let step = &shown.step;
    let form = StepForms::built_in().get(&step.form);
    let said = |answer: &Answer| {
        let field = form.and_then(|form| form.field(&answer.field))?;
        Some((field.label.clone(), fields::for_reading(field, &answer.value)))
    };
    let by = step.by.as_ref().map(|by| by.name.as_str()).unwrap_or_default();
    let title = form.map_or(step.form.as_str(), |form| form.title.as_str());
    let became = became(step, session);
    let order = step.form == "consultation.outcome" && became.is_empty() && open;
    let at = |reference: &RecordRef| {
        format!(
            "/consultation/{}/{}/order?outcome={}/{}",
            session.row.matter.origin, session.row.matter.id, reference.origin, reference.id
        )
    };
    Ok(ItemView {
        head: look::said_by(title, &ways.name(&step.office), by, &moment(step.times.recorded.here)),
        answers: step.answers.iter().filter_map(said).collect(),
        went: ways.went((&step.reference, shown.state), &step.to)?,
        order: if order { at(&step.reference) } else { String::new() },
        became,
    })
}

/// What later steps say of one: the directive that it became, that none is needed, that it was reviewed.
fn became(step: &Step, session: &ShownMatter) -> Vec<(String, String, &'static str)> {
    let later = session.steps.iter().map(|later| &later.step).filter(|later| !later.hollow);
    let names_it = later.filter(|later| later.links.iter().any(|link| link.record == step.reference));
    let directive = |later: &Step| later.links.iter().find(|link| link.role == "directive").map(|link| link.record.clone());
    let of = |later: &Step| match later.form.as_str() {
        "consultation.ordered" => directive(later).map(|directive| {
            let (word, tone) = stands(&directive, session);
            (look::ordered(Number::of(&directive).as_str(), word), format!("/matter/{}/{}", directive.origin, directive.id), tone)
        }),
        "consultation.none" => Some((look::no_order(later.text("reason").unwrap_or_default()), String::new(), "good")),
        "consultation.review" => {
            let word = later.choice("result").and_then(words::word).unwrap_or_default();
            Some((look::reviewed(word), String::new(), "soon"))
        }
        "consultation.publish" => Some((look::PUBLISHED.to_owned(), String::new(), "good")),
        _ => None,
    };
    names_it.filter_map(of).collect()
}

/// How a directive stands, as far as this office has it.
fn stands(directive: &RecordRef, session: &ShownMatter) -> (&'static str, &'static str) {
    let fact = session
        .facts
        .iter()
        .find(|fact| matches!(fact.key.as_str(), "directive_open" | "directive_closed") && fact.sources.contains(directive));
    let word = fact.and_then(|fact| match &fact.value {
        FactValue::Code(code) => matter::word(MatterKind::Directive, code),
        FactValue::Text(_) | FactValue::Number(_) | FactValue::Time(_) | FactValue::Office(_) | FactValue::Person(..) => None,
    });
    let tone = if fact.is_some_and(|fact| fact.key == "directive_closed") { "good" } else { "soon" };
    (word.unwrap_or_default(), tone)
}
