//! Incoming records on their way to the disk: verified in order, written in order, answered in order, while the reader goes on.

use std::sync::Arc;

use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

use crate::{
    ids::{Lane, OfficeId},
    inspect::inspected,
    link::{
        event::{Event, NotAccepted},
        frame::{Batch, Fetched},
    },
    relay::Inner,
    verify::Verifier,
    writer::intent::{Answer, Intent, WriteRefusal},
};

enum Work {
    Batch(Batch),
    Fetched(Fetched),
}

struct Waiting {
    lane: Option<Lane>,
    answer: oneshot::Receiver<Vec<Answer>>,
}

/// The two tasks and their inbox.
pub(super) struct Acceptance {
    work: Option<mpsc::UnboundedSender<Work>>,
    tasks: Vec<JoinHandle<()>>,
}

impl Acceptance {
    pub(super) fn start(relay: Arc<Inner>, peer: OfficeId, events: mpsc::UnboundedSender<Event>) -> Self {
        let (work, inbox) = mpsc::unbounded_channel();
        let (waiting, answers) = mpsc::unbounded_channel();
        let verifying = tokio::spawn(verify_all(relay, peer, inbox, waiting));
        let answering = tokio::spawn(answer_all(answers, events));
        Self { work: Some(work), tasks: vec![verifying, answering] }
    }

    pub(super) fn accept(&self, batch: Batch) {
        self.put(Work::Batch(batch));
    }

    pub(super) fn take_back(&self, fetched: Fetched) {
        self.put(Work::Fetched(fetched));
    }

    fn put(&self, work: Work) {
        if let Some(inbox) = &self.work {
            // The tasks end only after the inbox is closed, or with the writer.
            let _ = inbox.send(work);
        }
    }

    /// Everything that was put in has been answered when it returns.
    pub(super) async fn finish(&mut self) {
        self.work = None;
        for task in self.tasks.drain(..) {
            if task.await.is_err() {
                tracing::error!("a task of a session has panicked");
            }
        }
    }
}

async fn verify_all(
    relay: Arc<Inner>,
    peer: OfficeId,
    mut inbox: mpsc::UnboundedReceiver<Work>,
    waiting: mpsc::UnboundedSender<Waiting>,
) {
    let mut verifier = Verifier::new(relay.office.root_pin);
    let inspector = relay.settings.inspector.as_ref();
    while let Some(work) = inbox.recv().await {
        let registry = relay.store.registry();
        let (lane, intent) = match work {
            Work::Batch(batch) => {
                let lane = batch.lane;
                let mut incoming = verifier.judge(registry, &peer, batch);
                incoming.items = incoming.items.into_iter().map(|item| inspected(inspector, item)).collect();
                (Some(lane), Intent::Accept(incoming))
            }
            Work::Fetched(fetched) => {
                let records = verifier.judge_all(registry, fetched.records);
                let records = records.into_iter().map(|item| inspected(inspector, item)).collect();
                (None, Intent::TakeBack { neighbour: peer.clone(), records })
            }
        };
        let Ok(mut answer) = relay.writer.request(vec![intent]) else { return };
        // What comes after may be by an office that this registers: its key must be known before its seals are looked at.
        if lane.is_none_or(|lane| lane == Lane::Control) {
            let Ok(answers) = (&mut answer).await else { return };
            let (again, passed_on) = oneshot::channel();
            answer = passed_on;
            if again.send(answers).is_err() {
                return;
            }
        }
        if waiting.send(Waiting { lane, answer }).is_err() {
            return;
        }
    }
}

async fn answer_all(mut waiting: mpsc::UnboundedReceiver<Waiting>, events: mpsc::UnboundedSender<Event>) {
    while let Some(Waiting { lane, answer }) = waiting.recv().await {
        let answer = answer.await.ok().and_then(|mut answers| answers.pop());
        let event = match lane {
            Some(lane) => accepted(lane, answer),
            None if answer == Some(Answer::Done) => Event::TookBack,
            None => Event::TakeBackFailed,
        };
        if events.send(event).is_err() {
            return;
        }
    }
}

fn accepted(lane: Lane, answer: Option<Answer>) -> Event {
    match answer {
        Some(Answer::Custody { at, refusals }) => Event::Accepted { lane, at, refusals },
        Some(Answer::Refused(WriteRefusal::NoSpace(_))) => Event::AcceptFailed { lane, why: NotAccepted::NoSpace },
        Some(Answer::Refused(_)) => Event::AcceptFailed { lane, why: NotAccepted::OutOfOrder },
        Some(Answer::Done | Answer::Made { .. } | Answer::Forked(_)) | None => {
            Event::AcceptFailed { lane, why: NotAccepted::Stopped }
        }
    }
}
