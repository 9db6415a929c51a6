//! How an office stands in a roll call: what is said of it in the table, by what it has said, by what is known of its line, and by nothing else.
//!
//! 线路不通 comes before 无应答: nobody is said to be absent while it may not have had the call, or while its answer may wait behind a line that is
//! down. Neither is a finding; that is for a person, after the office was heard.

use dutynet_relay::ids::UnixMillis;

use super::course::{Part, Round};
use crate::domain::{
    matter::Step,
    obligation::{WayHop, standing::could_not},
};

/// So many rings and the telephone should have been taken up: 响铃 3 声之内接听 (涡阳 二(五)).
pub const RINGS_MAX: i64 = 3;

/// How an office stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// 未开始
    Scheduled,
    /// 待应答
    Waiting,
    /// 在岗
    OnDuty,
    /// 迟到应答
    Late {
        /// By how much, ms.
        by: i64,
    },
    /// 无应答
    NoAnswer,
    /// 线路不通
    LineDown,
    /// 代录: reached by telephone.
    ByPhone,
    /// 无终端
    NoNode,
}

impl Outcome {
    /// Every way to stand, in the order of the declaration; how late is another matter.
    pub const ALL: [Self; 8] = [
        Self::Scheduled,
        Self::Waiting,
        Self::OnDuty,
        Self::Late { by: 0 },
        Self::NoAnswer,
        Self::LineDown,
        Self::ByPhone,
        Self::NoNode,
    ];

    /// Stable names, in the order of the declaration.
    pub const NAMES: [&'static str; 8] =
        ["scheduled", "waiting", "on_duty", "late", "no_answer", "line_down", "by_phone", "no_node"];

    /// Place in [`Self::NAMES`].
    pub fn place(self) -> usize {
        match self {
            Self::Scheduled => 0,
            Self::Waiting => 1,
            Self::OnDuty => 2,
            Self::Late { .. } => 3,
            Self::NoAnswer => 4,
            Self::LineDown => 5,
            Self::ByPhone => 6,
            Self::NoNode => 7,
        }
    }

    /// By how much an answer was late, ms; 0: it was not.
    pub fn late_ms(self) -> i64 {
        match self {
            Self::Late { by } => by,
            Self::Scheduled | Self::Waiting | Self::OnDuty | Self::NoAnswer | Self::LineDown | Self::ByPhone | Self::NoNode => 0,
        }
    }

    /// Whether the table still waits for it.
    pub fn is_open(self) -> bool {
        match self {
            Self::Scheduled | Self::Waiting => true,
            Self::OnDuty | Self::Late { .. } | Self::NoAnswer | Self::LineDown | Self::ByPhone | Self::NoNode => false,
        }
    }
}

impl Part<'_> {
    /// The stretch of time of which the lines decide something; `None`: they decide nothing.
    pub fn asks(&self, now: UnixMillis) -> Option<(UnixMillis, UnixMillis)> {
        let latest = self.latest();
        let due = latest.due().here;
        let silent = self.answered.is_none() && self.reached().is_none();
        (silent && latest.received.is_some() && !latest.is_missed() && now > due).then_some((due, now))
    }

    /// How the office stands now. `way` holds the lines from it up to here over the stretch that it asks for; of this office itself it is empty.
    pub fn outcome(&self, has_node: bool, way: &[WayHop], now: UnixMillis) -> Outcome {
        let at = |step: &&Step| step.times.recorded.here;
        let due = self.judged_by().due().here;
        match (self.answered, self.reached()) {
            (Some(answer), _) if at(&answer) <= due => return Outcome::OnDuty,
            (Some(answer), Some(call)) if at(&call) < at(&answer) => return Outcome::ByPhone,
            (Some(answer), _) => return Outcome::Late { by: at(&answer).0.saturating_sub(due.0) },
            (None, Some(_)) => return Outcome::ByPhone,
            (None, None) => {}
        }
        match now {
            _ if !has_node => Outcome::NoNode,
            now if now < self.turns[0].opens().here => Outcome::Scheduled,
            now => self.silent(way, now),
        }
    }

    /// Of an office that has not answered.
    fn silent(&self, way: &[WayHop], now: UnixMillis) -> Outcome {
        let latest = self.latest();
        let (due, closes) = (latest.due().here, latest.closes());
        match latest.received {
            None if now <= closes => Outcome::Waiting,
            None => Outcome::LineDown,
            Some(_) if latest.is_missed() => self.as_before(way, now),
            Some(_) if now <= due && now <= closes => Outcome::Waiting,
            // It came late, because of the line, and may be answered yet.
            Some(_) if now <= due => Outcome::LineDown,
            Some(_) if could_not(way, due, now) => Outcome::LineDown,
            Some(_) => Outcome::NoAnswer,
        }
    }

    /// A second call that never came takes nothing back of what the first one said.
    fn as_before(&self, way: &[WayHop], now: UnixMillis) -> Outcome {
        let judged = self.judged_by();
        match (judged.is_missed(), judged.received) {
            (true, _) | (false, None) => Outcome::LineDown,
            (false, Some(_)) if could_not(way, judged.due().here, now) => Outcome::LineDown,
            (false, Some(_)) => Outcome::NoAnswer,
        }
    }

    /// Whether it answered only when it was called a second time.
    pub fn needed_a_second_call(&self) -> bool {
        let second = self.turns.iter().find(|turn| turn.round == Round::Again);
        let began = second.map(|turn| turn.opens().here);
        self.answered.zip(began).is_some_and(|(answer, began)| answer.times.recorded.here >= began)
    }
}

/// Rings of a call to a telephone, and whether they were too many; `None`: nobody counted.
pub fn rings(call: &Step) -> Option<(i64, bool)> {
    let rings = call.number("rings")?;
    Some((rings, rings > RINGS_MAX))
}
