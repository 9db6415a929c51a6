//! Filing and correcting a report, of this office or on behalf of one below it (代录).
//!
//! The decision is [`report::decide`]; this file gives it the facts, one row at a time, and makes the record. Nothing is half done: either
//! the record is on disk when the call returns, or nothing was kept.

use dutynet_relay::{
    ids::{Lane, OfficeId, RecordId, RecordRef},
    record::{Audience, Mode, Person},
    writer::{RecordState, intent::Draft},
};

use super::{Office, Refused, Warning, clock::Clocks, form, office_id, period, person, seen::SeenReport};
use crate::{
    body::{Channel, Entered, ReportBody},
    domain::{
        board::Differs,
        form::{Answer, Fault, FaultKind, Filled, Form, Lines},
        period::Period,
        report::{self, Decision, Filing, FilingRefused, Held, PHONE_CHARS_MAX, Purpose, TELLER_CHARS_MAX, Voice, Window},
    },
    projection::{Row, Versions},
    text::{refusal::Refusal, words},
};

/// What an officer hands in.
#[derive(Debug, Clone)]
pub struct FileReport {
    /// Made by the client before its first attempt.
    pub id: RecordId,
    /// Id of the form.
    pub form: String,
    /// A day; of a holiday any of its days; empty: today.
    pub period: String,
    /// What is said.
    pub said: Said,
    /// `Some`: it corrects what was said before, for this reason.
    pub correction: Option<String>,
    /// Who hands it in.
    pub by: Option<Person>,
    /// Real, exercise or test.
    pub mode: Mode,
    /// `Some`: the words are those of an office below.
    pub on_behalf: Option<OnBehalf>,
}

/// Where the answers come from.
#[derive(Debug, Clone)]
pub enum Said {
    /// These are they.
    Answers(Vec<Answer>),
    /// The draft's (综报), with these in place of its own, field by field.
    Draft(Vec<Answer>),
    /// These and no others, by somebody who had the draft before him: the record says what it was summed from.
    Summed(Vec<Answer>),
}

/// Words of another office, and how they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnBehalf {
    /// Whose words.
    pub office: String,
    /// How they came.
    pub entered: Entered,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiledReport {
    /// The record that says it.
    pub reference: RecordRef,
    /// Its number in its chain.
    pub revision: u32,
    /// True: it was held already.
    pub folded: bool,
    /// The period.
    pub period: Period,
    /// Whose report.
    pub office: OfficeId,
    /// How far the record has got; `None`: it is another office's.
    pub state: Option<RecordState>,
    /// Whether the versions of the row differ now.
    pub differs: Differs,
    /// What the officer should know of the day.
    pub warnings: Vec<Warning>,
}

impl Office {
    /// Files or corrects a report. Equal content folds; see [`report`].
    pub async fn file(&self, asked: FileReport) -> Result<FiledReport, Refused> {
        self.file_seeing(asked, None).await
    }

    /// The same by somebody who had this before him when he began; what would be a new version over anything else is refused.
    pub async fn file_seeing(&self, asked: FileReport, seen: Option<&SeenReport>) -> Result<FiledReport, Refused> {
        let clocks = self.clocks();
        let form = form(&asked.form)?;
        let asked = FileReport { by: Some(person(asked.by)?), ..asked };
        let period = period(form, &asked.period, clocks.today())?;
        let office = self.speaks_for(&asked)?;
        let (mut body, purpose) = self.body(form, &asked, period, office.clone()).await?;
        let row = Row { mode: asked.mode, period, form: form.id.clone(), office };
        let reference = RecordRef { origin: self.own().clone(), id: asked.id };
        let mut filing = Filing { reference, period, content: body.content(), voice: Voice::Own, purpose };

        let _one_at_a_time = self.lock(&row).await;
        self.caught_up().await?;
        let versions = self.versions(&row)?;
        if let Some(said) = self.said_by_itself(&row, &versions, &filing) {
            return self.filed(&row, said, true);
        }
        filing.voice = self.voice(&row, &versions);
        let held = self.chain(&versions);
        let window = self.window(form, &row.office, period)?;
        let decided = decide(&filing, &held, window, clocks);
        if let Ok(Decision::Fold(held)) = &decided
            && self.is_nothing_new(held, &filing, &body, window)?
        {
            return self.filed(&row, held.clone(), true);
        }
        self.must_be_as_seen(seen, &row, &body)?;
        match decided.map_err(|r| refused(&r, period))? {
            Decision::Fold(held) => {
                body.revision = held.revision.saturating_add(1);
                self.make(form, &asked, &body, (&row, Some(held.reference))).await
            }
            Decision::Make { revision, corrects } => {
                body.revision = revision;
                self.make(form, &asked, &body, (&row, corrects)).await
            }
        }
    }

    async fn make(
        &self,
        form: &Form,
        asked: &FileReport,
        body: &ReportBody,
        (row, corrects): (&Row, Option<RecordRef>),
    ) -> Result<FiledReport, Refused> {
        let made = self.submit(self.draft_record(form, asked, body, corrects)).await?;
        self.read_what_was_written().await;
        let held = Held { reference: made.reference, revision: body.revision, content: body.content() };
        self.filed(row, held, made.folded)
    }

    fn filed(&self, row: &Row, held: Held, folded: bool) -> Result<FiledReport, Refused> {
        let Held { reference, revision, .. } = held;
        let own = reference.origin == *self.own();
        let state = if own { Some(self.relay().state_of(&reference)?.unwrap_or(RecordState::Saved)) } else { None };
        let differs = self.versions(row)?.differs();
        let (period, office) = (row.period, row.office.clone());
        let warnings = self.clocks().doubt(period).into_iter().collect();
        Ok(FiledReport { reference, revision, folded, period, office, state, differs, warnings })
    }

    /// Whose words they are; only an office below this one may be spoken for.
    fn speaks_for(&self, asked: &FileReport) -> Result<OfficeId, Refused> {
        let Some(on_behalf) = &asked.on_behalf else { return Ok(self.own().clone()) };
        let office = self.spoken_for(&on_behalf.office)?;
        if matches!(asked.said, Said::Draft(_) | Said::Summed(_)) {
            return Err(Refused::about(Refusal::OnBehalfDraft, office));
        }
        Ok(office)
    }

    /// An office below this one, which may be spoken for.
    pub(super) fn spoken_for(&self, office: &str) -> Result<OfficeId, Refused> {
        let (office, registry) = (office_id(office)?, self.relay().registry());
        if registry.entry(&office).is_none() {
            return Err(Refused::about(Refusal::OfficeUnknown, office));
        }
        if !registry.is_ancestor(self.own(), &office) {
            return Err(Refused::about(Refusal::OnBehalfElsewhere, office));
        }
        Ok(office)
    }

    async fn body(
        &self,
        form: &'static Form,
        asked: &FileReport,
        period: Period,
        office: OfficeId,
    ) -> Result<(ReportBody, Purpose), Refused> {
        let (answers, sources, missing) = match &asked.said {
            Said::Answers(answers) => (answers.clone(), Vec::new(), Vec::new()),
            Said::Draft(instead) => self.drafted_answers(form, (asked.mode, period), instead).await?,
            Said::Summed(answers) => {
                let (_, sources, missing) = self.drafted_answers(form, (asked.mode, period), &[]).await?;
                (answers.clone(), sources, missing)
            }
        };
        let (filled, purpose, entered) = checked(form, asked, answers)?;
        let reason = match &purpose {
            Purpose::Correct { reason } => reason.clone(),
            Purpose::File => String::new(),
        };
        Ok((ReportBody { filled, period, office, reason, revision: 1, entered, sources, missing }, purpose))
    }

    /// What is entered on behalf of an office and says what that office has said itself is nothing new.
    fn said_by_itself(&self, row: &Row, versions: &Versions, filing: &Filing) -> Option<Held> {
        let own = versions.standing.as_ref()?.heads.first()?;
        let itself = own.reference.origin == row.office && row.office != *self.own();
        (itself && own.content == filing.content).then(|| own.clone())
    }

    fn voice(&self, row: &Row, versions: &Versions) -> Voice {
        let others = versions.entries.iter().any(|entry| entry.reference.origin != *self.own());
        match (row.office == *self.own(), others) {
            (true, _) => Voice::Own,
            (false, false) => Voice::OnBehalf,
            (false, true) => Voice::OnBehalfBeside,
        }
    }

    /// The revisions of a row that this office made.
    fn chain(&self, versions: &Versions) -> Vec<Held> {
        let ours = versions.entries.iter().filter(|entry| entry.reference.origin == *self.own());
        ours.map(crate::projection::Entry::held).collect()
    }

    /// Equal figures that were summed from other versions are worth a revision, while one is taken.
    fn is_nothing_new(&self, held: &Held, filing: &Filing, body: &ReportBody, window: Window) -> Result<bool, Refused> {
        let closed = window.is_closed(self.now()) && filing.purpose == Purpose::File;
        if body.sources.is_empty() || held.reference == filing.reference || closed {
            return Ok(true);
        }
        let said = self.relay().store().record(&held.reference)?;
        let said = said.and_then(|stored| ReportBody::decode(&stored.record.raw().body).ok());
        Ok(said.is_none_or(|said| said.sources == body.sources && said.missing.len() == body.missing.len()))
    }

    /// The record is durable; that it cannot be read yet is no refusal.
    pub(super) async fn read_what_was_written(&self) {
        if let Err(refused) = self.caught_up().await {
            tracing::warn!(%refused, "a record was saved, and the projection is behind");
        }
    }

    fn draft_record(&self, form: &Form, asked: &FileReport, body: &ReportBody, corrects: Option<RecordRef>) -> Draft {
        let on_behalf_of = (body.office != *self.own()).then(|| body.office.clone());
        Draft {
            id: asked.id,
            kind: form.record_kind.clone(),
            subject: body.subject(),
            lane: Lane::Routine,
            audience: self.everybody_about(&body.office),
            mode: asked.mode,
            happened_at: None,
            learnt_at: None,
            person: asked.by.clone(),
            corrects,
            on_behalf_of,
            body: body.encode(),
        }
    }

    /// Everybody above, up to the root; and, of what is about an office below, that office and the tiers between.
    pub(super) fn everybody_about(&self, office: &OfficeId) -> Vec<Audience> {
        let below = (office != self.own()).then(|| Audience::Offices(vec![office.clone()]));
        self.upwards().into_iter().chain(below).collect()
    }

    /// Everybody above, up to the root; nobody when this is the root.
    pub(super) fn upwards(&self) -> Vec<Audience> {
        let registry = self.relay().registry();
        let top: Option<&OfficeId> = registry.path_up(self.own()).last().filter(|top| *top != self.own());
        top.into_iter().map(|top| Audience::UpTo(top.clone())).collect()
    }
}

/// What any clock that may be right allows is taken; what none allows is refused by the own one.
fn decide(filing: &Filing, held: &[Held], window: Window, clocks: Clocks) -> Result<Decision, FilingRefused> {
    let mut decided = clocks.possible(filing.period).into_iter().map(|now| report::decide(filing, held, window, now));
    let by_own = decided.next().unwrap_or(Err(FilingRefused::Future));
    match by_own {
        Err(FilingRefused::Future | FilingRefused::Closed) => decided.find(Result::is_ok).unwrap_or(by_own),
        Ok(_) | Err(FilingRefused::NothingToCorrect | FilingRefused::IdUsed) => by_own,
    }
}

type Checked = (Filled, Purpose, Option<Entered>);

/// Every fault at once: those of the answers, of the reason, and of how the words came.
fn checked(form: &Form, asked: &FileReport, answers: Vec<Answer>) -> Result<Checked, Refused> {
    let mut faults = Vec::new();
    let filled = form.fill(answers).map_err(|found| faults.extend(found)).ok();
    let purpose = match &asked.correction {
        None => Some(Purpose::File),
        Some(reason) => {
            let reason = report::reason(reason).map_err(|kinds| faults.extend(at("reason", words::REASON, kinds))).ok();
            reason.map(|reason| Purpose::Correct { reason })
        }
    };
    let entered = asked.on_behalf.as_ref().map(|on_behalf| teller(&on_behalf.entered, &mut faults));
    match (filled, purpose) {
        (Some(filled), Some(purpose)) if faults.is_empty() => Ok((filled, purpose, entered)),
        _ => Err(Refused::at_fields(faults)),
    }
}

/// The same, of words that are not a report's.
pub(super) fn teller_of(entered: &Entered) -> Result<Entered, Refused> {
    let mut faults = Vec::new();
    let entered = teller(entered, &mut faults);
    if faults.is_empty() { Ok(entered) } else { Err(Refused::at_fields(faults)) }
}

/// Who said it, and from where: a telephone has a number.
fn teller(entered: &Entered, faults: &mut Vec<Fault>) -> Entered {
    let told_by = report::said(&entered.told_by, TELLER_CHARS_MAX, Lines::One);
    let phone = match (entered.channel, entered.phone.trim()) {
        (Channel::Written, "") => Ok(String::new()),
        (Channel::Written | Channel::Telephone, phone) => report::said(phone, PHONE_CHARS_MAX, Lines::One),
    };
    let mut kept = |field: &str, label: &str, said: Result<String, Vec<FaultKind>>| {
        said.map_err(|kinds| faults.extend(at(field, label, kinds))).unwrap_or_default()
    };
    let told_by = kept("told_by", words::TOLD_BY, told_by);
    Entered { channel: entered.channel, told_by, phone: kept("phone", words::TOLD_PHONE, phone) }
}

pub(super) fn at(field: &str, label: &str, kinds: Vec<FaultKind>) -> Vec<Fault> {
    kinds.into_iter().map(|kind| Fault { field: field.to_owned(), label: label.to_owned(), kind }).collect()
}

fn refused(refusal: &FilingRefused, period: Period) -> Refused {
    let refusal = match refusal {
        FilingRefused::Future => Refusal::PeriodFuture,
        FilingRefused::Closed => Refusal::PeriodClosed,
        FilingRefused::NothingToCorrect => Refusal::NothingToCorrect,
        FilingRefused::IdUsed => Refusal::RecordIdUsed,
    };
    Refused::about(refusal, period)
}
