//! What the machine may suggest to a person, by the obligations of the offices below, and the evidence that is kept with a finding.
//!
//! Three kinds alone: 迟报, what came too late; 漏报 in its narrowest sense, that no report is found (未见报告); and that a roll call was not
//! answered (点名无应答). An office that was cut off when something was due stands as such ([`Standing::CutOff`]), and is never suggested; neither
//! is one that has said why. Nothing follows from a suggestion before a person has acted on it.

use dutynet_relay::ids::UnixMillis;

use crate::domain::{
    form::{Answer, Value},
    obligation::{Creditor, Obligation, Standing},
    rules::Duty,
};

/// What may be suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suggested {
    /// 迟报
    Late,
    /// 未见报告
    Missing,
    /// 点名无应答
    Unanswered,
}

impl Suggested {
    /// The kind of finding.
    pub fn key(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::Missing => "missing",
            Self::Unanswered => "unanswered",
        }
    }
}

/// What an obligation suggests; `None`: nothing.
pub fn suggests(owed: &Obligation, standing: Standing) -> Option<Suggested> {
    if matches!(owed.creditor, Creditor::Leader(_)) {
        return None;
    }
    if owed.duty.is_of_a_roll_call() {
        return matches!(standing, Standing::Overdue { .. }).then_some(Suggested::Unanswered);
    }
    if !is_report(owed.duty) {
        return None;
    }
    match standing {
        Standing::Late { .. } => Some(Suggested::Late),
        Standing::Overdue { .. } => Some(Suggested::Missing),
        Standing::NotDue
        | Standing::Soon
        | Standing::InTime
        | Standing::InTimeCutOff { .. }
        | Standing::CutOff { .. }
        | Standing::Explained { .. }
        | Standing::Withdrawn => None,
    }
}

/// Whether an obligation that stands so is no evidence of a fault at all.
pub fn contradicts(standing: Standing) -> bool {
    match standing {
        Standing::Late { .. } | Standing::Overdue { .. } => false,
        Standing::Explained { by } => by == 0,
        Standing::NotDue
        | Standing::Soon
        | Standing::InTime
        | Standing::InTimeCutOff { .. }
        | Standing::CutOff { .. }
        | Standing::Withdrawn => true,
    }
}

/// Whether it is a report to an office above that is owed: what 迟报 and 漏报 are said of.
fn is_report(duty: Duty) -> bool {
    match duty {
        Duty::OralReport
        | Duty::WrittenReport
        | Duty::WrittenAfterOral
        | Duty::VerificationAnswer
        | Duty::CasualtyRevision
        | Duty::FollowUp
        | Duty::FinalReport
        | Duty::DailyReport
        | Duty::ZeroReport
        | Duty::HolidaySummary
        | Duty::RosterFiled
        | Duty::WrittenRequested => true,
        Duty::LeaderTold
        | Duty::WarningLeaderTold
        | Duty::WarningPassedOn
        | Duty::PaperPassedOn
        | Duty::Receipt
        | Duty::Feedback
        | Duty::Outcome
        | Duty::ApprovalAnswer
        | Duty::SilenceAsked
        | Duty::Explanation
        | Duty::Rectification
        // Of answers to a call more than their obligation has to be known.
        | Duty::RollCallAnswer
        | Duty::SecondCallAnswer
        | Duty::SecondCall
        | Duty::AbsenceInquiry => false,
    }
}

/// What an obligation showed when a person acted on it.
#[derive(Debug, Clone)]
pub struct Evidence<'a> {
    /// The obligation.
    pub owed: &'a Obligation,
    /// How it stood.
    pub standing: Standing,
    /// The lines while it ran, in words.
    pub lines: String,
    /// What it is, in words.
    pub title: String,
}

impl Evidence<'_> {
    /// As answers to the fields of the forms that keep it.
    pub fn answers(&self) -> Vec<Answer> {
        let (owed, met) = (self.owed, self.owed.outcome.met.as_ref());
        let time = |at: UnixMillis| Some(Value::Time(at));
        let rule = format!("{}@{} {}", owed.cited.pack, owed.cited.version, owed.cited.row);
        let named = Standing::NAMES[self.standing.place()];
        let said = [
            ("title", Some(Value::Text(self.title.clone()))),
            ("standing", Some(Value::Choices(vec![named.to_owned()]))),
            ("late_minutes", Some(Value::Number(self.standing.late_ms() / 60_000))),
            ("rule", Some(Value::Text(rule))),
            ("article", Some(Value::Text(owed.cited.article.clone()))),
            ("start_origin", time(owed.start.at.origin)),
            ("start_here", time(owed.start.at.here)),
            ("due_origin", time(owed.due.origin)),
            ("due_here", time(owed.due.here)),
            ("met_origin", met.and_then(|met| time(met.at.origin))),
            ("met_here", met.and_then(|met| time(met.at.here))),
            ("met_arrived", met.and_then(|met| time(met.arrived))),
            ("lines", Some(Value::Text(self.lines.clone())).filter(|_| !self.lines.is_empty())),
        ];
        said.into_iter().filter_map(|(field, value)| Some(Answer { field: field.to_owned(), value: value? })).collect()
    }
}
