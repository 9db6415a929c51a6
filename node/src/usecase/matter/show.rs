//! One matter whole.

use std::collections::{BTreeMap, btree_map};

use dutynet_relay::{ids::RecordRef, writer::RecordState};

use super::list::MatterRow;
use crate::{
    domain::{
        incident::{self, Total, joined, totals},
        matter::{Fact, Matter, Step, kind_of},
        step::MatterKind,
    },
    text::refusal::Refusal,
    usecase::{Office, Refused, shown},
};

/// A matter as this office knows it.
#[derive(Debug, Clone)]
pub struct ShownMatter {
    /// As lists show it.
    pub row: MatterRow,
    /// What is known of it now.
    pub facts: Vec<Fact>,
    /// Every step, in order.
    pub steps: Vec<ShownStep>,
}

/// A step of it.
#[derive(Debug, Clone)]
pub struct ShownStep {
    /// The step.
    pub step: Step,
    /// How far its record has got; `None`: it is another office's.
    pub state: Option<RecordState>,
}

impl Office {
    /// A matter with everything that this office holds of it.
    pub async fn matter(&self, named: &str) -> Result<ShownMatter, Refused> {
        let matter = self.matter_named(named).await?;
        let steps = self.steps_of(&matter)?;
        let kind = kind_of(&matter, &steps).ok_or_else(|| Refused::about(Refusal::MatterUnknown, shown(named)))?;
        let folded = Matter { kind, steps: &steps };
        let row = self.matter_row(&matter, folded.summary())?;
        let mut facts = folded.facts();
        if kind == MatterKind::Incident {
            facts.extend(incident::total_facts(&self.incident_totals(&matter, &steps)?));
        }
        let with_state = |step: Step| self.step_state(&step.reference).map(|state| ShownStep { step, state });
        Ok(ShownMatter { row, facts, steps: steps.into_iter().map(with_state).collect::<Result<_, _>>()? })
    }

    /// Figures of an incident and of all that are joined under it, of the offices that have said them.
    fn incident_totals(&self, matter: &RecordRef, steps: &[Step]) -> Result<Vec<Total>, Refused> {
        let mut all = BTreeMap::from([(matter.clone(), steps.to_vec())]);
        let mut waiting = joined(steps);
        while let Some(next) = waiting.pop() {
            if let btree_map::Entry::Vacant(free) = all.entry(next) {
                let steps = self.steps_of(free.key())?;
                waiting.extend(joined(&steps));
                free.insert(steps);
            }
        }
        let tree = self.relay().registry();
        let matters: Vec<&[Step]> = all.values().map(Vec::as_slice).collect();
        Ok(totals(&matters, &|upper, lower| tree.is_ancestor(upper, lower)))
    }

    fn step_state(&self, reference: &RecordRef) -> Result<Option<RecordState>, Refused> {
        if reference.origin != *self.own() {
            return Ok(None);
        }
        Ok(Some(self.relay().state_of(reference)?.unwrap_or(RecordState::Saved)))
    }
}
