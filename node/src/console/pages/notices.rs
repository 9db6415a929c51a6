//! Notices: what is to be signed, what was sent, the sign-for list, and writing one.

use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    response::IntoResponse as _,
    routing::{get, post},
};
use dutynet_relay::{
    ids::{OfficeId, UnixMillis},
    record::Mode,
};

use super::super::{
    Console,
    choosing::Choosing,
    desk::Desk,
    fields::Beside,
    page::{Frame, Paged, Part, html, moment, then},
    posted::{Posted, Typed, record_id},
    trouble::{Said, http_status},
    ways::{Ways, Went},
};
use crate::{
    domain::{
        access::{How, Seen},
        account::Right,
        beijing,
        form::{Fault, FaultKind},
        notice::{TEXT_CHARS_MAX, TITLE_CHARS_MAX, ToldBy, Urgency},
        sign_for::{SignForRow, SignTiming},
    },
    text::{console as text, directive as words, words as common},
    usecase::{NoticeHead, NoticeRow, Refused, Relation, SendNotice, ShownNotice, SignNotice, To},
};

pub(super) fn router() -> Router<Console> {
    Router::new()
        .route("/notices", get(list))
        .route("/notices/new", get(write).post(send))
        .route("/notices/show/{origin}/{id}", get(show))
        .route("/notices/sign/{origin}/{id}", post(sign))
}

/// A notice in a list.
pub(super) struct NoticeView {
    pub(super) path: String,
    pub(super) number: String,
    pub(super) title: String,
    pub(super) from: String,
    pub(super) urgency: &'static str,
    pub(super) relation: &'static str,
    pub(super) received: String,
    pub(super) sign_by: String,
    pub(super) left: String,
    pub(super) due_ms: i64,
    pub(super) tone: &'static str,
    /// How many have signed of how many on its list.
    pub(super) signed: String,
    /// Not `实战`: which.
    pub(super) mode: &'static str,
}

impl NoticeView {
    pub(super) fn of(row: &NoticeRow, now: UnixMillis) -> Self {
        let notice = &row.head.notice;
        Self {
            path: format!("{}/{}", notice.reference.origin, notice.reference.id),
            number: notice.number.to_string(),
            title: title(&row.head),
            from: row.head.from.clone(),
            urgency: words::urgency(notice.urgency),
            relation: relation(row.relation),
            received: moment(notice.received_at),
            sign_by: notice.sign_by.map(moment).unwrap_or_default(),
            left: notice.sign_by.map(|due| text::left(due, now)).unwrap_or_default(),
            due_ms: notice.sign_by.map_or(0, |due| due.0),
            tone: tone(row.timing),
            signed: format!("{}/{}", row.signed, row.addressed),
            mode: mode(notice.mode),
        }
    }
}

/// Its title, or that it has none any more.
fn title(head: &NoticeHead) -> String {
    if head.notice.removed { common::REMOVED.to_owned() } else { head.title.clone() }
}

fn relation(relation: Relation) -> &'static str {
    words::standing(match relation {
        Relation::ToSign => words::Standing::ToSign,
        Relation::Signed => words::Standing::Signed,
        Relation::Sent => words::Standing::Sent,
        Relation::PassedOn => words::Standing::PassedOn,
        Relation::Removed => words::Standing::Removed,
    })
}

fn tone(timing: SignTiming) -> &'static str {
    match timing {
        SignTiming::NoLimit | SignTiming::InTime => "good",
        SignTiming::NotDue => "soon",
        SignTiming::Late | SignTiming::Overdue => "bad",
        SignTiming::CutOff => "cut",
    }
}

fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Real => "",
        Mode::Exercise | Mode::Test => common::mode(mode),
    }
}

#[derive(Template)]
#[template(path = "notices.html")]
struct List {
    frame: Frame,
    rows: Vec<NoticeView>,
    may_send: bool,
}

async fn list(State(console): State<Console>, desk: Desk) -> Paged {
    let now = console.clock.wall();
    let rows = console.office.notices().await?.iter().map(|row| NoticeView::of(row, now)).collect();
    let may_send = desk.account.may(Right::Direct);
    html(&List { frame: console.frame(&desk, Part::Notices, text::NOTICES)?, rows, may_send })
}

#[derive(Template)]
#[template(path = "notice_form.html")]
struct Write {
    frame: Frame,
    typed: Typed,
    choosing: Choosing,
    groups: Vec<String>,
    beside: Beside,
    id: String,
    said: Option<Said>,
}

impl Write {
    const TITLE_MAX: usize = TITLE_CHARS_MAX;
    const TEXT_MAX: usize = TEXT_CHARS_MAX;

    fn is(&self, name: &str, value: &str) -> bool {
        self.typed.text(name) == value
    }
}

async fn write(State(console): State<Console>, desk: Desk) -> Paged {
    desk.must(Right::Direct)?;
    let usual = Typed::default().with("urgency", "routine").with("whom", "all");
    html(&blank(&console, &desk, usual, console.new_id()?).await?)
}

async fn blank(console: &Console, desk: &Desk, typed: Typed, id: String) -> Result<Write, Refused> {
    Ok(Write {
        frame: console.frame(desk, Part::Notices, text::WRITE_NOTICE)?,
        typed,
        choosing: Choosing::below(console),
        groups: console.office.groups().await?.into_iter().map(|group| group.name).collect(),
        beside: Beside::default(),
        id,
        said: None,
    })
}

async fn send(State(console): State<Console>, posted: Posted) -> Paged {
    let Posted { desk, typed } = posted;
    desk.must(Right::Direct)?;
    let to = match typed.text("whom") {
        "all" => Some(To::EverybodyBelow),
        "group" => Some(To::Group(typed.text("group").to_owned())),
        "list" => Some(To::Offices(typed.offices())),
        _ => None,
    };
    let (sign_by, unreadable) = match sign_by(&typed) {
        Ok(sign_by) => (sign_by, None),
        Err(fault) => (None, Some(fault)),
    };
    let asked = SendNotice {
        id: record_id(&typed)?,
        title: typed.text("title").to_owned(),
        text: typed.text("text").to_owned(),
        urgency: urgency(typed.text("urgency")),
        sign_by,
        to,
        by: desk.person(),
        mode: if typed.ticked("exercise") { Mode::Exercise } else { Mode::Real },
    };
    let sent = match unreadable {
        // Every fault at once.
        Some(fault) => Err(Refused::at_fields(asked.faults().into_iter().chain([fault]).collect())),
        None => console.office.send_notice(asked).await,
    };
    match sent {
        Ok(sent) => then(&format!("/notices/show/{}/{}", sent.reference.origin, sent.reference.id)),
        Err(refused) => {
            let id = typed.text("id").to_owned();
            let beside = Beside::of(&refused, &typed);
            let page = Write { beside, said: Some(Said::of(&refused)), ..blank(&console, &desk, typed, id).await? };
            Ok((http_status(refused.refusal), html(&page)?).into_response())
        }
    }
}

/// Until when everybody is to sign; `None`: nothing was typed. A browser without a picker of moments takes any words.
fn sign_by(typed: &Typed) -> Result<Option<UnixMillis>, Fault> {
    let wrong = || Fault { field: "sign_by".to_owned(), label: words::Names::SIGN_BY.to_owned(), kind: FaultKind::WantsTime };
    match typed.text("sign_by").trim() {
        "" => Ok(None),
        text => beijing::moment(text).map(Some).ok_or_else(wrong),
    }
}

fn urgency(text: &str) -> Option<Urgency> {
    match text {
        "flash" => Some(Urgency::Flash),
        "urgent" => Some(Urgency::Urgent),
        "routine" => Some(Urgency::Routine),
        _ => None,
    }
}

#[derive(Template)]
#[template(path = "notice.html")]
struct Show {
    frame: Frame,
    path: String,
    number: String,
    urgency: &'static str,
    mode: &'static str,
    from: String,
    sent: String,
    received: String,
    sign_by: String,
    /// Where it is; empty: another office's.
    went: Went,
    text: String,
    to_sign: bool,
    signatures: Vec<String>,
    /// The sign-for list of those below; empty: nobody below is on it.
    counts: String,
    rows: Vec<SignRow>,
    id: String,
    said: Option<Said>,
    typed: Typed,
}

/// An office of the sign-for list.
pub(super) struct SignRow {
    pub(super) office: String,
    pub(super) name: String,
    pub(super) depth: u32,
    pub(super) delivered: String,
    pub(super) missing: String,
    pub(super) signed: String,
    pub(super) tone: &'static str,
    /// It may be signed for on its behalf.
    pub(super) open: bool,
}

async fn show(State(console): State<Console>, desk: Desk, Path((origin, id)): Path<(String, String)>) -> Paged {
    let named = format!("{origin}/{id}");
    let page = page(&console, &desk, &named).await?;
    console.saw(&desk, How::Opened, Seen::at(&format!("/notices/show/{}", page.path)));
    html(&page)
}

async fn page(console: &Console, desk: &Desk, named: &str) -> Result<Show, Refused> {
    let shown = console.office.notice(named).await?;
    let board = console.office.notice_board(named).await?;
    let notice = &shown.head.notice;
    let ways = Ways::now(console)?;
    let (names, meant) = (ways.names(), board.rows.iter().map(|row| row.seat.office.clone()).collect::<Vec<_>>());
    let row = |row: &SignForRow| sign_row(row, board.as_of, &names);
    Ok(Show {
        frame: console.frame(desk, Part::Notices, title(&shown.head))?,
        path: format!("{}/{}", notice.reference.origin, notice.reference.id),
        number: notice.number.to_string(),
        urgency: words::urgency(notice.urgency),
        mode: mode(notice.mode),
        from: from(&shown),
        sent: moment(notice.moment.recorded_at),
        received: moment(notice.received_at),
        sign_by: notice.sign_by.map(moment).unwrap_or_default(),
        went: ways.went((&notice.reference, shown.state), &meant)?,
        text: if notice.removed { common::REMOVED.to_owned() } else { shown.body.text.clone() },
        to_sign: shown.relation == Relation::ToSign,
        signatures: shown.signatures.iter().map(|signed| format!("{} {}", moment(signed.at), signed.by.name)).collect(),
        counts: if board.rows.is_empty() { String::new() } else { words::counts(&board.counts) },
        rows: board.rows.iter().map(row).collect(),
        id: console.new_id()?,
        said: None,
        typed: Typed::default(),
    })
}

fn from(shown: &ShownNotice) -> String {
    let by = shown.by.as_ref().map(|by| format!(" {}", by.name)).unwrap_or_default();
    format!("{}{by}", shown.head.from)
}

pub(super) fn sign_row(row: &SignForRow, now: UnixMillis, names: &[(OfficeId, String)]) -> SignRow {
    let name = |office: &OfficeId| {
        names.iter().find(|(known, _)| known == office).map_or_else(|| office.to_string(), |(_, name)| name.clone())
    };
    let missing = row.delivery.as_ref().err().map(|why| words::undelivered(why, name, now));
    let signed = row.signatures.first().map(|signed| {
        let entered_by = signed.entered_by.as_ref().map(name).unwrap_or_default();
        text::signed(&beijing::for_people(signed.at, now), &signed.by.name, &entered_by)
    });
    SignRow {
        office: row.seat.office.to_string(),
        name: row.seat.name.clone(),
        depth: row.seat.depth,
        delivered: row.delivery.as_ref().map(|delivery| beijing::for_people(delivery.at, now)).unwrap_or_default(),
        missing: missing.unwrap_or_default(),
        open: signed.is_none(),
        signed: signed.unwrap_or_else(|| words::UNSIGNED.to_owned()),
        tone: tone(row.timing),
    }
}

async fn sign(State(console): State<Console>, Path((origin, id)): Path<(String, String)>, posted: Posted) -> Paged {
    let (Posted { desk, typed }, notice) = (posted, format!("{origin}/{id}"));
    let on_behalf_of = typed.text("on_behalf_of").to_owned();
    let told_by = ToldBy { name: typed.text("told_by").to_owned(), phone: typed.text("phone").to_owned() };
    let asked = SignNotice {
        id: record_id(&typed)?,
        notice: notice.clone(),
        remark: typed.text("remark").to_owned(),
        by: desk.person(),
        told_by: (!on_behalf_of.is_empty()).then_some(told_by),
        on_behalf_of,
    };
    match console.office.sign_notice(asked).await {
        Ok(_) => then(&format!("/notices/show/{notice}")),
        Err(refused) => {
            let page = Show { said: Some(Said::of(&refused)), typed, ..page(&console, &desk, &notice).await? };
            Ok((http_status(refused.refusal), html(&page)?).into_response())
        }
    }
}
