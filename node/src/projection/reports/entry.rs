//! Keys and values of reports, as they stand in the index.
//!
//! Key: `r/<mode>/<period>/<form>/<office>/<revision>/<origin>/<record id>`, so that one scan gives a period and one gives a row, oldest
//! revision first.

use dutynet_relay::{
    ids::{Digest, OfficeId, RecordId, RecordRef, UnixMillis},
    journal::Place,
    record::Mode,
};
use prost::Message;

use crate::{
    domain::report::Held,
    projection::{
        ProjectionError,
        value::{closed, mode_name, opened},
    },
};

/// One revision of one office's form in one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its record.
    pub reference: RecordRef,
    /// Where that stands in the journal.
    pub place: Place,
    /// From 1.
    pub revision: u32,
    /// By the origin's clock.
    pub recorded_at: UnixMillis,
    /// The same moment by our clock.
    pub recorded_here: UnixMillis,
    /// When it came here, by ours.
    pub received_at: UnixMillis,
    /// Digest of what it says.
    pub content: Digest,
    /// Sum of 接报件数.
    pub calls: i64,
    /// Sum of 突发事件.
    pub incidents: i64,
}

impl Entry {
    /// What is compared of it.
    pub fn held(&self) -> Held {
        Held { reference: self.reference.clone(), revision: self.revision, content: self.content }
    }
}

#[derive(Clone, PartialEq, Message)]
struct Value {
    #[prost(uint32, tag = "1")]
    segment: u32,
    #[prost(uint64, tag = "2")]
    group: u64,
    #[prost(uint32, tag = "3")]
    frame: u32,
    #[prost(int64, tag = "4")]
    recorded_at: i64,
    #[prost(int64, tag = "5")]
    received_at: i64,
    #[prost(bytes = "vec", tag = "6")]
    content: Vec<u8>,
    #[prost(int64, tag = "7")]
    calls: i64,
    #[prost(int64, tag = "8")]
    incidents: i64,
    #[prost(int64, tag = "9")]
    recorded_here: i64,
}

/// Every row of a period.
pub(super) fn period_prefix(mode: Mode, period: &str) -> String {
    format!("r/{}/{period}/", mode_name(mode))
}

/// Every revision of a row.
pub(super) fn row_prefix(mode: Mode, period: &str, form: &str, office: &OfficeId) -> String {
    format!("{}{form}/{office}/", period_prefix(mode, period))
}

/// One revision.
pub(super) fn key(row_prefix: &str, revision: u32, reference: &RecordRef) -> String {
    format!("{row_prefix}{revision:010}/{}/{}", reference.origin, reference.id)
}

/// Form and office of a key, and its revision.
pub(super) fn read(key: &[u8], value: &[u8]) -> Result<(String, OfficeId, Entry), ProjectionError> {
    let damaged = || ProjectionError::Damaged(String::from_utf8_lossy(key).into_owned());
    let text = std::str::from_utf8(key).map_err(|_| damaged())?;
    let [_, _, _, form, office, revision, origin, id] = text.split('/').collect::<Vec<_>>()[..] else { return Err(damaged()) };
    let from: Value = opened(value).ok_or_else(damaged)?;
    let id = data_encoding::HEXLOWER.decode(id.as_bytes()).map_err(|_| damaged())?;
    let reference = RecordRef {
        origin: OfficeId::parse(origin).map_err(|_| damaged())?,
        id: RecordId::from_slice(&id).map_err(|_| damaged())?,
    };
    let frame = u16::try_from(from.frame).map_err(|_| damaged())?;
    let entry = Entry {
        reference,
        place: Place { segment: from.segment, group: from.group, frame },
        revision: revision.parse().map_err(|_| damaged())?,
        recorded_at: UnixMillis(from.recorded_at),
        recorded_here: UnixMillis(from.recorded_here),
        received_at: UnixMillis(from.received_at),
        content: Digest::from_slice(&from.content).map_err(|_| damaged())?,
        calls: from.calls,
        incidents: from.incidents,
    };
    Ok((form.to_owned(), OfficeId::parse(office).map_err(|_| damaged())?, entry))
}

/// The value of an entry.
pub(super) fn value(entry: &Entry) -> Vec<u8> {
    closed(&Value {
        segment: entry.place.segment,
        group: entry.place.group,
        frame: entry.place.frame.into(),
        recorded_at: entry.recorded_at.0,
        recorded_here: entry.recorded_here.0,
        received_at: entry.received_at.0,
        content: entry.content.0.to_vec(),
        calls: entry.calls,
        incidents: entry.incidents,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            reference: RecordRef { origin: OfficeId::parse("440825001").unwrap(), id: RecordId([7; 16]) },
            place: Place { segment: 3, group: 4096, frame: 2 },
            revision: 12,
            recorded_at: UnixMillis(1),
            recorded_here: UnixMillis(4),
            received_at: UnixMillis(-2),
            content: Digest([9; 32]),
            calls: 3,
            incidents: i64::MAX,
        }
    }

    #[test]
    fn a_value_comes_back_as_it_went_in_and_a_flipped_bit_shows() {
        let office = OfficeId::parse("440825002").unwrap();
        let key = key(&row_prefix(Mode::Real, "2026-07-01", "daily", &office), 12, &entry().reference);
        let value = value(&entry());
        assert_eq!(read(key.as_bytes(), &value).unwrap(), ("daily".into(), office, entry()));
        for at in 0..value.len() {
            let mut flipped = value.clone();
            flipped[at] ^= 1;
            assert!(read(key.as_bytes(), &flipped).is_err(), "byte {at}");
        }
        assert!(read(b"r/real/2026-07-01", &value).is_err());
    }

    #[test]
    fn revisions_stand_in_their_order() {
        let prefix = row_prefix(Mode::Real, "2026-07-01", "daily", &OfficeId::parse("a").unwrap());
        assert!(key(&prefix, 9, &entry().reference) < key(&prefix, 10, &entry().reference));
    }
}
