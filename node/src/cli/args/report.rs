//! What may be typed after `dutynet report`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{By, Keep, Output};
use crate::text::help;

#[derive(Subcommand, Debug)]
pub(in crate::cli) enum ReportVerb {
    #[command(about = help::REPORT_DAILY)]
    Daily(File),
    #[command(about = help::REPORT_ZERO)]
    Zero(File),
    #[command(about = help::REPORT_FILE)]
    File(FileForm),
    #[command(about = help::REPORT_CORRECT)]
    Correct(Correct),
    #[command(about = help::REPORT_BOARD)]
    Board(Board),
    #[command(about = help::REPORT_DUTY)]
    Duty(DutyList),
    #[command(about = help::REPORT_SHOW)]
    Show(Show),
    #[command(about = help::REPORT_CHOOSE)]
    Choose(Choose),
    #[command(about = help::REPORT_DRAFT)]
    Draft(Draft),
    #[command(about = help::REPORT_CUT_OFF)]
    CutOff {
        #[command(subcommand)]
        verb: CutOffVerb,
    },
}

impl ReportVerb {
    pub(super) fn wants_json(&self) -> bool {
        match self {
            Self::Daily(file) | Self::Zero(file) => file.output.json,
            Self::File(file) => file.file.output.json,
            Self::Correct(correct) => correct.file.output.json,
            Self::Board(board) => board.output.json,
            Self::Duty(list) => list.output.json,
            Self::Show(show) => show.output.json,
            Self::Choose(choose) => choose.output.json,
            Self::Draft(draft) => draft.output.json,
            Self::CutOff { verb: CutOffVerb::Set(set) } => set.output.json,
            Self::CutOff { verb: CutOffVerb::List(output) } => output.json,
        }
    }
}

#[derive(Args, Debug)]
pub(in crate::cli) struct File {
    #[arg(long, value_name = "DAY", default_value = "", help = help::PERIOD)]
    pub(in crate::cli) period: String,
    #[command(flatten)]
    pub(in crate::cli) fields: Fields,
    #[command(flatten)]
    pub(in crate::cli) on_behalf: OnBehalf,
    #[arg(long, conflicts_with = "on_behalf_of", help = help::FROM_DRAFT)]
    pub(in crate::cli) from_draft: bool,
    #[arg(long, help = help::EXERCISE)]
    pub(in crate::cli) exercise: bool,
    #[arg(long, value_name = "UUID", help = help::RECORD_ID)]
    pub(in crate::cli) id: Option<uuid::Uuid>,
    #[command(flatten)]
    pub(in crate::cli) by: By,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

/// Whose words, when they are another office's.
#[derive(Args, Debug)]
pub(in crate::cli) struct OnBehalf {
    #[arg(long, value_name = "OFFICE", help = help::ON_BEHALF_OF)]
    pub(in crate::cli) on_behalf_of: Option<String>,
    #[arg(long, value_name = "NAME:PHONE", help = help::TOLD_BY)]
    pub(in crate::cli) told_by: Option<String>,
    #[arg(long, requires = "on_behalf_of", help = help::WRITTEN)]
    pub(in crate::cli) written: bool,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct FileForm {
    #[arg(value_name = "FORM", help = help::FORM)]
    pub(in crate::cli) form: String,
    #[command(flatten)]
    pub(in crate::cli) file: File,
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
    #[arg(long, default_value = "", help = help::BOARD_FORM)]
    pub(in crate::cli) form: String,
    #[arg(long, value_name = "DAY", default_value = "", help = help::PERIOD)]
    pub(in crate::cli) period: String,
    #[arg(long, help = help::BOARD_EXERCISE)]
    pub(in crate::cli) exercise: bool,
    #[command(flatten)]
    pub(in crate::cli) keep: Keep,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Show {
    #[arg(value_name = "FORM", help = help::FORM)]
    pub(in crate::cli) form: String,
    #[command(flatten)]
    pub(in crate::cli) keep: Keep,
    #[arg(long, value_name = "DAY", default_value = "", help = help::PERIOD)]
    pub(in crate::cli) period: String,
    #[arg(long, default_value = "", help = help::SHOW_OFFICE)]
    pub(in crate::cli) office: String,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

/// Who is on duty; always kept as a file.
#[derive(Args, Debug)]
pub(in crate::cli) struct DutyList {
    #[arg(long, value_name = "DAY", default_value = "", help = help::PERIOD)]
    pub(in crate::cli) period: String,
    #[arg(long = "output", value_name = "FILE", help = help::KEEP_AS)]
    pub(in crate::cli) paper_file: PathBuf,
    #[arg(long, help = help::KEEP_OVER)]
    pub(in crate::cli) force: bool,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Choose {
    #[arg(value_name = "FORM", help = help::FORM)]
    pub(in crate::cli) form: String,
    #[arg(long, value_name = "DAY", default_value = "", help = help::PERIOD)]
    pub(in crate::cli) period: String,
    #[arg(long, default_value = "", help = help::SHOW_OFFICE)]
    pub(in crate::cli) office: String,
    #[arg(long, value_name = "OFFICE", help = help::KEEP)]
    pub(in crate::cli) keep: String,
    #[arg(long, value_name = "TEXT", help = help::CHOICE_REASON)]
    pub(in crate::cli) reason: String,
    #[command(flatten)]
    pub(in crate::cli) by: By,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Draft {
    #[arg(value_name = "FORM", help = help::FORM)]
    pub(in crate::cli) form: String,
    #[arg(long, value_name = "DAY", default_value = "", help = help::PERIOD)]
    pub(in crate::cli) period: String,
    #[command(flatten)]
    pub(in crate::cli) fields: Fields,
    #[arg(long, value_name = "KEY=VALUE", help = help::REPLACE_SUM)]
    pub(in crate::cli) replace: Vec<String>,
    #[arg(long, value_name = "FILE", help = help::DRAFT_OUT)]
    pub(in crate::cli) out: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) by: By,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Subcommand, Debug)]
pub(in crate::cli) enum CutOffVerb {
    #[command(about = help::CUT_OFF_SET)]
    Set(SetCutOff),
    #[command(about = help::CUT_OFF_LIST)]
    List(Output),
}

#[derive(Args, Debug)]
pub(in crate::cli) struct SetCutOff {
    #[arg(value_name = "FORM", help = help::FORM)]
    pub(in crate::cli) form: String,
    #[arg(value_name = "HH:MM", help = help::CUT_OFF_TIME)]
    pub(in crate::cli) time: String,
    #[arg(long, value_name = "DAY", default_value = "", help = help::CUT_OFF_FROM)]
    pub(in crate::cli) from: String,
    #[command(flatten)]
    pub(in crate::cli) by: By,
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
