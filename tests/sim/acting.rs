//! What sessions do: each action of the machine, and what a session goes on with when it had to wait.

use std::time::Duration;

use bytes::Bytes;
use dutynet_relay::{
    ids::{Lane, OfficeId, PerLane, Ticket},
    link::{
        config::{Incumbent, Start},
        count::LinkEvent,
        event::{Action, Event},
    },
    writer::{WANTED_BACK, intent::Intent},
};
use rand::Rng as _;

use crate::{
    line::Way,
    office::{Asked, Reply, Request},
    plan::Mutant,
    session::{Blocked, Resume, Work},
    world::{Checked, Fault, Happening, World},
};

/// How long an incumbent may take to end.
const PATIENCE: Duration = Duration::from_secs(5);

impl World {
    pub fn act(&mut self, at: usize, id: u64, action: Action) -> Checked {
        if self.leaves_out(at, id, &action) {
            return Ok(());
        }
        let peer = self.session(at, id).expect("a session that acts").peer_id.clone();
        match action {
            Action::Send(frame) => self.send(at, id, frame)?,
            Action::Admit { shown, incumbent } => {
                self.one_of_two_stays(at, id, (shown, incumbent))?;
                self.admit(at, id, shown, None);
            }
            Action::Up(_) => self.up(at, id),
            Action::KeepTicket(ticket) => {
                let tickets = vec![ticket];
                self.ask_writer(at, id, Intent::Tickets { neighbour: peer, tickets }, Asked::Ticket);
            }
            Action::LookUpChain { lane, seq } => {
                let hash = self.offices[at].live().store.chain_at(&peer, lane, seq).unwrap_or_default();
                self.tell(at, id, Event::ChainAt { lane, seq, hash });
            }
            Action::Rewind(holds) => self.write(at, Intent::Rewind { neighbour: peer, holds }),
            Action::WantBack(_) => {
                let (namespace, key) = (WANTED_BACK.to_owned(), peer.to_string());
                self.write(at, Intent::Local { namespace, key, bytes: Bytes::from_static(b"own") });
            }
            Action::Rebase { holds } => {
                self.ask_writer(at, id, Intent::Rebase { neighbour: peer, holds }, Asked::Rebase);
            }
            Action::Fork(reason) => self.ask_writer(at, id, Intent::Fork(reason), Asked::Fork),
            Action::Load { lane, after, records_max, bytes_max } => {
                let limits = (usize::try_from(records_max).unwrap_or(usize::MAX), bytes_max);
                let items = self.offices[at].live().store.load(&peer, lane, after, limits);
                let items = items.map_err(|fault| Fault(format!("{peer}'s lane cannot be read: {fault}")))?;
                self.tell(at, id, Event::Loaded { lane, first: after.next(), items });
            }
            Action::Accept(batch) => self.accept(at, id, batch),
            Action::RecordCustody(custody) => self.write(at, Intent::Custody { neighbour: peer, custody }),
            Action::RecordArrived(arrived) => self.write(at, Intent::Arrived { neighbour: peer, arrived }),
            Action::TellCustody { lane, after } => {
                let event = self.offices[at].live().store.custody_event(&peer, lane, after);
                let event = event.map_err(|fault| Fault(format!("custody of {peer} cannot be read: {fault}")))?;
                event.into_iter().for_each(|event| self.tell(at, id, event));
            }
            Action::TellArrived { lane, after } => {
                let event = self.offices[at].live().store.arrived_event(&peer, lane, Some(after));
                event.into_iter().for_each(|event| self.tell(at, id, event));
            }
            Action::LoadFetch(fetch) => {
                let fetched = self.load_fetch(at, &peer, &fetch.origin, fetch.after);
                self.tell(at, id, Event::FetchLoaded(fetched));
            }
            Action::TakeBack(fetched) => self.put_work(at, id, Work::Fetched(fetched)),
            Action::FetchFinished { .. } => {
                let (namespace, key) = (WANTED_BACK.to_owned(), peer.to_string());
                self.write(at, Intent::Local { namespace, key, bytes: Bytes::new() });
            }
            Action::Lines { .. } => {}
            // No word of files is said in these Hellos.
            Action::LoadChunk { .. } | Action::KeepChunk(_) => {}
            Action::Offset(ms) => {
                if self.session(at, id).is_some_and(|session| session.is_child) {
                    self.offices[at].live_mut().offset_ms = ms;
                }
            }
            Action::Settled => self.session(at, id).expect("a session that acts").settled = true,
            Action::Count(event) => self.happened(at, &peer, event)?,
            Action::End { reason, retry } => {
                self.note(at, &format!("session {id} with {peer} ends: {reason}"));
                self.session(at, id).expect("a session that acts").ended = Some((reason, retry));
            }
        }
        Ok(())
    }

    fn happened(&mut self, at: usize, peer: &OfficeId, event: LinkEvent) -> Checked {
        self.note(at, &format!("counts {} for {peer}", event.name()));
        self.count(event.name());
        self.ledger.counted(at, event)?;
        self.write(at, Intent::Count { neighbour: peer.clone(), event: event.name() });
        Ok(())
    }

    /// What a mutant does not do, and says that it did.
    fn leaves_out(&mut self, at: usize, id: u64, action: &Action) -> bool {
        let asked = match (self.plan.mutant, action) {
            (Mutant::PastForgotten, Action::TakeBack(_)) => {
                self.tell(at, id, Event::TookBack);
                return true;
            }
            (Mutant::RebaseForgotten, Action::Rebase { .. }) => Asked::Rebase,
            (Mutant::ForkForgotten, Action::Fork(_)) => Asked::Fork,
            (_, _) => return false,
        };
        let neighbour = self.session(at, id).expect("a session that acts").peer_id.clone();
        self.ask_writer(at, id, Intent::Count { neighbour, event: "left_out" }, asked);
        true
    }

    /// A second machine without the right ticket never takes the place of one that is linked.
    fn one_of_two_stays(&self, at: usize, id: u64, (shown, incumbent): (Ticket, Incumbent)) -> Checked {
        let session = &self.offices[at].live().sessions[&id];
        let right = session.tickets.is_empty() || session.tickets.contains(&shown);
        if incumbent == Incumbent::Live && !right {
            return Err(Fault(format!("{}: a second {} takes the place of the first", self.offices[at].id, session.peer_id)));
        }
        Ok(())
    }

    fn up(&mut self, at: usize, id: u64) {
        let session = self.session(at, id).expect("a session that acts");
        session.was_up = true;
        let (neighbour, conn) = (session.peer_id.clone(), session.conn);
        self.ledger.losses.met(at, &neighbour, conn);
        self.count("sessions up");
        let seen_at = self.wall(at);
        self.write(at, Intent::Line { neighbour, up: true, at: seen_at, reason: String::new() });
    }

    /// What the store knows of a link.
    pub fn start(&mut self, at: usize, id: u64, ticket: Option<Ticket>) -> Event {
        let own = self.offices[at].id.clone();
        let live = self.offices[at].live();
        let peer = &live.sessions[&id].peer_id;
        let store = &live.store;
        let wanted = store.local(WANTED_BACK, peer.as_str()).ok().flatten().is_some_and(|bytes| !bytes.is_empty());
        Event::Opened(Box::new(Start {
            epoch: store.epoch(),
            lineage: store.lineage(peer),
            sent: store.sent(peer),
            custody: store.acked(peer),
            arrived: store.arrived_at(peer),
            held: store.held(peer),
            ticket,
            fetch: if wanted { vec![own] } else { Vec::new() },
            wants_past: wanted,
            lines: Vec::new(),
        }))
    }

    /// Parent: whoever knocked before goes first; whoever knocked later stays.
    fn admit(&mut self, at: usize, id: u64, shown: Ticket, asked_to_go: Option<u64>) {
        let run = self.offices[at].run;
        let live = self.offices[at].live_mut();
        let session = live.sessions.get_mut(&id).expect("a session that acts");
        let door = match live.doors.get(&session.peer_id).copied() {
            Some(door) if door > id => return self.tell(at, id, Event::Closed),
            Some(door) if asked_to_go != Some(door) => door,
            // Nobody, or somebody who had its time.
            Some(_) | None => return self.let_in(at, id, shown),
        };
        session.blocked = Some(Blocked::IncumbentEnd { door, shown });
        self.count("incumbents asked to go");
        self.tell(at, door, Event::Closed);
        self.after(PATIENCE, Happening::Impatience { office: at, run, session: id, door });
    }

    fn let_in(&mut self, at: usize, id: u64, shown: Ticket) {
        let fresh = Ticket(self.random.random());
        let live = self.offices[at].live_mut();
        let peer = live.sessions[&id].peer_id.clone();
        live.doors.insert(peer.clone(), id);
        let tickets = vec![fresh, shown];
        self.ask_writer(at, id, Intent::Tickets { neighbour: peer, tickets }, Asked::Admit(fresh));
    }

    /// The incumbent of these has ended, or has had its time.
    pub fn incumbent_gone(&mut self, at: usize, gone: u64, only: Option<u64>) {
        let sessions = self.offices[at].live_mut().sessions.values_mut();
        let mut go_on = Vec::new();
        for session in sessions.filter(|session| only.is_none_or(|only| only == session.id)) {
            if let Some(Blocked::IncumbentEnd { door, shown }) = session.blocked
                && door == gone
            {
                session.resume = Some(Resume::Alone { shown, gone });
                go_on.push(session.id);
            }
        }
        go_on.into_iter().for_each(|id| self.order_turn(at, id));
    }

    pub fn resume(&mut self, at: usize, id: u64, resume: Resume) {
        let session = self.session(at, id).expect("a session that goes on");
        let (is_child, peer) = (session.is_child, session.peer_id.clone());
        match resume {
            Resume::Alone { shown, gone } => self.admit(at, id, shown, Some(gone)),
            Resume::Answered(Asked::Admit(fresh)) => {
                let start = self.start(at, id, Some(fresh));
                self.tell(at, id, start);
            }
            Resume::Answered(Asked::Ticket) if is_child => self.tell(at, id, Event::TicketKept),
            Resume::Answered(Asked::Rebase) => {
                let sent = self.offices[at].live().store.sent(&peer);
                self.tell(at, id, Event::Rebased(PerLane(Lane::ALL.map(|lane| sent[lane].seq))));
            }
            Resume::Answered(Asked::Fork) => {
                let all: Vec<u64> = self.offices[at].live().doors.values().copied().collect();
                all.into_iter().for_each(|door| self.tell(at, door, Event::NewEpoch));
            }
            Resume::Answered(Asked::Ticket | Asked::Accept(_) | Asked::TakeBack) => {}
        }
    }

    /// Something to be written soon; nobody waits for it.
    pub fn write(&mut self, at: usize, intent: Intent) {
        self.request(at, Request { intents: vec![intent], reply: Reply::Nobody });
    }

    pub fn ask_writer(&mut self, at: usize, id: u64, intent: Intent, asked: Asked) {
        self.session(at, id).expect("a session that asks").blocked = Some(Blocked::Writer);
        self.request(at, Request { intents: vec![intent], reply: Reply::Session(id, asked) });
    }

    pub fn close_if_quiet(&mut self, at: usize, id: u64) {
        let live = self.offices[at].live_mut();
        let quiet = live.sessions.get(&id).is_some_and(|session| session.ended.is_some() && session.is_quiet());
        let Some(session) = quiet.then(|| live.sessions.remove(&id)).flatten() else { return };
        let (reason, retry) = session.ended.expect("it has ended");
        let door = live.doors.get(&session.peer_id).copied();
        let entered = session.is_child || session.was_up || door == Some(id);
        if entered && session.was_up && door.is_none_or(|door| door == id) {
            let (seen_at, reason) = (self.wall(at), reason.to_string());
            self.write(at, Intent::Line { neighbour: session.peer_id.clone(), up: false, at: seen_at, reason });
        }
        if door == Some(id) {
            self.offices[at].live_mut().doors.remove(&session.peer_id);
            self.incumbent_gone(at, id, None);
        }
        let way = if session.is_child { Way::Up } else { Way::Down };
        self.hang_up(session.line, session.conn, way);
        let office = &mut self.offices[at];
        if session.is_child {
            if session.settled {
                office.retry.succeeded();
            }
            let (wait, run) = (office.retry.delay(retry), office.run);
            self.after(wait, Happening::Dial { office: at, run });
        }
        self.finish_stop(at);
    }
}
