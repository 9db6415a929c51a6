//! Words that pages make in code; what stands on a page as it is stands in its template.

use dutynet_relay::{ids::UnixMillis, relay::LinkStatus};

use super::{line::length, words};
use crate::{
    domain::{
        account::{Post, What},
        beijing,
        board::Line,
    },
    usecase::KnownPeriod,
};

/// Names of the console's parts.
pub const DUTY: &str = "值班";
/// 报告
pub const REPORTS: &str = "日报告";
/// 通知
pub const NOTICES: &str = "通知";
/// 时限
pub const DUES: &str = "时限";
/// 网络
pub const NETWORK: &str = "线路";
/// 管理
pub const ACCOUNTS: &str = "帐号";
/// 帮助
pub const HELP: &str = "帮助";

/// `2026年11月22日 14:05` of `2026-11-22 14:05`.
pub fn moment(minute: &str) -> String {
    match (minute.get(..4), minute.get(5..7), minute.get(8..10), minute.get(11..)) {
        (Some(year), Some(month), Some(day), Some(time)) => format!("{year}年{month}月{day}日 {time}"),
        (_, _, _, _) => minute.to_owned(),
    }
}

/// `2026年11月22日` of `2026-11-22`.
pub fn day(day: &str) -> String {
    moment(&format!("{day} ")).trim_end().to_owned()
}

/// How long is left, or how late it is.
pub fn left(due: UnixMillis, now: UnixMillis) -> String {
    let ms = due.0.saturating_sub(now.0);
    let length = length(ms.unsigned_abs());
    if ms >= 0 { format!("还剩 {length}") } else { format!("已超 {length}") }
}

/// A special period that holds.
pub fn in_force(period: &KnownPeriod, now: UnixMillis) -> String {
    let until = period.special.spans.iter().find(|(from, to)| *from <= now && now < *to).map(|(_, to)| beijing::minute(*to));
    let until = until.map(|until| format!("，至 {}", moment(&until))).unwrap_or_default();
    format!("敏感特殊时期：{}（{}宣布{until}）", period.special.declared.reason, period.name)
}

/// How the line to the parent is.
pub fn line(link: &LinkStatus, now: UnixMillis) -> String {
    let state = words::line(if link.state.up { Line::Up } else { Line::Down });
    let since = link.state.since.map(|since| format!("，已 {}", length(now.0.abs_diff(since.0)))).unwrap_or_default();
    let waits: u64 = link.lanes.0.iter().map(|lane| lane.last.0.saturating_sub(lane.custody.0)).sum();
    let waits = if waits == 0 { String::new() } else { format!("，待发 {waits} 件") };
    let next = link.state.next_attempt.filter(|_| !link.state.up);
    let next = next.map(|at| format!("，{} 重拨", beijing::for_people(at, now))).unwrap_or_default();
    format!("上级线路：{state}{since}{waits}{next}")
}

/// 岗位
pub fn post(post: Post) -> &'static str {
    match post {
        Post::Officer => "值班员",
        Post::Leader => "带班领导",
        Post::Manager => "值班室负责人",
        Post::Operator => "系统管理员",
        Post::Auditor => "审计员",
    }
}

/// What became of an account.
pub fn happened(what: What) -> &'static str {
    match what {
        What::Made => "新建",
        What::PasswordChanged => "本人改密码",
        What::PasswordSet => "重设密码",
        What::PostsChanged => "调整岗位",
        What::Ended => "停用",
    }
}

/// Head of the accounts.
pub const ACCOUNT_LIST: [&str; 4] = ["帐号", "姓名", "岗位", "状态"];
/// It can be used.
pub const IN_USE: &str = "正常";
/// Its person has a password to change.
pub const MUST_CHANGE: &str = "待本人改密码";
/// Before a password is typed.
pub const ASK_PASSWORD: &str = "请输入临时密码（8 至 128 个字，会显示在屏幕上），回车结束：";

/// An account has ended.
pub fn ended_at(at: &str) -> String {
    format!("已停用 {at}")
}

/// An account was made.
pub fn added(id: &str, name: &str, own: bool) -> String {
    let then = if own { "密码由本人保管" } else { "本人第一次登录时改掉临时密码" };
    format!("已建立帐号 {id}（{name}），{then}。")
}

/// A password was set.
pub fn reset(id: &str) -> String {
    format!("已重设帐号 {id} 的密码，本人下次登录时改掉；这件事记在帐号的经历里。")
}

/// An account was ended.
pub fn ended(id: &str) -> String {
    format!("已停用帐号 {id}，过去的记录都还在。")
}

/// Between the entries of a list.
pub fn listed(entries: &[String]) -> String {
    entries.join("、")
}

/// Words beside a figure.
pub fn beside(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!("（{words}）") }
}

/// One entry of an account's history.
pub fn entry(at: &str, what: What, by: &str, reason: &str) -> String {
    let reason = if reason.is_empty() { String::new() } else { format!("：{reason}") };
    format!("{at} {}（{by}）{reason}", happened(what))
}

/// The moments of an obligation, each by two clocks.
pub const STARTS: &str = "起算";
/// Until when it is in time.
pub const IS_DUE: &str = "到期";
/// When it was met.
pub const WAS_MET: &str = "办理";

/// 代录: who entered it, and who said it.
pub fn entered(by: &str, told_by: &str) -> String {
    format!("{}：{by} {told_by}", words::ON_BEHALF)
}

/// Who signed when, and who entered it for him; empty: nobody else.
pub fn signed(at: &str, by: &str, entered_by: &str) -> String {
    let how = if entered_by.is_empty() { String::new() } else { format!("（{entered_by}代录）") };
    format!("{at} {by}{how}")
}

/// Writing a notice.
pub const WRITE_NOTICE: &str = "发通知";

/// The board of a day.
pub fn board(day: &str) -> String {
    format!("{}汇总表", self::day(day))
}

/// A child that a sum lacks, and why.
pub fn missing(name: &str, why: &str) -> String {
    format!("{name}（{why}）")
}

/// Whoever did it sat at the machine.
pub const AT_THE_MACHINE: &str = "本机维护";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_officers_write_them() {
        assert_eq!(moment("2026-11-22 14:05"), "2026年11月22日 14:05");
        assert_eq!(day("2026-11-22"), "2026年11月22日");
        assert_eq!(moment("x"), "x");
    }

    #[test]
    fn what_is_left_and_how_late_it_is_are_said_apart() {
        assert_eq!(left(UnixMillis(720_000), UnixMillis(0)), "还剩 12 分 0 秒");
        assert_eq!(left(UnixMillis(0), UnixMillis(90_000)), "已超 1 分 30 秒");
    }
}
