//! Reports: one small value for each revision, looked up by period and by row. No words of a report are here; they stay in the journal,
//! and a value names the place.

mod entry;

pub use entry::Entry;

use std::sync::Arc;

use dutynet_relay::{
    ids::OfficeId,
    index::{Batch, Index, scan_prefix},
    record::Mode,
    registry::Registry,
    writer::Stored,
};

use super::{ProjectionError, SPACE};
use crate::{
    body::ReportBody,
    domain::{
        beijing::Day,
        board::{Filing, Filings},
        form::{Column, Forms},
    },
};

/// Name of this module in `not interpreted` marks.
pub(super) const NAME: &str = "reports";

/// One office's form in one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Real, exercise and test are never mixed.
    pub mode: Mode,
    /// The day.
    pub period: Day,
    /// Id of the form.
    pub form: String,
    /// Whose.
    pub office: OfficeId,
}

/// Reads them. Cheap to clone.
#[derive(Clone)]
pub struct Reports {
    index: Arc<dyn Index>,
}

impl Reports {
    /// Reads from this index.
    pub fn new(index: Arc<dyn Index>) -> Self {
        Self { index }
    }

    /// Every revision of a row, oldest first.
    pub fn revisions(&self, row: &Row) -> Result<Vec<Entry>, ProjectionError> {
        let prefix = entry::row_prefix(row.mode, &row.period.to_string(), &row.form, &row.office);
        let found = scan_prefix(self.index.as_ref(), SPACE, prefix.as_bytes(), usize::MAX)?;
        found.iter().map(|(key, value)| entry::read(key, value).map(|(.., entry)| entry)).collect()
    }

    /// What every office filed in a period.
    pub fn filings(&self, mode: Mode, period: Day) -> Result<Filings, ProjectionError> {
        let prefix = entry::period_prefix(mode, &period.to_string());
        let mut filings = Filings::new();
        for (key, value) in scan_prefix(self.index.as_ref(), SPACE, prefix.as_bytes(), usize::MAX)? {
            let (form, office, entry) = entry::read(&key, &value)?;
            add(&mut filings, office, form, &entry);
        }
        Ok(filings)
    }
}

/// Revisions come oldest first: the first one says when, the last one says what.
fn add(filings: &mut Filings, office: OfficeId, form: String, entry: &Entry) {
    let entered_by = (entry.reference.origin != office).then(|| entry.reference.origin.clone());
    let first = Filing {
        recorded_at: entry.recorded_at,
        received_at: entry.received_at,
        revision: entry.revision,
        calls: entry.calls,
        incidents: entry.incidents,
        entered_by: entered_by.clone(),
    };
    let filing = filings.entry((office, form)).or_insert(first);
    filing.revision = entry.revision;
    (filing.calls, filing.incidents, filing.entered_by) = (entry.calls, entry.incidents, entered_by);
}

/// Whether records of a kind are reports.
pub(super) fn reads(kind: &str) -> bool {
    Forms::built_in().of_record_kind(kind).is_some()
}

/// Puts one report into the batch.
pub(super) fn digest(tree: &Registry, from: &Stored, batch: &mut Batch) -> Result<(), String> {
    let header = from.record.header();
    let form = Forms::built_in().of_record_kind(&header.kind).ok_or("no form has this kind")?;
    let body = ReportBody::decode(&from.record.raw().body).map_err(|fault| fault.to_string())?;
    if body.filled.form != form.id || body.subject() != header.subject {
        return Err("kind, subject and body do not name the same row".to_owned());
    }
    let speaks_for = header.on_behalf_of.as_ref().unwrap_or(&header.origin);
    let may_speak = *speaks_for == header.origin || tree.is_ancestor(&header.origin, speaks_for);
    if body.office != *speaks_for || !may_speak {
        return Err(format!("{} may not speak for {}", header.origin, body.office));
    }
    let entry = Entry {
        reference: from.record.reference(),
        place: from.place,
        revision: body.revision,
        recorded_at: header.recorded_at,
        received_at: from.received_at,
        content: body.content(),
        calls: body.filled.sum(form, Column::Calls),
        incidents: body.filled.sum(form, Column::Incidents),
    };
    let row = entry::row_prefix(header.mode, &body.period.to_string(), &form.id, &body.office);
    batch.put(entry::key(&row, entry.revision, &entry.reference), entry::value(&entry));
    Ok(())
}
