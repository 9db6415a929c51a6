//! What a warning has come to: its levels, who was asked to confirm it, and who has.

use dutynet_relay::ids::OfficeId;

use crate::domain::matter::{Step, standing};

pub(super) const TAKE: &str = "warning.take";
pub(super) const TOLD: &str = "warning.told";
pub(super) const PASS: &str = "warning.pass";
pub(super) const SHOWN: &str = "warning.shown";
pub(super) const SIGNED: &str = "warning.signed";
pub(super) const PHONED: &str = "warning.phoned";
pub(super) const RAISE: &str = "warning.raise";
pub(super) const LOWER: &str = "warning.lower";
pub(super) const LIFT: &str = "warning.lift";
pub(super) const RESPONSE: &str = "warning.response";

/// A warning as its steps say it.
#[derive(Debug)]
pub(super) struct Course<'a> {
    steps: &'a [Step],
    pub(super) take: &'a Step,
    passes: Vec<&'a Step>,
}

impl<'a> Course<'a> {
    pub(super) fn of(steps: &'a [Step], take: &'a Step) -> Self {
        let mut course = Self { steps, take, passes: Vec::new() };
        let mut waiting: Vec<_> = standing(steps).filter(|step| step.form == PASS).collect();
        // In whatever order clocks have put them: who was asked by a later step has passed it on all the same.
        while let Some(at) = waiting.iter().position(|step| course.holds(&step.office)) {
            course.passes.push(waiting.remove(at));
        }
        course
    }

    pub(super) fn every(&self, form: &'static str) -> impl Iterator<Item = &'a Step> {
        standing(self.steps).filter(move |step| step.form == form)
    }

    pub(super) fn taken_by(&self, form: &'static str, office: &OfficeId) -> impl Iterator<Item = &'a Step> {
        self.every(form).filter(move |step| step.office == *office)
    }

    /// It took the warning, or was asked to confirm it.
    pub(super) fn holds(&self, office: &OfficeId) -> bool {
        self.take.office == *office || self.is_addressed(office)
    }

    pub(super) fn is_addressed(&self, office: &OfficeId) -> bool {
        self.passes.iter().any(|pass| pass.to.contains(office))
    }

    /// Each once.
    pub(super) fn addressed(&self) -> Vec<&'a OfficeId> {
        let mut offices: Vec<_> = self.passes.iter().flat_map(|pass| &pass.to).collect();
        offices.sort();
        offices.dedup();
        offices
    }

    pub(super) fn passes_to(&self, office: &OfficeId) -> Vec<&'a Step> {
        self.passes.iter().copied().filter(|pass| pass.to.contains(office)).collect()
    }

    /// It passed the warning on to that office, or took it.
    pub(super) fn asked(&self, source: &OfficeId, office: &OfficeId) -> bool {
        self.passes_to(office).iter().any(|pass| pass.office == *source || self.take.office == *source)
    }

    pub(super) fn calls(&self, office: &OfficeId) -> Vec<&'a Step> {
        self.every(PHONED).filter(|step| step.to.first() == Some(office) && self.asked(&step.office, office)).collect()
    }

    /// Somebody there has answered for it; that a screen has shown it is not enough.
    pub(super) fn is_confirmed(&self, office: &OfficeId) -> bool {
        self.taken_by(SIGNED, office).next().is_some() || self.calls(office).iter().any(|step| reached(step))
    }

    /// Every level, with the step that says it, the present one last.
    pub(super) fn levels(&self) -> Vec<(&'a str, &'a Step)> {
        let changes = |step: &&Step| [RAISE, LOWER].contains(&step.form.as_str()) && step.office == self.take.office;
        let steps = [self.take].into_iter().chain(standing(self.steps).filter(changes));
        steps.filter_map(|step| Some((step.choice("level")?, step))).collect()
    }

    pub(super) fn level(&self) -> &'a str {
        self.levels().last().map_or("", |(level, _)| *level)
    }

    pub(super) fn lifted(&self) -> Option<&'a Step> {
        self.taken_by(LIFT, &self.take.office).next()
    }

    /// The last thing that an office said of its response, unless it has ended.
    pub(super) fn responds(&self, office: &OfficeId) -> Option<&'a Step> {
        self.taken_by(RESPONSE, office).last().filter(|step| step.choice("state") != Some("ended"))
    }
}

/// How high a level is; 0: none.
pub(super) fn height(level: &str) -> u8 {
    match level {
        "red" => 4,
        "orange" => 3,
        "yellow" => 2,
        "blue" => 1,
        _ => 0,
    }
}

/// Somebody answered.
pub(super) fn reached(call: &Step) -> bool {
    call.choice("result") == Some("reached")
}
