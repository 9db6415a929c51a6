//! Statutory holidays as they were announced, as data.
//!
//! A year whose arrangement is not in the data is 未公布: nothing is ever guessed.

use std::sync::LazyLock;

use serde::Deserialize;

use super::{beijing::Day, period::Period};

static BUILT_IN: LazyLock<Holidays> =
    LazyLock::new(|| Holidays::parse(include_str!("../../calendar/holidays.toml")).expect("a test parses the built-in holidays"));

/// One holiday of one year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// Its name, e.g. 国庆节.
    pub name: String,
    /// The year whose notice announced it.
    pub year: i32,
    /// Days off, without a gap.
    pub period: Period,
    /// The notice that announced it.
    pub source: String,
}

/// What kind of day it is (三值日历).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayKind {
    /// 工作日, made up on a weekend or not.
    Work,
    /// 休息日
    Rest {
        /// The holiday, or that it is a weekend.
        name: String,
    },
    /// 未公布: nobody can say yet. Whatever is stricter follows.
    Unannounced,
}

/// What kind of day it is, and who says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayKnown {
    /// What kind.
    pub kind: DayKind,
    /// The notice or law; empty: nothing says anything of that day.
    pub source: String,
}

/// Why a day is in no holiday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoHoliday {
    /// The year is announced, and this day is in none of its holidays.
    #[error("the day is in no holiday")]
    Ordinary,
    /// 未公布: the arrangement of that year is not known.
    #[error("the holidays of that year are not announced")]
    NotAnnounced,
}

/// A data file that is not one.
#[derive(Debug, thiserror::Error)]
pub enum HolidaysError {
    /// Not TOML, or a word that does not belong there.
    #[error("holidays: {0}")]
    Syntax(#[from] toml::de::Error),
    /// Days that are none, or holidays that overlap.
    #[error("holidays: {0}: first and last day, in order, no day twice")]
    Days(String),
}

/// Every holiday that is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holidays {
    years: Vec<Year>,
    holidays: Vec<Holiday>,
    statutory: Vec<Statutory>,
    weekend: String,
}

/// A year that was announced.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Year {
    year: i32,
    source: String,
    /// Days of weekends that are worked.
    make_up: Vec<Day>,
}

/// A day off by law, whatever is announced.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Statutory {
    name: String,
    /// `MM-DD` of every year, or a whole day.
    day: String,
    source: String,
}

impl Holidays {
    /// Those that this program brings.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// Reads a data file.
    pub fn parse(text: &str) -> Result<Self, HolidaysError> {
        let written: Written = toml::from_str(text)?;
        let statutory = written.statutory.into_iter().flat_map(WrittenStatutory::days).collect();
        Ok(Self { statutory, weekend: written.weekend, ..Self::of_years(&written.year)? })
    }

    /// The years that a pack of rules brings; none where it has no such rows.
    pub fn in_pack(text: &str) -> Result<Self, HolidaysError> {
        #[derive(Deserialize)]
        struct Years {
            #[serde(default)]
            year: Vec<WrittenYear>,
        }
        Self::of_years(&toml::from_str::<Years>(text)?.year)
    }

    fn of_years(written: &[WrittenYear]) -> Result<Self, HolidaysError> {
        let (mut years, mut holidays): (Vec<Year>, Vec<Holiday>) = Default::default();
        for year in written {
            for holiday in &year.holiday {
                let wrong = || HolidaysError::Days(format!("{} {}", year.year, holiday.name));
                let day = |text: &str| Day::parse(text).map_err(|_| wrong());
                let period = Period::span(day(&holiday.first)?, day(&holiday.last)?).map_err(|_| wrong())?;
                if holidays.iter().any(|held| held.period.last() >= period.first()) {
                    return Err(wrong());
                }
                let (name, source) = (holiday.name.clone(), year.source.clone());
                holidays.push(Holiday { name, year: year.year, period, source });
            }
            let make_up = year.make_up.iter().map(|text| {
                let worked = |day: &Day| day.is_weekend() && !holidays.iter().any(|held| held.period.contains(*day));
                let day = Day::parse(text).ok().filter(worked);
                day.ok_or_else(|| HolidaysError::Days(format!("{} make_up {text}", year.year)))
            });
            years.push(Year { year: year.year, source: year.source.clone(), make_up: make_up.collect::<Result<_, _>>()? });
        }
        Ok(Self { years, holidays, ..Self::default() })
    }

    /// Whether any year is announced here.
    pub fn is_empty(&self) -> bool {
        self.years.is_empty()
    }

    /// Years that are announced here.
    pub fn years(&self) -> impl Iterator<Item = i32> {
        self.years.iter().map(|year| year.year)
    }

    /// What kind of day it is by what is announced here and by law; nothing is guessed.
    pub fn day(&self, day: Day) -> DayKnown {
        let weekend = &Self::built_in().weekend;
        let rest =
            |name: &str, source: &str| DayKnown { kind: DayKind::Rest { name: name.to_owned() }, source: source.to_owned() };
        if let Ok(holiday) = self.on(day) {
            return rest(&holiday.name, &holiday.source);
        }
        if let Some(year) = self.years.iter().find(|year| year.year == day.year()) {
            let rests = day.is_weekend() && !year.make_up.contains(&day);
            let work = || DayKnown { kind: DayKind::Work, source: year.source.clone() };
            return if rests { rest(weekend, &year.source) } else { work() };
        }
        let by_law = self.statutory.iter().find(|law| law.day == day.short() || law.day == day.to_string());
        by_law.map_or(DayKnown { kind: DayKind::Unannounced, source: String::new() }, |law| rest(&law.name, &law.source))
    }

    /// The holiday that a day belongs to.
    pub fn on(&self, day: Day) -> Result<&Holiday, NoHoliday> {
        let announced = if self.years().any(|year| year == day.year()) { NoHoliday::Ordinary } else { NoHoliday::NotAnnounced };
        self.holidays.iter().find(|holiday| holiday.period.contains(day)).ok_or(announced)
    }

    /// The latest holiday that had begun on a day.
    pub fn begun_by(&self, day: Day) -> Option<&Holiday> {
        self.holidays.iter().rfind(|holiday| holiday.period.first() <= day)
    }

    /// The holiday of exactly these days.
    pub fn of(&self, period: Period) -> Option<&Holiday> {
        self.holidays.iter().find(|holiday| holiday.period == period)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    weekend: String,
    statutory: Vec<WrittenStatutory>,
    year: Vec<WrittenYear>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenStatutory {
    name: String,
    days: Vec<String>,
    source: String,
}

impl WrittenStatutory {
    fn days(self) -> impl Iterator<Item = Statutory> {
        let Self { name, days, source } = self;
        days.into_iter().map(move |day| Statutory { name: name.clone(), day, source: source.clone() })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenYear {
    year: i32,
    source: String,
    holiday: Vec<WrittenHoliday>,
    #[serde(default)]
    make_up: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenHoliday {
    name: String,
    first: String,
    last: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(day: &str) -> Result<(&'static str, String), NoHoliday> {
        let holiday = Holidays::built_in().on(Day::parse(day).unwrap())?;
        Ok((&holiday.name, holiday.period.to_string()))
    }

    #[test]
    fn any_day_of_a_holiday_names_it() {
        for day in ["2026-10-01", "2026-10-04", "2026-10-07"] {
            assert_eq!(on(day), Ok(("国庆节", "2026-10-01..2026-10-07".into())), "{day}");
        }
        assert_eq!(on("2025-10-06"), Ok(("国庆节、中秋节", "2025-10-01..2025-10-08".into())));
        assert_eq!(on("2025-01-01"), Ok(("元旦", "2025-01-01".into())));
        assert_eq!(on("2026-02-15"), Ok(("春节", "2026-02-15..2026-02-23".into())));
    }

    #[test]
    fn a_day_outside_is_said_to_be_outside_and_a_year_that_is_not_announced_to_be_that() {
        assert_eq!(on("2026-10-08"), Err(NoHoliday::Ordinary));
        assert_eq!(on("2026-09-20"), Err(NoHoliday::Ordinary), "a weekend that is worked");
        assert_eq!(on("2027-10-01"), Err(NoHoliday::NotAnnounced));
        assert_eq!(on("2023-10-01"), Err(NoHoliday::NotAnnounced));
    }

    #[test]
    fn every_holiday_says_where_it_was_announced_and_is_found_by_its_days() {
        let holidays = Holidays::built_in();
        assert_eq!(holidays.holidays.len(), 20);
        for holiday in &holidays.holidays {
            assert!(holiday.source.contains("gov.cn/") && holiday.source.contains(&holiday.year.to_string()), "{}", holiday.name);
            assert_eq!(holidays.of(holiday.period), Some(holiday));
        }
    }

    #[test]
    fn holidays_that_cannot_be_are_refused() {
        let head = "weekend = \"w\"\nstatutory = []\n";
        let year = |holidays: &str| format!("{head}[[year]]\nyear = 2030\nsource = \"x\"\nholiday = [{holidays}]\n");
        let one = "{ name = \"a\", first = \"2030-01-01\", last = \"2030-01-02\" }";
        assert!(Holidays::parse(&year(one)).is_ok());
        for bad in [
            "{ name = \"a\", first = \"2030-01-03\", last = \"2030-01-02\" }".to_owned(),
            "{ name = \"a\", first = \"2030-01-03\" }".to_owned(),
            format!("{one}, {{ name = \"b\", first = \"2030-01-02\", last = \"2030-01-03\" }}"),
        ] {
            assert!(Holidays::parse(&year(&bad)).is_err(), "{bad}");
        }
    }

    fn kind(day: &str) -> String {
        match Holidays::built_in().day(Day::parse(day).unwrap()).kind {
            DayKind::Work => "work".into(),
            DayKind::Rest { name } => name,
            DayKind::Unannounced => "unannounced".into(),
        }
    }

    #[test]
    fn every_day_of_an_announced_year_is_a_day_off_or_a_workday() {
        let wanted = [
            ("2026-01-01", "元旦"),
            ("2026-01-04", "work"),
            ("2026-01-10", "双休日"),
            ("2026-02-14", "work"),
            ("2026-02-16", "春节"),
            ("2026-02-28", "work"),
            ("2026-09-20", "work"),
            ("2026-09-21", "work"),
            ("2026-10-10", "work"),
            ("2024-02-04", "work"),
            ("2024-02-09", "work"),
            ("2025-01-28", "春节"),
            ("2025-10-11", "work"),
            ("2025-10-12", "双休日"),
        ];
        for (day, wanted) in wanted {
            assert_eq!(kind(day), wanted, "{day}");
        }
    }

    #[test]
    fn a_year_that_is_not_announced_has_the_days_off_of_the_law_and_nothing_else() {
        let wanted = [
            ("2027-01-01", "元旦"),
            ("2027-01-02", "unannounced"),
            ("2027-02-05", "春节"),
            ("2027-02-08", "春节"),
            ("2027-02-09", "unannounced"),
            ("2027-05-02", "劳动节"),
            ("2027-10-03", "国庆节"),
            ("2027-10-04", "unannounced"),
            ("2027-07-07", "unannounced"),
            ("2031-01-01", "元旦"),
            ("2031-02-05", "unannounced"),
        ];
        for (day, wanted) in wanted {
            assert_eq!(kind(day), wanted, "{day}");
        }
    }

    #[test]
    fn every_make_up_workday_is_on_a_weekend_and_there_are_as_many_as_the_notices_say() {
        let made_up: usize = Holidays::built_in().years.iter().map(|year| year.make_up.len()).sum();
        assert_eq!(made_up, 8 + 5 + 6);
        let head = "[[year]]\nyear = 2030\nsource = \"x\"\nholiday = []\n";
        assert!(Holidays::in_pack(&format!("{head}make_up = [\"2030-01-05\"]")).is_ok());
        assert!(Holidays::in_pack(&format!("{head}make_up = [\"2030-01-07\"]")).is_err(), "a Monday is worked anyway");
    }
}
