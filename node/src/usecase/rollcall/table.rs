//! The table of a call, over this office's own part of it: every called office once, with the reason why it has not answered.

use std::collections::BTreeSet;

use dutynet_relay::{
    ids::{Digest, OfficeId, RecordRef, UnixMillis},
    record::{Mode, Person},
};

use super::{PhoneResult, answer::words};
use crate::{
    domain::{
        beijing::Day,
        board::DAILY,
        form::{Forms, Value, said_to},
        matter::Step,
        number::Number,
        rollcall::{Course, Outcome, Part, rings},
        sign_for::{Seat, SignForFacts, Undelivered},
        then::{History, Then},
    },
    text::refusal::Refusal,
    usecase::{Office, Refused},
};

/// A call, and how everybody stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollTable {
    /// The call.
    pub call: RecordRef,
    /// Its number.
    pub number: Number,
    /// Its title; empty: its content was removed.
    pub title: String,
    /// Stable code: `roll` or `spot`.
    pub kind: String,
    /// Real, exercise or test.
    pub mode: Mode,
    /// Who called.
    pub caller: OfficeId,
    /// Its name.
    pub caller_name: String,
    /// When it opens, by our clock.
    pub opens: UnixMillis,
    /// The answering time, minutes.
    pub minutes: i64,
    /// When it is over, by our clock.
    pub closes: UnixMillis,
    /// When it was closed; `None`: it was not.
    pub closed: Option<UnixMillis>,
    /// The seed, when those called were drawn.
    pub seed: Option<Digest>,
    /// By the clock of this office.
    pub as_of: UnixMillis,
    /// Nobody is waited for any more.
    pub complete: bool,
    /// Every office directly followed by what is below it.
    pub rows: Vec<RollCallRow>,
}

/// One office in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollCallRow {
    /// Who, under the name of that time.
    pub seat: Seat,
    /// How it stands.
    pub outcome: Outcome,
    /// Why the call is not delivered; `None`: it is.
    pub why: Option<Undelivered>,
    /// When its node had the call, or the last one of several, by our clock.
    pub received: Option<UnixMillis>,
    /// Until when an answer is in time, by our clock.
    pub due: UnixMillis,
    /// How often it was called.
    pub rounds: usize,
    /// It answered only when it was called a second time.
    pub second_needed: bool,
    /// Who is on duty, as the office stated before; `None`: 未报备.
    pub expected: Option<ExpectedDuty>,
    /// What it answered.
    pub answer: Option<SaidAnswer>,
    /// Calls to its telephone, in order.
    pub phoned: Vec<PhoneCall>,
    /// What it explained.
    pub explained: Option<RollWords>,
    /// What was ruled.
    pub ruled: Option<Ruling>,
}

/// Who is on duty, as an office stated it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedDuty {
    /// Leader on duty.
    pub leader: String,
    /// Officer on duty.
    pub officer: String,
    /// The report that says so; `None`: the office's own draft.
    pub record: Option<RecordRef>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidAnswer {
    /// The record of what it says now.
    pub record: RecordRef,
    /// When it first answered, by our clock.
    pub at: UnixMillis,
    /// Leader on duty.
    pub leader: String,
    /// Officer on duty.
    pub officer: String,
    /// Today's key work.
    pub work: String,
}

/// A call to a telephone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneCall {
    /// Its record.
    pub record: RecordRef,
    /// Who telephoned.
    pub by_office: OfficeId,
    /// When, by our clock.
    pub at: UnixMillis,
    /// What came of it.
    pub call: PhoneResult,
    /// More than three rings.
    pub slow: bool,
}

/// Words of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollWords {
    /// Its record.
    pub record: RecordRef,
    /// When, by our clock.
    pub at: UnixMillis,
    /// The words; empty: they were removed.
    pub words: String,
}

/// A ruling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// Who ruled.
    pub by_office: OfficeId,
    /// Who signed it.
    pub by: Option<Person>,
    /// Stable code.
    pub ruling: String,
    /// In words.
    pub said: RollWords,
}

impl Office {
    /// The table of a call.
    pub async fn roll_table(&self, call: &str) -> Result<RollTable, Refused> {
        let (matter, steps) = self.roll_named(call).await?;
        let office = self.clone();
        let made = tokio::task::spawn_blocking(move || office.table_of(&matter, &steps)).await;
        made.map_err(|error| Refused::because(Refusal::Internal, error))?
    }

    fn table_of(&self, call: &RecordRef, steps: &[Step]) -> Result<RollTable, Refused> {
        let (history, now) = (self.inner.offices.history()?, self.now());
        let course = Course::of(steps).ok_or(Refusal::Internal)?;
        let (first, rows) = (course.first(), self.roll_rows(&course, (call, &history), now)?);
        let is_closed = course.closed().is_some();
        Ok(RollTable {
            call: call.clone(),
            number: Number::of(call),
            title: words(course.call, "title"),
            kind: course.call.choice("kind").unwrap_or_default().to_owned(),
            mode: course.call.mode,
            caller: course.call.office.clone(),
            caller_name: self.name_of(&course.call.office),
            opens: first.opens().here,
            minutes: first.within_ms() / 60_000,
            closes: first.closes(),
            closed: course.closed().map(|step| step.times.recorded.here),
            seed: course.draws().map(|_| course.call.digest),
            as_of: now,
            complete: is_closed || !rows.iter().any(|row| row.outcome.is_open()),
            rows,
        })
    }

    fn roll_rows(
        &self,
        course: &Course<'_>,
        (call, history): (&RecordRef, &History),
        now: UnixMillis,
    ) -> Result<Vec<RollCallRow>, Refused> {
        let then = Then::at(history, &course.call.moment);
        let called: BTreeSet<OfficeId> = self.called_here(course, history).into_iter().collect();
        let registry = self.relay().registry();
        let parked = self.relay().parked()?.into_iter().filter(|parked| parked.reference == *call);
        let parked = parked.map(|parked| parked.at.neighbour).collect();
        let lines = SignForFacts { lines: self.line_facts(), parked, ..SignForFacts::default() };
        let day = Day::of(course.first().opens().here);
        let subtree = registry.subtree(self.own()).into_iter().filter(|(_, entry)| called.contains(&entry.office));
        let rows = subtree.map(|(depth, entry)| {
            let seat = Seat::of((depth, entry), &registry, &then);
            let part = course.part(&seat.office, &registry);
            let asks = part.asks(now).filter(|_| seat.office != *self.own());
            let way = asks.map(|stretch| self.way_from(&seat.office, stretch)).transpose()?.unwrap_or_default();
            let outcome = part.outcome(seat.has_node, &way, now);
            let expected = self.expected_on(day, &seat.office)?;
            Ok(row(&part, seat, (outcome, expected), &lines))
        });
        rows.collect()
    }

    /// Who is on duty on a day, as an office has stated it in its daily report, or, of this office itself, in its draft.
    fn expected_on(&self, day: Day, office: &OfficeId) -> Result<Option<ExpectedDuty>, Refused> {
        let Some(form) = Forms::built_in().get(DAILY) else { return Ok(None) };
        let at = (Mode::Real, day.into());
        if let Some((source, filled)) = self.standing_of(form, at, office)? {
            let said = |field: &str| text_of(filled.value(field));
            let (leader, officer) = (said("leader"), said("officer"));
            let stated = !leader.is_empty() || !officer.is_empty();
            return Ok(stated.then_some(ExpectedDuty { leader, officer, record: Some(source.reference) }));
        }
        if office != self.own() {
            return Ok(None);
        }
        let own = self.own_words_in_draft(form, at)?;
        let said = |field: &str| text_of(said_to(&own, field));
        let (leader, officer) = (said("leader"), said("officer"));
        let stated = !leader.is_empty() || !officer.is_empty();
        Ok(stated.then_some(ExpectedDuty { leader, officer, record: None }))
    }
}

fn text_of(value: Option<&Value>) -> String {
    match value {
        Some(Value::Text(text)) => text.clone(),
        Some(Value::Number(_) | Value::Nil | Value::Unknown | Value::Time(_) | Value::Choices(_) | Value::Rows(_)) | None => {
            String::new()
        }
    }
}

fn row(part: &Part<'_>, seat: Seat, (outcome, expected): (Outcome, Option<ExpectedDuty>), lines: &SignForFacts) -> RollCallRow {
    let latest = part.latest();
    RollCallRow {
        outcome,
        why: if latest.received.is_some() { None } else { Some(lines.why_not(&seat)) },
        received: latest.received.map(|received| received.here),
        due: latest.due().here,
        rounds: part.turns.len(),
        second_needed: part.needed_a_second_call(),
        expected,
        answer: part.answered.zip(part.says).map(|(first, says)| SaidAnswer {
            record: says.reference.clone(),
            at: first.times.recorded.here,
            leader: words(says, "leader"),
            officer: words(says, "officer"),
            work: words(says, "work"),
        }),
        phoned: part.phoned.iter().map(|step| phone_call(step)).collect(),
        explained: part.explained.map(|step| said(step, "reason")),
        ruled: part.ruled.map(|step| Ruling {
            by_office: step.office.clone(),
            by: step.by.clone(),
            ruling: step.choice("ruling").unwrap_or_default().to_owned(),
            said: said(step, "words"),
        }),
        seat,
    }
}

fn said(step: &Step, field: &str) -> RollWords {
    RollWords { record: step.reference.clone(), at: step.times.recorded.here, words: words(step, field) }
}

fn phone_call(step: &Step) -> PhoneCall {
    let rings = rings(step);
    PhoneCall {
        record: step.reference.clone(),
        by_office: step.office.clone(),
        at: step.times.recorded.here,
        call: PhoneResult {
            office: step.to.first().map(ToString::to_string).unwrap_or_default(),
            result: step.choice("result").unwrap_or_default().to_owned(),
            phone: words(step, "phone"),
            rings: rings.and_then(|(rings, _)| u32::try_from(rings).ok()),
            answered_by: words(step, "answered_by"),
            leader: words(step, "leader"),
            officer: words(step, "officer"),
            work: words(step, "work"),
            remark: words(step, "remark"),
        },
        slow: rings.is_some_and(|(_, slow)| slow),
    }
}
