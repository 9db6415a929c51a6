//! Saved groups: the last record of a name counts. Key: `group/<digest of the name>`; name and members are read from the journal.

use std::sync::Arc;

use dutynet_relay::{
    ids::Digest,
    index::{Batch, Index, scan_prefix},
    journal::Place,
    registry::Registry,
    writer::Stored,
};
use prost::Message;

use super::{
    ProjectionError, SPACE,
    value::{PlaceValue, closed, damaged, opened},
};
use crate::body::notice::{GROUP, GroupBody};

/// Name of this module in `not interpreted` marks.
pub(super) const NAME: &str = "groups";
const PREFIX: &str = "group/";

#[derive(Clone, PartialEq, Message)]
struct Value {
    #[prost(message, optional, tag = "1")]
    place: Option<PlaceValue>,
}

/// Reads them. Cheap to clone.
#[derive(Clone)]
pub struct Groups {
    index: Arc<dyn Index>,
}

impl Groups {
    /// Reads from this index.
    pub fn new(index: Arc<dyn Index>) -> Self {
        Self { index }
    }

    /// Where the record of every group stands that was not dropped.
    pub fn all(&self) -> Result<Vec<Place>, ProjectionError> {
        let found = scan_prefix(self.index.as_ref(), SPACE, PREFIX.as_bytes(), usize::MAX)?;
        found.iter().map(|(key, value)| place(key, value)).collect()
    }

    /// The same for one of them; `None`: there is none, or it was dropped.
    pub fn get(&self, name: &str) -> Result<Option<Place>, ProjectionError> {
        let key = key(name);
        self.index.get(SPACE, key.as_bytes())?.map(|value| place(key.as_bytes(), &value)).transpose()
    }
}

fn place(key: &[u8], value: &[u8]) -> Result<Place, ProjectionError> {
    let read = || opened::<Value>(value)?.place?.to_place();
    read().ok_or_else(|| damaged(key))
}

fn key(name: &str) -> String {
    format!("{PREFIX}{}", Digest::of("dutynet.group.name.1", &[name.as_bytes()]))
}

/// Whether records of a kind are groups.
pub(super) fn reads(kind: &str) -> bool {
    kind == GROUP
}

/// Puts one group into the batch, or takes it away.
pub(super) fn digest(tree: &Registry, from: &Stored, batch: &mut Batch) -> Result<(), String> {
    let body = GroupBody::decode(&from.record.raw().body).map_err(|fault| fault.to_string())?;
    let header = from.record.header();
    if header.origin != *tree.own() || header.subject != body.name {
        return Err("a group is its office's own, and its subject is its name".to_owned());
    }
    if body.members.is_empty() {
        batch.delete(key(&body.name));
    } else {
        batch.put(key(&body.name), closed(&Value { place: Some(PlaceValue::of(from.place)) }));
    }
    Ok(())
}
