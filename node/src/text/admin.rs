//! Words of looking after a node.

use dutynet_relay::registry::OfficeClass;

/// What people type between two of a kind, beside spaces.
pub const BETWEEN: &str = "，,、；;";

/// 管理
pub const ADMIN: &str = "管理";
/// This machine.
pub const MACHINE: &str = "本机";
/// Inviting offices.
pub const INVITE: &str = "邀请下级";
/// What stands below.
pub const OFFICES: &str = "下级单位";
/// Copies of the store.
pub const BACKUP: &str = "备份与恢复";
/// Checks.
pub const CHECK: &str = "检查";
/// Sheets for those who were invited.
pub const SHEETS: &str = "邀请单";
/// In the fourth column: an office without a node.
pub const WITHOUT_NODE: &str = "无终端";

/// Names of what is known of a machine.
pub struct Names;

impl Names {
    /// Program.
    pub const SOFTWARE: &str = "程序";
    /// Since when it serves.
    pub const SINCE: &str = "启动于";
    /// Certificate towards neighbours.
    pub const LEAF: &str = "线路证书";
    /// Key of the office.
    pub const KEY: &str = "本单位密钥";
    /// Parent and where it is dialled.
    pub const PARENT: &str = "上级";
    /// Where children dial.
    pub const ADDRESSES: &str = "下级拨入地址";
    /// Certificate of the pages.
    pub const PAGES: &str = "网页证书";
    /// Data folder.
    pub const FOLDER: &str = "数据目录";
    /// Free room.
    pub const DISK: &str = "磁盘剩余";
    /// Journal.
    pub const JOURNAL: &str = "日志库";
    /// Recovery code.
    pub const CODE: &str = "恢复码";
    /// Last backup.
    pub const BACKUP: &str = "最近一次备份";
    /// Records refused by neighbours.
    pub const PARKED: &str = "滞留";
}

/// The root.
pub const NO_PARENT: &str = "没有上级（根）";
/// It takes no children.
pub const NO_CHILDREN: &str = "不接受下级拨入：在配置 [link] 写上 listen 才能邀请下级";
/// Plain HTTP on loopback.
pub const NO_PAGES: &str = "只在本机打开，不需要";
/// There is none.
pub const NO_CODE: &str = "还没有：请在命令行执行 dutynet backup code --new 并抄在纸上";
/// There was none.
pub const NO_BACKUP: &str = "还没有";
/// It renews itself.
pub fn leaf(until: &str) -> String {
    format!("有效至 {until}，到期前自动换新")
}

/// Since when there is a recovery code.
pub fn code(since: &str) -> String {
    format!("制作于 {since}")
}

/// Free and total.
pub fn disk(free: &str, total: &str) -> String {
    format!("{free}，共 {total}")
}

/// Who and where.
pub fn parent(office: &str, addresses: &[String]) -> String {
    format!("{office}（{}）", addresses.join("、"))
}

/// What an office is to the tree, as people write it.
pub fn class_typed(word: &str) -> Option<OfficeClass> {
    match word.trim() {
        "省" | "自治区" | "直辖市" => Some(OfficeClass::Province),
        "市" | "地级市" | "州" => Some(OfficeClass::City),
        "县" | "区" | "县级市" | "县区" => Some(OfficeClass::County),
        "镇" | "乡" | "街道" | "镇街" | "乡镇" => Some(OfficeClass::Township),
        "部门" | "局" | "委" | "单位" => Some(OfficeClass::Department),
        "其他" => Some(OfficeClass::Other),
        _ => None,
    }
}

/// A row of the table that cannot be used.
pub fn row_fault(row: usize, name: &str, why: &str) -> String {
    format!("第 {row} 行 {name}：{why}")
}

/// Why: not as many cells as there must be.
pub const CELLS: &str = "应有名称、编号、类别三格，用制表符、逗号或空格隔开，请补齐。";
/// Why: not a class.
pub const CLASS: &str = "类别应为省、市、县、区、镇、乡、街道、部门、其他之一，请改正。";
/// Why: stands twice.
pub const TWICE: &str = "编号与上面某一行相同，请改正。";
/// Why: the fourth cell.
pub const FOURTH: &str = "第四格只能写“无终端”，请改正。";
/// Nothing was pasted.
pub const NO_ROWS: &str = "表里一行也没有，请每个单位写一行。";
/// More than fit.
pub const TOO_MANY: &str = "一次最多 200 个单位，请分几次。";

/// How a backup went.
pub fn backed_up(number: u64, folder: &str, size: &str, same_disk: bool) -> String {
    let same_disk = if same_disk { "注意：它和数据在同一块盘上，盘坏了两份都没有。" } else { "" };
    format!("已备份：第 {number} 号，共 {size}，在 {folder}。{same_disk}")
}

/// A job goes on.
pub fn running(what: &str, length: &str, far: &str) -> String {
    format!("正在{what}，已 {length}，{far}。可以离开本页，做完的结果留在这里。")
}

/// What is being done.
pub const VERIFYING: &str = "核对日志库、封签和索引";
/// What is being done.
pub const BACKING_UP: &str = "备份";
