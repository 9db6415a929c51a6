//! Incoming records on their way to the disk: verified in order, written in order, answered in order.

use dutynet_relay::{
    ids::{Lane, OfficeId, RecordId},
    link::{
        event::{Event, NotAccepted},
        frame::{Batch, Fetched, Item, Position},
    },
    writer::intent::{Answer, Intent, WriteRefusal},
};

use crate::{
    driver::HESITATION,
    office::{Asked, Reply, Request},
    plan::Mutant,
    session::{Resume, Work},
    world::{Happening, World},
};

/// Records of one answer to a fetch; few, so that several are needed.
const FETCH_RECORDS: usize = 5;

impl World {
    pub fn accept(&mut self, at: usize, id: u64, batch: Batch) {
        if self.plan.mutant == Mutant::EarlyCustody {
            let live = self.offices[at].live();
            let peer = &live.sessions[&id].peer_id;
            let held = live.store.held(peer).filter(|held| held.epoch == batch.epoch);
            let mut early = held.map_or_else(|| Position::start(batch.epoch), |held| held.lanes[batch.lane]);
            if early.seq.next() == batch.first {
                for item in &batch.items {
                    early = early.after(match item {
                        Item::Record(carried) => carried.record.digest(),
                        Item::Tombstone { digest, .. } => *digest,
                    });
                }
                self.tell(at, id, Event::Accepted { lane: batch.lane, at: early, refusals: Vec::new() });
            }
        }
        self.put_work(at, id, Work::Batch(batch));
    }

    pub fn put_work(&mut self, at: usize, id: u64, work: Work) {
        self.session(at, id).expect("a session that acts").work.push_back(work);
        self.order_verify(at, id);
    }

    fn order_verify(&mut self, at: usize, id: u64) {
        let (run, wait) = (self.offices[at].run, self.up_to(HESITATION));
        let Some(session) = self.session(at, id) else { return };
        let ready = !session.verify_waits && !session.work.is_empty();
        if ready && !std::mem::replace(&mut session.verify_due, true) {
            self.after(wait, Happening::Verify { office: at, run, session: id });
        }
    }

    /// Verifies what comes next and puts it in line for the writer.
    pub fn verify(&mut self, at: usize, id: u64) {
        let hasty = self.plan.mutant == Mutant::HastyVerifier;
        let live = self.offices[at].live_mut();
        let session = live.sessions.get_mut(&id).expect("a session that verifies");
        session.verify_due = false;
        let Some(work) = session.work.pop_front() else { return };
        let (registry, peer) = (live.store.registry(), session.peer_id.clone());
        session.unanswered += 1;
        let (intent, asked) = match work {
            Work::Batch(batch) => {
                let lane = batch.lane;
                session.verify_waits = lane == Lane::Control && !hasty;
                (Intent::Accept(session.verifier.judge(registry, &peer, batch)), Asked::Accept(lane))
            }
            Work::Fetched(fetched) => {
                session.verify_waits = !hasty;
                let records = session.verifier.judge_all(registry, fetched.records);
                (Intent::TakeBack { neighbour: peer, records }, Asked::TakeBack)
            }
        };
        self.request(at, Request { intents: vec![intent], reply: Reply::Session(id, asked) });
        self.order_verify(at, id);
    }

    /// The writer has answered a session.
    pub fn answered(&mut self, at: usize, id: u64, asked: Asked, answer: Option<Answer>) {
        let Some(session) = self.session(at, id) else { return };
        let event = match asked {
            Asked::Admit(_) | Asked::Ticket | Asked::Rebase | Asked::Fork => {
                session.resume = Some(Resume::Answered(asked));
                return self.order_turn(at, id);
            }
            Asked::Accept(lane) => accepted(lane, answer),
            Asked::TakeBack if answer == Some(Answer::Done) => Event::TookBack,
            Asked::TakeBack => Event::TakeBackFailed,
        };
        session.unanswered -= 1;
        if !matches!(asked, Asked::Accept(lane) if lane != Lane::Control) {
            session.verify_waits = false;
        }
        self.tell(at, id, event);
        self.order_verify(at, id);
    }

    /// What the neighbour may have back.
    pub fn load_fetch(&self, at: usize, peer: &OfficeId, origin: &OfficeId, after: Option<RecordId>) -> Fetched {
        let store = &self.offices[at].live().store;
        let tree = store.registry();
        let is_child = tree.parent(peer) == Some(tree.own());
        let nothing = Fetched { origin: origin.clone(), records: Vec::new(), done: true };
        if origin != peer && !(is_child && tree.is_within(origin, peer)) {
            return nothing;
        }
        let found = store.by_origin(origin, after, FETCH_RECORDS).unwrap_or_default();
        let done = found.len() < FETCH_RECORDS;
        let records = found.into_iter().filter_map(|(_, place)| store.carried_at(place).ok());
        Fetched { done, records: records.collect(), ..nothing }
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
