//! Cut-offs (截止时刻) as records from above: which one was in force for an office on a day.
//!
//! An office's cut-off is set by the nearest of its ancestors that has set one, the parent first; without any it is the form's own. Nobody
//! sets his own. A cut-off is in force from the day after it was recorded, in Beijing, at the earliest: so no day that has begun ever
//! changes, however late the record comes to know of it. Of one office's cut-offs the one with the latest first day counts, and of two
//! with the same first day the one that was recorded last.

use dutynet_relay::ids::{OfficeId, UnixMillis};

use super::{
    beijing::{Day, TimeOfDay},
    form::{Form, PeriodKind},
    number::Number,
    period::Period,
    report::Window,
    rules::Cited,
    special::{Special, Specials},
};

/// A cut-off that an office has set for everything below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutOff {
    /// Who set it.
    pub by: OfficeId,
    /// Id of the form.
    pub form: String,
    /// Until when a report is in time.
    pub time: TimeOfDay,
    /// First day of which it decides.
    pub from: Day,
    /// By the clock of who set it.
    pub recorded_at: UnixMillis,
}

impl CutOff {
    /// Whether it may be believed: it decides of no day that had begun when it was recorded.
    pub fn is_ahead(&self) -> bool {
        self.from >= earliest(self.recorded_at)
    }
}

/// First day of which a cut-off can decide that is recorded now.
pub fn earliest(now: UnixMillis) -> Day {
    Day::of(now).next()
}

/// Every cut-off that is known, and every special period that brings one.
#[derive(Debug, Clone, Default)]
pub struct CutOffs {
    set: Vec<CutOff>,
    specials: Specials,
}

/// What set a cut-off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetBy<'a> {
    /// The form's own.
    Form,
    /// An office above.
    CutOff(&'a CutOff),
    /// A special period, which wants it earlier.
    Special(&'a Special),
}

impl SetBy<'_> {
    /// The office that set it; `None`: it is the form's own.
    pub fn office(&self) -> Option<&OfficeId> {
        match self {
            Self::Form => None,
            Self::CutOff(set) => Some(&set.by),
            Self::Special(special) => Some(special.by()),
        }
    }

    /// Where it comes from, as an obligation keeps it.
    pub fn cited(&self, form: &Form) -> Cited {
        let by_form = Cited {
            pack: form.id.clone(),
            version: form.version,
            row: form.id.clone(),
            title: form.title.clone(),
            article: form.source.clone(),
            source: form.source.clone(),
        };
        match self {
            Self::Form => by_form,
            Self::CutOff(set) => Cited { pack: set.by.to_string(), row: format!("cut-off/{}", set.from), ..by_form },
            Self::Special(special) => Cited {
                pack: special.by().to_string(),
                version: u32::try_from(special.changes.len() + 1).unwrap_or(u32::MAX),
                row: format!("period/{}", Number::of(&special.declared.reference)),
                source: special.declared.reason.clone(),
                ..by_form
            },
        }
    }
}

impl CutOffs {
    /// These; what is not ahead does not count.
    pub fn new(known: Vec<CutOff>) -> Self {
        Self { set: known.into_iter().filter(CutOff::is_ahead).collect(), specials: Specials::default() }
    }

    /// The same beside these special periods.
    #[must_use]
    pub fn beside(self, specials: Specials) -> Self {
        Self { specials, ..self }
    }

    /// The one in force for an office on a day, given its ancestors, nearest first; `None`: the form's own.
    pub fn in_force<'a>(&self, form: &Form, above: impl IntoIterator<Item = &'a OfficeId>, day: Day) -> Option<&CutOff> {
        above.into_iter().find_map(|by| {
            let set = self.set.iter().filter(|c| c.by == *by && c.form == form.id && c.from <= day);
            set.max_by_key(|c| (c.from, c.recorded_at))
        })
    }

    /// Until when a report about a day is in time, and what set that. A special period may want it earlier, never later.
    pub fn time(&self, form: &Form, above: &[&OfficeId], day: Day) -> (TimeOfDay, SetBy<'_>) {
        let set = match self.in_force(form, above.iter().copied(), day) {
            Some(set) => (set.time, SetBy::CutOff(set)),
            None => (form.cut_off, SetBy::Form),
        };
        let special = match form.period {
            PeriodKind::Day => self.specials.daily(above.iter().copied(), day),
            PeriodKind::Holiday => None,
        };
        special.filter(|(time, _)| *time < set.0).map_or(set, |(time, special)| (time, SetBy::Special(special)))
    }

    /// When a period is due from an office, and when it closes.
    pub fn window<'a>(&self, form: &Form, above: impl IntoIterator<Item = &'a OfficeId>, period: Period) -> Window {
        let above: Vec<&OfficeId> = above.into_iter().collect();
        Window::of(period, |day| self.time(form, &above, day).0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::form::Forms;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn office(id: &str) -> OfficeId {
        OfficeId::parse(id).unwrap()
    }

    fn set(by: &str, time: &str, from: &str, recorded: (&str, &str)) -> CutOff {
        let time_of = |text| TimeOfDay::parse(text).unwrap();
        let recorded_at = day(recorded.0).at(time_of(recorded.1));
        CutOff { by: office(by), form: "daily".into(), time: time_of(time), from: day(from), recorded_at }
    }

    fn time(cut_offs: &CutOffs, above: &[&str], on: &str) -> String {
        let above: Vec<_> = above.iter().map(|id| office(id)).collect();
        let form = Forms::built_in().get("daily").unwrap();
        cut_offs.in_force(form, &above, day(on)).map_or("default".into(), |c| c.time.to_string())
    }

    #[test]
    fn the_nearest_ancestor_that_has_set_one_decides_and_nobody_decides_for_himself() {
        let known = CutOffs::new(vec![
            set("city", "18:00", "2026-07-02", ("2026-07-01", "09:00")),
            set("county", "16:00", "2026-07-02", ("2026-07-01", "09:00")),
        ]);
        assert_eq!(time(&known, &["county", "city", "province"], "2026-07-02"), "16:00", "a township");
        assert_eq!(time(&known, &["city", "province"], "2026-07-02"), "18:00", "the county itself");
        assert_eq!(time(&known, &["province"], "2026-07-02"), "default", "the city itself");
        assert_eq!(time(&known, &[], "2026-07-02"), "default", "the root");
    }

    #[test]
    fn a_day_before_its_first_keeps_its_cut_off() {
        let known = CutOffs::new(vec![
            set("county", "16:00", "2026-07-02", ("2026-07-01", "23:59")),
            set("county", "15:00", "2026-07-10", ("2026-07-02", "09:00")),
            set("county", "15:30", "2026-07-10", ("2026-07-03", "09:00")),
            set("county", "14:00", "2026-07-05", ("2026-07-04", "09:00")),
        ]);
        let wanted = [("07-01", "default"), ("07-02", "16:00"), ("07-04", "16:00"), ("07-05", "14:00"), ("07-10", "15:30")];
        for (on, wanted) in wanted {
            assert_eq!(time(&known, &["county"], &format!("2026-{on}")), wanted, "{on}");
        }
    }

    #[test]
    fn what_would_change_a_day_that_has_begun_does_not_count() {
        let today = set("county", "16:00", "2026-07-01", ("2026-07-01", "00:00"));
        let yesterday = set("county", "16:00", "2026-06-30", ("2026-07-01", "00:00"));
        let by_a_minute = set("county", "16:00", "2026-07-02", ("2026-07-02", "00:00"));
        for late in [today, yesterday, by_a_minute] {
            assert!(!late.is_ahead());
            assert_eq!(time(&CutOffs::new(vec![late]), &["county"], "2026-07-09"), "default");
        }
        assert!(set("county", "16:00", "2026-07-02", ("2026-07-01", "23:59")).is_ahead());
    }

    #[test]
    fn a_period_closes_at_the_cut_off_of_the_day_after_its_last() {
        let known = CutOffs::new(vec![set("county", "16:00", "2026-07-02", ("2026-07-01", "09:00"))]);
        let form = Forms::built_in().get("daily").unwrap();
        let window = known.window(form, &[office("county")], day("2026-07-01").into());
        let at = |on: &str, time: &str| day(on).at(TimeOfDay::parse(time).unwrap());
        assert_eq!((window.cut_off, window.closes), (at("2026-07-01", "17:00"), at("2026-07-02", "16:00")));
        let span = Period::parse("2026-07-01..2026-07-03").unwrap();
        let window = known.window(form, &[office("county")], span);
        assert_eq!((window.cut_off, window.closes), (at("2026-07-03", "16:00"), at("2026-07-04", "16:00")));
    }

    #[test]
    fn a_special_period_wants_it_earlier_and_never_later() {
        use crate::domain::{
            board::DAILY,
            special::{Brings, Declared},
        };
        let special = |time: &str| {
            let recorded_at = day("2026-07-01").at(TimeOfDay::parse("09:00").unwrap());
            let declared = Declared {
                reference: dutynet_relay::ids::RecordRef { origin: office("city"), id: dutynet_relay::ids::RecordId([1; 16]) },
                recorded_at,
                person: dutynet_relay::record::Person { id: "1".into(), name: "张三".into() },
                from: recorded_at,
                to: day("2026-07-09").midnight(),
                reason: "防汛".into(),
                brings: Brings { daily: TimeOfDay::parse(time).ok(), ..Brings::default() },
            };
            Specials::new(vec![Special::of(declared, Vec::new())])
        };
        let set = vec![set("county", "16:00", "2026-07-02", ("2026-07-01", "09:00"))];
        let above = [office("county"), office("city")];
        let above: Vec<&OfficeId> = above.iter().collect();
        let time = |special_time: &str, form: &str| {
            let known = CutOffs::new(set.clone()).beside(special(special_time));
            let form = Forms::built_in().get(form).unwrap();
            let (time, by) = known.time(form, &above, day("2026-07-03"));
            (time.to_string(), by.office().map(ToString::to_string), by.cited(form).row)
        };
        let by_special = time("15:00", DAILY);
        assert_eq!((by_special.0.as_str(), by_special.1.as_deref()), ("15:00", Some("city")));
        assert!(by_special.2.starts_with("period/"), "{by_special:?}");
        assert_eq!(time("16:30", DAILY), ("16:00".into(), Some("county".into()), "cut-off/2026-07-02".into()));
        assert_eq!(time("15:00", "holiday"), ("17:00".into(), None, "holiday".into()), "a holiday is not a day");
    }
}
