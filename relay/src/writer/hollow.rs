//! Bodies that go: destroyed by a record, or past what a rule keeps (销毁, 保存期).
//!
//! From its intent on, in the journal, a body is gone for whoever reads here; [`super::Writer`] neither sends nor shows it again, and a copy
//! that comes later is kept without it. Then its segment is written anew ([`crate::journal::Hollowing`]) by [`crate::upkeep`], and that
//! it is done is journaled, too. Whatever stops in between, the next start goes on from the intents that are left.
//!
//! Of a record its header stays, its digest, its seal, and the hash of salt and body, by which all of these still verify, here and at every
//! neighbour that gets it now. The salt goes with the body: without it no guess can be checked against the hash.

mod apply;
mod decide;
pub(crate) mod messages;

pub(super) use apply::came_hollow;

use std::collections::BTreeMap;

use bytes::Bytes;
use prost::Message as _;

use super::{
    StoreError,
    frames::{AcceptedFrame, Entry, HeaderBrief},
    heads::Heads,
    keys::{self, RecordValue},
    store::Store,
};
use crate::{
    feed::FeedGroup,
    ids::RecordRef,
    index::CUSTODY,
    journal::{Body, Frame, FrameKind, Group, Place, ReadError},
};

impl Store {
    /// Bodies that are being removed, with the intent of each.
    pub fn hollowing(&self) -> BTreeMap<Place, Place> {
        self.with_heads(|heads| heads.hollowing.clone())
    }

    /// Which record destroys that one, if one does.
    pub fn destruction_of(&self, reference: &RecordRef) -> Result<Option<RecordRef>, StoreError> {
        let Some(value) = self.index.get(CUSTODY, &keys::destroyed(reference))? else { return Ok(None) };
        let place = keys::read_place(&value).ok_or(StoreError::Index("destruction"))?;
        Ok(Some(self.named(place)?.reference))
    }

    /// Everything that the index keeps of a record.
    pub(super) fn value_of(&self, reference: &RecordRef) -> Result<Option<RecordValue>, StoreError> {
        let Some(value) = self.index.get(CUSTODY, &keys::record(reference))? else { return Ok(None) };
        keys::read_record(&value).map(Some).ok_or(StoreError::Index("record key"))
    }

    /// The journal body of a frame; none, if it is gone or going.
    pub(super) fn body_of(&self, place: Place, frame: &Frame) -> Bytes {
        match &frame.body {
            Body::Whole(bytes) if !self.with_heads(|heads: &Heads| heads.hollowing.contains_key(&place)) => bytes.clone(),
            Body::Whole(_) | Body::Hollow => Bytes::new(),
        }
    }

    /// Of a record whose body is gone, the hash that stands for it.
    pub(super) fn fill_hash(
        &self,
        place: Place,
        (mut head, body): (AcceptedFrame, Bytes),
    ) -> Result<(AcceptedFrame, Bytes), StoreError> {
        if body.is_empty() && head.body_hash.is_empty() {
            let hollow = self.value_of(&reference_of(&head)?)?.and_then(|value| value.hollow);
            // It could not be read any more when it was removed.
            let hollow = hollow.ok_or(ReadError::NotThere(place))?;
            head.body_hash = Bytes::copy_from_slice(&hollow.body_hash.0);
        }
        Ok((head, body))
    }

    /// What a group has for projections: records that say something, and those that no longer do.
    pub(super) fn feed_group(&self, group: &Group) -> Result<FeedGroup, StoreError> {
        let mut fed = FeedGroup { end: group.end, records: Vec::new(), hollowed: Vec::new() };
        for (place, frame) in &group.frames {
            if !matches!(frame.kind, FrameKind::Accepted | FrameKind::HollowIntent) {
                continue;
            }
            match Entry::from_frame(frame)? {
                Entry::Accepted(head, _) => {
                    let body = self.body_of(*place, frame);
                    if body.is_empty() {
                        fed.hollowed.push(reference_of(&head)?);
                    } else {
                        fed.records.push(Self::stored_from(*place, &head, &body)?);
                    }
                }
                Entry::HollowIntent(head) => {
                    let named = head.items.iter().filter(|item| !item.origin.is_empty());
                    fed.hollowed.extend(named.map(messages::HollowItem::reference).collect::<Result<Vec<_>, _>>()?);
                }
                Entry::Seal(_) | Entry::Consumed(_) | Entry::Parked(_) | Entry::Positions(_) | Entry::Epoch(_) => {}
                Entry::Local(..) | Entry::NotInterpreted(_) | Entry::Hollowed(_) => {}
            }
        }
        Ok(fed)
    }
}

fn reference_of(head: &AcceptedFrame) -> Result<RecordRef, StoreError> {
    let brief = HeaderBrief::decode(head.header.clone()).map_err(|_| StoreError::Journal("record header"))?;
    Ok(brief.reference()?)
}
