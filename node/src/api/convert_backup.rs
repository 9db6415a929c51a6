//! Backups, as `dutynet.api.v1` says them.

use std::time::Duration;

use dutynet_proto::api;

use crate::{
    text::notice,
    usecase::{BackedUp, BackupFault, BackupFolder, LastBackup},
};

pub(super) fn made(from: &BackedUp) -> api::MakeBackupReply {
    api::MakeBackupReply { backup: Some(row(&from.backup)), copied_bytes: from.copied, same_disk: from.same_disk }
}

pub(super) fn folders(from: &[BackupFolder], every: Option<Duration>) -> api::ListBackupsReply {
    let folders = from.iter().map(|folder| api::BackupFolderRow {
        folder: folder.folder.display().to_string(),
        planned: folder.planned,
        last: folder.last.as_ref().map(row),
        code: folder.fault.as_ref().map_or("", |fault| fault.refusal.code()).to_owned(),
        sentence: folder.fault.as_ref().map(sentence).unwrap_or_default(),
        since_ms: folder.fault.as_ref().map_or(0, |fault| fault.since.0),
    });
    let every_ms = every.map_or(0, |every| u64::try_from(every.as_millis()).unwrap_or(u64::MAX));
    api::ListBackupsReply { folders: folders.collect(), every_ms }
}

fn row(from: &LastBackup) -> api::BackupRow {
    api::BackupRow {
        folder: from.folder.display().to_string(),
        number: from.number,
        made_at_ms: from.made_at,
        made_by: from.made_by.clone(),
        bytes: from.bytes,
        records: from.records,
        damaged: from.damaged,
    }
}

fn sentence(fault: &BackupFault) -> String {
    let about = if fault.about.is_empty() { String::new() } else { notice::in_brackets(&fault.about) };
    format!("{}{about}", fault.refusal.sentence())
}
