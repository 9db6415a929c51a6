//! What sessions ask of the node that they belong to.

use bytes::Bytes;

use super::Inner;
use crate::{
    folder::ParentFile,
    ids::{Digest, OfficeId, UnixMillis},
    link::event::Event,
    random,
    record::PublicKey,
    writer::intent::{ForkReason, Intent},
};

impl Inner {
    /// Key that must answer where the parent is dialled: what the registry says, and before that what the invitation pinned.
    pub(crate) fn parent_pin(&self, parent: &ParentFile) -> Digest {
        let registry = self.store.registry();
        let key = registry.entry(&parent.office).and_then(|entry| entry.key.as_ref());
        key.map_or(parent.pin, PublicKey::pin)
    }

    pub(crate) fn line_up(&self, neighbour: &OfficeId, software: &str, certificate_until: UnixMillis) {
        let now = self.clock.wall();
        tracing::info!(%neighbour, software, "link up");
        self.hub.set_peer(neighbour, software, certificate_until);
        self.hub.set_line(&self.store.registry(), neighbour, true, (now, ""));
        self.writer.note(Intent::Line { neighbour: neighbour.clone(), up: true, at: now, reason: String::new() });
    }

    /// The line is down, unless a later session has already taken the place of the one that ended.
    pub(crate) fn line_down(&self, neighbour: &OfficeId, session: u64, reason: &str) {
        if self.hub.door(neighbour).is_some_and(|door| door.id != session) {
            return;
        }
        let now = self.clock.wall();
        self.hub.set_line(&self.store.registry(), neighbour, false, (now, reason));
        self.writer.note(Intent::Line { neighbour: neighbour.clone(), up: false, at: now, reason: reason.to_owned() });
    }

    pub(crate) fn measured_offset(&self, neighbour: &OfficeId, ms: i64) {
        self.hub.set_offset(neighbour, -ms);
        if self.office.parent.as_ref().is_some_and(|parent| parent.office == *neighbour) {
            self.conditions.set_offset(ms);
        }
    }

    /// Begins a new epoch; every session says Hello again.
    pub(crate) async fn fork(&self, reason: ForkReason) {
        tracing::warn!(?reason, "this store begins a new epoch");
        if self.writer.write_one(Intent::Fork(reason)).await.is_ok() {
            self.hub.tell_all(&Event::NewEpoch);
        }
    }

    /// Whether own records are still wanted back from that neighbour.
    pub(crate) fn is_wanted_back(&self, neighbour: &OfficeId) -> bool {
        let kept = self.store.local(crate::writer::WANTED_BACK, neighbour.as_str());
        kept.ok().flatten().is_some_and(|bytes| !bytes.is_empty())
    }

    pub(crate) fn own_wanted_back(&self, neighbour: &OfficeId) -> Intent {
        let (namespace, key) = (crate::writer::WANTED_BACK.to_owned(), neighbour.as_str().to_owned());
        Intent::Local { namespace, key, bytes: Bytes::from_static(b"own") }
    }

    pub(crate) fn nothing_wanted_back(&self, neighbour: &OfficeId) -> Intent {
        let (namespace, key) = (crate::writer::WANTED_BACK.to_owned(), neighbour.as_str().to_owned());
        Intent::Local { namespace, key, bytes: Bytes::new() }
    }

    /// Seed of this node's retry schedule.
    pub(crate) fn seed(&self) -> u64 {
        // Without randomness all nodes would come back together, which is no fault.
        random::bytes().map_or(0, u64::from_be_bytes)
    }
}
