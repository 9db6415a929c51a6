//! Making a call: of everybody below, a group, a list, or some who are drawn from one of these.

use askama::Template;
use axum::{extract::State, response::IntoResponse as _};
use dutynet_relay::record::Mode;

use super::{
    super::super::{
        Console,
        choosing::Choosing,
        desk::Desk,
        fields::Beside,
        page::{Frame, Paged, html, then},
        posted::{Posted, Typed, record_id},
        trouble::{Said, http_status},
    },
    PART,
};
use crate::{
    domain::{
        account::Right,
        beijing,
        form::{Fault, FaultKind},
    },
    text::{console_look as look, refusal::Refusal},
    usecase::{CallKind, CallRoll, Refused, To},
};

#[derive(Template)]
#[template(path = "roll_new.html")]
struct Page {
    frame: Frame,
    typed: Typed,
    choosing: Choosing,
    groups: Vec<String>,
    beside: Beside,
    id: String,
    said: Option<Said>,
}

impl Page {
    fn is(&self, name: &str, value: &str) -> bool {
        self.typed.text(name) == value
    }
}

pub(super) async fn open(State(console): State<Console>, desk: Desk) -> Paged {
    desk.must(Right::Direct)?;
    html(&blank(&console, &desk, Typed::default().with("whom", "all"), console.new_id()?).await?)
}

async fn blank(console: &Console, desk: &Desk, typed: Typed, id: String) -> Result<Page, Refused> {
    Ok(Page {
        frame: console.frame(desk, PART, look::CALL)?,
        typed,
        choosing: Choosing::below(console),
        groups: console.office.groups().await?.into_iter().map(|group| group.name).collect(),
        beside: Beside::default(),
        id,
        said: None,
    })
}

pub(super) async fn call(State(console): State<Console>, posted: Posted) -> Paged {
    let Posted { desk, typed } = posted;
    desk.must(Right::Direct)?;
    let called = match asked(&desk, &typed) {
        Ok(asked) => console.office.call_roll(asked).await,
        Err(refused) => Err(refused),
    };
    match called {
        Ok(called) => then(&format!("/roll/{}/{}", called.taken.matter.origin, called.taken.matter.id)),
        Err(refused) => {
            let id = typed.text("id").to_owned();
            let beside = Beside::of(&refused, &typed);
            let page = Page { beside, said: Some(Said::of(&refused)), ..blank(&console, &desk, typed, id).await? };
            Ok((http_status(refused.refusal), html(&page)?).into_response())
        }
    }
}

fn asked(desk: &Desk, typed: &Typed) -> Result<CallRoll, Refused> {
    let to = match typed.text("whom") {
        "all" => Some(To::EverybodyBelow),
        "group" => Some(To::Group(typed.text("group").to_owned())),
        "list" => Some(To::Offices(typed.offices())),
        _ => None,
    };
    let at = typed.text("opens_at").trim();
    Ok(CallRoll {
        id: record_id(typed)?,
        kind: if typed.text("kind") == "spot" { CallKind::Spot } else { CallKind::Roll },
        title: typed.text("title").to_owned(),
        to,
        draw: number(typed, "draw")?,
        at: if at.is_empty() { None } else { Some(beijing::moment(at).ok_or(Refusal::RollTime)?) },
        minutes: number(typed, "minutes")?,
        by: desk.person(),
        mode: if typed.ticked("exercise") { Mode::Exercise } else { Mode::Real },
    })
}

/// `None`: nothing was typed.
pub(super) fn number(typed: &Typed, name: &str) -> Result<Option<u32>, Refused> {
    match typed.text(name).trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| wants_number(name)),
    }
}

fn wants_number(name: &str) -> Refused {
    let label = crate::text::rollcall::label(name).unwrap_or(name).to_owned();
    Refused::at_fields(vec![Fault { field: name.to_owned(), label, kind: FaultKind::WantsNumber }])
}
