//! How long neighbours have been off, by time that this node has seen pass while it ran, summed over its runs.
//!
//! Wall clocks say nothing here: one that is set to 2099 would make every absence a long one. Time in which the node itself was off does
//! not count either: nobody waited then. What a run has seen is kept each hour and when it ends; what a kill takes away makes an absence
//! look shorter.

use std::{collections::BTreeMap, fmt::Write as _, time::Duration};

use crate::{
    hub::LinkState,
    ids::{OfficeId, UnixMillis},
};

/// Between two times that it is kept.
const KEPT_EVERY: Duration = Duration::from_secs(3600);

/// See the module.
#[derive(Debug)]
pub(super) struct Absences {
    off: BTreeMap<OfficeId, Absence>,
    looked_at: Duration,
    kept_at: Duration,
    /// Somebody is back who is kept as being off: to be kept at once, or the next run would go on counting.
    is_outdated: bool,
}

#[derive(Debug)]
struct Absence {
    /// When the line went down, as a name for this absence; `None`: not looked at yet in this run.
    named: Option<Option<UnixMillis>>,
    seen: Duration,
    /// What of it is kept.
    kept: Duration,
}

impl Absences {
    /// From what [`Self::keep`] made; what is not of its making is left out. `now`: by the monotonic clock.
    pub(super) fn read(text: &str, now: Duration) -> Self {
        let line = |line: &str| {
            let (office, ms) = line.split_once(' ')?;
            let seen = Duration::from_millis(ms.parse().ok()?);
            Some((OfficeId::parse(office).ok()?, Absence { named: None, seen, kept: seen }))
        };
        Self { off: text.lines().filter_map(line).collect(), looked_at: now, kept_at: now, is_outdated: false }
    }

    /// Looks at every neighbour that counts; a line that nobody ever saw is one that is off.
    pub(super) fn look<'a>(&mut self, now: Duration, links: impl Iterator<Item = (&'a OfficeId, Option<&'a LinkState>)>) {
        let passed = now.saturating_sub(self.looked_at);
        self.looked_at = now;
        let mut before = std::mem::take(&mut self.off);
        for (neighbour, link) in links {
            let name = link.and_then(|link| link.since);
            let went_on = before.remove(neighbour);
            if link.is_some_and(|link| link.up) {
                self.is_outdated |= went_on.is_some_and(|absence| !absence.kept.is_zero());
                continue;
            }
            let absence = match went_on {
                Some(absence) if absence.named == Some(name) => Absence { seen: absence.seen + passed, ..absence },
                Some(absence) if absence.named.is_none() => Absence { named: Some(name), ..absence },
                // It was back between two looks.
                other => {
                    self.is_outdated |= other.is_some_and(|absence| !absence.kept.is_zero());
                    Absence { named: Some(name), seen: Duration::ZERO, kept: Duration::ZERO }
                }
            };
            self.off.insert(neighbour.clone(), absence);
        }
    }

    /// How long it has been off; `None`: it is not.
    pub(super) fn of(&self, neighbour: &OfficeId) -> Option<Duration> {
        self.off.get(neighbour).map(|absence| absence.seen)
    }

    /// Whether it is time to keep it.
    pub(super) fn want_keeping(&self) -> bool {
        self.is_outdated || (self.looked_at.saturating_sub(self.kept_at) >= KEPT_EVERY && self.have_changed())
    }

    /// Whether something is not kept yet.
    pub(super) fn have_changed(&self) -> bool {
        self.is_outdated || self.off.values().any(|absence| absence.seen != absence.kept)
    }

    /// To be kept now.
    pub(super) fn keep(&mut self) -> String {
        self.kept_at = self.looked_at;
        self.is_outdated = false;
        let mut text = String::new();
        for (office, absence) in &mut self.off {
            absence.kept = absence.seen;
            // Writing to memory does not fail.
            let _ = writeln!(text, "{office} {}", absence.seen.as_millis());
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn office() -> OfficeId {
        OfficeId::parse("s").unwrap()
    }

    fn down(since: i64) -> LinkState {
        let mut link = LinkState::default();
        link.since = Some(UnixMillis(since));
        link
    }

    fn up(since: i64) -> LinkState {
        let mut link = down(since);
        link.up = true;
        link
    }

    fn look(absences: &mut Absences, now: Duration, link: &LinkState) -> Option<Duration> {
        absences.look(now, std::iter::once((&office(), Some(link))));
        absences.of(&office())
    }

    #[test]
    fn only_time_that_was_seen_to_pass_counts_whatever_the_wall_clock_says() {
        let mut absences = Absences::read("", HOUR);
        // It went down in 1970, by a clock that stands in 2099 by now.
        assert_eq!(look(&mut absences, HOUR, &down(0)), Some(Duration::ZERO));
        assert_eq!(look(&mut absences, HOUR * 3, &down(0)), Some(HOUR * 2));
        assert_eq!(look(&mut absences, HOUR * 4, &up(5)), None);
        assert_eq!(look(&mut absences, HOUR * 5, &down(9)), Some(Duration::ZERO), "another absence");
        assert_eq!(look(&mut absences, HOUR * 6, &down(10)), Some(Duration::ZERO), "it was back between two looks");
        absences.look(HOUR * 7, std::iter::once((&office(), None)));
        absences.look(HOUR * 8, std::iter::once((&office(), None)));
        assert_eq!(absences.of(&office()), Some(HOUR), "never linked is off, too");
    }

    #[test]
    fn runs_are_summed_and_an_end_of_an_absence_outlives_a_kill() {
        let mut absences = Absences::read("", Duration::ZERO);
        look(&mut absences, HOUR, &down(1));
        assert!(!absences.have_changed());
        look(&mut absences, HOUR * 2, &down(1));
        assert!(absences.want_keeping());
        let mut again = Absences::read(&absences.keep(), HOUR * 100);
        assert!(!absences.have_changed());
        // The line has another moment now, since the clock is another one.
        assert_eq!(look(&mut again, HOUR * 101, &down(77)), Some(HOUR), "what passes before the first look is nobody's");
        assert_eq!(look(&mut again, HOUR * 102, &down(77)), Some(HOUR * 2));
        look(&mut again, HOUR * 102, &up(78));
        assert!(again.want_keeping());
        assert_eq!(again.keep(), "");
        assert_eq!(Absences::read("no line\ns many\n\u{1} 7\ns 7200000", HOUR).off.len(), 1);
    }
}
