//! Roll calls as lists show them.

use dutynet_relay::ids::UnixMillis;

use crate::{
    domain::{rollcall::Course, step::MatterKind},
    projection::Openness,
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

impl Office {
    /// Roll calls that were not closed, and, if asked for, the others; those to be answered first, then the newest.
    pub async fn rolls(&self, also: Openness) -> Result<(Vec<RolledCall>, UnixMillis), Refused> {
        self.caught_up().await?;
        let office = self.clone();
        let made = tokio::task::spawn_blocking(move || {
            let mut listed = office.inner.matters.listed(MatterKind::RollCall, Openness::Open)?;
            if also == Openness::Closed {
                listed.extend(office.inner.matters.listed(MatterKind::RollCall, Openness::Closed)?);
            }
            let history = office.inner.offices.history()?;
            let mut rolls = Vec::new();
            for listed in listed {
                let steps = office.steps_of(&listed.matter)?;
                let Some(course) = Course::of(&steps) else { continue };
                let called = office.called_here(&course, &history);
                let registry = office.relay().registry();
                let has_answered = |office: &&_| {
                    let part = course.part(office, &registry);
                    part.answered.is_some() || part.reached().is_some()
                };
                let answered = called.iter().filter(has_answered).count();
                rolls.push(RolledCall {
                    row: office.matter_row(&listed.matter, listed.summary)?,
                    caller: office.name_of(&course.call.office),
                    opens: course.first().opens().here,
                    closes: course.first().closes(),
                    relation: office.relation_to(&course, called.contains(office.own())),
                    called: called.len(),
                    answered,
                });
            }
            rolls.sort_by_key(|roll| (roll.relation != RollRelation::ToAnswer, std::cmp::Reverse(roll.opens)));
            Ok((rolls, office.now()))
        });
        made.await.map_err(|error| Refused::because(Refusal::Internal, error))?
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
