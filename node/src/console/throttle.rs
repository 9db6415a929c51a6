//! Slows down whoever tries passwords: after five wrong ones in a row a name waits, each time twice as long, up to five minutes.
//!
//! Pure, and forgotten when the node starts anew. A try counts before the password is looked at, and is taken back when it was right, so that
//! nobody gets a hundred tries by sending them at once. A name that is no account is counted as one that is: nobody learns from a wait which
//! names there are. Bounded: where too many names were tried, the one that was wrong least often makes room, so that whoever waits still
//! waits, unless thousands of names were tried as often.

use std::collections::BTreeMap;

use dutynet_relay::ids::UnixMillis;

/// Wrong passwords that cost nothing.
const FREE: u32 = 5;
/// The first wait.
const FIRST_MS: i64 = 5_000;
/// The longest.
const LONGEST_MS: i64 = 300_000;
/// Names that are remembered.
const NAMES_MAX: usize = 4096;
/// More of a name than any account has.
const NAME_CHARS_MAX: usize = 64;

/// Passwords that were tried and not right, by name.
#[derive(Debug, Default)]
pub(super) struct Throttle(BTreeMap<String, Wrong>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Wrong {
    count: u32,
    last: UnixMillis,
}

impl Throttle {
    /// Counts a try, as if it were wrong. The error: it is none, because this name must still wait for so many milliseconds.
    pub(super) fn tries(&mut self, name: &str, now: UnixMillis) -> Result<(), i64> {
        if let Some(wait) = self.waits(name, now) {
            return Err(wait);
        }
        if !self.0.contains_key(cut(name)) {
            self.make_room();
        }
        let wrong = self.0.entry(cut(name).to_owned()).or_insert(Wrong { count: 0, last: now });
        *wrong = Wrong { count: wrong.count.saturating_add(1), last: now };
        Ok(())
    }

    /// It was right, and so is everything before it.
    pub(super) fn right(&mut self, name: &str) {
        self.0.remove(cut(name));
    }

    /// Nobody knows what it was.
    pub(super) fn take_back(&mut self, name: &str) {
        if let Some(wrong) = self.0.get_mut(cut(name)) {
            wrong.count = wrong.count.saturating_sub(1);
        }
    }

    fn waits(&self, name: &str, now: UnixMillis) -> Option<i64> {
        let wrong = self.0.get(cut(name))?;
        let doublings = wrong.count.checked_sub(FREE)?.min(16);
        let wait = FIRST_MS.saturating_mul(1 << doublings).min(LONGEST_MS);
        let left = wrong.last.0.saturating_add(wait).saturating_sub(now.0);
        // A clock that was set back makes nobody wait longer than that.
        (left > 0).then(|| left.min(wait))
    }

    fn make_room(&mut self) {
        if self.0.len() >= NAMES_MAX
            && let Some(least) = self.0.iter().min_by_key(|(_, wrong)| **wrong).map(|(name, _)| name.clone())
        {
            self.0.remove(&least);
        }
    }
}

fn cut(name: &str) -> &str {
    name.char_indices().nth(NAME_CHARS_MAX).map_or(name, |(end, _)| &name[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_wrong_password_waits_and_each_further_one_twice_as_long_up_to_five_minutes() {
        let (mut throttle, mut now) = (Throttle::default(), UnixMillis(1_000_000));
        for _ in 0..5 {
            assert_eq!(throttle.tries("li", now), Ok(()));
        }
        for wait in [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000] {
            assert_eq!(throttle.tries("li", now), Err(wait));
            assert_eq!(throttle.tries("li", UnixMillis(now.0 + 1)), Err(wait - 1), "whoever waits is not counted");
            now = UnixMillis(now.0 + wait);
            assert_eq!(throttle.tries("li", now), Ok(()));
        }
        assert_eq!(throttle.tries("wang", now), Ok(()));
    }

    #[test]
    fn a_right_password_clears_the_name_and_a_fault_of_the_machine_counts_for_nobody() {
        let (mut throttle, now) = (Throttle::default(), UnixMillis(0));
        for _ in 0..100 {
            throttle.tries("li", now).unwrap();
            throttle.take_back("li");
        }
        (0..5).for_each(|_| throttle.tries("li", now).unwrap());
        throttle.right("li");
        assert_eq!(throttle.tries("li", now), Ok(()));
    }

    #[test]
    fn a_clock_that_is_set_back_makes_nobody_wait_longer() {
        let mut throttle = Throttle::default();
        (0..5).for_each(|_| throttle.tries("li", UnixMillis(4_070_880_000_000)).unwrap());
        assert_eq!(throttle.tries("li", UnixMillis(0)), Err(5_000));
    }

    #[test]
    fn names_take_a_bounded_place_and_many_of_them_set_nobody_free() {
        let (mut throttle, now) = (Throttle::default(), UnixMillis(0));
        (0..5).for_each(|_| throttle.tries("li", now).unwrap());
        for other in 0..NAMES_MAX * 2 {
            throttle.tries(&format!("{other}{}", "x".repeat(10_000)), now).unwrap();
        }
        assert_eq!(throttle.tries("li", now), Err(5_000));
        assert_eq!(throttle.0.len(), NAMES_MAX);
        assert!(throttle.0.keys().all(|name| name.len() <= NAME_CHARS_MAX));
    }
}
