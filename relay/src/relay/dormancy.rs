//! Neighbours that are off past their quota are sent to sleep, and woken when they are back: so that nothing grows for whoever is away.

use std::{sync::Arc, time::Duration};

use super::Inner;
use crate::{hub::LinkState, ids::OfficeId, writer::intent::Intent};

/// When a neighbour that is off is given no more positions (沉睡).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DormantAfter {
    /// So many records wait for it. What a record takes in memory and index while it waits is the same for all of them, and its bytes are
    /// in the journal in any case: so they are not counted.
    pub records: u64,
    /// Something waits for it and it has been off for so long.
    pub off_for: Duration,
    /// How often this is looked at.
    pub looked_at_every: Duration,
}

impl Default for DormantAfter {
    fn default() -> Self {
        Self { records: 10_000, off_for: Duration::from_secs(7 * 24 * 3600), looked_at_every: Duration::from_secs(2) }
    }
}

/// Until the node stops.
pub(super) async fn watch_sleepers(relay: Arc<Inner>) {
    let mut stop = relay.stop.clone();
    loop {
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(relay.settings.dormant.looked_at_every) => {}
        }
        let links = relay.hub.links();
        for (neighbour, waiting) in relay.store.waiting_for_each() {
            let link = links.get(&neighbour);
            let is_up = link.is_some_and(|link| link.up);
            let sleeps = relay.store.dormant(&neighbour).is_some();
            if sleeps && is_up {
                wake(&relay, &neighbour).await;
            } else if !sleeps && !is_up && relay.is_off_too_long(link, waiting) {
                tracing::warn!(%neighbour, waiting, "a neighbour is off past its quota and sleeps now");
                relay.writer.note(Intent::Sleep(neighbour));
            }
        }
    }
}

/// Part by part, so that others are served between; what is left when the line or the node goes down is taken up again.
async fn wake(relay: &Arc<Inner>, neighbour: &OfficeId) {
    tracing::info!(%neighbour, "a neighbour that slept is back");
    while relay.store.dormant(neighbour).is_some() && !*relay.stop.borrow() && relay.hub.door(neighbour).is_some() {
        if relay.writer.write_one(Intent::Wake(neighbour.clone())).await.is_err() {
            return;
        }
    }
}

impl Inner {
    fn is_off_too_long(&self, link: Option<&LinkState>, waiting: u64) -> bool {
        let quota = self.settings.dormant;
        let off_for = link.and_then(|link| link.since).map_or(0, |since| self.clock.wall().0.saturating_sub(since.0));
        let off_for = Duration::from_millis(u64::try_from(off_for).unwrap_or(0));
        waiting > quota.records || (waiting > 0 && off_for > quota.off_for)
    }
}
