//! Days and times of the duty calendar: Asia/Shanghai, which is UTC+8 all year, whatever zone the machine is set to.
//!
//! No time-zone database is read. A [`Day`] is what a daily form is about; a [`TimeOfDay`] is a cut-off.

use std::fmt;

use chrono::{DateTime, Datelike as _, FixedOffset, NaiveDate, NaiveTime, SecondsFormat, Timelike as _, Utc, Weekday};
use dutynet_relay::ids::UnixMillis;

/// 2026-01-01 in Beijing: this program was not there before, so a clock that says so cannot be right.
pub const EARLIEST: UnixMillis = UnixMillis(1_767_196_800_000);

const OFFSET_SECONDS: i32 = 8 * 3600;
const YEAR_MIN: i32 = 2000;
const YEAR_MAX: i32 = 2199;

/// A text that is no day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a day is written YYYY-MM-DD, from 2000-01-01 to 2199-12-31")]
pub struct NotADay;

/// A text that is no time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a time of day is written HH:MM, from 00:00 to 23:59")]
pub struct NotATime;

/// One day in Beijing, written `YYYY-MM-DD`; 2000 to 2199.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(NaiveDate);

impl Day {
    /// Reads exactly `YYYY-MM-DD`; no other spelling of the same day is allowed, because periods are compared as text.
    pub fn parse(text: &str) -> Result<Self, NotADay> {
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| NotADay)?;
        let day = Self(date);
        let fits = (YEAR_MIN..=YEAR_MAX).contains(&date.year()) && day.to_string() == text;
        if fits { Ok(day) } else { Err(NotADay) }
    }

    /// The day in Beijing at a moment.
    pub fn of(at: UnixMillis) -> Self {
        Self(beijing(at).date_naive())
    }

    /// Its year.
    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// Whether it is a Saturday or a Sunday.
    pub fn is_weekend(self) -> bool {
        matches!(self.0.weekday(), Weekday::Sat | Weekday::Sun)
    }

    /// `MM-DD`, for people who know the year.
    pub fn short(self) -> String {
        format!("{:02}-{:02}", self.0.month(), self.0.day())
    }

    /// The day before; the first day of the calendar has none and is its own.
    pub fn previous(self) -> Self {
        Self(self.0.pred_opt().unwrap_or(self.0))
    }

    /// The day after; the last day of the calendar is followed by itself.
    #[must_use]
    pub fn next(self) -> Self {
        self.0.succ_opt().map_or(self, Self)
    }

    /// The moment at which it begins.
    pub fn midnight(self) -> UnixMillis {
        self.at(TimeOfDay(NaiveTime::MIN))
    }

    /// The moment of a time of day on this day.
    pub fn at(self, time: TimeOfDay) -> UnixMillis {
        let local = self.0.and_time(time.0).and_utc().timestamp_millis();
        UnixMillis(local - i64::from(OFFSET_SECONDS) * 1000)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
    }
}

/// A time of day to the minute, written `HH:MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay(NaiveTime);

impl TimeOfDay {
    /// Reads exactly `HH:MM`.
    pub fn parse(text: &str) -> Result<Self, NotATime> {
        let time = Self(NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| NotATime)?);
        if time.to_string() == text { Ok(time) } else { Err(NotATime) }
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0.hour(), self.0.minute())
    }
}

/// A moment as people type it, in Beijing: a day, which is its midnight, or a day and a time of day after a blank or a `T`; or as
/// [`rfc3339`] writes it.
pub fn moment(text: &str) -> Option<UnixMillis> {
    if let Ok(day) = Day::parse(text) {
        return Some(day.midnight());
    }
    if let Some((day, time)) = text.split_once(['T', ' '])
        && let (Ok(day), Ok(time)) = (Day::parse(day), TimeOfDay::parse(time))
    {
        return Some(day.at(time));
    }
    DateTime::parse_from_rfc3339(text).ok().map(|at| UnixMillis(at.timestamp_millis()))
}

/// RFC 3339 with `+08:00`, to the millisecond, for machines.
pub fn rfc3339(at: UnixMillis) -> String {
    beijing(at).to_rfc3339_opts(SecondsFormat::Millis, false)
}

/// `YYYY-MM-DD HH:MM`, as [`moment`] reads it.
pub fn minute(at: UnixMillis) -> String {
    rfc3339(at).chars().take("YYYY-MM-DDTHH:MM".len()).collect::<String>().replace('T', " ")
}

/// `MM-DD HH:MM:SS` within a year of `now`, else with the year, for people.
pub fn for_people(at: UnixMillis, now: UnixMillis) -> String {
    let (at, now) = (beijing(at), beijing(now));
    let (month, day, hour, minute, second) = (at.month(), at.day(), at.hour(), at.minute(), at.second());
    let short = format!("{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}");
    if at.year() == now.year() { short } else { format!("{:04}-{short}", at.year()) }
}

fn beijing(at: UnixMillis) -> DateTime<FixedOffset> {
    let zone = FixedOffset::east_opt(OFFSET_SECONDS).expect("eight hours is an offset");
    DateTime::<Utc>::from_timestamp_millis(at.0).unwrap_or(DateTime::UNIX_EPOCH).with_timezone(&zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_beijing() {
        let midnight = Day::parse("2026-07-01").unwrap().at(TimeOfDay::parse("00:00").unwrap());
        assert_eq!(rfc3339(midnight), "2026-07-01T00:00:00.000+08:00");
        assert_eq!(Day::of(midnight).to_string(), "2026-07-01");
        assert_eq!(Day::of(UnixMillis(midnight.0 - 1)).to_string(), "2026-06-30");
    }

    #[test]
    fn a_moment_is_typed_in_beijing_time() {
        let said = [
            ("2026-07-01", "2026-07-01T00:00:00.000+08:00"),
            ("2026-07-01 09:30", "2026-07-01T09:30:00.000+08:00"),
            ("2026-07-01T09:30", "2026-07-01T09:30:00.000+08:00"),
            ("2026-07-01T01:30:00Z", "2026-07-01T09:30:00.000+08:00"),
        ];
        for (typed, meant) in said {
            assert_eq!(moment(typed).map(rfc3339).as_deref(), Some(meant), "{typed}");
        }
        for bad in ["", "昨天", "2026-13-01", "2026-07-01 25:00", "2026-07-01 09:30:xx"] {
            assert_eq!(moment(bad), None, "{bad}");
        }
    }

    #[test]
    fn only_one_spelling_of_a_day_is_a_day() {
        for bad in ["", "2026-7-1", "2026-02-30", "1999-12-31", "2200-01-01", "+2026-07-01", "2026-07-01 ", "今天"] {
            assert_eq!(Day::parse(bad), Err(NotADay), "{bad}");
        }
        assert!(Day::parse("2024-02-29").is_ok());
    }

    #[test]
    fn only_one_spelling_of_a_time_is_a_time() {
        for bad in ["", "24:00", "7:00", "17:60", "17:00:00"] {
            assert_eq!(TimeOfDay::parse(bad), Err(NotATime), "{bad}");
        }
        assert_eq!(TimeOfDay::parse("17:00").unwrap().to_string(), "17:00");
    }

    #[test]
    fn the_year_is_written_only_when_it_is_another() {
        let day = Day::parse("2026-01-01").unwrap();
        let at = day.at(TimeOfDay::parse("08:30").unwrap());
        assert_eq!(for_people(at, at), "01-01 08:30:00");
        assert_eq!(for_people(UnixMillis(at.0 - 9 * 3_600_000), at), "2025-12-31 23:30:00");
    }

    #[test]
    fn the_day_after_crosses_years() {
        assert_eq!(Day::parse("2025-12-31").unwrap().next().to_string(), "2026-01-01");
    }
}
