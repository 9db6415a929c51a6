//! What a stretch of the journal adds to the projection: each record is handed, by its kind, to the module that reads such records.
//!
//! A module is a function that puts keys and values into a batch, from one record and the tree alone: it asks nothing of what was put
//! before, so that a projection made anew is the same. What it does not put, it says in one English sentence.

use std::panic::{AssertUnwindSafe, catch_unwind};

use dutynet_relay::{
    feed::FeedGroup,
    ids::RecordRef,
    index::Batch,
    journal::{Cursor, Place},
    registry::Registry,
    writer::Stored,
};

use super::{attachments, cut_offs, dues, groups, made, matters, notices, offices, packs, reports, secrecy, special, value};

/// Puts what a record says into the batch, or says why it does not.
type Digests = fn(&Registry, &Stored, &mut Batch) -> Result<(), String>;

/// What a stretch of the journal comes to.
pub(super) struct Stretch {
    /// Every module's keys and values, and the cursor.
    pub(super) batch: Batch,
    /// Where the next one begins.
    pub(super) end: Cursor,
    /// What could not be digested.
    pub(super) strange: Vec<Strange>,
    /// Records whose words are gone: what was made of them goes, too.
    pub(super) hollowed: Vec<RecordRef>,
}

/// A record that could not be digested.
pub(super) struct Strange {
    /// Where it stands.
    pub(super) place: Place,
    /// Who was to digest it; stable English name, as `not interpreted` marks keep it.
    pub(super) module: &'static str,
    /// Why not.
    pub(super) reason: String,
}

/// Who digests records of a kind; `None`: nobody here.
fn module(kind: &str) -> Option<(&'static str, Digests)> {
    if reports::reads(kind) {
        return Some((reports::NAME, reports::digest));
    }
    if cut_offs::reads(kind) {
        return Some((cut_offs::NAME, cut_offs::digest));
    }
    if notices::reads(kind) {
        return Some((notices::NAME, notices::digest));
    }
    if matters::reads(kind) {
        return Some((matters::NAME, matters::digest));
    }
    if groups::reads(kind) {
        return Some((groups::NAME, groups::digest));
    }
    if dues::reads(kind) {
        return Some((dues::NAME, dues::digest));
    }
    if special::reads(kind) {
        return Some((special::NAME, special::digest));
    }
    if packs::reads(kind) {
        return Some((packs::NAME, packs::digest));
    }
    if secrecy::reads(kind) {
        return Some((secrecy::NAME, secrecy::digest));
    }
    if attachments::reads(kind) {
        return Some((attachments::NAME, attachments::digest));
    }
    offices::reads(kind).then_some((offices::NAME, offices::digest as Digests))
}

/// What a stretch adds to the projection, its cursor included; `None`: it is empty.
pub(super) fn digest(groups: &[FeedGroup], tree: &Registry) -> Option<Stretch> {
    let end = groups.last()?.end;
    let hollowed = groups.iter().flat_map(|group| group.hollowed.iter().cloned()).collect();
    let mut stretch = Stretch { batch: Batch::default(), end, strange: Vec::new(), hollowed };
    for record in groups.iter().flat_map(|group| &group.records) {
        let Some((module, digests)) = module(&record.record.header().kind) else { continue };
        // A fault of this program at one record must not stop the records after it.
        let digested = catch_unwind(AssertUnwindSafe(|| {
            let mut batch = Batch::default();
            digests(tree, record, &mut batch).map(|()| batch)
        }));
        match digested.unwrap_or_else(|_| Err("reading it panicked".to_owned())) {
            Ok(mut batch) => {
                made::note(&record.record.reference(), &mut batch);
                stretch.batch.changes.extend(batch.changes);
            }
            Err(reason) => stretch.strange.push(Strange { place: record.place, module, reason }),
        }
    }
    offices::heard(groups.iter().flat_map(|group| &group.records), &mut stretch.batch);
    stretch.batch.put(value::CURSOR, value::cursor_value(end));
    Some(stretch)
}
