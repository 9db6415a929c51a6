//! What an office is at this moment (即时状态): as it says itself, or as one above it that holds its records says; and the table of a whole subtree.
//!
//! Each fact bears its own age: who is on duty may have been said this morning, an incident may have moved a minute ago. Nothing is guessed:
//! what nobody has said is not there.

use std::collections::BTreeSet;

use dutynet_relay::ids::{OfficeId, UnixMillis};

use super::{beijing::Day, board::Filed, number::Number, rules::Stamp};

/// Most incidents of one office that are named; all are counted.
pub const INCIDENTS_MAX: usize = 12;

/// One office at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Who is on duty; `None`: nobody has said so, today or yesterday.
    pub on_duty: Option<DutyNow>,
    /// Open incidents in which it has taken part, gravest and newest first, at most [`INCIDENTS_MAX`].
    pub incidents: Vec<IncidentNow>,
    /// All of them.
    pub incidents_open: u32,
    /// What it owes and is overdue.
    pub overdue: u32,
    /// What it has filed today: nothing, or 日报告, 零报告, or both.
    pub filed: Filed,
    /// When that was first recorded; `None`: nothing was.
    pub filed_at: Option<UnixMillis>,
    /// Of its machine; `None`: it does not say this itself.
    pub machine: Option<MachineNow>,
}

impl Snapshot {
    /// The newest moment of which it says something; `None`: it bears none.
    pub fn newest(&self) -> Option<UnixMillis> {
        let duty = self.on_duty.as_ref().map(|duty| duty.said_at);
        let incidents = self.incidents.iter().map(|incident| incident.last_at);
        duty.into_iter().chain(self.filed_at).chain(incidents).max()
    }
}

/// Who is on duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyNow {
    /// 带班领导
    pub leader: String,
    /// 值班员
    pub officer: String,
    /// 值班电话
    pub phone: String,
    /// Where it stands.
    pub source: DutySource,
    /// The day of which it was said.
    pub day: Day,
    /// When, by the clock of whoever makes the snapshot.
    pub said_at: UnixMillis,
    /// Another office that entered it (代录).
    pub entered_by: Option<OfficeId>,
}

/// Where it stands who is on duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DutySource {
    /// In a report of the day.
    Report,
    /// In a draft that is not filed yet.
    Draft,
}

/// An open incident of an office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentNow {
    /// 事项编号
    pub number: Number,
    /// Key of the gravest grade that was said; empty: none was.
    pub grade: String,
    /// Empty: it was removed, or may not be shown.
    pub title: String,
    /// The office handles it.
    pub handles: bool,
    /// Its last step.
    pub last_at: UnixMillis,
}

/// The machine of an office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MachineNow {
    /// Records that wait for its parent.
    pub waiting: u64,
    /// Records that its parent has refused.
    pub parked: u64,
    /// Children with a node.
    pub children: u32,
    /// Those whose line is down.
    pub children_down: u32,
    /// Program and version.
    pub software: String,
    /// Rule packs in force.
    pub rules: Stamp,
}

/// An open incident with everybody who has taken part in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenIncident {
    /// As it is shown, but for who handles it.
    pub shown: IncidentNow,
    /// Who handles it.
    pub handler: OfficeId,
    /// Everybody who has taken a step.
    pub offices: BTreeSet<OfficeId>,
}

/// Grades from the gravest; what is not graded, or not known here, comes last.
const GRADES: [&str; 4] = ["exceptional", "major", "considerable", "ordinary"];

/// The incidents of one office, with their number.
pub fn incidents_of(office: &OfficeId, open: &[OpenIncident]) -> (Vec<IncidentNow>, u32) {
    let theirs = open.iter().filter(|incident| incident.handler == *office || incident.offices.contains(office));
    let mut theirs: Vec<_> =
        theirs.map(|incident| IncidentNow { handles: incident.handler == *office, ..incident.shown.clone() }).collect();
    let rank = |grade: &str| GRADES.iter().position(|known| *known == grade).unwrap_or(GRADES.len());
    theirs.sort_by_key(|incident| (rank(&incident.grade), std::cmp::Reverse(incident.last_at), incident.number.clone()));
    let count = u32::try_from(theirs.len()).unwrap_or(u32::MAX);
    theirs.truncate(INCIDENTS_MAX);
    (theirs, count)
}

/// Why an office has not answered itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// 线路不通
    LineDown,
    /// 无终端
    NoNode,
    /// 未按时应答
    NoAnswer,
    /// Its program is too old.
    Older,
    /// Its program could not say.
    Unable,
    /// Too many questions at once.
    Busy,
    /// Its answer was too long.
    TooMuch,
    /// Its answer cannot be read here, or may not be kept.
    Unreadable,
}

impl Why {
    /// Every reason.
    pub const ALL: [Self; 8] =
        [Self::LineDown, Self::NoNode, Self::NoAnswer, Self::Older, Self::Unable, Self::Busy, Self::TooMuch, Self::Unreadable];

    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::LineDown => "line_down",
            Self::NoNode => "no_node",
            Self::NoAnswer => "no_answer",
            Self::Older => "older",
            Self::Unable => "unable",
            Self::Busy => "busy",
            Self::TooMuch => "too_much",
            Self::Unreadable => "unreadable",
        }
    }
}

/// One office in the table of whoever asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusRow {
    /// Whose row.
    pub office: OfficeId,
    /// As it is called now.
    pub name: String,
    /// Tiers below whoever asked.
    pub depth: u32,
    /// Who says it.
    pub by: OfficeId,
    /// Why the office has not answered; `None`: it has.
    pub why: Option<Why>,
    /// Since when its line is down, where that is why and is known.
    pub line_since: Option<UnixMillis>,
    /// What is known, and when it was so.
    pub known: Option<(UnixMillis, Snapshot)>,
}

/// Every office asked for, as it was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusTable {
    /// Who asked.
    pub asker: OfficeId,
    /// When.
    pub asked_at: UnixMillis,
    /// When the last row was there.
    pub closed_at: UnixMillis,
    /// How long it would have waited, ms.
    pub within_ms: u64,
    /// Each office directly followed by what is below it.
    pub rows: Vec<StatusRow>,
}

#[cfg(test)]
mod tests {
    use dutynet_relay::ids::{RecordId, RecordRef};

    use super::*;

    fn office(id: &str) -> OfficeId {
        OfficeId::parse(id).unwrap()
    }

    fn incident(n: u8, grade: &str, handler: &str, others: &[&str]) -> OpenIncident {
        let number = Number::of(&RecordRef { origin: office("a"), id: RecordId([n; 16]) });
        let (title, last_at) = (format!("第{n}件"), UnixMillis(i64::from(n)));
        let shown = IncidentNow { number, grade: grade.into(), title, handles: false, last_at };
        OpenIncident { shown, handler: office(handler), offices: others.iter().map(|other| office(other)).collect() }
    }

    fn titles(of: &str, open: &[OpenIncident]) -> Vec<String> {
        incidents_of(&office(of), open).0.into_iter().map(|incident| incident.title).collect()
    }

    #[test]
    fn an_office_has_the_incidents_that_it_handles_or_took_part_in_gravest_first() {
        let open = [
            incident(1, "ordinary", "b", &["a"]),
            incident(2, "", "a", &[]),
            incident(3, "major", "a", &["b"]),
            incident(4, "ordinary", "a", &[]),
            incident(5, "exceptional", "c", &["c"]),
        ];
        assert_eq!(titles("a", &open), ["第3件", "第4件", "第1件", "第2件"]);
        assert_eq!(titles("d", &open), Vec::<String>::new());
        let handles: Vec<_> = incidents_of(&office("b"), &open).0.into_iter().map(|incident| incident.handles).collect();
        assert_eq!(handles, [false, true]);
    }

    #[test]
    fn of_many_incidents_some_are_named_and_all_are_counted() {
        let open: Vec<_> = (0..40).map(|n| incident(n, "ordinary", "a", &[])).collect();
        let (named, count) = incidents_of(&office("a"), &open);
        assert_eq!((named.len(), count), (INCIDENTS_MAX, 40));
        assert_eq!(named[0].title, "第39件", "the newest");
    }
}
