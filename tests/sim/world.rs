//! The world of one seed: its clock, what is due when, and the life of a run: found the tree, storm, calm, agree.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use dutynet_relay::{
    disk::memory::MemoryDisk,
    ids::{OfficeId, UnixMillis},
    link::retry::Retry,
    record::OfficeKey,
    writer::Space,
};
use rand::{Rng as _, SeedableRng as _, rngs::SmallRng};

use crate::{
    asks::Ask,
    check,
    faults::FailingIndex,
    ledger::Ledger,
    line::{Line, Way},
    office::{Office, Past},
    plan::{Disasters, Plan},
    trace::{Trace, Voice},
};

/// When all worlds begin.
pub const BEGINNING: i64 = 1_780_000_000_000;
/// So long may it take until all agree once the weather is good.
const CALM_MAX: Duration = Duration::from_secs(600);
/// So many things may happen until then.
const CALM_STEPS_MAX: u64 = 60_000;

/// A promise that was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault(pub String);

/// Goes on, or a promise was broken.
pub type Checked<T = ()> = Result<T, Fault>;

/// Something that is due.
#[derive(Debug, Clone)]
pub enum Happening {
    /// A session may do the next thing.
    Turn { office: usize, run: u32, session: u64 },
    /// A session's machine wanted to be woken.
    Tick { office: usize, run: u32, session: u64 },
    /// A session's next batch is verified.
    Verify { office: usize, run: u32, session: u64 },
    /// An incumbent has had its time.
    Impatience { office: usize, run: u32, session: u64, door: u64 },
    /// The writer takes what waits.
    Commit { office: usize, run: u32 },
    /// The index is made durable.
    Checkpoint { office: usize, run: u32 },
    /// The next parcel has come.
    Deliver { line: usize, conn: u64, way: Way },
    /// A child dials.
    Dial { office: usize, run: u32 },
    /// An office is started.
    Start { office: usize },
    /// A line is healed.
    Heal { line: usize },
    /// There is room on the disk again.
    Room { office: usize },
    /// An officer hears the answer.
    Told { ask: usize, run: u32 },
    /// A child shows its invitation.
    Invite { child: usize },
    /// The parent has registered it.
    Enrolled { child: usize },
    /// Bad weather.
    Storm,
}

/// What a run came to.
#[derive(Debug)]
pub struct Outcome {
    /// Equal for equal runs.
    pub hash: u64,
    /// The promise that was broken.
    pub fault: Option<Fault>,
    /// The end of the story.
    pub last_lines: Vec<String>,
    /// What happened how often.
    pub tally: BTreeMap<String, u64>,
}

/// See the module.
pub struct World {
    pub plan: Plan,
    pub now: Duration,
    pub random: SmallRng,
    pub offices: Vec<Office>,
    /// By child; that of the root is never used.
    pub lines: Vec<Line>,
    pub ledger: Ledger,
    pub trace: Trace,
    pub asks: Vec<Ask>,
    pub tally: BTreeMap<String, u64>,
    pub enrolled: BTreeSet<usize>,
    pub founded: bool,
    /// A machine and its copy.
    pub twin: Option<(usize, usize)>,
    pub disasters_left: Disasters,
    pub storming: bool,
    queue: BTreeMap<(Duration, u64), Happening>,
    order: u64,
}

/// Runs one seed to its end.
pub fn run(plan: Plan, voice: Voice) -> Outcome {
    let mut world = World::new(plan, voice);
    let fault = world.live_through().err();
    Outcome { hash: world.trace.hash(), fault, last_lines: world.trace.last_lines(), tally: world.tally }
}

impl World {
    fn new(plan: Plan, voice: Voice) -> Self {
        let mut random = SmallRng::seed_from_u64(plan.seed);
        let parents = plan.parents.clone();
        let names = ["p", "c", "x", "t"];
        let ids: Vec<_> = names.iter().map(|name| OfficeId::parse(name).expect("a valid id")).collect();
        let offices = parents.iter().zip(&ids).map(|(parent, id)| Office {
            id: id.clone(),
            parent: *parent,
            key: OfficeKey::from_secret(&random.random()),
            disk: std::sync::Arc::new(MemoryDisk::default()),
            index: std::sync::Arc::new(FailingIndex::default()),
            skew_ms: random.random_range(-5_000..5_000),
            run: 0,
            live: None,
            space: Space::Enough,
            slow_until: Duration::ZERO,
            armed: false,
            cramped: false,
            images: Vec::new(),
            past: Past::Own,
            joining: false,
            gone: false,
            retry: Retry::between(Duration::from_millis(50), Duration::from_secs(1), random.random()),
        });
        let offices = offices.collect();
        let lines = parents.iter().map(|_| Line::default()).collect();
        Self {
            ledger: Ledger::new(parents, ids),
            now: Duration::ZERO,
            random,
            offices,
            lines,
            trace: Trace::new(voice),
            asks: Vec::new(),
            tally: BTreeMap::new(),
            enrolled: BTreeSet::new(),
            founded: false,
            twin: None,
            disasters_left: plan.disasters,
            storming: false,
            queue: BTreeMap::new(),
            order: 0,
            plan,
        }
    }

    fn live_through(&mut self) -> Checked {
        self.found()?;
        while self.enrolled.len() < self.offices.len() {
            self.step()?;
            if self.now > CALM_MAX {
                return Err(Fault("the tree is never founded".into()));
            }
        }
        self.founded = true;
        self.storming = true;
        let end = self.now + self.plan.storm;
        self.after(Duration::ZERO, Happening::Storm);
        while self.now < end {
            self.step()?;
        }
        self.calm()?;
        self.agree()?;
        for _ in 0..8 {
            if self.retry_parked() == 0 {
                break;
            }
            self.agree()?;
        }
        check::everything(self)
    }

    /// Lets things happen until all offices agree.
    fn agree(&mut self) -> Checked {
        let until = self.now + CALM_MAX;
        for _ in 0..CALM_STEPS_MAX / 32 {
            for _ in 0..32 {
                self.step()?;
            }
            if self.is_settled() {
                return Ok(());
            }
            if self.now > until {
                break;
            }
        }
        Err(Fault(format!("no agreement after the storm: {}", check::what_is_missing(self))))
    }

    fn step(&mut self) -> Checked {
        let Some(((at, _), happening)) = self.queue.pop_first() else { return Err(Fault("nothing happens any more".into())) };
        self.now = at;
        self.happen(happening)
    }

    fn happen(&mut self, happening: Happening) -> Checked {
        match happening {
            Happening::Turn { office, run, session } if self.has(office, run, session) => self.turn(office, session),
            Happening::Tick { office, run, session } if self.has(office, run, session) => {
                self.ticked(office, session);
                Ok(())
            }
            Happening::Verify { office, run, session } if self.has(office, run, session) => {
                self.verify(office, session);
                Ok(())
            }
            Happening::Impatience { office, run, session, door } if self.has(office, run, session) => {
                self.incumbent_gone(office, door, Some(session));
                Ok(())
            }
            Happening::Turn { .. } | Happening::Tick { .. } | Happening::Verify { .. } | Happening::Impatience { .. } => Ok(()),
            Happening::Commit { office, run } if self.offices[office].is_in(run) => self.commit(office),
            Happening::Checkpoint { office, run } if self.offices[office].is_in(run) => self.checkpoint(office),
            Happening::Dial { office, run } if self.offices[office].is_in(run) => {
                self.dial(office);
                Ok(())
            }
            Happening::Commit { .. } | Happening::Checkpoint { .. } | Happening::Dial { .. } => Ok(()),
            Happening::Deliver { line, conn, way } => {
                self.deliver(line, conn, way);
                Ok(())
            }
            Happening::Start { office } => self.start_office(office),
            Happening::Heal { line } => {
                self.heal(line);
                Ok(())
            }
            Happening::Room { office } => {
                self.make_room(office);
                Ok(())
            }
            Happening::Told { ask, run } => {
                self.told(ask, run);
                Ok(())
            }
            Happening::Invite { child } => {
                self.invite(child);
                Ok(())
            }
            Happening::Enrolled { child } => self.enrol(child),
            Happening::Storm => self.storm(),
        }
    }

    fn has(&self, office: usize, run: u32, session: u64) -> bool {
        self.offices[office].is_in(run) && self.offices[office].live().sessions.contains_key(&session)
    }

    /// Puts something on the calendar.
    pub fn after(&mut self, wait: Duration, happening: Happening) {
        self.order += 1;
        self.queue.insert((self.now + wait, self.order), happening);
    }

    /// Up to so long, by chance.
    pub fn up_to(&mut self, max: Duration) -> Duration {
        let micros = u64::try_from(max.as_micros()).unwrap_or(u64::MAX).max(1);
        Duration::from_micros(self.random.random_range(0..micros))
    }

    /// An office's wall clock.
    pub fn wall(&self, office: usize) -> UnixMillis {
        let since = i64::try_from(self.now.as_millis()).unwrap_or(i64::MAX);
        UnixMillis(BEGINNING + since + self.offices[office].skew_ms)
    }

    /// A line of the story.
    pub fn note(&mut self, office: usize, what: &str) {
        let line = format!("{} {what}", self.offices[office].id);
        self.trace.note(self.now, &line);
    }

    /// Counts something.
    pub fn count(&mut self, what: &str) {
        *self.tally.entry(what.to_owned()).or_insert(0) += 1;
    }
}
