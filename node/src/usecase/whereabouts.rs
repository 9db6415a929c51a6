//! Where a record of this office is: what is known here of its way, and of the lines on it.

use std::collections::BTreeSet;

use dutynet_relay::{
    ids::{OfficeId, RecordRef},
    record::Audience,
    registry::Registry,
    writer::RecordState,
};

use super::{Office, Refused};
use crate::domain::whereabouts::{LinesNow, OnItsWay, Uplink, Whereabouts, whereabouts};

impl Office {
    /// How the lines are now, for saying of many records where they are.
    pub fn lines_now(&self) -> LinesNow {
        let mut below = self.line_facts();
        let own = below.remove(self.own());
        let parent = self.relay().links().into_iter().find(|link| link.is_parent);
        let up = parent.zip(own).map(|(link, fact)| Uplink { parent: link.office, fact, next: link.state.next_attempt });
        LinesNow { up, below }
    }

    /// Where a record of this office is that has got so far; `meant` are those to whom a person addressed it.
    pub fn whereabouts(
        &self,
        (record, state): (&RecordRef, RecordState),
        meant: &[OfficeId],
        lines: &LinesNow,
    ) -> Result<Whereabouts, Refused> {
        let tree = self.relay().registry();
        let has_node = |office: &OfficeId| tree.entry(office).is_some_and(|entry| entry.key.is_some());
        let without_node = meant.iter().filter(|office| tree.is_ancestor(self.own(), office) && !has_node(office)).count();
        let is_on_its_way = matches!(state, RecordState::Saved | RecordState::Custody);
        let stored = if is_on_its_way { self.relay().store().record(record)? } else { None };
        let audience = stored.map(|stored| stored.record.header().audience.clone()).unwrap_or_default();
        let targets = below(&tree, &audience).into_iter().filter(|office| has_node(office));
        let way = |office: OfficeId| {
            let mut way: Vec<_> = tree.path_up(&office).take_while(|at| *at != self.own()).cloned().collect();
            way.reverse();
            way
        };
        let sent = OnItsWay { routes: self.relay().store().routes_of(record)?, ways: targets.map(way).collect(), without_node };
        Ok(whereabouts(state, &sent, lines))
    }
}

/// Offices below this one that an audience reaches.
fn below(tree: &Registry, audience: &[Audience]) -> BTreeSet<OfficeId> {
    let is_below = |office: &OfficeId| tree.is_ancestor(tree.own(), office);
    let mut offices = BTreeSet::new();
    for clause in audience {
        match clause {
            Audience::UpTo(_) => {}
            Audience::Subtree(top) => offices.extend(tree.subtree(top).into_iter().map(|(_, entry)| entry.office.clone())),
            Audience::Offices(ids) => offices.extend(ids.iter().cloned()),
        }
    }
    offices.retain(is_below);
    offices
}
