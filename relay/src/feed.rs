//! The journal as projections read it: accepted records in the order in which this office came to know them.

use tokio::sync::watch;

use crate::{
    ids::RecordRef,
    journal::Cursor,
    writer::{Store, StoreError, Stored},
};

/// A stretch of the journal.
#[derive(Debug, Clone)]
pub struct FeedGroup {
    /// Where to go on from after it.
    pub end: Cursor,
    /// Its records that have their words; there may be none.
    pub records: Vec<Stored>,
    /// Records that came without their words, and earlier ones whose words are gone from here on: what was made of them goes, too.
    pub hollowed: Vec<RecordRef>,
}

/// Follows the journal; see the module.
#[derive(Clone)]
pub struct Feed {
    pub(crate) store: Store,
    pub(crate) commits: watch::Receiver<u64>,
}

impl Feed {
    /// The stretches after a cursor, about `max_bytes` of journal; none: everything has been read.
    pub fn after(&self, cursor: Cursor, max_bytes: usize) -> Result<Vec<FeedGroup>, StoreError> {
        self.store.records_after(cursor, max_bytes)
    }

    /// Returns when something was committed since the last time.
    pub async fn changed(&mut self) {
        if self.commits.changed().await.is_err() {
            // The store is closed: nothing will ever change again.
            std::future::pending::<()>().await;
        }
    }

    /// End of what is durable and visible.
    pub fn end(&self) -> Cursor {
        self.store.applied()
    }
}
