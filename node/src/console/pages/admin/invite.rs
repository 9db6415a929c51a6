//! Who is below, and how somebody comes to be: invitations out of a table, each on a sheet of its own, new machines, and taking one back.
//!
//! A token is shown once, on the answer to the form, and kept nowhere: the parent keeps its hash. So this answer is no redirection; sending the
//! form again makes another invitation, and both stand in the list until they are used, end, or are taken back.

use std::time::Duration;

use askama::Template;
use axum::{
    Router,
    extract::State,
    response::IntoResponse as _,
    routing::{get, post},
};
use dutynet_relay::writer::OpenInvitation;

use super::{
    super::super::{
        Console,
        desk::Desk,
        page::{Frame, Paged, Part, html, moment, then},
        posted::{Posted, Typed},
        trouble::{Said, http_status},
    },
    Tab, table, tabs,
};
use crate::{
    domain::account::Right,
    text::{admin as text, console::listed, words},
    usecase::{Below, InvitationTerms, Invited, NewChild, Refused, Replacing},
};

/// Letters of a token that stand in one line of a sheet, in groups.
const GROUPS: usize = 6;
const DAY: Duration = Duration::from_secs(86_400);

pub(super) fn router() -> Router<Console> {
    Router::new()
        .route("/admin/invite", get(form).post(invite))
        .route("/admin/invite/revoke", post(revoke))
        .route("/admin/offices", get(offices))
        .route("/admin/offices/replace", post(replace))
}

#[derive(Template)]
#[template(path = "admin_invite.html")]
struct Invite {
    frame: Frame,
    tabs: Vec<Tab>,
    typed: Typed,
    faults: Vec<String>,
    said: Option<Said>,
    open: Vec<OpenView>,
    /// Where children would dial; empty: none can be invited.
    addresses: String,
}

struct OpenView {
    secret: String,
    office: String,
    name: String,
    replaces: bool,
    until: String,
    by: String,
}

fn open_view(open: &OpenInvitation) -> OpenView {
    OpenView {
        secret: open.secret.to_string(),
        office: open.entry.office.to_string(),
        name: open.entry.name.clone(),
        replaces: open.replaces,
        until: moment(open.valid_until),
        by: open.by.as_ref().map(|by| by.name.clone()).unwrap_or_default(),
    }
}

/// What came of the table: a sheet for each invitation, and what was not done.
#[derive(Template)]
#[template(path = "admin_sheets.html")]
struct Sheets {
    frame: Frame,
    tabs: Vec<Tab>,
    sheets: Vec<Sheet>,
    /// Registered without a node.
    plain: Vec<String>,
    faults: Vec<String>,
    /// Lines that were not done, to be tried again.
    again: String,
}

struct Sheet {
    name: String,
    office: String,
    class: &'static str,
    parent: String,
    addresses: String,
    key: String,
    until: String,
    /// Begins the token, and its letters in lines of groups.
    word: String,
    lines: Vec<Vec<String>>,
    replaces: bool,
}

async fn form(State(console): State<Console>, desk: Desk) -> Paged {
    desk.must(Right::Operate)?;
    html(&form_page(&console, &desk, Typed::default(), (Vec::new(), None))?)
}

fn form_page(console: &Console, desk: &Desk, typed: Typed, wrong: (Vec<String>, Option<Said>)) -> Result<Invite, Refused> {
    Ok(Invite {
        frame: console.frame(desk, Part::Admin, text::INVITE)?,
        tabs: tabs("/admin/invite"),
        typed,
        faults: wrong.0,
        said: wrong.1,
        open: console.office.open_invitations()?.iter().map(open_view).collect(),
        addresses: listed(&console.office.machine()?.addresses),
    })
}

fn terms(typed: &Typed) -> InvitationTerms {
    let days = typed.text("days").trim().parse::<u32>().unwrap_or(7).clamp(1, 30);
    InvitationTerms { valid_for: DAY.saturating_mul(days), addresses: Vec::new() }
}

async fn invite(State(console): State<Console>, posted: Posted) -> Paged {
    let Posted { desk, typed } = posted;
    desk.must(Right::Operate)?;
    let rows = match table::read(typed.text("table")) {
        Ok(rows) => rows,
        Err(faults) => {
            let page = form_page(&console, &desk, typed, (faults, None))?;
            return Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, html(&page)?).into_response());
        }
    };
    let (mut sheets, mut plain, mut faults, mut again) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (at, row) in rows.iter().enumerate() {
        let child = row.child(desk.person());
        let done = if row.has_node {
            let invited = console.office.invite(child, Replacing::Nothing, terms(&typed)).await;
            invited
                .and_then(|invited| sheet(&console, row.office.as_str(), (&row.name, words::class(row.class)), &invited))
                .map(|sheet| sheets.push(sheet))
        } else {
            console.office.add_office(child).await.map(|entry| plain.push(entry.name))
        };
        if let Err(refused) = done {
            faults.push(text::row_fault(at + 1, &row.name, &Said::of(&refused).sentence));
            again.push(row.line.clone());
        }
    }
    let (frame, tabs) = (console.frame(&desk, Part::Admin, text::SHEETS)?, tabs("/admin/invite"));
    html(&Sheets { frame, tabs, sheets, plain, faults, again: again.join("\n") })
}

fn sheet(console: &Console, office: &str, (name, class): (&str, &'static str), invited: &Invited) -> Result<Sheet, Refused> {
    let (status, machine) = (console.office.status(), console.office.machine()?);
    let (word, letters) = invited.invitation.split_once('.').unwrap_or_default();
    let groups: Vec<String> = letters.split('-').map(str::to_ascii_uppercase).collect();
    Ok(Sheet {
        name: name.to_owned(),
        office: office.to_owned(),
        class,
        parent: format!("{} {}", status.name, status.office),
        addresses: listed(&machine.addresses),
        key: machine.key,
        until: moment(invited.valid_until),
        word: format!("{word}."),
        lines: groups.chunks(GROUPS).map(<[String]>::to_vec).collect(),
        replaces: false,
    })
}

async fn revoke(State(console): State<Console>, posted: Posted) -> Paged {
    let Posted { desk, typed } = posted;
    desk.must(Right::Operate)?;
    match console.office.revoke_invitation(typed.text("secret")).await {
        Ok(()) => then("/admin/invite"),
        Err(refused) => {
            let page = form_page(&console, &desk, Typed::default(), (Vec::new(), Some(Said::of(&refused))))?;
            Ok((http_status(refused.refusal), html(&page)?).into_response())
        }
    }
}

#[derive(Template)]
#[template(path = "admin_offices.html")]
struct Offices {
    frame: Frame,
    tabs: Vec<Tab>,
    rows: Vec<ChildView>,
    said: Option<Said>,
}

/// An office right below.
struct ChildView {
    office: String,
    name: String,
    has_node: bool,
    up: Option<bool>,
    software: String,
    packs: String,
    /// Until when its certificate is good; empty: it was not linked since the start.
    certificate_until: String,
}

impl ChildView {
    fn of(below: Below) -> Self {
        Self {
            office: below.office.to_string(),
            certificate_until: below.certificate_until.map(moment).unwrap_or_default(),
            name: below.name,
            has_node: below.has_node,
            up: below.up,
            software: below.software,
            packs: below.packs,
        }
    }
}

async fn offices(State(console): State<Console>, desk: Desk) -> Paged {
    desk.must(Right::Operate)?;
    html(&offices_page(&console, &desk, None).await?)
}

async fn offices_page(console: &Console, desk: &Desk, said: Option<Said>) -> Result<Offices, Refused> {
    let rows = console.office.children().await?.into_iter().map(ChildView::of).collect();
    Ok(Offices { frame: console.frame(desk, Part::Admin, text::OFFICES)?, tabs: tabs("/admin/offices"), rows, said })
}

/// A new machine for a child whose old one is gone.
async fn replace(State(console): State<Console>, posted: Posted) -> Paged {
    let Posted { desk, typed } = posted;
    desk.must(Right::Operate)?;
    let office = typed.text("office").to_owned();
    let entry = console.office.offices_below().into_iter().map(|(_, entry)| entry).find(|entry| entry.office.as_str() == office);
    let (name, class) = entry.map(|entry| (entry.name, words::class(entry.class))).unwrap_or_default();
    let child =
        NewChild { office: office.clone(), name: String::new(), area_code: String::new(), class: None, by: desk.person() };
    match console.office.invite(child, Replacing::Machine, terms(&typed)).await {
        Ok(invited) => {
            let sheet = Sheet { replaces: true, ..sheet(&console, &office, (&name, class), &invited)? };
            let (frame, tabs) = (console.frame(&desk, Part::Admin, text::SHEETS)?, tabs("/admin/offices"));
            let (plain, faults, again) = (Vec::new(), Vec::new(), String::new());
            html(&Sheets { frame, tabs, sheets: vec![sheet], plain, faults, again })
        }
        Err(refused) => {
            let page = offices_page(&console, &desk, Some(Said::of(&refused))).await?;
            Ok((http_status(refused.refusal), html(&page)?).into_response())
        }
    }
}
