//! The seam between the store and what it looks things up in.
//!
//! Two implementations: [`sled`](sled_index) on disk, and a map for the simulator. Both pass the same model tests. Whatever an index
//! holds comes from the journal and can be rebuilt from it; no record body lives here and no value is over 4 KiB.
//!
//! Keys live in **spaces** (trees). The writer's own is [`CUSTODY`]; a projection names another. A batch touches one space and is applied
//! whole; a scan never sees half a batch.

use crate::ids::Digest;

mod home;
mod left;
pub mod map;
pub mod renewal;
pub mod sled_index;
mod sum;

/// The writer's own space.
pub const CUSTODY: Space = Space("custody");
/// Longest value, bytes. What is longer could end up in files that sled never syncs.
pub const VALUE_BYTES_MAX: usize = 4096;
/// Longest key, bytes; for the same reason.
pub const KEY_BYTES_MAX: usize = 512;

/// Entries read at once for a fingerprint.
const FINGERPRINT_PAGE: usize = 1024;

/// A named set of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Space(pub &'static str);

/// Changes that become visible together. Later changes of one key win.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// `None` removes the key.
    pub changes: Vec<(Vec<u8>, Option<Vec<u8>>)>,
}

impl Batch {
    /// Sets a key.
    pub fn put(&mut self, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        self.changes.push((key.into(), Some(value.into())));
    }

    /// Removes a key.
    pub fn delete(&mut self, key: impl Into<Vec<u8>>) {
        self.changes.push((key.into(), None));
    }
}

/// Order of a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Smallest key first.
    Forward,
    /// Largest key first.
    Backward,
}

/// What went wrong with an index. The store answers every one of them in the same way: stop, move it aside, rebuild.
#[derive(Debug, thiserror::Error)]
#[error("index: {0}")]
pub struct IndexError(pub String);

/// Entries of a scan.
pub type Entries = Vec<(Vec<u8>, Vec<u8>)>;

/// Ordered keys and small values.
pub trait Index: Send + Sync {
    /// Value of a key.
    fn get(&self, space: Space, key: &[u8]) -> Result<Option<Vec<u8>>, IndexError>;
    /// Up to `limit` entries with `from <= key < to`; an empty `to` stands for the end of the space.
    #[expect(clippy::too_many_arguments, reason = "a span is two of them")]
    fn range(&self, space: Space, from: &[u8], to: &[u8], order: Order, limit: usize) -> Result<Entries, IndexError>;
    /// Applies a batch whole, or refuses one with a key or value over its limit. Durable only after [`Index::checkpoint`]: the journal makes up for the rest.
    fn apply(&self, space: Space, batch: &Batch) -> Result<(), IndexError>;
    /// Empties a space, whole as a batch does.
    fn clear(&self, space: Space) -> Result<(), IndexError>;
    /// Makes everything applied so far durable.
    fn checkpoint(&self) -> Result<(), IndexError>;
}

/// Smallest key after every key with this prefix; empty: no key comes after.
pub fn after_prefix(prefix: &[u8]) -> Vec<u8> {
    let kept = prefix.iter().rposition(|b| *b != 0xff).map_or(0, |at| at + 1);
    let mut end = prefix[..kept].to_vec();
    if let Some(last) = end.last_mut() {
        *last += 1;
    }
    end
}

/// One hash over every entry of a space: equal where, and only where, two indexes hold the same.
pub fn fingerprint(index: &dyn Index, space: Space) -> Result<Digest, IndexError> {
    let (mut hash, mut from) = (Digest::ZERO, Vec::new());
    loop {
        let page = index.range(space, &from, &[], Order::Forward, FINGERPRINT_PAGE)?;
        for (key, value) in &page {
            let lens = [key.len() as u64, value.len() as u64].map(u64::to_be_bytes).concat();
            hash = Digest::of("dutynet.index.fingerprint.1", &[&hash.0, &lens, key, value]);
        }
        match page.last() {
            Some((last, _)) if page.len() == FINGERPRINT_PAGE => from = [last.as_slice(), &[0]].concat(),
            Some(_) | None => return Ok(hash),
        }
    }
}

/// Whether every key and value keeps to its limit; no key is empty.
fn check_sizes(batch: &Batch) -> Result<(), IndexError> {
    let too_long = batch.changes.iter().find(|(key, value)| {
        !(1..=KEY_BYTES_MAX).contains(&key.len()) || value.as_ref().is_some_and(|value| value.len() > VALUE_BYTES_MAX)
    });
    let Some((key, value)) = too_long else { return Ok(()) };
    let (key, value) = (key.len(), value.as_ref().map_or(0, Vec::len));
    Err(IndexError(format!("a key of {key} bytes with a value of {value} bytes is not within the limits")))
}

/// Every entry with a prefix, in key order, up to `limit`.
pub fn scan_prefix(index: &dyn Index, space: Space, prefix: &[u8], limit: usize) -> Result<Entries, IndexError> {
    index.range(space, prefix, &after_prefix(prefix), Order::Forward, limit)
}
