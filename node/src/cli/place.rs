//! Which node a command is about: its configuration and its data folder.

use std::{env, path::Path, path::PathBuf};

use super::{
    args::Place,
    told::{FieldFault, Told},
};
use crate::{
    config::{Config, ConfigError},
    text::{self, refusal::Refusal},
};

const VARIABLE: &str = "DUTYNET_CONFIG";
const BESIDE: &str = "node.toml";

impl Place {
    /// The configuration file: named, by the environment, or in the current folder; `None`: there is none.
    pub(super) fn file(&self) -> Option<PathBuf> {
        let named = self.config.clone().or_else(|| env::var_os(VARIABLE).map(PathBuf::from));
        named.or_else(|| Some(PathBuf::from(BESIDE)).filter(|path| path.is_file()))
    }

    /// The configuration, with the data folder that was named; without a file everything else is at its default.
    pub(super) fn config(&self) -> Result<Config, Told> {
        let config = match (self.file(), &self.data) {
            (Some(file), _) => Config::read(&file).map_err(|error| told(&error, &file))?,
            (None, Some(data)) => Config::with_data(data.clone()),
            (None, None) => return Err(Told::of(Refusal::ConfigUnreadable).about(BESIDE)),
        };
        Ok(match &self.data {
            Some(data) => Config { data: data.clone(), ..config },
            None => config,
        })
    }
}

fn told(error: &ConfigError, file: &Path) -> Told {
    match error {
        ConfigError::Unreadable { source, .. } => {
            Told::of(Refusal::ConfigUnreadable).about(format!("{}: {source}", file.display()))
        }
        ConfigError::Faults(faults) => {
            let faults = faults.iter().map(|fault| FieldFault {
                field: fault.place.clone(),
                label: fault.place.clone(),
                code: text::config::code(&fault.kind).to_owned(),
                sentence: text::config::what(fault),
            });
            Told::of(Refusal::ConfigFaults).about(file.display().to_string()).at_fields(faults.collect())
        }
    }
}
