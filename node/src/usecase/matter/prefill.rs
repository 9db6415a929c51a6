//! What of a step need not be typed, because it was said before; and paper forms, filled in as far as anything is known.

use dutynet_relay::ids::{RecordId, RecordRef, UnixMillis};

use super::{MatterRow, take::named_step};
use crate::{
    domain::{
        form::Answer,
        matter::{Matter, Prefilled, Step, as_before, kind_of, prefill},
        paper::{FilledRow, Paper, Papers, fill_in},
        step::{StepForm, StepForms},
    },
    text::refusal::Refusal,
    usecase::{Office, Refused, shown},
};

/// Of which step it is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AskPrefill {
    /// Id of the form.
    pub form: String,
    /// Number or reference of the matter.
    pub matter: String,
    /// The office below whose step it is; empty: this one's.
    pub on_behalf_of: String,
    /// Reference of the step whose place it takes; empty: of none.
    pub corrects: String,
    /// The id that it will have: one that was taken already is filled in as it was, so that a retry folds.
    pub id: Option<RecordId>,
}

/// One field that need not be typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldPrefilled {
    /// What is said.
    pub answer: Answer,
    /// The steps that say it: record, form, and when it was taken by the clock of this office.
    pub sources: Vec<PrefillSource>,
}

/// A step that has said it already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrefillSource {
    /// Its record.
    pub record: RecordRef,
    /// Id of its form.
    pub form: String,
    /// When it was taken, by the clock of this office.
    pub at: UnixMillis,
}

/// A paper form of a matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilledPaper {
    /// Which.
    pub paper: &'static Paper,
    /// The matter.
    pub row: MatterRow,
    /// Name of the office whose paper it is.
    pub office_name: String,
    /// From top to bottom.
    pub rows: Vec<FilledRow>,
    /// By the clock of this office.
    pub as_of: UnixMillis,
}

impl Office {
    /// What was said in earlier steps of a matter, as far as it fills a later one.
    pub async fn prefill(&self, asked: AskPrefill) -> Result<Vec<FieldPrefilled>, Refused> {
        let form = StepForms::built_in().get(&asked.form);
        let form = form.ok_or_else(|| Refused::about(Refusal::StepUnknown, shown(&asked.form)))?;
        if form.opens {
            return Err(Refused::about(Refusal::StepOpens, &form.title));
        }
        let office = if asked.on_behalf_of.is_empty() { self.own().clone() } else { self.spoken_for(&asked.on_behalf_of)? };
        let matter = self.matter_named(&asked.matter).await?;
        let steps = self.steps_of(&matter)?;
        of_its_kind(form, &matter, &steps)?;
        let own = |step: &&Step| step.reference.origin == *self.own() && Some(step.reference.id) == asked.id;
        let filled = if let Some(taken) = steps.iter().find(own) {
            as_before(form, taken)
        } else if asked.corrects.is_empty() {
            prefill(form, &steps, &office)
        } else {
            let corrects = named_step(&asked.corrects)?;
            let unknown = || Refused::about(Refusal::StepCorrectsUnknown, &corrects);
            as_before(form, steps.iter().find(|step| step.reference == corrects).ok_or_else(unknown)?)
        };
        Ok(filled.into_iter().map(|one| with_sources(one, &steps)).collect())
    }

    /// A paper form of a matter, as this office would hand it in.
    pub async fn paper(&self, paper: &str, named: &str) -> Result<FilledPaper, Refused> {
        let known = Papers::built_in().get(paper).ok_or_else(|| Refused::about(Refusal::PaperUnknown, shown(paper)))?;
        let matter = self.matter_named(named).await?;
        let steps = self.steps_of(&matter)?;
        let kind = kind_of(&matter, &steps).filter(|kind| *kind == known.of);
        let kind = kind.ok_or_else(|| Refused::about(Refusal::PaperUnknown, &known.title))?;
        let row = self.matter_row(&matter, Matter { kind, steps: &steps }.summary())?;
        let name = self.relay().registry().entry(self.own()).map_or_else(String::new, |entry| entry.name.clone());
        let rows = fill_in(known, &matter, &steps, (self.own(), &name));
        Ok(FilledPaper { paper: known, row, office_name: name, rows, as_of: self.now() })
    }
}

/// A step goes on with a matter of its own kind.
pub(in crate::usecase) fn of_its_kind(form: &StepForm, matter: &RecordRef, steps: &[Step]) -> Result<(), Refused> {
    match kind_of(matter, steps) {
        Some(kind) if kind != form.matter => Err(Refused::about(Refusal::MatterOtherKind, crate::text::matter::kind(kind))),
        Some(_) | None => Ok(()),
    }
}

fn with_sources(from: Prefilled, steps: &[Step]) -> FieldPrefilled {
    let source = |record: &RecordRef| {
        let step = steps.iter().find(|step| step.reference == *record)?;
        Some(PrefillSource { record: record.clone(), form: step.form.clone(), at: step.times.recorded.here })
    };
    FieldPrefilled { sources: from.sources.iter().filter_map(source).collect(), answer: from.answer }
}
