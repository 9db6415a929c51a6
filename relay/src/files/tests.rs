//! What is kept of files through cuts, kills and power cuts, and what is not taken.

use rand::{Rng as _, RngCore as _, SeedableRng as _, rngs::SmallRng};

use super::*;
use crate::disk::memory::MemoryDisk;

const LIMITS: FileLimits = FileLimits { file_bytes_max: 300_000, total_bytes_max: 1_000_000, wanted_max: 3 };

fn content(seed: u64, len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    SmallRng::seed_from_u64(seed).fill_bytes(&mut bytes);
    bytes
}

fn named(content: &[u8]) -> FileRef {
    FileRef { digest: Digest::of(FileRef::TAG, &[content]), bytes: content.len() as u64 }
}

fn open(disk: &Arc<MemoryDisk>) -> Files {
    Files::open(disk.clone(), LIMITS).unwrap()
}

fn all_of(files: &Files, file: FileRef) -> Vec<u8> {
    files.read(&file.digest, 0, usize::MAX).unwrap()
}

#[test]
fn a_file_that_was_put_is_there_after_a_power_cut_and_is_named_by_its_content() {
    let disk = Arc::new(MemoryDisk::default());
    let bytes = content(1, 200_001);
    let file = open(&disk).put(bytes.as_slice()).unwrap();
    assert_eq!(file, named(&bytes));
    disk.power_cut(&mut SmallRng::seed_from_u64(7));
    let files = open(&disk);
    assert_eq!(files.state(&file.digest), FileState::Held);
    assert_eq!(all_of(&files, file), bytes);
    assert_eq!(files.status(), FilesHeld { held: 1, held_bytes: 200_001, ..FilesHeld::default() });
}

#[test]
fn what_has_come_is_kept_through_kills_and_the_last_part_makes_it_whole() {
    let disk = Arc::new(MemoryDisk::default());
    let bytes = content(2, 150_000);
    let file = named(&bytes);
    open(&disk).want(file).unwrap();
    let mut at = 0;
    while at < bytes.len() {
        disk.kill();
        let files = open(&disk);
        assert_eq!(files.wanted(), [(file, at as u64)]);
        let end = (at + 40_000).min(bytes.len());
        assert_eq!(files.keep(&file.digest, at as u64, &bytes[at..end]).unwrap(), end as u64);
        at = end;
    }
    let files = open(&disk);
    assert_eq!((files.state(&file.digest), files.wanted()), (FileState::Held, Vec::new()));
    assert_eq!(all_of(&files, file), bytes);
    assert_eq!(disk.list("").unwrap().len(), 1, "nothing else is left");
}

#[test]
fn after_any_power_cut_a_whole_file_is_the_right_one_and_what_was_wanted_is_still_wanted() {
    for seed in 0..400 {
        let mut random = SmallRng::seed_from_u64(seed);
        let disk = Arc::new(MemoryDisk::default());
        let bytes = content(seed, 90_000);
        let file = named(&bytes);
        open(&disk).want(file).unwrap();
        for _ in 0..40 {
            let files = open(&disk);
            let Some((_, mut have)) = files.wanted().first().copied() else { break };
            for _ in 0..random.random_range(1..6) {
                let at = usize::try_from(have).unwrap();
                let end = (at + random.random_range(1..30_000)).min(bytes.len());
                match files.keep(&file.digest, have, &bytes[at..end]) {
                    Ok(through) if through == file.bytes => break,
                    Ok(through) => have = through,
                    // A power cut had left something else there.
                    Err(FileFault::NotIt) => break,
                    Err(fault) => panic!("seed {seed}: {fault}"),
                }
            }
            drop(files);
            disk.power_cut(&mut random);
        }
        let files = open(&disk);
        while let Some((_, have)) = files.wanted().first().copied() {
            // What a power cut had left may not be it; then it comes once more.
            let _ = files.keep(&file.digest, have, &bytes[usize::try_from(have).unwrap()..]);
        }
        assert_eq!(files.state(&file.digest), FileState::Held, "seed {seed}");
        assert_eq!(all_of(&files, file), bytes, "seed {seed}");
    }
}

#[test]
fn what_is_not_the_file_is_thrown_away_and_wanted_still() {
    let disk = Arc::new(MemoryDisk::default());
    let files = open(&disk);
    let bytes = content(3, 1_000);
    let file = named(&bytes);
    files.want(file).unwrap();
    let mut other = bytes.clone();
    other[500] ^= 1;
    assert!(matches!(files.keep(&file.digest, 0, &other), Err(FileFault::NotIt)));
    assert_eq!(files.state(&file.digest), FileState::Wanted(0));
    assert_eq!(files.keep(&file.digest, 0, &bytes).unwrap(), 1_000);
    assert_eq!(all_of(&files, file), bytes);
}

#[test]
fn what_nobody_wanted_or_what_does_not_follow_is_not_written() {
    let disk = Arc::new(MemoryDisk::default());
    let files = open(&disk);
    let file = named(&content(4, 1_000));
    assert!(matches!(files.keep(&file.digest, 0, b"x"), Err(FileFault::Unwanted)));
    files.want(file).unwrap();
    for (offset, len) in [(1, 10), (0, 0), (0, 1_001)] {
        assert!(matches!(files.keep(&file.digest, offset, &vec![0; len]), Err(FileFault::Unwanted)), "{offset} {len}");
    }
    assert!(disk.list("").unwrap().iter().all(|name| name.ends_with(".want")));
}

#[test]
fn a_file_that_is_turned_away_was_all_there_to_look_at_and_leaves_nothing() {
    let disk = Arc::new(MemoryDisk::default());
    let files = open(&disk);
    let bytes = content(9, 200_000);
    let mut seen = Vec::new();
    let put = files.put_if(bytes.as_slice(), |fresh| {
        seen = [fresh.read(0, 150_000).unwrap(), fresh.read(150_000, usize::MAX).unwrap()].concat();
        assert_eq!(fresh.bytes(), 200_000);
        false
    });
    assert!(matches!(put, Err(FileFault::TurnedAway)), "{put:?}");
    assert_eq!(seen, bytes);
    assert_eq!((disk.list("").unwrap(), files.status()), (Vec::new(), FilesHeld::default()));
    assert_eq!(files.put_if(bytes.as_slice(), |_| true).unwrap(), named(&bytes));
    assert_eq!(files.all_held(), [named(&bytes)]);
}

#[test]
fn everything_has_a_limit() {
    let disk = Arc::new(MemoryDisk::default());
    let files = open(&disk);
    assert!(matches!(files.put(content(5, 300_001).as_slice()), Err(FileFault::Size(_))));
    assert!(matches!(files.put([].as_slice()), Err(FileFault::Size(0))));
    assert!(matches!(files.want(FileRef { digest: Digest::ZERO, bytes: 300_001 }), Err(FileFault::Size(_))));
    assert!(disk.list("").unwrap().is_empty(), "nothing is left of what was refused");
    for seed in 10..13 {
        files.put(content(seed, 300_000).as_slice()).unwrap();
    }
    assert!(matches!(files.put(content(20, 100_001).as_slice()), Err(FileFault::NoRoom)));
    assert!(matches!(files.want(named(&content(21, 100_001))), Err(FileFault::NoRoom)));
    files.want(named(&content(22, 100_000))).unwrap();
    assert!(matches!(files.put(content(23, 1).as_slice()), Err(FileFault::NoRoom)), "what is on its way counts");
}

#[test]
fn a_disk_that_is_too_full_takes_no_files_and_goes_on_with_what_has_come_when_there_is_room() {
    let disk = Arc::new(MemoryDisk::default());
    let files = open(&disk);
    let bytes = content(6, 2_000);
    let file = named(&bytes);
    files.want(file).unwrap();
    files.keep(&file.digest, 0, &bytes[..1_000]).unwrap();
    files.set_room(false);
    assert!(matches!(files.keep(&file.digest, 1_000, &bytes[1_000..]), Err(FileFault::NoRoom)));
    assert!(matches!(files.put(bytes.as_slice()), Err(FileFault::NoRoom)));
    files.set_room(true);
    files.keep(&file.digest, 1_000, &bytes[1_000..]).unwrap();
    assert_eq!(all_of(&files, file), bytes);
}

#[test]
fn a_file_that_is_forgotten_is_nowhere_any_more_also_after_a_power_cut() {
    let disk = Arc::new(MemoryDisk::default());
    let files = open(&disk);
    let held = files.put(content(7, 5_000).as_slice()).unwrap();
    let wanted = named(&content(8, 5_000));
    files.want(wanted).unwrap();
    files.keep(&wanted.digest, 0, &[1; 100]).unwrap();
    files.forget(&held.digest).unwrap();
    files.forget(&wanted.digest).unwrap();
    disk.power_cut(&mut SmallRng::seed_from_u64(1));
    assert!(disk.list("").unwrap().is_empty());
    assert_eq!(open(&disk).state(&held.digest), FileState::Unknown);
}
