//! `dutynet retention`: what rules say that goes, before it goes.

use dutynet_proto::api;
use dutynet_relay::{
    clock::{Clock as _, SystemClock},
    ids::UnixMillis,
};
use serde::Serialize;

use super::{
    args::{Place, RetentionVerb},
    client::{Node, heard},
    convert, json, printed,
    table::Table,
    told::Told,
};
use crate::{
    domain::retention::Class,
    text::{notice, retention as text},
};

/// `retention list --json`.
#[derive(Debug, Serialize)]
pub(super) struct Retention {
    /// Nothing is removed before the clock is known to be right.
    clock_doubtful: bool,
    rules: Vec<Rule>,
}

#[derive(Debug, Serialize)]
struct Rule {
    rule: String,
    about: Vec<String>,
    /// `permanent`, `30y`, `10y`, `after-event`.
    class: String,
    /// With `after-event`.
    days: Option<u32>,
    by_itself: bool,
    article: String,
    source: String,
    /// At most 1000.
    due: Vec<Due>,
    kept: u64,
    /// Of these.
    open: u64,
    unacknowledged: u64,
    next_at: Option<String>,
}

#[derive(Debug, Serialize)]
struct Due {
    record: json::Record,
    kind: String,
    recorded_at: Option<String>,
    due_at: Option<String>,
}

pub(super) async fn run(place: &Place, verb: RetentionVerb) -> Result<String, Told> {
    let RetentionVerb::List(output) = verb;
    let reply = heard(Node::find(place).await?.retentions().list(api::ListRetentionRequest {}).await)?;
    Ok(if output.json { printed(&Retention::from(&reply)) } else { shown(&reply, SystemClock::default().wall()) })
}

impl From<&api::ListRetentionReply> for Retention {
    fn from(from: &api::ListRetentionReply) -> Self {
        Self { clock_doubtful: from.clock_doubtful, rules: from.rules.iter().map(rule).collect() }
    }
}

fn rule(from: &api::RetentionRule) -> Rule {
    Rule {
        rule: from.rule.clone(),
        about: from.about.clone(),
        class: from.class.clone(),
        days: (from.days > 0).then_some(from.days),
        by_itself: from.by_itself,
        article: from.article.clone(),
        source: from.source.clone(),
        due: from.due.iter().map(due).collect(),
        kept: from.kept,
        open: from.open,
        unacknowledged: from.unacknowledged,
        next_at: convert::time(from.next_at_ms),
    }
}

fn due(from: &api::RetentionDue) -> Due {
    Due {
        record: convert::reference(from.record.as_ref()),
        kind: from.kind.clone(),
        recorded_at: convert::time(from.recorded_at_ms),
        due_at: convert::time(from.due_at_ms),
    }
}

fn shown(reply: &api::ListRetentionReply, now: UnixMillis) -> String {
    if reply.rules.is_empty() {
        return text::NO_RULES.to_owned();
    }
    let (mut rules, mut due) = (Table::new(&text::RULES), Table::new(&text::DUE));
    for rule in &reply.rules {
        rules.row([
            rule.rule.clone(),
            text::class(class(rule)),
            text::acts(&rule.class, rule.by_itself).to_owned(),
            rule.due.len().to_string(),
            rule.unacknowledged.to_string(),
            rule.kept.to_string(),
            rule.open.to_string(),
        ]);
        for record in &rule.due {
            let named = convert::reference(record.record.as_ref());
            let time = |millis| notice::time(convert::moment(millis), now);
            let (named, made, due_at) = (format!("{}/{}", named.origin, named.id), record.recorded_at_ms, record.due_at_ms);
            due.row([rule.rule.clone(), named, record.kind.clone(), time(made), time(due_at)]);
        }
    }
    let is_due = reply.rules.iter().any(|rule| !rule.due.is_empty());
    let doubtful = reply.clock_doubtful.then(|| text::CLOCK_DOUBTFUL.to_owned());
    doubtful.into_iter().chain([rules.render()]).chain(is_due.then(|| due.render())).collect::<Vec<_>>().join("\n\n")
}

fn class(from: &api::RetentionRule) -> Class {
    match from.class.strip_suffix('y').and_then(|years| years.parse().ok()) {
        Some(years) => Class::Years(years),
        None if from.days > 0 => Class::AfterEvent(u16::try_from(from.days).unwrap_or(u16::MAX)),
        None => Class::Permanent,
    }
}
