//! `dutynet period`: special periods (敏感特殊时期), and the line above every page while one holds.

use dutynet_proto::{api, duty};
use dutynet_relay::{
    clock::{Clock as _, SystemClock},
    ids::UnixMillis,
};

use super::{
    args::{
        Place,
        due::{Declare, PeriodVerb},
    },
    client::{Node, heard, patiently},
    convert,
    due::json,
    history, person, printed, report,
    table::Table,
    told::Told,
};
use crate::text::{due as text, notice};

pub(super) async fn run(place: &Place, verb: &PeriodVerb) -> Result<String, Told> {
    match verb {
        PeriodVerb::Declare(declare) => self::declare(place, declare).await,
        PeriodVerb::End(end) => {
            let request = api::AmendPeriodRequest {
                id: report::new_id()?.0.to_vec().into(),
                period: end.period.clone(),
                to_ms: 0,
                reason: end.reason.clone(),
                by: Some(person::named(&end.by)?),
            };
            amend(place, request, end.output.json).await
        }
        PeriodVerb::Prolong(prolong) => {
            let request = api::AmendPeriodRequest {
                id: report::new_id()?.0.to_vec().into(),
                period: prolong.period.clone(),
                to_ms: history::moment(Some(&prolong.to))?,
                reason: prolong.reason.clone(),
                by: Some(person::named(&prolong.by)?),
            };
            amend(place, request, prolong.output.json).await
        }
        PeriodVerb::List(output) => {
            let reply = heard(Node::find(place).await?.periods().list(api::ListPeriodsRequest::default()).await)?;
            if output.json {
                return Ok(printed(&json::Periods::from(&reply)));
            }
            Ok(if reply.periods.is_empty() { text::NO_PERIOD.to_owned() } else { table(&reply) })
        }
    }
}

async fn declare(place: &Place, declare: &Declare) -> Result<String, Told> {
    let brings = duty::SpecialDuties {
        leaders: if declare.double_leaders { 2 } else { 0 },
        officers: declare.officers,
        daily: declare.daily.clone(),
        roll_calls: declare.roll_calls,
        roster_by: declare.roster_by.clone(),
        silence_minutes: declare.silence,
    };
    let request = api::DeclarePeriodRequest {
        id: declare.making.id()?.into(),
        from_ms: history::moment(declare.from.as_deref())?,
        to_ms: history::moment(Some(&declare.to))?,
        reason: declare.reason.clone(),
        brings: Some(brings),
        by: Some(person::named(&declare.making.by)?),
    };
    let node = Node::find(place).await?;
    let reply = patiently(|| {
        let (mut periods, request) = (node.periods(), request.clone());
        async move { periods.declare(request).await }
    });
    said(&reply.await?, declare.making.output.json)
}

async fn amend(place: &Place, request: api::AmendPeriodRequest, json: bool) -> Result<String, Told> {
    let node = Node::find(place).await?;
    let reply = patiently(|| {
        let (mut periods, request) = (node.periods(), request.clone());
        async move { periods.amend(request).await }
    });
    said(&reply.await?, json)
}

fn said(reply: &api::PeriodRow, json: bool) -> Result<String, Told> {
    if json {
        return Ok(printed(&json::Period::from(reply)));
    }
    let now = SystemClock::default().wall();
    let time = |millis| notice::time(convert::moment(millis), now);
    Ok(match (reply.spans.first(), reply.spans.last()) {
        (Some(first), Some(last)) => text::declared(&reply.number, &time(first.from_ms), &time(last.to_ms)),
        (_, _) => text::taken_back(&reply.number),
    })
}

fn table(reply: &api::ListPeriodsReply) -> String {
    let time = |millis| notice::time(convert::moment(millis), UnixMillis(reply.as_of_ms));
    let mut table = Table::new(&text::PERIODS);
    for row in &reply.periods {
        let (first, last) = (row.spans.first().map_or(0, |span| span.from_ms), row.spans.last().map_or(0, |span| span.to_ms));
        let holds = if row.holds { text::HOLDS } else { text::HOLDS_NOT };
        let cells =
            [row.number.clone(), row.name.clone(), time(first), time(last), row.reason.clone(), brings(row), holds.to_owned()];
        table.row(cells);
    }
    table.render()
}

fn brings(row: &api::PeriodRow) -> String {
    let brings = row.brings.clone().unwrap_or_default();
    let numbers = (brings.leaders, brings.officers, brings.roll_calls, brings.silence_minutes);
    text::brings(numbers, &brings.daily, &brings.roster_by)
}

/// A line for each period that holds here now; empty where none does, or where nobody can be asked.
pub(super) async fn banner(place: &Place) -> String {
    let Ok(node) = Node::find(place).await else { return String::new() };
    let Ok(reply) = node.periods().list(api::ListPeriodsRequest { in_force: true }).await else { return String::new() };
    let reply = reply.into_inner();
    let time = |millis| notice::time(convert::moment(millis), UnixMillis(reply.as_of_ms));
    let line = |row: &api::PeriodRow| {
        let to = row.spans.last().map_or(0, |span| span.to_ms);
        text::banner(&row.reason, &time(to), &row.name, &brings(row)) + "\n"
    };
    reply.periods.iter().map(line).collect()
}
