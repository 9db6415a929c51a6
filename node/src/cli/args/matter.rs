//! What may be typed after `dutynet incident`, `warning`, `question`, `directive`, `drill`, `finding` and `consultation`. Steps are data, and so are their commands: each is made
//! from its form when the program starts, with an option for every field and for every record that it names.

use std::path::PathBuf;

use clap::{
    Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches, Subcommand, ValueEnum, builder::NonEmptyStringValueParser,
    error::ErrorKind,
};

use super::{
    By, Keep, Output,
    attachment::Attach,
    oversight::{FindingVerb, SessionVerb},
    report::OnBehalf,
};
use crate::{
    domain::{
        form::{Field, FieldKind},
        step::{MatterKind, StepForm, StepForms},
    },
    text::help::{self, matter as text, oversight},
};

/// Stands before a field's key, so that no key is that of another argument.
const FIELD: &str = "field.";
/// The same before a role.
const ROLE: &str = "role.";
const MATTER: &str = "matter";
const TO: &str = "to";
const MODE: &str = "mode";
const OUTCOME: &str = "outcome-of";
/// The verb by which an outcome of a session becomes a directive.
const ORDER: &str = "order";

/// One command about a matter, as it was typed.
#[derive(Debug)]
pub(in crate::cli) struct MatterCommand {
    pub(in crate::cli) kind: MatterKind,
    pub(in crate::cli) verb: MatterVerb,
}

#[derive(Debug)]
pub(in crate::cli) enum MatterVerb {
    Take(Box<Take>),
    Read(ReadVerb),
    Finding(FindingVerb),
    Session(SessionVerb),
    /// The outcome of a session, and the directive that it becomes.
    Order(String, Box<Take>),
    Paper(PaperOf),
}

#[derive(Subcommand, Debug)]
pub(in crate::cli) enum ReadVerb {
    #[command(about = text::LIST)]
    List(ListMatters),
    #[command(about = text::SHOW)]
    Show(Named),
    #[command(about = text::TIMELINE)]
    Timeline(Named),
}

/// A step, as it was typed.
#[derive(Debug)]
pub(in crate::cli) struct Take {
    pub(in crate::cli) form: &'static StepForm,
    /// Empty: the step begins a matter.
    pub(in crate::cli) matter: String,
    /// By options of their own: each field's key with everything that was typed to it.
    pub(in crate::cli) named: Vec<(&'static str, Vec<String>)>,
    /// By options of their own: a role and a record.
    pub(in crate::cli) roles: Vec<(&'static str, String)>,
    pub(in crate::cli) to: Vec<String>,
    pub(in crate::cli) mode: Option<ModeName>,
    pub(in crate::cli) common: Common,
}

/// What every step takes.
#[derive(Args, Debug)]
pub(in crate::cli) struct Common {
    #[arg(long = "field", value_name = "KEY=VALUE", help = help::FIELD)]
    pub(in crate::cli) fields: Vec<String>,
    #[arg(long, value_name = "FILE", help = help::FILE)]
    pub(in crate::cli) file: Option<PathBuf>,
    #[arg(long = "link", value_name = "ROLE=RECORD", help = text::LINK)]
    pub(in crate::cli) links: Vec<String>,
    #[command(flatten)]
    pub(in crate::cli) on_behalf: OnBehalf,
    #[arg(long, value_name = "RECORD", default_value = "", help = text::CORRECTS)]
    pub(in crate::cli) corrects: String,
    #[command(flatten)]
    pub(in crate::cli) attach: Attach,
    #[arg(long, help = text::BLANK)]
    pub(in crate::cli) blank: bool,
    #[arg(long, help = text::PREVIEW)]
    pub(in crate::cli) preview: bool,
    #[arg(long, value_name = "UUID", help = help::RECORD_ID)]
    pub(in crate::cli) id: Option<uuid::Uuid>,
    #[command(flatten)]
    pub(in crate::cli) by: By,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

/// What only incidents have.
#[derive(Subcommand, Debug)]
pub(in crate::cli) enum PaperVerb {
    #[command(about = text::FORM)]
    Form(PaperOf),
}

#[derive(Args, Debug)]
pub(in crate::cli) struct PaperOf {
    #[arg(value_name = "FORM", help = text::PAPER)]
    pub(in crate::cli) paper: String,
    #[command(flatten)]
    pub(in crate::cli) keep: Keep,
    #[command(flatten)]
    pub(in crate::cli) named: Named,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct ListMatters {
    #[arg(long, help = text::ALL)]
    pub(in crate::cli) all: bool,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

/// One matter.
#[derive(Args, Debug)]
pub(in crate::cli) struct Named {
    #[arg(value_name = "NUMBER", help = text::NUMBER)]
    pub(in crate::cli) matter: String,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

/// A matter that is not real.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum ModeName {
    Exercise,
    Test,
}

impl MatterCommand {
    pub(super) fn wants_json(&self) -> bool {
        match &self.verb {
            MatterVerb::Take(take) | MatterVerb::Order(_, take) => take.common.output.json,
            MatterVerb::Finding(verb) => verb.wants_json(),
            MatterVerb::Session(verb) => verb.wants_json(),
            MatterVerb::Read(ReadVerb::List(list)) => list.output.json,
            MatterVerb::Read(ReadVerb::Show(named) | ReadVerb::Timeline(named)) => named.output.json,
            MatterVerb::Paper(paper) => paper.named.output.json,
        }
    }
}

/// The word that is typed for a kind of matter.
fn word(kind: MatterKind) -> &'static str {
    match kind {
        MatterKind::Incident => "incident",
        MatterKind::Warning => "warning",
        MatterKind::Verification => "question",
        MatterKind::Directive => "directive",
        MatterKind::Drill => "drill",
        MatterKind::Finding => "finding",
        MatterKind::Consultation => "consultation",
        MatterKind::RollCall => "rollcall",
    }
}

/// Kinds whose commands are made from forms. What is done about a roll call is more than one step of one matter: it has commands of its own.
fn by_forms() -> impl Iterator<Item = MatterKind> {
    MatterKind::ALL.into_iter().filter(|kind| *kind != MatterKind::RollCall)
}

impl Subcommand for MatterCommand {
    fn augment_subcommands(command: Command) -> Command {
        by_forms().fold(command, |command, kind| command.subcommand(of_kind(kind)))
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        by_forms().any(|kind| word(kind) == name)
    }
}

impl FromArgMatches for MatterCommand {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        Self::from_arg_matches_mut(&mut matches.clone())
    }

    fn from_arg_matches_mut(matches: &mut ArgMatches) -> Result<Self, Error> {
        let (name, mut of_kind) = matches.remove_subcommand().ok_or_else(missing)?;
        let kind = by_forms().find(|kind| word(*kind) == name).ok_or_else(missing)?;
        if of_kind.subcommand_name().is_some_and(ReadVerb::has_subcommand) {
            return Ok(Self { kind, verb: MatterVerb::Read(ReadVerb::from_arg_matches_mut(&mut of_kind)?) });
        }
        let named = |has: fn(&str) -> bool| of_kind.subcommand_name().is_some_and(has);
        if kind == MatterKind::Finding && named(FindingVerb::has_subcommand) {
            return Ok(Self { kind, verb: MatterVerb::Finding(FindingVerb::from_arg_matches_mut(&mut of_kind)?) });
        }
        if kind == MatterKind::Consultation && named(SessionVerb::has_subcommand) {
            return Ok(Self { kind, verb: MatterVerb::Session(SessionVerb::from_arg_matches_mut(&mut of_kind)?) });
        }
        if of_kind.subcommand_name().is_some_and(PaperVerb::has_subcommand) {
            let PaperVerb::Form(paper) = PaperVerb::from_arg_matches_mut(&mut of_kind)?;
            return Ok(Self { kind, verb: MatterVerb::Paper(paper) });
        }
        let (verb, mut of_step) = of_kind.remove_subcommand().ok_or_else(missing)?;
        if kind == MatterKind::Consultation && verb == ORDER {
            let outcome = of_step.remove_one::<String>(OUTCOME).unwrap_or_default();
            return Ok(Self { kind, verb: MatterVerb::Order(outcome, Box::new(Take::of(order()?, &mut of_step)?)) });
        }
        let form = StepForms::built_in().of(kind).find(|form| form.command == verb).ok_or_else(missing)?;
        Ok(Self { kind, verb: MatterVerb::Take(Box::new(Take::of(form, &mut of_step)?)) })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// The form of the directive that an outcome becomes.
fn order() -> Result<&'static StepForm, Error> {
    StepForms::built_in().get("directive.order").ok_or_else(missing)
}

fn missing() -> Error {
    Error::new(ErrorKind::MissingSubcommand)
}

fn of_kind(kind: MatterKind) -> Command {
    let command = Command::new(word(kind)).subcommand_required(true).arg_required_else_help(true);
    let typed = StepForms::built_in().of(kind).filter(|form| !form.is_the_nodes());
    let command = typed.fold(command, |command, form| command.subcommand(of_step(form)));
    let command = match kind {
        MatterKind::Finding => FindingVerb::augment_subcommands(command),
        MatterKind::Consultation => SessionVerb::augment_subcommands(order().map_or(command.clone(), |form| {
            let outcome = Arg::new(OUTCOME).value_name("OUTCOME").required(true).value_parser(NonEmptyStringValueParser::new());
            command.subcommand(of_step(form).name(ORDER).about(oversight::ORDER).arg(outcome.help(oversight::OUTCOME)))
        })),
        MatterKind::Incident
        | MatterKind::Warning
        | MatterKind::Verification
        | MatterKind::Directive
        | MatterKind::Drill
        | MatterKind::RollCall => command,
    };
    let command = ReadVerb::augment_subcommands(command);
    let command = if kind == MatterKind::Incident { PaperVerb::augment_subcommands(command) } else { command };
    command.about(text::about(kind))
}

fn of_step(form: &'static StepForm) -> Command {
    let mut command = Command::new(form.command.as_str());
    if !form.opens {
        let parser = NonEmptyStringValueParser::new();
        command = command.arg(Arg::new(MATTER).value_name("NUMBER").required(true).value_parser(parser).help(text::NUMBER));
    }
    command = command.args(form.typed().map(field));
    for role in &form.links {
        let arg = Arg::new(format!("{ROLE}{}", role.role)).long(role.role.as_str()).value_name("RECORD");
        command = command.arg(arg.help(text::role(role)));
    }
    if form.names_offices.is_some() {
        let to = Arg::new(TO).long(TO).value_name("OFFICE").value_delimiter(',').action(ArgAction::Append);
        command = command.arg(to.help(text::to(form)));
    }
    if form.opens {
        let mode = Arg::new(MODE).long(MODE).value_name("MODE").value_parser(clap::value_parser!(ModeName));
        command = command.arg(mode.help(text::MODE));
    }
    Common::augment_args(command).about(text::step(form))
}

fn field(field: &'static Field) -> Arg {
    let arg = Arg::new(format!("{FIELD}{}", field.key)).long(field.key.replace('_', "-")).help(text::field(field));
    let arg = arg.help_heading(text::FIELDS);
    match &field.kind {
        FieldKind::Text { .. } => arg.value_name("TEXT"),
        FieldKind::Number(_) => arg.value_name("N").allow_negative_numbers(true),
        FieldKind::Nil => arg.value_name("NIL"),
        FieldKind::Time => arg.value_name("TIME"),
        FieldKind::Choice { most: 1, .. } => arg.value_name("CODE"),
        FieldKind::Choice { .. } => arg.value_name("CODE").action(ArgAction::Append),
        FieldKind::Rows { .. } => arg.value_name("ROW").action(ArgAction::Append),
    }
}

impl Take {
    fn of(form: &'static StepForm, matches: &mut ArgMatches) -> Result<Self, Error> {
        let mut typed = |id: String| matches.remove_many::<String>(&id).map(Iterator::collect::<Vec<_>>);
        let fields = form.typed().filter_map(|field| Some((field.key.as_str(), typed(format!("{FIELD}{}", field.key))?)));
        let named = fields.collect();
        let roles = form.links.iter().map(|role| (role.role.as_str(), typed(format!("{ROLE}{}", role.role)).unwrap_or_default()));
        let roles = roles.flat_map(|(role, records)| records.into_iter().map(move |record| (role, record))).collect();
        // An argument that this step does not have must not be asked for.
        let to = if form.names_offices.is_some() { typed(TO.to_owned()).unwrap_or_default() } else { Vec::new() };
        let matter = if form.opens { None } else { typed(MATTER.to_owned()).and_then(|typed| typed.into_iter().next()) };
        let mode = if form.opens { matches.remove_one::<ModeName>(MODE) } else { None };
        let common = Common::from_arg_matches_mut(matches)?;
        Ok(Self { form, matter: matter.unwrap_or_default(), named, roles, to, mode, common })
    }
}
