//! Words around attachments.

use super::notice::bytes;

/// Head of the list.
pub const ATTACHMENTS: [&str; 8] = ["附件", "大小", "在哪里", "哪个单位", "时间", "谁加的", "明件声明", "附件编号"];
/// Nothing belongs to it.
pub const NOTHING: &str = "没有附件。";
/// A name that is gone.
pub const NAME_GONE: &str = "（已销毁）";

/// How much of a digest is shown.
const DIGITS: usize = 16;

/// Where a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On this disk.
    Here,
    /// So many bytes of it.
    Coming(u64),
    /// Nobody has asked for it here.
    AtOrigin,
    /// Removed by rule.
    Gone,
}

/// Where a file is, of so many bytes.
pub fn place(place: Place, of: u64) -> String {
    match place {
        Place::Here => "在本机".to_owned(),
        Place::Coming(have) => format!("正在取，已到 {} / {}", bytes(have), bytes(of)),
        Place::AtOrigin => "在产生它的单位".to_owned(),
        Place::Gone => "已按规定销毁".to_owned(),
    }
}

/// A digest, as far as people need it.
pub fn digest(digits: &str) -> &str {
    digits.get(..DIGITS).unwrap_or(digits)
}

/// Files were added.
pub fn added(count: usize, record: &str) -> String {
    format!("已保存 {count} 个附件，记录 {record}。上级要看时来取，不挡在任何记录前面。")
}

/// A file was saved.
pub fn saved(path: &str, size: u64) -> String {
    format!("已存到 {path}（{}），内容核对无误。", bytes(size))
}

/// The step stands, its files do not.
pub fn step_is_taken(record: &str) -> String {
    format!("这一步已保存为 {record}，附件没有加上")
}
