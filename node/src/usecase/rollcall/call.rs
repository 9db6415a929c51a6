//! Making a call: of everybody below, of a list, of a group as it is now, or of some who are drawn from one of these.

use std::collections::BTreeSet;

use dutynet_relay::{
    ids::{Digest, OfficeId, RecordId, UnixMillis},
    record::{Mode, Person},
};

use crate::{
    domain::{
        beijing::Day,
        form::{Answer, Value},
        matter::case_of,
        notice::Addressed,
        rollcall::Course,
        rules::{Duty, Limited},
    },
    text::{refusal::Refusal, rollcall as text},
    usecase::{Office, Refused, TakeStep, TakenStep, To, notice::not_addressable, office_ids},
};

/// The answering time where neither the caller nor a rule says one, minutes.
const MINUTES: i64 = 10;
const MINUTE_MS: i64 = 60_000;

/// A call as it was typed.
#[derive(Debug, Clone)]
pub struct CallRoll {
    /// Made by the client before its first attempt.
    pub id: RecordId,
    /// 点名 or 抽查.
    pub kind: CallKind,
    /// Empty: a title is made.
    pub title: String,
    /// `None`: not said, or more than one.
    pub to: Option<To>,
    /// So many are drawn at random; `None`: all are called.
    pub draw: Option<u32>,
    /// When it opens; `None`: now.
    pub at: Option<UnixMillis>,
    /// The answering time; `None`: as the rules say.
    pub minutes: Option<u32>,
    /// Who calls.
    pub by: Option<Person>,
    /// Real, exercise or test.
    pub mode: Mode,
}

/// 点名 or 抽查.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallKind {
    /// 点名
    Roll,
    /// 抽查
    Spot,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalledRoll {
    /// Its record.
    pub taken: TakenStep,
    /// Who is called.
    pub called: Vec<OfficeId>,
    /// The seed, when they were drawn.
    pub seed: Option<Digest>,
    /// When it opens.
    pub opens: UnixMillis,
    /// When it is over, and its table complete.
    pub closes: UnixMillis,
}

impl CallKind {
    /// Stable name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Roll => "roll",
            Self::Spot => "spot",
        }
    }
}

impl Office {
    /// Calls the roll. The call is on disk when this returns, and opens by the clock, also after a restart.
    pub async fn call_roll(&self, asked: CallRoll) -> Result<CalledRoll, Refused> {
        let (to, group) = self.who_is_called(&asked).await?;
        let minutes = match asked.minutes {
            Some(minutes) => i64::from(minutes),
            None => self.rollcall_minutes(Duty::RollCallAnswer)?,
        };
        let title = if asked.title.trim().is_empty() { text::title(asked.kind) } else { &asked.title };
        let said = [
            ("kind", Some(Value::Choices(vec![asked.kind.key().to_owned()]))),
            ("title", Some(Value::Text(title.to_owned()))),
            ("minutes", Some(Value::Number(minutes))),
            ("opens_at", asked.at.map(Value::Time)),
            ("draw", asked.draw.map(|count| Value::Number(count.into()))),
            ("group", group.map(Value::Text)),
        ];
        let answer = |(field, value): (&str, Option<Value>)| Some(Answer { field: field.to_owned(), value: value? });
        let step = TakeStep {
            id: asked.id,
            form: "rollcall.call".to_owned(),
            matter: String::new(),
            answers: said.into_iter().filter_map(answer).collect(),
            links: Vec::new(),
            to: to.iter().map(ToString::to_string).collect(),
            by: asked.by,
            mode: Some(asked.mode),
            on_behalf: None,
            corrects: String::new(),
        };
        let taken = self.take_step(step).await?;
        self.called(taken).await
    }

    async fn called(&self, taken: TakenStep) -> Result<CalledRoll, Refused> {
        let (_, steps) = self.roll_named(&taken.matter.to_string()).await?;
        let course = Course::of(&steps).ok_or(Refusal::Internal)?;
        let called = self.called_here(&course, &self.inner.offices.history()?);
        let (first, seed) = (course.first(), course.draws().map(|_| course.call.digest));
        Ok(CalledRoll { called, seed, opens: first.opens().here, closes: first.closes(), taken })
    }

    /// The offices that are named, or may be drawn; none: everybody below.
    async fn who_is_called(&self, asked: &CallRoll) -> Result<(BTreeSet<OfficeId>, Option<String>), Refused> {
        let registry = self.relay().registry();
        let (offices, group) = match asked.to.clone().ok_or(Refusal::AudienceUnclear)? {
            To::EverybodyBelow => {
                Addressed::Below(self.own().clone()).checked(&registry).map_err(not_addressable)?;
                // Nobody further down knows all others; so they are listed for everybody to make the draw again.
                let below = registry.subtree(self.own()).into_iter().map(|(_, entry)| entry.office.clone());
                let below = below.filter(|office| asked.draw.is_some() && office != self.own());
                return Ok((below.collect(), None));
            }
            To::Offices(offices) => (office_ids(&offices)?, None),
            To::Group(name) => {
                let group = self.group(&name).await?;
                (group.members, Some(group.name))
            }
        };
        Addressed::Offices(offices.clone()).checked(&registry).map_err(not_addressable)?;
        Ok((offices, group))
    }

    /// The answering time that the rules give, minutes.
    pub(super) fn rollcall_minutes(&self, duty: Duty) -> Result<i64, Refused> {
        let (packs, registry) = (self.packs()?, self.relay().registry());
        let limits = packs.in_force().limits(duty, &case_of(self.own(), Day::of(self.now()), &registry));
        let within = limits.into_iter().find_map(|row| match row.limit {
            Limited::Within(millis) => Some(millis / MINUTE_MS),
            Limited::By(_) | Limited::DaysBefore(_) | Limited::AtOnce => None,
        });
        Ok(within.unwrap_or(MINUTES))
    }
}
