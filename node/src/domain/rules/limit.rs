//! Until when something is owed.

use std::cmp::Ordering;

use dutynet_relay::ids::UnixMillis;

use super::{
    cited::Cited,
    duty::{Basis, Receiver},
};
use crate::domain::beijing::{Day, TimeOfDay};

/// One row's answer: until when, and which rule says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// The row.
    pub cited: Cited,
    /// From which moment the clock runs.
    pub basis: Basis,
    /// How long.
    pub limit: Limited,
    /// To whom it is owed.
    pub to: Receiver,
    /// Rows with one receiver and one slot compete, and the strictest wins; each further slot is owed, too (续报 at 8:00 and at 17:00).
    /// Empty in most rows.
    pub slot: String,
    /// What the row says, for people, e.g. 县级政府向市政府报告.
    pub says: String,
}

/// How long a clock runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limited {
    /// So many milliseconds after the basis.
    Within(i64),
    /// Until a time of day, on the day of the basis.
    By(TimeOfDay),
    /// Until the end of the day that is so many days before the day of the basis.
    DaysBefore(u16),
    /// 立即: no figure that a machine could judge by. What has a figure decides instead, where both apply.
    AtOnce,
}

const DAY_MS: i64 = 86_400_000;

impl Limited {
    /// The moment at which it is due, given when its clock began; `None`: at once, which no clock measures.
    pub fn due(self, began: UnixMillis) -> Option<UnixMillis> {
        match self {
            Self::Within(millis) => Some(UnixMillis(began.0.saturating_add(millis))),
            Self::By(time) => Some(Day::of(began).at(time)),
            Self::DaysBefore(days) => Some(UnixMillis(Day::of(began).midnight().0 - (i64::from(days) - 1) * DAY_MS)),
            Self::AtOnce => None,
        }
    }

    /// Strictest first, as if all clocks began with the day; 立即 last, because whatever has a figure is what 立即 means at the latest.
    pub fn strictness(self, other: Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }

    fn rank(self) -> (u8, i64) {
        match self {
            Self::DaysBefore(days) => (0, -i64::from(days)),
            Self::Within(millis) => (0, millis),
            Self::By(time) => (0, millis_of(time)),
            Self::AtOnce => (1, 0),
        }
    }
}

impl Limit {
    /// The moment at which it is due, given when its clock began; `None`: at once, which no clock measures.
    pub fn due(&self, began: UnixMillis) -> Option<UnixMillis> {
        self.limit.due(began)
    }
}

fn millis_of(time: TimeOfDay) -> i64 {
    let day = Day::of(UnixMillis(0));
    day.at(time).0 - day.midnight().0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::beijing::rfc3339;

    fn time(text: &str) -> TimeOfDay {
        TimeOfDay::parse(text).unwrap()
    }

    #[test]
    fn what_is_due_is_due_to_the_moment() {
        let day = Day::parse("2026-10-01").unwrap();
        let began = day.at(time("23:50"));
        let due = |limit: Limited| limit.due(began).map(rfc3339);
        assert_eq!(due(Limited::Within(3_600_000)).as_deref(), Some("2026-10-02T00:50:00.000+08:00"));
        assert_eq!(due(Limited::By(time("17:00"))).as_deref(), Some("2026-10-01T17:00:00.000+08:00"));
        assert_eq!(due(Limited::DaysBefore(3)).as_deref(), Some("2026-09-29T00:00:00.000+08:00"));
        assert_eq!(due(Limited::AtOnce), None);
    }

    #[test]
    fn the_strictest_comes_first_and_at_once_last() {
        let mut limits = [
            Limited::AtOnce,
            Limited::Within(7_200_000),
            Limited::By(time("01:00")),
            Limited::Within(900_000),
            Limited::DaysBefore(3),
        ];
        limits.sort_by(|a, b| a.strictness(*b));
        let wanted = [
            Limited::DaysBefore(3),
            Limited::Within(900_000),
            Limited::By(time("01:00")),
            Limited::Within(7_200_000),
            Limited::AtOnce,
        ];
        assert_eq!(limits, wanted);
    }
}
