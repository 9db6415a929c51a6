//! A report's form: for this office, opened with the sum of those below where there are any, each figure with what it was summed from; or for
//! an office below, whose words came by telephone or on paper (代录).

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::IntoResponse as _,
};
use dutynet_relay::record::Mode;
use serde::Deserialize;

use super::{
    super::{
        super::{
            Console,
            desk::Desk,
            fields::{self, FieldView, Input},
            page::{Frame, Paged, Part, html, then},
            posted::{Posted, Typed, record_id},
            trouble::{Said, http_status},
        },
        matters::on_behalf,
    },
    PRACTISED, known, mode,
};
use crate::{
    domain::{
        access::{How, Seen},
        beijing::Day,
        form::{Answer, Form, said_to},
    },
    text::{console as text, console_matter as more, matter, refusal::Refusal, words},
    usecase::{FileReport, OpenDraft, Refused, Said as Says, ShowReport},
};

#[derive(Template)]
#[template(path = "report_form.html")]
struct FormPage {
    frame: Frame,
    form: &'static Form,
    period: String,
    fields: Vec<FieldView>,
    /// It corrects what was said before.
    corrects: bool,
    reason: String,
    /// What the sum of the children holds, and whom it lacks.
    drafted: Option<DraftView>,
    /// The office below for which it is entered, and its name; empty: it is this office's own.
    behalf: (String, String),
    typed: Typed,
    told_fault: String,
    phone_fault: String,
    reason_fault: String,
    id: String,
    said: Option<Said>,
    /// It is practised, and nothing of it is real.
    exercise: bool,
}

/// What a draft was summed from.
struct DraftView {
    sources: Vec<String>,
    /// Each with where what it says by telephone can be entered.
    missing: Vec<(String, String)>,
    /// Of each field that was summed: what each child says, and where that stands.
    figures: Vec<(String, Vec<Figure>)>,
}

/// What one child says to one field.
struct Figure {
    name: String,
    value: String,
    path: String,
}

/// What a form is opened for.
#[derive(Deserialize, Default)]
pub(super) struct AskForm {
    #[serde(default)]
    day: String,
    /// An office below; empty: this one.
    #[serde(default)]
    office: String,
    /// It is practised.
    #[serde(default)]
    exercise: String,
}

pub(super) async fn open(
    State(console): State<Console>,
    desk: Desk,
    Path(form): Path<String>,
    Query(asked): Query<AskForm>,
) -> Paged {
    let page = blank(&console, &desk, known(&form)?, &asked).await?;
    // What was said before stands in it, and what those below have said.
    let own = console.office.status().office;
    let whose = if page.behalf.0.is_empty() { own.as_str() } else { &page.behalf.0 };
    console.saw(&desk, How::Opened, Seen::report(&page.form.id, whose, &page.period));
    html(&page)
}

/// A form as it is opened: with what this office has entered before, or with the sum of the children.
async fn blank(console: &Console, desk: &Desk, form: &'static Form, asked: &AskForm) -> Result<FormPage, Refused> {
    let own = console.office.status().office;
    let office = if asked.office == own.as_str() { "" } else { asked.office.as_str() };
    let shown = ShowReport { form: form.id.clone(), period: asked.day.clone(), office: office.to_owned() };
    let mode = mode(&asked.exercise);
    let shown = console.office.show_of(mode, &shown).await?;
    let before = shown.revisions.iter().rfind(|revision| revision.reference.origin == own);
    let (answers, drafted) = match before {
        Some(before) => (before.body.filled.answers.clone(), None),
        // What is practised is summed from nothing: those below report what is real.
        None if office.is_empty() && mode == Mode::Real => drafted(console, form, &asked.day).await?,
        None => (Vec::new(), None),
    };
    let period = if asked.day.is_empty() { Day::of(console.clock.wall()).to_string() } else { asked.day.clone() };
    let behalf = behalf(console, office);
    let title = if office.is_empty() { form.title.clone() } else { matter::named(&more::behalf_of(&behalf.1), &form.title) };
    Ok(FormPage {
        frame: console.frame(desk, Part::Reports, words::marked(mode, title))?,
        fields: fields::said(&form.fields, &answers),
        form,
        period,
        corrects: before.is_some(),
        reason: String::new(),
        drafted,
        behalf,
        typed: Typed::default(),
        told_fault: String::new(),
        phone_fault: String::new(),
        reason_fault: String::new(),
        id: console.new_id()?,
        said: None,
        exercise: mode == Mode::Exercise,
    })
}

fn behalf(console: &Console, office: &str) -> (String, String) {
    let known = console.office.offices().into_iter().find(|entry| entry.office.as_str() == office);
    (office.to_owned(), known.map_or_else(|| office.to_owned(), |entry| entry.name))
}

/// What the children come to, where there are any.
async fn drafted(console: &Console, form: &Form, day: &str) -> Result<(Vec<Answer>, Option<DraftView>), Refused> {
    let draft = match console.office.open_draft(&form.id, day).await {
        Ok(draft) => draft,
        Err(refused) if refused.refusal == Refusal::NoChildren => return Ok((Vec::new(), None)),
        Err(refused) => return Err(refused),
    };
    let said = draft.fields.iter().filter_map(|field| Some(Answer { field: field.field.clone(), value: field.value.clone()? }));
    let answers = said.collect();
    Ok((answers, Some(draft_view(form, &draft))))
}

fn draft_view(form: &Form, draft: &OpenDraft) -> DraftView {
    let period = draft.period.to_string();
    let missing = draft.missing.iter().map(|missing| {
        let path = format!("/reports/new/{}?day={period}&office={}", form.id, missing.office);
        (text::missing(&missing.name, words::why(missing.why)), path)
    });
    let figures = draft.fields.iter().filter(|drafted| drafted.sum.is_some()).filter_map(|drafted| {
        let field = form.field(&drafted.field)?;
        let figure = |child: &crate::usecase::SummedChild| {
            let value = said_to(&child.answers, &field.key)?;
            Some(Figure {
                name: child.name.clone(),
                value: fields::for_reading(field, value),
                path: format!("/reports/show/{}/{}/{period}", child.source.form, child.source.office),
            })
        };
        let figures: Vec<Figure> = draft.sources.iter().filter_map(figure).collect();
        (!figures.is_empty()).then(|| (field.label.clone(), figures))
    });
    DraftView {
        sources: draft.sources.iter().map(|source| source.name.clone()).collect(),
        missing: missing.collect(),
        figures: figures.collect(),
    }
}

pub(super) async fn file(State(console): State<Console>, Path(form): Path<String>, posted: Posted) -> Paged {
    let (Posted { desk, typed }, form) = (posted, known(&form)?);
    let (reason, answers) = (typed.text("reason").trim().to_owned(), fields::answers(&form.fields, &typed));
    let mode = mode(typed.text("exercise"));
    let asked = FileReport {
        id: record_id(&typed)?,
        form: form.id.clone(),
        period: typed.text("day").to_owned(),
        said: if typed.ticked("drafted") { Says::Draft(answers) } else { Says::Answers(answers) },
        correction: typed.ticked("corrects").then(|| reason.clone()),
        by: desk.person(),
        mode,
        on_behalf: on_behalf(&typed),
    };
    match console.office.file(asked).await {
        Ok(filed) => {
            let practised = if mode == Mode::Real { "" } else { PRACTISED };
            then(&format!("/reports/show/{}/{}/{}{practised}", form.id, filed.office, filed.period))
        }
        Err(refused) => {
            let page = typed_again(&console, &desk, form, (typed, &refused))?;
            Ok((http_status(refused.refusal), html(&page)?).into_response())
        }
    }
}

fn typed_again(
    console: &Console,
    desk: &Desk,
    form: &'static Form,
    (typed, refused): (Typed, &Refused),
) -> Result<FormPage, Refused> {
    let at = |field: &str| fields::fault_at(&refused.faults, field);
    let mode = mode(typed.text("exercise"));
    Ok(FormPage {
        frame: console.frame(desk, Part::Reports, words::marked(mode, form.title.clone()))?,
        fields: fields::typed_again(&form.fields, &typed, &refused.faults),
        form,
        period: typed.text("day").to_owned(),
        corrects: typed.ticked("corrects") || matches!(refused.refusal, Refusal::PeriodClosed),
        reason: typed.text("reason").to_owned(),
        drafted: None,
        behalf: behalf(console, typed.text("on_behalf_of")),
        told_fault: at("told_by"),
        phone_fault: at("phone"),
        reason_fault: at("reason"),
        id: typed.text("id").to_owned(),
        exercise: mode == Mode::Exercise,
        typed,
        said: Some(Said::of(refused)),
    })
}
