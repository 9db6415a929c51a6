//! When an obligation rings: reminders at shares of its time, at its end, and the leader told when it is due.
//!
//! A ring is told by the obligation, its stage, and until when it is due: the same ring never sounds twice, also after a restart, and an
//! obligation that is due at another time rings anew. Of several reminders that were missed while the node was off, only the latest sounds.

use std::collections::BTreeMap;

use dutynet_relay::ids::UnixMillis;

use super::{Key, Obligation};
use crate::domain::rules::Duty;

/// What somebody asks for within so short a time rings as soon as it comes: a reminder at half of it may be too late.
const AT_ONCE_MS: i64 = 30 * 60_000;

/// How an office stands to an obligation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// It owes it.
    ByUs,
    /// It is owed to it.
    ToUs,
    /// Neither.
    Others,
}

/// At which share of the time something rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// 新到: its clock has begun.
    Begun,
    /// 过半
    Half,
    /// 过八成
    Most,
    /// 到时
    Due,
    /// 报带班领导
    Leader,
}

/// A ring.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ring {
    /// Of which obligation.
    pub key: Key,
    /// At which stage.
    pub stage: Stage,
    /// Until when that was due then, by our clock.
    pub due: UnixMillis,
}

/// Everything that has rung, and when. What was passed over counts as rung.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rung(pub BTreeMap<Ring, UnixMillis>);

impl Stage {
    /// All, in their order.
    pub const ALL: [Self; 5] = [Self::Begun, Self::Half, Self::Most, Self::Due, Self::Leader];

    /// Stable name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Half => "half",
            Self::Most => "most",
            Self::Due => "due",
            Self::Leader => "leader",
        }
    }

    /// The stage of that name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.key() == key)
    }
}

impl Side {
    /// Whoever owes something is reminded, and his leader told; whoever waits for it is told when it is due; nobody else is. What is to be
    /// done within minutes rings as soon as it begins; a roll call rings for its caller once, when he owes the second call, and not once for
    /// each office that is silent.
    fn stages(self, duty: Duty) -> &'static [Stage] {
        match (self, duty) {
            (Self::ByUs, Duty::RollCallAnswer) => &[Stage::Begun, Stage::Most, Stage::Due],
            (Self::ByUs, Duty::SecondCallAnswer | Duty::SecondCall | Duty::AbsenceInquiry) => {
                &[Stage::Begun, Stage::Most, Stage::Due, Stage::Leader]
            }
            (Self::ToUs, Duty::RollCallAnswer | Duty::SecondCallAnswer | Duty::SecondCall) => &[],
            (Self::ByUs, _) => &[Stage::Half, Stage::Most, Stage::Due, Stage::Leader],
            (Self::ToUs, _) => &[Stage::Due],
            (Self::Others, _) => &[],
        }
    }
}

impl Obligation {
    /// When a stage is reached, by our clock.
    pub fn reaches(&self, stage: Stage) -> UnixMillis {
        match stage {
            Stage::Begun => self.start.at.here,
            Stage::Half => self.share(50),
            Stage::Most => self.share(80),
            // Until that very moment it is in time.
            Stage::Due | Stage::Leader => UnixMillis(self.due.here.0.saturating_add(1)),
        }
    }

    /// At which stages it rings for that side. What came as 特急 is answered at two in the night as well.
    fn stages(&self, side: Side) -> impl Iterator<Item = Stage> {
        let asked = matches!(self.duty, Duty::Receipt | Duty::VerificationAnswer | Duty::Feedback | Duty::WrittenRequested);
        let is_short = self.due.here.0.saturating_sub(self.start.at.here.0) <= AT_ONCE_MS;
        let at_once = (side == Side::ByUs && (self.flash || (asked && is_short))).then_some(Stage::Begun);
        at_once.into_iter().chain(side.stages(self.duty).iter().copied())
    }

    /// What is to ring now. The second: what was missed, and counts as rung from now on.
    pub fn rings(&self, side: Side, rung: &Rung, now: UnixMillis) -> (Vec<Ring>, Vec<Ring>) {
        if self.is_closed() {
            return (Vec::new(), Vec::new());
        }
        let reached = self.stages(side).filter(|stage| self.reaches(*stage) <= now);
        let rings = reached.map(|stage| Ring { key: self.key.clone(), stage, due: self.due.here });
        let new: Vec<Ring> = rings.filter(|ring| !rung.0.contains_key(ring)).collect();
        let latest = new.iter().map(|ring| ring.stage).filter(|stage| *stage != Stage::Leader).max();
        new.into_iter().partition(|ring| ring.stage == Stage::Leader || Some(ring.stage) == latest)
    }

    /// When something rings next; `None`: nothing will.
    pub fn next_moment(&self, side: Side, now: UnixMillis) -> Option<UnixMillis> {
        let stages = self.stages(side).filter(|_| !self.is_closed());
        stages.map(|stage| self.reaches(stage)).filter(|at| *at > now).min()
    }
}

impl Rung {
    /// As it is kept: a line for each ring.
    pub fn written(&self) -> String {
        let line = |(ring, at): (&Ring, &UnixMillis)| format!("{} {} {} {}\n", ring.stage.key(), ring.due.0, at.0, ring.key);
        self.0.iter().map(line).collect()
    }

    /// Reads what was kept; a line that cannot be read is passed over, and rings once more.
    pub fn read(text: &str) -> Self {
        let line = |line: &str| {
            let [stage, due, at, key] = <[&str; 4]>::try_from(line.splitn(4, ' ').collect::<Vec<_>>()).ok()?;
            let ring = Ring { key: Key::parse(key)?, stage: Stage::from_key(stage)?, due: UnixMillis(due.parse().ok()?) };
            Some((ring, UnixMillis(at.parse().ok()?)))
        };
        Self(text.lines().filter_map(line).collect())
    }

    /// When a stage of an obligation rang.
    pub fn at(&self, obligation: &Obligation, stage: Stage) -> Option<UnixMillis> {
        let ring = Ring { key: obligation.key.clone(), stage, due: obligation.due.here };
        self.0.get(&ring).copied()
    }
}
