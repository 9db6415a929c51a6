//! `dutynet attachment`: files added, listed, fetched and saved.

mod beside;
mod json;
mod send;
mod store;
#[cfg(test)]
pub(super) mod tests;

pub(super) use beside::beside;
pub(super) use json::Saved;

use bytes::Bytes;
use dutynet_proto::api::{self, AttachmentPlace};
use dutynet_relay::clock::{Clock as _, SystemClock};

use super::{
    args::{
        Place,
        attachment::{Add, AttachmentVerb, List, Save, Which},
    },
    client::{Node, heard, patiently},
    convert, person, printed, report,
    table::Table,
    told::Told,
};
use crate::text::{attachment as text, notice, words};

pub(super) async fn run(place: &Place, verb: &AttachmentVerb) -> Result<String, Told> {
    match verb {
        AttachmentVerb::Add(add) => self::add(place, add).await,
        AttachmentVerb::List(list) => self::list(place, list).await,
        AttachmentVerb::Fetch(which) => fetch(place, which).await,
        AttachmentVerb::Save(save) => self::save(place, save).await,
    }
}

async fn add(place: &Place, add: &Add) -> Result<String, Told> {
    let id = match add.id {
        Some(id) => *id.as_bytes(),
        None => report::new_id()?.0,
    };
    let head = api::AddAttachmentsHead {
        id: Bytes::copy_from_slice(&id),
        record: add.record.clone(),
        stated_plain_by: add.plain.by.clone(),
        by: Some(person::named(&add.by)?),
    };
    let files = send::open(&add.files)?;
    let reply = sent(&Node::find(place).await?, &head, (&files[..], &add.pass[..])).await?;
    if add.output.json {
        return Ok(printed(&json::Added::from(&reply)));
    }
    let record = convert::reference(reply.record.as_ref());
    let said = text::added(reply.files.len(), &format!("{}/{}", record.origin, record.id));
    Ok(format!("{said}\n{}", table(&reply.files)))
}

async fn sent(
    node: &Node,
    head: &api::AddAttachmentsHead,
    (files, pass): (&[send::Local], &[String]),
) -> Result<api::AddAttachmentsReply, Told> {
    let reply = patiently(|| {
        let (mut client, parts) = (node.attachments(), send::parts(head.clone(), (files.to_vec(), pass.to_vec())));
        async move { client.add(parts).await }
    });
    reply.await
}

async fn list(place: &Place, list: &List) -> Result<String, Told> {
    let request = api::ListAttachmentsRequest { record: list.record.clone() };
    let reply = heard(Node::find(place).await?.attachments().list(request).await)?;
    if list.output.json {
        return Ok(printed(&json::Attachments::from(&reply)));
    }
    Ok(if reply.files.is_empty() { text::NOTHING.to_owned() } else { table(&reply.files) })
}

async fn fetch(place: &Place, which: &Which) -> Result<String, Told> {
    let node = Node::find(place).await?;
    let row = patiently(|| {
        let (mut client, request) = (node.attachments(), meant(which));
        async move { client.fetch(request).await }
    });
    let row = row.await?;
    Ok(if which.output.json { printed(&json::Attachment::from(&row)) } else { table(&[row]) })
}

async fn save(place: &Place, save: &Save) -> Result<String, Told> {
    let mut client = Node::find(place).await?.attachments();
    let row = heard(client.fetch(meant(&save.which)).await)?;
    let path = store::path(&save.to, &row)?;
    let from = heard(client.read(meant(&save.which)).await)?;
    store::write(&path, &row, from).await?;
    let shown = path.display().to_string();
    if save.which.output.json {
        return Ok(printed(&json::Saved { path: shown, bytes: row.bytes }));
    }
    Ok(text::saved(&shown, row.bytes))
}

fn meant(which: &Which) -> api::WhichAttachment {
    api::WhichAttachment { record: which.record.clone(), file: which.file.clone() }
}

fn table(rows: &[api::AttachmentRow]) -> String {
    let now = SystemClock::default().wall();
    let mut table = Table::new(&text::ATTACHMENTS);
    for row in rows {
        let said = |text: &str, none: &str| if text.is_empty() { none.to_owned() } else { text.to_owned() };
        table.row([
            said(&row.name, text::NAME_GONE),
            notice::bytes(row.bytes),
            text::place(place_of(row), row.bytes),
            convert::reference(row.record.as_ref()).origin,
            notice::time(convert::moment(row.recorded_at_ms), now),
            row.by.as_ref().map_or(words::DASH, |by| &by.name).to_owned(),
            said(&row.stated_plain_by, words::DASH),
            text::digest(&json::digits(&row.digest)).to_owned(),
        ]);
    }
    table.render()
}

fn place_of(row: &api::AttachmentRow) -> text::Place {
    match row.place() {
        AttachmentPlace::Here => text::Place::Here,
        AttachmentPlace::Coming => text::Place::Coming(row.have_bytes),
        AttachmentPlace::AtOrigin => text::Place::AtOrigin,
        AttachmentPlace::Gone | AttachmentPlace::Unspecified => text::Place::Gone,
    }
}
