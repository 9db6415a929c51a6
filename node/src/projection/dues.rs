//! Obligations that were derived from matters and notices, kept as they were derived; how each stands is judged when somebody asks.
//!
//! - `due/<key>`: the obligation.
//! - `due-of/<matter>/<key>`: it was derived from that matter or notice, whose obligations are replaced all at once ([`Dues::replace`]).
//! - `due-open/<key>`: it is not closed. The clock watches these alone.
//! - `due-month/<YYYY-MM>/<key>`: in which month it is due, for statistics. Of what is real alone: nothing practised is ever counted.
//! - `chase/<key>/<origin>/<id>`: one for each record that its debtor was chased; the words stay in the journal.

mod stored;

use std::{collections::BTreeMap, sync::Arc};

use dutynet_relay::{
    ids::RecordRef,
    index::{Batch, Index, scan_prefix},
    journal::Place,
    record::Mode,
    registry::Registry,
    writer::Stored,
};

use super::{ProjectionError, SPACE, value::damaged};
use crate::{
    body::special::{CHASED, ChasedBody},
    domain::obligation::{Key, Obligation, stats::month_of},
};

/// Name of this module in `not interpreted` marks.
pub(super) const NAME: &str = "dues";
const DUE: &str = "due/";
const OF: &str = "due-of/";
const OPEN: &str = "due-open/";
const MONTH: &str = "due-month/";
const CHASE: &str = "chase/";

/// Reads them. Cheap to clone.
#[derive(Clone)]
pub struct Dues {
    index: Arc<dyn Index>,
}

impl Dues {
    /// Reads from this index.
    pub fn new(index: Arc<dyn Index>) -> Self {
        Self { index }
    }

    /// Every obligation that is not closed.
    pub fn open(&self) -> Result<Vec<Obligation>, ProjectionError> {
        self.named(OPEN)
    }

    /// Every obligation that is real and due in a month, `YYYY-MM`, or in a year, `YYYY`.
    pub fn of_month(&self, month: &str) -> Result<Vec<Obligation>, ProjectionError> {
        self.named(&format!("{MONTH}{month}"))
    }

    /// Every obligation that was derived from a matter.
    pub fn of_matter(&self, matter: &RecordRef) -> Result<Vec<Obligation>, ProjectionError> {
        self.named(&format!("{OF}{matter}/"))
    }

    /// One of them.
    pub fn get(&self, key: &Key) -> Result<Option<Obligation>, ProjectionError> {
        let at = format!("{DUE}{key}");
        let value = self.index.get(SPACE, at.as_bytes())?;
        value.map(|value| stored::read(key.as_str(), &value).ok_or_else(|| damaged(at.as_bytes()))).transpose()
    }

    /// Where the records stand by which a debtor was chased.
    pub fn chases(&self, key: &Key) -> Result<Vec<Place>, ProjectionError> {
        let found = scan_prefix(self.index.as_ref(), SPACE, format!("{CHASE}{key}/").as_bytes(), usize::MAX)?;
        found.iter().map(|(key, value)| stored::read_place(value).ok_or_else(|| damaged(key))).collect()
    }

    /// How often each debtor was chased, by obligation.
    pub fn chase_counts(&self) -> Result<BTreeMap<String, u32>, ProjectionError> {
        let mut counts = BTreeMap::new();
        for (key, _) in scan_prefix(self.index.as_ref(), SPACE, CHASE.as_bytes(), usize::MAX)? {
            let text = std::str::from_utf8(&key).map_err(|_| damaged(&key))?;
            let named = text.strip_prefix(CHASE).and_then(|rest| rest.rsplitn(3, '/').nth(2)).ok_or_else(|| damaged(&key))?;
            *counts.entry(named.to_owned()).or_default() += 1;
        }
        Ok(counts)
    }

    /// Puts everything that is owed because of a matter or a notice in the place of what was derived from it before. What is as it was is not
    /// written anew: a notice to many offices changes with each of their signatures.
    pub fn replace(index: &dyn Index, batch: &mut Batch, matter: &RecordRef, owed: &[Obligation]) -> Result<(), ProjectionError> {
        let prefix = format!("{OF}{matter}/");
        let mut new: BTreeMap<&str, (&Obligation, Vec<u8>)> =
            owed.iter().map(|owed| (owed.key.as_str(), (owed, stored::value(owed)))).collect();
        for (at, _) in scan_prefix(index, SPACE, prefix.as_bytes(), usize::MAX)? {
            let key = std::str::from_utf8(&at).ok().and_then(|at| at.get(prefix.len()..)).ok_or_else(|| damaged(&at))?.to_owned();
            let held = format!("{DUE}{key}");
            let before = index.get(SPACE, held.as_bytes())?;
            if before.is_some() && new.get(key.as_str()).map(|(_, value)| value) == before.as_ref() {
                new.remove(key.as_str());
                continue;
            }
            if let Some(before) = before.and_then(|value| stored::read(&key, &value)) {
                batch.delete(format!("{MONTH}{}/{key}", month_of(before.due.here)));
            }
            batch.delete(format!("{OPEN}{key}"));
            batch.delete(held);
            batch.delete(at);
        }
        for (key, (owed, value)) in new {
            batch.put(format!("{DUE}{key}"), value);
            batch.put(format!("{prefix}{key}"), stored::mark());
            if owed.mode == Mode::Real {
                batch.put(format!("{MONTH}{}/{key}", month_of(owed.due.here)), stored::mark());
            }
            if !owed.is_closed() {
                batch.put(format!("{OPEN}{key}"), stored::mark());
            }
        }
        Ok(())
    }

    /// The obligations whose keys stand at the end of keys of the index.
    fn named(&self, prefix: &str) -> Result<Vec<Obligation>, ProjectionError> {
        let mut found = Vec::new();
        for (at, _) in scan_prefix(self.index.as_ref(), SPACE, prefix.as_bytes(), usize::MAX)? {
            let key = std::str::from_utf8(&at).ok().and_then(|at| Key::parse(at.rsplit('/').next()?));
            found.extend(self.get(&key.ok_or_else(|| damaged(&at))?)?);
        }
        Ok(found)
    }
}

/// Whether records of a kind are chases.
pub(super) fn reads(kind: &str) -> bool {
    kind == CHASED
}

/// Puts one chase into the batch.
pub(super) fn digest(tree: &Registry, from: &Stored, batch: &mut Batch) -> Result<(), String> {
    let header = from.record.header();
    let body = ChasedBody::decode(&from.record.raw().body).map_err(|fault| fault.to_string())?;
    if body.subject() != header.subject {
        return Err("subject and body do not name the same obligation".to_owned());
    }
    if !tree.is_within(&body.debtor, &header.origin) {
        return Err(format!("{} may not chase {}", header.origin, body.debtor));
    }
    batch.put(format!("{CHASE}{}/{}", body.key, from.record.reference()), stored::place(from.place));
    Ok(())
}

#[cfg(test)]
mod tests {
    use dutynet_relay::{
        ids::{OfficeId, RecordId, UnixMillis},
        index::map::MapIndex,
    };

    use super::*;
    use crate::domain::{
        obligation::{Clocked, Explained, Met, Over, tests::answer},
        rules::Limited,
    };

    fn reference(n: u8) -> RecordRef {
        RecordRef { origin: OfficeId::parse("440825").unwrap(), id: RecordId([n; 16]) }
    }

    fn owed(n: u8) -> Obligation {
        let mut owed = answer(Limited::Within(900_000), 3);
        owed.key = Key::parse(&format!("row.county.{n}")).unwrap();
        owed.flash = n == 3;
        owed
    }

    fn met(mut owed: Obligation) -> Obligation {
        let at = Clocked { origin: UnixMillis(5), here: UnixMillis(6) };
        owed.outcome.met = Some(Met { record: reference(4), at, arrived: UnixMillis(7) });
        owed.outcome.explained = Some(Explained { record: reference(5), at });
        owed.outcome.withdrawn = Some(reference(6));
        owed.outcome.over = Some(Over::Ended(UnixMillis(8)));
        owed
    }

    impl Dues {
        /// What is owed because of something, whether that is here or not.
        pub(crate) fn put(&self, matter: &RecordRef, owed: &[Obligation]) {
            let mut batch = Batch::default();
            Self::replace(self.index.as_ref(), &mut batch, matter, owed).unwrap();
            self.index.apply(SPACE, &batch).unwrap();
        }
    }

    fn put(index: &Arc<dyn Index>, matter: u8, owed: &[Obligation]) {
        Dues::new(index.clone()).put(&reference(matter), owed);
    }

    #[test]
    fn what_is_owed_because_of_a_matter_is_replaced_all_at_once() {
        let index: Arc<dyn Index> = Arc::new(MapIndex::default());
        let dues = Dues::new(index.clone());
        put(&index, 1, &[owed(1), owed(2)]);
        put(&index, 2, &[owed(3)]);
        assert_eq!(dues.open().unwrap(), [owed(1), owed(2), owed(3)]);
        put(&index, 1, &[met(owed(2))]);
        assert_eq!(dues.open().unwrap(), [owed(3)]);
        assert_eq!(dues.of_matter(&reference(1)).unwrap(), [met(owed(2))], "and comes back as it went in");
        assert_eq!(dues.of_month("2026-07").unwrap(), [met(owed(2)), owed(3)]);
        assert_eq!((dues.of_month("2026").unwrap().len(), dues.of_month("2026-08").unwrap().len()), (2, 0));
        assert_eq!((dues.get(&owed(1).key).unwrap(), dues.get(&owed(3).key).unwrap()), (None, Some(owed(3))));
        put(&index, 3, &[Obligation { mode: Mode::Exercise, ..owed(4) }]);
        assert_eq!(dues.open().unwrap(), [owed(3), Obligation { mode: Mode::Exercise, ..owed(4) }]);
        assert_eq!(dues.of_month("2026-07").unwrap(), [met(owed(2)), owed(3)], "what is practised is never counted");
        put(&index, 3, &[]);
        put(&index, 1, &[]);
        put(&index, 2, &[]);
        let left = index.range(SPACE, b"", b"", dutynet_relay::index::Order::Forward, 9).unwrap();
        assert_eq!(left, [], "nothing of a matter that owes nothing is left");
    }
}
