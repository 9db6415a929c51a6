//! From the bytes of a batch to judged positions: form, digest, seal and key of every record, before the writer sees it.
//!
//! A seal is verified once per group, also when its records come in several batches. Registry entries of one batch may vouch for records
//! after them. Whatever does not hold becomes [`Judged::Bad`] with a reason; nothing here ends a link.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use crate::{
    ids::{Digest, OfficeId},
    link::frame::{Batch, Carried, Item, RefusalCode},
    record::{OFFICE_KIND, PublicKey, RawSeal, Record, Seal, entry_from_body, verify},
    registry::Registry,
    writer::intent::{GoodRecord, Incoming, Judged},
};

/// Seals that are remembered as verified.
const REMEMBERED: usize = 4096;

/// Verifies what comes over one link.
pub struct Verifier {
    root_pin: Digest,
    verified: HashSet<Digest>,
    parsed: HashMap<Digest, Arc<Seal>>,
}

impl Verifier {
    /// Believes what leads down from this root key.
    pub fn new(root_pin: Digest) -> Self {
        Self { root_pin, verified: HashSet::new(), parsed: HashMap::new() }
    }

    /// Judges a batch from a neighbour.
    pub fn judge(&mut self, registry: Arc<Registry>, neighbour: &OfficeId, batch: Batch) -> Incoming {
        let (epoch, lane, first) = (batch.epoch, batch.lane, batch.first);
        let mut known = registry;
        let items = batch.items.into_iter().map(|item| match item {
            Item::Record(carried) => self.carried(&mut known, carried),
            Item::Tombstone { reference, digest } => Judged::Tombstone { reference, digest },
        });
        let items = items.collect();
        self.forget();
        Incoming { neighbour: neighbour.clone(), epoch, lane, first, items }
    }

    /// Judges records that were asked for.
    pub fn judge_all(&mut self, registry: Arc<Registry>, records: Vec<Carried>) -> Vec<Judged> {
        let mut known = registry;
        let judged = records.into_iter().map(|carried| self.carried(&mut known, carried)).collect();
        self.forget();
        judged
    }

    fn forget(&mut self) {
        self.parsed.clear();
        if self.verified.len() > REMEMBERED {
            self.verified.clear();
        }
    }

    fn carried(&mut self, known: &mut Arc<Registry>, carried: Carried) -> Judged {
        let digest = carried.record.digest();
        let record = match Record::parse(carried.record.clone()) {
            Ok(record) => record,
            Err(fault) => {
                let (code, detail) = (RefusalCode::Malformed, fault.to_string());
                return Judged::Bad { reference: None, digest, code, detail };
            }
        };
        let reference = Some(record.reference());
        match self.check(known, &record, &carried) {
            Ok(()) => Judged::Good(Box::new(GoodRecord { record, carried })),
            Err((code, detail)) => Judged::Bad { reference, digest, code, detail },
        }
    }

    fn check(&mut self, known: &mut Arc<Registry>, record: &Record, carried: &Carried) -> Result<(), (RefusalCode, String)> {
        let hash = carried.seal.hash();
        let seal = self.seal(hash, &carried.seal)?;
        if !seal.covers(record, carried.place as usize) {
            return Err((RefusalCode::BadSeal, "the seal does not cover the record".to_owned()));
        }
        if !self.verified.contains(&hash) {
            let key = self.key(known, record, &seal)?;
            if !verify(&seal, &key) {
                return Err((RefusalCode::BadSeal, "the signature does not verify".to_owned()));
            }
            self.verified.insert(hash);
        }
        if record.header().kind == OFFICE_KIND {
            // Later records of the batch may be by the office that this one registers; the writer judges the entry itself.
            let entry = entry_from_body(&record.raw().body);
            if let Some(entry) = entry.ok().filter(|entry| known.judge(entry, &record.header().origin).is_ok()) {
                *known = Arc::new(known.with(entry));
            }
        }
        Ok(())
    }

    fn seal(&mut self, hash: Digest, raw: &RawSeal) -> Result<Arc<Seal>, (RefusalCode, String)> {
        if let Some(seal) = self.parsed.get(&hash) {
            return Ok(seal.clone());
        }
        let seal = Seal::parse(raw.clone()).map_err(|fault| (RefusalCode::BadSeal, fault.to_string()))?;
        let seal = Arc::new(seal);
        self.parsed.insert(hash, seal.clone());
        Ok(seal)
    }

    fn key(&self, known: &Registry, record: &Record, seal: &Seal) -> Result<PublicKey, (RefusalCode, String)> {
        if let Some(key) = known.key(seal.origin(), seal.key_id()) {
            return Ok(key.clone());
        }
        // The root's own entry brings its key; what is pinned says whether it is the root's.
        let own_entry = (record.header().kind == OFFICE_KIND).then(|| entry_from_body(&record.raw().body));
        if let Some(Ok(entry)) = own_entry {
            let key = entry.key.filter(|key| entry.parent.is_none() && key.pin() == self.root_pin);
            if let Some(key) = key {
                return Ok(key);
            }
        }
        let detail = format!("no registry entry gives {} the key {}", seal.origin(), seal.key_id());
        Err((RefusalCode::UnknownOrigin, detail))
    }
}
