//! Roll calls as lists show them.

use std::cmp::Reverse;

use dutynet_relay::ids::{RecordRef, UnixMillis};

use crate::{
    domain::{
        rollcall::{Course, is_long_over},
        step::MatterKind,
        then::History,
    },
    projection::{ListedMatter, Openness},
    text::refusal::Refusal,
    usecase::{MatterRow, Office, Refused},
};

/// A roll call of a list.
#[derive(Debug, Clone)]
pub struct RolledCall {
    /// As lists of matters show it.
    pub row: MatterRow,
    /// Name of the office that called.
    pub caller: String,
    /// When it opens, by our clock.
    pub opens: UnixMillis,
    /// When it is over.
    pub closes: UnixMillis,
    /// What it is to this office.
    pub relation: RollRelation,
    /// How many of this subtree are called.
    pub called: usize,
    /// How many of those have answered, themselves or by telephone.
    pub answered: usize,
}

/// What a roll call is to an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RollRelation {
    /// 待应答
    ToAnswer,
    /// 本单位发起
    ByUs,
    /// 点到本单位: answered, over, or for later.
    ToUs,
    /// 点到下级
    Between,
    /// 下级发起
    Below,
}

impl RollRelation {
    /// All.
    pub const ALL: [Self; 5] = [Self::ToAnswer, Self::ByUs, Self::ToUs, Self::Between, Self::Below];

    /// Stable name.
    pub fn key(self) -> &'static str {
        match self {
            Self::ToAnswer => "to_answer",
            Self::ByUs => "by_us",
            Self::ToUs => "to_us",
            Self::Between => "between",
            Self::Below => "below",
        }
    }
}

/// Which calls are asked for.
#[derive(Debug, Clone)]
pub struct AskRolls {
    /// Whether those that are over are asked for, too.
    pub also: Openness,
    /// Only those over that were begun before this one; `None`: everything, from what is open on.
    pub before: Option<RecordRef>,
    /// So many of those that are over, newest first.
    pub over_max: usize,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct FoundRolls {
    /// Those to be answered first, then the newest.
    pub rows: Vec<RolledCall>,
    /// Before this one there are more.
    pub older: Option<RecordRef>,
    /// By the clock of this office.
    pub as_of: UnixMillis,
}

impl Office {
    /// Every roll call that is not over, and, if asked for, all others; those to be answered first, then the newest.
    pub async fn rolls(&self, also: Openness) -> Result<(Vec<RolledCall>, UnixMillis), Refused> {
        let found = self.find_rolls(AskRolls { also, before: None, over_max: usize::MAX }).await?;
        Ok((found.rows, found.as_of))
    }

    /// The same, of those that are over only so many at once: each is read with all of its steps.
    pub async fn find_rolls(&self, asked: AskRolls) -> Result<FoundRolls, Refused> {
        self.caught_up().await?;
        let office = self.clone();
        let made = tokio::task::spawn_blocking(move || {
            let as_of = office.now();
            let (listed, older) = office.listed_rolls(&asked, as_of)?;
            let history = office.inner.offices.history()?;
            let rolled = |listed| office.rolled(listed, &history).transpose();
            let mut rows = listed.into_iter().filter_map(rolled).collect::<Result<Vec<_>, Refused>>()?;
            rows.sort_by_key(|roll| (roll.relation != RollRelation::ToAnswer, Reverse(roll.opens)));
            Ok(FoundRolls { rows, older, as_of })
        });
        made.await.map_err(|error| Refused::because(Refusal::Internal, error))?
    }

    /// A call that nobody closed is over, too, some time after nobody can answer it any more.
    fn listed_rolls(&self, asked: &AskRolls, now: UnixMillis) -> Result<(Vec<ListedMatter>, Option<RecordRef>), Refused> {
        let listed = self.inner.matters.listed(MatterKind::RollCall, Openness::Open)?;
        let (mut over, mut rolls): (Vec<_>, Vec<_>) = listed.into_iter().partition(|one| is_long_over(&one.summary, now));
        if asked.also == Openness::Open {
            return Ok((rolls, None));
        }
        over.extend(self.inner.matters.listed(MatterKind::RollCall, Openness::Closed)?);
        if let Some(before) = &asked.before {
            rolls.clear();
            over.retain(|one| (one.matter.id, &one.matter.origin) < (before.id, &before.origin));
        }
        over.sort_by_key(|one| Reverse((one.matter.id, one.matter.origin.clone())));
        let is_cut = over.len() > asked.over_max;
        over.truncate(asked.over_max);
        let older = over.last().filter(|_| is_cut).map(|last| last.matter.clone());
        rolls.extend(over);
        Ok((rolls, older))
    }

    fn rolled(&self, listed: ListedMatter, history: &History) -> Result<Option<RolledCall>, Refused> {
        let steps = self.steps_of(&listed.matter)?;
        let Some(course) = Course::of(&steps) else { return Ok(None) };
        let (called, registry) = (self.called_here(&course, history), self.relay().registry());
        let has_answered = |office: &&_| {
            let part = course.part(office, &registry);
            part.answered.is_some() || part.reached().is_some()
        };
        Ok(Some(RolledCall {
            answered: called.iter().filter(has_answered).count(),
            row: self.matter_row(&listed.matter, listed.summary)?,
            caller: self.name_of(&course.call.office),
            opens: course.first().opens().here,
            closes: course.first().closes(),
            relation: self.relation_to(&course, called.contains(self.own())),
            called: called.len(),
        }))
    }

    fn relation_to(&self, course: &Course<'_>, is_called: bool) -> RollRelation {
        let caller = &course.call.office;
        match is_called {
            true if self.is_to_answer(course, self.now()) => RollRelation::ToAnswer,
            true => RollRelation::ToUs,
            false if caller == self.own() => RollRelation::ByUs,
            false if self.relay().registry().is_ancestor(self.own(), caller) => RollRelation::Below,
            false => RollRelation::Between,
        }
    }
}
