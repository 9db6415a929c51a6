//! The board of a period, over this office and everything below it.

use std::collections::BTreeMap;

use dutynet_relay::{
    hub::{self, LineKnown},
    ids::{OfficeId, UnixMillis},
    record::Mode,
};

use super::{Office, Refused, form, period};
use crate::domain::{
    beijing::Day,
    board::{About, BoardRow, DAILY, Facts, Filed, Line, LineFact, Seat, Timing},
    form::Form,
    period::Period,
    report::Window,
    status::DutyNow,
    then::Registered,
};
use crate::text::refusal::Refusal;

/// Which offices are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach<'a> {
    /// One office and its children.
    Tier(&'a OfficeId),
    /// This office and everything below it.
    Whole,
}

/// Every office of the subtree for one period.
#[derive(Debug, Clone)]
pub struct Board {
    /// The form that was asked for.
    pub form: &'static Form,
    /// What it is about.
    pub period: Period,
    /// Only filings of this mode stand on it.
    pub mode: Mode,
    /// When it is due and when it closes by the form's own cut-off; a row may have another.
    pub window: Window,
    /// By the clock of this office.
    pub as_of: UnixMillis,
    /// Every office directly followed by what is below it.
    pub rows: Vec<BoardRow>,
}

/// How far today's reports are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Today {
    /// Of this office.
    pub own: BoardRow,
    /// Who is on duty here; `None`: nobody has said.
    pub on_duty: Option<DutyNow>,
    /// Offices below it.
    pub below: usize,
    /// Those of them that have reported.
    pub reported: usize,
    /// Those that have not, and should have by now; behind whatever line.
    pub missing: usize,
}

impl Office {
    /// The board of a form (empty: 日报告 and 零报告) for the period of a day (empty: today). Only what is real counts.
    pub async fn board(&self, form_id: &str, day: &str) -> Result<Board, Refused> {
        self.board_of(Mode::Real, form_id, day).await
    }

    /// The same of what was practised or tried: a board of its own, which counts nothing that is real and is counted nowhere.
    pub async fn board_of(&self, mode: Mode, form_id: &str, day: &str) -> Result<Board, Refused> {
        let now = self.now();
        let form = form(if form_id.is_empty() { DAILY } else { form_id })?;
        let period = period(form, day, now)?;
        if period.first() > Day::of(now) {
            return Err(Refused::about(Refusal::PeriodFuture, period));
        }
        self.caught_up().await?;
        let office = self.clone();
        let made = tokio::task::spawn_blocking(move || office.facts_with_ways((form, period), mode, now)).await;
        let facts = made.map_err(|error| Refused::because(Refusal::Internal, error))??;
        let window = Window::of(period, |_| form.cut_off);
        Ok(Board { form, period, mode, window, as_of: now, rows: facts.rows() })
    }

    /// With what the lines were, where that decides.
    fn facts_with_ways(&self, (form, period): (&Form, Period), mode: Mode, now: UnixMillis) -> Result<Facts, Refused> {
        let mut facts = self.facts((form, period), Reach::Whole, now)?;
        if mode != Mode::Real {
            facts.filings = self.inner.reports.filings(&self.relay().registry(), mode, period)?;
        }
        self.with_ways(facts)
    }

    fn with_ways(&self, mut facts: Facts) -> Result<Facts, Refused> {
        for (office, stretch) in facts.asks() {
            let way = self.way_from(&office, stretch)?;
            facts.ways.insert(office, way);
        }
        Ok(facts)
    }

    /// 日报告 of an office of the subtree and its children, day by day.
    pub async fn days_of_tier(&self, of: &OfficeId, days: Vec<Day>) -> Result<Vec<Vec<BoardRow>>, Refused> {
        self.within(of.as_str())?;
        let (form, now) = (form(DAILY)?, self.now());
        self.caught_up().await?;
        let (office, of) = (self.clone(), of.clone());
        let made = tokio::task::spawn_blocking(move || {
            let rows = |day: Day| {
                let facts = office.facts((form, day.into()), Reach::Tier(&of), now)?;
                Ok(office.with_ways(facts)?.rows())
            };
            days.into_iter().map(rows).collect()
        });
        made.await.map_err(|error| Refused::because(Refusal::Internal, error))?
    }

    /// What this office has reported today, and how far those below are.
    pub async fn today(&self) -> Result<Today, Refused> {
        let (form, now) = (form(DAILY)?, self.now());
        self.caught_up().await?;
        let office = self.clone();
        let made = tokio::task::spawn_blocking(move || {
            // Whether a line was down says why something is missing, not how much is.
            let mut rows = office.facts((form, Day::of(now).into()), Reach::Whole, now)?.rows().into_iter();
            let own = rows.next().ok_or(Refusal::Internal)?;
            let mut today = Today { own, on_duty: office.own_duty(now)?, below: 0, reported: 0, missing: 0 };
            for row in rows {
                today.below += 1;
                today.reported += usize::from(row.filed != Filed::Nothing);
                today.missing += usize::from(row.timing == Timing::Missing);
            }
            Ok(today)
        });
        made.await.map_err(|error| Refused::because(Refusal::Internal, error))?
    }

    /// What offices owe and have filed for a period.
    pub(super) fn facts(&self, (form, period): (&Form, Period), reach: Reach, now: UnixMillis) -> Result<Facts, Refused> {
        let (registry, cut_offs) = (self.relay().registry(), self.cut_offs()?);
        let offices = match reach {
            Reach::Whole => registry.subtree(self.own()),
            Reach::Tier(of) => {
                let top = registry.entry(of).map(|entry| (0, entry));
                top.into_iter().chain(registry.children(of).map(|entry| (1, entry))).collect()
            }
        };
        let ids: Vec<OfficeId> = offices.iter().map(|(_, entry)| entry.office.clone()).collect();
        // What a whole province has said is read in one stretch, what a few offices have said office by office.
        let (since, filings) = match reach {
            Reach::Whole => (self.since()?, self.inner.reports.filings(&registry, Mode::Real, period)?),
            Reach::Tier(_) => {
                let about = About::form(&form.id);
                let filings = self.inner.reports.filings_of(&registry, &about.forms(), (&ids, period))?;
                (self.inner.offices.first_entries(&ids)?, filings)
            }
        };
        let seats = offices.into_iter().map(|(depth, entry)| {
            let above: Vec<&OfficeId> = registry.path_up(&entry.office).skip(1).collect();
            Seat {
                office: entry.office.clone(),
                name: entry.name.clone(),
                depth: u32::try_from(depth).unwrap_or(u32::MAX),
                has_node: entry.key.is_some(),
                since: since.get(&entry.office).copied().unwrap_or(entry.valid_from),
                window: cut_offs.window(form, above.iter().copied(), period),
                cited: cut_offs.time(form, &above, period.last()).1.cited(form),
                reports_to: above.first().map_or(&entry.office, |parent| *parent).clone(),
            }
        });
        Ok(Facts {
            about: About::form(&form.id),
            period,
            own: self.own().clone(),
            seats: seats.collect(),
            filings,
            lines: self.line_facts(),
            ways: BTreeMap::new(),
            now,
        })
    }

    /// Since when each office is in the tree. A machine that is replaced, or a name that is changed, makes a new entry of the registry; the
    /// first one counts, so that nobody is excused from what was owed before.
    pub(super) fn since(&self) -> Result<BTreeMap<OfficeId, UnixMillis>, Refused> {
        let history = self.inner.offices.history()?.into_iter();
        let first = |(office, entries): (OfficeId, Vec<Registered>)| {
            entries.iter().map(|entry| entry.recorded_at).min().map(|at| (office, at))
        };
        Ok(history.filter_map(first).collect())
    }

    /// The lines of the subtree, and this office's own to its parent. The root has none, and hears itself.
    pub(super) fn line_facts(&self) -> BTreeMap<OfficeId, LineFact> {
        let mut facts: BTreeMap<_, _> = self.relay().lines().into_iter().map(|(office, line)| (office, fact(line))).collect();
        let parent = self.relay().links().into_iter().find(|link| link.is_parent);
        let own = match parent {
            Some(link) => LineFact { line: if link.state.up { Line::Up } else { Line::Down }, since: link.state.since },
            None => LineFact { line: Line::Up, since: Some(self.inner.since) },
        };
        facts.insert(self.own().clone(), own);
        facts
    }
}

fn fact(known: LineKnown) -> LineFact {
    let line = match known.line {
        hub::Line::Up => Line::Up,
        hub::Line::Down => Line::Down,
        hub::Line::Unknown => Line::Unknown,
        hub::Line::NoNode => Line::None,
    };
    LineFact { line, since: known.since }
}
