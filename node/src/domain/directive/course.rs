//! What a directive has come to: who was given which part of it by whom, and what each has done about it.

use dutynet_relay::ids::{OfficeId, RecordRef, UnixMillis};

use crate::domain::matter::{Step, standing};

pub(super) const ORDER: &str = "directive.order";
pub(super) const RELAY: &str = "directive.relay";
pub(super) const SPLIT: &str = "directive.split";
pub(super) const SIGN: &str = "directive.sign";
pub(super) const READ: &str = "directive.read";
pub(super) const FEEDBACK: &str = "directive.feedback";
pub(super) const RETURN: &str = "directive.return";
pub(super) const DONE: &str = "directive.done";
pub(super) const PHONED: &str = "directive.phoned";
pub(super) const CORRECT: &str = "directive.correct";
pub(super) const RECALL: &str = "directive.recall";
pub(super) const CLOSE: &str = "directive.close";

/// What an office was given to do.
#[derive(Debug, Clone)]
pub(super) struct Part<'a> {
    pub(super) office: &'a OfficeId,
    /// To whom it owes an outcome.
    pub(super) source: &'a OfficeId,
    /// The step that gave it.
    pub(super) given: &'a Step,
}

impl Part<'_> {
    pub(super) fn due(&self) -> Option<UnixMillis> {
        self.given.time("due")
    }
}

/// A directive as its steps say it.
#[derive(Debug)]
pub(super) struct Course<'a> {
    steps: &'a [Step],
    pub(super) order: &'a Step,
    pub(super) parts: Vec<Part<'a>>,
}

impl<'a> Course<'a> {
    pub(super) fn of(steps: &'a [Step], order: &'a Step) -> Self {
        let mut course = Self { steps, order, parts: Vec::new() };
        if course.is_task() {
            course.parts.push(Part { office: &order.office, source: &order.office, given: order });
        }
        course.give(order);
        let mut waiting: Vec<_> = standing(steps).filter(|step| [RELAY, SPLIT].contains(&step.form.as_str())).collect();
        // A part may be given on before the step that gave it is read: whoever stands in the order of steps by a wrong clock is no stranger.
        while let Some(at) = waiting.iter().position(|step| course.holds(&step.office)) {
            course.give(waiting.remove(at));
        }
        course
    }

    fn give(&mut self, given: &'a Step) {
        self.parts.extend(given.to.iter().map(|office| Part { office, source: &given.office, given }));
    }

    pub(super) fn kind(&self) -> &'a str {
        self.order.choice("kind").unwrap_or_default()
    }

    pub(super) fn is_task(&self) -> bool {
        self.kind() == "task"
    }

    /// It began the directive, or was given a part of it.
    pub(super) fn holds(&self, office: &OfficeId) -> bool {
        self.order.office == *office || self.has_part(office)
    }

    pub(super) fn has_part(&self, office: &OfficeId) -> bool {
        self.parts.iter().any(|part| part.office == office)
    }

    /// It gave that office its part, or began the whole.
    pub(super) fn gave(&self, source: &OfficeId, office: &OfficeId) -> bool {
        self.parts.iter().any(|part| part.office == office && (part.source == source || self.order.office == *source))
    }

    /// Steps of a form that an office took.
    pub(super) fn taken_by(&self, form: &'static str, office: &OfficeId) -> impl Iterator<Item = &'a Step> {
        standing(self.steps).filter(move |step| step.form == form && step.office == *office)
    }

    pub(super) fn by_opener(&self, form: &'static str) -> impl Iterator<Item = &'a Step> {
        self.taken_by(form, &self.order.office)
    }

    /// Who sent an outcome back, and why.
    pub(super) fn returns(&self, outcome: &RecordRef) -> impl Iterator<Item = &'a Step> {
        let (gave, outcome) = (self.parts.clone(), outcome.clone());
        standing(self.steps).filter(move |step| {
            let is_source = |office: &OfficeId| gave.iter().any(|part| part.office == office && *part.source == step.office);
            step.form == RETURN && step.link("outcome") == Some(&outcome) && step.to.first().is_some_and(is_source)
        })
    }

    /// What an office gave as its outcome, and nobody sent back.
    pub(super) fn outcomes(&self, office: &OfficeId) -> Vec<&'a Step> {
        self.taken_by(DONE, office).filter(|done| self.returns(&done.reference).next().is_none()).collect()
    }

    /// Calls to an office, by those who gave it its part.
    pub(super) fn calls(&self, office: &OfficeId) -> Vec<&'a Step> {
        let about = |step: &&Step| step.form == PHONED && step.to.first() == Some(office) && self.gave(&step.office, office);
        standing(self.steps).filter(about).collect()
    }

    /// Nothing more is owed by an office.
    pub(super) fn is_settled(&self, office: &OfficeId) -> bool {
        self.settled_by(office).is_some()
    }

    /// What it owed: an outcome; of a circular, that it was read; of a telephone notice, that it was told. The first step that said so.
    pub(super) fn settled_by(&self, office: &OfficeId) -> Option<&'a Step> {
        let read = || self.taken_by(READ, office);
        let told = || self.calls(office).into_iter().filter(|step| reached(step));
        let mut ended_by = self.outcomes(office);
        match self.kind() {
            "circular" => ended_by.extend(read()),
            "phone" => ended_by.extend(read().chain(told())),
            _ => {}
        }
        ended_by.into_iter().min_by_key(|step| (step.times.recorded.here, step.reference.clone()))
    }

    /// Offices that still owe something, of all or of those that one gave a part to; each once.
    pub(super) fn unsettled(&self, source: Option<&OfficeId>) -> Vec<&'a OfficeId> {
        let given = self.parts.iter().filter(|part| source.is_none_or(|source| part.source == source && part.office != source));
        let mut offices: Vec<_> = given.map(|part| part.office).filter(|office| !self.is_settled(office)).collect();
        offices.sort();
        offices.dedup();
        offices
    }

    pub(super) fn recalled(&self) -> Option<&'a Step> {
        self.by_opener(RECALL).next()
    }

    pub(super) fn closed(&self) -> Option<&'a Step> {
        self.by_opener(CLOSE).next()
    }
}

/// Somebody was told.
pub(super) fn reached(call: &Step) -> bool {
    call.choice("result") == Some("reached")
}
