//! What lies before leaders: each in his turn, with the clock of the one who has it now; and what was said by telephone or in person and waits for his own word.

use dutynet_relay::ids::{OfficeId, UnixMillis};

use super::{
    super::super::{Console, page::moment},
    changed::Seen,
};
use crate::{
    domain::{
        incident::{Ask, asks},
        matter::{Step, approvers},
        obligation::Creditor,
        rules::Duty,
    },
    text::console_matter as text,
    usecase::{Due, Refused, ShownMatter, ShownStep},
};

/// Something that was put before leaders.
pub(in crate::console) struct ApprovalView {
    /// For the record of the answer.
    pub(in crate::console) id: String,
    pub(in crate::console) reference: String,
    pub(in crate::console) at: String,
    pub(in crate::console) by: String,
    pub(in crate::console) what: String,
    pub(in crate::console) turns: Vec<TurnView>,
    /// Who has it before him now; empty: it was answered.
    pub(in crate::console) now: String,
    /// What was answered, in words; empty: nothing yet.
    pub(in crate::console) answered: String,
    /// What the matter had come to.
    pub(in crate::console) seen: Seen,
}

impl ApprovalView {
    /// Whether it is put before somebody, now or in his turn: whose time is over may still answer.
    pub(in crate::console) fn is_before(&self, person: &str) -> bool {
        self.now == person || self.turns.iter().any(|turn| turn.name == person && turn.state != text::NEXT)
    }
}

/// The stretch in which one of them has it before him.
pub(in crate::console) struct TurnView {
    pub(in crate::console) name: String,
    pub(in crate::console) from: String,
    pub(in crate::console) until: String,
    /// By the clock of whoever asked, where that is another.
    pub(in crate::console) its_clock: String,
    pub(in crate::console) state: &'static str,
    pub(in crate::console) tone: &'static str,
    /// He has it now: until when.
    pub(in crate::console) due_ms: i64,
    pub(in crate::console) left: String,
}

/// Words that somebody else has heard.
pub(in crate::console) struct UnconfirmedView {
    /// For the record of his word.
    pub(in crate::console) id: String,
    pub(in crate::console) reference: String,
    pub(in crate::console) approver: String,
    pub(in crate::console) words: String,
    pub(in crate::console) at: String,
    pub(in crate::console) number: String,
    /// By which way they were heard.
    pub(in crate::console) how: &'static str,
    /// What the matter had come to.
    pub(in crate::console) seen: Seen,
}

/// What this office has put before its leaders, what is open first.
pub(in crate::console) fn approvals(
    console: &Console,
    matter: &ShownMatter,
    own: &OfficeId,
) -> Result<Vec<ApprovalView>, Refused> {
    let steps: Vec<Step> = matter.steps.iter().map(|shown| shown.step.clone()).collect();
    let asks = asks(&steps, own);
    let views = asks.iter().rev().map(|ask| Ok(ApprovalView { id: console.new_id()?, ..view(matter, ask) }));
    let mut views = views.collect::<Result<Vec<_>, Refused>>()?;
    views.sort_by_key(|view| !view.answered.is_empty());
    Ok(views)
}

fn view(matter: &ShownMatter, ask: &Ask<'_>) -> ApprovalView {
    let answered = ask.answers.last();
    let turns = turns(matter, ask.step);
    let now = turns.iter().find(|turn| turn.due_ms != 0).map(|turn| turn.name.clone());
    let last = || approvers(ask.step).last().map(|name| (*name).to_owned());
    ApprovalView {
        id: String::new(),
        reference: ask.step.reference.to_string(),
        at: moment(ask.step.times.recorded.here),
        by: ask.step.by.as_ref().map(|by| by.name.clone()).unwrap_or_default(),
        what: ask.step.text("what").unwrap_or_default().to_owned(),
        turns,
        now: now.or_else(last).filter(|_| answered.is_none()).unwrap_or_default(),
        answered: answered.map(|step| in_words(step)).unwrap_or_default(),
        seen: Seen::of(matter),
    }
}

fn in_words(step: &Step) -> String {
    let what = super::step::title(&step.form);
    let who = step.text("approver").unwrap_or_default();
    let words = step.text("words").unwrap_or_default();
    format!("{} {what} {who} {words}", moment(step.times.recorded.here)).trim_end().to_owned()
}

/// Each in his turn; where no rule gives a time, all of them without a clock.
fn turns(matter: &ShownMatter, ask: &Step) -> Vec<TurnView> {
    let now = matter.as_of;
    let is_of_it =
        |due: &&Due| due.obligation.duty == Duty::ApprovalAnswer && due.obligation.start.record.as_ref() == Some(&ask.reference);
    let mut timed: Vec<&Due> = matter.dues.iter().filter(is_of_it).collect();
    timed.sort_by_key(|due| due.obligation.start.at.here);
    if timed.is_empty() {
        return approvers(ask).into_iter().map(TurnView::plain).collect();
    }
    let known: Vec<TurnView> = timed.iter().map(|due| turn(due, now)).collect();
    let rest = approvers(ask).into_iter().skip(known.len()).map(TurnView::plain);
    known.into_iter().chain(rest.collect::<Vec<_>>()).collect()
}

fn turn(due: &Due, now: UnixMillis) -> TurnView {
    let owed = &due.obligation;
    let (from, until) = (owed.start.at.here, owed.due);
    let answered = owed.outcome.met.as_ref().map(|met| met.at.here);
    let (state, tone) = match answered {
        Some(at) if at <= until.here => (text::ANSWERED, "good"),
        None if now < from => (text::NEXT, ""),
        None if now <= until.here => (text::NOW_ASKED, "soon"),
        Some(_) | None => (text::HELD, "bad"),
    };
    let runs = answered.is_none() && now >= from && now <= until.here;
    TurnView {
        name: name(due),
        from: moment(from),
        until: moment(until.here),
        its_clock: if until.origin == until.here { String::new() } else { text::by_its_clock(&moment(until.origin)) },
        state,
        tone,
        due_ms: if runs { until.here.0 } else { 0 },
        left: if runs { text::turn(until.here, now) } else { String::new() },
    }
}

fn name(due: &Due) -> String {
    match &due.obligation.creditor {
        Creditor::Leader(_) if !due.leader_name.is_empty() => due.leader_name.clone(),
        Creditor::Leader(role) => crate::text::due::leader(role, ""),
        Creditor::Office(_) | Creditor::Outside(_) => due.creditor_name.clone(),
    }
}

impl TurnView {
    fn plain(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            from: String::new(),
            until: String::new(),
            its_clock: String::new(),
            state: "",
            tone: "",
            due_ms: 0,
            left: String::new(),
        }
    }
}

/// Approvals that somebody else has heard and their leader has not confirmed himself.
pub(in crate::console) fn unconfirmed(console: &Console, matter: &ShownMatter) -> Result<Vec<UnconfirmedView>, Refused> {
    let facts = matter.facts.iter().filter(|fact| fact.key == "approval.unconfirmed");
    let records = facts.flat_map(|fact| fact.sources.first());
    let steps = records.filter_map(|record| matter.steps.iter().find(|shown| shown.step.reference == *record));
    let view = |shown: &ShownStep| {
        let step = &shown.step;
        Ok(UnconfirmedView {
            id: console.new_id()?,
            reference: step.reference.to_string(),
            approver: step.text("approver").unwrap_or_default().to_owned(),
            words: step.text("words").unwrap_or_default().to_owned(),
            at: moment(step.time("said_at").unwrap_or(step.times.recorded.here)),
            number: step.text("number").unwrap_or_default().to_owned(),
            how: text::heard(step.choice("how")),
            seen: Seen::of(matter),
        })
    };
    steps.map(view).collect()
}
