//! What the writer's frames say on disk: decisions, not inputs.
//!
//! Everything that replay needs stands here, so that a rebuilt index equals the living one key for key, whatever the configuration, the
//! clock or the rules for new records have become since. Encoded as protobuf; numbers are never reused.

use bytes::Bytes;
use prost::Message;

use crate::{
    ids::{Digest, Epoch, Lane, LinkSeq, OfficeId, RecordId, RecordRef, UnixMillis},
    journal::{Frame, FrameKind, Place},
    link::{
        frame::Hop,
        spans::{Span, Spans},
    },
    record::{RawRecord, RawSeal},
};

pub(crate) use super::hollow::messages::{FramePlace, HollowFrame, HollowItem, HollowedFrame};
pub(crate) use super::messages::{
    AcceptedFrame, ConsumedFrame, EpochFrame, FactFrame, FactKind, GroupPlace, HeaderBrief, HopFrame, LaneSeqFrame, LateFrame,
    LineFrame, LinesFrame, LocalFrame, NotInterpretedFrame, ParkedFrame, ParkedState, PositionsFrame, PositionsOf, ReroutedFrame,
    RouteFrame, SealFrame, TicketsFrame, Verdict, WokenFrame,
};

/// Version of every encoding in this file.
const VERSION: u8 = 1;

/// A frame whose bytes are not what its kind and version say.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("journal frame is not readable: {0}")]
pub struct FrameFault(pub &'static str);

/// Any of the writer's frames.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Entry {
    Accepted(AcceptedFrame, Bytes),
    Seal(SealFrame),
    Consumed(ConsumedFrame),
    Parked(ParkedFrame),
    Positions(PositionsFrame),
    Epoch(EpochFrame),
    Local(LocalFrame, Bytes),
    NotInterpreted(NotInterpretedFrame),
    HollowIntent(HollowFrame),
    Hollowed(HollowedFrame),
}

impl Entry {
    /// As the journal keeps it.
    pub(crate) fn to_frame(&self) -> Frame {
        let (kind, header, body) = match self {
            Self::Accepted(head, body) => (FrameKind::Accepted, head.encode_to_vec(), body.clone()),
            Self::Seal(head) => (FrameKind::Seal, head.encode_to_vec(), Bytes::new()),
            Self::Consumed(head) => (FrameKind::Consumed, head.encode_to_vec(), Bytes::new()),
            Self::Parked(head) => (FrameKind::Parked, head.encode_to_vec(), Bytes::new()),
            Self::Positions(head) => (FrameKind::Positions, head.encode_to_vec(), Bytes::new()),
            Self::Epoch(head) => (FrameKind::Epoch, head.encode_to_vec(), Bytes::new()),
            Self::Local(head, body) => (FrameKind::Local, head.encode_to_vec(), body.clone()),
            Self::NotInterpreted(head) => (FrameKind::NotInterpreted, head.encode_to_vec(), Bytes::new()),
            Self::HollowIntent(head) => (FrameKind::HollowIntent, head.encode_to_vec(), Bytes::new()),
            Self::Hollowed(head) => (FrameKind::Hollowed, head.encode_to_vec(), Bytes::new()),
        };
        Frame { kind, version: VERSION, header: header.into(), body: body.into() }
    }

    /// From the journal.
    pub(crate) fn from_frame(frame: &Frame) -> Result<Self, FrameFault> {
        if frame.version != VERSION {
            return Err(FrameFault("a version that this program does not know"));
        }
        let head = frame.header.clone();
        let read = match frame.kind {
            FrameKind::Accepted => AcceptedFrame::decode(head).map(|h| Self::Accepted(h, frame.body.bytes().clone())),
            FrameKind::Seal => SealFrame::decode(head).map(Self::Seal),
            FrameKind::Consumed => ConsumedFrame::decode(head).map(Self::Consumed),
            FrameKind::Parked => ParkedFrame::decode(head).map(Self::Parked),
            FrameKind::Positions => PositionsFrame::decode(head).map(Self::Positions),
            FrameKind::Epoch => EpochFrame::decode(head).map(Self::Epoch),
            FrameKind::Local => LocalFrame::decode(head).map(|h| Self::Local(h, frame.body.bytes().clone())),
            FrameKind::NotInterpreted => NotInterpretedFrame::decode(head).map(Self::NotInterpreted),
            FrameKind::HollowIntent => HollowFrame::decode(head).map(Self::HollowIntent),
            FrameKind::Hollowed => HollowedFrame::decode(head).map(Self::Hollowed),
        };
        read.map_err(|_| FrameFault("protobuf"))
    }
}

impl HeaderBrief {
    pub(crate) fn reference(&self) -> Result<RecordRef, FrameFault> {
        let id = RecordId::from_slice(&self.record_id).map_err(|_| FrameFault("record id"))?;
        Ok(RecordRef { origin: office(&self.origin)?, id })
    }
}

impl AcceptedFrame {
    /// The record's bytes as they travel; `body` is the journal body.
    pub(crate) fn raw(&self, body: &Bytes) -> Result<RawRecord, FrameFault> {
        if body.is_empty() && !self.body_hash.is_empty() {
            let hollow = Some(digest(&self.body_hash)?);
            return Ok(RawRecord { header: self.header.clone(), salt: Bytes::new(), body: Bytes::new(), hollow });
        }
        if body.len() < crate::record::SALT_BYTES {
            return Err(FrameFault("body without salt"));
        }
        let (salt, rest) = (body.slice(..crate::record::SALT_BYTES), body.slice(crate::record::SALT_BYTES..));
        Ok(RawRecord { header: self.header.clone(), salt, body: rest, hollow: None })
    }

    /// The lane that its header names.
    pub(crate) fn lane(&self) -> Result<Lane, FrameFault> {
        lane(HeaderBrief::decode(self.header.clone()).map_err(|_| FrameFault("record header"))?.lane)
    }

    /// The digest as the seal signs it.
    pub(crate) fn digest(&self) -> Result<Digest, FrameFault> {
        Digest::from_slice(&self.digest).map_err(|_| FrameFault("digest"))
    }

    /// Where its seal stands, seen from the frame's own place.
    pub(crate) fn seal_at(&self, own: Place) -> Place {
        let group = self.seal_group.unwrap_or(GroupPlace { segment: own.segment, offset: own.group });
        place(group, self.seal_frame)
    }

    /// Earlier hops.
    pub(crate) fn hops(&self) -> Result<Vec<Hop>, FrameFault> {
        self.trail.iter().map(HopFrame::to_hop).collect()
    }
}

impl HollowItem {
    /// A body at a place, and nothing else about it.
    pub(crate) fn at(place: Place) -> Self {
        let group = Some(GroupPlace::of(place));
        Self { group, frame: u32::from(place.frame), ..Self::default() }
    }

    pub(crate) fn place(&self) -> Place {
        place(self.group.unwrap_or_default(), self.frame)
    }
}

impl GroupPlace {
    pub(crate) fn of(place: Place) -> Self {
        Self { segment: place.segment, offset: place.group }
    }
}

impl HopFrame {
    fn to_hop(&self) -> Result<Hop, FrameFault> {
        Ok(Hop { office: office(&self.office)?, received_at: UnixMillis(self.received_at), offset_ms: self.offset_ms })
    }

    pub(crate) fn of(hop: &Hop) -> Self {
        Self { office: hop.office.as_str().to_owned(), received_at: hop.received_at.0, offset_ms: hop.offset_ms }
    }
}

impl SealFrame {
    pub(crate) fn raw(&self) -> RawSeal {
        RawSeal { group: self.group.clone(), signature: self.signature.clone() }
    }
}

impl LateFrame {
    pub(crate) fn of(lane: Lane, spans: &Spans) -> Self {
        let bounds = spans.list().iter().flat_map(|span| [span.first.0, span.last.0]).collect();
        Self { lane: lane.number(), bounds }
    }

    pub(crate) fn spans(&self) -> Result<Spans, FrameFault> {
        let span = |two: &[u64]| Span { first: LinkSeq(two[0]), last: LinkSeq(two.get(1).copied().unwrap_or(0)) };
        Spans::from_list(self.bounds.chunks(2).map(span).collect()).ok_or(FrameFault("late positions"))
    }
}

impl RouteFrame {
    pub(crate) fn of(neighbour: &OfficeId, lane: Lane, seq: LinkSeq) -> Self {
        Self { neighbour: neighbour.as_str().to_owned(), lane: lane.number(), seq: seq.0 }
    }

    pub(crate) fn read(&self) -> Result<(OfficeId, Lane, LinkSeq), FrameFault> {
        Ok((office(&self.neighbour)?, lane(self.lane)?, LinkSeq(self.seq)))
    }
}

pub(crate) fn place(group: GroupPlace, frame: u32) -> Place {
    Place { segment: group.segment, group: group.offset, frame: u16::try_from(frame).unwrap_or(u16::MAX) }
}

pub(crate) fn office(text: &str) -> Result<OfficeId, FrameFault> {
    OfficeId::parse(text).map_err(|_| FrameFault("office id"))
}

pub(crate) fn lane(number: i32) -> Result<Lane, FrameFault> {
    Lane::from_number(number).ok_or(FrameFault("lane"))
}

pub(crate) fn epoch(bytes: &[u8]) -> Result<Epoch, FrameFault> {
    Epoch::from_slice(bytes).map_err(|_| FrameFault("epoch"))
}

pub(crate) fn digest(bytes: &[u8]) -> Result<Digest, FrameFault> {
    Digest::from_slice(bytes).map_err(|_| FrameFault("digest"))
}
