//! Files of one end: some that it has, and those of the other that it wants. What has come is durable.

use std::collections::BTreeMap;

use bytes::Bytes;
use dutynet_relay::{
    ids::{Digest, FileRef},
    link::{
        event::{Event, NotKept},
        frame::{Chunk, GoneReason},
    },
};

use super::{Mutant, World};

/// See the module.
pub struct Files {
    held: BTreeMap<Digest, Bytes>,
    coming: BTreeMap<FileRef, Vec<u8>>,
}

fn made(by: usize) -> impl Iterator<Item = (FileRef, Bytes)> {
    [700_u32, 2_000, 1].into_iter().map(move |len| {
        let content: Bytes = (0..len).map(|n| (n * 31 + len) as u8 ^ by as u8).collect::<Vec<u8>>().into();
        (FileRef { digest: Digest::of(FileRef::TAG, &[&content]), bytes: content.len() as u64 }, content)
    })
}

impl World {
    /// Files that the other end has are wanted.
    pub fn want_files(&mut self, end: usize) {
        for (file, have) in self.ends[end].files.wanted() {
            let have = if self.mutant == Mutant::PartForgotten { 0 } else { have };
            self.tell(end, Event::WantFile { file, have });
        }
    }
}

impl Files {
    pub fn new(own: usize) -> Self {
        let held = made(own).map(|(file, content)| (file.digest, content)).collect();
        Self { held, coming: made(1 - own).map(|(file, _)| (file, Vec::new())).collect() }
    }

    pub fn wanted(&self) -> Vec<(FileRef, u64)> {
        self.coming.iter().map(|(file, come)| (*file, come.len() as u64)).collect()
    }

    pub fn read(&self, digest: Digest, (offset, total): (u64, u64), bytes_max: usize) -> Event {
        let loaded = match self.held.get(&digest) {
            Some(content) if content.len() as u64 == total => {
                let from = usize::try_from(offset).unwrap();
                Ok(content.slice(from..content.len().min(from + bytes_max)))
            }
            Some(_) => Err(GoneReason::AnotherLength),
            None => Err(GoneReason::NotHere),
        };
        Event::ChunkLoaded { digest, offset, loaded }
    }

    pub fn keep(&mut self, chunk: &Chunk) -> Event {
        let (digest, file) = (chunk.digest, FileRef { digest: chunk.digest, bytes: chunk.total });
        let Some(come) = self.coming.get_mut(&file).filter(|come| come.len() as u64 == chunk.offset) else {
            return Event::ChunkNotKept { digest, why: NotKept::Unwanted };
        };
        come.extend_from_slice(&chunk.bytes);
        let through = come.len() as u64;
        if through == file.bytes {
            let content: Bytes = self.coming.remove(&file).unwrap_or_default().into();
            if Digest::of(FileRef::TAG, &[&content]) != digest {
                self.coming.insert(file, Vec::new());
                return Event::ChunkNotKept { digest, why: NotKept::NotIt };
            }
            self.held.insert(digest, content);
        }
        Event::ChunkKept { digest, through }
    }
}
