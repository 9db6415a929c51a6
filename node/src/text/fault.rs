//! What is wrong with one field of a form, as a sentence at that field.

use super::refusal::Refusal;
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

/// Refusals that are about one thing beside the fields of a form: its name on the page, and the sentence there, in which `{}` is what the
/// refusal is about; without one, the refusal's own.
const BESIDE: [(Refusal, &str, &str); 25] = [
    (Refusal::AttachmentNotPlain, "plain_by", "请由看过全部附件的人写上姓名，并把附件重新选一次"),
    (Refusal::StepOfficesMissing, "to", "请选出单位"),
    (Refusal::NothingBelow, "to", "本单位没有这样的下级，请改选"),
    (Refusal::AudienceUnclear, "to", "请选定发给谁：全部下级、编组或列出的单位，三者选一"),
    (Refusal::AudienceTooLong, "to", "单位过多，请改为全部下级，或分几次"),
    (Refusal::OfficeUnknown, "to", "没有单位“{}”，请核对编号"),
    (Refusal::OfficeInvalid, "to", "没有单位“{}”，请核对编号"),
    (Refusal::NotBelow, "to", "“{}”不是本单位的下级，请去掉"),
    (Refusal::StepNotBelow, "to", "“{}”不是本单位的下级，请去掉"),
    (Refusal::OnBehalfElsewhere, "on_behalf_of", "只能代下级录入，请改选下级单位"),
    (Refusal::ToldByAlone, "on_behalf_of", "写了来电人，请选定代哪个单位；不是代录的请清空来电人和号码"),
    (Refusal::StepLinkMissing, "link", "必填，请选出一条"),
    (Refusal::UrgencyMissing, "urgency", "请选定紧急程度"),
    (Refusal::SignByPast, "sign_by", "已经过去，请改成以后的时间"),
    (Refusal::RollTime, "opens_at", "应在今后 31 天以内，例如 2026-07-01 14:05；现在就点的请清空"),
    (Refusal::RollDraw, "draw", "比可抽的单位还多，请减少，或扩大范围"),
    (Refusal::AttachmentKind, "file", ""),
    (Refusal::AttachmentOther, "file", ""),
    (Refusal::AttachmentRuns, "file", ""),
    (Refusal::AttachmentPacked, "file", ""),
    (Refusal::AttachmentLocked, "file", ""),
    (Refusal::AttachmentName, "file", ""),
    (Refusal::AttachmentNameTwice, "file", ""),
    (Refusal::AttachmentSize, "file", ""),
    (Refusal::AttachmentTooMany, "file", ""),
];

/// Where a refusal stands on a page and what it says there; `None`: it is about more than one thing.
pub fn beside(refusal: Refusal, about: &str) -> Option<(&'static str, String)> {
    let (_, at, said) = BESIDE.iter().find(|(known, ..)| *known == refusal)?;
    let said = if said.is_empty() { refusal.sentence().trim_end_matches('。') } else { said };
    Some((at, said.replace("{}", about)))
}

/// The whole line: the field's name and what is wrong with it.
pub fn line(fault: &Fault) -> String {
    format!("{}：{}", fault.label, sentence(&fault.kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_about_one_thing_says_at_it_what_to_do() {
        for (refusal, at, _) in BESIDE {
            let (found, said) = beside(refusal, "440999").unwrap();
            assert!(found == at && said.contains('请') && !said.contains("--") && !said.contains('{'), "{refusal:?}: {said}");
        }
        assert_eq!(beside(Refusal::StoreFailed, ""), None);
    }

    #[test]
    fn a_fault_says_the_field_the_limit_and_what_was_given() {
        let kind = FaultKind::TooLong { chars_max: 1200, chars: 349_526 };
        let fault = Fault { field: "important".into(), label: "重要事项".into(), kind };
        assert_eq!(line(&fault), "重要事项：最多 1200 字，现有 349526 字，请删减");
    }
}
