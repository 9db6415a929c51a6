//! `dutynet notice` and `dutynet group`: sending down, signing, the sign-for list, and saved groups.

mod convert;
pub(super) mod json;
mod print;

pub(super) use convert::undelivered_name;

use std::io;

use dutynet_proto::{
    api::{self, make_paper_request::What},
    duty,
};
use dutynet_relay::clock::{Clock as _, SystemClock};

use super::{
    args::{
        Output, Place,
        notice::{DropGroup, GroupVerb, Named, NoticeVerb, SaveGroup, Send, Sign, SignForList},
    },
    client::{Node, heard, patiently},
    convert as base,
    keep::keep,
    person, printed,
    report::new_id,
    told::Told,
    when,
};
use crate::domain::sign_for::Undelivered;
use crate::text::{directive, notice, refusal::Refusal, typed, words};

pub(super) async fn run(place: &Place, verb: &NoticeVerb) -> Result<String, Told> {
    match verb {
        NoticeVerb::Send(send) => self::send(place, send).await,
        NoticeVerb::Sign(sign) => self::sign(place, sign).await,
        NoticeVerb::Board(asked) => board(place, asked).await,
        NoticeVerb::List(output) => list(place, *output).await,
        NoticeVerb::Show(named) => show(place, named).await,
    }
}

pub(super) async fn run_group(place: &Place, verb: &GroupVerb) -> Result<String, Told> {
    match verb {
        GroupVerb::Save(save) => save_group(place, save).await,
        GroupVerb::List(output) => list_groups(place, *output).await,
        GroupVerb::Drop(drop) => drop_group(place, drop).await,
    }
}

async fn send(place: &Place, send: &Send) -> Result<String, Told> {
    let now = SystemClock::default().wall();
    let sign_by =
        send.sign_by.as_deref().map(|text| when::from_now(text, now).ok_or_else(|| Told::of(Refusal::SignByInvalid).about(text)));
    let request = api::SendNoticeRequest {
        id: id(send.id)?.into(),
        title: send.title.clone(),
        text: text(&send.text)?,
        urgency: convert::urgency_to_wire(send.urgency).into(),
        sign_by_ms: sign_by.transpose()?.map_or(0, |at| at.0),
        everybody_below: send.all,
        offices: send.to.clone(),
        group: send.group.clone().unwrap_or_default(),
        by: Some(person::named(&send.by)?),
        mode: 0,
    };
    let node = Node::find(place).await?;
    let reply = patiently(|| {
        let (mut notices, request) = (node.notices(), request.clone());
        async move { notices.send(request).await }
    });
    let reply = reply.await?;
    if send.output.json {
        return Ok(printed(&json::Sent::from(&reply)));
    }
    let says = if reply.folded { directive::sent_already } else { directive::sent };
    Ok(with_state(says(&reply.number, reply.addressed, &record(reply.record.as_ref())), reply.state))
}

async fn sign(place: &Place, sign: &Sign) -> Result<String, Told> {
    let told_by = sign.told_by.as_deref().map(|text| {
        let (name, phone) = typed::at_colon(text);
        duty::ToldBy { name: name.to_owned(), phone: phone.to_owned() }
    });
    let request = api::SignNoticeRequest {
        id: id(sign.id)?.into(),
        notice: sign.notice.clone(),
        remark: sign.remark.clone(),
        by: Some(person::named(&sign.by)?),
        on_behalf_of: sign.on_behalf_of.clone(),
        told_by,
    };
    let node = Node::find(place).await?;
    let reply = patiently(|| {
        let (mut notices, request) = (node.notices(), request.clone());
        async move { notices.sign(request).await }
    });
    let reply = reply.await?;
    if sign.output.json {
        return Ok(printed(&json::Signed::from(&reply)));
    }
    let says = if reply.folded { directive::signed_already } else { directive::signed };
    Ok(with_state(says(&reply.number, &reply.office, &record(reply.record.as_ref())), reply.state))
}

async fn board(place: &Place, asked: &SignForList) -> Result<String, Told> {
    let request = api::NoticeBoardRequest { notice: asked.named.notice.clone() };
    if let Some(keeping) = asked.keep.asked(asked.named.output.json) {
        return keep(place, &keeping, What::SignFor(request)).await;
    }
    let reply = heard(Node::find(place).await?.notices().board(request).await)?;
    Ok(if asked.named.output.json { printed(&json::Board::from(&reply)) } else { print::board(&reply) })
}

async fn list(place: &Place, output: Output) -> Result<String, Told> {
    let node = Node::find(place).await?;
    let reply = heard(node.notices().list(api::ListNoticesRequest {}).await)?;
    let now = SystemClock::default().wall();
    Ok(if output.json { printed(&json::List::from(&reply)) } else { print::list(&reply, now) })
}

async fn show(place: &Place, named: &Named) -> Result<String, Told> {
    let node = Node::find(place).await?;
    let reply = heard(node.notices().show(api::ShowNoticeRequest { notice: named.notice.clone() }).await)?;
    let now = SystemClock::default().wall();
    Ok(if named.output.json { printed(&json::Shown::from(&reply)) } else { print::shown(&reply, now) })
}

async fn save_group(place: &Place, save: &SaveGroup) -> Result<String, Told> {
    let (id, by) = (id(None)?, person::named(&save.by)?);
    let request = api::SaveGroupRequest { id: id.into(), name: save.name.clone(), members: save.members.clone(), by: Some(by) };
    let node = Node::find(place).await?;
    let group = heard(node.groups().save(request).await)?;
    if save.output.json {
        return Ok(printed(&json::Group::from(&group)));
    }
    Ok(directive::group_saved(&group.name, group.members.len()))
}

async fn list_groups(place: &Place, output: Output) -> Result<String, Told> {
    let node = Node::find(place).await?;
    let reply = heard(node.groups().list(api::ListGroupsRequest {}).await)?;
    Ok(if output.json { printed(&json::Groups::from(&reply)) } else { print::groups(&reply) })
}

async fn drop_group(place: &Place, drop: &DropGroup) -> Result<String, Told> {
    let request = api::DropGroupRequest { id: id(None)?.into(), name: drop.name.clone(), by: Some(person::named(&drop.by)?) };
    let node = Node::find(place).await?;
    let group = heard(node.groups().drop(request).await)?;
    if drop.output.json {
        return Ok(printed(&json::Group::from(&group)));
    }
    Ok(directive::group_dropped(&group.name))
}

/// The one that was given, or a new one, made before the first attempt.
pub(super) fn id(given: Option<uuid::Uuid>) -> Result<Vec<u8>, Told> {
    Ok(match given {
        Some(id) => id.as_bytes().to_vec(),
        None => new_id()?.0.to_vec(),
    })
}

/// What was typed, or all of standard input.
pub(super) fn text(typed: &str) -> Result<String, Told> {
    if typed != "-" {
        return Ok(typed.to_owned());
    }
    io::read_to_string(io::stdin()).map_err(|error| Told::of(Refusal::FileUnreadable).about(error.to_string()))
}

/// Why something was not delivered; `None`: it was.
pub(super) fn why_not(undelivered: i32, at: &str, since_ms: i64) -> Option<Undelivered> {
    convert::undelivered(&api::NoticeBoardRow { undelivered, at: at.to_owned(), since_ms, ..api::NoticeBoardRow::default() })
}

fn record(from: Option<&dutynet_proto::record::RecordRef>) -> String {
    let record = base::reference(from);
    format!("{}/{}", record.origin, record.id)
}

pub(super) fn with_state(said: String, state: i32) -> String {
    let state = base::progress(state).map(|progress| notice::state(words::progress(progress)));
    [said].into_iter().chain(state).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
pub(super) mod tests;
