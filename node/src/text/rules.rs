//! Words around rules: faults of packs, limits, roles.

use crate::domain::rules::{Goes, LeaderRole, Limited, PackFault, PackFaultKind, fault::Allowed};

/// One fault of a pack, with its line.
pub fn fault(fault: &PackFault) -> String {
    line(u32::try_from(fault.line).unwrap_or(u32::MAX), &fault.place, &sentence(&fault.kind))
}

/// The same, as a node said it.
pub fn line(line: u32, place: &str, sentence: &str) -> String {
    let place = if place.is_empty() { String::new() } else { format!(" {place}") };
    format!("第{line}行{place}：{sentence}")
}

/// What is wrong.
pub fn sentence(kind: &PackFaultKind) -> String {
    match kind {
        PackFaultKind::Syntax(said) => format!("不是 TOML（{said}），请改正。"),
        PackFaultKind::TooLong => "规则包不能超过 15 KiB，请拆成几个。".to_owned(),
        PackFaultKind::Unknown(known) => format!("没有这一项，可以写的有：{}。", known.join("、")),
        PackFaultKind::Missing => "缺这一项，请补上。".to_owned(),
        PackFaultKind::Wrong(allowed) => format!("写得不对，应为{}。", self::allowed(allowed)),
        PackFaultKind::Twice => "编号重复，请另取一个。".to_owned(),
        PackFaultKind::NoSuchCategory(code) => format!("没有类别 {code}，请用已有的类别，或在包里先列出它。"),
        PackFaultKind::Calendar(said) => format!("日历不对（{said}），请核对起止日和调休上班日。"),
        PackFaultKind::Laxer(cited) => format!("比 {} 宽，只能加严，请改正。", cited.article),
    }
}

fn allowed(allowed: &Allowed) -> String {
    match allowed {
        Allowed::Text => "不空的文字".to_owned(),
        Allowed::List => "方括号里的列表".to_owned(),
        Allowed::YesNo => "true 或 false".to_owned(),
        Allowed::Number => "不小于 0 的整数（版本从 1 起）".to_owned(),
        Allowed::Id => "小写字母开头的编号（小写字母、数字、- 和 _）".to_owned(),
        Allowed::OneOf(words) => format!("下列之一：{}", words.join("、")),
        Allowed::Day => "“2026-07-01”这样的日期".to_owned(),
        Allowed::Area => "2 至 9 位区划代码的开头".to_owned(),
        Allowed::Category => "类别代码，例如 accident.traffic".to_owned(),
        Allowed::Limit => "“15min”“2h”“30d”“by 17:00”“3 days before”或“at-once”".to_owned(),
        Allowed::Duration => "“15min”“2h”“30d”".to_owned(),
        Allowed::Rows => "双方括号的若干行".to_owned(),
    }
}

/// How long.
pub fn limited(limit: Limited) -> String {
    match limit {
        Limited::Within(ms) => millis(ms),
        Limited::By(time) => format!("{time} 前"),
        Limited::DaysBefore(days) => format!("提前 {days} 天"),
        Limited::AtOnce => "立即".to_owned(),
    }
}

/// How long, in the largest unit that fits.
pub fn millis(ms: i64) -> String {
    let minutes = ms / 60_000;
    match (minutes % 1440, minutes % 60) {
        (0, _) => format!("{} 天", minutes / 1440),
        (_, 0) => format!("{} 小时", minutes / 60),
        (..) => format!("{minutes} 分钟"),
    }
}

/// Who must be told.
pub fn role(role: LeaderRole) -> &'static str {
    match role {
        LeaderRole::OnDuty => "报告带班领导",
        LeaderRole::OfficeHead => "报告办公室主要领导",
        LeaderRole::InCharge => "报告分管领导",
        LeaderRole::Principal => "报告主要领导",
    }
}

/// What happens at the end of an approval's time.
pub fn goes(goes: Goes) -> &'static str {
    match goes {
        Goes::UpUnapproved => "审批到时未答，照报并标明未经审批",
        Goes::OralFirst => "审批到时未答，先口头报告，书面后补",
        Goes::Waits => "审批到时未答，等候审批，记明由谁压着",
    }
}

/// A pack was sent or laid.
pub fn put(pack: &str, version: u32) -> String {
    format!("已保存：规则包 {pack} 第 {version} 版。已经起算的时限仍按原来的版本。")
}

/// Nothing is wrong with a pack.
pub const SOUND: &str = "没有发现错误。";
/// An office that has not said what it runs.
pub const NOT_TOLD: &str = "尚未告知";
/// Columns of what each office runs.
pub const RUNS: [&str; 4] = ["单位", "名称", "规则包", "自"];
/// Columns of answers.
pub const ROWS: [&str; 5] = ["类", "事项", "时限", "内容", "依据"];

/// A day.
pub fn day(day: &str, kind: &str, name: &str) -> String {
    match kind {
        "work" => format!("{day}：工作日"),
        "rest" => format!("{day}：休息日（{name}）"),
        _ => format!("{day}：未公布，按较严的办"),
    }
}
