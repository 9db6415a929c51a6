//! Lines between child and parent: ordered streams that are slow, silent, cut or lost.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use dutynet_relay::link::frame::Frame;

/// Towards whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// From the child to the parent.
    Up,
    /// From the parent to the child.
    Down,
}

/// What crosses.
#[derive(Debug)]
pub enum Parcel {
    /// The child knocks.
    Open,
    /// A frame.
    Frame(Box<Frame>),
    /// The stream has ended.
    Closed,
}

/// The line of one child.
#[derive(Debug, Default)]
pub struct Line {
    /// Nothing gets through, and nobody is told.
    pub cut: bool,
    /// Connections that were opened and are not forgotten.
    pub conns: BTreeMap<u64, Conn>,
    /// Connections so far.
    pub opened: u64,
    /// Deliveries that wait for the line to be healed.
    pub held: Vec<(u64, Way)>,
}

/// One connection.
#[derive(Debug)]
pub struct Conn {
    /// Run and session of the child.
    pub child: (u32, u64),
    /// Run and session of the parent, once it has heard the knock.
    pub parent: Option<(u32, u64)>,
    /// To the parent.
    pub up: Pipe,
    /// To the child.
    pub down: Pipe,
}

/// One direction.
#[derive(Debug, Default)]
pub struct Pipe {
    /// In order.
    pub parcels: VecDeque<Parcel>,
    /// When the last one is due.
    pub last: Duration,
    /// Nothing more goes in.
    pub closed: bool,
}

impl Conn {
    /// One direction.
    pub fn pipe(&mut self, way: Way) -> &mut Pipe {
        match way {
            Way::Up => &mut self.up,
            Way::Down => &mut self.down,
        }
    }
}

/// For the trace.
pub fn brief(frame: &Frame) -> String {
    match frame {
        Frame::Hello(hello) => {
            let held = hello.held.map(|held| held.lanes.0.map(|at| at.seq.0));
            format!("hello sent {:?} held {held:?}", hello.sent.0.map(|at| at.seq.0))
        }
        Frame::Refused(refused) => format!("refused {:?}", refused.reason),
        Frame::Batch(batch) => format!("batch {} {}..{}", batch.lane.name(), batch.first, batch.last()),
        Frame::Custody(custody) => format!("custody {} {} ({})", custody.lane.name(), custody.at.seq, custody.refusals.len()),
        Frame::Arrived(arrived) => {
            format!(
                "arrived {} {} ({} refused, late {:?})",
                arrived.lane.name(),
                arrived.seq,
                arrived.refused.len(),
                arrived.late
            )
        }
        Frame::Heartbeat(beat) => format!("heartbeat {}", beat.lines.len()),
        Frame::Drain { retry_after_ms } => format!("drain {retry_after_ms}"),
        Frame::Fetch(fetch) => format!("fetch {}", fetch.origin),
        Frame::Fetched(fetched) => format!("fetched {} {}", fetched.records.len(), fetched.done),
        Frame::WantFile(_) | Frame::Chunk(_) | Frame::FileGone(_) | Frame::StopFile(_) => "file".to_owned(),
    }
}
