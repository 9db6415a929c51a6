//! Reports: what is owed today, the board of a period; [`form`] to fill in or to correct, for this office or one below, with
//! what is [`summed`] of those below and what has [`changed`] meanwhile; [`versions`]: what one office has said.

mod changed;
mod form;
mod summed;
mod versions;

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    routing::{get, post},
};
use dutynet_relay::{ids::OfficeId, record::Mode};
use serde::Deserialize;

use super::super::{
    Console,
    desk::Desk,
    page::{Frame, Paged, Part, html, moment},
};
use super::tiers::{self, Folded, Open};
use crate::{
    domain::{
        beijing::{self, Day},
        board::{BoardRow, DAILY, Differs, Filed, Filing, HOLIDAY, Line, Timing, ZERO},
        form::{Form, Forms},
        holiday::{Holiday, Holidays},
    },
    text::{console as text, console_look as look, console_set as set, notice, refusal::Refusal, status, words},
    usecase::{Board, Refused},
};

/// Rows of the board that are shown without being asked for.
const SHOWN_MAX: usize = 200;
/// Stands behind the path of what is practised.
const PRACTISED: &str = "?exercise=1";

pub(super) fn router() -> Router<Console> {
    Router::new()
        .route("/reports", get(board))
        .route("/reports/new/{form}", get(form::open).post(form::file))
        .route("/reports/show/{form}/{office}/{period}", get(versions::show))
        .route("/reports/choose/{form}/{office}/{period}", post(versions::choose))
}

/// What this office has to report today.
pub(super) struct TodayView {
    pub(super) day: String,
    /// The same for machines: the page may be sent after midnight.
    pub(super) iso: String,
    pub(super) filed: &'static str,
    pub(super) done: bool,
    pub(super) timing: &'static str,
    pub(super) tone: &'static str,
    pub(super) due: String,
    pub(super) due_ms: i64,
    pub(super) left: String,
    /// Of those below: how many have reported, of how many, and how many are missing.
    pub(super) below: Option<(usize, usize, usize)>,
    /// Who is on duty here; empty: nobody has said.
    pub(super) on_duty: String,
    /// Keys of what a zero report says 无 to.
    pub(super) nil: Vec<String>,
}

pub(super) async fn today(console: &Console) -> Result<TodayView, Refused> {
    let (today, now) = (console.office.today().await?, console.clock.wall());
    let own = &today.own;
    let zero = Forms::built_in().get(ZERO).ok_or(Refusal::Internal)?;
    Ok(TodayView {
        day: text::day(&Day::of(now).to_string()),
        iso: Day::of(now).to_string(),
        filed: words::filed(own.filed),
        done: own.filed != Filed::Nothing,
        timing: words::timing(own.timing),
        tone: tone(own),
        due: moment(own.seat.window.cut_off),
        due_ms: own.seat.window.cut_off.0,
        left: text::left(own.seat.window.cut_off, now),
        on_duty: today.on_duty.as_ref().map(|duty| status::on_duty(duty, Day::of(now))).unwrap_or_default(),
        below: (today.below > 0).then_some((today.reported, today.below, today.missing)),
        nil: zero.fields.iter().map(|field| field.key.clone()).collect(),
    })
}

fn tone(row: &BoardRow) -> &'static str {
    match row.timing {
        Timing::InTime | Timing::NotOwed => "good",
        Timing::NotDue => "soon",
        Timing::Late | Timing::Missing => "bad",
        Timing::CutOff => "cut",
    }
}

#[derive(Template)]
#[template(path = "board.html")]
struct BoardPage {
    frame: Frame,
    /// As records name it, and its first day.
    period: String,
    day: String,
    /// It is of 假期综合情况, not of a day.
    is_holiday: bool,
    /// Of what is practised, and of nothing real.
    exercise: bool,
    /// What stays in the query of every link to this board.
    keep: String,
    /// The latest holiday that had begun: name and days, and its period.
    holiday: Option<(String, String)>,
    before: String,
    after: String,
    counts: String,
    /// Parts of a tree that is larger than anybody reads at once.
    parts: Vec<Folded>,
    /// Of the parts that are open.
    rows: Vec<BoardView>,
    only: String,
}

/// An office of the board.
struct BoardView {
    office: String,
    name: String,
    depth: u32,
    filed: &'static str,
    timing: &'static str,
    tone: &'static str,
    at: String,
    calls: String,
    incidents: String,
    how: String,
    differs: &'static str,
    line: &'static str,
    line_good: bool,
    since: String,
    /// Which form to open; empty: nothing was filed.
    opens: &'static str,
    /// It is below: what it says by telephone may be entered for it.
    below: bool,
}

#[derive(Deserialize, Default)]
struct AskBoard {
    #[serde(default)]
    day: String,
    /// `missing`: only those that have not reported.
    #[serde(default)]
    only: String,
    /// Parts of the tree that are open.
    #[serde(default)]
    open: String,
    /// `holiday`; anything else: the reports of a day.
    #[serde(default)]
    form: String,
    /// Only what is practised.
    #[serde(default)]
    exercise: String,
}

impl AskBoard {
    fn keep(&self) -> String {
        let form = if self.form == HOLIDAY { "&form=holiday" } else { "" };
        let exercise = if self.exercise.is_empty() { "" } else { "&exercise=1" };
        format!("{form}{exercise}")
    }
}

/// What a form or an address says of it: anything at all means an exercise.
fn mode(exercise: &str) -> Mode {
    if exercise.is_empty() { Mode::Real } else { Mode::Exercise }
}

async fn board(State(console): State<Console>, desk: Desk, Query(asked): Query<AskBoard>) -> Paged {
    let form = if asked.form == HOLIDAY { HOLIDAY } else { DAILY };
    let board = console.office.board_of(mode(&asked.exercise), form, asked.day.trim()).await?;
    let timings: Vec<Timing> = board.rows.iter().map(|row| row.timing).collect();
    let day = board.period.first();
    let missing = |row: &&BoardRow| asked.only != "missing" || matches!(row.timing, Timing::Missing | Timing::CutOff);
    let tops = tiers::tops(&console);
    let part = |row: &BoardRow| tops.get(&row.seat.office).map_or_else(String::new, ToString::to_string);
    let parts = tiers::parts(board.rows.iter().filter(missing), part);
    let open = Open::of(&parts, &asked.open, SHOWN_MAX);
    let name = |key: &str| board.rows.iter().find(|row| row.seat.office.as_str() == key).map(|row| row.seat.name.clone());
    let is_missing = |row: &&&BoardRow| matches!(row.timing, Timing::Missing | Timing::CutOff);
    let folded = |open: &Open, key: &str, rows: &[&BoardRow]| Folded {
        name: name(key).unwrap_or_else(|| look::DIRECTLY.to_owned()),
        open: open.has(key),
        toggled: open.toggled(key),
        all: rows.len(),
        missing: rows.iter().filter(is_missing).count(),
    };
    let rows = parts.iter().filter(|(key, _)| open.has(key)).flat_map(|(_, rows)| rows);
    let rows = rows.map(|row| row_view(row, &board)).collect();
    let parts: Vec<Folded> = parts.iter().map(|(key, rows)| folded(&open, key, rows)).collect();
    html(&BoardPage {
        frame: console.frame(&desk, Part::Reports, title(&board))?,
        period: board.period.to_string(),
        day: day.to_string(),
        is_holiday: form == HOLIDAY,
        exercise: board.mode == Mode::Exercise,
        keep: asked.keep(),
        holiday: Holidays::built_in().begun_by(board.period.last()).map(holiday),
        before: day.previous().to_string(),
        after: if day.next() <= Day::of(board.as_of) { day.next().to_string() } else { String::new() },
        counts: notice::board_counts(&timings),
        // Of a small tree everything is there.
        parts: if parts.iter().all(|part| part.open) { Vec::new() } else { parts },
        rows,
        only: asked.only,
    })
}

fn title(board: &Board) -> String {
    let (first, last) = (board.period.first().to_string(), board.period.last().to_string());
    let title = match Holidays::built_in().of(board.period) {
        Some(holiday) if board.form.id == HOLIDAY => set::holiday_board(&board.form.title, &holiday.name, &first, &last),
        Some(_) | None => text::board(&first),
    };
    words::marked(board.mode, title)
}

fn holiday(of: &Holiday) -> (String, String) {
    let words = set::holiday(&of.name, &of.period.first().to_string(), &of.period.last().to_string());
    (words, of.period.to_string())
}

fn row_view(row: &BoardRow, board: &Board) -> BoardView {
    let now = board.as_of;
    let filing = row.filing.as_ref();
    // Of what was removed there are no figures, not even a nought.
    let told = filing.filter(|filing| !filing.removed);
    let own = |by: &OfficeId| format!("{} {by}", words::ON_BEHALF);
    let how = |filing: &Filing| filing.entered_by.as_ref().map_or_else(|| words::OWN.to_owned(), own);
    BoardView {
        office: row.seat.office.to_string(),
        name: row.seat.name.clone(),
        depth: row.seat.depth,
        filed: words::filed(row.filed),
        timing: words::timing(row.timing),
        tone: tone(row),
        at: filing.map(|filing| beijing::for_people(filing.recorded_here, now)).unwrap_or_default(),
        calls: told.map(|filing| filing.calls.to_string()).unwrap_or_default(),
        incidents: told.map(|filing| filing.incidents.to_string()).unwrap_or_default(),
        how: filing.map(|filing| if filing.removed { words::REMOVED.to_owned() } else { how(filing) }).unwrap_or_default(),
        differs: filing.filter(|filing| filing.differs != Differs::No).map_or("", |filing| words::differs(filing.differs)),
        line: words::line(row.line.line),
        line_good: row.line.line == Line::Up,
        below: row.seat.depth > 0,
        since: row.line.since.map(|at| beijing::for_people(at, now)).unwrap_or_default(),
        opens: match row.filed {
            Filed::Nothing => "",
            Filed::Zero => ZERO,
            Filed::Daily | Filed::Both => DAILY,
            Filed::Form => board.form.id.as_str(),
        },
    }
}

fn known(form: &str) -> Result<&'static Form, Refused> {
    Forms::built_in().get(form).ok_or_else(|| Refusal::FormUnknown.into())
}
