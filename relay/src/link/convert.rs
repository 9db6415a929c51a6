//! Between the frames of `dutynet.link.v1` and the words of the domain. Everything that a neighbour can send is bounded here; the generated
//! types stop here. Records and seals cross as the bytes that their origin made.
//!
//! What the format forbids is a [`WireError`], and the link ends: the neighbour's program is at fault. A *record* that is not what it should
//! be is not judged here: it is refused on its own, and the lane goes on.

use dutynet_proto::{link as wire, record as record_wire};
use wire::frame::Of;

use super::{
    convert_body as body, convert_file as file, convert_hello as hello, convert_lines as lines, convert_live as live,
    frame::{Arrived, Batch, Custody, Fetch, Fetched, Frame, Heartbeat, LineState, Position, Refusal, RefusalCode},
    spans::{Span, Spans},
};
use crate::{
    ids::{Digest, Epoch, Lane, LinkSeq, OfficeId, RecordId, UnixMillis},
    lines::LinesTold,
    live::frame::LiveFrame,
};

pub use body::{Packing, carried_from_wire, carried_to_wire};
pub(crate) use hello::{refused_from_wire, refused_to_wire};
pub(crate) use live::{Outbound, send_live};

/// Refusals in one custody: never more than may be under way.
const REFUSALS_MAX: usize = 1024;
/// Refused positions in one Arrived.
const REFUSED_MAX: usize = 4096;
/// Line states in one heartbeat.
const LINES_MAX: usize = 4096;
/// Longest sentence, bytes.
const DETAIL_MAX: usize = 512;

/// What is wrong with a frame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// A field that is missing or out of its limits.
    #[error("{field}: {allowed}")]
    Field {
        /// Name in the proto.
        field: &'static str,
        /// What is allowed.
        allowed: &'static str,
    },
    /// Content that is not the encoding that it should be.
    #[error("{0} cannot be read")]
    Encoding(&'static str),
}

/// A frame as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// Of a known kind.
    Frame(Frame),
    /// Of a kind that a later version may know. To be counted and passed over.
    Unknown,
    /// Line history, which the session machine has no part in.
    Lines(AboutLines),
    /// Of live questions, which it has no part in either; times are counted from now.
    Live(LiveFrame),
}

/// What is said of line history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AboutLines {
    /// By a child.
    Told(LinesTold),
    /// By a parent: through which number it holds what it was told.
    Held(u64),
}

impl AboutLines {
    /// To the wire.
    pub(crate) fn to_wire(&self) -> wire::Frame {
        let of = match self {
            Self::Told(told) => Of::LinesTold(lines::told_to_wire(told)),
            Self::Held(seq) => Of::LinesHeld(wire::LinesHeld { seq: *seq }),
        };
        wire::Frame { of: Some(of) }
    }
}

/// For the wire. Batches are packed as told.
pub fn to_wire(frame: &Frame, packing: Packing) -> wire::Frame {
    let of = match frame {
        Frame::Hello(hello) => Of::Hello(hello::hello_to_wire(hello)),
        Frame::Refused(refused) => Of::Refused(hello::refused_to_wire(refused)),
        Frame::Batch(batch) => Of::Batch(batch_to_wire(batch, packing)),
        Frame::Custody(custody) => Of::Custody(custody_to_wire(custody)),
        Frame::Arrived(arrived) => Of::Arrived(wire::Arrived {
            epoch: bytes(&arrived.epoch.0),
            lane: arrived.lane.number(),
            seq: arrived.seq.0,
            refused: arrived.refused.iter().map(|seq| seq.0).collect(),
            late: arrived.late.list().iter().map(|span| wire::Span { first: span.first.0, last: span.last.0 }).collect(),
        }),
        Frame::Heartbeat(beat) => Of::Heartbeat(heartbeat_to_wire(beat)),
        Frame::Drain { retry_after_ms } => Of::Drain(wire::Drain { retry_after_ms: *retry_after_ms }),
        Frame::Fetch(fetch) => Of::Fetch(wire::Fetch {
            origin: fetch.origin.as_str().to_owned(),
            after_id: fetch.after.map(|id| bytes(&id.0)).unwrap_or_default(),
        }),
        Frame::Fetched(fetched) => Of::Fetched(wire::Fetched {
            origin: fetched.origin.as_str().to_owned(),
            body: Some(carried_to_wire(&fetched.records)),
            done: fetched.done,
        }),
        Frame::WantFile(want) => Of::WantFile(file::want_to_wire(want)),
        Frame::Chunk(chunk) => Of::Chunk(file::chunk_to_wire(chunk)),
        Frame::FileGone(gone) => Of::FileGone(file::gone_to_wire(gone)),
        Frame::StopFile(digest) => Of::StopFile(wire::StopFile { digest: bytes(&digest.0) }),
    };
    wire::Frame { of: Some(of) }
}

/// From the wire.
pub fn from_wire(frame: wire::Frame) -> Result<Heard, WireError> {
    let Some(of) = frame.of else { return Ok(Heard::Unknown) };
    let frame = match of {
        Of::Hello(hello) => Frame::Hello(Box::new(hello::hello_from_wire(hello)?)),
        Of::Refused(refused) => Frame::Refused(hello::refused_from_wire(refused)?),
        Of::Batch(batch) => Frame::Batch(batch_from_wire(batch)?),
        Of::Custody(custody) => Frame::Custody(custody_from_wire(custody)?),
        Of::Arrived(arrived) => Frame::Arrived(arrived_from_wire(arrived)?),
        Of::Heartbeat(beat) => Frame::Heartbeat(heartbeat_from_wire(beat)?),
        Of::Drain(drain) => Frame::Drain { retry_after_ms: drain.retry_after_ms },
        Of::Fetch(fetch) => Frame::Fetch(Fetch {
            origin: office("fetch.origin", &fetch.origin)?,
            after: optional(&fetch.after_id, RecordId::from_slice).map_err(|_| field("fetch.after_id", "16 bytes or none"))?,
        }),
        Of::Fetched(fetched) => Frame::Fetched(Fetched {
            origin: office("fetched.origin", &fetched.origin)?,
            records: carried_from_wire(fetched.body.ok_or(field("fetched.body", "always set"))?)?,
            done: fetched.done,
        }),
        Of::LinesTold(told) => return lines::told_from_wire(told).map(|told| Heard::Lines(AboutLines::Told(told))),
        Of::LinesHeld(held) => return Ok(Heard::Lines(AboutLines::Held(held.seq))),
        Of::WantFile(want) => Frame::WantFile(file::want_from_wire(&want)?),
        Of::Chunk(chunk) => Frame::Chunk(file::chunk_from_wire(chunk)?),
        Of::FileGone(gone) => Frame::FileGone(file::gone_from_wire(&gone)?),
        Of::StopFile(stop) => Frame::StopFile(file::digest(&stop.digest)?),
        Of::Question(_)
        | Of::Rows(_)
        | Of::QuestionDone(_)
        | Of::QuestionDropped(_)
        | Of::RowsTaken(_)
        | Of::QuestionRefused(_) => return live::live_from_wire(of).map(Heard::Live),
    };
    Ok(Heard::Frame(frame))
}

fn batch_to_wire(batch: &Batch, packing: Packing) -> wire::Batch {
    let (content, plain_bytes) = body::pack(&batch.items, packing);
    wire::Batch { lane: batch.lane.number(), epoch: bytes(&batch.epoch.0), first_seq: batch.first.0, content, plain_bytes }
}

fn batch_from_wire(from: wire::Batch) -> Result<Batch, WireError> {
    let items = body::unpack(from.content, from.plain_bytes)?;
    let fits = from.first_seq > 0 && from.first_seq.checked_add(items.len() as u64).is_some();
    if !fits {
        return Err(field("batch.first_seq", "from 1"));
    }
    Ok(Batch { lane: lane(from.lane)?, epoch: epoch("batch.epoch", &from.epoch)?, first: LinkSeq(from.first_seq), items })
}

fn custody_to_wire(custody: &Custody) -> wire::Custody {
    let refusals = custody.refusals.iter().map(|refusal| wire::Refusal {
        seq: refusal.seq.0,
        code: refusal_code_to_wire(refusal.code).into(),
        detail: shortened(&refusal.detail, DETAIL_MAX),
    });
    wire::Custody {
        epoch: bytes(&custody.epoch.0),
        at: Some(position_to_wire(custody.lane, custody.at)),
        refusals: refusals.collect(),
    }
}

fn custody_from_wire(from: wire::Custody) -> Result<Custody, WireError> {
    at_most(from.refusals.len(), REFUSALS_MAX, field("custody.refusals", "at most 1024"))?;
    let at = from.at.ok_or(field("custody.at", "always set"))?;
    let (lane, at) = position_from_wire(&at)?;
    let refusals = from.refusals.into_iter().map(|refusal| {
        Ok(Refusal {
            seq: LinkSeq(refusal.seq),
            code: refusal_code_from_wire(refusal.code),
            detail: limited("refusal.detail", refusal.detail, DETAIL_MAX)?,
        })
    });
    Ok(Custody { epoch: epoch("custody.epoch", &from.epoch)?, lane, at, refusals: refusals.collect::<Result<_, WireError>>()? })
}

fn refusal_code_to_wire(code: RefusalCode) -> wire::RefusalCode {
    match code {
        RefusalCode::Malformed => wire::RefusalCode::Malformed,
        RefusalCode::UnknownOrigin => wire::RefusalCode::UnknownOrigin,
        RefusalCode::NotYoursToSend => wire::RefusalCode::NotYoursToSend,
        RefusalCode::BadSeal => wire::RefusalCode::BadSeal,
        RefusalCode::Conflict => wire::RefusalCode::Conflict,
        RefusalCode::UnknownTarget => wire::RefusalCode::UnknownTarget,
        RefusalCode::Registry => wire::RefusalCode::Registry,
        RefusalCode::TooLarge => wire::RefusalCode::TooLarge,
        RefusalCode::Content => wire::RefusalCode::Content,
    }
}

/// A code that a later version made is still a refusal: the record is parked, and the lane goes on.
fn refusal_code_from_wire(code: i32) -> RefusalCode {
    match wire::RefusalCode::try_from(code) {
        Ok(wire::RefusalCode::UnknownOrigin) => RefusalCode::UnknownOrigin,
        Ok(wire::RefusalCode::NotYoursToSend) => RefusalCode::NotYoursToSend,
        Ok(wire::RefusalCode::BadSeal) => RefusalCode::BadSeal,
        Ok(wire::RefusalCode::Conflict) => RefusalCode::Conflict,
        Ok(wire::RefusalCode::UnknownTarget) => RefusalCode::UnknownTarget,
        Ok(wire::RefusalCode::Registry) => RefusalCode::Registry,
        Ok(wire::RefusalCode::TooLarge) => RefusalCode::TooLarge,
        Ok(wire::RefusalCode::Content) => RefusalCode::Content,
        Ok(wire::RefusalCode::Malformed | wire::RefusalCode::Unspecified) | Err(_) => RefusalCode::Malformed,
    }
}

fn arrived_from_wire(from: wire::Arrived) -> Result<Arrived, WireError> {
    at_most(from.refused.len(), REFUSED_MAX, field("arrived.refused", "at most 4096"))?;
    let span = |span: wire::Span| Span { first: LinkSeq(span.first), last: LinkSeq(span.last) };
    let late = Spans::from_list(from.late.into_iter().map(span).collect());
    Ok(Arrived {
        epoch: epoch("arrived.epoch", &from.epoch)?,
        lane: lane(from.lane)?,
        seq: LinkSeq(from.seq),
        refused: from.refused.into_iter().map(LinkSeq).collect(),
        late: late.ok_or(field("arrived.late", "at most 64 spans in order, apart"))?,
    })
}

fn heartbeat_to_wire(beat: &Heartbeat) -> wire::Heartbeat {
    let (echo_clock, echo_age_ms) = beat.echo.unwrap_or_default();
    let line =
        |line: &LineState| wire::LineState { office: line.office.as_str().to_owned(), up: line.up, since_ms: line.since.0 };
    wire::Heartbeat {
        clock_ms: beat.clock.0,
        echo_clock_ms: echo_clock.0,
        echo_age_ms,
        lines: beat.lines.iter().map(line).collect(),
        lines_whole: beat.lines_whole,
    }
}

fn heartbeat_from_wire(from: wire::Heartbeat) -> Result<Heartbeat, WireError> {
    at_most(from.lines.len(), LINES_MAX, field("heartbeat.lines", "at most 4096"))?;
    let line = |line: wire::LineState| {
        Ok(LineState { office: office("line.office", &line.office)?, up: line.up, since: UnixMillis(line.since_ms) })
    };
    Ok(Heartbeat {
        clock: UnixMillis(from.clock_ms),
        echo: (from.echo_clock_ms != 0).then_some((UnixMillis(from.echo_clock_ms), from.echo_age_ms)),
        lines: from.lines.into_iter().map(line).collect::<Result<_, WireError>>()?,
        lines_whole: from.lines_whole,
    })
}

pub(super) fn position_to_wire(lane: Lane, at: Position) -> wire::Position {
    wire::Position { lane: lane.number(), seq: at.seq.0, hash: bytes(&at.hash.0) }
}

pub(super) fn position_from_wire(from: &wire::Position) -> Result<(Lane, Position), WireError> {
    let hash = Digest::from_slice(&from.hash).map_err(|_| field("position.hash", "32 bytes"))?;
    Ok((lane(from.lane)?, Position { seq: LinkSeq(from.seq), hash }))
}

pub(super) fn field(field: &'static str, allowed: &'static str) -> WireError {
    WireError::Field { field, allowed }
}

pub(super) fn at_most(count: usize, max: usize, fault: WireError) -> Result<(), WireError> {
    if count > max { Err(fault) } else { Ok(()) }
}

pub(super) fn bytes(of: &[u8]) -> bytes::Bytes {
    bytes::Bytes::copy_from_slice(of)
}

/// None stands for nothing on the wire.
pub(super) fn optional<T, E>(from: &[u8], read: impl FnOnce(&[u8]) -> Result<T, E>) -> Result<Option<T>, E> {
    if from.is_empty() { Ok(None) } else { read(from).map(Some) }
}

pub(super) fn lane(number: i32) -> Result<Lane, WireError> {
    Lane::from_number(number).ok_or(field("lane", "CONTROL, FLASH, URGENT or ROUTINE"))
}

pub(super) fn epoch(name: &'static str, from: &[u8]) -> Result<Epoch, WireError> {
    Epoch::from_slice(from).map_err(|_| field(name, "16 bytes"))
}

pub(super) fn office(name: &'static str, text: &str) -> Result<OfficeId, WireError> {
    OfficeId::parse(text).map_err(|e| field(name, e.allowed))
}

pub(super) fn limited(name: &'static str, text: String, max: usize) -> Result<String, WireError> {
    if text.len() > max { Err(field(name, "shorter")) } else { Ok(text) }
}

/// Cut at the end of a character.
pub(super) fn shortened(text: &str, max: usize) -> String {
    text[..text.floor_char_boundary(max)].to_owned()
}

pub(super) fn reference_to_wire(of: &crate::ids::RecordRef) -> record_wire::RecordRef {
    record_wire::RecordRef { origin: of.origin.as_str().to_owned(), id: bytes(&of.id.0) }
}

#[cfg(test)]
mod tests;
