//! An office of which nothing is heard in a special period rings at its parent.
//!
//! A sign is a record of its subtree, or a line that is up: a linked office is heard every few seconds. Whoever gives no sign for the minutes
//! that the period names is to be asked, by telephone; when it is heard again, nothing is owed any more. An office without a node gives no
//! signs, and is not waited for.

use dutynet_relay::{
    ids::{OfficeId, UnixMillis},
    record::Mode,
};

use super::{About, Clocked, Creditor, Key, Obligation, Outcome, Start};
use crate::domain::{
    rules::{Basis, Cited, Duty, Limited},
    special::Special,
};

const MINUTE_MS: i64 = 60_000;

/// What was last heard of a child and everything below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastSign {
    /// The child.
    pub office: OfficeId,
    /// Since when its line is down; `None`: it is up.
    pub down_since: Option<UnixMillis>,
    /// When the last record of its subtree came; `None`: none since anybody here looked.
    pub record: Option<UnixMillis>,
}

impl LastSign {
    /// The last sign; `None`: it can be heard now.
    pub fn at(&self) -> Option<UnixMillis> {
        let down = self.down_since?;
        Some(self.record.map_or(down, |record| record.max(down)))
    }
}

/// What is owed when nothing is heard of an office: its parent is to ask. `None`: it is heard, or the period asks for no signs now.
pub fn silence(special: &Special, cited: Cited, own: &OfficeId, (sign, now): (&LastSign, UnixMillis)) -> Option<Obligation> {
    let minutes = special.declared.brings.silence_minutes;
    let (from, _) = special.spans.iter().find(|(from, to)| *from <= now && now < *to)?;
    if minutes == 0 {
        return None;
    }
    let since = sign.at()?.max(*from);
    let start = Start { basis: Basis::Event, at: Clocked::same(since), record: None };
    let limit = Limited::Within(i64::from(minutes) * MINUTE_MS);
    Some(Obligation {
        key: Key::by_calendar("silence", &sign.office, &since.0.to_string()),
        cited,
        duty: Duty::SilenceAsked,
        debtor: sign.office.clone(),
        creditor: Creditor::Office(own.clone()),
        about: About::Office(sign.office.clone()),
        mode: Mode::Real,
        flash: false,
        due: start.due(limit)?,
        start,
        limit,
        outcome: Outcome::default(),
    })
}
