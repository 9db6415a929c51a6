//! What is wrong with one field of a form, as a sentence at that field.

use crate::domain::form::{Fault, FaultKind};

/// Stable code of a fault, upper case, for programs.
pub fn code(kind: &FaultKind) -> &'static str {
    match kind {
        FaultKind::UnknownField => "UNKNOWN_FIELD",
        FaultKind::Twice => "TWICE",
        FaultKind::Missing => "MISSING",
        FaultKind::NilMissing => "NIL_MISSING",
        FaultKind::WantsText => "WANTS_TEXT",
        FaultKind::WantsNumber => "WANTS_NUMBER",
        FaultKind::WantsRows => "WANTS_ROWS",
        FaultKind::NilNotAllowed => "NIL_NOT_ALLOWED",
        FaultKind::WantsTime => "WANTS_TIME",
        FaultKind::WantsChoice { .. } => "WANTS_CHOICE",
        FaultKind::TooManyChoices { .. } => "TOO_MANY_CHOICES",
        FaultKind::UnknownNotAllowed => "UNKNOWN_NOT_ALLOWED",
        FaultKind::TooLong { .. } => "TOO_LONG",
        FaultKind::LineBreak => "LINE_BREAK",
        FaultKind::ControlCharacter { .. } => "CONTROL_CHARACTER",
        FaultKind::OutOfRange { .. } => "OUT_OF_RANGE",
        FaultKind::UnknownCode { .. } => "UNKNOWN_CODE",
        FaultKind::CodeTwice { .. } => "CODE_TWICE",
        FaultKind::TooManyRows => "TOO_MANY_ROWS",
    }
}

/// The sentence, without the field's name.
pub fn sentence(kind: &FaultKind) -> String {
    match kind {
        FaultKind::UnknownField => "没有这一项，请删去".into(),
        FaultKind::Twice => "填了不止一次，或者既填写了又勾选了“无”“不明”，请只留一种".into(),
        FaultKind::Missing => "必填，请填写".into(),
        FaultKind::NilMissing => "须报“无”；有情况的请改报日报告".into(),
        FaultKind::WantsText => "应填文字".into(),
        FaultKind::WantsNumber => "应填整数".into(),
        FaultKind::WantsRows => "应按类别填数，例如 自然灾害=1；没有的请填“无”".into(),
        FaultKind::NilNotAllowed => "不能填“无”，请如实填写".into(),
        FaultKind::WantsTime => "应填时间，例如 14:05 或 2026-07-01 14:05".into(),
        FaultKind::WantsChoice { allowed } => format!("应从这些中选：{}", allowed.join("、")),
        FaultKind::TooManyChoices { most } => format!("最多选 {most} 项，请删减"),
        FaultKind::UnknownNotAllowed => "不能填“不明”，请问明后填写".into(),
        FaultKind::TooLong { chars_max, chars } => format!("最多 {chars_max} 字，现有 {chars} 字，请删减"),
        FaultKind::LineBreak => "只能填一行，请去掉换行".into(),
        FaultKind::ControlCharacter { code_point, at } => format!("第 {at} 个字符（U+{code_point:04X}）不可见，请删去后重新录入"),
        FaultKind::OutOfRange { range, number } => {
            format!("应在 {} 至 {} {}之间，现为 {number}", range.min, range.max, range.unit)
        }
        FaultKind::UnknownCode { code, allowed } => format!("没有“{code}”这一类，可填：{}", allowed.join("、")),
        FaultKind::CodeTwice { label } => format!("“{label}”填了不止一次，请合并"),
        FaultKind::TooManyRows => "行数过多，请合并".into(),
    }
}

/// The whole line: the field's name and what is wrong with it.
pub fn line(fault: &Fault) -> String {
    format!("{}：{}", fault.label, sentence(&fault.kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_says_the_field_the_limit_and_what_was_given() {
        let kind = FaultKind::TooLong { chars_max: 1200, chars: 349_526 };
        let fault = Fault { field: "important".into(), label: "重要事项".into(), kind };
        assert_eq!(line(&fault), "重要事项：最多 1200 字，现有 349526 字，请删减");
    }
}
