//! Words around roll calls.

use super::{line, words};
use crate::{
    domain::{form::FieldKind, rollcall::Outcome, step::StepForms},
    usecase::{CallKind, RollRelation},
};

/// Title of a call to which nobody gave one.
pub fn title(kind: CallKind) -> &'static str {
    match kind {
        CallKind::Roll => "值班点名",
        CallKind::Spot => "值班抽查",
    }
}

/// How an office stands.
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Scheduled => "未开始",
        Outcome::Waiting => "待应答",
        Outcome::OnDuty => "在岗",
        Outcome::Late { .. } => "迟到应答",
        Outcome::NoAnswer => "无应答",
        Outcome::LineDown => "线路不通",
        Outcome::ByPhone => "代录",
        Outcome::NoNode => "无终端",
    }
}

/// What a call is to this office.
pub fn relation(relation: RollRelation) -> &'static str {
    match relation {
        RollRelation::ToAnswer => "待应答",
        RollRelation::ByUs => "本单位发起",
        RollRelation::ToUs => "点到本单位",
        RollRelation::Between => "点到下级",
        RollRelation::Below => "下级发起",
    }
}

/// The same by its stable name.
pub fn relation_named(key: &str) -> &'static str {
    RollRelation::ALL.into_iter().find(|known| known.key() == key).map_or(words::DASH, relation)
}

/// Head of the table.
pub const BOARD: [&str; 8] = ["单位", "情况", "送达", "未送达原因", "应答", "应答内容", "今日值班", "电话、说明和认定"];
/// Head of the list.
pub const LIST: [&str; 7] = ["编号", "与本单位", "开始", "收齐", "已应答", "点名单位", "标题"];
/// Nothing is listed.
pub const NOTHING: &str = "没有未结束的点名。";
/// Nobody stated who is on duty.
pub const NOT_STATED: &str = "未报备";
/// Nobody is waited for any more.
pub const COMPLETE: &str = "已收齐";
/// A draw.
pub const SEED: &str = "种子";
/// A draw.
pub const COUNT: &str = "抽取单位数";
/// A draw.
pub const ELIGIBLE: &str = "抽取范围";
/// A draw.
pub const DRAWN: &str = "抽中";
/// The draw, made again, is the same.
pub const AGREES: &str = "核验：用公布的种子重抽，结果一致。";
/// It is not.
pub const DIFFERS: &str = "核验：用公布的种子重抽，结果不一致，请向点名单位和上级报告。";
/// What was done.
pub const AGAIN: &str = "二次点名";
/// What was done.
pub const PHONED: &str = "电话点名";
/// What was done.
pub const EXPLAINED: &str = "情况说明";
/// What was done.
pub const RULED: &str = "认定";
/// What was done.
pub const CLOSED: &str = "点名已结束";

/// A call was made.
pub fn called(number: &str, called: usize, opens: &str, closes: &str) -> String {
    format!("已点名 {number}：{called} 个单位，{opens} 开始，{closes} 收齐")
}

/// It was made before.
pub fn called_already(number: &str, called: usize, opens: &str, closes: &str) -> String {
    format!("这次点名已经发出过 {number}：{called} 个单位，{opens} 开始，{closes} 收齐")
}

/// Who was drawn.
pub fn seed(seed: &str, drawn: &str) -> String {
    format!("抽中：{drawn}\n种子：{seed}（用 dutynet rollcall verify 核验）")
}

/// An answer was recorded.
pub fn answered(calls: usize) -> String {
    format!("已应答 {calls} 次点名。")
}

/// Something else was recorded.
pub fn done(what: &str, number: &str) -> String {
    format!("已记录：{what}（{number}）")
}

/// Above the table.
pub fn board_title(mark: &str, number: &str, title: &str, caller: &str) -> String {
    format!("{mark}{caller} 点名 {number}《{title}》")
}

/// Below the title.
pub fn board_head(opens: &str, minutes: u32, as_of: &str, state: &str) -> String {
    format!("{opens} 开始，各单位收到后 {minutes} 分钟内应答；制表 {as_of}，{state}")
}

/// It is waited.
pub fn until(closes: &str) -> String {
    format!("{closes} 收齐")
}

/// It was closed.
pub fn closed_at(at: &str) -> String {
    format!("{at} 结束")
}

/// How many stand how.
pub fn counts(all: usize, by: &[(Outcome, usize)]) -> String {
    let each: Vec<_> = by.iter().map(|(of, count)| format!("{} {count}", outcome(*of))).collect();
    format!("应到 {all}：{}", each.join("，"))
}

/// How one stands.
pub fn stands(of: Outcome, late_ms: i64, second_needed: bool) -> String {
    let late = if late_ms > 0 { format!(" {}", line::length(late_ms.unsigned_abs())) } else { String::new() };
    let second = if second_needed { "，二次点名后" } else { "" };
    format!("{}{late}{second}", outcome(of))
}

/// Who is on duty.
pub fn duty(leader: &str, officer: &str) -> String {
    let named = |label: &str, name: &str| (!name.is_empty()).then(|| format!("{label} {name}"));
    let both: Vec<_> = [named("带班", leader), named("值班", officer)].into_iter().flatten().collect();
    if both.is_empty() { words::DASH.to_owned() } else { both.join("，") }
}

/// Who is on duty, and what is worked on.
pub fn on_duty(leader: &str, officer: &str, work: &str) -> String {
    if work.is_empty() { duty(leader, officer) } else { format!("{}；{}", duty(leader, officer), work.replace('\n', " ")) }
}

/// A call to a telephone.
pub fn phoned(result: &str, rings: Option<u32>, slow: bool) -> String {
    let rings = rings.map(|rings| format!("，响铃 {rings} 声")).unwrap_or_default();
    format!("电话：{result}{rings}{}", if slow { "（超过 3 声）" } else { "" })
}

/// An explanation.
pub fn explained(said: &str) -> String {
    format!("说明：{}", said.replace('\n', " "))
}

/// A ruling.
pub fn ruled(word: &str) -> String {
    format!("认定：{word}")
}

/// A state, or a code of a step.
pub fn word(code: &str) -> Option<&'static str> {
    match code {
        "called" => return Some("已点名"),
        "closed" => return Some("已结束"),
        _ => {}
    }
    let forms = ["rollcall.call", "rollcall.phone", "rollcall.rule"].into_iter().filter_map(|id| StepForms::built_in().get(id));
    let codes = forms.flat_map(|form| form.fields.iter()).filter_map(|field| match &field.kind {
        FieldKind::Choice { codes, .. } => Some(codes),
        FieldKind::Text { .. } | FieldKind::Number(_) | FieldKind::Nil | FieldKind::Time | FieldKind::Rows { .. } => None,
    });
    codes.flatten().find(|known| known.key == code).map(|known| known.label.as_str())
}

/// Name of a fact.
pub fn label(key: &str) -> Option<&'static str> {
    Some(match key {
        "title" => "标题",
        "kind" => "点名或者抽查",
        "group" => "编组",
        "called_by" => "点名单位",
        "opens_at" => "开始时间",
        "minutes" => "应答时限（分钟）",
        "draw" => "抽取单位数",
        "seed" => "抽签种子",
        "answered" => "已应答",
        "explained" => "已说明情况",
        "phoned" => "已电话点名",
        "ruled" => "已认定",
        "again" => "已二次点名",
        "outcome" => "小结",
        _ => return None,
    })
}

/// Everything that was remarked about one office.
pub fn remarks(all: &[String]) -> String {
    all.join("；")
}
