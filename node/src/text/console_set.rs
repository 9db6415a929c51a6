//! Words of the pages by which an office sets what holds for those below, and of what it keeps for itself: special periods, groups,
//! cut-offs, packs of rules, the register of what is classified.

use super::words;

/// Special periods.
pub const PERIODS: &str = "敏感特殊时期";
/// It is still to come.
pub const COMING: &str = "未开始";
/// It is over.
pub const OVER: &str = "已结束";
/// It never held.
pub const TAKEN_BACK: &str = "已撤回";
/// Saved groups.
pub const GROUPS: &str = "编组";
/// Until when reports are in time.
pub const CUT_OFFS: &str = "报告截止时刻";
/// Nobody above has set one.
pub const BY_FORM: &str = "报表本身的规定";
/// What is classified.
pub const REGISTER: &str = "涉密事项登记";
/// Laying or sending a pack.
pub const PUT_PACK: &str = "加严、下发规则包";

/// A change of a period's end.
pub fn period_changed(at: &str, to: &str, reason: &str) -> String {
    format!("{at} 改为至 {to}：{reason}")
}

/// When something was entered, and by whom.
pub fn entered(at: &str, by: &str) -> String {
    format!("{at} {}", if by.is_empty() { words::DASH } else { by })
}

/// The board of a holiday.
pub fn holiday_board(title: &str, holiday: &str, first: &str, last: &str) -> String {
    format!("{title}汇总表：{}", self::holiday(holiday, first, last))
}

/// A holiday and its days.
pub fn holiday(name: &str, first: &str, last: &str) -> String {
    format!("{name}（{first} 至 {last}）")
}
