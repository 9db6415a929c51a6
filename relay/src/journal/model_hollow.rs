//! The part of a history in which bodies are removed, and its law: what was removed is in no file.

use std::collections::BTreeSet;

use rand::{Rng as _, rngs::SmallRng};

use super::{Body, Disk, Journal, Machine, OPS, Picture, Place, Progress, WORD, ensure};

impl Picture {
    /// The power goes while bodies are removed.
    pub(super) fn hollow_cut_short(
        &mut self,
        machine: &mut dyn Machine,
        journal: &mut Journal,
        random: &mut SmallRng,
    ) -> Result<(), String> {
        self.choose_hollow(journal, random)?;
        let step = random.random_range(1..9000);
        let mut hollowing = journal.reader().hollowing(&self.hollowing);
        let done = machine.power_cut_during(random, &mut || {
            loop {
                match hollowing.step(step) {
                    Ok(Progress::More) => {}
                    Ok(Progress::Done) => return true,
                    Err(_) => return false,
                }
            }
        });
        if done {
            self.hollowed();
        }
        Ok(())
    }

    /// Removes some bodies, once or twice with a disk that fails.
    pub(super) fn hollow(
        &mut self,
        machine: &mut dyn Machine,
        journal: &mut Journal,
        random: &mut SmallRng,
    ) -> Result<(), String> {
        self.choose_hollow(journal, random)?;
        if let Some(memory) = machine.memory().filter(|_| random.random_bool(0.3)) {
            memory.fail_nth(OPS[random.random_range(0..OPS.len())], random.random_range(1..4));
            let mut hollowing = journal.reader().hollowing(&self.hollowing);
            while hollowing.step(random.random_range(1..9000)).is_ok_and(|progress| progress == Progress::More) {}
            memory.kill();
            self.learn_hollow(journal)?;
        }
        self.hollow_now(journal, random)
    }

    /// Places whose bodies are to go, in segments that nothing is appended to.
    fn choose_hollow(&mut self, journal: &mut Journal, random: &mut SmallRng) -> Result<(), String> {
        for _ in 0..random.random_range(1..5) {
            if self.groups.is_empty() {
                return Ok(());
            }
            let group = &self.groups[random.random_range(0..self.groups.len())];
            self.hollowing.insert(group.places[random.random_range(0..group.places.len())]);
        }
        if journal.reader().is_open_at(&self.hollowing) {
            journal.roll();
        }
        // What says that they go.
        self.append(journal, random)
    }

    pub(super) fn hollow_now(&mut self, journal: &Journal, random: &mut SmallRng) -> Result<(), String> {
        if self.hollowing.is_empty() {
            return Ok(());
        }
        let mut hollowing = journal.reader().hollowing(&self.hollowing);
        let step = random.random_range(1..9000);
        while hollowing.step(step).map_err(|error| format!("cannot remove bodies: {error}"))? == Progress::More {}
        self.hollowed();
        self.read_everything(journal)
    }

    /// They are gone.
    fn hollowed(&mut self) {
        for place in std::mem::take(&mut self.hollowing) {
            self.now_hollow(place);
        }
    }

    fn now_hollow(&mut self, place: Place) {
        let known = self.groups.iter_mut().flat_map(|group| group.places.iter().zip(&mut group.frames));
        for (_, frame) in known.filter(|(at, _)| **at == place) {
            self.gone.extend(frame.body.bytes().first_chunk::<WORD>());
            frame.body = Body::Hollow;
        }
    }

    /// Which of the bodies that were being removed are.
    pub(super) fn learn_hollow(&mut self, journal: &Journal) -> Result<(), String> {
        for place in self.hollowing.clone() {
            let frame = journal.reader().frame(place).map_err(|error| format!("{place:?}: {error}"))?;
            if frame.body == Body::Hollow {
                self.now_hollow(place);
            }
        }
        Ok(())
    }

    /// No file holds what is gone.
    pub(super) fn search_files(&self, disk: &dyn Disk) -> Result<(), String> {
        let first: BTreeSet<u8> = self.gone.iter().map(|word| word[0]).collect();
        let first: Vec<bool> = (0..=u8::MAX).map(|byte| first.contains(&byte)).collect();
        for name in disk.list("").map_err(|error| error.to_string())?.iter().filter(|_| !self.gone.is_empty()) {
            let len = disk.len(name).map_err(|error| error.to_string())?;
            let bytes = disk.read(name, 0, len as usize).map_err(|error| error.to_string())?;
            let mut words = bytes.windows(WORD).filter(|word| first[usize::from(word[0])]);
            let found = words.find(|word| self.gone.iter().any(|gone| gone == word));
            ensure(found.is_none(), || format!("{name} holds a body that was removed"))?;
        }
        Ok(())
    }
}
