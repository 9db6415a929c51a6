//! Drives sessions: what `relay/src/session` does with tasks, done here one thing at a time, in an order that the seed decides.

use std::{collections::VecDeque, time::Duration};

use dutynet_relay::{
    ids::{Lane, OfficeId, PerLane, Zone},
    link::{
        config::{Carries, Config, FEATURE_LATE, Gate, Incumbent, Role},
        event::{Event, Now},
        machine::Machine,
    },
    verify::Verifier,
};

use crate::{
    office::limits,
    plan::Mutant,
    session::{Picked, Session},
    world::{Checked, Happening, World},
};

/// Longest time until a task that could run does.
pub const HESITATION: Duration = Duration::from_millis(2);

/// The zone of every office.
pub fn zone() -> Zone {
    Zone::parse("sim").expect("a valid zone")
}

impl World {
    /// Begins one end of a connection.
    pub fn open_session(&mut self, at: usize, line: usize, conn: u64) -> u64 {
        let is_child = line == at;
        let peer = if is_child { self.offices[at].parent.expect("only a child dials") } else { line };
        let peer_id = self.offices[peer].id.clone();
        let now = self.moment(at);
        let office = &mut self.offices[at];
        let root_pin = self.ledger.root_pin;
        let live = office.live.as_mut().expect("only a running office opens sessions");
        let tickets = if is_child { Vec::new() } else { live.store.tickets(&peer_id) };
        let role = if is_child {
            Role::Child
        } else {
            let incumbent = if live.doors.contains_key(&peer_id) { Incumbent::Live } else { Incumbent::Absent };
            let ignored = self.plan.mutant == Mutant::TicketsIgnored;
            Role::Parent(Gate { tickets: if ignored { Vec::new() } else { tickets.clone() }, incumbent })
        };
        let config = Config {
            role,
            own: office.id.clone(),
            peer: peer_id.clone(),
            zone: zone(),
            carries: Carries::Everything,
            software: "sim 1".into(),
            protocol: (1, 1),
            features: vec!["zstd".into(), FEATURE_LATE.into()],
            limits: limits(),
        };
        let id = live.opened + 1;
        live.opened = id;
        let session = Session {
            id,
            peer,
            peer_id: peer_id.clone(),
            line,
            conn,
            is_child,
            tickets,
            machine: Machine::new(config, now),
            due: VecDeque::new(),
            agenda: VecDeque::new(),
            told: VecDeque::new(),
            inbound: VecDeque::new(),
            wake: false,
            tick: false,
            tick_at: Duration::MAX,
            turn_due: false,
            blocked: None,
            resume: None,
            work: VecDeque::new(),
            verifier: Verifier::new(root_pin),
            verify_due: false,
            verify_waits: false,
            unanswered: 0,
            was_up: false,
            settled: false,
            ended: None,
        };
        live.sessions.insert(id, session);
        if is_child {
            live.doors.insert(peer_id.clone(), id);
            let ticket = live.store.tickets(&peer_id).first().copied();
            let start = self.start(at, id, ticket);
            self.tell(at, id, start);
        }
        self.order_tick(at, id);
        id
    }

    /// Tells a session something.
    pub fn tell(&mut self, at: usize, session: u64, event: Event) {
        if let Some(session) = self.session(at, session) {
            session.told.push_back(event);
        }
        self.order_turn(at, session);
    }

    /// Something new is there for these neighbours.
    pub fn ring<'a>(&mut self, at: usize, neighbours: impl Iterator<Item = &'a OfficeId>) {
        let neighbours: Vec<_> = neighbours.collect();
        let sessions = self.offices[at].live_mut().sessions.values_mut();
        let mut rung = Vec::new();
        for session in sessions.filter(|session| neighbours.contains(&&session.peer_id)) {
            session.wake = true;
            rung.push(session.id);
        }
        rung.into_iter().for_each(|id| self.order_turn(at, id));
    }

    pub fn session(&mut self, at: usize, session: u64) -> Option<&mut Session> {
        self.offices[at].live.as_mut()?.sessions.get_mut(&session)
    }

    pub fn order_turn(&mut self, at: usize, id: u64) {
        let wait = self.up_to(HESITATION);
        let run = self.offices[at].run;
        let Some(session) = self.session(at, id) else { return };
        if !std::mem::replace(&mut session.turn_due, true) {
            self.after(wait, Happening::Turn { office: at, run, session: id });
        }
    }

    fn order_tick(&mut self, at: usize, id: u64) {
        let (now, run) = (self.now, self.offices[at].run);
        let Some(session) = self.session(at, id) else { return };
        let wakes_at = session.machine.wakes_at().max(now + Duration::from_millis(1));
        if wakes_at < session.tick_at && session.ended.is_none() {
            session.tick_at = wakes_at;
            self.after(wakes_at - now, Happening::Tick { office: at, run, session: id });
        }
    }

    pub fn ticked(&mut self, at: usize, id: u64) {
        let now = self.now;
        let Some(session) = self.session(at, id) else { return };
        if session.tick_at != now {
            return;
        }
        session.tick = true;
        session.tick_at = Duration::MAX;
        self.order_turn(at, id);
    }

    pub fn moment(&self, at: usize) -> Now {
        Now { since: self.now, wall: self.wall(at) }
    }

    /// One thing, and everything that follows from it at once.
    pub fn turn(&mut self, at: usize, id: u64) -> Checked {
        let now = self.moment(at);
        if let Some(session) = self.session(at, id) {
            session.turn_due = false;
            if let Some(resume) = session.resume.take() {
                session.blocked = None;
                self.resume(at, id, resume);
            }
        }
        let mut picked = false;
        loop {
            let Some(session) = self.session(at, id) else { return Ok(()) };
            if session.blocked.is_some() {
                return Ok(());
            }
            if let Some(action) = session.due.pop_front() {
                self.act(at, id, action)?;
                continue;
            }
            if session.ended.is_some() {
                self.close_if_quiet(at, id);
                return Ok(());
            }
            if let Some(event) = session.agenda.pop_front() {
                session.due = session.machine.step(now, event).into();
                continue;
            }
            if std::mem::replace(&mut picked, true) {
                break;
            }
            match session.pick() {
                Picked::Something => {}
                Picked::Wake => self.woken(at, id),
                Picked::Nothing => break,
            }
        }
        if self.session(at, id).is_some_and(|session| session.has_something()) {
            self.order_turn(at, id);
        }
        self.order_tick(at, id);
        Ok(())
    }

    fn woken(&mut self, at: usize, id: u64) {
        let live = self.offices[at].live_mut();
        let Some(session) = live.sessions.get_mut(&id) else { return };
        let sent = live.store.sent(&session.peer_id);
        session.agenda.push_back(Event::Grew(PerLane(Lane::ALL.map(|lane| sent[lane].seq))));
        let arrived = Lane::ALL.into_iter().filter_map(|lane| live.store.arrived_event(&session.peer_id, lane, None));
        session.agenda.extend(arrived);
    }
}
