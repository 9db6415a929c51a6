//! Help of `rollcall`.

/// `rollcall`
pub const ROLLCALL: &str = "点名、抽查：谁在岗、谁无应答、谁线路不通";
/// `rollcall call`
pub const CALL: &str = "点下级的名：全部下级、若干单位、一个编组，或从中随机抽取；现在就点，或定时";
/// `rollcall answer`
pub const ANSWER: &str = "应答：一次应答所有待应答的点名";
/// `rollcall board`
pub const BOARD: &str = "点名表：本单位及下级每个被点单位一行，没有应答的说明原因";
/// `rollcall list`
pub const LIST: &str = "列出点名，待本单位应答的在前";
/// `rollcall again`
pub const AGAIN: &str = "二次点名：第一次到时后，再点没有应答的单位";
/// `rollcall phone`
pub const PHONE: &str = "电话点名：记录给一个单位打电话的结果，响铃超过 3 声的标出";
/// `rollcall explain`
pub const EXPLAIN: &str = "没有按时应答的单位说明情况";
/// `rollcall rule`
pub const RULE: &str = "由点名单位或它的上级认定一个单位的情况";
/// `rollcall close`
pub const CLOSE: &str = "结束点名，此后不再应答";
/// `rollcall draw`
pub const DRAW: &str = "查看抽签的种子、范围和结果";
/// `rollcall verify`
pub const VERIFY: &str = "用公布的种子重新抽一遍，核对结果";

/// the call
pub const NUMBER: &str = "事项编号，例如 0701-482137；也可写“单位/记录编号”";
/// `--spot`
pub const SPOT: &str = "抽查，不是例行点名";
/// `--title`
pub const TITLE: &str = "标题，不超过 100 字；不写则用“值班点名”或“值班抽查”";
/// `--all`
pub const ALL: &str = "点全部下级";
/// `--to`
pub const TO: &str = "点这些单位，用逗号分开";
/// `--group`
pub const GROUP: &str = "点一个编组现在的成员";
/// `--draw`
pub const COUNT: &str = "从中随机抽取几个单位；种子随点名公布，谁都可以重抽核对";
/// `--at`
pub const AT: &str = "开始时间：30min（多久以后）、18:00（今天）或 2026-07-01 18:00，31 天以内；不写就是现在";
/// `--minutes`
pub const MINUTES: &str = "应答时限，1 至 240 分钟，从各单位收到起算；不写按规则";
/// `--exercise`
pub const EXERCISE: &str = "演练：标明，不计入统计";
/// `rollcall answer` the call
pub const ANSWER_CALL: &str = "要应答的点名；不写则应答所有待应答的";
/// `--leader`
pub const LEADER: &str = "带班领导";
/// `--officer`
pub const OFFICER: &str = "值班员";
/// `--work`
pub const WORK: &str = "今日重点工作，不超过 500 字";
/// `--watch`
pub const WATCH: &str = "守着，有变化就打印，直到收齐";
/// `--closed`
pub const CLOSED: &str = "已结束的也列出";
/// `--office`
pub const OFFICE: &str = "哪个单位";
/// `--result`
pub const RESULT: &str = "通话结果：reached（接通，在岗）、unanswered（无人接听）、busy（占线）、fault（打不通）";
/// `--phone`
pub const PHONE_NUMBER: &str = "拨打的号码";
/// `--rings`
pub const RINGS: &str = "响铃几声后接听或挂断";
/// `--answered-by`
pub const ANSWERED_BY: &str = "谁接听";
/// `--remark`
pub const REMARK: &str = "备注，不超过 500 字";
/// `--reason`
pub const REASON: &str = "情况说明，不超过 1000 字";
/// `--ruling`
pub const RULING: &str = "认定：excused（说明属实，不追究）、line（线路原因）、late（应答迟缓）、off-post（脱岗）";
/// `--words`
pub const WORDS: &str = "认定意见，不超过 1000 字";
/// `rollcall close --words`
pub const SUMMARY: &str = "小结，不超过 1000 字，可不写";
