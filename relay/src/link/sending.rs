//! What goes out: our lanes, in the order of their urgency, within their credit.
//!
//! - Nothing else leaves while Control has something unsent: a registry entry precedes the first record of its office.
//! - Above Routine the order is strict, a lane that waits for its credit apart. Routine has one frame of some, so that it never starves.
//! - Each lane reads one batch ahead from the store, whatever the others do.

mod parts;

use std::{collections::VecDeque, time::Duration};

use self::parts::fitting;
use super::{
    config::{Carries, Limits},
    credit::Credit,
    end::{EndReason, PeerFault, RetryHint},
    event::{Action, Outgoing},
    frame::{Arrived, Batch, Custody, Frame, Item, Position, Weight},
    giving::Giving,
    machine::Stop,
    position::per_lane,
    pulling::Speaks,
    spans::Spans,
};
use crate::ids::{Epoch, Lane, LinkSeq, PerLane};

/// Room for the parts of a frame that are not items.
const FRAME_OVERHEAD: usize = 4 * 1024;

/// Our half of a session.
#[derive(Debug)]
pub(super) struct Sending {
    epoch: Epoch,
    lanes: PerLane<Outbox>,
    files: Giving,
    /// Frames of the lanes since the last part of a file.
    since_file: u32,
    files_floor: u32,
    /// Frames of other lanes since the last one of Routine.
    since_routine: u32,
    routine_floor: u32,
    window_records: u64,
    carries: Carries,
    gate: Flow,
}

/// Whether batches leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    /// Not before it is known where to go on.
    Held,
    Open,
}

/// One lane.
#[derive(Debug)]
struct Outbox {
    head: LinkSeq,
    sent: Position,
    /// What the neighbour has acknowledged in words, not only by its Hello.
    custody: LinkSeq,
    arrived: LinkSeq,
    /// What it has said in this session of positions that are late.
    late_further_on: Option<Spans>,
    /// Where custody can stand: from what it was known to hold through what was sent.
    marks: VecDeque<Position>,
    credit: Credit,
    bytes_max: usize,
    ahead: Ahead,
    late: Late,
}

/// What was read ahead.
#[derive(Debug)]
enum Ahead {
    Nothing,
    /// Asked for so many.
    Asked(u64),
    /// At least one.
    Ready(Vec<Outgoing>),
    /// There should have been something; asked again later.
    Dry,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Late {
    InTime,
    Counted,
}

impl Sending {
    /// Nothing leaves before [`Sending::resume`].
    pub(super) fn new(
        epoch: Epoch,
        heads: PerLane<LinkSeq>,
        (carries, speaks): (Carries, Speaks),
        limits: &Limits,
        peer_frame_max: u32,
    ) -> Self {
        let room = usize::try_from(peer_frame_max).unwrap_or(usize::MAX).saturating_sub(FRAME_OVERHEAD);
        let outbox = |lane| Outbox::new(epoch, lane, heads[lane], limits, room);
        Self {
            epoch,
            lanes: per_lane(outbox),
            files: Giving::new(speaks, limits.window_bytes_routine, limits.batch_bytes_routine.min(room)),
            since_file: 0,
            files_floor: limits.files_floor.max(1),
            since_routine: 0,
            routine_floor: limits.routine_floor.max(1),
            window_records: limits.window_records.min(super::config::WINDOW_RECORDS_MAX),
            carries,
            gate: Flow::Held,
        }
    }

    /// Goes on after what the neighbour holds.
    pub(super) fn resume(&mut self, after: PerLane<Position>, custody: PerLane<LinkSeq>, arrived: PerLane<LinkSeq>) {
        for lane in Lane::ALL {
            let outbox = &mut self.lanes[lane];
            outbox.sent = after[lane];
            outbox.marks = VecDeque::from([after[lane]]);
            outbox.custody = custody[lane].min(after[lane].seq);
            outbox.arrived = arrived[lane].min(outbox.custody);
        }
        self.gate = Flow::Open;
    }

    /// Nothing leaves any more.
    pub(super) fn stop(&mut self) {
        self.gate = Flow::Held;
    }

    /// Our lanes end here now.
    pub(super) fn grew(&mut self, heads: PerLane<LinkSeq>) {
        for lane in Lane::ALL {
            let outbox = &mut self.lanes[lane];
            if heads[lane] > outbox.head {
                outbox.head = heads[lane];
                outbox.moisten();
            }
        }
    }

    /// Asks again where the store had nothing.
    pub(super) fn retry_dry(&mut self) {
        Lane::ALL.into_iter().for_each(|lane| self.lanes[lane].moisten());
    }

    /// What was read.
    pub(super) fn loaded(&mut self, lane: Lane, first: LinkSeq, mut items: Vec<Outgoing>) -> Result<(), Stop> {
        let outbox = &mut self.lanes[lane];
        let Ahead::Asked(records_max) = outbox.ahead else { return Err(disagrees("records that were not asked for")) };
        if items.is_empty() {
            outbox.ahead = Ahead::Dry;
            return Ok(());
        }
        if first != outbox.sent.seq.next() {
            return Err(disagrees("records from another place than asked for"));
        }
        let fits = fitting(&items, outbox.bytes_max).min(usize::try_from(records_max).unwrap_or(usize::MAX));
        items.truncate(fits.max(1));
        outbox.ahead = Ahead::Ready(items);
        Ok(())
    }

    /// The neighbour has acknowledged.
    pub(super) fn custody(&mut self, now: Duration, custody: &Custody) -> Result<(), PeerFault> {
        if custody.epoch != self.epoch {
            return Err(PeerFault::WrongEpoch("custody"));
        }
        let (lane, at) = (custody.lane, custody.at);
        let outbox = &mut self.lanes[lane];
        let (from, through) = (outbox.marks[0].seq, outbox.sent.seq);
        let impossible = |what, got, from| PeerFault::Impossible { what, lane, got, from, through };
        if at.seq < from || at.seq > through {
            return Err(impossible("custody", at.seq, from));
        }
        if outbox.mark(at.seq) != Some(at) {
            return Err(PeerFault::Chain { lane, seq: at.seq });
        }
        let mut last = outbox.custody;
        for refusal in &custody.refusals {
            if refusal.seq <= last || refusal.seq > at.seq {
                return Err(impossible("refusal", refusal.seq, last.next()));
            }
            last = refusal.seq;
        }
        outbox.acknowledged(now, at.seq);
        Ok(())
    }

    /// The neighbour says how far our records have arrived. Whether that is news.
    pub(super) fn arrived(&mut self, arrived: &Arrived) -> Result<News, PeerFault> {
        if arrived.epoch != self.epoch {
            return Err(PeerFault::WrongEpoch("arrival"));
        }
        let lane = arrived.lane;
        let outbox = &mut self.lanes[lane];
        let impossible = |got| PeerFault::Impossible { what: "arrival", lane, got, from: LinkSeq(1), through: outbox.custody };
        if arrived.seq > outbox.custody {
            return Err(impossible(arrived.seq));
        }
        if let Some(seq) = arrived.refused.iter().find(|seq| **seq > arrived.seq || **seq == LinkSeq(0)) {
            return Err(impossible(*seq));
        }
        if let Some(last) = arrived.late.last().filter(|last| *last > arrived.seq) {
            return Err(impossible(last));
        }
        if arrived.seq <= outbox.arrived && arrived.refused.is_empty() && outbox.late_further_on.as_ref() == Some(&arrived.late) {
            return Ok(News::Old);
        }
        outbox.late_further_on = Some(arrived.late.clone());
        outbox.arrived = outbox.arrived.max(arrived.seq);
        Ok(News::New)
    }

    /// Sends and reads ahead as much as may be.
    pub(super) fn pump(&mut self, now: Duration, out: &mut Vec<Action>) {
        if self.gate == Flow::Held {
            return;
        }
        self.read_ahead(out);
        while let Some(next) = self.take_next(now) {
            match next {
                Next::Items(lane, items) => self.send(now, lane, items, out),
                Next::Part(frame) => out.push(Action::Send(frame)),
            }
            self.read_ahead(out);
        }
    }

    /// Whether something has waited for custody since before that moment. Says so once per wait.
    pub(super) fn is_late(&mut self, before: Duration) -> bool {
        let late =
            |outbox: &Outbox| outbox.late == Late::InTime && outbox.credit.oldest().is_some_and(|sent_at| sent_at < before);
        let found = Lane::ALL.into_iter().filter(|lane| late(&self.lanes[*lane])).collect::<Vec<_>>();
        found.iter().for_each(|lane| self.lanes[*lane].late = Late::Counted);
        !found.is_empty()
    }

    fn read_ahead(&mut self, out: &mut Vec<Action>) {
        for lane in Lane::ALL {
            if self.carries == Carries::ControlOnly && lane != Lane::Control {
                return;
            }
            let beside = if lane == Lane::Routine { Some(self.files.credit()) } else { None };
            if let Some(records_max) = self.lanes[lane].may_ask(self.window_records, beside) {
                let outbox = &mut self.lanes[lane];
                outbox.ahead = Ahead::Asked(records_max);
                out.push(Action::Load { lane, after: outbox.sent.seq, records_max, bytes_max: outbox.bytes_max });
            }
        }
        self.files.read_ahead(&self.lanes[Lane::Routine].credit, out);
    }

    /// The next frame that may leave.
    fn take_next(&mut self, now: Duration) -> Option<Next> {
        if self.lanes[Lane::Control].has_unsent() {
            return self.lanes[Lane::Control].take().map(|items| Next::Items(Lane::Control, items));
        }
        if !self.lanes[Lane::Routine].has_unsent() {
            self.since_routine = 0;
        }
        let owed = self.since_routine + 1 >= self.routine_floor;
        if owed && let Some(items) = self.lanes[Lane::Routine].take() {
            return Some(Next::Items(Lane::Routine, items));
        }
        if let Some(part) = self.take_part(now) {
            return Some(part);
        }
        for lane in [Lane::Flash, Lane::Urgent, Lane::Routine] {
            if let Some(items) = self.lanes[lane].take() {
                return Some(Next::Items(lane, items));
            }
            if matches!(self.lanes[lane].ahead, Ahead::Asked(_)) {
                return None;
            }
        }
        None
    }

    fn send(&mut self, now: Duration, lane: Lane, items: Vec<Outgoing>, out: &mut Vec<Action>) {
        self.since_routine = if lane == Lane::Routine { 0 } else { self.since_routine.saturating_add(1) };
        self.since_file = self.since_file.saturating_add(1);
        let first = self.lanes[lane].sent.seq.next();
        self.lanes[lane].left(now, &items);
        let items = items.into_iter().map(|outgoing| outgoing.item).collect::<Vec<Item>>();
        out.push(Action::Send(Frame::Batch(Batch { lane, epoch: self.epoch, first, items })));
    }
}

/// What leaves next.
enum Next {
    Items(Lane, Vec<Outgoing>),
    Part(Frame),
}

/// Whether the store must hear of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    New,
    Old,
}

impl Outbox {
    fn new(epoch: Epoch, lane: Lane, head: LinkSeq, limits: &Limits, room: usize) -> Self {
        let (bytes_max, credit) = match lane {
            Lane::Control | Lane::Flash | Lane::Urgent => {
                let bytes_max = limits.batch_bytes.min(room);
                (bytes_max, Credit::fixed(limits.window_bytes, bytes_max))
            }
            Lane::Routine => {
                let bytes_max = limits.batch_bytes_routine.min(room);
                (bytes_max, Credit::measured(limits.window_bytes_routine, bytes_max))
            }
        };
        let start = Position::start(epoch);
        let marks = VecDeque::from([start]);
        let (custody, arrived) = (LinkSeq(0), LinkSeq(0));
        Self {
            head,
            sent: start,
            custody,
            arrived,
            late_further_on: None,
            marks,
            credit,
            bytes_max,
            ahead: Ahead::Nothing,
            late: Late::InTime,
        }
    }

    fn has_unsent(&self) -> bool {
        self.sent.seq < self.head
    }

    /// How many records may be asked for now.
    fn may_ask(&self, window_records: u64, beside: Option<&Credit>) -> Option<u64> {
        let room = window_records.saturating_sub(self.sent.seq.0 - self.custody.0);
        let wanted = self.head.0.saturating_sub(self.sent.seq.0).min(room);
        let has_room = beside.map_or_else(|| self.credit.has_room(), |beside| self.credit.has_room_beside(beside));
        (matches!(self.ahead, Ahead::Nothing) && wanted > 0 && has_room).then_some(wanted)
    }

    fn take(&mut self) -> Option<Vec<Outgoing>> {
        match std::mem::replace(&mut self.ahead, Ahead::Nothing) {
            Ahead::Ready(items) => Some(items),
            other @ (Ahead::Nothing | Ahead::Asked(_) | Ahead::Dry) => {
                self.ahead = other;
                None
            }
        }
    }

    fn left(&mut self, now: Duration, items: &[Outgoing]) {
        let mut weight = Weight::default();
        for outgoing in items {
            weight.add(&outgoing.item);
            self.sent = self.sent.after(outgoing.digest);
            self.marks.push_back(self.sent);
        }
        self.credit.sent(now, self.sent.seq, weight.bytes());
    }

    fn mark(&self, seq: LinkSeq) -> Option<Position> {
        let place = seq.0.checked_sub(self.marks[0].seq.0)?;
        self.marks.get(usize::try_from(place).ok()?).copied()
    }

    fn acknowledged(&mut self, now: Duration, through: LinkSeq) {
        while self.marks[0].seq < through {
            self.marks.pop_front();
        }
        self.custody = self.custody.max(through);
        self.credit.acknowledged(now, through);
        self.late = Late::InTime;
    }

    fn moisten(&mut self) {
        if matches!(self.ahead, Ahead::Dry) {
            self.ahead = Ahead::Nothing;
        }
    }
}

fn disagrees(what: &'static str) -> Stop {
    Stop(EndReason::Store(what), RetryHint::Schedule)
}

#[cfg(test)]
mod tests;
