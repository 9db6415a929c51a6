//! Words of the status of offices at this moment (即时状态).

use crate::{
    domain::{
        beijing::Day,
        board::Filed,
        status::{DutyNow, DutySource, Why},
    },
    text::{incident, words},
};

/// Head of the table.
pub const TABLE: [&str; 8] = ["单位", "带班领导", "值班员", "电话", "在办事件", "逾期", "今日报告", "应答"];
/// Nobody has said who is on duty.
pub const NOBODY_SAID: &str = "未报";
/// The office has answered itself.
pub const ITSELF: &str = "即时";
/// Nothing is known of it.
pub const NOTHING_KNOWN: &str = "没有记录";

/// While rows come.
pub fn so_far(rows: usize, offices: u32) -> String {
    format!("已有 {rows} 家，共 {offices} 家……")
}

/// Above the table.
pub fn title(asker: &str, asked_at: &str, itself: usize, offices: usize) -> String {
    format!("即时状态 {asked_at}　{asker}　共 {offices} 家，自行应答 {itself} 家")
}

/// How many of all have answered themselves.
pub fn answered(itself: u32, offices: u32) -> String {
    format!("{itself}/{offices} 家")
}

/// Why an office has not answered itself.
pub fn why(why: Why) -> &'static str {
    match why {
        Why::LineDown => "线路不通",
        Why::NoNode => "无终端",
        Why::NoAnswer => "未按时应答",
        Why::Older => "版本较旧，不会应答",
        Why::Unable => "不能应答",
        Why::Busy => "同时在问的太多",
        Why::TooMuch => "应答过长",
        Why::Unreadable => "应答读不懂",
    }
}

/// Since when its line is down.
pub fn since(at: &str) -> String {
    format!("自 {at}")
}

/// From whose records, and of when they are.
pub fn from_records(by: &str, as_of: &str) -> String {
    format!("{by}所存，截至 {as_of}")
}

/// Why it has not answered itself, since when its line is down, and what is known instead.
pub fn instead(reason: Why, since: Option<&str>, records: &str) -> String {
    [Some(why(reason)), since, Some(records)].into_iter().flatten().collect::<Vec<_>>().join("，")
}

/// What it has filed today, and when.
pub fn filed(filed: Filed, at: &str) -> String {
    match filed {
        Filed::Nothing => NOBODY_SAID.to_owned(),
        Filed::Daily | Filed::Zero | Filed::Both | Filed::Form => format!("{} {at}", words::filed(filed)),
    }
}

/// Beside a name that was not said in a report of today: of which day it is, or that it stands in a draft.
pub fn of_day(source: DutySource, day: Option<&str>) -> String {
    let day = day.map(|day| format!("{day} ")).unwrap_or_default();
    match source {
        DutySource::Report if day.is_empty() => String::new(),
        DutySource::Report => format!("（{}报）", day),
        DutySource::Draft => format!("（{day}草稿）"),
    }
}

/// Who is on duty, in one line.
pub fn on_duty(duty: &DutyNow, today: Day) -> String {
    let parts = [("带班领导", &duty.leader), ("值班员", &duty.officer), ("电话", &duty.phone)];
    let said = parts.into_iter().filter(|(_, said)| !said.is_empty()).map(|(what, said)| format!("{what} {said}"));
    let day = (duty.day != today).then(|| duty.day.short());
    said.collect::<Vec<_>>().join(" · ") + &of_day(duty.source, day.as_deref())
}

/// How many incidents are open, with the gravest grade.
pub fn incidents(open: u32, gravest: Option<&str>) -> String {
    match (open, gravest.and_then(incident::word)) {
        (0, _) => words::NONE.to_owned(),
        (open, Some(grade)) => format!("{open} 起，最高{grade}"),
        (open, None) => format!("{open} 起"),
    }
}

/// One incident, below the table.
pub fn incident_line(name: &str, number: &str, grade: &str, title: &str) -> String {
    let grade = incident::word(grade).map(|grade| format!("〔{grade}〕")).unwrap_or_default();
    let title = if title.is_empty() { words::DASH } else { title };
    format!("  {name}　{number}　{grade}{title}")
}

/// What waits at an office whose line is up.
pub fn waits(waiting: u64, parked: u64) -> String {
    match (waiting, parked) {
        (0, 0) => String::new(),
        (waiting, 0) => format!("，待发 {waiting}"),
        (waiting, parked) => format!("，待发 {waiting}，滞留 {parked}"),
    }
}
