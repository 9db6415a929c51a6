//! What is wrong with a configuration, one line a fault: `section.key：what is wrong, what is allowed`.

use std::time::Duration;

use crate::config::{Allowed, ConfigFault, FaultKind};

/// Stable code of a fault, upper case, for programs.
pub fn code(kind: &FaultKind) -> &'static str {
    match kind {
        FaultKind::Syntax(_) => "SYNTAX",
        FaultKind::Unknown(_) => "UNKNOWN",
        FaultKind::NotASection => "NOT_A_SECTION",
        FaultKind::Missing(_) => "MISSING",
        FaultKind::Wrong { .. } => "WRONG",
        FaultKind::File(_) => "FILE",
    }
}

/// What is wrong, and what is allowed.
pub fn what(fault: &ConfigFault) -> String {
    match &fault.kind {
        FaultKind::Syntax(message) => format!("不是合法的 TOML（{message}），应按 deploy/node.toml 的样式书写"),
        FaultKind::Unknown(known) => format!("没有这一项，可用的有：{}", known.join("、")),
        FaultKind::NotASection => format!("应写成小节 [{}]", fault.place),
        FaultKind::Missing(allowed) => format!("必须填写，应为{}", allowed_text(allowed)),
        FaultKind::File(why) => format!("所指的文件不能用：{why}"),
        FaultKind::Wrong { given, allowed } => format!("现为 {given}，应为{}", allowed_text(allowed)),
    }
}

fn allowed_text(allowed: &Allowed) -> String {
    match allowed {
        Allowed::Path => "目录路径，例如 \"/var/lib/dutynet\"".into(),
        Allowed::Office => "单位编号（1 至 32 个数字、小写字母或连字符）".into(),
        Allowed::Address => "地址和端口，例如 \"0.0.0.0:7600\"".into(),
        Allowed::Loopback => "本机回环地址和端口，例如 \"127.0.0.1:7601\"".into(),
        Allowed::Hosts => "一组主机和端口，例如 [\"10.44.8.25:7600\"]".into(),
        Allowed::Rules => "规则文件的路径，例如 \"retention.toml\"".into(),
        Allowed::Names => "一组主机名（小写）或地址，不带端口，例如 [\"10.44.8.25\", \"zhiban.xuwen.gov.cn\"]".into(),
        Allowed::Pem => "PEM 文件的路径；证书和密钥要么都写，要么都不写".into(),
        Allowed::Command => "程序的绝对路径和它的参数，例如 [\"/usr/local/bin/ring.sh\", \"值班室\"]".into(),
        Allowed::Level => "error、warn、info、debug 之一".into(),
        Allowed::Paths => "一组目录，各写一次，例如 [\"/mnt/dutynet-backup\"]".into(),
        Allowed::Count(range) => format!("{} 至 {} 之间的整数", range.start(), range.end()),
        Allowed::Duration(range) => {
            format!("{} 至 {} 之间的时长，例如 \"30s\"", duration(*range.start()), duration(*range.end()))
        }
        Allowed::Size(range) => format!("{} 至 {} 之间的大小，例如 \"64MiB\"", size(*range.start()), size(*range.end())),
    }
}

fn duration(value: Duration) -> String {
    let millis = value.as_millis();
    if millis > 0 && millis.is_multiple_of(86_400_000) {
        return format!("{}d", millis / 86_400_000);
    }
    if millis.is_multiple_of(1000) { format!("{}s", millis / 1000) } else { format!("{millis}ms") }
}

fn size(bytes: u64) -> String {
    if bytes.is_multiple_of(1 << 30) { format!("{}GiB", bytes >> 30) } else { format!("{}MiB", bytes >> 20) }
}
