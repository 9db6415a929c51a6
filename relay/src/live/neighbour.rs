//! One link as live questions see it: what it can do, what waits to be sent on it, and how much longer its neighbour's nonsense is borne.

use std::collections::{BTreeSet, VecDeque};

use super::{FRAME_BYTES, FRAME_ROWS_MAX, FRAMES_MAX, PATIENCE, frame::LiveFrame, question::Row};
use crate::ids::QuestionId;

/// Which end of the link the neighbour is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// It is our parent.
    Above,
    /// It is our child.
    Below,
}

/// Whether it knows live questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaks {
    /// It does.
    Questions,
    /// It does not.
    RecordsAlone,
}

/// A link that is up.
#[derive(Debug)]
pub(super) struct Neighbour {
    pub(super) side: Side,
    pub(super) speaks: Speaks,
    pub(super) outflow: Outflow,
    patience: u32,
    /// Frames of rows that we have taken.
    taken: u64,
}

/// Tags, names and numbers of a row.
const ROW_OVERHEAD: usize = 160;

impl Neighbour {
    pub(super) fn new(side: Side, speaks: Speaks) -> Self {
        Self { side, speaks, outflow: Outflow::default(), patience: PATIENCE, taken: 0 }
    }

    /// A frame of rows was taken in; what is told of that.
    pub(super) fn took_rows(&mut self) -> LiveFrame {
        self.taken += 1;
        LiveFrame::Taken(self.taken)
    }

    /// It was asked, or has said something of use: some frames that cross others on the way are borne again.
    pub(super) fn calm(&mut self) {
        self.patience = (self.patience + 4).min(PATIENCE);
    }

    /// It sent a frame that changes nothing. Whether that was one too many.
    pub(super) fn is_too_much(&mut self) -> bool {
        self.patience = self.patience.saturating_sub(1);
        self.patience == 0
    }
}

/// Rows on their way to the parent, in order; few frames at a time, so that rows that come meanwhile share one.
#[derive(Debug, Default)]
pub(super) struct Outflow {
    queue: VecDeque<Piece>,
    sent: u64,
    taken: u64,
}

#[derive(Debug)]
enum Piece {
    Row(QuestionId, Row),
    Done(QuestionId),
}

impl Outflow {
    pub(super) fn rows(&mut self, id: QuestionId, rows: Vec<Row>) {
        self.queue.extend(rows.into_iter().map(|row| Piece::Row(id, row)));
    }

    pub(super) fn done(&mut self, id: QuestionId) {
        self.queue.push_back(Piece::Done(id));
    }

    /// Questions that something waits here of.
    pub(super) fn ids(&self) -> BTreeSet<QuestionId> {
        let ids = self.queue.iter().map(|piece| match piece {
            Piece::Row(id, _) | Piece::Done(id) => *id,
        });
        ids.collect()
    }

    /// Nothing more of that question.
    pub(super) fn forget(&mut self, id: QuestionId) {
        self.queue.retain(|piece| match piece {
            Piece::Row(of, _) | Piece::Done(of) => *of != id,
        });
    }

    /// The neighbour has taken so many frames. False: it cannot have.
    pub(super) fn took(&mut self, frames: u64) -> bool {
        let possible = (self.taken..=self.sent).contains(&frames);
        if possible {
            self.taken = frames;
        }
        possible
    }

    /// The next frame that may leave.
    pub(super) fn next(&mut self) -> Option<LiveFrame> {
        match self.queue.front()? {
            Piece::Done(id) => {
                let done = LiveFrame::Done(*id);
                self.queue.pop_front();
                Some(done)
            }
            Piece::Row(..) if self.sent - self.taken >= FRAMES_MAX => None,
            Piece::Row(id, _) => {
                let id = *id;
                self.sent += 1;
                Some(LiveFrame::Rows { id, rows: self.rows_of(id) })
            }
        }
    }

    fn rows_of(&mut self, id: QuestionId) -> Vec<Row> {
        let (mut rows, mut room) = (Vec::new(), FRAME_BYTES);
        while let Some(Piece::Row(of, row)) = self.queue.front() {
            let weight = row.body_bytes() + ROW_OVERHEAD;
            let fits = rows.is_empty() || (weight <= room && rows.len() < FRAME_ROWS_MAX);
            if *of != id || !fits {
                break;
            }
            room = room.saturating_sub(weight);
            if let Some(Piece::Row(_, row)) = self.queue.pop_front() {
                rows.push(row);
            }
        }
        rows
    }
}
