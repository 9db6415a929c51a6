//! The form of a step: what it asks, with what is known already; whom it names, for whom it is entered; and which files go with it.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use dutynet_relay::ids::OfficeId;

use super::{
    super::super::{
        Console,
        choosing::Choosing,
        desk::Desk,
        fields::{self, Beside, FieldView, Input},
        page::{Frame, Paged, Part, html, moment},
        posted::Typed,
        trouble::Said,
    },
    changed::Seen,
    known,
};
use crate::{
    domain::{
        attachment::Kind,
        form::{Answer, Field},
        step::{LinkRole, MatterKind, Naming, StepForm, StepForms},
    },
    projection::Openness,
    text::{console_matter as text, matter as words, refusal::Refusal},
    usecase::{AskPrefill, FieldPrefilled, FilePlace, MatterRow, Refused, ShownMatter},
};

/// A step's form on a page.
#[derive(Template)]
#[template(path = "step.html")]
pub(super) struct StepPage {
    pub(super) frame: Frame,
    pub(super) form: &'static StepForm,
    /// Where it is posted.
    pub(super) action: String,
    /// The matter that it is taken of; empty: it begins one.
    pub(super) back: String,
    pub(super) fields: Vec<FieldView>,
    /// Offices that it may name.
    pub(super) choosing: Choosing,
    /// Offices below, for which it may be entered.
    pub(super) below: Choosing,
    /// Matters and records that it may name, by role.
    pub(super) links: Vec<LinkView>,
    /// Files of the matter that are here and may be passed on: digest and name.
    pub(super) passes: Vec<(String, String)>,
    /// What it takes the place of, in words; empty: of nothing.
    pub(super) corrects: String,
    /// What the matter had come to when this was made.
    pub(super) seen: Seen,
    /// What has happened since the form was opened.
    pub(super) changed: Vec<String>,
    pub(super) typed: Typed,
    /// What is wrong beside the fields.
    pub(super) beside: Beside,
    pub(super) id: String,
    pub(super) said: Option<Said>,
}

/// A record that a step names.
pub(super) struct LinkView {
    role: String,
    label: String,
    must: bool,
    options: Vec<(String, String)>,
}

impl StepPage {
    fn names_must(&self) -> bool {
        self.form.names_offices == Some(Naming::Must)
    }

    /// What is wrong with a record that it is to name; a refusal says its label.
    fn link_fault(&self, link: &LinkView) -> &str {
        self.beside.at(&format!("link.{}", link.label))
    }

    /// The files are folded away, unless something of them was typed or is wrong.
    fn shows_files(&self) -> bool {
        !self.typed.text("plain_by").is_empty() || self.typed.ticked("pass") || self.beside.any(&["plain_by", "file"])
    }

    fn is_passed(&self, digest: &str) -> bool {
        self.typed.all("pass").any(|pass| pass == digest)
    }

    pub(super) fn is(&self, name: &str, value: &str) -> bool {
        self.typed.text(name) == value
    }

    /// What a browser offers to choose from.
    pub(super) fn accepts() -> String {
        Kind::extensions().map(|extension| format!(".{extension}")).collect::<Vec<_>>().join(",")
    }
}

/// Of what a form is opened: the step, and the matter where it does not begin one.
pub(super) type Of<'a> = (&'static StepForm, Option<&'a ShownMatter>);

/// The step of a matter's kind that is named in a path.
pub(super) fn form(kind: MatterKind, verb: &str) -> Result<&'static StepForm, Refused> {
    StepForms::built_in().of(kind).find(|form| form.command == verb).ok_or_else(|| Refusal::PageUnknown.into())
}

type Asked = Query<Vec<(String, String)>>;

pub(super) async fn begin(
    State(console): State<Console>,
    desk: Desk,
    Path((kind, verb)): Path<(String, String)>,
    Query(asked): Asked,
) -> Paged {
    let form = form(known(&kind)?, &verb)?;
    if form.id == super::intake::CALL {
        return super::intake::open(&console, &desk, form).await;
    }
    html(&opened(&console, &desk, (form, None), Typed::new(asked)).await?)
}

pub(super) async fn step(
    State(console): State<Console>,
    desk: Desk,
    Path((origin, id, verb)): Path<(String, String, String)>,
    Query(asked): Asked,
) -> Paged {
    let matter = console.office.matter(&format!("{origin}/{id}")).await?;
    let form = form(matter.row.summary.kind, &verb)?;
    console.saw_matter(&desk, &matter.row.matter);
    html(&opened(&console, &desk, (form, Some(&matter)), Typed::new(asked)).await?)
}

/// With what was said before; whom it names, for whom it is and what it corrects may stand in the address.
async fn opened(console: &Console, desk: &Desk, of: Of<'_>, typed: Typed) -> Result<StepPage, Refused> {
    let said = said_before(console, of, &typed, None).await?;
    let answers: Vec<Answer> = said.iter().map(|said| said.answer.clone()).collect();
    let mut views = fields::said(&of.0.fields, &answers);
    mark(&mut views, &said, &answers);
    Ok(StepPage { fields: views, ..blank(console, desk, of, typed).await? })
}

/// What need not be typed.
pub(super) async fn said_before(
    console: &Console,
    (form, matter): Of<'_>,
    typed: &Typed,
    id: Option<dutynet_relay::ids::RecordId>,
) -> Result<Vec<FieldPrefilled>, Refused> {
    let Some(matter) = matter.filter(|_| !form.opens) else { return Ok(Vec::new()) };
    let asked = AskPrefill {
        form: form.id.clone(),
        matter: matter.row.matter.to_string(),
        on_behalf_of: typed.text("on_behalf_of").to_owned(),
        corrects: typed.text("corrects").to_owned(),
        id,
    };
    console.office.prefill(asked).await
}

/// Says of each field that still holds what was said before, where that was.
pub(super) fn mark(views: &mut [FieldView], said: &[FieldPrefilled], answers: &[Answer]) {
    for said in said.iter().filter(|said| answers.contains(&said.answer)) {
        if let Some(view) = views.iter_mut().find(|view| view.key == said.answer.field) {
            let title = |form: &str| StepForms::built_in().get(form).map_or_else(|| form.to_owned(), |form| form.title.clone());
            let sources: Vec<_> = said.sources.iter().map(|source| (title(&source.form), moment(source.at))).collect();
            view.carried = text::carried(&sources);
        }
    }
}

/// The form without what is said in its fields.
pub(super) async fn blank(console: &Console, desk: &Desk, (form, matter): Of<'_>, typed: Typed) -> Result<StepPage, Refused> {
    let own = console.office.own().clone();
    let choosing = match form.names_offices {
        Some(Naming::Must | Naming::May) => Choosing::all(console),
        None => Choosing::default(),
    };
    let action = match matter {
        Some(matter) => format!("/matter/{}/{}/{}", matter.row.matter.origin, matter.row.matter.id, form.command),
        None => format!("/matters/{}/{}", form.matter.key(), form.command),
    };
    let title = match matter.and_then(|matter| matter.row.title.as_ref()) {
        Some(title) => words::named(&form.title, title),
        None => form.title.clone(),
    };
    Ok(StepPage {
        frame: console.frame(desk, Part::Matters(form.matter), title)?,
        form,
        back: matter.map(|matter| format!("/matter/{}/{}", matter.row.matter.origin, matter.row.matter.id)).unwrap_or_default(),
        action,
        fields: fields::said(&form.fields, &[]),
        choosing,
        below: Choosing::below(console),
        links: links(console, form, matter).await?,
        passes: passes(console, matter, &own).await?,
        corrects: corrects(matter, typed.text("corrects")),
        seen: matter.map(Seen::of).unwrap_or_default(),
        changed: Vec::new(),
        typed,
        beside: Beside::default(),
        id: console.new_id()?,
        said: None,
    })
}

/// In words; empty: nothing, or nothing that is known.
fn corrects(matter: Option<&ShownMatter>, reference: &str) -> String {
    let step = matter.and_then(|matter| matter.steps.iter().find(|step| step.step.reference.to_string() == reference));
    step.map_or_else(String::new, |shown| text::corrects(&title(&shown.step.form), &moment(shown.step.times.recorded.here)))
}

/// What a step is called.
pub(super) fn title(form: &str) -> String {
    StepForms::built_in().get(form).map_or_else(|| form.to_owned(), |form| form.title.clone())
}

/// Files that other offices have added and that are here.
async fn passes(console: &Console, matter: Option<&ShownMatter>, own: &OfficeId) -> Result<Vec<(String, String)>, Refused> {
    let Some(matter) = matter else { return Ok(Vec::new()) };
    let rows = console.office.attachments(&matter.row.matter.to_string()).await?;
    let others = rows.into_iter().filter(|row| row.place == FilePlace::Here && row.record.origin != *own);
    let by_digest: BTreeMap<String, String> =
        others.filter_map(|row| Some((row.file.digest.to_string(), row.said?.name.as_str().to_owned()))).collect();
    Ok(by_digest.into_iter().collect())
}

/// What a step may name: steps of its own matter, and matters of this office.
async fn links(console: &Console, form: &StepForm, matter: Option<&ShownMatter>) -> Result<Vec<LinkView>, Refused> {
    if form.links.is_empty() {
        return Ok(Vec::new());
    }
    let mut options: Vec<(String, String)> = Vec::new();
    for step in matter.iter().flat_map(|matter| matter.steps.iter().rev()) {
        let by = step.step.by.as_ref().map(|by| by.name.as_str()).unwrap_or_default();
        let words = text::step_at(&title(&step.step.form), &moment(step.step.times.recorded.here), by);
        options.push((step.step.reference.to_string(), words));
    }
    for kind in MatterKind::ALL {
        let rows = console.office.matters(kind, Openness::Open).await?;
        let view =
            |row: &MatterRow| (row.matter.to_string(), format!("{} {}", row.number, row.title.clone().unwrap_or_default()));
        options.extend(rows.iter().map(view));
    }
    let view = |role: &LinkRole| LinkView {
        role: role.role.clone(),
        label: role.label.clone(),
        must: role.naming == Naming::Must,
        options: options.clone(),
    };
    Ok(form.links.iter().map(view).collect())
}

/// A field of a form that stands on another page, too.
pub(super) fn one_field(form: &StepForm, key: &str, answers: &[Answer]) -> Option<FieldView> {
    let field: Vec<Field> = form.field(key).into_iter().cloned().collect();
    fields::said(&field, answers).pop()
}
