//! One matter whole.

use dutynet_relay::{ids::RecordRef, writer::RecordState};

use super::list::MatterRow;
use crate::{
    domain::{
        matter::{Fact, Matter, Step},
        step::StepForms,
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
        let opening = steps.first().filter(|step| step.reference == matter);
        let form = opening.and_then(|opening| StepForms::built_in().get(&opening.form));
        let form = form.ok_or_else(|| Refused::about(Refusal::MatterUnknown, shown(named)))?;
        let folded = Matter { kind: form.matter, steps: &steps };
        let row = self.matter_row(&matter, folded.summary())?;
        let facts = folded.facts();
        let with_state = |step: Step| self.step_state(&step.reference).map(|state| ShownStep { step, state });
        Ok(ShownMatter { row, facts, steps: steps.into_iter().map(with_state).collect::<Result<_, _>>()? })
    }

    fn step_state(&self, reference: &RecordRef) -> Result<Option<RecordState>, Refused> {
        if reference.origin != *self.own() {
            return Ok(None);
        }
        Ok(Some(self.relay().state_of(reference)?.unwrap_or(RecordState::Saved)))
    }
}
