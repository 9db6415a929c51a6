//! A county's store against a picture of it: thousands of random histories of submitting, carrying, acknowledging, refusing, retrying,
//! forking and rebasing, with kills, power cuts, failing disks and reopenings between.
//!
//! The law: what was answered stays true; a commit that was not answered has happened whole or not at all; and a rebuilt index equals the
//! living one. `DUTYNET_SEED=<seed>` runs one history alone.

use std::{
    env,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use bytes::Bytes;
use dutynet_relay::{
    disk::{
        Disk,
        memory::{MemoryDisk, Op},
    },
    index::{Batch, Entries, Index, IndexError, Order, Space, map::MapIndex},
    journal::{Options, Scan},
    writer::Writer,
};
use dutynet_tests::{
    county::{
        AT, County,
        history::{Act, Chooser},
        picture::Picture,
    },
    lying::{Lie, LyingDisk},
};
use rand::{Rng as _, SeedableRng as _, rngs::SmallRng};

const HISTORIES: u64 = 20_000;
/// Histories in which a mutant has to be caught.
const MUTANT: u64 = 400;
const BODY_BYTES_MAX: usize = 600;
const OPS: [Op; 5] = [Op::Write, Op::Sync, Op::Allocate, Op::Rename, Op::SyncFolder];

/// What a mutant leaves out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mutant {
    None,
    /// Every sync of a file.
    Sync,
    /// Every key of the index that begins with this letter.
    Keys(u8),
}

/// The store after its beginning, to begin every history with.
struct Beginning {
    county: County,
    disk: MemoryDisk,
    index: MapIndex,
    picture: Picture,
}

fn beginning() -> &'static Beginning {
    static BEGINNING: OnceLock<Beginning> = OnceLock::new();
    BEGINNING.get_or_init(|| {
        let county = County::new(BODY_BYTES_MAX);
        let (disk, index) = (Arc::new(MemoryDisk::default()), Arc::new(MapIndex::default()));
        let (mut writer, _) = county.open((disk.clone(), options(0)), index.clone(), 1).unwrap();
        writer.commit(county.beginning(), AT).unwrap();
        let picture = Picture::of(&writer.store()).unwrap();
        writer.close().unwrap();
        Beginning { county, disk: disk.fork(), index: index.crashed(0), picture }
    })
}

fn options(seed: u64) -> Options {
    Options {
        prealloc_bytes_min: 4 << 10,
        prealloc_bytes_max: 16 << 10,
        segment_bytes_max: [8 << 10, 64 << 10][(seed % 2) as usize],
        recent_bytes_max: [0, 8 << 20][(seed / 2 % 2) as usize],
        scan: Scan::EverythingAfterUnclean,
    }
}

/// One store and everything that it stands on.
struct Machine {
    disk: Arc<MemoryDisk>,
    index: Arc<MapIndex>,
    writer: Option<Writer>,
    options: Options,
    mutant: Mutant,
}

impl Machine {
    fn new(seed: u64, mutant: Mutant) -> Self {
        let (disk, index) = (Arc::new(beginning().disk.fork()), Arc::new(beginning().index.crashed(0)));
        Self { disk, index, writer: None, options: options(seed), mutant }
    }

    fn open(&mut self, random: &mut SmallRng) -> Result<(), String> {
        let disk: Arc<dyn Disk> = match self.mutant {
            Mutant::Sync => Arc::new(LyingDisk { disk: self.disk.clone(), lie: Lie::AboutFiles }),
            Mutant::None | Mutant::Keys(_) => self.disk.clone(),
        };
        let index: Arc<dyn Index> = match self.mutant {
            Mutant::Keys(letter) => Arc::new(Forgetful { index: self.index.clone(), letter }),
            Mutant::None | Mutant::Sync => self.index.clone(),
        };
        let opened = beginning().county.open((disk, self.options.clone()), index, random.random());
        let (writer, report) = opened.map_err(|fault| format!("cannot open: {fault}"))?;
        if report.forked {
            return Err("acknowledged data was lost".to_owned());
        }
        self.writer = Some(writer);
        Ok(())
    }

    /// Stops in one way or another. What may be lost is lost.
    fn stop(&mut self, random: &mut SmallRng) -> Result<(), String> {
        let Some(writer) = self.writer.take() else { return Ok(()) };
        match random.random_range(0..4) {
            0 => writer.close().map_err(|fault| format!("cannot close: {fault}"))?,
            1 => self.killed(writer, random),
            2 => self.power_cut(writer, random),
            _ => {
                let _ = writer.checkpoint();
                self.killed(writer, random);
            }
        }
        Ok(())
    }

    fn killed(&mut self, writer: Writer, random: &mut SmallRng) {
        drop(writer);
        self.disk.kill();
        let kept = random.random_range(0..=self.index.changes_at_risk());
        self.index = Arc::new(self.index.crashed(kept));
    }

    /// After a power cut the index is not trusted.
    fn power_cut(&mut self, writer: Writer, random: &mut SmallRng) {
        drop(writer);
        self.disk.power_cut(random);
        self.index = Arc::new(MapIndex::default());
    }
}

/// Runs one history. `Err` says what law was broken.
fn history(seed: u64, mutant: Mutant) -> Result<(), String> {
    let mut random = SmallRng::seed_from_u64(seed);
    let mut machine = Machine::new(seed, mutant);
    let mut picture = beginning().picture.clone();
    let chooser = Chooser { county: &beginning().county, body_bytes_max: BODY_BYTES_MAX };
    machine.open(&mut random)?;
    for _ in 0..random.random_range(1..3) {
        for _ in 0..random.random_range(1..6) {
            let acts = chooser.commit(&picture, &mut random);
            let intents = acts.iter().map(|act| act.intent(picture.epoch())).collect();
            let writer = machine.writer.as_mut().ok_or("no writer")?;
            let expected = picture.commit(&acts);
            let committed = writer.commit(intents, AT).map_err(|fault| format!("cannot commit {acts:?}: {fault}"))?;
            for ((expected, answer), act) in expected.iter().zip(&committed.answers).zip(&acts) {
                if !expected.is(answer) {
                    return Err(format!("{answer:?}, not {expected:?}, to {act:?}"));
                }
            }
            picture.learn(&writer.store())?;
        }
        if random.random_bool(0.3) {
            picture = in_doubt(&mut machine, &chooser, picture, &mut random)?;
        } else {
            machine.stop(&mut random)?;
            machine.open(&mut random)?;
            picture.check(&machine.writer.as_ref().ok_or("no writer")?.store())?;
        }
    }
    if random.random_bool(0.6) {
        return Ok(());
    }
    let store = machine.writer.as_ref().ok_or("no writer")?.store();
    beginning().county.equals_a_rebuild(&store)
}

/// A commit during which the disk fails: afterwards it has happened, or not.
fn in_doubt(machine: &mut Machine, chooser: &Chooser<'_>, before: Picture, random: &mut SmallRng) -> Result<Picture, String> {
    let acts = chooser.commit(&before, random);
    let intents = acts.iter().map(|act| act.intent(before.epoch())).collect();
    let mut after = before.clone();
    after.commit(&acts);
    machine.disk.fail_nth(OPS[random.random_range(0..OPS.len())], random.random_range(1..3));
    let mut writer = machine.writer.take().ok_or("no writer")?;
    let done = writer.commit(intents, AT).is_ok();
    if random.random_bool(0.5) {
        machine.killed(writer, random)
    } else {
        machine.power_cut(writer, random)
    }
    machine.open(random)?;
    let store = machine.writer.as_ref().ok_or("no writer")?.store();
    let mut before = before;
    let happened = after.check(&store);
    let mut now = match (done, happened) {
        (_, Ok(())) => after,
        (true, Err(fault)) => return Err(format!("after a commit that was answered: {fault}")),
        (false, Err(fault)) => {
            before.check(&store).map_err(|also| format!("neither whole ({fault}) nor not at all ({also}): {acts:?}"))?;
            before
        }
    };
    if random.random_bool(0.3) {
        // Whatever it has shown after the first crash outlives a second one.
        let writer = machine.writer.take().ok_or("no writer")?;
        machine.power_cut(writer, random);
        machine.open(random)?;
        let store = machine.writer.as_ref().ok_or("no writer")?.store();
        now.check(&store).map_err(|fault| format!("after a second crash: {fault}"))?;
    }
    Ok(now)
}

/// An index that takes everything but some keys.
struct Forgetful {
    index: Arc<MapIndex>,
    letter: u8,
}

impl Index for Forgetful {
    fn get(&self, space: Space, key: &[u8]) -> Result<Option<Vec<u8>>, IndexError> {
        self.index.get(space, key)
    }

    fn range(&self, space: Space, from: &[u8], to: &[u8], order: Order, limit: usize) -> Result<Entries, IndexError> {
        self.index.range(space, from, to, order, limit)
    }

    fn apply(&self, space: Space, batch: &Batch) -> Result<(), IndexError> {
        let mut less = batch.clone();
        less.changes.retain(|(key, _)| key.first() != Some(&self.letter));
        self.index.apply(space, &less)
    }

    fn clear(&self, space: Space) -> Result<(), IndexError> {
        self.index.clear(space)
    }

    fn checkpoint(&self) -> Result<(), IndexError> {
        self.index.checkpoint()
    }
}

/// Runs histories on every processor; the first broken law, if any.
fn first_fault(histories: u64, mutant: Mutant) -> Option<String> {
    let next = AtomicU64::new(0);
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= histories {
                return None;
            }
            if let Err(fault) = history(seed, mutant) {
                next.store(histories, Ordering::Relaxed);
                return Some(format!("DUTYNET_SEED={seed}: {fault}"));
            }
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running.into_iter().find_map(|thread| thread.join().unwrap())
    })
}

#[test]
fn a_store_says_what_has_happened_to_it_after_any_history() {
    let alone = env::var("DUTYNET_SEED").ok().map(|seed| seed.parse().unwrap());
    let fault = match alone {
        Some(seed) => history(seed, Mutant::None).err(),
        None => first_fault(HISTORIES, Mutant::None),
    };
    assert_eq!(fault, None);
}

#[test]
fn a_disk_that_does_not_sync_is_found_out() {
    assert!(first_fault(MUTANT, Mutant::Sync).is_some(), "the model cannot fail");
}

#[test]
fn an_index_that_forgets_a_kind_of_key_is_found_out() {
    for letter in *b"ahilopqrswxyz" {
        let fault = first_fault(MUTANT, Mutant::Keys(letter));
        assert!(fault.is_some(), "the model cannot fail without {}", char::from(letter));
    }
}

#[test]
fn a_very_large_commit_keeps_records_and_their_seals_together() {
    let mut machine = Machine::new(0, Mutant::None);
    let mut random = SmallRng::seed_from_u64(0);
    machine.open(&mut random).unwrap();
    let mut picture = beginning().picture.clone();
    let chooser = Chooser { county: &beginning().county, body_bytes_max: BODY_BYTES_MAX };
    let local = |number: u32| Act::Local(format!("{number}"), Bytes::new());
    let mut acts: Vec<_> = (0..10_000).map(local).collect();
    acts.extend(chooser.usual_commit(&picture, &mut random));
    let intents = acts.iter().map(|act| act.intent(picture.epoch())).collect();
    picture.commit(&acts);
    let writer = machine.writer.as_mut().unwrap();
    writer.commit(intents, AT).unwrap();
    picture.learn(&writer.store()).unwrap();
    picture.check(&writer.store()).unwrap();
}
