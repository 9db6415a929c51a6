//! What is asked beside the steps of findings and sessions: suggestions, the draft of a circular, an outcome that becomes a directive.

use dutynet_proto::api;
use dutynet_relay::{
    clock::{Clock as _, SystemClock},
    ids::UnixMillis,
};

use super::json;
use crate::{
    cli::{
        answers::Answers,
        args::{
            Place,
            matter::Take,
            oversight::{Circular, FindingVerb, SessionVerb, SuggestFindings},
        },
        attachment,
        client::{Node, heard, patiently},
        convert, convert_report, due, history, notice, printed,
        table::Table,
        told::Told,
    },
    text::{consultation, due as due_text, finding, matter as text, notice::time as at_time},
};

pub(super) async fn of_findings(place: &Place, verb: &FindingVerb) -> Result<String, Told> {
    match verb {
        FindingVerb::Suggest(asked) => suggest(place, asked).await,
        FindingVerb::Circular(asked) => circular(place, asked).await,
    }
}

async fn suggest(place: &Place, asked: &SuggestFindings) -> Result<String, Told> {
    let request = api::SuggestFindingsRequest { month: asked.month.clone(), office: asked.office.clone() };
    let reply = heard(Node::find(place).await?.findings().suggest(request).await)?;
    if asked.output.json {
        return Ok(printed(&json::Suggestions::from(&reply)));
    }
    if reply.suggestions.is_empty() {
        return Ok(finding::NOTHING_SUGGESTED.to_owned());
    }
    let now = UnixMillis(reply.as_of_ms);
    let mut table = Table::new(&finding::SUGGESTED);
    for row in &reply.suggestions {
        let due = row.due.clone().unwrap_or_default();
        let kind = finding::suggested(&row.kind).to_owned();
        let at = at_time(convert::moment(due.due_ms), now);
        table.row([at, due.debtor_name.clone(), kind, due::stands(&due), due.article.clone(), due.key.clone()]);
    }
    let lines = reply.suggestions.iter().flat_map(|row| &row.hops);
    let lines = lines.flat_map(|hop| hop.spans.iter().map(|span| history::one_span(&hop.name, span, now)));
    let lines: Vec<String> = [due_text::LINES.to_owned()].into_iter().chain(lines).collect();
    Ok([table.render(), lines.join("\n")].join("\n"))
}

async fn circular(place: &Place, asked: &Circular) -> Result<String, Told> {
    let request = api::DraftCircularRequest {
        first_day: asked.from.clone(),
        last_day: asked.to.clone(),
        offices: asked.offices.clone(),
        kinds: asked.kinds.clone(),
    };
    let reply = heard(Node::find(place).await?.findings().circular(request).await)?;
    if asked.output.json {
        return Ok(printed(&json::Circular::from(&reply)));
    }
    Ok([reply.title.as_str(), "", reply.words.as_str()].join("\n"))
}

pub(super) async fn of_sessions(place: &Place, verb: &SessionVerb) -> Result<String, Told> {
    let SessionVerb::Suggest(asked) = verb;
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
