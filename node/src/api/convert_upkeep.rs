//! Upkeep and retention, as the API says them.

use dutynet_proto::api;

use super::convert::{millis, reference};
use crate::{
    domain::retention::Class,
    usecase::{DueRecord, Retention, RuleNow, Upkept},
};

pub(super) fn upkeep(from: &Upkept) -> api::Upkeep {
    let (scrubbed, bodies) = (&from.relay.scrubbed, from.relay.bodies);
    api::Upkeep {
        scrubbed_at_ms: millis(scrubbed.last_round),
        scrub_groups: scrubbed.groups,
        damaged_found: scrubbed.found,
        fetched_again: from.relay.fetched_again,
        missing: scrubbed.missing,
        destroyed: bodies.destroyed,
        bodies_intended: bodies.intended,
        bodies_on_disk: bodies.on_disk,
        index_pending: from.index_pending,
    }
}

pub(super) fn retention(from: &Retention) -> api::ListRetentionReply {
    api::ListRetentionReply { rules: from.rules.iter().map(rule).collect(), clock_doubtful: from.clock_doubtful }
}

fn rule(from: &RuleNow) -> api::RetentionRule {
    let rule = &from.rule;
    api::RetentionRule {
        rule: rule.id.clone(),
        about: rule.about.iter().map(|about| about.key().to_owned()).collect(),
        class: rule.class.key(),
        days: match rule.class {
            Class::AfterEvent(days) => days.into(),
            Class::Permanent | Class::Years(_) => 0,
        },
        by_itself: rule.by_itself,
        article: rule.article.clone(),
        source: rule.source.clone(),
        due: from.due.iter().map(due).collect(),
        kept: from.kept,
        open: from.open,
        unacknowledged: from.unacknowledged,
        next_at_ms: millis(from.next_at),
    }
}

fn due(from: &DueRecord) -> api::RetentionDue {
    api::RetentionDue {
        record: Some(reference(&from.reference)),
        kind: from.kind.clone(),
        recorded_at_ms: from.recorded_at.0,
        due_at_ms: from.due_at.0,
    }
}
