//! Checks the store while it is used: every frame of the journal is read again, every seal verified, every record looked up in the index.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use dutynet_relay::{
    ids::Digest,
    journal::{Cursor, FrameKind, Group, Place},
    link::frame::Carried,
    record::{self, Record, Seal},
    writer::Store,
};

use super::{Office, Refused, Upkept};
use crate::text::refusal::Refusal;

/// Journal read in one go, bytes.
const STRETCH_BYTES: usize = 4 << 20;
/// Most faults that are listed.
const FAULTS_MAX: usize = 1000;
/// Seals that are remembered as verified.
const REMEMBERED: usize = 4096;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Frames that were read.
    pub frames: u64,
    /// Records among them.
    pub records: u64,
    /// Seals among them.
    pub seals: u64,
    /// One English line a fault; none: sound.
    pub faults: Vec<String>,
    /// What was done for the store beside its work; `None`: the index cannot be read.
    pub upkept: Option<Upkept>,
}

impl Office {
    /// Checks journal, seals and index against each other, up to what was durable when it began.
    pub async fn verify(&self) -> Result<Verified, Refused> {
        verify(self.relay().store()).await
    }

    /// The same, and says meanwhile how far it is.
    pub async fn verify_telling(&self, far: Verifying) -> Result<Verified, Refused> {
        checked(Check { far, ..Check::new(self.relay().store().clone()) }).await
    }
}

/// How far a check is, per mille of what it will read.
#[derive(Debug, Clone, Default)]
pub struct Verifying(Arc<AtomicU32>);

impl Verifying {
    /// From 0 to 1000.
    pub fn per_mille(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    fn is(&self, done: u64, of: u64) {
        let far = done.saturating_mul(1000).checked_div(of).unwrap_or(1000);
        self.0.store(u32::try_from(far.min(1000)).unwrap_or(1000), Ordering::Relaxed);
    }
}

/// The same for a store that no node serves from.
pub async fn verify(store: &Store) -> Result<Verified, Refused> {
    checked(Check::new(store.clone())).await
}

async fn checked(check: Check) -> Result<Verified, Refused> {
    let checked = tokio::task::spawn_blocking(move || check.run()).await;
    checked.map_err(|error| Refused::because(Refusal::Internal, error))
}

struct Check {
    store: Store,
    found: Verified,
    seals: HashMap<Digest, Result<Seal, &'static str>>,
    far: Verifying,
}

impl Check {
    fn new(store: Store) -> Self {
        Self { store, found: Verified::default(), seals: HashMap::new(), far: Verifying::default() }
    }

    fn run(mut self) -> Verified {
        let (mut cursor, end) = (Cursor::default(), self.store.applied());
        while cursor.groups < end.groups && self.found.faults.len() < FAULTS_MAX {
            let groups = match self.store.journal().groups_after(cursor, STRETCH_BYTES) {
                Ok(groups) => groups,
                Err(error) => {
                    self.found.faults.push(error.to_string());
                    break;
                }
            };
            let Some(last) = groups.last() else { break };
            cursor = last.end;
            self.far.is(cursor.groups, end.groups);
            groups.iter().filter(|group| group.end.groups <= end.groups).for_each(|group| self.group(group));
        }
        self.found.upkept = Upkept::of(&self.store).ok();
        self.found
    }

    fn group(&mut self, group: &Group) {
        // A record that came back stands whole elsewhere; what is left of it here harms nobody.
        let open = group.damaged.iter().filter(|damage| !self.store.is_made_good(damage).unwrap_or(false));
        let damaged = open.map(|d| format!("journal: damaged at {}/{}: {:?}", d.segment, d.offset, d.lost));
        self.found.faults.extend(damaged);
        for (place, frame) in &group.frames {
            self.found.frames += 1;
            match frame.kind {
                FrameKind::Seal => self.found.seals += 1,
                FrameKind::Accepted => self.record(*place),
                FrameKind::Consumed | FrameKind::Parked | FrameKind::Positions | FrameKind::Epoch => {}
                FrameKind::Local | FrameKind::NotInterpreted | FrameKind::HollowIntent | FrameKind::Hollowed => {}
            }
        }
        if self.seals.len() > REMEMBERED {
            self.seals.clear();
        }
    }

    fn record(&mut self, place: Place) {
        self.found.records += 1;
        let checked = match self.store.carried_at(place) {
            Ok(carried) => self.carried(&carried),
            Err(error) => Err(error.to_string()),
        };
        if let Err(fault) = checked {
            self.found.faults.push(format!("{place:?}: {fault}"));
        }
    }

    fn carried(&mut self, carried: &Carried) -> Result<(), String> {
        let record = Record::parse(carried.record.clone()).map_err(|fault| fault.to_string())?;
        let place = usize::try_from(carried.place).map_err(|_| "no place under its seal")?;
        let seal = self.seal(carried).as_ref().map_err(|fault| (*fault).to_owned())?;
        if !seal.covers(&record, place) {
            return Err(format!("{}: the seal does not cover it", record.reference()));
        }
        match self.store.find(&record.reference()) {
            Ok(Some((_, digest))) if digest == record.digest() => Ok(()),
            Ok(Some(_)) => Err(format!("{}: the index holds another digest", record.reference())),
            Ok(None) => Err(format!("{}: not in the index", record.reference())),
            Err(error) => Err(error.to_string()),
        }
    }

    /// The seal of a record, verified once for its group.
    fn seal(&mut self, carried: &Carried) -> &Result<Seal, &'static str> {
        let registry = self.store.registry();
        self.seals.entry(carried.seal.hash()).or_insert_with(|| {
            let seal = Seal::parse(carried.seal.as_ref().clone()).map_err(|_| "its seal cannot be read")?;
            let key = registry.key(seal.origin(), seal.key_id()).ok_or("no registry entry gives its seal a key")?;
            if record::verify(&seal, key) { Ok(seal) } else { Err("its seal does not verify") }
        })
    }
}
