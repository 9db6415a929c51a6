//! Statistics of what was owed: charts made here, each with its table, and behind every number the obligations that it counts.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    routing::get,
};
use serde::Deserialize;

use super::{
    super::{
        Console,
        desk::Desk,
        page::{Frame, Paged, Part, html, plain_month},
    },
    dues::DueView,
};
use crate::{
    domain::{
        access::{How, Seen},
        beijing::Day,
        obligation::{Standing, stats::Counts},
        rules::Duty,
    },
    text::{console_look as look, due as words},
    usecase::{AskDueStats, DueStats},
};

/// Lines of a chart; the rest is in the table.
const BARS_MAX: usize = 24;
/// Lines of a table; whoever is late most stands in it, the others are found by their office.
const LINES_MAX: usize = 100;
/// Obligations that are listed at once.
const OPENED_MAX: usize = 300;
/// Width of a whole bar.
const WIDTH: u32 = 600;
/// How many ways to stand there are.
const WAYS: usize = Standing::NAMES.len();

pub(super) fn router() -> Router<Console> {
    Router::new().route("/stats", get(stats)).route("/stats/dues", get(opened))
}

#[derive(Template)]
#[template(path = "stats.html")]
struct Page {
    frame: Frame,
    month: String,
    year: String,
    before: String,
    after: String,
    of_year: bool,
    /// Every way to stand that occurs: key, how loud, word.
    ways: Vec<(&'static str, &'static str, &'static str)>,
    charts: Vec<Chart>,
}

/// Bars with their table.
struct Chart {
    title: &'static str,
    /// In words, for whoever does not see it.
    says: String,
    height: usize,
    bars: Vec<Bar>,
    /// Lines that are in the table alone, and in neither.
    more: usize,
    left_out: usize,
}

/// One line of a chart, and of its table.
struct Bar {
    name: String,
    /// What opens all of it: a part of a query.
    query: String,
    y: usize,
    all: u32,
    /// Where a piece begins, how wide it is, how loud, and in words.
    pieces: Vec<(u32, u32, &'static str, String)>,
    /// By the ways of the page: key and number.
    numbers: Vec<(&'static str, u32)>,
    /// How many of those that are over were in time, percent; empty: none is over.
    share: String,
}

#[derive(Deserialize, Default)]
struct Asked {
    /// `YYYY-MM` or `YYYY`; empty: this month.
    #[serde(default)]
    month: String,
    #[serde(default)]
    office: String,
    #[serde(default)]
    duty: String,
    #[serde(default)]
    standing: String,
}

impl Asked {
    fn stats(&self, month: &str) -> AskDueStats {
        AskDueStats {
            month: month.to_owned(),
            office: self.office.clone(),
            duty: self.duty.clone(),
            standing: Standing::NAMES.iter().position(|name| *name == self.standing),
        }
    }
}

/// How loud a way to stand is.
fn tone(place: usize) -> &'static str {
    match place {
        2 | 3 => "good",
        4 | 7 => "soon",
        5 => "bad",
        6 => "cut",
        _ => "none",
    }
}

async fn stats(State(console): State<Console>, desk: Desk, Query(asked): Query<Asked>) -> Paged {
    let today = Day::of(console.clock.wall()).to_string();
    let month = if asked.month.is_empty() { today.chars().take(7).collect() } else { asked.month.clone() };
    let found = console.office.due_stats(asked.stats(&month)).await?;
    let occurs: BTreeSet<usize> = found.counts.iter().flat_map(|(_, counts, _)| places(counts)).collect();
    let ways: Vec<_> = occurs.iter().map(|place| (Standing::NAMES[*place], tone(*place), words::standing(*place))).collect();
    let (before, after) = beside(&month);
    html(&Page {
        frame: console.frame(&desk, Part::Stats, look::stats(&month))?,
        year: month.chars().take(4).collect(),
        of_year: month.len() == 4,
        before,
        after: if after.as_str() <= today.get(..after.len()).unwrap_or_default() { after } else { String::new() },
        charts: charts(&found, &month, &ways),
        ways,
        month,
    })
}

fn places(counts: &Counts) -> Vec<usize> {
    counts.by_place().iter().enumerate().filter(|(_, count)| **count > 0).map(|(place, _)| place).collect()
}

/// The month or year before and after.
fn beside(month: &str) -> (String, String) {
    let cut = |day: Day| day.to_string().chars().take(month.len()).collect::<String>();
    let first = if month.len() == 4 { format!("{month}-01-01") } else { format!("{month}-01") };
    let Ok(first) = Day::parse(&first) else { return (String::new(), String::new()) };
    let days = std::iter::successors(Some(first), |day| Some(day.next())).take(367);
    let after = days.into_iter().find(|day| cut(*day) != month);
    (cut(first.previous()), after.map(cut).unwrap_or_default())
}

type Ways = [(&'static str, &'static str, &'static str)];

fn charts(found: &DueStats, month: &str, ways: &Ways) -> Vec<Chart> {
    let mut by_office: BTreeMap<(usize, String), (String, [u32; WAYS])> = BTreeMap::new();
    let mut by_duty: BTreeMap<Duty, [u32; WAYS]> = BTreeMap::new();
    let mut by_month: BTreeMap<String, [u32; WAYS]> = BTreeMap::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (group, counts, name) in &found.counts {
        let next = places.len();
        let place = *places.entry(group.office.to_string()).or_insert(next);
        let office = by_office.entry((place, group.office.to_string())).or_insert_with(|| (name.clone(), [0; WAYS]));
        add(&mut office.1, counts);
        add(by_duty.entry(group.duty).or_default(), counts);
        add(by_month.entry(group.month.clone()).or_default(), counts);
    }
    let query = |part: String| format!("month={month}&{part}");
    let mut offices: Vec<_> =
        by_office.into_iter().map(|((_, office), (name, counts))| (name, query(format!("office={office}")), counts)).collect();
    // Whoever is late most stands first; those who are not, as the tree is.
    offices.sort_by_key(|(_, _, counts)| std::cmp::Reverse(counts[5] * 2 + counts[4]));
    let duties =
        by_duty.into_iter().map(|(duty, counts)| (words::duty(duty).to_owned(), query(format!("duty={}", duty.key())), counts));
    let months: Vec<_> = by_month.into_iter().map(|(month, counts)| (month.clone(), format!("month={month}"), counts)).collect();
    let mut charts = vec![chart(look::BY_DUTY, duties.collect(), ways), chart(look::BY_OFFICE, offices, ways)];
    if months.len() > 1 {
        charts.insert(0, chart(look::BY_MONTH, months, ways));
    }
    charts.retain(|chart| !chart.bars.is_empty());
    charts
}

fn add(to: &mut [u32; WAYS], counts: &Counts) {
    for (to, count) in to.iter_mut().zip(counts.by_place()) {
        *to += count;
    }
}

fn chart(title: &'static str, lines: Vec<(String, String, [u32; WAYS])>, ways: &Ways) -> Chart {
    let most = lines.iter().map(|(_, _, counts)| counts.iter().sum::<u32>()).max().unwrap_or(0).max(1);
    let left_out = lines.len().saturating_sub(LINES_MAX);
    let lines = lines.into_iter().take(LINES_MAX);
    let more = lines.len().saturating_sub(BARS_MAX);
    let bars: Vec<Bar> = lines.enumerate().map(|(at, line)| bar(line, (at, most), ways)).collect();
    let says = look::bars(bars.iter().take(BARS_MAX).map(|bar| look::bar(&bar.name, bar.all, &bar.share)));
    Chart { title, says, height: (bars.len() - more) * 26 + 4, bars, more, left_out }
}

fn bar((name, query, counts): (String, String, [u32; WAYS]), (at, most): (usize, u32), ways: &Ways) -> Bar {
    let (mut x, mut pieces) = (0, Vec::new());
    // The loud ones first, so that they begin at one line.
    for place in [5, 4, 6, 7, 3, 2, 1, 0, 8] {
        let width = counts[place] * WIDTH / most;
        if counts[place] > 0 {
            pieces.push((x, width.max(2), tone(place), look::piece(words::standing(place), counts[place])));
            x += width.max(2);
        }
    }
    let number = |(key, ..): &(&'static str, &'static str, &'static str)| {
        (*key, Standing::NAMES.iter().position(|name| name == key).map_or(0, |place| counts[place]))
    };
    let (over, good) = (counts[2] + counts[3] + counts[4] + counts[5], counts[2] + counts[3]);
    Bar {
        y: at * 26 + 4,
        all: counts.iter().sum(),
        share: if over == 0 { String::new() } else { format!("{:.1}%", f64::from(good) * 100.0 / f64::from(over)) },
        pieces,
        numbers: ways.iter().map(number).collect(),
        name,
        query,
    }
}

#[derive(Template)]
#[template(path = "stats_dues.html")]
struct Opened {
    frame: Frame,
    back: String,
    dues: Vec<DueView>,
    all: usize,
}

/// The obligations behind a number.
async fn opened(State(console): State<Console>, desk: Desk, Query(asked): Query<Asked>) -> Paged {
    let found = console.office.due_stats(asked.stats(&asked.month)).await?;
    console.saw(&desk, How::Opened, Seen::page("/stats/dues"));
    let now = console.clock.wall();
    html(&Opened {
        frame: console.frame(&desk, Part::Stats, look::STATS_OPENED)?,
        back: plain_month(&asked.month),
        dues: found.dues.iter().take(OPENED_MAX).map(|due| DueView::of(due, now)).collect(),
        all: found.dues.len(),
    })
}
