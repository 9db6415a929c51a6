//! A store whose power is cut in the middle of a destruction: in every image the words are wholly there, as they were or about to go, or
//! they are in no file; and whoever goes on from an image ends without them.

use std::{path::Path, sync::Arc};

use dutynet_relay::{
    disk::{Disk, fs::FileDisk, recording::RecordingDisk},
    ids::{Lane, RecordId, RecordRef},
    index::map::MapIndex,
    journal::{Options, Scan},
    record::{Audience, Destruction},
    upkeep::removal::Removal,
    writer::{
        Writer,
        intent::{Destroying, Intent},
    },
};
use dutynet_tests::{
    county::{AT, County, id},
    lying::Lie,
    net::{clerk, draft},
    search::files_with,
};

use crate::images::{Subject, first_broken, record};

const IMAGES: usize = 400;
const WORDS: &[u8] = b"canary-3f1c0e77-words-that-stand-nowhere-else";
/// Records around the one that goes, so that its segment is not small and is rewritten in many steps.
const AROUND: u8 = 40;
/// What was promised: the record is there; it is destroyed; its words are off the disk.
const MADE: u64 = 1;
const DESTROYED: u64 = 2;
const REMOVED: u64 = 3;

const SMALL: Options = Options {
    prealloc_bytes_min: 16 << 10,
    prealloc_bytes_max: 64 << 10,
    segment_bytes_max: 64 << 10,
    recent_bytes_max: 8 << 20,
    scan: Scan::EverythingAfterUnclean,
};

struct Destroyer {
    county: County,
    target: RecordRef,
}

impl Destroyer {
    fn new() -> Self {
        let county = County::new(100);
        let target = RecordRef { origin: county.identity().office, id: RecordId::from_parts(AT.wall, [0x77; 10]) };
        Self { county, target }
    }

    fn open(&self, disk: Arc<dyn Disk>, seed: u64) -> Result<Writer, String> {
        let opened = self.county.open((disk, SMALL), Arc::new(MapIndex::default()), seed).map_err(|fault| fault.to_string())?;
        if opened.1.journal.damaged.is_empty() { Ok(opened.0) } else { Err(format!("{:?}", opened.1)) }
    }

    fn make(&self, writer: &mut Writer, number: u8) {
        let mut made = draft(Lane::Routine, vec![Audience::UpTo(id("p"))], &[number; 900]);
        if number == AROUND / 2 {
            (made.id, made.body) = (self.target.id, WORDS.into());
        }
        writer.commit(vec![Intent::Submit(Box::new(made))], AT).expect("a record is made");
    }

    /// Removes what is to be removed, step by step.
    fn finish(&self, writer: &mut Writer) -> Result<(), String> {
        while let Some(mut removal) = Removal::begin(&writer.store()) {
            let done = loop {
                if let Some(done) = removal.step(4 << 10).map_err(|fault| fault.to_string())? {
                    break done;
                }
            };
            writer.commit(vec![done], AT).map_err(|fault| fault.to_string())?;
        }
        Ok(())
    }
}

impl Subject for Destroyer {
    fn write(&self, disk: Arc<dyn Disk>, recorder: &RecordingDisk) {
        let mut writer = self.open(disk, 0).expect("an empty store opens");
        writer.commit(self.county.beginning(), AT).expect("it begins");
        (0..AROUND).for_each(|number| self.make(&mut writer, number));
        recorder.note(MADE);
        let destruction = Destruction { target: self.target.clone(), reason: "asked for".to_owned() };
        let destroying = Destroying { id: RecordId::from_parts(AT.wall, [0x78; 10]), destruction, by: clerk() };
        writer.commit(vec![Intent::Destroy(Box::new(destroying))], AT).expect("it is destroyed");
        recorder.note(DESTROYED);
        self.make(&mut writer, 100);
        self.finish(&mut writer).expect("its words are removed");
        recorder.note(REMOVED);
        self.make(&mut writer, 101);
    }

    fn check(&self, folder: &Path, promised: u64) -> Result<(), String> {
        if promised == 0 {
            return Ok(());
        }
        let fault = |what: &str| Err(format!("{what}, {promised} promised"));
        let found = || files_with(folder, WORDS);
        if promised >= REMOVED && !found().is_empty() {
            return fault("words that were removed are back");
        }
        let disk = FileDisk::open(folder).map_err(|fault| fault.to_string())?;
        let mut writer = self.open(Arc::new(disk), promised)?;
        let store = writer.store();
        let held = store.record(&self.target).map_err(|fault| fault.to_string())?;
        let Some(held) = held else { return fault("a record that was made is not there") };
        let pending = !store.hollowing().is_empty();
        match (held.record.is_hollow(), pending) {
            (false, false) if promised < DESTROYED && held.record.raw().body == WORDS => {}
            (true, true) => {}
            (true, false) if found().is_empty() => {}
            (false, false) => return fault("a record that was destroyed can be read, or is not what it was"),
            (false, true) => return fault("words that are to go can still be read"),
            (true, false) => return fault("words that nobody is going to remove are on the disk"),
        }
        let destroyed = held.record.is_hollow();
        self.finish(&mut writer)?;
        if destroyed != found().is_empty() {
            return fault("what is on the disk is not what the store says");
        }
        self.county.equals_a_rebuild(&store)
    }
}

#[test]
fn every_image_of_a_destruction_holds_the_words_whole_or_nowhere_and_ends_without_them() {
    let destroyer = Destroyer::new();
    let recorder = record(&destroyer, None);
    assert_eq!(first_broken(&destroyer, &recorder, IMAGES), None);
}

/// The mutant: a disk that does not sync names brings the segment back that was renamed over.
#[test]
fn images_of_a_destruction_on_a_disk_that_lies_bring_words_back() {
    let destroyer = Destroyer::new();
    let recorder = record(&destroyer, Some(Lie::AboutTheFolder));
    assert!(first_broken(&destroyer, &recorder, IMAGES).is_some(), "the images cannot fail");
}
