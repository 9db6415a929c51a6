//! The tree as it was when a record was made: later entries never change who stood where, and under which name (G9).
//!
//! Of a record made here, the order in our own journal decides. A record that came here may have been long underway, or have come back to a
//! restored store beside entries in any order: then the times decide that their makers gave them. An entry that claims to be made even after
//! the record came here, and was held before it, was made by a clock that is wrong; there our own order stands again.

use std::collections::BTreeMap;

use dutynet_relay::{
    ids::{OfficeId, UnixMillis},
    journal::Place,
    registry::DEPTH_MAX,
};

/// An entry of the registry as this office came to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// Where it stands in our journal.
    pub place: Place,
    /// By the clock of who made it.
    pub recorded_at: UnixMillis,
    /// Its name.
    pub name: String,
    /// `None`: the root.
    pub parent: Option<OfficeId>,
}

/// A record by which the tree is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Where it stands in our journal.
    pub place: Place,
    /// By the clock of who made it.
    pub recorded_at: UnixMillis,
    /// When it came here, by ours; `None`: it was made here.
    pub came_at: Option<UnixMillis>,
}

/// Entries of every office, oldest first.
pub type History = BTreeMap<OfficeId, Vec<Registered>>;

/// Who stood where.
#[derive(Debug, Clone)]
pub struct Then {
    offices: BTreeMap<OfficeId, (String, Option<OfficeId>)>,
}

impl Moment {
    fn knows(&self, entry: &Registered) -> bool {
        let held_before = entry.place < self.place;
        match self.came_at {
            None => held_before,
            Some(came_at) => entry.recorded_at <= self.recorded_at || (held_before && entry.recorded_at > came_at),
        }
    }
}

impl Then {
    /// The tree at that moment.
    pub fn at(history: &History, moment: &Moment) -> Self {
        let known = history.iter().filter_map(|(office, entries)| {
            let entry = entries.iter().rev().find(|entry| moment.knows(entry))?;
            Some((office.clone(), (entry.name.clone(), entry.parent.clone())))
        });
        Self { offices: known.collect() }
    }

    /// An office's name; `None`: it was not there.
    pub fn name(&self, office: &OfficeId) -> Option<&str> {
        self.offices.get(office).map(|(name, _)| name.as_str())
    }

    /// Whether `office` was there, below `top`.
    pub fn is_below(&self, office: &OfficeId, top: &OfficeId) -> bool {
        let above = std::iter::successors(Some(office), |at| self.offices.get(*at)?.1.as_ref());
        above.skip(1).take(DEPTH_MAX).any(|at| at == top)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> OfficeId {
        OfficeId::parse(text).unwrap()
    }

    fn entry(place: u64, recorded_at: i64, name: &str, parent: Option<&str>) -> Registered {
        let place = Place { segment: 1, group: place, frame: 0 };
        Registered { place, recorded_at: UnixMillis(recorded_at), name: name.into(), parent: parent.map(id) }
    }

    fn moment(place: u64, recorded_at: i64, came_at: Option<i64>) -> Moment {
        let place = Place { segment: 1, group: place, frame: 0 };
        Moment { place, recorded_at: UnixMillis(recorded_at), came_at: came_at.map(UnixMillis) }
    }

    fn history() -> History {
        History::from([
            (id("p"), vec![entry(1, 10, "省", None)]),
            (id("c"), vec![entry(2, 20, "县", Some("p")), entry(8, 80, "市", Some("p"))]),
            (id("t"), vec![entry(3, 30, "镇", Some("c"))]),
            (id("late"), vec![entry(7, 70, "新镇", Some("c"))]),
        ])
    }

    fn below<'a>(then: &'a Then, top: &str) -> Vec<&'a str> {
        then.offices.keys().filter(|office| then.is_below(office, &id(top))).map(OfficeId::as_str).collect()
    }

    #[test]
    fn who_came_later_is_not_there_and_a_renamed_office_has_its_old_name() {
        let then = Then::at(&history(), &moment(5, 50, None));
        assert_eq!(below(&then, "p"), ["c", "t"]);
        assert_eq!(then.name(&id("c")), Some("县"));
        assert_eq!(then.name(&id("late")), None);
        let now = Then::at(&history(), &moment(9, 90, None));
        assert_eq!((now.name(&id("c")), below(&now, "c")), (Some("市"), vec!["late", "t"]));
    }

    #[test]
    fn a_notice_that_comes_back_to_a_restored_store_has_the_same_list() {
        for place in [2, 5, 9] {
            let back = Then::at(&history(), &moment(place, 50, Some(100)));
            assert_eq!(below(&back, "p"), ["c", "t"]);
            assert_eq!(back.name(&id("c")), Some("县"));
        }
    }

    #[test]
    fn a_clock_that_is_wrong_takes_nobody_off_the_list() {
        let mut history = history();
        history.insert(id("t"), vec![entry(3, 4_000_000_000_000, "镇", Some("c"))]);
        assert_eq!(below(&Then::at(&history, &moment(5, 50, None)), "c"), ["t"]);
        assert_eq!(below(&Then::at(&history, &moment(5, 50, Some(55))), "c"), ["t"]);
    }

    #[test]
    fn a_circle_has_an_end() {
        let round = History::from([(id("a"), vec![entry(1, 1, "", Some("b"))]), (id("b"), vec![entry(2, 1, "", Some("a"))])]);
        assert!(!Then::at(&round, &moment(9, 9, None)).is_below(&id("a"), &id("p")));
    }
}
