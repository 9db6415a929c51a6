//! Runs one link session: feeds the pure machine from a stream and the writer, and does what it asks for.
//!
//! One task owns the machine. Batches go through a second one that verifies and hands them to the writer in order, and a third that waits
//! for the writer's answers in order: so the reader never waits for a disk. All three end together; when [`run`] returns, everything that
//! the session had asked of the store has been answered.

mod accept;
mod admit;
pub(crate) mod dial;
mod files;
mod lines;
mod live;
mod renew;
pub(crate) mod serve;

use std::{collections::VecDeque, sync::Arc, time::Duration};

use dutynet_proto::link as wire;
use futures_util::{Stream, StreamExt as _};
use tokio::sync::{mpsc, watch};

use self::{accept::Acceptance, admit::gate, files::FileWork};
use crate::{
    ids::{Epoch, Lane, OfficeId, PerLane, RecordId, Ticket},
    link::{
        config::{Carries, Config, FEATURE_FILES, FEATURE_LATE, FEATURE_QUESTIONS, Role, Start},
        convert::{self, Heard, Packing},
        end::{EndReason, RetryHint},
        event::{Action, Event, Now},
        frame::{Fetched, Frame},
        machine::Machine,
        telling::Telling,
    },
    relay::Inner,
    tls::leaf::Proven,
    writer::{
        StoreError,
        intent::{Answer, Intent},
        thread::Stopped,
    },
};

/// Word of Hello for batches packed by zstd.
const FEATURE_ZSTD: &str = "zstd";
/// Longest farewell when this node stops: a neighbour that does not answer is left.
pub(crate) const DRAIN_MAX: Duration = Duration::from_secs(3);
/// Records of one answer to a fetch.
const FETCH_RECORDS: usize = 64;

/// How long a stream stays open for its last frame to be heard.
pub(crate) const LINGER: Duration = Duration::from_millis(300);

/// Largest message that gRPC lets through; a frame is smaller, an answer to an invitation may be larger.
pub(crate) const MESSAGE_BYTES_MAX: usize = 2 * 1024 * 1024;

/// How a session ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) reason: EndReason,
    pub(crate) retry: RetryHint,
    /// It was worth something: the retry schedule starts over.
    pub(crate) settled: bool,
}

/// Which end, and of which neighbour.
pub(crate) struct Side {
    pub(crate) peer: OfficeId,
    pub(crate) is_child: bool,
    pub(crate) carries: Carries,
    /// What it has proved.
    pub(crate) proven: Proven,
}

/// Runs until the session ends. `inbound` yields what the neighbour sends.
pub(crate) async fn run<S>(relay: Arc<Inner>, side: Side, mut inbound: S, outbound: mpsc::UnboundedSender<wire::Frame>) -> Ended
where
    S: Stream<Item = Result<wire::Frame, tonic::Status>> + Unpin + Send,
{
    let (events, mut told) = mpsc::unbounded_channel();
    let mut session = Session::new(&relay, side, outbound, events.clone());
    let mut stop = relay.stop.clone();
    let mut failed = relay.writer.failed();
    let mut wake = relay.hub.wake(&session.peer);
    session.open();
    let mut leave_by = None;
    let mut looks_at = relay.clock.monotonic() + relay.settings.leaf_check;
    while session.ended.is_none() {
        let now = relay.clock.monotonic();
        if leave_by.is_none() && *stop.borrow_and_update() {
            leave_by = Some(now + DRAIN_MAX);
            session.take(Event::Drain { retry_after: relay.settings.drain_retry }).await;
            continue;
        }
        if looks_at <= now {
            looks_at = now + relay.settings.leaf_check;
            if let Some(reason) = session.refusal_by_now() {
                session.take(Event::Refuse(reason, "as it stands by now".to_owned())).await;
                continue;
            }
        }
        let due = session.machine.wakes_at().min(leave_by.unwrap_or(looks_at)).min(looks_at).saturating_sub(now);
        if due.is_zero() {
            let nobody_answers = leave_by.is_some_and(|by| by <= now);
            session.take(if nobody_answers { Event::Closed } else { Event::Tick }).await;
            continue;
        }
        tokio::select! {
            biased;
            _ = failed.changed() => session.take(Event::Closed).await,
            Some(event) = told.recv() => session.take(event).await,
            frame = inbound.next() => {
                if let Some(event) = session.received(frame) {
                    session.take(event).await;
                }
            }
            _ = wake.changed() => session.grew().await,
            () = tokio::time::sleep(due) => {}
            _ = stop.changed(), if leave_by.is_none() => {}
        }
    }
    let says_last = !matches!(session.ended, Some((EndReason::Closed | EndReason::Silence(_), _)));
    let ended = session.close().await;
    if says_last {
        // The last frame is on its way; a stream that is dropped at once would take it along.
        let _ = tokio::time::timeout(LINGER, async { while inbound.next().await.is_some() {} }).await;
    }
    ended
}

struct Session<'a> {
    relay: &'a Arc<Inner>,
    peer: OfficeId,
    proven: Proven,
    machine: Machine,
    outbound: mpsc::UnboundedSender<wire::Frame>,
    events: mpsc::UnboundedSender<Event>,
    acceptance: Acceptance,
    files: FileWork,
    /// Counts the sessions of this node, in the order in which they began.
    id: u64,
    /// Held while this session is the one that counts for its neighbour.
    stays: Option<watch::Sender<()>>,
    packing: Packing,
    telling: Telling,
    /// The neighbour's, once the session is up.
    epoch: Option<Epoch>,
    was_up: bool,
    settled: bool,
    ended: Option<(EndReason, RetryHint)>,
}

impl<'a> Session<'a> {
    fn new(
        relay: &'a Arc<Inner>,
        side: Side,
        outbound: mpsc::UnboundedSender<wire::Frame>,
        events: mpsc::UnboundedSender<Event>,
    ) -> Self {
        let role = if side.is_child { Role::Child } else { Role::Parent(gate(relay, &side.peer)) };
        let config = Config {
            role,
            own: relay.office.office.clone(),
            peer: side.peer.clone(),
            zone: relay.office.zone.clone(),
            carries: side.carries,
            software: relay.settings.software.clone(),
            protocol: (1, 1),
            features: [FEATURE_ZSTD, FEATURE_LATE, FEATURE_FILES, FEATURE_QUESTIONS].map(str::to_owned).to_vec(),
            limits: relay.settings.limits.clone(),
        };
        let acceptance = Acceptance::start(relay.clone(), side.peer.clone(), events.clone());
        let files = FileWork::start(relay.clone(), side.peer.clone(), events.clone());
        Self {
            relay,
            machine: Machine::new(config, relay.now()),
            peer: side.peer,
            proven: side.proven,
            outbound,
            events,
            acceptance,
            files,
            id: relay.hub.knock(),
            stays: None,
            packing: Packing::Plain,
            telling: Telling::default(),
            epoch: None,
            was_up: false,
            settled: false,
            ended: None,
        }
    }

    /// A child begins; a parent waits for the child's Hello.
    fn open(&mut self) {
        if matches!(self.machine.config().role, Role::Child) {
            self.enter();
            let ticket = self.relay.store.tickets(&self.peer).first().copied();
            self.answer(self.start(ticket));
        }
    }

    /// What the machine is told of it, if anything.
    fn received(&mut self, frame: Option<Result<wire::Frame, tonic::Status>>) -> Option<Event> {
        let Some(Ok(frame)) = frame else { return Some(Event::Closed) };
        Some(match convert::from_wire(frame) {
            Ok(Heard::Frame(frame)) => Event::Received(frame),
            Ok(Heard::Lines(about)) => {
                self.about_lines(about);
                return None;
            }
            Ok(Heard::Live(frame)) => return self.about_questions(frame),
            Ok(Heard::Unknown) => Event::UnknownFrame,
            Err(fault) => Event::Unreadable(fault.to_string()),
        })
    }

    async fn grew(&mut self) {
        let sent = self.relay.store.sent(&self.peer);
        self.take(Event::Grew(PerLane(Lane::ALL.map(|lane| sent[lane].seq)))).await;
        for lane in Lane::ALL {
            if let Some(event) = self.relay.store.arrived_event(&self.peer, lane, None) {
                self.take(event).await;
            }
        }
        self.lines_grew();
    }

    /// One event, and everything that follows from it at once.
    async fn take(&mut self, event: Event) {
        let mut due = VecDeque::from(self.machine.step(self.relay.now(), event));
        while let Some(action) = due.pop_front() {
            self.act(action).await;
        }
    }

    fn answer(&self, event: Event) {
        // The receiver lives as long as the session.
        let _ = self.events.send(event);
    }

    async fn act(&mut self, action: Action) {
        match action {
            Action::Send(frame) => self.send(&frame),
            Action::Admit { shown, incumbent: _ } => self.admit(shown).await,
            Action::Up(peer) => {
                self.was_up = true;
                self.packing = if peer.features.iter().any(|f| f == FEATURE_ZSTD) { Packing::Zstd } else { Packing::Plain };
                self.relay.measured_offset(&self.peer, peer.offset_ms);
                self.relay.line_up(&self.peer, &peer.software, self.proven.not_after);
                self.join_asking(&peer.features);
                self.ask_for_lines(peer.epoch);
            }
            Action::KeepTicket(ticket) => self.keep_tickets(vec![ticket]).await,
            Action::LookUpChain { lane, seq } => {
                let hash = self.relay.store.chain_at(&self.peer, lane, seq).unwrap_or_default();
                self.answer(Event::ChainAt { lane, seq, hash });
            }
            Action::Rewind(holds) => self.note(Intent::Rewind { neighbour: self.peer.clone(), holds }),
            Action::WantBack(_) => self.note(self.relay.own_wanted_back(&self.peer)),
            Action::Rebase { holds } => self.rebase(holds).await,
            Action::Fork(reason) => self.relay.fork(reason).await,
            Action::Load { lane, after, records_max, bytes_max } => self.load(lane, after, (records_max, bytes_max)),
            Action::Accept(batch) => self.acceptance.accept(batch),
            Action::RecordCustody(custody) => self.note(Intent::Custody { neighbour: self.peer.clone(), custody }),
            Action::RecordArrived(arrived) => self.note(Intent::Arrived { neighbour: self.peer.clone(), arrived }),
            Action::TellCustody { lane, after } => match self.relay.store.custody_event(&self.peer, lane, after) {
                Ok(Some(event)) => self.answer(event),
                Ok(None) => {}
                Err(fault) => self.unreadable_store(&fault),
            },
            Action::TellArrived { lane, after } => {
                self.relay.store.arrived_event(&self.peer, lane, Some(after)).into_iter().for_each(|event| self.answer(event));
            }
            Action::LoadFetch(fetch) => {
                let fetched = self.load_fetch(&fetch.origin, fetch.after);
                self.answer(Event::FetchLoaded(fetched));
            }
            Action::TakeBack(fetched) => self.acceptance.take_back(fetched),
            Action::FetchFinished { .. } => self.note(self.relay.nothing_wanted_back(&self.peer)),
            Action::Lines { lines, scope } => self.lines_now(lines, scope),
            Action::LoadChunk { digest, offset, total, bytes_max } => self.files.load(digest, offset, total, bytes_max),
            Action::KeepChunk(chunk) => self.files.keep(chunk),
            Action::Offset(ms) => self.relay.measured_offset(&self.peer, ms),
            Action::Settled => self.settled = true,
            Action::Count(event) => {
                tracing::info!(neighbour = %self.peer, event = event.name(), "counted");
                self.note(Intent::Count { neighbour: self.peer.clone(), event: event.name() });
            }
            Action::End { reason, retry } => self.ended = Some((reason, retry)),
        }
    }

    fn send(&self, frame: &Frame) {
        // A stream that is gone is noticed by the reader.
        let _ = self.outbound.send(convert::to_wire(frame, self.packing));
    }

    fn note(&self, intent: Intent) {
        self.relay.writer.note(intent);
    }

    fn unreadable_store(&self, fault: &StoreError) {
        tracing::error!(neighbour = %self.peer, error = %fault, "the store cannot be read");
        self.answer(Event::Closed);
    }

    /// What the store knows of this link.
    fn start(&self, ticket: Option<Ticket>) -> Event {
        let (store, peer) = (&self.relay.store, &self.peer);
        let lines = match self.machine.config().role {
            Role::Child => self.relay.hub.lines_below(&store.registry()),
            Role::Parent(_) => Vec::new(),
        };
        let wanted = self.relay.is_wanted_back(peer);
        Event::Opened(Box::new(Start {
            epoch: store.epoch(),
            lineage: store.lineage(peer),
            sent: store.sent(peer),
            custody: store.acked(peer),
            arrived: store.arrived_at(peer),
            held: store.held(peer),
            ticket,
            fetch: if wanted { vec![self.relay.office.office.clone()] } else { Vec::new() },
            wants_past: wanted,
            lines,
        }))
    }

    async fn rebase(&self, holds: Option<(Epoch, PerLane<crate::ids::LinkSeq>)>) {
        let written = self.relay.writer.write_one(Intent::Rebase { neighbour: self.peer.clone(), holds }).await;
        let sent = self.relay.store.sent(&self.peer);
        match written {
            Ok(Answer::Refused(_)) | Err(Stopped) => self.answer(Event::Closed),
            Ok(_) => self.answer(Event::Rebased(PerLane(Lane::ALL.map(|lane| sent[lane].seq)))),
        }
    }

    fn load(&self, lane: Lane, after: crate::ids::LinkSeq, (records_max, bytes_max): (u64, usize)) {
        let records_max = usize::try_from(records_max).unwrap_or(usize::MAX);
        match self.relay.store.load(&self.peer, lane, after, (records_max, bytes_max)) {
            Ok(items) => self.answer(Event::Loaded { lane, first: after.next(), items }),
            Err(fault) => self.unreadable_store(&fault),
        }
    }

    /// What the neighbour may have back: its own records, those of its subtree, and ours if it is below.
    fn load_fetch(&self, origin: &OfficeId, after: Option<RecordId>) -> Fetched {
        let (store, tree) = (&self.relay.store, self.relay.store.registry());
        let is_child = tree.parent(&self.peer) == Some(tree.own());
        let allowed = origin == &self.peer || (is_child && tree.is_within(origin, &self.peer));
        let nothing = Fetched { origin: origin.clone(), records: Vec::new(), done: true };
        let found = store.by_origin(origin, after, FETCH_RECORDS).unwrap_or_default();
        let done = !allowed || found.len() < FETCH_RECORDS;
        // What has passed between the two before may pass again.
        let may = found.into_iter().filter(|(_, place)| allowed || store.has_passed(*place, &self.peer));
        let records = may.filter_map(|(_, place)| store.carried_at(place).ok());
        Fetched { done, records: records.collect(), ..nothing }
    }

    async fn close(mut self) -> Ended {
        self.acceptance.finish().await;
        self.files.finish().await;
        let (reason, retry) = self.ended.take().unwrap_or((EndReason::Closed, RetryHint::Schedule));
        if let Some(stays) = self.stays.take() {
            if self.was_up {
                self.relay.line_down(&self.peer, self.id, &reason.to_string());
                self.relay.leave_asking(&self.peer, self.id);
            }
            self.relay.hub.leave(&self.peer, self.id);
            drop(stays);
        }
        Ended { reason, retry, settled: self.settled }
    }
}

impl Inner {
    /// Now, by both clocks.
    pub(crate) fn now(&self) -> Now {
        Now { since: self.clock.monotonic(), wall: self.clock.wall() }
    }
}
