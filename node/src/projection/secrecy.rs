//! The register of classified items, and purges. Keys: `classified/<when>/<record>`; `purge/<target>` what asked, `unpurged/<target>` while this
//! office has not answered, `purged/<target>/<office>` when one has.

use std::sync::Arc;

use dutynet_relay::{
    ids::{OfficeId, RecordRef, UnixMillis},
    index::{Batch, Index, scan_prefix},
    journal::Place,
    registry::Registry,
    writer::Stored,
};
use prost::Message;

use super::{
    ProjectionError, RENEWAL, SPACE,
    value::{CURSOR, PlaceValue, closed, damaged, opened},
};
use crate::{
    body::secrecy::{CLASSIFIED, ClassifiedBody, PURGE, PURGED, PurgeBody, PurgedBody},
    domain::number::parse_reference,
};

/// Name of this module in `not interpreted` marks.
pub(super) const NAME: &str = "secrecy";
const ITEMS: &str = "classified/";
const PURGES: &str = "purge/";
const UNPURGED: &str = "unpurged/";

#[derive(Clone, PartialEq, Message)]
struct Value {
    #[prost(message, optional, tag = "1")]
    place: Option<PlaceValue>,
    #[prost(int64, tag = "2")]
    at: i64,
}

/// What was asked to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purge {
    /// The record.
    pub target: RecordRef,
    /// Where the record stands that asks for it.
    pub place: Place,
}

/// Reads them. Cheap to clone.
#[derive(Clone)]
pub struct Secrecy {
    index: Arc<dyn Index>,
}

impl Secrecy {
    /// Reads from this index.
    pub fn new(index: Arc<dyn Index>) -> Self {
        Self { index }
    }

    /// Where every entry of the register stands, oldest first.
    pub fn items(&self) -> Result<Vec<Place>, ProjectionError> {
        let found = scan_prefix(self.index.as_ref(), SPACE, ITEMS.as_bytes(), usize::MAX)?;
        found.iter().map(|(key, value)| place(key, value)).collect()
    }

    /// Everything that was asked to go.
    pub fn purges(&self) -> Result<Vec<Purge>, ProjectionError> {
        self.asked(PURGES, usize::MAX)
    }

    /// What this office has not answered yet.
    pub fn unpurged(&self, most: usize) -> Result<Vec<Purge>, ProjectionError> {
        self.asked(UNPURGED, most)
    }

    /// It has.
    pub fn was_purged(&self, target: &RecordRef) -> Result<(), ProjectionError> {
        let mut batch = Batch::default();
        batch.delete(format!("{UNPURGED}{target}"));
        Ok(self.index.apply(SPACE, &batch)?)
    }

    /// When an office has said that nothing is left, by its own clock.
    pub fn purged_at(&self, target: &RecordRef, office: &OfficeId) -> Result<Option<UnixMillis>, ProjectionError> {
        let key = purged_key(target, office);
        let Some(value) = self.index.get(SPACE, key.as_bytes())? else { return Ok(None) };
        opened::<Value>(&value).map(|value| Some(UnixMillis(value.at))).ok_or_else(|| damaged(key.as_bytes()))
    }

    /// Whether what was taken away may still stand in old files of the index.
    pub fn awaits_fresh_files(&self) -> Result<bool, ProjectionError> {
        Ok(self.index.get(RENEWAL, CURSOR)?.is_some())
    }

    fn asked(&self, prefix: &str, most: usize) -> Result<Vec<Purge>, ProjectionError> {
        let found = scan_prefix(self.index.as_ref(), SPACE, prefix.as_bytes(), most)?;
        let read = |(key, value): &(Vec<u8>, Vec<u8>)| {
            let target = std::str::from_utf8(&key[prefix.len()..]).ok().and_then(parse_reference);
            Ok(Purge { target: target.ok_or_else(|| damaged(key))?, place: place(key, value)? })
        };
        found.iter().map(read).collect()
    }
}

fn place(key: &[u8], value: &[u8]) -> Result<Place, ProjectionError> {
    let read = || opened::<Value>(value)?.place?.to_place();
    read().ok_or_else(|| damaged(key))
}

fn purged_key(target: &RecordRef, office: &OfficeId) -> String {
    format!("purged/{target}/{office}")
}

/// Whether records of a kind are read here.
pub(super) fn reads(kind: &str) -> bool {
    [CLASSIFIED, PURGE, PURGED].contains(&kind)
}

/// Puts one record into the batch.
pub(super) fn digest(tree: &Registry, from: &Stored, batch: &mut Batch) -> Result<(), String> {
    let (header, body) = (from.record.header(), &from.record.raw().body);
    let value = closed(&Value { place: Some(PlaceValue::of(from.place)), at: header.recorded_at.0 });
    match header.kind.as_str() {
        CLASSIFIED => {
            let item = ClassifiedBody::decode(body).map_err(|fault| fault.to_string())?;
            if header.origin != *tree.own() {
                return Err("a register is its office's own".to_owned());
            }
            batch.put(format!("{ITEMS}{:020}/{}", item.received_at.0, from.record.reference()), value);
        }
        PURGE => {
            let purge = PurgeBody::decode(body).map_err(|fault| fault.to_string())?;
            if !tree.is_within(&purge.record.origin, &header.origin) {
                return Err("only what is its own or from below may an office purge".to_owned());
            }
            batch.put(format!("{PURGES}{}", purge.record), value.clone());
            batch.put(format!("{UNPURGED}{}", purge.record), value);
        }
        _ => {
            let purged = PurgedBody::decode(body).map_err(|fault| fault.to_string())?;
            batch.put(purged_key(&purged.record, &header.origin), value);
        }
    }
    Ok(())
}
