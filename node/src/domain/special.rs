//! Special periods (敏感特殊时期): declared by an office for everything below it, ended or prolonged by later records.
//!
//! A period never reaches back: it holds from its first moment, or from the moment when it was declared, whichever is later. A change counts
//! from the moment when it was made: a change that is made after the end opens a further span, and leaves what lay between as it was. Of
//! several changes each goes on from the one before, in the order in which they were made; so whoever holds the same records says the same,
//! in whatever order they came.
//!
//! What a period brings is owed by those below the office that declared it; that office itself is shown it, and sets itself nothing.

use dutynet_relay::{
    ids::{OfficeId, RecordRef, UnixMillis},
    record::Person,
};

use super::beijing::{Day, TimeOfDay};

/// Longest reason, characters.
pub const SPECIAL_REASON_CHARS_MAX: usize = 200;
/// Longest period, days.
pub const SPECIAL_DAYS_MAX: i64 = 366;
/// Most leaders, officers, roll calls a day, and minutes of silence.
pub const BRINGS_MAX: [u32; 4] = [9, 99, 24, 1440];

/// What is owed while a period lasts; zero and none: nothing of that kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Brings {
    /// Leaders on duty at once (双带班: 2).
    pub leaders: u32,
    /// Officers on duty at once.
    pub officers: u32,
    /// Until when every office below reports each day.
    pub daily: Option<TimeOfDay>,
    /// Roll calls a day.
    pub roll_calls: u32,
    /// Until the end of which day the roster is to be filed.
    pub roster_by: Option<Day>,
    /// After so long without a sign an office rings at its parent, minutes.
    pub silence_minutes: u32,
}

impl Brings {
    /// Whether every number is within its bound, and anything is brought at all.
    pub fn is_sound(&self) -> bool {
        let numbers = [self.leaders, self.officers, self.roll_calls, self.silence_minutes];
        numbers.iter().zip(BRINGS_MAX).all(|(number, max)| *number <= max) && *self != Self::default()
    }
}

/// A period as it was declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// Its record, which names the period.
    pub reference: RecordRef,
    /// By the clock of who declared it.
    pub recorded_at: UnixMillis,
    /// Who.
    pub person: Person,
    /// First moment.
    pub from: UnixMillis,
    /// The moment after the last.
    pub to: UnixMillis,
    /// Why.
    pub reason: String,
    /// What it brings.
    pub brings: Brings,
}

/// A change of its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its record.
    pub reference: RecordRef,
    /// When it was made.
    pub recorded_at: UnixMillis,
    /// The new end.
    pub to: UnixMillis,
    /// Why.
    pub reason: String,
}

/// A period with all that has become of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Special {
    /// As it was declared.
    pub declared: Declared,
    /// Each change, oldest first.
    pub changes: Vec<Change>,
    /// When it holds, oldest first; without overlaps.
    pub spans: Vec<(UnixMillis, UnixMillis)>,
}

impl Special {
    /// Folds a period and its changes, which come in any order.
    pub fn of(declared: Declared, mut changes: Vec<Change>) -> Self {
        changes.sort_by(|a, b| (a.recorded_at, &a.reference).cmp(&(b.recorded_at, &b.reference)));
        let mut spans = vec![(declared.from.max(declared.recorded_at), declared.to)];
        for change in &changes {
            let (from, to) = spans.pop().unwrap_or((change.recorded_at, change.recorded_at));
            if change.recorded_at <= to {
                // What has passed stays: it ends now at the earliest.
                spans.push((from, change.to.max(change.recorded_at.min(to))));
            } else {
                spans.extend([(from, to), (change.recorded_at.max(from), change.to)]);
            }
        }
        spans.retain(|(from, to)| from < to);
        Self { declared, changes, spans }
    }

    /// Who declared it.
    pub fn by(&self) -> &OfficeId {
        &self.declared.reference.origin
    }

    /// Whether it holds at a moment.
    pub fn holds(&self, at: UnixMillis) -> bool {
        self.spans.iter().any(|(from, to)| *from <= at && at < *to)
    }

    /// When it ends, or ended; `None`: it never held.
    pub fn end(&self) -> Option<UnixMillis> {
        self.spans.last().map(|(_, to)| *to)
    }

    /// Until when it wants a report about a day; `None`: it wants none. A day that had begun when it was declared is never changed.
    pub fn daily_on(&self, day: Day) -> Option<TimeOfDay> {
        let time = self.declared.brings.daily?;
        let at = day.at(time);
        let wanted = self.spans.iter().any(|(from, to)| *from <= at && at < *to);
        (wanted && self.declared.recorded_at < day.midnight()).then_some(time)
    }
}

/// Every period that is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Specials(Vec<Special>);

impl Specials {
    /// These.
    pub fn new(known: Vec<Special>) -> Self {
        Self(known)
    }

    /// Those under which an office is at a moment, given itself and its ancestors.
    pub fn over<'a>(&'a self, path: &'a [OfficeId], at: UnixMillis) -> impl Iterator<Item = &'a Special> {
        self.0.iter().filter(move |special| special.holds(at) && path.contains(special.by()))
    }

    /// The earliest time by which a report about a day is wanted of an office, given its ancestors, and the period that wants it.
    pub fn daily<'a>(&self, above: impl IntoIterator<Item = &'a OfficeId>, day: Day) -> Option<(TimeOfDay, &Special)> {
        let above: Vec<&OfficeId> = above.into_iter().collect();
        let wants = self.0.iter().filter(|special| above.contains(&special.by()));
        wants.filter_map(|special| Some((special.daily_on(day)?, special))).min_by_key(|(time, special)| (*time, special.by()))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Special> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use dutynet_relay::ids::RecordId;

    use super::*;

    fn at(text: &str) -> UnixMillis {
        crate::domain::beijing::moment(text).unwrap()
    }

    fn reference(office: &str, n: u8) -> RecordRef {
        RecordRef { origin: OfficeId::parse(office).unwrap(), id: RecordId([n; 16]) }
    }

    fn declared(from: &str, to: &str, made: &str) -> Declared {
        let brings = Brings { leaders: 2, daily: Some(TimeOfDay::parse("16:30").unwrap()), ..Brings::default() };
        Declared {
            reference: reference("city", 1),
            recorded_at: at(made),
            person: Person { id: "1".into(), name: "张三".into() },
            from: at(from),
            to: at(to),
            reason: "国庆".into(),
            brings,
        }
    }

    fn change(n: u8, made: &str, to: &str) -> Change {
        Change { reference: reference("city", n), recorded_at: at(made), to: at(to), reason: "延长".into() }
    }

    fn october(changes: Vec<Change>) -> Special {
        Special::of(declared("2026-10-01", "2026-10-08", "2026-09-25 09:00"), changes)
    }

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn it_holds_from_its_first_moment_to_just_before_its_last() {
        let period = october(Vec::new());
        let holds = [("2026-09-30 23:59", false), ("2026-10-01", true), ("2026-10-07 23:59", true), ("2026-10-08", false)];
        for (moment, wanted) in holds {
            assert_eq!(period.holds(at(moment)), wanted, "{moment}");
        }
    }

    #[test]
    fn it_never_reaches_back_before_it_was_declared() {
        let late = Special::of(declared("2026-10-01", "2026-10-08", "2026-10-03 12:00"), Vec::new());
        assert!(!late.holds(at("2026-10-02")) && late.holds(at("2026-10-03 12:00")));
        assert_eq!(late.daily_on(day("2026-10-03")), None, "that day had begun");
        assert!(late.daily_on(day("2026-10-04")).is_some());
    }

    #[test]
    fn it_is_prolonged_and_ended_by_later_records_in_whatever_order_they_come() {
        let longer = change(2, "2026-10-06 09:00", "2026-10-10");
        let ended = change(3, "2026-10-08 18:00", "2026-10-08 18:00");
        for changes in [vec![longer.clone(), ended.clone()], vec![ended, longer]] {
            assert_eq!(october(changes).spans, [(at("2026-10-01"), at("2026-10-08 18:00"))]);
        }
    }

    #[test]
    fn a_record_that_prolongs_it_too_late_leaves_the_gap_as_it_was() {
        let period = october(vec![change(2, "2026-10-09 08:00", "2026-10-11")]);
        assert_eq!(period.spans, [(at("2026-10-01"), at("2026-10-08")), (at("2026-10-09 08:00"), at("2026-10-11"))]);
        assert!(!period.holds(at("2026-10-08 12:00")) && period.holds(at("2026-10-10")));
        let wanted = ["2026-10-07", "2026-10-08", "2026-10-09", "2026-10-11"].map(|on| period.daily_on(day(on)).is_some());
        assert_eq!(wanted, [true, false, true, false]);
    }

    #[test]
    fn an_end_takes_nothing_back_of_what_has_passed() {
        let period = october(vec![change(2, "2026-10-05 10:00", "2026-10-02")]);
        assert_eq!(period.end(), Some(at("2026-10-05 10:00")));
        let before_it_begins = october(vec![change(2, "2026-09-28", "2026-09-28")]);
        assert_eq!(before_it_begins.spans, []);
        assert_eq!(before_it_begins.end(), None);
    }

    #[test]
    fn a_period_that_was_taken_back_and_prolonged_again_holds_from_then() {
        let period = october(vec![change(2, "2026-09-28", "2026-09-28"), change(3, "2026-09-30", "2026-10-03")]);
        assert!(!period.holds(at("2026-09-29")) && period.holds(at("2026-10-02")), "{:?}", period.spans);
    }

    #[test]
    fn it_wants_reports_of_those_below_and_the_earliest_time_counts() {
        let city = october(Vec::new());
        let mut province = declared("2026-10-02", "2026-10-04", "2026-09-25");
        province.reference = reference("p", 9);
        province.brings.daily = Some(TimeOfDay::parse("15:00").unwrap());
        let known = Specials::new(vec![city, Special::of(province, Vec::new())]);
        let id = |text: &str| OfficeId::parse(text).unwrap();
        let daily = |above: &[&str], on: &str| {
            let above: Vec<OfficeId> = above.iter().map(|text| id(text)).collect();
            known.daily(&above, day(on)).map(|(time, special)| (time.to_string(), special.by().to_string()))
        };
        assert_eq!(daily(&["city", "p"], "2026-10-01"), Some(("16:30".into(), "city".into())));
        assert_eq!(daily(&["city", "p"], "2026-10-02"), Some(("15:00".into(), "p".into())));
        assert_eq!(daily(&["p"], "2026-10-01"), None, "the city itself owes nothing to itself");
        assert_eq!(known.over(&[id("t"), id("city")], at("2026-10-03")).count(), 1);
        assert_eq!(known.over(&[id("t"), id("city"), id("p")], at("2026-10-03")).count(), 2);
    }
}
