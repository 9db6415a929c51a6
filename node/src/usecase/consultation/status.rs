//! The status of every office of a session's area: asked live, shown, and kept with the session as it was shown.
//!
//! The table is in records before anybody sees it whole. It stays what it was: whoever reads it later, at any office of the session, sees
//! who was on duty then and where it was known from, not how things stand now.

use std::time::Duration;

use bytes::Bytes;
use dutynet_relay::{
    ids::{Digest, RecordId, RecordRef, UnixMillis},
    live::Reach,
    record::Person,
    writer::RecordState,
};

use super::id_after;
use crate::{
    body::{TABLE_PARTS_MAX, TableParts, step::StepBody, table_digest},
    domain::{
        consultation::{Kept, says_of, tables},
        matter::Step,
        number::{Number, parse_reference},
        status::{StatusRow, StatusTable},
        step::{StepForm, StepForms},
    },
    text::refusal::Refusal,
    usecase::{
        AskStatus, Office, PulledStatus, Refused, TakeStep, TakenStep,
        matter::{SaidByNode, of_its_kind},
        shown,
    },
};

const STATUS: &str = "consultation.status";

/// Asks every office of a session's area, and keeps what comes.
#[derive(Debug, Clone)]
pub struct KeepStatus {
    /// Made by the client before its first attempt. The same id again is the same table; nobody is asked twice.
    pub id: RecordId,
    /// Number or reference of the session.
    pub matter: String,
    /// How long it may take, see [`crate::usecase::STATUS_WITHIN`]; zero: ten seconds.
    pub within: Duration,
    /// Who asks.
    pub by: Option<Person>,
}

/// A table that was asked for and is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptStatus {
    /// The step by which it goes.
    pub step: TakenStep,
    /// As it was shown.
    pub table: StatusTable,
}

/// Which table of a session is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShowStatus {
    /// Number or reference of the session.
    pub matter: String,
    /// Reference of the step by which it goes; empty: the last.
    pub record: String,
}

/// The tables that were kept with a session, and one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptTables {
    /// The session.
    pub matter: RecordRef,
    /// All, the first that was kept first.
    pub kept: Vec<KeptTable>,
    /// The one that is wanted, by its place among them; `None`: none was kept.
    pub shown: Option<(usize, TableThere)>,
}

/// One table, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptTable {
    /// The step by which it goes.
    pub record: RecordRef,
    /// When it was asked for, by the clock of the office that called the session.
    pub asked_at: UnixMillis,
    /// When the last row was there, likewise.
    pub closed_at: UnixMillis,
    /// Offices in it.
    pub offices: u32,
    /// Those that have answered themselves.
    pub answered: u32,
    /// Who asked.
    pub by: Option<Person>,
}

/// What is here of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableThere {
    /// All of it.
    Whole(StatusTable),
    /// Some of its parts are still on their way.
    Parts {
        /// Those that are here.
        here: usize,
        /// All.
        of: usize,
    },
    /// Its content, or some of it, was removed.
    Removed,
    /// Its parts do not make the table that they say.
    Unreadable,
}

/// A table on its way into the record of a session. Dropping it ends the question, and nothing is kept.
pub struct KeepingStatus {
    office: Office,
    asked: KeepStatus,
    matter: RecordRef,
    /// `None`: the same was kept already.
    pulled: Option<PulledStatus>,
}

impl Office {
    /// Asks, waits until there is a row of everybody, and keeps the table.
    pub async fn keep_status(&self, asked: KeepStatus) -> Result<KeptStatus, Refused> {
        let mut keeping = self.open_status(asked).await?;
        while keeping.next().await.is_some() {}
        keeping.keep().await
    }

    /// Asks. Rows come with [`KeepingStatus::next`]; it is kept by [`KeepingStatus::keep`] alone.
    pub async fn open_status(&self, asked: KeepStatus) -> Result<KeepingStatus, Refused> {
        let matter = self.matter_named(&asked.matter).await?;
        let steps = self.steps_of(&matter)?;
        of_its_kind(status_form()?, &matter, &steps)?;
        let keeping = |pulled| KeepingStatus { office: self.clone(), asked: asked.clone(), matter: matter.clone(), pulled };
        let first = RecordRef { origin: self.own().clone(), id: asked.id };
        if steps.iter().any(|step| step.reference == first) {
            return Ok(keeping(None));
        }
        self.may_say(&steps, (STATUS, &first, &[]), asked.by.clone())?;
        let offices = steps.first().map(|call| call.to.iter().map(ToString::to_string).collect()).unwrap_or_default();
        let within = asked.within;
        let pulled = self.pull_status(AskStatus { offices, reach: Reach::Subtree, within }).await?;
        Ok(keeping(Some(pulled)))
    }

    /// What was kept with a session, as this office has it.
    pub async fn kept_status(&self, asked: &ShowStatus) -> Result<KeptTables, Refused> {
        let matter = self.matter_named(&asked.matter).await?;
        let (all, steps) = (self.all_steps_of(&matter)?, self.steps_of(&matter)?);
        of_its_kind(status_form()?, &matter, &steps)?;
        let tables = tables(&steps);
        let wanted = match asked.record.as_str() {
            "" => tables.len().checked_sub(1),
            named => {
                let place = tables.iter().position(|table| Some(&table.first.reference) == parse_reference(named).as_ref());
                Some(place.ok_or_else(|| Refused::about(Refusal::RecordUnknown, shown(named)))?)
            }
        };
        let removed = all.iter().any(|step| step.form == STATUS && step.hollow);
        let there = |place: usize| Ok::<_, Refused>((place, self.table_there(&tables[place], removed)?));
        let shown = wanted.map(there).transpose()?;
        Ok(KeptTables { matter, kept: tables.iter().map(|table| listed(table.first)).collect(), shown })
    }

    fn table_there(&self, table: &Kept<'_>, removed: bool) -> Result<TableThere, Refused> {
        let mut whole = Vec::new();
        for part in &table.parts {
            let stored = self.relay().store().record(&part.reference)?;
            let Some(stored) = stored.filter(|stored| !stored.record.is_hollow()) else { return Ok(TableThere::Removed) };
            let Ok(body) = StepBody::decode(&stored.record.raw().body) else { return Ok(TableThere::Unreadable) };
            whole.extend_from_slice(&body.table);
        }
        if table.parts.len() < table.of {
            let (here, of) = (table.parts.len(), table.of);
            return Ok(if removed { TableThere::Removed } else { TableThere::Parts { here, of } });
        }
        let is_it = table_digest(&whole) == table.digest();
        let read = StatusTable::decode(&Bytes::from(whole)).ok().filter(|_| is_it);
        Ok(read.map_or(TableThere::Unreadable, TableThere::Whole))
    }
}

impl KeepingStatus {
    /// How many offices are asked; none where nobody has to be asked any more.
    pub fn offices(&self) -> u32 {
        self.pulled.as_ref().map_or(0, PulledStatus::offices)
    }

    /// The next rows, in the order in which they come; `None`: there is one of every office.
    pub async fn next(&mut self) -> Option<Vec<StatusRow>> {
        self.pulled.as_mut()?.next().await
    }

    /// Keeps it. The first part comes last: with it the table is there.
    pub async fn keep(self) -> Result<KeptStatus, Refused> {
        let first = RecordRef { origin: self.office.own().clone(), id: self.asked.id };
        let Some(pulled) = &self.pulled else { return self.kept_before(&first).await };
        if !pulled.is_whole() {
            return Err(Refusal::Stopping.into());
        }
        let table = pulled.table();
        let TableParts { parts, digest } = TableParts::of(&table);
        let of = parts.len();
        if of > TABLE_PARTS_MAX {
            return Err(Refusal::ConsultationStatusTooLong.into());
        }
        let numbered = parts.into_iter().zip(1..);
        let mut numbered: Vec<_> = numbered.map(|(bytes, part)| (bytes, says_of(&table, &digest, (part, of)), part)).collect();
        let first = numbered.remove(0);
        for (table, answers, part) in numbered {
            let of_table = Digest::of("dutynet.status-part.1", &[format!("{digest}.{part}").as_bytes()]);
            self.take(id_after(&self.asked.id, &of_table), SaidByNode { answers, table }).await?;
        }
        let step = self.take(self.asked.id, SaidByNode { table: first.0, answers: first.1 }).await?;
        Ok(KeptStatus { step, table })
    }

    async fn kept_before(&self, first: &RecordRef) -> Result<KeptStatus, Refused> {
        let asked = ShowStatus { matter: self.matter.to_string(), record: first.to_string() };
        let Some((_, TableThere::Whole(table))) = self.office.kept_status(&asked).await?.shown else {
            return Err(Refused::about(Refusal::RecordUnknown, first));
        };
        let state = self.office.relay().state_of(first)?.unwrap_or(RecordState::Saved);
        let step = TakenStep { reference: first.clone(), matter: self.matter.clone(), folded: true, state };
        Ok(KeptStatus { step, table })
    }

    async fn take(&self, id: RecordId, says: SaidByNode) -> Result<TakenStep, Refused> {
        let step = TakeStep {
            id,
            form: STATUS.to_owned(),
            matter: self.matter.to_string(),
            answers: Vec::new(),
            links: Vec::new(),
            to: Vec::new(),
            by: self.asked.by.clone(),
            mode: None,
            on_behalf: None,
            corrects: String::new(),
        };
        self.office.take_knowing(step, says).await
    }
}

impl KeptTables {
    /// Number of the session.
    pub fn number(&self) -> Number {
        Number::of(&self.matter)
    }
}

pub(super) fn status_form() -> Result<&'static StepForm, Refused> {
    StepForms::built_in().get(STATUS).ok_or_else(|| Refusal::Internal.into())
}

fn listed(first: &Step) -> KeptTable {
    let count = |key: &str| first.number(key).and_then(|number| u32::try_from(number).ok()).unwrap_or(0);
    let at = |key: &str| first.time(key).unwrap_or_default();
    KeptTable {
        record: first.reference.clone(),
        asked_at: at("asked_at"),
        closed_at: at("closed_at"),
        offices: count("offices"),
        answered: count("answered"),
        by: first.by.clone(),
    }
}
