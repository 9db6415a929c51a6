//! What is said of marks of state secrecy.

/// To the office that sent it.
pub fn turned_away(level: &str) -> String {
    format!(
        "带有密级标志（{level}），对方未收存。本系统只办理明件：请立即用 purge 清除这条记录，改按涉密渠道报送，并用 classified add 只登记有此事。"
    )
}
