//! What is said of marks of state secrecy.

/// To the office that sent it.
pub fn turned_away(level: &str) -> String {
    format!(
        "带有密级标志（{level}），对方未收存。本系统只办理明件：请系统管理员立即用 dutynet purge 清除这条记录；改按涉密渠道报送，在“涉密事项登记”只登记有此事。"
    )
}

/// An item was registered.
pub const REGISTERED: &str = "已登记有此事，只存本机。标题、内容和附件一律不要录入本系统。";
/// The register is empty.
pub const NOTHING_REGISTERED: &str = "没有登记。";
/// A purge was asked for.
pub const PURGING: &str = "已清除本机内容，已通知各单位；不在线的单位恢复后照办，请用 purge list 查看逐家回执。";
/// Nothing was purged.
pub const NOTHING_PURGED: &str = "没有清除过记录。";

/// One purge.
pub fn purge(record: &str, confirmed: usize, of: usize) -> String {
    format!("{record}：{of} 家应清除，{confirmed} 家已回执")
}
