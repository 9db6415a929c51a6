//! What both ends do once both Hellos are there: judge the position, then send, receive, fetch, until one of them stops.

mod judging;

use std::time::Duration;

use judging::{Judging, fork};

use super::{
    config::{Carries, Config, Start},
    count::LinkEvent,
    end::{EndReason, PeerFault, RetryHint},
    event::{Action, Event, Now, Peer},
    fetching::{Fetching, Use},
    frame::{Frame, Hello},
    greeting,
    machine::Stop,
    position::{self, LookedUp, Verdict, per_lane},
    pulling::{Pulling, Speaks},
    receiving::{Lateness, Receiving},
    sending::{News, Sending},
};
use crate::ids::{Epoch, Lane, LinkSeq, OfficeId, PerLane, Ticket};

/// Both halves of an open session.
#[derive(Debug)]
pub(super) struct Dialogue {
    office: OfficeId,
    own: Start,
    hello: Hello,
    carries: Carries,
    judging: Judging,
    /// The epoch of ours that the neighbour holds and that we do not know.
    forgotten: Option<Epoch>,
    early: Vec<Frame>,
    sending: Sending,
    receiving: Receiving,
    fetching: Fetching,
    pulling: Pulling,
    ticket_given: Option<Ticket>,
    worth: Worth,
    draining: Option<Draining>,
}

/// Whether the retry schedule has been started over.
#[derive(Debug)]
enum Worth {
    NotYet { settles_at: Duration },
    Settled,
}

#[derive(Debug)]
struct Draining {
    retry_after: Duration,
    at_latest: Duration,
}

/// Both Hellos and what was found out about them.
#[derive(Debug)]
pub(super) struct Greeted {
    pub(super) own: Start,
    /// Ends of our lanes by now.
    pub(super) heads: PerLane<LinkSeq>,
    pub(super) hello: Hello,
    pub(super) peer: Peer,
    /// A parent's to its child.
    pub(super) ticket_given: Option<Ticket>,
}

impl Dialogue {
    /// Both Hellos have been exchanged.
    pub(super) fn begin(config: &Config, now: Now, greeted: Greeted, out: &mut Vec<Action>) -> Result<Self, Stop> {
        let Greeted { own, heads, hello, peer, ticket_given } = greeted;
        let questions = position::questions(&own, hello.held.as_ref());
        if questions.is_empty()
            && let Verdict::Fork { reason, event } = position::judge(&own, hello.held.as_ref(), &LookedUp::default())
        {
            return Err(fork(reason, event, out));
        }
        let speaks = match config.carries {
            Carries::Everything => Speaks::of(&peer.features),
            Carries::ControlOnly => Speaks::RecordsAlone,
        };
        let sending = Sending::new(own.epoch, heads, (config.carries, speaks), &config.limits, peer.frame_bytes_max);
        let late = Lateness::of(&peer.features);
        out.push(Action::Up(Box::new(peer)));
        let receiving = receive((config.carries, late), &own, &hello, out);
        let mut fetching = Fetching::default();
        fetching.want(own.fetch.clone());
        let mut dialogue = Self {
            judging: Judging::LookingUp { missing: questions.len(), looked_up: LookedUp::default() },
            forgotten: None,
            early: Vec::new(),
            sending,
            receiving,
            fetching,
            pulling: Pulling::new(speaks),
            ticket_given,
            worth: Worth::NotYet { settles_at: now.since + config.limits.settled_after },
            draining: None,
            carries: config.carries,
            office: config.own.clone(),
            own,
            hello,
        };
        out.extend(questions.into_iter().map(|(lane, seq)| Action::LookUpChain { lane, seq }));
        dialogue.decide(now, out)?;
        dialogue.pump(now, out);
        Ok(dialogue)
    }

    /// From the neighbour.
    pub(super) fn received(&mut self, now: Now, frame: Frame, out: &mut Vec<Action>) -> Result<(), Stop> {
        match frame {
            Frame::Batch(batch) => self.receiving.batch(batch, out)?,
            Frame::Custody(_) | Frame::Arrived(_) if !matches!(self.judging, Judging::Over) => self.keep_early(frame)?,
            Frame::Custody(_) | Frame::Arrived(_) => self.acknowledged(now, frame, out)?,
            Frame::Fetch(fetch) => self.fetching.asked(fetch, out)?,
            Frame::Fetched(fetched) => {
                if self.fetching.fetched(fetched, out)? == Use::No {
                    out.push(Action::Count(LinkEvent::FetchFailed));
                }
            }
            Frame::WantFile(want) => self.sending.files().asked(now.since, want)?,
            Frame::StopFile(digest) => self.sending.files().stop(now.since, digest, out)?,
            Frame::Chunk(chunk) => self.pulling.chunk(chunk, out)?,
            Frame::FileGone(gone) => self.pulling.gone(&gone)?,
            Frame::Hello(_) => return Err(PeerFault::Unexpected("hello").into()),
            Frame::Refused(_) => return Err(PeerFault::Unexpected("refusal").into()),
            Frame::Heartbeat(_) | Frame::Drain { .. } => {}
        }
        self.pump(now, out);
        Ok(())
    }

    /// From the store, or from the node.
    pub(super) fn told(&mut self, now: Now, event: Event, out: &mut Vec<Action>) -> Result<(), Stop> {
        match event {
            Event::ChainAt { lane, seq: _, hash } => self.found(now, lane, hash, out)?,
            Event::Rebased(heads) => self.rebased(now, heads, out)?,
            Event::Grew(heads) => self.sending.grew(heads),
            Event::Loaded { lane, first, items } => self.sending.loaded(lane, first, items)?,
            Event::Accepted { lane, at, refusals } => {
                self.receiving.accepted(lane, at, refusals, out);
                self.drain_if_quiet(out)?;
            }
            Event::CustodyBefore { lane, at, refusals } => {
                self.receiving.custody_retold(lane, at, refusals, out);
                self.drain_if_quiet(out)?;
            }
            Event::AcceptFailed { lane, why } => {
                self.receiving.not_accepted(lane, why, out)?;
                self.drain_if_quiet(out)?;
            }
            Event::SpaceFreed => self.reopen(out)?,
            Event::ArrivedBelow { epoch, lane, seq, refused, late } => {
                if epoch == self.hello.epoch {
                    self.receiving.arrived_below(lane, seq, (refused, late), out);
                }
            }
            Event::ArrivedBefore { lane, seq, refused, late } => {
                self.receiving.arrivals_retold(lane);
                self.receiving.arrived_below(lane, seq, (refused, late), out);
            }
            Event::Want(origins) => self.fetching.want(origins),
            Event::WantLost(record) => self.fetching.want_lost(record),
            Event::FetchLoaded(fetched) => self.fetching.loaded(fetched, out),
            Event::TookBack => self.took_back(out),
            Event::TakeBackFailed => {
                self.fetching.take_back_failed();
                out.push(Action::Count(LinkEvent::FetchFailed));
            }
            Event::WantFile { file, have } => self.pulling.want(file, have),
            Event::ChunkLoaded { digest, offset, loaded } => {
                self.sending.files().loaded(now.since, (digest, offset), loaded, out);
            }
            Event::ChunkKept { digest, through } => self.pulling.kept(digest, through, out),
            Event::ChunkNotKept { digest, why } => self.pulling.not_kept(digest, why, out),
            Event::Drain { retry_after } => {
                self.sending.stop();
                self.receiving.close();
                self.draining = Some(Draining { retry_after, at_latest: now.since + retry_after.max(DRAIN_LEAST) });
                self.drain_if_quiet(out)?;
            }
            Event::Tick => self.tick(now, out)?,
            Event::Opened(_)
            | Event::Refuse(..)
            | Event::Received(_)
            | Event::Unreadable(_)
            | Event::UnknownFrame
            | Event::TicketKept
            | Event::LinesChanged(_)
            | Event::NewEpoch
            | Event::Closed => {}
        }
        self.pump(now, out);
        Ok(())
    }

    /// The child beats, so it has kept the ticket that it was given.
    pub(super) fn heard_beat(&mut self, out: &mut Vec<Action>) {
        out.extend(self.ticket_given.take().map(Action::KeepTicket));
    }

    /// Counts a wait for custody that is longer than that.
    pub(super) fn count_late(&mut self, before: Duration, out: &mut Vec<Action>) {
        if self.sending.is_late(before) {
            out.push(Action::Count(LinkEvent::CustodyLate));
        }
    }

    /// When there is something to do again.
    pub(super) fn wakes_at(&self) -> Option<Duration> {
        let settles_at = match self.worth {
            Worth::NotYet { settles_at } => Some(settles_at),
            Worth::Settled => None,
        };
        [settles_at, self.draining.as_ref().map(|draining| draining.at_latest)].into_iter().flatten().min()
    }

    fn acknowledged(&mut self, now: Now, frame: Frame, out: &mut Vec<Action>) -> Result<(), PeerFault> {
        match frame {
            Frame::Custody(custody) => {
                self.sending.custody(now.since, &custody)?;
                out.extend(custody.refusals.iter().map(|_| Action::Count(LinkEvent::Refusal)));
                out.push(Action::RecordCustody(custody));
                self.settle(out);
            }
            Frame::Arrived(arrived) => {
                if self.sending.arrived(&arrived)? == News::New {
                    out.push(Action::RecordArrived(arrived));
                }
            }
            Frame::Hello(_)
            | Frame::Refused(_)
            | Frame::Batch(_)
            | Frame::Heartbeat(_)
            | Frame::Drain { .. }
            | Frame::Fetch(_)
            | Frame::Fetched(_)
            | Frame::WantFile(_)
            | Frame::Chunk(_)
            | Frame::FileGone(_)
            | Frame::StopFile(_) => {}
        }
        Ok(())
    }

    fn took_back(&mut self, out: &mut Vec<Action>) {
        if let Some(origin) = self.fetching.took_back(out) {
            let forgotten = self.forgotten.filter(|_| origin == self.office);
            out.push(Action::Count(LinkEvent::FetchFinished));
            out.push(Action::FetchFinished { origin, forgotten });
        }
    }

    fn pump(&mut self, now: Now, out: &mut Vec<Action>) {
        self.sending.pump(now.since, out);
        let registry_is_here = self.receiving.told(Lane::Control) >= self.hello.sent[Lane::Control].seq;
        if registry_is_here && self.carries == Carries::Everything && self.draining.is_none() {
            self.fetching.pump(out);
            self.pulling.pump(out);
        }
    }

    fn tick(&mut self, now: Now, out: &mut Vec<Action>) -> Result<(), Stop> {
        if let Worth::NotYet { settles_at } = self.worth
            && now.since >= settles_at
        {
            self.settle(out);
        }
        if self.draining.as_ref().is_some_and(|draining| now.since >= draining.at_latest) {
            return Err(self.drained(out));
        }
        self.sending.retry_dry();
        Ok(())
    }

    fn settle(&mut self, out: &mut Vec<Action>) {
        if matches!(std::mem::replace(&mut self.worth, Worth::Settled), Worth::NotYet { .. }) {
            out.push(Action::Settled);
        }
    }

    fn drain_if_quiet(&mut self, out: &mut Vec<Action>) -> Result<(), Stop> {
        if self.draining.is_some() && self.receiving.is_quiet() { Err(self.drained(out)) } else { Ok(()) }
    }

    fn drained(&self, out: &mut Vec<Action>) -> Stop {
        let retry_after = self.draining.as_ref().map_or(Duration::ZERO, |draining| draining.retry_after);
        out.push(farewell(retry_after));
        Stop(EndReason::Drained, RetryHint::Schedule)
    }

    fn reopen(&self, out: &mut Vec<Action>) -> Result<(), Stop> {
        if !self.receiving.has_shut_lane() {
            return Ok(());
        }
        out.push(farewell(Duration::ZERO));
        Err(Stop(EndReason::SpaceFreed, RetryHint::Soon))
    }
}

/// What is being accepted gets at least this long.
const DRAIN_LEAST: Duration = Duration::from_secs(2);

/// The last frame of a side that stops on purpose.
pub(super) fn farewell(retry_after: Duration) -> Action {
    let retry_after_ms = u64::try_from(retry_after.as_millis()).unwrap_or(u64::MAX);
    Action::Send(Frame::Drain { retry_after_ms })
}

/// The half that receives can begin at once: where it goes on is our own knowledge.
fn receive((carries, late): (Carries, Lateness), own: &Start, hello: &Hello, out: &mut Vec<Action>) -> Receiving {
    let held = own.held.filter(|held| held.epoch == hello.epoch);
    if own.held.is_some() && held.is_none() {
        out.push(Action::Count(LinkEvent::PeerNewEpoch));
    }
    let mut untold = greeting::untold(own, hello);
    if untold.forgotten {
        out.push(Action::Count(LinkEvent::OwnStateRestored));
    }
    let through = per_lane(|lane| held.map_or(LinkSeq(0), |held| held.lanes[lane].seq));
    if late == Lateness::Told {
        // What is late may have changed in the meantime, in both directions: it is told once more.
        untold.arrived = per_lane(|lane| (through[lane].0 > 0).then_some(hello.arrived[lane].min(through[lane])));
    }
    Receiving::new((hello.epoch, late), through, &untold, carries, out)
}
