//! What is said when a command line cannot be understood.

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

/// One sentence about the first thing that was not understood, and where to read on.
#[expect(clippy::wildcard_enum_match_arm, reason = "clap may come to know further kinds")]
pub fn sentence(error: &Error) -> String {
    let context = |kind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    let argument = context(ContextKind::InvalidArg);
    let what = match error.kind() {
        ErrorKind::InvalidValue if context(ContextKind::InvalidValue).is_empty() => format!("{argument} 后面要写一个值"),
        ErrorKind::InvalidValue => format!("{argument} 的值“{}”不对{}", context(ContextKind::InvalidValue), choices(error)),
        ErrorKind::UnknownArgument => format!("没有这个选项或参数：{argument}"),
        ErrorKind::InvalidSubcommand => format!("没有这个命令：{}", context(ContextKind::InvalidSubcommand)),
        ErrorKind::MissingRequiredArgument => format!("缺少：{argument}"),
        ErrorKind::MissingSubcommand => "请写明要执行的命令".into(),
        ErrorKind::ArgumentConflict => format!("{argument} 只能给一次，或不能与其他选项同时使用"),
        ErrorKind::ValueValidation => format!("{argument} 的值“{}”不对", context(ContextKind::InvalidValue)),
        ErrorKind::NoEquals | ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("{argument} 的值的个数不对")
        }
        _ => "命令写法不对".into(),
    };
    format!("{what}。请用 --help 查看用法。")
}

fn choices(error: &Error) -> String {
    match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(values)) if !values.is_empty() => format!("，可选：{}", values.join("、")),
        _ => String::new(),
    }
}
