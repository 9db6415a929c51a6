//! The journal alone, on real files: what an append has promised is in every image.

use std::{path::Path, sync::Arc};

use dutynet_relay::{
    disk::{Disk, fs::FileDisk, recording::RecordingDisk},
    journal::{Cursor, Frame, FrameKind, Journal, Options, Scan},
};
use dutynet_tests::lying::Lie;
use rand::{Rng as _, RngCore as _, SeedableRng as _, rngs::SmallRng};

use crate::images::{Subject, first_broken, record};

const IMAGES: usize = 1_000;
const GROUPS: u64 = 60;
/// The journal is left without a close, and opened again, each time after so many groups.
const KILLED_EVERY: u64 = 7;

/// Small segments, so that images are small and borders are often crossed.
const SMALL: Options = Options {
    prealloc_bytes_min: 4 << 10,
    prealloc_bytes_max: 64 << 10,
    segment_bytes_max: 48 << 10,
    recent_bytes_max: 8 << 20,
    scan: Scan::EverythingAfterUnclean,
};

/// Appends groups that follow from their number alone.
struct Groups;

impl Groups {
    fn group(number: u64) -> Vec<Frame> {
        let mut random = SmallRng::seed_from_u64(number);
        let frames = random.random_range(1..6);
        let frame = |index: u64| {
            let mut body = vec![0; random.random_range(0..3000)];
            random.fill_bytes(&mut body);
            Frame { kind: FrameKind::Accepted, version: 1, header: format!("{number}/{index}").into(), body: body.into() }
        };
        (0..frames).map(frame).collect()
    }
}

impl Subject for Groups {
    fn write(&self, disk: Arc<dyn Disk>, recorder: &RecordingDisk) {
        let open = || Journal::open(disk.clone(), SMALL).unwrap().0;
        let mut journal = open();
        for number in 0..GROUPS {
            if number % KILLED_EVERY == 0 {
                journal = open();
            }
            journal.append(&Self::group(number)).unwrap();
            recorder.note(number + 1);
        }
        journal.close().unwrap();
    }

    fn check(&self, folder: &Path, promised: u64) -> Result<(), String> {
        // Twice: what the first open has found must still be there for the second.
        for at_least in [promised, promised] {
            let disk = Arc::new(FileDisk::open(folder).map_err(|error| error.to_string())?);
            let (journal, opened) = Journal::open(disk, SMALL).map_err(|error| error.to_string())?;
            let there = opened.end.groups;
            if !(at_least..=at_least + 1).contains(&there) || !opened.damaged.is_empty() {
                return Err(format!("{opened:?}"));
            }
            let (reader, mut at) = (journal.reader(), Cursor::default());
            while at.groups < there {
                for group in reader.groups_after(at, 10_000).map_err(|error| error.to_string())? {
                    if !group.frames.iter().map(|(_, frame)| frame).eq(&Self::group(at.groups)) {
                        return Err(format!("group {} is not what it was", at.groups));
                    }
                    at = group.end;
                }
            }
        }
        Ok(())
    }
}

#[test]
fn every_image_of_a_journal_holds_what_was_promised() {
    assert_eq!(first_broken(&Groups, &record(&Groups, None), IMAGES), None);
}

#[test]
fn images_of_a_disk_that_lies_break_promises() {
    for lie in Lie::ALL {
        assert!(first_broken(&Groups, &record(&Groups, Some(lie)), IMAGES / 5).is_some(), "the images cannot fail");
    }
}
