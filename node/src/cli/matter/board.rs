//! `dutynet directive board` and the same of warnings and questions: the sign-for list of a matter.

use dutynet_proto::api;
use dutynet_relay::ids::UnixMillis;

use super::{json, print};
use crate::{
    cli::{
        args::{Place, matter::Named},
        client::{Node, heard},
        convert::{moment, reference, time},
        notice as notices, printed,
        table::Table,
        told::Told,
    },
    text::{directive, matter as text, notice, words},
};

pub(super) async fn run(place: &Place, named: &Named) -> Result<String, Told> {
    let request = api::ShowMatterRequest { matter: named.matter.clone() };
    let reply = heard(Node::find(place).await?.matters().board(request).await)?;
    Ok(if named.output.json { printed(&json::Board::from(&reply)) } else { page(&reply) })
}

pub(super) fn page(reply: &api::MatterBoardReply) -> String {
    let (head, now) = (reply.head.clone().unwrap_or_default(), UnixMillis(reply.as_of_ms));
    let mut lines = print::heading(&head, now);
    if reply.rows.is_empty() {
        lines.push(text::NOBODY.to_owned());
        return lines.join("\n");
    }
    let rows: Vec<&api::NoticeBoardRow> = reply.rows.iter().filter_map(|row| row.row.as_ref()).collect();
    let name = |id: &str| rows.iter().find(|row| row.office == id).map_or_else(|| id.to_owned(), |row| row.name.clone());
    let mut table = Table::new(&[&directive::BOARD[..], &text::BOARD[..]].concat());
    for row in &reply.rows {
        let when = |said: &[_]| if said.is_empty() { words::DASH } else { text::SAID }.to_owned();
        let said = [when(&row.phoned), when(&row.read), when(&row.done)];
        let awaited = if row.awaited { text::AWAITED } else { words::DASH }.to_owned();
        let due = notice::time(moment(row.due_ms), now);
        let seat = notices::seat(row.row.as_ref().unwrap_or(&api::NoticeBoardRow::default()), &name, now);
        table.row(seat.into_iter().chain(said).chain([awaited, due]));
    }
    lines.push(table.render());
    lines.join("\n")
}

impl From<&api::MatterBoardReply> for json::Board {
    fn from(from: &api::MatterBoardReply) -> Self {
        let records = |said: &[dutynet_proto::record::RecordRef]| said.iter().map(|record| reference(Some(record))).collect();
        let seat = |row: &api::MatterBoardRow| json::Seat {
            row: notices::json::Row::from(row.row.as_ref().unwrap_or(&api::NoticeBoardRow::default())),
            phoned: records(&row.phoned),
            read: records(&row.read),
            done: records(&row.done),
            awaited: row.awaited,
            due: time(row.due_ms),
        };
        Self {
            matter: super::convert::head(&from.head.clone().unwrap_or_default()),
            as_of: time(from.as_of_ms),
            rows: from.rows.iter().map(seat).collect(),
        }
    }
}
