//! Help of what `finding` and `consultation` say beside their steps.

/// `finding suggest`
pub const SUGGEST_FINDINGS: &str =
    "机器的提示：哪些下级迟报、未见报告、点名无应答，带依据、双方时钟和期间线路；线路不通的不提示，认定与否由人";
/// `finding circular`
pub const CIRCULAR: &str =
    "拟通报：只写裁定成立的和表扬，每个数写明事项编号；只拟稿，不发出，改好后用 directive order --kind circular 下发";
/// `--month`
pub const MONTH: &str = "到期的月份 YYYY-MM 或全年 YYYY；不写则为本月";
/// `--office`
pub const OFFICE: &str = "只看这个下级单位";
/// `--from`
pub const FIRST_DAY: &str = "第一天，YYYY-MM-DD";
/// `--to`
pub const LAST_DAY: &str = "最后一天，YYYY-MM-DD";
/// `--office`
pub const OFFICES: &str = "只写这些下级单位，编号以逗号分开；不写则为全部";
/// `--kind`
pub const KINDS: &str = "只写这些类别，例如 late,missing,praise；不写则为全部";
/// `consultation suggest`
pub const SUGGEST_SESSIONS: &str = "应当提请会商的时机：节假日、敏感特殊时期、较大及以上突发事件；开不开由领导批示";
/// `consultation status`
pub const KEEP_STATUS: &str =
    "取参加范围内每个单位此刻的状态，连同本次会商存入记录：谁在值班、在办事件、逾期、线路，叫不通的由上级凭记录代答";
/// `consultation table`
pub const TABLE: &str = "看存入的即时状态表：当时是什么样就是什么样，参加会商的各单位都看得到";
/// `--record`
pub const TABLE_RECORD: &str = "看哪一张，写“单位/记录编号”；不写则为最后存入的一张";
/// `consultation analyse`
pub const ANALYSE: &str = "拟议程第二部分：参加范围内各单位一个月的值班和信息报告情况，每个数有记录可查；只拟稿，改好后用 consultation agenda --part analyse --words - 存入";
/// `consultation order`
pub const ORDER: &str = "把一件议定事项交办：下达指示类事项，会商与它互相写明；重试不会交办两次";
/// the outcome
pub const OUTCOME: &str = "议定事项的记录，写“单位/记录编号”，见 consultation show";
