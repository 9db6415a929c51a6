//! Reading the projection.

use std::sync::Arc;

use dutynet_relay::{
    ids::OfficeId,
    index::{Index, Space, scan_prefix},
    record::Mode,
};

use super::{ProjectionError, stored, stored::Entry};
use crate::domain::{
    beijing::Day,
    board::{Filing, Filings},
};

/// The projection's own space.
pub(super) const SPACE: Space = Space("reports");

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

/// See the module. Cheap to clone.
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
        let prefix = stored::row_prefix(row.mode, &row.period.to_string(), &row.form, &row.office);
        let found = scan_prefix(self.index.as_ref(), SPACE, prefix.as_bytes(), usize::MAX)?;
        found.iter().map(|(key, value)| stored::read(key, value).map(|(.., entry)| entry)).collect()
    }

    /// What every office filed in a period.
    pub fn filings(&self, mode: Mode, period: Day) -> Result<Filings, ProjectionError> {
        let prefix = stored::period_prefix(mode, &period.to_string());
        let mut filings = Filings::new();
        for (key, value) in scan_prefix(self.index.as_ref(), SPACE, prefix.as_bytes(), usize::MAX)? {
            let (form, office, entry) = stored::read(&key, &value)?;
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
