//! Words of consultations (会商).

use crate::domain::{
    form::FieldKind,
    step::{MatterKind, StepForms},
};

/// An outcome became a directive.
pub const ORDERED: &str = "议定事项已交办";
/// The status of every office, as it was shown.
pub const STATUS: &str = "即时状态表";
/// None was kept.
pub const NO_TABLE: &str = "本次会商还没有存入即时状态表。";
/// Head of the tables that were kept.
pub const TABLES: [&str; 5] = ["", "询问时间", "询问人", "自行应答", "记录"];
/// Beside the one that is shown.
pub const SHOWN: &str = "▸";
/// Its parts do not make the table that they say.
pub const UNREADABLE: &str = "这张表读不懂，或与所写的摘要不符。";
/// Nothing is suggested.
pub const NOTHING_SUGGESTED: &str = "没有应当提请会商的时机。";
/// Head of what is suggested.
pub const SUGGESTED: [&str; 4] = ["自", "事由", "名称", "提示编号"];

/// Some parts of a table are still on their way.
pub fn parts(here: u32, of: u32) -> String {
    format!("这张表还没有到齐：共 {of} 份，已到 {here} 份，请等线路送到。")
}

/// A state, or a code of a fact.
pub fn word(code: &str) -> Option<&'static str> {
    Some(match code {
        "called" => "已通知",
        "sitting" => "会商中",
        "outcomes_open" => "议定事项待着落",
        "minuted" => "已有纪要",
        "closed" => "已结束",
        _ => {
            let fields = StepForms::built_in().of(MatterKind::Consultation).flat_map(|form| &form.fields);
            let codes = fields.filter_map(|field| match &field.kind {
                FieldKind::Choice { codes, .. } => Some(codes),
                FieldKind::Text { .. } | FieldKind::Number(_) | FieldKind::Nil | FieldKind::Time | FieldKind::Rows { .. } => None,
            });
            return codes.flatten().find(|known| known.key == code).map(|known| known.label.as_str());
        }
    })
}

/// Name of a fact.
pub fn label(key: &str) -> Option<&'static str> {
    Some(match key {
        "called_by" => "召集单位",
        "area" => "参加范围",
        "spoke" => "发言单位",
        "ordered" => "交办的事项",
        "outcome_open" => "没有着落的议定事项",
        "directive_open" => "交办事项在办",
        "directive_closed" => "交办事项办结",
        _ => {
            let mut fields = StepForms::built_in().of(MatterKind::Consultation).flat_map(|form| &form.fields);
            return fields.find(|field| field.key == key).map(|field| field.label.as_str());
        }
    })
}
