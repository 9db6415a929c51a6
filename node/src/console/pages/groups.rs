//! Groups of offices (编组): this office's own, to be chosen wherever offices are; making one, changing and dropping it.

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    response::IntoResponse as _,
    routing::{get, post},
};
use dutynet_relay::ids::OfficeId;
use serde::Deserialize;

use super::super::{
    Console,
    choosing::Choosing,
    desk::Desk,
    page::{Frame, Paged, Part, html, moment, then},
    posted::{Posted, Typed, record_id},
    trouble::{Said, http_status},
};
use crate::{
    domain::{account::Right, notice::GROUP_CHARS_MAX},
    text::{console::listed, console_set as text, refusal::Refusal},
    usecase::{Group, Refused, SaveGroup},
};

pub(super) fn router() -> Router<Console> {
    Router::new().route("/groups", get(list).post(save)).route("/groups/drop", post(drop_one))
}

#[derive(Template)]
#[template(path = "groups.html")]
struct Page {
    frame: Frame,
    groups: Vec<GroupView>,
    choosing: Choosing,
    /// What is typed, or what the group has that is changed.
    typed: Typed,
    may: bool,
    id: String,
    said: Option<Said>,
}

impl Page {
    const NAME_MAX: usize = GROUP_CHARS_MAX;
}

/// A group on the page.
struct GroupView {
    name: String,
    count: usize,
    members: String,
    saved: String,
    /// For dropping it.
    id: String,
}

#[derive(Deserialize, Default)]
struct Asked {
    /// Name of a group that is to be changed.
    #[serde(default)]
    edit: String,
}

async fn list(State(console): State<Console>, desk: Desk, Query(asked): Query<Asked>) -> Paged {
    let groups = console.office.groups().await?;
    let typed = if asked.edit.is_empty() {
        Typed::default()
    } else {
        let group = groups.iter().find(|group| group.name == asked.edit).ok_or(Refusal::GroupUnknown)?;
        as_typed(group, &Choosing::below(&console))
    };
    html(&page(&console, &desk, typed, groups)?)
}

/// A group as whoever made it would type it.
fn as_typed(group: &Group, choosing: &Choosing) -> Typed {
    let is_listed = |office: &&OfficeId| choosing.listed.iter().any(|(listed, _)| listed == office.as_str());
    let (boxes, more): (Vec<&OfficeId>, Vec<&OfficeId>) = group.members.iter().partition(is_listed);
    let more: Vec<&str> = more.into_iter().map(OfficeId::as_str).collect();
    let named = [("name".to_owned(), group.name.clone()), ("more".to_owned(), more.join(" "))];
    Typed::new(named.into_iter().chain(boxes.into_iter().map(|office| ("to".to_owned(), office.to_string()))).collect())
}

fn page(console: &Console, desk: &Desk, typed: Typed, groups: Vec<Group>) -> Result<Page, Refused> {
    let offices = console.office.offices_below();
    let name = |office: &OfficeId| {
        let known = offices.iter().find(|(_, entry)| entry.office == *office);
        known.map_or_else(|| office.to_string(), |(_, entry)| entry.name.clone())
    };
    let view = |group: Group| {
        Ok(GroupView {
            count: group.members.len(),
            members: listed(&group.members.iter().map(name).collect::<Vec<_>>()),
            saved: text::entered(&moment(group.saved_at), group.by.as_ref().map_or("", |by| by.name.as_str())),
            name: group.name,
            id: console.new_id()?,
        })
    };
    Ok(Page {
        frame: console.frame(desk, Part::Notices, text::GROUPS)?,
        groups: groups.into_iter().map(view).collect::<Result<_, Refused>>()?,
        choosing: Choosing::below(console),
        typed,
        may: desk.account.may(Right::Direct),
        id: console.new_id()?,
        said: None,
    })
}

async fn save(State(console): State<Console>, posted: Posted) -> Paged {
    let Posted { desk, typed } = posted;
    desk.must(Right::Direct)?;
    let asked =
        SaveGroup { id: record_id(&typed)?, name: typed.text("name").to_owned(), members: typed.offices(), by: desk.person() };
    let made = console.office.save_group(asked).await;
    answered(&console, &desk, typed, made).await
}

async fn drop_one(State(console): State<Console>, posted: Posted) -> Paged {
    let Posted { desk, typed } = posted;
    desk.must(Right::Direct)?;
    let made = console.office.drop_group(record_id(&typed)?, typed.text("drop"), desk.person()).await;
    answered(&console, &desk, typed, made).await
}

async fn answered(console: &Console, desk: &Desk, typed: Typed, made: Result<Group, Refused>) -> Paged {
    match made {
        Ok(_) => then("/groups"),
        Err(refused) => {
            let groups = console.office.groups().await?;
            let page = Page { said: Some(Said::of(&refused)), ..page(console, desk, typed, groups)? };
            Ok((http_status(refused.refusal), html(&page)?).into_response())
        }
    }
}
