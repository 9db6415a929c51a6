//! What may be typed after `account`.

use clap::{Args, Subcommand};

use super::Output;
use crate::text::help::account as help;

#[derive(Subcommand, Debug)]
pub(in crate::cli) enum AccountVerb {
    #[command(about = help::LIST)]
    List(Output),
    #[command(about = help::ADD)]
    Add(AddAccount),
    #[command(about = help::RESET)]
    Reset {
        #[arg(value_name = "ID", help = help::ID)]
        id: String,
    },
    #[command(about = help::END)]
    End(EndAccount),
}

#[derive(Args, Debug)]
pub(in crate::cli) struct AddAccount {
    #[arg(value_name = "ID", help = help::ID)]
    pub(in crate::cli) id: String,
    #[arg(long, help = help::NAME)]
    pub(in crate::cli) name: String,
    #[arg(long = "post", required = true, value_delimiter = ',', help = help::POST)]
    pub(in crate::cli) posts: Vec<String>,
    #[arg(long, help = help::OWN)]
    pub(in crate::cli) own: bool,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct EndAccount {
    #[arg(value_name = "ID", help = help::ID)]
    pub(in crate::cli) id: String,
    #[arg(long, help = help::REASON)]
    pub(in crate::cli) reason: String,
}
