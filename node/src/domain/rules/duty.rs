//! What can be owed, from which moment a clock runs, and to whom it is owed; stable names of all of them.

/// What is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Duty {
    /// 向领导报告
    LeaderTold,
    /// 口头报告
    OralReport,
    /// 书面报告
    WrittenReport,
    /// 口头报告后的书面报告
    WrittenAfterOral,
    /// 核报反馈
    VerificationAnswer,
    /// 预警报领导
    WarningLeaderTold,
    /// 预警转发
    WarningPassedOn,
    /// 一般文电转办
    PaperPassedOn,
    /// 伤亡变化补报: until when a change must be said.
    CasualtyRevision,
    /// 续报
    FollowUp,
    /// 终报
    FinalReport,
    /// 日报告
    DailyReport,
    /// 零报告
    ZeroReport,
    /// 假期综合情况
    HolidaySummary,
    /// 签收
    Receipt,
    /// 督办、交办反馈
    Feedback,
    /// 办结并答复来源
    Outcome,
    /// 值班表报备
    RosterFiled,
    /// 审批答复
    ApprovalAnswer,
    /// 已要求的书面材料
    WrittenRequested,
    /// 久无消息，应询问
    SilenceAsked,
    /// 对督查发现作说明
    Explanation,
    /// 整改
    Rectification,
    /// 点名应答
    RollCallAnswer,
    /// 二次点名应答
    SecondCallAnswer,
    /// 二次点名: by who called, when some have not answered.
    SecondCall,
    /// 查明无应答单位: by its parent.
    AbsenceInquiry,
}

/// From which moment a clock runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// 事发
    Event,
    /// 获知
    Knowledge,
    /// 接报
    Receipt,
    /// 口头报告
    OralReport,
    /// 收到要求
    Request,
    /// 当日: the midnight with which the day begins that it is about.
    Day,
    /// 送审
    Approval,
}

/// To whom something is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Receiver {
    /// 本单位领导
    Leader,
    /// 上一级
    Above,
    /// 本级人民政府
    Government,
    /// 主管部门
    Department,
    /// 省级
    Province,
    /// 国务院及其部门
    Central,
    /// 下级和有关单位
    Below,
    /// 提出要求的单位
    Asker,
}

impl Duty {
    /// Whether an answer to a roll call is owed. Whether the office had the call in time stands in the call alone.
    pub fn is_of_a_roll_call(self) -> bool {
        [Self::RollCallAnswer, Self::SecondCallAnswer].contains(&self)
    }

    /// All.
    pub const ALL: [Self; 27] = [
        Self::LeaderTold,
        Self::OralReport,
        Self::WrittenReport,
        Self::WrittenAfterOral,
        Self::VerificationAnswer,
        Self::WarningLeaderTold,
        Self::WarningPassedOn,
        Self::PaperPassedOn,
        Self::CasualtyRevision,
        Self::FollowUp,
        Self::FinalReport,
        Self::DailyReport,
        Self::ZeroReport,
        Self::HolidaySummary,
        Self::Receipt,
        Self::Feedback,
        Self::Outcome,
        Self::RosterFiled,
        Self::ApprovalAnswer,
        Self::WrittenRequested,
        Self::SilenceAsked,
        Self::Explanation,
        Self::Rectification,
        Self::RollCallAnswer,
        Self::SecondCallAnswer,
        Self::SecondCall,
        Self::AbsenceInquiry,
    ];

    /// Stable name.
    pub fn key(self) -> &'static str {
        match self {
            Self::LeaderTold => "leader-told",
            Self::OralReport => "oral-report",
            Self::WrittenReport => "written-report",
            Self::WrittenAfterOral => "written-after-oral",
            Self::VerificationAnswer => "verification-answer",
            Self::WarningLeaderTold => "warning-leader-told",
            Self::WarningPassedOn => "warning-passed-on",
            Self::PaperPassedOn => "paper-passed-on",
            Self::CasualtyRevision => "casualty-revision",
            Self::FollowUp => "follow-up",
            Self::FinalReport => "final-report",
            Self::DailyReport => "daily-report",
            Self::ZeroReport => "zero-report",
            Self::HolidaySummary => "holiday-summary",
            Self::Receipt => "receipt",
            Self::Feedback => "feedback",
            Self::Outcome => "outcome",
            Self::RosterFiled => "roster-filed",
            Self::ApprovalAnswer => "approval-answer",
            Self::WrittenRequested => "written-requested",
            Self::SilenceAsked => "silence-asked",
            Self::Explanation => "explanation",
            Self::Rectification => "rectification",
            Self::RollCallAnswer => "rollcall-answer",
            Self::SecondCallAnswer => "second-call-answer",
            Self::SecondCall => "second-call",
            Self::AbsenceInquiry => "absence-inquiry",
        }
    }

    /// The duty of that name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|duty| duty.key() == key)
    }
}

impl Basis {
    /// All; whatever comes first cannot be later than what comes after it in one report's life, as far as they are comparable.
    pub const ALL: [Self; 7] =
        [Self::Event, Self::Knowledge, Self::Receipt, Self::OralReport, Self::Request, Self::Day, Self::Approval];

    /// Stable name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Knowledge => "knowledge",
            Self::Receipt => "receipt",
            Self::OralReport => "oral-report",
            Self::Request => "request",
            Self::Day => "day",
            Self::Approval => "approval",
        }
    }

    /// The basis of that name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|basis| basis.key() == key)
    }
}

impl Receiver {
    /// All.
    pub const ALL: [Self; 8] =
        [Self::Leader, Self::Above, Self::Government, Self::Department, Self::Province, Self::Central, Self::Below, Self::Asker];

    /// Stable name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Leader => "leader",
            Self::Above => "above",
            Self::Government => "government",
            Self::Department => "department",
            Self::Province => "province",
            Self::Central => "central",
            Self::Below => "below",
            Self::Asker => "asker",
        }
    }

    /// The receiver of that name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|receiver| receiver.key() == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_back() {
        assert!(Duty::ALL.iter().all(|duty| Duty::from_key(duty.key()) == Some(*duty)));
        assert!(Basis::ALL.iter().all(|basis| Basis::from_key(basis.key()) == Some(*basis)));
        assert!(Receiver::ALL.iter().all(|to| Receiver::from_key(to.key()) == Some(*to)));
        assert_eq!(Duty::from_key("nothing"), None);
    }
}
