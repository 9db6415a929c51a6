//! Words around access records (查阅留痕).

use crate::domain::access::{How, Seen};

/// 查阅留痕
pub const AUDIT: &str = "查阅留痕";

/// How something was seen.
pub fn how(how: How) -> &'static str {
    match how {
        How::Opened => "打开",
        How::Exported => "导出",
        How::Printed => "打印",
    }
}

/// What was seen; `called` is its short number or title where it has one.
pub fn seen(what: &Seen, called: &str) -> String {
    match what {
        Seen::Matter(_) => format!("事项 {called}"),
        Seen::Report(_, office, period) => format!("{called} {office} {period}"),
        Seen::Notice(_) => format!("通知 {called}"),
        Seen::Page(path) => format!("页面 {path}"),
    }
}

/// Accesses that could not be kept.
pub fn lost(count: u64) -> String {
    format!("这几天另有 {count} 次查阅因磁盘写不进没有记下。")
}

/// There are more than a page shows.
pub const MORE: &str = "还有更早的，请缩短日期或选定一个人。";
