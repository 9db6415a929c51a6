//! 会商 as an office holds it: when one is suggested, and how an outcome becomes a directive. The session itself is steps of a matter
//! ([`super::matter`]); what they come to is [`crate::domain::consultation`].

mod analysis;
mod status;

pub use analysis::{Analysis, AskAnalysis, DutyFigures};
pub use status::{KeepStatus, KeepingStatus, KeptStatus, KeptTable, KeptTables, ShowStatus, TableThere};

use std::collections::BTreeSet;

use dutynet_relay::{
    ids::{Digest, RecordId, RecordRef},
    record::{Mode, Person},
};

use super::{NamedRecord, Office, Refused, TakeStep, TakenStep, shown};
use crate::{
    body::{read_step, step::matter_of},
    domain::{
        beijing::Day,
        consultation::{self, Occasion, Trigger},
        form::Answer,
        holiday::Holidays,
        matter::{Fact, FactValue, Matter, Proposed, Step, StepLink, Taker, kind_of},
        number::{made_at, parse_reference},
        step::{MatterKind, StepForm, StepForms},
    },
    projection::Openness,
    text::refusal::Refusal,
    usecase::matter::refused,
};

/// A holiday is thought of so many days before it begins.
const DAYS_AHEAD: usize = 7;

/// An outcome that becomes a directive.
#[derive(Debug, Clone)]
pub struct OrderOutcome {
    /// Reference of the step that bears the outcome.
    pub outcome: String,
    /// The directive, a `directive.order` as it was typed.
    pub directive: TakeStep,
}

/// What an outcome became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderedOutcome {
    /// The directive.
    pub directive: TakenStep,
    /// The step of the session that names it.
    pub ordered: TakenStep,
}

impl Office {
    /// Occasions on which the regulations ask for a session and none was called yet; the one that began first comes first.
    pub async fn suggest_consultations(&self) -> Result<Vec<Occasion>, Refused> {
        self.caught_up().await?;
        let mut found = self.holidays_ahead();
        let periods = self.periods_in_force()?;
        found.extend(periods.into_iter().map(|period| Occasion {
            trigger: Trigger::Special(period.special.declared.reference.clone()),
            name: period.special.declared.reason.clone(),
            from: period.special.declared.from,
        }));
        for row in self.matters(MatterKind::Incident, Openness::Open).await? {
            if row.mode == Mode::Real && Trigger::GRADES.contains(&row.summary.grade.as_str()) {
                let (name, from) = (row.title.unwrap_or_default(), made_at(&row.matter.id));
                found.push(Occasion { trigger: Trigger::Incident(row.matter), name, from });
            }
        }
        let called = self.called_because()?;
        found.retain(|occasion| !called.contains(&occasion.trigger.key()));
        found.sort_by_key(|occasion| occasion.from);
        Ok(found)
    }

    /// Holidays that have begun or will soon. Of a year that is not announced nothing is said.
    fn holidays_ahead(&self) -> Vec<Occasion> {
        let days = std::iter::successors(Some(Day::of(self.now())), |day| Some(day.next())).take(DAYS_AHEAD + 1);
        let holidays = days.filter_map(|day| Holidays::built_in().on(day).ok());
        let mut found: Vec<Occasion> = Vec::new();
        for holiday in holidays {
            let trigger = Trigger::Holiday(holiday.period);
            if found.iter().all(|known| known.trigger != trigger) {
                found.push(Occasion { trigger, name: holiday.name.clone(), from: holiday.period.first().midnight() });
            }
        }
        found
    }

    /// What this office has called sessions because of.
    fn called_because(&self) -> Result<BTreeSet<String>, Refused> {
        let mut called = BTreeSet::new();
        for openness in [Openness::Open, Openness::Closed] {
            for listed in self.inner.matters.listed(MatterKind::Consultation, openness)? {
                if listed.matter.origin == *self.own() {
                    called.extend(consultation::trigger(&self.steps_of(&listed.matter)?).map(str::to_owned));
                }
            }
        }
        Ok(called)
    }

    /// Makes an outcome a directive: the directive names the session and the outcome, the session names the directive. The same id again is
    /// the same directive; whatever was cut off in between is done then.
    pub async fn order_outcome(&self, asked: OrderOutcome) -> Result<OrderedOutcome, Refused> {
        if asked.directive.form != "directive.order" {
            return Err(Refused::about(Refusal::StepUnknown, shown(&asked.directive.form)));
        }
        self.caught_up().await?;
        let outcome = parse_reference(&asked.outcome).ok_or(Refusal::ConsultationOutcomeUnknown)?;
        let session = self.session_of(&outcome)?;
        let directive = RecordRef { origin: self.own().clone(), id: asked.directive.id };
        let id = following(&directive.id);
        let steps = self.steps_of(&session)?;
        if steps.iter().all(|step| step.reference.id != id) {
            self.may_order(&steps, (&outcome, &directive), &asked.directive)?;
        }
        let named = |role: &str, record: &RecordRef| NamedRecord { role: role.to_owned(), record: record.to_string() };
        let mut typed = TakeStep { mode: steps.first().map(|step| step.mode), ..asked.directive };
        let by = typed.by.clone();
        typed.links.extend([named("basis", &session), named("basis", &outcome)]);
        let given = self.take_step(typed).await?;
        let links = vec![named("outcome", &outcome), named("directive", &directive)];
        let says = TakeStep {
            id,
            form: "consultation.ordered".to_owned(),
            matter: session.to_string(),
            answers: Vec::new(),
            links,
            to: Vec::new(),
            by,
            mode: None,
            on_behalf: None,
            corrects: String::new(),
        };
        Ok(OrderedOutcome { directive: given, ordered: self.take_step(says).await? })
    }

    /// The session of which a record is a step.
    fn session_of(&self, outcome: &RecordRef) -> Result<RecordRef, Refused> {
        let stored = self.relay().store().record(outcome)?;
        let step = stored.as_ref().filter(|stored| read_step(stored, &self.relay().registry()).is_ok());
        let matter = step.and_then(|stored| matter_of(&stored.record.header().subject));
        matter.ok_or_else(|| Refused::about(Refusal::ConsultationOutcomeUnknown, outcome))
    }

    /// Nothing is ordered because of what may not be: asked before the directive goes out.
    fn may_order(&self, steps: &[Step], (outcome, directive): (&RecordRef, &RecordRef), typed: &TakeStep) -> Result<(), Refused> {
        let link = |role: &str, record: &RecordRef| StepLink { role: role.to_owned(), record: record.clone() };
        let links = [link("outcome", outcome), link("directive", directive)];
        self.may_say(steps, ("consultation.ordered", directive, &links), typed.by.clone())
    }

    /// Whether this office may take a step of a session now.
    fn may_say(
        &self,
        steps: &[Step],
        (form, reference, links): (&str, &RecordRef, &[StepLink]),
        by: Option<Person>,
    ) -> Result<(), Refused> {
        let (registry, own) = (self.relay().registry(), self.own());
        let form = StepForms::built_in().get(form).ok_or(Refusal::Internal)?;
        let mode = steps.first().map_or(Mode::Real, |step| step.mode);
        let proposed = Proposed { form, reference, mode, answers: &[], links, to: &[], corrects: None };
        let by = super::person(by)?;
        let packs = self.packs()?;
        let rules = packs.in_force();
        let taker = Taker { own, office: own, by: &by, tree: &registry, now: self.now(), rules };
        Matter { kind: MatterKind::Consultation, steps }.admit(&proposed, &taker).map_err(refused)
    }

    /// What the node says in a step of a session, of the matter as it is.
    pub(super) fn session_says(&self, form: &StepForm, links: &[StepLink], steps: &[Step]) -> Result<Vec<Answer>, Refused> {
        let named = |role: &str| links.iter().find(|link| link.role == role).map(|link| &link.record);
        match form.id.as_str() {
            "consultation.status" => Err(Refusal::ConsultationStatusTyped.into()),
            "consultation.publish" => Ok(named("draft").map(|draft| consultation::published(steps, draft)).unwrap_or_default()),
            "consultation.ordered" => match named("directive") {
                Some(directive) if !self.is_own_directive(directive)? => {
                    Err(Refused::about(Refusal::ConsultationNoDirective, directive))
                }
                Some(_) | None => Ok(Vec::new()),
            },
            _ => Ok(Vec::new()),
        }
    }

    fn is_own_directive(&self, directive: &RecordRef) -> Result<bool, Refused> {
        let steps = self.steps_of(directive)?;
        Ok(directive.origin == *self.own() && kind_of(directive, &steps) == Some(MatterKind::Directive))
    }

    /// How each directive stands that an outcome became, as far as this office has it.
    pub(super) fn ordered_facts(&self, steps: &[Step]) -> Result<Vec<Fact>, Refused> {
        let mut facts = Vec::new();
        for (directive, says) in consultation::ordered(steps) {
            let steps = self.steps_of(directive)?;
            let Some(kind) = kind_of(directive, &steps) else { continue };
            let summary = Matter { kind, steps: &steps }.summary();
            let key = if summary.open { "directive_open" } else { "directive_closed" };
            let sources = vec![directive.clone(), says.reference.clone()];
            facts.push(Fact { key: key.to_owned(), value: FactValue::Code(summary.state), sources });
        }
        Ok(facts)
    }
}

/// The id of the step by which a session names a directive: the same, however often somebody tries.
fn following(directive: &RecordId) -> RecordId {
    id_after(directive, &Digest::of("dutynet.ordered.1", &[&directive.0]))
}

/// An id of the same moment as another.
fn id_after(first: &RecordId, digest: &Digest) -> RecordId {
    let mut random = [0; 10];
    random.copy_from_slice(&digest.0[..10]);
    RecordId::from_parts(made_at(first), random)
}
