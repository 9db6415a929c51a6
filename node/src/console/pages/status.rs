//! 即时状态: every office below is asked what it is at this moment. The table fills while its page is open, and says of each row how old it is and
//! who says it. Nothing of it is kept but here, in memory, until others push it out.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use askama::Template;
use axum::{
    Router,
    extract::{Path, Query, State},
    response::IntoResponse as _,
    routing::get,
};
use dutynet_relay::{ids::OfficeId, live::Reach};
use serde::Deserialize;

use super::{
    super::{
        Console,
        desk::Desk,
        page::{Frame, Paged, Part, html, moment, then},
        posted::{Posted, record_id},
        trouble::{Said, Trouble, http_status},
    },
    tiers::{self, Open, SHOWN_MAX},
};
use crate::{
    domain::{
        beijing::{self, Day},
        board::Filed,
        rules::Stamp,
        status::{DutyNow, MachineNow, Snapshot, StatusRow, StatusTable},
    },
    text::{console_look as look, line::length, status as words, words as common},
    usecase::AskStatus,
};

/// Tables that are kept; the oldest makes room.
const PULLS_MAX: usize = 8;

pub(super) fn router() -> Router<Console> {
    Router::new().route("/status", get(open).post(pull)).route("/status/{id}", get(show))
}

/// Tables that were asked for, the newest last.
#[derive(Default)]
pub(in super::super) struct Pulls(Mutex<VecDeque<(String, Pull)>>);

/// One of them.
#[derive(Clone)]
pub(super) struct Pull {
    pub(super) table: StatusTable,
    /// How many offices are asked.
    pub(super) offices: u32,
    /// Nobody is waited for any more.
    pub(super) ended: bool,
    /// Why it was not kept with the session for which it was asked.
    pub(super) said: Option<Said>,
}

impl Pulls {
    fn all(&self) -> MutexGuard<'_, VecDeque<(String, Pull)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn keep(&self, id: &str, pull: Pull) {
        let mut all = self.all();
        match all.iter_mut().find(|(known, _)| known == id) {
            Some((_, known)) => *known = pull,
            None => all.push_back((id.to_owned(), pull)),
        }
        let too_many = all.len().saturating_sub(PULLS_MAX);
        all.drain(..too_many);
    }

    pub(super) fn get(&self, id: &str) -> Option<Pull> {
        self.all().iter().find(|(known, _)| known == id).map(|(_, pull)| pull.clone())
    }
}

#[derive(Template)]
#[template(path = "status.html")]
struct Page {
    frame: Frame,
    /// Whom to ask: everybody below, or one part.
    offices: Vec<(String, String)>,
    /// Empty: nobody was asked yet.
    head: String,
    path: String,
    /// Between it and what is asked besides.
    and: &'static str,
    /// Seconds after which the page is looked at anew; 0: all rows are there.
    every: u32,
    only: String,
    counts: Vec<(&'static str, &'static str, &'static str, usize)>,
    keep: String,
    parts: Vec<PartView>,
    id: String,
    said: Option<Said>,
}

/// A part of the tree.
struct PartView {
    key: String,
    name: String,
    open: bool,
    toggled: String,
    all: usize,
    itself: usize,
    rows: Vec<RowView>,
}

/// An office.
struct RowView {
    office: String,
    name: String,
    depth: u32,
    tone: &'static str,
    leader: String,
    officer: String,
    phone: String,
    /// When it was said who is on duty.
    duty_age: String,
    incidents: String,
    named: Vec<String>,
    overdue: String,
    filed: String,
    /// Its program and rule packs, where it says them itself.
    runs: String,
    /// Who says all this, and how old it is.
    by: String,
    age: String,
}

async fn open(State(console): State<Console>, desk: Desk) -> Paged {
    html(&blank(&console, &desk)?)
}

fn blank(console: &Console, desk: &Desk) -> Result<Page, Trouble> {
    let below = console.office.offices_below().into_iter().filter(|(depth, _)| *depth == 1);
    Ok(Page {
        frame: console.frame(desk, Part::Status, look::STATUS)?,
        offices: below.map(|(_, entry)| (entry.office.to_string(), entry.name)).collect(),
        head: String::new(),
        path: String::new(),
        and: "?",
        every: 0,
        only: String::new(),
        counts: Vec::new(),
        keep: String::new(),
        parts: Vec::new(),
        id: console.new_id()?,
        said: None,
    })
}

async fn pull(State(console): State<Console>, posted: Posted) -> Paged {
    let Posted { desk, typed } = posted;
    let (id, office) = (record_id(&typed)?.to_string(), typed.text("office"));
    let within = typed.text("within").trim().parse().map_or(Duration::ZERO, Duration::from_secs);
    let offices = if office.is_empty() { Vec::new() } else { vec![office.to_owned()] };
    if console.pulls.get(&id).is_some() {
        return then(&format!("/status/{id}"));
    }
    let mut pulled = match console.office.pull_status(AskStatus { offices, reach: Reach::Subtree, within }).await {
        Ok(pulled) => pulled,
        Err(refused) => {
            let page = Page { said: Some(Said::of(&refused)), ..blank(&console, &desk)? };
            return Ok((http_status(refused.refusal), html(&page)?).into_response());
        }
    };
    let (pulls, of, offices) = (console.pulls.clone(), id.clone(), pulled.offices());
    pulls.keep(&id, Pull { table: pulled.table(), offices, ended: false, said: None });
    tokio::spawn(async move {
        while pulled.next().await.is_some() {
            pulls.keep(&of, Pull { table: pulled.table(), offices, ended: false, said: None });
        }
        pulls.keep(&of, Pull { table: pulled.table(), offices, ended: true, said: None });
    });
    then(&format!("/status/{id}"))
}

#[derive(Deserialize, Default)]
pub(super) struct Asked {
    /// `silent`, `nobody`, `unfiled`, `overdue`, `incidents` or `rules`.
    #[serde(default)]
    pub(super) only: String,
    #[serde(default)]
    pub(super) open: String,
}

/// Which rows a filter shows; `ours` are the rules of this office.
fn shows(only: &str, row: &StatusRow, ours: &Stamp) -> bool {
    let known = row.known.as_ref().map(|(_, snapshot)| snapshot);
    match only {
        "silent" => row.why.is_some(),
        "nobody" => known.is_none_or(|snapshot| snapshot.on_duty.is_none()),
        "unfiled" => known.is_none_or(|snapshot| snapshot.filed == Filed::Nothing),
        "overdue" => known.is_some_and(|snapshot| snapshot.overdue > 0),
        "incidents" => known.is_some_and(|snapshot| snapshot.incidents_open > 0),
        "rules" => known.and_then(|snapshot| snapshot.machine.as_ref()).is_some_and(|machine| machine.rules != *ours),
        _ => true,
    }
}

async fn show(State(console): State<Console>, desk: Desk, Path(id): Path<String>, Query(asked): Query<Asked>) -> Paged {
    let Some(pull) = console.pulls.get(&id) else { return then("/status") };
    page(&console, &desk, (&format!("/status/{id}"), &pull), asked)
}

/// A table as it is so far, or as it was kept; `path` is where it is shown.
pub(super) fn page(console: &Console, desk: &Desk, (path, pull): (&str, &Pull), asked: Asked) -> Paged {
    let (table, ours) = (&pull.table, console.office.packs()?.in_force().stamp());
    let tops = tiers::tops(console);
    let names: BTreeMap<OfficeId, String> = table.rows.iter().map(|row| (row.office.clone(), row.name.clone())).collect();
    let part = |row: &StatusRow| tops.get(&row.office).map_or_else(String::new, ToString::to_string);
    let parts = tiers::parts(table.rows.iter().filter(|row| shows(&asked.only, row, &ours)), part);
    let open = Open::of(&parts, &asked.open, SHOWN_MAX);
    let itself = |rows: &[&StatusRow]| rows.iter().filter(|row| row.why.is_none()).count();
    let view = |(key, rows): &(String, Vec<&StatusRow>)| PartView {
        name: OfficeId::parse(key).ok().map_or_else(|| look::DIRECTLY.to_owned(), |office| name(&names, &office)),
        key: key.clone(),
        open: open.has(key),
        toggled: open.toggled(key),
        all: rows.len(),
        itself: itself(rows),
        rows: if open.has(key) { rows.iter().map(|row| row_view(row, table, (&names, &ours))).collect() } else { Vec::new() },
    };
    let count = |only| table.rows.iter().filter(|row| shows(only, row, &ours)).count();
    let all: Vec<&StatusRow> = table.rows.iter().collect();
    let so_far = if pull.ended { String::new() } else { words::so_far(table.rows.len(), pull.offices) };
    let title = words::title(&name(&names, &table.asker), &moment(table.asked_at), itself(&all), table.rows.len());
    html(&Page {
        head: format!("{title} {so_far}"),
        path: path.to_owned(),
        and: if path.contains('?') { "&" } else { "?" },
        said: pull.said.clone(),
        every: u32::from(!pull.ended),
        counts: look::STATUS_ONLY.into_iter().map(|(key, tone, word)| (key, tone, word, count(key))).collect(),
        keep: if asked.only.is_empty() { String::new() } else { format!("only={}&", super::super::page::escaped(&asked.only)) },
        only: asked.only,
        parts: parts.iter().map(view).collect(),
        ..blank(console, desk)?
    })
}

fn name(names: &BTreeMap<OfficeId, String>, office: &OfficeId) -> String {
    names.get(office).cloned().unwrap_or_else(|| office.to_string())
}

fn row_view(row: &StatusRow, table: &StatusTable, (names, ours): (&BTreeMap<OfficeId, String>, &Stamp)) -> RowView {
    let now = table.closed_at;
    let age = |at: dutynet_relay::ids::UnixMillis| look::ago(&length(now.0.abs_diff(at.0)));
    let known = row.known.as_ref().map(|(as_of, snapshot)| (*as_of, snapshot));
    let snapshot = known.map(|(_, snapshot)| snapshot);
    let duty = snapshot.and_then(|snapshot| snapshot.on_duty.as_ref());
    let dash = || common::DASH.to_owned();
    let or = |text: &str, or: &str| if text.is_empty() { or.to_owned() } else { text.to_owned() };
    let said = |of: fn(&DutyNow) -> &str| match (snapshot, duty) {
        (None, _) => dash(),
        (Some(_), None) => words::NOBODY_SAID.to_owned(),
        (Some(_), Some(duty)) => or(of(duty), common::DASH),
    };
    let beside = duty.map(|duty| words::of_day(duty.source, (duty.day != Day::of(now)).then(|| duty.day.short()).as_deref()));
    RowView {
        office: row.office.to_string(),
        name: row.name.clone(),
        depth: row.depth,
        tone: tone(row, snapshot),
        leader: said(|duty| &duty.leader) + &beside.unwrap_or_default(),
        officer: said(|duty| &duty.officer),
        phone: duty.map_or_else(dash, |duty| or(&duty.phone, common::DASH)),
        duty_age: duty.map(|duty| age(duty.said_at)).unwrap_or_default(),
        incidents: snapshot.map_or_else(dash, |snapshot| {
            words::incidents(snapshot.incidents_open, snapshot.incidents.first().map(|incident| incident.grade.as_str()))
        }),
        named: snapshot.map(named).unwrap_or_default(),
        overdue: snapshot.map_or_else(dash, |snapshot| look::or_none(snapshot.overdue)),
        filed: snapshot.map_or_else(dash, |snapshot| {
            let at = snapshot.filed_at.map(|at| beijing::for_people(at, now)).unwrap_or_default();
            words::filed(snapshot.filed, &at)
        }),
        runs: snapshot.and_then(|snapshot| snapshot.machine.as_ref()).map_or_else(dash, |machine| runs(machine, ours)),
        by: said_by(row, names, now),
        age: known.map(|(as_of, _)| age(as_of)).unwrap_or_default(),
    }
}

/// The packs by name only where they are not those of this office: of many offices most are the same.
fn runs(machine: &MachineNow, ours: &Stamp) -> String {
    let packs: Vec<String> = machine.rules.0.iter().map(|(pack, version)| look::pack(pack, *version)).collect();
    let packs = if machine.rules == *ours { look::SAME_RULES.to_owned() } else { look::listed(&packs) };
    look::runs(&machine.software, &packs)
}

/// The gravest incidents by name.
fn named(snapshot: &Snapshot) -> Vec<String> {
    let title = |incident: &crate::domain::status::IncidentNow| format!("{} {}", incident.number, incident.title);
    snapshot.incidents.iter().filter(|incident| incident.handles).take(2).map(title).collect()
}

/// Who says it; instead of whom, and why.
fn said_by(row: &StatusRow, names: &BTreeMap<OfficeId, String>, now: dutynet_relay::ids::UnixMillis) -> String {
    let Some(why) = row.why else { return words::ITSELF.to_owned() };
    let since = row.line_since.map(|at| words::since(&beijing::for_people(at, now)));
    let records = row.known.as_ref().map_or_else(
        || words::NOTHING_KNOWN.to_owned(),
        |(as_of, _)| words::from_records(&name(names, &row.by), &beijing::for_people(*as_of, now)),
    );
    words::instead(why, since.as_deref(), &records)
}

fn tone(row: &StatusRow, snapshot: Option<&Snapshot>) -> &'static str {
    match (row.why, snapshot) {
        (Some(crate::domain::status::Why::LineDown), _) => "cut",
        (Some(_), _) | (None, None) => "none",
        (None, Some(snapshot)) if snapshot.overdue > 0 || snapshot.on_duty.is_none() => "bad",
        (None, Some(_)) => "good",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(version: u32) -> Stamp {
        Stamp(vec![("statute".into(), version)])
    }

    /// An office that answers itself and runs that, or does not say.
    fn row(rules: Option<Stamp>) -> StatusRow {
        let machine =
            |rules| MachineNow { waiting: 0, parked: 0, children: 0, children_down: 0, software: "dutynet 0.1.0".into(), rules };
        let office = OfficeId::parse("440825").unwrap();
        let snapshot = Snapshot {
            on_duty: None,
            incidents: Vec::new(),
            incidents_open: 0,
            overdue: 0,
            filed: Filed::Nothing,
            filed_at: None,
            machine: rules.map(machine),
        };
        let known = Some((dutynet_relay::ids::UnixMillis(0), snapshot));
        StatusRow { office: office.clone(), name: "徐闻县".into(), depth: 2, by: office, why: None, line_since: None, known }
    }

    #[test]
    fn every_office_below_says_what_it_runs_and_those_with_other_rules_are_found() {
        let (same, other, silent) = (row(Some(stamp(2))), row(Some(stamp(1))), row(None));
        let found = [&same, &other, &silent].map(|row| shows("rules", row, &stamp(2)));
        assert_eq!(found, [false, true, false]);
        let asked_at = dutynet_relay::ids::UnixMillis(0);
        let table = StatusTable { asker: same.office.clone(), asked_at, closed_at: asked_at, within_ms: 0, rows: Vec::new() };
        let said = [&same, &other, &silent].map(|row| row_view(row, &table, (&BTreeMap::new(), &stamp(2))).runs);
        assert_eq!(said, ["dutynet 0.1.0，规则同本单位", "dutynet 0.1.0，statute 第 1 版", "—"]);
    }
}
