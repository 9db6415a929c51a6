//! Words of the console's pages of matters, reports and files that are made in code.

use dutynet_relay::ids::UnixMillis;

use super::{line::length, matter, words};
use crate::domain::{beijing, step::MatterKind};

/// The kinds under which the steps of a course may be looked at.
pub const FILTERS: [(&str, &str); 5] =
    [("", "全部"), ("own", "本单位"), ("below", "其他单位"), ("up", "报告和批示"), ("real", "只看更正和代录")];

/// The how many-th report of an office.
pub fn nth(number: i64, office: &str) -> String {
    format!("第 {number} 次　{office}")
}

/// What waits for a leader.
pub const INBOX: &str = "领导待办";

/// The title of what a leader orders on an event.
pub fn on(title: &str) -> String {
    let title: String = title.chars().take(90).collect();
    format!("关于“{title}”的批示")
}

/// Adding files.
pub const ADD_FILES: &str = "加附件";

/// Where what stands in a field was said before.
pub fn carried(sources: &[(String, String)]) -> String {
    let said: Vec<String> = sources.iter().map(|(step, at)| format!("{step} {at}")).collect();
    if said.is_empty() { "自动填上，请核对".to_owned() } else { format!("沿用自：{}", matter::values(&said)) }
}

/// What its place is taken by.
pub fn corrects(title: &str, at: &str) -> String {
    format!("更正 {at} 的“{title}”。原来的一版仍看得到。")
}

/// A step that stands in the course.
pub fn step_at(title: &str, at: &str, by: &str) -> String {
    format!("{at} {title} {by}").trim_end().to_owned()
}

/// It was open, and is not any more, or the other way round.
pub fn stood(before: &str, now: &str) -> String {
    format!("状态由“{before}”变为“{now}”")
}

/// What this office had to do next, and has now.
pub fn wants(now: &str) -> String {
    format!("本单位现在应办：{now}")
}

/// Nothing more has to be done by this office.
pub const WANTS_NOTHING: &str = "本单位现在没有要办的";

/// What became of a record that was just made.
pub fn saved(title: &str, went: &str) -> String {
    format!("已保存：{title}。{went}")
}

/// The step stands, its files do not.
pub fn without_files(names: &[String], sentence: &str) -> String {
    let names = if names.is_empty() { String::new() } else { format!("（{}）", names.join("、")) };
    format!("这一步已经保存，不用再填；附件没有加上{names}：{sentence}")
}

/// What is known of an element of a report.
pub fn element(state: Element) -> &'static str {
    match state {
        Element::Said => "已写",
        Element::Unknown => words::UNKNOWN,
        Element::Missing => "缺",
    }
}

/// Whether an element of a report is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    /// It was answered.
    Said,
    /// It was said that it is not known yet.
    Unknown,
    /// Nobody has said anything.
    Missing,
}

/// How many elements are still missing.
pub fn elements(missing: usize, of: usize) -> String {
    if missing == 0 { format!("要素 {of} 项都已写到") } else { format!("要素 {of} 项，还缺 {missing} 项") }
}

/// A moment by the clock of whoever recorded it, where that is another one than here.
pub fn by_its_clock(at: &str) -> String {
    format!("对方时钟 {at}")
}

/// How long a leader has had something before him, or still has.
pub fn turn(until: UnixMillis, now: UnixMillis) -> String {
    let ms = until.0.saturating_sub(now.0);
    let length = length(ms.unsigned_abs());
    if ms >= 0 { format!("还剩 {length}") } else { format!("已超 {length}") }
}

/// He answered.
pub const ANSWERED: &str = "已答复";
/// He has it before him now.
pub const NOW_ASKED: &str = "现在由他审";
/// His turn is over, he did not answer.
pub const HELD: &str = "到时未答复";
/// His turn comes later.
pub const NEXT: &str = "下一位";

/// By which way somebody else has heard a leader's words.
pub fn heard(how: Option<&str>) -> &'static str {
    if how == Some("in-person") { "当面" } else { "电话" }
}

/// What a search for the same event found.
pub fn similar(number: &str, title: &str, place: &str, ago: &str) -> String {
    let place = if place.is_empty() { String::new() } else { format!("　{place}") };
    format!("{number} {title}{place}　{ago}前")
}

/// A title that the machine makes of what was said, while the officer is on the telephone.
pub fn title_of(place: &str, what: &str) -> String {
    let short: String = what.lines().next().unwrap_or_default().chars().take(30).collect();
    let title = format!("{place}{short}");
    if title.trim().is_empty() { "来电接报（正在核实）".to_owned() } else { title }
}

/// What a leader's inbox asks of him.
pub fn asks(kind: MatterKind, wanted: &str) -> String {
    format!("{}：{wanted}", matter::kind(kind))
}

/// Whose report a form is filled in for.
pub fn behalf_of(name: &str) -> String {
    format!("代 {name} 录入")
}

/// How another office's words came.
pub fn entered(by: &str, channel: &str, told_by: &str, phone: &str) -> String {
    let phone = if phone.is_empty() { String::new() } else { format!(" {phone}") };
    format!("{by}代录（{channel}，{told_by}{phone}）")
}

/// A choice between versions.
pub fn chosen(at: &str, by: &str, office: &str, reason: &str, counts: bool) -> String {
    let counts = if counts { "" } else { "（后来又有新的一版，已不作数）" };
    format!("{at} {office} {by} 选定，理由：{reason}{counts}")
}

/// A child whose report came after the sum.
pub fn missed_then(name: &str, why: &str, filed_since: bool) -> String {
    if filed_since { format!("{name}（{why}；现在已报，可更正综报）") } else { format!("{name}（{why}）") }
}

/// What stands, beside a figure that is another now.
pub fn stands(value: &str) -> String {
    format!("现行的一版：{value}")
}

/// A child's version in a sum has been replaced.
pub fn source_changed(name: &str) -> String {
    format!("{name} 后来更正了，与综报里的不同")
}

/// `14:05` of today, or with its day.
pub fn short(at: UnixMillis, now: UnixMillis) -> String {
    let minute = beijing::minute(at);
    let today = beijing::minute(now);
    if minute.get(..10) == today.get(..10) {
        minute.get(11..).unwrap_or_default().to_owned()
    } else {
        super::console::moment(&minute)
    }
}

/// The page that is made for a kind of matter, where there is one.
pub fn own_page(kind: MatterKind) -> Option<&'static str> {
    match kind {
        MatterKind::RollCall => Some("打开点名表"),
        MatterKind::Consultation => Some("打开会商页"),
        MatterKind::Incident
        | MatterKind::Warning
        | MatterKind::Verification
        | MatterKind::Directive
        | MatterKind::Drill
        | MatterKind::Finding => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_today_is_said_by_its_hour_alone() {
        let at = |text: &str| beijing::moment(text).unwrap();
        assert_eq!(short(at("2026-07-01 09:05"), at("2026-07-01 10:00")), "09:05");
        assert_eq!(short(at("2026-06-30 23:05"), at("2026-07-01 10:00")), "2026年06月30日 23:05");
    }

    #[test]
    fn a_title_is_made_of_what_was_said() {
        assert_eq!(title_of("良垌村口", "河水漫过公路\n两车被困"), "良垌村口河水漫过公路");
        assert_eq!(title_of("", ""), "来电接报（正在核实）");
    }
}
