//! `dutynet links` and `dutynet parked`: how the lines are, and what a neighbour refused.

use dutynet_proto::api;
use dutynet_relay::clock::{Clock as _, SystemClock};

use super::{
    args::{Output, ParkedPlace, ParkedVerb, Place, lines::Dial},
    client::{Node, heard},
    convert, json, person, printed,
    table::Table,
    told::Told,
};
use crate::text::{clock, notice, words};

pub(super) async fn links(place: &Place, output: Output) -> Result<String, Told> {
    let node = Node::find(place).await?;
    let reply = heard(node.links().list(api::ListLinksRequest {}).await)?;
    if output.json {
        return Ok(printed(&json::Links::from(&reply)));
    }
    let now = SystemClock::default().wall();
    let time = |millis| notice::time(convert::moment(millis), now);
    let mut links = Table::new(&notice::LINKS);
    for row in &reply.links {
        let reason = if row.reason.is_empty() { words::DASH } else { &row.reason };
        links.row([
            row.office.clone(),
            row.name.clone(),
            relation(row).to_owned(),
            line(row),
            time(row.since_ms),
            waiting(row),
            row.parked.to_string(),
            clock::column(row.offset_ms, row.skewed),
            time(row.next_attempt_ms),
            reason.to_owned(),
        ]);
    }
    if reply.lines.is_empty() {
        return Ok(links.render());
    }
    let mut lines = Table::new(&notice::LINES);
    for row in &reply.lines {
        lines.row([row.office.clone(), words::line(convert::line(row.line)).to_owned(), time(row.since_ms)]);
    }
    Ok([links.render(), lines.render()].join("\n\n"))
}

/// Says where the parent is dialled, or changes it.
pub(super) async fn dial(place: &Place, dial: &Dial) -> Result<String, Told> {
    let node = Node::find(place).await?;
    let by = if dial.addresses.is_empty() { None } else { Some(person::named_or_account(&dial.by)?) };
    let reply = heard(node.links().dial(api::DialRequest { addresses: dial.addresses.clone(), by }).await)?;
    if dial.output.json {
        return Ok(printed(&json::Dialled { office: reply.office, addresses: reply.addresses }));
    }
    Ok(notice::dialled(&reply.office, &reply.addresses))
}

/// Above or below this node.
pub(super) fn relation(row: &api::LinkRow) -> &'static str {
    if row.is_parent { notice::PARENT } else { notice::CHILD }
}

fn line(row: &api::LinkRow) -> String {
    let line = words::line(convert::line(row.line));
    if row.dormant_since_ms == 0 { line.to_owned() } else { notice::dormant(line) }
}

fn waiting(row: &api::LinkRow) -> String {
    if row.dormant_since_ms != 0 {
        return row.dormant_waiting.to_string();
    }
    let lanes = &row.lanes;
    let waits = lanes.iter().filter(|lane| lane.waiting > 0);
    let parts: Vec<_> = waits.map(|lane| notice::waiting(words::lane(convert::lane(lane.lane)), lane.waiting)).collect();
    if parts.is_empty() { words::DASH.to_owned() } else { parts.join(" ") }
}

pub(super) async fn parked(place: &Place, verb: &ParkedVerb) -> Result<String, Told> {
    match verb {
        ParkedVerb::List(output) => list(place, *output).await,
        ParkedVerb::Retry(at) => {
            let reference = reference(at)?;
            heard(Node::find(place).await?.parked().retry(reference).await)?;
            Ok(notice::RETRIED.to_owned())
        }
        ParkedVerb::Withdraw(at) => {
            let reference = reference(at)?;
            heard(Node::find(place).await?.parked().withdraw(reference).await)?;
            Ok(notice::WITHDRAWN.to_owned())
        }
    }
}

async fn list(place: &Place, output: Output) -> Result<String, Told> {
    let node = Node::find(place).await?;
    let reply = heard(node.parked().list(api::ListParkedRequest {}).await)?;
    let list = json::ParkedList::from(&reply);
    if output.json {
        return Ok(printed(&list));
    }
    if list.parked.is_empty() {
        return Ok(notice::NOTHING_PARKED.to_owned());
    }
    let now = SystemClock::default().wall();
    let mut table = Table::new(&notice::PARKED);
    for (row, parked) in reply.parked.iter().zip(list.parked) {
        table.row([
            parked.neighbour,
            words::lane(convert::lane(row.r#ref.as_ref().map_or(0, |at| at.lane))).to_owned(),
            parked.seq.to_string(),
            format!("{}/{}", parked.record.origin, parked.record.id),
            parked.subject,
            parked.code,
            notice::time(convert::moment(row.since_ms), now),
        ]);
    }
    Ok(table.render())
}

fn reference(at: &ParkedPlace) -> Result<api::ParkedRef, Told> {
    Ok(api::ParkedRef {
        neighbour: at.neighbour.clone(),
        lane: convert::lane_to_wire(at.lane).into(),
        seq: at.seq,
        by: Some(person::named_or_account(&at.by)?),
    })
}
