//! `dutynet classified` and `dutynet purge`: what must not be in this system.

use bytes::Bytes;
use dutynet_proto::api;
use serde::Serialize;

use super::{
    args::{
        Place,
        secrecy::{AddClassified, ClassifiedVerb, Purge},
    },
    client::{Node, heard, patiently},
    convert, json, person, printed, report,
    table::Table,
    told::Told,
};
use crate::text::{notice, secrecy as text, words};

/// What is typed in place of a record, to see what was asked for.
const LIST: &str = "list";

pub(super) async fn classified(place: &Place, verb: &ClassifiedVerb) -> Result<String, Told> {
    match verb {
        ClassifiedVerb::Add(add) => add_classified(place, add).await,
        ClassifiedVerb::List(output) => {
            let reply = heard(Node::find(place).await?.classified().list(api::ListClassifiedRequest {}).await)?;
            Ok(if output.json { printed(&Register::from(&reply)) } else { items(&reply.items) })
        }
    }
}

/// `classified list --json`.
#[derive(Debug, Serialize)]
struct Register {
    items: Vec<Item>,
}

/// Also `classified add --json`.
#[derive(Debug, Serialize)]
struct Item {
    record: json::Record,
    /// Null: not said, because it is secret itself.
    number: Option<String>,
    channel: String,
    receiver: String,
    received_at: Option<String>,
    by: Option<json::Person>,
    recorded_at: Option<String>,
}

impl From<&api::ListClassifiedReply> for Register {
    fn from(from: &api::ListClassifiedReply) -> Self {
        Self { items: from.items.iter().map(Item::from).collect() }
    }
}

impl From<&api::ClassifiedRow> for Item {
    fn from(from: &api::ClassifiedRow) -> Self {
        Self {
            record: convert::reference(from.record.as_ref()),
            number: convert::said(&from.number),
            channel: from.channel.clone(),
            receiver: from.receiver.clone(),
            received_at: convert::time(from.received_at_ms),
            by: convert::person(from.by.as_ref()),
            recorded_at: convert::time(from.recorded_at_ms),
        }
    }
}

/// `purge list --json`.
#[derive(Debug, Serialize)]
struct Purges {
    purges: Vec<Purged>,
}

/// Also `purge RECORD --json`.
#[derive(Debug, Serialize)]
struct Purged {
    record: json::Record,
    by: Option<json::Person>,
    asked_at: Option<String>,
    offices: Vec<Confirmed>,
}

#[derive(Debug, Serialize)]
struct Confirmed {
    office: String,
    name: String,
    /// Null: it has not said so yet.
    confirmed_at: Option<String>,
}

impl From<&api::ListPurgesReply> for Purges {
    fn from(from: &api::ListPurgesReply) -> Self {
        Self { purges: from.purges.iter().map(Purged::from).collect() }
    }
}

impl From<&api::PurgeRow> for Purged {
    fn from(from: &api::PurgeRow) -> Self {
        let confirmed = |of: &api::PurgeOffice| Confirmed {
            office: of.office.clone(),
            name: of.name.clone(),
            confirmed_at: convert::time(of.confirmed_at_ms),
        };
        Self {
            record: convert::reference(from.record.as_ref()),
            by: convert::person(from.by.as_ref()),
            asked_at: convert::time(from.asked_at_ms),
            offices: from.offices.iter().map(confirmed).collect(),
        }
    }
}

async fn add_classified(place: &Place, add: &AddClassified) -> Result<String, Told> {
    let request = api::AddClassifiedRequest {
        id: Bytes::copy_from_slice(&report::new_id()?.0),
        number: add.number.clone(),
        channel: add.channel.clone(),
        receiver: add.receiver.clone(),
        received_at_ms: 0,
        by: Some(person::named(&add.by)?),
    };
    let node = Node::find(place).await?;
    let reply = patiently(|| {
        let (mut client, request) = (node.classified(), request.clone());
        async move { client.add(request).await }
    });
    let row = reply.await?;
    Ok(if add.output.json { printed(&Item::from(&row)) } else { text::REGISTERED.to_owned() })
}

pub(super) async fn purge(place: &Place, purge: &Purge) -> Result<String, Told> {
    if purge.record == LIST {
        let reply = heard(Node::find(place).await?.purges().list(api::ListPurgesRequest {}).await)?;
        return Ok(if purge.output.json { printed(&Purges::from(&reply)) } else { purges(&reply.purges) });
    }
    let request = api::PurgeRequest {
        destruction_id: Bytes::copy_from_slice(&report::new_id()?.0),
        id: Bytes::copy_from_slice(&report::new_id()?.0),
        record: purge.record.clone(),
        reason: purge.reason.clone(),
        by: Some(person::named(&purge.by)?),
    };
    let node = Node::find(place).await?;
    let reply = patiently(|| {
        let (mut client, request) = (node.purges(), request.clone());
        async move { client.purge(request).await }
    });
    let row = reply.await?;
    Ok(if purge.output.json { printed(&Purged::from(&row)) } else { format!("{}\n{}", text::PURGING, purges(&[row])) })
}

fn items(from: &[api::ClassifiedRow]) -> String {
    if from.is_empty() {
        return text::NOTHING_REGISTERED.to_owned();
    }
    let mut table = Table::new(&[words::RECEIVED_AT, words::PAPER_NUMBER, words::SECURE_CHANNEL, words::RECEIVER]);
    for item in from {
        let number = if item.number.is_empty() { words::DASH } else { &item.number };
        table.row([time(item.received_at_ms), number.to_owned(), item.channel.clone(), item.receiver.clone()]);
    }
    table.render()
}

fn purges(from: &[api::PurgeRow]) -> String {
    if from.is_empty() {
        return text::NOTHING_PURGED.to_owned();
    }
    let one = |row: &api::PurgeRow| {
        let record = convert::reference(row.record.as_ref());
        let confirmed = row.offices.iter().filter(|office| office.confirmed_at_ms != 0).count();
        let head = text::purge(&format!("{}/{}", record.origin, record.id), confirmed, row.offices.len());
        let mut table = Table::new(&[words::UNIT, words::CONFIRMED_AT]);
        for office in &row.offices {
            let at = if office.confirmed_at_ms == 0 { words::NOT_YET.to_owned() } else { time(office.confirmed_at_ms) };
            table.row([format!("{} {}", office.office, office.name), at]);
        }
        format!("{head}\n{}", table.render())
    };
    from.iter().map(one).collect::<Vec<_>>().join("\n\n")
}

fn time(millis: i64) -> String {
    let at = convert::moment(millis);
    at.map_or_else(|| words::DASH.to_owned(), |at| notice::time(Some(at), at))
}

#[cfg(test)]
pub(super) mod tests;
