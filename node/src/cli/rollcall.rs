//! `dutynet rollcall`: calling, answering, the table, and what else is done about a call.

pub(super) mod json;
mod print;

use std::io;

use dutynet_proto::{
    api::{self, make_paper_request::What},
    record,
};
use dutynet_relay::{
    clock::{Clock as _, SystemClock},
    ids::{Digest, OfficeId},
};

use super::{
    args::{
        Place,
        rollcall::{Again, Answer, Board, Call, Close, Common, Explain, ListRolls, Named, Phone, RollVerb, Rule},
    },
    client::{Node, heard, patiently},
    keep::keep,
    matter, notice, person, printed, report, say,
    told::Told,
    when,
};
use crate::{
    domain::rollcall::drawn,
    text::{refusal::Refusal, rollcall as text},
};

pub(super) async fn run(place: &Place, verb: &RollVerb) -> Result<String, Told> {
    match verb {
        RollVerb::Call(call) => self::call(place, call).await,
        RollVerb::Answer(answer) => self::answer(place, answer).await,
        RollVerb::Board(asked) => board(place, asked).await,
        RollVerb::List(asked) => list(place, asked).await,
        RollVerb::Again(said) => act(place, &said.call, again(said), &said.common).await,
        RollVerb::Phone(said) => act(place, &said.call, phone(said), &said.common).await,
        RollVerb::Explain(said) => act(place, &said.call, explain(said), &said.common).await,
        RollVerb::Rule(said) => act(place, &said.call, rule(said), &said.common).await,
        RollVerb::Close(said) => act(place, &said.call, close(said), &said.common).await,
        RollVerb::Draw(named) => draw(place, named).await,
        RollVerb::Verify(named) => verify(place, named).await,
    }
}

async fn call(place: &Place, call: &Call) -> Result<String, Told> {
    let now = SystemClock::default().wall();
    let at = call.at.as_deref().map(|at| when::from_now(at, now).ok_or_else(|| Told::of(Refusal::RollTime).about(at)));
    let mode = if call.exercise { record::Mode::Exercise } else { record::Mode::Real };
    let request = api::CallRollRequest {
        id: notice::id(call.common.id)?.into(),
        kind: if call.spot { api::RollKind::Spot } else { api::RollKind::Roll }.into(),
        title: call.title.clone(),
        all_below: call.all,
        offices: call.to.clone(),
        group: call.group.clone().unwrap_or_default(),
        draw: call.draw.unwrap_or_default(),
        opens_at_ms: at.transpose()?.map_or(0, |at| at.0),
        minutes: call.minutes.unwrap_or_default(),
        by: Some(person::named(&call.common.by)?),
        mode: mode.into(),
    };
    let node = Node::find(place).await?;
    let reply = patiently(|| {
        let (mut rolls, request) = (node.roll_calls(), request.clone());
        async move { rolls.call(request).await }
    });
    let reply = reply.await?;
    if call.common.output.json {
        return Ok(printed(&json::Called::from(&reply)));
    }
    Ok(notice::with_state(print::called(&reply, now), reply.state))
}

async fn answer(place: &Place, answer: &Answer) -> Result<String, Told> {
    let request = api::AnswerRollsRequest {
        id: notice::id(answer.common.id)?.into(),
        call: answer.call.clone(),
        leader: answer.leader.clone(),
        officer: answer.officer.clone(),
        work: notice::text(&answer.work)?,
        by: Some(person::named(&answer.common.by)?),
    };
    let node = Node::find(place).await?;
    let reply = patiently(|| {
        let (mut rolls, request) = (node.roll_calls(), request.clone());
        async move { rolls.answer(request).await }
    });
    let reply = reply.await?;
    if answer.common.output.json {
        return Ok(printed(&json::Answered::from(&reply)));
    }
    let state = reply.taken.as_ref().map_or(0, |taken| taken.state);
    Ok(notice::with_state(text::answered(reply.calls.len()), state))
}

async fn act(place: &Place, call: &str, act: Result<Act, Told>, common: &Common) -> Result<String, Told> {
    let act = act?;
    let says = done(&act);
    let request = api::ActOnRollRequest {
        id: notice::id(common.id)?.into(),
        call: call.to_owned(),
        by: Some(person::named(&common.by)?),
        act: Some(act),
    };
    let node = Node::find(place).await?;
    let reply = patiently(|| {
        let (mut rolls, request) = (node.roll_calls(), request.clone());
        async move { rolls.act(request).await }
    });
    let reply = reply.await?;
    if common.output.json {
        return Ok(printed(&matter::json::Taken::from(&reply)));
    }
    Ok(notice::with_state(text::done(says, &reply.number), reply.state))
}

type Act = api::act_on_roll_request::Act;

fn done(act: &Act) -> &'static str {
    match act {
        Act::Again(_) => text::AGAIN,
        Act::Phone(_) => text::PHONED,
        Act::Explain(_) => text::EXPLAINED,
        Act::Rule(_) => text::RULED,
        Act::Close(_) => text::CLOSED,
    }
}

fn again(said: &Again) -> Result<Act, Told> {
    Ok(Act::Again(api::RollAgain { offices: said.to.clone(), minutes: said.minutes.unwrap_or_default() }))
}

fn phone(said: &Phone) -> Result<Act, Told> {
    Ok(Act::Phone(api::RollPhone {
        office: said.office.clone(),
        result: said.result.clone(),
        phone: said.phone.clone(),
        rings: said.rings,
        answered_by: said.answered_by.clone(),
        leader: said.leader.clone(),
        officer: said.officer.clone(),
        work: notice::text(&said.work)?,
        remark: said.remark.clone(),
    }))
}

fn explain(said: &Explain) -> Result<Act, Told> {
    Ok(Act::Explain(api::RollExplain {
        reason: notice::text(&said.reason)?,
        on_behalf_of: said.on_behalf.on_behalf_of.clone().unwrap_or_default(),
        entered: report::entered(&said.on_behalf),
    }))
}

fn rule(said: &Rule) -> Result<Act, Told> {
    let words = notice::text(&said.words)?;
    Ok(Act::Rule(api::RollRule { office: said.office.clone(), ruling: said.ruling.clone(), words }))
}

fn close(said: &Close) -> Result<Act, Told> {
    Ok(Act::Close(api::RollClose { words: notice::text(&said.words)? }))
}

async fn board(place: &Place, asked: &Board) -> Result<String, Told> {
    let request = api::RollTableRequest { call: asked.named.call.clone() };
    if let Some(keeping) = asked.keep.asked(asked.named.output.json) {
        return keep(place, &keeping, What::Roll(request)).await;
    }
    let node = Node::find(place).await?;
    if asked.watch {
        return watch(&node, request, asked).await;
    }
    let reply = heard(node.roll_calls().table(request).await)?;
    Ok(if asked.named.output.json { printed(&json::Board::from(&reply)) } else { print::board(&reply) })
}

/// Prints the table, and then each change, until nobody is waited for any more.
async fn watch(node: &Node, request: api::RollTableRequest, asked: &Board) -> Result<String, Told> {
    let mut changes = heard(node.roll_calls().watch(request).await)?;
    let broken = |status| heard::<()>(Err(status)).err().unwrap_or(Told::of(Refusal::Internal));
    while let Some(table) = changes.message().await.map_err(broken)? {
        let said = match asked.named.output.json {
            true => serde_json::to_string(&json::Board::from(&table)).unwrap_or_default(),
            false => print::board(&table),
        };
        say(io::stdout(), &said);
    }
    Ok(String::new())
}

async fn list(place: &Place, asked: &ListRolls) -> Result<String, Told> {
    let request = api::ListRollsRequest { closed: asked.closed };
    let reply = heard(Node::find(place).await?.roll_calls().list(request).await)?;
    Ok(if asked.output.json { printed(&json::List::from(&reply)) } else { print::list(&reply) })
}

async fn drawing(place: &Place, named: &Named) -> Result<api::RollDrawReply, Told> {
    let request = api::RollTableRequest { call: named.call.clone() };
    heard(Node::find(place).await?.roll_calls().draw(request).await)
}

async fn draw(place: &Place, named: &Named) -> Result<String, Told> {
    let reply = drawing(place, named).await?;
    Ok(if named.output.json { printed(&json::Draw::from(&reply)) } else { print::draw(&reply) })
}

/// Draws anew from what was published, whatever the node says that it came to.
async fn verify(place: &Place, named: &Named) -> Result<String, Told> {
    let reply = drawing(place, named).await?;
    let agrees = drawn_anew(&reply).is_some_and(|anew| anew == reply.drawn);
    if named.output.json {
        return Ok(printed(&json::Verified { number: reply.number.clone(), seed: reply.seed.clone(), agrees }));
    }
    Ok([print::draw(&reply), if agrees { text::AGREES } else { text::DIFFERS }.to_owned()].join("\n"))
}

/// `None`: what was published cannot be read.
fn drawn_anew(reply: &api::RollDrawReply) -> Option<Vec<String>> {
    let seed = data_encoding::HEXLOWER.decode(reply.seed.as_bytes()).ok()?;
    let seed = Digest(<[u8; 32]>::try_from(seed).ok()?);
    let eligible: Option<Vec<_>> = reply.eligible.iter().map(|office| OfficeId::parse(office).ok()).collect();
    let count = usize::try_from(reply.count).ok()?;
    Some(drawn(&seed, &eligible?, count).iter().map(ToString::to_string).collect())
}

#[cfg(test)]
pub(super) mod tests;
