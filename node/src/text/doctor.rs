//! What a check-up finds, one sentence each.

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// Nothing to do.
    Good,
    /// Somebody should look at it.
    Watch,
    /// Somebody must act.
    Bad,
}

/// One word for it.
pub fn word(finding: Finding) -> &'static str {
    match finding {
        Finding::Good => "正常",
        Finding::Watch => "注意",
        Finding::Bad => "异常",
    }
}

/// The configuration can be used.
pub fn config_good(file: Option<&str>) -> String {
    file.map_or_else(|| "没有配置文件，全部用默认值。".into(), |file| format!("配置 {file} 无误。"))
}

/// Who the folder is of.
pub fn folder_good(data: &str, office: &str, zone: &str) -> String {
    format!("数据目录 {data} 属于 {office}（网域 {zone}），可以读写。")
}

/// The key is there and only its owner can read it.
pub const KEY_GOOD: &str = "单位密钥完好，只有属主可读。";

/// Until when the certificate is good.
pub fn leaf_good(until: &str) -> String {
    format!("证书有效至 {until}。")
}

/// The certificate has ended, or is about to.
pub fn leaf_ending(until: &str) -> String {
    format!("证书有效至 {until}，请检查与上级的线路，线路通后会自动更换。")
}

/// The successor key still lies beside the key that it is to replace.
pub fn successor_here(path: &str) -> String {
    format!("根的后继密钥仍在本机（{path}），请转存到 U 盘锁进保险柜，再从本机删除。")
}

/// There is a recovery code.
pub fn code_good(since: &str) -> String {
    format!("恢复码制作于 {since}，请确认那张纸还在。")
}

/// There is none.
pub const CODE_MISSING: &str = "还没有恢复码，做不了备份，请执行 backup code --new 并把恢复码抄在纸上。";

/// A folder for backups with its last good one.
pub fn backup_good(folder: &str, at: &str, number: u64) -> String {
    format!("备份 {folder}：最近一份是第 {number} 号，{at}。")
}

/// A folder for backups without any.
pub fn backup_missing(folder: &str) -> String {
    format!("备份 {folder}：还没有一份备份。")
}

/// The clock may be right.
pub fn clock_good(now: &str) -> String {
    format!("本机时间 {now}（北京时间），请与标准时间核对。")
}

/// The clock cannot be right.
pub fn clock_bad(now: &str) -> String {
    format!("本机时间 {now} 不可能正确，请立即校准时钟。")
}

/// Room on the disk.
pub fn disk(free: &str, total: &str) -> String {
    format!("磁盘剩余 {free}（共 {total}）。")
}

/// A node serves.
pub fn serving(pid: u32, api: &str) -> String {
    format!("节点正在运行（进程 {pid}，本机接口 {api}）。")
}

/// No node serves.
pub const NOT_SERVING: &str = "节点没有运行，请用 serve 启动。";

/// The line to a neighbour.
pub fn line(name: &str, relation: &str, word: &str, since: &str) -> String {
    format!("{relation} {name}：线路{word}，自 {since}。")
}
