//! Help of `due` and `period`.

/// `due`
pub const DUE: &str = "时限事项：本单位该办的、别人该报给本单位的，各有时限和依据";
/// `due list`
pub const LIST: &str = "列出未了的时限事项，最急的在前，写明依据的条文";
/// `due show`
pub const SHOW: &str = "查看一项：依据、起算时刻、双方时钟、期间线路、提醒和催办";
/// `due chase`
pub const CHASE: &str = "催办：记录在案，被催的单位看得到每一次";
/// `due stats`
pub const STATS: &str = "按单位、事项和月份统计；每个数都可以打开";
/// `due watch`
pub const WATCH: &str = "守着看：到时提醒一响就打印一行，按 Ctrl-C 结束";
/// the key
pub const KEY: &str = "时限事项的编号，见 due list";
/// `--office`
pub const OFFICE: &str = "只看这个下级单位该办的";
/// `--overdue`
pub const OVERDUE: &str = "待催清单：别人该报给本单位、已经过时的";
/// `--exercise`
pub const EXERCISE: &str = "只看演练中的；演练与实战从不列在一起，也不进统计";
/// `--person`
pub const PERSON: &str = "对方是谁；写了就是电话催办";
/// `--phone`
pub const PHONE: &str = "对方的电话号码";
/// `--result`
pub const RESULT: &str = "对方怎么答复；电话催办必填，不超过 500 字";
/// `--month`
pub const MONTH: &str = "月份 YYYY-MM 或全年 YYYY；不写则为本月";
/// `--duty`
pub const DUTY: &str = "只统计一种事项，写它的英文名，例如 daily-report";
/// `--standing`
pub const STANDING: &str =
    "只统计一种状态：not_due、soon、in_time、in_time_cut_off、late、overdue、cut_off、explained、withdrawn";
/// `--open`
pub const OPEN: &str = "打开：逐项列出统计到的时限事项和它的记录";
/// `period`
pub const PERIOD: &str = "敏感特殊时期：对全部下级生效（本单位只作提示），由后来的记录结束或延长";
/// `period declare`
pub const DECLARE: &str = "宣布一个敏感特殊时期，并写明它要求什么";
/// `period end`
pub const END: &str = "结束一个时期；已经过去的不改";
/// `period prolong`
pub const PROLONG: &str = "改定一个时期的结束时刻";
/// `period list`
pub const PERIODS: &str = "列出本单位所在的和下级宣布的时期";
/// the period
pub const NUMBER: &str = "时期的事项编号，见 period list";
/// `--from`
pub const FROM: &str = "起始时刻（YYYY-MM-DD 或 YYYY-MM-DD HH:MM）；不写则为现在";
/// `--to`
pub const TO: &str = "结束时刻（YYYY-MM-DD 或 YYYY-MM-DD HH:MM）";
/// `--reason`
pub const REASON: &str = "理由，不超过 200 字";
/// `--double-leaders`
pub const DOUBLE_LEADERS: &str = "双带班";
/// `--officers`
pub const OFFICERS: &str = "同时在岗的值班员人数";
/// `--daily`
pub const DAILY: &str = "各下级每天最迟几点报日报告或零报告（HH:MM）";
/// `--roll-calls`
pub const ROLL_CALLS: &str = "每天点名几次";
/// `--roster-by`
pub const ROSTER_BY: &str = "值班表最迟哪天报备（YYYY-MM-DD）";
/// `--silence`
pub const SILENCE: &str = "多少分钟没有下级的消息就提醒它的上级";
