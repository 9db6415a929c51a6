//! Words on papers that are printed or kept as files.

use super::{notice::in_brackets, words};
use crate::{domain::form::PeriodKind, export::Shape};

/// Marks that no line begins with.
pub const CLOSING: &str = "，。、；：？！）》」』】〉”’〕％…—,.;:?!)]}%";
/// Marks that no line ends with.
pub const OPENING: &str = "（《「『【〈“‘〔([{";

/// The font for what is read, as office programs call it.
pub const SONG_NAME: &str = "宋体";
/// The font for names and titles.
pub const HEI_NAME: &str = "黑体";

/// At the foot of each page.
pub fn page(number: usize, of: usize) -> String {
    format!("第 {number} 页　共 {of} 页")
}

/// The same for a spreadsheet, which counts its pages itself.
pub const SHEET_FOOT: &str = "&C第 &P 页　共 &N 页";
/// The tab of a table without a title.
pub const SHEET: &str = "表";
/// The same in pieces, for a program that counts its pages itself.
pub const PAGE_PIECES: [&str; 3] = ["第 ", " 页　共 ", " 页"];

/// 红头 of a paper.
pub fn red_head(office: &str) -> String {
    format!("{office}值班室")
}

/// When a form was filled in from what was known, above it.
pub fn printed_on(minute: &str) -> String {
    format!("填表时间：{}", super::console::moment(minute))
}

/// Whose paper it is, above it.
pub fn unit(name: &str) -> String {
    format!("单位：{name}")
}

/// When it was made, above a paper.
pub fn made(at: &str) -> String {
    format!("制表：{at}")
}

/// Who sent a notice, above its sign-for list.
pub fn sender(name: &str, number: &str) -> String {
    format!("发出单位：{name}　编号：{number}")
}

/// Which rule asks for it, below a paper.
pub fn asked_by(article: &str) -> String {
    format!("依据：{article}")
}

/// A report of an office.
pub fn report_title(office: &str, form: &str) -> String {
    format!("{office}{form}")
}

/// The period of a report, above it.
pub fn period(kind: PeriodKind, period: &str) -> String {
    match kind {
        PeriodKind::Day => format!("日期：{}", super::console::day(period)),
        PeriodKind::Holiday => format!("假期：{period}"),
    }
}

/// The version of a report, above it.
pub fn version(number: u32, reason: &str) -> String {
    let reason = if reason.is_empty() { String::new() } else { format!("，更正理由：{reason}") };
    format!("第 {number} 版{reason}")
}

/// Who recorded a report when, and when it came here.
pub fn recorded(by: &str, recorded: &str, received: &str) -> String {
    format!("{by} 录入于 {recorded}，本机收到 {received}")
}

/// Somebody else entered it.
pub fn entered(by: &str, told_by: &str) -> String {
    format!("{}：{by}（{} {told_by}）", words::ON_BEHALF, words::TOLD_BY)
}

/// What became of a report that is not there.
pub const STATE: &str = "情况";
/// 签批
pub const SIGNED_OFF: &str = "带班领导签字";
/// 签批
pub const OFFICER_SIGNS: &str = "值班员签字";

/// The board of a period.
pub fn board_title(office: &str, period: &str, form: &str) -> String {
    format!("{office}{period}{form}汇总表")
}

/// Columns of the board.
pub const BOARD: [&str; 9] = ["单位", "已报", "时效", "录入时间", "收到时间", "接报件数", "突发事件", "方式", "线路"];

/// Until when it was due.
pub fn cut_off(at: &str) -> String {
    format!("截止：{at}")
}

/// Nothing was filed.
pub const NOT_FILED: &str = "未报";
/// A line that is not up.
pub fn line(word: &str, since: &str) -> String {
    if since.is_empty() { word.to_owned() } else { format!("{word}（{since} 起）") }
}

/// The sign-for list of a notice.
pub fn sign_for_title(title: &str) -> String {
    format!("《{title}》签收单")
}

/// Columns of the sign-for list.
pub const SIGN_FOR: [&str; 6] = ["单位", "送达时间", "签收人", "签收时间", "方式", "时限"];

/// A table of a roll call.
pub fn roll_title(title: &str) -> String {
    format!("{title}情况表")
}

/// Who called, above it.
pub fn caller(name: &str, number: &str) -> String {
    format!("点名单位：{name}　编号：{number}")
}

/// Columns of a roll call.
pub const ROLL: [&str; 8] = ["单位", "情况", "送达时间", "应答时间", "带班领导", "值班员", "今日重点工作", "电话、说明和认定"];

/// What is due.
pub fn dues_title(office: &str) -> String {
    format!("{office}时限事项清单")
}

/// What others owe and is overdue.
pub fn chase_title(office: &str) -> String {
    format!("{office}待催清单")
}

/// Columns of what is due.
pub const DUES: [&str; 9] = ["到期", "状态", "事项", "谁办", "报给", "关于", "依据", "催办", "备注"];

/// Counts of a month or a year.
pub fn stats_title(office: &str, month: &str) -> String {
    format!("{office}时限事项统计（{month}）")
}

/// Who is on duty on a day.
pub fn duty_title(office: &str, day: &str) -> String {
    format!("{office}{}值班人员名单", super::console::day(day))
}

/// Columns of who is on duty.
pub const DUTY: [&str; 6] = ["单位", "带班领导", "值班员", "值班电话", "出处", "备注"];

/// Where a name on the duty list comes from.
pub fn duty_source(form: &str) -> String {
    format!("当日{form}")
}

/// Nobody has said who is on duty.
pub const DUTY_UNKNOWN: &str = "未报";
/// Below the duty list.
pub const DUTY_NOTE: &str = "本名单取自各单位当日的日报告和零报告；“未报”的、零报告没有写明的，请电话核实。";
/// Nobody stands on a table.
pub const NOBODY: &str = "没有单位。";

/// What can be done with a paper on its page.
pub fn keep_as(shape: Shape) -> &'static str {
    match shape {
        Shape::Pdf => "存成 PDF",
        Shape::Xlsx => "存成 Excel 表格",
        Shape::Csv => "存成 CSV",
        Shape::Docx => "存成 Word 文档",
    }
}

/// What a paper can be kept as, for a refusal.
pub fn endings(shapes: &[Shape]) -> String {
    shapes.iter().map(|shape| format!(".{}", shape.key())).collect::<Vec<_>>().join("、")
}

/// A file is there already.
pub fn overwrite(path: &str) -> String {
    format!("{path}；要覆盖它，请加 --force")
}

/// It was kept in a file.
pub fn kept(path: &str, bytes: &str) -> String {
    format!("已存成 {path}{}", in_brackets(bytes))
}
