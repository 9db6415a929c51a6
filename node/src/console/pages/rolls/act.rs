//! What is done about a call: a second call, the result of a telephone call, an explanation, a ruling, the end. Each a small form at its place.
//!
//! A form brings back what was recorded when it was opened; whoever has not seen what is recorded by now is told first.

use axum::{
    extract::{Path, Query, State},
    response::IntoResponse as _,
};
use dutynet_relay::ids::{OfficeId, RecordRef};

use super::{
    super::super::{
        Console,
        desk::Desk,
        fields::{self, Beside},
        page::{Paged, html, then},
        posted::{Posted, Typed, record_id},
        trouble::{Said, http_status},
    },
    call::number,
    cells,
    grid::{self, ActForm, Asked, KIND},
};
use crate::{
    body::{Channel, Entered},
    domain::step::{StepForm, StepForms},
    text::{console_look as look, refusal::Refusal},
    usecase::{ActOnRoll, OnBehalf, Refused, RollAct, RollCallRow, RollTable, TakeStep},
};

/// What may be done here, in the order in which it is offered.
const ACTS: [&str; 5] = ["phone", "explain", "rule", "again", "close"];

/// Its name in a path and in a form.
pub(super) fn key(form: &'static StepForm) -> &'static str {
    form.id.rsplit('.').next().unwrap_or_default()
}

/// Whether it is about the whole call.
pub(super) fn is_whole(form: &StepForm) -> bool {
    matches!(form.id.as_str(), "rollcall.again" | "rollcall.close")
}

/// The acts that this office and this person may do about a call.
pub(super) fn open_to(console: &Console, desk: &Desk, table: &RollTable) -> Vec<&'static StepForm> {
    let open = console.office.steps_open_to(&table.call, KIND);
    let form = |act: &&str| open.iter().find(|form| form.id == format!("rollcall.{act}")).copied();
    let may = |form: &&StepForm| matches!(key_of(form), "phone" | "explain") || grid::directs(desk);
    let all = ACTS.iter().filter_map(form).filter(may);
    all.filter(|form| table.closed.is_none() || !is_whole(form)).collect()
}

fn key_of(form: &StepForm) -> &str {
    form.id.rsplit('.').next().unwrap_or_default()
}

/// The form that is open: the one that was asked for; beside a cell from which nothing was heard, the result of a call to its telephone.
pub(super) fn form(
    may: &[&'static StepForm],
    (row, own): (Option<&RollCallRow>, &OfficeId),
    asked: &Asked,
    table: &RollTable,
) -> Option<ActForm> {
    let missing = row.is_some_and(|row| table.complete && cells::is_missing(row.outcome) && row.seat.office != *own);
    let wanted = if asked.act.is_empty() && missing { "phone" } else { asked.act.as_str() };
    let form = may.iter().find(|form| key(form) == wanted && is_whole(form) == row.is_none())?;
    Some(ActForm {
        key: key(form),
        title: form.title.clone(),
        source: form.source.clone(),
        fields: grid::blank(form),
        on_behalf: key(form) == "explain" && row.is_some_and(|row| row.seat.office != *own),
        told_by: String::new(),
        phone: String::new(),
        beside: Beside::default(),
        seen: mark(table, row),
        note: match key(form) {
            "again" => look::AGAIN_NOTE,
            "explain" => look::EXPLAIN_NOTE,
            "rule" => look::RULE_NOTE,
            _ => "",
        },
    })
}

/// What is recorded of an office, or of the whole call, in one word: its form brings it back.
pub(super) fn mark(table: &RollTable, row: Option<&RollCallRow>) -> String {
    let Some(row) = row else {
        let rounds = table.rows.iter().map(|row| row.rounds).max().unwrap_or_default();
        return format!("{rounds}.{}", table.closed.map_or(0, |at| at.0));
    };
    let said = row.answer.iter().map(|said| &said.record).chain(row.phoned.iter().map(|call| &call.record));
    let said = said.chain(row.explained.iter().map(|said| &said.record)).chain(row.ruled.iter().map(|ruled| &ruled.said.record));
    said.map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// Whether something else is recorded than when the form was opened.
fn has_changed(table: &RollTable, typed: &Typed) -> bool {
    let row = table.rows.iter().find(|row| row.seat.office.as_str() == typed.text("office"));
    typed.ticked("seen") && typed.text("seen") != mark(table, row)
}

/// Whether the form was sent before: what it records is there, and stays one.
async fn is_retry(console: &Console, call: &str, typed: &Typed) -> Result<bool, Refused> {
    let own = RecordRef { origin: console.office.own().clone(), id: record_id(typed)? };
    Ok(console.office.matter(call).await?.steps.iter().any(|step| step.step.reference == own))
}

pub(super) async fn act(
    State(console): State<Console>,
    Path((origin, id)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    posted: Posted,
) -> Paged {
    let (Posted { desk, typed }, call) = (posted, format!("{origin}/{id}"));
    match take(&console, &desk, &call, &typed).await {
        Ok(()) => {
            let office = if asked.office.is_empty() { String::new() } else { format!("office={}#act", asked.office) };
            then(&format!("/roll/{call}?{}{office}", asked.keep()))
        }
        Err(refused) => {
            let asked = Asked { act: typed.text("do").to_owned(), ..asked };
            let mut page = grid::page(&console, &desk, &call, &asked).await?;
            if let (Some(form), Ok(step)) = (&mut page.form, step_form(&typed)) {
                form.fields = fields::typed_again(&step.fields, &typed, &refused.faults);
                form.beside = Beside::of(&refused, &typed.clone().with("on_behalf_of", asked.office.as_str()));
                (form.told_by, form.phone) = (typed.text("told_by").to_owned(), typed.text("phone").to_owned());
                if refused.refusal != Refusal::RollChanged && typed.ticked("seen") {
                    form.seen = typed.text("seen").to_owned();
                }
            }
            page.said = Some(Said::of(&refused));
            Ok((http_status(refused.refusal), html(&page)?).into_response())
        }
    }
}

fn step_form(typed: &Typed) -> Result<&'static StepForm, Refused> {
    let act = ACTS.into_iter().find(|act| *act == typed.text("do")).ok_or(Refusal::PageUnknown)?;
    StepForms::built_in().get(&format!("rollcall.{act}")).ok_or_else(|| Refusal::Internal.into())
}

async fn take(console: &Console, desk: &Desk, call: &str, typed: &Typed) -> Result<(), Refused> {
    let (form, office, by) = (step_form(typed)?, typed.text("office").to_owned(), desk.person());
    let table = console.office.roll_table(call).await?;
    if has_changed(&table, typed) {
        return if is_retry(console, call, typed).await? { Ok(()) } else { Err(Refusal::RollChanged.into()) };
    }
    if !open_to(console, desk, &table).iter().any(|open| open.id == form.id) {
        return Err(Refusal::RightMissing.into());
    }
    if key(form) == "again" {
        let to = if office.is_empty() { Vec::new() } else { vec![office] };
        let act = RollAct::Again { to, minutes: number(typed, "f.minutes")? };
        console.office.act_on_roll(ActOnRoll { id: record_id(typed)?, call: call.to_owned(), act, by }).await?;
        return Ok(());
    }
    let own = console.office.own().clone();
    let other = (!office.is_empty() && office != own.as_str()).then_some(office);
    let (to, on_behalf) = match key(form) {
        "explain" => (Vec::new(), other.map(|office| OnBehalf { office, entered: told(typed) })),
        "phone" | "rule" => (vec![typed.text("office").to_owned()], None),
        _ => (Vec::new(), None),
    };
    let step = TakeStep {
        id: record_id(typed)?,
        form: form.id.clone(),
        matter: call.to_owned(),
        answers: fields::answers(&form.fields, typed),
        links: Vec::new(),
        to,
        by,
        mode: None,
        on_behalf,
        corrects: String::new(),
    };
    console.office.take_step(step).await.map(|_| ())
}

fn told(typed: &Typed) -> Entered {
    Entered { channel: Channel::Telephone, told_by: typed.text("told_by").to_owned(), phone: typed.text("phone").to_owned() }
}
