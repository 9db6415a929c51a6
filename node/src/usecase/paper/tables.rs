//! Tables of offices: the board of a period, who has signed for a notice, who answered a roll call, who is on duty.

use dutynet_relay::{
    ids::{OfficeId, UnixMillis},
    record::Mode,
};

use super::{
    super::{Board, NoticeBoard, Office, Refused, RollCallRow, RollTable, form as known, period as period_of},
    file_name,
};
use crate::{
    domain::{
        beijing::{self, Day, minute},
        board::{BoardRow, DAILY, Filed, Filing, Line},
        form::{PeriodKind, Value},
        rollcall::Outcome,
        sign_for::{SignForRow, Signature},
    },
    export::{Body, Cell, Document, Head, Kind, Sheet, Table},
    text::{console::moment, directive, matter, notice, paper as text, refusal::Refusal, report, rollcall, words},
};

/// The board of a period.
pub(super) fn board(board: &Board) -> Document {
    let wide = [11, 6, 7, 8, 8, 5, 5, 9, 12];
    let kinds =
        [Kind::Words, Kind::Short, Kind::Short, Kind::Short, Kind::Short, Kind::Number, Kind::Number, Kind::Words, Kind::Words];
    let mut table = Table::new(&columns(&text::BOARD, &wide, &kinds), text::NOBODY);
    table.rows = board.rows.iter().map(|row| board_row(row, board)).collect();
    let office = board.rows.first().map_or_else(String::new, |row| row.seat.name.clone());
    let period = match board.form.period {
        PeriodKind::Day => crate::text::console::day(&board.period.to_string()),
        PeriodKind::Holiday => board.period.to_string(),
    };
    let form = if board.form.id == DAILY { "" } else { board.form.title.as_str() };
    let title = text::board_title(&office, &period, form);
    let timings: Vec<_> = board.rows.iter().map(|row| row.timing).collect();
    Document {
        head: Head::Plain,
        file_name: file_name(&[&title]),
        title,
        mark: mark(board.mode),
        above: (text::cut_off(&moment(&minute(board.window.cut_off))), text::made(&moment(&minute(board.as_of)))),
        body: Body::Table(table),
        notes: vec![notice::board_counts(&timings)],
        sheet: Sheet::Across,
        office,
    }
}

fn board_row(row: &BoardRow, board: &Board) -> Vec<Cell> {
    let now = board.as_of;
    let filing = row.filing.as_ref();
    // Of what was removed there are no figures, not even a nought.
    let figure = |of: fn(&Filing) -> i64| match filing.filter(|filing| !filing.removed) {
        Some(filing) => Cell::Number(of(filing)),
        None => words::DASH.into(),
    };
    let how = filing.map_or_else(
        || words::DASH.to_owned(),
        |filing| match (&filing.entered_by, filing.removed) {
            (_, true) => words::REMOVED.to_owned(),
            (by, false) => {
                let named = |by: &OfficeId| board.rows.iter().find(|row| row.seat.office == *by).map(|row| row.seat.name.clone());
                let by = by.as_ref().map(|by| named(by).unwrap_or_else(|| by.to_string())).unwrap_or_default();
                report::differing(&report::source(&by), words::differs(filing.differs))
            }
        },
    );
    let cut_off = (row.seat.window.cut_off != board.window.cut_off).then(|| beijing::for_people(row.seat.window.cut_off, now));
    let since = row.line.since.filter(|_| row.line.line != Line::Up).map(|at| beijing::for_people(at, now));
    vec![
        notice::indented(&row.seat.name, row.seat.depth).into(),
        if row.filed == Filed::Nothing { text::NOT_FILED } else { words::filed(row.filed) }.into(),
        notice::timing(row.timing, cut_off.as_deref()).into(),
        time(filing.map(|filing| filing.recorded_here), now),
        time(filing.map(|filing| filing.received_at), now),
        figure(|filing| filing.calls),
        figure(|filing| filing.incidents),
        how.into(),
        text::line(words::line(row.line.line), &since.unwrap_or_default()).into(),
    ]
}

/// The sign-for list of a notice.
pub(super) fn sign_for(board: &NoticeBoard) -> Document {
    let wide = [11, 13, 9, 9, 15, 6];
    let kinds = [Kind::Words, Kind::Short, Kind::Short, Kind::Short, Kind::Words, Kind::Short];
    let mut table = Table::new(&columns(&text::SIGN_FOR, &wide, &kinds), text::NOBODY);
    table.rows = board.rows.iter().map(|row| sign_row(row, board)).collect();
    let head = &board.head;
    let called = if head.notice.removed { words::REMOVED } else { head.title.as_str() };
    let title = text::sign_for_title(called);
    let number = head.notice.number.to_string();
    Document {
        head: Head::Plain,
        office: head.from.clone(),
        file_name: file_name(&[&title, &number]),
        title,
        mark: mark(head.notice.mode),
        above: (text::sender(&head.from, &number), text::made(&moment(&minute(board.as_of)))),
        body: Body::Table(table),
        notes: vec![directive::counts(&board.counts)],
        sheet: Sheet::Across,
    }
}

fn sign_row(row: &SignForRow, board: &NoticeBoard) -> Vec<Cell> {
    let now = board.as_of;
    let name = |office: &_| {
        board.rows.iter().find(|row| row.seat.office == *office).map_or_else(|| format!("{office}"), |row| row.seat.name.clone())
    };
    let delivered = match &row.delivery {
        Ok(delivery) => beijing::for_people(delivery.at, now),
        Err(why) => directive::undelivered(why, name, now),
    };
    let first = row.signatures.first();
    let who = |signed: &Signature| {
        let said = signed.told_by.as_ref().map_or(&signed.by.name, |told| &told.name);
        directive::signers(said, row.signatures.len().saturating_sub(1))
    };
    let how = |signed: &Signature| match (&signed.entered_by, &signed.told_by) {
        (None, _) => directive::OWN.to_owned(),
        (Some(by), Some(told)) => directive::entered(&name(by), &told.name, &told.phone),
        (Some(by), None) => directive::entered_by(&name(by)),
    };
    vec![
        notice::indented(&row.seat.name, row.seat.depth.saturating_sub(1)).into(),
        delivered.into(),
        first.map_or_else(|| directive::UNSIGNED.to_owned(), who).into(),
        time(first.map(|signed| signed.at), now),
        first.map_or_else(|| words::DASH.to_owned(), how).into(),
        directive::timing(row.timing).into(),
    ]
}

/// The table of a roll call.
pub(super) fn roll(table: &RollTable) -> Document {
    let wide = [10, 8, 10, 8, 7, 7, 13, 14];
    let kinds = [Kind::Words, Kind::Short, Kind::Short, Kind::Short, Kind::Short, Kind::Short, Kind::Words, Kind::Words];
    let mut rows = Table::new(&columns(&text::ROLL, &wide, &kinds), text::NOBODY);
    rows.rows = table.rows.iter().map(|row| roll_row(row, table)).collect();
    let count = |of: Outcome| table.rows.iter().filter(|row| row.outcome.place() == of.place()).count();
    let counts = Outcome::ALL.into_iter().map(|of| (of, count(of))).filter(|(_, count)| *count > 0);
    let counts = rollcall::counts(table.rows.len(), &counts.collect::<Vec<_>>());
    let state = match (table.closed, table.complete) {
        (Some(at), _) => rollcall::closed_at(&beijing::for_people(at, table.as_of)),
        (None, true) => rollcall::COMPLETE.to_owned(),
        (None, false) => rollcall::until(&beijing::for_people(table.closes, table.as_of)),
    };
    let minutes = u32::try_from(table.minutes).unwrap_or(0);
    let said = rollcall::board_head(&moment(&minute(table.opens)), minutes, &moment(&minute(table.as_of)), &state);
    let (number, called) = (table.number.to_string(), if table.title.is_empty() { words::REMOVED } else { table.title.as_str() });
    let title = text::roll_title(called);
    Document {
        head: Head::Plain,
        office: table.caller_name.clone(),
        file_name: file_name(&[&title, &number]),
        title,
        mark: mark(table.mode),
        above: (text::caller(&table.caller_name, &number), said),
        body: Body::Table(rows),
        notes: vec![counts],
        sheet: Sheet::Across,
    }
}

fn roll_row(row: &RollCallRow, table: &RollTable) -> Vec<Cell> {
    let now = table.as_of;
    let late = row.outcome.late_ms();
    let name = |office: &_| {
        table.rows.iter().find(|row| row.seat.office == *office).map_or_else(|| format!("{office}"), |row| row.seat.name.clone())
    };
    let received = match (&row.received, &row.why) {
        (Some(at), _) => beijing::for_people(*at, now),
        (None, Some(why)) => directive::undelivered(why, name, now),
        (None, None) => words::DASH.to_owned(),
    };
    let phoned = row.phoned.iter().map(|phoned| {
        rollcall::phoned(rollcall::word(&phoned.call.result).unwrap_or(words::DASH), phoned.call.rings, phoned.slow)
    });
    let explained = row.explained.iter().map(|said| rollcall::explained(&said.words));
    let ruled = row.ruled.iter().map(|ruling| rollcall::ruled(rollcall::word(&ruling.ruling).unwrap_or(words::DASH)));
    let remarks: Vec<String> = phoned.chain(explained).chain(ruled).collect();
    let answer = row.answer.as_ref();
    let said = |of: fn(&super::super::SaidAnswer) -> &String| {
        Cell::Text(answer.map_or_else(|| words::DASH.to_owned(), |answer| of(answer).clone()))
    };
    vec![
        notice::indented(&row.seat.name, row.seat.depth.saturating_sub(1)).into(),
        rollcall::stands(row.outcome, late, row.second_needed).into(),
        received.into(),
        time(answer.map(|answer| answer.at), now),
        said(|answer| &answer.leader),
        said(|answer| &answer.officer),
        said(|answer| &answer.work),
        rollcall::remarks(&remarks).into(),
    ]
}

impl Office {
    /// Who is on duty in this office and everywhere below it, as the reports of the day say.
    pub(super) async fn duty_list(&self, day: &str) -> Result<Document, Refused> {
        let (form, now) = (known(DAILY)?, self.now());
        let period = period_of(form, day, now)?;
        self.caught_up().await?;
        let office = self.clone();
        let made = tokio::task::spawn_blocking(move || {
            let mut rows = Vec::new();
            for (depth, entry) in office.relay().registry().subtree(office.own()) {
                let stands = office.standing_of(form, (Mode::Real, period), &entry.office)?;
                // A zero report names nobody.
                let said = |key: &str| match stands.as_ref().and_then(|(_, filled)| filled.value(key)) {
                    Some(Value::Text(text)) => text.clone(),
                    Some(
                        Value::Number(_) | Value::Nil | Value::Unknown | Value::Time(_) | Value::Choices(_) | Value::Rows(_),
                    )
                    | None => words::DASH.to_owned(),
                };
                let source = stands.as_ref().and_then(|(source, _)| known(&source.form).ok());
                let source = source.map_or_else(|| text::DUTY_UNKNOWN.to_owned(), |form| text::duty_source(&form.title));
                let name = notice::indented(&entry.name, u32::try_from(depth).unwrap_or(0));
                rows.push([name, said("leader"), said("officer"), said("phone"), source, String::new()].map(Cell::Text).to_vec());
            }
            Ok::<_, Refused>(rows)
        });
        let rows = made.await.map_err(|error| Refused::because(Refusal::Internal, error))??;
        Ok(duty(rows, period.first(), &self.own_name(), now))
    }
}

fn duty(rows: Vec<Vec<Cell>>, day: Day, office: &str, now: UnixMillis) -> Document {
    let wide = [12, 9, 11, 11, 8, 10];
    let kinds = [Kind::Words, Kind::Short, Kind::Short, Kind::Short, Kind::Short, Kind::Words];
    let mut table = Table::new(&columns(&text::DUTY, &wide, &kinds), text::NOBODY);
    table.rows = rows;
    let title = text::duty_title(office, &day.to_string());
    Document {
        head: Head::Plain,
        office: office.to_owned(),
        file_name: file_name(&[&title]),
        title,
        mark: String::new(),
        above: (text::unit(office), text::made(&moment(&minute(now)))),
        body: Body::Table(table),
        notes: vec![text::DUTY_NOTE.to_owned()],
        sheet: Sheet::Upright,
    }
}

fn columns<'a>(titles: &[&'a str], wide: &[u16], kinds: &[Kind]) -> Vec<(&'a str, u16, Kind)> {
    titles.iter().zip(wide).zip(kinds).map(|((title, wide), kind)| (*title, *wide, *kind)).collect()
}

fn time(at: Option<UnixMillis>, now: UnixMillis) -> Cell {
    notice::time(at, now).into()
}

/// What is not real says so on top.
pub(super) fn mark(mode: Mode) -> String {
    match mode {
        Mode::Real => String::new(),
        Mode::Exercise | Mode::Test => matter::mark(words::mode(mode)),
    }
}
