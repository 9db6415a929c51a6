//! Random histories of a journal against a picture in memory that cannot be wrong. For tests only; used here with few cases and by the
//! model tests with many, which is why all its names come from whoever includes it.
//!
//! The law: every append that returned `Ok` is there whole after any cut, at its place and after its cursor; the one append that did not
//! return `Ok` is there whole or not at all; nothing ever panics. A body that was removed is in no file any more, at no cut; one whose removal
//! was cut short is there whole or removed, and can be removed then.

#[path = "model_hollow.rs"]
mod hollow;

use std::{collections::BTreeSet, sync::Arc};

use rand::{Rng as _, RngCore, SeedableRng as _, rngs::SmallRng};

use super::{
    Body, Cursor, Disk, Frame, FrameKind, Journal, JournalError, MemoryDisk, Op, Opened, Options, Place, Progress, ReadError,
    Scan,
};

/// A machine with a disk, whose power can be cut.
pub(super) trait Machine {
    /// The disk as it is now.
    fn disk(&self) -> Arc<dyn Disk>;
    /// Cuts the power, now.
    fn power_cut(&mut self, random: &mut dyn RngCore);
    /// Does some work and cuts the power at a random moment of it. `true`: the work said that it was done, and it was before the cut.
    fn power_cut_during(&mut self, random: &mut dyn RngCore, work: &mut dyn FnMut() -> bool) -> bool;
    /// The disk in memory, where faults can be injected; `None`: there is none.
    fn memory(&self) -> Option<&MemoryDisk>;
}

/// A machine in memory.
#[derive(Default)]
pub(super) struct InMemory(pub(super) Arc<MemoryDisk>);

impl Machine for InMemory {
    fn disk(&self) -> Arc<dyn Disk> {
        self.0.clone()
    }

    fn power_cut(&mut self, random: &mut dyn RngCore) {
        self.0.power_cut(random);
    }

    fn power_cut_during(&mut self, random: &mut dyn RngCore, work: &mut dyn FnMut() -> bool) -> bool {
        let op = OPS[random.random_range(0..OPS.len())];
        self.0.fail_nth(op, random.random_range(1..4));
        let done = work();
        self.0.power_cut(random);
        done
    }

    fn memory(&self) -> Option<&MemoryDisk> {
        Some(&self.0)
    }
}

/// Runs one history. `Err` says what law was broken.
pub(super) fn history(machine: &mut dyn Machine, seed: u64) -> Result<(), String> {
    let mut random = SmallRng::seed_from_u64(seed);
    let options = options(&mut random);
    let mut picture = Picture::default();
    for _ in 0..random.random_range(1..6) {
        let mut journal = picture.open(machine, &options, &mut random)?;
        for _ in 0..random.random_range(0..12) {
            match random.random_range(0..17) {
                16 => picture.hollow(machine, &mut journal, &mut random)?,
                0..8 => picture.append(&mut journal, &mut random)?,
                8..12 => picture.read_a_place(&journal, &mut random)?,
                _ => picture.read_on(&journal, &mut random)?,
            }
        }
        picture.stop(machine, journal, &mut random)?;
    }
    let journal = picture.open(machine, &options, &mut random)?;
    picture.read_everything(&journal)?;
    picture.search_files(&*machine.disk())
}

const OPS: [Op; 5] = [Op::Write, Op::Sync, Op::Allocate, Op::Rename, Op::SyncFolder];

fn options(random: &mut SmallRng) -> Options {
    let scans = [Scan::Everything, Scan::EverythingAfterUnclean, Scan::LastSegment];
    Options {
        prealloc_bytes_min: [4 << 10, 16 << 10][random.random_range(0..2)],
        prealloc_bytes_max: 64 << 10,
        segment_bytes_max: [2 << 10, 16 << 10, 1 << 20][random.random_range(0..3)],
        recent_bytes_max: [0, 4 << 10, 8 << 20][random.random_range(0..3)],
        scan: scans[random.random_range(0..3)],
    }
}

/// What must be in the journal.
struct Picture {
    groups: Vec<Known>,
    /// Appended, and never acknowledged: may be there.
    in_doubt: Option<Vec<Frame>>,
    left: Left,
    frames_made: u64,
    /// Bodies that are being removed.
    hollowing: BTreeSet<Place>,
    /// Words of bodies that are gone.
    gone: Vec<[u8; WORD]>,
}

/// So many random bytes stand nowhere twice.
const WORD: usize = 12;

/// A group that is there.
struct Known {
    frames: Vec<Frame>,
    places: Vec<Place>,
    /// Every cursor ever given for the border after it.
    ends: BTreeSet<Cursor>,
}

/// How the journal was left.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Left {
    Closed,
    Open,
    Either,
}

impl Default for Picture {
    fn default() -> Self {
        Self {
            groups: Vec::new(),
            in_doubt: None,
            left: Left::Closed,
            frames_made: 0,
            hollowing: BTreeSet::new(),
            gone: Vec::new(),
        }
    }
}

impl Picture {
    fn open(&mut self, machine: &mut dyn Machine, options: &Options, random: &mut SmallRng) -> Result<Journal, String> {
        while random.random_bool(0.1) {
            // The power goes, or the disk fails, while the journal opens.
            let disk = machine.disk();
            let mut open = || Journal::open(disk.clone(), options.clone()).is_ok();
            match machine.memory() {
                Some(memory) if random.random_bool(0.5) => {
                    memory.fail_nth(OPS[random.random_range(0..OPS.len())], random.random_range(1..4));
                    open();
                    memory.kill();
                }
                Some(_) | None => {
                    machine.power_cut_during(random, &mut open);
                }
            }
            self.left = Left::Either;
        }
        let (journal, opened) =
            Journal::open(machine.disk(), options.clone()).map_err(|error| format!("cannot open: {error}"))?;
        self.check_opened(&opened)?;
        if let Some(frames) = self.in_doubt.take().filter(|_| opened.end.groups > self.groups.len() as u64) {
            let read = journal.reader().groups_after(self.end(), 1).map_err(|error| format!("last group: {error}"))?;
            let places = read.iter().flat_map(|group| &group.frames).map(|(place, _)| *place).collect();
            self.groups.push(Known { frames, places, ends: BTreeSet::new() });
        }
        self.end_is(opened.end);
        self.left = Left::Open;
        self.learn_hollow(&journal)?;
        self.read_everything(&journal)?;
        self.hollow_now(&journal, random)?;
        Ok(journal)
    }

    fn check_opened(&self, opened: &Opened) -> Result<(), String> {
        let known = self.groups.len() as u64;
        let most = known + u64::from(self.in_doubt.is_some());
        let fits = (known..=most).contains(&opened.end.groups);
        ensure(fits, || format!("{known} to {most} groups should be there: {opened:?}"))?;
        ensure(opened.damaged.is_empty(), || format!("nothing was damaged: {opened:?}"))?;
        ensure(!opened.cut || self.in_doubt.is_some(), || format!("nothing was torn: {opened:?}"))?;
        let right = match self.left {
            Left::Closed => opened.clean,
            Left::Open => !opened.clean,
            Left::Either => true,
        };
        ensure(right, || format!("clean or not is not what it was: {opened:?}"))
    }

    fn append(&mut self, journal: &mut Journal, random: &mut SmallRng) -> Result<(), String> {
        let frames = self.make_frames(random);
        let places = journal.append(&frames).map_err(|error| format!("cannot append: {error}"))?;
        ensure(places.len() == frames.len(), || format!("{} places for {} frames", places.len(), frames.len()))?;
        self.groups.push(Known { frames, places, ends: BTreeSet::new() });
        self.end_is(journal.reader().end());
        Ok(())
    }

    fn stop(&mut self, machine: &mut dyn Machine, mut journal: Journal, random: &mut SmallRng) -> Result<(), String> {
        match random.random_range(0..8) {
            7 => self.hollow_cut_short(machine, &mut journal, random)?,
            0 => {}
            1 => {
                journal.close().map_err(|error| format!("cannot close: {error}"))?;
                self.left = Left::Closed;
                if random.random_bool(0.5) {
                    machine.power_cut(random);
                }
            }
            2 => {
                let mut journal = Some(journal);
                machine.power_cut_during(random, &mut || journal.take().is_some_and(|journal| journal.close().is_ok()));
                self.left = Left::Either;
            }
            3 | 4 => {
                let frames = self.make_frames(random);
                let mut places = None;
                let done = machine.power_cut_during(random, &mut || {
                    places = journal.append(&frames).ok();
                    places.is_some()
                });
                self.appended(frames, places.filter(|_| done));
            }
            5 => self.fail(machine, &mut journal, random)?,
            _ => machine.power_cut(random),
        }
        Ok(())
    }

    /// The disk fails or is full, and the journal takes nothing more.
    fn fail(&mut self, machine: &mut dyn Machine, journal: &mut Journal, random: &mut SmallRng) -> Result<(), String> {
        let frames = self.make_frames(random);
        let Some(memory) = machine.memory() else { return Ok(()) };
        match OPS.get(random.random_range(0..OPS.len() + 2)) {
            Some(op) => memory.fail_next(*op),
            None => memory.full(random.random_range(0..20_000)),
        }
        let appended = journal.append(&frames).ok();
        memory.full(u64::MAX);
        if appended.is_none() {
            let refused = matches!(journal.append(&frames), Err(JournalError::Poisoned));
            ensure(refused, || "a journal went on after an error".to_owned())?;
            self.read_everything(journal)?;
        }
        self.appended(frames, appended);
        memory.kill();
        if random.random_bool(0.5) {
            machine.power_cut(random);
        }
        Ok(())
    }

    fn appended(&mut self, frames: Vec<Frame>, acknowledged: Option<Vec<Place>>) {
        match acknowledged {
            Some(places) => self.groups.push(Known { frames, places, ends: BTreeSet::new() }),
            None => self.in_doubt = Some(frames),
        }
    }

    fn read_a_place(&self, journal: &Journal, random: &mut SmallRng) -> Result<(), String> {
        if self.groups.is_empty() {
            return Ok(());
        }
        let group = &self.groups[random.random_range(0..self.groups.len())];
        let frame = random.random_range(0..group.frames.len());
        self.check_place(journal, group.places[frame], &group.frames[frame])?;
        let nowhere = Place { frame: 60_000, ..group.places[frame] };
        let missing = matches!(journal.reader().frame(nowhere), Err(ReadError::NotThere(_)));
        ensure(missing, || format!("something stands at {nowhere:?}"))
    }

    fn check_place(&self, journal: &Journal, place: Place, frame: &Frame) -> Result<(), String> {
        let read = journal.reader().frame(place).map_err(|error| format!("{place:?}: {error}"))?;
        ensure(read == *frame, || format!("another frame stands at {place:?}"))
    }

    /// Reads from a border that was given at some time; by its group count alone, now and then.
    fn read_on(&self, journal: &Journal, random: &mut SmallRng) -> Result<(), String> {
        let skip = random.random_range(0..=self.groups.len());
        let ends = skip.checked_sub(1).map(|last| &self.groups[last].ends);
        let mut at = Cursor { groups: skip as u64, ..Cursor::default() };
        if let Some(ends) = ends.filter(|ends| !ends.is_empty() && random.random_bool(0.9)) {
            at = *ends.iter().nth(random.random_range(0..ends.len())).unwrap_or(&at);
        }
        let bytes_max = random.random_range(0..10_000);
        self.check_from(journal, at, bytes_max)
    }

    fn read_everything(&self, journal: &Journal) -> Result<(), String> {
        for group in &self.groups {
            for (place, frame) in group.places.iter().zip(&group.frames).step_by(1 + group.places.len() / 8) {
                self.check_place(journal, *place, frame)?;
            }
        }
        self.check_from(journal, Cursor::default(), 3000)
    }

    fn check_from(&self, journal: &Journal, from: Cursor, bytes_max: usize) -> Result<(), String> {
        let reader = journal.reader();
        let mut at = from;
        for known in &self.groups[from.groups as usize..] {
            // One at a time or many at a time, the first is always the next one.
            let read = reader.groups_after(at, bytes_max).map_err(|error| format!("after {at:?}: {error}"))?;
            let first = read.first().ok_or_else(|| format!("nothing after {at:?}"))?;
            let same = first.frames.iter().map(|(_, frame)| frame).eq(&known.frames)
                && first.frames.iter().map(|(place, _)| place).eq(&known.places);
            ensure(same && first.damaged.is_empty(), || format!("another group after {at:?}"))?;
            ensure(first.end.groups == at.groups + 1, || format!("{:?} after {at:?}", first.end))?;
            at = first.end;
        }
        let rest = reader.groups_after(at, bytes_max).map_err(|error| format!("at the end: {error}"))?;
        ensure(rest.is_empty(), || format!("more than there should be after {at:?}"))
    }

    fn end(&self) -> Cursor {
        Cursor { groups: self.groups.len() as u64, ..Cursor::default() }
    }

    fn end_is(&mut self, end: Cursor) {
        if let Some(last) = self.groups.last_mut() {
            last.ends.insert(end);
        }
    }

    fn make_frames(&mut self, random: &mut SmallRng) -> Vec<Frame> {
        let many = if random.random_bool(0.03) { 60 } else { 4 };
        let count = random.random_range(1..=many);
        (0..count).map(|_| self.make_frame(random)).collect()
    }

    fn make_frame(&mut self, random: &mut SmallRng) -> Frame {
        self.frames_made += 1;
        let len = if random.random_bool(0.1) { 6000 } else { 300 };
        let mut body = vec![0; random.random_range(0..len)];
        random.fill_bytes(&mut body);
        let header = self.frames_made.to_string().into();
        Frame { kind: [FrameKind::Accepted, FrameKind::Local][body.len() % 2], version: 1, header, body: body.into() }
    }
}

fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}
