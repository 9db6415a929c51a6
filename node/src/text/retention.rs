//! What is said of retention by rule.

use crate::domain::retention::{About, Class, Rule, RuleFault, RuleFaultKind};

/// Who stands in a destruction that a rule asked for.
pub const BY_RULE: &str = "本机（按保管期限）";
/// The same, as an id.
pub const BY_RULE_ID: &str = "retention";
/// No rule.
pub const NO_RULES: &str = "没有设定保管期限，什么都不会自动清除；规则写在 [retention] 的 rules 所指的文件里。";
/// The clock may be wrong.
pub const CLOCK_DOUBTFUL: &str = "本机时间存疑，或暂时不能与上级核对：在此之前不会自动清除任何内容。";
/// Names of the columns.
pub const RULES: [&str; 7] = ["规则", "期限", "执行", "已到期", "未确认送达", "未到期", "其中未办结"];
/// Names of the columns of what is due.
pub const DUE: [&str; 5] = ["规则", "记录", "种类", "录入", "到期"];

/// The reason of a destruction; at most 512 bytes, since each part of a rule has its limit.
pub fn reason(rule: &Rule) -> String {
    format!("保管期限已满（{}，{}）：{}《{}》", rule.id, class(rule.class), rule.article, rule.source)
}

/// How long.
pub fn class(class: Class) -> String {
    match class {
        Class::Permanent => "永久".to_owned(),
        Class::Years(years) => format!("{years} 年"),
        Class::AfterEvent(days) => format!("事后 {days} 天"),
    }
}

/// Whether the node acts by itself.
pub fn acts(class: &str, by_itself: bool) -> &'static str {
    match (class, by_itself) {
        ("permanent", _) => "长期保管",
        (_, true) => "到期自动清除",
        (_, false) => "只列出",
    }
}

/// What is wrong with a file of rules, in one line.
pub fn faults(faults: &[RuleFault]) -> String {
    faults.iter().map(fault).collect::<Vec<_>>().join("；")
}

fn fault(fault: &RuleFault) -> String {
    let what = match &fault.kind {
        RuleFaultKind::Shape(message) => {
            format!("不是合法的规则文件（{}）", message.split_whitespace().collect::<Vec<_>>().join(" "))
        }
        RuleFaultKind::Id => "id 应为 1 至 40 个小写字母、数字或连字符".to_owned(),
        RuleFaultKind::Twice => "id 与前面的重复".to_owned(),
        RuleFaultKind::About => {
            format!("about 应从 {} 中选，各写一次", About::all().map(About::key).collect::<Vec<_>>().join("、"))
        }
        RuleFaultKind::AboutTwice(about) => format!("{about} 已有另一条规则，只能保留一条"),
        RuleFaultKind::Class => "class 应为 permanent、30y、10y、after-event 之一".to_owned(),
        RuleFaultKind::Days => "days 只与 after-event 同用，1 至 3650".to_owned(),
        RuleFaultKind::NoEvent(about) => format!("{about} 不属于哪件事，不能用 after-event"),
        RuleFaultKind::Cited => "article 和 source 都要填写，各不超过 50 个汉字".to_owned(),
    };
    if fault.row.is_empty() { what } else { format!("规则 {}：{what}", fault.row) }
}
