//! 无应答 as evidence. A call that an office never had, or had too late, or whose answer may wait behind a line that is down, is no evidence of
//! anything; and what was ruled needs no suggestion any more.

use dutynet_relay::ids::UnixMillis;

use crate::{
    domain::{
        obligation::{About, Obligation},
        rollcall::{Course, Outcome},
    },
    usecase::{Office, Refused},
};

/// An office had a call in time, its lines were up, and it has said nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::usecase) enum Silence {
    /// Nobody has ruled yet what it was.
    Unruled,
    /// Somebody has.
    Ruled,
}

impl Office {
    /// Whether an answer to a roll call that is owed shows silence; `None`: it does not. Of several rounds of one call, that by which the office is
    /// judged shows it.
    pub(in crate::usecase) fn silence(&self, owed: &Obligation, now: UnixMillis) -> Result<Option<Silence>, Refused> {
        let About::Matter(call) = &owed.about else { return Ok(None) };
        let (steps, registry) = (self.steps_of(call)?, self.relay().registry());
        let Some(course) = Course::of(&steps) else { return Ok(None) };
        let part = course.part(&owed.debtor, &registry);
        let is_judged_by = owed.start.record.as_ref() == Some(&part.judged_by().begins.reference);
        let way = part.asks(now).map(|stretch| self.way_from(&owed.debtor, stretch)).transpose()?.unwrap_or_default();
        let has_node = registry.entry(&owed.debtor).is_some_and(|entry| entry.key.is_some());
        let silent = is_judged_by && part.outcome(has_node, &way, now) == Outcome::NoAnswer;
        Ok(silent.then_some(if part.ruled.is_some() { Silence::Ruled } else { Silence::Unruled }))
    }
}
