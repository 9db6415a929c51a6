//! One moment by two clocks: its maker's, and ours.
//!
//! A record says when it was made by its maker's clock; each office that it passed says how far its own clock was from its parent's then. So
//! the moment can be moved to our clock, over any way up and down the tree. Everything is judged by moments that were moved: a child whose
//! clock is forty minutes fast is judged as one whose clock is right. Both are kept.

use dutynet_relay::{
    ids::{OfficeId, UnixMillis},
    link::frame::Hop,
    registry::Registry,
};

/// A moment by two clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Clocked {
    /// By the clock of whoever recorded it.
    pub origin: UnixMillis,
    /// By ours.
    pub here: UnixMillis,
}

impl Clocked {
    /// The same by both: it was recorded here, or is a moment of the calendar.
    pub fn same(at: UnixMillis) -> Self {
        Self { origin: at, here: at }
    }

    /// Moves a moment that stands in a record to our clock. `way` is the record's way, its maker first and this office last; of a record
    /// made here it is empty, or this office alone. Nothing was made after it came here.
    pub fn moved(tree: &Registry, at: UnixMillis, way: &[Hop]) -> Self {
        let parent = |office: &OfficeId| tree.parent(office).cloned();
        let came = way.last().filter(|_| way.len() > 1).map(|hop| hop.received_at);
        let here = moved(at, way, parent);
        Self { origin: at, here: came.map_or(here, |came| here.min(came)) }
    }
}

/// Up a hop our clock is the child's less its offset; down a hop it is the parent's and the child's offset.
fn moved(at: UnixMillis, way: &[Hop], parent: impl Fn(&OfficeId) -> Option<OfficeId>) -> UnixMillis {
    let steps = way.windows(2).map(|two| {
        let [from, to] = two else { return 0 };
        if parent(&from.office).as_ref() == Some(&to.office) {
            from.offset_ms.saturating_neg()
        } else if parent(&to.office).as_ref() == Some(&from.office) {
            to.offset_ms
        } else {
            0
        }
    });
    UnixMillis(at.0.saturating_add(steps.fold(0, i64::saturating_add)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> OfficeId {
        OfficeId::parse(text).unwrap()
    }

    fn hop(office: &str, offset_ms: i64) -> Hop {
        Hop { office: id(office), received_at: UnixMillis(0), offset_ms }
    }

    /// p ← c ← t, p ← d
    fn parent(office: &OfficeId) -> Option<OfficeId> {
        match office.as_str() {
            "t" => Some(id("c")),
            "c" | "d" => Some(id("p")),
            _ => None,
        }
    }

    fn here(way: &[Hop]) -> i64 {
        moved(UnixMillis(1000), way, parent).0
    }

    #[test]
    fn up_the_tree_each_hop_takes_its_offset_away() {
        assert_eq!(here(&[hop("t", 40), hop("c", 7), hop("p", 0)]), 1000 - 40 - 7);
        assert_eq!(here(&[hop("t", 40), hop("c", 7)]), 1000 - 40, "our own offset is another clock's matter");
    }

    #[test]
    fn down_the_tree_each_hop_adds_its_own() {
        assert_eq!(here(&[hop("p", 0), hop("c", 7), hop("t", 40)]), 1000 + 7 + 40);
        assert_eq!(here(&[hop("d", 3), hop("p", 0), hop("c", 7)]), 1000 - 3 + 7, "over the common ancestor");
    }

    #[test]
    fn what_was_made_here_is_what_it_is() {
        assert_eq!(here(&[]), 1000);
        assert_eq!(here(&[hop("c", 7)]), 1000);
    }
}
