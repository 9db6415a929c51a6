//! Arguments of `attachment`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Making, Output};
use crate::text::help::attachment as text;

#[derive(Subcommand, Debug)]
pub(in crate::cli) enum AttachmentVerb {
    #[command(about = text::ADD)]
    Add(Add),
    #[command(about = text::LIST)]
    List(List),
    #[command(about = text::FETCH)]
    Fetch(Which),
    #[command(about = text::SAVE)]
    Save(Save),
}

impl AttachmentVerb {
    /// Whether a program reads what is printed.
    pub(in crate::cli) fn wants_json(&self) -> bool {
        match self {
            Self::Add(add) => add.making.output.json,
            Self::List(list) => list.output.json,
            Self::Fetch(which) => which.output.json,
            Self::Save(save) => save.which.output.json,
        }
    }
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Add {
    #[arg(value_name = "NUMBER", help = text::TO)]
    pub(in crate::cli) record: String,
    #[arg(value_name = "FILE", required_unless_present = "pass", help = text::FILES)]
    pub(in crate::cli) files: Vec<PathBuf>,
    #[arg(long, value_name = "NAME", help = text::PASS)]
    pub(in crate::cli) pass: Vec<String>,
    #[command(flatten)]
    pub(in crate::cli) plain: Plain,
    #[command(flatten)]
    pub(in crate::cli) making: Making,
}

/// Files of a step, and who states that they are no secret.
#[derive(Args, Debug, Default)]
pub(in crate::cli) struct Attach {
    #[arg(long = "attach", value_name = "FILE", help = text::ATTACH)]
    pub(in crate::cli) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) plain: Plain,
}

/// Who states that files are no secret.
#[derive(Args, Debug, Default)]
pub(in crate::cli) struct Plain {
    #[arg(long = "plain-by", value_name = "NAME", default_value = "", help = text::PLAIN_BY)]
    pub(in crate::cli) by: String,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct List {
    #[arg(value_name = "NUMBER", help = text::OF)]
    pub(in crate::cli) record: String,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

/// One file.
#[derive(Args, Debug)]
pub(in crate::cli) struct Which {
    #[arg(value_name = "NUMBER", help = text::OF)]
    pub(in crate::cli) record: String,
    #[arg(value_name = "NAME", help = text::NAME)]
    pub(in crate::cli) file: String,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Save {
    #[command(flatten)]
    pub(in crate::cli) which: Which,
    #[arg(long, value_name = "PATH", default_value = ".", help = text::SAVE_TO)]
    pub(in crate::cli) to: PathBuf,
}
