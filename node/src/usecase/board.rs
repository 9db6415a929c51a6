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
    board::{BoardRow, DAILY, Facts, Line, LineFact, Seat},
    report::Window,
};
use crate::text::refusal::Refusal;

/// Every office of the subtree for one period.
#[derive(Debug, Clone)]
pub struct Board {
    /// The day.
    pub period: Day,
    /// When it is due and when it closes.
    pub window: Window,
    /// By the clock of this office.
    pub as_of: UnixMillis,
    /// Every office directly followed by what is below it.
    pub rows: Vec<BoardRow>,
}

impl Office {
    /// The board of a day; empty: today. Only what is real counts.
    pub async fn board(&self, day: &str) -> Result<Board, Refused> {
        let now = self.now();
        let period = period(day, now)?;
        if period > Day::of(now) {
            return Err(Refused::about(Refusal::PeriodFuture, period));
        }
        self.caught_up().await?;
        let office = self.clone();
        let made = tokio::task::spawn_blocking(move || office.facts(period, now)).await;
        let facts = made.map_err(|error| Refused::because(Refusal::Internal, error))??;
        Ok(Board { period, window: facts.window, as_of: now, rows: facts.rows() })
    }

    fn facts(&self, period: Day, now: UnixMillis) -> Result<Facts, Refused> {
        let registry = self.relay().registry();
        let seats = registry.subtree(self.own()).into_iter().map(|(depth, entry)| Seat {
            office: entry.office.clone(),
            name: entry.name.clone(),
            depth: u32::try_from(depth).unwrap_or(u32::MAX),
            has_node: entry.key.is_some(),
        });
        Ok(Facts {
            seats: seats.collect(),
            filings: self.inner.reports.filings(Mode::Real, period)?,
            lines: self.line_facts(),
            window: Window::of(form(DAILY)?, period),
            now,
        })
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
