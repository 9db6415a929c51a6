//! What may be typed after `dutynet report`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{By, Output};
use crate::text::help;

#[derive(Subcommand, Debug)]
pub(in crate::cli) enum ReportVerb {
    #[command(about = help::REPORT_DAILY)]
    Daily(File),
    #[command(about = help::REPORT_ZERO)]
    Zero(File),
    #[command(about = help::REPORT_CORRECT)]
    Correct(Correct),
    #[command(about = help::REPORT_BOARD)]
    Board(Board),
    #[command(about = help::REPORT_SHOW)]
    Show(Show),
}

impl ReportVerb {
    pub(super) fn wants_json(&self) -> bool {
        match self {
            Self::Daily(file) | Self::Zero(file) => file.output.json,
            Self::Correct(correct) => correct.file.output.json,
            Self::Board(board) => board.output.json,
            Self::Show(show) => show.output.json,
        }
    }
}

#[derive(Args, Debug)]
pub(in crate::cli) struct File {
    #[arg(long, value_name = "DAY", default_value = "", help = help::PERIOD)]
    pub(in crate::cli) period: String,
    #[command(flatten)]
    pub(in crate::cli) fields: Fields,
    #[arg(long, value_name = "UUID", help = help::RECORD_ID)]
    pub(in crate::cli) id: Option<uuid::Uuid>,
    #[command(flatten)]
    pub(in crate::cli) by: By,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Correct {
    #[arg(value_name = "FORM", help = help::FORM)]
    pub(in crate::cli) form: String,
    #[arg(long, value_name = "TEXT", help = help::REASON)]
    pub(in crate::cli) reason: String,
    #[command(flatten)]
    pub(in crate::cli) file: File,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Board {
    #[arg(long, value_name = "DAY", default_value = "", help = help::PERIOD)]
    pub(in crate::cli) period: String,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Show {
    #[arg(value_name = "FORM", help = help::FORM)]
    pub(in crate::cli) form: String,
    #[arg(long, value_name = "DAY", default_value = "", help = help::PERIOD)]
    pub(in crate::cli) period: String,
    #[arg(long, default_value = "", help = help::SHOW_OFFICE)]
    pub(in crate::cli) office: String,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

/// Answers, by key or by the name that officers know.
#[derive(Args, Debug, Default)]
pub(in crate::cli) struct Fields {
    #[arg(long, value_name = "TEXT", help = help::LEADER)]
    pub(in crate::cli) leader: Option<String>,
    #[arg(long, value_name = "TEXT", help = help::OFFICER)]
    pub(in crate::cli) officer: Option<String>,
    #[arg(long, value_name = "TEXT", help = help::PHONE)]
    pub(in crate::cli) phone: Option<String>,
    #[arg(long, value_name = "N", allow_negative_numbers = true, help = help::CALLS)]
    pub(in crate::cli) calls: Option<String>,
    #[arg(long = "incident", value_name = "ROW", help = help::INCIDENT)]
    pub(in crate::cli) incidents: Vec<String>,
    #[arg(long, value_name = "TEXT", help = help::IMPORTANT)]
    pub(in crate::cli) important: Option<String>,
    #[arg(long, value_name = "TEXT", help = help::TOMORROW)]
    pub(in crate::cli) tomorrow: Option<String>,
    #[arg(long, value_name = "TEXT", help = help::WEATHER)]
    pub(in crate::cli) weather: Option<String>,
    #[arg(long, value_name = "TEXT", help = help::REMARK)]
    pub(in crate::cli) remark: Option<String>,
    #[arg(long = "field", value_name = "KEY=VALUE", help = help::FIELD)]
    pub(in crate::cli) fields: Vec<String>,
    #[arg(long, value_name = "FILE", help = help::FILE)]
    pub(in crate::cli) file: Option<PathBuf>,
}
