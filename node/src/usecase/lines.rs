//! Was the line up? What is known here of the line of an office, for any time.

use dutynet_relay::{
    ids::{OfficeId, UnixMillis},
    lines::{Span, Totals, totals},
};

use super::{Office, Refused};
use crate::{domain::beijing, text::refusal::Refusal};

/// A day, ms.
const DAY_MS: i64 = 86_400_000;

/// What is asked.
#[derive(Debug, Clone)]
pub struct AskLineHistory {
    /// Whose line.
    pub office: String,
    /// `None`: a day before `to`.
    pub from: Option<UnixMillis>,
    /// `None`: until now.
    pub to: Option<UnixMillis>,
}

/// What is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineHistory {
    /// Whose line.
    pub office: OfficeId,
    /// Name of that office.
    pub name: String,
    /// From when.
    pub from: UnixMillis,
    /// To when; never later than now.
    pub to: UnixMillis,
    /// Without gaps, oldest first.
    pub spans: Vec<Span>,
    /// How long it was what.
    pub totals: Totals,
}

impl Office {
    /// What the line of this office, or of one below it, was in that time.
    pub fn line_history(&self, asked: &AskLineHistory) -> Result<LineHistory, Refused> {
        let office = self.within(&asked.office)?;
        let registry = self.relay().registry();
        let entry = registry.entry(&office).filter(|entry| entry.key.is_some() && entry.parent.is_some());
        let name = entry.ok_or_else(|| Refused::about(Refusal::OfficeNoLine, &office))?.name.clone();
        let to = asked.to.map_or(self.now(), |to| to.min(self.now()));
        let from = asked.from.unwrap_or(UnixMillis(to.0.saturating_sub(DAY_MS)));
        if from >= to {
            return Err(Refused::about(Refusal::SpanInvalid, beijing::rfc3339(from)));
        }
        let spans = self.relay().line_history(&office, from, to)?;
        let totals = totals(&spans);
        Ok(LineHistory { office, name, from, to, spans, totals })
    }
}
