//! Obligations (时限事项): who owes what to whom by when, under which rule; and how each stands.
//!
//! An obligation is derived, never kept as truth: from records and the rules that were in force when its clock began, or from the calendar.
//! Whoever holds the same records derives the same, under the same [`Key`].
//!
//! - [`clocked`]: one moment by two clocks, its maker's and ours.
//! - [`standing`]: whether it is due, was in time, is late, or could not come because the line was down ([`Obligation::judge`]).
//! - [`rings`]: when its officers are reminded, and its leader told; the same ring never twice.
//! - [`calendar`]: the reports that every office owes, day by day.
//! - [`silence`]: offices of which nothing is heard in a special period.
//! - [`stats`]: counts by month, office and duty.
//!
//! What an obligation keeps is what a missed one has to show (G10): the row and article that set the limit, in the version that was in force
//! when the clock began, the moment from which it ran, and both clocks. The lines while it ran are added by whoever asks.

pub mod calendar;
pub mod clocked;
pub mod rings;
pub mod silence;
pub mod standing;
pub mod stats;

use std::fmt;

use dutynet_relay::{
    ids::{Digest, OfficeId, RecordRef, UnixMillis},
    record::Mode,
};

pub use self::{
    clocked::Clocked,
    rings::{Ring, Rung, Side, Stage},
    standing::{Standing, WayHop},
};
use super::{
    period::Period,
    rules::{Basis, Cited, Duty, Limited, Receiver},
};

/// Whether anything is owed because of what is real, or practised, or no more than a test of the equipment: then nothing is.
pub fn is_owed(mode: Mode) -> bool {
    match mode {
        Mode::Real | Mode::Exercise => true,
        Mode::Test => false,
    }
}

/// Longest key, bytes.
pub const KEY_BYTES_MAX: usize = 200;

/// Names an obligation, here and at every office that knows it: made of the rule's row, what it is about, who owes it, and the record with
/// which its clock began. A later version of a pack makes no other key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

/// Something that is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obligation {
    /// Its name.
    pub key: Key,
    /// The row that set the limit, in the version that was in force when the clock began.
    pub cited: Cited,
    /// What is owed.
    pub duty: Duty,
    /// Who owes it.
    pub debtor: OfficeId,
    /// To whom.
    pub creditor: Creditor,
    /// About what.
    pub about: About,
    /// What is owed in an exercise rings by its mark, stands in lists of its own, and is never counted.
    pub mode: Mode,
    /// It is the first that is owed because of something 特急 from another office: it rings as soon as that is here.
    pub flash: bool,
    /// When its clock began.
    pub start: Start,
    /// How long the clock runs.
    pub limit: Limited,
    /// Until when it is in time.
    pub due: Clocked,
    /// What has become of it.
    pub outcome: Outcome,
}

/// To whom something is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Creditor {
    /// An office.
    Office(OfficeId),
    /// A leader of the office that owes it; which one. Of what lies before leaders, the one whose turn it is: `approver-1`, `approver-2`…
    Leader(String),
    /// A body outside of the tree; of which kind.
    Outside(Receiver),
}

/// What an obligation is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// A matter, by the record that opened it.
    Matter(RecordRef),
    /// A notice.
    Notice(RecordRef),
    /// A period.
    Period(Period),
    /// An office.
    Office(OfficeId),
}

/// When a clock began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// From which kind of moment it runs.
    pub basis: Basis,
    /// That moment.
    pub at: Clocked,
    /// The record that says so; `None`: the calendar does.
    pub record: Option<RecordRef>,
}

/// What has become of an obligation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What met it, the first that did.
    pub met: Option<Met>,
    /// What says why it is not met; that does not end it.
    pub explained: Option<Explained>,
    /// What took it back.
    pub withdrawn: Option<RecordRef>,
    /// Nothing more is awaited, though nothing has met it.
    pub over: Option<Over>,
}

/// Why nothing more is awaited of what nothing has met, and from when on, by our clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// It was over before its debtor had it: the line is what failed.
    Missed(UnixMillis),
    /// Whoever waits for it does so no more; it stands as it stood then.
    Ended(UnixMillis),
}

/// What met an obligation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Met {
    /// The record.
    pub record: RecordRef,
    /// When it was made.
    pub at: Clocked,
    /// When it came here, by our clock.
    pub arrived: UnixMillis,
}

/// What says why it is not met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The record.
    pub record: RecordRef,
    /// When it was made.
    pub at: Clocked,
}

impl Key {
    /// Of an obligation whose clock began with a record. Two packs may call a row of theirs the same.
    pub fn of((pack, row): (&str, &str), debtor: &OfficeId, about: &About, start: &RecordRef) -> Self {
        let parts = [pack, "\n", row, "\n", debtor.as_str(), "\n", &about.to_string(), "\n", &start.to_string()];
        let digest = Digest::of("dutynet.due.1", &parts.map(str::as_bytes));
        Self(format!("{row}.{debtor}.{}", &digest.to_string()[..16]))
    }

    /// Of an obligation that the calendar makes; a row is at most 64 bytes.
    pub fn by_calendar(row: &str, debtor: &OfficeId, when: &str) -> Self {
        Self(format!("{row}.{debtor}.{when}"))
    }

    /// A key as somebody named it; `None`: it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits = (1..=KEY_BYTES_MAX).contains(&text.len()) && !text.chars().any(|c| c.is_control() || c.is_whitespace());
        fits.then(|| Self(text.to_owned()))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Matter(record) | Self::Notice(record) => record.fmt(f),
            Self::Period(period) => period.fmt(f),
            Self::Office(office) => office.fmt(f),
        }
    }
}

impl Start {
    /// With a record.
    pub fn with(basis: Basis, at: Clocked, record: RecordRef) -> Self {
        Self { basis, at, record: Some(record) }
    }

    /// When it is due, by both clocks; `None`: the rule has no figure that a clock could measure.
    pub fn due(&self, limit: Limited) -> Option<Clocked> {
        Some(Clocked { origin: limit.due(self.at.origin)?, here: limit.due(self.at.here)? })
    }
}

impl Obligation {
    /// Whether it is anybody's business yet: what follows from a deadline that is still to come is not; what the calendar asks for is.
    pub fn has_begun(&self, now: UnixMillis) -> bool {
        self.start.record.is_none() || self.start.at.here <= now
    }

    /// Whether it is done with, whatever the lines were.
    pub fn is_closed(&self) -> bool {
        self.outcome.met.is_some() || self.outcome.withdrawn.is_some() || self.outcome.over.is_some()
    }

    /// Whether it rings until a person has met it: a roll call, and what came as 特急 and nobody has signed for.
    pub fn insists(&self) -> bool {
        self.duty.is_of_a_roll_call() || (self.flash && self.duty == Duty::Receipt)
    }

    /// How an office stands to it.
    pub fn side(&self, own: &OfficeId) -> Side {
        match &self.creditor {
            _ if self.debtor == *own => Side::ByUs,
            Creditor::Office(creditor) if creditor == own => Side::ToUs,
            Creditor::Office(_) | Creditor::Leader(_) | Creditor::Outside(_) => Side::Others,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
