//! Both indexes against each other, and what sled alone has to withstand.

use std::{fs, path::Path, time::Duration};

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use super::{OpenIndexError, SledIndex, home};
use crate::index::{
    Batch, CUSTODY, Entries, Index, KEY_BYTES_MAX, Order, Space, VALUE_BYTES_MAX, fingerprint, map::MapIndex, scan_prefix,
};

const BOARD: Space = Space("board");

fn open(folder: &Path) -> SledIndex {
    SledIndex::open(folder, 1 << 20, Duration::from_secs(20)).unwrap()
}

fn one(key: &[u8], value: &[u8]) -> Batch {
    let mut batch = Batch::default();
    batch.put(key, value);
    batch
}

fn all(index: &dyn Index, space: Space) -> Entries {
    index.range(space, b"", b"", Order::Forward, usize::MAX).unwrap()
}

/// Keys of one or two bytes out of few, so that batches meet each other and prefixes end in 0xff.
fn random_key(random: &mut StdRng) -> Vec<u8> {
    let len = random.random_range(1..=2);
    (0..len).map(|_| [0, 1, 7, 0xfe, 0xff][random.random_range(0..5)]).collect()
}

fn random_batch(random: &mut StdRng) -> Batch {
    let mut batch = Batch::default();
    for _ in 0..random.random_range(1..12) {
        let key = random_key(random);
        if random.random_bool(0.7) { batch.put(key, vec![random.random(); 9]) } else { batch.delete(key) }
    }
    batch
}

#[test]
fn both_indexes_answer_alike_after_any_batches_scans_and_reopenings() {
    let folder = tempfile::tempdir().unwrap();
    let (map, mut sled) = (MapIndex::default(), Some(open(folder.path())));
    let mut random = StdRng::seed_from_u64(7);
    for step in 0..400 {
        let space = if random.random_bool(0.5) { CUSTODY } else { BOARD };
        let batch = random_batch(&mut random);
        let living = sled.as_ref().unwrap();
        map.apply(space, &batch).unwrap();
        living.apply(space, &batch).unwrap();
        let (from, to) = (random_key(&mut random), random_key(&mut random));
        for order in [Order::Forward, Order::Backward] {
            let limit = random.random_range(0..6);
            let found = living.range(space, &from, &to, order, limit).unwrap();
            assert_eq!(found, map.range(space, &from, &to, order, limit).unwrap(), "step {step}");
        }
        assert_eq!(scan_prefix(living, space, &from, 99).unwrap(), scan_prefix(&map, space, &from, 99).unwrap());
        assert_eq!(living.get(space, &from).unwrap(), map.get(space, &from).unwrap());
        match random.random_range(0..60) {
            0 => {
                map.clear(space).unwrap();
                living.clear(space).unwrap();
            }
            1 => {
                living.checkpoint().unwrap();
                drop(sled.take());
                sled = Some(open(folder.path()));
            }
            _ => {}
        }
    }
    for space in [CUSTODY, BOARD] {
        assert_eq!(fingerprint(&map, space).unwrap(), fingerprint(sled.as_ref().unwrap(), space).unwrap());
    }
}

#[test]
fn a_fingerprint_tells_keys_values_and_where_one_ends_apart() {
    let index = MapIndex::default();
    let mut seen = vec![fingerprint(&index, CUSTODY).unwrap()];
    for (key, value) in [(&b"ab"[..], &b"c"[..]), (b"ab", b"d"), (b"a", b"bd"), (b"abd", b"")] {
        index.clear(CUSTODY).unwrap();
        index.apply(CUSTODY, &one(key, value)).unwrap();
        seen.push(fingerprint(&index, CUSTODY).unwrap());
    }
    let distinct: std::collections::BTreeSet<_> = seen.iter().collect();
    assert_eq!(distinct.len(), seen.len());
    for number in 0..3000u32 {
        index.apply(BOARD, &one(&number.to_be_bytes(), b"")).unwrap();
    }
    let before = fingerprint(&index, BOARD).unwrap();
    index.apply(BOARD, &one(&2999u32.to_be_bytes(), b"x")).unwrap();
    assert_ne!(before, fingerprint(&index, BOARD).unwrap());
}

#[test]
fn values_and_keys_over_their_limits_are_refused_by_both() {
    let folder = tempfile::tempdir().unwrap();
    let (map, sled) = (MapIndex::default(), open(folder.path()));
    for index in [&map as &dyn Index, &sled] {
        index.apply(CUSTODY, &one(&[1; KEY_BYTES_MAX], &[1; VALUE_BYTES_MAX])).unwrap();
        assert!(index.apply(CUSTODY, &one(b"k", &[1; VALUE_BYTES_MAX + 1])).is_err());
        assert!(index.apply(CUSTODY, &one(&[2; KEY_BYTES_MAX + 1], b"")).is_err());
        assert_eq!(all(index, CUSTODY).len(), 1);
    }
    assert_eq!(sled.keys_written(), 1);
}

#[test]
fn many_large_values_never_leave_the_file_that_is_synced() {
    let folder = tempfile::tempdir().unwrap();
    let sled = open(folder.path());
    for number in 0..200u32 {
        let key = [&number.to_be_bytes()[..], &[0; KEY_BYTES_MAX - 4]].concat();
        sled.apply(CUSTODY, &one(&key, &[7; VALUE_BYTES_MAX])).unwrap();
    }
    sled.checkpoint().unwrap();
    let blobs = home(folder.path()).unwrap().join("blobs");
    assert_eq!(fs::read_dir(blobs).unwrap().count(), 0);
}

#[test]
fn a_scan_never_meets_half_a_batch() {
    let folder = tempfile::tempdir().unwrap();
    let sled = open(folder.path());
    let generation = |number: u8| {
        let mut batch = Batch::default();
        (0..64u8).for_each(|key| batch.put([key], [number]));
        batch
    };
    sled.apply(CUSTODY, &generation(0)).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| (1..200).for_each(|number| sled.apply(CUSTODY, &generation(number)).unwrap()));
        for _ in 0..400 {
            let found = all(&sled, CUSTODY);
            assert!(found.len() == 64 && found.iter().all(|(_, value)| *value == found[0].1));
        }
    });
}

#[test]
fn a_half_written_snapshot_does_not_keep_it_from_opening() {
    let folder = tempfile::tempdir().unwrap();
    let sled = open(folder.path());
    sled.apply(CUSTODY, &one(b"k", b"v")).unwrap();
    sled.checkpoint().unwrap();
    drop(sled);
    fs::write(home(folder.path()).unwrap().join("snap.00000000000000FF.generating"), b"half").unwrap();
    assert_eq!(all(&open(folder.path()), CUSTODY), [(b"k".to_vec(), b"v".to_vec())]);
}

#[test]
fn a_damaged_index_is_an_error_and_can_be_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let index = folder.path().join("index");
    for round in 1..=3 {
        let sled = open(&index);
        assert!(all(&sled, CUSTODY).is_empty());
        (0..500u32).for_each(|key| sled.apply(CUSTODY, &one(&key.to_be_bytes(), &[1; 500])).unwrap());
        sled.checkpoint().unwrap();
        drop(sled);
        fs::write(home(&index).unwrap().join("conf"), [0xee; 40]).unwrap();
        let fault = SledIndex::open(&index, 1 << 20, Duration::from_secs(20)).err().expect("must not open");
        assert!(!matches!(fault, OpenIndexError::TimedOut(_) | OpenIndexError::Locked(_)), "{fault}");
        let aside = SledIndex::move_aside(&index).unwrap().unwrap();
        assert_eq!(aside, folder.path().join(format!("index.aside-{round}")));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "one set aside is enough");
    }
    assert_eq!(SledIndex::move_aside(&index).unwrap(), None);
}

#[test]
fn an_index_that_is_in_use_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let _held = open(folder.path());
    let fault = SledIndex::open(folder.path(), 1 << 20, Duration::from_millis(300)).err().expect("must not open twice");
    assert!(matches!(fault, OpenIndexError::Locked(_)), "{fault}");
}

#[test]
fn an_index_that_a_machine_went_down_with_is_not_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let sled = open(folder.path());
    sled.apply(CUSTODY, &one(b"k", b"v")).unwrap();
    sled.checkpoint().unwrap();
    let copy = tempfile::tempdir().unwrap();
    copy_all(folder.path(), copy.path());
    assert_eq!(all(&open(copy.path()), CUSTODY).len(), 1, "a killed process");
    copy_all(folder.path(), copy.path());
    fs::write(copy.path().join("left"), "open an-earlier-start").unwrap();
    let fault = SledIndex::open(copy.path(), 1 << 20, Duration::from_secs(20)).err().expect("must not open");
    assert!(matches!(fault, OpenIndexError::Stale), "{fault}");
    drop(sled);
    assert_eq!(all(&open(folder.path()), CUSTODY).len(), 1);
}

#[test]
fn an_entry_that_went_missing_is_noticed_after_a_process_was_killed() {
    let folder = tempfile::tempdir().unwrap();
    let sled = open(folder.path());
    sled.apply(CUSTODY, &one(b"a", b"1")).unwrap();
    sled.apply(CUSTODY, &one(b"b", b"2")).unwrap();
    // Behind its back, as a bad block would.
    sled.db.open_tree(CUSTODY.0).unwrap().remove(b"a").unwrap();
    sled.checkpoint().unwrap();
    let copy = tempfile::tempdir().unwrap();
    copy_all(folder.path(), copy.path());
    let fault = SledIndex::open(copy.path(), 1 << 20, Duration::from_secs(20)).err().expect("must not open");
    assert!(matches!(fault, OpenIndexError::Damaged(_)), "{fault}");
}

fn copy_all(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let (entry, at) = (entry.as_ref().unwrap().path(), to.join(entry.as_ref().unwrap().file_name()));
        if entry.is_dir() {
            fs::remove_dir_all(&at).ok();
            fs::create_dir(&at).unwrap();
            copy_all(&entry, &at);
        } else {
            fs::copy(&entry, &at).unwrap();
        }
    }
}
