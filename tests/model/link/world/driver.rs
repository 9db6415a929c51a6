//! The world as driver: what machines ask for, done at random moments from queues; what they send, put on the line.

use dutynet_relay::{
    ids::{Lane, LinkSeq},
    link::{
        end::EndReason,
        event::{Action, Event, NotAccepted},
        frame::{Batch, Custody, Frame, Position, RefusedReason},
    },
};
use rand::Rng as _;

use super::{Check, Mutant, Read, World, Write, ticket};

impl World {
    pub(super) fn deliver(&mut self, end: usize) -> Result<bool, String> {
        let Some(line) = &mut self.line else { return Ok(false) };
        let session = line.sessions[end];
        if let Some(frame) = line.frames[end].pop_front() {
            self.step(end, session, Event::Received(frame))?;
            return Ok(true);
        }
        if line.closed[1 - end] && !line.closed[end] {
            self.line = None;
            self.step(end, session, Event::Closed)?;
            return Ok(true);
        }
        Ok(false)
    }

    pub(super) fn answer(&mut self, end: usize) -> Result<bool, String> {
        let Some((session, event)) = self.ends[end].answers.pop_front() else { return Ok(false) };
        self.step(end, session, event)?;
        Ok(true)
    }

    /// The writer commits the next thing.
    pub(super) fn write(&mut self, end: usize) -> Result<bool, String> {
        let Some((session, write)) = self.ends[end].writes.pop_front() else { return Ok(false) };
        let at = &mut self.ends[end];
        let answer = match write {
            Write::Accept(batch) => Some(self.accept(end, &batch)?),
            Write::Custody(custody) => {
                at.store.record_custody(&custody);
                self.ever_parked.extend(&at.store.parked);
                None
            }
            Write::Arrived(arrived) => {
                at.store.record_arrived(&arrived);
                self.check_late(end)?;
                None
            }
            Write::Rewind(holds) => {
                at.store.rewind(holds);
                None
            }
            Write::WantBack => {
                at.store.fetch_due = true;
                None
            }
            Write::Rebase(holds) => {
                if self.mutant != Mutant::RebaseForgotten {
                    at.store.rebase(holds);
                }
                Some(Event::Rebased(at.store.heads()))
            }
            Write::Fork => {
                if self.mutant != Mutant::ForkForgotten {
                    self.fork(end)?;
                }
                None
            }
            Write::Admit(shown) => {
                let ticket = ticket(self.fresh());
                let store = &mut self.ends[end].store;
                store.tickets = vec![ticket, shown];
                Some(Event::Opened(Box::new(store.start(Some(ticket)))))
            }
            Write::KeepTicket(ticket) => {
                at.store.tickets = vec![ticket];
                Some(Event::TicketKept)
            }
            Write::TakeBack(_) if !self.calm && self.random.random_ratio(1, 6) => Some(Event::TakeBackFailed),
            Write::TakeBack(fetched) => {
                at.store.take_back(&fetched);
                Some(Event::TookBack)
            }
            Write::Keep(chunk) => Some(at.files.keep(&chunk)),
            Write::FetchFinished(forgotten) => {
                at.store.forget_no_more(forgotten);
                None
            }
        };
        self.ends[end].answers.extend(answer.map(|answer| (session, answer)));
        Ok(true)
    }

    fn accept(&mut self, end: usize, batch: &Batch) -> Result<Event, String> {
        let lane = batch.lane;
        if self.ends[end].full && lane == Lane::Routine {
            return Ok(Event::AcceptFailed { lane, why: NotAccepted::NoSpace });
        }
        let before = self.ends[end].store.inbox.order.len();
        let Ok((at, refusals)) = self.ends[end].store.accept(batch) else {
            return Ok(Event::AcceptFailed { lane, why: NotAccepted::OutOfOrder });
        };
        let inbox = &self.ends[end].store.inbox;
        for fact in &inbox.order[before..] {
            if let Some(registry) = self.needs.get(&fact.id)
                && !inbox.applied.contains_key(registry)
            {
                return Err(format!("{lane:?} record {} came before its registry entry", fact.id));
            }
        }
        Ok(Event::Accepted { lane, at, refusals })
    }

    /// A question is answered from what is committed.
    pub(super) fn read(&mut self, end: usize) -> Result<bool, String> {
        let Some((session, read)) = self.ends[end].reads.pop_front() else { return Ok(false) };
        let less = if self.calm { 1 } else { self.random.random_range(0..4) };
        let store = &self.ends[end].store;
        let answer = match read {
            Read::Chain(lane, seq) => Event::ChainAt { lane, seq, hash: store.chain(lane, seq) },
            Read::Load(lane, after, count) => {
                let count = usize::try_from(count).unwrap();
                let items = store.load(lane, after, if less == 0 { count / 2 } else { count + less - 1 });
                Event::Loaded { lane, first: after.next(), items }
            }
            Read::Custody(lane, after) => {
                let (at, mut refusals) = store.refusals_after(lane, after);
                if self.mutant == Mutant::RefusalsNotRetold {
                    refusals.clear();
                }
                Event::CustodyBefore { lane, at, refusals }
            }
            Read::Arrived(lane, after) => {
                let (seq, refused) = store.arrived_after(lane, after);
                Event::ArrivedBefore { lane, seq, refused, late: self.late(end, lane) }
            }
            Read::Fetch(fetch) => Event::FetchLoaded(store.fetched(&fetch)),
            Read::Chunk { digest, offset, total, bytes_max } => {
                let bytes_max = if less == 0 { bytes_max.div_ceil(2) } else { bytes_max };
                self.ends[end].files.read(digest, (offset, total), bytes_max)
            }
        };
        self.ends[end].answers.push_back((session, answer));
        Ok(true)
    }

    /// Gives an event to a session, if it still lives, and does what it asks for.
    pub(super) fn step(&mut self, end: usize, session: u64, event: Event) -> Check {
        let now = self.now;
        let at = &mut self.ends[end];
        let found = [&mut at.live, &mut at.caller].into_iter().flatten().find(|live| live.session == session);
        let Some(live) = found else { return Ok(()) };
        let told = self.tells.then(|| format!("{:?} end {end}, session {session}: {event:?}", now.since));
        let actions = live.machine.step(now, event);
        if let Some(told) = told {
            eprintln!("{told}");
            actions.iter().for_each(|action| eprintln!("    {action:?}"));
        }
        for action in actions {
            self.perform(end, session, action)?;
        }
        Ok(())
    }

    fn perform(&mut self, end: usize, session: u64, action: Action) -> Check {
        let at = &mut self.ends[end];
        let mut write = |what| at.writes.push_back((session, what));
        match action {
            Action::Send(frame) => return self.send(end, session, frame),
            Action::Admit { shown, incumbent: _ } => {
                write(Write::Admit(shown));
                at.live = at.caller.take();
            }
            Action::KeepTicket(ticket) => write(Write::KeepTicket(ticket)),
            Action::LookUpChain { lane, seq } => at.reads.push_back((session, Read::Chain(lane, seq))),
            Action::Rewind(holds) => write(Write::Rewind(holds)),
            Action::WantBack(_) => write(Write::WantBack),
            Action::Rebase { holds } => write(Write::Rebase(holds)),
            Action::Fork(_) => write(Write::Fork),
            Action::Load { lane, after, records_max, .. } => at.reads.push_back((session, Read::Load(lane, after, records_max))),
            Action::Accept(batch) => return self.take(end, session, batch),
            Action::RecordCustody(custody) => write(Write::Custody(custody)),
            Action::RecordArrived(arrived) => write(Write::Arrived(arrived)),
            Action::TellCustody { lane, after } => at.reads.push_back((session, Read::Custody(lane, after))),
            Action::TellArrived { lane, after } => at.reads.push_back((session, Read::Arrived(lane, after))),
            Action::LoadFetch(fetch) => at.reads.push_back((session, Read::Fetch(fetch))),
            Action::TakeBack(fetched) => {
                if self.mutant != Mutant::FetchForgotten {
                    write(Write::TakeBack(fetched));
                } else {
                    at.answers.push_back((session, Event::TookBack));
                }
            }
            Action::FetchFinished { origin: _, forgotten } => write(Write::FetchFinished(forgotten)),
            Action::LoadChunk { digest, offset, total, bytes_max } => {
                at.reads.push_back((session, Read::Chunk { digest, offset, total, bytes_max }));
            }
            Action::KeepChunk(chunk) => write(Write::Keep(chunk)),
            Action::End { reason, .. } => return self.ended(end, session, &reason),
            Action::Up(_) | Action::Lines { .. } | Action::Offset(_) | Action::Settled | Action::Count(_) => {}
        }
        Ok(())
    }

    fn take(&mut self, end: usize, session: u64, batch: Batch) -> Check {
        self.check_positions(end, &batch)?;
        if self.mutant == Mutant::CustodyBeforeDurable {
            let held = self.ends[end].store.inbox.held.filter(|held| held.epoch == batch.epoch);
            let from = held.map_or(Position::start(batch.epoch), |held| held.lanes[batch.lane]);
            if from.seq.next() == batch.first {
                let sender = &self.ends[1 - end].store;
                let facts = (batch.first.0..=batch.last().0).filter_map(|n| sender.fact_at(batch.epoch, batch.lane, LinkSeq(n)));
                let at = facts.fold(from, |at, fact| at.after(fact.digest));
                let custody = Custody { epoch: batch.epoch, lane: batch.lane, at, refusals: Vec::new() };
                self.send(end, session, Frame::Custody(custody))?;
            }
        }
        self.ends[end].writes.push_back((session, Write::Accept(batch)));
        Ok(())
    }

    fn send(&mut self, end: usize, session: u64, frame: Frame) -> Check {
        if let Frame::Custody(custody) = &frame {
            self.check_custody(end, custody)?;
        }
        if let Some(line) = &mut self.line
            && line.sessions[end] == session
        {
            line.frames[1 - end].push_back(frame);
        }
        Ok(())
    }

    /// Sessions end for many reasons, but never for a fault between two of the same program.
    fn ended(&mut self, end: usize, session: u64, reason: &EndReason) -> Check {
        let at = &mut self.ends[end];
        for live in [&mut at.live, &mut at.caller] {
            live.take_if(|live| live.session == session);
        }
        if let Some(line) = &mut self.line
            && line.sessions[end] == session
        {
            line.closed[end] = true;
            if line.closed == [true; 2] {
                self.line = None;
            }
        }
        match reason {
            EndReason::PeerFault(_) | EndReason::Store(_) => Err(format!("end {end}: {reason}")),
            EndReason::Refused(why, _) if *why != RefusedReason::Quarantined => Err(format!("end {end}: {reason}")),
            EndReason::Closed
            | EndReason::Silence(_)
            | EndReason::PeerDrained
            | EndReason::Drained
            | EndReason::RefusedByPeer(_)
            | EndReason::Refused(..)
            | EndReason::Forking(_)
            | EndReason::NewEpoch
            | EndReason::SpaceFreed => Ok(()),
        }
    }
}
