//! Words around reports: their periods, who entered them, where versions differ, cut-offs.

use super::words;
use crate::domain::{
    beijing,
    form::{Code, Field, FieldKind, Row, Value},
    holiday::Holidays,
    period::Period,
};

/// What is said to a field, as people read it.
pub fn in_words(field: &Field, value: &Value) -> String {
    let label = |codes: &[Code], key: &str| {
        codes.iter().find(|code| code.key == key).map_or_else(|| key.to_owned(), |code| code.label.clone())
    };
    match (value, &field.kind) {
        (Value::Nil, _) => words::NONE.to_owned(),
        (Value::Unknown, _) => words::UNKNOWN.to_owned(),
        (Value::Text(text), _) => text.clone(),
        (Value::Time(at), _) => super::console::moment(&beijing::minute(*at)),
        (Value::Number(number), FieldKind::Number(range)) => format!("{number} {}", range.unit),
        (Value::Number(number), _) => number.to_string(),
        (Value::Choices(keys), FieldKind::Choice { codes, .. }) => {
            super::console::listed(&keys.iter().map(|key| label(codes, key)).collect::<Vec<_>>())
        }
        (Value::Choices(keys), _) => super::console::listed(keys),
        (Value::Rows(rows), FieldKind::Rows { codes, range, .. }) => {
            let beside = |row: &Row| super::console::beside(&row.text);
            let row = |row: &Row| format!("{} {} {}{}", label(codes, &row.code), row.number, range.unit, beside(row));
            rows.iter().map(row).collect::<Vec<_>>().join("\n")
        }
        (Value::Rows(rows), _) => rows.iter().map(|row| format!("{} {}", row.code, row.number)).collect::<Vec<_>>().join("\n"),
    }
}

/// Head of the cut-offs that are known.
pub const CUT_OFFS: [&str; 6] = ["报表", "截止", "自哪天起", "规定单位", "经办", "录入时间"];
/// Head of the cut-offs in force.
pub const TODAY: [&str; 5] = ["报表", "本单位", "规定单位", "下级", "规定单位"];
/// The form's own cut-off.
pub const DEFAULT: &str = "缺省";
/// Nobody has set a cut-off.
pub const NO_CUT_OFF: &str = "没有规定过截止时刻，各报表按缺省。";

/// A period for people: a day as it is, a holiday by its name.
pub fn period(written: &str) -> String {
    let Ok(period) = Period::parse(written) else { return written.to_owned() };
    if period.first() == period.last() {
        return written.to_owned();
    }
    span(period)
}

/// A holiday's period for people, also one of a single day.
pub fn holiday(written: &str) -> String {
    Period::parse(written).map_or_else(|_| written.to_owned(), span)
}

fn span(period: Period) -> String {
    let (first, last) = (period.first(), period.last());
    let days = if first == last { first.short() } else { format!("{} 至 {}", first.short(), last.short()) };
    match Holidays::built_in().of(period) {
        Some(holiday) => format!("{}年{} {days}", first.year(), holiday.name),
        None => format!("{}年 {days}", first.year()),
    }
}

/// Who entered a version, on the board.
pub fn source(entered_by: &str) -> String {
    if entered_by.is_empty() { words::OWN.to_owned() } else { format!("{}（{entered_by}）", words::ON_BEHALF) }
}

/// The difference of a row, after its source.
pub fn differing(source: &str, differs: &str) -> String {
    if differs.is_empty() { source.to_owned() } else { format!("{source}，{differs}") }
}

/// How another office's words came.
pub fn entered(office: &str, channel: &str, told_by: &str, phone: &str) -> String {
    let phone = if phone.is_empty() { String::new() } else { format!("，号码 {phone}") };
    format!("  {}：{office} 录入，{channel}报来，{} {told_by}{phone}", words::ON_BEHALF, words::TOLD_BY)
}

/// After the number of the revision that stands.
pub const STANDS: &str = "　【现行】";

/// Versions differ.
pub fn difference(settled: bool) -> &'static str {
    if settled {
        "各版有出入，已由人选定："
    } else {
        "各版有出入，暂以现行的一版为准；核实后用 report choose 选定："
    }
}

/// One field in which versions differ.
pub fn field(label: &str, values: &[String]) -> String {
    format!("  {label}：{}", values.join("　|　"))
}

/// What one side says to a field.
pub fn side(office: &str, value: &str) -> String {
    format!("{office} 报“{value}”")
}

/// A choice.
pub fn choice(at: &str, office: &str, by: &str, chosen: &str, reason: &str) -> String {
    format!("  {at}　{office} {by} 选定 {chosen} 的一版，理由：{reason}")
}

/// A choice that counts no more.
pub const OVER: &str = "（已不作数）";

/// Above the choices.
pub const CHOICES: &str = "选择记录：";
/// Above what a sum was made of.
pub const SOURCES: &str = "  合计来源：";

/// One child's version in a sum.
pub fn summed(name: &str, entered: &str, revision: u32, record: &str, said: &str) -> String {
    format!("    {name}（{entered}，第 {revision} 版，记录 {record}）：{said}")
}

/// That child's version has changed since.
pub fn since(revision: u32, said: &str) -> String {
    format!("      ！报送之后已改为第 {revision} 版：{said}；请核对，必要时用“更正”重新汇总")
}

/// Where a version stood whose content was removed.
pub fn removed(name: &str, by: &str, recorded: &str, received: &str) -> String {
    format!("{}（{name}，经手 {by}，录入 {recorded}，收到 {received}）", super::words::REMOVED)
}

/// The version is not on this machine.
pub const NOT_HERE: &str = "原记录不在本机";

/// What the sum does not hold.
pub fn missing(names: &[String]) -> String {
    format!("  未计入：{}", names.join("、"))
}

/// It has filed since.
pub const FILED_SINCE: &str = "报送之后已报，请核对";

/// Names that were chosen from a list.
pub fn listed(names: &[String]) -> String {
    names.join("、")
}

/// One answer in a line with others.
pub fn said(label: &str, value: &str) -> String {
    format!("{label} {value}")
}

/// Joins answers in a line.
pub fn all_said(said: &[String]) -> String {
    if said.is_empty() { words::DASH.to_owned() } else { said.join("；") }
}

/// A report was entered on behalf.
pub fn on_behalf(office: &str) -> String {
    format!("（代录 {office}）")
}

/// There is a difference now.
pub const DIFFERS: &str = "注意：与另一版有出入，请用 report show 查看。";

/// A choice was recorded.
pub fn chosen(title: &str, period: &str, office: &str, keep: &str) -> String {
    format!("已记录选择：{office} {title} {period} 以 {keep} 的一版为准，双方都会看到。")
}

/// The same choice was held.
pub const CHOSEN_BEFORE: &str = "已经这样选定过，没有重复记录。";
/// Both sides chose apart.
pub const STILL_OPEN: &str = "注意：仍有出入。";

/// A cut-off was set.
pub fn cut_off_set(title: &str, time: &str, from: &str) -> String {
    format!("已规定：自 {from} 起，全部下级的{title}截止时刻为 {time}；此前各日不变。")
}
