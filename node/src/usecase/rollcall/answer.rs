//! Answering: one answer serves every call that is open at this office, as one record.

use dutynet_relay::{
    ids::{RecordId, RecordRef, UnixMillis},
    record::{Mode, Person},
};

use crate::{
    domain::{
        form::{Answer, Value},
        matter::Step,
        rollcall::{
            Course,
            course::{ALSO, ANSWER},
            is_long_over,
        },
        step::MatterKind,
    },
    projection::Openness,
    text::refusal::Refusal,
    usecase::{NamedRecord, Office, Refused, TakeStep, TakenStep},
};

/// Most calls that one answer serves, besides the one that it is an answer to.
const ALSO_MAX: usize = 32;

/// An answer as it was typed.
#[derive(Debug, Clone)]
pub struct AnswerRolls {
    /// Made by the client before its first attempt.
    pub id: RecordId,
    /// Number or reference of a call that is meant in any case; empty: whatever is open.
    pub call: String,
    /// Leader on duty.
    pub leader: String,
    /// Officer on duty.
    pub officer: String,
    /// Today's key work.
    pub work: String,
    /// Who answers.
    pub by: Option<Person>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnsweredRolls {
    /// Its record.
    pub taken: TakenStep,
    /// Every call that it serves.
    pub calls: Vec<RecordRef>,
}

impl Office {
    /// Answers every call that is open here.
    pub async fn answer_rolls(&self, asked: AnswerRolls) -> Result<AnsweredRolls, Refused> {
        let calls = self.calls_to_answer(&asked).await?;
        let also = calls.iter().skip(1).map(|call| NamedRecord { role: ALSO.to_owned(), record: call.to_string() });
        let said = [("leader", asked.leader), ("officer", asked.officer), ("work", asked.work)];
        let answer = |(field, words): (&str, String)| Answer { field: field.to_owned(), value: Value::Text(words) };
        let step = TakeStep {
            id: asked.id,
            form: ANSWER.to_owned(),
            matter: calls[0].to_string(),
            answers: said.into_iter().map(answer).collect(),
            links: also.collect(),
            to: Vec::new(),
            by: asked.by,
            mode: None,
            on_behalf: None,
            corrects: String::new(),
        };
        Ok(AnsweredRolls { taken: self.take_step(step).await?, calls })
    }

    /// The one that is named, and whatever else is open; at least one. A retry answers what it answered.
    async fn calls_to_answer(&self, asked: &AnswerRolls) -> Result<Vec<RecordRef>, Refused> {
        if let Some((matter, step)) = self.taken_before(asked.id)? {
            let also = step.links.iter().filter(|link| link.role == ALSO).map(|link| link.record.clone());
            return Ok(std::iter::once(matter).chain(also).collect());
        }
        let named = if asked.call.is_empty() { None } else { Some(self.roll_named(&asked.call).await?) };
        let named = named.map(|(call, steps)| (steps.first().map_or(Mode::Real, |step| step.mode), call));
        self.caught_up().await?;
        let mut open = self.rolls_to_answer(self.now())?;
        // What is practised is never said in one breath with what is real, which comes first.
        open.sort_by_key(|(mode, _)| *mode != Mode::Real);
        let Some(first) = named.or_else(|| open.first().cloned()) else { return Err(Refusal::RollNoneOpen.into()) };
        let also = open.into_iter().filter(|(mode, call)| *mode == first.0 && *call != first.1).map(|(_, call)| call);
        Ok(std::iter::once(first.1.clone()).chain(also.take(ALSO_MAX)).collect())
    }

    /// Calls that this office is to answer now, the one that opened first comes first.
    pub(super) fn rolls_to_answer(&self, now: UnixMillis) -> Result<Vec<(Mode, RecordRef)>, Refused> {
        let mut open = Vec::new();
        let listed = self.inner.matters.listed(MatterKind::RollCall, Openness::Open)?;
        // Those that nobody closed are not read again and again.
        for listed in listed.into_iter().filter(|listed| !is_long_over(&listed.summary, now)) {
            let steps = self.steps_of(&listed.matter)?;
            if let Some(course) = Course::of(&steps)
                && self.is_to_answer(&course, now)
            {
                open.push((course.first().opens().here, course.call.mode, listed.matter));
            }
        }
        open.sort_by(|a, b| (a.0, &a.2).cmp(&(b.0, &b.2)));
        Ok(open.into_iter().map(|(_, mode, call)| (mode, call)).collect())
    }

    /// Whether a call waits for an answer of this office.
    pub(super) fn is_to_answer(&self, course: &Course<'_>, now: UnixMillis) -> bool {
        let registry = self.relay().registry();
        let called = course.calls(self.own(), |office, top| registry.is_ancestor(top, office));
        called && course.closed().is_none() && course.part(self.own(), &registry).takes_answers(now).is_ok()
    }
}

/// Words of an answer.
pub(super) fn words(step: &Step, field: &str) -> String {
    step.text(field).unwrap_or_default().to_owned()
}
