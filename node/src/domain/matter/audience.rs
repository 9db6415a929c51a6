//! Where the record of a step goes: a pure function of its form, of what the step names, and of what this office holds of the matter.

use std::collections::BTreeSet;

use dutynet_relay::{
    ids::{OfficeId, RecordRef},
    record::Audience,
    registry::Registry,
};

use super::Step;
use crate::{
    body::step::OFFICES_MAX,
    domain::{
        notice::fits_a_header,
        step::{Goes, StepForm},
    },
};

/// More trees than these are said as everything below: the audience of a record has few clauses.
const TREES_MAX: usize = 4;

/// A step on its way.
#[derive(Debug, Clone, Copy)]
pub struct Sending<'a> {
    /// Its form.
    pub form: &'a StepForm,
    /// Whose step it is.
    pub office: &'a OfficeId,
    /// Its matter.
    pub matter: &'a RecordRef,
    /// Offices that it names.
    pub to: &'a [OfficeId],
    /// The steps of the matter before it, as far as this office holds them.
    pub steps: &'a [Step],
}

/// Clauses of an audience before they are put together.
#[derive(Default)]
struct Clauses {
    plain: Vec<Audience>,
    trees: BTreeSet<OfficeId>,
    offices: BTreeSet<OfficeId>,
}

/// Every direction of the form, and, of words that were entered for another office, that office and the tiers between: they must see what was
/// said in its name.
pub fn audience(sending: &Sending<'_>, tree: &Registry) -> Vec<Audience> {
    let mut clauses = Clauses::default();
    for goes in &sending.form.goes {
        clauses.add(*goes, sending, tree);
    }
    if sending.office != tree.own() {
        clauses.offices.extend(tree.path_up(sending.office).take_while(|at| *at != tree.own()).cloned());
    }
    clauses.joined(tree.own())
}

impl Clauses {
    fn add(&mut self, goes: Goes, sending: &Sending<'_>, tree: &Registry) {
        let (own, to) = (tree.own(), sending.to);
        match goes {
            Goes::Parent => self.plain.extend(tree.own_parent().map(|parent| Audience::UpTo(parent.clone()))),
            Goes::Top => self.plain.extend(highest(tree, None).map(Audience::UpTo)),
            Goes::Tier => self.plain.extend(highest(tree, to.first()).map(Audience::UpTo)),
            Goes::Named => self.offices.extend(to.iter().cloned()),
            // A list that no header can hold goes to everybody below; who is meant stands in the body.
            Goes::Below if to.is_empty() || !fits_a_header(to) => self.plain.push(Audience::Subtree(own.clone())),
            Goes::Below => self.offices.extend(to.iter().cloned()),
            Goes::Within if to.is_empty() => {
                let own_steps = sending.steps.iter().filter(|step| step.office == *sending.office);
                let named: BTreeSet<_> = own_steps.flat_map(|step| &step.to).cloned().collect();
                self.trees.extend(if named.is_empty() { BTreeSet::from([own.clone()]) } else { named });
            }
            Goes::Within => self.trees.extend(to.iter().cloned()),
            Goes::Opener => {
                self.offices.insert(sending.matter.origin.clone());
            }
            Goes::Holders => self.offices.extend(holders(sending).cloned()),
            Goes::Overseers => {
                self.plain.extend(highest(tree, None).map(Audience::UpTo));
                let known_above: BTreeSet<_> = tree.path_up(own).collect();
                let above = holders(sending).flat_map(|office| tree.path_up(office)).filter(|at| !known_above.contains(at));
                self.offices.extend(above.cloned());
            }
        }
    }

    fn joined(mut self, own: &OfficeId) -> Vec<Audience> {
        self.offices.remove(own);
        if self.trees.len() > TREES_MAX {
            self.trees = BTreeSet::from([own.clone()]);
        }
        let mut audience = self.plain;
        audience.extend(self.trees.into_iter().map(Audience::Subtree));
        let lists: Vec<OfficeId> = self.offices.into_iter().collect();
        audience.extend(lists.chunks(OFFICES_MAX).map(|some| Audience::Offices(some.to_vec())));
        audience
    }
}

/// The tier up to which a record goes: the one that is wanted, if it stands above this office, else the topmost; `None`: there is none, or it
/// is this office itself, which enters what it was told.
fn highest(tree: &Registry, wanted: Option<&OfficeId>) -> Option<OfficeId> {
    if wanted == Some(tree.own()) {
        return None;
    }
    let above = || tree.path_up(tree.own()).skip(1);
    above().find(|at| Some(*at) == wanted).or_else(|| above().last()).cloned()
}

/// Who began the matter, sent or was sent a step that this office holds, was told of one because it was entered in his name, or took a step that
/// one of these follows.
fn holders<'a>(sending: &Sending<'a>) -> impl Iterator<Item = &'a OfficeId> {
    let of_step = |step: &'a Step| {
        let followed = step.links.iter().map(|link| &link.record.origin);
        step.to.iter().chain([&step.reference.origin, &step.office]).chain(followed)
    };
    sending.steps.iter().flat_map(of_step).chain([&sending.matter.origin])
}
