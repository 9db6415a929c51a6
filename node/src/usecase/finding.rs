//! 督查发现 as an office makes them: what the obligations below suggest, the evidence that is kept when a person acts on one, and the circular
//! that is drafted from what was ruled. Findings themselves are steps of matters ([`super::matter`]); what they come to is
//! [`crate::domain::finding`].
//!
//! A suggestion is derived whenever somebody asks, and stands until a person has opened a finding from it or has dismissed it: it is never
//! stored, and nothing follows from it.

mod circular;

pub use circular::{AskCircular, CircularDraft, Figure};

use std::collections::BTreeMap;

use dutynet_relay::{
    ids::{OfficeId, RecordRef, UnixMillis},
    record::Mode,
};

use super::{AskDueStats, Due, Office, Refused, rollcall::Silence, shown};
use crate::{
    body::read_step,
    domain::{
        finding::{self, Evidence, Suggested, contradicts, suggests},
        form::{Answer, Value, said_to},
        matter::Step,
        number::Number,
        obligation::{Key, Standing, WayHop},
        step::{MatterKind, StepForm},
    },
    projection::Openness,
    text::{finding as words, refusal::Refusal},
};

/// Most suggestions at once.
const SUGGESTED_MAX: usize = 1000;
/// 迟报 and 逾期未报, each one for its kind: how late something is does not matter here.
const AT_FAULT: [Standing; 2] = [Standing::Late { by: 1 }, Standing::Overdue { by: 1 }];

/// Lines, each with the name of its office.
type Way = Vec<(WayHop, String)>;

/// What may be suggested.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AskSuggestions {
    /// `YYYY-MM` or `YYYY` in which it was due; empty: this month.
    pub month: String,
    /// Empty: every office below.
    pub office: String,
}

/// What is suggested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestions {
    /// Soonest due first.
    pub rows: Vec<Suggestion>,
    /// By the clock of this office.
    pub as_of: UnixMillis,
}

/// One suggestion, with its evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// What of.
    pub kind: Suggested,
    /// The obligation: its key, rule and article, both clocks, and how it stands.
    pub due: Due,
    /// The lines from the debtor up to here while it ran, each with the name of its office.
    pub way: Vec<(WayHop, String)>,
}

impl Office {
    /// What the obligations of offices below suggest, and nobody has decided yet.
    pub async fn suggest_findings(&self, asked: AskSuggestions) -> Result<Suggestions, Refused> {
        let mut dues = Vec::new();
        for standing in AT_FAULT {
            let (month, office) = (asked.month.clone(), asked.office.clone());
            let asked = AskDueStats { month, office, standing: Some(standing.place()), ..AskDueStats::default() };
            dues.extend(self.due_stats(asked).await?.dues);
        }
        let office = self.clone();
        let made = tokio::task::spawn_blocking(move || office.suggested_by(dues)).await;
        made.map_err(|error| Refused::because(Refusal::Internal, error))?
    }

    fn suggested_by(&self, mut dues: Vec<Due>) -> Result<Suggestions, Refused> {
        dues.sort_by_key(|due| due.obligation.due.here);
        let (decided, now) = (self.decided()?, self.now());
        let mut rows = Vec::new();
        for due in dues.into_iter().filter(|due| due.obligation.debtor != *self.own()) {
            let open = !decided.contains_key(due.obligation.key.as_str());
            if let (true, Some(kind)) = (open, suggests(&due.obligation, due.standing)) {
                if kind == Suggested::Unanswered && self.silence(&due.obligation, now)? != Some(Silence::Unruled) {
                    continue;
                }
                let way = self.named_way(&due, now)?;
                rows.push(Suggestion { kind, due, way });
            }
            if rows.len() == SUGGESTED_MAX {
                break;
            }
        }
        Ok(Suggestions { rows, as_of: now })
    }

    /// What the node says in a step that begins a finding, or dismisses a suggestion: what the obligation showed that it names.
    pub(super) async fn finding_evidence(
        &self,
        form: &StepForm,
        answers: &[Answer],
        to: &[OfficeId],
    ) -> Result<Vec<Answer>, Refused> {
        let Some(named) = cited(form, answers) else { return Ok(Vec::new()) };
        let unknown = || Refused::about(Refusal::DueUnknown, shown(named));
        let key = Key::parse(named).ok_or_else(unknown)?;
        if let Some(matter) = self.decided()?.get(key.as_str()) {
            return Err(Refused::about(Refusal::FindingTwice, Number::of(matter)));
        }
        let (office, now) = (self.clone(), self.now());
        let found = tokio::task::spawn_blocking(move || office.due_with_way(&key, now)).await;
        let (due, way) = found.map_err(|error| Refused::because(Refusal::Internal, error))??.ok_or_else(unknown)?;
        let owed = &due.obligation;
        if owed.mode != Mode::Real {
            // What is practised is evidence of nothing.
            return Err(Refused::about(Refusal::FindingNoEvidence, &owed.key));
        }
        if to.first() != Some(&owed.debtor) {
            return Err(Refused::about(Refusal::FindingOtherDebtor, &owed.debtor));
        }
        // A silence is evidence of something only where the call was there in time, over lines that were up.
        let overdue = matches!(due.standing, Standing::Overdue { .. });
        let unheard = owed.duty.is_of_a_roll_call() && overdue && self.silence(owed, now)?.is_none();
        if contradicts(due.standing) || unheard {
            return Err(Refused::about(Refusal::FindingNoEvidence, &owed.key));
        }
        let title = words::title(owed.duty, &owed.about.to_string());
        let lines = words::lines(&way, now);
        let evidence = Evidence { owed, standing: due.standing, lines, title };
        let fills = |answer: &Answer| form.field(&answer.field).is_some_and(|field| field.by_node);
        Ok(evidence.answers().into_iter().filter(fills).collect())
    }

    fn due_with_way(&self, key: &Key, now: UnixMillis) -> Result<Option<(Due, Way)>, Refused> {
        let Some(owed) = self.due_named(key, now)? else { return Ok(None) };
        let due = self.judged(owed, now)?;
        let way = self.named_way(&due, now)?;
        Ok(Some((due, way)))
    }

    fn named_way(&self, due: &Due, now: UnixMillis) -> Result<Way, Refused> {
        let way = self.way_from(&due.obligation.debtor, due.obligation.ran(now))?;
        Ok(way.into_iter().map(|hop| (hop.clone(), self.name_of(&hop.office))).collect())
    }

    /// The obligations of which somebody has decided, by key, each with the matter.
    fn decided(&self) -> Result<BTreeMap<String, RecordRef>, Refused> {
        let first_steps = self.findings()?.into_iter().filter_map(|matter| self.opening_of(&matter).transpose());
        let mut decided = BTreeMap::new();
        for step in first_steps {
            let step = step?;
            let matter = step.reference.clone();
            decided.extend(finding::cites(&[step]).map(|key| (key.to_owned(), matter)));
        }
        Ok(decided)
    }

    /// Every finding, dismissal and praise that this office holds.
    fn findings(&self) -> Result<Vec<RecordRef>, Refused> {
        let mut found = self.inner.matters.listed(MatterKind::Finding, Openness::Open)?;
        found.extend(self.inner.matters.listed(MatterKind::Finding, Openness::Closed)?);
        Ok(found.into_iter().map(|listed| listed.matter).collect())
    }

    fn opening_of(&self, matter: &RecordRef) -> Result<Option<Step>, Refused> {
        let stored = self.relay().store().record(matter)?;
        Ok(stored.and_then(|stored| read_step(&stored, &self.relay().registry()).ok()))
    }
}

/// The obligation that a step cites, of the forms that keep evidence.
pub(super) fn cited<'a>(form: &StepForm, answers: &'a [Answer]) -> Option<&'a str> {
    if form.matter != MatterKind::Finding {
        return None;
    }
    match said_to(answers, "due")? {
        Value::Text(key) => Some(key.trim()),
        Value::Number(_) | Value::Nil | Value::Unknown | Value::Time(_) | Value::Choices(_) | Value::Rows(_) => None,
    }
}
