//! What belongs to a drill, and whether something may be practised now.

use dutynet_relay::{
    ids::{OfficeId, RecordRef, UnixMillis},
    record::Mode,
};

use super::take::Checked;
use crate::{
    body::read_step,
    domain::{
        drill::{self, Course, DRILL},
        matter::{Fact, Step, StepLink},
        step::MatterKind,
    },
    projection::Openness,
    text::refusal::Refusal,
    usecase::{Office, Refused},
};

impl Office {
    /// Whether a step is real, an exercise or a test. A matter is one of them from its beginning on, and so is whatever names it; a drill is
    /// always an exercise; all else is real unless somebody says otherwise.
    pub(super) fn mode_of(&self, checked: &Checked, steps: &[Step], asked: Option<Mode>) -> Result<Mode, Refused> {
        let settled = match checked.form.matter {
            MatterKind::Drill => Some(Mode::Exercise),
            MatterKind::Incident
            | MatterKind::Warning
            | MatterKind::Verification
            | MatterKind::Directive
            | MatterKind::Finding
            | MatterKind::Consultation
            | MatterKind::RollCall => {
                let first = steps.first().map(|step| step.mode);
                let named = checked.body.links.iter().filter_map(|link| self.mode_of_record(&link.record).transpose());
                first.into_iter().map(Ok).chain(named).try_fold(None, agree)?
            }
        };
        match (settled, asked) {
            (Some(settled), Some(asked)) if settled != asked => Err(Refusal::StepModeDiffers.into()),
            (Some(mode), Some(_) | None) | (None, Some(mode)) => Ok(mode),
            (None, None) => Ok(Mode::Real),
        }
    }

    fn mode_of_record(&self, reference: &RecordRef) -> Result<Option<Mode>, Refused> {
        if let Some(stored) = self.relay().store().record(reference)? {
            return Ok(Some(stored.record.header().mode));
        }
        // A matter may be known here by its later steps alone.
        Ok(self.steps_of(reference)?.first().map(|step| step.mode))
    }

    /// The drill that a step of an exercise belongs to: that of its matter, or of what it names; else one that runs and that its office takes
    /// part in. Nothing is practised outside of one, nor while it is suspended, nor after it.
    pub(super) fn drill_of(&self, checked: &Checked, steps: &[Step]) -> Result<StepLink, Refused> {
        let of_matter = steps.iter().find_map(|step| step.link(DRILL).cloned());
        let mut of_named = checked.body.links.iter().map(|link| self.steps_of(&link.record));
        let of_named = of_named.find_map(|named| named.ok()?.iter().find_map(|step| step.link(DRILL).cloned()));
        let drill = match of_matter.or(of_named) {
            Some(drill) => drill,
            None => self.running_drill(&checked.office)?,
        };
        let course = self.steps_of(&drill)?;
        let kept = course.first().map(|_| drill::course(&course));
        match kept {
            Some(Course::Ended) => Err(Refused::about(Refusal::DrillOver, &drill)),
            Some(Course::Suspended) => Err(Refused::about(Refusal::DrillSuspended, &drill)),
            Some(Course::Running) if !drill::takes_part(&course, &checked.office, &self.relay().registry()) => {
                Err(Refused::about(Refusal::DrillNotIn, &drill))
            }
            // A drill of which only its exercises came here: whoever holds it judges.
            Some(Course::Running) | None => Ok(StepLink { role: DRILL.to_owned(), record: drill }),
        }
    }

    fn running_drill(&self, office: &OfficeId) -> Result<RecordRef, Refused> {
        let tree = self.relay().registry();
        let mut suspended = None;
        for listed in self.inner.matters.listed(MatterKind::Drill, Openness::Open)? {
            let steps = self.steps_of(&listed.matter)?;
            match steps.first().map(|_| drill::course(&steps)) {
                Some(Course::Running) if drill::takes_part(&steps, office, &tree) => return Ok(listed.matter),
                Some(Course::Suspended) => suspended = Some(listed.matter),
                Some(Course::Running | Course::Ended) | None => {}
            }
        }
        Err(suspended.map_or(Refusal::DrillNone.into(), |drill| Refused::about(Refusal::DrillSuspended, drill)))
    }

    /// An exercise is over when its drill is.
    pub(super) fn is_practised(&self, step: &Step) -> Result<bool, Refused> {
        let Some(drill) = step.link(DRILL) else { return Ok(true) };
        let steps = self.steps_of(drill)?;
        Ok(steps.is_empty() || drill::course(&steps) != Course::Ended)
    }

    /// What is really going on while a drill runs: every incident of which something came since it began.
    pub(super) fn real_since(&self, began: UnixMillis) -> Result<Vec<Fact>, Refused> {
        let mut real = Vec::new();
        for listed in self.inner.matters.listed(MatterKind::Incident, Openness::Open)? {
            let Some(titled) = self.relay().store().record(&listed.summary.titled_by)? else { continue };
            let is_real = read_step(&titled, &self.relay().registry()).is_ok_and(|step| step.mode == Mode::Real);
            if is_real && listed.summary.last_at >= began {
                real.push(drill::real_fact(&listed.matter, &listed.summary.titled_by));
            }
        }
        Ok(real)
    }
}

fn agree(before: Option<Mode>, next: Result<Mode, Refused>) -> Result<Option<Mode>, Refused> {
    let next = next?;
    match before {
        Some(before) if before != next => Err(Refusal::StepModeDiffers.into()),
        Some(_) | None => Ok(Some(next)),
    }
}
