//! Arguments of `rules`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Making, Output};
use crate::text::help::rules as text;

#[derive(Subcommand, Debug)]
pub(in crate::cli) enum RulesVerb {
    #[command(about = text::CHECK)]
    Check(CheckPack),
    #[command(about = text::SEND)]
    Send(PutPack),
    #[command(about = text::LAY)]
    Lay(PutPack),
    #[command(about = text::LIST)]
    List(ListRules),
    #[command(about = text::ASK)]
    Ask(AskRules),
}

impl RulesVerb {
    /// Whether a program reads what is printed.
    pub(in crate::cli) fn wants_json(&self) -> bool {
        match self {
            Self::Check(check) => check.output.json,
            Self::Send(put) | Self::Lay(put) => put.making.output.json,
            Self::List(list) => list.output.json,
            Self::Ask(ask) => ask.output.json,
        }
    }
}

#[derive(Args, Debug)]
pub(in crate::cli) struct CheckPack {
    #[arg(value_name = "FILE", help = text::FILE)]
    pub(in crate::cli) file: PathBuf,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct PutPack {
    #[arg(value_name = "FILE", help = text::FILE)]
    pub(in crate::cli) file: PathBuf,
    #[command(flatten)]
    pub(in crate::cli) making: Making,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct ListRules {
    #[arg(long, help = text::CHILDREN)]
    pub(in crate::cli) children: bool,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct AskRules {
    #[arg(long, value_name = "DAY", default_value = "", help = text::DAY)]
    pub(in crate::cli) day: String,
    #[arg(long, value_name = "CODE", default_value = "", help = text::CATEGORY)]
    pub(in crate::cli) category: String,
    #[arg(long, value_name = "GRADE", default_value = "", help = text::GRADE)]
    pub(in crate::cli) grade: String,
    #[arg(long, value_name = "TIER", default_value = "", help = text::TIER)]
    pub(in crate::cli) tier: String,
    #[arg(long = "flag", value_name = "FLAG", help = text::FLAG)]
    pub(in crate::cli) flags: Vec<String>,
    #[arg(long, value_name = "AREA", default_value = "", help = text::AREA)]
    pub(in crate::cli) area: String,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}
