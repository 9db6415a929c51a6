//! What commands print when they have done something, and the words around a refusal.

use dutynet_relay::ids::UnixMillis;

use super::{clock, words};
use crate::domain::{beijing::for_people, board::Timing};
use crate::usecase::SKEW_MAX_MS;

/// Head of the board.
pub const BOARD: [&str; 11] =
    ["单位", "报表", "时效", "来源", "线路", "起始", "版次", "录入时间", "收到时间", "接报件数", "突发事件"];
/// Head of the lines of this node.
pub const LINKS: [&str; 10] = ["单位", "名称", "关系", "线路", "起始", "待发", "滞留", "时钟", "下次重拨", "原因"];
/// Head of the lines further down.
pub const LINES: [&str; 3] = ["下级单位", "线路", "起始"];
/// Head of the parked records.
pub const PARKED: [&str; 7] = ["拒收单位", "通道", "序号", "记录", "事项", "代码", "起始"];
/// Head of the offices.
pub const OFFICES: [&str; 6] = ["编号", "名称", "类别", "区划代码", "上级", "终端"];
/// Head of a check-up.
pub const DOCTOR: [&str; 2] = ["结论", "说明"];

/// Where the parent is dialled.
pub fn dialled(office: &str, addresses: &[String]) -> String {
    format!("上级 {office}，依次拨 {}", addresses.join("、"))
}

/// What a refusal is about.
pub fn in_brackets(about: &str) -> String {
    format!("（{about}）")
}

/// A fault at one field.
pub fn at_field(label: &str, sentence: &str) -> String {
    format!("  · {label}：{sentence}")
}

/// Where to find a refusal again.
pub fn code(code: &str, reference: Option<&str>) -> String {
    match reference {
        Some(reference) => format!("（代码 {code}，编号 {reference}）"),
        None => format!("（代码 {code}）"),
    }
}

/// A time, or a dash.
pub fn time(at: Option<UnixMillis>, now: UnixMillis) -> String {
    at.map_or_else(|| words::DASH.to_owned(), |at| for_people(at, now))
}

/// An office's name, set in by its depth under the board's own.
pub fn indented(name: &str, depth: u32) -> String {
    format!("{}{name}", "　".repeat(usize::try_from(depth).unwrap_or(0).min(32)))
}

/// Above a board.
pub fn board_title(name: &str, period: &str, cut_off: UnixMillis, as_of: UnixMillis) -> String {
    format!("{name} {period} 汇总表（截止 {}，制表 {}）", for_people(cut_off, as_of), for_people(as_of, as_of))
}

/// Below a board: how many offices, by whether they were in time.
pub fn board_counts(rows: &[Timing]) -> String {
    let count = |timing: Timing| rows.iter().filter(|t| **t == timing).count();
    let all = [Timing::InTime, Timing::Late, Timing::NotDue, Timing::Missing, Timing::CutOff, Timing::NotOwed];
    let rare = [Timing::CutOff, Timing::NotOwed];
    let shown = all.iter().filter(|timing| !rare.contains(timing) || count(**timing) > 0);
    let parts: Vec<_> = shown.map(|timing| format!("{} {}", words::timing(*timing), count(*timing))).collect();
    format!("共 {} 个单位：{}", rows.len(), parts.join("，"))
}

/// Whether a row was in time; with its own cut-off, where that is not the board's.
pub fn timing(timing: Timing, cut_off: Option<&str>) -> String {
    match cut_off {
        Some(cut_off) => format!("{}（截止 {cut_off}）", words::timing(timing)),
        None => words::timing(timing).to_owned(),
    }
}

/// A report was filed.
pub fn filed(title: &str, period: &str, revision: u32, record: &str) -> String {
    format!("已保存：{title} {period} 第 {revision} 版（记录 {record}）")
}

/// It was held already.
pub fn folded(title: &str, period: &str, revision: u32, record: &str) -> String {
    format!("内容与已保存的相同，没有重复报送：{title} {period} 第 {revision} 版（记录 {record}）")
}

/// How far a record has got.
pub fn state(word: &str) -> String {
    format!("进度：{word}")
}

/// What a zero report said, by name.
pub fn nil_by_name(labels: &[&str]) -> String {
    labels.iter().map(|label| format!("  {label}：{}", words::NONE)).collect::<Vec<_>>().join("\n")
}

/// Above one revision.
pub fn revision(number: u32, recorded: &str, received: &str, by: &str) -> String {
    format!("第 {number} 版　录入 {recorded}　收到 {received}　经办 {by}")
}

/// One answer.
pub fn answer(label: &str, value: &str) -> String {
    format!("  {label}：{}", value.replace('\n', "\n    "))
}

/// One line of a table field.
pub fn row(label: &str, number: i64, text: &str) -> String {
    if text.is_empty() { format!("{label} {number}") } else { format!("{label} {number}（{text}）") }
}

/// Joins the lines of a table field.
pub fn rows(rows: &[String]) -> String {
    rows.join("；")
}

/// Why a revision was made.
pub fn reason(text: &str) -> String {
    answer(words::REASON, text)
}

/// Which tiers had a record when.
pub fn hops(hops: &[String]) -> String {
    answer("途经", &hops.join(" → "))
}

/// One hop, with its clock where that was off.
pub fn hop(office: &str, at: &str, offset_ms: i64) -> String {
    let clock = if offset_ms.abs() > SKEW_MAX_MS { clock::of_hop(offset_ms) } else { String::new() };
    format!("{office} {at}{clock}")
}

/// A neighbour above.
pub const PARENT: &str = "上级";
/// A neighbour below.
pub const CHILD: &str = "下级";

/// What waits in one lane.
pub fn waiting(lane: &str, count: u64) -> String {
    format!("{lane} {count}")
}

/// How many files there are, whole and on their way here, with their bytes.
pub fn files((held, held_bytes): (u64, u64), (wanted, wanted_bytes): (u64, u64)) -> String {
    let held = format!("{held} 个，{}", bytes(held_bytes));
    if wanted == 0 { held } else { format!("{held}；另有 {wanted} 个在取，已到 {}", bytes(wanted_bytes)) }
}

/// The line of a neighbour that sleeps.
pub fn dormant(line: &str) -> String {
    format!("{line}（沉睡）")
}

/// The office has a node.
pub const HAS_NODE: &str = "有";

/// A parked record was sent again.
pub const RETRIED: &str = "已重新排入待发。";
/// A parked record was given up.
pub const WITHDRAWN: &str = "已不再向该单位发送，并已记录在案。";
/// An office has said nothing.
pub const NOTHING_FILED: &str = "没有报过。";
/// Nothing is parked.
pub const NOTHING_PARKED: &str = "没有滞留记录。";

/// An office without a node was registered.
pub fn office_added(name: &str, office: &str) -> String {
    format!("已登记无终端单位：{name}（{office}）。它会出现在每张汇总表上，由本单位代录。")
}

/// An invitation was made.
pub fn invited(office: &str, invitation: &str, valid_until: &str) -> String {
    format!(
        "给 {office} 的邀请（只能用一次，有效至 {valid_until}）：\n\n{invitation}\n\n\
         这一行是秘密，请当面或用可靠渠道交给该单位，在其机器上执行：dutynet enrol <整行邀请>"
    )
}

/// The root was made.
pub fn founded(name: &str, office: &str, data: &str, successor: &str) -> String {
    format!(
        "已建立最上级单位：{name}（{office}）\n数据目录：{data}\n\n\
         请立即把后继密钥文件转存到两个 U 盘，分别锁进保险柜，然后从本机删除：\n  {successor}\n\
         本机密钥丢失或泄露时，凭它更换根密钥，全网不必重新入网；没有它，只能全网重建。\n\n\
         下一步：dutynet check-config 检查配置，dutynet serve 启动，dutynet invite 邀请下级。"
    )
}

/// This machine has enrolled.
pub fn enrolled(office: &str, parent: &str, data: &str) -> String {
    format!(
        "已入网：{office}，上级 {parent}\n数据目录：{data}\n\
         密钥在本机生成，离开本机只有一种方式：在备份里，由恢复码加密。下一步：dutynet check-config 检查配置，dutynet serve 启动。"
    )
}

/// The configuration has no fault.
pub fn config_good(file: &str, data: &str) -> String {
    format!("配置无误：{file}（数据目录 {data}）")
}

/// The node serves.
pub fn serving(name: &str, office: &str, (console, api): (&str, &str), link: Option<&str>) -> String {
    let link = link.map_or_else(|| "不接受下级拨入".to_owned(), |link| format!("下级拨入地址 {link}"));
    format!("值守通已启动：{name}（{office}），值班台 {console} ，本机接口 {api}，{link}")
}

/// The node has stopped.
pub const STOPPED: &str = "值守通已停止。";

/// The journal is sound.
pub fn sound(frames: u64, records: u64, seals: u64) -> String {
    format!("核对无误：{frames} 帧、{records} 条记录、{seals} 个封签。")
}

/// The journal is not.
pub fn unsound(faults: usize) -> String {
    format!("核对发现 {faults} 处问题，请保留现场并联系维护人员：")
}

/// The index was made anew.
pub fn rebuilt(records: u64) -> String {
    format!("已由日志库重建索引：{records} 条记录。")
}

/// Lines of a node's status, a name and a value each.
pub fn status_line(name: &str, value: &str) -> String {
    format!("{name}：{value}")
}

/// Names of a node's status.
pub struct StatusNames;

impl StatusNames {
    /// Who.
    pub const OFFICE: &str = "单位";
    /// Network zone.
    pub const ZONE: &str = "网域";
    /// Store epoch.
    pub const EPOCH: &str = "库纪元";
    /// Version.
    pub const SOFTWARE: &str = "程序版本";
    /// Clock of the node.
    pub const CLOCK: &str = "本机时间";
    /// Since when it serves.
    pub const SINCE: &str = "启动于";
    /// Records held.
    pub const RECORDS: &str = "记录";
    /// Not acknowledged.
    pub const WAITING: &str = "待发";
    /// Refused by a neighbour.
    pub const PARKED: &str = "滞留";
    /// Not digested.
    pub const NOT_INTERPRETED: &str = "未能识读";
    /// Size of the journal.
    pub const JOURNAL: &str = "日志库";
    /// Files that belong to records.
    pub const FILES: &str = "附件";
    /// Free space.
    pub const DISK: &str = "磁盘剩余";
    /// Last good backup.
    pub const BACKUP: &str = "最近备份";
    /// What a person should know.
    pub const WARNING: &str = "提醒";
}

/// A size for people.
pub fn bytes(bytes: u64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let unit = (0..units.len()).rev().find(|unit| bytes >> (10 * unit) > 0).unwrap_or(0);
    format!("{} {}", bytes >> (10 * unit), units[unit])
}
