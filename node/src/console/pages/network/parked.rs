//! What neighbours refused (滞留): what each record is and where it is shown, who refused it and why, and what a person may do about it.

use axum::extract::State;
use dutynet_relay::{
    ids::{OfficeId, RecordRef, UnixMillis},
    writer::{ParkedRecord, intent::ParkedAt},
};

use super::super::super::{
    Console,
    desk::Desk,
    page::{Paged, then},
    posted::{Posted, Typed},
    ways::{self, Ways},
};
use crate::{
    body::notice::{DELIVERED, NOTICE, SIGNED},
    domain::{account::Right, beijing, form::Forms, step::StepForms},
    text::{whereabouts as text, words},
    usecase::{Refused, parked_at},
};

/// A record that a neighbour refused.
pub(super) struct ParkedView {
    /// Number of the neighbour, as its place is named.
    pub(super) neighbour: String,
    /// Who refused it, by name.
    pub(super) at: String,
    pub(super) lane: &'static str,
    pub(super) lane_number: i32,
    pub(super) seq: u64,
    /// What it is, and where it is shown; empty: nowhere.
    pub(super) what: String,
    pub(super) path: String,
    /// Why, with what to do; and the code for whoever looks after machines.
    pub(super) why: String,
    pub(super) code: String,
    pub(super) since: String,
}

/// Those that a test lets through.
pub(super) async fn views(console: &Console, of: impl Fn(&ParkedRecord) -> bool) -> Result<Vec<ParkedView>, Refused> {
    let (ways, now) = (Ways::now(console)?, console.clock.wall());
    let mut views = Vec::new();
    for parked in ways.parked().iter().filter(|parked| of(parked)) {
        views.push(view(parked, named(console, &ways, parked).await, (&ways, now)));
    }
    Ok(views)
}

fn view(parked: &ParkedRecord, (what, path): (String, String), (ways, now): (&Ways, UnixMillis)) -> ParkedView {
    ParkedView {
        neighbour: parked.at.neighbour.to_string(),
        at: ways.refused_at(parked),
        lane: words::lane(parked.at.lane),
        lane_number: parked.at.lane.number(),
        seq: parked.at.seq.0,
        what,
        path,
        why: ways::reason(parked),
        code: parked.code.clone(),
        since: beijing::for_people(parked.since, now),
    }
}

/// What a record is in words, and where it is shown. One that cannot be read any more is named by its kind.
async fn named(console: &Console, ways: &Ways, parked: &ParkedRecord) -> (String, String) {
    if let Some(form) = Forms::built_in().of_record_kind(&parked.kind)
        && let [_, office, period] = parked.subject.split('/').collect::<Vec<_>>()[..]
    {
        let name = OfficeId::parse(office).map_or_else(|_| office.to_owned(), |office| ways.name(&office));
        return (text::report(&form.title, &name, period), format!("/reports/show/{}/{office}/{period}", form.id));
    }
    if let Some(form) = StepForms::built_in().of_record_kind(&parked.kind) {
        return of_matter(console, &form.title, &parked.subject).await;
    }
    let kind = text::kind(&parked.kind);
    match parked.kind.as_str() {
        NOTICE => of_notice(console, kind, &parked.reference.to_string()).await,
        DELIVERED | SIGNED if RecordRef::parse(&parked.subject).is_some() => {
            match of_notice(console, kind, &parked.subject).await {
                (_, path) if path.is_empty() => of_matter(console, kind, &parked.subject).await,
                found => found,
            }
        }
        _ => (kind.to_owned(), String::new()),
    }
}

async fn of_matter(console: &Console, what: &str, matter: &str) -> (String, String) {
    match console.office.matter(matter).await {
        Ok(shown) => {
            let row = &shown.row;
            let title = row.title.as_deref().unwrap_or(words::REMOVED);
            (text::numbered(what, row.number.as_str(), title), format!("/matter/{}/{}", row.matter.origin, row.matter.id))
        }
        Err(_) => (what.to_owned(), String::new()),
    }
}

async fn of_notice(console: &Console, what: &str, notice: &str) -> (String, String) {
    match console.office.notice(notice).await {
        Ok(shown) => {
            let (head, reference) = (&shown.head, &shown.head.notice.reference);
            let title = if head.notice.removed { words::REMOVED } else { head.title.as_str() };
            let path = format!("/notices/show/{}/{}", reference.origin, reference.id);
            (text::numbered(what, head.notice.number.as_str(), title), path)
        }
        Err(_) => (what.to_owned(), String::new()),
    }
}

/// Whom to ask, where somebody may not act himself; empty: he may.
pub(super) fn ask_whom(console: &Console, desk: &Desk) -> Result<String, Refused> {
    if desk.account.may(Right::Operate) {
        return Ok(String::new());
    }
    let accounts = console.office.accounts()?.into_iter();
    let may = accounts.filter(|account| account.ended.is_none() && account.may(Right::Operate));
    Ok(text::ask_whom(&may.map(|account| account.name).collect::<Vec<_>>()))
}

pub(super) async fn retry(State(console): State<Console>, posted: Posted) -> Paged {
    let Posted { desk, typed } = posted;
    desk.must(Right::Operate)?;
    console.office.retry_parked(place(&typed)?, desk.person()).await?;
    then("/network#parked")
}

pub(super) async fn withdraw(State(console): State<Console>, posted: Posted) -> Paged {
    let Posted { desk, typed } = posted;
    desk.must(Right::Operate)?;
    console.office.withdraw_parked(place(&typed)?, desk.person()).await?;
    then("/network#parked")
}

fn place(typed: &Typed) -> Result<ParkedAt, Refused> {
    let number = |name: &str| typed.text(name).parse().unwrap_or(0);
    parked_at(typed.text("neighbour"), i32::try_from(number("lane")).unwrap_or(0), number("seq"))
}
