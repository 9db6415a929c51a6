//! One file of the memory disk: 4 KiB blocks, each with the content that is durable and those that were written since.

use std::{collections::BTreeMap, sync::Arc};

use rand::{Rng as _, RngCore};

/// What a machine's page cache writes at once.
pub(super) const BLOCK: usize = 4096;
/// What a disk writes at once.
const SECTOR: usize = 512;
/// Most contents of one block that are kept besides the durable one.
const NEWER_MAX: usize = 4;

type Page = Arc<[u8; BLOCK]>;

/// A file's content.
#[derive(Debug, Clone, Default)]
pub(super) struct Pages {
    len: Versions<u64>,
    blocks: BTreeMap<u64, Versions<Page>>,
}

/// A value that is durable, and those that came after it.
#[derive(Debug, Clone, Default)]
struct Versions<T> {
    durable: T,
    newer: Vec<T>,
    /// A sync has failed: the machine believes that it is clean, and no later sync makes it durable.
    forgotten: bool,
}

impl<T: Clone> Versions<T> {
    fn now(&self) -> &T {
        self.newer.last().unwrap_or(&self.durable)
    }

    fn push(&mut self, value: T) {
        if self.newer.len() == NEWER_MAX {
            self.newer.remove(1);
        }
        self.newer.push(value);
        self.forgotten = false;
    }

    fn sync(&mut self) {
        if !self.forgotten
            && let Some(now) = self.newer.pop()
        {
            self.durable = now;
            self.newer.clear();
        }
    }

    fn settle(&mut self, value: T) {
        self.durable = value;
        self.newer.clear();
        self.forgotten = false;
    }

    fn any(&self, random: &mut dyn RngCore) -> &T {
        let chosen = random.random_range(0..=self.newer.len());
        self.newer.get(chosen).unwrap_or(&self.durable)
    }
}

impl Pages {
    /// Length as processes see it.
    pub(super) fn len(&self) -> u64 {
        *self.len.now()
    }

    /// Writes bytes, and grows as needed.
    pub(super) fn write(&mut self, offset: u64, bytes: &[u8]) {
        let mut at = offset;
        let mut left = bytes;
        while !left.is_empty() {
            let (block, skip) = (at / BLOCK as u64, (at % BLOCK as u64) as usize);
            let (now, rest) = left.split_at(left.len().min(BLOCK - skip));
            let versions = self.blocks.entry(block).or_insert_with(zeros);
            let mut page = **versions.now();
            page[skip..skip + now.len()].copy_from_slice(now);
            versions.push(Arc::new(page));
            at += now.len() as u64;
            left = rest;
        }
        self.grow(at);
    }

    /// Makes the file at least that long.
    pub(super) fn grow(&mut self, len: u64) {
        if len > self.len() {
            self.len.push(len);
        }
    }

    /// Cuts the file; what was beyond is zero when it grows again.
    pub(super) fn truncate(&mut self, len: u64) {
        if len == self.len() {
            return;
        }
        for (block, versions) in self.blocks.range_mut(len / BLOCK as u64..) {
            let mut page = **versions.now();
            zero_beyond(&mut page, *block, len);
            if page != **versions.now() {
                versions.push(Arc::new(page));
            }
        }
        self.len.push(len);
    }

    /// Bytes of the file; the caller has checked the length.
    pub(super) fn read(&self, offset: u64, len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        let end = offset + len as u64;
        for (block, versions) in self.blocks.range(offset / BLOCK as u64..end.div_ceil(BLOCK as u64)) {
            let start = block * BLOCK as u64;
            let (from, to) = (offset.max(start), end.min(start + BLOCK as u64));
            let page = &versions.now()[(from - start) as usize..(to - start) as usize];
            bytes[(from - offset) as usize..(to - offset) as usize].copy_from_slice(page);
        }
        bytes
    }

    /// Makes everything durable that the machine knows to be dirty.
    pub(super) fn sync(&mut self) {
        self.len.sync();
        self.blocks.values_mut().for_each(Versions::sync);
    }

    /// A sync that fails: what was dirty stays readable, and is durable only after it is written again.
    pub(super) fn forget(&mut self) {
        self.len.forgotten = !self.len.newer.is_empty();
        for versions in self.blocks.values_mut() {
            versions.forgotten = !versions.newer.is_empty();
        }
    }

    /// Each unsynced block is independently the old one, the new one, one between, or torn at sectors.
    pub(super) fn power_cut(&mut self, random: &mut dyn RngCore) {
        let len = *self.len.any(random);
        self.len.settle(len);
        for (block, versions) in &mut self.blocks {
            if versions.newer.is_empty() && versions.durable.len() as u64 + block * BLOCK as u64 <= len {
                continue;
            }
            let mut page = match random.random_range(0..4) {
                0 => *versions.durable,
                1 => **versions.now(),
                2 => **versions.any(random),
                _ => torn(versions, random),
            };
            zero_beyond(&mut page, *block, len);
            versions.settle(Arc::new(page));
        }
    }

    /// Flips a bit wherever it is kept.
    pub(super) fn flip_bit(&mut self, bit: u64) {
        let (byte, mask) = (bit / 8, 1 << (bit % 8));
        let versions = self.blocks.entry(byte / BLOCK as u64).or_insert_with(zeros);
        for page in versions.newer.iter_mut().chain([&mut versions.durable]) {
            Arc::make_mut(page)[(byte % BLOCK as u64) as usize] ^= mask;
        }
    }
}

fn zeros() -> Versions<Page> {
    Versions { durable: Arc::new([0; BLOCK]), newer: Vec::new(), forgotten: false }
}

fn torn(versions: &Versions<Page>, random: &mut dyn RngCore) -> [u8; BLOCK] {
    let mut page = *versions.durable;
    for at in (0..BLOCK).step_by(SECTOR) {
        page[at..at + SECTOR].copy_from_slice(&versions.any(random)[at..at + SECTOR]);
    }
    page
}

fn zero_beyond(page: &mut [u8; BLOCK], block: u64, len: u64) {
    let keep = len.saturating_sub(block * BLOCK as u64).min(BLOCK as u64) as usize;
    page[keep..].fill(0);
}
