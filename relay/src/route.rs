//! Where a record goes from here: to which neighbours, by its audience and the tree. Pure.
//!
//! A record never goes back to whoever sent it, never up again once it has come down, and never past the audience that its origin signed.
//! An office without a node is stood for by its nearest ancestor with one.

use std::collections::BTreeSet;

use crate::{ids::OfficeId, record::Audience, registry::Registry};

/// The audience names an office that nobody knows, and this is the root: there is nobody left to ask.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("office {0} is not known at the root")]
pub struct UnknownTarget(pub OfficeId);

/// Neighbours that get a copy. `from` is who sent it; `None`: it was made here.
pub fn routes(tree: &Registry, audience: &[Audience], from: Option<&OfficeId>) -> Result<Vec<OfficeId>, UnknownTarget> {
    let parent = tree.own_parent();
    // Whoever is no child stands above, also while an office that has just enrolled does not know its own place yet.
    let came_down = from.is_some_and(|from| tree.parent(from) != Some(tree.own()));
    let mut plan = Plan { tree, came_down, up: false, down: BTreeSet::new() };
    for clause in audience {
        match clause {
            Audience::UpTo(top) => plan.up_to(top),
            Audience::Subtree(top) => plan.subtree(top)?,
            Audience::Offices(ids) => ids.iter().try_for_each(|id| plan.office(id))?,
        }
    }
    let up = parent.filter(|_| plan.up).cloned();
    Ok(up.into_iter().chain(plan.down).filter(|to| Some(to) != from).collect())
}

/// Whether the audience reaches this office or anything below it, other than by travelling up.
pub fn reaches_down_to(tree: &Registry, audience: &[Audience]) -> bool {
    let own = tree.own();
    audience.iter().any(|clause| match clause {
        Audience::UpTo(_) => false,
        Audience::Subtree(top) => tree.is_within(own, top) || tree.is_within(top, own),
        Audience::Offices(ids) => ids.iter().any(|id| tree.is_within(id, own)),
    })
}

/// Highest office that a record made here reaches; names its stream. `None`: it stays here.
pub fn topmost(tree: &Registry, audience: &[Audience]) -> Option<OfficeId> {
    let path: Vec<&OfficeId> = tree.path_up(tree.own()).collect();
    let height = |id: &OfficeId| path.iter().position(|at| *at == id);
    let of = |id: &OfficeId| if tree.is_within(id, tree.own()) { 0 } else { height(id).unwrap_or(path.len() - 1) };
    let highest = audience.iter().map(|clause| match clause {
        Audience::UpTo(top) | Audience::Subtree(top) => of(top),
        Audience::Offices(ids) => ids.iter().map(of).max().unwrap_or(0),
    });
    highest.max().and_then(|at| path.get(at).copied()).cloned()
}

struct Plan<'a> {
    tree: &'a Registry,
    came_down: bool,
    up: bool,
    down: BTreeSet<OfficeId>,
}

impl Plan<'_> {
    fn up_to(&mut self, top: &OfficeId) {
        self.up |= !self.came_down && self.tree.is_ancestor(top, self.tree.own());
    }

    fn subtree(&mut self, top: &OfficeId) -> Result<(), UnknownTarget> {
        let own = self.tree.own();
        if !self.tree.is_within(own, top) {
            return self.office(top);
        }
        let children = self.tree.children(own).filter(|child| child.key.is_some());
        self.down.extend(children.map(|child| child.office.clone()));
        if top == own { Ok(()) } else { self.ask_above(top) }
    }

    fn office(&mut self, id: &OfficeId) -> Result<(), UnknownTarget> {
        let own = self.tree.own();
        if id == own {
            return Ok(());
        }
        let Some(child) = self.tree.child_towards(id) else { return self.ask_above(id) };
        if self.tree.entry(child).is_some_and(|entry| entry.key.is_some()) {
            self.down.insert(child.clone());
        }
        Ok(())
    }

    fn ask_above(&mut self, id: &OfficeId) -> Result<(), UnknownTarget> {
        if self.came_down {
            return Ok(());
        }
        self.up = true;
        let at_root = self.tree.own_parent().is_none();
        if at_root { Err(UnknownTarget(id.clone())) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::{Digest, UnixMillis, Zone},
        record::OfficeKey,
        registry::{Entry, OfficeClass},
    };

    fn id(text: &str) -> OfficeId {
        OfficeId::parse(text).unwrap()
    }

    /// p → c1, c2; c1 → a, b (b has no node); a → t
    fn tree(own: &str) -> Registry {
        let rows = [("p", ""), ("c1", "p"), ("c2", "p"), ("a", "c1"), ("b", "c1"), ("t", "a")];
        rows.iter().fold(Registry::new(id(own), Digest::ZERO), |tree, (office, parent)| {
            let key = OfficeKey::from_secret(&[office.len() as u8 + office.as_bytes()[0]; 32]).public();
            tree.with(Entry {
                office: id(office),
                name: (*office).into(),
                area_code: String::new(),
                class: OfficeClass::Other,
                zone: Zone::parse("z").unwrap(),
                parent: OfficeId::parse(parent).ok(),
                key: (*office != "b").then_some(key),
                replaces: None,
                valid_from: UnixMillis(0),
                successor_hash: None,
            })
        })
    }

    fn go(own: &str, audience: &[Audience], from: Option<&str>) -> Vec<String> {
        let from = from.map(id);
        let to = routes(&tree(own), audience, from.as_ref()).unwrap();
        to.iter().map(|o| o.as_str().to_owned()).collect()
    }

    #[test]
    fn upward_stops_at_its_ancestor() {
        let up = [Audience::UpTo(id("c1"))];
        assert_eq!(go("t", &up, None), ["a"]);
        assert_eq!(go("a", &up, Some("t")), ["c1"]);
        assert!(go("c1", &up, Some("a")).is_empty());
    }

    #[test]
    fn downward_reaches_the_whole_subtree_and_no_more() {
        let down = [Audience::Subtree(id("c1"))];
        assert_eq!(go("p", &down, None), ["c1"]);
        assert_eq!(go("c1", &down, Some("p")), ["a"]);
        assert_eq!(go("a", &down, Some("c1")), ["t"]);
    }

    #[test]
    fn across_goes_over_the_common_ancestor_and_never_back() {
        let across = [Audience::Offices(vec![id("c2"), id("t")])];
        assert_eq!(go("a", &across, None), ["c1", "t"]);
        assert_eq!(go("c1", &across, Some("a")), ["p"]);
        assert_eq!(go("p", &across, Some("c1")), ["c2"]);
        assert!(go("c2", &across, Some("p")).is_empty());
        let everyone = [Audience::Subtree(id("p"))];
        assert_eq!(go("a", &everyone, None), ["c1", "t"]);
        assert_eq!(go("p", &everyone, Some("c1")), ["c2"]);
    }

    #[test]
    fn an_office_without_a_node_is_stood_for_by_its_parent() {
        assert!(go("c1", &[Audience::Offices(vec![id("b")])], Some("p")).is_empty());
    }

    #[test]
    fn an_office_that_even_the_root_does_not_know_is_an_error() {
        let nowhere = [Audience::Offices(vec![id("x")])];
        assert_eq!(go("a", &nowhere, None), ["c1"]);
        assert_eq!(routes(&tree("p"), &nowhere, Some(&id("c1"))), Err(UnknownTarget(id("x"))));
    }

    #[test]
    fn the_topmost_office_names_the_stream() {
        let t = tree("a");
        assert_eq!(topmost(&t, &[]), None);
        assert_eq!(topmost(&t, &[Audience::UpTo(id("c1"))]), Some(id("c1")));
        assert_eq!(topmost(&t, &[Audience::Subtree(id("a"))]), Some(id("a")));
        assert_eq!(topmost(&t, &[Audience::Offices(vec![id("t")]), Audience::UpTo(id("p"))]), Some(id("p")));
    }
}
