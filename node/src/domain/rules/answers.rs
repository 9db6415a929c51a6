//! What rules answer beside limits: grades, elements, whom to tell, approval, and what a special period brings.

use super::{
    case::{CategoryCode, Grade},
    cited::Cited,
    pack::Force,
};

/// A kind of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Stable id of our own.
    pub code: CategoryCode,
    /// For people.
    pub label: String,
    /// Code of GB/T 35561, once somebody has put it in.
    pub official: Option<String>,
    /// Line of the pack on which it begins.
    pub line: usize,
}

/// From which figures an event is of a grade: any one of them is enough. `None`: it says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Threshold {
    /// The grade.
    pub grade: Grade,
    /// 死亡 at least.
    pub dead: Option<u64>,
    /// 重伤 at least.
    pub badly_hurt: Option<u64>,
    /// 失踪 at least.
    pub missing: Option<u64>,
    /// 直接经济损失 at least, yuan.
    pub loss_yuan: Option<u64>,
}

/// A grade that the figures suggest. A person decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggested {
    /// The grade.
    pub grade: Grade,
    /// The threshold that is reached.
    pub because: Cited,
}

/// What is said where in an event's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// 接报记录
    Intake,
    /// 首报
    First,
    /// 续报
    FollowUp,
    /// 终报
    Final,
}

/// Something that must be said, as a row says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElementRule {
    /// Stable key.
    pub key: String,
    /// For people.
    pub label: String,
    /// When.
    pub stage: Stage,
}

/// Something that must be said. 不明，正在核实 is an answer; blank is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Stable key.
    pub key: String,
    /// For people.
    pub label: String,
    /// When.
    pub stage: Stage,
    /// The first row that asks for it.
    pub cited: Cited,
}

/// A leader by what he is to the duty office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeaderRole {
    /// 带班领导
    OnDuty,
    /// 办公室主要领导
    OfficeHead,
    /// 政府分管领导
    InCharge,
    /// 政府主要领导
    Principal,
}

/// A leader who must be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Who.
    pub role: LeaderRole,
    /// Whether it binds, or is only followed by reference.
    pub force: Force,
    /// The first row that asks for it.
    pub cited: Cited,
}

/// Who holds what goes up, as a row says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalRule {
    /// Whose approval.
    pub by: LeaderRole,
    /// How long the approver has, milliseconds.
    pub within_ms: i64,
    /// After how long without an answer the next on the day's list is asked, milliseconds.
    pub next_after_ms: i64,
    /// What happens at the end.
    pub at_end: Goes,
}

/// What happens when nobody has approved in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Goes {
    /// It goes up and is marked 未经审批.
    UpUnapproved,
    /// An oral report goes first; the paper waits.
    OralFirst,
    /// It waits; the record says who held it.
    Waits,
}

/// Who holds what goes up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Whose approval.
    pub by: LeaderRole,
    /// How long the approver has, milliseconds.
    pub limit_ms: i64,
    /// What happens at the end.
    pub at_end: Goes,
    /// After how long without an answer the next on the day's list is asked, milliseconds.
    pub next_after_ms: i64,
    /// The row.
    pub cited: Cited,
}

/// What a special period (敏感特殊时期) brings, as a row says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecialRule {
    /// What.
    pub brings: Brings,
    /// How many; 0: there is nothing to count.
    pub number: u32,
    /// For people.
    pub says: String,
    /// On statutory holidays, too.
    pub on_holidays: bool,
}

/// What a special period may bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Brings {
    /// 双带班: so many leaders.
    Leaders,
    /// 双人值班: so many officers.
    Officers,
    /// 日报告
    DailyReport,
    /// 点名
    RollCall,
    /// 值班表提前报备: so many days ahead.
    RosterAhead,
}

/// What a special period brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Special {
    /// What.
    pub brings: Brings,
    /// How many; 0: there is nothing to count.
    pub number: u32,
    /// For people.
    pub says: String,
    /// On statutory holidays, too.
    pub on_holidays: bool,
    /// The row.
    pub cited: Cited,
}

impl Stage {
    /// All.
    pub const ALL: [Self; 4] = [Self::Intake, Self::First, Self::FollowUp, Self::Final];

    /// Stable name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Intake => "intake",
            Self::First => "first",
            Self::FollowUp => "follow-up",
            Self::Final => "final",
        }
    }
}

impl LeaderRole {
    /// All.
    pub const ALL: [Self; 4] = [Self::OnDuty, Self::OfficeHead, Self::InCharge, Self::Principal];

    /// Stable name.
    pub fn key(self) -> &'static str {
        match self {
            Self::OnDuty => "on-duty",
            Self::OfficeHead => "office-head",
            Self::InCharge => "in-charge",
            Self::Principal => "principal",
        }
    }
}

impl Goes {
    /// All.
    pub const ALL: [Self; 3] = [Self::UpUnapproved, Self::OralFirst, Self::Waits];

    /// Stable name.
    pub fn key(self) -> &'static str {
        match self {
            Self::UpUnapproved => "up-unapproved",
            Self::OralFirst => "oral-first",
            Self::Waits => "waits",
        }
    }
}

impl Brings {
    /// All.
    pub const ALL: [Self; 5] = [Self::Leaders, Self::Officers, Self::DailyReport, Self::RollCall, Self::RosterAhead];

    /// Stable name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Leaders => "leaders",
            Self::Officers => "officers",
            Self::DailyReport => "daily-report",
            Self::RollCall => "roll-call",
            Self::RosterAhead => "roster-ahead",
        }
    }
}
