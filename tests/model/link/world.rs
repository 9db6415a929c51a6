//! Two stores, their session machines, and a line between them that is ordered and may be cut, delayed or reordered against everything else.
//!
//! The world is the driver: it does what machines ask for, in queues that move at random moments. It also checks, as things happen, what
//! must hold at every moment.

mod checks;
mod driver;
mod files;

use files::Files;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use dutynet_relay::{
    ids::{Digest, Epoch, Lane, LinkSeq, OfficeId, PerLane, RecordId, Ticket, UnixMillis, Zone},
    link::{
        config::{Carries, Config, FEATURE_FILES, FEATURE_LATE, Gate, Incumbent, Limits, Role},
        event::{Event, Now},
        frame::{Arrived, Batch, Chunk, Custody, Fetch, Fetched, Frame},
        machine::Machine,
    },
};
use rand::{Rng as _, SeedableRng as _, rngs::SmallRng};

use super::store::Store;

/// The ends, as indexes.
pub const CHILD: usize = 0;
pub const PARENT: usize = 1;

/// A fault put in on purpose, which the model must find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutant {
    None,
    /// Custody is said when a batch comes, not when it is durable.
    CustodyBeforeDurable,
    /// What a neighbour cannot show is not put into the lanes again.
    RebaseForgotten,
    /// Refusals that a cut swallowed are not told again.
    RefusalsNotRetold,
    /// A store that was restored goes on under its old numbers.
    ForkForgotten,
    /// What is held by the neighbour is not fetched back.
    FetchForgotten,
    /// What has come of a file is forgotten by every session.
    PartForgotten,
    /// That something is late is not said.
    LateForgotten,
    /// The ends of the lanes are not read in one piece: that of Control is the one of before.
    ControlHeadLate,
}

/// What must not happen, in words.
pub type Check = Result<(), String>;

pub struct World {
    pub now: Now,
    pub random: SmallRng,
    pub ends: [End; 2],
    line: Option<Line>,
    pub mutant: Mutant,
    /// Stores do what they are asked.
    pub calm: bool,
    /// Both know what late is.
    speaks_of_late: bool,
    /// Both give and take files.
    pub gives_files: bool,
    /// Says what happens.
    tells: bool,
    /// Records that their sender once knew to be refused. A known limit: when it then is restored to before that, and the neighbour has been
    /// replaced and was sent the tombstone, nobody knows of the refusal any more.
    pub ever_parked: BTreeSet<RecordId>,
    /// Registry entry that must be there before a record.
    needs: BTreeMap<RecordId, RecordId>,
    made: BTreeMap<(usize, Lane), u8>,
    fresh: u64,
    pub forks: usize,
    pub sessions: usize,
}

pub struct End {
    pub store: Store,
    pub backups: Vec<Store>,
    live: Option<Live>,
    /// Parent: somebody whose Hello is not answered yet.
    caller: Option<Live>,
    writes: VecDeque<(u64, Write)>,
    reads: VecDeque<(u64, Read)>,
    answers: VecDeque<(u64, Event)>,
    pub full: bool,
    pub files: Files,
}

struct Live {
    session: u64,
    machine: Machine,
}

/// One connection. Frames in a queue go to the end of that index.
struct Line {
    sessions: [u64; 2],
    frames: [VecDeque<Frame>; 2],
    /// That end sends no more.
    closed: [bool; 2],
}

enum Write {
    Accept(Batch),
    Custody(Custody),
    Arrived(Arrived),
    Rewind(PerLane<LinkSeq>),
    WantBack,
    Rebase(Option<(Epoch, PerLane<LinkSeq>)>),
    Fork,
    Admit(Ticket),
    KeepTicket(Ticket),
    TakeBack(Fetched),
    Keep(Chunk),
    FetchFinished(Option<Epoch>),
}

enum Read {
    Chain(Lane, LinkSeq),
    Load(Lane, LinkSeq, u64),
    Custody(Lane, LinkSeq),
    Arrived(Lane, LinkSeq),
    Fetch(Fetch),
    Chunk { digest: Digest, offset: u64, total: u64, bytes_max: usize },
}

impl World {
    pub fn new(seed: u64, mutant: Mutant) -> Self {
        let offices = ["440825", "4408"].map(|id| OfficeId::parse(id).unwrap());
        let end = |own: usize| End {
            store: Store::new(offices[own].clone(), offices[1 - own].clone(), epoch(own as u64)),
            backups: Vec::new(),
            live: None,
            caller: None,
            writes: VecDeque::new(),
            reads: VecDeque::new(),
            answers: VecDeque::new(),
            full: false,
            files: Files::new(own),
        };
        Self {
            now: Now { since: Duration::from_secs(1), wall: UnixMillis(1_700_000_000_000) },
            random: SmallRng::seed_from_u64(seed),
            ends: [end(CHILD), end(PARENT)],
            line: None,
            mutant,
            calm: false,
            speaks_of_late: seed % 4 != 3,
            gives_files: seed.is_multiple_of(3),
            tells: false,
            ever_parked: BTreeSet::new(),
            needs: BTreeMap::new(),
            made: BTreeMap::new(),
            fresh: 10,
            forks: 0,
            sessions: 0,
        }
    }

    /// One that says what happens.
    pub fn told(seed: u64) -> Self {
        Self { tells: true, ..Self::new(seed, Mutant::None) }
    }

    fn fresh(&mut self) -> u64 {
        self.fresh += 1;
        self.fresh
    }

    /// Makes a record; at most 200 of one lane.
    pub fn make(&mut self, end: usize, lane: Lane) {
        let n = self.made.entry((end, lane)).or_default();
        if *n >= 200 {
            return;
        }
        *n += 1;
        let n = *n;
        let registry = self.ends[end].store.lanes[Lane::Control].last().map(|fact| fact.id);
        let fact = self.ends[end].store.make(lane, n);
        if lane != Lane::Control {
            self.needs.extend(registry.map(|registry| (fact.id, registry)));
        }
        self.grew(end);
    }

    fn grew(&mut self, end: usize) {
        let mut heads = self.ends[end].store.heads();
        if self.mutant == Mutant::ControlHeadLate {
            heads[Lane::Control].0 = heads[Lane::Control].0.saturating_sub(1);
        }
        self.tell(end, Event::Grew(heads));
    }

    /// The child dials.
    pub fn dial(&mut self) -> Check {
        if self.ends[CHILD].live.is_some() {
            return Ok(());
        }
        while self.write(CHILD)? {}
        self.hang_up()?;
        let gate = Gate {
            tickets: self.ends[PARENT].store.tickets.clone(),
            incumbent: if self.ends[PARENT].live.is_some() { Incumbent::Live } else { Incumbent::Absent },
        };
        let sessions = [self.fresh(), self.fresh()];
        self.sessions += 1;
        self.line = Some(Line { sessions, frames: Default::default(), closed: [false; 2] });
        let child = Machine::new(self.config(CHILD, Role::Child), self.now);
        let parent = Machine::new(self.config(PARENT, Role::Parent(gate)), self.now);
        self.ends[CHILD].live = Some(Live { session: sessions[CHILD], machine: child });
        self.ends[PARENT].caller = Some(Live { session: sessions[PARENT], machine: parent });
        let store = &self.ends[CHILD].store;
        let start = store.start(store.tickets.first().copied());
        self.step(CHILD, sessions[CHILD], Event::Opened(Box::new(start)))
    }

    /// The line breaks. Whoever notices, notices now; the others find out by the silence.
    pub fn cut(&mut self) -> Check {
        let Some(line) = self.line.take() else { return Ok(()) };
        for (end, session) in line.sessions.into_iter().enumerate() {
            if end == CHILD || self.random.random() {
                self.step(end, session, Event::Closed)?;
            }
        }
        Ok(())
    }

    fn hang_up(&mut self) -> Check {
        let Some(line) = self.line.take() else { return Ok(()) };
        self.step(CHILD, line.sessions[CHILD], Event::Closed)
    }

    /// The process dies: what is not in the store is gone.
    pub fn crash(&mut self, end: usize) -> Check {
        self.ends[end].live = None;
        self.ends[end].caller = None;
        self.ends[end].writes.clear();
        self.ends[end].reads.clear();
        self.ends[end].answers.clear();
        self.cut()
    }

    pub fn back_up(&mut self, end: usize) {
        let copy = self.ends[end].store.clone();
        self.ends[end].backups.push(copy);
    }

    pub fn restore(&mut self, end: usize) -> Check {
        self.crash(end)?;
        let count = self.ends[end].backups.len();
        if count > 0 {
            let which = self.random.random_range(0..count);
            self.ends[end].store = self.ends[end].backups[which].clone();
        }
        Ok(())
    }

    /// A new disk.
    pub fn replace(&mut self, end: usize) -> Check {
        self.crash(end)?;
        let fresh = epoch(self.fresh());
        let store = &mut self.ends[end].store;
        *store = Store::new(store.own.clone(), store.peer.clone(), fresh);
        Ok(())
    }

    /// The store begins a new epoch for a reason of its own.
    pub fn fork(&mut self, end: usize) -> Check {
        self.forks += 1;
        let fresh = epoch(self.fresh());
        self.ends[end].store.fork(fresh);
        self.ends[end].answers.clear();
        self.ends[end].reads.clear();
        self.tell_now(end, Event::NewEpoch)
    }

    pub fn drain(&mut self, end: usize) -> Check {
        self.tell_now(end, Event::Drain { retry_after: Duration::from_secs(1) })
    }

    pub fn set_full(&mut self, end: usize, full: bool) {
        self.ends[end].full = full;
        if !full {
            self.tell(end, Event::SpaceFreed);
        }
    }

    /// What is held has arrived.
    pub fn arrive(&mut self, end: usize) {
        for lane in Lane::ALL {
            let news = self.ends[end].store.arrive(lane);
            let store = &self.ends[end].store;
            let Some(held) = store.inbox.held else { continue };
            let (seq, refused) = news.unwrap_or((store.inbox.arrived[lane], Vec::new()));
            let late = self.late(end, lane);
            self.tell(end, Event::ArrivedBelow { epoch: held.epoch, lane, seq, refused, late });
        }
    }

    pub fn is_linked(&self) -> bool {
        self.line.is_some() && self.ends[CHILD].live.is_some()
    }

    /// Puts an event into the queue of the live session.
    fn tell(&mut self, end: usize, event: Event) {
        if let Some(live) = &self.ends[end].live {
            let session = live.session;
            self.ends[end].answers.push_back((session, event));
        }
    }

    fn tell_now(&mut self, end: usize, event: Event) -> Check {
        match &self.ends[end].live {
            Some(live) => self.step(end, live.session, event),
            None => Ok(()),
        }
    }

    fn config(&self, end: usize, role: Role) -> Config {
        let store = &self.ends[end].store;
        Config {
            role,
            own: store.own.clone(),
            peer: store.peer.clone(),
            zone: Zone::parse("model").unwrap(),
            carries: Carries::Everything,
            software: "model".into(),
            protocol: (1, 1),
            features: [(self.speaks_of_late, FEATURE_LATE), (self.gives_files, FEATURE_FILES)]
                .into_iter()
                .filter(|(speaks, _)| *speaks)
                .map(|(_, word)| word.to_owned())
                .collect(),
            limits: Limits {
                window_records: 6,
                window_bytes: 3_000,
                window_bytes_routine: 2_000,
                batch_bytes: 1_500,
                batch_bytes_routine: 900,
                ..Limits::default()
            },
        }
    }

    /// One thing of all that could happen now, time apart. Whether there was one.
    pub fn happen(&mut self) -> Result<bool, String> {
        let first = self.random.random_range(0..8);
        for n in 0..8 {
            let (end, what) = ((first + n) % 2, (first + n) / 2 % 4);
            let done = match what {
                0 => self.deliver(end)?,
                1 => self.write(end)?,
                2 => self.read(end)?,
                _ => self.answer(end)?,
            };
            if done {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Time passes, to the next moment at which somebody wakes or by a little.
    pub fn pass(&mut self, at_most: Option<Duration>) -> Check {
        let wakes = self.ends.iter().flat_map(|end| [&end.live, &end.caller]).flatten().map(|live| live.machine.wakes_at()).min();
        let least = Duration::from_millis(1);
        let by = wakes.map_or(least, |at| at.saturating_sub(self.now.since)).max(least);
        let by = at_most.map_or(by, |most| by.min(most));
        self.now.since += by;
        self.now.wall.0 += i64::try_from(by.as_millis()).unwrap();
        for end in [CHILD, PARENT] {
            let sessions = [&self.ends[end].live, &self.ends[end].caller].map(|live| live.as_ref().map(|live| live.session));
            for session in sessions.into_iter().flatten() {
                self.step(end, session, Event::Tick)?;
            }
        }
        Ok(())
    }
}

fn epoch(n: u64) -> Epoch {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&n.to_be_bytes());
    Epoch(bytes)
}

fn ticket(n: u64) -> Ticket {
    Ticket(epoch(n).0)
}
