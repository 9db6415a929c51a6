//! One office: its line now and over the last week, what waits for it and what it refused, which program and rules it runs, and what hangs below.

use std::time::Duration;

use askama::Template;
use axum::extract::{Path, State};
use dutynet_relay::{
    ids::{OfficeId, UnixMillis},
    live::Reach,
    registry::Entry,
};

use super::{
    super::super::{
        Console,
        desk::Desk,
        page::{Frame, Paged, Part, html, moment},
    },
    LinkView, link_view,
    parked::{self, ParkedView},
    picture::tone,
};
use crate::{
    domain::board::Line,
    text::{console_look as look, line as lines, refusal::Refusal, words},
    usecase::{AskLineHistory, AskStatus, Refused},
};

/// So far back its line is shown.
const BACK_MS: i64 = 7 * 86_400_000;
/// Stretches that are listed; the bar has all.
const SPANS_MAX: usize = 40;
/// Width of the bar.
const BAR: i64 = 1000;
/// How long it is asked what it runs.
const WITHIN: Duration = Duration::from_secs(1);

#[derive(Template)]
#[template(path = "network_office.html")]
struct Page {
    frame: Frame,
    office: String,
    class: &'static str,
    above: Option<(String, String)>,
    below: Vec<(String, String, &'static str, &'static str)>,
    line: &'static str,
    tone: &'static str,
    since: String,
    /// A direct neighbour: what waits there.
    link: Option<LinkView>,
    parked: Vec<ParkedView>,
    /// Rectangles of the bar: where, how wide, how loud, and in words.
    bar: Vec<(i64, i64, &'static str, String)>,
    spans: Vec<(String, String, &'static str, &'static str, String)>,
    more: usize,
    totals: String,
    id: String,
    /// Program and rule packs, and where that is known from.
    runs: Vec<(&'static str, String)>,
}

pub(super) async fn show(State(console): State<Console>, desk: Desk, Path(office): Path<String>) -> Paged {
    let entry = entry(&console, &office)?;
    let now = console.clock.wall();
    let own = console.office.own().clone();
    let all = console.office.offices();
    let facts = console.office.lines_below();
    let fact = facts.get(&entry.office);
    let line = fact.map_or(Line::Unknown, |fact| fact.line);
    let named = |id: &OfficeId| all.iter().find(|entry| entry.office == *id).map(|entry| (id.to_string(), entry.name.clone()));
    let link = console.office.links().into_iter().find(|(link, _)| link.office == entry.office);
    let (bar, spans, totals) = history(&console, &entry, now)?;
    let is_own = entry.office == own;
    html(&Page {
        frame: console.frame(&desk, Part::Network, entry.name.clone())?,
        class: words::class(entry.class),
        // What is above this office is not ours to open.
        above: entry.parent.as_ref().and_then(named).map(|(id, name)| (if is_own { String::new() } else { id }, name)),
        below: children(&all, &entry.office, |child| facts.get(child).map_or(Line::Unknown, |fact| fact.line)),
        line: if is_own { look::THIS_ONE } else { words::line(line) },
        tone: if is_own { "good" } else { tone(line) },
        since: fact.and_then(|fact| fact.since).map(moment).unwrap_or_default(),
        link: link.map(|(link, name)| link_view(&link, &name, now)),
        parked: parked::views(&console, |parked| parked.at.neighbour == entry.office).await?,
        more: spans.len().saturating_sub(SPANS_MAX),
        spans: spans.into_iter().rev().take(SPANS_MAX).collect(),
        bar,
        totals,
        id: console.new_id()?,
        runs: runs(&console, &entry, line).await?,
        office: entry.office.to_string(),
    })
}

/// This office or one below it.
fn entry(console: &Console, office: &str) -> Result<Entry, Refused> {
    let own = console.office.own().clone();
    let below = || console.office.offices_below().into_iter().map(|(_, entry)| entry);
    let found = below().find(|entry| entry.office.as_str() == office);
    let found =
        found.or_else(|| console.office.offices().into_iter().find(|entry| entry.office == own && office == own.as_str()));
    found.ok_or_else(|| Refusal::OfficeElsewhere.into())
}

fn children(all: &[Entry], of: &OfficeId, line: impl Fn(&OfficeId) -> Line) -> Vec<(String, String, &'static str, &'static str)> {
    let children = all.iter().filter(|entry| entry.parent.as_ref() == Some(of));
    let view = |entry: &Entry| {
        let line = line(&entry.office);
        (entry.office.to_string(), entry.name.clone(), tone(line), words::line(line))
    };
    children.map(view).collect()
}

type Bar = Vec<(i64, i64, &'static str, String)>;
type Spans = Vec<(String, String, &'static str, &'static str, String)>;

/// Its line over the last week. An office without a node, and the root, has none.
fn history(console: &Console, entry: &Entry, now: UnixMillis) -> Result<(Bar, Spans, String), Refused> {
    let from = UnixMillis(now.0.saturating_sub(BACK_MS));
    let asked = AskLineHistory { office: entry.office.to_string(), from: Some(from), to: Some(now) };
    let history = match console.office.line_history(&asked) {
        Ok(history) => history,
        Err(refused) if refused.refusal == Refusal::OfficeNoLine => return Ok((Vec::new(), Vec::new(), String::new())),
        Err(refused) => return Err(refused),
    };
    let length = |ms: i64| lines::length(ms.unsigned_abs());
    let place = |at: UnixMillis| at.0.saturating_sub(from.0) * BAR / BACK_MS;
    let mut spans = Vec::new();
    let mut bar = Vec::new();
    for span in &history.spans {
        let (line, why) = lines::state(&span.state);
        let (begins, ends) = (moment(span.from), moment(span.until));
        let said = look::span(&begins, &ends, words::line(line), &why);
        bar.push((place(span.from), (place(span.until) - place(span.from)).max(1), tone(line), said));
        spans.push((begins, ends, tone(line), words::line(line), why));
    }
    let totals = &history.totals;
    Ok((bar, spans, lines::totals(&length(totals.up), &length(totals.down), &length(totals.unknown))))
}

/// What it says itself of its machine, where its line is up; else the rules that it said last.
async fn runs(console: &Console, entry: &Entry, line: Line) -> Result<Vec<(&'static str, String)>, Refused> {
    let mut said = Vec::new();
    if line == Line::Up || entry.office == *console.office.own() {
        let asked = AskStatus { offices: vec![entry.office.to_string()], reach: Reach::Alone, within: WITHIN };
        let mut pulled = console.office.pull_status(asked).await?;
        while pulled.next().await.is_some() {}
        let table = pulled.table();
        let machine = table.rows.into_iter().find_map(|row| Some((row.known.as_ref()?.0, row.known?.1.machine?)));
        if let Some((as_of, machine)) = machine {
            let rules: Vec<String> = machine.rules.0.iter().map(|(pack, version)| look::pack(pack, *version)).collect();
            said.extend([
                (look::SAID_AT, moment(as_of)),
                (look::SOFTWARE, machine.software),
                (look::PACKS, look::listed(&rules)),
                (look::WAITS, look::waits(machine.waiting, machine.parked)),
                (look::CHILDREN, look::children(machine.children, machine.children_down)),
            ]);
            return Ok(said);
        }
    }
    let known = console.office.rules_in_force().await?.into_iter().find(|runs| runs.office == entry.office);
    if let Some(runs) = known.and_then(|runs| runs.runs) {
        let rules: Vec<String> = runs.stamp.0.iter().map(|(pack, version)| look::pack(pack, *version)).collect();
        said.extend([(look::SAID_AT, moment(runs.since)), (look::PACKS, look::listed(&rules))]);
    }
    Ok(said)
}
