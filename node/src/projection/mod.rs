//! What reports are read from: a projection of the journal in a space of the index that is this crate's own.
//!
//! - [`Reports`]: one small value for each revision, looked up by period and by row. No words of a report are here; they stay in the
//!   journal, and a value names the place.
//! - [`Follower`]: keeps it up to date. Its cursor moves in the same batch as the values, so that nothing is counted twice or left out.
//!   A record that cannot be digested is noted in the journal and passed over: it stops neither the projection nor the node.
//!
//! Everything here can be made anew from the journal, and is, when the store was.

mod follow;
mod reports;
mod stored;

pub use follow::{CaughtUp, Follower};
pub use reports::{Reports, Row};
pub use stored::Entry;

use dutynet_relay::{index::IndexError, writer::StoreError};

/// Why the projection cannot be read or kept up to date.
#[derive(Debug, thiserror::Error)]
pub enum ProjectionError {
    /// The index.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The journal behind it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A value that this program did not write, or that was damaged.
    #[error("a value of the projection cannot be read: {0}")]
    Damaged(String),
}
