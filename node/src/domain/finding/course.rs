//! What a finding has come to: what its office said to it, how it was ruled, and what became of each demand to put something right.

use dutynet_relay::ids::{OfficeId, RecordRef};

use crate::domain::matter::{Step, standing};

pub(super) const OPEN: &str = "finding.open";
pub(super) const DISMISS: &str = "finding.dismiss";
pub(super) const PRAISE: &str = "finding.praise";
pub(super) const EXPLAIN: &str = "finding.explain";
pub(super) const RULE: &str = "finding.rule";
pub(super) const FOLLOW: &str = "finding.follow";
pub(super) const RECTIFY: &str = "finding.rectify";
pub(super) const FEEDBACK: &str = "finding.feedback";
pub(super) const CHECK: &str = "finding.check";
pub(super) const CLOSE: &str = "finding.close";

/// A finding as its steps say it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Course<'a> {
    steps: &'a [Step],
    pub(super) open: &'a Step,
}

impl<'a> Course<'a> {
    pub(super) fn of(steps: &'a [Step], open: &'a Step) -> Self {
        Self { steps, open }
    }

    /// Whom it is about; `None`: its content was removed.
    pub(super) fn office(&self) -> Option<&'a OfficeId> {
        self.open.to.first()
    }

    /// By whom they may be taken was judged when they came.
    pub(super) fn every(&self, form: &'static str) -> impl Iterator<Item = &'a Step> {
        standing(self.steps).filter(move |step| step.form == form)
    }

    /// What the office said that it is about.
    fn own(&self, form: &'static str) -> impl Iterator<Item = &'a Step> {
        let office = self.office();
        self.every(form).filter(move |step| Some(&step.office) == office)
    }

    pub(super) fn explanations(&self) -> impl Iterator<Item = &'a Step> {
        self.own(EXPLAIN)
    }

    /// The ruling that nobody above has overruled.
    pub(super) fn ruling(&self) -> Option<&'a Step> {
        let overruled = |ruling: &Step| self.every(RULE).any(|above| above.link("overrules") == Some(&ruling.reference));
        self.every(RULE).filter(|ruling| !overruled(ruling)).last()
    }

    pub(super) fn is_upheld(&self) -> bool {
        self.ruling().and_then(|ruling| ruling.choice("ruling")) == Some("upheld")
    }

    pub(super) fn demands(&self) -> impl Iterator<Item = &'a Step> {
        self.every(RECTIFY)
    }

    /// What the office said of a demand.
    pub(super) fn feedback(&self, demand: &RecordRef) -> impl Iterator<Item = &'a Step> {
        let demand = demand.clone();
        self.own(FEEDBACK).filter(move |step| step.link("demand") == Some(&demand))
    }

    /// That it was put right, and nobody sent that back; the first that said so.
    pub(super) fn done(&self, demand: &RecordRef) -> Option<&'a Step> {
        self.feedback(demand).find(|said| said.choice("state") == Some("done") && !self.is_checked(&said.reference, "returned"))
    }

    pub(super) fn is_accepted(&self, demand: &RecordRef) -> bool {
        self.feedback(demand).any(|said| self.is_checked(&said.reference, "accepted"))
    }

    fn is_checked(&self, said: &RecordRef, result: &str) -> bool {
        // The last word on it counts.
        self.every(CHECK).filter(|check| check.link("feedback") == Some(said)).last().and_then(|check| check.choice("result"))
            == Some(result)
    }

    /// What is still to be put right, or to be accepted as such.
    pub(super) fn outstanding(&self) -> Vec<&'a Step> {
        self.demands().filter(|demand| !self.is_accepted(&demand.reference)).collect()
    }

    pub(super) fn closed(&self) -> Option<&'a Step> {
        self.every(CLOSE).next()
    }
}
