//! The month of reports: one tier of offices against the days of a month, each cell a sign and a word that opens what was reported, or what is
//! still owed. From an office one goes down to those below it.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    Router,
    extract::{Path, Query, State},
    routing::get,
};
use dutynet_relay::{ids::OfficeId, registry::Entry};
use serde::Deserialize;

use super::super::{
    Console,
    desk::Desk,
    page::{Frame, Paged, Part, html, then},
};
use crate::{
    domain::{
        beijing::Day,
        board::{BoardRow, DAILY, Filed, Timing, ZERO},
    },
    text::{console_look as look, refusal::Refusal},
    usecase::Refused,
};

pub(super) fn router() -> Router<Console> {
    Router::new().route("/reports/month", get(month)).route("/reports/month/{office}/{day}", get(cell))
}

/// A sign, a word, and how loud they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    InTime,
    ByPhone,
    Late,
    Missing,
    CutOff,
    NotDue,
    NotOwed,
}

impl Mark {
    const ALL: [Self; 7] = [Self::InTime, Self::ByPhone, Self::Late, Self::Missing, Self::CutOff, Self::NotDue, Self::NotOwed];

    fn of(row: &BoardRow) -> Self {
        let by_phone = row.filing.as_ref().is_some_and(|filing| filing.entered_by.is_some());
        match row.timing {
            Timing::InTime if by_phone => Self::ByPhone,
            Timing::InTime => Self::InTime,
            Timing::Late => Self::Late,
            Timing::Missing => Self::Missing,
            Timing::CutOff => Self::CutOff,
            Timing::NotDue if row.filed != Filed::Nothing => Self::InTime,
            Timing::NotDue => Self::NotDue,
            Timing::NotOwed => Self::NotOwed,
        }
    }

    /// Its place among all.
    fn place(self) -> usize {
        match self {
            Self::InTime => 0,
            Self::ByPhone => 1,
            Self::Late => 2,
            Self::Missing => 3,
            Self::CutOff => 4,
            Self::NotDue => 5,
            Self::NotOwed => 6,
        }
    }

    fn words(self) -> (&'static str, &'static str) {
        look::MARKS[self.place()]
    }

    /// Class of its cell.
    fn tone(self) -> &'static str {
        match self {
            Self::InTime => "g",
            Self::ByPhone => "p",
            Self::Late => "s",
            Self::Missing => "b",
            Self::CutOff => "c",
            Self::NotDue | Self::NotOwed => "n",
        }
    }
}

#[derive(Template)]
#[template(path = "month.html")]
struct Page {
    frame: Frame,
    month: String,
    before: String,
    after: String,
    of: String,
    of_name: String,
    /// Of the office above, where that is one of ours; empty: there is none.
    above: String,
    days: Vec<DayView>,
    rows: Vec<RowView>,
    legend: Vec<(&'static str, &'static str, &'static str)>,
}

/// A column.
struct DayView {
    day: String,
    number: String,
}

/// An office.
struct RowView {
    office: String,
    name: String,
    /// Somebody is below it.
    deeper: bool,
    /// For each day how loud, the sign with its word (empty: it is yet to come), and the day.
    cells: Vec<(&'static str, &'static str, String)>,
    tally: String,
}

#[derive(Deserialize, Default)]
struct Asked {
    /// `YYYY-MM`; empty: this month.
    #[serde(default)]
    month: String,
    /// Whose children; empty: of this office.
    #[serde(default)]
    of: String,
}

async fn month(State(console): State<Console>, desk: Desk, Query(asked): Query<Asked>) -> Paged {
    let today = Day::of(console.clock.wall());
    let month = if asked.month.is_empty() { today.to_string()[..7].to_owned() } else { asked.month.clone() };
    let first = Day::parse(&format!("{month}-01")).map_err(|_| Refused::about(Refusal::MonthInvalid, &asked.month))?;
    let days: Vec<Day> = std::iter::successors(Some(first), |day| Some(day.next()))
        .take_while(|day| day.to_string().starts_with(&month))
        .collect();
    let (of, tier) = tier(&console, &asked.of)?;
    let mut marks: BTreeMap<OfficeId, Vec<Option<Mark>>> =
        tier.iter().map(|(entry, _)| (entry.office.clone(), vec![None; days.len()])).collect();
    // At the place of its day: an office that stands on no board of a day shifts nothing.
    let gone = days.iter().copied().filter(|day| *day <= today).collect();
    for (at, rows) in console.office.days_of_tier(&of.office, gone).await?.into_iter().enumerate() {
        for row in rows {
            if let Some(mark) = marks.get_mut(&row.seat.office).and_then(|marks| marks.get_mut(at)) {
                *mark = Some(Mark::of(&row));
            }
        }
    }
    let cell = |(at, day): (usize, &Day), marks: &[Option<Mark>]| {
        let mark = marks.get(at).copied().flatten();
        let (tone, word) = mark.map_or(("n", ""), |mark| (mark.tone(), mark.words().1));
        (tone, word, day.to_string())
    };
    let row = |(entry, deeper): &(Entry, bool)| {
        let marks = marks.get(&entry.office).cloned().unwrap_or_default();
        RowView {
            office: entry.office.to_string(),
            name: entry.name.clone(),
            deeper: *deeper,
            tally: tally(&marks),
            cells: days.iter().enumerate().map(|at| cell(at, &marks)).collect(),
        }
    };
    let own = console.office.own().clone();
    let column = |day: &Day| DayView { number: day.to_string()[8..].to_owned(), day: day.to_string() };
    let after = days.last().map(|day| day.next().to_string()[..7].to_owned()).unwrap_or_default();
    html(&Page {
        frame: console.frame(&desk, Part::Reports, look::month(&month, &of.name))?,
        before: first.previous().to_string()[..7].to_owned(),
        after: if after.as_str() <= &today.to_string()[..7] { after } else { String::new() },
        above: if of.office == own { String::new() } else { of.parent.as_ref().map(ToString::to_string).unwrap_or_default() },
        of: of.office.to_string(),
        of_name: of.name.clone(),
        days: days.iter().map(column).collect(),
        rows: tier.iter().map(row).collect(),
        legend: Mark::ALL.map(|mark| (mark.tone(), mark.words().0, mark.words().1)).to_vec(),
        month,
    })
}

/// An office of ours and its children, each with whether anybody is below.
fn tier(console: &Console, of: &str) -> Result<(Entry, Vec<(Entry, bool)>), Refused> {
    let own = console.office.own().clone();
    let of = if of.is_empty() { own.as_str() } else { of };
    let all = console.office.offices();
    let is_ours = of == own.as_str() || console.office.offices_below().iter().any(|(_, entry)| entry.office.as_str() == of);
    let top = all.iter().find(|entry| is_ours && entry.office.as_str() == of).ok_or(Refusal::OfficeElsewhere)?.clone();
    let has_below = |office: &OfficeId| all.iter().any(|entry| entry.parent.as_ref() == Some(office));
    let children = all.iter().filter(|entry| entry.parent.as_ref() == Some(&top.office));
    let children: Vec<_> = children.map(|entry| (entry.clone(), has_below(&entry.office))).collect();
    let tier = std::iter::once((top.clone(), false)).chain(children).collect();
    Ok((top, tier))
}

/// How many days stood how.
fn tally(marks: &[Option<Mark>]) -> String {
    let counts = Mark::ALL.map(|mark| (mark, marks.iter().flatten().filter(|other| **other == mark).count()));
    let said = counts.into_iter().filter(|(mark, count)| *count > 0 && mark.place() < 5);
    said.map(|(mark, count)| format!("{} {count}", mark.words().0)).collect::<Vec<_>>().join(" ")
}

/// What stands behind a cell: the report, or the obligation of whoever has not reported.
async fn cell(State(console): State<Console>, _desk: Desk, Path((office, day)): Path<(String, String)>) -> Paged {
    let board = console.office.board(DAILY, &day).await?;
    let row = board.rows.iter().find(|row| row.seat.office.as_str() == office).ok_or(Refusal::OfficeElsewhere)?;
    let office = &row.seat.office;
    match (row.filed, row.timing) {
        (Filed::Zero, _) => then(&format!("/reports/show/{ZERO}/{office}/{}", board.period)),
        (Filed::Daily | Filed::Both | Filed::Form, _) => then(&format!("/reports/show/{DAILY}/{office}/{}", board.period)),
        (Filed::Nothing, Timing::NotOwed) => then(&format!("/reports?day={}", board.period)),
        (Filed::Nothing, _) => then(&format!("/dues/daily-report.{office}.{}", board.period)),
    }
}
