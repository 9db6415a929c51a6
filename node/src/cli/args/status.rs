//! What may be typed after `dutynet office status`.

use clap::Args;

use super::Output;
use crate::text::help;

#[derive(Args, Debug)]
pub(in crate::cli) struct AskStatus {
    #[arg(value_name = "OFFICE", help = help::status::OFFICES)]
    pub(in crate::cli) offices: Vec<String>,
    #[arg(long, requires = "offices", help = help::status::ALONE)]
    pub(in crate::cli) alone: bool,
    #[arg(long, value_name = "DURATION", default_value = "10s", help = help::status::WITHIN)]
    pub(in crate::cli) within: String,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}
