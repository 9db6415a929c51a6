//! Offices start, write, stop on purpose, are killed, and lose their power.

use std::{collections::BTreeMap, collections::VecDeque, sync::Arc, time::Duration};

use dutynet_relay::{
    disk::Disk,
    index::map::MapIndex,
    journal::{Options, Scan},
    link::event::Event,
    writer::{
        Identity, Moment, Random, Space, Writer,
        intent::{Answer, ForkReason, Intent},
    },
};
use rand::{Rng as _, RngCore as _, SeedableRng as _, rngs::SmallRng};

use crate::{
    check,
    driver::zone,
    faults::{FailingIndex, LyingDisk},
    office::{Live, Past, Reply, Request},
    plan::Mutant,
    world::{Checked, Fault, Happening, World},
};

/// How an office ends that does not want to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// kill -9: what was written stays.
    Killed,
    /// What was not synced may be lost, block by block.
    PowerCut,
}

impl World {
    /// Opens the store and begins to dial.
    pub fn start_office(&mut self, at: usize) -> Checked {
        let office = &self.offices[at];
        if office.live.is_some() || office.gone || office.joining {
            return Ok(());
        }
        let seed: u64 = self.random.random();
        let moment = self.moment_of(at);
        let office = &mut self.offices[at];
        office.run += 1;
        let identity =
            Identity { key: office.key.clone(), office: office.id.clone(), zone: zone(), root_pin: self.ledger.root_pin };
        let lies = self.plan.mutant == Mutant::LyingDisk;
        let disk: Arc<dyn Disk> = if lies { Arc::new(LyingDisk(office.disk.clone())) } else { office.disk.clone() };
        let opened = Writer::open((disk, options()), office.index.clone(), identity, moment, randomness(seed));
        let (writer, report) = match opened {
            Ok(opened) => opened,
            Err(fault) if office.is_shaky() => {
                self.note(at, &format!("does not open: {fault}"));
                self.count("openings failed");
                self.fall(at, End::PowerCut);
                return Ok(());
            }
            Err(fault) => return Err(Fault(format!("{} does not open: {fault}", office.id))),
        };
        let store = writer.store();
        let (run, is_child) = (office.run, office.parent.is_some());
        office.live = Some(Live {
            writer,
            store: store.clone(),
            requests: VecDeque::new(),
            commit_due: false,
            opened: 0,
            sessions: BTreeMap::new(),
            doors: BTreeMap::new(),
            offset_ms: 0,
            stopping: false,
        });
        self.note(at, &format!("starts: {} replayed, rebuilt {}, cut {}", report.replayed, report.rebuilt, report.journal.cut));
        let past = std::mem::replace(&mut self.offices[at].past, Past::Own);
        let may_fork = past != Past::Own || self.ledger.losses.struck.contains(&self.ledger.homes[at]);
        if (report.forked && !may_fork) || !report.journal.damaged.is_empty() {
            return Err(Fault(format!("{} lost acknowledged data: {report:?}", self.offices[at].id)));
        }
        if report.forked {
            self.count("indexes that knew more");
        }
        if past == Past::Restored && !report.forked {
            let live = self.offices[at].live_mut();
            let forked = live.writer.commit(vec![Intent::Fork(ForkReason::Restored)], moment);
            match forked {
                Ok(_) => {}
                Err(_) if self.offices[at].is_shaky() => {
                    self.offices[at].past = past;
                    self.crash(at, End::PowerCut);
                    return Ok(());
                }
                Err(fault) => return Err(Fault(format!("{} cannot begin a new epoch: {fault}", self.offices[at].id))),
            }
        }
        self.ledger.reopened(at, &store)?;
        if run % 3 == 0 {
            check::rebuilds_to_itself(self, at)?;
        }
        if is_child && self.enrolled.contains(&at) {
            let wait = self.up_to(Duration::from_millis(100));
            self.after(wait, Happening::Dial { office: at, run });
        }
        self.after(Duration::from_secs(1), Happening::Checkpoint { office: at, run });
        self.ask_again(at);
        Ok(())
    }

    fn moment_of(&self, at: usize) -> Moment {
        let office = &self.offices[at];
        let offset_ms = office.live.as_ref().map_or(0, |live| live.offset_ms);
        Moment { wall: self.wall(at), offset_ms, space: office.space }
    }

    /// Puts something in line for the writer.
    pub fn request(&mut self, at: usize, request: Request) {
        self.offices[at].live_mut().requests.push_back(request);
        self.order_commit(at);
    }

    fn order_commit(&mut self, at: usize) {
        let slow = self.offices[at].slow_until > self.now;
        let wait = self.up_to(Duration::from_millis(if slow { 1_500 } else { 12 }));
        let office = &mut self.offices[at];
        let run = office.run;
        if !std::mem::replace(&mut office.live_mut().commit_due, true) {
            self.after(wait, Happening::Commit { office: at, run });
        }
    }

    /// One commit of some of what waits, from the front.
    pub fn commit(&mut self, at: usize) -> Checked {
        let moment = self.moment_of(at);
        let live = self.offices[at].live.as_mut().expect("only a running office writes");
        live.commit_due = false;
        let waiting = live.requests.len();
        if waiting == 0 {
            return Ok(());
        }
        let taken = if self.random.random_bool(0.8) { waiting } else { self.random.random_range(1..=waiting) };
        let requests: Vec<Request> = live.requests.drain(..taken).collect();
        let intents = requests.iter().flat_map(|request| request.intents.clone()).collect();
        let committed = match live.writer.commit(intents, moment) {
            Ok(committed) => committed,
            Err(fault) if self.offices[at].is_shaky() => {
                self.note(at, &format!("commit failed: {fault}"));
                self.count("commits failed");
                let end = if self.random.random_bool(0.5) { End::Killed } else { End::PowerCut };
                self.crash(at, end);
                return Ok(());
            }
            Err(fault) => return Err(Fault(format!("{} cannot write: {fault}", self.offices[at].id))),
        };
        self.note(at, &format!("commits {taken} of {waiting}"));
        self.count("commits");
        let store = self.offices[at].live().store.clone();
        self.ledger.committed(at, &store)?;
        self.ring(at, committed.touched.links.iter());
        let mut answers = committed.answers.into_iter();
        for request in requests {
            let mut given: Vec<Answer> = answers.by_ref().take(request.intents.len()).collect();
            match request.reply {
                Reply::Nobody => {}
                Reply::Officer(ask) => self.answer_officer(ask, given.pop())?,
                Reply::Session(id, asked) => self.answered(at, id, asked, given.pop()),
            }
        }
        if !self.offices[at].live().requests.is_empty() {
            self.order_commit(at);
        }
        self.finish_stop(at);
        Ok(())
    }

    /// Makes the index durable, now and then.
    pub fn checkpoint(&mut self, at: usize) -> Checked {
        let office = &self.offices[at];
        let run = office.run;
        office.live().writer.checkpoint().map_err(|fault| Fault(format!("{} has no index: {fault}", office.id)))?;
        self.after(Duration::from_secs(1), Happening::Checkpoint { office: at, run });
        Ok(())
    }

    /// Ends an office without asking it, and orders its return.
    pub fn crash(&mut self, at: usize, end: End) {
        if self.offices[at].live.is_none() {
            return;
        }
        self.note(at, &format!("{end:?}"));
        self.fall(at, end);
    }

    fn fall(&mut self, at: usize, end: End) {
        self.count(if end == End::Killed { "kills" } else { "power cuts" });
        let silent = end == End::PowerCut && self.random.random_bool(0.5);
        self.drop_connections_of(at, silent);
        let office = &mut self.offices[at];
        office.live = None;
        office.armed = false;
        office.index.mend();
        let risk = office.index.map.changes_at_risk();
        let mut left = office.index.map.crashed(self.random.random_range(0..=risk));
        match end {
            End::Killed => office.disk.kill(),
            End::PowerCut => {
                office.disk.power_cut(&mut self.random);
                if self.random.random_bool(0.2) {
                    left = MapIndex::default();
                }
            }
        }
        office.index = Arc::new(FailingIndex::over(left));
        let wait = Duration::from_millis(self.random.random_range(5..2_500));
        self.after(wait, Happening::Start { office: at });
    }

    /// Stops an office on purpose.
    pub fn stop(&mut self, at: usize) {
        let Some(live) = self.offices[at].live.as_mut().filter(|live| !live.stopping) else { return };
        live.stopping = true;
        let sessions: Vec<u64> = live.sessions.keys().copied().collect();
        self.note(at, "is being stopped");
        self.count("stops");
        for session in sessions {
            self.tell(at, session, Event::Drain { retry_after: Duration::from_millis(100) });
        }
        self.finish_stop(at);
    }

    /// Once nothing waits any more.
    pub fn finish_stop(&mut self, at: usize) {
        let ready = self.offices[at]
            .live
            .as_ref()
            .is_some_and(|live| live.stopping && live.sessions.is_empty() && live.requests.is_empty());
        if !ready {
            return;
        }
        self.drop_connections_of(at, false);
        let office = &mut self.offices[at];
        let live = office.live.take().expect("it was there");
        // A disk that fails now leaves an unclean stop behind, no more.
        let closed = live.writer.close();
        office.disk.kill();
        office.armed = false;
        let left = office.index.map.crashed(usize::MAX);
        office.index = Arc::new(FailingIndex::over(left));
        self.note(at, &format!("has stopped: {}", closed.is_ok()));
        let wait = Duration::from_millis(self.random.random_range(5..1_500));
        self.after(wait, Happening::Start { office: at });
    }

    /// There is room again; shut lanes may open.
    pub fn make_room(&mut self, at: usize) {
        let office = &mut self.offices[at];
        let was_cramped = std::mem::take(&mut office.cramped);
        office.disk.full(u64::MAX);
        if office.space == Space::Enough && !was_cramped {
            return;
        }
        office.space = Space::Enough;
        self.note(at, "has room again");
        let doors: Vec<u64> =
            self.offices[at].live.as_ref().map(|live| live.doors.values().copied().collect()).unwrap_or_default();
        doors.into_iter().for_each(|door| self.tell(at, door, Event::SpaceFreed));
        self.ask_again(at);
    }
}

/// Small segments, so that a run has several.
fn options() -> Options {
    Options {
        prealloc_bytes_min: 8 << 10,
        prealloc_bytes_max: 32 << 10,
        segment_bytes_max: 96 << 10,
        recent_bytes_max: 16 << 10,
        scan: Scan::EverythingAfterUnclean,
    }
}

fn randomness(seed: u64) -> Random {
    let mut random = SmallRng::seed_from_u64(seed);
    Box::new(move |bytes| random.fill_bytes(bytes))
}
