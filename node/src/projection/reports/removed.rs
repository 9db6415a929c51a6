//! Reports whose content was removed: that they were filed, and when. Key: `x/<mode>/<period>/<form>/<office>/<origin>/<record id>`.

use dutynet_relay::{
    ids::{OfficeId, RecordRef, UnixMillis},
    journal::Place,
    record::Mode,
    writer::Stored,
};
use prost::Message;

use crate::{
    domain::{number::parse_reference, period::Period},
    projection::{
        ProjectionError,
        value::{PlaceValue, closed, damaged, mode_name, opened},
    },
};

/// What is known of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemovedEntry {
    /// Its record.
    pub reference: RecordRef,
    /// Where that stands in the journal.
    pub place: Place,
    /// By the origin's clock.
    pub recorded_at: UnixMillis,
    /// The same moment by our clock.
    pub recorded_here: UnixMillis,
    /// When it came here, by ours.
    pub received_at: UnixMillis,
}

#[derive(Clone, PartialEq, Message)]
struct Value {
    #[prost(message, optional, tag = "1")]
    place: Option<PlaceValue>,
    #[prost(int64, tag = "2")]
    recorded_at: i64,
    #[prost(int64, tag = "3")]
    recorded_here: i64,
    #[prost(int64, tag = "4")]
    received_at: i64,
}

/// Every row of a period.
pub(super) fn period_prefix(mode: Mode, period: &str) -> String {
    format!("x/{}/{period}/", mode_name(mode))
}

/// Every removed version of a row.
pub(super) fn row_prefix(mode: Mode, period: &str, form: &str, office: &OfficeId) -> String {
    format!("{}{form}/{office}/", period_prefix(mode, period))
}

/// The key of a report, by its header; `None`: its subject names no row.
pub(super) fn key(from: &Stored) -> Option<String> {
    let header = from.record.header();
    let [form, office, period] = header.subject.split('/').collect::<Vec<_>>()[..] else { return None };
    let (office, period) = (OfficeId::parse(office).ok()?, Period::parse(period).ok()?);
    let row = row_prefix(header.mode, &period.to_string(), form, &office);
    Some(format!("{row}{}", from.record.reference()))
}

pub(super) fn value(from: &Stored, recorded_here: UnixMillis) -> Vec<u8> {
    closed(&Value {
        place: Some(PlaceValue::of(from.place)),
        recorded_at: from.record.header().recorded_at.0,
        recorded_here: recorded_here.0,
        received_at: from.received_at.0,
    })
}

/// Form, office, and what is known.
pub(super) fn read(key: &[u8], value: &[u8]) -> Result<(String, OfficeId, RemovedEntry), ProjectionError> {
    let read = || {
        let text = std::str::from_utf8(key).ok()?;
        let [_, _, _, form, office, record] = text.splitn(6, '/').collect::<Vec<_>>()[..] else { return None };
        let from: Value = opened(value)?;
        let entry = RemovedEntry {
            reference: parse_reference(record)?,
            place: from.place?.to_place()?,
            recorded_at: UnixMillis(from.recorded_at),
            recorded_here: UnixMillis(from.recorded_here),
            received_at: UnixMillis(from.received_at),
        };
        Some((form.to_owned(), OfficeId::parse(office).ok()?, entry))
    };
    read().ok_or_else(|| damaged(key))
}
