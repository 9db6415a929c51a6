//! How far our clock is from the neighbour's, from heartbeats that echo the last clock heard. Of the last measurements the one that took
//! the shortest way counts: it has the least room for error.

use std::{collections::VecDeque, time::Duration};

use super::event::Now;
use crate::ids::UnixMillis;

const REMEMBERED: usize = 8;
/// A measurement that is further from the others than distance can explain means that somebody has set a clock.
const SET_BY_HAND_MS: i64 = 1_000;

/// Measures one neighbour.
#[derive(Debug, Default)]
pub(super) struct Offset {
    /// Clocks that we told, and when.
    told: VecDeque<(UnixMillis, Duration)>,
    samples: VecDeque<Sample>,
    said: Option<i64>,
}

#[derive(Debug, Clone, Copy)]
struct Sample {
    /// There and back.
    way_ms: i64,
    /// Ours minus theirs.
    offset_ms: i64,
}

impl Offset {
    /// We have told our clock.
    pub(super) fn told(&mut self, now: Now) {
        push(&mut self.told, (now.wall, now.since));
    }

    /// The neighbour has told its clock and echoed one of ours that came `age_ms` before. A new best measure, if it is one.
    pub(super) fn heard(&mut self, now: Now, clock: UnixMillis, echo: (UnixMillis, u64)) -> Option<i64> {
        let (_, told_at) = self.told.iter().rev().find(|(wall, _)| *wall == echo.0)?;
        let away = i64::try_from(now.since.checked_sub(*told_at)?.as_millis()).ok()?;
        let way_ms = away.checked_sub(i64::try_from(echo.1).ok()?).filter(|way| *way >= 0)?;
        let sample = Sample { way_ms, offset_ms: now.wall.0.saturating_sub(clock.0.saturating_add(way_ms / 2)) };
        let far =
            |old: &Sample| sample.offset_ms.abs_diff(old.offset_ms) > (way_ms.max(old.way_ms) + SET_BY_HAND_MS).unsigned_abs();
        if self.best().is_some_and(|best| far(&best)) {
            self.samples.clear();
        }
        push(&mut self.samples, sample);
        let best = self.best().map(|best| best.offset_ms);
        let news = best.filter(|best| self.said != Some(*best));
        self.said = best;
        news
    }

    fn best(&self) -> Option<Sample> {
        self.samples.iter().copied().min_by_key(|sample| sample.way_ms)
    }
}

fn push<T>(to: &mut VecDeque<T>, what: T) {
    if to.len() == REMEMBERED {
        to.pop_front();
    }
    to.push_back(what);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(since_ms: u64, wall: i64) -> Now {
        Now { since: Duration::from_millis(since_ms), wall: UnixMillis(wall) }
    }

    #[test]
    fn half_the_way_is_taken_off() {
        let mut offset = Offset::default();
        offset.told(at(0, 10_000));
        // 40 ms there, 5 s in their hands, 40 ms back; their clock is 700 ms ahead.
        assert_eq!(offset.heard(at(5_080, 15_080), UnixMillis(15_740), (UnixMillis(10_000), 5_000)), Some(-700));
    }

    #[test]
    fn the_shortest_way_counts() {
        let mut offset = Offset::default();
        offset.told(at(0, 0));
        assert_eq!(offset.heard(at(10, 10), UnixMillis(1_005), (UnixMillis(0), 0)), Some(-1_000));
        offset.told(at(1_000, 1_000));
        // 800 ms there, 10 ms back: on its own it would say something else.
        assert_eq!(offset.heard(at(1_810, 1_810), UnixMillis(2_800), (UnixMillis(1_000), 0)), None);
    }

    #[test]
    fn a_clock_that_was_set_is_believed_at_once() {
        let mut offset = Offset::default();
        offset.told(at(0, 0));
        assert_eq!(offset.heard(at(10, 10), UnixMillis(5), (UnixMillis(0), 0)), Some(0));
        offset.told(at(1_000, 1_000));
        assert_eq!(offset.heard(at(1_100, 1_100), UnixMillis(61_050), (UnixMillis(1_000), 0)), Some(-60_000));
    }

    #[test]
    fn echoes_of_clocks_that_were_never_told_say_nothing() {
        let mut offset = Offset::default();
        offset.told(at(0, 0));
        assert_eq!(offset.heard(at(10, 10), UnixMillis(5), (UnixMillis(77), 0)), None);
        assert_eq!(offset.heard(at(10, 10), UnixMillis(5), (UnixMillis(0), 11)), None);
        assert_eq!(offset.heard(at(10, 10), UnixMillis(i64::MIN), (UnixMillis(0), u64::MAX)), None);
    }
}
