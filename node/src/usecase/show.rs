//! What one office has said in one period, with every revision.

use dutynet_relay::{
    ids::{OfficeId, RecordRef, UnixMillis},
    link::frame::Hop,
    record::{Mode, Person},
    writer::RecordState,
};

use super::{Office, Refused, form, office_id, period};
use crate::{
    body::ReportBody,
    projection::{Entry, Row},
    text::refusal::Refusal,
};

/// What is asked for.
#[derive(Debug, Clone)]
pub struct ShowReport {
    /// Id of the form.
    pub form: String,
    /// The day; empty: today.
    pub period: String,
    /// Whose; empty: this office's.
    pub office: String,
}

/// One revision, with what this office knows of its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Its record.
    pub reference: RecordRef,
    /// What it says.
    pub body: ReportBody,
    /// Who said it.
    pub by: Option<Person>,
    /// By the origin's clock.
    pub recorded_at: UnixMillis,
    /// By ours.
    pub received_at: UnixMillis,
    /// `None`: another office's record.
    pub state: Option<RecordState>,
    /// Which offices had it when, each by its own clock; earlier first.
    pub hops: Vec<(OfficeId, UnixMillis)>,
}

impl Office {
    /// Every revision, oldest first; none: nothing was filed.
    pub async fn show(&self, asked: &ShowReport) -> Result<Vec<Revision>, Refused> {
        let form = form(&asked.form)?;
        let period = period(&asked.period, self.now())?;
        let office = if asked.office.is_empty() { self.own().clone() } else { self.within(&asked.office)? };
        let row = Row { mode: Mode::Real, period, form: form.id.clone(), office };
        self.caught_up().await?;
        let held = self.inner.reports.revisions(&row)?;
        held.iter().map(|entry| self.revision(entry)).collect()
    }

    fn revision(&self, entry: &Entry) -> Result<Revision, Refused> {
        let stored = self.relay().store().stored(entry.place)?;
        let header = stored.record.header();
        let body = ReportBody::decode(&stored.record.raw().body);
        let own = (header.origin == *self.own()).then_some(&entry.reference);
        let passed = |hop: &Hop| (hop.office.clone(), hop.received_at);
        let here = stored.from.is_some().then(|| (self.own().clone(), stored.received_at));
        Ok(Revision {
            reference: entry.reference.clone(),
            body: body.map_err(|fault| Refused::because(Refusal::Internal, fault))?,
            by: header.person.clone(),
            recorded_at: header.recorded_at,
            received_at: stored.received_at,
            state: own.map(|reference| self.relay().state_of(reference)).transpose()?.flatten(),
            hops: stored.trail.iter().map(passed).chain(here).collect(),
        })
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
