//! 首报, 续报 n, 终报: what each written report of an office is called. A number never moves: one that was withdrawn keeps its own, and one
//! that corrects another has that one's.

use dutynet_relay::ids::{OfficeId, RecordRef};

use super::{is_withdrawn, of_office};
use crate::domain::matter::Step;

/// What a written report is to those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// 首报
    Initial,
    /// 续报
    FollowUp,
    /// 终报
    Final,
}

impl Stage {
    /// By its code in the form.
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Initial, Self::FollowUp, Self::Final].into_iter().find(|stage| stage.key() == key)
    }

    /// Its code in the form.
    pub fn key(self) -> &'static str {
        match self {
            Self::Initial => "initial",
            Self::FollowUp => "followup",
            Self::Final => "final",
        }
    }
}

/// A written report with everything that corrected it.
#[derive(Debug, Clone)]
pub struct Report<'a> {
    /// What it is called.
    pub stage: Stage,
    /// Among those of its office that are called so, from 1.
    pub number: i64,
    /// Its newest version.
    pub step: &'a Step,
    /// It does not count any more.
    pub withdrawn: bool,
    versions: Vec<&'a RecordRef>,
}

impl Report<'_> {
    /// Whether a record is a version of it.
    pub fn has(&self, record: &RecordRef) -> bool {
        self.versions.contains(&record)
    }
}

/// The written reports of an office, in the order in which it made them.
pub fn reports<'a>(steps: &'a [Step], office: &OfficeId) -> Vec<Report<'a>> {
    let mut reports: Vec<Report<'a>> = Vec::new();
    for step in of_office(steps, office).into_iter().filter(|step| step.form == "incident.report") {
        let withdrawn = is_withdrawn(steps, step);
        let corrected = step.corrects.as_ref().and_then(|old| reports.iter_mut().find(|report| report.has(old)));
        if let Some(report) = corrected {
            report.step = step;
            report.withdrawn |= withdrawn;
            report.versions.push(&step.reference);
            continue;
        }
        // Of a report whose content was removed its place says as much as is left.
        let by_place = if reports.is_empty() { Stage::Initial } else { Stage::FollowUp };
        let stage = step.choice("stage").and_then(Stage::from_key).unwrap_or(by_place);
        let before = reports.iter().filter(|report| report.stage == stage).count();
        let number = i64::try_from(before).unwrap_or(i64::MAX).saturating_add(1);
        reports.push(Report { stage, number, step, withdrawn, versions: vec![&step.reference] });
    }
    reports
}
