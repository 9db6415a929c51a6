//! Laying a stricter pack of rules for this office, or sending one down: uploaded or pasted, checked first, then put.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::IntoResponse as _};

use super::super::super::{
    Console,
    desk::Desk,
    page::{Frame, Paged, Part, html, then},
    posted::{Typed, record_id},
    trouble::{Said, http_status},
    upload::PostedWithFiles,
};
use crate::{
    domain::{
        account::Right,
        rules::{PACK_BYTES_MAX, Pack, Reach},
    },
    text::{console_set as set, rules as words},
    usecase::{PutPack, Refused},
};

#[derive(Template)]
#[template(path = "rules_put.html")]
struct Page {
    frame: Frame,
    /// The pack as it was uploaded or pasted.
    text: String,
    /// What is wrong with it, one sentence each.
    faults: Vec<String>,
    /// What a pack without faults is: title, version, rows.
    sound: Option<(String, u32, usize)>,
    has_below: bool,
    id: String,
    said: Option<Said>,
}

pub(super) async fn open(State(console): State<Console>, desk: Desk) -> Paged {
    desk.must(Right::Direct)?;
    html(&blank(&console, &desk, String::new())?)
}

fn blank(console: &Console, desk: &Desk, text: String) -> Result<Page, Refused> {
    Ok(Page {
        frame: console.frame(desk, Part::Rules, set::PUT_PACK)?,
        text,
        faults: Vec::new(),
        sound: None,
        has_below: !console.office.offices_below().is_empty(),
        id: console.new_id()?,
        said: None,
    })
}

/// Whoever sends a file, or text without a word of what is to become of it, has it checked.
pub(super) async fn put(State(console): State<Console>, posted: PostedWithFiles) -> Paged {
    let PostedWithFiles { desk, typed, files } = posted;
    let sent = files.first_text(PACK_BYTES_MAX).await;
    desk.must(Right::Direct)?;
    let text = match sent {
        Ok(sent) => sent.unwrap_or_else(|| typed.text("text").to_owned()),
        Err(refused) => return refused_page(blank(&console, &desk, typed.text("text").to_owned())?, &refused),
    };
    match typed.text("reach") {
        "own" => put_as(&console, &desk, (&typed, text), Reach::Own).await,
        "below" => put_as(&console, &desk, (&typed, text), Reach::Subtree).await,
        _ => checked(&console, &desk, text).await,
    }
}

async fn checked(console: &Console, desk: &Desk, text: String) -> Paged {
    let faults: Vec<String> = console.office.check_pack(&text).await?.iter().map(words::fault).collect();
    let pack = Pack::parse(&text).ok().filter(|_| faults.is_empty());
    let sound = pack.map(|pack| (pack.title.clone(), pack.version, pack.row_ids().count()));
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = Page { faults, sound, ..blank(console, desk, text)? };
    Ok((status, html(&page)?).into_response())
}

async fn put_as(console: &Console, desk: &Desk, (typed, text): (&Typed, String), reach: Reach) -> Paged {
    let asked = PutPack { id: record_id(typed)?, text: text.clone(), reach, by: desk.person() };
    match console.office.put_pack(asked).await {
        Ok(put) => then(&format!("/rules?pack={}", put.key)),
        Err(refused) => refused_page(blank(console, desk, text)?, &refused),
    }
}

fn refused_page(page: Page, refused: &Refused) -> Paged {
    let page = Page { said: Some(Said::of(refused)), ..page };
    Ok((http_status(refused.refusal), html(&page)?).into_response())
}
