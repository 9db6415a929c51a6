//! Which steps make sense first. At two in the morning an officer looks for one button, not for twenty-five; the others are one click further.

use dutynet_relay::ids::OfficeId;

use crate::{
    domain::{
        matter::Wanted,
        step::{MatterKind, StepForm},
    },
    usecase::MatterRow,
};

/// The steps of a matter that an office may take.
pub(super) struct Sorted {
    /// Those that do what is wanted.
    pub(super) wanted: Vec<&'static StepForm>,
    /// Those that are taken most often.
    pub(super) usual: Vec<&'static StepForm>,
    /// All others.
    pub(super) others: Vec<&'static StepForm>,
}

/// Steps of a matter, those that make sense now before the others; without the one that has a form of its own on the page.
pub(super) fn sorted(
    (row, own): (&MatterRow, &OfficeId),
    mut open: Vec<&'static StepForm>,
    elsewhere: Option<&StepForm>,
) -> Sorted {
    open.retain(|form| elsewhere.is_none_or(|other| other.id != form.id));
    let mut take = |commands: &[&str]| {
        let wanted = |command: &&str| open.iter().position(|form| form.command == *command).map(|at| open.remove(at));
        commands.iter().filter_map(wanted).collect::<Vec<_>>()
    };
    let wanted = take(row.wanted.map_or(&[][..], |wanted| answers(row.summary.kind, wanted)));
    let opener = row.matter.origin == *own;
    let usual = take(if row.summary.open { usual(row.summary.kind, opener) } else { &[] });
    Sorted { wanted, usual, others: open }
}

/// Steps that do what is wanted; what has a form of its own on the page is not among them.
fn answers(kind: MatterKind, wanted: Wanted) -> &'static [&'static str] {
    match (wanted, kind) {
        (Wanted::Accept, _) => &["accept"],
        (Wanted::Confirm | Wanted::Approve, _) => &[],
        (Wanted::Tell, _) => &["told"],
        (Wanted::Report, _) => &["oral", "report"],
        (Wanted::FollowUp, _) => &["report", "figures"],
        (Wanted::Answer, MatterKind::RollCall) => &["answer"],
        (Wanted::Answer, _) => &["answer", "reason"],
        (Wanted::Sign, MatterKind::Warning) => &["signed"],
        (Wanted::Sign, _) => &["sign"],
        (Wanted::Outcome, _) => &["done", "feedback"],
        (Wanted::Pass, _) => &["pass"],
        (Wanted::Explain, _) => &["explain"],
        (Wanted::Rule, _) => &["rule"],
        (Wanted::Rectify, _) => &["feedback"],
        (Wanted::Check, _) => &["check"],
        (Wanted::Speak, _) => &["statement"],
        (Wanted::Settle, _) => &["ordered", "none"],
        (Wanted::Close, _) => &["close"],
    }
}

/// What is done most often about an open one, by the office that began it, or by one that was given it.
fn usual(kind: MatterKind, opener: bool) -> &'static [&'static str] {
    match (kind, opener) {
        (MatterKind::Incident, _) => &["told", "oral", "report", "action", "figures", "ask-approval"],
        (MatterKind::Warning, true) => &["told", "pass", "phoned", "lift"],
        (MatterKind::Warning, false) => &["told", "pass", "phoned"],
        (MatterKind::Verification, true) => &["close"],
        (MatterKind::Verification, false) => &["answer", "reason"],
        (MatterKind::Directive, true) => &["phoned", "close", "correct"],
        (MatterKind::Directive, false) => &["feedback", "done", "split", "phoned"],
        (MatterKind::Drill, true) => &["suspend", "end"],
        (MatterKind::Drill, false) => &["leave"],
        (MatterKind::Finding, true) => &["rule", "check", "close"],
        (MatterKind::Finding, false) => &["explain", "feedback"],
        (MatterKind::Consultation, true) => &["agenda", "minutes", "outcome"],
        (MatterKind::Consultation, false) => &["statement"],
        (MatterKind::RollCall, true) => &["again", "phone", "close"],
        (MatterKind::RollCall, false) => &["answer", "explain"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::step::StepForms;

    #[test]
    fn every_step_that_comes_first_is_one_that_there_is() {
        let forms = StepForms::built_in();
        let all = [
            Wanted::Accept,
            Wanted::Tell,
            Wanted::Report,
            Wanted::FollowUp,
            Wanted::Answer,
            Wanted::Sign,
            Wanted::Outcome,
            Wanted::Pass,
            Wanted::Explain,
            Wanted::Rule,
            Wanted::Rectify,
            Wanted::Check,
            Wanted::Speak,
            Wanted::Settle,
            Wanted::Close,
        ];
        for kind in MatterKind::ALL {
            let known: Vec<&str> = forms.of(kind).map(|form| form.command.as_str()).collect();
            for opener in [true, false] {
                assert!(usual(kind, opener).iter().all(|command| known.contains(command)), "{kind:?}: {known:?}");
            }
        }
        let somewhere = |command: &str| MatterKind::ALL.iter().any(|kind| forms.of(*kind).any(|form| form.command == command));
        for wanted in all {
            assert!(MatterKind::ALL.iter().all(|kind| answers(*kind, wanted).iter().all(|one| somewhere(one))), "{wanted:?}");
        }
    }
}
