//! Neighbours that are off past their quota are sent to sleep, and woken when they are back: so that nothing grows for whoever is away.
//!
//! How long one is off is time that this node has seen pass ([`absence`]), never the difference of two wall clocks. A count of records
//! sends a child to sleep, never the parent: what waits for a child is a copy of what others have too, and what waits for the parent is
//! all that this office has to say.

mod absence;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;

use self::absence::Absences;
use super::Inner;
use crate::{ids::OfficeId, writer::intent::Intent};

/// Where it is kept how long neighbours have been off.
const NAMESPACE: &str = "relay.absence";
const KEY: &str = "seen";

/// When a neighbour that is off is given no more positions (沉睡).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DormantAfter {
    /// So many records wait for a child. What a record takes in memory and index while it waits is the same for all of them, and its bytes
    /// are in the journal in any case: so they are not counted.
    pub records: u64,
    /// Their number counts only once the child has been off for so long: a line that is cut for a moment on a busy day is no absence.
    pub records_count_after: Duration,
    /// Something waits for it, be it a child or the parent, and it has been off for so long.
    pub off_for: Duration,
    /// How often this is looked at.
    pub looked_at_every: Duration,
}

impl Default for DormantAfter {
    fn default() -> Self {
        Self {
            records: 10_000,
            records_count_after: Duration::from_secs(3600),
            off_for: Duration::from_secs(7 * 24 * 3600),
            looked_at_every: Duration::from_secs(2),
        }
    }
}

/// Which neighbour it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Is {
    Parent,
    Child,
}

impl DormantAfter {
    fn is_past(&self, is: Is, waiting: u64, off_for: Duration) -> bool {
        let too_many = match is {
            Is::Parent => false,
            Is::Child => waiting > self.records && off_for >= self.records_count_after,
        };
        too_many || (waiting > 0 && off_for >= self.off_for)
    }
}

/// Until the node stops.
pub(super) async fn watch_sleepers(relay: Arc<Inner>) {
    let mut stop = relay.stop.clone();
    let mut absences = kept(&relay);
    loop {
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => break,
            () = tokio::time::sleep(relay.settings.dormant.looked_at_every) => {}
        }
        look(&relay, &mut absences).await;
        if absences.want_keeping() {
            relay.writer.note(keeping(&mut absences));
        }
    }
    if absences.have_changed() {
        // A store that has stopped says so itself.
        let _ = relay.writer.write_one(keeping(&mut absences)).await;
    }
}

async fn look(relay: &Arc<Inner>, absences: &mut Absences) {
    let (links, waiting) = (relay.hub.links(), relay.store.waiting_for_each());
    absences.look(relay.clock.monotonic(), waiting.iter().map(|(neighbour, _)| (neighbour, links.get(neighbour))));
    for (neighbour, waiting) in waiting {
        let sleeps = relay.store.dormant(&neighbour).is_some();
        match absences.of(&neighbour) {
            None if sleeps => wake(relay, &neighbour).await,
            Some(off_for) if !sleeps && relay.settings.dormant.is_past(relay.which(&neighbour), waiting, off_for) => {
                tracing::warn!(%neighbour, waiting, off_s = off_for.as_secs(), "a neighbour is off past its quota and sleeps now");
                relay.writer.note(Intent::Sleep(neighbour));
            }
            None | Some(_) => {}
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

/// What earlier runs have seen. What cannot be read is begun anew: then a neighbour is waited for longer, no more.
fn kept(relay: &Inner) -> Absences {
    let bytes = relay.store.local(NAMESPACE, KEY).ok().flatten().unwrap_or_default();
    Absences::read(&String::from_utf8_lossy(&bytes), relay.clock.monotonic())
}

fn keeping(absences: &mut Absences) -> Intent {
    Intent::Local { namespace: NAMESPACE.to_owned(), key: KEY.to_owned(), bytes: Bytes::from(absences.keep()) }
}

impl Inner {
    fn which(&self, neighbour: &OfficeId) -> Is {
        let parent = self.office.parent.as_ref().map(|parent| &parent.office);
        if parent == Some(neighbour) { Is::Parent } else { Is::Child }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_of_records_sends_a_child_to_sleep_after_a_while_and_the_parent_never() {
        let quota = DormantAfter::default();
        let (moment, hour, week) = (Duration::from_secs(60), quota.records_count_after, quota.off_for);
        let (many, few) = (quota.records + 1, 1);
        assert!(!quota.is_past(Is::Child, u64::MAX, moment), "a busy minute");
        assert!(quota.is_past(Is::Child, many, hour));
        assert!(!quota.is_past(Is::Child, few, week - moment));
        assert!(!quota.is_past(Is::Parent, u64::MAX, week - moment));
        for is in [Is::Child, Is::Parent] {
            assert!(quota.is_past(is, few, week));
            assert!(!quota.is_past(is, 0, week * 9), "nothing waits for it");
        }
    }
}
