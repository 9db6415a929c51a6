//! What boards and lists are read from: a projection of the journal in a space of the index that is this crate's own.
//!
//! - [`Follower`]: keeps it up to date. Its one cursor moves in the same batch as the values, so that nothing is counted twice or left out.
//!   A record that cannot be digested is noted in the journal and passed over: it stops neither the projection nor the node.
//! - `digest`: which module reads which kinds of record, and what they make of a stretch of the journal.
//! - [`Attachments`]: which files belong to what.
//! - [`Dues`]: obligations that were derived from matters, and chases.
//! - [`Specials`]: special periods and their changes.
//! - [`Reports`]: reports and choices between their versions, by period and by row; and cut-offs.
//! - [`Notices`]: notices by number, who has them, who signed; [`Groups`]: saved groups of offices.
//! - [`Matters`]: the steps of every matter, and what lists show of it. A second stage, settling, makes that anew for each matter to which a
//!   stretch has added a step.
//! - [`RulePacks`]: packs of rules, and which office runs which.
//! - [`Secrecy`]: the register of classified items; what is to be removed, and who has said that nothing is left.
//! - [`Offices`]: entries of the registry in the order in which they came.
//! - `made`: which keys were made of a record, so that they go when its words are destroyed; `stubs`: what then stands in their place.
//!
//! Everything here can be made anew from the journal, and is, when the store was.

mod attachments;
mod cut_offs;
mod digest;
mod dues;
mod follow;
mod groups;
mod made;
mod matters;
mod notices;
mod offices;
mod packs;
mod reports;
mod secrecy;
mod special;
mod stubs;
mod value;

pub use attachments::Attachments;
pub use cut_offs::CutOffEntry;
pub use dues::Dues;
pub use follow::{CaughtUp, Follower};
pub use groups::Groups;
pub use matters::{ListedMatter, Matters, Openness};
pub use notices::{DeliveredAnswer, Notice, Notices, SignedAnswer};
pub use offices::Offices;
pub use packs::{RulePacks, Runs};
pub use reports::{ChoiceEntry, Entry, RemovedEntry, Reports, Row, Versions};
pub use secrecy::{Purge, Secrecy};
pub use special::Specials;

use dutynet_relay::{
    index::{IndexError, Space},
    writer::StoreError,
};

/// The projection's own space; the word before the first `/` of a key says whose it is.
const SPACE: Space = Space("duty");
/// Says that the index is to be put on fresh files.
const RENEWAL: Space = Space("renewal");
/// Where a projection of reports alone stood; emptied when this one is made.
const FORMER_SPACE: Space = Space("reports");

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
