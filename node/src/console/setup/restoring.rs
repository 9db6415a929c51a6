//! An office that is brought back out of a backup: what was typed for it, and how far it is. Of a large backup it takes minutes, so it goes on by
//! itself, and whoever looks at the page sees where it is.

use std::path::Path;

use dutynet_relay::{
    backup::{HowFar, Manifest, code::RecoveryCode},
    clock::{Clock as _, SystemClock},
    ids::UnixMillis,
    record::Person,
};
use serde::Deserialize;

use crate::{
    config::Config,
    text::{backup, line::length, setup as text},
    usecase::{self, FromBackup, Refused},
};

/// A backup, and who brings it back.
#[derive(Deserialize, Default, Clone)]
pub(super) struct FromWhere {
    pub(super) folder: String,
    pub(super) code: String,
    pub(super) id: String,
    pub(super) name: String,
}

impl FromWhere {
    /// What can be refused before anything is read is: a folder without a backup, a code that was mistyped.
    pub(super) fn look(&self) -> Result<RecoveryCode, Refused> {
        usecase::list_backups(self.folder())?;
        usecase::read_recovery_code(&self.code)
    }

    /// Brings it back: as long as it takes.
    pub(super) fn restore(&self, config: &Config, code: &RecoveryCode, far: &HowFar) -> Result<Manifest, Refused> {
        let by = Person { id: self.id.trim().to_owned(), name: self.name.trim().to_owned() };
        usecase::restore(config, FromBackup { folder: self.folder(), number: None }, code, by, far)
    }

    /// The same without the code, for a page that anybody at this machine may open.
    pub(super) fn without_code(self) -> Self {
        Self { code: String::new(), ..self }
    }

    fn folder(&self) -> &Path {
        Path::new(self.folder.trim())
    }
}

/// It goes on.
pub(super) struct Restoring {
    since: UnixMillis,
    far: HowFar,
}

impl Restoring {
    /// From now on, as this says.
    pub(super) fn begin(far: HowFar) -> Self {
        Self { since: SystemClock::default().wall(), far }
    }

    /// Where it is, in words; and how much of what it does now is done, from 0 to 1000, where that is known.
    pub(super) fn shown(&self) -> (String, Option<u32>) {
        let (reached, now) = (self.far.reached(), SystemClock::default().wall());
        let said = text::restoring(&length(now.0.abs_diff(self.since.0)), &backup::reached(&reached));
        (said, reached.per_mille())
    }
}
