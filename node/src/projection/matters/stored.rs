//! Keys and values of matters, as they stand in the index. No words are here: what was destroyed in the journal must not be found in files
//! that sled has not yet written over.

use dutynet_relay::{
    ids::{RecordRef, UnixMillis},
    index::{Index, IndexError, scan_prefix},
    journal::Place,
};
use prost::Message;

use super::Openness;
use crate::{
    domain::{
        beijing::Day,
        matter::Summary,
        number::{Number, parse_reference},
        step::MatterKind,
    },
    projection::{
        ProjectionError, SPACE,
        value::{PlaceValue, closed, damaged, opened},
    },
};

const DIRTY: &str = "dirty/";
const STEP: &str = "step/";
const UNDELIVERED: &str = "undelivered-step/";
const WAITS: &str = "waits/";
const DAILY: &str = "daily/";
const PRACTISED: &str = "practised/";

/// A matter as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedMatter {
    /// Reference of its opening record.
    pub matter: RecordRef,
    /// What is shown.
    pub summary: Summary,
}

#[derive(Clone, PartialEq, Message)]
struct StepValue {
    #[prost(message, optional, tag = "1")]
    place: Option<PlaceValue>,
}

#[derive(Clone, PartialEq, Message)]
struct SummaryValue {
    #[prost(string, tag = "1")]
    state: String,
    #[prost(string, tag = "2")]
    grade: String,
    #[prost(string, tag = "3")]
    titled_by: String,
    #[prost(int64, tag = "4")]
    last_at: i64,
}

#[derive(Clone, PartialEq, Message)]
struct DailyValue {
    #[prost(int64, tag = "1")]
    settled_at: i64,
}

#[derive(Clone, PartialEq, Message)]
struct UndeliveredValue {
    #[prost(string, tag = "1")]
    matter: String,
}

#[derive(Clone, PartialEq, Message)]
struct Mark {}

/// A value that says no more than that its key is there.
pub(super) fn mark() -> Vec<u8> {
    closed(&Mark {})
}

pub(super) fn step_prefix(matter: &RecordRef) -> String {
    format!("{STEP}{matter}/")
}

/// The matter of a step's key; `None`: it is another key.
pub(super) fn matter_of_step(key: &[u8]) -> Option<RecordRef> {
    let named = std::str::from_utf8(key).ok()?.strip_prefix(STEP)?;
    // Both references are `<origin>/<id>`.
    let matter = named.match_indices('/').nth(1).map(|(at, _)| &named[..at])?;
    parse_reference(matter)
}

pub(super) fn step_key(matter: &RecordRef, step: &RecordRef) -> String {
    format!("{}{step}", step_prefix(matter))
}

pub(super) fn step_value(place: Place) -> Vec<u8> {
    closed(&StepValue { place: Some(PlaceValue::of(place)) })
}

/// Where the records of a matter's steps stand.
pub(super) fn steps(index: &dyn Index, matter: &RecordRef) -> Result<Vec<Place>, ProjectionError> {
    let found = scan_prefix(index, SPACE, step_prefix(matter).as_bytes(), usize::MAX)?;
    let place = |value: &[u8]| opened::<StepValue>(value)?.place?.to_place();
    found.iter().map(|(key, value)| place(value).ok_or_else(|| damaged(key))).collect()
}

/// Which matter a matter is only another name of: `alias/<matter>/<its own>`.
pub(super) fn alias_prefix(matter: &RecordRef) -> String {
    format!("alias/{matter}/")
}

/// The other names of a matter: `thread/<matter>/<other>`.
pub(super) fn thread_prefix(matter: &RecordRef) -> String {
    format!("thread/{matter}/")
}

/// What the references are that stand behind a prefix.
pub(super) fn named_behind(index: &dyn Index, prefix: &str) -> Result<Vec<RecordRef>, ProjectionError> {
    let found = scan_prefix(index, SPACE, prefix.as_bytes(), usize::MAX)?;
    let reference = |key: &[u8]| parse_reference(std::str::from_utf8(key).ok()?.get(prefix.len()..)?);
    found.iter().map(|(key, _)| reference(key).ok_or_else(|| damaged(key))).collect()
}

/// Where the records stand of a matter and of every other name that it has.
pub(super) fn whole(index: &dyn Index, matter: &RecordRef) -> Result<Vec<Place>, ProjectionError> {
    let mut places = steps(index, matter)?;
    for other in named_behind(index, &thread_prefix(matter))? {
        places.extend(steps(index, &other)?);
    }
    Ok(places)
}

pub(super) fn opening_prefix(number: &Number) -> String {
    format!("opening/{number}/")
}

pub(super) fn opening_key(number: &Number, matter: &RecordRef) -> String {
    format!("{}{matter}", opening_prefix(number))
}

pub(super) fn dirty_key(matter: &RecordRef) -> String {
    format!("{DIRTY}{matter}")
}

/// Some of the matters that are dirty.
pub(super) fn dirty(index: &dyn Index, limit: usize) -> Result<Vec<RecordRef>, ProjectionError> {
    let found = scan_prefix(index, SPACE, DIRTY.as_bytes(), limit)?;
    found.iter().map(|(key, _)| named(DIRTY, key).ok_or_else(|| damaged(key))).collect()
}

fn named(prefix: &str, key: &[u8]) -> Option<RecordRef> {
    parse_reference(std::str::from_utf8(key).ok()?.get(prefix.len()..)?)
}

pub(super) fn undelivered_key(step: &RecordRef) -> String {
    format!("{UNDELIVERED}{step}")
}

pub(super) fn undelivered_value(matter: &RecordRef) -> Vec<u8> {
    closed(&UndeliveredValue { matter: matter.to_string() })
}

/// Some of the steps that name this office, each with its matter, of which it has not said yet that it has them.
pub(super) fn undelivered(index: &dyn Index, limit: usize) -> Result<Vec<(RecordRef, RecordRef)>, ProjectionError> {
    let found = scan_prefix(index, SPACE, UNDELIVERED.as_bytes(), limit)?;
    let read = |key: &[u8], value: &[u8]| {
        let matter = parse_reference(&opened::<UndeliveredValue>(value)?.matter)?;
        Some((named(UNDELIVERED, key)?, matter))
    };
    found.iter().map(|(key, value)| read(key, value).ok_or_else(|| damaged(key))).collect()
}

pub(super) fn waiting_key(matter: &RecordRef) -> String {
    format!("{WAITS}{matter}")
}

/// Matters of which a step names rules that are not here.
pub(super) fn waiting(index: &dyn Index) -> Result<Vec<RecordRef>, IndexError> {
    let found = scan_prefix(index, SPACE, WAITS.as_bytes(), usize::MAX)?;
    Ok(found.iter().filter_map(|(key, _)| named(WAITS, key)).collect())
}

/// What is practised in a drill: `practised/<drill>/<matter>`.
pub(super) fn practised_prefix(drill: &RecordRef) -> String {
    format!("{PRACTISED}{drill}/")
}

pub(super) fn practised_key(drill: &RecordRef, matter: &RecordRef) -> String {
    format!("{}{matter}", practised_prefix(drill))
}

pub(super) fn daily_key(matter: &RecordRef) -> String {
    format!("{DAILY}{matter}")
}

pub(super) fn daily_value(settled_at: UnixMillis) -> Vec<u8> {
    closed(&DailyValue { settled_at: settled_at.0 })
}

/// Matters that owe something on each day, and were not settled on the day of `now`.
pub(super) fn settled_before(index: &dyn Index, now: UnixMillis) -> Result<Vec<RecordRef>, ProjectionError> {
    let mut found = Vec::new();
    for (key, value) in scan_prefix(index, SPACE, DAILY.as_bytes(), usize::MAX)? {
        let settled = opened::<DailyValue>(&value).map(|value| UnixMillis(value.settled_at));
        let (matter, settled) = named(DAILY, &key).zip(settled).ok_or_else(|| damaged(&key))?;
        found.extend(Some(matter).filter(|_| Day::of(settled) != Day::of(now)));
    }
    Ok(found)
}

pub(super) fn about_prefix(named: &RecordRef) -> String {
    format!("about/{named}/")
}

/// A matter names another at its opening: `about/<other>/<matter>`.
pub(super) fn about_key(named: &RecordRef, matter: &RecordRef) -> String {
    format!("{}{matter}", about_prefix(named))
}

fn openness_name(openness: Openness) -> &'static str {
    match openness {
        Openness::Open => "open",
        Openness::Closed => "closed",
    }
}

pub(super) fn summary_prefix(openness: Openness, kind: MatterKind) -> String {
    format!("summary/{}/{}/", openness_name(openness), kind.key())
}

pub(super) fn summary_key(openness: Openness, kind: MatterKind, matter: &RecordRef) -> String {
    format!("{}{matter}", summary_prefix(openness, kind))
}

/// Under which summary a matter is listed now: `listed/<matter>/<open or closed>/<kind>`.
pub(super) fn summary_of_prefix(matter: &RecordRef) -> String {
    format!("listed/{matter}/")
}

pub(super) fn listed_key(matter: &RecordRef, openness: Openness, kind: MatterKind) -> String {
    format!("{}{}/{}", summary_of_prefix(matter), openness_name(openness), kind.key())
}

/// What a `listed` key says.
pub(super) fn where_listed(key: &str) -> Option<(Openness, MatterKind)> {
    let (rest, kind) = key.rsplit_once('/')?;
    let openness = if rest.ends_with("/open") { Openness::Open } else { Openness::Closed };
    Some((openness, MatterKind::from_key(kind)?))
}

pub(super) fn summary_value(summary: &Summary) -> Vec<u8> {
    closed(&SummaryValue {
        state: summary.state.clone(),
        grade: summary.grade.clone(),
        titled_by: summary.titled_by.to_string(),
        last_at: summary.last_at.0,
    })
}

pub(super) fn read_summary(
    prefix: &str,
    (key, value): (&[u8], &[u8]),
    kind: MatterKind,
    openness: Openness,
) -> Result<ListedMatter, ProjectionError> {
    let read = || {
        let from: SummaryValue = opened(value)?;
        let summary = Summary {
            kind,
            open: openness == Openness::Open,
            state: from.state,
            grade: from.grade,
            titled_by: parse_reference(&from.titled_by)?,
            last_at: UnixMillis(from.last_at),
        };
        let matter = parse_reference(std::str::from_utf8(key).ok()?.get(prefix.len()..)?)?;
        Some(ListedMatter { matter, summary })
    };
    read().ok_or_else(|| damaged(key))
}
