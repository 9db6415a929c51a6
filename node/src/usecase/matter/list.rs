//! Lists of matters.

use dutynet_relay::{ids::RecordRef, record::Mode};

use crate::{
    body::read_step,
    domain::{matter::Summary, number::Number, step::MatterKind},
    projection::{ListedMatter, Openness},
    usecase::{Office, Refused},
};

/// A matter as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatterRow {
    /// Reference of its opening record.
    pub matter: RecordRef,
    /// 事项编号
    pub number: Number,
    /// Its title; `None`: its content was removed.
    pub title: Option<String>,
    /// Real, exercise or test.
    pub mode: Mode,
    /// What else is shown.
    pub summary: Summary,
}

impl Office {
    /// Matters of a kind, those about which something is still to be done, and, if asked for, the others; the one that changed last first.
    pub async fn matters(&self, kind: MatterKind, also: Openness) -> Result<Vec<MatterRow>, Refused> {
        self.caught_up().await?;
        let mut listed = self.inner.matters.listed(kind, Openness::Open)?;
        if also == Openness::Closed {
            listed.extend(self.inner.matters.listed(kind, Openness::Closed)?);
        }
        listed.sort_by_key(|row| std::cmp::Reverse((row.summary.last_at, row.matter.clone())));
        listed.into_iter().map(|ListedMatter { matter, summary }| self.matter_row(&matter, summary)).collect()
    }

    /// With its title, which stands in the journal.
    pub(super) fn matter_row(&self, matter: &RecordRef, summary: Summary) -> Result<MatterRow, Refused> {
        let titled = self.relay().store().record(&summary.titled_by)?;
        let step = titled.as_ref().and_then(|stored| read_step(stored, &self.relay().registry()).ok());
        let title = step.as_ref().and_then(|step| step.text("title")).map(str::to_owned);
        let mode = step.map_or(Mode::Real, |step| step.mode);
        Ok(MatterRow { matter: matter.clone(), number: Number::of(matter), title, mode, summary })
    }
}
