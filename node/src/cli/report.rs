//! `dutynet report`: filing, correcting, the board, and what one office has said.

use dutynet_proto::{api, duty, record};
use dutynet_relay::{
    clock::{Clock as _, SystemClock},
    ids::{RecordId, UnixMillis},
    random,
};

use super::{
    answers::Answers,
    args::{
        Place,
        report::{Board, Correct, File, ReportVerb, Show},
    },
    client::{Node, heard, patiently},
    convert, json, person, printed,
    table::Table,
    told::Told,
};
use crate::{
    body,
    domain::form::{FieldKind, Form, Forms},
    text::{notice, refusal::Refusal, words},
};

pub(super) async fn run(place: &Place, verb: &ReportVerb) -> Result<String, Told> {
    match verb {
        ReportVerb::Daily(file) => {
            let form = form("daily")?;
            let answers = Answers::default().typed(form, &file.fields)?;
            self::file(place, Filing { form, file, answers, reason: None }).await
        }
        ReportVerb::Zero(file) => {
            let form = form("zero")?;
            let answers = Answers::nil_by_name(form).typed(form, &file.fields)?;
            self::file(place, Filing { form, file, answers, reason: None }).await
        }
        ReportVerb::Correct(correct) => self::correct(place, correct).await,
        ReportVerb::Board(board) => self::board(place, board).await,
        ReportVerb::Show(show) => self::show(place, show).await,
    }
}

/// One report on its way to the node.
struct Filing<'a> {
    form: &'static Form,
    file: &'a File,
    answers: Answers,
    /// Of a correction.
    reason: Option<&'a str>,
}

async fn file(place: &Place, filing: Filing<'_>) -> Result<String, Told> {
    let Filing { form, file, answers, reason } = filing;
    let id = match file.id {
        Some(id) => *id.as_bytes(),
        None => new_id()?.0,
    };
    let request = api::FileReportRequest {
        id: id.to_vec().into(),
        form: form.id.clone(),
        period: file.period.clone(),
        answers: answers.into_vec(form).iter().map(body::answer_to_wire).collect(),
        reason: reason.unwrap_or_default().to_owned(),
        by: Some(person::named(&file.by)?),
        correction: reason.is_some(),
        mode: record::Mode::Real.into(),
    };
    let node = Node::find(place).await?;
    let reply = patiently(|| {
        let (mut reports, request) = (node.reports(), request.clone());
        async move { reports.file(request).await }
    });
    let reply = reply.await?;
    if file.output.json {
        return Ok(printed(&convert::filed_json(&form.id, &reply)));
    }
    Ok(filed_text(form, &reply))
}

/// Made before the first attempt, so that every retry folds into one record.
pub(super) fn new_id() -> Result<RecordId, Told> {
    let random = random::bytes().map_err(|error| Told::of(Refusal::Internal).about(error.to_string()))?;
    Ok(RecordId::from_parts(SystemClock::default().wall(), random))
}

fn filed_text(form: &Form, reply: &api::FileReportReply) -> String {
    let record = convert::filed_json(&form.id, reply).record;
    let record = format!("{}/{}", record.origin, record.id);
    let says = if reply.folded { notice::folded } else { notice::filed };
    let mut lines = vec![says(&form.title, &reply.period, reply.revision, &record)];
    let nil: Vec<_> = form.fields.iter().filter(|f| f.kind == FieldKind::Nil).map(|f| f.label.as_str()).collect();
    if !nil.is_empty() {
        lines.push(notice::nil_by_name(&nil));
    }
    lines.extend(convert::progress(reply.state).map(|progress| notice::state(words::progress(progress))));
    lines.join("\n")
}

/// Lays what was typed over the latest revision, so that what was right need not be typed again.
async fn correct(place: &Place, correct: &Correct) -> Result<String, Told> {
    let form = form(&correct.form)?;
    let request = api::ShowReportRequest { form: form.id.clone(), period: correct.file.period.clone(), office: String::new() };
    let node = Node::find(place).await?;
    let reply = heard(node.reports().show(request).await)?;
    let latest = reply.revisions.into_iter().next_back().and_then(|revision| revision.answer).unwrap_or_default();
    let said = latest.answers;
    let said = said.into_iter().filter_map(body::answer_from_wire).collect();
    let answers = Answers::of(said).typed(form, &correct.file.fields)?;
    self::file(place, Filing { form, file: &correct.file, answers, reason: Some(&correct.reason) }).await
}

async fn board(place: &Place, board: &Board) -> Result<String, Told> {
    let node = Node::find(place).await?;
    let reply = heard(node.reports().board(api::BoardRequest { period: board.period.clone() }).await)?;
    if board.output.json {
        return Ok(printed(&json::Board::from(&reply)));
    }
    Ok(board_text(&reply))
}

fn board_text(reply: &api::BoardReply) -> String {
    let now = UnixMillis(reply.as_of_ms);
    let time = |millis| notice::time(convert::moment(millis), now);
    let own = reply.rows.first().map(|row| row.name.as_str()).unwrap_or_default();
    let mut table = Table::new(&notice::BOARD);
    for row in &reply.rows {
        let line = convert::line_fact(row.line, row.line_since_ms);
        // Of an office that has filed nothing there are no figures, not even a nought.
        let figures = [row.revision.into(), row.calls, row.incidents];
        let [revision, calls, incidents] = figures.map(|figure| match row.revision {
            0 => words::DASH.to_owned(),
            1.. => figure.to_string(),
        });
        table.row([
            notice::indented(&row.name, row.depth),
            words::filed(convert::filed(row.filed)).to_owned() + &notice::entered(&row.entered_by),
            words::timing(convert::timing(row.timing)).to_owned(),
            words::line(line.line).to_owned(),
            notice::time(line.since, now),
            revision,
            time(row.recorded_at_ms),
            time(row.received_at_ms),
            calls,
            incidents,
        ]);
    }
    let timings: Vec<_> = reply.rows.iter().map(|row| convert::timing(row.timing)).collect();
    let title = notice::board_title(own, &reply.period, UnixMillis(reply.cut_off_ms), now);
    [title, table.render(), notice::board_counts(&timings)].join("\n")
}

async fn show(place: &Place, show: &Show) -> Result<String, Told> {
    let request = api::ShowReportRequest { form: show.form.clone(), period: show.period.clone(), office: show.office.clone() };
    let node = Node::find(place).await?;
    let reply = heard(node.reports().show(request).await)?;
    if show.output.json {
        return Ok(printed(&json::Report::from(&reply)));
    }
    if reply.revisions.is_empty() {
        return Ok(notice::NOTHING_FILED.to_owned());
    }
    let now = SystemClock::default().wall();
    Ok(reply.revisions.iter().map(|revision| revision_text(revision, now)).collect::<Vec<_>>().join("\n\n"))
}

fn revision_text(from: &api::Revision, now: UnixMillis) -> String {
    let time = |millis| notice::time(convert::moment(millis), now);
    let answer = from.answer.clone().unwrap_or_default();
    let by = from.by.as_ref().map_or(words::DASH, |person| person.name.as_str());
    let mut lines = vec![notice::revision(answer.revision, &time(from.recorded_at_ms), &time(from.received_at_ms), by)];
    let form = Forms::built_in().get(&answer.form);
    lines.extend(answer.answers.iter().map(|answer| answer_text(form, answer)));
    if !answer.reason.is_empty() {
        lines.push(notice::reason(&answer.reason));
    }
    if !from.hops.is_empty() {
        let hops: Vec<_> = from.hops.iter().map(|h| notice::hop(&h.office, &time(h.received_at_ms))).collect();
        lines.push(notice::hops(&hops));
    }
    lines.extend(convert::progress(from.state).map(|progress| notice::state(words::progress(progress))));
    lines.join("\n")
}

fn answer_text(form: Option<&Form>, answer: &duty::Answer) -> String {
    use duty::answer::Value;
    let field = form.and_then(|form| form.field(&answer.field));
    let label = field.map_or(answer.field.as_str(), |field| field.label.as_str());
    let code_label = |code: &str| match field.map(|field| &field.kind) {
        Some(FieldKind::Rows { codes, .. }) => codes.iter().find(|c| c.key == code).map(|c| c.label.clone()),
        Some(FieldKind::Text { .. } | FieldKind::Number(_) | FieldKind::Nil) | None => None,
    };
    let value = match &answer.value {
        Some(Value::Text(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Nil(_)) => words::NONE.to_owned(),
        Some(Value::Rows(rows)) => {
            let row =
                |row: &duty::Row| notice::row(&code_label(&row.code).unwrap_or_else(|| row.code.clone()), row.number, &row.text);
            notice::rows(&rows.rows.iter().map(row).collect::<Vec<_>>())
        }
        None => words::DASH.to_owned(),
    };
    notice::answer(label, &value)
}

fn form(id: &str) -> Result<&'static Form, Told> {
    Forms::built_in().get(id).ok_or_else(|| Told::of(Refusal::FormUnknown).about(id))
}
