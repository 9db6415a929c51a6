//! What `destroy` says.

/// It was done.
pub fn destroyed(by: &str) -> String {
    format!("已销毁。凭据：{by}\n本机即刻起不再显示和发送其内容，磁盘上的原文随后清除；凡收到过它的单位，收到凭据后照办。")
}

/// It had been done before.
pub fn destroyed_before(by: &str) -> String {
    format!("这条记录先前已经销毁，没有重复办理。凭据：{by}")
}
