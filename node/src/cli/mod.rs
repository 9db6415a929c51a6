//! The command line. Most commands are clients of the node that serves from a data folder; a few work on the folder itself.
//!
//! Exit status: 0 done, 1 refused, 2 the line was not understood, 3 there is no node to talk to. What is asked for goes to standard output,
//! what was refused to standard error; with `--json` both are JSON on standard output.

mod account;
mod answers;
mod args;
mod attachment;
mod backup;
mod client;
mod convert;
mod convert_report;
mod cut_off;
mod destroy;
mod doctor;
#[cfg(test)]
mod documented;
mod draft;
mod due;
mod folder;
mod history;
mod json;
mod json_lines;
mod json_report;
mod json_status;
mod keep;
mod lines;
mod matter;
mod node;
mod notice;
mod period;
mod person;
mod place;
mod report;
mod restore;
mod retention;
mod rollcall;
mod rules;
mod secrecy;
mod shown;
mod statuses;
pub(crate) mod table;
mod told;
mod tree;
mod upkeep;
mod when;

use std::{ffi::OsString, io, path::PathBuf, process::ExitCode};

use clap::{FromArgMatches as _, error::ErrorKind};
use serde::Serialize;
use tokio::runtime::{Builder, Runtime};

use self::{
    args::{Line, Verb},
    told::Told,
};
use crate::{
    config::LogLevel,
    demo::{session, text as demo_text},
    serve::logs,
    text::{refusal::Refusal, usage},
};

const NOT_UNDERSTOOD: u8 = 2;
const SERVING_THREADS: usize = 2;

/// Does what a command line says, and gives the exit status.
pub fn main(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let matches = args::command().try_get_matches_from(words);
    match matches.and_then(|matches| Line::from_arg_matches(&matches)) {
        Ok(line) => run(&line),
        Err(error) => explain(&error),
    }
}

/// Help and version are answers; the rest is a line that was not understood.
fn explain(error: &clap::Error) -> ExitCode {
    let kind = error.kind();
    if matches!(kind, ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        say(io::stdout(), &error.render().to_string());
        return ExitCode::SUCCESS;
    }
    let only_named = kind == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    say(io::stderr(), &if only_named { error.render().to_string() } else { usage::sentence(error) });
    ExitCode::from(NOT_UNDERSTOOD)
}

fn run(line: &Line) -> ExitCode {
    if let Verb::Demo(demo) = &line.command {
        return demonstrate(demo, line.place.data.clone());
    }
    let done = match runtime(&line.command) {
        Ok(runtime) => {
            let done = runtime.block_on(perform_under_banner(line));
            // A thread that still reads standard input would be waited for, for ever.
            runtime.shutdown_background();
            done
        }
        Err(error) => Err(Told::of(Refusal::Internal).about(error.to_string())),
    };
    match done {
        Ok(text) => {
            say(io::stdout(), &text);
            ExitCode::SUCCESS
        }
        Err(told) => {
            match told.answer() {
                Some(answer) => say(io::stdout(), answer),
                None if line.command.wants_json() => say(io::stdout(), &told.json()),
                None => say(io::stderr(), &told.text()),
            }
            told.exit()
        }
    }
}

/// A node has calls, lines and a projection at once; a command has one thing to wait for.
fn runtime(verb: &Verb) -> io::Result<Runtime> {
    if matches!(verb, Verb::Serve(_) | Verb::Setup(_)) {
        return Builder::new_multi_thread().worker_threads(SERVING_THREADS).enable_all().build();
    }
    logs::begin(LogLevel::Error);
    Builder::new_current_thread().enable_all().build()
}

/// The demonstration speaks for itself, while it runs and at its end.
fn demonstrate(demo: &args::Demo, data: Option<PathBuf>) -> ExitCode {
    let played = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(anyhow::Error::from);
    let played = played.and_then(|runtime| {
        runtime.block_on(async { if demo.once { session::once(data).await } else { session::at_the_prompt(data).await } })
    });
    played.unwrap_or_else(|why| {
        say(io::stderr(), &demo_text::not_done(&format!("{why:#}")));
        ExitCode::FAILURE
    })
}

/// While a special period holds, every page for people says so first.
async fn perform_under_banner(line: &Line) -> Result<String, Told> {
    let done = perform(line).await?;
    let on_a_folder = matches!(
        line.command,
        Verb::Init(_)
            | Verb::Enrol(_)
            | Verb::Serve(_)
            | Verb::Setup(_)
            | Verb::CheckConfig
            | Verb::Restore(_)
            | Verb::Salvage(_)
            | Verb::Rebuild
    );
    if on_a_folder || done.is_empty() || line.command.wants_json() {
        return Ok(done);
    }
    Ok(period::banner(&line.place).await + &done)
}

async fn perform(line: &Line) -> Result<String, Told> {
    let place = &line.place;
    match &line.command {
        Verb::Init(init) => folder::init(place, init),
        Verb::Invite(invite) => tree::invite(place, invite).await,
        Verb::Enrol(enrol) => folder::enrol(place, enrol).await,
        Verb::Serve(serve) => folder::serve(place, serve).await,
        Verb::Setup(serve) => folder::setup(place, serve).await,
        Verb::CheckConfig => folder::check_config(place),
        Verb::Status(output) => node::status(place, *output).await,
        Verb::Links(output) => lines::links(place, *output).await,
        Verb::Dial(dial) => lines::dial(place, dial).await,
        Verb::Lines { verb } => history::run(place, verb).await,
        Verb::Parked { verb } => lines::parked(place, verb).await,
        Verb::Destroy(destroy) => destroy::run(place, destroy).await,
        Verb::Account { verb } => account::run(place, verb).await,
        Verb::Retention { verb } => retention::run(place, *verb).await,
        Verb::Classified { verb } => secrecy::classified(place, verb).await,
        Verb::Purge(purge) => secrecy::purge(place, purge).await,
        Verb::Office { verb } => tree::run(place, verb).await,
        Verb::Report { verb } => report::run(place, verb).await,
        Verb::Matter(command) => matter::run(place, command).await,
        Verb::Rollcall { verb } => rollcall::run(place, verb).await,
        Verb::Due { verb } => due::run(place, verb).await,
        Verb::Period { verb } => period::run(place, verb).await,
        Verb::Notice { verb } => notice::run(place, verb).await,
        Verb::Rules { verb } => rules::run(place, verb).await,
        Verb::Attachment { verb } => attachment::run(place, verb).await,
        Verb::Group { verb } => notice::run_group(place, verb).await,
        Verb::Backup { verb } => backup::run(place, verb).await,
        Verb::Restore(from) => restore::run(place, from),
        Verb::Salvage(salvage) => restore::salvage(salvage),
        Verb::Verify(output) => folder::verify(place, *output).await,
        Verb::Rebuild => folder::rebuild(place).await,
        Verb::Doctor(output) => doctor::run(place, *output).await,
        // It has a run of its own, because it prints while it plays.
        Verb::Demo(_) => Ok(String::new()),
    }
}

/// Prints a text and the end of its line. A reader that has gone away is no fault of ours.
fn say(mut to: impl io::Write, text: &str) {
    let text = text.trim_end();
    if !text.is_empty() {
        let _ = writeln!(to, "{text}");
    }
}

/// A value as `--json` prints it.
fn printed(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

#[cfg(test)]
mod tests;
