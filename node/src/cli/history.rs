//! `dutynet lines history`: was the line up?

use dutynet_proto::api;
use dutynet_relay::{
    clock::{Clock as _, SystemClock},
    ids::UnixMillis,
};

use super::{
    args::{
        Place,
        lines::{LineHistory, LinesVerb},
    },
    client::{Node, heard},
    convert, json_lines as json, printed,
    table::Table,
    told::Told,
};
use crate::{
    domain::{beijing, board::Line},
    text::{line, notice, refusal::Refusal, words},
};

pub(super) async fn run(place: &Place, verb: &LinesVerb) -> Result<String, Told> {
    match verb {
        LinesVerb::History(asked) => history(place, asked).await,
    }
}

async fn history(place: &Place, asked: &LineHistory) -> Result<String, Told> {
    let (from_ms, to_ms) = (moment(asked.from.as_deref())?, moment(asked.to.as_deref())?);
    let request = api::LineHistoryRequest { office: asked.office.clone(), from_ms, to_ms };
    let reply = heard(Node::find(place).await?.lines().history(request).await)?;
    if asked.output.json {
        return Ok(printed(&json::LineHistory::from(&reply)));
    }
    let now = SystemClock::default().wall();
    let time = |millis| notice::time(Some(UnixMillis(millis)), now);
    let mut table = Table::new(&line::HISTORY);
    for span in &reply.spans {
        table.row([time(span.from_ms), time(span.until_ms), words::line(was(span)).to_owned(), why(span)]);
    }
    let title = line::title(&reply.name, &reply.office, &time(reply.from_ms), &time(reply.to_ms));
    let totals = [reply.up_ms, reply.down_ms, reply.unknown_ms].map(line::length);
    Ok([title, table.render(), line::totals(&totals[0], &totals[1], &totals[2])].join("\n"))
}

/// What was typed, in Beijing; 0: nothing was.
pub(super) fn moment(text: Option<&str>) -> Result<i64, Told> {
    let Some(text) = text else { return Ok(0) };
    let at = beijing::moment(text).ok_or_else(|| Told::of(Refusal::TimeInvalid).about(text))?;
    Ok(at.0)
}

/// One stretch of an office's line, in a line.
pub(super) fn one_span(name: &str, span: &api::LineSpan, now: UnixMillis) -> String {
    let time = |millis| notice::time(Some(UnixMillis(millis)), now);
    line::stretch(name, &time(span.from_ms), &time(span.until_ms), (words::line(was(span)), &why(span)))
}

fn was(span: &api::LineSpan) -> Line {
    match span.was() {
        api::LineWas::Up => Line::Up,
        api::LineWas::Down => Line::Down,
        api::LineWas::Unknown | api::LineWas::Unspecified => Line::Unknown,
    }
}

fn why(span: &api::LineSpan) -> String {
    match span.why() {
        api::LineWhy::Unspecified => String::new(),
        api::LineWhy::NotSeenYet => line::NOT_SEEN_YET.to_owned(),
        api::LineWhy::Off => line::off(&span.office),
        api::LineWhy::Behind => line::behind(&span.office),
        api::LineWhy::Unsteady => line::UNSTEADY.to_owned(),
    }
}

impl From<&api::LineHistoryReply> for json::LineHistory {
    fn from(from: &api::LineHistoryReply) -> Self {
        Self {
            office: from.office.clone(),
            name: from.name.clone(),
            from: convert::time(from.from_ms),
            to: convert::time(from.to_ms),
            spans: from.spans.iter().map(span).collect(),
            up_ms: from.up_ms,
            down_ms: from.down_ms,
            unknown_ms: from.unknown_ms,
        }
    }
}

/// A stretch of a line's history.
pub(super) fn span(from: &api::LineSpan) -> json::Span {
    json::Span {
        from: convert::time(from.from_ms),
        until: convert::time(from.until_ms),
        line: match from.was() {
            api::LineWas::Up => "up",
            api::LineWas::Down => "down",
            api::LineWas::Unknown | api::LineWas::Unspecified => "unknown",
        },
        why: match from.why() {
            api::LineWhy::Unspecified => None,
            api::LineWhy::NotSeenYet => Some("not_seen_yet"),
            api::LineWhy::Off => Some("off"),
            api::LineWhy::Behind => Some("behind"),
            api::LineWhy::Unsteady => Some("unsteady"),
        },
        office: convert::said(&from.office),
    }
}
