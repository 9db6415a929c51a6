//! Roll calls (点名、抽查): calling those below, answering, and the table of who has.
//!
//! A roll call is a matter; every step of it is taken as those of other matters are ([`Office::take_step`]). What is here besides is what makes
//! it one act for an officer: a group or a draw that becomes a list, one answer for every call that is open, the silent offices of a second
//! call; and the table, which is judged by the lines, too.

mod act;
mod answer;
mod call;
mod draw;
mod list;
mod silence;
mod table;
mod watch;

pub use act::{ActOnRoll, PhoneResult, RollAct};
pub use answer::{AnswerRolls, AnsweredRolls};
pub use call::{CallKind, CallRoll, CalledRoll};
pub use draw::DrawProof;
pub use list::{AskRolls, FoundRolls, RollRelation, RolledCall};
pub(super) use silence::Silence;
pub use table::{ExpectedDuty, PhoneCall, RollCallRow, RollTable, RollWords, Ruling, SaidAnswer};
pub use watch::RollChange;

use dutynet_relay::ids::{OfficeId, RecordId, RecordRef};

use super::{Office, Refused, shown};
use crate::{
    body::read_step,
    domain::{
        matter::Step,
        rollcall::Course,
        then::{History, Then},
    },
    text::refusal::Refusal,
};

impl Office {
    /// The steps of a roll call that is meant by a number or a reference.
    async fn roll_named(&self, named: &str) -> Result<(RecordRef, Vec<Step>), Refused> {
        let matter = self.matter_named(named).await?;
        let steps = self.steps_of(&matter)?;
        match Course::of(&steps) {
            Some(_) => Ok((matter, steps)),
            None => Err(Refused::about(Refusal::MatterUnknown, shown(named))),
        }
    }

    /// The step that this office has taken under an id; `None`: none yet.
    fn taken_before(&self, id: RecordId) -> Result<Option<(RecordRef, Step)>, Refused> {
        let reference = RecordRef { origin: self.own().clone(), id };
        let Some(stored) = self.relay().store().record(&reference)? else { return Ok(None) };
        let matter = crate::body::step::matter_of(&stored.record.header().subject);
        let step = read_step(&stored, &self.relay().registry()).ok();
        Ok(matter.zip(step))
    }

    /// Those of this subtree who are called, every office directly followed by what is below it.
    fn called_here(&self, course: &Course<'_>, history: &History) -> Vec<OfficeId> {
        let (registry, then) = (self.relay().registry(), Then::at(history, &course.call.moment));
        let subtree = registry.subtree(self.own());
        let offices = subtree.iter().map(|(_, entry)| &entry.office);
        course.called(offices, |office, top| then.is_below(office, top)).into_iter().cloned().collect()
    }
}
