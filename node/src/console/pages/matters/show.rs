//! One matter whole: what is to be done first, the clocks, what lies before leaders, what is still to be said, who has it, and its course.

use askama::Template;
use axum::extract::{Path, Query, State};
use dutynet_relay::ids::{OfficeId, RecordRef, UnixMillis};
use serde::Deserialize;

use super::{
    super::{
        super::{
            Console,
            desk::Desk,
            fields::{FieldView, Input},
            page::{Frame, Paged, Part, html, moment},
        },
        dues::DueView,
        files::{self, FileView},
        papers,
    },
    MatterView,
    approvals::{self, ApprovalView, UnconfirmedView},
    changed::{Seen, saved_now},
    course::{Course, Known, StepView},
    intake::{self, Similar},
    next::{self, Sorted},
    signed::{self, SeatView},
    step::{one_field, title},
};
use crate::{
    domain::{
        form::{Answer, Field, Value},
        incident::ELEMENTS,
        step::{MatterKind, StepForm, StepForms},
    },
    text::{console as common, console_matter as text, matter as words},
    usecase::{Due, MatterRow, Refused, ShownMatter, ShownStep},
};

/// Facts that have a part of the page of their own.
const ELSEWHERE: [&str; 8] = [
    "title",
    "missing",
    "missing.next",
    "missing.intake",
    "approval.waiting",
    "approval.now",
    "approval.held",
    "approval.unconfirmed",
];

#[derive(Template)]
#[template(path = "matter.html")]
struct Show {
    frame: Frame,
    path: String,
    head: MatterView,
    /// A page made for this kind, and its name.
    own_page: Option<(String, &'static str)>,
    /// What became of what was just sent, and how good that is.
    saved: Option<(String, &'static str)>,
    dues: Vec<OwedView>,
    closed_dues: Vec<OwedView>,
    next: Sorted,
    /// Telling a leader, without another page.
    tell: Option<TellView>,
    approvals: Vec<ApprovalView>,
    unconfirmed: Vec<UnconfirmedView>,
    elements: Option<ElementsView>,
    facts: Vec<Known>,
    /// Forms that can be printed: id and title.
    papers: Vec<(&'static str, &'static str)>,
    seats: Vec<SeatView>,
    related: Vec<RelatedView>,
    similar: Vec<Similar>,
    files: Vec<FileView>,
    filters: Vec<(&'static str, &'static str, bool)>,
    steps: Vec<StepView>,
    /// By which whoever looks at it approves as a leader; empty: it is none.
    person: String,
    /// For the record that a leader was told.
    id: String,
    seen: Seen,
    incident: bool,
}

/// Something that is owed because of it, by both clocks.
struct OwedView {
    due: DueView,
    starts: String,
    /// By the debtor's clock, where that is another.
    its_clock: String,
    open: bool,
}

struct TellView {
    fields: Vec<FieldView>,
    folded: bool,
}

struct ElementsView {
    words: String,
    rows: Vec<(String, &'static str, &'static str)>,
    /// What the rules ask for besides, and nobody has said.
    more: Vec<String>,
}

/// A question about it, an order because of it.
struct RelatedView {
    head: MatterView,
    kind: &'static str,
    due_ms: i64,
    left: String,
    /// What was said, oldest first.
    said: Vec<(String, String)>,
}

#[derive(Deserialize, Default)]
pub(super) struct Asked {
    /// The record that was just made.
    #[serde(default)]
    saved: String,
    /// Which steps of the course.
    #[serde(default)]
    only: String,
}

pub(super) async fn show(
    State(console): State<Console>,
    desk: Desk,
    Path((origin, id)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Paged {
    let shown = console.office.matter(&format!("{origin}/{id}")).await?;
    console.saw_matter(&desk, &shown.row.matter);
    let course = Course::of(&console, &shown)?;
    let (row, now) = (&shown.row, shown.as_of);
    let head = MatterView::of(row, now);
    let kind = row.summary.kind;
    let seats = signed::seats(&console, &course).await?;
    let hidden: Vec<&str> = ELSEWHERE.into_iter().chain(signed::IN_THE_LIST.into_iter().filter(|_| !seats.is_empty())).collect();
    let telling = row.summary.open.then(|| tells(kind)).flatten();
    let next = next::sorted((row, &course.own), console.office.steps_open_to(&row.matter, kind), telling);
    let saved = saved_now(&asked.saved, &shown).map(|step| {
        let went = course.went(&step)?;
        Ok::<_, Refused>((text::saved(&title(&step.step.form), &went.words), went.tone))
    });
    let (dues, closed_dues) = owed(&shown);
    html(&Show {
        frame: console.frame(&desk, Part::Matters(kind), format!("{} {}", head.number, head.title))?,
        path: head.path.clone(),
        own_page: text::own_page(kind).map(|name| (super::super::own_page(kind, &head.path), name)),
        saved: saved.transpose()?,
        dues,
        closed_dues,
        tell: telling.map(|form| tell(&console, &shown, form)),
        next,
        approvals: approvals::approvals(&console, &shown, &course.own)?,
        unconfirmed: approvals::unconfirmed(&console, &shown)?,
        elements: elements(&shown, &course.own),
        facts: course.facts(&hidden),
        papers: papers::of(kind),
        seats,
        related: shown.related.iter().map(|related| related_view(related, now)).collect(),
        similar: similar(&console, &shown).await?,
        files: files::list(&console, &row.matter.to_string()).await?,
        filters: text::FILTERS.into_iter().map(|(key, name)| (key, name, key == asked.only)).collect(),
        steps: course.steps(&asked.only)?,
        person: desk.account.approves_as().unwrap_or_default().to_owned(),
        id: console.new_id()?,
        seen: Seen::of(&shown),
        incident: kind == MatterKind::Incident,
        head,
    })
}

/// What is open, soonest first, and what is done with.
fn owed(shown: &ShownMatter) -> (Vec<OwedView>, Vec<OwedView>) {
    let view = |due: &Due| {
        let owed = &due.obligation;
        let apart = owed.due.origin.0.abs_diff(owed.due.here.0) >= 60_000;
        OwedView {
            due: DueView::of(due, shown.as_of),
            starts: moment(owed.start.at.here),
            its_clock: if apart { text::by_its_clock(&moment(owed.due.origin)) } else { String::new() },
            open: !owed.is_closed(),
        }
    };
    shown.dues.iter().filter(|due| due.obligation.has_begun(shown.as_of)).map(view).partition(|view| view.open)
}

/// The step by which an officer writes down that a leader was told.
fn tells(kind: MatterKind) -> Option<&'static StepForm> {
    match kind {
        MatterKind::Incident => StepForms::built_in().get("incident.told"),
        MatterKind::Warning => StepForms::built_in().get("warning.told"),
        MatterKind::Verification
        | MatterKind::Directive
        | MatterKind::Drill
        | MatterKind::Finding
        | MatterKind::Consultation
        | MatterKind::RollCall => None,
    }
}

/// Its form, as short as it can be: by telephone, now.
fn tell(console: &Console, shown: &ShownMatter, form: &'static StepForm) -> TellView {
    let telephone = if shown.row.summary.kind == MatterKind::Warning { "phone" } else { "telephone" };
    let answers = [
        Answer { field: "told_at".to_owned(), value: Value::Time(console.clock.wall()) },
        Answer { field: "how".to_owned(), value: Value::Choices(vec![telephone.to_owned()]) },
    ];
    // Which leader it was decides whether the rules want another one told.
    let asked = |field: &&Field| field.required || field.key == "role";
    let fields = form.fields.iter().filter(asked).filter_map(|field| one_field(form, &field.key, &answers));
    TellView { fields: fields.collect(), folded: shown.row.wanted.map(|wanted| wanted.key()) != Some("tell") }
}

/// Which elements of its report this office has said in any of its steps.
fn elements(shown: &ShownMatter, own: &OfficeId) -> Option<ElementsView> {
    if shown.row.summary.kind != MatterKind::Incident {
        return None;
    }
    let form = StepForms::built_in().get("incident.report")?;
    let steps = || shown.steps.iter().rev().map(|shown| &shown.step).filter(|step| step.office == *own && !step.hollow);
    let state = |key: &str| match steps().find_map(|step| step.value(key)) {
        Some(Value::Unknown) => text::Element::Unknown,
        Some(Value::Text(_) | Value::Number(_) | Value::Nil | Value::Time(_) | Value::Choices(_) | Value::Rows(_)) => {
            text::Element::Said
        }
        None => text::Element::Missing,
    };
    let states: Vec<(String, text::Element)> =
        ELEMENTS.iter().filter_map(|key| Some((form.field(key)?.label.clone(), state(key)))).collect();
    let missing = states.iter().filter(|(_, state)| *state == text::Element::Missing).count();
    let tone = |state: text::Element| match state {
        text::Element::Said => "good",
        text::Element::Unknown => "soon",
        text::Element::Missing => "bad",
    };
    let mut more = Vec::new();
    for fact in shown.facts.iter().filter(|fact| fact.key.starts_with("missing.")) {
        if let crate::domain::matter::FactValue::Text(label) = &fact.value
            && states.iter().all(|(known, _)| known != label)
            && !more.contains(label)
        {
            more.push(label.clone());
        }
    }
    Some(ElementsView {
        words: text::elements(missing, states.len()),
        rows: states.into_iter().map(|(label, state)| (label, text::element(state), tone(state))).collect(),
        more,
    })
}

fn related_view((row, steps): &(MatterRow, Vec<ShownStep>), now: UnixMillis) -> RelatedView {
    let said = |shown: &ShownStep| {
        let words = ["question", "answer", "words", "outcome", "reason", "progress"];
        let words: Vec<&str> = words.iter().filter_map(|field| shown.step.text(field)).collect();
        (!words.is_empty()).then(|| (title(&shown.step.form), words.join(" ")))
    };
    RelatedView {
        head: MatterView::of(row, now),
        kind: words::kind(row.summary.kind),
        due_ms: row.due.map_or(0, |due| due.0),
        left: row.due.map(|due| common::left(due, now)).unwrap_or_default(),
        said: steps.iter().filter_map(said).collect(),
    }
}

/// Of a call that was taken not long ago: open events in the same place.
async fn similar(console: &Console, shown: &ShownMatter) -> Result<Vec<Similar>, Refused> {
    let Some(first) = shown.steps.first().filter(|_| shown.row.summary.kind == MatterKind::Incident && shown.row.summary.open)
    else {
        return Ok(Vec::new());
    };
    if !intake::is_fresh(first.step.times.here, shown.as_of) {
        return Ok(Vec::new());
    }
    let place = shown.steps.iter().rev().find_map(|shown| shown.step.text("place")).unwrap_or_default();
    let joined: Vec<&RecordRef> = shown.steps.iter().flat_map(|shown| &shown.step.links).map(|link| &link.record).collect();
    let mut similar = intake::same_place(console, &shown.row.matter, place).await?;
    similar.retain(|other| !joined.contains(&&other.matter));
    Ok(similar)
}
