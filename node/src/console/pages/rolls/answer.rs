//! The answer of this office: one form for every call that is open, with those on duty filled in as they were stated before.

use askama::Template;
use axum::{extract::State, response::IntoResponse as _};

use super::{
    super::super::{
        Console,
        desk::Desk,
        fields::{self, FieldView, Input},
        page::{Frame, Paged, html, moment, then},
        posted::{Posted, record_id},
        trouble::{Said, http_status},
    },
    PART,
};
use crate::{
    domain::{
        access::{How, Seen},
        form::{Answer, Value},
        rollcall::course::ANSWER,
        step::{StepForm, StepForms},
    },
    projection::Openness,
    text::{console as text, console_look as look, refusal::Refusal},
    usecase::{AnswerRolls, Refused, RollRelation},
};

#[derive(Template)]
#[template(path = "roll_answer.html")]
struct Page {
    frame: Frame,
    calls: Vec<CallView>,
    fields: Vec<FieldView>,
    /// Those on duty stand in the form as they were stated before.
    stated: bool,
    id: String,
    said: Option<Said>,
}

/// A call that waits.
struct CallView {
    path: String,
    number: String,
    title: String,
    mode: &'static str,
    caller: String,
    opens: String,
    due_ms: i64,
    left: String,
}

fn form() -> Result<&'static StepForm, Refused> {
    StepForms::built_in().get(ANSWER).ok_or_else(|| Refusal::Internal.into())
}

pub(super) async fn open(State(console): State<Console>, desk: Desk) -> Paged {
    let (calls, stated) = waiting(&console).await?;
    console.saw(&desk, How::Opened, Seen::page("/rolls/answer"));
    html(&Page {
        frame: console.frame(&desk, PART, look::ANSWER)?,
        fields: fields::said(&form()?.fields, &stated),
        stated: !stated.is_empty(),
        calls,
        id: console.new_id()?,
        said: None,
    })
}

/// The calls, what is real first, and who is on duty as this office has stated it.
async fn waiting(console: &Console) -> Result<(Vec<CallView>, Vec<Answer>), Refused> {
    let (rolls, now) = console.office.rolls(Openness::Open).await?;
    let own = console.office.own().clone();
    let (mut calls, mut stated) = (Vec::new(), Vec::new());
    for roll in rolls.into_iter().filter(|roll| roll.relation == RollRelation::ToAnswer) {
        let table = console.office.roll_table(&roll.row.matter.to_string()).await?;
        let row = table.rows.into_iter().find(|row| row.seat.office == own);
        let due = row.as_ref().map_or(roll.closes, |row| row.due);
        if let Some(expected) = row.and_then(|row| row.expected).filter(|_| stated.is_empty()) {
            let said = [("leader", expected.leader), ("officer", expected.officer)];
            let said = said.into_iter().filter(|(_, name)| !name.is_empty());
            stated = said.map(|(field, name)| Answer { field: field.to_owned(), value: Value::Text(name) }).collect();
        }
        calls.push(CallView {
            path: format!("/roll/{}/{}", roll.row.matter.origin, roll.row.matter.id),
            number: roll.row.number.to_string(),
            title: roll.row.title.unwrap_or_default(),
            mode: look::not_real(roll.row.mode),
            caller: roll.caller,
            opens: moment(roll.opens),
            due_ms: due.0,
            left: text::left(due, now),
        });
    }
    Ok((calls, stated))
}

pub(super) async fn answer(State(console): State<Console>, posted: Posted) -> Paged {
    let Posted { desk, typed } = posted;
    let said = |field: &str| typed.text(&format!("f.{field}")).trim().to_owned();
    let asked = AnswerRolls {
        id: record_id(&typed)?,
        call: String::new(),
        leader: said("leader"),
        officer: said("officer"),
        work: said("work"),
        by: desk.person(),
    };
    let own = console.office.own().clone();
    match console.office.answer_rolls(asked).await {
        Ok(answered) => then(&format!("/roll/{}/{}?office={own}#act", answered.taken.matter.origin, answered.taken.matter.id)),
        Err(refused) => {
            let (calls, _) = waiting(&console).await?;
            let page = Page {
                frame: console.frame(&desk, PART, look::ANSWER)?,
                fields: fields::typed_again(&form()?.fields, &typed, &refused.faults),
                stated: false,
                calls,
                id: typed.text("id").to_owned(),
                said: Some(Said::of(&refused)),
            };
            Ok((http_status(refused.refusal), html(&page)?).into_response())
        }
    }
}
