//! The folder that an office's backups stand in, `dutynet-<office>` on the disk or stick that the operator names; and a backup's journal
//! seen as the folder that it was.
//!
//! Only files with names of this module's making are ever touched, so whatever else lies on a stick stays as it is.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
};

use super::{
    BackupError, HowFar, io_at,
    manifest::{Manifest, ManifestFault},
};
use crate::{
    disk::Disk,
    ids::{Digest, OfficeId},
};

/// Before the office, in the name of the folder.
const FOLDER: &str = "dutynet-";
/// Longest manifest that is read, bytes.
const MANIFEST_BYTES_MAX: u64 = 16 << 20;
/// What is being written, until it has its name.
pub(super) const UNFINISHED: &str = "unfinished.part";

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    path: PathBuf,
}

/// A manifest that stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its number, by its name.
    pub number: u64,
    /// What it says.
    pub manifest: Result<Manifest, ManifestFault>,
}

impl Home {
    /// Of an office, in a folder that the operator names.
    pub fn of(folder: &Path, office: &OfficeId) -> Self {
        Self { path: folder.join(format!("{FOLDER}{office}")) }
    }

    /// The one that stands in a folder, or is that folder.
    pub fn find(folder: &Path) -> Result<Self, BackupError> {
        let names = names(folder)?;
        if names.iter().any(|name| number_of(name).is_some()) {
            return Ok(Self { path: folder.to_owned() });
        }
        let homes = names.into_iter().filter_map(|name| {
            let office = name.strip_prefix(FOLDER).and_then(|office| OfficeId::parse(office).ok())?;
            Some((office.to_string(), Self { path: folder.join(name) }))
        });
        let mut homes: Vec<_> = homes.filter(|(_, home)| home.manifests().is_ok_and(|found| !found.is_empty())).collect();
        match (homes.pop(), homes.is_empty()) {
            (Some((_, home)), true) => Ok(home),
            (None, _) => Err(BackupError::Empty(folder.to_owned())),
            (Some((office, _)), false) => {
                let mut offices: Vec<_> = homes.into_iter().map(|(office, _)| office).chain([office]).collect();
                offices.sort();
                Err(BackupError::Several { path: folder.to_owned(), offices })
            }
        }
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it was ever begun.
    pub fn is_there(&self) -> bool {
        self.path.is_dir()
    }

    /// A file in it.
    pub(super) fn file(&self, stored: &str) -> PathBuf {
        self.path.join(stored)
    }

    /// Every backup in it, the newest first.
    pub fn manifests(&self) -> Result<Vec<Listed>, BackupError> {
        let numbers: BTreeSet<u64> = names(&self.path)?.iter().filter_map(|name| number_of(name)).collect();
        numbers.into_iter().rev().map(|number| self.listed(number)).collect()
    }

    fn listed(&self, number: u64) -> Result<Listed, BackupError> {
        let path = self.file(&manifest_name(number));
        let len = fs::metadata(&path).map_err(io_at(&path))?.len();
        let bytes = if len > MANIFEST_BYTES_MAX { Vec::new() } else { fs::read(&path).map_err(io_at(&path))? };
        let text = String::from_utf8(bytes).map_err(|_| ManifestFault::Damaged("its letters"));
        let manifest = text.and_then(|text| Manifest::from_text(&text));
        Ok(Listed { number, manifest: manifest.and_then(|m| numbered(m, number)) })
    }

    /// One backup: the newest, or the one of that number.
    pub fn manifest(&self, number: Option<u64>) -> Result<Manifest, BackupError> {
        let mut listed = self.manifests()?.into_iter();
        let found = listed.find(|listed| number.is_none_or(|number| number == listed.number));
        let found = found.ok_or_else(|| BackupError::Empty(self.path.clone()))?;
        let path = self.file(&manifest_name(found.number));
        found.manifest.map_err(|fault| match fault {
            ManifestFault::Damaged(what) => BackupError::Damaged { path, what: what.to_owned() },
            ManifestFault::Newer(_) => BackupError::Newer(path),
        })
    }

    /// Removes backups but those, and files that none of those needs. Manifests go first, so that none names what is gone.
    pub(super) fn keep_only(&self, kept: &[&Manifest]) -> Result<(), BackupError> {
        let needed: BTreeSet<&str> = kept.iter().flat_map(|manifest| manifest.stored()).collect();
        let numbers: BTreeSet<u64> = kept.iter().map(|manifest| manifest.number).collect();
        let names = names(&self.path)?;
        let dropped: Vec<_> = names.iter().filter(|name| number_of(name).is_some_and(|n| !numbers.contains(&n))).collect();
        for name in &dropped {
            self.remove(name)?;
        }
        if !dropped.is_empty() {
            self.sync()?;
        }
        for name in names.iter().filter(|name| is_ours(name) && !needed.contains(name.as_str())) {
            self.remove(name)?;
        }
        self.sync()
    }

    /// Makes names durable.
    pub(super) fn sync(&self) -> Result<(), BackupError> {
        sync_folder(&self.path)
    }

    fn remove(&self, name: &str) -> Result<(), BackupError> {
        let path = self.file(name);
        fs::remove_file(&path).map_err(io_at(path))
    }
}

/// Name of a manifest.
pub(super) fn manifest_name(number: u64) -> String {
    format!("manifest-{number:08}.toml")
}

pub(super) fn segment_file_name(number: u32, hash: &str) -> String {
    format!("segment-{number:08}-{}", &hash[..16.min(hash.len())])
}

pub(super) fn small_file_name(hash: &str) -> String {
    format!("file-{}", &hash[..16.min(hash.len())])
}

pub(super) fn sync_folder(path: &Path) -> Result<(), BackupError> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(io_at(path))
}

fn numbered(manifest: Manifest, number: u64) -> Result<Manifest, ManifestFault> {
    if manifest.number == number { Ok(manifest) } else { Err(ManifestFault::Damaged("its number")) }
}

fn number_of(name: &str) -> Option<u64> {
    let number = name.strip_prefix("manifest-")?.strip_suffix(".toml")?.parse().ok()?;
    (manifest_name(number) == name).then_some(number)
}

fn is_ours(name: &str) -> bool {
    let hash = |text: &str| text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit());
    let segment = name.strip_prefix("segment-").and_then(|rest| rest.split_once('-'));
    name == UNFINISHED
        || name.strip_prefix("file-").is_some_and(hash)
        || segment.is_some_and(|(number, rest)| number.parse::<u32>().is_ok() && hash(rest))
}

fn names(folder: &Path) -> Result<Vec<String>, BackupError> {
    let absent = |fault: &io::Error| matches!(fault.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory);
    let entries = fs::read_dir(folder)
        .map_err(|fault| if absent(&fault) { BackupError::Absent(folder.to_owned()) } else { io_at(folder)(fault) })?;
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry.map_err(io_at(folder))?.file_name().into_string());
    }
    names.sort();
    Ok(names)
}

/// The journal of a backup under the names that its segments had. Nothing can be written to it.
#[derive(Debug)]
pub struct StoredJournal {
    files: BTreeMap<String, PathBuf>,
    /// Told of every byte that is read.
    far: HowFar,
}

impl StoredJournal {
    /// Of one backup.
    pub fn of(home: &Home, manifest: &Manifest) -> Self {
        let file = |file: &super::manifest::SegmentFile| (file.segment.name(), home.file(&file.stored));
        Self { files: manifest.segments.iter().map(file).collect(), far: HowFar::default() }
    }

    /// The same, which tells how much of it was read.
    pub(super) fn telling(self, far: &HowFar) -> Self {
        Self { far: far.clone(), ..self }
    }

    fn path(&self, name: &str) -> io::Result<&PathBuf> {
        self.files.get(name).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Disk for StoredJournal {
    fn write(&self, _: &str, _: u64, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn allocate(&self, _: &str, _: u64) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn truncate(&self, _: &str, _: u64) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn sync(&self, _: &str) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn read(&self, name: &str, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; len];
        File::open(self.path(name)?)?.read_exact_at(&mut bytes, offset)?;
        self.far.bytes(len as u64);
        Ok(bytes)
    }

    fn len(&self, name: &str) -> io::Result<u64> {
        Ok(fs::metadata(self.path(name)?)?.len())
    }

    fn list(&self, prefix: &str) -> io::Result<Vec<String>> {
        let there = |(name, path): (&String, &PathBuf)| (name.starts_with(prefix) && path.is_file()).then(|| name.clone());
        Ok(self.files.iter().filter_map(there).collect())
    }

    fn rename(&self, _: &str, _: &str) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn remove(&self, _: &str) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn sync_folder(&self) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }
}

/// SHA-256 of a file's bytes as they come.
#[derive(Debug, Default)]
pub(super) struct Hashing(sha2::Sha256);

impl Hashing {
    pub(super) fn add(&mut self, bytes: &[u8]) {
        sha2::Digest::update(&mut self.0, bytes);
    }

    pub(super) fn hex(self) -> String {
        Digest(sha2::Digest::finalize(self.0).into()).to_string()
    }
}
