//! What has been said of one office in one period: every version of everybody who spoke, which one stands, where they differ, and what a sum
//! was made of.

use dutynet_relay::{
    ids::{OfficeId, RecordRef, UnixMillis},
    link::frame::Hop,
    record::{Mode, Person},
    writer::RecordState,
};

use super::{Office, Refused, form, office_id, period};
use crate::{
    body::{ChoiceBody, ReportBody},
    domain::{
        board::Differs,
        draft::{Missing, Source},
        form::{Answer, Form, Value},
        standing::Standing,
    },
    projection::{ChoiceEntry, Entry, RemovedEntry, Row, Versions},
    text::refusal::Refusal,
};

/// What is asked for.
#[derive(Debug, Clone)]
pub struct ShowReport {
    /// Id of the form.
    pub form: String,
    /// As in [`super::FileReport`].
    pub period: String,
    /// Whose; empty: this office's.
    pub office: String,
}

/// Everything that was said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShownReport {
    /// The office's own first, then its nearest ancestor's; of each oldest first. Empty: nothing was filed that still says something.
    pub revisions: Vec<Revision>,
    /// The version that stands.
    pub standing: Option<RecordRef>,
    /// Whether the latest of each differ.
    pub differs: Option<Differs>,
    /// Where they do, in the form's order.
    pub fields: Vec<FieldDifference>,
    /// Every choice that was made, oldest first.
    pub choices: Vec<ShownChoice>,
    /// Versions whose content was removed, by time.
    pub removed: Vec<RemovedVersion>,
    /// What is held of the office's period, for whoever begins to write: see [`super::SeenReport`].
    pub held: String,
}

/// What is left of a version whose content was removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemovedVersion {
    /// Its record.
    pub reference: RecordRef,
    /// Who said it, or entered it.
    pub by: Option<Person>,
    /// By the origin's clock.
    pub recorded_at: UnixMillis,
    /// By ours.
    pub received_at: UnixMillis,
    /// Name of the office that recorded it.
    pub name: String,
}

/// One revision, with what this office knows of its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Its record.
    pub reference: RecordRef,
    /// Name of the office that made it.
    pub origin_name: String,
    /// What it says.
    pub body: ReportBody,
    /// Who said it, or entered it.
    pub by: Option<Person>,
    /// By the origin's clock.
    pub recorded_at: UnixMillis,
    /// By ours.
    pub received_at: UnixMillis,
    /// `None`: another office's record.
    pub state: Option<RecordState>,
    /// Which offices had it when, each by its own clock; earlier first.
    pub hops: Vec<Hop>,
    /// What it was summed from, with what that says now.
    pub sources: Vec<SourceNow>,
    /// What that sum does not hold, and whether it has been filed since.
    pub missing: Vec<(Missing, bool)>,
}

/// One child's version in a sum, and now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceNow {
    /// Which version.
    pub source: Source,
    /// The child's name.
    pub name: String,
    /// What it says to the fields that sum; `None`: its record is not here, or its content was removed.
    pub answers: Option<Vec<Answer>>,
    /// It was.
    pub removed: bool,
    /// `Some`: another version stands now, and says this.
    pub now: Option<(Source, Vec<Answer>)>,
}

/// A field to which versions give different answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldDifference {
    /// Its key.
    pub field: String,
    /// Its name for people.
    pub label: String,
    /// What each of the latest says; `None`: nothing.
    pub values: Vec<(RecordRef, Option<Value>)>,
}

/// A choice that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownChoice {
    /// Its record.
    pub reference: RecordRef,
    /// What was chosen.
    pub chosen: RecordRef,
    /// Why.
    pub reason: String,
    /// Who chose.
    pub by: Option<Person>,
    /// By the clock of where it was made.
    pub recorded_at: UnixMillis,
    /// Name of the office where it was made.
    pub name: String,
    /// Whether it counts.
    pub counts: bool,
}

impl Office {
    /// Everything that was said; without revisions: nothing was filed. Only what is real counts.
    pub async fn show(&self, asked: &ShowReport) -> Result<ShownReport, Refused> {
        self.show_of(Mode::Real, asked).await
    }

    /// The same of what was practised or tried.
    pub async fn show_of(&self, mode: Mode, asked: &ShowReport) -> Result<ShownReport, Refused> {
        let form = form(&asked.form)?;
        let period = period(form, &asked.period, self.now())?;
        let office = if asked.office.is_empty() { self.own().clone() } else { self.within(&asked.office)? };
        let row = Row { mode, period, form: form.id.clone(), office };
        self.caught_up().await?;
        let versions = self.versions(&row)?;
        let (removed, held) = (self.removed_versions(&versions)?, self.held_of(&row)?);
        let Some(standing) = &versions.standing else { return Ok(ShownReport { removed, held, ..ShownReport::default() }) };
        let mut revisions = Vec::new();
        for head in &standing.heads {
            let chain = versions.entries.iter().filter(|entry| entry.reference.origin == head.reference.origin);
            for entry in chain {
                revisions.push(self.revision(form, &row, entry)?);
            }
        }
        let differs = versions.differs();
        let fields = if differs == Differs::No { Vec::new() } else { differences(form, standing, &revisions) };
        let choices = versions.choices.iter().map(|choice| self.choice(choice, standing)).collect::<Result<_, _>>()?;
        let standing = Some(standing.stands.clone());
        Ok(ShownReport { revisions, standing, differs: Some(differs), fields, choices, removed, held })
    }

    fn removed_versions(&self, versions: &Versions) -> Result<Vec<RemovedVersion>, Refused> {
        let mut removed = versions.removed.iter().collect::<Vec<_>>();
        removed.sort_by_key(|gone| gone.recorded_here);
        let shown = |gone: &RemovedEntry| {
            Ok(RemovedVersion {
                by: self.relay().store().stored(gone.place)?.record.header().person.clone(),
                name: self.name(&gone.reference.origin),
                reference: gone.reference.clone(),
                recorded_at: gone.recorded_at,
                received_at: gone.received_at,
            })
        };
        removed.into_iter().map(shown).collect()
    }

    /// Everything that is known of a row.
    pub(super) fn versions(&self, row: &Row) -> Result<Versions, Refused> {
        Ok(self.inner.reports.versions(&self.relay().registry(), row)?)
    }

    fn revision(&self, form: &Form, row: &Row, entry: &Entry) -> Result<Revision, Refused> {
        let stored = self.relay().store().stored(entry.place)?;
        let header = stored.record.header();
        let body = ReportBody::decode(&stored.record.raw().body);
        let body = body.map_err(|fault| Refused::because(Refusal::Internal, fault))?;
        let own = (header.origin == *self.own()).then_some(&entry.reference);
        let sources = body.sources.iter().map(|source| self.source_now(form, row, source)).collect::<Result<_, _>>()?;
        let filed = |missing: &Missing| {
            Ok::<_, Refused>((missing.clone(), self.standing_of(form, (row.mode, row.period), &missing.office)?.is_some()))
        };
        let missing = body.missing.iter().map(filed).collect::<Result<_, _>>()?;
        Ok(Revision {
            reference: entry.reference.clone(),
            origin_name: self.name(&header.origin),
            by: header.person.clone(),
            recorded_at: header.recorded_at,
            received_at: stored.received_at,
            state: own.map(|reference| self.relay().state_of(reference)).transpose()?.flatten(),
            hops: self.way_of(&stored),
            sources,
            missing,
            body,
        })
    }

    /// A child's version in a sum: its figures, and whether another stands now.
    fn source_now(&self, form: &Form, row: &Row, source: &Source) -> Result<SourceNow, Refused> {
        let stands = self.standing_of(form, (row.mode, row.period), &source.office)?;
        let now = stands.filter(|(now, _)| now.reference != source.reference).map(|(now, _)| now);
        let now = now.map(|now| Ok::<_, Refused>((self.summed_answers(form, &now)?.unwrap_or_default(), now)));
        Ok(SourceNow {
            source: source.clone(),
            name: self.name(&source.office),
            removed: self.relay().store().record(&source.reference)?.is_some_and(|stored| stored.record.is_hollow()),
            answers: self.summed_answers(form, source)?,
            now: now.transpose()?.map(|(answers, now)| (now, answers)),
        })
    }

    fn choice(&self, entry: &ChoiceEntry, standing: &Standing) -> Result<ShownChoice, Refused> {
        let stored = self.relay().store().stored(entry.place)?;
        let header = stored.record.header();
        let body = ChoiceBody::decode(&stored.record.raw().body);
        Ok(ShownChoice {
            reference: entry.choice.reference.clone(),
            chosen: entry.choice.chosen.clone(),
            reason: body.map_err(|fault| Refused::because(Refusal::Internal, fault))?.reason,
            by: header.person.clone(),
            recorded_at: entry.recorded_at,
            name: self.name(&header.origin),
            counts: standing.choices.contains(&entry.choice.reference),
        })
    }

    /// Name of an office; its id when nobody here knows it.
    pub(super) fn name(&self, office: &OfficeId) -> String {
        self.relay().registry().entry(office).map_or_else(|| office.to_string(), |entry| entry.name.clone())
    }

    /// An office that is this one or below it.
    pub(super) fn within(&self, text: &str) -> Result<OfficeId, Refused> {
        let (office, registry) = (office_id(text)?, self.relay().registry());
        if registry.entry(&office).is_none() {
            return Err(Refused::about(Refusal::OfficeUnknown, office));
        }
        if !registry.is_within(&office, self.own()) {
            return Err(Refused::about(Refusal::OfficeElsewhere, office));
        }
        Ok(office)
    }
}

/// Where the latest versions differ, field by field. What a form of another version says to fields that this one does not have comes last.
fn differences(form: &Form, standing: &Standing, revisions: &[Revision]) -> Vec<FieldDifference> {
    let latest = standing.heads.iter().filter_map(|head| revisions.iter().find(|r| r.reference == head.reference));
    let latest: Vec<&Revision> = latest.collect();
    let known = form.fields.iter().map(|field| (field.key.clone(), field.label.clone()));
    let mut fields: Vec<(String, String)> = known.collect();
    for answer in latest.iter().flat_map(|revision| &revision.body.filled.answers) {
        if fields.iter().all(|(key, _)| *key != answer.field) {
            fields.push((answer.field.clone(), answer.field.clone()));
        }
    }
    let difference = |(field, label): (String, String)| {
        let said = |revision: &&Revision| (revision.reference.clone(), revision.body.filled.value(&field).cloned());
        let values: Vec<_> = latest.iter().map(said).collect();
        let differs = values.windows(2).any(|two| two[0].1 != two[1].1);
        differs.then_some(FieldDifference { field, label, values })
    };
    fields.into_iter().filter_map(difference).collect()
}
