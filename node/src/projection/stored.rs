//! Keys and values of the projection, as they stand in the index.
//!
//! Key: `r/<mode>/<period>/<form>/<office>/<revision>/<origin>/<record id>`, so that one scan gives a period and one gives a row, oldest
//! revision first. Value: version, message, checksum.

use dutynet_relay::{
    ids::{Digest, OfficeId, RecordId, RecordRef, UnixMillis},
    journal::{Cursor, Place},
    record::Mode,
};
use prost::Message;

use super::ProjectionError;

const VERSION: u8 = 1;
const CHECKSUM_BYTES: usize = 4;
/// Where the projection has got to.
pub(super) const CURSOR: &[u8] = b"cursor";

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
    /// By ours.
    pub received_at: UnixMillis,
    /// Digest of what it says.
    pub content: Digest,
    /// Sum of 接报件数.
    pub calls: i64,
    /// Sum of 突发事件.
    pub incidents: i64,
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
}

#[derive(Clone, PartialEq, Message)]
struct CursorValue {
    #[prost(uint32, tag = "1")]
    segment: u32,
    #[prost(uint64, tag = "2")]
    offset: u64,
    #[prost(uint64, tag = "3")]
    groups: u64,
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

fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Real => "real",
        Mode::Exercise => "exercise",
        Mode::Test => "test",
    }
}

/// Form and office of a key, and its revision.
pub(super) fn read(key: &[u8], value: &[u8]) -> Result<(String, OfficeId, Entry), ProjectionError> {
    let damaged = || ProjectionError::Damaged(String::from_utf8_lossy(key).into_owned());
    let text = std::str::from_utf8(key).map_err(|_| damaged())?;
    let [_, _, _, form, office, revision, origin, id] = text.split('/').collect::<Vec<_>>()[..] else { return Err(damaged()) };
    let from = Value::decode(opened(value).ok_or_else(damaged)?).map_err(|_| damaged())?;
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
        received_at: entry.received_at.0,
        content: entry.content.0.to_vec(),
        calls: entry.calls,
        incidents: entry.incidents,
    })
}

/// The value of a cursor.
pub(super) fn cursor_value(cursor: Cursor) -> Vec<u8> {
    closed(&CursorValue { segment: cursor.segment, offset: cursor.offset, groups: cursor.groups })
}

/// `None`: of another version, or damaged; the projection is then made anew.
pub(super) fn read_cursor(value: &[u8]) -> Option<Cursor> {
    let from = CursorValue::decode(opened(value)?).ok()?;
    Some(Cursor { segment: from.segment, offset: from.offset, groups: from.groups })
}

fn closed(message: &impl Message) -> Vec<u8> {
    let mut bytes = vec![VERSION];
    bytes.extend(message.encode_to_vec());
    let sum = checksum(&bytes);
    bytes.extend(sum);
    bytes
}

fn opened(bytes: &[u8]) -> Option<&[u8]> {
    let (body, sum) = bytes.split_at_checked(bytes.len().checked_sub(CHECKSUM_BYTES)?)?;
    let (version, message) = body.split_first()?;
    (*version == VERSION && sum == checksum(body)).then_some(message)
}

fn checksum(bytes: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let digest = Digest::of("dutynet.projection.reports.1", &[bytes]);
    let mut sum = [0; CHECKSUM_BYTES];
    sum.copy_from_slice(&digest.0[..CHECKSUM_BYTES]);
    sum
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

    #[test]
    fn a_cursor_comes_back_as_it_went_in() {
        let cursor = Cursor { segment: 1, offset: 2, groups: 3 };
        assert_eq!(read_cursor(&cursor_value(cursor)), Some(cursor));
        assert_eq!(read_cursor(b""), None);
    }
}
