//! The history of lines: what was seen of them, by whom, and the answer to "was the line of that office up between then and then?".
//!
//! # What is kept
//!
//! A line is the link of an office to its parent, and it is the parent that sees it. What a parent sees are [`LineFact`]s: the line went up
//! or down; for a while it was itself not watching (it was off); it has heard everything that a child has to tell. Each node journals its
//! own facts and those that its children tell, and tells them all upwards in the order in which it learnt them. So every ancestor ends up
//! with the same facts; in which year their clocks are does not matter, since each hop moves times by the measured difference of clocks.
//!
//! # What is answered
//!
//! [`Span`]s: up, down, or unknown with its reason ([`Why`]). Nothing is guessed: from the moment when a nearer line went down, everything
//! behind it is unknown, and it becomes known when the line heals and the child tells what it saw meanwhile. While a node was off, from the
//! last moment of which it knows that it was alive, the lines of its children are unknown for ever, because nobody saw them; when it comes
//! back they are down until they are linked again.
//!
//! # Bounds
//!
//! - Of one line at most [`CHANGES_AN_HOUR`] changes are kept in any hour. A line that flaps more than that is called unsteady, which is
//!   unknown, until it is calm again. So a flapping line costs a few KiB a day in each ancestor, and never fills a disk.
//! - The last [`LOG_FACTS_MAX`] facts are kept for a parent that has to be told from the beginning; one message tells at most
//!   [`TOLD_FACTS_MAX`].
//! - A time that is still to come is not believed. When a clock was ahead and is set right, what it wrote about hours to come is void.

mod span;

pub use span::{Span, SpanState, Totals, Track, Why, intervals_down, spans, totals};

use crate::ids::{OfficeId, UnixMillis};

/// Changes of one line that are kept in any hour.
pub const CHANGES_AN_HOUR: usize = 20;
/// Facts that are kept to be told upwards.
pub const LOG_FACTS_MAX: u64 = 10_000;
/// Facts in one message.
pub const TOLD_FACTS_MAX: usize = 512;
/// An hour, ms.
pub(crate) const HOUR_MS: i64 = 3_600_000;

/// One thing that was seen. Times are by the clock of whoever keeps the fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFact {
    /// Whom it is about.
    pub office: OfficeId,
    /// What.
    pub seen: Seen,
}

/// What may be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// Its line to its parent changed.
    Line(LineSeen, UnixMillis),
    /// That office was not watching the lines of its children; they were down when it came back.
    Blind {
        /// Last moment of which it knows that it was alive.
        from: UnixMillis,
        /// When it came back.
        until: UnixMillis,
    },
    /// Its parent has heard everything that it knows of the lines below it, and goes on hearing it as it happens.
    Heard(UnixMillis),
}

/// How a line was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineSeen {
    /// Linked.
    Up,
    /// Not linked.
    Down,
    /// It changes too often for each change to be kept.
    Unsteady,
}

/// Facts as they are told upwards. The teller numbers its facts from 1 in the order in which it learnt them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinesTold {
    /// Consecutive ones, at most [`TOLD_FACTS_MAX`].
    pub facts: Vec<LineFact>,
    /// Number of the last one that is told here or was told before.
    pub through: u64,
    /// Number of the last one that the teller has; 0: none.
    pub end: u64,
}

impl LineFact {
    /// The same fact by a clock that is behind this one by so much.
    #[must_use]
    pub fn moved_back(self, ms: i64) -> Self {
        let moved = |at: UnixMillis| UnixMillis(at.0.saturating_sub(ms));
        let seen = match self.seen {
            Seen::Line(how, at) => Seen::Line(how, moved(at)),
            Seen::Blind { from, until } => Seen::Blind { from: moved(from), until: moved(until) },
            Seen::Heard(at) => Seen::Heard(moved(at)),
        };
        Self { seen, ..self }
    }
}
