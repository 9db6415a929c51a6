//! What is due, and counts of it.

use dutynet_relay::ids::UnixMillis;

use super::{
    super::{AskDueStats, Due, DueStats, OpenDues, WhichDues},
    file_name,
};
use crate::{
    domain::{
        beijing::{self, minute},
        number::Number,
        obligation::{About, Creditor, stats::month_of},
    },
    export::{Body, Cell, Document, Head, Kind, Sheet, Table},
    text::{console::moment, due as words, paper as text},
};

/// Columns that have a name of their own; the others are summed under the last.
const NAMED: usize = 7;

/// What is open, soonest first.
pub(super) fn list(open: &OpenDues, which: WhichDues, office: &str) -> Document {
    let columns = [9, 9, 9, 9, 9, 8, 15, 4, 10];
    let kinds =
        [Kind::Short, Kind::Short, Kind::Words, Kind::Words, Kind::Words, Kind::Short, Kind::Words, Kind::Number, Kind::Words];
    let columns: Vec<_> =
        text::DUES.into_iter().zip(columns).zip(kinds).map(|((title, wide), kind)| (title, wide, kind)).collect();
    let mut table = Table::new(&columns, words::NOTHING);
    table.rows = open.dues.iter().map(|due| row(due, open.as_of)).collect();
    let title = match which {
        WhichDues::Open => text::dues_title(office),
        WhichDues::ToChase => text::chase_title(office),
    };
    document(title, office, table, open.as_of)
}

fn row(due: &Due, now: UnixMillis) -> Vec<Cell> {
    let owed = &due.obligation;
    let creditor = match &owed.creditor {
        Creditor::Office(_) => due.creditor_name.clone(),
        Creditor::Leader(role) => words::leader(role, &due.leader_name),
        Creditor::Outside(whom) => words::outside(whom.key()).to_owned(),
    };
    let about = match &owed.about {
        About::Matter(matter) => Number::of(matter).to_string(),
        About::Period(period) => period.to_string(),
        About::Office(office) => office.to_string(),
    };
    vec![
        beijing::for_people(owed.due.here, now).into(),
        words::stands(due.standing.place(), due.standing.late_ms()).into(),
        words::duty(owed.duty).into(),
        due.debtor_name.clone().into(),
        creditor.into(),
        about.into(),
        owed.cited.article.clone().into(),
        Cell::Number(due.chases.into()),
        // Room for a hand.
        "".into(),
    ]
}

/// Counts by month, office and duty.
pub(super) fn stats(counted: &DueStats, asked: &AskDueStats, office: &str) -> Document {
    let columns = words::STATS.into_iter().enumerate().map(|(at, title)| match at {
        0 => (title, 6, Kind::Short),
        1 | 2 => (title, 9, Kind::Words),
        _ => (title, 5, Kind::Number),
    });
    let mut table = Table::new(&columns.collect::<Vec<_>>(), words::NOTHING_COUNTED);
    let rows = counted.counts.iter().map(|(group, counts, name)| {
        let (named, other) = counts.by_place().split_at_checked(NAMED).unwrap_or((counts.by_place(), &[]));
        let head = [Cell::Text(group.month.clone()), name.as_str().into(), words::duty(group.duty).into(), number(counts.all())];
        let other = number(other.iter().sum());
        head.into_iter().chain(named.iter().map(|count| number(*count))).chain([other]).collect()
    });
    table.rows = rows.collect();
    let month = if asked.month.is_empty() { month_of(counted.as_of) } else { asked.month.clone() };
    document(text::stats_title(office, &month), office, table, counted.as_of)
}

fn number(count: u32) -> Cell {
    Cell::Number(count.into())
}

fn document(title: String, office: &str, table: Table, as_of: UnixMillis) -> Document {
    let made = moment(&minute(as_of));
    Document {
        head: Head::Plain,
        office: office.to_owned(),
        file_name: file_name(&[&title, &minute(as_of)]),
        title,
        mark: String::new(),
        above: (text::unit(office), text::made(&made)),
        body: Body::Table(table),
        notes: Vec::new(),
        sheet: Sheet::Across,
    }
}
