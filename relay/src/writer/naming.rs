//! Which records name a file, and which neighbours have such a record.

use super::{
    StoreError,
    keys::{self, Key, Reader},
    store::Store,
};
use crate::{
    ids::{Digest, OfficeId, RecordId, RecordRef},
    index::{CUSTODY, scan_prefix},
};

/// What the records here that name a file come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// None does.
    ByNobody,
    /// At least one that still says something.
    ByLiving,
    /// Only such as have lost their bodies: the file may go with them.
    InVain,
}

impl Store {
    /// By whom a file is named.
    pub fn named_file(&self, file: &Digest) -> Result<Named, StoreError> {
        let prefix = Key::new(b'M').bytes(&file.0).done();
        let found = scan_prefix(self.index.as_ref(), CUSTODY, &prefix, usize::MAX)?;
        for (key, _) in &found {
            if !self.is_without_body(&named_by(&key[prefix.len()..]).ok_or(StoreError::Index("file key"))?)? {
                return Ok(Named::ByLiving);
            }
        }
        Ok(if found.is_empty() { Named::ByNobody } else { Named::InVain })
    }

    fn is_without_body(&self, reference: &RecordRef) -> Result<bool, StoreError> {
        Ok(self.value_of(reference)?.is_some_and(|value| value.hollow.is_some()))
    }

    /// Neighbours that have a record which names this file, with its length by that record; those that sent one come first.
    pub fn who_knows(&self, file: &Digest) -> Result<Vec<(OfficeId, u64)>, StoreError> {
        let prefix = Key::new(b'm').bytes(&file.0).done();
        let found = scan_prefix(self.index.as_ref(), CUSTODY, &prefix, usize::MAX)?;
        let read = found.into_iter().map(|(key, value)| {
            let mut parts = Reader(&value);
            Some((Reader(&key[prefix.len()..]).office()?, parts.u64()?, parts.u8()?))
        });
        let mut known = read.collect::<Option<Vec<_>>>().ok_or(StoreError::Index("file key"))?;
        known.sort_by_key(|(_, _, knows)| std::cmp::Reverse(*knows));
        Ok(known.into_iter().map(|(office, bytes, _)| (office, bytes)).collect())
    }

    /// Length of a file by a record that a neighbour has too; `None`: it has none that names it, or none that still says something.
    pub fn file_known_to(&self, file: &Digest, neighbour: &OfficeId) -> Result<Option<u64>, StoreError> {
        let Some(value) = self.index.get(CUSTODY, &keys::file(file, neighbour))? else { return Ok(None) };
        if self.named_file(file)? == Named::InVain {
            return Ok(None);
        }
        Reader(&value).u64().map(Some).ok_or(StoreError::Index("file key"))
    }
}

fn named_by(key: &[u8]) -> Option<RecordRef> {
    let mut parts = Reader(key);
    let origin = parts.office()?;
    Some(RecordRef { origin, id: RecordId::from_slice(parts.0).ok()? })
}
