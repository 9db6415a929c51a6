//! Words of the pages by which an office looks down: roll calls, the status of now, the network, the month of reports, statistics, rules.

use dutynet_relay::{ids::UnixMillis, record::Mode};

use super::words;
use crate::domain::beijing;

/// The list of roll calls.
pub const ROLLS: &str = "点名";
/// Answering.
pub const ANSWER: &str = "应答点名";
/// Calling.
pub const CALL: &str = "发起点名";
/// Those right below this office that have nobody below them.
pub const DIRECTLY: &str = "直接下级";

/// Which mode it is, unless it is real.
pub fn not_real(mode: Mode) -> &'static str {
    match mode {
        Mode::Real => "",
        Mode::Exercise | Mode::Test => words::mode(mode),
    }
}

/// `14:05:09`
fn clock(at: UnixMillis) -> String {
    beijing::for_people(at, at).chars().skip("MM-DD ".len()).collect()
}

/// When an office answered, and who leads there.
pub fn answered(at: UnixMillis, leader: &str) -> String {
    format!("{} {leader}", clock(at))
}

/// When an office was telephoned, and what came of it.
pub fn phoned(at: UnixMillis, result: &str) -> String {
    format!("{} 电话：{result}", clock(at))
}

/// When its node had the call.
pub fn received(at: UnixMillis) -> String {
    format!("{} 送达", clock(at))
}

/// Title of a call's page.
pub fn roll(number: &str, title: &str) -> String {
    format!("{number} {}", if title.is_empty() { words::REMOVED } else { title })
}

/// Below the title.
pub fn roll_head(caller: &str, opens: &str, minutes: i64) -> String {
    format!("{caller} {opens} 开始，各单位收到后 {minutes} 分钟内应答")
}

/// A draw.
pub fn draw(eligible: usize, count: usize, number: &str) -> String {
    format!("从 {eligible} 个单位中随机抽取 {count} 个；种子随点名公布，谁都可以用 dutynet rollcall verify {number} 重抽核验。")
}

/// What stands beside an office that is called.
pub const STANDS: &str = "情况";
/// Until when.
pub const DUE: &str = "应答期限";
/// 送达
pub const DELIVERED: &str = "送达";
/// Why not.
pub const WHY_NOT: &str = "未送达原因";
/// Its answer.
pub const ANSWERED: &str = "应答";
/// Who is on duty, as it was stated before.
pub const STATED: &str = "报备的今日值班";
/// Whom a second call calls.
pub const AGAIN_NOTE: &str = "再次点到有终端而没有应答的全部单位；时限不填的，按规定。";
/// Whose explanation it is.
pub const EXPLAIN_NOTE: &str = "如实写明原因。说明之后由点名单位认定，不自动处罚。";
/// Before a ruling.
pub const RULE_NOTE: &str = "先听说明，再认定。";

/// When, and what.
pub fn at(at: &str, what: &str) -> String {
    format!("{at} {what}")
}

/// Words with more in brackets; nothing more: none.
pub fn beside(words: &str, more: &str) -> String {
    if more.is_empty() { words.to_owned() } else { format!("{words}（{more}）") }
}

/// A ruling: which, by whom, and its words.
pub fn ruled(word: &str, by: &str, said: &str) -> String {
    format!("{word}（{by}）{}", if said.is_empty() { String::new() } else { format!("：{said}") })
}

/// 即时状态
pub const STATUS: &str = "即时状态";
/// Which rows of the status table may be shown: key, how loud, word.
pub const STATUS_ONLY: [(&str, &str, &str); 7] = [
    ("", "", "全部"),
    ("silent", "cut", "没有自行应答"),
    ("nobody", "bad", "未报值班人员"),
    ("unfiled", "bad", "今日未报"),
    ("overdue", "bad", "有逾期"),
    ("incidents", "soon", "有在办事件"),
    ("rules", "soon", "规则与本单位不同"),
];

/// So long ago.
pub fn ago(length: &str) -> String {
    format!("{length}前")
}

/// A figure; nought in words.
pub fn or_none(figure: u32) -> String {
    if figure == 0 { words::NONE.to_owned() } else { figure.to_string() }
}

/// 统计
pub const STATS: &str = "统计";
/// 规则
pub const RULES: &str = "规则";
/// Looking for something.
pub const FIND: &str = "查找";
/// 会商
pub const CONSULTATIONS: &str = "会商";
/// Several of one kind.
pub fn listed(names: &[String]) -> String {
    names.join("、")
}

/// A chart in words, for whoever cannot see it.
pub fn bars(said: impl Iterator<Item = String>) -> String {
    said.collect::<Vec<_>>().join("；")
}

/// An outcome becomes a directive.
pub const ORDER: &str = "交办议定事项";
/// 综合情况
pub const SUMMARY: &str = "综合情况（拟稿、审定、各版发布）";
/// A version was published.
pub const PUBLISHED: &str = "已发布";
/// No agenda yet.
pub const NO_AGENDA: &str = "还没有议题。";
/// Nobody has spoken.
pub const NO_STATEMENT: &str = "还没有单位发言。";
/// No judgement yet.
pub const NO_JUDGEMENT: &str = "还没有研判。";
/// No minutes yet.
pub const NO_MINUTES: &str = "还没有纪要；没有纪要，会商结束不了。";
/// Nothing was agreed yet.
pub const NO_OUTCOME: &str = "还没有议定事项。";
/// No summary yet.
pub const NO_SUMMARY: &str = "还没有拟稿。拟稿由另一人审定后发布，各版都留着。";

/// What was said by whom, and when.
pub fn said_by(title: &str, office: &str, by: &str, at: &str) -> String {
    format!("{title}　{office} {by} {at}")
}

/// An outcome became a directive, which stands so.
pub fn ordered(number: &str, stands: &str) -> String {
    format!("已交办 {number} {stands}")
}

/// An outcome needs no directive.
pub fn no_order(reason: &str) -> String {
    format!("不另交办：{reason}")
}

/// A text was reviewed.
pub fn reviewed(word: &str) -> String {
    format!("审定：{word}")
}

/// How many lines below stand how: down, not known, up, without a node.
pub fn lines_below(below: [usize; 4]) -> String {
    let words = ["断", "不明", "通", "无终端"];
    let some = words.into_iter().zip(below).filter(|(_, count)| *count > 0);
    let all: usize = below.iter().sum();
    format!("下级 {all} 家：{}", some.map(|(word, count)| format!("{word} {count}")).collect::<Vec<_>>().join("、"))
}

/// An office of the picture in one sentence.
pub fn line_sentence(name: &str, line: &str, since: &str, waiting: &str, below: &str) -> String {
    let line = if line.is_empty() { "本单位".to_owned() } else { format!("线路{line}") };
    let since = if since.is_empty() { String::new() } else { format!("，{since} 起") };
    let rest = [waiting, below].into_iter().filter(|words| !words.is_empty()).map(|words| format!("，{words}"));
    format!("{name} {line}{since}{}", rest.collect::<String>())
}

/// What a neighbour refused.
pub fn parked(count: u64) -> String {
    format!("滞留 {count}")
}

/// 沉睡
pub const DORMANT: &str = "沉睡";
/// The office whose node this is.
pub const THIS_ONE: &str = "本机";
/// When an office said what follows.
pub const SAID_AT: &str = "何时所说";
/// Its program.
pub const SOFTWARE: &str = "程序版本";
/// Its rules.
pub const PACKS: &str = "执行的规则包";
/// What waits at it.
pub const WAITS: &str = "待发上级";
/// Its children.
pub const CHILDREN: &str = "有终端的下级";

/// A rule pack.
pub fn pack(pack: &str, version: u32) -> String {
    format!("{pack} 第 {version} 版")
}

/// Its packs are those of this office.
pub const SAME_RULES: &str = "规则同本单位";

/// A program, and the rule packs that it follows.
pub fn runs(software: &str, packs: &str) -> String {
    format!("{software}，{packs}")
}

/// What waits for the parent, and what it refused.
pub fn waits(waiting: u64, parked: u64) -> String {
    format!("{waiting} 件，滞留 {parked} 件")
}

/// Children, and those whose line is down.
pub fn children(all: u32, down: u32) -> String {
    format!("{all} 家，断 {down} 家")
}

/// A stretch of a line.
pub fn span(from: &str, until: &str, line: &str, why: &str) -> String {
    format!("{from} 至 {until} {line}{}", beside("", why))
}

/// Marks of the month: the word, and the sign with the word as a cell has it. In time, by telephone, late, missing, line down, not due, not owed.
pub const MARKS: [(&str, &str); 7] =
    [("准时", "✓准"), ("代录", "☎代"), ("迟报", "…迟"), ("未报", "✗未"), ("线路不通", "⊘断"), ("未到时", "–"), ("无需报", "○免")];

/// Title of a month.
pub fn month(month: &str, name: &str) -> String {
    let (year, of) = month.split_once('-').unwrap_or((month, ""));
    format!("{name} {year}年{of}月日报告")
}

/// Suggestions of findings.
pub const SUGGESTED: &str = "督查发现的提示";
/// The obligations behind a number.
pub const STATS_OPENED: &str = "统计打开的事项";
/// A chart.
pub const BY_DUTY: &str = "按事项";
/// A chart.
pub const BY_OFFICE: &str = "按单位（未报、迟报多的在前）";
/// A chart.
pub const BY_MONTH: &str = "按月";

/// Title of statistics.
pub fn stats(month: &str) -> String {
    match month.split_once('-') {
        Some((year, of)) => format!("{year}年{of}月统计"),
        None => format!("{month}年统计"),
    }
}

/// A line of a chart, in words.
pub fn bar(name: &str, all: u32, share: &str) -> String {
    let share = if share.is_empty() { String::new() } else { format!("，准时率 {share}") };
    format!("{name} {all} 项{share}")
}

/// A piece of a bar.
pub fn piece(word: &str, count: u32) -> String {
    format!("{word} {count}")
}

/// What the rules say of a day and a case.
pub const RULES_ASK: &str = "问规则";
/// Kinds of rows.
pub const ROW_LIMIT: &str = "时限";
/// Who must be told.
pub const ROW_TELL: &str = "报告领导";
/// Approval.
pub const ROW_APPROVAL: &str = "审批";
/// What a report must hold.
pub const ROW_ELEMENT: &str = "要素";
/// What a special period brings.
pub const ROW_SPECIAL: &str = "特殊时期";
/// A threshold of a grade.
pub const ROW_GRADE: &str = "分级";
/// 死亡
pub const DEAD: &str = "死亡";
/// 重伤
pub const BADLY_HURT: &str = "重伤";
/// 失踪
pub const MISSING: &str = "失踪";
/// 损失
pub const LOSS_YUAN: &str = "直接经济损失（元）";
/// A rule of elsewhere that is followed.
pub const BY_REFERENCE: &str = "外地参照";

/// From a figure on.
pub fn from(name: &str, figure: u64) -> String {
    format!("{name} {figure} 以上")
}

/// From a day on.
pub fn from_day(day: &str) -> String {
    format!("{day} 起")
}

/// Until a day.
pub fn until_day(day: &str) -> String {
    format!("至 {day}")
}

/// A status table that was kept with a session.
pub fn kept(at: &str, by: &str, offices: u32, answered: u32) -> String {
    format!("{at} {by}　{offices} 家，自行应答 {answered} 家")
}
