//! What may be typed after `dutynet rollcall`.

use clap::{ArgGroup, Args, Subcommand};

use super::{By, Keep, Output, report::OnBehalf};
use crate::text::help::{self, rollcall as text};

#[derive(Subcommand, Debug)]
pub(in crate::cli) enum RollVerb {
    #[command(about = text::CALL)]
    Call(Call),
    #[command(about = text::ANSWER)]
    Answer(Answer),
    #[command(about = text::BOARD)]
    Board(Board),
    #[command(about = text::LIST)]
    List(ListRolls),
    #[command(about = text::AGAIN)]
    Again(Again),
    #[command(about = text::PHONE)]
    Phone(Phone),
    #[command(about = text::EXPLAIN)]
    Explain(Explain),
    #[command(about = text::RULE)]
    Rule(Rule),
    #[command(about = text::CLOSE)]
    Close(Close),
    #[command(about = text::DRAW)]
    Draw(Named),
    #[command(about = text::VERIFY)]
    Verify(Named),
}

impl RollVerb {
    /// Whether a program reads what is printed.
    pub(in crate::cli) fn wants_json(&self) -> bool {
        match self {
            Self::Call(call) => call.common.output.json,
            Self::Answer(answer) => answer.common.output.json,
            Self::Board(board) => board.named.output.json,
            Self::List(list) => list.output.json,
            Self::Again(again) => again.common.output.json,
            Self::Phone(phone) => phone.common.output.json,
            Self::Explain(explain) => explain.common.output.json,
            Self::Rule(rule) => rule.common.output.json,
            Self::Close(close) => close.common.output.json,
            Self::Draw(named) | Self::Verify(named) => named.output.json,
        }
    }
}

/// What everything that is recorded takes.
#[derive(Args, Debug)]
pub(in crate::cli) struct Common {
    #[arg(long, value_name = "UUID", help = help::RECORD_ID)]
    pub(in crate::cli) id: Option<uuid::Uuid>,
    #[command(flatten)]
    pub(in crate::cli) by: By,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Args, Debug)]
#[command(group = ArgGroup::new("audience").required(true).args(["all", "to", "group"]))]
pub(in crate::cli) struct Call {
    #[arg(long, help = text::SPOT)]
    pub(in crate::cli) spot: bool,
    #[arg(long, value_name = "TEXT", default_value = "", help = text::TITLE)]
    pub(in crate::cli) title: String,
    #[arg(long, help = text::ALL)]
    pub(in crate::cli) all: bool,
    #[arg(long, value_name = "OFFICE", value_delimiter = ',', help = text::TO)]
    pub(in crate::cli) to: Vec<String>,
    #[arg(long, value_name = "NAME", help = text::GROUP)]
    pub(in crate::cli) group: Option<String>,
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..), help = text::COUNT)]
    pub(in crate::cli) draw: Option<u32>,
    #[arg(long, value_name = "WHEN", help = text::AT)]
    pub(in crate::cli) at: Option<String>,
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), help = text::MINUTES)]
    pub(in crate::cli) minutes: Option<u32>,
    #[arg(long, help = text::EXERCISE)]
    pub(in crate::cli) exercise: bool,
    #[command(flatten)]
    pub(in crate::cli) common: Common,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Answer {
    #[arg(value_name = "CALL", default_value = "", help = text::ANSWER_CALL)]
    pub(in crate::cli) call: String,
    #[arg(long, value_name = "NAME", help = text::LEADER)]
    pub(in crate::cli) leader: String,
    #[arg(long, value_name = "NAME", help = text::OFFICER)]
    pub(in crate::cli) officer: String,
    #[arg(long, value_name = "TEXT", help = text::WORK)]
    pub(in crate::cli) work: String,
    #[command(flatten)]
    pub(in crate::cli) common: Common,
}

/// One call.
#[derive(Args, Debug)]
pub(in crate::cli) struct Named {
    #[arg(value_name = "CALL", help = text::NUMBER)]
    pub(in crate::cli) call: String,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Board {
    #[command(flatten)]
    pub(in crate::cli) keep: Keep,
    #[command(flatten)]
    pub(in crate::cli) named: Named,
    #[arg(long, conflicts_with = "paper_file", help = text::WATCH)]
    pub(in crate::cli) watch: bool,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct ListRolls {
    #[arg(long, help = text::CLOSED)]
    pub(in crate::cli) closed: bool,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Again {
    #[arg(value_name = "CALL", help = text::NUMBER)]
    pub(in crate::cli) call: String,
    #[arg(long, value_name = "OFFICE", value_delimiter = ',', help = text::TO)]
    pub(in crate::cli) to: Vec<String>,
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), help = text::MINUTES)]
    pub(in crate::cli) minutes: Option<u32>,
    #[command(flatten)]
    pub(in crate::cli) common: Common,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Phone {
    #[arg(value_name = "CALL", help = text::NUMBER)]
    pub(in crate::cli) call: String,
    #[arg(long, value_name = "OFFICE", help = text::OFFICE)]
    pub(in crate::cli) office: String,
    #[arg(long, value_name = "CODE", help = text::RESULT)]
    pub(in crate::cli) result: String,
    #[arg(long, value_name = "NUMBER", help = text::PHONE_NUMBER)]
    pub(in crate::cli) phone: String,
    #[arg(long, value_name = "N", help = text::RINGS)]
    pub(in crate::cli) rings: Option<u32>,
    #[arg(long, value_name = "NAME", default_value = "", help = text::ANSWERED_BY)]
    pub(in crate::cli) answered_by: String,
    #[arg(long, value_name = "NAME", default_value = "", help = text::LEADER)]
    pub(in crate::cli) leader: String,
    #[arg(long, value_name = "NAME", default_value = "", help = text::OFFICER)]
    pub(in crate::cli) officer: String,
    #[arg(long, value_name = "TEXT", default_value = "", help = text::WORK)]
    pub(in crate::cli) work: String,
    #[arg(long, value_name = "TEXT", default_value = "", help = text::REMARK)]
    pub(in crate::cli) remark: String,
    #[command(flatten)]
    pub(in crate::cli) common: Common,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Explain {
    #[arg(value_name = "CALL", help = text::NUMBER)]
    pub(in crate::cli) call: String,
    #[arg(long, value_name = "TEXT", help = text::REASON)]
    pub(in crate::cli) reason: String,
    #[command(flatten)]
    pub(in crate::cli) on_behalf: OnBehalf,
    #[command(flatten)]
    pub(in crate::cli) common: Common,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Rule {
    #[arg(value_name = "CALL", help = text::NUMBER)]
    pub(in crate::cli) call: String,
    #[arg(long, value_name = "OFFICE", help = text::OFFICE)]
    pub(in crate::cli) office: String,
    #[arg(long, value_name = "CODE", help = text::RULING)]
    pub(in crate::cli) ruling: String,
    #[arg(long, value_name = "TEXT", help = text::WORDS)]
    pub(in crate::cli) words: String,
    #[command(flatten)]
    pub(in crate::cli) common: Common,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Close {
    #[arg(value_name = "CALL", help = text::NUMBER)]
    pub(in crate::cli) call: String,
    #[arg(long, value_name = "TEXT", default_value = "", help = text::SUMMARY)]
    pub(in crate::cli) words: String,
    #[command(flatten)]
    pub(in crate::cli) common: Common,
}
