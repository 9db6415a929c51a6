//! Why a session ends, and when to come back.

use std::time::Duration;

use super::{
    config::WINDOW_RECORDS_MAX,
    frame::{Refused, RefusedReason},
};
use crate::{
    ids::{Lane, LinkSeq},
    writer::intent::ForkReason,
};

/// Why a session ended. The text is English, for logs and the line history.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndReason {
    /// The stream was cut.
    #[error("the line was cut")]
    Closed,
    /// Nothing heard.
    #[error("nothing heard for {0:?}")]
    Silence(Duration),
    /// The neighbour stops on purpose.
    #[error("the neighbour is stopping")]
    PeerDrained,
    /// We stop on purpose.
    #[error("this node is stopping")]
    Drained,
    /// It does not talk to us.
    #[error("refused by the neighbour: {}", .0.detail)]
    RefusedByPeer(Refused),
    /// We do not talk to it.
    #[error("refused: {1}")]
    Refused(RefusedReason, String),
    /// It broke the protocol.
    #[error("fault of the neighbour: {0}")]
    PeerFault(PeerFault),
    /// We need a new epoch first.
    #[error("a new store epoch is needed: {0:?}")]
    Forking(ForkReason),
    /// Our store has a new epoch.
    #[error("this store has begun a new epoch")]
    NewEpoch,
    /// Shut lanes are open again.
    #[error("there is space again")]
    SpaceFreed,
    /// Our store and the machine do not agree, or it stopped.
    #[error("store: {0}")]
    Store(&'static str),
}

/// How the neighbour broke the protocol.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeerFault {
    /// Cannot be read.
    #[error("unreadable frame: {0}")]
    Unreadable(String),
    /// A frame that has no place at this point.
    #[error("{0} at the wrong time")]
    Unexpected(&'static str),
    /// A batch that does not begin where the last one ended.
    #[error("{lane:?} batch at {got}, expected {expected}")]
    Gap {
        /// The lane.
        lane: Lane,
        /// What should have come.
        expected: LinkSeq,
        /// What came.
        got: LinkSeq,
    },
    /// Of another epoch than it said.
    #[error("{0} of an epoch that was not announced")]
    WrongEpoch(&'static str),
    /// More in flight than allowed.
    #[error("more than {WINDOW_RECORDS_MAX} unacknowledged {0:?} records")]
    Window(Lane),
    /// It acknowledges what was not sent, or goes back.
    #[error("{lane:?} {what} at {got}, between {from} and {through} are possible")]
    Impossible {
        /// Which statement.
        what: &'static str,
        /// The lane.
        lane: Lane,
        /// Position.
        got: LinkSeq,
        /// Lowest possible.
        from: LinkSeq,
        /// Highest possible.
        through: LinkSeq,
    },
    /// Its chain and ours differ within a session.
    #[error("{lane:?} custody at {seq} has another chain hash")]
    Chain {
        /// The lane.
        lane: Lane,
        /// The position.
        seq: LinkSeq,
    },
}

/// When to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryHint {
    /// Start the schedule over: within a second.
    Soon,
    /// By the schedule.
    Schedule,
    /// By the schedule, but not before this long.
    NotBefore(Duration),
}
