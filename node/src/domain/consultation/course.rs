//! What a consultation has come to: what was said in it, each outcome with what it became, and the situation summary by section and version.

use dutynet_relay::{
    ids::{OfficeId, RecordRef},
    registry::Registry,
};

use crate::domain::matter::{Step, standing};

pub(super) const CALL: &str = "consultation.call";
pub(super) const AGENDA: &str = "consultation.agenda";
pub(super) const STATUS: &str = "consultation.status";
pub(super) const STATEMENT: &str = "consultation.statement";
pub(super) const JUDGEMENT: &str = "consultation.judgement";
pub(super) const MINUTES: &str = "consultation.minutes";
pub(super) const OUTCOME: &str = "consultation.outcome";
pub(super) const ORDERED: &str = "consultation.ordered";
pub(super) const NONE: &str = "consultation.none";
pub(super) const SECTION: &str = "consultation.section";
pub(super) const REVIEW: &str = "consultation.review";
pub(super) const PUBLISH: &str = "consultation.publish";
pub(super) const CLOSE: &str = "consultation.close";

/// A consultation as its steps say it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Course<'a> {
    steps: &'a [Step],
    pub(super) call: &'a Step,
}

impl<'a> Course<'a> {
    pub(super) fn of(steps: &'a [Step], call: &'a Step) -> Self {
        Self { steps, call }
    }

    /// Those that stand. Of whom the office that called it takes alone was judged when they came.
    pub(super) fn every(&self, form: &'static str) -> impl Iterator<Item = &'a Step> {
        standing(self.steps).filter(move |step| step.form == form)
    }

    /// It called the session, or stands in an area that was called to it.
    pub(super) fn is_invited(&self, office: &OfficeId, tree: &Registry) -> bool {
        self.call.office == *office || self.call.to.iter().any(|area| tree.is_within(office, area))
    }

    pub(super) fn has_begun(&self) -> bool {
        self.steps.iter().any(|step| [AGENDA, STATUS, STATEMENT, JUDGEMENT].contains(&step.form.as_str()))
    }

    pub(super) fn named(&self, form: &'static str, record: Option<&RecordRef>) -> Option<&'a Step> {
        self.every(form).find(|step| Some(&step.reference) == record)
    }

    /// The directives that an outcome became.
    pub(super) fn directives(&self, outcome: &RecordRef) -> Vec<(&'a Step, &'a RecordRef)> {
        let of = self.every(ORDERED).filter(|step| step.link("outcome") == Some(outcome));
        of.filter_map(|step| Some((step, step.link("directive")?))).collect()
    }

    /// It was said that nothing is ordered because of an outcome.
    pub(super) fn none(&self, outcome: &RecordRef) -> Option<&'a Step> {
        self.every(NONE).find(|step| step.link("outcome") == Some(outcome))
    }

    /// Outcomes that became no directive, and of which nobody has said that they need none.
    pub(super) fn unsettled(&self) -> Vec<&'a Step> {
        let settled = |outcome: &RecordRef| !self.directives(outcome).is_empty() || self.none(outcome).is_some();
        self.every(OUTCOME).filter(|outcome| !settled(&outcome.reference)).collect()
    }

    /// Every text of a section, those that were corrected too: the first is its first version.
    pub(super) fn versions(&self, section: &str) -> Vec<&'a Step> {
        self.steps.iter().filter(|step| step.form == SECTION && step.choice("section") == Some(section)).collect()
    }

    /// The last word of a review on a text.
    pub(super) fn review(&self, draft: &RecordRef) -> Option<&'a str> {
        self.every(REVIEW).filter(|step| step.link("draft") == Some(draft)).last()?.choice("result")
    }

    pub(super) fn closed(&self) -> Option<&'a Step> {
        self.every(CLOSE).next()
    }
}
