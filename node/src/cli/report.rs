//! `dutynet report`: filing, also on behalf, correcting, choosing between versions, the board, and what one office has said.

use dutynet_proto::{
    api::{self, make_paper_request::What},
    duty, record,
};
use dutynet_relay::{
    clock::{Clock as _, SystemClock},
    ids::{RecordId, UnixMillis},
    random,
};

use super::{
    answers::Answers,
    args::{
        Place,
        report::{Board, Choose, Correct, File, OnBehalf, ReportVerb, Show},
    },
    client::{Node, heard, patiently},
    convert, convert_report as convert_to, cut_off, draft, json_report as json,
    keep::{Keeping, keep},
    person, printed, shown,
    table::Table,
    told::Told,
};
use crate::{
    body::{self, Channel, Entered},
    domain::{
        board::Differs,
        form::{FieldKind, Form, Forms, PeriodKind},
    },
    text::{notice, refusal::Refusal, report as text, typed, words},
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
            // A draft says by itself what can be said by name.
            let by_name = if file.from_draft { Answers::default() } else { Answers::nil_by_name(form) };
            let answers = by_name.typed(form, &file.fields)?;
            self::file(place, Filing { form, file, answers, reason: None }).await
        }
        ReportVerb::File(asked) => {
            let (form, file) = (form(&asked.form)?, &asked.file);
            let answers = Answers::default().typed(form, &file.fields)?;
            self::file(place, Filing { form, file, answers, reason: None }).await
        }
        ReportVerb::Correct(correct) => self::correct(place, correct).await,
        ReportVerb::Board(board) => self::board(place, board).await,
        ReportVerb::Show(show) => self::show(place, show).await,
        ReportVerb::Duty(list) => {
            let what = What::Duty(api::DutyListRequest { day: list.period.clone() });
            let keeping = Keeping { file: &list.paper_file, force: list.force, json: list.output.json };
            keep(place, &keeping, what).await
        }
        ReportVerb::Choose(choose) => self::choose(place, choose).await,
        ReportVerb::Draft(asked) => draft::run(place, asked).await,
        ReportVerb::CutOff { verb } => cut_off::run(place, verb).await,
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
        answers: answers.into_vec(&form.fields).iter().map(body::answer_to_wire).collect(),
        reason: reason.unwrap_or_default().to_owned(),
        by: Some(person::named(&file.by)?),
        correction: reason.is_some(),
        mode: mode(file.exercise.then_some(record::Mode::Exercise)),
        on_behalf_of: file.on_behalf.on_behalf_of.clone().unwrap_or_default(),
        entered: entered(&file.on_behalf),
        from_draft: file.from_draft,
    };
    let node = Node::find(place).await?;
    let reply = patiently(|| {
        let (mut reports, request) = (node.reports(), request.clone());
        async move { reports.file(request).await }
    });
    let reply = reply.await?;
    if file.output.json {
        return Ok(printed(&convert_to::filed_json(&form.id, &reply)));
    }
    Ok(filed_text(form, &reply, file.on_behalf.on_behalf_of.is_some()))
}

/// Real unless it was said otherwise.
fn mode(said: Option<record::Mode>) -> i32 {
    said.unwrap_or(record::Mode::Real).into()
}

/// How another office's words came: `name:phone`; nobody when nothing was typed about it.
pub(super) fn entered(from: &OnBehalf) -> Option<duty::Entered> {
    if from.on_behalf_of.is_none() && from.told_by.is_none() {
        return None;
    }
    let (told_by, phone) = typed::at_colon(from.told_by.as_deref().unwrap_or_default());
    let channel = if from.written { Channel::Written } else { Channel::Telephone };
    Some(body::entered_to_wire(&Entered { channel, told_by: told_by.to_owned(), phone: phone.to_owned() }))
}

/// Made before the first attempt, so that every retry folds into one record.
pub(super) fn new_id() -> Result<RecordId, Told> {
    let random = random::bytes().map_err(|error| Told::of(Refusal::Internal).about(error.to_string()))?;
    Ok(RecordId::from_parts(SystemClock::default().wall(), random))
}

fn filed_text(form: &Form, reply: &api::FileReportReply, on_behalf: bool) -> String {
    let record = convert_to::record_text(reply.record.as_ref());
    let says = if reply.folded { notice::folded } else { notice::filed };
    let mut said = says(&form.title, &period_text(form, &reply.period), reply.revision, &record);
    if on_behalf {
        said.push_str(&text::on_behalf(&reply.office));
    }
    let mut lines = vec![said];
    let nil: Vec<_> = form.fields.iter().filter(|f| f.kind == FieldKind::Nil).map(|f| f.label.as_str()).collect();
    if !nil.is_empty() {
        lines.push(notice::nil_by_name(&nil));
    }
    if convert_to::differs(reply.difference) == Differs::Open {
        lines.push(text::DIFFERS.to_owned());
    }
    lines.extend(convert::progress(reply.state).map(|progress| notice::state(words::progress(progress))));
    lines.extend(reply.warnings.iter().map(|warning| notice::status_line(notice::StatusNames::WARNING, &warning.sentence)));
    lines.join("\n")
}

/// Lays what was typed over the latest revision, so that what was right need not be typed again.
async fn correct(place: &Place, correct: &Correct) -> Result<String, Told> {
    let form = form(&correct.form)?;
    if correct.file.from_draft {
        let answers = Answers::default().typed(form, &correct.file.fields)?;
        return self::file(place, Filing { form, file: &correct.file, answers, reason: Some(&correct.reason) }).await;
    }
    let office = correct.file.on_behalf.on_behalf_of.clone().unwrap_or_default();
    let request = api::ShowReportRequest { form: form.id.clone(), period: correct.file.period.clone(), office };
    let node = Node::find(place).await?;
    let reply = heard(node.reports().show(request).await)?;
    let said = laid_over(&reply, correct.file.on_behalf.on_behalf_of.is_some()).map(|answer| answer.answers).unwrap_or_default();
    let said = said.into_iter().filter_map(body::answer_from_wire).collect();
    let answers = Answers::of(said).typed(form, &correct.file.fields)?;
    self::file(place, Filing { form, file: &correct.file, answers, reason: Some(&correct.reason) }).await
}

/// What a correction is laid over: our own latest, else, on behalf of another, the version that stands.
fn laid_over(reply: &api::ShowReportReply, on_behalf: bool) -> Option<duty::FormAnswer> {
    // Only a record of this node has a state.
    let ours = reply.revisions.iter().rev().find(|revision| convert::progress(revision.state).is_some());
    let stands = reply.revisions.iter().find(|revision| revision.record == reply.standing).filter(|_| on_behalf);
    ours.or(stands).and_then(|revision| revision.answer.clone())
}

async fn board(place: &Place, board: &Board) -> Result<String, Told> {
    let mode = mode(board.exercise.then_some(record::Mode::Exercise));
    let request = api::BoardRequest { period: board.period.clone(), form: board.form.clone(), mode };
    if let Some(keeping) = board.keep.asked(board.output.json) {
        return keep(place, &keeping, What::Board(request)).await;
    }
    let node = Node::find(place).await?;
    let reply = heard(node.reports().board(request).await)?;
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
        let cut_off = (row.cut_off_ms != reply.cut_off_ms).then(|| time(row.cut_off_ms));
        let source = match row.revision {
            0 if row.removed => words::REMOVED.to_owned(),
            0 => words::DASH.to_owned(),
            1.. => text::differing(&text::source(&row.entered_by), words::differs(convert_to::differs(row.difference))),
        };
        // Of an office that has filed nothing there are no figures, not even a nought.
        let figures = [row.revision.into(), row.calls, row.incidents];
        let [revision, calls, incidents] = figures.map(|figure| match row.revision {
            0 => words::DASH.to_owned(),
            1.. => figure.to_string(),
        });
        table.row([
            notice::indented(&row.name, row.depth),
            words::filed(convert_to::filed(row.filed)).to_owned(),
            notice::timing(convert_to::timing(row.timing), cut_off.as_deref()),
            source,
            words::line(line.line).to_owned(),
            notice::time(line.since, now),
            revision,
            time(row.recorded_at_ms),
            time(row.received_at_ms),
            calls,
            incidents,
        ]);
    }
    let timings: Vec<_> = reply.rows.iter().map(|row| convert_to::timing(row.timing)).collect();
    let period = Forms::built_in().get(&reply.form).map_or_else(|| reply.period.clone(), |form| period_text(form, &reply.period));
    let title = notice::board_title(own, &period, UnixMillis(reply.cut_off_ms), now);
    let title = words::marked(convert::mode(reply.mode), title);
    [title, table.render(), notice::board_counts(&timings)].join("\n")
}

async fn show(place: &Place, show: &Show) -> Result<String, Told> {
    let request = api::ShowReportRequest { form: show.form.clone(), period: show.period.clone(), office: show.office.clone() };
    if let Some(keeping) = show.keep.asked(show.output.json) {
        return keep(place, &keeping, What::Report(request)).await;
    }
    let node = Node::find(place).await?;
    let reply = heard(node.reports().show(request).await)?;
    if show.output.json {
        return Ok(printed(&json::Report::from(&reply)));
    }
    Ok(shown::text(&reply, SystemClock::default().wall()))
}

/// Names the version of an office by the record that it is now, so that nothing that comes meanwhile is chosen unseen.
async fn choose(place: &Place, choose: &Choose) -> Result<String, Told> {
    let form = form(&choose.form)?;
    let by = person::named(&choose.by)?;
    let (period, office) = (choose.period.clone(), choose.office.clone());
    let node = Node::find(place).await?;
    let request = api::ShowReportRequest { form: form.id.clone(), period: period.clone(), office: office.clone() };
    let reply = heard(node.reports().show(request).await)?;
    let kept = |revision: &&api::Revision| revision.record.as_ref().is_some_and(|record| record.origin == choose.keep);
    let keep = reply.revisions.iter().rev().find(kept).ok_or_else(|| Told::of(Refusal::ChoiceUnknown).about(&choose.keep))?;
    let request = api::ChooseReportRequest {
        id: new_id()?.0.to_vec().into(),
        form: form.id.clone(),
        period,
        office,
        chosen: keep.record.clone(),
        reason: choose.reason.clone(),
        by: Some(by),
    };
    let chosen = patiently(|| {
        let (mut reports, request) = (node.reports(), request.clone());
        async move { reports.choose(request).await }
    });
    let chosen = chosen.await?;
    if choose.output.json {
        return Ok(printed(&convert_to::chosen_json(&form.id, &chosen)));
    }
    let said = text::chosen(&form.title, &period_text(form, &chosen.period), &chosen.office, &keep.origin_name);
    let mut lines = vec![if chosen.folded { text::CHOSEN_BEFORE.to_owned() } else { said }];
    if convert_to::differs(chosen.difference) == Differs::Open {
        lines.push(text::STILL_OPEN.to_owned());
    }
    Ok(lines.join("\n"))
}

/// A period as people name it.
fn period_text(form: &Form, period: &str) -> String {
    match form.period {
        PeriodKind::Day => period.to_owned(),
        PeriodKind::Holiday => text::holiday(period),
    }
}

pub(super) fn form(id: &str) -> Result<&'static Form, Told> {
    Forms::built_in().get(id).ok_or_else(|| Told::of(Refusal::FormUnknown).about(id))
}
