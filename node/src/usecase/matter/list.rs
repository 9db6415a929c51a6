//! Lists of matters.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, btree_map::Entry},
};

use dutynet_relay::{
    ids::{RecordRef, UnixMillis},
    record::Mode,
};

use crate::{
    body::read_step,
    domain::{
        matter::{Matter, Summary, Wanted},
        number::Number,
        obligation::About,
        rollcall::is_long_over,
        step::MatterKind,
    },
    projection::{ListedMatter, Openness},
    text::refusal::Refusal,
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
    /// What this office has to do about it next.
    pub wanted: Option<Wanted>,
    /// When the soonest of what this office owes because of it is due.
    pub due: Option<UnixMillis>,
    /// Name of the office that began it.
    pub opener_name: String,
}

impl Office {
    /// Matters of a kind, those about which something is still to be done, and, if asked for, the others. What is real comes before what is
    /// practised; of each, what wants something of this office comes first, soonest due before; then the one that changed last. An exercise is
    /// over when its drill is, and a roll call some time after nobody can answer it any more.
    pub async fn matters(&self, kind: MatterKind, also: Openness) -> Result<Vec<MatterRow>, Refused> {
        self.caught_up().await?;
        let office = self.clone();
        let made = tokio::task::spawn_blocking(move || office.rows_of((kind, also), &office.soonest_due()?)).await;
        made.map_err(|error| Refused::because(Refusal::Internal, error))?
    }

    /// What is still to be done about, kind by kind, each in that order.
    pub async fn open_matters(&self) -> Result<Vec<(MatterKind, Vec<MatterRow>)>, Refused> {
        self.caught_up().await?;
        let office = self.clone();
        let made = tokio::task::spawn_blocking(move || {
            let due = office.soonest_due()?;
            let of = |kind| Ok((kind, office.rows_of((kind, Openness::Open), &due)?));
            MatterKind::ALL.into_iter().map(of).collect()
        });
        made.await.map_err(|error| Refused::because(Refusal::Internal, error))?
    }

    fn rows_of(
        &self,
        (kind, also): (MatterKind, Openness),
        due: &BTreeMap<RecordRef, UnixMillis>,
    ) -> Result<Vec<MatterRow>, Refused> {
        let (now, mut listed) = (self.now(), self.inner.matters.listed(kind, Openness::Open)?);
        if also == Openness::Open {
            listed.retain(|listed| !is_long_over(&listed.summary, now));
        }
        if also == Openness::Closed {
            listed.extend(self.inner.matters.listed(kind, Openness::Closed)?);
        }
        let row = |ListedMatter { matter, summary }: ListedMatter| {
            let row = self.matter_row(&matter, summary)?;
            let is_alive = row.summary.open && !is_long_over(&row.summary, now);
            let wanted = if is_alive { self.wanted_of(kind, &matter)? } else { None };
            Ok(MatterRow { wanted, due: due.get(&matter).copied(), ..row })
        };
        let mut rows = listed.into_iter().map(row).collect::<Result<Vec<_>, Refused>>()?;
        rows.retain(|row| row.summary.open || also == Openness::Closed);
        rows.sort_by_key(|row| {
            let due = (row.mode != Mode::Real, row.due.is_none(), row.due);
            (due, row.wanted.is_none(), Reverse((row.summary.last_at, row.matter.clone())))
        });
        Ok(rows)
    }

    /// Of each matter, the soonest that this office owes because of it.
    fn soonest_due(&self) -> Result<BTreeMap<RecordRef, UnixMillis>, Refused> {
        let mut soonest = BTreeMap::new();
        for owed in self.inner.dues.open()?.into_iter().filter(|owed| owed.debtor == *self.own()) {
            let About::Matter(matter) = owed.about else { continue };
            match soonest.entry(matter) {
                Entry::Vacant(free) => {
                    free.insert(owed.due.here);
                }
                Entry::Occupied(mut held) => *held.get_mut() = owed.due.here.min(*held.get()),
            }
        }
        Ok(soonest)
    }

    fn wanted_of(&self, kind: MatterKind, matter: &RecordRef) -> Result<Option<Wanted>, Refused> {
        let steps = self.steps_of(matter)?;
        Ok(if steps.is_empty() { None } else { Matter { kind, steps: &steps }.wanted(self.own(), &self.relay().registry()) })
    }

    /// With its title, which stands in the journal.
    pub(in crate::usecase) fn matter_row(&self, matter: &RecordRef, summary: Summary) -> Result<MatterRow, Refused> {
        let titled = self.relay().store().record(&summary.titled_by)?;
        let registry = self.relay().registry();
        let step = titled.as_ref().and_then(|stored| read_step(stored, &registry).ok());
        let title = step.as_ref().and_then(|step| step.text("title")).map(str::to_owned);
        let mode = step.as_ref().map_or(Mode::Real, |step| step.mode);
        let over = match &step {
            Some(step) if mode == Mode::Exercise => !self.is_practised(step)?,
            Some(_) | None => false,
        };
        let summary = Summary { open: summary.open && !over, ..summary };
        let opener_name = registry.entry(&matter.origin).map_or_else(|| matter.origin.to_string(), |entry| entry.name.clone());
        let (matter, number) = (matter.clone(), Number::of(matter));
        Ok(MatterRow { matter, number, title, mode, summary, wanted: None, due: None, opener_name })
    }
}
