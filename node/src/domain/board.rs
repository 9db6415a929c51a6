//! The board of a period (汇总表): every office of a subtree, and about each of them facts that combine.
//!
//! What was filed, whether it was in time, and how the line is are three answers to three questions. They are never one list: an office
//! may have filed late while its line was up, or be missing behind a line that is down.
//!
//! Whether it was in time is judged by the moment at which the origin recorded the *first* filing; when it came here stands beside it.

use std::collections::BTreeMap;

use dutynet_relay::ids::{OfficeId, UnixMillis};

use super::report::Window;

/// Id of the form 日报告.
pub const DAILY: &str = "daily";
/// Id of the form 零报告.
pub const ZERO: &str = "zero";

/// What was filed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filed {
    /// 无
    Nothing,
    /// 日报告
    Daily,
    /// 零报告
    Zero,
    /// Both of them.
    Both,
}

/// Whether it was in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timing {
    /// 准时
    InTime,
    /// 迟
    Late,
    /// 未到时: nothing yet, and the cut-off is still to come.
    NotDue,
    /// 过时未报
    Missing,
}

/// How the line of an office to its parent is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// 通
    Up,
    /// 断
    Down,
    /// 不明: behind a line that is down.
    Unknown,
    /// 无终端
    None,
}

/// A line, and since when it is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineFact {
    /// How it is.
    pub line: Line,
    /// `None`: since before anybody here looked.
    pub since: Option<UnixMillis>,
}

/// An office that stands on the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// Its id.
    pub office: OfficeId,
    /// Its name.
    pub name: String,
    /// 0: the office whose board it is.
    pub depth: u32,
    /// Whether it has a node of its own.
    pub has_node: bool,
}

/// What one office has filed with one form in the period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filing {
    /// When the origin recorded the first revision.
    pub recorded_at: UnixMillis,
    /// When that came here.
    pub received_at: UnixMillis,
    /// Number of the latest revision.
    pub revision: u32,
    /// 接报件数 of the latest revision.
    pub calls: i64,
    /// 突发事件 of the latest revision.
    pub incidents: i64,
    /// Another office that entered the latest revision (代录).
    pub entered_by: Option<OfficeId>,
}

/// One office on the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardRow {
    /// Who.
    pub seat: Seat,
    /// What was filed.
    pub filed: Filed,
    /// Whether it was in time.
    pub timing: Timing,
    /// How the line is.
    pub line: LineFact,
    /// The filing that `timing` is about, with the figures of everything that was filed; `None`: nothing was.
    pub filing: Option<Filing>,
}

/// Filings of a period, by office and form.
pub type Filings = BTreeMap<(OfficeId, String), Filing>;

/// What a board is made of.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Every office, in the order of the tree.
    pub seats: Vec<Seat>,
    /// What was filed.
    pub filings: Filings,
    /// How the lines are; an office that is not in it is behind nothing that is known.
    pub lines: BTreeMap<OfficeId, LineFact>,
    /// When the period is due.
    pub window: Window,
    /// Now, by the clock of this office.
    pub now: UnixMillis,
}

impl Facts {
    /// One row for every seat, in their order.
    pub fn rows(mut self) -> Vec<BoardRow> {
        let seats = std::mem::take(&mut self.seats);
        seats.into_iter().map(|seat| self.row(seat)).collect()
    }

    fn row(&self, seat: Seat) -> BoardRow {
        let daily = self.filings.get(&(seat.office.clone(), DAILY.to_owned()));
        let zero = self.filings.get(&(seat.office.clone(), ZERO.to_owned()));
        let (filed, filing) = match (daily, zero) {
            (None, None) => (Filed::Nothing, None),
            (Some(daily), None) => (Filed::Daily, Some(daily.clone())),
            (None, Some(zero)) => (Filed::Zero, Some(zero.clone())),
            (Some(daily), Some(zero)) => (Filed::Both, Some(joined(daily, zero))),
        };
        BoardRow { timing: self.timing(filing.as_ref()), line: self.line(&seat), seat, filed, filing }
    }

    fn timing(&self, filing: Option<&Filing>) -> Timing {
        match filing {
            Some(filing) if self.window.in_time(filing.recorded_at) => Timing::InTime,
            Some(_) => Timing::Late,
            None if self.window.in_time(self.now) => Timing::NotDue,
            None => Timing::Missing,
        }
    }

    fn line(&self, seat: &Seat) -> LineFact {
        let unknown = LineFact { line: if seat.has_node { Line::Unknown } else { Line::None }, since: None };
        self.lines.get(&seat.office).copied().unwrap_or(unknown)
    }
}

/// The earlier of the two decides whether the office was in time; the figures are those of both.
fn joined(daily: &Filing, zero: &Filing) -> Filing {
    let first = if zero.recorded_at < daily.recorded_at { zero } else { daily };
    Filing {
        recorded_at: first.recorded_at,
        received_at: first.received_at,
        revision: daily.revision.max(zero.revision),
        calls: daily.calls.saturating_add(zero.calls),
        incidents: daily.incidents.saturating_add(zero.incidents),
        entered_by: daily.entered_by.clone().or_else(|| zero.entered_by.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{beijing::Day, form::Forms};

    fn office(id: &str) -> OfficeId {
        OfficeId::parse(id).unwrap()
    }

    fn seat(id: &str) -> Seat {
        Seat { office: office(id), name: id.into(), depth: 1, has_node: true }
    }

    fn window() -> Window {
        Window::of(Forms::built_in().get(DAILY).unwrap(), Day::parse("2026-07-01").unwrap())
    }

    /// A filing recorded so many minutes after the cut-off.
    fn filing(minutes: i64) -> Filing {
        let recorded_at = UnixMillis(window().cut_off.0 + minutes * 60_000);
        let received_at = UnixMillis(recorded_at.0 + 1);
        Filing { recorded_at, received_at, revision: 1, calls: 3, incidents: 1, entered_by: None }
    }

    fn one(filings: &[(&str, Filing)], minutes: i64) -> BoardRow {
        let filings = filings.iter().map(|(form, f)| ((office("a"), (*form).to_owned()), f.clone())).collect();
        let now = UnixMillis(window().cut_off.0 + minutes * 60_000);
        let facts = Facts { seats: vec![seat("a")], filings, lines: BTreeMap::new(), window: window(), now };
        facts.rows().remove(0)
    }

    #[test]
    fn nothing_filed_is_not_due_until_the_cut_off_and_missing_after_it() {
        assert_eq!((one(&[], 0).filed, one(&[], 0).timing), (Filed::Nothing, Timing::NotDue));
        assert_eq!((one(&[], 1).filed, one(&[], 1).timing), (Filed::Nothing, Timing::Missing));
    }

    #[test]
    fn in_time_is_judged_by_the_origin_whenever_it_came_here() {
        let mut behind_a_cut = filing(-1);
        behind_a_cut.received_at = UnixMillis(behind_a_cut.recorded_at.0 + 86_400_000);
        let row = one(&[(DAILY, behind_a_cut.clone())], 3000);
        assert_eq!((row.filed, row.timing), (Filed::Daily, Timing::InTime));
        assert_eq!(row.filing.unwrap().received_at, behind_a_cut.received_at);
        assert_eq!(one(&[(ZERO, filing(1))], 3000).timing, Timing::Late);
    }

    #[test]
    fn of_two_forms_the_earlier_decides_and_the_figures_are_both() {
        let row = one(&[(DAILY, filing(5)), (ZERO, Filing { calls: 0, incidents: 0, revision: 2, ..filing(-5) })], 10);
        assert_eq!((row.filed, row.timing), (Filed::Both, Timing::InTime));
        let both = row.filing.unwrap();
        assert_eq!((both.revision, both.calls, both.incidents, both.recorded_at), (2, 3, 1, filing(-5).recorded_at));
    }

    #[test]
    fn every_seat_has_a_row_and_a_line() {
        let mut seats = vec![seat("a"), seat("b"), seat("c")];
        seats[2].has_node = false;
        let up = LineFact { line: Line::Up, since: Some(UnixMillis(1)) };
        let lines = BTreeMap::from([(office("a"), up)]);
        let facts = Facts { seats, filings: Filings::new(), lines, window: window(), now: UnixMillis(0) };
        let lines: Vec<_> = facts.rows().into_iter().map(|row| row.line.line).collect();
        assert_eq!(lines, [Line::Up, Line::Unknown, Line::None]);
    }
}
