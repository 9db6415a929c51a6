//! What lies before a leader (送审), as a clock of its own beside the report's.
//!
//! The step that asks says before whom it lies, and who is next when he does not answer: that is the day's list as the officer has it. Each
//! of them has the time that the rule gives, one after the other, and what he has held stays on the record. When the whole time is over, or
//! the report's own, the rule says what goes up; nothing here ever keeps an office from reporting (应对法 第六十一条).

use dutynet_relay::ids::{OfficeId, UnixMillis};

use super::{Clock, Known, Running, by_incident, case, met};
use crate::domain::{
    incident::{Ask, asks},
    matter::{Fact, FactValue, Step},
    obligation::{Clocked, Creditor, Obligation, Outcome, Start},
    rules::{Approval, Basis, Duty, Limit, Limited, Receiver},
};

/// Which leader an approval is owed by: this, and his place among those who are asked, from 1.
pub const APPROVER: &str = "approver-";
/// Most who are asked one after the other.
const ASKED_MAX: usize = 10;

/// The stretch in which one of those who are asked has it before him.
struct Turn<'a> {
    who: &'a str,
    from: Clocked,
    limit_ms: i64,
}

impl Turn<'_> {
    fn until(&self) -> UnixMillis {
        UnixMillis(self.from.here.0.saturating_add(self.limit_ms))
    }
}

/// Those before whom something is put, in the order in which they are asked, as the step says that asks.
pub fn approvers(ask: &Step) -> Vec<&str> {
    let next = ask.text("next").unwrap_or_default().lines().map(str::trim).filter(|name| !name.is_empty());
    ask.text("approver").into_iter().chain(next).take(ASKED_MAX).collect()
}

/// Who has it before him when. After the last the whole time runs out.
fn turns<'a>(ask: &Ask<'a>, rule: &Approval) -> Vec<Turn<'a>> {
    let asked = approvers(ask.step);
    let at = ask.step.times.recorded;
    let shift = |by: i64| Clocked { origin: UnixMillis(at.origin.0 + by), here: UnixMillis(at.here.0 + by) };
    let mut turns = Vec::new();
    let mut from = 0;
    for (n, who) in asked.iter().enumerate() {
        let whole = n + 1 == asked.len() || rule.next_after_ms <= 0;
        let until = if whole { rule.limit_ms } else { rule.limit_ms.min(from + rule.next_after_ms) };
        if from >= until {
            break;
        }
        turns.push(Turn { who, from: shift(from), limit_ms: until - from });
        from = until;
    }
    turns
}

fn rule_of(steps: &[Step], ask: &Ask<'_>, known: &Known<'_>) -> Option<Approval> {
    let case = case(steps, &ask.step.office, ask.step, (known.tree, super::EVER));
    known.rules_of(ask.step).approval(&case)
}

/// What leaders of an office owe to it: an answer, each in his turn. Whose turn never came because there was an answer owes none.
pub(super) fn answers(steps: &[Step], office: &OfficeId, known: &Known<'_>) -> Vec<Obligation> {
    let mut owed = Vec::new();
    for ask in asks(steps, office) {
        let Some(rule) = rule_of(steps, &ask, known) else { continue };
        let answered = ask.answers.first().copied();
        let clock = Clock { begins: ask.step, debtor: office, duty: Duty::ApprovalAnswer };
        let came = turns(&ask, &rule).into_iter().zip(1_usize..);
        for (turn, n) in came.filter(|(turn, _)| answered.is_none_or(|step| step.times.recorded.here >= turn.from.here)) {
            let to = Creditor::Leader(format!("{APPROVER}{n}"));
            let outcome = Outcome { met: answered.map(met), ..Outcome::default() };
            owed.push(clock.owed(running(&turn, n, &rule, ask.step), to, known, outcome));
        }
    }
    owed
}

fn running(turn: &Turn<'_>, n: usize, rule: &Approval, ask: &Step) -> Running {
    let mut cited = rule.cited.clone();
    cited.row = format!("{}-{n}", cited.row);
    let shift = |at: UnixMillis| UnixMillis(at.0.saturating_add(turn.limit_ms));
    Running {
        start: Start::with(Basis::Approval, turn.from, ask.reference.clone()),
        due: Clocked { origin: shift(turn.from.origin), here: shift(turn.from.here) },
        limit: Limit {
            cited,
            basis: Basis::Approval,
            limit: Limited::Within(turn.limit_ms),
            to: Receiver::Leader,
            slot: String::new(),
            says: String::new(),
        },
    }
}

/// What is to be known of everything that an office has put before its leaders: before whom it lies now, who has held it past his time, and,
/// once the time is over, what the rule says goes up.
pub fn approval_facts(steps: &[Step], office: &OfficeId, known: &Known<'_>) -> Vec<Fact> {
    let mut facts = Vec::new();
    let report_was_due = report_was_due(steps, office, known);
    for ask in asks(steps, office) {
        let Some(rule) = rule_of(steps, &ask, known) else { continue };
        let answered = ask.answers.first().copied();
        let until = answered.map_or(known.now, |step| step.times.recorded.here);
        let turns = turns(&ask, &rule);
        let sources: Vec<_> = [Some(ask.step), answered].into_iter().flatten().map(|step| step.reference.clone()).collect();
        let fact = |key: &str, value| Fact { key: key.to_owned(), value, sources: sources.clone() };
        let held = turns.iter().filter(|turn| turn.until() < until);
        facts.extend(held.map(|turn| fact("approval.held", FactValue::Text(turn.who.to_owned()))));
        if answered.is_some() {
            continue;
        }
        let now = turns.iter().rev().find(|turn| turn.from.here <= known.now);
        facts.extend(now.map(|turn| fact("approval.now", FactValue::Text(turn.who.to_owned()))));
        let over = turns.last().is_some_and(|turn| turn.until() < known.now) || report_was_due;
        if over {
            facts.push(fact("approval.at_end", FactValue::Code(rule.at_end.key().to_owned())));
            facts.push(fact("approval.rule", FactValue::Text(rule.cited.article.clone())));
        }
    }
    facts
}

/// Whether the time of a report to the tier above is over, and it was not made.
fn report_was_due(steps: &[Step], office: &OfficeId, known: &Known<'_>) -> bool {
    let reports = [Duty::OralReport, Duty::WrittenReport, Duty::WrittenAfterOral];
    let open = |owed: &Obligation| owed.debtor == *office && reports.contains(&owed.duty) && owed.outcome.met.is_none();
    by_incident(steps, known).iter().any(|owed| open(owed) && owed.due.here < known.now)
}
