//! `dutynet due`: what is owed by when, chases, counts, and each ring as it happens.

pub(super) mod convert;
pub(super) mod json;

use std::io;

use dutynet_proto::{
    api::{self, make_paper_request::What},
    duty,
};
use dutynet_relay::ids::UnixMillis;

use super::{
    args::{
        Output, Place,
        due::{Chase, DueVerb, ListDues, ShowDue, Stats},
    },
    client::{Node, heard, patiently},
    convert as to, convert_report, history,
    keep::keep,
    person, printed, report, say,
    table::Table,
    told::Told,
};
use crate::{
    body::special::ChaseBy,
    domain::rules::Duty,
    text::{due as text, notice, refusal::Refusal, words},
};

pub(super) async fn run(place: &Place, verb: &DueVerb) -> Result<String, Told> {
    match verb {
        DueVerb::List(asked) => list(place, asked).await,
        DueVerb::Show(asked) => show(place, asked).await,
        DueVerb::Chase(chase) => self::chase(place, chase).await,
        DueVerb::Stats(asked) => stats(place, asked).await,
        DueVerb::Watch(output) => watch(place, *output).await,
    }
}

async fn list(place: &Place, asked: &ListDues) -> Result<String, Told> {
    let request = api::ListDuesRequest { office: asked.office.clone(), overdue: asked.overdue };
    if let Some(keeping) = asked.keep.asked(asked.output.json) {
        return keep(place, &keeping, What::Dues(request)).await;
    }
    let reply = heard(Node::find(place).await?.dues().list(request).await)?;
    if asked.output.json {
        return Ok(printed(&json::Dues::from(&reply)));
    }
    Ok(if reply.dues.is_empty() { text::NOTHING.to_owned() } else { table(&reply.dues, UnixMillis(reply.as_of_ms)) })
}

fn table(dues: &[api::DueRow], now: UnixMillis) -> String {
    let mut table = Table::new(&text::DUES);
    for due in dues {
        table.row([
            notice::time(to::moment(due.due_ms), now),
            stands(due),
            duty_word(&due.duty),
            due.debtor_name.clone(),
            creditor(due),
            due.about.clone(),
            due.article.clone(),
            if due.chases == 0 { words::DASH.to_owned() } else { due.chases.to_string() },
            due.key.clone(),
        ]);
    }
    table.render()
}

pub(super) fn stands(due: &api::DueRow) -> String {
    text::stands(convert::standing(due.standing), due.late_ms)
}

pub(super) fn duty_word(key: &str) -> String {
    Duty::from_key(key).map_or_else(|| key.to_owned(), |duty| text::duty(duty).to_owned())
}

pub(super) fn creditor(due: &api::DueRow) -> String {
    match (due.creditor.as_str(), due.outside.as_str()) {
        ("", "") => text::leader(&due.leader, &due.leader_name),
        ("", whom) => text::outside(whom).to_owned(),
        _ => due.creditor_name.clone(),
    }
}

async fn show(place: &Place, asked: &ShowDue) -> Result<String, Told> {
    let request = api::ShowDueRequest { key: asked.key.clone() };
    let reply = heard(Node::find(place).await?.dues().show(request).await)?;
    if asked.output.json {
        return Ok(printed(&json::Shown::from(&reply)));
    }
    Ok(shown(&reply))
}

fn shown(reply: &api::ShowDueReply) -> String {
    use text::Names;
    let (due, now) = (reply.due.clone().unwrap_or_default(), UnixMillis(reply.as_of_ms));
    let time = |millis| notice::time(to::moment(millis), now);
    let clocks = |label: &str, origin, here| text::clocks(label, &time(origin), &time(here));
    let basis = text::basis(convert::basis(due.basis));
    let mut lines = vec![
        format!("{} {}", duty_word(&due.duty), stands(&due)),
        text::line(Names::DEBTOR, &due.debtor_name),
        text::line(Names::CREDITOR, &creditor(&due)),
        text::line(Names::ABOUT, &due.about),
        text::line(Names::RULE, &text::cited(&due.article, &due.pack, due.pack_version, &due.row)),
        text::line(Names::SOURCE, &due.source),
        clocks(&text::start(basis), due.start_origin_ms, due.start_ms),
        clocks(Names::DUE, due.due_origin_ms, due.due_ms),
    ];
    if due.met_by.is_some() {
        lines.push(clocks(Names::MET, due.met_origin_ms, due.met_ms));
        lines.push(text::line(Names::ARRIVED, &time(due.met_arrived_ms)));
        lines.push(text::line(Names::RECORD, &convert_report::record_text(due.met_by.as_ref())));
    }
    if due.explained_by.is_some() {
        lines.push(text::line(Names::EXPLAINED, &convert_report::record_text(due.explained_by.as_ref())));
    }
    lines.push(if reply.hops.is_empty() { text::NO_LINES } else { text::LINES }.to_owned());
    lines.extend(reply.hops.iter().flat_map(|hop| hop.spans.iter().map(|span| history::one_span(&hop.name, span, now))));
    if !reply.rings.is_empty() {
        lines.push(text::RINGS.to_owned());
        lines.extend(reply.rings.iter().map(|ring| text::line(text::stage(convert::stage(ring.stage)), &time(ring.rang_at_ms))));
    }
    if !reply.chases.is_empty() {
        lines.push(text::CHASES.to_owned());
        lines.extend(reply.chases.iter().map(|row| chase_line(row, now)));
    }
    lines.join("\n")
}

fn chase_line(row: &api::ChaseRow, now: UnixMillis) -> String {
    let chase = row.chase.clone().unwrap_or_default();
    let said = match convert::way(&chase) {
        ChaseBy::Telephone => text::by_telephone(&chase.person, &chase.phone, &chase.result),
        ChaseBy::Network => text::BY_NETWORK.to_owned(),
    };
    let by = row.by.as_ref().map_or(words::DASH, |person| person.name.as_str());
    text::chase(&notice::time(to::moment(row.recorded_at_ms), now), &row.name, by, &said)
}

async fn chase(place: &Place, chase: &Chase) -> Result<String, Told> {
    let id = match chase.id {
        Some(id) => *id.as_bytes(),
        None => report::new_id()?.0,
    };
    let way = if chase.spoken_to.is_some() { duty::ChaseBy::Telephone } else { duty::ChaseBy::Network };
    let request = api::ChaseDueRequest {
        id: id.to_vec().into(),
        key: chase.key.clone(),
        way: way.into(),
        person: chase.spoken_to.clone().unwrap_or_default(),
        phone: chase.phone.clone(),
        result: chase.result.clone(),
        by: Some(person::named(&chase.by)?),
    };
    let node = Node::find(place).await?;
    let reply = patiently(|| {
        let (mut dues, request) = (node.dues(), request.clone());
        async move { dues.chase(request).await }
    });
    let reply = reply.await?;
    if chase.output.json {
        return Ok(printed(&convert::chased(&chase.key, &reply)));
    }
    let record = convert_report::record_text(reply.record.as_ref());
    Ok(if reply.folded { text::CHASED_BEFORE.to_owned() } else { text::chased(&chase.key, &record) })
}

async fn stats(place: &Place, asked: &Stats) -> Result<String, Told> {
    let standing = match asked.standing.as_deref() {
        None => 0,
        Some(name) => convert::standing_named(name).ok_or_else(|| Told::of(Refusal::RequestUnreadable).about(name))?,
    };
    let request = api::DueStatsRequest {
        month: asked.month.clone(),
        office: asked.office.clone(),
        duty: asked.duty.clone(),
        standing,
        open: asked.open,
    };
    if let Some(keeping) = asked.keep.asked(asked.output.json) {
        return keep(place, &keeping, What::Stats(request)).await;
    }
    let reply = heard(Node::find(place).await?.dues().stats(request).await)?;
    if asked.output.json {
        return Ok(printed(&json::Stats::from(&reply)));
    }
    if reply.counts.is_empty() {
        return Ok(text::NOTHING_COUNTED.to_owned());
    }
    let mut counts = Table::new(&text::STATS);
    for row in &reply.counts {
        let (named, other) = row.counts.split_at_checked(7).unwrap_or((&row.counts, &[]));
        let head = [row.month.clone(), row.name.clone(), duty_word(&row.duty), row.all.to_string()];
        let other: u32 = other.iter().sum();
        counts.row(head.into_iter().chain(named.iter().map(u32::to_string)).chain([other.to_string()]));
    }
    let opened = (!reply.dues.is_empty()).then(|| table(&reply.dues, UnixMillis(reply.as_of_ms)));
    Ok([Some(counts.render()), opened].into_iter().flatten().collect::<Vec<_>>().join("\n\n"))
}

/// Prints each ring as it comes, until the node stops or the line to it breaks.
async fn watch(place: &Place, output: Output) -> Result<String, Told> {
    let node = Node::find(place).await?;
    let mut rings = heard(node.dues().watch(api::WatchDuesRequest {}).await)?;
    while let Some(ring) =
        rings.message().await.map_err(|status| heard::<()>(Err(status)).err().unwrap_or(Told::of(Refusal::Internal)))?
    {
        let line =
            if output.json { serde_json::to_string(&json::Rang::from(&ring)).unwrap_or_default() } else { ring_line(&ring) };
        say(io::stdout(), &line);
    }
    Ok(String::new())
}

fn ring_line(ring: &api::DueRing) -> String {
    let (due, now) = (ring.due.clone().unwrap_or_default(), UnixMillis(ring.rang_at_ms));
    let time = |millis| notice::time(to::moment(millis), now);
    let what = text::what(&due.debtor_name, &duty_word(&due.duty), &time(due.due_ms), &stands(&due), &due.key);
    let (stage, side) = (text::stage(convert::stage(ring.stage)), text::side(convert::side(due.side)));
    text::ring(&time(ring.rang_at_ms), stage, side, &what)
}

#[cfg(test)]
pub(super) mod tests;
