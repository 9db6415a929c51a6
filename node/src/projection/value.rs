//! Values of the projection as they stand in the index: version, message, checksum; and what keys of every module share.

use dutynet_relay::{
    ids::{Digest, UnixMillis},
    journal::{Cursor, Place},
    link::frame::Hop,
    record::Mode,
    registry::Registry,
    writer::Stored,
};
use prost::Message;

use super::ProjectionError;
use crate::domain::obligation::Clocked;

/// Raised whenever a key or a value of any module changes: the projection is then made anew.
const VERSION: u8 = 14;
const CHECKSUM_BYTES: usize = 4;
/// Where the projection has got to.
pub(super) const CURSOR: &[u8] = b"cursor";

#[derive(Clone, PartialEq, Message)]
struct CursorValue {
    #[prost(uint32, tag = "1")]
    segment: u32,
    #[prost(uint64, tag = "2")]
    offset: u64,
    #[prost(uint64, tag = "3")]
    groups: u64,
}

/// Where a frame stands in the journal, inside of a value.
#[derive(Clone, PartialEq, Message)]
pub(super) struct PlaceValue {
    #[prost(uint32, tag = "1")]
    segment: u32,
    #[prost(uint64, tag = "2")]
    group: u64,
    #[prost(uint32, tag = "3")]
    frame: u32,
}

impl PlaceValue {
    /// Of a place.
    pub(super) fn of(place: Place) -> Self {
        Self { segment: place.segment, group: place.group, frame: place.frame.into() }
    }

    /// The place; `None`: there is no such.
    pub(super) fn to_place(&self) -> Option<Place> {
        Some(Place { segment: self.segment, group: self.group, frame: u16::try_from(self.frame).ok()? })
    }
}

/// A moment of a record by its maker's clock and by ours.
pub(super) fn clocked(tree: &Registry, from: &Stored, at: UnixMillis) -> Clocked {
    let here = Hop { office: tree.own().clone(), received_at: from.received_at, offset_ms: from.offset_ms };
    let way: Vec<Hop> = from.trail.iter().cloned().chain(from.from.is_some().then_some(here)).collect();
    Clocked::moved(tree, at, &way)
}

/// A mode as keys name it.
pub(super) fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Real => "real",
        Mode::Exercise => "exercise",
        Mode::Test => "test",
    }
}

/// The mode of that name.
pub(super) fn mode_from_name(name: &str) -> Option<Mode> {
    [Mode::Real, Mode::Exercise, Mode::Test].into_iter().find(|mode| mode_name(*mode) == name)
}

/// A value that cannot be read.
pub(super) fn damaged(key: &[u8]) -> ProjectionError {
    ProjectionError::Damaged(String::from_utf8_lossy(key).into_owned())
}

/// The value of a cursor.
pub(super) fn cursor_value(cursor: Cursor) -> Vec<u8> {
    closed(&CursorValue { segment: cursor.segment, offset: cursor.offset, groups: cursor.groups })
}

/// `None`: of another version, or damaged; the projection is then made anew.
pub(super) fn read_cursor(value: &[u8]) -> Option<Cursor> {
    let from: CursorValue = opened(value)?;
    Some(Cursor { segment: from.segment, offset: from.offset, groups: from.groups })
}

/// A message as a value.
pub(super) fn closed(message: &impl Message) -> Vec<u8> {
    let mut bytes = vec![VERSION];
    bytes.extend(message.encode_to_vec());
    let sum = checksum(&bytes);
    bytes.extend(sum);
    bytes
}

/// The message of a value; `None`: of another version, or damaged.
pub(super) fn opened<T: Message + Default>(bytes: &[u8]) -> Option<T> {
    let (body, sum) = bytes.split_at_checked(bytes.len().checked_sub(CHECKSUM_BYTES)?)?;
    let (version, message) = body.split_first()?;
    let sound = *version == VERSION && sum == checksum(body);
    T::decode(message).ok().filter(|_| sound)
}

/// The checksum that a value bears.
pub(super) fn checksum_of(value: &[u8]) -> &[u8] {
    &value[value.len().saturating_sub(CHECKSUM_BYTES)..]
}

fn checksum(bytes: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let digest = Digest::of("dutynet.projection.2", &[bytes]);
    let mut sum = [0; CHECKSUM_BYTES];
    sum.copy_from_slice(&digest.0[..CHECKSUM_BYTES]);
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_went_in() {
        let cursor = Cursor { segment: 1, offset: 2, groups: 3 };
        assert_eq!(read_cursor(&cursor_value(cursor)), Some(cursor));
        assert_eq!(read_cursor(b""), None);
    }
}
