//! Files that belong to nothing: what was taken over and never named, because the record was refused or the node was killed in between.

use dutynet_relay::{
    files::FileState,
    ids::{FileRef, RecordRef},
};

use super::{FilePlace, NAMING};
use crate::usecase::{Office, Refused};

/// Forgets, once, what has been taken over until now and was never named. Called before anybody can add files.
pub fn forget_unnamed_by_itself(office: Office) -> impl Future<Output = ()> {
    let held = office.relay().files_held();
    async move { office.forget_unnamed(held.into_iter()).await }
}

impl Office {
    /// Removes those of them that no record here names.
    pub(super) async fn forget_unnamed(&self, files: impl Iterator<Item = FileRef>) {
        let _one_at_a_time = self.lock_on(&NAMING).await;
        if let Err(refused) = self.caught_up().await {
            tracing::warn!(%refused, "files that belong to nothing are looked for at the next start");
            return;
        }
        for file in files {
            match self.is_named(&file) {
                Ok(true) => {}
                Ok(false) => {
                    if let Err(error) = self.relay().forget_file(file.digest).await {
                        tracing::warn!(file = %file.digest, %error, "a file that belongs to nothing is still here");
                    }
                }
                Err(refused) => tracing::warn!(file = %file.digest, %refused, "whether a file belongs to anything is not known"),
            }
        }
    }

    /// By a record that was read here, or by one that came or went, of whatever kind.
    fn is_named(&self, file: &FileRef) -> Result<bool, Refused> {
        Ok(self.inner.attachments.is_named(&file.digest)? || !self.relay().store().who_knows(&file.digest)?.is_empty())
    }

    /// Where a file is that a record names.
    pub(super) fn place_of(&self, file: &FileRef, record: &RecordRef, has_words: bool) -> FilePlace {
        match self.relay().file_state(file) {
            _ if !has_words => FilePlace::Gone,
            FileState::Held => FilePlace::Here,
            FileState::Wanted(have) => FilePlace::Coming(have),
            FileState::Unknown if record.origin == *self.own() => FilePlace::Gone,
            FileState::Unknown => FilePlace::AtOrigin,
        }
    }
}
