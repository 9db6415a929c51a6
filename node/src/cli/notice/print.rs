//! Replies about notices as people read them.

use dutynet_proto::api;
use dutynet_relay::ids::UnixMillis;

use super::convert;
use crate::{
    cli::{
        convert::{moment, progress},
        table::Table,
    },
    text::{
        directive::{self, Names},
        notice, words,
    },
};

pub(super) fn board(reply: &api::NoticeBoardReply) -> String {
    let now = UnixMillis(reply.as_of_ms);
    let head = reply.notice.clone().unwrap_or_default();
    let name = |id: &str| reply.rows.iter().find(|row| row.office == id).map_or_else(|| id.to_owned(), |row| row.name.clone());
    let mut table = Table::new(&directive::BOARD);
    for row in &reply.rows {
        table.row(seat(row, &name, now));
    }
    let title = directive::board_title(&head.number, title(&head), &notice::time(Some(now), now));
    let counts = directive::counts(&convert::counts(&reply.counts.unwrap_or_default()));
    [title, counts, table.render()].join("\n")
}

/// One office: 送达, why not, and who signed. `name` gives the names of offices.
pub(in crate::cli) fn seat(row: &api::NoticeBoardRow, name: &dyn Fn(&str) -> String, now: UnixMillis) -> [String; 7] {
    let first = row.signatures.first();
    [
        notice::indented(&row.name, row.depth.saturating_sub(1)),
        notice::time(moment(row.delivered_at_ms), now),
        convert::undelivered(row)
            .map_or_else(|| words::DASH.to_owned(), |why| directive::undelivered(&why, |office| name(office.as_str()), now)),
        first.map_or_else(|| directive::UNSIGNED.to_owned(), |first| signers(first, row.signatures.len())),
        notice::time(first.and_then(|first| moment(first.at_ms)), now),
        first.map_or_else(|| words::DASH.to_owned(), |first| how(first, &name(&first.entered_by))),
        directive::timing(convert::timing(row.timing)).to_owned(),
    ]
}

/// Its title, or that it has none any more.
fn title(head: &api::NoticeHead) -> &str {
    if head.removed { words::REMOVED } else { &head.title }
}

fn signers(first: &api::SignatureRow, all: usize) -> String {
    directive::signers(&who(first), all.saturating_sub(1))
}

/// Who signed: at the other end of the telephone, when another office entered it.
fn who(signature: &api::SignatureRow) -> String {
    let told = signature.told_by.as_ref().map(|told| told.name.clone());
    told.or_else(|| signature.by.as_ref().map(|by| by.name.clone())).unwrap_or_default()
}

/// By the office itself, or by the office of that name.
fn how(signature: &api::SignatureRow, entered_by: &str) -> String {
    match &signature.told_by {
        Some(told) => directive::entered(entered_by, &told.name, &told.phone),
        None if signature.entered_by.is_empty() => directive::OWN.to_owned(),
        None => directive::entered_by(entered_by),
    }
}

pub(super) fn list(reply: &api::ListNoticesReply, now: UnixMillis) -> String {
    if reply.notices.is_empty() {
        return directive::NO_NOTICES.to_owned();
    }
    let mut table = Table::new(&directive::LIST);
    for row in &reply.notices {
        let head = row.notice.clone().unwrap_or_default();
        table.row([
            head.number.clone(),
            directive::standing(convert::standing(row.relation)).to_owned(),
            directive::urgency(convert::urgency(head.urgency)).to_owned(),
            title(&head).to_owned(),
            head.from,
            notice::time(moment(head.received_at_ms), now),
            notice::time(moment(head.sign_by_ms), now),
            directive::signed_of(row.signed, row.addressed),
        ]);
    }
    table.render()
}

pub(super) fn shown(reply: &api::ShowNoticeReply, now: UnixMillis) -> String {
    let head = reply.notice.clone().unwrap_or_default();
    let time = |millis| notice::time(moment(millis), now);
    let by = reply.by.as_ref().map_or(words::DASH, |by| by.name.as_str());
    let to = match reply.subtree.as_str() {
        "" => directive::offices(&reply.offices, &reply.group),
        top => directive::everybody_below(top),
    };
    let standing = directive::standing(convert::standing(reply.relation));
    let timing = directive::timing(convert::timing(reply.timing));
    let mut lines = vec![
        directive::title(&head.number, directive::urgency(convert::urgency(head.urgency)), title(&head)),
        notice::answer(Names::FROM, &directive::from(&head.from, by, &time(head.sent_at_ms), &time(head.received_at_ms))),
        notice::answer(Names::TO, &to),
        notice::answer(Names::SIGN_BY, &(time(head.sign_by_ms) + &notice::in_brackets(timing))),
        notice::answer(Names::STANDING, standing),
        notice::answer(Names::TEXT, if head.removed { words::REMOVED } else { &reply.text }),
    ];
    lines.extend(reply.signatures.iter().map(|signature| {
        let said = directive::signature(
            &who(signature),
            &time(signature.at_ms),
            &how(signature, &signature.entered_by),
            &signature.remark,
        );
        notice::answer(Names::SIGNATURE, &said)
    }));
    if !reply.hops.is_empty() {
        let hops: Vec<_> =
            reply.hops.iter().map(|hop| notice::hop(&hop.office, &time(hop.received_at_ms), hop.offset_ms)).collect();
        lines.push(notice::hops(&hops));
    }
    lines.extend(progress(reply.state).map(|progress| notice::state(words::progress(progress))));
    lines.join("\n")
}

pub(super) fn groups(reply: &api::ListGroupsReply) -> String {
    if reply.groups.is_empty() {
        return directive::NO_GROUPS.to_owned();
    }
    let mut table = Table::new(&directive::GROUPS);
    for group in &reply.groups {
        table.row([group.name.clone(), group.members.len().to_string(), group.members.join(" ")]);
    }
    table.render()
}
