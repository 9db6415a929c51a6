//! Every entry of the registry in the order in which this office came to know it, so that the tree as it was can be made again
//! ([`crate::domain::then`]), key: `office/<office>/<place>`; and when a record of each office last came here, key: `heard/<office>`.

use std::{collections::BTreeMap, sync::Arc};

use dutynet_relay::{
    ids::{OfficeId, UnixMillis},
    index::{Batch, Index, scan_prefix},
    journal::Place,
    record::{OFFICE_KIND, entry_from_body},
    registry::Registry,
    writer::Stored,
};
use prost::Message;

use super::{
    ProjectionError, SPACE,
    value::{PlaceValue, closed, damaged, opened},
};
use crate::domain::then::{History, Registered};

/// Name of this module in `not interpreted` marks.
pub(super) const NAME: &str = "offices";
const PREFIX: &str = "office/";
const HEARD: &str = "heard/";

#[derive(Clone, PartialEq, Message)]
struct Heard {
    #[prost(int64, tag = "1")]
    at: i64,
}

/// Puts when the last record of each office of a stretch came here.
pub(super) fn heard<'a>(records: impl Iterator<Item = &'a Stored>, batch: &mut Batch) {
    let last: BTreeMap<&OfficeId, UnixMillis> = records
        .filter(|record| record.from.is_some())
        .map(|record| (&record.record.header().origin, record.received_at))
        .collect();
    for (office, at) in last {
        batch.put(format!("{HEARD}{office}"), closed(&Heard { at: at.0 }));
    }
}

#[derive(Clone, PartialEq, Message)]
struct Value {
    #[prost(message, optional, tag = "1")]
    place: Option<PlaceValue>,
    #[prost(int64, tag = "2")]
    recorded_at: i64,
    #[prost(string, tag = "3")]
    name: String,
    #[prost(string, tag = "4")]
    parent: String,
}

/// Reads them. Cheap to clone.
#[derive(Clone)]
pub struct Offices {
    index: Arc<dyn Index>,
}

impl Offices {
    /// Reads from this index.
    pub fn new(index: Arc<dyn Index>) -> Self {
        Self { index }
    }

    /// When the last record of an office came here, by our clock; `None`: none has.
    pub fn last_heard(&self, office: &OfficeId) -> Result<Option<UnixMillis>, ProjectionError> {
        let key = format!("{HEARD}{office}");
        let value = self.index.get(SPACE, key.as_bytes())?;
        let at =
            |value: Vec<u8>| opened::<Heard>(&value).map(|heard| UnixMillis(heard.at)).ok_or_else(|| damaged(key.as_bytes()));
        value.map(at).transpose()
    }

    /// When the first entry of each of these was recorded.
    pub fn first_entries(&self, offices: &[OfficeId]) -> Result<BTreeMap<OfficeId, UnixMillis>, ProjectionError> {
        let mut first = BTreeMap::new();
        for office in offices {
            let found = scan_prefix(self.index.as_ref(), SPACE, format!("{PREFIX}{office}/").as_bytes(), usize::MAX)?;
            let at = |(key, value): &(Vec<u8>, Vec<u8>)| {
                read(key, value).map(|(_, entry)| entry.recorded_at).ok_or_else(|| damaged(key))
            };
            let at = found.iter().map(at).collect::<Result<Vec<_>, _>>()?.into_iter().min();
            first.extend(at.map(|at| (office.clone(), at)));
        }
        Ok(first)
    }

    /// Every entry of every office, oldest first.
    pub fn history(&self) -> Result<History, ProjectionError> {
        history(self.index.as_ref())
    }
}

/// The same, for what is settled from an index.
pub(super) fn history(index: &dyn Index) -> Result<History, ProjectionError> {
    let mut history = History::new();
    for (key, value) in scan_prefix(index, SPACE, PREFIX.as_bytes(), usize::MAX)? {
        let (office, entry) = read(&key, &value).ok_or_else(|| damaged(&key))?;
        history.entry(office).or_default().push(entry);
    }
    Ok(history)
}

fn read(key: &[u8], value: &[u8]) -> Option<(OfficeId, Registered)> {
    let office = std::str::from_utf8(key).ok()?.split('/').nth(1)?;
    let from: Value = opened(value)?;
    let entry = Registered {
        place: from.place?.to_place()?,
        recorded_at: UnixMillis(from.recorded_at),
        name: from.name,
        parent: if from.parent.is_empty() { None } else { Some(OfficeId::parse(&from.parent).ok()?) },
    };
    Some((OfficeId::parse(office).ok()?, entry))
}

/// Whether records of a kind are entries of the registry.
pub(super) fn reads(kind: &str) -> bool {
    kind == OFFICE_KIND
}

/// Puts one entry into the batch.
pub(super) fn digest(_: &Registry, from: &Stored, batch: &mut Batch) -> Result<(), String> {
    let entry = entry_from_body(&from.record.raw().body).map_err(|fault| fault.to_string())?;
    let value = Value {
        place: Some(PlaceValue::of(from.place)),
        recorded_at: from.record.header().recorded_at.0,
        name: entry.name,
        parent: entry.parent.map(|parent| parent.as_str().to_owned()).unwrap_or_default(),
    };
    let Place { segment, group, frame } = from.place;
    batch.put(format!("{PREFIX}{}/{segment:010}.{group:020}.{frame:05}", entry.office), closed(&value));
    Ok(())
}
