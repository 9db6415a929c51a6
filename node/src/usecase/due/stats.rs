//! Counts of obligations, each number with the obligations that it counts.

use std::collections::BTreeMap;

use dutynet_relay::ids::{OfficeId, UnixMillis};

use super::Due;
use crate::{
    domain::{
        beijing::Day,
        board::DAILY,
        form::{Form, Forms},
        holiday::Holidays,
        obligation::{
            Obligation,
            stats::{Counts, Group, add, month_of},
        },
        period::Period,
        rules::Duty,
    },
    text::refusal::Refusal,
    usecase::{Office, Refused, board::Reach, shown},
};

/// Most obligations that are opened at once.
const OPENED_MAX: usize = 10_000;

/// What is to be counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AskDueStats {
    /// `YYYY-MM` or `YYYY`; empty: this month.
    pub month: String,
    /// Empty: every office of the subtree.
    pub office: String,
    /// Empty: every duty.
    pub duty: String,
    /// Place in [`crate::domain::obligation::Standing::NAMES`]; `None`: all.
    pub standing: Option<usize>,
}

/// The counts, and what was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueStats {
    /// By month, office and duty; each with the name of the office.
    pub counts: Vec<(Group, Counts, String)>,
    /// What was counted, soonest first.
    pub dues: Vec<Due>,
    /// By the clock of this office.
    pub as_of: UnixMillis,
}

impl Office {
    /// Counts what was or is owed in a month or a year.
    pub async fn due_stats(&self, asked: AskDueStats) -> Result<DueStats, Refused> {
        let now = self.now();
        let month = if asked.month.is_empty() { month_of(now) } else { asked.month.clone() };
        let days = days_of(&month).ok_or_else(|| Refused::about(Refusal::MonthInvalid, shown(&month)))?;
        let of = if asked.office.is_empty() { None } else { Some(self.within(&asked.office)?) };
        let duty = match asked.duty.as_str() {
            "" => None,
            text => Some(Duty::from_key(text).ok_or_else(|| Refused::about(Refusal::RequestUnreadable, shown(text)))?),
        };
        self.caught_up().await?;
        let wanted = Wanted { of, duty, standing: asked.standing };
        let office = self.clone();
        let made = tokio::task::spawn_blocking(move || {
            let mut found = Found::default();
            office.count(office.inner.dues.of_month(&month)?, &wanted, (&mut found, now))?;
            // Day by day, so that a year of a province never stands in memory at once.
            for day in days.into_iter().filter(|day| day.midnight() <= now) {
                office.count(office.owed_on(day, now)?, &wanted, (&mut found, now))?;
            }
            Ok(office.in_order(found, now))
        });
        made.await.map_err(|error| Refused::because(Refusal::Internal, error))?
    }

    /// Counts those that are asked for, and keeps the first of them.
    fn count(&self, owed: Vec<Obligation>, wanted: &Wanted, (found, now): (&mut Found, UnixMillis)) -> Result<(), Refused> {
        for owed in owed.into_iter().filter(|owed| owed.has_begun(now) && wanted.asks_for(owed)) {
            let due = self.judged(owed, now)?;
            if wanted.standing.is_none_or(|place| place == due.standing.place()) {
                add(&mut found.counts, &due.obligation, due.standing);
                found.dues.extend(Some(due).filter(|_| found.dues.len() < OPENED_MAX));
            }
        }
        Ok(())
    }

    fn in_order(&self, mut found: Found, now: UnixMillis) -> DueStats {
        let registry = self.relay().registry();
        let subtree = registry.subtree(self.own()).into_iter().zip(0_usize..);
        let place: BTreeMap<OfficeId, usize> = subtree.map(|((_, entry), at)| (entry.office.clone(), at)).collect();
        let counts = found.counts.into_iter().map(|(group, counts)| {
            let name = self.name_of(&group.office);
            (group, counts, name)
        });
        let mut counts: Vec<_> = counts.collect();
        counts.sort_by_key(|(group, ..)| {
            (group.month.clone(), place.get(&group.office).copied().unwrap_or(usize::MAX), group.duty)
        });
        found.dues.sort_by_key(|due| due.obligation.due.here);
        DueStats { counts, dues: found.dues, as_of: now }
    }

    /// What the calendar made owed on a day.
    fn owed_on(&self, day: Day, now: UnixMillis) -> Result<Vec<Obligation>, Refused> {
        let (mut owed, forms) = (Vec::new(), Forms::built_in());
        let holiday = Holidays::built_in().on(day).ok().filter(|holiday| holiday.period.last() == day);
        let of = |form: Option<&'static Form>, period: Option<Period>| Some((form?, period?));
        let about = [of(forms.get(DAILY), Some(day.into())), of(forms.get("holiday"), holiday.map(|holiday| holiday.period))];
        for about in about.into_iter().flatten() {
            owed.extend(self.facts(about, Reach::Whole, now)?.owed());
        }
        Ok(owed)
    }
}

/// What is asked for, as it was understood.
struct Wanted {
    of: Option<OfficeId>,
    duty: Option<Duty>,
    standing: Option<usize>,
}

impl Wanted {
    fn asks_for(&self, owed: &Obligation) -> bool {
        self.of.as_ref().is_none_or(|of| *of == owed.debtor) && self.duty.is_none_or(|duty| duty == owed.duty)
    }
}

#[derive(Default)]
struct Found {
    counts: BTreeMap<Group, Counts>,
    dues: Vec<Due>,
}

/// The days of a month or a year; `None`: it is neither.
fn days_of(month: &str) -> Option<Vec<Day>> {
    let first = match month.len() {
        4 => Day::parse(&format!("{month}-01-01")),
        _ => Day::parse(&format!("{month}-01")),
    };
    let within = |day: &Day| day.to_string().starts_with(month);
    Some(std::iter::successors(first.ok(), |day| Some(day.next())).take(366).take_while(within).collect())
        .filter(|days: &Vec<Day>| !days.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_and_a_year_have_their_days() {
        let count = |text: &str| days_of(text).map(|days| days.len());
        assert_eq!(
            [count("2026-02"), count("2028-02"), count("2026"), count("2028")],
            [Some(28), Some(29), Some(365), Some(366)]
        );
        for bad in ["", "2026-", "2026-13", "26-1", "2026-1", "2026-02-01"] {
            assert_eq!(days_of(bad), None, "{bad}");
        }
    }
}
