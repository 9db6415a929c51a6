//! The protobuf messages inside the writer's frames. Numbers are never reused; [`super::frames`] says which message is in which frame.

use bytes::Bytes;
use prost::{Message, Oneof};

pub(crate) use super::line_messages::{FactFrame, FactKind, LineFrame, LinesFrame};

/// What the index must know of a record's header; the rest is skipped.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct HeaderBrief {
    #[prost(bytes = "bytes", tag = "1")]
    pub(crate) record_id: Bytes,
    #[prost(string, tag = "2")]
    pub(crate) origin: String,
    #[prost(string, tag = "6")]
    pub(crate) kind: String,
    #[prost(int32, tag = "8")]
    pub(crate) lane: i32,
    #[prost(string, tag = "7")]
    pub(crate) subject: String,
    #[prost(message, repeated, tag = "18")]
    pub(crate) attachments: Vec<AttachmentBrief>,
}

/// A file that a record names.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct AttachmentBrief {
    #[prost(bytes = "bytes", tag = "1")]
    pub(crate) digest: Bytes,
    #[prost(uint64, tag = "2")]
    pub(crate) bytes: u64,
}

/// Where a copy goes: the position that the writer gave it.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct RouteFrame {
    #[prost(string, tag = "1")]
    pub(crate) neighbour: String,
    #[prost(int32, tag = "2")]
    pub(crate) lane: i32,
    /// 0: it sleeps, and is given one when it wakes.
    #[prost(uint64, tag = "3")]
    pub(crate) seq: u64,
}

/// How the record passed an earlier office.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct HopFrame {
    #[prost(string, tag = "1")]
    pub(crate) office: String,
    #[prost(int64, tag = "2")]
    pub(crate) received_at: i64,
    #[prost(sint64, tag = "3")]
    pub(crate) offset_ms: i64,
}

/// A record that this office keeps. The journal body is salt ‖ body.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct AcceptedFrame {
    #[prost(bytes = "bytes", tag = "1")]
    pub(crate) header: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    pub(crate) digest: Bytes,
    /// Empty: made here.
    #[prost(string, tag = "3")]
    pub(crate) from: String,
    #[prost(int32, tag = "4")]
    pub(crate) in_lane: i32,
    /// 0: not by a lane (made here, or taken back).
    #[prost(uint64, tag = "5")]
    pub(crate) in_seq: u64,
    #[prost(message, repeated, tag = "6")]
    pub(crate) routes: Vec<RouteFrame>,
    /// Where its seal stands; `None`: in this group.
    #[prost(message, optional, tag = "7")]
    pub(crate) seal_group: Option<GroupPlace>,
    /// Index of the seal's frame in its group.
    #[prost(uint32, tag = "8")]
    pub(crate) seal_frame: u32,
    /// Place of the digest under the seal.
    #[prost(uint32, tag = "9")]
    pub(crate) seal_place: u32,
    #[prost(int64, tag = "10")]
    pub(crate) received_at: i64,
    /// Earlier hops first; this office is not among them.
    #[prost(message, repeated, tag = "11")]
    pub(crate) trail: Vec<HopFrame>,
    /// This office's clock minus its parent's, ms, as known then.
    #[prost(sint64, tag = "12")]
    pub(crate) offset_ms: i64,
    /// The sender's epoch that `in_seq` counts in; empty: not by a lane.
    #[prost(bytes = "bytes", tag = "13")]
    pub(crate) in_epoch: Bytes,
    /// Where the same record was before that could not be read any more; `None`: it is new.
    #[prost(message, optional, tag = "14")]
    pub(crate) instead_of_group: Option<GroupPlace>,
    #[prost(uint32, tag = "15")]
    pub(crate) instead_of_frame: u32,
    /// It came without salt and body, or was destroyed before it came: their hash. The journal body is empty then. Empty: it has them.
    #[prost(bytes = "bytes", tag = "16")]
    pub(crate) body_hash: Bytes,
}

/// A group's place.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub(crate) struct GroupPlace {
    #[prost(uint32, tag = "1")]
    pub(crate) segment: u32,
    #[prost(uint64, tag = "2")]
    pub(crate) offset: u64,
}

/// A seal.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct SealFrame {
    #[prost(bytes = "bytes", tag = "1")]
    pub(crate) group: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    pub(crate) signature: Bytes,
    /// Made here, in this epoch: the stream goes on from it.
    #[prost(bool, tag = "3")]
    pub(crate) own: bool,
}

/// Why an incoming position brought nothing new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, prost::Enumeration)]
#[repr(i32)]
pub(crate) enum Verdict {
    /// Never written.
    Unspecified = 0,
    /// Held already.
    Folded = 1,
    /// Refused for good.
    Refused = 2,
    /// The sender had nothing there either.
    Tombstone = 3,
}

/// A position of an incoming lane that brought nothing new.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct ConsumedFrame {
    #[prost(string, tag = "1")]
    pub(crate) from: String,
    #[prost(int32, tag = "2")]
    pub(crate) lane: i32,
    #[prost(uint64, tag = "3")]
    pub(crate) seq: u64,
    #[prost(bytes = "bytes", tag = "4")]
    pub(crate) digest: Bytes,
    #[prost(enumeration = "Verdict", tag = "5")]
    pub(crate) verdict: i32,
    /// Name of the refusal code; empty otherwise.
    #[prost(string, tag = "6")]
    pub(crate) code: String,
    #[prost(string, tag = "7")]
    pub(crate) origin: String,
    #[prost(bytes = "bytes", tag = "8")]
    pub(crate) id: Bytes,
    /// Folded: where the record that is held went, so that arrival can be told.
    #[prost(message, repeated, tag = "9")]
    pub(crate) routes: Vec<RouteFrame>,
    /// One sentence with the refusal.
    #[prost(string, tag = "10")]
    pub(crate) detail: String,
}

/// What became of a refused record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, prost::Enumeration)]
#[repr(i32)]
pub(crate) enum ParkedState {
    /// Never written.
    Unspecified = 0,
    /// Refused by the neighbour, waiting for a person.
    Parked = 1,
    /// Given up by a person.
    Withdrawn = 2,
    /// Put at the end of the lane again.
    Retried = 3,
    /// Held by the neighbour, refused by some office after it.
    RefusedBelow = 4,
}

/// A refused position of an outgoing lane.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct ParkedFrame {
    #[prost(string, tag = "1")]
    pub(crate) neighbour: String,
    #[prost(int32, tag = "2")]
    pub(crate) lane: i32,
    #[prost(uint64, tag = "3")]
    pub(crate) seq: u64,
    /// Which of this store's epochs, from 0.
    #[prost(uint32, tag = "4")]
    pub(crate) ordinal: u32,
    #[prost(enumeration = "ParkedState", tag = "5")]
    pub(crate) state: i32,
    #[prost(string, tag = "6")]
    pub(crate) code: String,
    #[prost(string, tag = "7")]
    pub(crate) detail: String,
    #[prost(int64, tag = "8")]
    pub(crate) at: i64,
    /// `id name` of whoever decided.
    #[prost(string, tag = "9")]
    pub(crate) by: String,
    /// By which position of an incoming lane the record had come, so that its sender can be told. Empty: it had not.
    #[prost(string, tag = "10")]
    pub(crate) in_from: String,
    #[prost(int32, tag = "11")]
    pub(crate) in_lane: i32,
    #[prost(uint64, tag = "12")]
    pub(crate) in_seq: u64,
}

/// Positions and everything else that is known of a neighbour.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct PositionsFrame {
    #[prost(string, tag = "1")]
    pub(crate) neighbour: String,
    #[prost(oneof = "PositionsOf", tags = "2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15")]
    pub(crate) of: Option<PositionsOf>,
}

/// One such fact.
#[derive(Clone, PartialEq, Eq, Oneof)]
pub(crate) enum PositionsOf {
    /// It has acknowledged.
    #[prost(message, tag = "2")]
    Acked(LaneSeqFrame),
    /// It has told how far records arrived.
    #[prost(message, tag = "3")]
    Arrived(LaneSeqFrame),
    /// Its line went up or down.
    #[prost(message, tag = "4")]
    Line(LineFrame),
    /// Tickets that count now, 16 bytes each.
    #[prost(message, tag = "5")]
    Tickets(TicketsFrame),
    /// Its store has begun another epoch; incoming lanes begin again.
    #[prost(bytes = "bytes", tag = "6")]
    PeerEpoch(Bytes),
    /// A record that is held already is put at the end of an outgoing lane.
    #[prost(message, tag = "7")]
    Rerouted(ReroutedFrame),
    /// Something worth counting, by its stable English name.
    #[prost(string, tag = "8")]
    Counted(String),
    /// It holds less than it had acknowledged: it was restored from a backup.
    #[prost(message, tag = "9")]
    Rewound(LaneSeqFrame),
    /// It has told what it saw of lines; or, under this office's own name, what this office found out.
    #[prost(message, tag = "10")]
    Lines(LinesFrame),
    /// It is off past its quota, since then, ms: from here on it is given no positions.
    #[prost(int64, tag = "13")]
    Dormant(i64),
    /// It is back: a part of what it had missed has positions now.
    #[prost(message, tag = "14")]
    Woken(WokenFrame),
    /// What it says is late further on.
    #[prost(message, tag = "15")]
    Late(LateFrame),
}

/// A part of what a sleeping neighbour had missed.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct WokenFrame {
    /// End of what was looked through.
    #[prost(uint32, tag = "1")]
    pub(crate) segment: u32,
    #[prost(uint64, tag = "2")]
    pub(crate) offset: u64,
    #[prost(uint64, tag = "3")]
    pub(crate) groups: u64,
    /// Records that were given positions.
    #[prost(uint64, tag = "4")]
    pub(crate) selected: u64,
    /// Ends of its four lanes, when everything has a position; else none.
    #[prost(uint64, repeated, tag = "5")]
    pub(crate) through: Vec<u64>,
}

/// Positions of an outgoing lane that have not arrived because some office further on sleeps; all of them.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct LateFrame {
    #[prost(int32, tag = "1")]
    pub(crate) lane: i32,
    /// First and last of each span.
    #[prost(uint64, repeated, tag = "2")]
    pub(crate) bounds: Vec<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub(crate) struct LaneSeqFrame {
    #[prost(int32, tag = "1")]
    pub(crate) lane: i32,
    #[prost(uint64, tag = "2")]
    pub(crate) seq: u64,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct TicketsFrame {
    #[prost(bytes = "bytes", repeated, tag = "1")]
    pub(crate) tickets: Vec<Bytes>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct ReroutedFrame {
    #[prost(int32, tag = "1")]
    pub(crate) lane: i32,
    #[prost(uint64, tag = "2")]
    pub(crate) seq: u64,
    #[prost(string, tag = "3")]
    pub(crate) origin: String,
    #[prost(bytes = "bytes", tag = "4")]
    pub(crate) id: Bytes,
    #[prost(bytes = "bytes", tag = "5")]
    pub(crate) digest: Bytes,
    /// Where its accepted frame stands.
    #[prost(message, optional, tag = "6")]
    pub(crate) group: Option<GroupPlace>,
    #[prost(uint32, tag = "7")]
    pub(crate) frame: u32,
    /// The record registers this office with this key (hex; none: it has no node); empty for other kinds.
    #[prost(string, tag = "8")]
    pub(crate) registers: String,
}

/// A store epoch begins. The first frame of every journal.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct EpochFrame {
    #[prost(bytes = "bytes", tag = "1")]
    pub(crate) epoch: Bytes,
    /// Whose store it is, so that no other office opens it.
    #[prost(string, tag = "2")]
    pub(crate) office: String,
    #[prost(bytes = "bytes", tag = "3")]
    pub(crate) root_pin: Bytes,
    /// Empty: the store was created.
    #[prost(string, tag = "4")]
    pub(crate) reason: String,
    #[prost(int64, tag = "5")]
    pub(crate) at: i64,
}

/// Bytes of a program above; they are the journal body.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct LocalFrame {
    #[prost(string, tag = "1")]
    pub(crate) namespace: String,
    #[prost(string, tag = "2")]
    pub(crate) key: String,
}

/// A projection could not digest a record.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct NotInterpretedFrame {
    #[prost(message, optional, tag = "1")]
    pub(crate) group: Option<GroupPlace>,
    #[prost(uint32, tag = "2")]
    pub(crate) frame: u32,
    #[prost(string, tag = "3")]
    pub(crate) projection: String,
    #[prost(string, tag = "4")]
    pub(crate) reason: String,
}
