//! Words around the console's own certificate.

/// To a browser that speaks plain HTTP.
pub const PLAIN_HTTP: &str = "这里只用加密的网址，请把地址开头的 http:// 改成 https:// 再打开。\n";

/// Check-up: pages are shown to other machines, under this certificate.
pub fn doctor_good(until: &str, fingerprint: &str) -> String {
    format!("值班台网页证书有效至 {until}，指纹 {fingerprint}（在其他电脑上安装时，打电话念这一串核对）。")
}

/// Check-up: that is what will be made.
pub const DOCTOR_NONE_YET: &str = "值班台网页还没有证书，启动时自动生成。";

/// Check-up: it is about to end.
pub fn doctor_ending(until: &str) -> String {
    format!("值班台网页证书有效至 {until}，请更换配置里 [console] 所指的证书文件。")
}
