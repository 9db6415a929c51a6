//! What a notice asks for, derived anew whenever something came that is about it, or was removed.

use std::collections::{BTreeMap, BTreeSet};

use dutynet_relay::{
    ids::{OfficeId, RecordRef},
    index::{Batch, Index, scan_prefix},
    registry::Registry,
    writer::Store,
};

use super::{DeliveredAnswer, Notice, SignedAnswer, stored};
use crate::{
    domain::{
        notice::{self, Addressed, Asked, Signer, Urgency},
        obligation::{Clocked, Met, Obligation},
        then::{History, Then},
    },
    projection::{Dues, ProjectionError, SPACE, offices, value},
};

/// Settled in one go, so that no batch becomes large.
const AT_ONCE: usize = 16;

/// Settles every notice that is dirty.
pub(in crate::projection) fn settle(index: &dyn Index, store: &Store, tree: &Registry) -> Result<(), ProjectionError> {
    let mut dirty = stored::dirty(index, AT_ONCE)?;
    if dirty.is_empty() {
        return Ok(());
    }
    let history = offices::history(index)?;
    while !dirty.is_empty() {
        let mut batch = Batch::default();
        for notice in &dirty {
            let owed = owed(index, store, (tree, &history), notice)?;
            Dues::replace(index, &mut batch, notice, &owed)?;
            batch.delete(stored::dirty_key(notice));
        }
        index.apply(SPACE, &batch)?;
        dirty = stored::dirty(index, AT_ONCE)?;
    }
    Ok(())
}

/// The notices of records that are gone are to be settled anew.
pub(in crate::projection) fn unsettle(gone: &[Vec<u8>], batch: &mut Batch) {
    for notice in gone.iter().filter_map(|key| stored::notice_of(key)) {
        batch.put(stored::dirty_key(&notice), stored::mark());
    }
}

/// What is owed because of it: nothing before it is here itself, nor after it was removed, nor where it is not 特急 and its sender set no time.
fn owed(
    index: &dyn Index,
    store: &Store,
    (tree, history): (&Registry, &History),
    reference: &RecordRef,
) -> Result<Vec<Obligation>, ProjectionError> {
    let key = stored::notice_key(reference);
    let held = index.get(SPACE, key.as_bytes())?.map(|value| stored::read_notice(key.as_bytes(), &value)).transpose()?;
    let asks = |held: &Notice| !held.removed && (held.sign_by.is_some() || held.urgency == Urgency::Flash);
    let Some(notice) = held.filter(asks) else { return Ok(Vec::new()) };
    let record = store.stored(notice.moment.place)?;
    let Some(addressed) = Addressed::of(&record.record.header().audience, &reference.origin) else { return Ok(Vec::new()) };
    let (had, signed) = (super::deliveries(index, reference)?, signatures(index, reference)?);
    let answered: BTreeSet<OfficeId> = had.iter().map(|answer| answer.office.clone()).chain(signed.keys().cloned()).collect();
    let then = Then::at(history, &notice.moment);
    let made = value::clocked(tree, &record, notice.moment.recorded_at);
    let asked = Asked { notice: reference, made, sign_by: notice.sign_by, urgency: notice.urgency, mode: notice.mode };
    let listed = notice::listed(tree, &addressed, (&then, &answered));
    let owed = |office: &OfficeId| asked.of(&signer(office, (&notice, tree), (&had, &signed)), tree);
    Ok(listed.into_iter().filter_map(|(_, entry)| owed(&entry.office)).collect())
}

fn signer<'a>(
    office: &'a OfficeId,
    (notice, tree): (&Notice, &Registry),
    (had, signed): (&[DeliveredAnswer], &BTreeMap<OfficeId, SignedAnswer>),
) -> Signer<'a> {
    let said = had.iter().find(|answer| answer.office == *office).map(|answer| answer.had_at);
    // Of this office itself more is known than what its node will say.
    let here = || (office == tree.own()).then(|| Clocked::same(notice.received_at));
    let met = signed.get(office).map(|answer| Met {
        record: answer.reference.clone(),
        at: answer.signed_at,
        arrived: answer.received_at,
    });
    Signer { office, had: here().or(said), signed: met }
}

/// The first signature of each office.
fn signatures(index: &dyn Index, notice: &RecordRef) -> Result<BTreeMap<OfficeId, SignedAnswer>, ProjectionError> {
    let mut first: BTreeMap<OfficeId, SignedAnswer> = BTreeMap::new();
    for (key, value) in scan_prefix(index, SPACE, stored::signed_prefix(notice, None).as_bytes(), usize::MAX)? {
        let answer = stored::read_signed(&key, &value)?;
        let when = |answer: &SignedAnswer| (answer.signed_at.here, answer.reference.clone());
        match first.get(&answer.office) {
            Some(held) if when(held) <= when(&answer) => {}
            Some(_) | None => {
                first.insert(answer.office.clone(), answer);
            }
        }
    }
    Ok(first)
}
