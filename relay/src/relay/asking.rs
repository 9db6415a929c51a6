//! Live questions as programs above use them, and the driver of their machine: it lends it the registry and the clock, asks the program that
//! answers for this office, and wakes it at its deadlines.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use bytes::Bytes;
use tokio::{
    sync::{Notify, mpsc},
    task::{AbortHandle, JoinSet},
    time::timeout,
};

use super::{Inner, Relay};
use crate::{
    ids::{OfficeId, QuestionId},
    link::convert::{Outbound, send_live},
    live::{
        Answerer, Asked, Held, QUESTION_BYTES_MAX, Question, Row, TARGETS_MAX, Target, Unable, WITHIN_MAX, Why,
        exchange::{Action, Around, Event, Exchange, Side, Speaks},
        frame::Refusal,
    },
    random,
    record::is_kind,
};

/// A question of a program here.
#[derive(Debug, Clone)]
pub struct Ask {
    /// What is asked, with its version: `[a-z][a-z0-9.-]*/[0-9]+`.
    pub kind: String,
    /// Of that kind.
    pub body: Bytes,
    /// Whom; this office or below it.
    pub targets: Vec<Target>,
    /// When the last row must be here.
    pub within: Duration,
}

/// Why a question is not put. Nothing was asked of anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AskRefused {
    /// None of those named is this office or below it.
    #[error("nobody of those asked is here or below")]
    NotBelow,
    /// Too many questions are under way.
    #[error("too many questions are under way")]
    Busy,
    /// Beyond a limit.
    #[error("the question is beyond a limit: {0}")]
    Malformed(&'static str),
    /// This node is stopping.
    #[error("this node is stopping")]
    Stopping,
}

/// Rows as they come. Dropping it ends the question everywhere.
#[derive(Debug)]
pub struct Answers {
    id: QuestionId,
    rows: mpsc::UnboundedReceiver<Vec<Row>>,
    relay: Weak<Inner>,
}

impl Answers {
    /// The next ones; `None`: there is a row of every office asked for.
    pub async fn next(&mut self) -> Option<Vec<Row>> {
        self.rows.recv().await
    }
}

impl Drop for Answers {
    fn drop(&mut self) {
        if let Some(relay) = self.relay.upgrade() {
            relay.ask_step(Event::Dropped(self.id));
        }
    }
}

/// What the node keeps of live questions.
pub(crate) struct Asking {
    desk: Mutex<Desk>,
    work: mpsc::UnboundedSender<Work>,
    inbox: Mutex<Option<mpsc::UnboundedReceiver<Work>>>,
    /// Deadlines may have changed.
    look: Notify,
    answerer: Mutex<Option<Weak<dyn Answerer>>>,
}

struct Desk {
    exchange: Exchange,
    links: BTreeMap<OfficeId, (u64, Outbound)>,
    here: BTreeMap<QuestionId, mpsc::UnboundedSender<Vec<Row>>>,
    open: bool,
}

enum Work {
    Answer(QuestionId, Asked),
    AnswerFor(QuestionId, Asked, Vec<(OfficeId, Why)>),
    Over(QuestionId),
}

impl Asking {
    pub(super) fn new(own: OfficeId) -> Self {
        let (work, inbox) = mpsc::unbounded_channel();
        let desk = Desk { exchange: Exchange::new(own), links: BTreeMap::new(), here: BTreeMap::new(), open: true };
        let (desk, inbox) = (Mutex::new(desk), Mutex::new(Some(inbox)));
        Self { desk, work, inbox, look: Notify::new(), answerer: Mutex::new(None) }
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answerer(&self) -> Option<Arc<dyn Answerer>> {
        self.answerer.lock().unwrap_or_else(PoisonError::into_inner).as_ref()?.upgrade()
    }
}

impl Relay {
    /// Who answers for this office from now on. Whoever provides it keeps it; when it is gone, nobody does.
    pub fn answer_with(&self, answerer: &Arc<dyn Answerer>) {
        *self.inner.asking.answerer.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::downgrade(answerer));
    }

    /// Asks this office and those below it. Answered while [`Relay::run`] runs.
    pub fn ask(&self, ask: Ask) -> Result<Answers, AskRefused> {
        let fault = |what| Err(AskRefused::Malformed(what));
        if ask.targets.is_empty() || ask.targets.len() > TARGETS_MAX {
            return fault("1 to 512 targets");
        }
        if ask.body.len() > QUESTION_BYTES_MAX {
            return fault("at most 16 KiB");
        }
        if !is_kind(&ask.kind) {
            return fault("a kind with its version");
        }
        if ask.within.is_zero() || ask.within > WITHIN_MAX {
            return fault("ten minutes at most");
        }
        self.put(ask)
    }

    fn put(&self, ask: Ask) -> Result<Answers, AskRefused> {
        let inner = &self.inner;
        let id = QuestionId(random::bytes().map_err(|_| AskRefused::Stopping)?);
        let Ask { kind, body, targets, within } = ask;
        let question = Question { id, kind, asker: self.own().clone(), targets, body };
        let (told, rows) = mpsc::unbounded_channel();
        let mut desk = inner.asking.desk();
        if !desk.open {
            return Err(AskRefused::Stopping);
        }
        match desk.exchange.refusal(&inner.store.registry(), &question) {
            Some(Refusal::Busy) => return Err(AskRefused::Busy),
            Some(Refusal::NotHere | Refusal::NotYours) => return Err(AskRefused::NotBelow),
            None => {}
        }
        desk.here.insert(id, told);
        inner.step_on(&mut desk, Event::Asked(question, within));
        Ok(Answers { id, rows, relay: Arc::downgrade(inner) })
    }
}

impl Inner {
    /// A session is up, and this is how something is sent on it.
    pub(crate) fn join_asking(&self, (peer, session): (&OfficeId, u64), (side, speaks): (Side, Speaks), outbound: Outbound) {
        let mut desk = self.asking.desk();
        desk.links.insert(peer.clone(), (session, outbound));
        self.step_on(&mut desk, Event::LinkUp(peer.clone(), side, speaks));
    }

    /// A session is over; a later one of the same neighbour stays.
    pub(crate) fn leave_asking(&self, peer: &OfficeId, session: u64) {
        let mut desk = self.asking.desk();
        if desk.links.get(peer).is_some_and(|(id, _)| *id == session) {
            desk.links.remove(peer);
            self.step_on(&mut desk, Event::LinkDown(peer.clone()));
        }
    }

    /// One event. What the neighbour that it is from has broken, if anything.
    pub(crate) fn ask_step(&self, event: Event) -> Option<&'static str> {
        self.step_on(&mut self.asking.desk(), event)
    }

    fn step_on(&self, desk: &mut Desk, event: Event) -> Option<&'static str> {
        let registry = self.store.registry();
        let actions = desk.exchange.step(Around { registry: &registry, now: self.now() }, event);
        let mut broken = None;
        for action in actions {
            match action {
                Action::Send(to, frame) => {
                    if let Some((_, outbound)) = desk.links.get(&to) {
                        send_live(outbound, &frame, self.clock.wall());
                    }
                }
                Action::Answer(id, asked) => self.work(Work::Answer(id, asked)),
                Action::AnswerFor(id, asked, offices) => self.work(Work::AnswerFor(id, asked, offices)),
                Action::Tell(id, rows) => {
                    if let Some(told) = desk.here.get(&id) {
                        // Whoever does not listen any more says so itself.
                        let _ = told.send(rows);
                    }
                }
                Action::Over(id) => {
                    desk.here.remove(&id);
                    self.work(Work::Over(id));
                }
                Action::Useless(from) => tracing::debug!(neighbour = %from, "a frame about questions changes nothing"),
                Action::Refused(from, why) => self.question_refused(from, why),
                Action::Fault(_, what) => broken = Some(what),
            }
        }
        self.asking.look.notify_one();
        broken
    }

    fn work(&self, work: Work) {
        // Nobody takes it after the stop, and nobody waits for it then.
        let _ = self.asking.work.send(work);
    }

    fn question_refused(&self, neighbour: OfficeId, why: Refusal) {
        tracing::warn!(%neighbour, ?why, "a live question was refused");
        let event = crate::link::count::LinkEvent::QuestionRefused.name();
        self.writer.note(crate::writer::intent::Intent::Count { neighbour, event });
    }
}

/// Asks the program above what is to be asked, until the node stops; then nothing is under way any more.
pub(super) async fn answer_all(relay: Arc<Inner>) {
    let taken = relay.asking.inbox.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(mut inbox) = taken else { return };
    let mut stop = relay.stop.clone();
    let mut tasks = JoinSet::new();
    let mut under_way: BTreeMap<QuestionId, Vec<AbortHandle>> = BTreeMap::new();
    loop {
        let wakes_at = relay.asking.desk().exchange.wakes_at();
        let due = wakes_at.map_or(Duration::MAX, |at| at.saturating_sub(relay.clock.monotonic()));
        tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => break,
            Some(work) = inbox.recv() => match work {
                Work::Over(id) => under_way.remove(&id).into_iter().flatten().for_each(|task| task.abort()),
                Work::Answer(id, asked) => {
                    under_way.entry(id).or_default().push(tasks.spawn(answer(relay.clone(), id, asked)));
                }
                Work::AnswerFor(id, asked, offices) => {
                    under_way.entry(id).or_default().push(tasks.spawn(answer_for(relay.clone(), id, asked, offices)));
                }
            },
            Some(_) = tasks.join_next() => {}
            () = relay.asking.look.notified() => {}
            () = tokio::time::sleep(due.max(LEAST_WAIT)) => {
                relay.ask_step(Event::Tick);
            }
        }
    }
    tasks.shutdown().await;
    let mut desk = relay.asking.desk();
    desk.open = false;
    desk.here.clear();
}

/// A timer is no more exact than this.
const LEAST_WAIT: Duration = Duration::from_millis(1);

async fn answer(relay: Arc<Inner>, id: QuestionId, asked: Asked) {
    let said = match relay.asking.answerer() {
        Some(answerer) => match timeout(asked.within, answerer.answer(&asked)).await {
            Ok(said) => said,
            // The machine has its own deadline for that.
            Err(_) => return,
        },
        None => Err(Unable),
    };
    let held = said.map(|body| Held { body, as_of: relay.clock.wall() });
    relay.ask_step(Event::Answered(id, held));
}

async fn answer_for(relay: Arc<Inner>, id: QuestionId, asked: Asked, offices: Vec<(OfficeId, Why)>) {
    let offices: Vec<_> = offices.into_iter().map(|(office, _)| office).collect();
    let mut known = match relay.asking.answerer() {
        Some(answerer) => timeout(asked.within, answerer.answer_for(&asked, &offices)).await.unwrap_or_default(),
        None => BTreeMap::new(),
    };
    let lines = relay.hub.lines(&relay.store.registry());
    let rows = offices.into_iter().map(|office| {
        let (since, held) = (lines.get(&office).and_then(|line| line.since), known.remove(&office));
        (office, since, held)
    });
    relay.ask_step(Event::AnsweredFor(id, rows.collect()));
}
