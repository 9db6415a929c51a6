//! How an obligation stands: judged by its moments, by our clock, and by the lines over which it would have come.
//!
//! - What was made in time is in time, whenever it came; where a line on its way was down meanwhile, that is said.
//! - What was made late is late: a line that is down hinders nobody from writing.
//! - Of what has not come nobody can say that it was not made, while the way from there is cut. So an office that was cut off when it was due
//!   is 线路不通, until the whole way was up for [`GRACE_MS`] altogether, and nothing came.
//! - A reason does not end a duty.
//!
//! A hop is cut while its line was seen down, or while the office that sees it was off or behind such a line. A line that was never seen, or
//! that flaps, proves nothing.

use dutynet_relay::{
    ids::{OfficeId, UnixMillis},
    lines::{Span, SpanState, Why},
};

use super::{Obligation, Over};

/// What waits at an office that was cut off has come when the way was up for so long, ms.
pub const GRACE_MS: i64 = 10 * 60_000;
/// From this share of its time on an obligation is due soon, percent.
pub const SOON_PERCENT: i64 = 80;

/// The line of one office to its parent, on the way from a debtor to here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayHop {
    /// Whose line.
    pub office: OfficeId,
    /// What it was, by our clock.
    pub spans: Vec<Span>,
}

/// How an obligation stands. Spans of time are ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// 未到时
    NotDue,
    /// 将到时
    Soon,
    /// 准时
    InTime,
    /// 准时，因线路不通迟到达
    InTimeCutOff {
        /// How long after it was due it came.
        after: i64,
    },
    /// 迟报
    Late {
        /// By how much.
        by: i64,
    },
    /// 逾期未报
    Overdue {
        /// For how long.
        by: i64,
    },
    /// 线路不通: it was cut off when it was due, and nothing has come.
    CutOff {
        /// How long ago it was due.
        by: i64,
    },
    /// 已说明原因: a reason was given, and it is still owed.
    Explained {
        /// How long ago it was due; 0: it is not due yet.
        by: i64,
    },
    /// 撤销
    Withdrawn,
}

impl Standing {
    /// Stable names, in the order of the declaration.
    pub const NAMES: [&'static str; 9] =
        ["not_due", "soon", "in_time", "in_time_cut_off", "late", "overdue", "cut_off", "explained", "withdrawn"];

    /// Place in [`Self::NAMES`].
    pub fn place(self) -> usize {
        match self {
            Self::NotDue => 0,
            Self::Soon => 1,
            Self::InTime => 2,
            Self::InTimeCutOff { .. } => 3,
            Self::Late { .. } => 4,
            Self::Overdue { .. } => 5,
            Self::CutOff { .. } => 6,
            Self::Explained { .. } => 7,
            Self::Withdrawn => 8,
        }
    }

    /// Whether it is still owed.
    pub fn is_open(self) -> bool {
        match self {
            Self::NotDue | Self::Soon | Self::Overdue { .. } | Self::CutOff { .. } | Self::Explained { .. } => true,
            Self::InTime | Self::InTimeCutOff { .. } | Self::Late { .. } | Self::Withdrawn => false,
        }
    }

    /// How late it was, or how long it is overdue, ms; 0: neither.
    pub fn late_ms(self) -> i64 {
        match self {
            Self::Late { by } | Self::Overdue { by } | Self::CutOff { by } | Self::Explained { by } => by,
            Self::NotDue | Self::Soon | Self::InTime | Self::InTimeCutOff { .. } | Self::Withdrawn => 0,
        }
    }
}

impl Obligation {
    /// The stretch of time of which the lines decide something; `None`: they decide nothing.
    pub fn asks(&self, now: UnixMillis) -> Option<(UnixMillis, UnixMillis)> {
        if self.outcome.withdrawn.is_some() {
            return None;
        }
        match &self.outcome.met {
            Some(met) if met.at.here <= self.due.here && met.arrived > self.due.here => Some((met.at.here, met.arrived)),
            Some(_) => None,
            None if matches!(self.outcome.over, Some(Over::Missed(_))) => None,
            None if self.outcome.explained.is_some() || now <= self.due.here => None,
            None => Some((self.due.here, now)),
        }
    }

    /// The time while it ran, for its evidence.
    pub fn ran(&self, now: UnixMillis) -> (UnixMillis, UnixMillis) {
        let end = self.outcome.met.as_ref().map_or(now, |met| met.arrived);
        (self.start.at.here, end.max(self.start.at.here))
    }

    /// How it stands now. `way` holds the lines from the debtor up to here over the stretch that it asks for; it is empty of what is owed
    /// here, since here it is known that nothing was done.
    pub fn judge(&self, way: &[WayHop], now: UnixMillis) -> Standing {
        let due = self.due.here;
        if self.outcome.withdrawn.is_some() {
            return Standing::Withdrawn;
        }
        if let Some(met) = &self.outcome.met {
            let after = met.arrived.0.saturating_sub(due.0);
            return match met.at.here.0.saturating_sub(due.0) {
                by if by > 0 => Standing::Late { by },
                _ if after > 0 && was_cut(way, met.at.here, met.arrived) => Standing::InTimeCutOff { after },
                _ => Standing::InTime,
            };
        }
        let now = match self.outcome.over {
            Some(Over::Missed(at)) => return Standing::CutOff { by: at.0.saturating_sub(due.0).max(0) },
            Some(Over::Ended(at)) => at.min(now),
            None => now,
        };
        let by = now.0.saturating_sub(due.0).max(0);
        if self.outcome.explained.is_some() {
            return Standing::Explained { by };
        }
        match by {
            0 if now < self.share(SOON_PERCENT) => Standing::NotDue,
            0 => Standing::Soon,
            _ if could_not(way, due, now) => Standing::CutOff { by },
            _ => Standing::Overdue { by },
        }
    }

    /// The moment at which so many percent of its time are over, by our clock.
    pub fn share(&self, percent: i64) -> UnixMillis {
        let (start, due) = (self.start.at.here.0, self.due.here.0);
        UnixMillis(start.saturating_add(due.saturating_sub(start).saturating_mul(percent) / 100))
    }
}

/// Whether some hop was cut at some moment of a stretch.
fn was_cut(way: &[WayHop], from: UnixMillis, to: UnixMillis) -> bool {
    let spans = way.iter().flat_map(|hop| &hop.spans);
    spans.filter(|span| span.from < to && from < span.until).any(|span| is_cut(&span.state))
}

/// Whether the way was cut when it was due, and has hardly been up since.
pub(in crate::domain) fn could_not(way: &[WayHop], due: UnixMillis, now: UnixMillis) -> bool {
    let cut_at = |at: UnixMillis| {
        let then = way.iter().flat_map(|hop| &hop.spans).filter(|span| span.from <= at && at < span.until);
        then.into_iter().any(|span| is_cut(&span.state))
    };
    if !cut_at(due) {
        return false;
    }
    let ends = way.iter().flat_map(|hop| &hop.spans).flat_map(|span| [span.from, span.until]);
    let mut marks: Vec<UnixMillis> = ends.filter(|at| due < *at && *at < now).chain([due, now]).collect();
    marks.sort_unstable();
    let up = marks.windows(2).filter(|two| !cut_at(two[0])).map(|two| two[1].0 - two[0].0);
    up.sum::<i64>() < GRACE_MS
}

fn is_cut(state: &SpanState) -> bool {
    match state {
        SpanState::Down | SpanState::Unknown(Why::Off(_) | Why::Behind(_)) => true,
        SpanState::Up | SpanState::Unknown(Why::NotSeenYet | Why::Unsteady) => false,
    }
}
