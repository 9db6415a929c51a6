//! What is asked beside the steps of findings: suggestions, the draft of a circular.

use dutynet_proto::api;
use dutynet_relay::ids::UnixMillis;

use super::json;
use crate::{
    cli::{
        args::{
            Place,
            oversight::{Circular, FindingVerb, SuggestFindings},
        },
        client::{Node, heard},
        convert, due, history, printed,
        table::Table,
        told::Told,
    },
    text::{due as due_text, finding, notice::time as at_time},
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
