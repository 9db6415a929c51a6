//! What happens to machines, beyond weather: disks set back to older images, with and without being told; new machines with empty disks;
//! machines that run twice; clocks that jump; disks that are really full.

use std::{sync::Arc, time::Duration};

use dutynet_relay::{
    disk::{Disk as _, memory::MemoryDisk},
    index::map::MapIndex,
    link::retry::Retry,
    record::{OfficeKey, PublicKey},
};
use rand::Rng as _;

use crate::{
    asks::State,
    faults::FailingIndex,
    line::Line,
    losses::Memory,
    office::{Image, Office, Past},
    world::{BEGINNING, Happening, World},
};

/// Images that are kept of one machine.
const IMAGES_MAX: usize = 3;
/// 2099-01-01, ms.
const YEAR_2099: i64 = 4_070_908_800_000;

impl World {
    /// Somebody copies the disk of a running machine.
    pub fn take_image(&mut self, at: usize) {
        let kept = self.random.random_range(0..IMAGES_MAX);
        let office = &mut self.offices[at];
        let Some(live) = office.live.as_ref().filter(|_| !office.is_shaky() && !office.joining) else { return };
        let tree = live.store.registry();
        let keys = self.ledger.ids.iter().map(|id| tree.entry(id)?.key.clone()).collect();
        let image = Image {
            keys,
            disk: office.disk.fork(),
            index: office.index.map.crashed(office.index.map.changes_at_risk()),
            memory: self.ledger.memory(at),
        };
        if office.images.len() < IMAGES_MAX {
            office.images.push(image);
        } else {
            office.images[kept] = image;
        }
        self.count("images taken");
    }

    /// The disk is one of before.
    pub fn set_back(&mut self, at: usize) {
        if self.offices[at].images.is_empty() || self.offices[at].joining || self.has_twin(at) {
            return;
        }
        let which = self.random.random_range(0..self.offices[at].images.len());
        let told = self.random.random_bool(0.4);
        // Whoever was not told that his disk is an older one takes it for whole until he meets somebody; the root meets only whom it knows.
        let keys = &self.offices[at].images[which].keys;
        let whole = self.ledger.below(self.ledger.homes[at]).iter().all(|below| keys[*below] == Some(self.key_of(*below)));
        if !self.is_remembered(at) || (!whole && (!told || at == 0)) {
            return;
        }
        self.note(at, if told { "is restored" } else { "has an older disk" });
        self.count(if told { "disks restored" } else { "disks set back" });
        self.switch_off(at);
        let variant = self.random.random_range(0..3);
        let office = &mut self.offices[at];
        let image = &office.images[which];
        // Of the index: what was copied with it, nothing, or the one of now, which knows more.
        let index = match variant {
            0 => image.index.crashed(usize::MAX),
            1 => MapIndex::default(),
            _ => office.index.map.crashed(usize::MAX),
        };
        office.disk = Arc::new(image.disk.fork());
        office.index = Arc::new(FailingIndex::over(index));
        office.past = if told { Past::Restored } else { Past::Another };
        let memory = image.memory.clone();
        self.ledger.set_back(at, &memory, &self.opened());
        self.order_start(at);
    }

    /// A machine is lost with its disk. A new one, with an empty disk, gets an invitation: with a new key, or with the old one from paper.
    pub fn replace(&mut self, at: usize) {
        let has_children = self.offices.iter().any(|office| office.parent == Some(at));
        if self.offices[at].parent.is_none() || self.offices[at].joining || self.has_twin(at) || !self.is_remembered(at) {
            return;
        }
        // Children of an office with a new key stay away until somebody invites them anew.
        let new_key = !has_children && self.random.random_bool(0.7);
        self.note(at, if new_key { "is replaced" } else { "has an empty disk" });
        self.count(if new_key { "machines replaced" } else { "disks emptied" });
        self.switch_off(at);
        let secret: [u8; 32] = self.random.random();
        let office = &mut self.offices[at];
        office.disk = Arc::new(MemoryDisk::default());
        office.index = Arc::new(FailingIndex::default());
        office.images.clear();
        office.past = Past::Another;
        office.joining = true;
        if new_key {
            office.key = OfficeKey::from_secret(&secret);
            let key = office.key.public();
            self.ledger.has_key(at, key);
        }
        self.ledger.set_back(at, &Memory::default(), &self.opened());
        self.enrolled.remove(&at);
        let wait = Duration::from_millis(self.random.random_range(5..1_500));
        self.after(wait, Happening::Enrolled { child: at });
    }

    /// A machine is copied with everything on its disk, and both run.
    pub fn copy(&mut self, at: usize) {
        let fits = |office: &Office| office.live.is_some() && office.parent.is_some() && !office.is_shaky() && !office.joining;
        if self.twin.is_some() || !fits(&self.offices[at]) {
            return;
        }
        self.note(at, "is copied");
        self.count("machines copied");
        let skew_ms = self.random.random_range(-5_000..5_000);
        let seed = self.random.random();
        let office = &self.offices[at];
        let copy = Office {
            id: office.id.clone(),
            parent: office.parent,
            key: office.key.clone(),
            disk: Arc::new(office.disk.fork()),
            index: Arc::new(FailingIndex::over(office.index.map.crashed(usize::MAX))),
            skew_ms,
            run: 0,
            live: None,
            space: office.space,
            slow_until: Duration::ZERO,
            armed: false,
            cramped: false,
            images: Vec::new(),
            past: Past::Another,
            joining: false,
            gone: false,
            retry: Retry::between(Duration::from_millis(50), Duration::from_secs(1), seed),
        };
        let space = copy.space;
        self.offices.push(copy);
        self.lines.push(Line::default());
        let twin = self.ledger.copied(at);
        self.twin = Some((at, twin));
        self.enrolled.insert(twin);
        self.order_start(twin);
        if space != dutynet_relay::writer::Space::Enough {
            self.after(Duration::from_secs(1), Happening::Room { office: twin });
        }
    }

    /// A person decides which of two machines goes on.
    pub fn decide(&mut self) {
        let Some((at, twin)) = self.twin.take() else { return };
        self.switch_off(at);
        self.switch_off(twin);
        if self.random.random_bool(0.5) {
            self.note(at, "goes on with the copy");
            self.count("copies that went on");
            let (left, right) = self.offices.split_at_mut(twin);
            let (one, other) = (&mut left[at], &mut right[0]);
            std::mem::swap(&mut one.disk, &mut other.disk);
            std::mem::swap(&mut one.index, &mut other.index);
            self.ledger.exchange(at, twin);
            self.asks.iter_mut().for_each(|ask| {
                ask.office = if ask.office == at {
                    twin
                } else if ask.office == twin {
                    at
                } else {
                    ask.office
                };
                ask.forget_asking();
            });
        } else {
            self.note(at, "goes on without the copy");
        }
        self.offices[twin].gone = true;
        // Whoever has asked there and not been told asks no more.
        self.asks.iter_mut().filter(|ask| ask.office == twin).for_each(|ask| ask.state = State::Told);
        let opened = self.opened();
        self.ledger.losses.twofold = None;
        self.ledger.set_back(twin, &Memory::default(), &opened);
    }

    /// Somebody sets the clock, or the battery is dead.
    pub fn set_clock(&mut self, at: usize) {
        let now = i64::try_from(self.now.as_millis()).unwrap_or(i64::MAX);
        let is = BEGINNING + now;
        let (what, shown) = match self.random.random_range(0..5) {
            0 => ("clocks of 1970", self.random.random_range(0..86_400_000)),
            1 => ("clocks of 2099", YEAR_2099 + self.random.random_range(0..86_400_000)),
            2 => ("clocks 40 minutes fast", is + 2_400_000),
            3 => ("clocks put back", is - self.random.random_range(1_000..172_800_000)),
            _ => ("clocks set right", is + self.random.random_range(-2_000..2_000)),
        };
        self.offices[at].skew_ms = shown - is;
        self.note(at, what);
        self.count(what);
    }

    /// From now on there is hardly any room on the disk.
    pub fn cramp(&mut self, at: usize) {
        let wait = Duration::from_millis(self.random.random_range(100..2_000));
        let left = self.random.random_range(0..6_000);
        let disk = &self.offices[at].disk;
        let files = disk.list("").unwrap_or_default();
        let used: u64 = files.iter().filter_map(|name| disk.len(name).ok()).sum();
        disk.full(used + left);
        self.offices[at].cramped = true;
        self.note(at, &format!("has {left} bytes left on its disk"));
        self.count("disks really full");
        self.after(wait, Happening::Room { office: at });
    }

    /// Neither it nor its lines are there any more; nobody starts it.
    fn switch_off(&mut self, at: usize) {
        let silent = self.random.random_bool(0.3);
        self.drop_connections_of(at, silent);
        let office = &mut self.offices[at];
        office.live = None;
        office.armed = false;
        office.cramped = false;
        office.run += 1;
        office.index.mend();
        office.disk.kill();
        office.disk.full(u64::MAX);
    }

    /// Whether somebody above knows who is below it; else they must be invited again.
    fn is_remembered(&self, at: usize) -> bool {
        self.offices[at].parent.is_none_or(|parent| self.offices[parent].live.is_some() && self.knows_those_below(parent, at))
    }

    fn knows_those_below(&self, at: usize, top: usize) -> bool {
        let tree = self.offices[at].live().store.registry();
        let known = |below: &usize| tree.entry(&self.offices[*below].id).and_then(|entry| entry.key.clone());
        self.ledger.below(self.ledger.homes[top]).iter().all(|below| known(below) == Some(self.key_of(*below)))
    }

    fn key_of(&self, at: usize) -> PublicKey {
        self.offices[at].key.public()
    }

    fn has_twin(&self, at: usize) -> bool {
        self.twin.is_some_and(|(one, other)| at == one || at == other)
    }

    fn opened(&self) -> Vec<u64> {
        self.lines.iter().map(|line| line.opened).collect()
    }

    fn order_start(&mut self, at: usize) {
        let wait = Duration::from_millis(self.random.random_range(5..1_500));
        self.after(wait, Happening::Start { office: at });
    }

    /// What is planned of these happens sooner or later.
    pub fn disaster(&mut self, at: usize) {
        let (left, kept) = (&mut self.disasters_left, self.offices[at].images.len());
        match self.random.random_range(0..5) {
            0 | 1 if left.set_back > 0 && kept > 0 => {
                left.set_back -= 1;
                self.set_back(at);
            }
            2 if left.replaced > 0 => {
                left.replaced -= 1;
                self.replace(at);
            }
            3 if left.copied > 0 => {
                left.copied -= 1;
                self.copy(at);
            }
            _ if self.plan.disasters.set_back > 0 => self.take_image(at),
            _ => {}
        }
    }
}
