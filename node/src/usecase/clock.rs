//! What an office makes of clocks that differ: who is told, and which day it is when the own clock cannot be right.
//!
//! The day of a report is the day in Beijing by this machine's clock. Where the parent's clock is known to say otherwise, the officer is told
//! and nothing is blocked: whatever either clock allows is taken.

use dutynet_relay::{ids::UnixMillis, relay::LinkStatus};

use super::{Office, Warning, WarningKind};
use crate::{
    domain::{
        beijing::{self, Day},
        period::Period,
    },
    text::clock,
};

/// Clocks further apart than this are shown on both sides, ms.
pub const SKEW_MAX_MS: i64 = 5_000;

/// What is known of the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clocks {
    /// This machine's.
    pub(super) own: UnixMillis,
    /// The parent's, where it is known to be another.
    parent: Option<UnixMillis>,
}

impl Clocks {
    /// The moment by which a day is named: by the own clock, unless that cannot be right and the parent's is known.
    pub(super) fn today(self) -> UnixMillis {
        self.parent.filter(|_| !is_possible(self.own)).unwrap_or(self.own)
    }

    /// Every moment that it may be, the own clock's first. Where that cannot be right and nothing else is known, a period that somebody
    /// names is believed.
    pub(super) fn possible(self, named: Period) -> Vec<UnixMillis> {
        let believed = (self.parent.is_none() && !is_possible(self.own)).then(|| named.first().midnight());
        std::iter::once(self.own).chain(self.parent).chain(believed).collect()
    }

    /// Something to say about the day, when the clocks do not agree on it, or the own one cannot be right.
    pub(super) fn doubt(self, period: Period) -> Option<Warning> {
        let about = match self.parent {
            Some(parent) if Day::of(parent) != Day::of(self.own) => {
                clock::days(&period.to_string(), &Day::of(self.own).to_string(), &Day::of(parent).to_string())
            }
            None if !is_possible(self.own) => clock::day_unsure(&period.to_string(), &beijing::rfc3339(self.own)),
            Some(_) | None => return None,
        };
        Some(Warning { kind: WarningKind::DayDoubtful, about, since: None })
    }
}

impl Office {
    pub(super) fn clocks(&self) -> Clocks {
        let own = self.now();
        let links = self.relay().links();
        let offset = links.iter().find(|link| link.is_parent).map_or(0, |link| link.state.offset_ms);
        let parent = (offset.abs() > SKEW_MAX_MS).then(|| UnixMillis(own.0.saturating_add(offset)));
        Clocks { own, parent }
    }
}

/// What is to be said of clocks: this one's, and those of neighbours that differ.
pub(super) fn warnings(now: UnixMillis, links: &[LinkStatus]) -> Vec<Warning> {
    let plain = |kind, about| Warning { kind, about, since: None };
    let wrong = (!is_possible(now)).then(|| plain(WarningKind::ClockWrong, beijing::rfc3339(now)));
    let differs = links.iter().filter(|link| link.state.offset_ms.abs() > SKEW_MAX_MS).map(|link| {
        let office = link.office.as_str();
        match link.is_parent {
            // Ours against the parent's, and the child's against ours.
            true => plain(WarningKind::ClockSkew, clock::against(office, link.state.offset_ms.saturating_neg())),
            false => plain(WarningKind::ClockSkewBelow, clock::of_child(office, link.state.offset_ms)),
        }
    });
    wrong.into_iter().chain(differs).collect()
}

/// This program was not there before, and nobody will have it after.
fn is_possible(now: UnixMillis) -> bool {
    beijing::EARLIEST <= now && Day::of(now).year() < 2100
}

#[cfg(test)]
mod tests {
    use super::*;

    const JULY: UnixMillis = UnixMillis(1_782_867_600_000);
    const DAY: i64 = 86_400_000;

    fn period(text: &str) -> Period {
        Period::parse(text).unwrap()
    }

    #[test]
    fn the_own_clock_names_the_day_unless_it_cannot_be_right() {
        let fast = Clocks { own: UnixMillis(JULY.0 + DAY), parent: Some(JULY) };
        assert_eq!(fast.today(), fast.own);
        for own in [UnixMillis(0), UnixMillis(4_102_444_800_000)] {
            assert_eq!(Clocks { own, parent: Some(JULY) }.today(), JULY);
            assert_eq!(Clocks { own, parent: None }.today(), own, "nothing better is known");
        }
    }

    #[test]
    fn an_officer_is_told_when_the_clocks_name_different_days() {
        let named = period("2026-07-01");
        assert_eq!(Clocks { own: JULY, parent: None }.doubt(named), None);
        assert_eq!(Clocks { own: UnixMillis(JULY.0 + 60_000), parent: Some(JULY) }.doubt(named), None, "the same day");
        let told = Clocks { own: UnixMillis(JULY.0 + DAY), parent: Some(JULY) }.doubt(named).unwrap();
        assert_eq!(told.kind, WarningKind::DayDoubtful);
        assert!(told.about.contains("2026-07-02") && told.about.contains("2026-07-01"), "{}", told.about);
        assert!(Clocks { own: UnixMillis(0), parent: None }.doubt(named).is_some());
    }

    #[test]
    fn a_named_period_is_believed_where_no_clock_can_be() {
        let (lost, named) = (Clocks { own: UnixMillis(0), parent: None }, period("2026-07-01"));
        assert_eq!(lost.possible(named), [UnixMillis(0), period("2026-07-01").first().midnight()]);
        assert_eq!(Clocks { own: JULY, parent: None }.possible(named), [JULY]);
    }
}
