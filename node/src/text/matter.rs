//! Words around matters of every kind: what lists and pages say of them, whatever they are.

use super::{consultation, directive_matter, drill, finding, incident, rollcall, verification, warning_matter, words};
use crate::domain::{form::Lines, step::MatterKind};

/// Head of a list.
pub const LIST: [&str; 8] = ["编号", "等本单位", "时限", "状态", "级别", "标题", "发起单位", "最近变化"];
/// Head of a sign-for list, behind that of notices.
pub const BOARD: [&str; 5] = ["电话", "阅", "办结", "待办", "办理时限"];
/// It was said, by a record of its own.
pub const SAID: &str = "有";
/// Something is still awaited.
pub const AWAITED: &str = "待办";
/// Nobody is to act on it.
pub const NOBODY: &str = "这件事项没有指明由哪些单位办理。";
/// Nothing is listed.
pub const NOTHING: &str = "没有未了的事项。";
/// Above what is known.
pub const FACTS: &str = "情况（方括号内是出自经过的哪一步）：";
/// Above what is owed.
pub const DUES: &str = "时限：";
/// Above what was done.
pub const TIMELINE: &str = "经过：";
/// Above matters that name this one.
pub const RELATED: &str = "相关事项：";
/// Its content was removed.
pub const HOLLOW: &str = "（内容已按规定清除）";
/// A node did it by itself.
pub const BY_ITSELF: &str = "本机";
/// It goes nowhere.
pub const KEPT_HERE: &str = "只存本单位，没有报出";
/// Head of what is owed because of a matter.
pub const OWED: [&str; 7] = ["到期", "状态", "事项", "谁办", "报给", "依据", "编号"];
/// Whom a step names.
pub const TO: &str = "单位";
/// What a step takes the place of.
pub const CORRECTS: &str = "更正";

/// A kind of matter.
pub fn kind(kind: MatterKind) -> &'static str {
    match kind {
        MatterKind::Incident => "突发事件",
        MatterKind::Warning => "预警",
        MatterKind::Verification => "核报",
        MatterKind::Directive => "指示",
        MatterKind::Drill => "演练",
        MatterKind::Finding => "督查发现",
        MatterKind::Consultation => "会商",
        MatterKind::RollCall => "点名",
    }
}

/// What stands beside a fact; `None`: nothing is known of such a fact.
pub fn label(kind: MatterKind, key: &str) -> Option<&'static str> {
    match kind {
        MatterKind::Incident => incident::label(key),
        MatterKind::Warning => warning_matter::label(key),
        MatterKind::Verification => verification::label(key),
        MatterKind::Directive => directive_matter::label(key),
        MatterKind::Drill => drill::label(key),
        MatterKind::Finding => finding::label(key),
        MatterKind::Consultation => consultation::label(key),
        MatterKind::RollCall => rollcall::label(key),
    }
}

/// A state, a grade, or a code of a fact.
pub fn word(kind: MatterKind, code: &str) -> Option<&'static str> {
    match kind {
        MatterKind::Incident => incident::word(code),
        MatterKind::Warning => warning_matter::word(code),
        MatterKind::Verification => verification::word(code),
        MatterKind::Directive => directive_matter::word(code),
        MatterKind::Drill => drill::word(code),
        MatterKind::Finding => finding::word(code),
        MatterKind::Consultation => consultation::word(code),
        MatterKind::RollCall => rollcall::word(code),
    }
}

/// What an office has to do next, by its stable name.
pub fn wanted(key: &str) -> &'static str {
    match key {
        "accept" => "待接受移交",
        "confirm" => "待领导本人确认",
        "approve" => "待批准",
        "tell" => "待报告领导",
        "report" => "待上报",
        "follow_up" => "待续报或终报",
        "answer" => "待回复",
        "sign" => "待签收",
        "outcome" => "待办结回复",
        "pass" => "待转发",
        "explain" => "待说明",
        "rule" => "待裁定",
        "rectify" => "待整改反馈",
        "check" => "待验收",
        "speak" => "待发言",
        "settle" => "议定事项待交办",
        "close" => "待办结",
        _ => words::DASH,
    }
}

/// Stands before everything of a matter that is not real.
pub fn mark(mode: &str) -> String {
    format!("【{mode}】")
}

/// A step was taken.
pub fn taken(mark: &str, title: &str, number: &str, record: &str) -> String {
    format!("已保存：{mark}{title} {number}（记录 {record}）")
}

/// It had been taken already.
pub fn taken_already(mark: &str, title: &str, number: &str, record: &str) -> String {
    format!("早已保存，没有重复记录：{mark}{title} {number}（记录 {record}）")
}

/// What was said by several steps, in one field.
pub fn gathered(said: &[&str], lines: Lines) -> String {
    match lines {
        Lines::One => said.join("；"),
        Lines::Many => said.join("\n"),
    }
}

/// What one step says to several fields.
pub fn in_a_line(words: &[String]) -> String {
    words.join("　")
}

/// A value behind the name of its field.
pub fn named(label: &str, value: &str) -> String {
    format!("{label}：{value}")
}

/// Fields that were not typed, because a step had said them.
pub fn carried(fields: &[String], step: &str, at: &str) -> String {
    format!("沿用：{}（{step} {at}）", values(fields))
}

/// The same, of what the matter has come to.
pub fn follows(fields: &[String]) -> String {
    format!("自动填上：{}", values(fields))
}

/// 三(五): 较大 and graver.
pub fn hand_in(number: &str) -> String {
    format!("较大以上：请立即整理《突发公共事件呈报单》并按规程报告（dutynet incident form submission {number}）")
}

/// Above a step that is not kept.
pub fn preview(title: &str) -> String {
    format!("预览，没有保存：{title}")
}

/// One field of it.
pub fn previewed(label: &str, value: &str, source: &str) -> String {
    let value = value.replace('\n', "\n    ");
    if source.is_empty() { format!("  {label}：{value}") } else { format!("  {label}：{value}　〔{source}〕") }
}

/// A field that was not typed.
pub const CARRIED: &str = "沿用";

/// Head of a paper form.
pub fn paper(mark: &str, office: &str, title: &str) -> String {
    format!("{mark}{office}　{title}")
}

/// A row of it; one of which nothing is known has lines for a hand.
pub fn paper_row(label: &str, value: &str, lines: u32) -> String {
    const LINE: &str = "________________________________________";
    match (value.is_empty(), lines) {
        (false, _) => format!("{label}：{}", value.replace('\n', "\n　　")),
        (true, 0 | 1) => format!("{label}：{LINE}"),
        (true, many) => {
            let lines = std::iter::repeat_n(LINE, usize::try_from(many).unwrap_or(1));
            format!("{label}：\n{}", lines.collect::<Vec<_>>().join("\n"))
        }
    }
}

/// Below it.
pub fn paper_foot(article: &str, at: &str) -> String {
    format!("（依据 {article}；打印 {at}）")
}

/// Above one matter.
pub fn title(mark: &str, kind: &str, number: &str, title: &str) -> String {
    format!("{mark}{kind} {number}　{title}")
}

/// Where it stands.
pub fn stands(state: &str, grade: &str) -> String {
    if grade.is_empty() { format!("状态：{state}") } else { format!("状态：{state}，{grade}") }
}

/// What this office has to do.
pub fn next(wanted: &str, due: Option<&str>) -> String {
    match due {
        Some(due) => format!("本单位：{wanted}，最迟 {due}"),
        None => format!("本单位：{wanted}"),
    }
}

/// One thing that is known, and the steps that say so.
pub fn fact(label: &str, values: &str) -> String {
    format!("  {label}：{}", values.replace('\n', "\n    "))
}

/// A value with the places of the steps that say it.
pub fn sourced(value: &str, places: &[usize]) -> String {
    let places: String = places.iter().map(|place| format!("[{place}]")).collect();
    if places.is_empty() { value.to_owned() } else { format!("{value} {places}") }
}

/// Several values of one fact.
pub fn values(values: &[String]) -> String {
    values.join("、")
}

/// A person of an office.
pub fn person(office: &str, name: &str) -> String {
    format!("{office} {name}")
}

/// Head of a step in a timeline.
pub fn step(place: usize, at: &str, office: &str, what: &str) -> String {
    format!("[{place}] {at}　{office}　{what}")
}

/// A report by its number among those that are called so.
pub fn report(label: &str, number: i64) -> String {
    format!("{label} {number}")
}

/// Who took a step, its record, and how far that has come.
pub fn by(name: &str, record: &str, got: &str) -> String {
    format!("    经办 {name}，记录 {record}，{got}")
}

/// When another office's step came here.
pub fn came(at: &str) -> String {
    format!("收到 {at}")
}

/// One answer of a step.
pub fn answer(label: &str, value: &str) -> String {
    format!("    {label}：{}", value.replace('\n', "\n      "))
}

/// A step of another matter in this one's timeline.
pub fn of_another(kind: &str, number: &str, what: &str) -> String {
    format!("{what}（{kind} {number}）")
}

/// A matter that names this one.
pub fn related(kind: &str, number: &str, title: &str, state: &str) -> String {
    format!("  {kind} {number}　{title}（{state}）")
}

/// A figure with its unit.
pub fn with_unit(figure: &str, unit: &str) -> String {
    format!("{figure} {unit}")
}
