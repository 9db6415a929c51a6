//! The node itself: what it holds, how its lines are, and what a person should know.

use std::collections::BTreeMap;

use dutynet_relay::{
    ids::{OfficeId, UnixMillis, Zone},
    relay::{LinkStatus, StoreStatus},
    writer::Space,
};

use super::{Office, Upkept, clock};
use crate::domain::board::LineFact;

/// Counter of records that a projection could not digest.
const NOT_INTERPRETED: &str = "not_interpreted";

/// Counter of records that their sender had no right to send.
const REFUSED_UNLAWFUL: &str = "refused_unlawful";

/// Counter of records that were turned away for what they say.
const REFUSED_CONTENT: &str = "refused_content";

/// What the node holds, and who it is.
#[derive(Debug, Clone)]
pub struct NodeStatus {
    /// Its office.
    pub office: OfficeId,
    /// Name of that.
    pub name: String,
    /// Network zone.
    pub zone: Zone,
    /// Program and version.
    pub software: &'static str,
    /// By its clock.
    pub now: UnixMillis,
    /// Since when it serves.
    pub since: UnixMillis,
    /// The store.
    pub store: StoreStatus,
    /// Records that a projection could not digest.
    pub not_interpreted: u64,
    /// When the last good backup was begun.
    pub backed_up_at: Option<UnixMillis>,
    /// What was done for the store beside its work; `None`: the index cannot be read.
    pub upkept: Option<Upkept>,
    /// What a person should know.
    pub warnings: Vec<Warning>,
}

/// What a person should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// What.
    pub kind: WarningKind,
    /// What it is about; may be empty.
    pub about: String,
    /// Since when, if that is known.
    pub since: Option<UnixMillis>,
}

/// What a person may have to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WarningKind {
    /// The store has stopped.
    StoreFailed,
    /// The disk is nearly full.
    DiskLow,
    /// The disk is so full that only urgent things are taken, or nothing.
    DiskFull,
    /// A neighbour refused records.
    Parked,
    /// Neighbours sent what they may not send.
    UnlawfulRefused,
    /// Records of neighbours bore a mark of state secrecy and were turned away.
    MarkedRefused,
    /// Records that cannot be read any more and are not back.
    Damaged,
    /// Records that this program could not read.
    NotInterpreted,
    /// A neighbour is off past its quota and sleeps.
    Dormant,
    /// The line to the parent is down.
    ParentDown,
    /// The clocks of this machine and the parent's differ.
    ClockSkew,
    /// The clocks of this machine and a child's differ.
    ClockSkewBelow,
    /// This machine's clock cannot be right.
    ClockWrong,
    /// Which day it is depends on whose clock is asked.
    DayDoubtful,
    /// No folder for backups stands in the configuration.
    BackupNotPlanned,
    /// Attempts to make one come to nothing.
    BackupFailing,
    /// There is no good one that is new enough.
    BackupOld,
    /// The journal could not be read everywhere when it was copied.
    BackupDamaged,
    /// The backup lies on the disk that it is to replace.
    BackupSameDisk,
    /// The command that rings where nobody listens came to nothing.
    RingFailing,
}

impl Office {
    /// What the node holds, and who it is.
    pub fn status(&self) -> NodeStatus {
        let (relay, store, links) = (self.relay(), self.relay().status(), self.relay().links());
        let upkept = self.upkept().inspect_err(|refused| tracing::warn!(%refused, "upkeep cannot be counted")).ok();
        let name = relay.registry().entry(self.own()).map(|entry| entry.name.clone()).unwrap_or_default();
        NodeStatus {
            office: self.own().clone(),
            name,
            zone: relay.office().zone.clone(),
            software: concat!("dutynet ", env!("CARGO_PKG_VERSION")),
            now: self.now(),
            since: self.inner.since,
            not_interpreted: store.counters.get(NOT_INTERPRETED).copied().unwrap_or(0),
            backed_up_at: self.backed_up_at(),
            warnings: [
                warnings(&store, &links),
                damaged(upkept.as_ref()),
                clock::warnings(self.now(), &links),
                self.backup_warnings(),
                self.inner.bell.warnings(),
            ]
            .concat(),
            store,
            upkept,
        }
    }

    /// The line to each neighbour, with its name; parent first.
    pub fn links(&self) -> Vec<(LinkStatus, String)> {
        let registry = self.relay().registry();
        let name = |office: &OfficeId| registry.entry(office).map(|entry| entry.name.clone()).unwrap_or_default();
        self.relay().links().into_iter().map(|link| (link.clone(), name(&link.office))).collect()
    }

    /// What is known of every line below this office.
    pub fn lines_below(&self) -> BTreeMap<OfficeId, LineFact> {
        let mut facts = self.line_facts();
        facts.remove(self.own());
        facts
    }
}

fn damaged(upkept: Option<&Upkept>) -> Vec<Warning> {
    let missing = upkept.map_or(0, |upkept| upkept.relay.scrubbed.missing);
    let warning = Warning { kind: WarningKind::Damaged, about: missing.to_string(), since: None };
    (missing > 0).then_some(warning).into_iter().collect()
}

fn warnings(store: &StoreStatus, links: &[LinkStatus]) -> Vec<Warning> {
    let plain = |kind, about: String| Warning { kind, about, since: None };
    let mut warnings = Vec::new();
    if let Some(reason) = &store.failed {
        warnings.push(plain(WarningKind::StoreFailed, reason.clone()));
    }
    match store.space {
        Space::Enough => {}
        Space::Low => warnings.push(plain(WarningKind::DiskLow, String::new())),
        Space::VeryLow | Space::None => warnings.push(plain(WarningKind::DiskFull, String::new())),
    }
    if store.parked > 0 {
        warnings.push(plain(WarningKind::Parked, store.parked.to_string()));
    }
    let unlawful = store.counters.get(REFUSED_UNLAWFUL).copied().unwrap_or(0);
    if unlawful > 0 {
        warnings.push(plain(WarningKind::UnlawfulRefused, unlawful.to_string()));
    }
    let marked = store.counters.get(REFUSED_CONTENT).copied().unwrap_or(0);
    if marked > 0 {
        warnings.push(plain(WarningKind::MarkedRefused, marked.to_string()));
    }
    let strange = store.counters.get(NOT_INTERPRETED).copied().unwrap_or(0);
    if strange > 0 {
        warnings.push(plain(WarningKind::NotInterpreted, strange.to_string()));
    }
    for (link, dormant) in links.iter().filter_map(|link| Some((link, link.dormant?))) {
        let about = format!("{}: {}", link.office, dormant.waiting);
        warnings.push(Warning { kind: WarningKind::Dormant, about, since: Some(dormant.since) });
    }
    for parent in links.iter().filter(|link| link.is_parent) {
        let about = parent.office.to_string();
        if !parent.state.up {
            warnings.push(Warning { kind: WarningKind::ParentDown, about: about.clone(), since: parent.state.since });
        }
    }
    warnings
}
