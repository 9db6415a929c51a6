//! What is asked beside the steps of a session: when one is suggested, the status of its area, an outcome that becomes a directive.

use std::io;

use dutynet_proto::api;
use dutynet_relay::{
    clock::{Clock as _, SystemClock},
    ids::UnixMillis,
};

use super::{json, print::Names};
use crate::{
    cli::{
        answers::Answers,
        args::{
            Place,
            matter::Take,
            oversight::{Analyse, KeepStatus, SessionVerb, ShowStatus, SuggestSessions},
        },
        attachment,
        client::{Node, heard, patiently},
        convert, convert_report, json_status, notice, person, printed, say, statuses,
        table::Table,
        told::Told,
    },
    domain::status::StatusTable,
    text::{consultation, matter as text, notice::time as at_time, refusal::Refusal, status},
};

pub(super) async fn run(place: &Place, verb: &SessionVerb) -> Result<String, Told> {
    match verb {
        SessionVerb::Suggest(asked) => suggest(place, asked).await,
        SessionVerb::Analyse(asked) => analyse(place, asked).await,
        SessionVerb::Status(asked) => keep_status(place, asked).await,
        SessionVerb::Table(asked) => show_status(place, asked).await,
    }
}

async fn suggest(place: &Place, asked: &SuggestSessions) -> Result<String, Told> {
    let reply = heard(Node::find(place).await?.consultations().suggest(api::SuggestConsultationsRequest {}).await)?;
    if asked.output.json {
        return Ok(printed(&json::Occasions::from(&reply)));
    }
    if reply.occasions.is_empty() {
        return Ok(consultation::NOTHING_SUGGESTED.to_owned());
    }
    let now = SystemClock::default().wall();
    let mut table = Table::new(&consultation::SUGGESTED);
    for row in &reply.occasions {
        let reason = consultation::word(&row.reason).unwrap_or(&row.reason).to_owned();
        table.row([at_time(convert::moment(row.from_ms), now), reason, row.name.clone(), row.trigger.clone()]);
    }
    Ok(table.render())
}

/// The words alone, so that they can be piped into the step; what they stand on is for programs.
async fn analyse(place: &Place, asked: &Analyse) -> Result<String, Told> {
    let request = api::AnalyseRequest { matter: asked.matter.clone(), month: asked.month.clone() };
    let reply = heard(Node::find(place).await?.consultations().analyse(request).await)?;
    Ok(if asked.output.json { printed(&json::Analysis::from(&reply)) } else { reply.words })
}

/// Rows are counted on standard error as they come; the table is printed when it is kept.
async fn keep_status(place: &Place, asked: &KeepStatus) -> Result<String, Told> {
    let request = api::KeepStatusRequest {
        id: notice::id(asked.id)?.into(),
        matter: asked.matter.clone(),
        within_ms: statuses::within_ms(&asked.within)?,
        by: Some(person::named(&asked.by)?),
    };
    let node = Node::find(place).await?;
    let replies = patiently(|| {
        let (mut consultations, request) = (node.consultations(), request.clone());
        async move { consultations.keep_status(request).await }
    });
    let mut replies = replies.await?;
    loop {
        let reply = replies.message().await;
        let reply = reply.map_err(|status| heard::<()>(Err(status)).err().unwrap_or(Told::of(Refusal::Internal)))?;
        let Some(reply) = reply else { return Err(Told::of(Refusal::NotReachable)) };
        if let (Some(step), Some(table)) = (&reply.step, reply.table) {
            let table = statuses::read(table)?;
            if asked.output.json {
                return Ok(printed(&kept_json(step, &table)));
            }
            return Ok(kept(step, &table, &Names::of(&node).await?));
        }
        if !asked.output.json && reply.rows > 0 {
            say(io::stderr(), &status::so_far(usize::try_from(reply.rows).unwrap_or(usize::MAX), reply.offices));
        }
    }
}

fn kept(step: &api::TakeStepReply, table: &StatusTable, names: &Names) -> String {
    let says = if step.folded { text::taken_already } else { text::taken };
    let record = convert_report::record_text(step.record.as_ref());
    let said = notice::with_state(says("", consultation::STATUS, &step.number, &record), step.state);
    [statuses::in_words(table, |office| names.name(office)), said].join("\n")
}

fn kept_json(step: &api::TakeStepReply, table: &StatusTable) -> json::KeptStatus {
    json::KeptStatus { step: json::Taken::from(step), table: json_status::StatusTable::from(table) }
}

async fn show_status(place: &Place, asked: &ShowStatus) -> Result<String, Told> {
    let request = api::ShowStatusRequest { matter: asked.matter.clone(), record: asked.record.clone() };
    let node = Node::find(place).await?;
    let mut reply = heard(node.consultations().show_status(request).await)?;
    let table = reply.table.take().map(statuses::read).transpose()?;
    if asked.output.json {
        return Ok(printed(&json::KeptTables::of(&reply, table.as_ref())));
    }
    Ok(shown(&reply, table.as_ref(), &Names::of(&node).await?))
}

/// The table, and above it which it is.
pub(super) fn shown(reply: &api::ShowStatusReply, table: Option<&StatusTable>, names: &Names) -> String {
    let Some(last) = reply.kept.last() else { return consultation::NO_TABLE.to_owned() };
    let now = UnixMillis(last.asked_at_ms);
    let mut list = Table::new(&consultation::TABLES);
    for row in &reply.kept {
        let marks = if row.record == reply.shown { consultation::SHOWN } else { "" };
        let by = row.by.as_ref().map(|by| by.name.clone()).unwrap_or_default();
        let record = convert_report::record_text(row.record.as_ref());
        let answered = status::answered(row.answered, row.offices);
        list.row([marks.to_owned(), at_time(convert::moment(row.asked_at_ms), now), by, answered, record]);
    }
    let there = match api::StatusTableThere::try_from(reply.there) {
        Ok(api::StatusTableThere::Parts) => consultation::parts(reply.parts_here, reply.parts),
        Ok(api::StatusTableThere::Removed) => text::HOLLOW.to_owned(),
        Ok(api::StatusTableThere::Whole | api::StatusTableThere::Unreadable | api::StatusTableThere::Unspecified) | Err(_) => {
            let words = |table| statuses::in_words(table, |office| names.name(office));
            table.map_or_else(|| consultation::UNREADABLE.to_owned(), words)
        }
    };
    [list.render(), there].join("\n")
}

/// Makes an outcome a directive.
pub(super) async fn order(place: &Place, outcome: &str, take: &Take) -> Result<String, Told> {
    let directive = super::request(take, super::typed_answers(take, Answers::default())?)?;
    let attached = attachment::beside(&take.common.attach, (&directive.id, &take.common.by))?;
    let request = api::OrderOutcomeRequest { outcome: outcome.to_owned(), directive: Some(directive) };
    let node = Node::find(place).await?;
    let reply = patiently(|| {
        let (mut consultations, request) = (node.consultations(), request.clone());
        async move { consultations.order(request).await }
    });
    let reply = reply.await?;
    let record = reply.directive.as_ref().and_then(|directive| directive.record.as_ref());
    if let Some(attached) = attached {
        attached.added_to(&node, record).await?;
    }
    if take.common.output.json {
        return Ok(printed(&json::Ordered::from(&reply)));
    }
    let directive = reply.directive.clone().unwrap_or_default();
    let says = if directive.folded { text::taken_already } else { text::taken };
    let record = convert_report::record_text(directive.record.as_ref());
    Ok(notice::with_state(says("", consultation::ORDERED, &directive.number, &record), directive.state))
}
