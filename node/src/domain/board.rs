//! The board of a period (汇总表): every office of a subtree, and about each of them facts that combine.
//!
//! What was filed, whether it was in time, and how the line is are three answers to three questions. They are never one list: an office
//! may have filed late while its line was up, or be missing behind a line that is down.
//!
//! Whether it was in time is judged by the moment at which the *first* filing was recorded, by the office itself or by whoever entered it
//! (代录), against the cut-off of that row; when it came here stands beside it. The figures are those of the version that stands. An office
//! that was registered after the cut-off did not owe that period yet (无需报).

use std::collections::BTreeMap;

use dutynet_relay::ids::{OfficeId, RecordRef, UnixMillis};

use super::{
    obligation::{Clocked, Obligation, Standing, WayHop, calendar},
    period::Period,
    report::Window,
    rules::{Cited, Duty},
    standing::Difference,
};

/// Id of the form 日报告.
pub const DAILY: &str = "daily";
/// Id of the form 零报告.
pub const ZERO: &str = "zero";
/// Id of 假期综合情况.
pub const HOLIDAY: &str = "holiday";

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
    /// The one form that the board is about.
    Form,
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
    /// 线路不通: nothing, from an office that was cut off when it was due.
    CutOff,
    /// 无需报: nothing, from an office that was registered after the cut-off.
    NotOwed,
}

/// Whether the versions of a report differ (有出入).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Differs {
    /// There is one, or they say the same.
    No,
    /// They do, and a person has chosen.
    Settled,
    /// They do.
    Open,
}

impl From<&Difference> for Differs {
    fn from(difference: &Difference) -> Self {
        match difference {
            Difference::None => Self::No,
            Difference::Open => Self::Open,
            Difference::Settled(_) => Self::Settled,
        }
    }
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
    /// Since when it is in the tree.
    pub since: UnixMillis,
    /// When the period is due from it, and when it closes.
    pub window: Window,
    /// What sets that.
    pub cited: Cited,
    /// To whom it reports: its parent, and the root to itself.
    pub reports_to: OfficeId,
}

/// What one office has filed with one form in the period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filing {
    /// The first version.
    pub first: RecordRef,
    /// When that was recorded, by the clock of whoever recorded it.
    pub recorded_at: UnixMillis,
    /// The same moment by ours.
    pub recorded_here: UnixMillis,
    /// When that came here.
    pub received_at: UnixMillis,
    /// Number of the revision that stands.
    pub revision: u32,
    /// 接报件数 of what stands.
    pub calls: i64,
    /// 突发事件 of what stands.
    pub incidents: i64,
    /// Another office that entered what stands (代录).
    pub entered_by: Option<OfficeId>,
    /// Whether there are versions that differ.
    pub differs: Differs,
    /// Nothing stands: the content of everything that was filed was removed. That it was filed, and when, stays.
    pub removed: bool,
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

/// What a board is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// A day: 日报告 or 零报告.
    Day,
    /// One form.
    Form(String),
}

impl About {
    /// The board on which a form stands.
    pub fn form(id: &str) -> Self {
        if id == DAILY || id == ZERO { Self::Day } else { Self::Form(id.to_owned()) }
    }

    /// Forms that stand on it.
    pub fn forms(&self) -> Vec<&str> {
        match self {
            Self::Day => vec![DAILY, ZERO],
            Self::Form(form) => vec![form],
        }
    }

    /// What is owed there.
    pub fn duty(&self) -> Duty {
        match self {
            Self::Day => Duty::DailyReport,
            Self::Form(_) => Duty::HolidaySummary,
        }
    }
}

/// What a board is made of.
#[derive(Debug, Clone)]
pub struct Facts {
    /// What it is about.
    pub about: About,
    /// For which period.
    pub period: Period,
    /// The office that looks: nothing of its own is behind a line.
    pub own: OfficeId,
    /// Every office, in the order of the tree.
    pub seats: Vec<Seat>,
    /// What was filed.
    pub filings: Filings,
    /// How the lines are; an office that is not in it is behind nothing that is known.
    pub lines: BTreeMap<OfficeId, LineFact>,
    /// What the lines were, of those that [`Facts::asks`] named.
    pub ways: BTreeMap<OfficeId, Vec<WayHop>>,
    /// Now, by the clock of this office.
    pub now: UnixMillis,
}

impl Facts {
    /// One row for every seat, in their order.
    pub fn rows(mut self) -> Vec<BoardRow> {
        let seats = std::mem::take(&mut self.seats);
        seats.into_iter().map(|seat| self.row(seat)).collect()
    }

    /// What each office owes, in their order; those that owe nothing are not in it.
    pub fn owed(&self) -> Vec<Obligation> {
        self.seats.iter().filter_map(|seat| self.obligation(seat, self.filed(&seat.office).1.as_ref())).collect()
    }

    /// Of whom it must be known what the lines on the way to here were, and when, before the rows are made.
    pub fn asks(&self) -> Vec<(OfficeId, (UnixMillis, UnixMillis))> {
        let below = self.owed().into_iter().filter(|owed| owed.debtor != self.own);
        below.filter_map(|owed| Some((owed.debtor.clone(), owed.asks(self.now)?))).collect()
    }

    fn row(&self, seat: Seat) -> BoardRow {
        let (filed, filing) = self.filed(&seat.office);
        BoardRow { timing: self.timing(&seat, filing.as_ref()), line: self.line(&seat), seat, filed, filing }
    }

    fn filed(&self, office: &OfficeId) -> (Filed, Option<Filing>) {
        match &self.about {
            About::Day => self.of_day(office),
            About::Form(form) => match self.filing(office, form) {
                Some(filing) => (Filed::Form, Some(filing.clone())),
                None => (Filed::Nothing, None),
            },
        }
    }

    fn obligation(&self, seat: &Seat, filing: Option<&Filing>) -> Option<Obligation> {
        let first = filing.map(|filing| calendar::First {
            record: filing.first.clone(),
            at: Clocked { origin: filing.recorded_at, here: filing.recorded_here },
            arrived: filing.received_at,
        });
        calendar::report(seat, self.about.duty(), self.period, first)
    }

    fn of_day(&self, office: &OfficeId) -> (Filed, Option<Filing>) {
        match (self.filing(office, DAILY), self.filing(office, ZERO)) {
            (None, None) => (Filed::Nothing, None),
            (Some(daily), None) => (Filed::Daily, Some(daily.clone())),
            (None, Some(zero)) => (Filed::Zero, Some(zero.clone())),
            (Some(daily), Some(zero)) => (Filed::Both, Some(joined(daily, zero))),
        }
    }

    fn filing(&self, office: &OfficeId, form: &str) -> Option<&Filing> {
        self.filings.get(&(office.clone(), form.to_owned()))
    }

    fn timing(&self, seat: &Seat, filing: Option<&Filing>) -> Timing {
        let Some(owed) = self.obligation(seat, filing) else { return Timing::NotOwed };
        let way = self.ways.get(&seat.office).map_or(&[][..], Vec::as_slice);
        match owed.judge(way, self.now) {
            Standing::NotDue | Standing::Soon => Timing::NotDue,
            Standing::InTime | Standing::InTimeCutOff { .. } => Timing::InTime,
            Standing::Late { .. } => Timing::Late,
            Standing::Overdue { .. } | Standing::Explained { .. } => Timing::Missing,
            Standing::CutOff { .. } => Timing::CutOff,
            Standing::Withdrawn => Timing::NotOwed,
        }
    }

    fn line(&self, seat: &Seat) -> LineFact {
        let unknown = LineFact { line: if seat.has_node { Line::Unknown } else { Line::None }, since: None };
        self.lines.get(&seat.office).copied().unwrap_or(unknown)
    }
}

/// The earlier of the two decides whether the office was in time; the figures are those of both.
fn joined(daily: &Filing, zero: &Filing) -> Filing {
    let first = if zero.recorded_here < daily.recorded_here { zero } else { daily };
    Filing {
        first: first.first.clone(),
        recorded_here: first.recorded_here,
        recorded_at: first.recorded_at,
        received_at: first.received_at,
        revision: daily.revision.max(zero.revision),
        calls: daily.calls.saturating_add(zero.calls),
        incidents: daily.incidents.saturating_add(zero.incidents),
        entered_by: daily.entered_by.clone().or_else(|| zero.entered_by.clone()),
        differs: daily.differs.max(zero.differs),
        removed: daily.removed && zero.removed,
    }
}

#[cfg(test)]
mod tests {
    use dutynet_relay::lines::{Span, SpanState};

    use super::*;
    use crate::domain::{
        beijing::{Day, TimeOfDay},
        form::Forms,
    };

    fn office(id: &str) -> OfficeId {
        OfficeId::parse(id).unwrap()
    }

    fn seat(id: &str) -> Seat {
        let since = UnixMillis(window().cut_off.0 - 3_600_000);
        let cited = Cited {
            pack: "daily".into(),
            version: 1,
            row: "daily".into(),
            title: "日报告".into(),
            article: "第九条(四)".into(),
            source: "标准规范".into(),
        };
        Seat {
            office: office(id),
            name: id.into(),
            depth: 1,
            has_node: true,
            since,
            window: window(),
            cited,
            reports_to: office("county"),
        }
    }

    fn window() -> Window {
        Window::of(Day::parse("2026-07-01").unwrap().into(), |_| Forms::built_in().get(DAILY).unwrap().cut_off)
    }

    /// A filing recorded so many minutes after the cut-off.
    fn filing(minutes: i64) -> Filing {
        let recorded_at = UnixMillis(window().cut_off.0 + minutes * 60_000);
        let received_at = UnixMillis(recorded_at.0 + 1);
        let first = RecordRef { origin: office("a"), id: dutynet_relay::ids::RecordId([1; 16]) };
        let (recorded_here, differs) = (recorded_at, Differs::No);
        Filing {
            first,
            recorded_at,
            recorded_here,
            received_at,
            revision: 1,
            calls: 3,
            incidents: 1,
            entered_by: None,
            differs,
            removed: false,
        }
    }

    fn facts(about: About, seats: Vec<Seat>, filings: Filings, now: UnixMillis) -> Facts {
        let period = Day::parse("2026-07-01").unwrap().into();
        Facts { about, period, own: office("county"), seats, filings, lines: BTreeMap::new(), ways: BTreeMap::new(), now }
    }

    fn one(filings: &[(&str, Filing)], minutes: i64) -> BoardRow {
        one_of(seat("a"), About::Day, filings, minutes)
    }

    fn one_of(seat: Seat, about: About, filings: &[(&str, Filing)], minutes: i64) -> BoardRow {
        let filings = filings.iter().map(|(form, f)| ((office("a"), (*form).to_owned()), f.clone())).collect();
        let now = UnixMillis(window().cut_off.0 + minutes * 60_000);
        facts(about, vec![seat], filings, now).rows().remove(0)
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
    fn each_row_is_judged_by_its_own_cut_off() {
        let at = |time: &str| Window::of(Day::parse("2026-07-01").unwrap().into(), |_| TimeOfDay::parse(time).unwrap());
        let timing = |time: &str| one_of(Seat { window: at(time), ..seat("a") }, About::Day, &[(DAILY, filing(-30))], 0).timing;
        assert_eq!((timing("16:30"), timing("16:29")), (Timing::InTime, Timing::Late));
        let row = one_of(Seat { window: at("17:30"), ..seat("a") }, About::Day, &[], 29);
        assert_eq!(row.timing, Timing::NotDue);
    }

    #[test]
    fn an_office_that_was_registered_after_the_cut_off_did_not_owe_the_period() {
        let since = |minutes: i64| Seat { since: UnixMillis(window().cut_off.0 + minutes * 60_000), ..seat("a") };
        assert_eq!(one_of(since(1), About::Day, &[], 60).timing, Timing::NotOwed);
        assert_eq!(one_of(since(0), About::Day, &[], 60).timing, Timing::Missing);
        assert_eq!(one_of(since(1), About::Day, &[(DAILY, filing(5))], 60).timing, Timing::Late, "what was filed is judged");
    }

    #[test]
    fn a_board_of_one_form_has_that_form_alone() {
        let about = || About::form("holiday");
        let both = [(DAILY, filing(-1)), ("holiday", Filing { calls: 9, ..filing(1) })];
        let row = one_of(seat("a"), about(), &both, 10);
        assert_eq!((row.filed, row.timing, row.filing.unwrap().calls), (Filed::Form, Timing::Late, 9));
        assert_eq!(one_of(seat("a"), about(), &both[..1], 10).filed, Filed::Nothing);
        assert_eq!((About::form(DAILY), About::form(ZERO)), (About::Day, About::Day));
    }

    #[test]
    fn of_two_forms_the_open_difference_is_shown() {
        let with = |differs| Filing { differs, ..filing(-5) };
        let row = one(&[(DAILY, with(Differs::Settled)), (ZERO, with(Differs::Open))], 10);
        assert_eq!(row.filing.unwrap().differs, Differs::Open);
    }

    fn behind(state: SpanState, minutes: i64) -> BoardRow {
        let now = UnixMillis(window().cut_off.0 + minutes * 60_000);
        let mut facts = facts(About::Day, vec![seat("county"), seat("a")], Filings::new(), now);
        let asked = facts.asks();
        assert_eq!(asked, [(office("a"), (window().cut_off, now))], "of the own office nothing is asked");
        let spans = vec![Span { from: UnixMillis(0), until: UnixMillis(i64::MAX), state }];
        facts.ways = BTreeMap::from([(office("a"), vec![WayHop { office: office("a"), spans }])]);
        facts.rows().remove(1)
    }

    #[test]
    fn an_office_that_was_cut_off_in_time_is_not_called_missing() {
        assert_eq!(behind(SpanState::Down, 60).timing, Timing::CutOff);
        assert_eq!(behind(SpanState::Up, 60).timing, Timing::Missing);
    }

    #[test]
    fn a_clock_that_is_fast_is_judged_as_one_that_is_right() {
        let fast = Filing { recorded_here: filing(-20).recorded_at, ..filing(20) };
        assert_eq!(one(&[(DAILY, fast)], 60).timing, Timing::InTime);
    }

    #[test]
    fn every_seat_has_a_row_and_a_line() {
        let mut seats = vec![seat("a"), seat("b"), seat("c")];
        seats[2].has_node = false;
        let up = LineFact { line: Line::Up, since: Some(UnixMillis(1)) };
        let lines = BTreeMap::from([(office("a"), up)]);
        let facts = Facts { lines, ..facts(About::Day, seats, Filings::new(), UnixMillis(0)) };
        let lines: Vec<_> = facts.rows().into_iter().map(|row| row.line.line).collect();
        assert_eq!(lines, [Line::Up, Line::Unknown, Line::None]);
    }
}
