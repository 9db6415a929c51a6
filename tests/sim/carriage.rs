//! What happens on lines: parcels on their way, cuts, losses, and somebody who spoils seals.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use dutynet_relay::{
    link::{
        convert::{self, Heard, Packing},
        event::Event,
        frame::{Frame, Item},
    },
    record::RawSeal,
};
use rand::Rng as _;

use crate::{
    line::{Conn, Parcel, Pipe, Way, brief},
    world::{Checked, Fault, Happening, World},
};

/// How long a dial takes to fail.
const DIAL_TIMEOUT: Duration = Duration::from_secs(1);

impl World {
    /// A child dials its parent.
    pub fn dial(&mut self, child: usize) {
        let parent = self.offices[child].parent.expect("only a child dials");
        let run = self.offices[child].run;
        if self.offices[child].live().stopping {
            return;
        }
        let reached = !self.lines[child].cut && self.offices[parent].live.as_ref().is_some_and(|live| !live.stopping);
        if !reached {
            let office = &mut self.offices[child];
            let wait =
                DIAL_TIMEOUT.min(Duration::from_millis(300)) + office.retry.delay(dutynet_relay::link::end::RetryHint::Schedule);
            return self.after(wait, Happening::Dial { office: child, run });
        }
        let line = &mut self.lines[child];
        line.opened += 1;
        let conn = line.opened;
        let (up, down) = (Pipe::default(), Pipe::default());
        line.conns.insert(conn, Conn { child: (run, 0), parent: None, up, down });
        self.push(child, conn, Way::Up, Parcel::Open);
        let session = self.open_session(child, child, conn);
        if let Some(conn) = self.lines[child].conns.get_mut(&conn) {
            conn.child = (run, session);
        }
        self.note(child, &format!("dials: session {session} on connection {conn}"));
    }

    /// A session says something.
    pub fn send(&mut self, at: usize, id: u64, frame: Frame) -> Checked {
        let session = self.session(at, id).expect("a session that sends");
        let (line, conn, is_child, peer) = (session.line, session.conn, session.is_child, session.peer);
        if let Frame::Custody(custody) = &frame {
            let held = self.offices[at].live().store.held(&self.offices[peer].id);
            self.ledger.custody_is_true(at, peer, custody, held)?;
        }
        let way = if is_child { Way::Up } else { Way::Down };
        self.note(at, &format!("{id} to {}: {}", self.offices[peer].id, brief(&frame)));
        let frame = self.spoiled(line, frame);
        let packing = if self.random.random_bool(0.5) { Packing::Plain } else { Packing::Zstd };
        match convert::from_wire(convert::to_wire(&frame, packing)) {
            Ok(Heard::Frame(read)) if read == frame => self.push(line, conn, way, Parcel::Frame(Box::new(read))),
            other => return Err(Fault(format!("a frame crosses the wire as another one: {other:?} instead of {frame:?}"))),
        }
        Ok(())
    }

    /// In hostile weather a seal is spoilt now and then.
    fn spoiled(&mut self, line: usize, mut frame: Frame) -> Frame {
        if !self.plan.hostile || !self.storming || !self.random.random_bool(0.05) {
            return frame;
        }
        let Frame::Batch(batch) = &mut frame else { return frame };
        if batch.lane == dutynet_relay::ids::Lane::Control {
            return frame;
        }
        let which = self.random.random_range(0..batch.items.len());
        let Item::Record(carried) = &mut batch.items[which] else { return frame };
        let mut signature = carried.seal.signature.to_vec();
        signature[7] ^= 1;
        carried.seal = Arc::new(RawSeal { group: carried.seal.group.clone(), signature: Bytes::from(signature) });
        if let Ok(record) = dutynet_relay::record::Record::parse(carried.record.clone()) {
            self.note(line, &format!("seal of {} is spoilt on the line", record.reference()));
            self.ledger.spoiled.insert(record.reference());
            self.count("seals spoilt");
        }
        frame
    }

    /// Puts something on its way.
    fn push(&mut self, line: usize, conn: u64, way: Way, parcel: Parcel) {
        let wait = self.up_to(self.plan.frame_delay_max);
        let now = self.now;
        let Some(open) = self.lines[line].conns.get_mut(&conn) else { return };
        let pipe = open.pipe(way);
        if pipe.closed {
            return self.reset(line, conn, way);
        }
        pipe.closed = matches!(parcel, Parcel::Closed);
        let at = pipe.last.max(now + wait);
        pipe.last = at;
        pipe.parcels.push_back(parcel);
        self.after(at - now, Happening::Deliver { line, conn, way });
    }

    /// Whoever sent this way hears that nobody is there.
    fn reset(&mut self, line: usize, conn: u64, way: Way) {
        let back = if way == Way::Up { Way::Down } else { Way::Up };
        let Some(open) = self.lines[line].conns.get_mut(&conn) else { return };
        open.pipe(way).closed = true;
        if !open.pipe(back).closed {
            self.push(line, conn, back, Parcel::Closed);
        }
    }

    /// One side has let go.
    pub fn hang_up(&mut self, line: usize, conn: u64, way: Way) {
        self.reset(line, conn, if way == Way::Up { Way::Down } else { Way::Up });
    }

    /// The next parcel is there.
    pub fn deliver(&mut self, line: usize, conn: u64, way: Way) {
        if self.lines[line].cut {
            self.lines[line].held.push((conn, way));
            return;
        }
        let Some(open) = self.lines[line].conns.get_mut(&conn) else { return };
        let Some(parcel) = open.pipe(way).parcels.pop_front() else { return };
        let target = match way {
            Way::Up => self.offices[line].parent.map(|parent| (parent, open.parent)),
            Way::Down => Some((line, Some(open.child))),
        };
        let (at, session) = target.expect("a line has two ends");
        if matches!(parcel, Parcel::Open) {
            return self.knock(line, conn, at);
        }
        let alive = session.filter(|(run, id)| {
            let live = self.offices[at].live.as_ref().filter(|_| self.offices[at].run == *run);
            live.and_then(|live| live.sessions.get(id)).is_some_and(|session| session.ended.is_none())
        });
        let Some((_, id)) = alive else {
            if !matches!(parcel, Parcel::Closed) && self.offices[at].live.is_some() {
                self.reset(line, conn, way);
            }
            return;
        };
        let event = match parcel {
            Parcel::Frame(frame) => Event::Received(*frame),
            Parcel::Closed | Parcel::Open => Event::Closed,
        };
        self.session(at, id).expect("it is alive").inbound.push_back(event);
        self.order_turn(at, id);
    }

    /// A child is at the door.
    fn knock(&mut self, line: usize, conn: u64, at: usize) {
        let key = self.offices[line].key.public().id();
        let live = self.offices[at].live.as_ref().filter(|live| !live.stopping);
        if live.is_none_or(|live| live.store.registry().office_of_key(key).is_none()) {
            return self.reset(line, conn, Way::Up);
        }
        let (run, session) = (self.offices[at].run, self.open_session(at, line, conn));
        if let Some(open) = self.lines[line].conns.get_mut(&conn) {
            open.parent = Some((run, session));
        }
    }

    /// Nothing gets through any more.
    pub fn cut(&mut self, line: usize) {
        self.note(line, "line cut");
        self.count("lines cut");
        self.lines[line].cut = true;
        let wait = Duration::from_millis(self.random.random_range(50..4_000));
        self.after(wait, Happening::Heal { line });
    }

    /// What was held goes on, or is lost with its connections.
    pub fn heal(&mut self, line: usize) {
        if !std::mem::replace(&mut self.lines[line].cut, false) {
            return;
        }
        self.note(line, "line healed");
        let held = std::mem::take(&mut self.lines[line].held);
        for (conn, way) in held {
            self.after(Duration::from_millis(1), Happening::Deliver { line, conn, way });
        }
        if self.random.random_bool(0.5) {
            self.lose_connections(line);
        }
    }

    /// Every connection of a line breaks; what was on its way may still come, up to some point.
    pub fn lose_connections(&mut self, line: usize) {
        let open: Vec<u64> =
            self.lines[line].conns.iter().filter(|(_, c)| !c.up.closed || !c.down.closed).map(|(id, _)| *id).collect();
        for conn in open {
            self.note(line, &format!("connection {conn} lost"));
            self.count("connections lost");
            for way in [Way::Up, Way::Down] {
                self.lose(line, conn, way);
            }
        }
    }

    fn lose(&mut self, line: usize, conn: u64, way: Way) {
        let open = self.lines[line].conns.get_mut(&conn).expect("an open connection");
        let pipe = open.pipe(way);
        let kept = self.random.random_range(0..=pipe.parcels.len());
        pipe.parcels.truncate(kept);
        if !pipe.closed {
            self.push(line, conn, way, Parcel::Closed);
        }
    }

    /// A process is gone. Its kernel says so, unless the power is gone too.
    pub fn drop_connections_of(&mut self, at: usize, silent: bool) {
        for line in 0..self.lines.len() {
            let ways = if line == at {
                (Way::Up, Way::Down)
            } else if self.offices[line].parent == Some(at) {
                (Way::Down, Way::Up)
            } else {
                continue;
            };
            let conns: Vec<u64> = self.lines[line].conns.keys().copied().collect();
            for conn in conns {
                if !silent {
                    self.lose(line, conn, ways.0);
                }
                let open = self.lines[line].conns.get_mut(&conn).expect("an open connection");
                open.pipe(ways.0).closed = !silent;
                let back = open.pipe(ways.1);
                back.closed = !silent;
                back.parcels.clear();
            }
        }
    }
}
