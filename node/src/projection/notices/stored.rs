//! Keys and values of notices, as they stand in the index. No words are here: what was destroyed in the journal must not be found in files
//! that sled has not yet written over.

use dutynet_relay::{
    ids::{OfficeId, RecordRef, UnixMillis},
    index::{Index, scan_prefix},
    journal::Place,
    record::{Mode, Person},
};
use prost::Message;

use crate::{
    domain::{
        notice::Urgency,
        number::{Number, parse_reference},
        obligation::Clocked,
        then::Moment,
    },
    projection::{
        ProjectionError, SPACE,
        value::{PlaceValue, closed, damaged, mode_from_name, mode_name, opened},
    },
};

pub(super) const NOTICE: &str = "notice/";
pub(super) const UNDELIVERED: &str = "undelivered/";
const DIRTY: &str = "dirty-notice/";

/// A notice that was sent, received or carried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its record.
    pub reference: RecordRef,
    /// Where that stands, when it was sent and when it came here.
    pub moment: Moment,
    /// When this office had it on disk.
    pub received_at: UnixMillis,
    /// 事项编号
    pub number: Number,
    /// On paper and on the link.
    pub urgency: Urgency,
    /// When everybody is to have signed.
    pub sign_by: Option<UnixMillis>,
    /// Real, exercise or test.
    pub mode: Mode,
    /// Whether this office is addressed.
    pub to_us: bool,
    /// Its content was removed: nothing of it but its number and times is left.
    pub removed: bool,
}

/// An addressed office has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveredAnswer {
    /// Which office.
    pub office: OfficeId,
    /// By its clock.
    pub recorded_at: UnixMillis,
    /// By ours.
    pub received_at: UnixMillis,
    /// When it had it, by both clocks: never after it has said so.
    pub had_at: Clocked,
    /// The record that says so.
    pub reference: RecordRef,
}

/// Somebody signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedAnswer {
    /// For which office.
    pub office: OfficeId,
    /// Its record; the origin is the office that recorded it.
    pub reference: RecordRef,
    /// Where that stands.
    pub place: Place,
    /// When, by the clock of the office that recorded it, and by ours.
    pub signed_at: Clocked,
    /// When it came here, by ours.
    pub received_at: UnixMillis,
    /// Who signed, or who entered it.
    pub by: Person,
    /// Whether there are words beside it: a remark, or who said so by telephone.
    pub has_words: bool,
}

#[derive(Clone, PartialEq, Message)]
struct NoticeValue {
    #[prost(message, optional, tag = "1")]
    place: Option<PlaceValue>,
    #[prost(int64, tag = "2")]
    recorded_at: i64,
    #[prost(int64, tag = "3")]
    received_at: i64,
    #[prost(bool, tag = "4")]
    came: bool,
    #[prost(string, tag = "5")]
    number: String,
    #[prost(uint32, tag = "6")]
    urgency: u32,
    #[prost(int64, optional, tag = "7")]
    sign_by: Option<i64>,
    #[prost(string, tag = "8")]
    mode: String,
    #[prost(bool, tag = "9")]
    to_us: bool,
    #[prost(bool, tag = "10")]
    removed: bool,
}

#[derive(Clone, PartialEq, Message)]
struct DeliveredValue {
    #[prost(int64, tag = "1")]
    recorded_at: i64,
    #[prost(int64, tag = "2")]
    received_at: i64,
    #[prost(int64, tag = "3")]
    had_origin: i64,
    #[prost(int64, tag = "4")]
    had_here: i64,
    #[prost(string, tag = "5")]
    reference: String,
}

#[derive(Clone, PartialEq, Message)]
struct SignedValue {
    #[prost(int64, tag = "1")]
    recorded_at: i64,
    #[prost(int64, tag = "2")]
    received_at: i64,
    #[prost(string, tag = "3")]
    person_id: String,
    #[prost(string, tag = "4")]
    person_name: String,
    #[prost(bool, tag = "5")]
    has_words: bool,
    #[prost(message, optional, tag = "6")]
    place: Option<PlaceValue>,
    #[prost(int64, tag = "7")]
    recorded_here: i64,
}

const URGENCIES: [Urgency; 3] = [Urgency::Flash, Urgency::Urgent, Urgency::Routine];

pub(super) fn notice_key(reference: &RecordRef) -> String {
    format!("{NOTICE}{reference}")
}

pub(super) fn undelivered_key(reference: &RecordRef) -> String {
    format!("{UNDELIVERED}{reference}")
}

pub(super) fn dirty_key(notice: &RecordRef) -> String {
    format!("{DIRTY}{notice}")
}

/// Some of the notices that are dirty.
pub(super) fn dirty(index: &dyn Index, limit: usize) -> Result<Vec<RecordRef>, ProjectionError> {
    let found = scan_prefix(index, SPACE, DIRTY.as_bytes(), limit)?;
    found.iter().map(|(key, _)| named(DIRTY, key).ok_or_else(|| damaged(key))).collect()
}

/// The notice that a key is about, be it of the notice itself, of a delivery or of a signature; `None`: it is another key.
pub(super) fn notice_of(key: &[u8]) -> Option<RecordRef> {
    let text = std::str::from_utf8(key).ok()?;
    let about = [NOTICE, "delivered/", "signed/"].into_iter().find_map(|prefix| text.strip_prefix(prefix))?;
    // A reference is `<origin>/<id>`.
    let end = about.match_indices('/').nth(1).map_or(about.len(), |(at, _)| at);
    parse_reference(&about[..end])
}

fn named(prefix: &str, key: &[u8]) -> Option<RecordRef> {
    parse_reference(std::str::from_utf8(key).ok()?.get(prefix.len()..)?)
}

pub(super) fn number_prefix(number: &Number) -> String {
    format!("number/{number}/")
}

pub(super) fn number_key(number: &Number, reference: &RecordRef) -> String {
    format!("{}{reference}", number_prefix(number))
}

pub(super) fn delivered_prefix(notice: &RecordRef) -> String {
    format!("delivered/{notice}/")
}

/// One office says it once, whatever its node does; so the office is the key.
pub(super) fn delivered_key(notice: &RecordRef, office: &OfficeId) -> String {
    format!("{}{office}", delivered_prefix(notice))
}

pub(super) fn signed_prefix(notice: &RecordRef, office: Option<&OfficeId>) -> String {
    let office = office.map(|office| format!("{office}/")).unwrap_or_default();
    format!("signed/{notice}/{office}")
}

pub(super) fn signed_key(notice: &RecordRef, office: &OfficeId, record: &RecordRef) -> String {
    format!("{}{record}", signed_prefix(notice, Some(office)))
}

pub(super) fn mark() -> Vec<u8> {
    closed(&DeliveredValue::default())
}

pub(super) fn notice_value(from: &Notice) -> Vec<u8> {
    closed(&NoticeValue {
        place: Some(PlaceValue::of(from.moment.place)),
        recorded_at: from.moment.recorded_at.0,
        received_at: from.received_at.0,
        came: from.moment.came_at.is_some(),
        number: from.number.to_string(),
        urgency: URGENCIES.iter().position(|urgency| *urgency == from.urgency).map_or(0, |at| at as u32),
        sign_by: from.sign_by.map(|at| at.0),
        mode: mode_name(from.mode).to_owned(),
        to_us: from.to_us,
        removed: from.removed,
    })
}

pub(super) fn read_notice(key: &[u8], value: &[u8]) -> Result<Notice, ProjectionError> {
    let read = || {
        let from: NoticeValue = opened(value)?;
        let place: Place = from.place?.to_place()?;
        let received_at = UnixMillis(from.received_at);
        let came_at = from.came.then_some(received_at);
        Some(Notice {
            reference: parse_reference(std::str::from_utf8(key).ok()?.get(NOTICE.len()..)?)?,
            moment: Moment { place, recorded_at: UnixMillis(from.recorded_at), came_at },
            received_at,
            number: Number::parse(&from.number)?,
            urgency: *URGENCIES.get(usize::try_from(from.urgency).ok()?)?,
            sign_by: from.sign_by.map(UnixMillis),
            mode: mode_from_name(&from.mode)?,
            to_us: from.to_us,
            removed: from.removed,
        })
    };
    read().ok_or_else(|| damaged(key))
}

pub(super) fn delivered_value(from: &DeliveredAnswer) -> Vec<u8> {
    closed(&DeliveredValue {
        recorded_at: from.recorded_at.0,
        received_at: from.received_at.0,
        had_origin: from.had_at.origin.0,
        had_here: from.had_at.here.0,
        reference: from.reference.to_string(),
    })
}

/// The office stands fourth in the key.
fn office(key: &[u8]) -> Option<OfficeId> {
    OfficeId::parse(std::str::from_utf8(key).ok()?.split('/').nth(3)?).ok()
}

pub(super) fn read_delivered(key: &[u8], value: &[u8]) -> Result<DeliveredAnswer, ProjectionError> {
    let read = || {
        let from: DeliveredValue = opened(value)?;
        Some(DeliveredAnswer {
            office: office(key)?,
            recorded_at: UnixMillis(from.recorded_at),
            received_at: UnixMillis(from.received_at),
            had_at: Clocked { origin: UnixMillis(from.had_origin), here: UnixMillis(from.had_here) },
            reference: parse_reference(&from.reference)?,
        })
    };
    read().ok_or_else(|| damaged(key))
}

pub(super) fn signed_value(from: &SignedAnswer) -> Vec<u8> {
    closed(&SignedValue {
        recorded_at: from.signed_at.origin.0,
        recorded_here: from.signed_at.here.0,
        received_at: from.received_at.0,
        person_id: from.by.id.clone(),
        person_name: from.by.name.clone(),
        has_words: from.has_words,
        place: Some(PlaceValue::of(from.place)),
    })
}

pub(super) fn read_signed(key: &[u8], value: &[u8]) -> Result<SignedAnswer, ProjectionError> {
    let read = || {
        let from: SignedValue = opened(value)?;
        let record = std::str::from_utf8(key).ok()?.splitn(5, '/').nth(4)?;
        Some(SignedAnswer {
            office: office(key)?,
            reference: parse_reference(record)?,
            place: from.place?.to_place()?,
            signed_at: Clocked { origin: UnixMillis(from.recorded_at), here: UnixMillis(from.recorded_here) },
            received_at: UnixMillis(from.received_at),
            by: Person { id: from.person_id, name: from.person_name },
            has_words: from.has_words,
        })
    };
    read().ok_or_else(|| damaged(key))
}

#[cfg(test)]
mod tests {
    use dutynet_relay::ids::RecordId;

    use super::*;

    fn id(text: &str) -> OfficeId {
        OfficeId::parse(text).unwrap()
    }

    fn reference(n: u8) -> RecordRef {
        RecordRef { origin: id("440000"), id: RecordId([n; 16]) }
    }

    #[test]
    fn values_come_back_as_they_went_in_and_a_flipped_bit_shows() {
        let place = Place { segment: 3, group: 4096, frame: 2 };
        let notice = Notice {
            reference: reference(1),
            moment: Moment { place, recorded_at: UnixMillis(1), came_at: Some(UnixMillis(2)) },
            received_at: UnixMillis(2),
            number: Number::of(&reference(1)),
            urgency: Urgency::Routine,
            sign_by: Some(UnixMillis(9)),
            mode: Mode::Exercise,
            to_us: true,
            removed: true,
        };
        let (key, value) = (notice_key(&notice.reference), notice_value(&notice));
        assert_eq!(read_notice(key.as_bytes(), &value).unwrap(), notice);
        for at in 0..value.len() {
            let mut flipped = value.clone();
            flipped[at] ^= 1;
            assert!(read_notice(key.as_bytes(), &flipped).is_err(), "byte {at}");
        }
        let delivered = delivered_key(&reference(1), &id("a"));
        let answer = DeliveredAnswer {
            office: id("a"),
            recorded_at: UnixMillis(4),
            received_at: UnixMillis(5),
            had_at: Clocked { origin: UnixMillis(2), here: UnixMillis(3) },
            reference: reference(3),
        };
        let read = read_delivered(delivered.as_bytes(), &delivered_value(&answer)).unwrap();
        assert_eq!(read, answer);
        let signed = SignedAnswer {
            office: id("a"),
            reference: reference(2),
            place,
            signed_at: Clocked { origin: UnixMillis(6), here: UnixMillis(5) },
            received_at: UnixMillis(7),
            by: Person { id: "z1".into(), name: "张三".into() },
            has_words: true,
        };
        let key = signed_key(&reference(1), &id("a"), &reference(2));
        assert_eq!(read_signed(key.as_bytes(), &signed_value(&signed)).unwrap(), signed);
    }
}
