//! Words of findings (督查发现): kinds and states, the evidence in words, and the draft of a circular.

use dutynet_relay::{ids::UnixMillis, lines::Span};

use super::{due, line, words};
use crate::{
    domain::{
        beijing::for_people,
        form::FieldKind,
        obligation::WayHop,
        rules::Duty,
        step::{MatterKind, StepForms},
    },
    usecase::Figure,
};

/// Nothing is suggested.
pub const NOTHING_SUGGESTED: &str = "没有可提示的督查发现。";
/// Head of what is suggested.
pub const SUGGESTED: [&str; 6] = ["到期", "单位", "提示", "状态", "依据", "时限事项"];

/// A kind, a state, or a code of a fact.
pub fn word(code: &str) -> Option<&'static str> {
    Some(match code {
        "found" => "待说明",
        "explained" => "已说明，待裁定",
        "upheld" => "裁定成立",
        "unfounded" => "不成立",
        "excused" => "免责",
        "rectifying" => "整改中",
        "rectified" => "整改已销号",
        "closed" => "已办结",
        "dismissed" => "不作督查发现",
        "praised" | "praise" => "表扬",
        _ => return of_forms(code),
    })
}

/// What the machine suggests; 漏报 is said of a report only when a person has found that there was none.
pub fn suggested(code: &str) -> &'static str {
    match code {
        "missing" => "未见报告",
        _ => word(code).unwrap_or(words::DASH),
    }
}

fn of_forms(code: &str) -> Option<&'static str> {
    let fields = StepForms::built_in().of(MatterKind::Finding).flat_map(|form| &form.fields);
    let codes = fields.filter_map(|field| match &field.kind {
        FieldKind::Choice { codes, .. } => Some(codes),
        FieldKind::Text { .. } | FieldKind::Number(_) | FieldKind::Nil | FieldKind::Time | FieldKind::Rows { .. } => None,
    });
    codes.flatten().find(|known| known.key == code).map(|known| known.label.as_str())
}

/// Name of a fact.
pub fn label(key: &str) -> Option<&'static str> {
    Some(match key {
        "found_by_office" => "查处单位",
        "about" => "被查单位",
        "ruled_by" => "裁定单位",
        "follow" => "处理方式",
        "outstanding" => "待整改或待销号",
        "rectified" => "整改已销号",
        _ => {
            let mut fields = StepForms::built_in().of(MatterKind::Finding).flat_map(|form| &form.fields);
            return fields.find(|field| field.key == key).map(|field| field.label.as_str());
        }
    })
}

/// What is owed, and about what.
pub fn title(owed: Duty, about: &str) -> String {
    format!("{}（{about}）", due::duty(owed))
}

/// The lines while an obligation ran, one stretch to a line.
pub fn lines(way: &[(WayHop, String)], now: UnixMillis) -> String {
    let spans = way.iter().flat_map(|(hop, name)| hop.spans.iter().map(move |span| (name, span)));
    let lines: Vec<String> = spans.map(|(name, span)| stretch(name, span, now)).collect();
    // As much as the field takes; what is left out can be asked for with the key.
    let mut kept = String::new();
    for line in &lines {
        if kept.chars().count() + line.chars().count() > 3900 {
            break;
        }
        kept.push_str(line.trim());
        kept.push('\n');
    }
    kept.trim_end().to_owned()
}

fn stretch(name: &str, span: &Span, now: UnixMillis) -> String {
    let (was, why) = line::state(&span.state);
    line::stretch(name, &for_people(span.from, now), &for_people(span.until, now), (words::line(was), &why))
}

/// Title of a circular.
pub fn circular_title(office: &str) -> String {
    format!("{office}关于值班工作情况的通报")
}

/// The words of a circular: what was wrong first, then what was well done; every number names what it counts.
pub fn circular((first, last): (&str, &str), figures: &[Figure]) -> String {
    let (praised, faults): (Vec<_>, Vec<_>) = figures.iter().partition(|figure| figure.kind == "praise");
    let mut text = format!("现将 {first} 至 {last} 值班工作督查情况通报如下。\n");
    if figures.is_empty() {
        text.push_str("这一期间没有裁定成立的督查发现，也没有表扬。\n");
    }
    for (head, part) in [("一、存在的问题", faults), ("二、表扬", praised)] {
        if !part.is_empty() {
            text.push_str(&format!("{head}\n"));
            text.extend(by_office(&part));
        }
    }
    text.trim_end().to_owned()
}

fn by_office(figures: &[&Figure]) -> Vec<String> {
    let mut lines: Vec<(&str, Vec<String>)> = Vec::new();
    for figure in figures {
        let numbers: Vec<String> = figure.matters.iter().map(|(_, number)| number.to_string()).collect();
        let word = word(&figure.kind).unwrap_or(&figure.kind);
        let said = format!("{word} {} 件（{}）", figure.matters.len(), numbers.join("、"));
        match lines.iter_mut().find(|(name, _)| *name == figure.name) {
            Some((_, line)) => line.push(said),
            None => lines.push((&figure.name, vec![said])),
        }
    }
    lines.into_iter().map(|(name, said)| format!("{name}：{}。\n", said.join("，"))).collect()
}
