//! The index on disk against the one in memory: batches, scans, clean reopenings, and crashes.
//!
//! A crash is a copy of the folder as it stands at that moment, which is what a killed process leaves. What opens from it must be what was
//! checkpointed and a beginning of the changes applied since, whole change by whole change.

use std::{fs, path::Path, time::Duration};

use dutynet_relay::{
    ids::Digest,
    index::{Batch, CUSTODY, Index, Order, Space, fingerprint, map::MapIndex, scan_prefix, sled_index::SledIndex},
};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

const BOARD: Space = Space("board");
const SPACES: [Space; 2] = [CUSTODY, BOARD];
const SEEDS: u64 = 24;
const STEPS: usize = 250;

/// Both indexes, and where the one on disk stands.
struct Pair {
    map: MapIndex,
    sled: SledIndex,
    folder: tempfile::TempDir,
}

impl Pair {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { map: MapIndex::default(), sled: open(folder.path()), folder }
    }

    fn apply(&self, space: Space, batch: &Batch) {
        self.map.apply(space, batch).unwrap();
        self.sled.apply(space, batch).unwrap();
    }

    fn clear(&self, space: Space) {
        self.map.clear(space).unwrap();
        self.sled.clear(space).unwrap();
    }

    fn checkpoint(&self) {
        self.map.checkpoint().unwrap();
        self.sled.checkpoint().unwrap();
    }

    fn reopened(self) -> Self {
        self.checkpoint();
        drop(self.sled);
        let sled = open(self.folder.path());
        Self { map: self.map, sled, folder: self.folder }
    }

    fn crashed(self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(self.folder.path(), folder.path());
        let sled = open(folder.path());
        let left = prints(&sled);
        let kept = (0..=self.map.changes_at_risk()).rev().map(|kept| self.map.crashed(kept)).find(|map| prints(map) == left);
        Self { map: kept.expect("a crash left something else than a beginning of the changes"), sled, folder }
    }

    fn compare(&self, random: &mut StdRng) {
        let space = SPACES[random.random_range(0..2)];
        let (from, to) = (random_key(random), random_key(random));
        let limit = random.random_range(0..8);
        for order in [Order::Forward, Order::Backward] {
            let expected = self.map.range(space, &from, &to, order, limit).unwrap();
            assert_eq!(self.sled.range(space, &from, &to, order, limit).unwrap(), expected);
        }
        assert_eq!(self.sled.get(space, &from).unwrap(), self.map.get(space, &from).unwrap());
        let expected = scan_prefix(&self.map, space, &from[..1], 99).unwrap();
        assert_eq!(scan_prefix(&self.sled, space, &from[..1], 99).unwrap(), expected);
    }
}

fn open(folder: &Path) -> SledIndex {
    SledIndex::open(folder, 1 << 20, Duration::from_secs(30)).unwrap()
}

fn prints(index: &dyn Index) -> [Digest; 2] {
    SPACES.map(|space| fingerprint(index, space).unwrap())
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

/// Few keys, so that changes meet each other; some end in 0xff.
fn random_key(random: &mut StdRng) -> Vec<u8> {
    let len = random.random_range(1..=3);
    (0..len).map(|_| [0, 1, 0x7f, 0xfe, 0xff][random.random_range(0..5)]).collect()
}

fn random_batch(random: &mut StdRng) -> Batch {
    let mut batch = Batch::default();
    for _ in 0..random.random_range(1..40) {
        let key = random_key(random);
        if random.random_bool(0.75) {
            let len = random.random_range(0..600);
            batch.put(key, vec![random.random::<u8>(); len]);
        } else {
            batch.delete(key);
        }
    }
    batch
}

#[test]
fn the_index_on_disk_equals_the_one_in_memory_after_anything() {
    for seed in 0..SEEDS {
        let mut random = StdRng::seed_from_u64(seed);
        let mut pair = Pair::new();
        for _ in 0..STEPS {
            let space = SPACES[random.random_range(0..2)];
            match random.random_range(0..100) {
                0..=1 => pair.clear(space),
                2..=5 => pair.checkpoint(),
                6..=7 => pair = pair.reopened(),
                8..=10 => pair = pair.crashed(),
                11..=40 => pair.compare(&mut random),
                _ => pair.apply(space, &random_batch(&mut random)),
            }
        }
        assert_eq!(prints(&pair.sled), prints(&pair.map), "seed {seed}");
    }
}
