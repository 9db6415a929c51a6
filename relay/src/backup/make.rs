//! A backup of a store that is in use. The writer goes on meanwhile; what it had made durable when the backup began is in it.
//!
//! New files are written under a name that nobody looks for, synced and renamed; the manifest comes last. So a stick that is pulled out,
//! or full, in the middle leaves the backup before it whole. What is copied is read back and checked frame by frame.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use super::{
    BackupError, Home, HowFar, Stage,
    check::hash_of,
    home::{Hashing, StoredJournal, UNFINISHED, manifest_name, segment_file_name, small_file_name},
    io_at,
    manifest::{ATTACHED, Manifest, SegmentFile, SmallFile, is_attached},
    sealed_keys,
};
use crate::{
    folder::DataFolder,
    ids::UnixMillis,
    journal::{self, Durable, JournalReader},
    writer::Store,
};

/// Bytes that are copied at once.
const CHUNK: usize = 1 << 20;
/// Tries at a segment that changes while it is copied.
const TRIES: usize = 3;

/// What a backup is made of.
pub struct Source<'a> {
    /// The store, in use.
    pub store: &'a Store,
    /// Its folder.
    pub folder: &'a DataFolder,
}

/// How a backup is made.
#[derive(Debug, Clone)]
pub struct Terms {
    /// When, by the office's clock.
    pub at: UnixMillis,
    /// Who makes it.
    pub by: String,
    /// How many stay, this one with them; at least one does.
    pub keep: usize,
    /// What to do where no backup was ever made.
    pub first: First,
}

/// What to do where no backup was ever made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum First {
    /// Begin there.
    Begin,
    /// A stick that is not in looks like that: leave it.
    Refuse,
}

/// A backup that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// It.
    pub manifest: Manifest,
    /// Bytes that had to be copied.
    pub copied: u64,
}

/// Makes a backup below a folder, and tells how far it is.
pub fn make(source: &Source<'_>, folder: &Path, terms: &Terms, far: &HowFar) -> Result<Made, BackupError> {
    let office = source.folder.office()?;
    if sealed_keys(source.folder)?.is_none() {
        return Err(BackupError::NoCode);
    }
    if !folder.is_dir() {
        return Err(BackupError::Absent(folder.to_owned()));
    }
    let home = Home::of(folder, &office.office);
    begin(&home, terms.first)?;
    let earlier = earlier(&home, |manifest| manifest.is_of(&office.office, office.root_pin))?;
    // Before the end is read: of what is in the backup the epoch may be older, never newer.
    let (epoch, records) = (source.store.epoch(), source.store.counter("records"));
    let (segments, end) = source.store.journal().durable();
    let turn = usize::try_from(earlier.last).unwrap_or(0) % segments.len().max(1);
    tell_all(source.folder, &segments, far)?;
    let mut copying = Copying { home: &home, far, scrubbed: segments.get(turn).map(|segment| segment.number), copied: 0 };
    let mut files = copying.small_files(source.folder)?;
    files.extend(copying.attached(source.folder, &earlier.manifests)?);
    let segments = segments.into_iter().map(|segment| copying.segment(source.store.journal(), segment, &earlier.manifests));
    let mut manifest = Manifest {
        number: earlier.last + 1,
        office: office.office,
        zone: office.zone,
        root_pin: office.root_pin,
        epoch,
        end,
        records,
        made_at: terms.at,
        made_by: terms.by.clone(),
        damaged: 0,
        files,
        segments: segments.collect::<Result<_, _>>()?,
    };
    home.sync()?;
    manifest.damaged = copying.damaged(&manifest, &earlier.manifests)?;
    copying.write(&manifest_name(manifest.number), manifest.to_text().as_bytes())?;
    let copied = copying.copied;
    home.sync()?;
    let mut kept = vec![&manifest];
    let older = earlier.manifests.iter().filter(|older| !is_superseded(older, &manifest));
    kept.extend(older.take(terms.keep.saturating_sub(1)));
    home.keep_only(&kept)?;
    Ok(Made { manifest, copied })
}

/// Says how much there is. What stands in the earlier backup counts as well: it is done sooner.
fn tell_all(folder: &DataFolder, segments: &[Durable], far: &HowFar) -> Result<(), BackupError> {
    let attached = folder.path().join(ATTACHED);
    let names = whole_files(&attached)?;
    let bytes: u64 = names.iter().filter_map(|name| fs::metadata(attached.join(name)).ok()).map(|file| file.len()).sum();
    let all = bytes + segments.iter().map(|segment| segment.bytes).sum::<u64>();
    far.begin(Stage::Copying, names.len() + segments.len(), all);
    Ok(())
}

/// Whether a segment of a backup was written anew since, or a file beside it removed: what was destroyed must leave the backups too.
/// A backup that knows more than this one is of before a restore, and is left to the count.
fn is_superseded(older: &Manifest, newest: &Manifest) -> bool {
    if older.end.groups > newest.end.groups {
        return false;
    }
    let rewritten = older.segments.iter().any(|old| {
        let now = newest.segments.iter().find(|now| now.segment.number == old.segment.number);
        now.is_some_and(|now| now.segment.generation > old.segment.generation)
    });
    let there: BTreeSet<&str> = newest.attached().map(|file| file.name.as_str()).collect();
    rewritten || older.attached().any(|file| !there.contains(file.name.as_str()))
}

/// Names of the whole files in a folder; none, if there is no such folder.
pub(super) fn whole_files(folder: &Path) -> Result<Vec<String>, BackupError> {
    let entries = match fs::read_dir(folder) {
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(io_at(folder))?,
    };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry.map_err(io_at(folder))?.file_name().into_string().ok().filter(|name| is_attached(name)));
    }
    names.sort();
    Ok(names)
}

fn begin(home: &Home, first: First) -> Result<(), BackupError> {
    if home.is_there() {
        return Ok(());
    }
    match first {
        First::Refuse => Err(BackupError::Absent(home.path().to_owned())),
        First::Begin => {
            DirBuilder::new().mode(0o700).create(home.path()).map_err(io_at(home.path()))?;
            super::home::sync_folder(home.path().parent().unwrap_or(Path::new(".")))
        }
    }
}

/// Backups that stand there already.
struct Earlier {
    /// Those that can be read, the newest first.
    manifests: Vec<Manifest>,
    /// Highest number, whether it can be read or not.
    last: u64,
}

fn earlier(home: &Home, is_ours: impl Fn(&Manifest) -> bool) -> Result<Earlier, BackupError> {
    let listed = home.manifests()?;
    let last = listed.iter().map(|listed| listed.number).max().unwrap_or(0);
    let mut manifests = Vec::new();
    for found in listed {
        match found.manifest {
            Ok(manifest) if is_ours(&manifest) => manifests.push(manifest),
            Ok(other) => {
                return Err(BackupError::AnotherOffice { path: home.path().to_owned(), office: other.office.to_string() });
            }
            Err(super::manifest::ManifestFault::Newer(_)) => return Err(BackupError::Newer(home.path().to_owned())),
            Err(super::manifest::ManifestFault::Damaged(_)) => {}
        }
    }
    Ok(Earlier { manifests, last })
}

struct Copying<'a> {
    home: &'a Home,
    far: &'a HowFar,
    /// A segment that is read again although an earlier backup has it: each backup one, so that a stick that forgets is noticed.
    scrubbed: Option<u32>,
    copied: u64,
}

impl Copying<'_> {
    /// What an office is besides its journal. Never the naked key.
    fn small_files(&mut self, folder: &DataFolder) -> Result<Vec<SmallFile>, BackupError> {
        let files = [("office.toml", folder.path().join("office.toml")), ("keys/leaf.der", folder.leaf())];
        let files = files.into_iter().chain([("keys/recovery.sealed", folder.sealed_keys())]);
        files.map(|(name, path)| self.small_file(name, path)).collect()
    }

    fn small_file(&mut self, name: &str, path: PathBuf) -> Result<SmallFile, BackupError> {
        let bytes = fs::read(&path).map_err(io_at(path))?;
        let mut hashing = Hashing::default();
        hashing.add(&bytes);
        let hash = hashing.hex();
        let stored = small_file_name(&hash);
        if !self.is_whole(&stored, bytes.len() as u64, Some(&hash)) {
            self.write(&stored, &bytes)?;
        }
        Ok(SmallFile { name: name.to_owned(), stored, bytes: bytes.len() as u64, hash })
    }

    /// Files that travel beside records. They are named by what is in them: one that an earlier backup has is not read again.
    fn attached(&mut self, folder: &DataFolder, earlier: &[Manifest]) -> Result<Vec<SmallFile>, BackupError> {
        let from = folder.path().join(ATTACHED);
        let known: BTreeMap<&str, &SmallFile> =
            earlier.iter().rev().flat_map(Manifest::attached).map(|file| (file.name.as_str(), file)).collect();
        let mut files = Vec::new();
        for name in whole_files(&from)? {
            let path = from.join(&name);
            let name = format!("{ATTACHED}{name}");
            match known.get(name.as_str()).filter(|known| self.is_whole(&known.stored, known.bytes, None)) {
                Some(known) => {
                    self.far.bytes(known.bytes);
                    files.push((*known).clone());
                }
                None => files.extend(self.attach(name, &path)?),
            }
            self.far.file();
        }
        Ok(files)
    }

    /// One that was removed in the meantime is left out.
    fn attach(&mut self, name: String, path: &Path) -> Result<Option<SmallFile>, BackupError> {
        let mut from = match File::open(path) {
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(io_at(path))?,
        };
        self.refuse_full(from.metadata().map_err(io_at(path))?.len())?;
        let (mut hashing, mut bytes, mut buffer) = (Hashing::default(), 0, vec![0; CHUNK]);
        let part = self.unfinished(|file| {
            loop {
                let read = from.read(&mut buffer).map_err(io_at(path))?;
                if read == 0 {
                    return Ok(());
                }
                hashing.add(&buffer[..read]);
                file.write_all(&buffer[..read]).map_err(io_at(self.home.file(UNFINISHED)))?;
                bytes += read as u64;
                self.far.bytes(read as u64);
            }
        })?;
        let hash = hashing.hex();
        let stored = small_file_name(&hash);
        self.name(&part, &stored)?;
        self.copied += bytes;
        Ok(Some(SmallFile { name, stored, bytes, hash }))
    }

    /// A segment that an earlier backup has is taken as it is there: nothing may grow or change in it any more.
    fn segment(&mut self, journal: &JournalReader, segment: Durable, earlier: &[Manifest]) -> Result<SegmentFile, BackupError> {
        let known = earlier.iter().flat_map(|manifest| &manifest.segments);
        let mut known = known.filter(|known| segment.last.is_some() && known.segment == segment);
        let hash = |file: &'_ SegmentFile| (self.scrubbed == Some(segment.number)).then(|| file.hash.clone());
        if let Some(known) = known.find(|known| self.is_whole(&known.stored, segment.bytes, hash(known).as_ref())) {
            self.far.bytes(segment.bytes);
            self.far.file();
            return Ok(known.clone());
        }
        let mut copied = self.copy(journal, segment)?;
        for _ in 1..TRIES {
            let (now, _) = journal.durable();
            let now = now.into_iter().find(|now| now.number == segment.number);
            if now.is_none_or(|now| now.generation == copied.segment.generation) {
                break;
            }
            // It was written anew in the middle.
            copied = self.copy(journal, now.unwrap_or(segment))?;
        }
        self.far.file();
        Ok(copied)
    }

    /// A stick that has no room is not worn out by trying, each minute anew.
    fn refuse_full(&self, bytes: u64) -> Result<(), BackupError> {
        let room = rustix::fs::statvfs(self.home.path()).map(|disk| disk.f_bavail * disk.f_frsize);
        match room {
            Ok(room) if room < bytes => Err(io_at(self.home.path())(io::ErrorKind::StorageFull.into())),
            // Where nobody can say how much room there is, the copying shows it.
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// Whether a file stands there, by its length and, if that is asked for, by its hash.
    fn is_whole(&self, stored: &str, bytes: u64, hash: Option<&String>) -> bool {
        let path = self.home.file(stored);
        let there = fs::metadata(&path).is_ok_and(|there| there.len() == bytes);
        there && hash.is_none_or(|hash| hash_of(&path, &HowFar::default()).is_ok_and(|(found, _)| found == *hash))
    }

    fn copy(&mut self, journal: &JournalReader, segment: Durable) -> Result<SegmentFile, BackupError> {
        self.refuse_full(segment.bytes)?;
        let source = PathBuf::from(segment.name());
        let (mut hashing, mut at) = (Hashing::default(), 0);
        let part = self.unfinished(|file| {
            while at < segment.bytes {
                let len = usize::try_from(segment.bytes - at).unwrap_or(CHUNK).min(CHUNK);
                let bytes = journal.raw(&segment, at, len).map_err(io_at(&source))?;
                hashing.add(&bytes);
                file.write_all(&bytes).map_err(io_at(self.home.file(UNFINISHED)))?;
                at += len as u64;
                self.far.bytes(len as u64);
            }
            Ok(())
        })?;
        let hash = hashing.hex();
        let stored = segment_file_name(segment.number, &hash);
        self.name(&part, &stored)?;
        self.copied += segment.bytes;
        Ok(SegmentFile { segment, stored, hash })
    }

    fn write(&mut self, stored: &str, bytes: &[u8]) -> Result<(), BackupError> {
        let part = self.unfinished(|file| file.write_all(bytes).map_err(io_at(self.home.file(stored))))?;
        self.copied += bytes.len() as u64;
        self.name(&part, stored)
    }

    /// Writes a file that has no name of its own yet. What cannot be written whole goes at once: a full stick needs its room back.
    fn unfinished(&self, write: impl FnOnce(&mut File) -> Result<(), BackupError>) -> Result<PathBuf, BackupError> {
        let path = self.home.file(UNFINISHED);
        let opened = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path);
        let mut file = opened.map_err(io_at(&path))?;
        let written = write(&mut file).and_then(|()| file.sync_all().map_err(io_at(&path)));
        match written {
            Ok(()) => Ok(path),
            Err(fault) => {
                // The stick may be gone.
                let _: io::Result<()> = fs::remove_file(&path);
                Err(fault)
            }
        }
    }

    fn name(&self, part: &Path, stored: &str) -> Result<(), BackupError> {
        fs::rename(part, self.home.file(stored)).map_err(io_at(part))
    }

    /// Reads back what was copied. Damage that the source has is copied as it is, and counted; what came about on the way is an error of
    /// the next check.
    fn damaged(&self, manifest: &Manifest, earlier: &[Manifest]) -> Result<u64, BackupError> {
        let known: Vec<_> = earlier.iter().flat_map(|manifest| &manifest.segments).map(|file| &file.stored).collect();
        let fresh = manifest.segments.iter().filter(|file| !known.contains(&&file.stored)).map(|file| file.segment);
        let fresh: Vec<Durable> = fresh.collect();
        self.far.begin(Stage::ReadingBack, 0, fresh.iter().map(|segment| segment.bytes).sum());
        let disk = StoredJournal::of(self.home, manifest).telling(self.far);
        let found = journal::check(&disk, &fresh)?;
        let before = earlier.first().map_or(0, |newest| newest.damaged);
        Ok(before + found.len() as u64)
    }
}
