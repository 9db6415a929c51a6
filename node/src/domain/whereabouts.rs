//! Where a record of this office is, and what has to happen next: a pure function of how far it has got by each neighbour, and of how the
//! lines to those whom it goes to are now.
//!
//! Only the lines of its own addressees are looked at, and of each way only the first line that stands in it. What a record has passed
//! already does not hold it up any more.

use std::collections::BTreeMap;

use dutynet_relay::{
    ids::{OfficeId, UnixMillis},
    writer::RecordState,
};

use super::{
    board::{Line, LineFact},
    sign_for::{Undelivered, first_in_the_way},
};

/// How the lines are now.
#[derive(Debug, Clone, Default)]
pub struct LinesNow {
    /// To the parent; `None`: this office is the root.
    pub up: Option<Uplink>,
    /// Of everybody below.
    pub below: BTreeMap<OfficeId, LineFact>,
}

/// The line to the parent.
#[derive(Debug, Clone)]
pub struct Uplink {
    /// The parent.
    pub parent: OfficeId,
    /// How it is.
    pub fact: LineFact,
    /// When it is dialled next.
    pub next: Option<UnixMillis>,
}

/// A record of this office on its way.
#[derive(Debug, Clone, Default)]
pub struct OnItsWay {
    /// Neighbours to which it was routed, and how far it has got by each.
    pub routes: Vec<(OfficeId, RecordState)>,
    /// To each office below that it goes to and that has a node: those on the way, from just below this one down to itself.
    pub ways: Vec<Vec<OfficeId>>,
    /// Of those for whom it is meant, so many have no node.
    pub without_node: usize,
}

/// Where a record is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whereabouts {
    /// It goes nowhere.
    Stays,
    /// Some office has refused it.
    Refused,
    /// Lines are down.
    Waits(Waits),
    /// It is being sent: every line in its way is up.
    Underway,
    /// Neighbours have it, not yet everybody whom it goes to.
    Passed {
        /// It went to the parent.
        up: bool,
    },
    /// Everybody has it who can have it by a line.
    Arrived {
        /// So many have no node.
        without_node: usize,
    },
}

/// The lines for which a record waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waits {
    /// A neighbour has not got it: it is nowhere but here.
    pub here: bool,
    /// The line to the parent is down: since when, and when it is dialled next.
    pub up: Option<(Option<UnixMillis>, Option<UnixMillis>)>,
    /// The first line in the way to each of those below, each once, in the order of the ways.
    pub below: Vec<Undelivered>,
}

/// Where a record is that has got so far as a whole.
pub fn whereabouts(state: RecordState, sent: &OnItsWay, now: &LinesNow) -> Whereabouts {
    match state {
        RecordState::Parked => Whereabouts::Refused,
        RecordState::Arrived if sent.routes.is_empty() && sent.without_node == 0 => Whereabouts::Stays,
        RecordState::Arrived => Whereabouts::Arrived { without_node: sent.without_node },
        RecordState::Saved | RecordState::Custody => match waits(sent, now) {
            Some(waits) => Whereabouts::Waits(waits),
            None if state == RecordState::Saved => Whereabouts::Underway,
            None => Whereabouts::Passed { up: sent.routes.is_empty() || goes_up(sent, now) },
        },
    }
}

fn goes_up(sent: &OnItsWay, now: &LinesNow) -> bool {
    let parent = now.up.as_ref().map(|up| &up.parent);
    sent.routes.iter().any(|(neighbour, state)| Some(neighbour) == parent && *state != RecordState::Arrived)
}

fn waits(sent: &OnItsWay, now: &LinesNow) -> Option<Waits> {
    let mut waits = Waits { here: false, up: None, below: Vec::new() };
    for (neighbour, state) in sent.routes.iter().filter(|(_, state)| *state != RecordState::Arrived) {
        let is_here = *state == RecordState::Saved;
        match now.up.as_ref().filter(|up| up.parent == *neighbour) {
            // What is beyond the parent is not seen from here.
            Some(up) if is_here && up.fact.line != Line::Up => {
                (waits.here, waits.up) = (true, Some((up.fact.since, up.next)));
            }
            Some(_) => {}
            None => waits.add_below((neighbour, is_here), sent, now),
        }
    }
    (waits.up.is_some() || !waits.below.is_empty()).then_some(waits)
}

impl Waits {
    fn add_below(&mut self, (neighbour, is_here): (&OfficeId, bool), sent: &OnItsWay, now: &LinesNow) {
        let first = vec![neighbour.clone()];
        let ways = sent.ways.iter().filter(|way| way.first() == Some(neighbour));
        // It goes to the neighbour also where nobody beyond has a node.
        for way in ways.chain(is_here.then_some(&first)) {
            let Some(found) = first_in_the_way(way.iter().skip(usize::from(!is_here)), &now.below) else { continue };
            self.here |= is_here && first_in_the_way(&first, &now.below).is_some();
            if !self.below.contains(&found) {
                self.below.push(found);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> OfficeId {
        OfficeId::parse(text).unwrap()
    }

    fn fact(line: Line) -> LineFact {
        LineFact { line, since: Some(UnixMillis(7)) }
    }

    /// p (the parent) ← we → c → t, and we → d.
    fn lines(down: &[&str]) -> LinesNow {
        let line = |office: &str| fact(if down.contains(&office) { Line::Down } else { Line::Up });
        let next = Some(UnixMillis(9));
        LinesNow {
            up: Some(Uplink { parent: id("p"), fact: line("p"), next }),
            below: ["c", "t", "d"].map(|office| (id(office), line(office))).into(),
        }
    }

    fn sent(routes: &[(&str, RecordState)], ways: &[&[&str]]) -> OnItsWay {
        OnItsWay {
            routes: routes.iter().map(|(neighbour, state)| (id(neighbour), *state)).collect(),
            ways: ways.iter().map(|way| way.iter().map(|office| id(office)).collect()).collect(),
            without_node: 0,
        }
    }

    fn down(office: &str) -> Undelivered {
        Undelivered::LineDown(id(office), Some(UnixMillis(7)))
    }

    #[test]
    fn an_order_downwards_waits_for_the_line_of_its_addressee_whatever_the_own_uplink_does() {
        use RecordState::{Custody, Saved};
        let to_c = sent(&[("c", Saved)], &[&["c"]]);
        let waits = |down: &[&str]| whereabouts(Saved, &to_c, &lines(down));
        assert_eq!(waits(&["p"]), Whereabouts::Underway, "our own uplink is not in its way");
        assert_eq!(waits(&["c", "p"]), Whereabouts::Waits(Waits { here: true, up: None, below: vec![down("c")] }));
        let to_t = sent(&[("c", Saved)], &[&["c", "t"]]);
        let beyond = Waits { here: false, up: None, below: vec![down("t")] };
        assert_eq!(whereabouts(Saved, &to_t, &lines(&["t"])), Whereabouts::Waits(beyond.clone()), "the nearest that is down");
        let passed = sent(&[("c", Custody)], &[&["c", "t"]]);
        assert_eq!(whereabouts(Custody, &passed, &lines(&["c", "t"])), Whereabouts::Waits(beyond), "c has it already");
        assert_eq!(whereabouts(Custody, &passed, &lines(&[])), Whereabouts::Passed { up: false });
    }

    #[test]
    fn a_report_upwards_waits_for_the_own_uplink_alone() {
        use RecordState::{Arrived, Custody, Saved};
        let up = sent(&[("p", Saved), ("d", Arrived)], &[&["d"]]);
        let waits = Waits { here: true, up: Some((Some(UnixMillis(7)), Some(UnixMillis(9)))), below: Vec::new() };
        assert_eq!(whereabouts(Saved, &up, &lines(&["p", "d"])), Whereabouts::Waits(waits), "d has it");
        assert_eq!(whereabouts(Saved, &up, &lines(&[])), Whereabouts::Underway);
        let above = sent(&[("p", Custody)], &[]);
        assert_eq!(whereabouts(Custody, &above, &lines(&["p"])), Whereabouts::Passed { up: true });
    }

    #[test]
    fn each_line_is_named_once_and_what_goes_nowhere_says_so() {
        use RecordState::{Arrived, Parked, Saved};
        let both = sent(&[("c", Saved), ("d", Saved)], &[&["c"], &["c", "t"], &["d"]]);
        let waits = Waits { here: true, up: None, below: vec![down("c"), down("d")] };
        assert_eq!(whereabouts(Saved, &both, &lines(&["c", "d"])), Whereabouts::Waits(waits));
        assert_eq!(whereabouts(Arrived, &sent(&[], &[]), &lines(&[])), Whereabouts::Stays);
        let told = OnItsWay { without_node: 2, ..sent(&[], &[]) };
        assert_eq!(whereabouts(Arrived, &told, &lines(&[])), Whereabouts::Arrived { without_node: 2 });
        assert_eq!(whereabouts(Parked, &both, &lines(&["c"])), Whereabouts::Refused);
    }
}
