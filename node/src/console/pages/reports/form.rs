//! A report's form: for this office, opened with the sum of those below where there are any, each figure with what it was summed from; or for
//! an office below, whose words came by telephone or on paper (代录).
//!
//! It brings back what was held when it was opened. Who has not seen what is held by now is told first, keeps his text, and chooses.

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
    PRACTISED,
    changed::{self, StandsView},
    known, mode,
    summed::{self, DraftView},
};
use crate::{
    domain::{
        access::{How, Seen},
        beijing::Day,
        form::Form,
    },
    text::{console_matter as more, matter, refusal::Refusal, words},
    usecase::{FileReport, FiledReport, Refused, Said as Says, SeenReport, ShowReport},
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
    /// What is held while it is filled in; the form brings it back.
    held: String,
    /// What the sum of the children holds, and whom it lacks.
    drafted: Option<DraftView>,
    /// Where it opens with the sum drawn anew; empty: it has it already, or there is none.
    anew: String,
    /// What has come to stand since it was opened.
    changed: Vec<StandsView>,
    /// The sum is another since it was opened: field, the sum now, what was typed. `None`: it is not.
    sum_changed: Option<Vec<(String, String, String)>>,
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

impl FormPage {
    fn has_changed(&self) -> bool {
        !self.changed.is_empty() || self.sum_changed.is_some()
    }
}

/// What a form is opened for.
#[derive(Deserialize, Default)]
pub(super) struct AskForm {
    #[serde(default)]
    day: String,
    /// An office below; empty: this one.
    #[serde(default)]
    office: String,
    /// Not empty: it is practised.
    #[serde(default)]
    exercise: String,
    /// Not empty: with the sum as it is now, also where something stands already.
    #[serde(default)]
    sum: String,
}

impl AskForm {
    /// What was asked when a form was opened that is posted now.
    fn of(typed: &Typed) -> Self {
        let text = |name: &str| typed.text(name).to_owned();
        Self { day: text("day"), office: text("on_behalf_of"), exercise: text("exercise"), sum: text("drafted") }
    }

    fn show(&self, form: &Form) -> ShowReport {
        ShowReport { form: form.id.clone(), period: self.day.clone(), office: self.office.clone() }
    }
}

pub(super) async fn open(
    State(console): State<Console>,
    desk: Desk,
    Path(form): Path<String>,
    Query(asked): Query<AskForm>,
) -> Paged {
    let page = blank(&console, &desk, known(&form)?, asked).await?;
    // What was said before stands in it, and what those below have said.
    let own = console.office.own().clone();
    let whose = if page.behalf.0.is_empty() { own.as_str() } else { &page.behalf.0 };
    console.saw(&desk, How::Opened, Seen::report(&page.form.id, whose, &page.period));
    html(&page)
}

/// A form as it is opened: with what this office has entered before, or with the sum of the children.
async fn blank(console: &Console, desk: &Desk, form: &'static Form, asked: AskForm) -> Result<FormPage, Refused> {
    let own = console.office.own().clone();
    let office = if asked.office == own.as_str() { String::new() } else { asked.office.clone() };
    let (mode, asked) = (mode(&asked.exercise), AskForm { office, ..asked });
    let shown = console.office.show_of(mode, &asked.show(form)).await?;
    let before = shown.revisions.iter().rfind(|revision| revision.reference.origin == own);
    let stands = before.map(|before| before.body.filled.answers.as_slice()).unwrap_or_default();
    // What is practised is summed from nothing: those below report what is real.
    let is_summed = asked.office.is_empty() && mode == Mode::Real;
    let sum = if is_summed { summed::summed(console, form, &asked.day).await? } else { None };
    let sums = sum.is_some();
    let sum = sum.filter(|_| before.is_none() || !asked.sum.is_empty());
    let (answers, drafted) = match sum {
        Some((sums, drafted)) => (summed::anew(form, stands, sums), Some(drafted)),
        None => (stands.to_vec(), None),
    };
    let mut fields = fields::said(&form.fields, &answers);
    summed::beside(&mut fields, form, (stands, &answers));
    let period = if asked.day.is_empty() { Day::of(console.clock.wall()).to_string() } else { asked.day };
    let behalf = behalf(console, &asked.office);
    let title = if behalf.0.is_empty() { form.title.clone() } else { matter::named(&more::behalf_of(&behalf.1), &form.title) };
    Ok(FormPage {
        frame: console.frame(desk, Part::Reports, words::marked(mode, title))?,
        fields,
        form,
        corrects: before.is_some(),
        reason: String::new(),
        held: shown.held,
        anew: if sums && drafted.is_none() { format!("/reports/new/{}?day={period}&sum=1", form.id) } else { String::new() },
        drafted,
        changed: Vec::new(),
        sum_changed: None,
        period,
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

pub(super) async fn file(State(console): State<Console>, Path(form): Path<String>, posted: Posted) -> Paged {
    let (Posted { desk, typed }, form) = (posted, known(&form)?);
    let (reason, answers) = (typed.text("reason").trim().to_owned(), fields::answers(&form.fields, &typed));
    let mode = mode(typed.text("exercise"));
    let asked = FileReport {
        id: record_id(&typed)?,
        form: form.id.clone(),
        period: typed.text("day").to_owned(),
        said: if typed.ticked("drafted") { Says::Summed(answers) } else { Says::Answers(answers) },
        correction: typed.ticked("corrects").then(|| reason.clone()),
        by: desk.person(),
        mode,
        on_behalf: on_behalf(&typed),
    };
    let id = asked.id;
    // Of what is practised nothing stands that could be replaced unseen.
    let seen = seen(&typed).filter(|_| mode == Mode::Real);
    match console.office.file_seeing(asked, seen.as_ref()).await {
        Ok(filed) => then(&place(form, &filed, (mode, filed.reference.id != id))),
        Err(refused) if refused.refusal == Refusal::ReportChanged => look_again(&console, &desk, form, (typed, refused)).await,
        Err(refused) => {
            let page = typed_over(blank(&console, &desk, form, AskForm::of(&typed)).await?, typed, &refused);
            Ok((http_status(refused.refusal), html(&page)?).into_response())
        }
    }
}

/// What was held when the form was opened; `None`: it does not say.
fn seen(typed: &Typed) -> Option<SeenReport> {
    let text = |name: &str| typed.text(name).to_owned();
    typed.ticked("seen").then(|| SeenReport { held: text("seen"), summed: text("drafted") })
}

/// Where a report is shown after it was filed; `already`: it was held, and nothing was filed.
fn place(form: &Form, filed: &FiledReport, (mode, already): (Mode, bool)) -> String {
    let how = match mode {
        Mode::Real if already => ALREADY,
        Mode::Real => "",
        Mode::Exercise | Mode::Test => PRACTISED,
    };
    format!("/reports/show/{}/{}/{}{how}", form.id, filed.office, filed.period)
}

/// Says on the page of what stands that nothing more was filed.
const ALREADY: &str = "?already=1";

/// The form as it was typed, with what has changed meanwhile. Whoever pressed one key is led to what stands: he has typed nothing.
async fn look_again(console: &Console, desk: &Desk, form: &'static Form, (typed, refused): (Typed, Refused)) -> Paged {
    let (asked, says) = (AskForm::of(&typed), fields::answers(&form.fields, &typed));
    let changed = changed::since(console, &asked.show(form), (typed.text("seen"), &says)).await?;
    if let (true, Some(stands)) = (typed.ticked("key"), changed.first()) {
        return then(&format!("{}{ALREADY}", stands.path));
    }
    let sum = if typed.ticked("drafted") { summed::summed(console, form, &asked.day).await? } else { None };
    let sum = sum.filter(|(_, now)| now.held != typed.text("drafted"));
    let now = blank(console, desk, form, asked).await?;
    let (held, corrects) = (now.held.clone(), now.corrects);
    let drafted = now.drafted.as_ref().map(|drafted| drafted.held.clone());
    let page = typed_over(now, typed, &refused);
    let is_news = !changed.is_empty() || sum.is_some();
    let page = FormPage {
        corrects: corrects || (!page.behalf.0.is_empty() && changed.iter().any(|stands| stands.form == form.id)),
        held,
        drafted: page.drafted.zip(drafted).map(|(view, held)| DraftView { held, ..view }),
        sum_changed: sum.map(|(sums, _)| changed::differences(form, &summed::anew(form, &says, sums), &says)),
        said: page.said.filter(|_| !is_news),
        changed,
        ..page
    };
    Ok((http_status(refused.refusal), html(&page)?).into_response())
}

/// The form as it was typed, with what is wrong. What was held when it was opened is still all that was seen.
fn typed_over(page: FormPage, typed: Typed, refused: &Refused) -> FormPage {
    let (at, text) = (|field: &str| fields::fault_at(&refused.faults, field), |name: &str| typed.text(name).to_owned());
    let drafted = page.drafted.filter(|_| typed.ticked("drafted"));
    FormPage {
        fields: fields::typed_again(&page.form.fields, &typed, &refused.faults),
        corrects: typed.ticked("corrects") || matches!(refused.refusal, Refusal::PeriodClosed),
        reason: text("reason"),
        held: if typed.ticked("seen") { text("seen") } else { page.held },
        drafted: drafted.map(|drafted| DraftView { held: text("drafted"), ..drafted }),
        told_fault: at("told_by"),
        phone_fault: at("phone"),
        reason_fault: at("reason"),
        id: text("id"),
        said: Some(Said::of(refused)),
        typed,
        ..page
    }
}
