//! Packs of rules that offices sent or laid, and what each office last said that it runs.
//!
//! Keys: `pack/<origin>/<record id>`, with the place of the record: its text stays in the journal; and `in-force/<origin>/<record id>`. They are
//! few; whoever asks reads all of them.

use std::sync::Arc;

use dutynet_relay::{
    ids::{OfficeId, UnixMillis},
    index::{Batch, Index, scan_prefix},
    record::Mode,
    registry::Registry,
    writer::{Store, Stored},
};
use prost::Message;

use super::{
    ProjectionError, SPACE,
    value::{PlaceValue, closed, damaged, opened},
};
use crate::{
    body::convert_pack::{IN_FORCE, PACK, PackBody, in_force_decode},
    domain::rules::{Pack, Packs, Spread, Stamp},
};

/// Name of this module in `not interpreted` marks.
pub(super) const NAME: &str = "packs";
const PACKS: &str = "pack/";
const RUNS: &str = "in-force/";

#[derive(Clone, PartialEq, Message)]
struct PackValue {
    #[prost(message, optional, tag = "1")]
    place: Option<PlaceValue>,
}

#[derive(Clone, PartialEq, Message)]
struct RunsValue {
    #[prost(int64, tag = "1")]
    recorded_at: i64,
    #[prost(string, repeated, tag = "2")]
    packs: Vec<String>,
    #[prost(uint32, repeated, tag = "3")]
    versions: Vec<u32>,
}

/// What an office said that it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runs {
    /// Which packs.
    pub stamp: Stamp,
    /// By its clock.
    pub since: UnixMillis,
}

/// Every pack that is known here. What was destroyed since, or is of another version of this program, is not in force.
pub(super) fn known(index: &dyn Index, store: &Store, tree: &Registry) -> Result<Packs, ProjectionError> {
    let above: Vec<OfficeId> = tree.path_up(tree.own()).skip(1).cloned().collect();
    let mut spread = Vec::new();
    for (key, value) in scan_prefix(index, SPACE, PACKS.as_bytes(), usize::MAX)? {
        let place = opened::<PackValue>(&value).and_then(|value| value.place?.to_place()).ok_or_else(|| damaged(&key))?;
        let stored = store.stored(place)?;
        let header = stored.record.header();
        let Ok(body) = PackBody::decode(&stored.record.raw().body) else { continue };
        let Ok(pack) = Pack::parse(&body.text) else { continue };
        let pack = Arc::new(pack.of_office(&header.origin));
        let (by, recorded_at, id) = (header.origin.clone(), header.recorded_at, header.id);
        spread.push(Spread { by, reach: body.reach, recorded_at, id, pack });
    }
    Ok(Packs::of_office(tree.own(), &above, spread))
}

/// Reads them. Cheap to clone.
#[derive(Clone)]
pub struct RulePacks {
    index: Arc<dyn Index>,
}

impl RulePacks {
    /// Reads from this index.
    pub fn new(index: Arc<dyn Index>) -> Self {
        Self { index }
    }

    /// The packs that this program brings, and those that were sent or laid.
    pub fn packs(&self, store: &Store, tree: &Registry) -> Result<Packs, ProjectionError> {
        known(self.index.as_ref(), store, tree)
    }

    /// What an office said last that it runs; `None`: nothing yet.
    pub fn runs(&self, office: &OfficeId) -> Result<Option<Runs>, ProjectionError> {
        let prefix = format!("{RUNS}{office}/");
        let found = scan_prefix(self.index.as_ref(), SPACE, prefix.as_bytes(), usize::MAX)?;
        let read = |(key, value): &(Vec<u8>, Vec<u8>)| {
            let from = opened::<RunsValue>(value).ok_or_else(|| damaged(key))?;
            let stamp = Stamp(from.packs.into_iter().zip(from.versions).collect());
            Ok((from.recorded_at, key.clone(), Runs { stamp, since: UnixMillis(from.recorded_at) }))
        };
        let said = found.iter().map(read).collect::<Result<Vec<_>, ProjectionError>>()?;
        Ok(said.into_iter().max_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1))).map(|(.., runs)| runs))
    }
}

/// Whether a batch brings a pack.
pub(super) fn adds_one(batch: &Batch) -> bool {
    batch.changes.iter().any(|(key, value)| key.starts_with(PACKS.as_bytes()) && value.is_some())
}

/// Whether records of a kind are about rules.
pub(super) fn reads(kind: &str) -> bool {
    [PACK, IN_FORCE].contains(&kind)
}

/// Puts one of them into the batch. A pack that this program cannot read is not in force here, and the parent sees that.
pub(super) fn digest(_: &Registry, from: &Stored, batch: &mut Batch) -> Result<(), String> {
    let header = from.record.header();
    if header.mode != Mode::Real || header.on_behalf_of.is_some() {
        return Err("rules are never an exercise, and nobody makes them for another".to_owned());
    }
    let body = &from.record.raw().body;
    if header.kind == IN_FORCE {
        let stamp = in_force_decode(body).map_err(|fault| fault.to_string())?;
        let (packs, versions) = stamp.0.into_iter().unzip();
        let value = RunsValue { recorded_at: header.recorded_at.0, packs, versions };
        batch.put(format!("{RUNS}{}/{}", header.origin, header.id), closed(&value));
        return Ok(());
    }
    let body = PackBody::decode(body).map_err(|fault| fault.to_string())?;
    let pack = Pack::parse(&body.text).map_err(|faults| format!("a pack with {} faults", faults.len()))?;
    if header.subject != format!("rules/{}", pack.id) || header.person.is_none() {
        return Err("header and body do not say the same".to_owned());
    }
    let value = PackValue { place: Some(PlaceValue::of(from.place)) };
    batch.put(format!("{PACKS}{}/{}", header.origin, header.id), closed(&value));
    Ok(())
}
