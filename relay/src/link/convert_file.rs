//! Files, between the wire and the domain.

use dutynet_proto::link as wire;

use super::{
    convert::{WireError, at_most, bytes, field},
    frame::{Chunk, FileGone, GoneReason, WantFile},
};
use crate::ids::Digest;

/// One part.
const CHUNK_BYTES_MAX: usize = 64 * 1024;

pub(super) fn want_to_wire(want: &WantFile) -> wire::WantFile {
    wire::WantFile { digest: bytes(&want.digest.0), offset: want.offset, length: want.length }
}

pub(super) fn want_from_wire(from: &wire::WantFile) -> Result<WantFile, WireError> {
    if from.offset.checked_add(from.length).is_none_or(|total| total == 0) {
        return Err(field("want_file.length", "to the end of the file"));
    }
    Ok(WantFile { digest: digest(&from.digest)?, offset: from.offset, length: from.length })
}

pub(super) fn chunk_to_wire(chunk: &Chunk) -> wire::Chunk {
    wire::Chunk { digest: bytes(&chunk.digest.0), offset: chunk.offset, bytes: chunk.bytes.clone(), total: chunk.total }
}

pub(super) fn chunk_from_wire(from: wire::Chunk) -> Result<Chunk, WireError> {
    at_most(from.bytes.len(), CHUNK_BYTES_MAX, field("chunk.bytes", "at most 64 KiB"))?;
    let through = from.offset.checked_add(from.bytes.len() as u64);
    if from.bytes.is_empty() || through.is_none_or(|through| through > from.total) {
        return Err(field("chunk.offset", "a part inside of the file"));
    }
    Ok(Chunk { digest: digest(&from.digest)?, offset: from.offset, bytes: from.bytes, total: from.total })
}

pub(super) fn gone_to_wire(gone: &FileGone) -> wire::FileGone {
    let reason = match gone.reason {
        GoneReason::NotHere => wire::GoneReason::NotHere,
        GoneReason::NotYours => wire::GoneReason::NotYours,
        GoneReason::AnotherLength => wire::GoneReason::AnotherLength,
        GoneReason::Stopped => wire::GoneReason::Stopped,
    };
    wire::FileGone { digest: bytes(&gone.digest.0), reason: reason.into() }
}

/// A reason that a later version made is still one.
pub(super) fn gone_from_wire(from: &wire::FileGone) -> Result<FileGone, WireError> {
    let reason = match wire::GoneReason::try_from(from.reason) {
        Ok(wire::GoneReason::NotYours) => GoneReason::NotYours,
        Ok(wire::GoneReason::AnotherLength) => GoneReason::AnotherLength,
        Ok(wire::GoneReason::Stopped) => GoneReason::Stopped,
        Ok(wire::GoneReason::NotHere | wire::GoneReason::Unspecified) | Err(_) => GoneReason::NotHere,
    };
    Ok(FileGone { digest: digest(&from.digest)?, reason })
}

pub(super) fn digest(from: &[u8]) -> Result<Digest, WireError> {
    Digest::from_slice(from).map_err(|_| field("file.digest", "32 bytes"))
}
