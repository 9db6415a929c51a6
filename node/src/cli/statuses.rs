//! `dutynet office status`: what offices are at this moment.

use std::io;

use dutynet_proto::{api, duty};
use dutynet_relay::ids::{OfficeId, UnixMillis};

use super::{
    args::{Place, status::AskStatus},
    client::{Node, heard},
    convert::said,
    json_status as json, printed, say,
    table::Table,
    told::Told,
};
use crate::{
    body::status_table_from_wire,
    config,
    domain::{
        beijing::{Day, rfc3339},
        board::Filed,
        number::Number,
        status::{DutyNow, DutySource, IncidentNow, MachineNow, Snapshot, StatusRow, StatusTable},
    },
    text::{notice, refusal::Refusal, status as text, words},
};

/// Rows are counted on standard error as they come; the table is printed whole.
pub(super) async fn run(place: &Place, asked: &AskStatus) -> Result<String, Told> {
    let within_ms = within_ms(&asked.within)?;
    let request = api::PullStatusRequest { offices: asked.offices.clone(), alone: asked.alone, within_ms };
    let node = Node::find(place).await?;
    let table = read(complete(&node, request, asked.output.json).await?)?;
    Ok(if asked.output.json { printed(&json::StatusTable::from(&table)) } else { in_words(&table, str::to_owned) })
}

/// How long it may take, as it was typed.
pub(super) fn within_ms(typed: &str) -> Result<u64, Told> {
    let within = config::duration(typed).and_then(|within| u64::try_from(within.as_millis()).ok());
    within.filter(|ms| *ms > 0).ok_or_else(|| Told::of(Refusal::StatusWithin).about(typed))
}

async fn complete(node: &Node, request: api::PullStatusRequest, json: bool) -> Result<duty::StatusTable, Told> {
    let mut replies = heard(node.statuses().pull(request).await)?;
    let mut rows = 0;
    loop {
        let reply = replies.message().await;
        let reply = reply.map_err(|status| heard::<()>(Err(status)).err().unwrap_or(Told::of(Refusal::Internal)))?;
        let Some(reply) = reply else { return Err(Told::of(Refusal::NotReachable)) };
        if let Some(table) = reply.complete {
            return Ok(table);
        }
        rows += reply.rows.len();
        if !json && rows > 0 {
            say(io::stderr(), &text::so_far(rows, reply.offices));
        }
    }
}

pub(super) fn read(table: duty::StatusTable) -> Result<StatusTable, Told> {
    status_table_from_wire(table).map_err(|fault| Told::of(Refusal::RequestUnreadable).about(fault.to_string()))
}

/// `named` names an office that has no row.
pub(super) fn in_words(table: &StatusTable, named: impl Fn(&str) -> String) -> String {
    let now = table.asked_at;
    let name = |office: &OfficeId| {
        let row = table.rows.iter().find(|row| row.office == *office);
        row.map_or_else(|| named(office.as_str()), |row| row.name.clone())
    };
    let itself = table.rows.iter().filter(|row| row.why.is_none()).count();
    let title = text::title(&name(&table.asker), &time(table.asked_at, now), itself, table.rows.len());
    let mut shown = Table::new(&text::TABLE);
    let top = table.rows.iter().map(|row| row.depth).min().unwrap_or(0);
    for row in &table.rows {
        let indented = notice::indented(&row.name, row.depth - top);
        let [leader, officer, phone, incidents, overdue, filed] = known(row, now);
        shown.row([indented, leader, officer, phone, incidents, overdue, filed, answered(row, &name(&row.by), now)]);
    }
    [vec![title, shown.render()], incident_lines(table)].concat().join("\n")
}

/// What is known of an office, in the columns of the table.
fn known(row: &StatusRow, now: UnixMillis) -> [String; 6] {
    let Some((_, snapshot)) = &row.known else { return [(); 6].map(|()| words::DASH.to_owned()) };
    let [leader, officer, phone] = match &snapshot.on_duty {
        Some(duty) => on_duty(duty, now),
        None => [text::NOBODY_SAID, text::NOBODY_SAID, words::DASH].map(str::to_owned),
    };
    let gravest = snapshot.incidents.first().map(|incident| incident.grade.as_str());
    let filed_at = snapshot.filed_at.map(|at| time(at, now)).unwrap_or_default();
    let overdue = if snapshot.overdue == 0 { words::NONE.to_owned() } else { snapshot.overdue.to_string() };
    [leader, officer, phone, text::incidents(snapshot.incidents_open, gravest), overdue, text::filed(snapshot.filed, &filed_at)]
}

fn on_duty(duty: &DutyNow, now: UnixMillis) -> [String; 3] {
    let day = (duty.day != Day::of(now)).then(|| duty.day.short());
    let beside = text::of_day(duty.source, day.as_deref());
    let or_dash = |words: &str| if words.is_empty() { words::DASH.to_owned() } else { words.to_owned() };
    [format!("{}{beside}", or_dash(&duty.leader)), or_dash(&duty.officer), or_dash(&duty.phone)]
}

fn answered(row: &StatusRow, by: &str, now: UnixMillis) -> String {
    let Some(why) = row.why else {
        let machine = row.known.as_ref().and_then(|(_, snapshot)| snapshot.machine.as_ref());
        let waits = machine.map(|machine| text::waits(machine.waiting, machine.parked)).unwrap_or_default();
        return format!("{}{waits}", text::ITSELF);
    };
    let since = row.line_since.map(|at| text::since(&time(at, now)));
    let records = row.known.as_ref().map(|(as_of, _)| text::from_records(by, &time(*as_of, now)));
    let records = records.unwrap_or_else(|| text::NOTHING_KNOWN.to_owned());
    text::instead(why, since.as_deref(), &records)
}

/// Each incident once, at the office that handles it if that is in the table.
fn incident_lines(table: &StatusTable) -> Vec<String> {
    let known = table.rows.iter().filter_map(|row| row.known.as_ref().map(|(_, snapshot)| (row, snapshot)));
    let all: Vec<_> = known.flat_map(|(row, snapshot)| snapshot.incidents.iter().map(move |incident| (row, incident))).collect();
    let handled = |number: &Number| all.iter().any(|(_, other)| other.handles && other.number == *number);
    let mut seen = std::collections::BTreeSet::new();
    let shown = all.iter().filter(|(_, incident)| incident.handles || !handled(&incident.number));
    let once = shown.filter(|(_, incident)| seen.insert(incident.number.clone()));
    once.map(|(row, incident)| text::incident_line(&row.name, incident.number.as_str(), &incident.grade, &incident.title))
        .collect()
}

fn time(at: UnixMillis, now: UnixMillis) -> String {
    notice::time(Some(at), now)
}

impl From<&StatusTable> for json::StatusTable {
    fn from(from: &StatusTable) -> Self {
        Self {
            asker: from.asker.to_string(),
            asked_at: rfc3339(from.asked_at),
            closed_at: rfc3339(from.closed_at),
            within_ms: from.within_ms,
            offices: from.rows.iter().map(json::StatusRow::from).collect(),
        }
    }
}

impl From<&StatusRow> for json::StatusRow {
    fn from(from: &StatusRow) -> Self {
        Self {
            office: from.office.to_string(),
            name: from.name.clone(),
            depth: from.depth,
            by: from.by.to_string(),
            why: from.why.map(|why| why.name()),
            line_since: from.line_since.map(rfc3339),
            as_of: from.known.as_ref().map(|(as_of, _)| rfc3339(*as_of)),
            status: from.known.as_ref().map(|(_, snapshot)| json::Snapshot::from(snapshot)),
        }
    }
}

impl From<&Snapshot> for json::Snapshot {
    fn from(from: &Snapshot) -> Self {
        let filed = match from.filed {
            Filed::Nothing => "nothing",
            Filed::Daily | Filed::Form => "daily",
            Filed::Zero => "zero",
            Filed::Both => "both",
        };
        Self {
            on_duty: from.on_duty.as_ref().map(json::Duty::from),
            incidents: from.incidents.iter().map(json::Incident::from).collect(),
            incidents_open: from.incidents_open,
            overdue: from.overdue,
            filed,
            filed_at: from.filed_at.map(rfc3339),
            machine: from.machine.as_ref().map(json::Machine::from),
        }
    }
}

impl From<&DutyNow> for json::Duty {
    fn from(from: &DutyNow) -> Self {
        let source = match from.source {
            DutySource::Report => "daily",
            DutySource::Draft => "draft",
        };
        Self {
            leader: from.leader.clone(),
            officer: from.officer.clone(),
            phone: from.phone.clone(),
            source,
            day: from.day.to_string(),
            said_at: rfc3339(from.said_at),
            entered_by: from.entered_by.as_ref().map(ToString::to_string),
        }
    }
}

impl From<&IncidentNow> for json::Incident {
    fn from(from: &IncidentNow) -> Self {
        Self {
            number: from.number.to_string(),
            grade: said(&from.grade),
            title: said(&from.title),
            handles: from.handles,
            last_at: rfc3339(from.last_at),
        }
    }
}

impl From<&MachineNow> for json::Machine {
    fn from(from: &MachineNow) -> Self {
        let pack = |(pack, version): &(String, u32)| json::Pack { pack: pack.clone(), version: *version };
        Self {
            waiting: from.waiting,
            parked: from.parked,
            children: from.children,
            children_down: from.children_down,
            software: from.software.clone(),
            rules: from.rules.0.iter().map(pack).collect(),
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
