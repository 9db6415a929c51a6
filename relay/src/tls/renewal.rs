//! For how long a leaf is signed, and when it wants to be signed anew. Pure.
//!
//! A leaf begins a tenth of its life before it is signed, so that a signer whose clock is set back a little still calls it begun. It wants
//! renewing when no more than a third of that span is left, and also when it has not begun: then the signer's clock was ahead when it
//! signed, and the end that it wrote may be in another century.

use std::time::Duration;

use crate::ids::UnixMillis;

/// First and last moment of a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// First moment.
    pub not_before: UnixMillis,
    /// Last moment.
    pub not_after: UnixMillis,
}

impl Validity {
    /// Of a leaf that is signed now, by the signer's clock. In whole seconds, as a certificate says it.
    pub fn from(now: UnixMillis, valid: Duration) -> Self {
        let valid = i64::try_from(valid.as_millis()).unwrap_or(i64::MAX);
        let second = |ms: i64| UnixMillis(ms - ms.rem_euclid(1000));
        Self { not_before: second(now.0.saturating_sub(valid / 10)), not_after: second(now.0.saturating_add(valid)) }
    }

    /// Whether the leaf should be signed anew, when the signer's clock says `now`.
    pub fn wants_renewal(self, now: UnixMillis) -> bool {
        let life = self.not_after.0.saturating_sub(self.not_before.0);
        now < self.not_before || now.0 >= self.not_after.0.saturating_sub(life / 3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 3600 * 1000;
    const NOW: UnixMillis = UnixMillis(1_780_000_000_000);

    #[test]
    fn a_leaf_is_renewed_when_a_third_of_its_life_is_left_and_not_sooner() {
        let leaf = Validity::from(NOW, Duration::from_secs(90 * 24 * 3600));
        assert_eq!((leaf.not_before.0, leaf.not_after.0), (NOW.0 - 9 * DAY, NOW.0 + 90 * DAY));
        assert_eq!(Validity::from(UnixMillis(NOW.0 + 999), Duration::from_secs(90 * 24 * 3600)), leaf, "whole seconds");
        for (day, wants) in [(-9, false), (0, false), (56, false), (57, true), (90, true), (400, true)] {
            assert_eq!(leaf.wants_renewal(UnixMillis(NOW.0 + day * DAY)), wants, "day {day}");
        }
    }

    #[test]
    fn a_leaf_of_a_clock_that_was_ahead_is_renewed_once_the_clock_is_right() {
        let leaf = Validity::from(UnixMillis(4_070_908_800_000), Duration::from_secs(3600));
        assert!(leaf.wants_renewal(NOW));
    }

    #[test]
    fn the_shortest_leaf_does_not_want_renewing_at_once() {
        assert!(!Validity::from(NOW, Duration::from_secs(3600)).wants_renewal(NOW));
        assert!(Validity::from(UnixMillis(i64::MAX), Duration::MAX).wants_renewal(NOW), "no overflow");
    }
}
