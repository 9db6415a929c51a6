//! When to try again: uniform(0, min(60 s, 1 s · 2ⁿ)), for ever. The only file that names `backoff`.
//!
//! That crate gives up after 15 minutes and spreads by ± 50 % unless told otherwise. Here it only counts up to the ceiling; the spread is
//! the whole width below it, so that a thousand children of a parent that comes back do not come at once, and the randomness is the
//! caller's, so that a simulation can be repeated.

use std::time::Duration;

use backoff::{ExponentialBackoff, backoff::Backoff as _};
use rand::{Rng as _, SeedableRng as _, rngs::SmallRng};

use super::end::RetryHint;

/// First ceiling.
pub const CEILING_FIRST: Duration = Duration::from_secs(1);
/// Last ceiling.
pub const CEILING_MAX: Duration = Duration::from_secs(60);

/// The schedule of one link.
#[derive(Debug)]
pub struct Retry {
    ceiling: ExponentialBackoff,
    random: SmallRng,
}

impl Retry {
    /// With the usual ceilings.
    pub fn new(seed: u64) -> Self {
        Self::between(CEILING_FIRST, CEILING_MAX, seed)
    }

    /// With other ceilings, for demonstrations and tests.
    pub fn between(first: Duration, max: Duration, seed: u64) -> Self {
        let ceiling = ExponentialBackoff {
            current_interval: first,
            initial_interval: first,
            randomization_factor: 0.0,
            multiplier: 2.0,
            max_interval: max,
            max_elapsed_time: None,
            ..ExponentialBackoff::default()
        };
        Self { ceiling, random: SmallRng::seed_from_u64(seed) }
    }

    /// How long to wait before the next attempt.
    pub fn delay(&mut self, hint: RetryHint) -> Duration {
        match hint {
            RetryHint::Soon => {
                self.succeeded();
                self.draw()
            }
            RetryHint::Schedule => self.draw(),
            RetryHint::NotBefore(least) => least + self.draw(),
        }
    }

    /// A session was worth something: the next delay is a short one again.
    pub fn succeeded(&mut self) {
        self.ceiling.current_interval = self.ceiling.initial_interval;
    }

    fn draw(&mut self) -> Duration {
        let ceiling = self.ceiling.next_backoff().unwrap_or(self.ceiling.max_interval);
        self.random.random_range(Duration::ZERO..=ceiling)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// To the last ceiling.
    fn climb(retry: &mut Retry) {
        for _ in 0..10 {
            retry.delay(RetryHint::Schedule);
        }
    }

    #[test]
    fn the_ceiling_doubles_up_to_a_minute_and_it_never_gives_up() {
        let mut retry = Retry::new(7);
        let mut ceiling = CEILING_FIRST;
        for _ in 0..10_000 {
            assert!(retry.delay(RetryHint::Schedule) <= ceiling);
            ceiling = (ceiling * 2).min(CEILING_MAX);
        }
    }

    #[test]
    fn delays_spread_over_the_whole_width() {
        let mut retry = Retry::new(7);
        climb(&mut retry);
        let delays = (0..1_000).map(|_| retry.delay(RetryHint::Schedule)).collect::<Vec<_>>();
        for tenth in 0..10 {
            let (from, to) = (CEILING_MAX * tenth / 10, CEILING_MAX * (tenth + 1) / 10);
            let within = delays.iter().filter(|delay| (from..to).contains(*delay)).count();
            assert!((50..200).contains(&within), "{within} of 1000 between {from:?} and {to:?}");
        }
    }

    #[test]
    fn success_and_a_hint_to_come_soon_start_it_over() {
        let mut retry = Retry::new(7);
        climb(&mut retry);
        retry.succeeded();
        assert!(retry.delay(RetryHint::Schedule) <= CEILING_FIRST);
        climb(&mut retry);
        assert!(retry.delay(RetryHint::Soon) <= CEILING_FIRST);
    }

    #[test]
    fn a_hint_is_the_least() {
        let mut retry = Retry::new(7);
        let least = Duration::from_secs(30);
        let delay = retry.delay(RetryHint::NotBefore(least));
        assert!((least..=least + CEILING_FIRST).contains(&delay));
    }

    #[test]
    fn the_same_seed_gives_the_same_delays() {
        let (mut one, mut other) = (Retry::new(3), Retry::new(3));
        for _ in 0..100 {
            assert_eq!(one.delay(RetryHint::Schedule), other.delay(RetryHint::Schedule));
        }
    }
}
