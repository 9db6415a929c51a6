//! Taking a file over: written under no name of its own, looked at, synced, and only then named by what is in it. What is turned away, or breaks
//! off, is removed before anybody can read it.

use std::io::{self, Read};

use super::{FRESH, FileFault, Files, PIECE, whole};
use crate::{
    disk::Disk,
    ids::{Digesting, FileRef},
};

/// A file that is all here and has no name yet.
pub struct Fresh<'a> {
    disk: &'a dyn Disk,
    name: &'a str,
    bytes: u64,
}

impl Fresh<'_> {
    /// How long it is.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// A part of it; up to its end.
    pub fn read(&self, offset: u64, bytes_max: usize) -> io::Result<Vec<u8>> {
        let count = usize::try_from(self.bytes.saturating_sub(offset)).unwrap_or(bytes_max).min(bytes_max);
        self.disk.read(self.name, offset, count)
    }
}

impl Files {
    /// Takes over a file; durable when it returns.
    pub fn put(&self, from: impl Read) -> Result<FileRef, FileFault> {
        self.put_if(from, |_| true)
    }

    /// The same for a file that is looked at first; one that is turned away leaves nothing.
    pub fn put_if(&self, mut from: impl Read, looks_right: impl FnOnce(&Fresh<'_>) -> bool) -> Result<FileRef, FileFault> {
        let name = {
            let mut known = self.lock();
            known.fresh += 1;
            format!("{FRESH}{}", known.fresh)
        };
        let mut written = 0;
        let put = self.write_new(&name, &mut from, &mut written).and_then(|file| {
            let fresh = Fresh { disk: self.disk.as_ref(), name: &name, bytes: file.bytes };
            if !looks_right(&fresh) {
                return Err(FileFault::TurnedAway);
            }
            self.disk.sync(&name)?;
            Ok(file)
        });
        self.lock().fresh_bytes -= written;
        let file = put.inspect_err(|_| self.discard(&name))?;
        self.disk.rename(&name, &whole(&file.digest))?;
        self.arrived(file)?;
        Ok(file)
    }

    fn write_new(&self, name: &str, from: &mut impl Read, written: &mut u64) -> Result<FileRef, FileFault> {
        let (mut digest, mut piece) = (Digesting::new(FileRef::TAG), vec![0; PIECE]);
        loop {
            let count = from.read(&mut piece)?;
            if count == 0 {
                break;
            }
            let more = count as u64;
            if *written + more > self.limits.file_bytes_max {
                return Err(FileFault::Size(*written + more));
            }
            self.take_room(more)?;
            self.lock().fresh_bytes += more;
            let at = *written;
            *written += more;
            self.disk.write(name, at, &piece[..count])?;
            digest.add(&piece[..count]);
        }
        if *written == 0 {
            return Err(FileFault::Size(0));
        }
        Ok(FileRef { digest: digest.finish(), bytes: *written })
    }
}
