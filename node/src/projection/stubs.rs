//! What is left of a record whose content was removed (内容已按规定清除): what its header says, so that no list has a hole where it stood.
//!
//! Only modules whose lists people read keep a stub; what a rule, a group or a period said simply counts no longer. A stub is made of the
//! header alone, so that it is the same wherever and whenever it is made, and goes when the whole record comes after all.

use dutynet_relay::{index::Batch, registry::Registry, writer::Stored};

use super::{matters, notices, reports};

/// Puts the stub of a record without content. Whoever's record is none that counts, leaves no stub either.
pub(super) fn stub(tree: &Registry, from: &Stored, batch: &mut Batch) {
    let kind = from.record.header().kind.as_str();
    let left = if reports::reads(kind) {
        reports::stub(tree, from, batch)
    } else if notices::reads(kind) {
        notices::stub(tree, from, batch)
    } else if matters::reads(kind) {
        matters::digest(tree, from, batch)
    } else {
        Ok(())
    };
    if let Err(reason) = left {
        tracing::debug!(place = ?from.place, reason, "nothing is shown of a record without content");
    }
}
