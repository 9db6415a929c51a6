//! Where our sending goes on: the position is judged, chain hashes are looked up for that, and what the neighbour cannot show is put into
//! the lanes again, or our own past fetched first.

use std::time::Duration;

use super::{Dialogue, farewell};
use crate::{
    ids::{Digest, Lane, LinkSeq, PerLane},
    link::{
        config::Carries,
        count::LinkEvent,
        end::{EndReason, PeerFault, RetryHint},
        event::{Action, Now},
        frame::{Frame, Position},
        machine::Stop,
        position::{self, LookedUp, Verdict, per_lane},
    },
    writer::intent::ForkReason,
};

/// Acknowledgements that may come while it is being found out where to go on.
const EARLY_MAX: usize = 256;

/// How far the question is where our sending goes on.
#[derive(Debug)]
pub(super) enum Judging {
    LookingUp {
        missing: usize,
        looked_up: LookedUp,
    },
    /// Then it goes on after these.
    Rebasing(PerLane<Position>),
    Over,
}

impl Dialogue {
    pub(super) fn found(&mut self, now: Now, lane: Lane, hash: Option<Digest>, out: &mut Vec<Action>) -> Result<(), Stop> {
        if let Judging::LookingUp { missing, looked_up } = &mut self.judging {
            looked_up[lane] = hash;
            *missing = missing.saturating_sub(1);
        }
        self.decide(now, out)
    }

    /// Where to go on, once everything that this needs is known.
    pub(super) fn decide(&mut self, now: Now, out: &mut Vec<Action>) -> Result<(), Stop> {
        let Judging::LookingUp { missing: 0, looked_up } = &self.judging else { return Ok(()) };
        match position::judge(&self.own, self.hello.held.as_ref(), looked_up) {
            Verdict::Resume { after, event } => {
                out.push(Action::Count(event));
                self.rewind(per_lane(|lane| after[lane].seq), out);
                if position::is_another_store(&self.own, &self.hello) {
                    out.push(Action::Count(LinkEvent::PeerReplaced));
                    out.push(Action::Rebase { holds: None });
                    self.judging = Judging::Rebasing(after);
                    return Ok(());
                }
                if event == LinkEvent::PeerRestored || self.peer_begins_anew() {
                    // It may not know who is below it: whatever goes there by audience must wait until it has been told.
                    let holds = Some((self.own.epoch, per_lane(|lane| after[lane].seq)));
                    out.push(Action::Rebase { holds });
                    self.judging = Judging::Rebasing(after);
                    return Ok(());
                }
                self.resume(now, after, out)
            }
            Verdict::Rebase { holds, event } => {
                out.push(Action::Count(event));
                self.rewind(PerLane::default(), out);
                if event == LinkEvent::PeerHoldsUnknownEpoch {
                    self.forgotten = self.hello.held.map(|held| held.epoch);
                    self.want_past(out);
                }
                out.push(Action::Rebase { holds });
                self.judging = Judging::Rebasing(self.start());
                Ok(())
            }
            Verdict::Fork { reason, event } => Err(fork(reason, event, out)),
        }
    }

    pub(super) fn rebased(&mut self, now: Now, heads: PerLane<LinkSeq>, out: &mut Vec<Action>) -> Result<(), Stop> {
        let Judging::Rebasing(after) = self.judging else { return Ok(()) };
        self.sending.grew(heads);
        self.resume(now, after, out)
    }

    /// What we hold of it is of another epoch.
    fn peer_begins_anew(&self) -> bool {
        self.own.held.is_some_and(|held| held.epoch != self.hello.epoch)
    }

    fn rewind(&self, holds: PerLane<LinkSeq>, out: &mut Vec<Action>) {
        if Lane::ALL.into_iter().any(|lane| holds[lane] < self.own.custody[lane]) {
            out.push(Action::Rewind(holds));
        }
    }

    /// Once the neighbour holds something of this epoch, only our store remembers that there was another one.
    fn want_past(&mut self, out: &mut Vec<Action>) {
        if self.carries == Carries::Everything && !self.own.fetch.contains(&self.office) {
            out.push(Action::WantBack(self.office.clone()));
            self.fetching.want(vec![self.office.clone()]);
        }
    }

    pub(super) fn start(&self) -> PerLane<Position> {
        let start = Position::start(self.own.epoch);
        per_lane(|_| start)
    }

    pub(super) fn resume(&mut self, now: Now, after: PerLane<Position>, out: &mut Vec<Action>) -> Result<(), Stop> {
        self.judging = Judging::Over;
        self.sending.resume(after, self.own.custody, self.own.arrived);
        if self.draining.is_some() {
            self.sending.stop();
        }
        for frame in std::mem::take(&mut self.early) {
            self.acknowledged(now, frame, out)?;
        }
        Ok(())
    }

    pub(super) fn keep_early(&mut self, frame: Frame) -> Result<(), PeerFault> {
        if self.early.len() >= EARLY_MAX {
            return Err(PeerFault::Unexpected("acknowledgement"));
        }
        self.early.push(frame);
        Ok(())
    }
}

pub(super) fn fork(reason: ForkReason, event: LinkEvent, out: &mut Vec<Action>) -> Stop {
    out.push(Action::Count(event));
    out.push(Action::Fork(reason));
    out.push(farewell(Duration::ZERO));
    Stop(EndReason::Forking(reason), RetryHint::Soon)
}
