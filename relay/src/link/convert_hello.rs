//! Hello and its refusal, between the wire and the domain.

use dutynet_proto::link as wire;

use super::{
    convert::{
        WireError, at_most, bytes, epoch, field, lane, limited, office, optional, position_from_wire, position_to_wire, shortened,
    },
    frame::{Ancestor, Held, Hello, Position, Refused, RefusedReason},
    greeting::LINEAGE_MAX,
    position::per_lane,
};
use crate::ids::{Epoch, Lane, LinkSeq, PerLane, Ticket, UnixMillis, Zone};

const SOFTWARE_MAX: usize = 64;
const FEATURES_MAX: usize = 32;
const FEATURE_MAX: usize = 32;
const DETAIL_MAX: usize = 512;

pub(super) fn hello_to_wire(hello: &Hello) -> wire::Hello {
    wire::Hello {
        protocol_min: hello.protocol.0,
        protocol_max: hello.protocol.1,
        software: shortened(&hello.software, SOFTWARE_MAX),
        features: hello.features.clone(),
        office: hello.office.as_str().to_owned(),
        zone: hello.zone.as_str().to_owned(),
        epoch: bytes(&hello.epoch.0),
        lineage: hello.lineage.iter().map(ancestor_to_wire).collect(),
        sent: positions_to_wire(&hello.sent),
        held_epoch: hello.held.map(|held| bytes(&held.epoch.0)).unwrap_or_default(),
        held: hello.held.map(|held| positions_to_wire(&held.lanes)).unwrap_or_default(),
        ticket: hello.ticket.map(|ticket| bytes(&ticket.0)).unwrap_or_default(),
        clock_ms: hello.clock.0,
        frame_bytes_max: hello.frame_bytes_max,
        wants_past: hello.wants_past,
        custody: seqs_to_wire(&hello.custody),
        arrived: seqs_to_wire(&hello.arrived),
    }
}

pub(super) fn hello_from_wire(from: wire::Hello) -> Result<Hello, WireError> {
    at_most(from.features.len(), FEATURES_MAX, field("hello.features", "at most 32"))?;
    at_most(from.lineage.len(), LINEAGE_MAX, field("hello.lineage", "at most 16"))?;
    if from.protocol_min > from.protocol_max {
        return Err(field("hello.protocol_min", "at most protocol_max"));
    }
    let own = epoch("hello.epoch", &from.epoch)?;
    let features = from.features.into_iter().map(|word| limited("hello.features", word, FEATURE_MAX));
    Ok(Hello {
        protocol: (from.protocol_min, from.protocol_max),
        software: limited("hello.software", from.software, SOFTWARE_MAX)?,
        features: features.collect::<Result<_, _>>()?,
        office: office("hello.office", &from.office)?,
        zone: Zone::parse(&from.zone).map_err(|e| field("hello.zone", e.allowed))?,
        epoch: own,
        lineage: from.lineage.iter().map(ancestor_from_wire).collect::<Result<_, _>>()?,
        sent: positions_from_wire(&from.sent, own)?,
        held: held_from_wire(&from.held_epoch, &from.held)?,
        ticket: optional(&from.ticket, Ticket::from_slice).map_err(|_| field("hello.ticket", "16 bytes or none"))?,
        clock: UnixMillis(from.clock_ms),
        frame_bytes_max: from.frame_bytes_max,
        wants_past: from.wants_past,
        custody: seqs_from_wire(&from.custody)?,
        arrived: seqs_from_wire(&from.arrived)?,
    })
}

fn held_from_wire(held_epoch: &[u8], lanes: &[wire::Position]) -> Result<Option<Held>, WireError> {
    let Some(epoch) = optional(held_epoch, |bytes| epoch("hello.held_epoch", bytes))? else {
        return if lanes.is_empty() { Ok(None) } else { Err(field("hello.held_epoch", "set with held")) };
    };
    Ok(Some(Held { epoch, lanes: positions_from_wire(lanes, epoch)? }))
}

fn ancestor_to_wire(ancestor: &Ancestor) -> wire::Ancestor {
    wire::Ancestor { epoch: bytes(&ancestor.epoch.0), forked_at: seqs_to_wire(&ancestor.forked_at) }
}

fn ancestor_from_wire(from: &wire::Ancestor) -> Result<Ancestor, WireError> {
    Ok(Ancestor { epoch: epoch("ancestor.epoch", &from.epoch)?, forked_at: seqs_from_wire(&from.forked_at)? })
}

fn positions_to_wire(lanes: &PerLane<Position>) -> Vec<wire::Position> {
    Lane::ALL.into_iter().map(|lane| position_to_wire(lane, lanes[lane])).collect()
}

/// A lane that is not named stands at its beginning.
fn positions_from_wire(from: &[wire::Position], epoch: Epoch) -> Result<PerLane<Position>, WireError> {
    let mut lanes = per_lane(|_| None);
    for position in from {
        let (lane, at) = position_from_wire(position)?;
        once(&mut lanes[lane], at)?;
    }
    Ok(per_lane(|lane| lanes[lane].unwrap_or_else(|| Position::start(epoch))))
}

fn seqs_to_wire(lanes: &PerLane<LinkSeq>) -> Vec<wire::Position> {
    let named = Lane::ALL.into_iter().filter(|lane| lanes[*lane] > LinkSeq(0));
    named.map(|lane| wire::Position { lane: lane.number(), seq: lanes[lane].0, hash: bytes::Bytes::new() }).collect()
}

fn seqs_from_wire(from: &[wire::Position]) -> Result<PerLane<LinkSeq>, WireError> {
    let mut lanes = per_lane(|_| None);
    for position in from {
        once(&mut lanes[lane(position.lane)?], LinkSeq(position.seq))?;
    }
    Ok(per_lane(|lane| lanes[lane].unwrap_or_default()))
}

fn once<T>(place: &mut Option<T>, value: T) -> Result<(), WireError> {
    if place.replace(value).is_some() { Err(field("position.lane", "each lane once")) } else { Ok(()) }
}

pub(crate) fn refused_to_wire(refused: &Refused) -> wire::Refused {
    wire::Refused {
        reason: reason_to_wire(refused.reason).into(),
        detail: shortened(&refused.detail, DETAIL_MAX),
        retry_after_ms: refused.retry_after_ms,
        clock_ms: refused.clock.0,
    }
}

pub(crate) fn refused_from_wire(from: wire::Refused) -> Result<Refused, WireError> {
    Ok(Refused {
        reason: reason_from_wire(from.reason)?,
        detail: limited("refused.detail", from.detail, DETAIL_MAX)?,
        retry_after_ms: from.retry_after_ms,
        clock: UnixMillis(from.clock_ms),
    })
}

fn reason_to_wire(reason: RefusedReason) -> wire::RefusedReason {
    match reason {
        RefusedReason::UnknownKey => wire::RefusedReason::UnknownKey,
        RefusedReason::Superseded => wire::RefusedReason::Superseded,
        RefusedReason::Zone => wire::RefusedReason::Zone,
        RefusedReason::Protocol => wire::RefusedReason::Protocol,
        RefusedReason::CertificateEnded => wire::RefusedReason::CertificateEnded,
        RefusedReason::Quarantined => wire::RefusedReason::Quarantined,
        RefusedReason::Busy => wire::RefusedReason::Busy,
        RefusedReason::Malformed => wire::RefusedReason::Malformed,
        RefusedReason::NoNode => wire::RefusedReason::NoNode,
    }
}

fn reason_from_wire(reason: i32) -> Result<RefusedReason, WireError> {
    match wire::RefusedReason::try_from(reason) {
        Ok(wire::RefusedReason::UnknownKey) => Ok(RefusedReason::UnknownKey),
        Ok(wire::RefusedReason::Superseded) => Ok(RefusedReason::Superseded),
        Ok(wire::RefusedReason::Zone) => Ok(RefusedReason::Zone),
        Ok(wire::RefusedReason::Protocol) => Ok(RefusedReason::Protocol),
        Ok(wire::RefusedReason::CertificateEnded) => Ok(RefusedReason::CertificateEnded),
        Ok(wire::RefusedReason::Quarantined) => Ok(RefusedReason::Quarantined),
        Ok(wire::RefusedReason::Busy) => Ok(RefusedReason::Busy),
        Ok(wire::RefusedReason::Malformed) => Ok(RefusedReason::Malformed),
        Ok(wire::RefusedReason::NoNode) => Ok(RefusedReason::NoNode),
        Ok(wire::RefusedReason::Unspecified) | Err(_) => Err(field("refused.reason", "a known one")),
    }
}
