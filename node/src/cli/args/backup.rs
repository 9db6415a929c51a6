//! What may be typed after `dutynet backup`, `dutynet restore` and `dutynet salvage`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{By, Output};
use crate::text::help;

#[derive(Subcommand, Debug)]
pub(in crate::cli) enum BackupVerb {
    #[command(about = help::BACKUP_NOW)]
    Now(Now),
    #[command(about = help::BACKUP_LIST)]
    List(List),
    #[command(about = help::BACKUP_CHECK)]
    Check(Check),
    #[command(about = help::BACKUP_CODE)]
    Code(Code),
}

impl BackupVerb {
    /// Whether a program reads what is printed.
    pub(in crate::cli) fn wants_json(&self) -> bool {
        match self {
            Self::Now(now) => now.output.json,
            Self::List(list) => list.output.json,
            Self::Check(check) => check.output.json,
            Self::Code(_) => false,
        }
    }
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Now {
    #[arg(long, value_name = "DIR", help = help::BACKUP_TO)]
    pub(in crate::cli) to: PathBuf,
    #[command(flatten)]
    pub(in crate::cli) by: By,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct List {
    #[arg(value_name = "DIR", help = help::BACKUP_FOLDER)]
    pub(in crate::cli) folder: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Check {
    #[arg(value_name = "DIR", help = help::BACKUP_FOLDER)]
    pub(in crate::cli) folder: PathBuf,
    #[arg(long, value_name = "NUMBER", help = help::BACKUP_NUMBER)]
    pub(in crate::cli) number: Option<u64>,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Code {
    #[arg(long, help = help::BACKUP_CODE_NEW)]
    pub(in crate::cli) new: bool,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Restore {
    #[arg(long, value_name = "DIR", help = help::RESTORE_FROM)]
    pub(in crate::cli) from: PathBuf,
    #[arg(long, value_name = "NUMBER", help = help::BACKUP_NUMBER)]
    pub(in crate::cli) number: Option<u64>,
    #[arg(long, value_name = "FILE", help = help::CODE_FILE)]
    pub(in crate::cli) code_file: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) by: By,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Salvage {
    #[arg(long, value_name = "DIR", help = help::SALVAGE_FROM)]
    pub(in crate::cli) from: PathBuf,
    #[arg(long, value_name = "DIR", help = help::SALVAGE_TO)]
    pub(in crate::cli) to: PathBuf,
    #[arg(long, value_name = "FILE", help = help::CODE_FILE)]
    pub(in crate::cli) code_file: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}
