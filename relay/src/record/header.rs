//! What every hop may read of a record, in the words of the domain.

use crate::ids::{Epoch, FileRef, Lane, OfficeId, RecordId, RecordRef, UnixMillis};

/// Whether it is about the world, an exercise, or a test of the equipment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// 实战
    Real,
    /// 演练
    Exercise,
    /// 测试
    Test,
}

/// A person on duty, with the name of that time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Stable id inside the office, 1 to 64 bytes.
    pub id: String,
    /// Name at that time, up to 64 characters.
    pub name: String,
}

impl Person {
    /// Whether a record can name the person: both within their limits.
    pub fn fits(&self) -> bool {
        (1..=64).contains(&self.id.len()) && self.name.chars().count() <= 64
    }
}

/// One direction in which a record travels (去向).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// Every office from the origin's parent up to this ancestor.
    UpTo(OfficeId),
    /// This office and everything below it.
    Subtree(OfficeId),
    /// Exactly these, 1 to 256.
    Offices(Vec<OfficeId>),
}

/// A stream: records of one origin with the same topmost audience and lane, numbered without holes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId {
    /// Highest office that its records reach; `None`: they stay in their origin.
    pub top: Option<OfficeId>,
    /// Lane of its records.
    pub lane: Lane,
}

/// The readable part of a record. Meaning and limits of each field: `record.proto`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Made by the outermost client.
    pub id: RecordId,
    /// Office that made it.
    pub origin: OfficeId,
    /// Store epoch of the origin at that time.
    pub epoch: Epoch,
    /// Its stream at the origin; the lane is the record's lane.
    pub stream: StreamId,
    /// Place in that stream, from 1.
    pub stream_seq: u64,
    /// What the body is, with its version.
    pub kind: String,
    /// What it is about; may be empty.
    pub subject: String,
    /// Where it goes; empty: nowhere.
    pub audience: Vec<Audience>,
    /// Real, exercise or test.
    pub mode: Mode,
    /// When it happened, if said.
    pub happened_at: Option<UnixMillis>,
    /// When the origin learnt of it, if said.
    pub learnt_at: Option<UnixMillis>,
    /// When the origin's node recorded it.
    pub recorded_at: UnixMillis,
    /// Who made it; `None`: the node by itself.
    pub person: Option<Person>,
    /// Signature and digest suite.
    pub suite: String,
    /// The earlier record that this one corrects.
    pub corrects: Option<RecordRef>,
    /// The office whose words these are, when another entered them.
    pub on_behalf_of: Option<OfficeId>,
    /// Files that belong to it.
    pub attachments: Vec<FileRef>,
}

impl Header {
    /// Lane of the record.
    pub fn lane(&self) -> Lane {
        self.stream.lane
    }

    /// Whether relay itself reads the body.
    pub fn is_net_kind(&self) -> bool {
        self.kind.starts_with("net.")
    }
}
