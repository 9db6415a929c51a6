//! What the machine suggests as findings, with its evidence: rule and article, both clocks, the lines meanwhile. A person opens a finding, or
//! dismisses it with a reason; both are records.

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    response::IntoResponse as _,
    routing::get,
};
use dutynet_relay::ids::UnixMillis;
use serde::Deserialize;

use super::super::{
    Console,
    desk::Desk,
    fields::{self, FieldView, Input},
    page::{Frame, Paged, Part, html, moment, plain_month, then},
    posted::{Posted, Typed, record_id},
    trouble::{Said, http_status},
};
use crate::{
    domain::{
        access::{How, Seen},
        account::Right,
        finding::Suggested,
        form::{Answer, Value},
        step::{MatterKind, StepForm, StepForms},
    },
    text::{console_look as look, due, finding as words, refusal::Refusal},
    usecase::{AskSuggestions, Refused, Suggestion, TakeStep},
};

/// Suggestions that are listed at once.
const SHOWN_MAX: usize = 200;

pub(super) fn router() -> Router<Console> {
    Router::new().route("/stats/findings", get(list).post(decide))
}

#[derive(Template)]
#[template(path = "suggested.html")]
struct Page {
    frame: Frame,
    month: String,
    rows: Vec<RowView>,
    all: usize,
    may: bool,
    form: Option<ActView>,
    id: String,
    said: Option<Said>,
}

struct RowView {
    key: String,
    kind: &'static str,
    debtor: String,
    office: String,
    duty: &'static str,
    about: String,
    stands: String,
    /// 起算、到期、办理: by the clock of the office and by ours.
    clocks: Vec<(&'static str, String, String)>,
    rule: String,
    lines: Vec<String>,
    chosen: bool,
}

/// The form that is open.
struct ActView {
    act: &'static str,
    title: String,
    source: String,
    fields: Vec<FieldView>,
}

#[derive(Deserialize, Default)]
struct Asked {
    #[serde(default)]
    month: String,
    /// The suggestion whose form is open.
    #[serde(default)]
    key: String,
    /// `open` or `dismiss`.
    #[serde(default, rename = "do")]
    act: String,
}

async fn list(State(console): State<Console>, desk: Desk, Query(asked): Query<Asked>) -> Paged {
    let page = page(&console, &desk, &asked, None).await?;
    console.saw(&desk, How::Opened, Seen::page("/stats/findings"));
    html(&page)
}

fn step(act: &str) -> Result<&'static StepForm, Refused> {
    let form = match act {
        "open" => "finding.open",
        "dismiss" => "finding.dismiss",
        _ => return Err(Refusal::PageUnknown.into()),
    };
    StepForms::built_in().get(form).ok_or_else(|| Refusal::Internal.into())
}

async fn page(console: &Console, desk: &Desk, asked: &Asked, typed: Option<(&Typed, &Refused)>) -> Result<Page, Refused> {
    let suggested = console.office.suggest_findings(AskSuggestions { month: asked.month.clone(), office: String::new() }).await?;
    let chosen = suggested.rows.iter().find(|row| row.due.obligation.key.to_string() == asked.key);
    let may = desk.account.may(Right::Direct);
    let form = match (chosen, step(&asked.act)) {
        (Some(row), Ok(step)) if may => Some(ActView {
            act: if step.id == "finding.open" { "open" } else { "dismiss" },
            title: step.title.clone(),
            source: step.source.clone(),
            fields: match typed {
                Some((typed, refused)) => fields::typed_again(&step.fields, typed, &refused.faults),
                None => fields::said(&step.fields, &known(row)),
            },
        }),
        (_, _) => None,
    };
    Ok(Page {
        frame: console.frame(desk, Part::Matters(MatterKind::Finding), look::SUGGESTED)?,
        month: plain_month(&asked.month),
        rows: suggested.rows.iter().take(SHOWN_MAX).map(|row| view(row, &asked.key, suggested.as_of)).collect(),
        all: suggested.rows.len(),
        may,
        form,
        id: match typed {
            Some((typed, _)) => typed.text("id").to_owned(),
            None => console.new_id()?,
        },
        said: typed.map(|(_, refused)| Said::of(refused)),
    })
}

/// What need not be typed.
fn known(row: &Suggestion) -> Vec<Answer> {
    let owed = &row.due.obligation;
    let found_by = match row.kind {
        Suggested::Unanswered => "rollcall",
        Suggested::Late | Suggested::Missing => "records",
    };
    let said = [
        ("due", Value::Text(owed.key.to_string())),
        ("kind", Value::Choices(vec![row.kind.key().to_owned()])),
        ("found_by", Value::Choices(vec![found_by.to_owned()])),
        ("title", Value::Text(words::title(owed.duty, &owed.about.to_string()))),
    ];
    said.into_iter().map(|(field, value)| Answer { field: field.to_owned(), value }).collect()
}

fn view(row: &Suggestion, chosen: &str, now: UnixMillis) -> RowView {
    let owed = &row.due.obligation;
    let mut clocks = vec![(crate::text::console::STARTS, owed.start.at), (crate::text::console::IS_DUE, owed.due)];
    clocks.extend(owed.outcome.met.as_ref().map(|met| (crate::text::console::WAS_MET, met.at)));
    let key = owed.key.to_string();
    RowView {
        kind: words::suggested(row.kind.key()),
        debtor: row.due.debtor_name.clone(),
        office: owed.debtor.to_string(),
        duty: due::duty(owed.duty),
        about: owed.about.to_string(),
        stands: due::stands(row.due.standing.place(), row.due.standing.late_ms()),
        clocks: clocks.into_iter().map(|(name, at)| (name, moment(at.origin), moment(at.here))).collect(),
        rule: due::cited(&owed.cited.article, &owed.cited.pack, owed.cited.version, &owed.cited.row),
        lines: words::lines(&row.way, now).lines().map(str::to_owned).collect(),
        chosen: key == chosen,
        key,
    }
}

async fn decide(State(console): State<Console>, Query(asked): Query<Asked>, posted: Posted) -> Paged {
    let Posted { desk, typed } = posted;
    desk.must(Right::Direct)?;
    let form = step(typed.text("do"))?;
    let taken = TakeStep {
        id: record_id(&typed)?,
        form: form.id.clone(),
        matter: String::new(),
        answers: fields::answers(&form.fields, &typed),
        links: Vec::new(),
        to: vec![typed.text("office").to_owned()],
        by: desk.person(),
        mode: None,
        on_behalf: None,
        corrects: String::new(),
    };
    match console.office.take_step(taken).await {
        Ok(taken) => then(&format!("/matter/{}/{}", taken.matter.origin, taken.matter.id)),
        Err(refused) => {
            let asked = Asked { act: typed.text("do").to_owned(), ..asked };
            let page = page(&console, &desk, &asked, Some((&typed, &refused))).await?;
            Ok((http_status(refused.refusal), html(&page)?).into_response())
        }
    }
}
