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
#[derive(Debug)]
pub struct Holidays {
    years: Vec<i32>,
    holidays: Vec<Holiday>,
}

impl Holidays {
    /// Those that this program brings.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// Reads a data file.
    pub fn parse(text: &str) -> Result<Self, HolidaysError> {
        let written: Written = toml::from_str(text)?;
        let mut holidays: Vec<Holiday> = Vec::new();
        for year in &written.year {
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
        }
        Ok(Self { years: written.year.iter().map(|year| year.year).collect(), holidays })
    }

    /// The holiday that a day belongs to.
    pub fn on(&self, day: Day) -> Result<&Holiday, NoHoliday> {
        let announced = if self.years.contains(&day.year()) { NoHoliday::Ordinary } else { NoHoliday::NotAnnounced };
        self.holidays.iter().find(|holiday| holiday.period.contains(day)).ok_or(announced)
    }

    /// The holiday of exactly these days.
    pub fn of(&self, period: Period) -> Option<&Holiday> {
        self.holidays.iter().find(|holiday| holiday.period == period)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    year: Vec<WrittenYear>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenYear {
    year: i32,
    source: String,
    holiday: Vec<WrittenHoliday>,
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
        let year = |holidays: &str| format!("[[year]]\nyear = 2030\nsource = \"x\"\nholiday = [{holidays}]\n");
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
}
