//! An obligation as it stands in the index.

use dutynet_relay::{
    ids::{OfficeId, RecordRef, UnixMillis},
    journal::Place,
};
use prost::Message;

use crate::{
    domain::{
        beijing::TimeOfDay,
        number::parse_reference,
        obligation::{About, Clocked, Creditor, Explained, Key, Met, Obligation, Outcome, Over, Start},
        period::Period,
        rules::{Basis, Cited, Duty, Limited, Receiver},
    },
    projection::value::{PlaceValue, closed, mode_from_name, mode_name, opened},
};

#[derive(Clone, PartialEq, Message)]
struct Mark {}

#[derive(Clone, PartialEq, Message)]
struct ChaseValue {
    #[prost(message, optional, tag = "1")]
    place: Option<PlaceValue>,
}

#[derive(Clone, Copy, PartialEq, Message)]
struct ClockedValue {
    #[prost(int64, tag = "1")]
    origin: i64,
    #[prost(int64, tag = "2")]
    here: i64,
}

/// A record and when it was made; when it came here.
#[derive(Clone, PartialEq, Message)]
struct MomentValue {
    #[prost(string, tag = "1")]
    record: String,
    #[prost(message, optional, tag = "2")]
    at: Option<ClockedValue>,
    #[prost(int64, tag = "3")]
    arrived: i64,
}

#[derive(Clone, PartialEq, Message)]
struct DueValue {
    /// Pack, row, title, article, source.
    #[prost(string, repeated, tag = "1")]
    cited: Vec<String>,
    #[prost(uint32, tag = "2")]
    version: u32,
    #[prost(string, tag = "3")]
    duty: String,
    #[prost(string, tag = "4")]
    debtor: String,
    #[prost(string, tag = "5")]
    creditor: String,
    #[prost(string, tag = "6")]
    leader: String,
    #[prost(string, tag = "7")]
    matter: String,
    #[prost(string, tag = "8")]
    period: String,
    #[prost(string, tag = "9")]
    office: String,
    #[prost(string, tag = "10")]
    basis: String,
    #[prost(message, optional, tag = "11")]
    start: Option<ClockedValue>,
    #[prost(string, tag = "12")]
    started_by: String,
    #[prost(string, tag = "13")]
    limit: String,
    #[prost(message, optional, tag = "14")]
    due: Option<ClockedValue>,
    #[prost(message, optional, tag = "15")]
    met: Option<MomentValue>,
    #[prost(message, optional, tag = "16")]
    explained: Option<MomentValue>,
    #[prost(string, tag = "17")]
    withdrawn: String,
    /// `missed/<ms>` or `ended/<ms>`; empty: neither.
    #[prost(string, tag = "18")]
    over: String,
    #[prost(string, tag = "19")]
    outside: String,
    #[prost(string, tag = "20")]
    notice: String,
    #[prost(string, tag = "21")]
    mode: String,
    #[prost(bool, tag = "22")]
    flash: bool,
}

/// A value that says no more than that its key is there.
pub(super) fn mark() -> Vec<u8> {
    closed(&Mark {})
}

pub(super) fn place(place: Place) -> Vec<u8> {
    closed(&ChaseValue { place: Some(PlaceValue::of(place)) })
}

pub(super) fn read_place(value: &[u8]) -> Option<Place> {
    opened::<ChaseValue>(value)?.place?.to_place()
}

pub(super) fn value(from: &Obligation) -> Vec<u8> {
    let Cited { pack, version, row, title, article, source } = from.cited.clone();
    let outcome = &from.outcome;
    let mut to = DueValue {
        cited: vec![pack, row, title, article, source],
        version,
        duty: from.duty.key().to_owned(),
        debtor: from.debtor.to_string(),
        basis: from.start.basis.key().to_owned(),
        start: Some(clocked(from.start.at)),
        started_by: text(from.start.record.as_ref()),
        limit: limit_text(from.limit),
        due: Some(clocked(from.due)),
        met: outcome.met.as_ref().map(|met| moment(&met.record, met.at, met.arrived)),
        explained: outcome.explained.as_ref().map(|said| moment(&said.record, said.at, UnixMillis(0))),
        withdrawn: text(outcome.withdrawn.as_ref()),
        mode: mode_name(from.mode).to_owned(),
        flash: from.flash,
        over: outcome.over.map(over_text).unwrap_or_default(),
        ..DueValue::default()
    };
    match &from.creditor {
        Creditor::Office(office) => to.creditor = office.to_string(),
        Creditor::Leader(leader) => to.leader.clone_from(leader),
        Creditor::Outside(whom) => whom.key().clone_into(&mut to.outside),
    }
    match &from.about {
        About::Matter(matter) => to.matter = matter.to_string(),
        About::Notice(notice) => to.notice = notice.to_string(),
        About::Period(period) => to.period = period.to_string(),
        About::Office(office) => to.office = office.to_string(),
    }
    closed(&to)
}

pub(super) fn read(key: &str, value: &[u8]) -> Option<Obligation> {
    let from: DueValue = opened(value)?;
    let [pack, row, title, article, source] = <[String; 5]>::try_from(from.cited).ok()?;
    let about = match (from.matter.as_str(), from.notice.as_str(), from.period.as_str()) {
        ("", "", "") => About::Office(OfficeId::parse(&from.office).ok()?),
        ("", "", period) => About::Period(Period::parse(period).ok()?),
        ("", notice, _) => About::Notice(parse_reference(notice)?),
        (matter, _, _) => About::Matter(parse_reference(matter)?),
    };
    let creditor = match (from.creditor.as_str(), from.outside.as_str()) {
        ("", "") => Creditor::Leader(from.leader),
        ("", whom) => Creditor::Outside(Receiver::from_key(whom)?),
        (office, _) => Creditor::Office(OfficeId::parse(office).ok()?),
    };
    let met = from.met.map(|met| {
        let (record, at) = read_moment(&met)?;
        Some(Met { record, at, arrived: UnixMillis(met.arrived) })
    });
    let explained = from.explained.map(|said| {
        let (record, at) = read_moment(&said)?;
        Some(Explained { record, at })
    });
    let (met, explained) = (flat(met)?, flat(explained)?);
    Some(Obligation {
        key: Key::parse(key)?,
        cited: Cited { pack, version: from.version, row, title, article, source },
        duty: Duty::from_key(&from.duty)?,
        debtor: OfficeId::parse(&from.debtor).ok()?,
        creditor,
        about,
        mode: mode_from_name(&from.mode)?,
        flash: from.flash,
        start: Start {
            basis: Basis::from_key(&from.basis)?,
            at: read_clocked(from.start?),
            record: flat((!from.started_by.is_empty()).then(|| parse_reference(&from.started_by)))?,
        },
        limit: read_limit(&from.limit)?,
        due: read_clocked(from.due?),
        outcome: Outcome {
            met,
            explained,
            withdrawn: flat((!from.withdrawn.is_empty()).then(|| parse_reference(&from.withdrawn)))?,
            over: flat((!from.over.is_empty()).then(|| read_over(&from.over)))?,
        },
    })
}

/// What is there must be readable; what is not there is nothing.
fn flat<T>(read: Option<Option<T>>) -> Option<Option<T>> {
    match read {
        None => Some(None),
        Some(Some(read)) => Some(Some(read)),
        Some(None) => None,
    }
}

fn text(reference: Option<&RecordRef>) -> String {
    reference.map(RecordRef::to_string).unwrap_or_default()
}

fn clocked(from: Clocked) -> ClockedValue {
    ClockedValue { origin: from.origin.0, here: from.here.0 }
}

fn read_clocked(from: ClockedValue) -> Clocked {
    Clocked { origin: UnixMillis(from.origin), here: UnixMillis(from.here) }
}

fn moment(record: &RecordRef, at: Clocked, arrived: UnixMillis) -> MomentValue {
    MomentValue { record: record.to_string(), at: Some(clocked(at)), arrived: arrived.0 }
}

fn read_moment(from: &MomentValue) -> Option<(RecordRef, Clocked)> {
    Some((parse_reference(&from.record)?, read_clocked(from.at?)))
}

fn over_text(over: Over) -> String {
    match over {
        Over::Missed(at) => format!("missed/{}", at.0),
        Over::Ended(at) => format!("ended/{}", at.0),
    }
}

fn read_over(text: &str) -> Option<Over> {
    let (how, at) = text.split_once('/')?;
    let at = UnixMillis(at.parse().ok()?);
    match how {
        "missed" => Some(Over::Missed(at)),
        "ended" => Some(Over::Ended(at)),
        _ => None,
    }
}

fn limit_text(limit: Limited) -> String {
    match limit {
        Limited::Within(millis) => format!("within/{millis}"),
        Limited::By(time) => format!("by/{time}"),
        Limited::DaysBefore(days) => format!("before/{days}"),
        Limited::AtOnce => "at-once/".to_owned(),
    }
}

fn read_limit(text: &str) -> Option<Limited> {
    let (how, figure) = text.split_once('/')?;
    match how {
        "within" => Some(Limited::Within(figure.parse().ok()?)),
        "by" => Some(Limited::By(TimeOfDay::parse(figure).ok()?)),
        "before" => Some(Limited::DaysBefore(figure.parse().ok()?)),
        "at-once" => Some(Limited::AtOnce),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_comes_back() {
        let by = Limited::By(TimeOfDay::parse("08:30").unwrap());
        for limit in [Limited::Within(-5), by, Limited::DaysBefore(3), Limited::AtOnce] {
            assert_eq!(read_limit(&limit_text(limit)), Some(limit));
        }
        assert_eq!((read_limit("within/x"), read_limit("soon/3"), read_limit("")), (None, None, None));
    }
}
