//! Keys and values of choices between versions, as they stand in the index.
//!
//! Key: `c/<mode>/<period>/<form>/<office>/<origin>/<record id>`, beside the rows that they are about.

use dutynet_relay::{
    ids::{OfficeId, RecordId, RecordRef, UnixMillis},
    journal::Place,
    record::Mode,
};
use prost::Message;

use crate::{
    domain::standing::Choice,
    projection::{
        ProjectionError,
        value::{closed, mode_name, opened},
    },
};

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceEntry {
    /// What was chosen from what.
    pub choice: Choice,
    /// Where its record stands in the journal.
    pub place: Place,
    /// By the clock of where it was made.
    pub recorded_at: UnixMillis,
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
    #[prost(message, required, tag = "5")]
    chosen: Reference,
    #[prost(message, repeated, tag = "6")]
    compared: Vec<Reference>,
    #[prost(message, repeated, tag = "7")]
    replaces: Vec<Reference>,
}

#[derive(Clone, PartialEq, Message)]
struct Reference {
    #[prost(string, tag = "1")]
    origin: String,
    #[prost(bytes = "vec", tag = "2")]
    id: Vec<u8>,
}

/// Every choice of a period.
pub(super) fn period_prefix(mode: Mode, period: &str) -> String {
    format!("c/{}/{period}/", mode_name(mode))
}

/// Every choice about a row.
pub(super) fn row_prefix(mode: Mode, period: &str, form: &str, office: &OfficeId) -> String {
    format!("{}{form}/{office}/", period_prefix(mode, period))
}

/// One choice.
pub(super) fn key(row_prefix: &str, reference: &RecordRef) -> String {
    format!("{row_prefix}{}/{}", reference.origin, reference.id)
}

/// Form and office of a key, and its choice.
pub(super) fn read(key: &[u8], value: &[u8]) -> Result<(String, OfficeId, ChoiceEntry), ProjectionError> {
    let damaged = || ProjectionError::Damaged(String::from_utf8_lossy(key).into_owned());
    let text = std::str::from_utf8(key).map_err(|_| damaged())?;
    let [_, _, _, form, office, origin, id] = text.split('/').collect::<Vec<_>>()[..] else { return Err(damaged()) };
    let from: Value = opened(value).ok_or_else(damaged)?;
    let id = data_encoding::HEXLOWER.decode(id.as_bytes()).map_err(|_| damaged())?;
    let all = |from: Vec<Reference>| from.iter().map(named).collect::<Option<Vec<_>>>();
    let choice = Choice {
        reference: named(&Reference { origin: origin.to_owned(), id }).ok_or_else(damaged)?,
        chosen: named(&from.chosen).ok_or_else(damaged)?,
        compared: all(from.compared).ok_or_else(damaged)?,
        replaces: all(from.replaces).ok_or_else(damaged)?,
    };
    let frame = u16::try_from(from.frame).map_err(|_| damaged())?;
    let place = Place { segment: from.segment, group: from.group, frame };
    let entry = ChoiceEntry { choice, place, recorded_at: UnixMillis(from.recorded_at) };
    Ok((form.to_owned(), OfficeId::parse(office).map_err(|_| damaged())?, entry))
}

/// The value of a choice.
pub(super) fn value(entry: &ChoiceEntry) -> Vec<u8> {
    let all = |from: &[RecordRef]| from.iter().map(reference).collect();
    closed(&Value {
        segment: entry.place.segment,
        group: entry.place.group,
        frame: entry.place.frame.into(),
        recorded_at: entry.recorded_at.0,
        chosen: reference(&entry.choice.chosen),
        compared: all(&entry.choice.compared),
        replaces: all(&entry.choice.replaces),
    })
}

fn reference(from: &RecordRef) -> Reference {
    Reference { origin: from.origin.as_str().to_owned(), id: from.id.0.to_vec() }
}

fn named(from: &Reference) -> Option<RecordRef> {
    Some(RecordRef { origin: OfficeId::parse(&from.origin).ok()?, id: RecordId::from_slice(&from.id).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_comes_back_as_it_went_in_and_a_flipped_bit_shows() {
        let office = |id| OfficeId::parse(id).unwrap();
        let reference = |id, n| RecordRef { origin: office(id), id: RecordId([n; 16]) };
        let choice = Choice {
            reference: reference("county", 1),
            chosen: reference("t", 2),
            compared: vec![reference("t", 2), reference("county", 3)],
            replaces: vec![reference("t", 4)],
        };
        let place = Place { segment: 3, group: 4096, frame: 2 };
        let entry = ChoiceEntry { choice, place, recorded_at: UnixMillis(5) };
        let key = key(&row_prefix(Mode::Real, "2026-07-01", "daily", &office("t")), &entry.choice.reference);
        let value = value(&entry);
        assert_eq!(read(key.as_bytes(), &value).unwrap(), ("daily".into(), office("t"), entry));
        for at in 0..value.len() {
            let mut flipped = value.clone();
            flipped[at] ^= 1;
            assert!(read(key.as_bytes(), &flipped).is_err(), "byte {at}");
        }
    }
}
