//! Help of `rules` and of everything below it.

/// `rules`
pub const RULES: &str = "规则包：时限、分级、要素、报告对象和审批，每行都有条文";
/// `rules check`
pub const CHECK: &str = "检查一个规则包文件，逐行说出每一处错误；节点开着时连同比现行规则宽的";
/// `rules send`
pub const SEND: &str = "下发规则包，对本单位和全部下级生效；只能比上级的严";
/// `rules lay`
pub const LAY: &str = "给本单位加一个更严的规则包";
/// `rules list`
pub const LIST: &str = "本单位执行哪些规则包";
/// `--children`
pub const CHILDREN: &str = "连同每个下级告知的";
/// `rules ask`
pub const ASK: &str = "问一天、一种情况依什么规则，逐行列出时限、条文和出处";
/// the file
pub const FILE: &str = "规则包文件（TOML）";
/// `--day`
pub const DAY: &str = "哪一天 YYYY-MM-DD；不写则为今天";
/// `--category`
pub const CATEGORY: &str = "类别代码，例如 accident.traffic";
/// `--grade`
pub const GRADE: &str = "等级：ordinary、considerable、major、exceptional";
/// `--tier`
pub const TIER: &str = "层级：unit、township、department、county、city、province；不写则为本单位";
/// `--flag`
pub const FLAG: &str = "标记，可写多个：sensitive-time、sensitive-place、warning、may-evolve、special-period 等";
/// `--area`
pub const AREA: &str = "区划代码；不写则为本单位";
