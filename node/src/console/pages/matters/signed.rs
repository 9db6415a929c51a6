//! The sign-for list (签收单) of a directive, a warning or a question: 送达, 签收, 阅 and 办结 apart, and which part each office was given.

use super::super::{
    super::{Console, page::moment},
    notices::{SignRow, sign_row},
};
use super::course::Course;
use crate::{
    domain::{matter::Step, step::MatterKind},
    text::console as text,
    usecase::{MatterSeat, Refused},
};

/// Facts that stand in the list instead.
pub(super) const IN_THE_LIST: [&str; 9] =
    ["addressed", "delivered", "signed", "read", "done", "phoned", "not_reached", "awaited", "awaited_until"];

/// An office of the list.
pub(super) struct SeatView {
    pub(super) row: SignRow,
    pub(super) read: String,
    pub(super) done: String,
    pub(super) phoned: String,
    /// Something is still awaited from it.
    pub(super) awaited: bool,
    pub(super) due: String,
    pub(super) due_ms: i64,
    pub(super) left: String,
    /// What it was given to do, where the whole was split.
    pub(super) part: String,
}

/// Everybody below who is to act on it.
pub(super) async fn seats(console: &Console, course: &Course<'_>) -> Result<Vec<SeatView>, Refused> {
    match course.matter.row.summary.kind {
        MatterKind::Directive | MatterKind::Warning | MatterKind::Verification => {}
        MatterKind::Incident | MatterKind::Drill | MatterKind::Finding | MatterKind::Consultation | MatterKind::RollCall => {
            return Ok(Vec::new());
        }
    }
    let board = console.office.matter_board(&course.matter.row.matter.to_string()).await?;
    let names = course.ways.names();
    let view = |seat: &MatterSeat| {
        let said = |records| text::listed(&course.who_when(records));
        let open = seat.due.filter(|_| seat.awaited);
        let mut row = sign_row(&seat.row, board.as_of, &names);
        // Nothing is late yet, and nothing is done either.
        if row.tone == "good" && (seat.awaited || !row.missing.is_empty()) {
            row.tone = "soon";
        }
        SeatView {
            row,
            read: said(&seat.read),
            done: said(&seat.done),
            phoned: said(&seat.phoned),
            awaited: seat.awaited,
            due: seat.due.map(moment).unwrap_or_default(),
            due_ms: open.map_or(0, |due| due.0),
            left: open.map(|due| text::left(due, board.as_of)).unwrap_or_default(),
            part: part(course, seat),
        }
    };
    Ok(board.seats.iter().map(view).collect())
}

/// What an office was given: its part, or the remark with which it was passed on.
fn part(course: &Course<'_>, seat: &MatterSeat) -> String {
    let gives = |step: &Step| ["directive.split", "directive.relay"].contains(&step.form.as_str());
    let given = course.matter.steps.iter().map(|shown| &shown.step);
    let given = given.filter(|step| gives(step) && step.to.contains(&seat.row.seat.office));
    let words = |step: &Step| step.text("part").or_else(|| step.text("remark")).map(str::to_owned);
    text::listed(&given.filter_map(words).collect::<Vec<_>>())
}
