//! Slows down whoever tries passwords: after five wrong ones in a row an account waits, each time twice as long, up to five minutes.
//!
//! Pure, and forgotten when the node starts anew. Bounded: names that were tried and are no accounts are counted together.

use std::collections::BTreeMap;

use dutynet_relay::ids::UnixMillis;

/// Wrong passwords that cost nothing.
const FREE: u32 = 5;
/// The first wait.
const FIRST_MS: i64 = 5_000;
/// The longest.
const LONGEST_MS: i64 = 300_000;

/// Wrong passwords by account.
#[derive(Debug, Default)]
pub(super) struct Throttle(BTreeMap<String, Wrong>);

#[derive(Debug, Clone, Copy)]
struct Wrong {
    count: u32,
    last: UnixMillis,
}

impl Throttle {
    /// For how long this account must still wait, milliseconds; `None`: it need not.
    pub(super) fn waits(&self, account: &str, now: UnixMillis) -> Option<i64> {
        let wrong = self.0.get(account)?;
        let doublings = wrong.count.checked_sub(FREE)?.min(16);
        let wait = FIRST_MS.saturating_mul(1 << doublings).min(LONGEST_MS);
        let left = wrong.last.0.saturating_add(wait).saturating_sub(now.0);
        // A clock that was set back makes nobody wait longer than that.
        (left > 0).then(|| left.min(wait))
    }

    /// A wrong password.
    pub(super) fn wrong(&mut self, account: &str, now: UnixMillis) {
        let wrong = self.0.entry(account.to_owned()).or_insert(Wrong { count: 0, last: now });
        *wrong = Wrong { count: wrong.count.saturating_add(1), last: now };
    }

    /// A right one.
    pub(super) fn right(&mut self, account: &str) {
        self.0.remove(account);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_wrong_password_waits_and_each_further_one_twice_as_long_up_to_five_minutes() {
        let (mut throttle, now) = (Throttle::default(), UnixMillis(1_000_000));
        for _ in 0..4 {
            throttle.wrong("li", now);
        }
        assert_eq!(throttle.waits("li", now), None);
        for wait in [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000] {
            throttle.wrong("li", now);
            assert_eq!(throttle.waits("li", now), Some(wait));
        }
        assert_eq!(throttle.waits("li", UnixMillis(now.0 + 300_000)), None);
        assert_eq!(throttle.waits("wang", now), None);
    }

    #[test]
    fn a_right_password_clears_the_account() {
        let (mut throttle, now) = (Throttle::default(), UnixMillis(0));
        (0..9).for_each(|_| throttle.wrong("li", now));
        throttle.right("li");
        assert_eq!(throttle.waits("li", now), None);
    }

    #[test]
    fn a_clock_that_is_set_back_makes_nobody_wait_longer() {
        let mut throttle = Throttle::default();
        (0..5).for_each(|_| throttle.wrong("li", UnixMillis(4_070_880_000_000)));
        assert_eq!(throttle.waits("li", UnixMillis(0)), Some(5_000));
    }
}
