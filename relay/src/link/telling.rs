//! The child's side of telling line history upwards: one message at a time, the next when the parent holds the one before it durably.
//!
//! Beside the session machine, not in it: it is neither sequenced nor a record, and a session with a neighbour that knows nothing of it goes
//! on as if it were not there. Pure.

use crate::lines::LinesTold;

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tell {
    /// Look up what comes after that number, and say so by [`Telling::loaded`].
    Load(u64),
    /// Send it.
    Send(LinesTold),
    /// There is nothing to say.
    Nothing,
}

/// One session's telling.
#[derive(Debug, Default)]
pub(crate) struct Telling {
    state: State,
    said_once: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The parent has not said what it holds.
    #[default]
    NotAsked,
    /// It holds everything through that number, and nothing is on its way to it.
    Holds(u64),
    /// Something is on its way.
    Sent,
}

impl Telling {
    /// The parent holds everything through that number.
    pub(crate) fn held(&mut self, number: u64) -> Tell {
        self.state = State::Holds(number);
        Tell::Load(number)
    }

    /// There may be more facts than before.
    pub(crate) fn grew(&self) -> Tell {
        match self.state {
            State::Holds(number) => Tell::Load(number),
            // What the parent says next leads to the next look.
            State::NotAsked | State::Sent => Tell::Nothing,
        }
    }

    /// What was looked up. That there is nothing is said once, so that the parent knows that it has heard everything.
    pub(crate) fn loaded(&mut self, told: LinesTold) -> Tell {
        if told.facts.is_empty() && self.said_once {
            return Tell::Nothing;
        }
        self.said_once = true;
        self.state = State::Sent;
        Tell::Send(told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::{OfficeId, UnixMillis},
        lines::{LineFact, Seen},
    };

    fn told(numbers: std::ops::RangeInclusive<u64>, end: u64) -> LinesTold {
        let (office, through) = (OfficeId::parse("x").unwrap(), *numbers.end());
        let facts = numbers.map(|n| LineFact { office: office.clone(), seen: Seen::Heard(UnixMillis(n.cast_signed())) });
        LinesTold { facts: facts.collect(), through, end }
    }

    #[test]
    fn nothing_is_told_before_the_parent_has_said_what_it_holds() {
        assert_eq!(Telling::default().grew(), Tell::Nothing);
    }

    #[test]
    fn one_message_is_under_way_at_a_time_and_the_end_is_said_once() {
        let mut telling = Telling::default();
        assert_eq!(telling.held(4), Tell::Load(4));
        assert_eq!(telling.loaded(told(5..=6, 9)), Tell::Send(told(5..=6, 9)));
        assert_eq!(telling.grew(), Tell::Nothing, "the first is still on its way");
        assert_eq!(telling.held(6), Tell::Load(6));
        assert_eq!(telling.loaded(told(7..=9, 9)), Tell::Send(told(7..=9, 9)));
        assert_eq!(telling.held(9), Tell::Load(9));
        let nothing = LinesTold { facts: Vec::new(), through: 9, end: 9 };
        assert_eq!(telling.loaded(nothing.clone()), Tell::Nothing);
        assert_eq!(telling.grew(), Tell::Load(9));
        let mut next = Telling::default();
        next.held(9);
        assert_eq!(next.loaded(nothing.clone()), Tell::Send(nothing), "the parent must know that this is all");
    }
}
