//! One matter whole.

use std::collections::{BTreeMap, btree_map};

use dutynet_relay::{
    ids::{RecordRef, UnixMillis},
    writer::RecordState,
};

use super::list::MatterRow;
use crate::{
    domain::{
        incident::{self, Total, joined, totals},
        matter::{Fact, Known, Matter, Step, Summary, approval_facts, is_over, kind_of, settled, telling},
        obligation::Side,
        step::MatterKind,
    },
    text::refusal::Refusal,
    usecase::{Due, Office, Refused, shown},
};

/// A matter as this office knows it.
#[derive(Debug, Clone)]
pub struct ShownMatter {
    /// As lists show it.
    pub row: MatterRow,
    /// What is known of it now.
    pub facts: Vec<Fact>,
    /// Every step, in order; of those whose content was removed, what their headers say.
    pub steps: Vec<ShownStep>,
    /// What is owed because of it, soonest due first.
    pub dues: Vec<Due>,
    /// Matters that named this one at their opening, each with its steps. When they are due is said of what this office owes, or is owed to it.
    pub related: Vec<(MatterRow, Vec<ShownStep>)>,
    /// By the clock of this office.
    pub as_of: UnixMillis,
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
        let steps = self.all_steps_of(&matter)?;
        let kind = kind_of(&matter, &steps).ok_or_else(|| Refused::about(Refusal::MatterUnknown, shown(named)))?;
        let row = self.row_whole(&matter, (kind, &steps))?;
        let telling = telling(kind, &matter, &steps);
        let folded = Matter { kind, steps: &telling };
        let mut facts = folded.facts();
        match kind {
            MatterKind::Incident => {
                let totals = self.incident_totals(&matter, &telling)?;
                facts.extend(incident::total_facts(&totals));
                facts.extend(self.incident_advice(&matter, &telling, &totals)?);
                facts.extend(incident::skipped_facts(&telling, &self.relay().registry()));
            }
            MatterKind::Drill if row.summary.open => facts.extend(self.real_since(steps[0].times.here)?),
            MatterKind::Consultation => facts.extend(self.ordered_facts(&steps)?),
            MatterKind::Drill
            | MatterKind::Warning
            | MatterKind::Verification
            | MatterKind::Directive
            | MatterKind::Finding
            | MatterKind::RollCall => {}
        }
        let (now, related) = (self.now(), self.related_to(&matter)?);
        let dues = self.dues_of(&matter, now)?;
        let ours = dues.iter().map(|due| &due.obligation).filter(|owed| owed.debtor == *self.own() && !owed.is_closed());
        let row = MatterRow { due: ours.map(|owed| owed.due.here).min(), ..row };
        Ok(ShownMatter { row, facts, steps: self.with_states(steps)?, dues, related, as_of: now })
    }

    fn row_whole(&self, matter: &RecordRef, (kind, steps): (MatterKind, &[Step])) -> Result<MatterRow, Refused> {
        let telling = telling(kind, matter, steps);
        let folded = Matter { kind, steps: &telling };
        let summary = Summary { open: folded.summary().open && !is_over(steps), ..folded.summary() };
        let wanted = if summary.open { folded.wanted(self.own(), &self.relay().registry()) } else { None };
        Ok(MatterRow { wanted, ..self.matter_row(matter, summary)? })
    }

    /// Questions about an incident, instructions because of it: matters that name it at their opening.
    fn related_to(&self, matter: &RecordRef) -> Result<Vec<(MatterRow, Vec<ShownStep>)>, Refused> {
        let (mut related, now) = (Vec::new(), self.now());
        for other in self.inner.matters.about(matter)? {
            let steps = self.all_steps_of(&other)?;
            let still_names = steps.first().is_some_and(|step| step.links.iter().any(|link| link.record == *matter));
            let Some(kind) = kind_of(&other, &steps).filter(|_| still_names) else { continue };
            let owed = self.inner.dues.of_matter(&other)?.into_iter();
            let owed = owed.filter(|owed| !owed.is_closed() && owed.side(self.own()) != Side::Others && owed.has_begun(now));
            let row = MatterRow { due: owed.map(|owed| owed.due.here).min(), ..self.row_whole(&other, (kind, &steps))? };
            related.push((row, self.with_states(steps)?));
        }
        Ok(related)
    }

    fn with_states(&self, steps: Vec<Step>) -> Result<Vec<ShownStep>, Refused> {
        let with_state = |step: Step| self.step_state(&step.reference).map(|state| ShownStep { step, state });
        steps.into_iter().map(with_state).collect()
    }

    /// What the rules advise on an incident, and what lies before leaders.
    fn incident_advice(&self, matter: &RecordRef, steps: &[Step], totals: &[Total]) -> Result<Vec<Fact>, Refused> {
        let (packs, tree) = (self.packs()?, self.relay().registry());
        let known = Known { matter, packs: &packs, tree: &tree, now: self.now() };
        let mut facts = approval_facts(steps, self.own(), &known);
        facts.extend(incident::advice(steps, self.own(), totals, &known));
        Ok(facts)
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
        // What is practised is never counted with what is real, whoever joined them.
        let mode = steps.first().map(|step| step.mode);
        all.retain(|_, steps| steps.first().map(|step| step.mode) == mode);
        let tree = self.relay().registry();
        let all: Vec<_> = all.values().map(|steps| settled(steps)).collect();
        let matters: Vec<&[Step]> = all.iter().map(|steps| &**steps).collect();
        Ok(totals(&matters, &|upper, lower| tree.is_ancestor(upper, lower)))
    }

    fn step_state(&self, reference: &RecordRef) -> Result<Option<RecordState>, Refused> {
        if reference.origin != *self.own() {
            return Ok(None);
        }
        Ok(Some(self.relay().state_of(reference)?.unwrap_or(RecordState::Saved)))
    }
}
