//! What may be typed after `dutynet notice` and `dutynet group`.

use clap::{ArgGroup, Args, Subcommand, ValueEnum};

use super::{By, Keep, Output};
use crate::text::help::{self, notice as text};

#[derive(Subcommand, Debug)]
pub(in crate::cli) enum NoticeVerb {
    #[command(about = text::SEND)]
    Send(Send),
    #[command(about = text::SIGN)]
    Sign(Sign),
    #[command(about = text::BOARD)]
    Board(SignForList),
    #[command(about = text::LIST)]
    List(Output),
    #[command(about = text::SHOW)]
    Show(Named),
}

impl NoticeVerb {
    pub(super) fn wants_json(&self) -> bool {
        match self {
            Self::Send(send) => send.output.json,
            Self::Sign(sign) => sign.output.json,
            Self::Board(list) => list.named.output.json,
            Self::Show(named) => named.output.json,
            Self::List(output) => output.json,
        }
    }
}

#[derive(Args, Debug)]
#[command(group = ArgGroup::new("audience").required(true).args(["all", "to", "group"]))]
pub(in crate::cli) struct Send {
    #[arg(long, value_name = "TEXT", help = text::TITLE)]
    pub(in crate::cli) title: String,
    #[arg(long, value_name = "TEXT", help = text::TEXT)]
    pub(in crate::cli) text: String,
    #[arg(long, value_enum, default_value = "routine", help = text::URGENCY)]
    pub(in crate::cli) urgency: UrgencyName,
    #[arg(long, value_name = "WHEN", help = text::SIGN_BY)]
    pub(in crate::cli) sign_by: Option<String>,
    #[arg(long, help = text::ALL)]
    pub(in crate::cli) all: bool,
    #[arg(long, value_name = "OFFICE", value_delimiter = ',', help = text::TO)]
    pub(in crate::cli) to: Vec<String>,
    #[arg(long, value_name = "NAME", help = text::TO_GROUP)]
    pub(in crate::cli) group: Option<String>,
    #[arg(long, value_name = "UUID", help = help::RECORD_ID)]
    pub(in crate::cli) id: Option<uuid::Uuid>,
    #[command(flatten)]
    pub(in crate::cli) by: By,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Sign {
    #[arg(value_name = "NOTICE", help = text::NUMBER)]
    pub(in crate::cli) notice: String,
    #[arg(long, value_name = "TEXT", default_value = "", help = text::REMARK)]
    pub(in crate::cli) remark: String,
    #[arg(long, value_name = "OFFICE", default_value = "", help = text::ON_BEHALF_OF)]
    pub(in crate::cli) on_behalf_of: String,
    #[arg(long, value_name = "NAME:PHONE", help = text::TOLD_BY)]
    pub(in crate::cli) told_by: Option<String>,
    #[arg(long, value_name = "UUID", help = help::RECORD_ID)]
    pub(in crate::cli) id: Option<uuid::Uuid>,
    #[command(flatten)]
    pub(in crate::cli) by: By,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

/// Its sign-for list.
#[derive(Args, Debug)]
pub(in crate::cli) struct SignForList {
    #[command(flatten)]
    pub(in crate::cli) keep: Keep,
    #[command(flatten)]
    pub(in crate::cli) named: Named,
}

/// One notice.
#[derive(Args, Debug)]
pub(in crate::cli) struct Named {
    #[arg(value_name = "NOTICE", help = text::NUMBER)]
    pub(in crate::cli) notice: String,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

/// Urgency of a paper.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum UrgencyName {
    Flash,
    Urgent,
    Routine,
}

#[derive(Subcommand, Debug)]
pub(in crate::cli) enum GroupVerb {
    #[command(about = text::GROUP_SAVE)]
    Save(SaveGroup),
    #[command(about = text::GROUP_LIST)]
    List(Output),
    #[command(about = text::GROUP_DROP)]
    Drop(DropGroup),
}

impl GroupVerb {
    pub(super) fn wants_json(&self) -> bool {
        match self {
            Self::Save(save) => save.output.json,
            Self::List(output) => output.json,
            Self::Drop(drop) => drop.output.json,
        }
    }
}

#[derive(Args, Debug)]
pub(in crate::cli) struct SaveGroup {
    #[arg(value_name = "NAME", help = text::GROUP_NAME)]
    pub(in crate::cli) name: String,
    #[arg(value_name = "OFFICE", help = text::MEMBERS)]
    pub(in crate::cli) members: Vec<String>,
    #[command(flatten)]
    pub(in crate::cli) by: By,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct DropGroup {
    #[arg(value_name = "NAME", help = text::GROUP_NAME)]
    pub(in crate::cli) name: String,
    #[command(flatten)]
    pub(in crate::cli) by: By,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}
