//! The network: the picture of the tree with its lines, what waits on each, what a neighbour refused, one office alone, and this node itself.

mod office;
mod parked;
mod picture;

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    routing::{get, post},
};
use dutynet_relay::{
    ids::{Lane, UnixMillis},
    relay::LinkStatus,
};
use serde::Deserialize;

use self::{
    parked::ParkedView,
    picture::{Known, Picture},
};
use super::super::{
    Console,
    desk::Desk,
    page::{Frame, Paged, Part, html, moment},
};
use crate::{
    domain::{account::Right, beijing, board::Line},
    text::{clock, console as text, console_look as look, line::length, notice, words},
};

pub(super) fn router() -> Router<Console> {
    Router::new()
        .route("/network", get(network))
        .route("/network/retry", post(parked::retry))
        .route("/network/withdraw", post(parked::withdraw))
        .route("/network/{office}", get(office::show))
}

#[derive(Template)]
#[template(path = "network.html")]
struct Page {
    frame: Frame,
    links: Vec<LinkView>,
    picture: Picture,
    parked: Vec<ParkedView>,
    /// Whom to ask to send it again; empty: whoever sits here may.
    ask_whom: String,
    may_invite: bool,
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

#[derive(Deserialize, Default)]
struct Asked {
    /// Offices of the picture that are open.
    #[serde(default)]
    open: String,
}

async fn network(State(console): State<Console>, desk: Desk, Query(asked): Query<Asked>) -> Paged {
    let (office, now) = (&console.office, console.clock.wall());
    html(&Page {
        frame: console.frame(&desk, Part::Network, text::NETWORK)?,
        links: office.links().iter().map(|(link, name)| link_view(link, name, now)).collect(),
        picture: drawn(&console, &asked.open, now),
        parked: parked::views(&console, |_| true).await?,
        ask_whom: parked::ask_whom(&console, &desk)?,
        may_invite: desk.account.may(Right::Operate),
        node: node(&console),
    })
}

fn drawn(console: &Console, open: &str, now: UnixMillis) -> Picture {
    let own = console.office.own().clone();
    let own = console.office.offices().into_iter().find(|entry| entry.office == own).map(|entry| (0, entry));
    let tree: Vec<_> = own.into_iter().chain(console.office.offices_below()).collect();
    let links = console.office.links();
    let waits = links.iter().filter(|(link, _)| !link.is_parent).map(|(link, _)| (link.office.clone(), waits(link)));
    let known = Known { tree: &tree, lines: &console.office.lines_below(), waiting: &waits.collect(), now };
    picture::draw(&known, open)
}

/// What waits on a line, and what was refused there, in words.
fn waits(link: &LinkStatus) -> String {
    let waits = Lane::ALL.into_iter().filter_map(|lane| {
        let waiting = link.lanes[lane].last.0.saturating_sub(link.lanes[lane].custody.0);
        (waiting > 0).then(|| notice::waiting(words::lane(lane), waiting))
    });
    let parked = (link.parked > 0).then(|| look::parked(link.parked));
    let dormant = link.dormant.is_some().then(|| look::DORMANT.to_owned());
    waits.chain(parked).chain(dormant).collect::<Vec<_>>().join(" ")
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
        clock: if link.state.offset_ms.abs() < 1000 { String::new() } else { clock::apart(link.state.offset_ms) },
        next: link.state.next_attempt.filter(|_| !link.state.up).map(|at| beijing::for_people(at, now)).unwrap_or_default(),
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
