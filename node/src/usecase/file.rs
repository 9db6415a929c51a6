//! Filing and correcting a report.
//!
//! The decision is [`report::decide`]; this file gives it the facts, one row at a time, and makes the record. Nothing is half done: either
//! the record is on disk when the call returns, or nothing was kept.

use dutynet_relay::{
    ids::{Lane, OfficeId, RecordId, RecordRef},
    record::{Audience, Mode, Person},
    writer::{RecordState, intent::Draft},
};

use super::{Office, Refused, form, period, person};
use crate::{
    body::ReportBody,
    domain::{
        beijing::Day,
        form::{Answer, Fault, Filled, Form},
        report::{self, Decision, Filing, FilingRefused, Held, Purpose, Window},
    },
    projection::Row,
    text::{refusal::Refusal, words},
};

/// What an officer hands in.
#[derive(Debug, Clone)]
pub struct FileReport {
    /// Made by the client before its first attempt.
    pub id: RecordId,
    /// Id of the form.
    pub form: String,
    /// The day; empty: today.
    pub period: String,
    /// What is said.
    pub answers: Vec<Answer>,
    /// `Some`: it corrects what was said before, for this reason.
    pub correction: Option<String>,
    /// Who says it.
    pub by: Option<Person>,
    /// Real, exercise or test.
    pub mode: Mode,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiledReport {
    /// The record that says it.
    pub reference: RecordRef,
    /// Its number in the row.
    pub revision: u32,
    /// True: it was held already.
    pub folded: bool,
    /// The day.
    pub period: String,
    /// How far the record has got.
    pub state: RecordState,
}

impl Office {
    /// Files or corrects a report of this office. Equal content folds; see [`report`].
    pub async fn file(&self, asked: FileReport) -> Result<FiledReport, Refused> {
        let now = self.now();
        let form = form(&asked.form)?;
        let asked = FileReport { by: Some(person(asked.by)?), ..asked };
        let period = period(&asked.period, now)?;
        let (filled, purpose) = checked(form, &asked)?;
        let reason = match &purpose {
            Purpose::Correct { reason } => reason.clone(),
            Purpose::File => String::new(),
        };
        let mut body = ReportBody { filled, period, office: self.own().clone(), reason, revision: 1 };
        let row = Row { mode: asked.mode, period, form: form.id.clone(), office: body.office.clone() };
        let reference = RecordRef { origin: self.own().clone(), id: asked.id };
        let filing = Filing { reference, period, content: body.content(), purpose };

        let _one_at_a_time = self.lock(&row).await;
        let held = self.held(&row).await?;
        let decision = report::decide(&filing, &held, Window::of(form, period), now).map_err(|r| refused(&r, period))?;
        let (reference, folded) = match decision {
            Decision::Fold(held) => {
                body.revision = held.revision;
                (held.reference, true)
            }
            Decision::Make { revision, corrects } => {
                body.revision = revision;
                let made = self.relay().submit(self.draft(form, &asked, &body, corrects)).await?;
                self.read_what_was_written().await;
                (made.reference, made.folded)
            }
        };
        let state = self.relay().state_of(&reference)?.unwrap_or(RecordState::Saved);
        Ok(FiledReport { reference, revision: body.revision, folded, period: period.to_string(), state })
    }

    async fn held(&self, row: &Row) -> Result<Vec<Held>, Refused> {
        self.caught_up().await?;
        let held = self.inner.reports.revisions(row)?;
        Ok(held.into_iter().map(|e| Held { reference: e.reference, revision: e.revision, content: e.content }).collect())
    }

    /// The record is durable; that it cannot be read yet is no refusal.
    pub(super) async fn read_what_was_written(&self) {
        if let Err(refused) = self.caught_up().await {
            tracing::warn!(%refused, "a record was saved, and the projection is behind");
        }
    }

    fn draft(&self, form: &Form, asked: &FileReport, body: &ReportBody, corrects: Option<RecordRef>) -> Draft {
        Draft {
            id: asked.id,
            kind: form.record_kind.clone(),
            subject: body.subject(),
            lane: Lane::Routine,
            audience: self.upwards(),
            mode: asked.mode,
            happened_at: None,
            learnt_at: None,
            person: asked.by.clone(),
            corrects,
            on_behalf_of: None,
            body: body.encode(),
        }
    }

    /// Everybody above, up to the root; nobody when this is the root.
    fn upwards(&self) -> Vec<Audience> {
        let registry = self.relay().registry();
        let top: Option<&OfficeId> = registry.path_up(self.own()).last().filter(|top| *top != self.own());
        top.into_iter().map(|top| Audience::UpTo(top.clone())).collect()
    }
}

/// Every fault at once: those of the answers, and that of the reason.
fn checked(form: &Form, asked: &FileReport) -> Result<(Filled, Purpose), Refused> {
    let purpose = match &asked.correction {
        None => Ok(Purpose::File),
        Some(reason) => report::reason(reason).map(|reason| Purpose::Correct { reason }),
    };
    let at_reason = |kind| Fault { field: "reason".to_owned(), label: words::REASON.to_owned(), kind };
    match (form.fill(asked.answers.clone()), purpose) {
        (Ok(filled), Ok(purpose)) => Ok((filled, purpose)),
        (filled, purpose) => {
            let mut faults = filled.err().unwrap_or_default();
            faults.extend(purpose.err().into_iter().flatten().map(at_reason));
            Err(Refused::at_fields(faults))
        }
    }
}

fn refused(refusal: &FilingRefused, period: Day) -> Refused {
    let refusal = match refusal {
        FilingRefused::Future => Refusal::PeriodFuture,
        FilingRefused::Closed => Refusal::PeriodClosed,
        FilingRefused::NothingToCorrect => Refusal::NothingToCorrect,
        FilingRefused::IdUsed => Refusal::RecordIdUsed,
    };
    Refused::about(refusal, period)
}
