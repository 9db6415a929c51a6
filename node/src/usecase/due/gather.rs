//! Everything that is owed now: because of matters, by the calendar, and by offices of which nothing is heard.

use std::collections::BTreeSet;

use dutynet_relay::ids::{OfficeId, UnixMillis};

use crate::{
    domain::{
        beijing::Day,
        board::{DAILY, HOLIDAY, Line},
        cut_off::SetBy,
        form::{Form, Forms, PeriodKind},
        holiday::Holidays,
        obligation::{
            Key, Obligation, WayHop, calendar,
            silence::{LastSign, silence},
        },
        period::Period,
        rules::Duty,
    },
    usecase::{Office, Refused, board::Reach},
};

impl Office {
    /// Of this office and its children, or of the whole subtree.
    pub(super) fn owed_now(&self, reach: Reach, now: UnixMillis) -> Result<Vec<Obligation>, Refused> {
        let mut owed = self.inner.dues.open()?;
        for (form, period) in periods(now) {
            let facts = self.facts((form, period), reach, now)?;
            let ends = facts.seats.iter().map(|seat| (seat.office.clone(), seat.window.closes));
            // What nobody has filed by the end of the day after stays missing on its board.
            let still: BTreeSet<OfficeId> = ends.filter(|(_, closes)| now <= *closes).map(|(office, _)| office).collect();
            owed.extend(facts.owed().into_iter().filter(|owed| still.contains(&owed.debtor)));
        }
        owed.extend(self.silences(now)?);
        Ok(owed)
    }

    /// An obligation by its key, also when it is closed.
    pub(in crate::usecase) fn due_named(&self, key: &Key, now: UnixMillis) -> Result<Option<Obligation>, Refused> {
        if let Some(obligation) = self.inner.dues.get(key)? {
            return Ok(Some(obligation));
        }
        if let Some((duty, _, period)) = calendar::read_key(key) {
            let form = Forms::built_in().get(if duty == Duty::HolidaySummary { HOLIDAY } else { DAILY });
            let owed = form.map(|form| self.facts((form, period), Reach::Whole, now).map(|facts| facts.owed())).transpose()?;
            return Ok(owed.unwrap_or_default().into_iter().find(|owed| owed.key == *key));
        }
        Ok(self.silences(now)?.into_iter().find(|owed| owed.key == *key))
    }

    /// The lines from an office up to here in a stretch of time; of an office that is not below, our own to our parent.
    pub(in crate::usecase) fn way_from(
        &self,
        office: &OfficeId,
        (from, to): (UnixMillis, UnixMillis),
    ) -> Result<Vec<WayHop>, Refused> {
        let registry = self.relay().registry();
        let own = self.own();
        let hops: Vec<&OfficeId> = if registry.is_within(office, own) {
            registry.path_up(office).take_while(|at| *at != own).collect()
        } else {
            vec![own]
        };
        let linked = |hop: &&&OfficeId| registry.entry(hop).is_some_and(|entry| entry.key.is_some() && entry.parent.is_some());
        let mut way = Vec::new();
        for hop in hops.iter().filter(linked) {
            way.push(WayHop { office: (*hop).clone(), spans: self.relay().line_history(hop, from, to)? });
        }
        Ok(way)
    }

    /// Children of which nothing is heard, in a special period that asks for signs.
    fn silences(&self, now: UnixMillis) -> Result<Vec<Obligation>, Refused> {
        let (specials, registry) = (self.specials()?, self.relay().registry());
        let path: Vec<OfficeId> = registry.path_up(self.own()).cloned().collect();
        let asking: Vec<_> = specials.over(&path, now).filter(|special| special.declared.brings.silence_minutes > 0).collect();
        let (Some(form), false) = (Forms::built_in().get(DAILY), asking.is_empty()) else { return Ok(Vec::new()) };
        let lines = self.line_facts();
        let mut owed = Vec::new();
        for child in registry.children(self.own()).filter(|child| child.key.is_some()) {
            let down = lines.get(&child.office).filter(|fact| fact.line == Line::Down);
            let down_since = down.map(|fact| fact.since.unwrap_or(child.valid_from));
            let sign = LastSign { office: child.office.clone(), down_since, record: self.last_heard(&child.office)? };
            let silent = asking
                .iter()
                .filter_map(|special| silence(special, SetBy::Special(special).cited(form), self.own(), (&sign, now)));
            // Of several periods the one with the fewest minutes rings first.
            owed.extend(silent.min_by_key(|owed| owed.due.here));
        }
        Ok(owed)
    }

    /// When the last record of an office or of one below it came here.
    pub(super) fn last_heard(&self, office: &OfficeId) -> Result<Option<UnixMillis>, Refused> {
        let registry = self.relay().registry();
        let below = registry.subtree(office).into_iter().map(|(_, entry)| entry.office.clone());
        let mut last = None;
        for office in below {
            last = last.max(self.inner.offices.last_heard(&office)?);
        }
        Ok(last)
    }
}

/// The forms and periods of which something may still be owed: today's and yesterday's, and a holiday's from its first day on.
fn periods(now: UnixMillis) -> Vec<(&'static Form, Period)> {
    let today = Day::of(now);
    let yesterday = Day::of(UnixMillis(today.midnight().0 - 1));
    let holidays = [yesterday, today].into_iter().filter_map(|day| Some(Holidays::built_in().on(day).ok()?.period));
    let holidays: BTreeSet<Period> = holidays.collect();
    let of = |form: &'static Form| match (form.id.as_str(), form.period) {
        (DAILY, _) => vec![(form, Period::from(yesterday)), (form, Period::from(today))],
        (_, PeriodKind::Holiday) => holidays.iter().map(|period| (form, *period)).collect(),
        // A zero report meets what a daily report is owed for.
        (_, PeriodKind::Day) => Vec::new(),
    };
    Forms::built_in().iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::beijing::moment;

    #[test]
    fn a_holiday_is_owed_from_its_first_day_to_the_day_after_its_last() {
        let of = |at: &str| {
            let all = periods(moment(at).unwrap());
            all.iter().filter(|(form, _)| form.id == HOLIDAY).map(|(_, period)| period.to_string()).collect::<Vec<_>>()
        };
        let october = vec!["2026-10-01..2026-10-07".to_owned()];
        assert_eq!((of("2026-09-30"), of("2026-10-01"), of("2026-10-08 23:59")), (vec![], october.clone(), october));
        assert_eq!(of("2026-10-09"), Vec::<String>::new());
        assert_eq!(periods(moment("2026-09-30").unwrap()).len(), 2, "yesterday and today");
    }
}
