//! Words of the first run.

/// The office stands under nobody.
pub const NO_PARENT: &str = "无";

/// Where to open it.
pub fn waiting(address: &str) -> String {
    format!("首次安装：请在本机浏览器打开 http://{address}/ ，粘贴上级给的邀请，或者从备份恢复。")
}

/// An office is being brought back: for so long, and where that is.
pub fn restoring(length: &str, far: &str) -> String {
    format!("已 {length}。{far}。")
}
