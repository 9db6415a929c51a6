//! `dutynet restore` and `dutynet salvage`: the office again, on an empty machine. The recovery code is read from standard input or a file, never from the
//! command line, where every user of the machine could see it.

use std::{
    fs::File,
    io::{self, BufRead as _, IsTerminal as _},
    path::Path,
};

use dutynet_relay::{
    backup::{HowFar, code::RecoveryCode},
    record::Person,
};

use super::{
    args::{
        Place,
        backup::{Restore, Salvage},
    },
    json, person, printed, say,
    told::Told,
};
use crate::{
    domain::beijing,
    text::{backup, refusal::Refusal},
    usecase::{self, FromBackup},
};

/// Longest line that is read as a recovery code, bytes.
const LINE_BYTES_MAX: u64 = 4096;

pub(super) fn run(place: &Place, from: &Restore) -> Result<String, Told> {
    let config = place.config()?;
    let by = person::named_or_account(&from.by)?;
    // What can be refused without the code is.
    usecase::list_backups(&from.from)?;
    let code = read_code(from.code_file.as_deref())?;
    let chosen = FromBackup { folder: &from.from, number: from.number };
    let manifest = usecase::restore(&config, chosen, &code, Person { id: by.id, name: by.name }, &HowFar::default())?;
    if from.output.json {
        return Ok(printed(&json::backup::Restored::from(&manifest)));
    }
    let (office, made_at) = (manifest.office.as_str(), beijing::rfc3339(manifest.made_at));
    Ok(backup::restored(office, manifest.number, &made_at, &config.data.display().to_string()))
}

/// The code is asked for only where the key cannot be read without it.
pub(super) fn salvage(typed: &Salvage) -> Result<String, Told> {
    let mut told = None;
    let mut ask = || read_code(typed.code_file.as_deref()).map_err(|why| told = Some(why)).ok();
    let salvaged = usecase::salvage(&typed.from, &typed.to, &mut ask);
    let (office, found) = match (salvaged, told) {
        (Err(_), Some(why)) => return Err(why),
        (salvaged, _) => salvaged?,
    };
    if typed.output.json {
        return Ok(printed(&json::backup::Salvaged::new(&office, &found)));
    }
    Ok(backup::salvaged(&office, &found, &typed.to.display().to_string()))
}

/// One line; the first with anything on it.
pub(super) fn read_code(file: Option<&Path>) -> Result<RecoveryCode, Told> {
    let text = match file {
        Some(path) => {
            let unreadable = |error: io::Error| Told::of(Refusal::FileUnreadable).about(format!("{}: {error}", path.display()));
            first_line(io::BufReader::new(File::open(path).map_err(unreadable)?)).map_err(unreadable)?
        }
        None => {
            if io::stdin().is_terminal() {
                say(io::stderr(), backup::ASK_CODE);
            }
            let unreadable = |error: io::Error| Told::of(Refusal::FileUnreadable).about(error.to_string());
            first_line(io::stdin().lock()).map_err(unreadable)?
        }
    };
    Ok(usecase::read_recovery_code(&text)?)
}

pub(super) fn first_line(from: impl io::BufRead) -> io::Result<String> {
    let mut from = from.take(LINE_BYTES_MAX);
    let mut line = String::new();
    while from.read_line(&mut line)? > 0 && line.trim().is_empty() {
        line.clear();
    }
    Ok(line)
}
