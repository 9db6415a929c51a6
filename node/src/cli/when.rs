//! Moments as they are typed: a time of day, a day and a time, or how long from now. All of it in Beijing.

use dutynet_relay::{
    clock::{Clock as _, SystemClock},
    ids::UnixMillis,
};

use crate::{
    config,
    domain::beijing::{self, Day, TimeOfDay},
};

/// A moment to come: `30min`, `18:00` (today), `2026-07-01 18:00`; `None`: not one.
pub(super) fn from_now(text: &str, now: UnixMillis) -> Option<UnixMillis> {
    let text = text.trim();
    if let Some(from_now) = config::duration(text) {
        return Some(UnixMillis(now.0.checked_add(i64::try_from(from_now.as_millis()).ok()?)?));
    }
    of_day(text, now)
}

/// A moment that may have passed: `14:05` (today), `2026-07-01 14:05`; `None`: not one.
pub(super) fn past(text: &str) -> Option<UnixMillis> {
    of_day(text.trim(), SystemClock::default().wall())
}

fn of_day(text: &str, now: UnixMillis) -> Option<UnixMillis> {
    TimeOfDay::parse(text).ok().map(|time| Day::of(now).at(time)).or_else(|| beijing::moment(text).filter(|_| text.contains(':')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::beijing::rfc3339;

    #[test]
    fn a_time_to_sign_is_a_day_with_a_time_or_a_time_of_today_or_a_while() {
        let now = Day::parse("2026-07-01").unwrap().at(TimeOfDay::parse("09:00").unwrap());
        let read = |text: &str| from_now(text, now).map(|at| rfc3339(at)[..16].to_owned());
        assert_eq!(read("2026-07-02 17:00").as_deref(), Some("2026-07-02T17:00"));
        assert_eq!(read("2026-07-02T17:00").as_deref(), Some("2026-07-02T17:00"));
        assert_eq!(read("17:00").as_deref(), Some("2026-07-01T17:00"));
        assert_eq!(read(" 2h ").as_deref(), Some("2026-07-01T11:00"));
        for bad in ["", "17", "明天", "2026-07-02", "2026-7-2 17:00", "2026-07-02 25:00", "-2h", "99999999999999d"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
