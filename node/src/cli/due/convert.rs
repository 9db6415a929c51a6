//! From replies about obligations and special periods to what is printed.

use dutynet_proto::{api, duty};

use super::json;
use crate::{
    body::{self, special::ChaseBy},
    cli::{
        convert::{mode_name, person, reference, said, time},
        history,
    },
    domain::{
        obligation::{Side, Stage, Standing},
        rules::Basis,
    },
};

/// Place of a standing in its names.
pub(super) fn standing(number: i32) -> usize {
    usize::try_from(number).ok().and_then(|number| number.checked_sub(1)).filter(|at| *at < Standing::NAMES.len()).unwrap_or(0)
}

/// The number on the wire of a standing that was typed; `None`: there is none of that name.
pub(super) fn standing_named(name: &str) -> Option<i32> {
    Standing::NAMES.iter().position(|known| *known == name).and_then(|place| i32::try_from(place + 1).ok())
}

pub(super) fn basis(number: i32) -> Basis {
    match api::DueBasis::try_from(number) {
        Ok(api::DueBasis::Event | api::DueBasis::Unspecified) | Err(_) => Basis::Event,
        Ok(api::DueBasis::Knowledge) => Basis::Knowledge,
        Ok(api::DueBasis::Receipt) => Basis::Receipt,
        Ok(api::DueBasis::OralReport) => Basis::OralReport,
        Ok(api::DueBasis::Request) => Basis::Request,
        Ok(api::DueBasis::Day) => Basis::Day,
        Ok(api::DueBasis::Approval) => Basis::Approval,
    }
}

pub(super) fn side(number: i32) -> Side {
    match api::DueSide::try_from(number) {
        Ok(api::DueSide::OwedByUs) => Side::ByUs,
        Ok(api::DueSide::OwedToUs) => Side::ToUs,
        Ok(api::DueSide::BetweenOthers | api::DueSide::Unspecified) | Err(_) => Side::Others,
    }
}

fn side_name(number: i32) -> &'static str {
    match side(number) {
        Side::ByUs => "by_us",
        Side::ToUs => "to_us",
        Side::Others => "others",
    }
}

pub(super) fn stage(number: i32) -> Stage {
    match api::RingStage::try_from(number) {
        Ok(api::RingStage::Begun) => Stage::Begun,
        Ok(api::RingStage::Half) => Stage::Half,
        Ok(api::RingStage::Most) => Stage::Most,
        Ok(api::RingStage::Leader) => Stage::Leader,
        Ok(api::RingStage::Due | api::RingStage::Chase | api::RingStage::Unspecified) | Err(_) => Stage::Due,
    }
}

/// By telephone unless it says otherwise.
pub(super) fn way(chase: &duty::Chased) -> ChaseBy {
    body::way_from_wire(chase.by).unwrap_or(ChaseBy::Telephone)
}

fn clocked(origin: i64, here: i64) -> json::Clocked {
    json::Clocked { origin: time(origin), here: time(here) }
}

impl From<&api::DueRow> for json::Due {
    fn from(from: &api::DueRow) -> Self {
        Self {
            key: from.key.clone(),
            duty: from.duty.clone(),
            title: from.title.clone(),
            rule: json::Rule {
                pack: from.pack.clone(),
                version: from.pack_version,
                row: from.row.clone(),
                article: from.article.clone(),
                source: from.source.clone(),
            },
            debtor: from.debtor.clone(),
            debtor_name: from.debtor_name.clone(),
            creditor: said(&from.creditor),
            leader: said(&from.leader),
            leader_name: said(&from.leader_name),
            outside: said(&from.outside),
            about: from.about.clone(),
            basis: basis(from.basis).key(),
            start: clocked(from.start_origin_ms, from.start_ms),
            due: clocked(from.due_origin_ms, from.due_ms),
            standing: Standing::NAMES[standing(from.standing)],
            late_ms: from.late_ms,
            met: from.met_by.as_ref().map(|met| json::Met {
                record: reference(Some(met)),
                at: clocked(from.met_origin_ms, from.met_ms),
                arrived: time(from.met_arrived_ms),
            }),
            explained_by: from.explained_by.as_ref().map(|record| reference(Some(record))),
            chases: from.chases,
            side: side_name(from.side),
            mode: mode_name(from.mode),
        }
    }
}

impl From<&api::ListDuesReply> for json::Dues {
    fn from(from: &api::ListDuesReply) -> Self {
        Self { as_of: time(from.as_of_ms), dues: from.dues.iter().map(json::Due::from).collect() }
    }
}

impl From<&api::DueHop> for json::Hop {
    fn from(from: &api::DueHop) -> Self {
        let spans = from.spans.iter().map(history::span).collect();
        Self { office: from.office.clone(), name: from.name.clone(), spans }
    }
}

impl From<&api::ShowDueReply> for json::Shown {
    fn from(from: &api::ShowDueReply) -> Self {
        let ring = |ring: &api::DueRing| json::Ring { stage: stage(ring.stage).key(), at: time(ring.rang_at_ms) };
        Self {
            due: json::Due::from(&from.due.clone().unwrap_or_default()),
            lines: from.hops.iter().map(json::Hop::from).collect(),
            rings: from.rings.iter().map(ring).collect(),
            chases: from.chases.iter().map(chase).collect(),
            as_of: time(from.as_of_ms),
        }
    }
}

fn chase(from: &api::ChaseRow) -> json::Chase {
    let chased = from.chase.clone().unwrap_or_default();
    json::Chase {
        record: reference(from.record.as_ref()),
        office_name: from.name.clone(),
        by: person(from.by.as_ref()),
        at: time(from.recorded_at_ms),
        way: match way(&chased) {
            ChaseBy::Telephone => "telephone",
            ChaseBy::Network => "network",
        },
        person: said(&chased.person),
        phone: said(&chased.phone),
        result: said(&chased.result),
    }
}

/// A recorded chase, under the key that was asked for.
pub(super) fn chased(key: &str, from: &api::ChaseDueReply) -> json::Chased {
    json::Chased { record: reference(from.record.as_ref()), key: key.to_owned(), folded: from.folded }
}

impl From<&api::DueStatsReply> for json::Stats {
    fn from(from: &api::DueStatsReply) -> Self {
        let counts = |row: &api::DueCounts| json::Counts {
            month: row.month.clone(),
            office: row.office.clone(),
            name: row.name.clone(),
            duty: row.duty.clone(),
            all: row.all,
            counts: Standing::NAMES.into_iter().zip(row.counts.iter().copied()).collect(),
        };
        Self {
            counts: from.counts.iter().map(counts).collect(),
            dues: from.dues.iter().map(json::Due::from).collect(),
            as_of: time(from.as_of_ms),
        }
    }
}

impl From<&api::DueRing> for json::Rang {
    fn from(from: &api::DueRing) -> Self {
        let due = json::Due::from(&from.due.clone().unwrap_or_default());
        Self { stage: stage(from.stage).key(), at: time(from.rang_at_ms), due }
    }
}

impl From<&api::PeriodRow> for json::Period {
    fn from(from: &api::PeriodRow) -> Self {
        let brings = from.brings.clone().unwrap_or_default();
        let change = |change: &api::PeriodChange| json::Change {
            record: reference(change.record.as_ref()),
            to: time(change.to_ms),
            at: time(change.recorded_at_ms),
            reason: change.reason.clone(),
        };
        Self {
            record: reference(from.record.as_ref()),
            number: from.number.clone(),
            office: from.office.clone(),
            name: from.name.clone(),
            by: person(from.by.as_ref()),
            reason: from.reason.clone(),
            spans: from.spans.iter().map(|span| json::PeriodSpan { from: time(span.from_ms), to: time(span.to_ms) }).collect(),
            leaders: brings.leaders,
            officers: brings.officers,
            daily: said(&brings.daily),
            roll_calls: brings.roll_calls,
            roster_by: said(&brings.roster_by),
            silence_minutes: brings.silence_minutes,
            holds: from.holds,
            changes: from.changes.iter().map(change).collect(),
        }
    }
}

impl From<&api::ListPeriodsReply> for json::Periods {
    fn from(from: &api::ListPeriodsReply) -> Self {
        Self { periods: from.periods.iter().map(json::Period::from).collect(), as_of: time(from.as_of_ms) }
    }
}
