//! Reports: one small value for each revision, looked up by period and by row, and one for each choice between versions. No words of a report
//! are here; they stay in the journal, and a value names the place.

mod choice;
mod entry;
mod removed;

pub use choice::ChoiceEntry;
pub use entry::Entry;
pub use removed::RemovedEntry;

use std::{collections::BTreeMap, sync::Arc};

use dutynet_relay::{
    ids::OfficeId,
    index::{Batch, Index, scan_prefix},
    record::Mode,
    registry::Registry,
    writer::Stored,
};

use super::{CutOffEntry, ProjectionError, SPACE, cut_offs, value};
use crate::{
    body::{self, ChoiceBody, ReportBody},
    domain::{
        board::{Differs, Filing, Filings},
        form::{Column, Forms, PeriodKind},
        period::Period,
        report::Held,
        standing::{Choice, Standing, standing},
    },
};

/// Name of this module in `not interpreted` marks.
pub(super) const NAME: &str = "reports";

/// One office's form in one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Real, exercise and test are never mixed.
    pub mode: Mode,
    /// The period.
    pub period: Period,
    /// Id of the form.
    pub form: String,
    /// Whose.
    pub office: OfficeId,
}

/// Everything that is known of a row.
#[derive(Debug, Clone)]
pub struct Versions {
    /// Every revision of every chain, oldest first.
    pub entries: Vec<Entry>,
    /// Every choice, oldest first.
    pub choices: Vec<ChoiceEntry>,
    /// Which one stands; `None`: nothing was filed, or nothing that still says something.
    pub standing: Option<Standing>,
    /// Versions whose content was removed, by reference.
    pub removed: Vec<RemovedEntry>,
}

impl Versions {
    fn of(tree: &Registry, office: &OfficeId, found: Found) -> Self {
        let Found { entries, choices, removed } = found;
        let path: Vec<OfficeId> = tree.path_up(office).cloned().collect();
        let held: Vec<Held> = entries.iter().map(Entry::held).collect();
        let made: Vec<Choice> = choices.iter().map(|choice| choice.choice.clone()).collect();
        Self { standing: standing(&path, &held, &made), entries, choices, removed }
    }

    /// The one that stands.
    pub fn stands(&self) -> Option<&Entry> {
        let standing = self.standing.as_ref()?;
        self.entries.iter().find(|entry| entry.reference == standing.stands)
    }

    /// Whether they differ.
    pub fn differs(&self) -> Differs {
        self.standing.as_ref().map_or(Differs::No, |standing| Differs::from(&standing.difference))
    }

    /// The first that anybody recorded says when, also when its content was removed; the one that stands says what.
    fn filing(&self, office: &OfficeId) -> Option<Filing> {
        let held = self.entries.iter().map(|entry| (entry.recorded_here, &entry.reference, entry.recorded_at, entry.received_at));
        let removed = self.removed.iter().map(|gone| (gone.recorded_here, &gone.reference, gone.recorded_at, gone.received_at));
        let (recorded_here, first, recorded_at, received_at) = held.chain(removed).min()?;
        let stands = self.stands();
        let speaker = stands.map_or(&first.origin, |stands| &stands.reference.origin);
        Some(Filing {
            first: first.clone(),
            recorded_at,
            recorded_here,
            received_at,
            revision: stands.map_or(0, |stands| stands.revision),
            calls: stands.map_or(0, |stands| stands.calls),
            incidents: stands.map_or(0, |stands| stands.incidents),
            entered_by: (speaker != office).then(|| speaker.clone()),
            differs: self.differs(),
            removed: stands.is_none(),
        })
    }
}

/// What the index has of one row.
#[derive(Default)]
struct Found {
    entries: Vec<Entry>,
    choices: Vec<ChoiceEntry>,
    removed: Vec<RemovedEntry>,
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

    /// Everything that is known of a row.
    pub fn versions(&self, tree: &Registry, row: &Row) -> Result<Versions, ProjectionError> {
        let prefix = entry::row_prefix(row.mode, &row.period.to_string(), &row.form, &row.office);
        let found = scan_prefix(self.index.as_ref(), SPACE, prefix.as_bytes(), usize::MAX)?;
        let entries = found.iter().map(|(key, value)| entry::read(key, value).map(|(.., entry)| entry));
        let entries: Vec<_> = entries.collect::<Result<_, _>>()?;
        let prefix = choice::row_prefix(row.mode, &row.period.to_string(), &row.form, &row.office);
        let found = scan_prefix(self.index.as_ref(), SPACE, prefix.as_bytes(), usize::MAX)?;
        let choices = found.iter().map(|(key, value)| choice::read(key, value).map(|(.., choice)| choice));
        let mut choices: Vec<_> = choices.collect::<Result<_, _>>()?;
        choices.sort_by_key(|choice| choice.recorded_at);
        let prefix = removed::row_prefix(row.mode, &row.period.to_string(), &row.form, &row.office);
        let found = scan_prefix(self.index.as_ref(), SPACE, prefix.as_bytes(), usize::MAX)?;
        let removed = found.iter().map(|(key, value)| removed::read(key, value).map(|(.., removed)| removed));
        let removed = removed.collect::<Result<_, _>>()?;
        Ok(Versions::of(tree, &row.office, Found { entries, choices, removed }))
    }

    /// Every cut-off that is known.
    pub fn cut_offs(&self) -> Result<Vec<CutOffEntry>, ProjectionError> {
        cut_offs::all(&self.index)
    }

    /// What some offices filed with some forms in a period.
    pub fn filings_of(
        &self,
        tree: &Registry,
        forms: &[&str],
        (offices, period): (&[OfficeId], Period),
    ) -> Result<Filings, ProjectionError> {
        let mut filings = Filings::new();
        for (office, form) in offices.iter().flat_map(|office| forms.iter().map(move |form| (office, *form))) {
            let row = Row { mode: Mode::Real, period, form: form.to_owned(), office: office.clone() };
            let filing = self.versions(tree, &row)?.filing(office);
            filings.extend(filing.map(|filing| ((office.clone(), row.form), filing)));
        }
        Ok(filings)
    }

    /// What every office filed in a period.
    pub fn filings(&self, tree: &Registry, mode: Mode, period: Period) -> Result<Filings, ProjectionError> {
        let period = period.to_string();
        let scan = |prefix: String| scan_prefix(self.index.as_ref(), SPACE, prefix.as_bytes(), usize::MAX);
        let mut rows: BTreeMap<(OfficeId, String), Found> = BTreeMap::new();
        for (key, value) in scan(entry::period_prefix(mode, &period))? {
            let (form, office, entry) = entry::read(&key, &value)?;
            rows.entry((office, form)).or_default().entries.push(entry);
        }
        for (key, value) in scan(removed::period_prefix(mode, &period))? {
            let (form, office, removed) = removed::read(&key, &value)?;
            rows.entry((office, form)).or_default().removed.push(removed);
        }
        for (key, value) in scan(choice::period_prefix(mode, &period))? {
            let (form, office, choice) = choice::read(&key, &value)?;
            rows.entry((office, form)).or_default().choices.push(choice);
        }
        let filing = |(row, found): ((OfficeId, String), Found)| {
            let filing = Versions::of(tree, &row.0, found).filing(&row.0);
            filing.map(|filing| (row, filing))
        };
        Ok(rows.into_iter().filter_map(filing).collect())
    }
}

/// Whether records of a kind are reports, or about reports.
pub(super) fn reads(kind: &str) -> bool {
    kind == body::CHOICE_KIND || Forms::built_in().of_record_kind(kind).is_some()
}

/// Puts one report or choice into the batch.
pub(super) fn digest(tree: &Registry, from: &Stored, batch: &mut Batch) -> Result<(), String> {
    if from.record.header().kind == body::CHOICE_KIND {
        digest_choice(tree, from, batch)
    } else {
        digest_report(tree, from, batch)
    }
}

fn digest_report(tree: &Registry, from: &Stored, batch: &mut Batch) -> Result<(), String> {
    let header = from.record.header();
    let form = Forms::built_in().of_record_kind(&header.kind).ok_or("no form has this kind")?;
    let body = ReportBody::decode(&from.record.raw().body).map_err(|fault| fault.to_string())?;
    if body.filled.form != form.id || body.subject() != header.subject {
        return Err("kind, subject and body do not name the same row".to_owned());
    }
    if form.period == PeriodKind::Day && body.period.first() != body.period.last() {
        return Err("a daily form is about one day".to_owned());
    }
    let speaks_for = header.on_behalf_of.as_ref().unwrap_or(&header.origin);
    let may_speak = *speaks_for == header.origin || tree.is_ancestor(&header.origin, speaks_for);
    if body.office != *speaks_for || !may_speak {
        return Err(format!("{} may not speak for {}", header.origin, body.office));
    }
    if header.on_behalf_of.is_some() != body.entered.is_some() {
        return Err("who entered it on whose behalf is not said".to_owned());
    }
    let entry = Entry {
        reference: from.record.reference(),
        place: from.place,
        revision: body.revision,
        recorded_at: header.recorded_at,
        recorded_here: value::clocked(tree, from, header.recorded_at).here,
        received_at: from.received_at,
        content: body.content(),
        calls: body.filled.sum(form, Column::Calls),
        incidents: body.filled.sum(form, Column::Incidents),
    };
    let row = entry::row_prefix(header.mode, &body.period.to_string(), &form.id, &body.office);
    if let Some(stub) = removed::key(from) {
        batch.delete(stub);
    }
    batch.put(entry::key(&row, entry.revision, &entry.reference), entry::value(&entry));
    Ok(())
}

/// Puts what is left of a report whose content was removed. Of a choice nothing is: it counts no longer.
pub(super) fn stub(tree: &Registry, from: &Stored, batch: &mut Batch) -> Result<(), String> {
    let header = from.record.header();
    if header.kind == body::CHOICE_KIND {
        return Ok(());
    }
    let speaks_for = header.on_behalf_of.as_ref().unwrap_or(&header.origin);
    if *speaks_for != header.origin && !tree.is_ancestor(&header.origin, speaks_for) {
        return Err(format!("{} may not speak for {speaks_for}", header.origin));
    }
    let key = removed::key(from).filter(|_| header.subject.split('/').nth(1) == Some(speaks_for.as_str()));
    let here = value::clocked(tree, from, header.recorded_at).here;
    batch.put(key.ok_or("the subject names no row of its office")?, removed::value(from, here));
    Ok(())
}

fn digest_choice(tree: &Registry, from: &Stored, batch: &mut Batch) -> Result<(), String> {
    let header = from.record.header();
    let body = ChoiceBody::decode(&from.record.raw().body).map_err(|fault| fault.to_string())?;
    if body.subject() != header.subject {
        return Err("subject and body do not name the same row".to_owned());
    }
    if !tree.is_within(&body.office, &header.origin) {
        return Err(format!("{} may not choose for {}", header.origin, body.office));
    }
    let row = choice::row_prefix(header.mode, &body.period.to_string(), &body.form, &body.office);
    let choice =
        Choice { reference: from.record.reference(), chosen: body.chosen, compared: body.compared, replaces: body.replaces };
    let entry = ChoiceEntry { choice, place: from.place, recorded_at: header.recorded_at };
    batch.put(choice::key(&row, &entry.choice.reference), choice::value(&entry));
    Ok(())
}
