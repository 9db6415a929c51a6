//! What the frames about bodies that go change in heads and index.

use std::collections::BTreeSet;

use super::{
    super::{
        apply::Applier,
        frames::{self, AcceptedFrame, FrameFault, HeaderBrief},
        keys::{self, Hollow, HollowWhy},
    },
    messages::{HollowItem, HollowedFrame},
};
use crate::{ids::RecordRef, journal::Place, record::DESTROY_KIND};

impl Applier<'_> {
    /// A body is gone for whoever reads, and soon from the disk.
    pub(in super::super) fn hollow(&mut self, intent: Place, item: &HollowItem) -> Result<(), FrameFault> {
        let place = item.place();
        self.heads.hollowing.insert(place, intent);
        self.batch.put(keys::hollowing(place), keys::place_bytes(intent));
        self.count("hollowed");
        if !item.namespace.is_empty() {
            self.batch.delete(keys::local(&item.namespace, &item.key));
        }
        if !item.origin.is_empty() {
            let instead_of = item.instead_of_group.map(|group| frames::place(group, item.instead_of_frame));
            let hollow = Hollow { body_hash: frames::digest(&item.body_hash)?, why: HollowWhy::Removed };
            let digest = frames::digest(&item.digest)?;
            let value = keys::RecordValue { place, digest, instead_of, hollow: Some(hollow) };
            self.batch.put(keys::record(&item.reference()?), value.bytes());
        }
        Ok(())
    }

    pub(in super::super) fn hollowed(&mut self, head: &HollowedFrame) -> Result<(), FrameFault> {
        let intents: BTreeSet<_> =
            head.intents.iter().map(|intent| frames::place(intent.group.unwrap_or_default(), intent.frame)).collect();
        let batch = &mut self.batch;
        self.heads.hollowing.retain(|place, intent| {
            let done = intents.contains(intent);
            if done {
                batch.delete(keys::hollowing(*place));
            }
            !done
        });
        Ok(())
    }

    /// A record that was accepted may destroy another.
    pub(in super::super) fn destroys(&mut self, place: Place, brief: &HeaderBrief) {
        if let Some(target) = RecordRef::parse(&brief.subject).filter(|_| brief.kind == DESTROY_KIND) {
            self.batch.put(keys::destroyed(&target), keys::place_bytes(place));
            self.count("destroyed");
        }
    }
}

/// What there is of a record that came without its body.
pub(in super::super) fn came_hollow(head: &AcceptedFrame) -> Result<Option<Hollow>, FrameFault> {
    if head.body_hash.is_empty() {
        return Ok(None);
    }
    Ok(Some(Hollow { body_hash: frames::digest(&head.body_hash)?, why: HollowWhy::Came }))
}
