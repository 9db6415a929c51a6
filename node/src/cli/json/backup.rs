//! What `backup`, `restore` and `salvage` print with `--json`.

use dutynet_proto::api;
use dutynet_relay::{
    backup::{Manifest, manifest::ManifestFault, salvage::Salvage},
    ids::UnixMillis,
};
use serde::Serialize;

use crate::{domain::beijing, usecase::BackupsThere};

/// `backup now --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Made {
    #[serde(flatten)]
    backup: Backup,
    copied_bytes: u64,
    /// On the disk of the data folder.
    same_disk: bool,
}

/// One backup that a node has made.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Backup {
    folder: String,
    number: u64,
    made_at: Option<String>,
    made_by: String,
    bytes: u64,
    records: u64,
    /// Places of the journal that could not be read.
    damaged: u64,
}

/// `backup list --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Folders {
    folders: Vec<Folder>,
    /// Null: none is planned.
    every_ms: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Folder {
    folder: String,
    planned: bool,
    last: Option<Backup>,
    /// Why attempts come to nothing.
    code: Option<String>,
    sentence: Option<String>,
    since: Option<String>,
}

/// `backup list DIR --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct There {
    folder: String,
    backups: Vec<Listed>,
}

#[derive(Debug, Serialize)]
struct Listed {
    number: u64,
    /// `readable`, `damaged`, `newer`: the manifest alone; `backup check` reads the rest.
    manifest: &'static str,
    office: Option<String>,
    made_at: Option<String>,
    made_by: Option<String>,
    bytes: Option<u64>,
    records: Option<u64>,
}

/// `backup check --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Checked {
    number: u64,
    office: String,
    made_at: String,
    /// One English line a fault; none: whole.
    faults: Vec<String>,
}

/// `restore --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Restored {
    office: String,
    number: u64,
    made_at: String,
    records: u64,
}

/// `salvage --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Salvaged<'a> {
    office: &'a str,
    #[serde(flatten)]
    found: &'a Salvage,
}

impl<'a> Salvaged<'a> {
    pub(in crate::cli) fn new(office: &'a str, found: &'a Salvage) -> Self {
        Self { office, found }
    }
}

fn time(millis: i64) -> Option<String> {
    (millis != 0).then(|| beijing::rfc3339(UnixMillis(millis)))
}

fn said(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

impl From<&api::BackupRow> for Backup {
    fn from(from: &api::BackupRow) -> Self {
        Self {
            folder: from.folder.clone(),
            number: from.number,
            made_at: time(from.made_at_ms),
            made_by: from.made_by.clone(),
            bytes: from.bytes,
            records: from.records,
            damaged: from.damaged,
        }
    }
}

impl From<&api::MakeBackupReply> for Made {
    fn from(from: &api::MakeBackupReply) -> Self {
        let backup = Backup::from(&from.backup.clone().unwrap_or_default());
        Self { backup, copied_bytes: from.copied_bytes, same_disk: from.same_disk }
    }
}

impl From<&api::ListBackupsReply> for Folders {
    fn from(from: &api::ListBackupsReply) -> Self {
        let folders = from.folders.iter().map(|folder| Folder {
            folder: folder.folder.clone(),
            planned: folder.planned,
            last: folder.last.as_ref().map(Backup::from),
            code: said(&folder.code),
            sentence: said(&folder.sentence),
            since: time(folder.since_ms),
        });
        Self { folders: folders.collect(), every_ms: Some(from.every_ms).filter(|every| *every > 0) }
    }
}

impl From<&BackupsThere> for There {
    fn from(from: &BackupsThere) -> Self {
        let backups = from.listed.iter().map(|listed| {
            let manifest = listed.manifest.as_ref().ok();
            Listed {
                number: listed.number,
                manifest: match listed.manifest {
                    Ok(_) => "readable",
                    Err(ManifestFault::Damaged(_)) => "damaged",
                    Err(ManifestFault::Newer(_)) => "newer",
                },
                office: manifest.map(|manifest| manifest.office.to_string()),
                made_at: manifest.map(|manifest| beijing::rfc3339(manifest.made_at)),
                made_by: manifest.map(|manifest| manifest.made_by.clone()),
                bytes: manifest.map(Manifest::bytes),
                records: manifest.map(|manifest| manifest.records),
            }
        });
        Self { folder: from.home.path().display().to_string(), backups: backups.collect() }
    }
}

impl Checked {
    pub(in crate::cli) fn new(manifest: &Manifest, faults: &[String]) -> Self {
        let (office, made_at) = (manifest.office.to_string(), beijing::rfc3339(manifest.made_at));
        Self { number: manifest.number, office, made_at, faults: faults.to_vec() }
    }
}

impl From<&Manifest> for Restored {
    fn from(from: &Manifest) -> Self {
        let (office, made_at) = (from.office.to_string(), beijing::rfc3339(from.made_at));
        Self { office, number: from.number, made_at, records: from.records }
    }
}

#[cfg(test)]
pub(in crate::cli) mod tests {
    use std::path::Path;

    use dutynet_relay::{
        backup::{Home, Listed as Found},
        ids::{Digest, Epoch, OfficeId, Zone},
        journal::Cursor,
    };

    use super::*;
    use crate::{cli::printed, text::refusal::Refusal};

    const AT: i64 = 1_782_867_600_000;

    fn row() -> api::BackupRow {
        api::BackupRow {
            folder: "/mnt/dutynet-backup".into(),
            number: 7,
            made_at_ms: AT,
            made_by: "plan".into(),
            bytes: 131_072,
            records: 20,
            damaged: 0,
        }
    }

    fn manifest() -> Manifest {
        Manifest {
            number: 7,
            office: OfficeId::parse("440825103").unwrap(),
            zone: Zone::parse("gov").unwrap(),
            root_pin: Digest([1; 32]),
            epoch: Epoch([2; 16]),
            end: Cursor::default(),
            records: 20,
            made_at: UnixMillis(AT),
            made_by: "plan".to_owned(),
            damaged: 0,
            files: Vec::new(),
            segments: Vec::new(),
        }
    }

    /// Every shape, by the heading under which it is documented.
    pub(in crate::cli) fn shapes() -> Vec<(&'static str, String)> {
        let made = api::MakeBackupReply { backup: Some(row()), copied_bytes: 16_384, same_disk: false };
        let folder = api::BackupFolderRow {
            folder: "/mnt/dutynet-backup".into(),
            planned: true,
            last: Some(row()),
            code: "BACKUP_ABSENT".into(),
            sentence: Refusal::BackupAbsent.sentence().into(),
            since_ms: AT,
        };
        let folders = api::ListBackupsReply { folders: vec![folder], every_ms: 86_400_000 };
        let home = Home::of(Path::new("/mnt/dutynet-backup"), &manifest().office);
        let there = BackupsThere { home, listed: vec![Found { number: 7, manifest: Ok(manifest()) }] };
        let ranges = vec!["segment 2 at 4096 to 8192: 3 groups".to_owned()];
        let salvage = Salvage { records: 20, own: 8, locals: 2, groups_lost: 3, ranges, ..Salvage::default() };
        let fault = "segment-00000001-00112233445566: not there".to_owned();
        vec![
            ("backup now", printed(&Made::from(&made))),
            ("backup list", printed(&Folders::from(&folders))),
            ("backup list DIR", printed(&There::from(&there))),
            ("backup check", printed(&Checked::new(&manifest(), &[fault]))),
            ("restore", printed(&Restored::from(&manifest()))),
            ("salvage", printed(&Salvaged::new("440825103", &salvage))),
        ]
    }
}
