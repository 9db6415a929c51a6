//! What is said of upkeep: the journal read again, records that came back, bodies that are gone.

/// Name of the line about the journal read again.
pub const SCRUB: &str = "整库重读";
/// Name of the line about bodies that are gone.
pub const BODIES: &str = "已清除原文";

/// How far the journal was read again, and what was found.
pub fn scrub(last: Option<&str>, found: u64, fetched: u64, missing: u64) -> String {
    let last = last.map_or_else(|| "还没有读完第一遍".to_owned(), |last| format!("上次读完 {last}"));
    format!("{last}；发现损坏 {found} 处，取回 {fetched} 条，尚缺 {missing} 条")
}

/// Bodies that are gone, and those that are still to go.
pub fn bodies(removed: u64, on_disk: u64, index_pending: bool) -> String {
    let index = if index_pending { "；索引正在更换文件" } else { "" };
    format!("{removed} 条，尚在磁盘上 {on_disk} 条{index}")
}
