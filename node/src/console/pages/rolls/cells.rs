//! The live grid: every called office a cell with its outcome in word and colour, by tier, folded where it would be more than anybody reads.

use std::collections::BTreeSet;

use dutynet_relay::ids::OfficeId;

use super::{
    super::tiers::{self, Open, SHOWN_MAX},
    Names,
};
use crate::{
    domain::rollcall::Outcome,
    text::{console_look as look, rollcall as words},
    usecase::{RollCallRow, RollTable},
};

/// Which cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Show {
    /// All.
    All,
    /// Those from whom nothing was heard, for whatever reason.
    Missing,
    /// Those of one outcome, by its place.
    Only(usize),
}

impl Show {
    pub(super) fn of(key: &str) -> Self {
        match key {
            "missing" => Self::Missing,
            key => Outcome::NAMES.iter().position(|name| *name == key).map_or(Self::All, Self::Only),
        }
    }

    fn shows(&self, outcome: Outcome) -> bool {
        match self {
            Self::All => true,
            Self::Missing => is_missing(outcome),
            Self::Only(place) => outcome.place() == *place,
        }
    }
}

/// Nothing was heard of it.
pub(super) fn is_missing(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Waiting | Outcome::NoAnswer | Outcome::LineDown | Outcome::NoNode => true,
        Outcome::Scheduled | Outcome::OnDuty | Outcome::Late { .. } | Outcome::ByPhone => false,
    }
}

/// How loud an outcome is.
pub(super) fn tone(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::OnDuty | Outcome::ByPhone => "good",
        Outcome::Waiting | Outcome::Late { .. } => "soon",
        Outcome::NoAnswer => "bad",
        Outcome::LineDown => "cut",
        Outcome::Scheduled | Outcome::NoNode => "none",
    }
}

/// How many stand how.
pub(super) struct Count {
    pub(super) key: &'static str,
    pub(super) tone: &'static str,
    pub(super) word: &'static str,
    pub(super) number: usize,
}

/// An office of the grid.
pub(super) struct Cell {
    pub(super) office: String,
    pub(super) name: String,
    pub(super) tone: &'static str,
    pub(super) word: String,
    /// When it answered, or why it has not.
    pub(super) more: String,
    pub(super) chosen: bool,
}

/// A tier further down.
pub(super) struct Group {
    /// Empty: those that stand directly in the section.
    pub(super) name: String,
    pub(super) cells: Vec<Cell>,
}

/// A part of the tree.
pub(super) struct Section {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) open: bool,
    /// What is asked for to open or shut it.
    pub(super) toggled: String,
    pub(super) counts: Vec<Count>,
    pub(super) all: usize,
    pub(super) groups: Vec<Group>,
}

/// Counts of some rows, in the order of the outcomes.
pub(super) fn counts<'a>(rows: impl IntoIterator<Item = &'a RollCallRow>) -> Vec<Count> {
    let mut by = [0; Outcome::ALL.len()];
    for row in rows {
        by[row.outcome.place()] += 1;
    }
    let count = |(outcome, number): (Outcome, usize)| Count {
        key: Outcome::NAMES[outcome.place()],
        tone: tone(outcome),
        word: words::outcome(outcome),
        number,
    };
    Outcome::ALL.into_iter().zip(by).filter(|(_, number)| *number > 0).map(count).collect()
}

/// What is asked of the grid.
pub(super) struct Asked<'a> {
    pub(super) show: Show,
    /// Sections that are open; empty: as many as are read at once.
    pub(super) open: &'a str,
    /// The office whose cell is opened.
    pub(super) office: &'a str,
}

/// The grid of a table.
pub(super) fn sections(table: &RollTable, names: &Names, asked: &Asked<'_>) -> Vec<Section> {
    let deep: BTreeSet<&OfficeId> = table.rows.iter().filter(|row| row.seat.way.len() > 1).map(|row| &row.seat.way[0]).collect();
    // Those that stand alone right below this office are one part together.
    let part =
        |row: &RollCallRow| row.seat.way.first().filter(|top| deep.contains(top)).map_or_else(String::new, OfficeId::to_string);
    let parts = tiers::parts(table.rows.iter().filter(|row| asked.show.shows(row.outcome)), part);
    let open = Open::of(&parts, asked.open, SHOWN_MAX);
    let section = |(key, rows): &(String, Vec<&RollCallRow>)| Section {
        name: OfficeId::parse(key).ok().map_or_else(|| look::DIRECTLY.to_owned(), |office| super::name(names, &office)),
        key: key.clone(),
        open: open.has(key),
        toggled: open.toggled(key),
        counts: counts(rows.iter().copied()),
        all: rows.len(),
        groups: if open.has(key) { groups(rows, (table, names), asked.office) } else { Vec::new() },
    };
    parts.iter().map(section).collect()
}

fn groups(rows: &[&RollCallRow], (table, names): (&RollTable, &Names), chosen: &str) -> Vec<Group> {
    let is_above: BTreeSet<&OfficeId> = rows.iter().filter(|row| row.seat.way.len() > 2).map(|row| &row.seat.way[1]).collect();
    let mut groups: Vec<(Option<&OfficeId>, Vec<Cell>)> = Vec::new();
    for row in rows {
        let key = row.seat.way.get(1).filter(|above| is_above.contains(above));
        let cell = cell(row, table, names, chosen);
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, cells)) => cells.push(cell),
            None => groups.push((key, vec![cell])),
        }
    }
    let name = |key: Option<&OfficeId>| key.map_or_else(String::new, |key| super::name(names, key));
    groups.into_iter().map(|(key, cells)| Group { name: name(key), cells }).collect()
}

fn cell(row: &RollCallRow, table: &RollTable, names: &Names, chosen: &str) -> Cell {
    let office = row.seat.office.to_string();
    let why = row.why.as_ref().filter(|_| is_missing(row.outcome)).map(|why| super::why_not(why, names, table.as_of));
    let answered = row.answer.as_ref().map(|answer| look::answered(answer.at, &answer.leader));
    let by_phone = row.phoned.last().map(|call| look::phoned(call.at, words::word(&call.call.result).unwrap_or_default()));
    let waiting = row.received.filter(|_| row.outcome == Outcome::Waiting).map(look::received);
    Cell {
        chosen: office == chosen,
        office,
        name: row.seat.name.clone(),
        tone: tone(row.outcome),
        word: words::stands(row.outcome, row.outcome.late_ms(), row.second_needed),
        more: answered.or(by_phone).or(waiting).or(why).unwrap_or_default(),
    }
}
