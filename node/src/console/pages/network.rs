//! The network: the tree with its lines, what waits on each, what a neighbour refused, and this node itself.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use dutynet_relay::{
    ids::{Lane, OfficeId, UnixMillis},
    registry::Entry,
    relay::LinkStatus,
    writer::{ParkedRecord, intent::ParkedAt},
};

use super::super::{
    Console,
    desk::Desk,
    page::{Frame, Paged, Part, html, moment, then},
    posted::{Posted, Typed},
};
use crate::{
    domain::{
        account::Right,
        beijing,
        board::{Line, LineFact},
    },
    text::{clock, console as text, line::length, notice, words},
    usecase::{Refused, parked_at},
};

pub(super) fn router() -> Router<Console> {
    Router::new().route("/network", get(network)).route("/network/retry", post(retry)).route("/network/withdraw", post(withdraw))
}

#[derive(Template)]
#[template(path = "network.html")]
struct Page {
    frame: Frame,
    links: Vec<LinkView>,
    offices: Vec<OfficeView>,
    parked: Vec<ParkedView>,
    node: Vec<(&'static str, String)>,
}

/// The line to a neighbour.
struct LinkView {
    office: String,
    name: String,
    relation: &'static str,
    line: String,
    good: bool,
    since: String,
    waiting: String,
    parked: u64,
    clock: String,
    next: String,
}

/// An office of the tree.
struct OfficeView {
    office: String,
    name: String,
    depth: usize,
    class: &'static str,
    line: &'static str,
    tone: &'static str,
    since: String,
}

/// A record that a neighbour refused.
struct ParkedView {
    neighbour: String,
    lane: &'static str,
    lane_number: i32,
    seq: u64,
    record: String,
    code: String,
    since: String,
}

async fn network(State(console): State<Console>, desk: Desk) -> Paged {
    let (office, now) = (&console.office, console.clock.wall());
    let lines = office.lines_below();
    let parked = office.parked()?;
    html(&Page {
        frame: console.frame(&desk, Part::Network, text::NETWORK)?,
        links: office.links().iter().map(|(link, name)| link_view(link, name, now)).collect(),
        offices: offices(&console, &lines, now),
        parked: parked.iter().map(|parked| parked_view(parked, now)).collect(),
        node: node(&console),
    })
}

fn link_view(link: &LinkStatus, name: &str, now: UnixMillis) -> LinkView {
    let waits = Lane::ALL.into_iter().filter_map(|lane| {
        let waiting = link.lanes[lane].last.0.saturating_sub(link.lanes[lane].custody.0);
        (waiting > 0).then(|| notice::waiting(words::lane(lane), waiting))
    });
    let line = words::line(if link.state.up { Line::Up } else { Line::Down });
    LinkView {
        office: link.office.to_string(),
        name: name.to_owned(),
        relation: if link.is_parent { notice::PARENT } else { notice::CHILD },
        line: if link.dormant.is_some() { notice::dormant(line) } else { line.to_owned() },
        good: link.state.up,
        since: link.state.since.map(|since| length(now.0.abs_diff(since.0))).unwrap_or_default(),
        waiting: waits.collect::<Vec<_>>().join(" "),
        parked: link.parked,
        clock: if link.state.offset_ms == 0 { String::new() } else { clock::apart(link.state.offset_ms) },
        next: link.state.next_attempt.filter(|_| !link.state.up).map(|at| beijing::for_people(at, now)).unwrap_or_default(),
    }
}

/// Everything below, with its line.
fn offices(console: &Console, lines: &BTreeMap<OfficeId, LineFact>, now: UnixMillis) -> Vec<OfficeView> {
    let view = |(depth, entry): (usize, Entry)| {
        let fact = lines.get(&entry.office);
        let line = fact.map_or(Line::Unknown, |fact| fact.line);
        OfficeView {
            office: entry.office.to_string(),
            name: entry.name,
            depth,
            class: words::class(entry.class),
            line: words::line(line),
            tone: match line {
                Line::Up => "good",
                Line::Down => "bad",
                Line::Unknown => "soon",
                Line::None => "none",
            },
            since: fact.and_then(|fact| fact.since).map(|at| beijing::for_people(at, now)).unwrap_or_default(),
        }
    };
    console.office.offices_below().into_iter().map(view).collect()
}

fn parked_view(parked: &ParkedRecord, now: UnixMillis) -> ParkedView {
    ParkedView {
        neighbour: parked.at.neighbour.to_string(),
        lane: words::lane(parked.at.lane),
        lane_number: parked.at.lane.number(),
        seq: parked.at.seq.0,
        record: parked.reference.to_string(),
        code: parked.code.clone(),
        since: beijing::for_people(parked.since, now),
    }
}

fn node(console: &Console) -> Vec<(&'static str, String)> {
    use notice::StatusNames as names;
    let status = console.office.status();
    let none = || words::DASH.to_owned();
    vec![
        (names::OFFICE, format!("{} {}", status.office, status.name)),
        (names::ZONE, status.zone.as_str().to_owned()),
        (names::SOFTWARE, status.software.to_owned()),
        (names::SINCE, moment(status.since)),
        (names::RECORDS, status.store.records.to_string()),
        (names::WAITING, status.store.waiting.to_string()),
        (names::PARKED, status.store.parked.to_string()),
        (names::JOURNAL, notice::bytes(status.store.journal_bytes)),
        (names::DISK, notice::bytes(status.store.disk.0)),
        (names::BACKUP, status.backed_up_at.map_or_else(none, moment)),
    ]
}

async fn retry(State(console): State<Console>, posted: Posted) -> Paged {
    let Posted { desk, typed } = posted;
    desk.must(Right::Operate)?;
    console.office.retry_parked(place(&typed)?, desk.person()).await?;
    then("/network")
}

async fn withdraw(State(console): State<Console>, posted: Posted) -> Paged {
    let Posted { desk, typed } = posted;
    desk.must(Right::Operate)?;
    console.office.withdraw_parked(place(&typed)?, desk.person()).await?;
    then("/network")
}

fn place(typed: &Typed) -> Result<ParkedAt, Refused> {
    let number = |name: &str| typed.text(name).parse().unwrap_or(0);
    parked_at(typed.text("neighbour"), i32::try_from(number("lane")).unwrap_or(0), number("seq"))
}
