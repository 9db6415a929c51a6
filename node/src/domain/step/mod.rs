//! What may be done about a matter, as data (步骤): a step form is an entry of a TOML file under `steps/`, and a step is one of them filled in.
//!
//! A form says which fields a step has, with the article that asks for each; whether the step begins a matter; where its record goes and how
//! fast; and which other records it must name. Whether a step may be taken now, and what it comes to, is for [`super::matter`].

mod definition;
mod prefill;

pub use definition::{Begins, Goes, LaneRule, LinkRole, MatterKind, Naming, Only, StepForm, StepForms};
pub use prefill::{Gathered, Prefill, SaidAt, Whose};

use std::sync::LazyLock;

static BUILT_IN: LazyLock<StepForms> = LazyLock::new(|| {
    let texts = [
        include_str!("../../../steps/incident.toml"),
        include_str!("../../../steps/warning.toml"),
        include_str!("../../../steps/verification.toml"),
        include_str!("../../../steps/directive.toml"),
        include_str!("../../../steps/drill.toml"),
        include_str!("../../../steps/finding.toml"),
        include_str!("../../../steps/consultation.toml"),
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
    use crate::domain::form::{Field, FieldKind};

    /// Whether whatever is said to one field can be said to another.
    fn takes(to: &Field, from: &Field) -> bool {
        match (&to.kind, &from.kind) {
            (FieldKind::Text { .. }, FieldKind::Text { .. }) | (FieldKind::Time, FieldKind::Time) => true,
            (FieldKind::Number(to), FieldKind::Number(from)) => to == from,
            (FieldKind::Choice { codes: to, .. }, FieldKind::Choice { codes: from, .. }) => from.iter().all(|c| to.contains(c)),
            (to, from) => to == from,
        }
    }

    #[test]
    fn what_fills_a_field_is_a_field_of_a_step_of_the_same_kind_of_matter_and_can_be_said_to_it() {
        let forms = StepForms::built_in();
        let mut rules = 0;
        for form in &forms.forms {
            for rule in &form.prefill {
                rules += 1;
                let field = form.field(&rule.field).unwrap_or_else(|| panic!("{} has no {}", form.id, rule.field));
                let source = |at: &SaidAt| {
                    let source = forms.get(&at.step).filter(|source| source.matter == form.matter);
                    source.unwrap_or_else(|| panic!("{} {}: no {at:?}", form.id, rule.field)).field(&at.field)
                };
                // Of steps that are listed for several fields not each has every one.
                let known: Vec<_> = rule.from.iter().filter_map(|at| Some((at, source(at)?))).collect();
                assert!(rule.from.iter().all(|at| at.field == rule.field || source(at).is_some()), "{} {}", form.id, rule.field);
                assert!(!known.is_empty() || !rule.every.is_empty(), "{} {}: from nothing", form.id, rule.field);
                assert!(known.iter().all(|(_, said)| takes(field, said)), "{} {}: {known:?}", form.id, rule.field);
                for every in &rule.every {
                    let source = forms.get(&every.step).unwrap();
                    assert!(every.fields.iter().all(|key| source.field(key).is_some()), "{} {every:?}", form.id);
                    assert!(matches!(field.kind, FieldKind::Text { .. }), "{} {}", form.id, rule.field);
                }
            }
            let once: BTreeSet<_> = form.prefill.iter().map(|rule| &rule.field).collect();
            assert_eq!(once.len(), form.prefill.len(), "{}: a field is filled in by one rule", form.id);
        }
        assert!(rules > 50, "{rules}");
    }

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
