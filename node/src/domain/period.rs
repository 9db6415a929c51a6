//! What a report is about: one day, or a span of days such as a holiday.
//!
//! A period is named in records by its days alone, never by a calendar: `YYYY-MM-DD`, or `YYYY-MM-DD..YYYY-MM-DD` for a span. So whoever
//! reads it needs no calendar, and a calendar that is amended later changes nothing that was filed.

use std::fmt;

use super::beijing::Day;

/// Longest span, days.
const DAYS_MAX: usize = 31;
const TO: &str = "..";

/// A text that is no period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a period is written YYYY-MM-DD, or YYYY-MM-DD..YYYY-MM-DD for 2 to 31 days")]
pub struct NotAPeriod;

/// One day, or several that follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    first: Day,
    last: Day,
}

impl Period {
    /// The days from the first to the last, 1 to 31 of them.
    pub fn span(first: Day, last: Day) -> Result<Self, NotAPeriod> {
        let follows = std::iter::successors(Some(first), |day| Some(day.next())).take(DAYS_MAX).any(|day| day == last);
        if follows { Ok(Self { first, last }) } else { Err(NotAPeriod) }
    }

    /// Reads exactly what [`fmt::Display`] writes.
    pub fn parse(text: &str) -> Result<Self, NotAPeriod> {
        let day = |text| Day::parse(text).map_err(|_| NotAPeriod);
        match text.split_once(TO) {
            None => day(text).map(Self::from),
            Some((first, last)) if first != last => Self::span(day(first)?, day(last)?),
            Some(_) => Err(NotAPeriod),
        }
    }

    /// Its first day.
    pub fn first(self) -> Day {
        self.first
    }

    /// Its last day, on which it is due.
    pub fn last(self) -> Day {
        self.last
    }

    /// Whether a day belongs to it.
    pub fn contains(self, day: Day) -> bool {
        (self.first..=self.last).contains(&day)
    }
}

impl From<Day> for Period {
    fn from(day: Day) -> Self {
        Self { first: day, last: day }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last { write!(f, "{}", self.first) } else { write!(f, "{}{TO}{}", self.first, self.last) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_as_it_always_was_and_a_span_by_its_ends() {
        for text in ["2026-07-01", "2026-10-01..2026-10-07", "2025-12-31..2026-01-02"] {
            assert_eq!(Period::parse(text).unwrap().to_string(), text);
        }
        let october = Period::parse("2026-10-01..2026-10-07").unwrap();
        assert!(october.contains(Day::parse("2026-10-07").unwrap()) && !october.contains(Day::parse("2026-10-08").unwrap()));
    }

    #[test]
    fn only_one_spelling_of_a_period_is_a_period() {
        for bad in ["", "2026-10-1", "2026-10-01..", "2026-10-01..2026-10-01", "2026-10-02..2026-10-01", "2026-10-01..2026-11-01"]
        {
            assert_eq!(Period::parse(bad), Err(NotAPeriod), "{bad}");
        }
        assert!(Period::parse("2026-10-01..2026-10-31").is_ok());
    }
}
