//! What may be typed after `classified` and `purge`.

use clap::{Args, Subcommand};

use super::{By, Output};
use crate::text::help::secrecy as help;

#[derive(Subcommand, Debug)]
pub(in crate::cli) enum ClassifiedVerb {
    #[command(about = help::ADD)]
    Add(AddClassified),
    #[command(about = help::LIST)]
    List(Output),
}

impl ClassifiedVerb {
    /// Whether a program reads what is printed.
    pub(in crate::cli) fn wants_json(&self) -> bool {
        match self {
            Self::Add(add) => add.output.json,
            Self::List(output) => output.json,
        }
    }
}

#[derive(Args, Debug)]
pub(in crate::cli) struct AddClassified {
    #[arg(long, default_value = "", help = help::NUMBER)]
    pub(in crate::cli) number: String,
    #[arg(long, help = help::CHANNEL)]
    pub(in crate::cli) channel: String,
    #[arg(long, help = help::RECEIVER)]
    pub(in crate::cli) receiver: String,
    #[command(flatten)]
    pub(in crate::cli) by: By,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Purge {
    #[arg(value_name = "RECORD", help = help::RECORD)]
    pub(in crate::cli) record: String,
    #[arg(long, default_value = "", help = help::REASON)]
    pub(in crate::cli) reason: String,
    #[command(flatten)]
    pub(in crate::cli) by: By,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}
