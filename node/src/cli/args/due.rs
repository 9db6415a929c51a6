//! What may be typed after `dutynet due` and `dutynet period`.

use clap::{Args, Subcommand};

use super::{By, Keep, Output};
use crate::text::help::{self, due as text};

#[derive(Subcommand, Debug)]
pub(in crate::cli) enum DueVerb {
    #[command(about = text::LIST)]
    List(ListDues),
    #[command(about = text::SHOW)]
    Show(ShowDue),
    #[command(about = text::CHASE)]
    Chase(Chase),
    #[command(about = text::STATS)]
    Stats(Stats),
    #[command(about = text::WATCH)]
    Watch(Output),
}

impl DueVerb {
    /// Whether a program reads what is printed.
    pub(in crate::cli) fn wants_json(&self) -> bool {
        match self {
            Self::List(list) => list.output.json,
            Self::Show(show) => show.output.json,
            Self::Chase(chase) => chase.output.json,
            Self::Stats(stats) => stats.output.json,
            Self::Watch(output) => output.json,
        }
    }
}

#[derive(Args, Debug)]
pub(in crate::cli) struct ListDues {
    #[arg(long, value_name = "OFFICE", default_value = "", help = text::OFFICE)]
    pub(in crate::cli) office: String,
    #[arg(long, help = text::OVERDUE)]
    pub(in crate::cli) overdue: bool,
    #[command(flatten)]
    pub(in crate::cli) keep: Keep,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct ShowDue {
    #[arg(value_name = "KEY", help = text::KEY)]
    pub(in crate::cli) key: String,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Chase {
    #[arg(value_name = "KEY", help = text::KEY)]
    pub(in crate::cli) key: String,
    #[arg(long = "person", value_name = "NAME", help = text::PERSON)]
    pub(in crate::cli) spoken_to: Option<String>,
    #[arg(long, value_name = "NUMBER", default_value = "", help = text::PHONE)]
    pub(in crate::cli) phone: String,
    #[arg(long, value_name = "TEXT", default_value = "", help = text::RESULT)]
    pub(in crate::cli) result: String,
    #[arg(long, value_name = "UUID", help = help::RECORD_ID)]
    pub(in crate::cli) id: Option<uuid::Uuid>,
    #[command(flatten)]
    pub(in crate::cli) by: By,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Stats {
    #[arg(long, value_name = "MONTH", default_value = "", help = text::MONTH)]
    pub(in crate::cli) month: String,
    #[arg(long, value_name = "OFFICE", default_value = "", help = text::OFFICE)]
    pub(in crate::cli) office: String,
    #[arg(long, value_name = "DUTY", default_value = "", help = text::DUTY)]
    pub(in crate::cli) duty: String,
    #[arg(long, value_name = "STANDING", help = text::STANDING)]
    pub(in crate::cli) standing: Option<String>,
    #[arg(long, help = text::OPEN)]
    pub(in crate::cli) open: bool,
    #[command(flatten)]
    pub(in crate::cli) keep: Keep,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Subcommand, Debug)]
pub(in crate::cli) enum PeriodVerb {
    #[command(about = text::DECLARE)]
    Declare(Declare),
    #[command(about = text::END)]
    End(EndPeriod),
    #[command(about = text::PROLONG)]
    Prolong(Prolong),
    #[command(about = text::PERIODS)]
    List(Output),
}

impl PeriodVerb {
    /// Whether a program reads what is printed.
    pub(in crate::cli) fn wants_json(&self) -> bool {
        match self {
            Self::Declare(declare) => declare.output.json,
            Self::End(end) => end.output.json,
            Self::Prolong(prolong) => prolong.output.json,
            Self::List(output) => output.json,
        }
    }
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Declare {
    #[arg(long, value_name = "TIME", help = text::FROM)]
    pub(in crate::cli) from: Option<String>,
    #[arg(long, value_name = "TIME", help = text::TO)]
    pub(in crate::cli) to: String,
    #[arg(long, value_name = "TEXT", default_value = "", help = text::REASON)]
    pub(in crate::cli) reason: String,
    #[arg(long, help = text::DOUBLE_LEADERS)]
    pub(in crate::cli) double_leaders: bool,
    #[arg(long, value_name = "COUNT", default_value_t = 0, help = text::OFFICERS)]
    pub(in crate::cli) officers: u32,
    #[arg(long, value_name = "HH:MM", default_value = "", help = text::DAILY)]
    pub(in crate::cli) daily: String,
    #[arg(long, value_name = "COUNT", default_value_t = 0, help = text::ROLL_CALLS)]
    pub(in crate::cli) roll_calls: u32,
    #[arg(long, value_name = "DAY", default_value = "", help = text::ROSTER_BY)]
    pub(in crate::cli) roster_by: String,
    #[arg(long, value_name = "MINUTES", default_value_t = 0, help = text::SILENCE)]
    pub(in crate::cli) silence: u32,
    #[arg(long, value_name = "UUID", help = help::RECORD_ID)]
    pub(in crate::cli) id: Option<uuid::Uuid>,
    #[command(flatten)]
    pub(in crate::cli) by: By,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct EndPeriod {
    #[arg(value_name = "PERIOD", help = text::NUMBER)]
    pub(in crate::cli) period: String,
    #[arg(long, value_name = "TEXT", default_value = "", help = text::REASON)]
    pub(in crate::cli) reason: String,
    #[command(flatten)]
    pub(in crate::cli) by: By,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Prolong {
    #[arg(value_name = "PERIOD", help = text::NUMBER)]
    pub(in crate::cli) period: String,
    #[arg(long, value_name = "TIME", help = text::TO)]
    pub(in crate::cli) to: String,
    #[arg(long, value_name = "TEXT", default_value = "", help = text::REASON)]
    pub(in crate::cli) reason: String,
    #[command(flatten)]
    pub(in crate::cli) by: By,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}
