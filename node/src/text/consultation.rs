//! Words of consultations (会商).

use super::{due, incident, words};
use crate::{
    domain::{
        form::FieldKind,
        step::{MatterKind, StepForms},
    },
    usecase::{DutyFigures, MatterRow},
};

/// So many offices or matters are named in a draft; all are counted.
const NAMED_MAX: usize = 20;

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

/// The second part of an agenda, as the machine would put it.
pub fn analysis(
    month: &str,
    offices: usize,
    duties: &[DutyFigures],
    (incidents, findings): (&[MatterRow], &[MatterRow]),
) -> String {
    let mut lines = vec![format!("{month} 参加范围内 {offices} 个单位值班和信息报告情况（按记录统计，请核对补充）：")];
    lines.extend(duties.iter().filter(|figures| figures.counts.iter().sum::<u32>() > 0).flat_map(duty_lines));
    lines.push(match incidents {
        [] => "在办突发事件：无。".to_owned(),
        some => format!("在办突发事件 {} 起：{}。", some.len(), named(some.iter().map(incident_named))),
    });
    lines.push(match findings {
        [] => "裁定成立的督查发现：无。".to_owned(),
        some => format!("裁定成立的督查发现 {} 件：{}。", some.len(), named(some.iter().map(|row| row.number.to_string()))),
    });
    lines.join("\n")
}

fn duty_lines(figures: &DutyFigures) -> Vec<String> {
    let all: u32 = figures.counts.iter().sum();
    let some = figures.counts.iter().enumerate().filter(|(_, count)| **count > 0);
    let said: Vec<_> = some.map(|(place, count)| format!("{} {count}", due::standing(place))).collect();
    let head = format!("{}：共 {all}，{}。", due::duty(figures.duty), said.join("，"));
    let mut by_office: Vec<(&str, u32)> = Vec::new();
    for (_, name, _) in &figures.at_fault {
        match by_office.iter_mut().find(|(known, _)| known == name) {
            Some((_, count)) => *count += 1,
            None => by_office.push((name, 1)),
        }
    }
    let at_fault = by_office.iter().map(|(name, count)| format!("{name} {count}"));
    let below = (!by_office.is_empty()).then(|| format!("　其中迟报、逾期：{}。", named(at_fault)));
    [Some(head), below].into_iter().flatten().collect()
}

fn incident_named(row: &MatterRow) -> String {
    let grade = incident::word(&row.summary.grade).map(|grade| format!("（{grade}）")).unwrap_or_default();
    format!("{} {}{grade}", row.number, row.title.as_deref().unwrap_or(words::DASH))
}

/// Some of them by name, and how many more there are.
fn named(all: impl ExactSizeIterator<Item = String>) -> String {
    let count = all.len();
    let first = all.take(NAMED_MAX).collect::<Vec<_>>().join("、");
    if count > NAMED_MAX { format!("{first}等 {count} 个") } else { first }
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
