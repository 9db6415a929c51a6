//! Between the messages about special periods of `dutynet.api.v1` and the words of the use cases.

use dutynet_proto::api;
use dutynet_relay::ids::UnixMillis;

use super::convert::{person, person_to_wire, record_id, reference};
use crate::{
    body,
    domain::number::Number,
    text::refusal::Refusal,
    usecase::{AmendPeriod, DeclarePeriod, KnownPeriod, Refused},
};

pub(super) fn declare(from: api::DeclarePeriodRequest) -> Result<DeclarePeriod, Refused> {
    let brings = from.brings.unwrap_or_default();
    Ok(DeclarePeriod {
        id: record_id(&from.id)?,
        from: moment(from.from_ms),
        to: UnixMillis(from.to_ms),
        reason: from.reason,
        brings: body::brings_from_wire(&brings).ok_or(Refusal::SpecialBrings)?,
        by: person(from.by),
    })
}

pub(super) fn amend(from: api::AmendPeriodRequest) -> Result<AmendPeriod, Refused> {
    Ok(AmendPeriod {
        id: record_id(&from.id)?,
        period: from.period,
        to: moment(from.to_ms),
        reason: from.reason,
        by: person(from.by),
    })
}

fn moment(ms: i64) -> Option<UnixMillis> {
    (ms != 0).then_some(UnixMillis(ms))
}

pub(super) fn row(from: &KnownPeriod) -> api::PeriodRow {
    let declared = &from.special.declared;
    let span = |(from, to): &(UnixMillis, UnixMillis)| api::PeriodSpan { from_ms: from.0, to_ms: to.0 };
    let changes = from.special.changes.iter().map(|change| api::PeriodChange {
        record: Some(reference(&change.reference)),
        to_ms: change.to.0,
        recorded_at_ms: change.recorded_at.0,
        reason: change.reason.clone(),
    });
    api::PeriodRow {
        record: Some(reference(&declared.reference)),
        number: Number::of(&declared.reference).to_string(),
        office: from.special.by().to_string(),
        name: from.name.clone(),
        by: Some(person_to_wire(&declared.person)),
        reason: declared.reason.clone(),
        spans: from.special.spans.iter().map(span).collect(),
        brings: Some(body::brings_to_wire(&declared.brings)),
        holds: from.holds,
        changes: changes.collect(),
    }
}
