//! Notices, who has them, and who signed.
//!
//! - `notice/<origin>/<id>`: one small value; all words stay in the journal.
//! - `number/<number>/<origin>/<id>`: the notices that a number names.
//! - `delivered/<notice>/<office>/…` and `signed/<notice>/<office>/…`: one for each record that says so.
//! - `dirty-notice/<origin>/<id>`: something came that is about it, and what it asks for is still to be derived anew. Put by the digest, taken
//!   away by [`settle`] together with what it has made.
//! - `undelivered/<origin>/<id>`: this office is addressed, and has not said yet that it has the notice. Taken away by the record that says so.
//!
//! Each record is judged by itself, in any order: an answer may stand in the journal before its notice, in a store that was restored.

mod digest;
mod settle;
mod stored;

pub(super) use digest::{NAME, digest, reads, stub};
pub(super) use settle::{settle, unsettle};
pub use stored::{DeliveredAnswer, Notice, SignedAnswer};

use std::sync::Arc;

use dutynet_relay::{
    ids::{OfficeId, RecordRef},
    index::{Batch, Index, scan_prefix},
};

use super::{ProjectionError, SPACE, value::damaged};
use crate::domain::number::{Number, parse_reference};

/// Every record by which an office said that it has a notice, or the step of a matter that names it.
pub(super) fn deliveries(index: &dyn Index, of: &RecordRef) -> Result<Vec<DeliveredAnswer>, ProjectionError> {
    let found = scan_prefix(index, SPACE, stored::delivered_prefix(of).as_bytes(), usize::MAX)?;
    found.iter().map(|(key, value)| stored::read_delivered(key, value)).collect()
}

/// Reads them. Cheap to clone.
#[derive(Clone)]
pub struct Notices {
    index: Arc<dyn Index>,
}

impl Notices {
    /// Reads from this index.
    pub fn new(index: Arc<dyn Index>) -> Self {
        Self { index }
    }

    /// Every notice that this office has sent, received or carried.
    pub fn all(&self) -> Result<Vec<Notice>, ProjectionError> {
        let found = scan_prefix(self.index.as_ref(), SPACE, stored::NOTICE.as_bytes(), usize::MAX)?;
        found.iter().map(|(key, value)| stored::read_notice(key, value)).collect()
    }

    /// One of them.
    pub fn get(&self, reference: &RecordRef) -> Result<Option<Notice>, ProjectionError> {
        let key = stored::notice_key(reference);
        let value = self.index.get(SPACE, key.as_bytes())?;
        value.map(|value| stored::read_notice(key.as_bytes(), &value)).transpose()
    }

    /// Those that a number names: hardly ever more than one.
    pub fn by_number(&self, number: &Number) -> Result<Vec<RecordRef>, ProjectionError> {
        self.references(&stored::number_prefix(number), usize::MAX)
    }

    /// Every record by which an addressed office said that it has the notice.
    pub fn deliveries(&self, notice: &RecordRef) -> Result<Vec<DeliveredAnswer>, ProjectionError> {
        deliveries(self.index.as_ref(), notice)
    }

    /// Every signature, of one office alone when it is named.
    pub fn signatures(&self, notice: &RecordRef, office: Option<&OfficeId>) -> Result<Vec<SignedAnswer>, ProjectionError> {
        let prefix = stored::signed_prefix(notice, office);
        let found = scan_prefix(self.index.as_ref(), SPACE, prefix.as_bytes(), usize::MAX)?;
        found.iter().map(|(key, value)| stored::read_signed(key, value)).collect()
    }

    /// Notices to this office of which it has not said yet that it has them.
    pub fn undelivered(&self, limit: usize) -> Result<Vec<RecordRef>, ProjectionError> {
        self.references(stored::UNDELIVERED, limit)
    }

    /// It has been said. Where the record that says so stands before its notice, nothing else takes the mark away.
    pub fn was_delivered(&self, notice: &RecordRef) -> Result<(), ProjectionError> {
        let mut batch = Batch::default();
        batch.delete(stored::undelivered_key(notice));
        Ok(self.index.apply(SPACE, &batch)?)
    }

    /// References at the end of keys.
    fn references(&self, prefix: &str, limit: usize) -> Result<Vec<RecordRef>, ProjectionError> {
        let found = scan_prefix(self.index.as_ref(), SPACE, prefix.as_bytes(), limit)?;
        let reference = |key: &Vec<u8>| parse_reference(std::str::from_utf8(key).ok()?.get(prefix.len()..)?);
        found.iter().map(|(key, _)| reference(key).ok_or_else(|| damaged(key))).collect()
    }
}
