//! What may be typed after `dutynet finding` and `dutynet consultation` beside their steps: what the machine suggests, and drafts.

use clap::{Args, Subcommand};

use super::{By, Output};
use crate::text::help::{self, matter, oversight as text, status};

#[derive(Subcommand, Debug)]
pub(in crate::cli) enum FindingVerb {
    #[command(about = text::SUGGEST_FINDINGS)]
    Suggest(SuggestFindings),
    #[command(about = text::CIRCULAR)]
    Circular(Circular),
}

#[derive(Args, Debug)]
pub(in crate::cli) struct SuggestFindings {
    #[arg(long, value_name = "YYYY-MM", default_value = "", help = text::MONTH)]
    pub(in crate::cli) month: String,
    #[arg(long, value_name = "OFFICE", default_value = "", help = text::OFFICE)]
    pub(in crate::cli) office: String,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Circular {
    #[arg(long, value_name = "DAY", help = text::FIRST_DAY)]
    pub(in crate::cli) from: String,
    #[arg(long, value_name = "DAY", help = text::LAST_DAY)]
    pub(in crate::cli) to: String,
    #[arg(long = "office", value_name = "OFFICE", value_delimiter = ',', help = text::OFFICES)]
    pub(in crate::cli) offices: Vec<String>,
    #[arg(long = "kind", value_name = "CODE", value_delimiter = ',', help = text::KINDS)]
    pub(in crate::cli) kinds: Vec<String>,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Subcommand, Debug)]
pub(in crate::cli) enum SessionVerb {
    #[command(about = text::SUGGEST_SESSIONS)]
    Suggest(SuggestSessions),
    #[command(about = text::ANALYSE)]
    Analyse(Analyse),
    #[command(about = text::KEEP_STATUS)]
    Status(KeepStatus),
    #[command(about = text::TABLE)]
    Table(ShowStatus),
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Analyse {
    #[arg(value_name = "NUMBER", help = matter::NUMBER)]
    pub(in crate::cli) matter: String,
    #[arg(long, value_name = "YYYY-MM", default_value = "", help = text::MONTH)]
    pub(in crate::cli) month: String,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct KeepStatus {
    #[arg(value_name = "NUMBER", help = matter::NUMBER)]
    pub(in crate::cli) matter: String,
    #[arg(long, value_name = "DURATION", default_value = "10s", help = status::WITHIN)]
    pub(in crate::cli) within: String,
    #[arg(long, value_name = "UUID", help = help::RECORD_ID)]
    pub(in crate::cli) id: Option<uuid::Uuid>,
    #[command(flatten)]
    pub(in crate::cli) by: By,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct ShowStatus {
    #[arg(value_name = "NUMBER", help = matter::NUMBER)]
    pub(in crate::cli) matter: String,
    #[arg(long, value_name = "RECORD", default_value = "", help = text::TABLE_RECORD)]
    pub(in crate::cli) record: String,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct SuggestSessions {
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

impl FindingVerb {
    pub(super) fn wants_json(&self) -> bool {
        match self {
            Self::Suggest(asked) => asked.output.json,
            Self::Circular(asked) => asked.output.json,
        }
    }
}

impl SessionVerb {
    pub(super) fn wants_json(&self) -> bool {
        match self {
            Self::Suggest(asked) => asked.output.json,
            Self::Analyse(asked) => asked.output.json,
            Self::Status(asked) => asked.output.json,
            Self::Table(asked) => asked.output.json,
        }
    }
}
