//! Who is asked: targets as offices of this node's subtree, and what of them is passed on to a child.

use std::collections::BTreeSet;

use super::question::{Reach, Target};
use crate::{ids::OfficeId, registry::Registry};

/// Every office, this one or below it, that is asked for.
pub(super) fn asked_for(targets: &[Target], registry: &Registry) -> BTreeSet<OfficeId> {
    let mut found = BTreeSet::new();
    for target in targets {
        let top = match narrowed(target, registry.own(), registry) {
            Some(target) => target,
            None => continue,
        };
        match top.reach {
            Reach::Alone => found.extend(registry.entry(&top.office).map(|entry| entry.office.clone())),
            Reach::Subtree => found.extend(registry.subtree(&top.office).into_iter().map(|(_, entry)| entry.office.clone())),
        }
    }
    found
}

/// What of the targets lies with that child.
pub(super) fn towards(child: &OfficeId, targets: &[Target], registry: &Registry) -> Vec<Target> {
    let all: Vec<_> = targets.iter().filter_map(|target| narrowed(target, child, registry)).collect();
    let everything = Target::subtree(child.clone());
    if all.contains(&everything) { vec![everything] } else { all }
}

/// The part of a target that lies within `top`.
fn narrowed(target: &Target, top: &OfficeId, registry: &Registry) -> Option<Target> {
    if registry.is_within(&target.office, top) {
        return Some(target.clone());
    }
    let reaches = target.reach == Reach::Subtree && registry.is_within(top, &target.office);
    reaches.then(|| Target::subtree(top.clone()))
}
