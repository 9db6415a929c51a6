//! Files that we want from the neighbour: one after the other, each from where it broke off. What has come goes to the disk in order; saying
//! how far that is returns the sender's credit.

use std::collections::VecDeque;

use super::{
    config::FEATURE_FILES,
    count::LinkEvent,
    end::PeerFault,
    event::{Action, NotKept},
    frame::{Chunk, FileGone, Frame, WantFile},
};
use crate::ids::{Digest, FileRef};

/// Most files that wait for their turn; more are asked for later.
const WANTED_MAX: usize = 1024;
/// More than this on its way to the disk is a fault of the sender.
const UNDER_WAY_MAX: u64 = 1024 * 1024;

/// Whether files cross this link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaks {
    /// Both know how, and everything is carried.
    Files,
    /// Not.
    RecordsAlone,
}

impl Speaks {
    /// By the words of both.
    pub(super) fn of(features: &[String]) -> Self {
        if features.iter().any(|word| word == FEATURE_FILES) { Self::Files } else { Self::RecordsAlone }
    }
}

/// Our half.
#[derive(Debug)]
pub(super) struct Pulling {
    speaks: Speaks,
    wanted: VecDeque<(FileRef, u64)>,
    now: Now,
}

#[derive(Debug)]
enum Now {
    Nothing,
    /// It comes.
    Coming {
        file: FileRef,
        /// Where the next part begins.
        next: u64,
        /// What is on the disk.
        kept: u64,
    },
    /// We have said that we do not want it any more.
    Stopping(Digest),
}

impl Pulling {
    pub(super) fn new(speaks: Speaks) -> Self {
        Self { speaks, wanted: VecDeque::new(), now: Now::Nothing }
    }

    /// One more file, of which so much is here.
    pub(super) fn want(&mut self, file: FileRef, have: u64) {
        let known = match &self.now {
            Now::Coming { file: coming, .. } => coming.digest == file.digest,
            Now::Stopping(digest) => *digest == file.digest,
            Now::Nothing => false,
        };
        let waits = self.wanted.iter().any(|(waiting, _)| waiting.digest == file.digest);
        if self.speaks == Speaks::Files && !known && !waits && have < file.bytes && self.wanted.len() < WANTED_MAX {
            self.wanted.push_back((file, have));
        }
    }

    /// Asks for the next one, if none is coming.
    pub(super) fn pump(&mut self, out: &mut Vec<Action>) {
        if matches!(self.now, Now::Nothing)
            && let Some((file, have)) = self.wanted.pop_front()
        {
            self.now = Now::Coming { file, next: have, kept: have };
            ask(file, have, out);
        }
    }

    /// A part of it.
    pub(super) fn chunk(&mut self, chunk: Chunk, out: &mut Vec<Action>) -> Result<(), PeerFault> {
        match &mut self.now {
            Now::Coming { file, next, kept } if file.digest == chunk.digest => {
                let through = chunk.offset.checked_add(chunk.bytes.len() as u64).filter(|through| *through <= file.bytes);
                let Some(through) = through.filter(|_| chunk.offset == *next && chunk.total == file.bytes) else {
                    return Err(PeerFault::Unexpected("another part of a file"));
                };
                if chunk.bytes.is_empty() || through - *kept > UNDER_WAY_MAX {
                    return Err(PeerFault::Unexpected("more or less of a file than may be"));
                }
                *next = through;
                out.push(Action::KeepChunk(chunk));
                Ok(())
            }
            // It was on its way.
            Now::Stopping(digest) if *digest == chunk.digest => Ok(()),
            Now::Coming { .. } | Now::Stopping(_) | Now::Nothing => Err(PeerFault::Unexpected("a file that was not asked for")),
        }
    }

    /// A part is on the disk, and with the last one the file is whole and right.
    pub(super) fn kept(&mut self, digest: Digest, through: u64, out: &mut Vec<Action>) {
        let Now::Coming { file, kept, .. } = &mut self.now else { return };
        if file.digest != digest || through <= *kept {
            return;
        }
        *kept = through;
        ask(*file, through, out);
        if through == file.bytes {
            self.now = Now::Nothing;
        }
    }

    /// A part was not kept.
    pub(super) fn not_kept(&mut self, digest: Digest, why: NotKept, out: &mut Vec<Action>) {
        let Now::Coming { file, .. } = self.now else { return };
        if file.digest != digest {
            return;
        }
        match why {
            NotKept::NotIt => {
                out.push(Action::Count(LinkEvent::FileDiscarded));
                self.now = Now::Nothing;
                ask(file, file.bytes, out);
            }
            NotKept::NoRoom | NotKept::Unwanted => {
                self.now = Now::Stopping(digest);
                out.push(Action::Send(Frame::StopFile(digest)));
            }
        }
    }

    /// The neighbour does not give it, or has heard that it should stop.
    pub(super) fn gone(&mut self, gone: &FileGone) -> Result<(), PeerFault> {
        match &self.now {
            Now::Coming { file, .. } if file.digest == gone.digest => {}
            Now::Stopping(digest) if *digest == gone.digest => {}
            Now::Coming { .. } | Now::Stopping(_) | Now::Nothing => return Err(PeerFault::Unexpected("word of a file")),
        }
        self.now = Now::Nothing;
        Ok(())
    }
}

/// From there on, to the end; at the end: that it is all here.
fn ask(file: FileRef, offset: u64, out: &mut Vec<Action>) {
    let want = WantFile { digest: file.digest, offset, length: file.bytes - offset };
    out.push(Action::Send(Frame::WantFile(want)));
}
