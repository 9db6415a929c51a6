//! The seam between the store and what it looks things up in.
//!
//! Two implementations: [`sled`](sled_index) on disk, and a map for the simulator. Both pass the same model tests. Whatever an index
//! holds comes from the journal and can be rebuilt from it; no record body lives here and no value is over 4 KiB.
//!
//! Keys live in **spaces** (trees). The writer's own is [`CUSTODY`]; a projection names another. A batch touches one space and is applied
//! whole; a scan never sees half a batch.

pub mod map;
pub mod sled_index;

/// The writer's own space.
pub const CUSTODY: Space = Space("custody");
/// Longest value, bytes.
pub const VALUE_BYTES_MAX: usize = 4096;

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
    /// Up to `limit` entries with `from <= key < to`.
    fn range(&self, space: Space, from: &[u8], to: &[u8], order: Order, limit: usize) -> Result<Entries, IndexError>;
    /// Applies a batch whole. Durable only after [`Index::checkpoint`]: the journal makes up for the rest.
    fn apply(&self, space: Space, batch: &Batch) -> Result<(), IndexError>;
    /// Empties a space.
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

/// Every entry with a prefix, in key order, up to `limit`.
pub fn scan_prefix(index: &dyn Index, space: Space, prefix: &[u8], limit: usize) -> Result<Entries, IndexError> {
    index.range(space, prefix, &after_prefix(prefix), Order::Forward, limit)
}
