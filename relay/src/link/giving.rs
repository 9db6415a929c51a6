//! A file that the neighbour wants: one at a time, read one part ahead, never before anything more urgent. What was sent and is not on the
//! neighbour's disk counts against the credit of the Routine lane.

use std::time::Duration;

use bytes::Bytes;

use super::{
    credit::Credit,
    end::PeerFault,
    event::Action,
    frame::{Chunk, FileGone, Frame, GoneReason, WantFile},
    pulling::Speaks,
};
use crate::ids::{Digest, LinkSeq};

/// Tags, names and numbers of a part.
const CHUNK_OVERHEAD: usize = 256;

/// The neighbour's wish.
#[derive(Debug)]
pub(super) struct Giving {
    speaks: Speaks,
    credit: Credit,
    bytes_max: usize,
    /// Bytes that were sent in this session.
    given: u64,
    now: Option<Wish>,
}

#[derive(Debug)]
struct Wish {
    digest: Digest,
    total: u64,
    /// Sent through here.
    sent: u64,
    /// On the neighbour's disk through here.
    kept: u64,
    /// What `given` was when nothing of this file had been.
    base: i128,
    ahead: Ahead,
}

#[derive(Debug)]
enum Ahead {
    Nothing,
    Asked,
    Ready(Bytes),
}

impl Giving {
    /// With parts of the size of a Routine batch.
    pub(super) fn new(speaks: Speaks, window: usize, bytes_max: usize) -> Self {
        let credit = Credit::measured(window, bytes_max);
        Self { speaks, credit, bytes_max: bytes_max.saturating_sub(CHUNK_OVERHEAD).max(1), given: 0, now: None }
    }

    /// The neighbour wants a file, or says how far it has got.
    pub(super) fn asked(&mut self, now: Duration, want: WantFile) -> Result<(), PeerFault> {
        if self.speaks == Speaks::RecordsAlone {
            return Err(PeerFault::Unexpected("a wish for a file"));
        }
        let total = want.offset.checked_add(want.length).ok_or(PeerFault::Unexpected("a wish beyond every file"))?;
        match &mut self.now {
            Some(wish) => {
                let follows = wish.digest == want.digest && wish.total == total;
                if !follows || want.offset < wish.kept || want.offset > wish.sent {
                    return Err(PeerFault::Unexpected("another wish for a file"));
                }
                wish.kept = want.offset;
                let through = wish.place(want.offset);
                if want.length == 0 {
                    self.now = None;
                }
                self.credit.acknowledged(now, through);
            }
            None if want.length > 0 => {
                let base = i128::from(self.given) - i128::from(want.offset);
                let (sent, kept) = (want.offset, want.offset);
                self.now = Some(Wish { digest: want.digest, total, sent, kept, base, ahead: Ahead::Nothing });
            }
            // It has it all, and we had stopped giving it.
            None => {}
        }
        Ok(())
    }

    /// The neighbour does not want it any more.
    pub(super) fn stop(&mut self, now: Duration, digest: Digest, out: &mut Vec<Action>) -> Result<(), PeerFault> {
        if self.speaks == Speaks::RecordsAlone {
            return Err(PeerFault::Unexpected("word of a file"));
        }
        if self.now.take_if(|wish| wish.digest == digest).is_some() {
            self.credit.acknowledged(now, LinkSeq(self.given));
        }
        out.push(Action::Send(Frame::FileGone(FileGone { digest, reason: GoneReason::Stopped })));
        Ok(())
    }

    /// A part was read, or cannot be given.
    pub(super) fn loaded(
        &mut self,
        now: Duration,
        (digest, offset): (Digest, u64),
        loaded: Result<Bytes, GoneReason>,
        out: &mut Vec<Action>,
    ) {
        let asked = |wish: &&mut Wish| wish.digest == digest && wish.sent == offset && matches!(wish.ahead, Ahead::Asked);
        let Some(wish) = self.now.as_mut().filter(asked) else { return };
        let reason = match loaded {
            Ok(bytes) if !bytes.is_empty() && bytes.len() as u64 <= wish.total - offset => {
                wish.ahead = Ahead::Ready(bytes);
                return;
            }
            Ok(_) => GoneReason::NotHere,
            Err(reason) => reason,
        };
        self.now = None;
        self.credit.acknowledged(now, LinkSeq(self.given));
        out.push(Action::Send(Frame::FileGone(FileGone { digest, reason })));
    }

    /// Reads ahead, when there is room beside what the Routine lane has under way.
    pub(super) fn read_ahead(&mut self, beside: &Credit, out: &mut Vec<Action>) {
        let has_room = self.credit.has_room_beside(beside);
        let Some(wish) = &mut self.now else { return };
        if has_room && matches!(wish.ahead, Ahead::Nothing) && wish.sent < wish.total {
            wish.ahead = Ahead::Asked;
            let (digest, offset, total) = (wish.digest, wish.sent, wish.total);
            out.push(Action::LoadChunk { digest, offset, total, bytes_max: self.bytes_max });
        }
    }

    /// Whether there is anything to give.
    pub(super) fn has_unsent(&self) -> bool {
        self.now.as_ref().is_some_and(|wish| wish.sent < wish.total)
    }

    /// The next part.
    pub(super) fn take(&mut self, now: Duration) -> Option<Frame> {
        let wish = self.now.as_mut()?;
        let bytes = match std::mem::replace(&mut wish.ahead, Ahead::Nothing) {
            Ahead::Ready(bytes) => bytes,
            other @ (Ahead::Nothing | Ahead::Asked) => {
                wish.ahead = other;
                return None;
            }
        };
        let offset = wish.sent;
        wish.sent += bytes.len() as u64;
        self.given += bytes.len() as u64;
        let place = wish.place(wish.sent);
        self.credit.sent(now, place, bytes.len() + CHUNK_OVERHEAD);
        Some(Frame::Chunk(Chunk { digest: wish.digest, offset, bytes, total: wish.total }))
    }

    /// What is under way.
    pub(super) fn credit(&self) -> &Credit {
        &self.credit
    }
}

impl Wish {
    /// An offset as a place among everything that was given.
    fn place(&self, offset: u64) -> LinkSeq {
        LinkSeq(u64::try_from(self.base + i128::from(offset)).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests;
