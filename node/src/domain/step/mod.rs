//! What may be done about a matter, as data (步骤): a step form is an entry of a TOML file under `steps/`, and a step is one of them filled in.
//!
//! A form says which fields a step has, with the article that asks for each; whether the step begins a matter; where its record goes and how
//! fast; and which other records it must name. Whether a step may be taken now, and what it comes to, is for [`super::matter`].

mod definition;

pub use definition::{Begins, Goes, LaneRule, LinkRole, MatterKind, Naming, Only, StepForm, StepForms};

use std::sync::LazyLock;

static BUILT_IN: LazyLock<StepForms> = LazyLock::new(|| {
    let texts = [
        include_str!("../../../steps/incident.toml"),
        include_str!("../../../steps/warning.toml"),
        include_str!("../../../steps/verification.toml"),
        include_str!("../../../steps/directive.toml"),
        include_str!("../../../steps/drill.toml"),
        include_str!("../../../steps/finding.toml"),
        include_str!("../../../steps/rollcall.toml"),
    ];
    let forms = texts.iter().flat_map(|text| StepForms::parse(text).expect("a test parses the built-in steps").forms);
    StepForms { forms: forms.collect() }
});

impl StepForms {
    /// Every step that this program knows.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// A form by its id, e.g. `incident.call`.
    pub fn get(&self, id: &str) -> Option<&StepForm> {
        self.forms.iter().find(|form| form.id == id)
    }

    /// The form whose records are of this kind, e.g. `incident.call/1`.
    pub fn of_record_kind(&self, kind: &str) -> Option<&StepForm> {
        self.get(kind.strip_suffix("/1")?)
    }

    /// Those of one kind of matter, in the order in which people list them.
    pub fn of(&self, kind: MatterKind) -> impl Iterator<Item = &StepForm> {
        self.forms.iter().filter(move |form| form.matter == kind)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_built_in_step_is_well_formed_and_each_kind_of_matter_can_begin() {
        let forms = StepForms::built_in();
        let ids: BTreeSet<_> = forms.forms.iter().map(|form| &form.id).collect();
        assert_eq!(ids.len(), forms.forms.len());
        for kind in MatterKind::ALL {
            assert!(forms.of(kind).any(|form| form.opens), "{kind:?}");
            assert!(forms.of(kind).all(|form| form.id.starts_with(kind.key())), "{kind:?}");
        }
    }
}
