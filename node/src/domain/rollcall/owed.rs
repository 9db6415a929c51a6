//! What is owed because of a roll call, one stage after the other, each by the row of its own duty:
//!
//! 1. the answer, by each office that has a node, from when it had the call;
//! 2. when some have not answered: the second call, by the office that called;
//! 3. the answer to the second call, whose leader is told when it is over;
//! 4. when that brings nothing, and of every office without a node: the parent finds out, by telephone or by asking on the spot.
//!
//! An answering time is what the caller has set; the row gives the article. What is owed in an exercise bears its mark; tests owe nothing.

use dutynet_relay::{
    ids::{OfficeId, UnixMillis},
    registry::Registry,
};

use super::course::{Course, Part, Round, Turn};
use crate::domain::{
    beijing::Day,
    matter::{Step, case_of},
    obligation::{About, Clocked, Creditor, Explained, Key, Met, Obligation, Outcome, Over, Start, is_owed},
    rules::{Basis, Duty, Limit, Limited, Packs, Receiver, Stamp},
};

/// A call, and by what it is judged.
struct Call<'a> {
    course: Course<'a>,
    packs: &'a Packs,
    tree: &'a Registry,
}

/// Everything that is owed because of a call by some of those who are called, and by those above them.
pub fn owed(course: Course<'_>, called: &[&OfficeId], packs: &Packs, tree: &Registry) -> Vec<Obligation> {
    if !is_owed(course.call.mode) {
        return Vec::new();
    }
    let call = Call { course, packs, tree };
    let parts: Vec<_> = called.iter().map(|office| (*office, course.part(office, tree))).collect();
    let mut owed: Vec<Obligation> = parts.iter().flat_map(|(office, part)| call.by_office(office, part)).collect();
    owed.extend(call.second_call(&parts));
    owed
}

impl Call<'_> {
    fn by_office(&self, office: &OfficeId, part: &Part<'_>) -> Vec<Obligation> {
        if !self.has_node(office) {
            return self.inquiry(office, part, self.course.first().opens()).into_iter().collect();
        }
        let mut owed: Vec<_> = part.turns.iter().filter_map(|turn| self.answer(office, part, turn)).collect();
        let second = part.turns.iter().find(|turn| turn.round == Round::Again && !was_settled(part, turn.opens().here));
        if let Some(turn) = second
            && !was_settled(part, turn.due().here)
        {
            owed.extend(self.inquiry(office, part, turn.due()));
        }
        owed
    }

    /// What an office owes in one round.
    fn answer(&self, office: &OfficeId, part: &Part<'_>, turn: &Turn<'_>) -> Option<Obligation> {
        let duty = match turn.round {
            Round::First => Duty::RollCallAnswer,
            Round::Again if was_settled(part, turn.opens().here) => return None,
            Round::Again => Duty::SecondCallAnswer,
        };
        let limit = Limited::Within(turn.within_ms());
        let caller = Creditor::Office(self.course.call.office.clone());
        let mut owed = self.obligation((duty, office, caller), (turn.begins, turn.start()), Some(limit))?;
        owed.outcome = Outcome {
            met: part.answered.into_iter().chain(part.reached()).min_by_key(|step| step.times.recorded.here).map(met),
            explained: explained(part),
            withdrawn: part.ruled.filter(|step| is_excused(step)).map(|step| step.reference.clone()),
            over: if turn.is_missed() { Some(Over::Missed(turn.closes())) } else { self.ended(part) },
        };
        Some(owed)
    }

    /// The parent finds out about an office of which nothing is known from some moment on.
    fn inquiry(&self, office: &OfficeId, part: &Part<'_>, from: Clocked) -> Option<Obligation> {
        let (caller, parent) = (&self.course.call.office, self.tree.parent(office)?);
        let creditor = if parent == caller { leader() } else { Creditor::Office(caller.clone()) };
        let begins = part.latest().begins;
        let mut owed = self.obligation((Duty::AbsenceInquiry, parent, creditor), (begins, from), None)?;
        // One parent may owe it of several offices.
        owed.key = Key::of((&owed.cited.pack, &owed.cited.row), office, &owed.about, &begins.reference);
        let found = part.phoned.iter().copied().filter(|step| step.times.recorded.here >= begins.times.recorded.here);
        let said = part.answered.into_iter().chain(part.explained).chain(found);
        let met = said.min_by_key(|step| step.times.recorded.here).map(met);
        owed.outcome = Outcome { met, over: self.ended(part), ..Outcome::default() };
        Some(owed)
    }

    /// Who called calls again, or telephones, while anybody has not answered.
    fn second_call(&self, parts: &[(&OfficeId, Part<'_>)]) -> Option<Obligation> {
        let silent =
            |(office, part): &(&OfficeId, Part<'_>)| self.has_node(office) && part.answered.is_none() && part.phoned.is_empty();
        let again = self.course.again().next();
        if again.is_none() && !parts.iter().any(silent) {
            return None;
        }
        let (call, first) = (self.course.call, self.course.first());
        let from = Clocked { origin: first.due().origin, here: first.closes() };
        let mut owed = self.obligation((Duty::SecondCall, &call.office, leader()), (call, from), None)?;
        let over = self.course.closed().map(|step| Over::Ended(step.times.recorded.here));
        owed.outcome = Outcome { met: again.map(met), over, ..Outcome::default() };
        Some(owed)
    }

    /// `None`: no row of these rules speaks of such a duty.
    fn obligation(
        &self,
        (duty, debtor, creditor): (Duty, &OfficeId, Creditor),
        (begins, from): (&Step, Clocked),
        set: Option<Limited>,
    ) -> Option<Obligation> {
        let rules = self.packs.of(&Stamp(begins.rules.clone()));
        let case = case_of(debtor, Day::of(begins.times.recorded.here), self.tree);
        let Limit { cited, limit, .. } = rules.limits(duty, &case).into_iter().find(|row| row.due(from.here).is_some())?;
        let limit = set.unwrap_or(limit);
        let start = Start::with(Basis::Request, from, begins.reference.clone());
        let about = About::Matter(self.course.call.reference.clone());
        let key = Key::of((&cited.pack, &cited.row), debtor, &about, &begins.reference);
        let due = start.due(limit)?;
        Some(Obligation {
            key,
            cited,
            duty,
            debtor: debtor.clone(),
            creditor,
            about,
            mode: self.course.call.mode,
            flash: false,
            start,
            limit,
            due,
            outcome: Outcome::default(),
        })
    }

    /// Nothing more is awaited: the call was closed, or it was ruled what it was.
    fn ended(&self, part: &Part<'_>) -> Option<Over> {
        let steps = self.course.closed().into_iter().chain(part.ruled);
        steps.map(|step| step.times.recorded.here).min().map(Over::Ended)
    }

    fn has_node(&self, office: &OfficeId) -> bool {
        self.tree.entry(office).is_some_and(|entry| entry.key.is_some())
    }
}

/// Whether an office had answered, or was reached, by then.
fn was_settled(part: &Part<'_>, by: UnixMillis) -> bool {
    part.answered.into_iter().chain(part.reached()).any(|step| step.times.recorded.here <= by)
}

fn is_excused(ruling: &Step) -> bool {
    ["excused", "line"].contains(&ruling.choice("ruling").unwrap_or_default())
}

fn explained(part: &Part<'_>) -> Option<Explained> {
    part.explained.map(|step| Explained { record: step.reference.clone(), at: step.times.recorded })
}

fn met(step: &Step) -> Met {
    Met { record: step.reference.clone(), at: step.times.recorded, arrived: step.times.here }
}

fn leader() -> Creditor {
    Creditor::Leader(Receiver::Leader.key().to_owned())
}
