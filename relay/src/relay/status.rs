//! What a node can say of itself: its lines, its lanes, its store and its disk.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use super::{Inner, Relay, RelayConfig};
use crate::{
    files::{Files, FilesHeld},
    folder::DataFolder,
    hub::{LineKnown, LinkState},
    ids::{Epoch, Lane, LinkSeq, OfficeId, PerLane, UnixMillis},
    lines::{Span, spans},
    link::event::Event,
    upkeep::{counts::Upkept, scrub::Scrubbed},
    writer::{Dormant, Heads, Space, StoreError, thread::Conditions},
};

/// The line to a neighbour with its lanes.
#[derive(Debug, Clone)]
pub struct LinkStatus {
    /// Who.
    pub office: OfficeId,
    /// Above, not below.
    pub is_parent: bool,
    /// What is known now.
    pub state: LinkState,
    /// Per lane.
    pub lanes: PerLane<LaneStatus>,
    /// Refused and not settled.
    pub parked: u64,
    /// It is off past its quota and sleeps.
    pub dormant: Option<Dormant>,
}

/// One outgoing lane.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LaneStatus {
    /// Last position given.
    pub last: LinkSeq,
    /// On the neighbour's disk.
    pub custody: LinkSeq,
    /// At everyone.
    pub arrived: LinkSeq,
}

/// What a node holds.
#[derive(Debug, Clone)]
pub struct StoreStatus {
    /// Current epoch.
    pub epoch: Epoch,
    /// Records of every origin.
    pub records: u64,
    /// Journal, bytes.
    pub journal_bytes: u64,
    /// Not acknowledged.
    pub waiting: u64,
    /// Refused and not settled.
    pub parked: u64,
    /// Files.
    pub files: FilesHeld,
    /// Free and total bytes of the disk.
    pub disk: (u64, u64),
    /// Room for new records.
    pub space: Space,
    /// Counted events.
    pub counters: BTreeMap<String, u64>,
    /// Why the store stopped, if it did.
    pub failed: Option<String>,
}

impl Relay {
    /// The line to each neighbour: parent first, then children by id.
    pub fn links(&self) -> Vec<LinkStatus> {
        let (registry, mut states) = (self.registry(), self.inner.hub.links());
        let parent = self.inner.office.parent.as_ref().map(|parent| &parent.office);
        let children = registry.children(self.own()).filter(|child| child.key.is_some()).map(|child| &child.office);
        let neighbours = parent.into_iter().map(|p| (p, true)).chain(children.map(|child| (child, false)));
        let row = |(office, is_parent): (&OfficeId, bool)| LinkStatus {
            office: office.clone(),
            is_parent,
            state: states.remove(office).unwrap_or_default(),
            lanes: self.inner.store.with_heads(|heads| PerLane(Lane::ALL.map(|lane| lane_status(heads, office, lane)))),
            parked: self.inner.store.with_heads(|heads| {
                Lane::ALL.iter().filter_map(|lane| heads.out_lane(office, *lane)).map(|out| out.parked.len() as u64).sum()
            }),
            dormant: self.inner.store.dormant(office),
        };
        neighbours.map(row).collect()
    }

    /// What is known of every line of the subtree.
    pub fn lines(&self) -> BTreeMap<OfficeId, LineKnown> {
        self.inner.hub.lines(&self.registry())
    }

    /// What the line of an office of the subtree was in that time, as it is known here; of this office, its own to its parent. Nothing is
    /// said of what is still to come.
    pub fn line_history(&self, office: &OfficeId, from: UnixMillis, to: UnixMillis) -> Result<Vec<Span>, StoreError> {
        let to = to.min(self.inner.clock.wall());
        Ok(spans(&self.inner.store.line_track(office, from, to)?, from, to))
    }

    /// How far the slow reading of the whole journal has got, and what it has found.
    pub fn scrubbed(&self) -> Result<Scrubbed, StoreError> {
        Scrubbed::of(&self.inner.store)
    }

    /// The same with what else upkeep has done, and bodies that are still to go.
    pub fn upkept(&self) -> Result<Upkept, StoreError> {
        Upkept::of(&self.inner.store)
    }

    /// What this node holds.
    pub fn status(&self) -> StoreStatus {
        let store = &self.inner.store;
        let (waiting, parked, mut counters) = store.with_heads(|heads| (heads.waiting(), heads.parked(), heads.counters.clone()));
        counters.extend(Some(store.lost_sent()).filter(|count| *count > 0).map(|count| ("lost_sent".to_owned(), count)));
        StoreStatus {
            epoch: store.epoch(),
            records: counters.get("records").copied().unwrap_or(0),
            journal_bytes: store.journal().bytes(),
            waiting,
            parked,
            files: self.inner.files.status(),
            disk: disk_space(&self.inner.folder).unwrap_or((0, 0)),
            space: self.inner.conditions.space(),
            counters,
            failed: self.inner.writer.failed().borrow().clone(),
        }
    }
}

fn lane_status(heads: &Heads, office: &OfficeId, lane: Lane) -> LaneStatus {
    let acked = heads.out_lane(office, lane).map_or((LinkSeq(0), LinkSeq(0)), |out| (out.acked, out.arrived));
    LaneStatus { last: heads.sent(office, lane).seq, custody: acked.0, arrived: acked.1 }
}

pub(super) async fn watch_space(relay: Arc<Inner>) {
    let mut stop = relay.stop.clone();
    loop {
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(Duration::from_secs(5)) => {}
        }
        let before = relay.conditions.space();
        measure_space(&relay.folder, &relay.settings, (&relay.conditions, &relay.files));
        let now = relay.conditions.space();
        if now != before {
            tracing::warn!(?now, "room on the disk has changed");
        }
        if now < before {
            relay.hub.tell_all(&Event::SpaceFreed);
        }
    }
}

pub(super) fn measure_space(folder: &DataFolder, settings: &RelayConfig, (conditions, files): (&Conditions, &Files)) {
    let Some((free, _)) = disk_space(folder) else { return };
    let least = settings.free_bytes_min;
    files.set_room(free >= 8 * least);
    conditions.set_space(match free {
        free if free < least => Space::None,
        free if free < 2 * least => Space::VeryLow,
        free if free < 4 * least => Space::Low,
        _ => Space::Enough,
    });
}

fn disk_space(folder: &DataFolder) -> Option<(u64, u64)> {
    let stat = rustix::fs::statvfs(folder.path()).ok()?;
    Some((stat.f_bavail * stat.f_frsize, stat.f_blocks * stat.f_frsize))
}
