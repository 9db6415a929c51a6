//! What is said of backups, of recovery codes, and of coming back.

use dutynet_relay::backup::{Reached, Stage, salvage::Salvage};

use super::notice;

/// Head of the backups on a stick.
pub const LISTED: [&str; 6] = ["号", "时间", "制作", "记录", "大小", "状态"];
/// Head of the folders that a node backs up to.
pub const FOLDERS: [&str; 6] = ["备份目录", "自动", "最近一份", "号", "记录", "情况"];
/// A backup whose manifest can be read.
pub const READABLE: &str = "清单完好";
/// One whose manifest cannot.
pub const UNREADABLE: &str = "清单损坏";
/// One of a newer program.
pub const NEWER: &str = "新版本制作";
/// In the configuration.
pub const PLANNED: &str = "是";
/// Not in the configuration.
pub const NOT_PLANNED: &str = "否";
/// Nothing is wrong.
pub const GOOD: &str = "正常";
/// A node with no folder for backups.
pub const NO_FOLDERS: &str = "没有设定备份目录，也没有做过备份。";
/// Before the recovery code is typed.
pub const ASK_CODE: &str = "请输入恢复码：";
/// The machine takes the place of another.
pub const REPLACES: &str = "这台机器接替旧机器：凡是送出过旧机器的记录，启动后由上下级补回；从未送出的（值班日志、草稿、断网时未报出的报告）没有了，请补报。\n\
    旧机器若有备份，请改用备份恢复（dutynet restore），能找回更多。";
/// No code could be made.
pub const NO_CODE_MADE: &str = "恢复码没有做成，请执行 backup code --new 再做。";

/// The recovery code, the only time that it is shown.
pub fn code(code: &str) -> String {
    format!(
        "恢复码（只显示这一次，请抄在纸上，与机器分开存放）：\n\n    {code}\n\n\
         机器坏了，凭备份和它在新机器上恢复本单位（dutynet restore）。本机不保存它；丢了可另做：dutynet backup code --new。\n\
         读写时不分大小写，字母 O 当作 0，字母 I、L 当作 1。"
    )
}

/// A new code was made.
pub fn new_code(text: &str, successor_too: bool) -> String {
    let successor = if successor_too { "\n根的后继密钥仍在本机，也一并由它保护。" } else { "" };
    format!("{}{successor}\n从下一次备份起用这个恢复码；以前的备份仍要用以前的那一张打开，请一起留着。", code(text))
}

/// There is a code.
pub fn has_code(since: &str) -> String {
    format!("恢复码制作于 {since}。恢复码本身不保存，无法再显示；丢失或泄露时用 backup code --new 另做。")
}

/// A backup was made.
pub fn made(number: u64, folder: &str, size: &str, copied: &str, records: u64) -> String {
    format!("已备份：第 {number} 号，{records} 条记录，共 {size}（新拷 {copied}），在 {folder} 中。")
}

/// It lies on the disk that it is to replace.
pub const SAME_DISK: &str = "注意：它和数据在同一块盘上，盘坏了两份都没有。";

/// The journal could not be read everywhere.
pub fn damaged(places: u64) -> String {
    format!("注意：本机日志库有 {places} 处读不出，备份里也是如此，请用 verify 查看并联系维护人员。")
}

/// A backup is whole.
pub fn whole(number: u64, made_at: &str, files: usize) -> String {
    format!("备份完整：第 {number} 号，{made_at}，{files} 个文件，逐帧核对无误。")
}

/// It is not.
pub fn not_whole(number: u64, faults: usize) -> String {
    format!("第 {number} 号备份有 {faults} 处问题：")
}

/// What could be read is in a new folder.
pub fn salvaged(office: &str, found: &Salvage, to: &str) -> String {
    let Salvage { records, own, locals, groups_lost, entries_lost, not_believed, .. } = found;
    let unreadable = found.unreadable_bytes;
    format!(
        "已抢救：{office}，在 {to}\n\
         救出：记录 {records} 条（其中本单位所报 {own} 条），本机程序数据 {locals} 项\n\
         读不出：日志 {groups_lost} 组、单条 {entries_lost} 条、无法核验 {not_believed} 条、磁盘坏区 {unreadable} 字节；位置见该目录的 salvage.toml\n\
         凡是送出过的，启动后由上下级补回；读不出而又从未送出的没有了，请补报。原目录没有改动，请保留。\n\
         下一步：把配置的 node.data 改为 {to}，dutynet check-config，dutynet serve，然后立即备份一次。"
    )
}

/// The office is back.
pub fn restored(office: &str, number: u64, made_at: &str, data: &str) -> String {
    format!(
        "已恢复：{office}，第 {number} 号备份（{made_at}），数据目录 {data}\n\
         库已进入新纪元，编号不会与旧机器重复。此后送出过的内容，线路接通后由上下级补回；此后未送出的（值班日志、草稿等）没有了，请补记。\n\
         启动之前请确认旧机器不会再开机。下一步：dutynet check-config 检查配置，dutynet serve 启动，启动后请立即备份一次。"
    )
}

/// How much of something is done, from 0 to 1000.
pub fn share(per_mille: u32) -> String {
    format!("完成 {}.{}%", per_mille / 10, per_mille % 10)
}

/// What is done with a backup, and how much of it is done.
pub fn reached(reached: &Reached) -> String {
    let stage = match reached.stage {
        Stage::Begun => "准备",
        Stage::Keys => "用恢复码打开密钥",
        Stage::Checking => "核对备份里的每个文件",
        Stage::Journal => "逐条核对备份里的日志库",
        Stage::Copying => "复制文件",
        Stage::ReadingBack => "读回核对",
        Stage::Opening => "重建索引",
    };
    let files = (reached.of_files > 0).then(|| format!("共 {} 个文件，做完 {} 个", reached.of_files, reached.files));
    let bytes = reached
        .per_mille()
        .map(|far| format!("共 {}，做完 {}（{}）", notice::bytes(reached.of_bytes), notice::bytes(reached.bytes), share(far)));
    let parts: Vec<String> = [files, bytes].into_iter().flatten().collect();
    if parts.is_empty() { stage.to_owned() } else { format!("{stage}：{}", parts.join("；")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_it_is_is_said_as_far_as_it_is_known() {
        let copying = Reached { stage: Stage::Copying, files: 3, of_files: 12, bytes: 45 << 20, of_bytes: 120 << 20 };
        assert_eq!(reached(&copying), "复制文件：共 12 个文件，做完 3 个；共 120 MiB，做完 45 MiB（完成 37.5%）");
        let read = Reached { stage: Stage::ReadingBack, files: 0, of_files: 0, ..copying };
        assert_eq!(reached(&read), "读回核对：共 120 MiB，做完 45 MiB（完成 37.5%）");
        assert_eq!(reached(&Reached { stage: Stage::Opening, ..Reached::default() }), "重建索引");
    }
}
