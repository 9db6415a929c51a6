//! Words around obligations and special periods.

use dutynet_relay::record::Mode;

use super::{line::length, words::marked};
use crate::domain::{
    obligation::{Side, Stage},
    rules::{Basis, Duty},
};

/// Head of what is open.
pub const DUES: [&str; 9] = ["到期", "状态", "事项", "谁办", "报给", "关于", "依据", "催办", "编号"];
/// Head of the counts.
pub const STATS: [&str; 12] =
    ["月份", "单位", "事项", "合计", "未到时", "将到时", "准时", "断线迟到达", "迟报", "逾期未报", "线路不通", "其他"];
/// Head of the periods.
pub const PERIODS: [&str; 7] = ["编号", "宣布单位", "自", "至", "理由", "要求", "状态"];
/// Nothing is open.
pub const NOTHING: &str = "没有未了的时限事项。";
/// Nothing was counted.
pub const NOTHING_COUNTED: &str = "这个范围内没有时限事项。";
/// No period is known.
pub const NO_PERIOD: &str = "没有敏感特殊时期。";
/// It holds.
pub const HOLDS: &str = "进行中";
/// It does not.
pub const HOLDS_NOT: &str = "未在进行";
/// A leader of the debtor: by name, where something lies before him, or by what he is.
pub fn leader(role: &str, name: &str) -> String {
    let word = match role {
        "on-duty" => "带班领导",
        "office-head" => "办公室主要领导",
        "in-charge" => "政府分管领导",
        "principal" => "政府主要领导",
        _ => "本单位领导",
    };
    if name.is_empty() { word.to_owned() } else { format!("待{name}审") }
}

/// A body outside of the tree.
pub fn outside(whom: &str) -> &'static str {
    match whom {
        "government" => "本级人民政府",
        "department" => "主管部门",
        "central" => "国务院及其部门",
        _ => "系统外单位",
    }
}
/// Lines while it ran.
pub const LINES: &str = "期间线路：";
/// It could not be reached for.
pub const NO_LINES: &str = "期间线路：本单位的事项，与线路无关";
/// What rang.
pub const RINGS: &str = "提醒：";
/// Chases.
pub const CHASES: &str = "催办：";

/// How it stands, by the stable name on the wire.
pub fn standing(place: usize) -> &'static str {
    const WORDS: [&str; 9] =
        ["未到时", "将到时", "准时", "准时，线路不通迟到达", "迟报", "逾期未报", "线路不通", "已说明原因", "撤销"];
    WORDS.get(place).copied().unwrap_or(super::words::DASH)
}

/// How it stands, and by how much.
pub fn stands(place: usize, late_ms: i64) -> String {
    let word = standing(place);
    if late_ms > 0 { format!("{word} {}", length(late_ms.unsigned_abs())) } else { word.to_owned() }
}

/// What is owed.
pub fn duty(duty: Duty) -> &'static str {
    match duty {
        Duty::LeaderTold => "向领导报告",
        Duty::OralReport => "口头报告",
        Duty::WrittenReport => "书面报告",
        Duty::WrittenAfterOral => "口头报告后的书面报告",
        Duty::VerificationAnswer => "核报反馈",
        Duty::WarningLeaderTold => "预警报领导",
        Duty::WarningPassedOn => "预警转发",
        Duty::PaperPassedOn => "文电转办",
        Duty::CasualtyRevision => "伤亡变化补报",
        Duty::FollowUp => "续报",
        Duty::FinalReport => "终报",
        Duty::DailyReport => "日报告",
        Duty::ZeroReport => "零报告",
        Duty::HolidaySummary => "假期综合情况",
        Duty::Receipt => "签收",
        Duty::Feedback => "反馈",
        Duty::Outcome => "办结",
        Duty::RosterFiled => "值班表报备",
        Duty::ApprovalAnswer => "审批答复",
        Duty::WrittenRequested => "书面材料",
        Duty::SilenceAsked => "久无消息",
        Duty::Explanation => "对督查发现的说明",
        Duty::Rectification => "整改",
        Duty::RollCallAnswer => "点名应答",
        Duty::SecondCallAnswer => "二次点名应答",
        Duty::SecondCall => "二次点名",
        Duty::AbsenceInquiry => "查明无应答",
    }
}

/// From which moment the clock runs.
pub fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Event => "事发",
        Basis::Knowledge => "获知",
        Basis::Receipt => "接报",
        Basis::OralReport => "口头报告",
        Basis::Request => "收到要求",
        Basis::Day => "当日",
        Basis::Approval => "送审",
    }
}

/// How this office stands to it.
pub fn side(side: Side) -> &'static str {
    match side {
        Side::ByUs => "本单位该办",
        Side::ToUs => "该报给本单位",
        Side::Others => "下级之间",
    }
}

/// At which stage it rang.
pub fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Begun => "新到，请办理",
        Stage::Half => "时限过半",
        Stage::Most => "时限过八成",
        Stage::Due => "到时",
        Stage::Leader => "请报带班领导",
    }
}

/// Rule, version and article.
pub fn cited(article: &str, pack: &str, version: u32, row: &str) -> String {
    format!("{article}（{pack} 第 {version} 版 {row}）")
}

/// One moment by two clocks.
pub fn clocks(label: &str, origin: &str, here: &str) -> String {
    if origin == here { format!("  {label}：{here}") } else { format!("  {label}：{here}（对方时钟 {origin}）") }
}

/// When its clock began, and from which kind of moment.
pub fn start(basis: &str) -> String {
    format!("{}（{basis}）", Names::START)
}

/// A line of what is shown.
pub fn line(label: &str, said: &str) -> String {
    format!("  {label}：{said}")
}

/// Labels of what is shown.
pub struct Names;

impl Names {
    /// Who owes.
    pub const DEBTOR: &str = "谁办";
    /// To whom.
    pub const CREDITOR: &str = "报给";
    /// About what.
    pub const ABOUT: &str = "关于";
    /// Which rule.
    pub const RULE: &str = "依据";
    /// Its source.
    pub const SOURCE: &str = "出处";
    /// When its clock began.
    pub const START: &str = "起算";
    /// Until when.
    pub const DUE: &str = "到期";
    /// When it was met.
    pub const MET: &str = "录入";
    /// When that came.
    pub const ARRIVED: &str = "收到";
    /// By which record.
    pub const RECORD: &str = "记录";
    /// What says why not.
    pub const EXPLAINED: &str = "说明原因的记录";
}

/// A chase.
pub fn chase(at: &str, office: &str, by: &str, said: &str) -> String {
    format!("  {at}　{office} {by}　{said}")
}

/// What was said by telephone.
pub fn by_telephone(person: &str, phone: &str, result: &str) -> String {
    let phone = if phone.is_empty() { String::new() } else { format!(" {phone}") };
    format!("电话 {person}{phone}：{result}")
}

/// Chased by the record alone.
pub const BY_NETWORK: &str = "网上催办";

/// A chase was recorded.
pub fn chased(key: &str, record: &str) -> String {
    format!("已记录催办：{key}（记录 {record}），对方看得到。")
}

/// The same chase was held.
pub const CHASED_BEFORE: &str = "这次催办已经记录过，没有重复。";

/// One ring; `what` bears the mark of an exercise.
pub fn ring(at: &str, stage: &str, side: &str, what: &str) -> String {
    format!("{at}　{stage}　{side}：{what}")
}

/// A ring as a page says it.
pub fn ring_sentence(mode: Mode, debtor: &str, duty: &str, (stage, stands): (&str, &str)) -> String {
    marked(mode, format!("{debtor}：{duty}　{stage}（{stands}）"))
}

/// What a ring is about.
pub fn what(debtor: &str, duty: &str, due: &str, standing: &str, key: &str) -> String {
    format!("{debtor} {duty}，到期 {due}，{standing}（{key}）")
}

/// A period was declared, changed or is listed.
pub fn declared(number: &str, from: &str, to: &str) -> String {
    format!("已记录敏感特殊时期 {number}：{from} 至 {to}，全部下级（本单位只作提示）。")
}

/// It never holds.
pub fn taken_back(number: &str) -> String {
    format!("敏感特殊时期 {number} 已撤回，没有生效过。")
}

/// Above every page while a period holds.
pub fn banner(reason: &str, to: &str, office: &str, brings: &str) -> String {
    format!("【敏感特殊时期】{reason}，至 {to}（{office}）：{brings}")
}

/// Everything that a period brings: leaders, officers, daily, roll calls, roster, silence.
pub fn brings((leaders, officers, roll_calls, silence): (u32, u32, u32, u32), daily: &str, roster_by: &str) -> String {
    let number = |count: u32, said: String| (count > 0).then_some(said);
    let text = |text: &str, said: String| (!text.is_empty()).then_some(said);
    let leaders =
        if leaders == 2 { Some("双带班".to_owned()) } else { number(leaders, format!("带班领导 {leaders} 人")) };
    let all = [
        leaders,
        number(officers, format!("值班员 {officers} 人")),
        text(daily, format!("每日 {daily} 前报告")),
        number(roll_calls, format!("每日点名 {roll_calls} 次")),
        text(roster_by, format!("值班表 {roster_by} 前报备")),
        number(silence, format!("静默 {silence} 分钟提醒")),
    ];
    all.into_iter().flatten().collect::<Vec<_>>().join("、")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_period_brings_is_said_in_one_line() {
        assert_eq!(brings((2, 3, 0, 30), "16:30", ""), "双带班、值班员 3 人、每日 16:30 前报告、静默 30 分钟提醒");
    }

    #[test]
    fn how_it_stands_is_said_with_how_late() {
        assert_eq!((stands(4, 420_000), stands(2, 0)), ("迟报 7 分 0 秒".into(), "准时".into()));
    }
}
