//! One word for each state, the same on every page, table and print.

use dutynet_relay::{ids::Lane, record::Mode, registry::OfficeClass};

use crate::{
    body::Channel,
    domain::{
        board::{Differs, Filed, Line, Timing},
        draft::Why,
    },
};

/// 无: a figure or a text that there is not.
pub const NONE: &str = "无";
/// What is not known yet, said on purpose.
pub const UNKNOWN: &str = "不明，正在核实";
/// Stands where there is nothing to show.
pub const DASH: &str = "—";

/// Name of a correction's reason.
pub const REASON: &str = "更正理由";
/// Name of a choice's reason.
pub const CHOICE_REASON: &str = "选择理由";
/// Name of whoever said what is entered on behalf.
pub const TOLD_BY: &str = "报告人";
/// Name of the telephone that it was said from.
pub const TOLD_PHONE: &str = "来电号码";
/// The office said it itself.
pub const OWN: &str = "本单位";
/// An ancestor entered it.
pub const ON_BEHALF: &str = "代录";

/// Name of a notice's title.
pub const TITLE: &str = "标题";
/// Name of a notice's text.
pub const TEXT: &str = "正文";
/// Name of what is said with a signature.
pub const REMARK: &str = "备注";

/// What was filed.
pub fn filed(filed: Filed) -> &'static str {
    match filed {
        Filed::Nothing => "无",
        Filed::Daily => "日报告",
        Filed::Zero => "零报告",
        Filed::Both => "日报告+零报告",
        Filed::Form => "已报",
    }
}

/// Whether it was in time.
pub fn timing(timing: Timing) -> &'static str {
    match timing {
        Timing::InTime => "准时",
        Timing::Late => "迟",
        Timing::NotDue => "未到时",
        Timing::Missing => "过时未报",
        Timing::CutOff => "线路不通",
        Timing::NotOwed => "无需报",
    }
}

/// Whether versions differ; nothing when they do not.
pub fn differs(differs: Differs) -> &'static str {
    match differs {
        Differs::No => "",
        Differs::Open => "有出入",
        Differs::Settled => "有出入（已选定）",
    }
}

/// How another office's words came.
pub fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Telephone => "电话",
        Channel::Written => "书面",
    }
}

/// In place of whatever a record said whose content was removed, everywhere.
pub const REMOVED: &str = "内容已按规定清除";

/// Why a child is missing in a sum.
pub fn why(why: Why) -> &'static str {
    match why {
        Why::NotFiled => "未报",
        Why::LineDown => "线路不通",
        Why::OtherForm => "报了另一种报表",
        Why::Removed => REMOVED,
    }
}

/// How a line is.
pub fn line(line: Line) -> &'static str {
    match line {
        Line::Up => "通",
        Line::Down => "断",
        Line::Unknown => "不明",
        Line::None => "无终端",
    }
}

/// What an office is to the tree.
pub fn class(class: OfficeClass) -> &'static str {
    match class {
        OfficeClass::Province => "省",
        OfficeClass::City => "市",
        OfficeClass::County => "县",
        OfficeClass::Township => "镇街",
        OfficeClass::Department => "部门",
        OfficeClass::Other => "其他",
    }
}

/// Priority on a link.
pub fn lane(lane: Lane) -> &'static str {
    match lane {
        Lane::Control => "名录",
        Lane::Flash => "特急",
        Lane::Urgent => "加急",
        Lane::Routine => "平件",
    }
}

/// Real, exercise or test.
pub fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Real => "实战",
        Mode::Exercise => "演练",
        Mode::Test => "测试",
    }
}

/// What is not real says so before everything else.
pub fn marked(of: Mode, title: String) -> String {
    match of {
        Mode::Real => title,
        Mode::Exercise | Mode::Test => super::matter::mark(mode(of)) + &title,
    }
}

/// How far a record of ours has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// On this node's disk.
    Saved,
    /// On the parent's disk.
    Custody,
    /// With everyone it was addressed to.
    Arrived,
    /// Refused by a neighbour.
    Parked,
}

/// How far a record of ours has got. Each word says no more than what is on a disk.
pub fn progress(progress: Progress) -> &'static str {
    match progress {
        Progress::Saved => "已保存（尚未送达上级）",
        Progress::Custody => "已送达上级",
        Progress::Arrived => "已到达",
        Progress::Parked => "滞留（对方拒收，请看滞留清单）",
    }
}

/// 涉密事项登记: number on the paper.
pub const PAPER_NUMBER: &str = "文号";
/// The channel that it came by.
pub const SECURE_CHANNEL: &str = "渠道";
/// Who received it.
pub const RECEIVER: &str = "接收人";
/// When an item was received.
pub const RECEIVED_AT: &str = "接收时间";
/// When an office has said that nothing is left.
pub const CONFIRMED_AT: &str = "已清除时间";
/// It has not said so.
pub const NOT_YET: &str = "尚无回执";
/// An office.
pub const UNIT: &str = "单位";
