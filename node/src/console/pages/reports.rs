//! Reports: what is owed today, the board of a period, a form to fill in or to correct, and what one office has said.

use askama::Template;
use axum::{
    Router,
    extract::{Path, Query, State},
    response::IntoResponse as _,
    routing::get,
};
use dutynet_relay::{
    ids::{OfficeId, RecordRef, UnixMillis},
    record::Mode,
};
use serde::Deserialize;

use super::super::{
    Console,
    desk::Desk,
    fields::{self, FieldView, Input},
    page::{Frame, Paged, Part, how_far, html, moment, then},
    posted::{Posted, Typed, record_id},
    trouble::{Said, http_status},
};
use crate::{
    domain::{
        access::{How, Seen},
        beijing::{self, Day},
        board::{BoardRow, DAILY, Differs, Filed, Filing, Line, Timing, ZERO},
        form::{Answer, Form, Forms, Value},
    },
    text::{console as text, notice, refusal::Refusal, report, words},
    usecase::{FieldDifference, FileReport, Refused, RemovedVersion, Revision, Said as Says, ShowReport},
};

pub(super) fn router() -> Router<Console> {
    Router::new()
        .route("/reports", get(board))
        .route("/reports/new/{form}", get(open).post(file))
        .route("/reports/show/{form}/{office}/{period}", get(show))
}

/// What this office has to report today.
pub(super) struct TodayView {
    pub(super) day: String,
    pub(super) filed: &'static str,
    pub(super) done: bool,
    pub(super) timing: &'static str,
    pub(super) tone: &'static str,
    pub(super) due: String,
    pub(super) due_ms: i64,
    pub(super) left: String,
    /// Of those below: how many have reported, of how many, and how many are missing.
    pub(super) below: Option<(usize, usize, usize)>,
    /// Keys of what a zero report says 无 to.
    pub(super) nil: Vec<String>,
}

pub(super) async fn today(console: &Console) -> Result<TodayView, Refused> {
    let (board, now) = (console.office.board(DAILY, "").await?, console.clock.wall());
    let own = board.rows.first().ok_or(Refusal::Internal)?;
    let below = &board.rows[1..];
    let reported = below.iter().filter(|row| row.filed != Filed::Nothing).count();
    let missing = below.iter().filter(|row| matches!(row.timing, Timing::Missing | Timing::CutOff)).count();
    let zero = Forms::built_in().get(ZERO).ok_or(Refusal::Internal)?;
    Ok(TodayView {
        day: text::day(&Day::of(now).to_string()),
        filed: words::filed(own.filed),
        done: own.filed != Filed::Nothing,
        timing: words::timing(own.timing),
        tone: tone(own),
        due: moment(own.seat.window.cut_off),
        due_ms: own.seat.window.cut_off.0,
        left: text::left(own.seat.window.cut_off, now),
        below: (!below.is_empty()).then_some((reported, below.len(), missing)),
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
    period: String,
    before: String,
    after: String,
    counts: String,
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
}

#[derive(Deserialize, Default)]
struct AskBoard {
    #[serde(default)]
    day: String,
    /// `missing`: only those that have not reported.
    #[serde(default)]
    only: String,
}

async fn board(State(console): State<Console>, desk: Desk, Query(asked): Query<AskBoard>) -> Paged {
    let board = console.office.board(DAILY, asked.day.trim()).await?;
    let timings: Vec<Timing> = board.rows.iter().map(|row| row.timing).collect();
    let day = board.period.first();
    let missing = |row: &&BoardRow| asked.only != "missing" || matches!(row.timing, Timing::Missing | Timing::CutOff);
    let rows = board.rows.iter().filter(missing).map(|row| row_view(row, board.as_of)).collect();
    html(&BoardPage {
        frame: console.frame(&desk, Part::Reports, text::board(&day.to_string()))?,
        period: day.to_string(),
        before: day.previous().to_string(),
        after: if day.next() <= Day::of(board.as_of) { day.next().to_string() } else { String::new() },
        counts: notice::board_counts(&timings),
        rows,
        only: asked.only,
    })
}

fn row_view(row: &BoardRow, now: UnixMillis) -> BoardView {
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
        since: row.line.since.map(|at| beijing::for_people(at, now)).unwrap_or_default(),
        opens: match row.filed {
            Filed::Nothing => "",
            Filed::Zero => ZERO,
            Filed::Daily | Filed::Both | Filed::Form => DAILY,
        },
    }
}

#[derive(Template)]
#[template(path = "report_form.html")]
struct FormPage {
    frame: Frame,
    form: &'static Form,
    period: String,
    fields: Vec<FieldView>,
    /// It corrects what was said before.
    corrects: bool,
    reason: String,
    /// What the sum of the children holds, and whom it lacks.
    drafted: Option<DraftView>,
    id: String,
    said: Option<Said>,
}

/// What a draft was summed from.
struct DraftView {
    sources: Vec<String>,
    missing: Vec<String>,
}

#[derive(Deserialize, Default)]
struct AskForm {
    #[serde(default)]
    day: String,
}

async fn open(State(console): State<Console>, desk: Desk, Path(form): Path<String>, Query(asked): Query<AskForm>) -> Paged {
    let form = known(&form)?;
    let page = blank(&console, &desk, form, &asked.day).await?;
    html(&page)
}

/// A form as it is opened: with what was said before, or with the sum of the children, or with what was said yesterday of those on duty.
async fn blank(console: &Console, desk: &Desk, form: &'static Form, day: &str) -> Result<FormPage, Refused> {
    let asked = ShowReport { form: form.id.clone(), period: day.to_owned(), office: String::new() };
    let shown = console.office.show(&asked).await?;
    let own = shown.revisions.iter().rfind(|revision| revision.body.entered.is_none());
    let (answers, drafted) = match own {
        Some(own) => (own.body.filled.answers.clone(), None),
        None => drafted(console, form, day).await?,
    };
    let period = if day.is_empty() { Day::of(console.clock.wall()).to_string() } else { day.to_owned() };
    Ok(FormPage {
        frame: console.frame(desk, Part::Reports, form.title.clone())?,
        fields: fields::said(&form.fields, &answers),
        form,
        period,
        corrects: own.is_some(),
        reason: String::new(),
        drafted,
        id: console.new_id()?,
        said: None,
    })
}

/// What the children come to, where there are any.
async fn drafted(console: &Console, form: &Form, day: &str) -> Result<(Vec<Answer>, Option<DraftView>), Refused> {
    let draft = match console.office.open_draft(&form.id, day).await {
        Ok(draft) => draft,
        Err(refused) if refused.refusal == Refusal::NoChildren => return Ok((Vec::new(), None)),
        Err(refused) => return Err(refused),
    };
    let said = draft.fields.iter().filter_map(|field| Some(Answer { field: field.field.clone(), value: field.value.clone()? }));
    let missing = draft.missing.iter().map(|missing| text::missing(&missing.name, words::why(missing.why)));
    let sources = draft.sources.iter().map(|source| source.name.clone());
    Ok((said.collect(), Some(DraftView { sources: sources.collect(), missing: missing.collect() })))
}

async fn file(State(console): State<Console>, Path(form): Path<String>, posted: Posted) -> Paged {
    let (Posted { desk, typed }, form) = (posted, known(&form)?);
    let (reason, answers) = (typed.text("reason").trim().to_owned(), fields::answers(&form.fields, &typed));
    let asked = FileReport {
        id: record_id(&typed)?,
        form: form.id.clone(),
        period: typed.text("day").to_owned(),
        said: if typed.ticked("drafted") { Says::Draft(answers) } else { Says::Answers(answers) },
        correction: typed.ticked("corrects").then(|| reason.clone()),
        by: desk.person(),
        mode: Mode::Real,
        on_behalf: None,
    };
    match console.office.file(asked).await {
        Ok(filed) => then(&format!("/reports/show/{}/{}/{}", form.id, filed.office, filed.period)),
        Err(refused) => {
            let page = typed_again(&console, &desk, form, &typed, &refused)?;
            Ok((http_status(refused.refusal), html(&page)?).into_response())
        }
    }
}

fn typed_again(
    console: &Console,
    desk: &Desk,
    form: &'static Form,
    typed: &Typed,
    refused: &Refused,
) -> Result<FormPage, Refused> {
    Ok(FormPage {
        frame: console.frame(desk, Part::Reports, form.title.clone())?,
        fields: fields::typed_again(&form.fields, typed, &refused.faults),
        form,
        period: typed.text("day").to_owned(),
        corrects: typed.ticked("corrects") || matches!(refused.refusal, Refusal::PeriodClosed),
        reason: typed.text("reason").to_owned(),
        drafted: None,
        id: typed.text("id").to_owned(),
        said: Some(Said::of(refused)),
    })
}

fn known(form: &str) -> Result<&'static Form, Refused> {
    Forms::built_in().get(form).ok_or_else(|| Refusal::FormUnknown.into())
}

#[derive(Template)]
#[template(path = "report.html")]
struct ShowPage {
    frame: Frame,
    own: bool,
    /// Whose report it is.
    office: String,
    form: &'static Form,
    period: String,
    revisions: Vec<RevisionView>,
    differences: Vec<(String, Vec<(String, String)>)>,
    open_difference: bool,
    /// Versions whose content was removed, one line each.
    removed: Vec<String>,
}

struct RevisionView {
    number: u32,
    stands: bool,
    by: String,
    entered: String,
    recorded: String,
    received: String,
    /// How far it has got; empty: another office's.
    state: &'static str,
    reason: String,
    answers: Vec<(String, String)>,
    record: String,
}

async fn show(State(console): State<Console>, desk: Desk, Path((form, office, period)): Path<(String, String, String)>) -> Paged {
    let form = known(&form)?;
    let asked = ShowReport { form: form.id.clone(), period: period.clone(), office: office.clone() };
    let shown = console.office.show(&asked).await?;
    console.saw(&desk, How::Opened, Seen::report(&form.id, &office, &period));
    let revisions = shown.revisions.iter().rev().map(|revision| revision_view(form, revision, shown.standing.as_ref()));
    let own = console.office.status().office.as_str() == office;
    html(&ShowPage {
        office,
        frame: console.frame(&desk, Part::Reports, format!("{} {period}", form.title))?,
        own,
        form,
        period,
        revisions: revisions.collect(),
        differences: shown.fields.iter().map(|difference| difference_view(form, difference)).collect(),
        open_difference: shown.differs == Some(Differs::Open),
        removed: shown.removed.iter().map(removed_text).collect(),
    })
}

/// Where a version stood whose content was removed.
fn removed_text(gone: &RemovedVersion) -> String {
    let by = gone.by.as_ref().map_or(words::DASH, |by| by.name.as_str());
    report::removed(&gone.name, by, &moment(gone.recorded_at), &moment(gone.received_at))
}

/// What each side says to a field on which they differ.
fn difference_view(form: &Form, difference: &FieldDifference) -> (String, Vec<(String, String)>) {
    let said = |value: &Value| form.field(&difference.field).map_or_else(String::new, |field| fields::for_reading(field, value));
    let side = |(record, value): &(RecordRef, Option<Value>)| {
        (record.origin.to_string(), value.as_ref().map_or_else(|| words::DASH.to_owned(), said))
    };
    (difference.label.clone(), difference.values.iter().map(side).collect())
}

fn revision_view(form: &Form, revision: &Revision, standing: Option<&RecordRef>) -> RevisionView {
    let said = |answer: &Answer| {
        let field = form.field(&answer.field)?;
        Some((field.label.clone(), fields::for_reading(field, &answer.value)))
    };
    RevisionView {
        number: revision.body.revision,
        stands: standing == Some(&revision.reference),
        by: revision.by.as_ref().map(|by| by.name.clone()).unwrap_or_default(),
        entered: revision
            .body
            .entered
            .as_ref()
            .map(|_| format!("{} {}", words::ON_BEHALF, revision.origin_name))
            .unwrap_or_default(),
        recorded: moment(revision.recorded_at),
        received: moment(revision.received_at),
        state: revision.state.as_ref().map_or("", |state| how_far(*state)),
        reason: revision.body.reason.clone(),
        answers: revision.body.filled.answers.iter().filter_map(said).collect(),
        record: revision.reference.to_string(),
    }
}
