//! The reports that every office owes, day by day and holiday by holiday, as obligations.
//!
//! Whoever was registered after the cut-off of a period owes nothing for it (无需报), unless it has filed all the same. What was entered on
//! behalf meets it too. A holiday's summary is due on its last day, and its clock runs on that day alone.

use dutynet_relay::{
    ids::{OfficeId, RecordRef, UnixMillis},
    record::Mode,
};

use super::{About, Clocked, Creditor, Key, Met, Obligation, Outcome, Start};
use crate::domain::{
    board::Seat,
    period::Period,
    rules::{Basis, Duty, Limited},
};

/// The filing that decides: the first that anybody recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct First {
    /// Its record.
    pub record: RecordRef,
    /// When it was recorded.
    pub at: Clocked,
    /// When it came here.
    pub arrived: UnixMillis,
}

/// What a seat of a board owes for a period; `None`: nothing.
pub fn report(seat: &Seat, duty: Duty, period: Period, first: Option<First>) -> Option<Obligation> {
    let due = seat.window.cut_off;
    if first.is_none() && due < seat.since {
        return None;
    }
    let began = period.last().midnight();
    let start = Start { basis: Basis::Day, at: Clocked::same(began), record: None };
    let met = first.map(|First { record, at, arrived }| Met { record, at, arrived });
    Some(Obligation {
        key: key(duty, &seat.office, period),
        cited: seat.cited.clone(),
        duty,
        debtor: seat.office.clone(),
        creditor: Creditor::Office(seat.reports_to.clone()),
        about: About::Period(period),
        mode: Mode::Real,
        flash: false,
        start,
        limit: Limited::Within(due.0 - began.0),
        due: Clocked::same(due),
        outcome: Outcome { met, ..Outcome::default() },
    })
}

/// The key of a report that is owed, whoever asks.
pub fn key(duty: Duty, office: &OfficeId, period: Period) -> Key {
    Key::by_calendar(duty.key(), office, &period.to_string())
}

/// What a key of this calendar names; `None`: it is no such key.
pub fn read_key(key: &Key) -> Option<(Duty, OfficeId, Period)> {
    let (duty, rest) = key.as_str().split_once('.')?;
    let (office, period) = rest.split_once('.')?;
    Some((Duty::from_key(duty)?, OfficeId::parse(office).ok()?, Period::parse(period).ok()?))
}
