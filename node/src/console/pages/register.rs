//! The register of what is classified (涉密事项登记): that an item came, through which channel and to whom; never what it says.

use askama::Template;
use axum::{Router, extract::State, response::IntoResponse as _, routing::get};

use super::super::{
    Console,
    desk::Desk,
    fields::Beside,
    page::{Frame, Paged, Part, html, moment, then},
    posted::{Posted, Typed, record_id},
    trouble::{Said, http_status},
};
use crate::{
    body::WORD_CHARS_MAX,
    domain::{
        access::{How, Seen},
        beijing,
    },
    text::{console_set as text, refusal::Refusal, words},
    usecase::{AddClassified, ClassifiedItem, Refused},
};

/// Where it is.
const REGISTER: &str = "/classified";

pub(super) fn router() -> Router<Console> {
    Router::new().route(REGISTER, get(list).post(add))
}

#[derive(Template)]
#[template(path = "register.html")]
struct Page {
    frame: Frame,
    items: Vec<ItemView>,
    typed: Typed,
    beside: Beside,
    id: String,
    said: Option<Said>,
}

impl Page {
    const CHARS_MAX: usize = WORD_CHARS_MAX;
}

/// An item on the page.
struct ItemView {
    received: String,
    number: String,
    channel: String,
    receiver: String,
    entered: String,
}

impl ItemView {
    fn of(item: &ClassifiedItem) -> Self {
        let number = if item.body.number.is_empty() { words::DASH } else { &item.body.number };
        Self {
            received: moment(item.body.received_at),
            number: number.to_owned(),
            channel: item.body.channel.clone(),
            receiver: item.body.receiver.clone(),
            entered: text::entered(&moment(item.recorded_at), item.by.as_ref().map_or("", |by| by.name.as_str())),
        }
    }
}

async fn list(State(console): State<Console>, desk: Desk) -> Paged {
    console.saw(&desk, How::Opened, Seen::page(REGISTER));
    html(&page(&console, &desk, Typed::default()).await?)
}

async fn page(console: &Console, desk: &Desk, typed: Typed) -> Result<Page, Refused> {
    Ok(Page {
        frame: console.frame(desk, Part::Help, text::REGISTER)?,
        items: console.office.classified().await?.iter().map(ItemView::of).collect(),
        typed,
        beside: Beside::default(),
        id: console.new_id()?,
        said: None,
    })
}

async fn add(State(console): State<Console>, posted: Posted) -> Paged {
    let Posted { desk, typed } = posted;
    let made = match asked(&desk, &typed) {
        Ok(asked) => console.office.add_classified(asked).await,
        Err(refused) => Err(refused),
    };
    match made {
        Ok(_) => then(REGISTER),
        Err(refused) => {
            let beside = Beside::of(&refused, &typed);
            let page = Page { beside, said: Some(Said::of(&refused)), ..page(&console, &desk, typed).await? };
            Ok((http_status(refused.refusal), html(&page)?).into_response())
        }
    }
}

fn asked(desk: &Desk, typed: &Typed) -> Result<AddClassified, Refused> {
    let at = typed.text("received_at").trim();
    Ok(AddClassified {
        id: record_id(typed)?,
        number: typed.text("number").to_owned(),
        channel: typed.text("channel").to_owned(),
        receiver: typed.text("receiver").to_owned(),
        received_at: if at.is_empty() { None } else { Some(beijing::moment(at).ok_or(Refusal::TimeInvalid)?) },
        by: desk.person(),
    })
}
