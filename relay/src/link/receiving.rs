//! What comes in: the neighbour's lanes. Each batch goes to the store at once; custody is said when the store has answered, never before.
//!
//! What a cut line swallowed of earlier acknowledgements is told again first: per lane the refusals that the neighbour does not know, and
//! only then anything newer.

use std::collections::BTreeSet;

use super::{
    config::{Carries, FEATURE_LATE, WINDOW_RECORDS_MAX},
    count::LinkEvent,
    end::{EndReason, PeerFault, RetryHint},
    event::{Action, NotAccepted},
    frame::{Arrived, Batch, Custody, Frame, Position, Refusal},
    greeting::Untold,
    machine::Stop,
    position::per_lane,
    spans::Spans,
};
use crate::ids::{Epoch, Lane, LinkSeq, PerLane};

/// Positions told in one Arrived frame.
const REFUSED_MAX: usize = 1024;
/// With more refusals than this in one custody their texts are cut short, so that it stays one frame.
const REFUSALS_IN_FULL: usize = 64;
const DETAIL_SHORT: usize = 24;

/// The neighbour's half of a session.
#[derive(Debug)]
pub(super) struct Receiving {
    epoch: Epoch,
    late: Lateness,
    lanes: PerLane<Inbox>,
    carries: Carries,
    under_way: u32,
    intake: Intake,
}

/// Whether the neighbour is told of positions that are late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lateness {
    /// It is.
    Told,
    /// It does not know the word.
    Held,
}

impl Lateness {
    /// By the words of both.
    pub(super) fn of(features: &[String]) -> Self {
        if features.iter().any(|word| word == FEATURE_LATE) { Self::Told } else { Self::Held }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Intake {
    Open,
    /// We are about to stop.
    Closed,
}

/// One lane.
#[derive(Debug)]
struct Inbox {
    /// Last position that came.
    came: LinkSeq,
    /// Last position of which custody was said.
    told: LinkSeq,
    door: Door,
    /// What the store has called durable while [`Action::TellCustody`] is not answered.
    custody_retelling: Retelling,
    custody_waiting: Option<(Position, Vec<Refusal>)>,
    /// Arrivals wait for [`Action::TellArrived`] to be answered.
    arrived_retelling: Retelling,
    arrived: LinkSeq,
    /// What was told in this session of positions that are late.
    late_told: Option<Spans>,
    /// Refused positions that were told in this session: each is told once.
    refused_told: BTreeSet<LinkSeq>,
    arrived_waiting: Option<Waiting>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    Open,
    Shut,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Retelling {
    Asked,
    Over,
}

impl Retelling {
    fn of(untold: Option<LinkSeq>) -> Self {
        if untold.is_some() { Self::Asked } else { Self::Over }
    }
}

/// Arrivals that could not be told yet.
#[derive(Debug)]
struct Waiting {
    seq: LinkSeq,
    refused: Vec<LinkSeq>,
    late: Spans,
}

impl Receiving {
    /// Goes on after what we hold of that epoch; asks for what must be told again.
    pub(super) fn new(
        (epoch, late): (Epoch, Lateness),
        held: PerLane<LinkSeq>,
        untold: &Untold,
        carries: Carries,
        out: &mut Vec<Action>,
    ) -> Self {
        let inbox = |lane: Lane| Inbox {
            came: held[lane],
            told: untold.custody[lane].unwrap_or(held[lane]),
            door: Door::Open,
            custody_retelling: Retelling::of(untold.custody[lane]),
            custody_waiting: None,
            arrived_retelling: Retelling::of(untold.arrived[lane]),
            arrived: untold.arrived[lane].unwrap_or(held[lane]),
            late_told: None,
            refused_told: BTreeSet::new(),
            arrived_waiting: None,
        };
        let mut under_way = 0;
        for lane in Lane::ALL {
            if let Some(after) = untold.custody[lane] {
                under_way += 1;
                out.push(Action::TellCustody { lane, after });
            }
            if let Some(after) = untold.arrived[lane] {
                out.push(Action::TellArrived { lane, after });
            }
        }
        Self { epoch, late, lanes: per_lane(inbox), carries, under_way, intake: Intake::Open }
    }

    /// Positions of one lane.
    pub(super) fn batch(&mut self, batch: Batch, out: &mut Vec<Action>) -> Result<(), PeerFault> {
        let lane = batch.lane;
        let inbox = &mut self.lanes[lane];
        if batch.epoch != self.epoch {
            return Err(PeerFault::WrongEpoch("batch"));
        }
        if batch.items.is_empty() {
            return Err(PeerFault::Unexpected("empty batch"));
        }
        if batch.first != inbox.came.next() {
            return Err(PeerFault::Gap { lane, expected: inbox.came.next(), got: batch.first });
        }
        inbox.came = batch.last();
        let carried = self.carries == Carries::Everything || lane == Lane::Control;
        if inbox.door == Door::Shut || !carried {
            out.push(Action::Count(LinkEvent::BatchDropped));
            return Ok(());
        }
        if inbox.came.0 - inbox.told.0 > WINDOW_RECORDS_MAX {
            return Err(PeerFault::Window(lane));
        }
        if self.intake == Intake::Open {
            self.under_way += 1;
            out.push(Action::Accept(batch));
        }
        Ok(())
    }

    /// The store holds everything through there.
    pub(super) fn accepted(&mut self, lane: Lane, at: Position, refusals: Vec<Refusal>, out: &mut Vec<Action>) {
        self.under_way = self.under_way.saturating_sub(1);
        let inbox = &mut self.lanes[lane];
        let (last, waiting) = inbox.custody_waiting.get_or_insert((at, Vec::new()));
        if at.seq > last.seq {
            *last = at;
        }
        waiting.extend(refusals);
        self.tell_custody(lane, out);
    }

    /// What a cut line may have swallowed of custody is there; newer may follow.
    pub(super) fn custody_retold(&mut self, lane: Lane, at: Position, refusals: Vec<Refusal>, out: &mut Vec<Action>) {
        self.lanes[lane].custody_retelling = Retelling::Over;
        self.accepted(lane, at, refusals, out);
    }

    /// The store did not take a batch.
    pub(super) fn not_accepted(&mut self, lane: Lane, why: NotAccepted, out: &mut Vec<Action>) -> Result<(), Stop> {
        self.under_way = self.under_way.saturating_sub(1);
        let inbox = &mut self.lanes[lane];
        match why {
            NotAccepted::NoSpace => {
                if inbox.door == Door::Open {
                    inbox.door = Door::Shut;
                    out.push(Action::Count(LinkEvent::LaneShut));
                }
                Ok(())
            }
            NotAccepted::OutOfOrder if inbox.door == Door::Shut => Ok(()),
            NotAccepted::OutOfOrder => Err(Stop(EndReason::Store("expects another position"), RetryHint::Soon)),
            NotAccepted::Stopped => Err(Stop(EndReason::Store("takes nothing any more"), RetryHint::Schedule)),
        }
    }

    /// The neighbour's records have arrived through there.
    pub(super) fn arrived_below(
        &mut self,
        lane: Lane,
        seq: LinkSeq,
        (refused, late): (Vec<LinkSeq>, Spans),
        out: &mut Vec<Action>,
    ) {
        let seq = match self.late {
            Lateness::Told => seq,
            // Whoever does not know what late is hears of nothing after the first that is.
            Lateness::Held => late.first().map_or(seq, |first| seq.min(LinkSeq(first.0 - 1))),
        };
        let inbox = &mut self.lanes[lane];
        let none = || Waiting { seq: LinkSeq(0), refused: Vec::new(), late: Spans::default() };
        let waiting = inbox.arrived_waiting.get_or_insert_with(none);
        waiting.seq = waiting.seq.max(seq);
        waiting.refused.extend(refused);
        waiting.late = late;
        self.tell_arrived(lane, out);
    }

    /// What a cut line may have swallowed of arrivals is there; newer ones may follow.
    pub(super) fn arrivals_retold(&mut self, lane: Lane) {
        self.lanes[lane].arrived_retelling = Retelling::Over;
    }

    /// Takes no more batches.
    pub(super) fn close(&mut self) {
        self.intake = Intake::Closed;
    }

    /// Everything that was taken has been answered.
    pub(super) fn is_quiet(&self) -> bool {
        self.under_way == 0
    }

    /// Some lane waits for space.
    pub(super) fn has_shut_lane(&self) -> bool {
        Lane::ALL.into_iter().any(|lane| self.lanes[lane].door == Door::Shut)
    }

    /// We hold that lane through here and have said so.
    pub(super) fn told(&self, lane: Lane) -> LinkSeq {
        self.lanes[lane].told
    }

    fn tell_custody(&mut self, lane: Lane, out: &mut Vec<Action>) {
        let inbox = &mut self.lanes[lane];
        if inbox.custody_retelling == Retelling::Asked {
            return;
        }
        let told = inbox.told;
        let Some((at, mut refusals)) = inbox.custody_waiting.take().filter(|(at, _)| at.seq > told) else { return };
        inbox.told = at.seq;
        inbox.came = inbox.came.max(at.seq);
        refusals.sort_by_key(|refusal| refusal.seq);
        refusals.dedup_by_key(|refusal| refusal.seq);
        let refusals = shortened(refusals);
        out.push(Action::Send(Frame::Custody(Custody { epoch: self.epoch, lane, at, refusals })));
        self.tell_arrived(lane, out);
    }

    fn tell_arrived(&mut self, lane: Lane, out: &mut Vec<Action>) {
        let inbox = &mut self.lanes[lane];
        if inbox.arrived_retelling == Retelling::Asked {
            return;
        }
        let told = inbox.told;
        let ready = inbox.arrived_waiting.take_if(|waiting| waiting.seq <= told);
        let Some(Waiting { seq, mut refused, late }) = ready else { return };
        refused.retain(|at| *at <= seq && inbox.refused_told.insert(*at));
        let seq = seq.max(inbox.arrived.min(told));
        let late = match self.late {
            Lateness::Told => late.through(seq),
            Lateness::Held => Spans::default(),
        };
        let as_told = self.late == Lateness::Held || inbox.late_told.as_ref() == Some(&late);
        if seq <= inbox.arrived && refused.is_empty() && as_told {
            return;
        }
        inbox.arrived = seq;
        inbox.late_told = Some(late.clone());
        refused.sort_unstable();
        out.extend(arrivals(self.epoch, (lane, seq), &refused, &late));
    }
}

/// In pieces that fit a frame. All but the last name a position below, which is as true.
fn arrivals(epoch: Epoch, (lane, seq): (Lane, LinkSeq), refused: &[LinkSeq], late: &Spans) -> Vec<Action> {
    let mut pieces = refused.chunks(REFUSED_MAX).map(<[LinkSeq]>::to_vec).collect::<Vec<_>>();
    if pieces.is_empty() {
        pieces.push(Vec::new());
    }
    let last = pieces.len() - 1;
    let through = |(n, refused): (usize, Vec<LinkSeq>)| {
        let seq = if n == last { seq } else { refused.last().copied().unwrap_or(seq) };
        let late = late.through(seq);
        Action::Send(Frame::Arrived(Arrived { epoch, lane, seq, refused, late }))
    };
    pieces.into_iter().enumerate().map(through).collect()
}

fn shortened(mut refusals: Vec<Refusal>) -> Vec<Refusal> {
    if refusals.len() > REFUSALS_IN_FULL {
        for refusal in &mut refusals {
            let end = refusal.detail.floor_char_boundary(DETAIL_SHORT);
            refusal.detail.truncate(end);
        }
    }
    refusals
}

#[cfg(test)]
mod tests;
