//! When a filing is a report, when it is nothing new, and when it is refused.
//!
//! One row per office, form, period and mode; in it a chain of revisions for each office that speaks, which is the office itself or an
//! ancestor that enters on its behalf (代录). Equal content folds into the chain. Until the period is closed (the cut-off of the day after
//! its last) other content becomes the next revision; after it only a correction with a reason does, and both stay visible. An office's
//! first filing is never refused for being late: it counts as late.

use dutynet_relay::ids::{Digest, RecordRef, UnixMillis};

use super::{
    beijing::{Day, TimeOfDay},
    form::{FaultKind, Lines, words},
    period::Period,
};

/// Longest reason, characters.
pub const REASON_CHARS_MAX: usize = 500;

/// Longest name of whoever said what is entered on behalf, characters.
pub const TELLER_CHARS_MAX: usize = 64;
/// Longest telephone number, characters.
pub const PHONE_CHARS_MAX: usize = 32;

/// When a period is due and when it closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Recorded no later than this is in time.
    pub cut_off: UnixMillis,
    /// After this only corrections are taken.
    pub closes: UnixMillis,
}

impl Window {
    /// Of a period, given the cut-off of each day.
    pub fn of(period: Period, cut_off: impl Fn(Day) -> TimeOfDay) -> Self {
        let at = |day: Day| day.at(cut_off(day));
        Self { cut_off: at(period.last()), closes: at(period.last().next()) }
    }

    /// Whether what its origin recorded then is in time.
    pub fn in_time(&self, recorded_at: UnixMillis) -> bool {
        recorded_at <= self.cut_off
    }

    /// Whether only corrections are taken now.
    pub fn is_closed(&self, now: UnixMillis) -> bool {
        now > self.closes
    }
}

/// A revision that is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its record.
    pub reference: RecordRef,
    /// From 1.
    pub revision: u32,
    /// Digest of what it says, reason and revision apart.
    pub content: Digest,
}

/// Why something is filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// It is what there is to say.
    File,
    /// What was said before is wrong, and why.
    Correct {
        /// 1 to [`REASON_CHARS_MAX`] characters.
        reason: String,
    },
}

/// Whose words are filed, and what is held of them besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    /// The office's own.
    Own,
    /// Another's, on whose behalf nobody else has spoken, nor it itself.
    OnBehalf,
    /// Another's, and the row has versions of others.
    OnBehalfBeside,
}

/// Something to be filed for one row.
#[derive(Debug, Clone)]
pub struct Filing {
    /// The record that it would become.
    pub reference: RecordRef,
    /// The period.
    pub period: Period,
    /// Digest of what it says.
    pub content: Digest,
    /// Whose words.
    pub voice: Voice,
    /// Why.
    pub purpose: Purpose,
}

/// What becomes of a filing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It is held already.
    Fold(Held),
    /// It is made.
    Make {
        /// Its number.
        revision: u32,
        /// The revision before it.
        corrects: Option<RecordRef>,
    },
}

/// Why a filing is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilingRefused {
    /// The period has not begun.
    #[error("the period has not begun")]
    Future,
    /// Other content without a correction, and the period is closed.
    #[error("the period is closed")]
    Closed,
    /// There is nothing that could be corrected.
    #[error("nothing was filed that could be corrected")]
    NothingToCorrect,
    /// The same record id was used for something else.
    #[error("the record id was used for other content")]
    IdUsed,
}

/// Decides on a filing; `held` are the revisions of its chain in any order.
pub fn decide(filing: &Filing, held: &[Held], window: Window, now: UnixMillis) -> Result<Decision, FilingRefused> {
    if filing.period.first() > Day::of(now) {
        return Err(FilingRefused::Future);
    }
    if let Some(same) = held.iter().find(|h| h.reference == filing.reference) {
        return if same.content == filing.content { Ok(Decision::Fold(same.clone())) } else { Err(FilingRefused::IdUsed) };
    }
    let latest = held.iter().max_by_key(|h| h.revision);
    let spoken = latest.is_some() || filing.voice == Voice::OnBehalfBeside;
    match (latest, &filing.purpose) {
        (Some(latest), _) if latest.content == filing.content => Ok(Decision::Fold(latest.clone())),
        (None, Purpose::Correct { .. }) if !spoken => Err(FilingRefused::NothingToCorrect),
        (_, Purpose::File) if spoken && window.is_closed(now) => Err(FilingRefused::Closed),
        (Some(_) | None, Purpose::File | Purpose::Correct { .. }) => Ok(Decision::Make {
            revision: latest.map_or(1, |h| h.revision.saturating_add(1)),
            corrects: latest.map(|h| h.reference.clone()),
        }),
    }
}

/// A reason as it is kept, or what is wrong with it.
pub fn reason(text: &str) -> Result<String, Vec<FaultKind>> {
    said(text, REASON_CHARS_MAX, Lines::Many)
}

/// Words that must be said, as they are kept, or what is wrong with them.
pub fn said(text: &str, chars_max: usize, lines: Lines) -> Result<String, Vec<FaultKind>> {
    let kept = words(text, chars_max, lines)?;
    if kept.is_empty() { Err(vec![FaultKind::Missing]) } else { Ok(kept) }
}

#[cfg(test)]
mod tests;
