//! `dutynet incident form`: a paper form of an incident, what was typed once standing in it by itself.

use dutynet_proto::api::{self, make_paper_request::What};
use dutynet_relay::ids::UnixMillis;

use super::{json, print};
use crate::{
    cli::{
        args::{Place, matter::PaperOf},
        client::{Node, heard},
        convert::moment,
        keep::keep,
        printed,
        told::Told,
    },
    text::{matter as text, notice},
};

pub(super) async fn run(place: &Place, asked: &PaperOf) -> Result<String, Told> {
    let request = api::PaperRequest { paper: asked.paper.clone(), matter: asked.named.matter.clone() };
    if let Some(keeping) = asked.keep.asked(asked.named.output.json) {
        return keep(place, &keeping, What::Form(request)).await;
    }
    let reply = heard(Node::find(place).await?.matters().paper(request).await)?;
    Ok(if asked.named.output.json { printed(&json::Paper::from(&reply)) } else { page(&reply) })
}

pub(super) fn page(reply: &api::PaperReply) -> String {
    let now = UnixMillis(reply.as_of_ms);
    let mark = reply.matter.as_ref().map(print::mark).unwrap_or_default();
    let mut lines = vec![text::paper(&mark, &reply.office_name, &reply.title)];
    lines.extend(reply.rows.iter().map(|row| text::paper_row(&row.label, &row.value, row.lines)));
    lines.push(text::paper_foot(&reply.article, &notice::time(moment(reply.as_of_ms), now)));
    lines.join("\n")
}
