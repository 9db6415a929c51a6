//! An outcome of a session becomes a directive, in one form.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::IntoResponse as _,
};
use serde::Deserialize;

use super::{
    super::super::{
        Console,
        choosing::Choosing,
        desk::Desk,
        fields::{self, Beside, FieldView, Input},
        page::{Frame, Paged, html, plain, then},
        posted::{Posted, Typed, record_id},
        trouble::{Said, http_status},
    },
    PART,
};
use crate::{
    domain::{
        access::{How, Seen},
        account::Right,
        form::{Answer, Value},
        step::{StepForm, StepForms},
    },
    text::{console_look as look, refusal::Refusal},
    usecase::{OrderOutcome, Refused, TakeStep},
};

/// Of a directive's title, as its form has it.
const TITLE_CHARS_MAX: usize = 100;

#[derive(Template)]
#[template(path = "order.html")]
struct OrderPage {
    frame: Frame,
    form: &'static StepForm,
    action: String,
    back: String,
    fields: Vec<FieldView>,
    choosing: Choosing,
    beside: Beside,
    typed: Typed,
    id: String,
    said: Option<Said>,
}

#[derive(Deserialize, Default)]
pub(super) struct AskOrder {
    #[serde(default)]
    outcome: String,
}

fn directive_form() -> Result<&'static StepForm, Refused> {
    StepForms::built_in().get("directive.order").ok_or_else(|| Refusal::Internal.into())
}

pub(super) async fn open(
    State(console): State<Console>,
    desk: Desk,
    Path((origin, id)): Path<(String, String)>,
    Query(asked): Query<AskOrder>,
) -> Paged {
    desk.must(Right::Direct)?;
    let session = format!("{origin}/{id}");
    let page = order_page(&console, &desk, (&session, &asked.outcome), Typed::default())?;
    let agreed = agreed(&console, &session, &asked.outcome).await?;
    console.saw(&desk, How::Opened, Seen::at(&format!("/consultation/{session}")));
    html(&OrderPage { fields: fields::said(&page.form.fields, &agreed), ..page })
}

/// What an outcome says, as a directive says it; empty: there is no such outcome.
async fn agreed(console: &Console, session: &str, outcome: &str) -> Result<Vec<Answer>, Refused> {
    let session = console.office.matter(session).await?;
    let step = session.steps.iter().find(|step| step.step.reference.to_string() == outcome);
    let Some(Value::Text(what)) = step.and_then(|step| step.step.value("what")) else { return Ok(Vec::new()) };
    let title: String = what.lines().next().unwrap_or_default().chars().take(TITLE_CHARS_MAX).collect();
    let said = |field: &str, text: String| Answer { field: field.to_owned(), value: Value::Text(text) };
    Ok(vec![said("title", title), said("words", what.clone())])
}

fn order_page(console: &Console, desk: &Desk, (session, outcome): (&str, &str), typed: Typed) -> Result<OrderPage, Refused> {
    let outcome = plain(outcome);
    let form = directive_form()?;
    Ok(OrderPage {
        frame: console.frame(desk, PART, look::ORDER)?,
        form,
        action: format!("/consultation/{session}/order?outcome={outcome}"),
        back: format!("/consultation/{session}"),
        fields: fields::said(&form.fields, &[]),
        choosing: Choosing::below(console),
        beside: Beside::default(),
        typed,
        id: console.new_id()?,
        said: None,
    })
}

pub(super) async fn order(
    State(console): State<Console>,
    Path((origin, id)): Path<(String, String)>,
    Query(asked): Query<AskOrder>,
    posted: Posted,
) -> Paged {
    let (Posted { desk, typed }, session) = (posted, format!("{origin}/{id}"));
    desk.must(Right::Direct)?;
    let form = directive_form()?;
    let directive = TakeStep {
        id: record_id(&typed)?,
        form: form.id.clone(),
        matter: String::new(),
        answers: fields::answers(&form.fields, &typed),
        links: Vec::new(),
        to: typed.offices(),
        by: desk.person(),
        mode: None,
        on_behalf: None,
        corrects: String::new(),
    };
    match console.office.order_outcome(OrderOutcome { outcome: asked.outcome.clone(), directive }).await {
        Ok(_) => then(&format!("/consultation/{session}")),
        Err(refused) => {
            let again = fields::typed_again(&form.fields, &typed, &refused.faults);
            let (id, beside) = (typed.text("id").to_owned(), Beside::of(&refused, &typed));
            let page = order_page(&console, &desk, (&session, &asked.outcome), typed)?;
            let page = OrderPage { fields: again, beside, id, said: Some(Said::of(&refused)), ..page };
            Ok((http_status(refused.refusal), html(&page)?).into_response())
        }
    }
}
