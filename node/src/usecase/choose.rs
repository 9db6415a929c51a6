//! A person's choice between versions that differ; what it does is [`crate::domain::standing`].

use dutynet_relay::{
    ids::{Lane, OfficeId, RecordId, RecordRef},
    record::{Mode, Person},
    writer::intent::Draft,
};

use super::{Office, Refused, file::at, form, period, person};
use crate::{
    body::{CHOICE_KIND, ChoiceBody},
    domain::{
        board::Differs,
        period::Period,
        report,
        standing::{COMPARED_MAX, Difference, Standing},
    },
    projection::Row,
    text::{refusal::Refusal, words},
};

/// What a person chooses.
#[derive(Debug, Clone)]
pub struct ChooseReport {
    /// Made by the client before its first attempt.
    pub id: RecordId,
    /// Id of the form.
    pub form: String,
    /// As in [`super::FileReport`].
    pub period: String,
    /// Whose report; empty: this office's.
    pub office: String,
    /// The version that is to stand.
    pub chosen: RecordRef,
    /// Why.
    pub reason: String,
    /// Who chooses.
    pub by: Option<Person>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChosenReport {
    /// The record of the choice.
    pub reference: RecordRef,
    /// True: it was held already.
    pub folded: bool,
    /// Whether the versions still differ.
    pub differs: Differs,
    /// The period.
    pub period: Period,
    /// Whose report.
    pub office: OfficeId,
}

impl Office {
    /// Records a choice. It travels to everybody who sees the versions: up to the root, and down to the office.
    pub async fn choose(&self, asked: ChooseReport) -> Result<ChosenReport, Refused> {
        let by = person(asked.by.clone())?;
        let form = form(&asked.form)?;
        let period = period(form, &asked.period, self.now())?;
        let office = if asked.office.is_empty() { self.own().clone() } else { self.within(&asked.office)? };
        let reason = report::reason(&asked.reason);
        let reason = reason.map_err(|kinds| Refused::at_fields(at("reason", words::CHOICE_REASON, kinds)))?;
        let row = Row { mode: Mode::Real, period, form: form.id.clone(), office: office.clone() };

        let _one_at_a_time = self.lock(&row).await;
        self.caught_up().await?;
        let versions = self.versions(&row)?;
        let standing = versions.standing.as_ref().ok_or_else(|| Refused::about(Refusal::ChoiceNoDifference, period))?;
        if let Some(reference) = self.chosen_already(standing, &versions.choices, &asked.chosen) {
            return Ok(ChosenReport { reference, folded: true, differs: versions.differs(), period, office });
        }
        let body = ChoiceBody {
            form: form.id.clone(),
            period,
            office: office.clone(),
            chosen: allowed(standing, &asked.chosen)?,
            compared: standing.heads.iter().map(|head| head.reference.clone()).take(COMPARED_MAX).collect(),
            replaces: standing.choices.iter().take(COMPARED_MAX).cloned().collect(),
            reason,
        };
        let draft = Draft {
            id: asked.id,
            kind: CHOICE_KIND.to_owned(),
            subject: body.subject(),
            lane: Lane::Routine,
            audience: self.everybody_about(&office),
            mode: Mode::Real,
            happened_at: None,
            learnt_at: None,
            person: Some(by),
            corrects: None,
            on_behalf_of: None,
            body: body.encode(),
        };
        let made = self.submit(draft).await?;
        self.read_what_was_written().await;
        let differs = self.versions(&row)?.differs();
        Ok(ChosenReport { reference: made.reference, folded: made.folded, differs, period, office })
    }

    /// This office has chosen so, and nothing has come since.
    fn chosen_already(
        &self,
        standing: &Standing,
        choices: &[crate::projection::ChoiceEntry],
        chosen: &RecordRef,
    ) -> Option<RecordRef> {
        let Difference::Settled(by) = &standing.difference else { return None };
        let choice = choices.iter().find(|held| held.choice.reference == *by)?;
        let same = choice.choice.chosen == *chosen && by.origin == *self.own();
        same.then(|| by.clone())
    }
}

/// The latest version of somebody who has spoken, where they differ.
fn allowed(standing: &Standing, chosen: &RecordRef) -> Result<RecordRef, Refused> {
    match standing.difference {
        Difference::None => Err(Refusal::ChoiceNoDifference.into()),
        Difference::Open | Difference::Settled(_) => {
            let head = standing.heads.iter().find(|head| head.reference == *chosen);
            head.map(|head| head.reference.clone()).ok_or_else(|| Refused::about(Refusal::ChoiceUnknown, chosen))
        }
    }
}
