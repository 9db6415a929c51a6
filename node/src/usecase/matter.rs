//! Matters (事项): taking steps, showing one whole, lists of them.
//!
//! A step is checked against its form, which gives every fault at once; then against the matter as it is, one step of a matter at a time.
//! Nothing is half done: either the record is on disk when the call returns, or nothing was kept.

mod board;
mod exercise;
mod list;
mod prefill;
mod show;
mod take;
#[cfg(test)]
pub(super) mod tests;

pub use board::{MatterBoard, MatterSeat};
pub use list::MatterRow;
pub(super) use prefill::of_its_kind;
pub use prefill::{AskPrefill, FieldPrefilled, FilledPaper, PrefillSource};
pub use show::{ShownMatter, ShownStep};
pub use take::{NamedRecord, TakeStep, TakenStep};
pub(super) use take::{SaidByNode, refused};

use std::collections::BTreeSet;

use dutynet_relay::ids::RecordRef;

use super::{Office, Refused, shown};
use crate::{
    body::read_step,
    domain::{
        matter::{Step, in_order, kind_of, telling},
        number::{Number, parse_reference},
        step::{MatterKind, StepForm, StepForms},
    },
    text::refusal::Refusal,
};

impl Office {
    /// The matter that is meant by a number or a reference of its opening record.
    pub(super) async fn matter_named(&self, text: &str) -> Result<RecordRef, Refused> {
        self.caught_up().await?;
        let unknown = || Refused::about(Refusal::MatterUnknown, shown(text));
        if let Some(reference) = parse_reference(text) {
            let held = !self.inner.matters.steps(&reference)?.is_empty();
            return if held { Ok(self.inner.matters.canonical(&reference)?) } else { Err(unknown()) };
        }
        let number = Number::parse(text).ok_or_else(|| Refused::about(Refusal::MatterNumberInvalid, shown(text)))?;
        let named = self.inner.matters.by_number(&number)?.into_iter();
        let named: BTreeSet<_> = named.map(|one| self.inner.matters.canonical(&one)).collect::<Result<_, _>>()?;
        match &named.into_iter().collect::<Vec<_>>()[..] {
            [] => Err(unknown()),
            [one] => Ok(one.clone()),
            several => {
                let several: Vec<_> = several.iter().map(RecordRef::to_string).collect();
                Err(Refused::about(Refusal::MatterNumberShared, several.join(", ")))
            }
        }
    }

    /// The steps of a matter that its kind lets people of this office take, whatever it has come to; the opening ones apart.
    pub fn steps_open_to(&self, matter: &RecordRef, kind: MatterKind) -> Vec<&'static StepForm> {
        let tree = self.relay().registry();
        let open = |form: &&StepForm| !form.opens && !form.is_the_nodes() && form.is_for(self.own(), &matter.origin, &tree);
        StepForms::built_in().of(kind).filter(open).collect()
    }

    /// Its steps that this office holds and that still say something, in order: those from which it follows how the matter stands.
    pub(in crate::usecase) fn steps_of(&self, matter: &RecordRef) -> Result<Vec<Step>, Refused> {
        let held = self.all_steps_of(matter)?;
        let kind = kind_of(matter, &held);
        Ok(kind.map_or_else(|| held.clone(), |kind| telling(kind, matter, &held)))
    }

    /// All of them, those too whose content was removed.
    pub(super) fn all_steps_of(&self, matter: &RecordRef) -> Result<Vec<Step>, Refused> {
        let tree = self.relay().registry();
        let mut steps = Vec::new();
        for place in self.inner.matters.steps(matter)? {
            let stored = self.relay().store().stored(place)?;
            steps.push(read_step(&stored, &tree).map_err(|fault| Refused::because(Refusal::Internal, fault))?);
        }
        self.inner.matters.with_deliveries(&mut steps)?;
        Ok(in_order(matter, steps))
    }
}
