//! Records that some office has refused and that wait for a person here (滞留).

use prost::Message as _;

use super::{
    StoreError,
    frames::{ParkedFrame, ParkedState},
    intent::ParkedAt,
    keys,
    lost::unless_lost,
    store::Store,
};
use crate::{
    ids::{RecordRef, UnixMillis},
    index::{CUSTODY, scan_prefix},
};

/// A record that a neighbour refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkedRecord {
    /// Where it stands.
    pub at: ParkedAt,
    /// Which it is.
    pub reference: RecordRef,
    /// Its kind; empty when it cannot be read any more.
    pub kind: String,
    /// Its subject.
    pub subject: String,
    /// Stable upper-case name of the refusal.
    pub code: String,
    /// The neighbour's sentence.
    pub detail: String,
    /// When it said so.
    pub since: UnixMillis,
    /// Some office further on refused it, not the neighbour itself.
    pub below: bool,
    /// In which of this store's epochs, from 0.
    pub(crate) ordinal: u32,
}

impl Store {
    /// Everything that waits for a person.
    pub fn parked(&self) -> Result<Vec<ParkedRecord>, StoreError> {
        let mut found = Vec::new();
        for (key, value) in scan_prefix(self.index.as_ref(), CUSTODY, b"p", usize::MAX)? {
            let frame = ParkedFrame::decode(value.as_slice()).map_err(|_| StoreError::Index("parked"))?;
            if !matches!(frame.state(), ParkedState::Parked | ParkedState::RefusedBelow) {
                continue;
            }
            found.push(self.parked_record(&key, &frame)?);
        }
        Ok(found)
    }

    fn parked_record(&self, key: &[u8], frame: &ParkedFrame) -> Result<ParkedRecord, StoreError> {
        let mut read = keys::Reader(&key[1..]);
        let parts = (read.office(), read.u32(), read.lane(), read.seq());
        let (Some(neighbour), Some(ordinal), Some(lane), Some(seq)) = parts else {
            return Err(StoreError::Index("parked key"));
        };
        let place = self.place_at(&neighbour, ordinal, lane, seq)?.ok_or(StoreError::Index("parked place"))?;
        let header = unless_lost(self.stored(place))?.map(|stored| stored.record.header().clone());
        let (kind, subject) = header.map(|header| (header.kind, header.subject)).unwrap_or_default();
        Ok(ParkedRecord {
            at: ParkedAt { neighbour, lane, seq },
            reference: self.named(place)?.reference,
            kind,
            subject,
            code: frame.code.clone(),
            detail: frame.detail.clone(),
            since: UnixMillis(frame.at),
            below: frame.state() == ParkedState::RefusedBelow,
            ordinal,
        })
    }
}
