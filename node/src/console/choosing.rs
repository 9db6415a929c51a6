//! Offices to choose from: a box for each of those that fit on a page; whoever is not listed is named by number.

use super::{Console, posted::Typed};

/// With more offices than these, only those near this one are listed.
const LISTED_MAX: usize = 300;
/// How near: children, and their children.
const NEAR: usize = 2;

/// See the module.
#[derive(Default)]
pub(super) struct Choosing {
    /// Number and name.
    pub(super) listed: Vec<(String, String)>,
    /// Not everybody is listed.
    pub(super) more: bool,
}

impl Choosing {
    /// Offices below this one.
    pub(super) fn below(console: &Console) -> Self {
        let below = console.office.offices_below();
        let more = below.len() > LISTED_MAX;
        let near = below.into_iter().filter(|(depth, _)| !more || *depth <= NEAR);
        Self { listed: near.map(|(_, entry)| (entry.office.to_string(), entry.name)).collect(), more }
    }

    /// Every other office of the tree; in a large one, the parent and those near.
    pub(super) fn all(console: &Console) -> Self {
        let all = console.office.offices();
        let own = console.office.own().clone();
        if all.len() <= LISTED_MAX {
            let others = all.into_iter().filter(|entry| entry.office != own);
            return Self { listed: others.map(|entry| (entry.office.to_string(), entry.name)).collect(), more: false };
        }
        let up = all.iter().find(|entry| entry.office == own).and_then(|entry| entry.parent.clone());
        let parent = all.into_iter().filter(|entry| Some(&entry.office) == up.as_ref());
        let parent = parent.map(|entry| (entry.office.to_string(), entry.name));
        Self { listed: parent.chain(Self::below(console).listed).collect(), more: true }
    }
}

impl Typed {
    /// Offices that were ticked, and those that were named by number.
    pub(super) fn offices(&self) -> Vec<String> {
        self.all("to").chain(self.text("more").split_whitespace()).map(str::to_owned).collect()
    }

    /// Whether that value was among those chosen of that name.
    pub(super) fn has(&self, name: &str, value: &str) -> bool {
        self.all(name).any(|chosen| chosen == value)
    }
}
