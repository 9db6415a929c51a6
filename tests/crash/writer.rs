//! The real writer on real files, with sled: whatever a power cut, a kill or a bad disk leaves of both, everything that was answered is
//! there, byte for byte, and the index equals one that is made anew.
//!
//! The journal of an image is cut from what was written since the last syncs. The index of an image is what sled's files were at the last
//! checkpoint and since: mixed block by block, deleted, truncated, with one bit flipped, with a half-written snapshot, or as a kill leaves
//! them.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use dutynet_relay::{
    disk::{Disk, fs::FileDisk, recording::RecordingDisk},
    index::sled_index::SledIndex,
    journal::{Options, Scan},
};
use dutynet_tests::{
    county::{AT, County, history::Chooser, picture::Picture},
    lying::Lie,
};
use rand::{Rng as _, SeedableRng as _, rngs::SmallRng};
use tempfile::TempDir;

use crate::images::{Subject, first_broken, record};

const IMAGES: usize = 1_000;
const COMMITS: u64 = 60;
/// The store is left without a close, and opened again, each time after so many commits.
const KILLED_EVERY: u64 = 13;
/// sled's files are looked at each time after so many commits.
const SEEN_EVERY: u64 = 5;
const BODY_BYTES_MAX: usize = 6000;
const BLOCK: usize = 4096;

const SMALL: Options = Options {
    prealloc_bytes_min: 16 << 10,
    prealloc_bytes_max: 256 << 10,
    segment_bytes_max: 256 << 10,
    recent_bytes_max: 8 << 20,
    scan: Scan::EverythingAfterUnclean,
};

/// sled's folder at one moment.
struct Seen {
    commits: u64,
    folder: TempDir,
}

/// A county's store, what it had promised after each commit, and its index at some moments.
struct Store {
    county: County,
    promised: Mutex<Vec<Picture>>,
    /// Made durable.
    checkpoints: Mutex<Vec<Seen>>,
    /// Written.
    moments: Mutex<Vec<Seen>>,
    image: AtomicU64,
    /// Images whose index could not be trusted.
    made_anew: AtomicU64,
}

impl Store {
    fn new() -> Self {
        let county = County::new(BODY_BYTES_MAX);
        let (promised, checkpoints, moments) = (Mutex::default(), Mutex::default(), Mutex::default());
        Self { county, promised, checkpoints, moments, image: AtomicU64::default(), made_anew: AtomicU64::default() }
    }

    /// The folder of an index as a crash has left it; the last word says what was done to it.
    fn left(&self, folder: &Path, promised: u64, random: &mut SmallRng) -> &'static str {
        let (checkpoints, moments) = (self.checkpoints.lock().unwrap(), self.moments.lock().unwrap());
        let last =
            |seen: &[Seen]| seen.iter().rev().find(|seen| seen.commits <= promised).map(|seen| seen.folder.path().to_owned());
        let Some(now) = last(&moments) else { return "nothing" };
        let before = last(&checkpoints).unwrap_or_else(|| now.clone());
        copy(&now, folder);
        let db = sled_file(folder);
        let bytes = fs::read(&db).unwrap();
        match random.random_range(0..6) {
            0 => {
                fs::write(&db, mixed(&fs::read(sled_file(&before)).unwrap(), &bytes, random)).unwrap();
                fs::write(folder.join("left"), "open at an earlier start of the machine").unwrap();
                "mixed"
            }
            1 => {
                fs::remove_dir_all(folder).unwrap();
                "deleted"
            }
            2 => {
                fs::write(&db, &bytes[..random.random_range(0..bytes.len())]).unwrap();
                "truncated"
            }
            3 => {
                let used = bytes.iter().rposition(|byte| *byte != 0).unwrap_or(0);
                let (mut bytes, at) = (bytes, random.random_range(0..=used));
                bytes[at] ^= 1 << random.random_range(0..8);
                fs::write(&db, bytes).unwrap();
                "one bit flipped"
            }
            4 => {
                fs::write(db.with_file_name("snap.00000000000000FF.generating"), b"half").unwrap();
                "half a snapshot"
            }
            _ => "killed",
        }
    }

    /// Opens as a node does, and holds the store against what it had promised.
    fn open_and_check(&self, folder: &Path, index: &Path, promised: u64) -> Result<(), String> {
        let disk = Arc::new(FileDisk::open(folder).map_err(|fault| fault.to_string())?);
        let (index, anew) = open_index(index)?;
        self.made_anew.fetch_add(u64::from(anew), Ordering::Relaxed);
        let opened = self.county.open((disk, SMALL), Arc::new(index), promised);
        let (writer, opening) = opened.map_err(|fault| fault.to_string())?;
        if opening.forked || !opening.journal.damaged.is_empty() {
            return Err(format!("{opening:?}"));
        }
        let store = writer.store();
        let pictures = self.promised.lock().unwrap();
        let at_least = usize::try_from(promised).unwrap();
        let (mut now, next) = (pictures[at_least].clone(), pictures.get(at_least + 1).cloned());
        drop(pictures);
        if let Err(fault) = now.check(&store) {
            // A commit that was on its way may have happened.
            next.ok_or(fault.clone())?.check(&store).map_err(|also| format!("neither ({fault}) nor ({also})"))?;
        }
        self.county.equals_a_rebuild(&store)
    }
}

impl Subject for Store {
    fn write(&self, disk: Arc<dyn Disk>, recorder: &RecordingDisk) {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("index");
        let chooser = Chooser { county: &self.county, body_bytes_max: BODY_BYTES_MAX };
        let mut random = SmallRng::seed_from_u64(11);
        let open = |seed| self.county.open((disk.clone(), SMALL), Arc::new(open_index(&at).unwrap().0), seed).unwrap().0;
        let mut writer = open(0);
        let mut picture = Picture::default();
        for number in 0..COMMITS {
            if number == 0 {
                writer.commit(self.county.beginning(), AT).unwrap();
                picture = Picture::of(&writer.store()).unwrap();
                self.promised.lock().unwrap().extend([picture.clone(), picture.clone()]);
            } else {
                let acts = chooser.commit(&picture, &mut random);
                let intents = acts.iter().map(|act| act.intent(picture.epoch())).collect();
                picture.commit(&acts);
                writer.commit(intents, AT).unwrap();
                picture.learn(&writer.store()).unwrap();
                self.promised.lock().unwrap().push(picture.clone());
            }
            recorder.note(number + 1);
            let seen = || {
                let seen = Seen { commits: number + 1, folder: tempfile::tempdir().unwrap() };
                copy(&at, seen.folder.path());
                seen
            };
            if number % SEEN_EVERY == 1 {
                writer.checkpoint().unwrap();
                self.checkpoints.lock().unwrap().push(seen());
            } else if number % SEEN_EVERY == 4 {
                self.moments.lock().unwrap().push(seen());
            }
            if number % KILLED_EVERY == KILLED_EVERY - 1 {
                drop(writer);
                writer = open(number);
            }
        }
    }

    fn check(&self, folder: &Path, promised: u64) -> Result<(), String> {
        if promised == 0 {
            // Its beginning was not promised yet.
            return Ok(());
        }
        let image = self.image.fetch_add(1, Ordering::Relaxed);
        let beside = tempfile::tempdir().unwrap();
        let index = beside.path().join("index");
        fs::create_dir(&index).unwrap();
        let done = self.left(&index, promised, &mut SmallRng::seed_from_u64(image));
        self.open_and_check(folder, &index, promised).map_err(|fault| format!("index {image}, {done}: {fault}"))
    }
}

fn open_index(at: &Path) -> Result<(SledIndex, bool), String> {
    let opened = SledIndex::open_or_anew(at, 1 << 20, Duration::from_secs(60));
    opened.map(|(index, fault)| (index, fault.is_some())).map_err(|fault| fault.to_string())
}

/// Every block that differs is the old one or the new one.
fn mixed(old: &[u8], new: &[u8], random: &mut SmallRng) -> Vec<u8> {
    let mut mixed = new.to_vec();
    for (number, block) in mixed.chunks_mut(BLOCK).enumerate() {
        let before = old.get(number * BLOCK..).unwrap_or(&[]);
        if random.random_bool(0.5) {
            let len = block.len().min(before.len());
            block[..len].copy_from_slice(&before[..len]);
            block[len..].fill(0);
        }
    }
    mixed
}

/// sled's own file in the index's folder.
fn sled_file(index: &Path) -> PathBuf {
    let name = fs::read_to_string(index.join("current")).unwrap();
    index.join(name).join("db")
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn every_image_of_a_store_holds_what_was_answered_whatever_became_of_its_index() {
    let store = Store::new();
    let recorder = record(&store, None);
    assert_eq!(first_broken(&store, &recorder, IMAGES), None);
    // A sixth is of a power cut; of the rest many can be told from whole ones, and many are whole.
    let anew = store.made_anew.into_inner();
    assert!((IMAGES as u64 / 8..IMAGES as u64 * 7 / 8).contains(&anew), "{anew} of {IMAGES} were made anew");
}

#[test]
fn images_of_a_store_whose_disk_lies_break_promises() {
    let store = Store::new();
    let recorder = record(&store, Some(Lie::AboutFiles));
    assert!(first_broken(&store, &recorder, IMAGES / 20).is_some(), "the images cannot fail");
}
