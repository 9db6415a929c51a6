//! What may be typed after `dutynet lines`.

use clap::{Args, Subcommand};

use super::{By, Output};
use crate::text::help;

#[derive(Subcommand, Debug)]
pub(in crate::cli) enum LinesVerb {
    #[command(about = help::LINES_HISTORY)]
    History(LineHistory),
}

impl LinesVerb {
    /// Whether a program reads what is printed.
    pub(in crate::cli) fn wants_json(&self) -> bool {
        match self {
            Self::History(asked) => asked.output.json,
        }
    }
}

#[derive(Args, Debug)]
pub(in crate::cli) struct LineHistory {
    #[arg(value_name = "OFFICE", help = help::LINES_OFFICE)]
    pub(in crate::cli) office: String,
    #[arg(long, value_name = "TIME", help = help::LINES_FROM)]
    pub(in crate::cli) from: Option<String>,
    #[arg(long, value_name = "TIME", help = help::LINES_TO)]
    pub(in crate::cli) to: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Dial {
    #[arg(value_name = "HOST:PORT", help = help::DIAL_ADDRESS)]
    pub(in crate::cli) addresses: Vec<String>,
    #[command(flatten)]
    pub(in crate::cli) by: By,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}
