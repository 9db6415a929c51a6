//! What may be typed after `dutynet`. Nothing is done here; texts are in [`crate::text::help`].

pub(super) mod account;
pub(super) mod attachment;
pub(super) mod backup;
pub(super) mod due;
pub(super) mod lines;
pub(super) mod matter;
pub(super) mod notice;
pub(super) mod oversight;
pub(super) mod report;
pub(super) mod rollcall;
pub(super) mod rules;
pub(super) mod secrecy;
pub(super) mod status;

use std::path::PathBuf;

use clap::{Arg, ArgAction, Args, Command, CommandFactory as _, Parser, Subcommand, ValueEnum};

use crate::text::help;

#[derive(Parser, Debug)]
#[command(name = "dutynet", version, about = help::PROGRAM, after_help = help::PROGRAM_AFTER)]
pub(super) struct Line {
    #[command(subcommand)]
    pub(super) command: Verb,
    #[command(flatten)]
    pub(super) place: Place,
}

/// Which node is meant.
#[derive(Args, Debug, Clone)]
pub(super) struct Place {
    #[arg(long, global = true, value_name = "FILE", help = help::CONFIG)]
    pub(super) config: Option<PathBuf>,
    #[arg(long, global = true, value_name = "DIR", help = help::DATA)]
    pub(super) data: Option<PathBuf>,
}

#[derive(Subcommand, Debug)]
pub(super) enum Verb {
    #[command(about = help::INIT)]
    Init(Init),
    #[command(about = help::INVITE)]
    Invite(Invite),
    #[command(about = help::ENROL)]
    Enrol(Enrol),
    #[command(about = help::SERVE)]
    Serve(Serve),
    #[command(about = help::SETUP)]
    Setup(Serve),
    #[command(about = help::CHECK_CONFIG)]
    CheckConfig,
    #[command(about = help::STATUS)]
    Status(Output),
    #[command(about = help::LINKS)]
    Links(Output),
    #[command(about = help::DIAL)]
    Dial(lines::Dial),
    #[command(about = help::LINES)]
    Lines {
        #[command(subcommand)]
        verb: lines::LinesVerb,
    },
    #[command(about = help::PARKED)]
    Parked {
        #[command(subcommand)]
        verb: ParkedVerb,
    },
    #[command(about = help::DESTROY)]
    Destroy(Destroy),
    #[command(about = help::account::ACCOUNT)]
    Account {
        #[command(subcommand)]
        verb: account::AccountVerb,
    },
    #[command(about = help::RETENTION)]
    Retention {
        #[command(subcommand)]
        verb: RetentionVerb,
    },
    #[command(about = help::secrecy::PURGE)]
    Purge(secrecy::Purge),
    #[command(about = help::secrecy::CLASSIFIED)]
    Classified {
        #[command(subcommand)]
        verb: secrecy::ClassifiedVerb,
    },
    #[command(about = help::OFFICE)]
    Office {
        #[command(subcommand)]
        verb: OfficeVerb,
    },
    #[command(about = help::REPORT)]
    Report {
        #[command(subcommand)]
        verb: Box<report::ReportVerb>,
    },
    #[command(flatten)]
    Matter(matter::MatterCommand),
    #[command(about = help::rollcall::ROLLCALL)]
    Rollcall {
        #[command(subcommand)]
        verb: Box<rollcall::RollVerb>,
    },
    #[command(about = help::due::DUE)]
    Due {
        #[command(subcommand)]
        verb: Box<due::DueVerb>,
    },
    #[command(about = help::due::PERIOD)]
    Period {
        #[command(subcommand)]
        verb: Box<due::PeriodVerb>,
    },
    #[command(about = help::rules::RULES)]
    Rules {
        #[command(subcommand)]
        verb: rules::RulesVerb,
    },
    #[command(about = help::notice::NOTICE)]
    Notice {
        #[command(subcommand)]
        verb: Box<notice::NoticeVerb>,
    },
    #[command(about = help::attachment::ATTACHMENT)]
    Attachment {
        #[command(subcommand)]
        verb: attachment::AttachmentVerb,
    },
    #[command(about = help::notice::GROUP)]
    Group {
        #[command(subcommand)]
        verb: notice::GroupVerb,
    },
    #[command(about = help::BACKUP)]
    Backup {
        #[command(subcommand)]
        verb: backup::BackupVerb,
    },
    #[command(about = help::RESTORE)]
    Restore(backup::Restore),
    #[command(about = help::SALVAGE)]
    Salvage(backup::Salvage),
    #[command(about = help::VERIFY)]
    Verify(Output),
    #[command(about = help::REBUILD)]
    Rebuild,
    #[command(about = help::DOCTOR)]
    Doctor(Output),
    #[command(about = help::DEMO)]
    Demo(Demo),
}

impl Verb {
    /// Whether a program reads what is printed.
    pub(super) fn wants_json(&self) -> bool {
        match self {
            Self::Init(_)
            | Self::Enrol(_)
            | Self::Serve(_)
            | Self::Setup(_)
            | Self::CheckConfig
            | Self::Rebuild
            | Self::Demo(_) => false,
            Self::Destroy(destroy) => destroy.output.json,
            Self::Account { verb: account::AccountVerb::List(output) } => output.json,
            Self::Retention { verb: RetentionVerb::List(output) } => output.json,
            Self::Purge(purge) => purge.output.json,
            Self::Classified { verb } => verb.wants_json(),
            Self::Account { .. } => false,
            Self::Invite(invite) => invite.output.json,
            Self::Status(output) | Self::Links(output) | Self::Verify(output) | Self::Doctor(output) => output.json,
            Self::Dial(dial) => dial.output.json,
            Self::Lines { verb } => verb.wants_json(),
            Self::Parked { verb: ParkedVerb::List(output) } => output.json,
            Self::Parked { verb: ParkedVerb::Retry(_) | ParkedVerb::Withdraw(_) } => false,
            Self::Office { verb: OfficeVerb::List(output) } => output.json,
            Self::Office { verb: OfficeVerb::Add(add) } => add.output.json,
            Self::Office { verb: OfficeVerb::Status(asked) } => asked.output.json,
            Self::Report { verb } => verb.wants_json(),
            Self::Matter(command) => command.wants_json(),
            Self::Rollcall { verb } => verb.wants_json(),
            Self::Due { verb } => verb.wants_json(),
            Self::Period { verb } => verb.wants_json(),
            Self::Rules { verb } => verb.wants_json(),
            Self::Notice { verb } => verb.wants_json(),
            Self::Attachment { verb } => verb.wants_json(),
            Self::Group { verb } => verb.wants_json(),
            Self::Backup { verb } => verb.wants_json(),
            Self::Restore(restore) => restore.output.json,
            Self::Salvage(salvage) => salvage.output.json,
        }
    }
}

/// How to print.
#[derive(Args, Debug, Clone, Copy)]
pub(super) struct Output {
    #[arg(long, help = help::JSON)]
    pub(super) json: bool,
}

/// Where a paper is kept as a file.
#[derive(Args, Debug, Clone)]
pub(super) struct Keep {
    #[arg(long = "output", value_name = "FILE", help = help::KEEP_AS)]
    pub(super) paper_file: Option<PathBuf>,
    #[arg(long, requires = "paper_file", help = help::KEEP_OVER)]
    pub(super) force: bool,
}

/// Who does it.
#[derive(Args, Debug, Clone)]
pub(super) struct By {
    #[arg(long = "as", value_name = "ID:NAME", help = help::AS)]
    pub(super) person: Option<String>,
}

/// What every command takes that makes one record.
#[derive(Args, Debug)]
pub(super) struct Making {
    #[arg(long, value_name = "UUID", help = help::RECORD_ID)]
    pub(super) id: Option<uuid::Uuid>,
    #[command(flatten)]
    pub(super) by: By,
    #[command(flatten)]
    pub(super) output: Output,
}

/// Who an office is.
#[derive(Args, Debug, Clone)]
pub(super) struct NewOffice {
    #[arg(value_name = "OFFICE", help = help::OFFICE_ID)]
    pub(super) office: String,
    #[arg(long, default_value = "", help = help::OFFICE_NAME)]
    pub(super) name: String,
    #[arg(long, value_name = "CODE", default_value = "", help = help::OFFICE_AREA)]
    pub(super) area: String,
    #[arg(long, value_enum, help = help::OFFICE_CLASS)]
    pub(super) class: Option<Class>,
}

#[derive(Args, Debug)]
pub(super) struct Init {
    #[command(flatten)]
    pub(super) office: NewOffice,
    #[arg(long, help = help::ZONE)]
    pub(super) zone: String,
}

#[derive(Args, Debug)]
pub(super) struct Invite {
    #[command(flatten)]
    pub(super) office: NewOffice,
    #[arg(long, help = help::REPLACE)]
    pub(super) replace: bool,
    #[arg(long, value_name = "DURATION", default_value = "7d", help = help::VALID_FOR)]
    pub(super) valid_for: String,
    #[arg(long = "address", value_name = "HOST:PORT", help = help::ADDRESS)]
    pub(super) addresses: Vec<String>,
    #[command(flatten)]
    pub(super) by: By,
    #[command(flatten)]
    pub(super) output: Output,
}

#[derive(Args, Debug)]
pub(super) struct Serve {
    #[arg(long, help = help::UNTIL_STDIN_CLOSES)]
    pub(super) until_stdin_closes: bool,
}

#[derive(Args, Debug)]
pub(super) struct Enrol {
    #[arg(value_name = "INVITATION", help = help::INVITATION)]
    pub(super) invitation: String,
}

#[derive(Args, Debug)]
pub(super) struct Demo {
    #[arg(long, help = help::DEMO_ONCE)]
    pub(super) once: bool,
}

#[derive(Subcommand, Debug)]
pub(super) enum ParkedVerb {
    #[command(about = help::PARKED_LIST)]
    List(Output),
    #[command(about = help::PARKED_RETRY)]
    Retry(ParkedPlace),
    #[command(about = help::PARKED_WITHDRAW)]
    Withdraw(ParkedPlace),
}

#[derive(Subcommand, Debug, Clone, Copy)]
pub(super) enum RetentionVerb {
    #[command(about = help::RETENTION_LIST)]
    List(Output),
}

#[derive(Args, Debug)]
pub(super) struct Destroy {
    #[arg(value_name = "RECORD", help = help::DESTROY_RECORD)]
    pub(super) record: String,
    #[arg(long, default_value = "", help = help::DESTROY_REASON)]
    pub(super) reason: String,
    #[command(flatten)]
    pub(super) by: By,
    #[command(flatten)]
    pub(super) output: Output,
}

#[derive(Args, Debug)]
pub(super) struct ParkedPlace {
    #[arg(value_name = "OFFICE", help = help::PARKED_OFFICE)]
    pub(super) neighbour: String,
    #[arg(value_enum, help = help::PARKED_LANE)]
    pub(super) lane: LaneName,
    #[arg(value_name = "SEQ", help = help::PARKED_SEQ)]
    pub(super) seq: u64,
    #[command(flatten)]
    pub(super) by: By,
}

#[derive(Subcommand, Debug)]
pub(super) enum OfficeVerb {
    #[command(about = help::OFFICE_LIST)]
    List(Output),
    #[command(about = help::OFFICE_ADD)]
    Add(AddOffice),
    #[command(about = help::status::STATUS)]
    Status(status::AskStatus),
}

#[derive(Args, Debug)]
pub(super) struct AddOffice {
    #[command(flatten)]
    pub(super) office: NewOffice,
    #[arg(long, required = true, help = help::NO_NODE)]
    pub(super) no_node: bool,
    #[command(flatten)]
    pub(super) by: By,
    #[command(flatten)]
    pub(super) output: Output,
}

/// What an office is to the tree.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Province,
    City,
    County,
    Township,
    Department,
    Other,
}

/// Priority on a link.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LaneName {
    Control,
    Flash,
    Urgent,
    Routine,
}

/// The whole command line, with every help page in Chinese.
pub(super) fn command() -> Command {
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version).help(help::VERSION);
    in_chinese(Line::command().disable_version_flag(true).arg(version))
}

fn in_chinese(command: Command) -> Command {
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).help(help::HELP);
    let mut place = 0;
    let framed = command
        .help_template(help::TEMPLATE)
        .subcommand_help_heading(help::COMMANDS)
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .arg(help);
    let ordered = framed.mut_args(|arg| {
        place += 1;
        let heading = if arg.is_positional() { help::ARGUMENTS } else { help::OPTIONS };
        let own = arg.get_help_heading().is_some();
        let arg = if own { arg } else { arg.help_heading(heading) }.display_order(place);
        let takes_values = matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
        if takes_values { arg.hide_possible_values(true).hide_default_value(true) } else { arg }
    });
    ordered.mut_subcommands(in_chinese)
}
