//! Asks what offices are at this moment, and keeps what comes as one table.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
    time::Duration,
};

use bytes::Bytes;
use dutynet_relay::{
    ids::{OfficeId, UnixMillis},
    live::{self, Held, Reach, Said, Target},
    registry::Entry,
    relay::{Answers, Ask, AskRefused},
};

use super::STATUS_KIND;
use crate::{
    domain::status::{Snapshot, StatusRow, StatusTable, Why},
    text::refusal::Refusal,
    usecase::{Office, Refused, guard, shown},
};

/// How long a question may take.
pub const STATUS_WITHIN: RangeInclusive<Duration> = Duration::from_millis(500)..=Duration::from_secs(300);
const WITHIN: Duration = Duration::from_secs(10);

/// Who is asked, and how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskStatus {
    /// None: this office.
    pub offices: Vec<String>,
    /// Those alone, or with everything below them.
    pub reach: Reach,
    /// Zero: ten seconds.
    pub within: Duration,
}

/// A question under way. Dropping it ends it everywhere.
pub struct PulledStatus {
    office: Office,
    answers: Answers,
    seats: BTreeMap<OfficeId, Seat>,
    rows: BTreeMap<OfficeId, StatusRow>,
    asked_at: UnixMillis,
    within: Duration,
}

/// Where an office stands in the table.
struct Seat {
    place: usize,
    name: String,
    depth: u32,
}

impl Office {
    /// Asks. Rows come with [`PulledStatus::next`].
    pub async fn pull_status(&self, asked: AskStatus) -> Result<PulledStatus, Refused> {
        let within = if asked.within.is_zero() { WITHIN } else { asked.within };
        if !STATUS_WITHIN.contains(&within) {
            return Err(Refusal::StatusWithin.into());
        }
        let named = asked.offices.iter().map(|text| self.within(text)).collect::<Result<BTreeSet<_>, _>>()?;
        let named = if named.is_empty() { BTreeSet::from([self.own().clone()]) } else { named };
        let targets = named.iter().map(|office| Target { office: office.clone(), reach: asked.reach }).collect();
        let (seats, asked_at) = (self.seats(&named, asked.reach), self.now());
        let ask = Ask { kind: STATUS_KIND.to_owned(), body: Bytes::new(), targets, within };
        let answers = self.relay().ask(ask).map_err(|refused| match refused {
            AskRefused::Busy => Refused::from(Refusal::StatusBusy),
            AskRefused::Stopping => Refused::from(Refusal::Stopping),
            AskRefused::NotBelow => Refused::from(Refusal::OfficeElsewhere),
            AskRefused::Malformed(what) => Refused::about(Refusal::StatusOffices, shown(what)),
        })?;
        Ok(PulledStatus { office: self.clone(), answers, seats, rows: BTreeMap::new(), asked_at, within })
    }

    fn seats(&self, named: &BTreeSet<OfficeId>, reach: Reach) -> BTreeMap<OfficeId, Seat> {
        let registry = self.relay().registry();
        let is_asked = |office: &OfficeId| match reach {
            Reach::Alone => named.contains(office),
            Reach::Subtree => registry.path_up(office).any(|above| named.contains(above)),
        };
        let all = registry.subtree(self.own()).into_iter().filter(|(_, entry)| is_asked(&entry.office));
        let seat = |(place, (depth, entry)): (usize, (usize, &Entry))| {
            let depth = u32::try_from(depth).unwrap_or(u32::MAX);
            (entry.office.clone(), Seat { place, name: entry.name.clone(), depth })
        };
        all.enumerate().map(seat).collect()
    }
}

impl PulledStatus {
    /// How many offices are asked.
    pub fn offices(&self) -> u32 {
        u32::try_from(self.seats.len()).unwrap_or(u32::MAX)
    }

    /// By the clock of this office.
    pub fn asked_at(&self) -> UnixMillis {
        self.asked_at
    }

    /// The next rows, in the order in which they come; `None`: there is one of every office.
    pub async fn next(&mut self) -> Option<Vec<StatusRow>> {
        let rows = self.answers.next().await?;
        let rows: Vec<_> = rows.into_iter().map(|row| self.read(row)).collect();
        self.rows.extend(rows.iter().map(|row| (row.office.clone(), row.clone())));
        Some(rows)
    }

    /// There is a row of everybody. Not so when this node stops meanwhile.
    pub fn is_whole(&self) -> bool {
        self.seats.keys().all(|office| self.rows.contains_key(office))
    }

    /// What has come so far, in the order of the tree. After the last [`PulledStatus::next`] it is whole.
    pub fn table(&self) -> StatusTable {
        let mut rows: Vec<_> = self.rows.values().cloned().collect();
        // An office that was registered between two breaths has no seat, and stands last.
        rows.sort_by_key(|row| self.seats.get(&row.office).map_or(usize::MAX, |seat| seat.place));
        StatusTable {
            asker: self.office.own().clone(),
            asked_at: self.asked_at,
            closed_at: self.office.now(),
            within_ms: u64::try_from(self.within.as_millis()).unwrap_or(u64::MAX),
            rows,
        }
    }

    fn read(&self, row: live::Row) -> StatusRow {
        let seat = self.seats.get(&row.office);
        let (name, depth) = seat.map_or_else(|| (self.office.name(&row.office), 0), |seat| (seat.name.clone(), seat.depth));
        let (why, line_since, held) = match row.said {
            Said::Itself(held) => (None, None, Some(held)),
            Said::Instead { why, line_since, held } => (Some(why_of(why)), line_since, held),
        };
        let known = held.as_ref().map(read_answer);
        let unreadable = known.as_ref().is_some_and(Option::is_none);
        let why = if unreadable { why.or(Some(Why::Unreadable)) } else { why };
        StatusRow { office: row.office, name, depth, by: row.by, why, line_since, known: known.flatten() }
    }
}

/// What another office's program made; `None`: it cannot be read, or bears a mark of secrecy.
fn read_answer(held: &Held) -> Option<(UnixMillis, Snapshot)> {
    let marked = guard::bears_mark(&held.body);
    let read = Snapshot::decode(&held.body, held.as_of).ok().filter(|_| !marked);
    read.map(|snapshot| (held.as_of, snapshot))
}

fn why_of(why: live::Why) -> Why {
    match why {
        live::Why::LineDown => Why::LineDown,
        live::Why::NoNode => Why::NoNode,
        live::Why::NoAnswer => Why::NoAnswer,
        live::Why::Older => Why::Older,
        live::Why::Unable => Why::Unable,
        live::Why::Busy => Why::Busy,
        live::Why::TooMuch => Why::TooMuch,
    }
}
