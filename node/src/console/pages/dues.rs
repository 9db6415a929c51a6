//! What is due: the list, one of them with its evidence, and the record that its debtor was chased.

use askama::Template;
use axum::{
    Router,
    extract::{Path, Query, State},
    response::IntoResponse as _,
    routing::get,
};
use dutynet_relay::{ids::UnixMillis, lines::Span, record::Mode};
use serde::Deserialize;

use super::super::{
    Console,
    desk::Desk,
    page::{Frame, Paged, Part, html, moment, then},
    posted::{Posted, Typed, record_id},
    trouble::{Said, http_status},
};
use crate::{
    body::special::ChaseBy,
    domain::{
        access::{How, Seen},
        beijing,
        board::{DAILY, HOLIDAY},
        number::Number,
        obligation::{About, Creditor, Side, WayHop},
        period::Period,
        rules::Duty,
    },
    text::{console as text, due as words, line as lines, words as common},
    usecase::{AskDues, ChaseDue, Due, Refused, ShownChase, ShownDue, WhichDues},
};

pub(super) fn router() -> Router<Console> {
    Router::new().route("/dues", get(list)).route("/dues/{*key}", get(show).post(chase))
}

/// An obligation on a page.
pub(super) struct DueView {
    pub(super) key: String,
    /// What is owed.
    pub(super) duty: &'static str,
    pub(super) debtor: String,
    pub(super) creditor: String,
    /// How it stands, in words.
    pub(super) stands: String,
    /// `good`, `soon` or `bad`: how loud it is.
    pub(super) tone: &'static str,
    /// When it is due, for people and for clocks that count down.
    pub(super) due: String,
    pub(super) due_ms: i64,
    /// How long is left.
    pub(super) left: String,
    /// What it is about, and where that is shown; may be empty.
    pub(super) about: String,
    pub(super) about_path: String,
    /// Rule and article.
    pub(super) article: String,
    pub(super) chases: u32,
}

impl DueView {
    pub(super) fn of(due: &Due, now: UnixMillis) -> Self {
        let owed = &due.obligation;
        let (about, about_path) = match &owed.about {
            About::Matter(matter) => (Number::of(matter).to_string(), format!("/matter/{}/{}", matter.origin, matter.id)),
            About::Notice(notice) => (Number::of(notice).to_string(), format!("/notices/show/{}/{}", notice.origin, notice.id)),
            About::Period(period) => (period.to_string(), period_path(due, *period)),
            About::Office(office) => (office.to_string(), String::new()),
        };
        let late = due.standing.late_ms() > 0;
        let soon = owed.share(80) <= now;
        Self {
            key: owed.key.to_string(),
            duty: words::duty(owed.duty),
            debtor: due.debtor_name.clone(),
            creditor: creditor(due),
            stands: words::stands(due.standing.place(), due.standing.late_ms()),
            tone: if late {
                "bad"
            } else if soon {
                "soon"
            } else {
                "good"
            },
            due: moment(owed.due.here),
            due_ms: owed.due.here.0,
            left: text::left(owed.due.here, now),
            about: common::marked(owed.mode, about),
            about_path,
            article: owed.cited.article.clone(),
            chases: due.chases,
        }
    }
}

/// Where a report that is owed is entered by this office, or looked for where another owes it; empty: it is no report.
fn period_path(due: &Due, period: Period) -> String {
    let (duty, day) = (due.obligation.duty, [Duty::DailyReport, Duty::ZeroReport].contains(&due.obligation.duty));
    match due.side {
        Side::ByUs if duty == Duty::HolidaySummary => format!("/reports/new/{HOLIDAY}?day={period}"),
        Side::ByUs if day => format!("/reports/new/{DAILY}?day={period}"),
        Side::ToUs | Side::Others if duty == Duty::HolidaySummary => format!("/reports?day={period}&form={HOLIDAY}"),
        Side::ToUs | Side::Others if day => format!("/reports?day={period}"),
        Side::ByUs | Side::ToUs | Side::Others => String::new(),
    }
}

/// To whom it is owed: an office, a body outside of the tree, or a leader.
fn creditor(due: &Due) -> String {
    match &due.obligation.creditor {
        Creditor::Office(_) => due.creditor_name.clone(),
        Creditor::Leader(role) => words::leader(role, &due.leader_name),
        Creditor::Outside(whom) => words::outside(whom.key()).to_owned(),
    }
}

#[derive(Template)]
#[template(path = "dues.html")]
struct List {
    frame: Frame,
    ours: Vec<DueView>,
    others: Vec<DueView>,
    overdue: bool,
    /// What is practised, and nothing real.
    exercise: bool,
}

#[derive(Deserialize, Default)]
struct Which {
    /// Only what is overdue.
    #[serde(default)]
    overdue: String,
    /// Only what is practised.
    #[serde(default)]
    exercise: String,
}

async fn list(State(console): State<Console>, desk: Desk, Query(which): Query<Which>) -> Paged {
    let now = console.clock.wall();
    let (overdue, exercise) = (!which.overdue.is_empty(), !which.exercise.is_empty());
    let mode = if exercise { Mode::Exercise } else { Mode::Real };
    let which = if overdue { WhichDues::ToChase } else { WhichDues::Open };
    let open = console.office.dues(AskDues { which, mode, ..AskDues::default() }).await?;
    let side = |side: Side| open.dues.iter().filter(move |due| due.side == side).map(|due| DueView::of(due, now)).collect();
    html(&List {
        frame: console.frame(&desk, Part::Dues, common::marked(mode, text::DUES.to_owned()))?,
        ours: side(Side::ByUs),
        others: side(Side::ToUs),
        overdue,
        exercise,
    })
}

#[derive(Template)]
#[template(path = "due.html")]
struct Show {
    frame: Frame,
    due: DueView,
    source: String,
    rule: String,
    start: String,
    clocks: Vec<(&'static str, String, String)>,
    lines: Vec<(String, Vec<String>)>,
    rings: Vec<(&'static str, String)>,
    chases: Vec<String>,
    /// It is owed to this office and still open.
    may_chase: bool,
    id: String,
    typed: Typed,
    said: Option<Said>,
}

async fn show(State(console): State<Console>, desk: Desk, Path(key): Path<String>) -> Paged {
    let shown = console.office.show_due(&key).await?;
    // Who was chased by telephone, and at which number.
    console.saw(&desk, How::Opened, Seen::page(&format!("/dues/{}", shown.due.obligation.key)));
    html(&page(&console, &desk, &shown)?)
}

fn page(console: &Console, desk: &Desk, shown: &ShownDue) -> Result<Show, Refused> {
    let owed = &shown.due.obligation;
    let mut clocks = vec![(text::STARTS, owed.start.at), (text::IS_DUE, owed.due)];
    clocks.extend(owed.outcome.met.as_ref().map(|met| (text::WAS_MET, met.at)));
    let spans = |hop: &WayHop| hop.spans.iter().map(|span| words_of_span(span, shown.as_of)).collect::<Vec<_>>();
    Ok(Show {
        frame: console.frame(desk, Part::Dues, words::duty(owed.duty))?,
        due: DueView::of(&shown.due, shown.as_of),
        source: owed.cited.source.clone(),
        rule: words::cited(&owed.cited.article, &owed.cited.pack, owed.cited.version, &owed.cited.row),
        start: words::basis(owed.start.basis).to_owned(),
        clocks: clocks.into_iter().map(|(name, at)| (name, moment(at.origin), moment(at.here))).collect(),
        lines: shown.way.iter().map(|(hop, name)| (name.clone(), spans(hop))).collect(),
        rings: shown.rang.iter().map(|(stage, at)| (words::stage(*stage), moment(*at))).collect(),
        chases: shown.chases.iter().map(chased).collect(),
        may_chase: shown.due.side == Side::ToUs && !owed.is_closed(),
        id: console.new_id()?,
        typed: Typed::default(),
        said: None,
    })
}

fn words_of_span(span: &Span, now: UnixMillis) -> String {
    let (line, why) = lines::state(&span.state);
    let time = |at| beijing::for_people(at, now);
    lines::stretch("", &time(span.from), &time(span.until), (common::line(line), &why))
}

fn chased(chase: &ShownChase) -> String {
    let said = match chase.body.way {
        ChaseBy::Telephone => words::by_telephone(&chase.body.person, &chase.body.phone, &chase.body.result),
        ChaseBy::Network => words::BY_NETWORK.to_owned(),
    };
    let by = chase.by.as_ref().map_or(common::DASH, |person| person.name.as_str());
    words::chase(&moment(chase.recorded_at), &chase.name, by, &said)
}

async fn chase(State(console): State<Console>, Path(key): Path<String>, posted: Posted) -> Paged {
    let Posted { desk, typed } = posted;
    let way = if typed.text("person").trim().is_empty() { ChaseBy::Network } else { ChaseBy::Telephone };
    let asked = ChaseDue {
        id: record_id(&typed)?,
        key: key.clone(),
        way,
        person: typed.text("person").to_owned(),
        phone: typed.text("phone").to_owned(),
        result: typed.text("result").to_owned(),
        by: desk.person(),
    };
    match console.office.chase_due(asked).await {
        Ok(_) => then(&format!("/dues/{key}")),
        Err(refused) => {
            let shown = console.office.show_due(&key).await?;
            let page = Show { said: Some(Said::of(&refused)), typed, ..page(&console, &desk, &shown)? };
            Ok((http_status(refused.refusal), html(&page)?).into_response())
        }
    }
}
