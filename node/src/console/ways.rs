//! Where records of this office are and what happens next: one sentence for every page, by the lines of their own addressees.

use std::collections::BTreeMap;

use dutynet_relay::{
    ids::{OfficeId, RecordRef, UnixMillis},
    writer::{ParkedRecord, RecordState},
};

use super::Console;
use crate::{
    domain::whereabouts::{LinesNow, Whereabouts},
    text::whereabouts as text,
    usecase::{Office, Refused},
};

/// What is known of the lines while one page is made.
pub(super) struct Ways {
    office: Office,
    names: BTreeMap<OfficeId, String>,
    lines: LinesNow,
    parked: Vec<ParkedRecord>,
    now: UnixMillis,
}

/// Where a record is, in words; empty: it is not ours to follow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Went {
    pub(super) words: String,
    pub(super) tone: &'static str,
}

impl Ways {
    /// As they are now.
    pub(super) fn now(console: &Console) -> Result<Self, Refused> {
        let office = console.office.clone();
        Ok(Self {
            names: office.offices().into_iter().map(|entry| (entry.office, entry.name)).collect(),
            lines: office.lines_now(),
            parked: office.parked()?,
            now: console.clock.wall(),
            office,
        })
    }

    /// Where a record is that has got so far; `None`: another office's. `meant` are those to whom a person addressed it.
    pub(super) fn went(&self, (record, state): (&RecordRef, Option<RecordState>), meant: &[OfficeId]) -> Result<Went, Refused> {
        let Some(state) = state else { return Ok(Went::default()) };
        let at = self.office.whereabouts((record, state), meant, &self.lines)?;
        let parked = self.parked.iter().find(|parked| at == Whereabouts::Refused && parked.reference == *record);
        let (words, tone) = match parked {
            Some(parked) => (text::refused(&self.refused_at(parked), &reason(parked)), "bad"),
            None => text::sentence(&at, &|office| self.name(office), self.now),
        };
        Ok(Went { words, tone })
    }

    /// What neighbours have refused.
    pub(super) fn parked(&self) -> &[ParkedRecord] {
        &self.parked
    }

    /// Who refused it, as far as that is known here.
    pub(super) fn refused_at(&self, parked: &ParkedRecord) -> String {
        let neighbour = self.name(&parked.at.neighbour);
        if parked.below { text::or_beyond(&neighbour) } else { neighbour }
    }

    /// What an office is called; its id when nobody here knows it.
    pub(super) fn name(&self, office: &OfficeId) -> String {
        self.names.get(office).cloned().unwrap_or_else(|| office.to_string())
    }

    /// Every office with what it is called.
    pub(super) fn names(&self) -> Vec<(OfficeId, String)> {
        self.names.iter().map(|(office, name)| (office.clone(), name.clone())).collect()
    }
}

/// Why a neighbour refused it, with what to do.
pub(super) fn reason(parked: &ParkedRecord) -> String {
    text::why(&parked.code, &parked.detail)
}
