//! What crosses a link of files. Meaning of each part: `link.proto`.

use bytes::Bytes;

use crate::ids::Digest;

/// A file is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WantFile {
    /// Which.
    pub digest: Digest,
    /// Everything before is on the disk of whoever wants it.
    pub offset: u64,
    /// What is missing, to its end; 0: nothing any more.
    pub length: u64,
}

/// A part of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Which.
    pub digest: Digest,
    /// Where the part begins.
    pub offset: u64,
    /// It.
    pub bytes: Bytes,
    /// Length of the file.
    pub total: u64,
}

/// Why a file is not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GoneReason {
    /// Not here, or not yet.
    NotHere,
    /// No record that names it has passed between the two.
    NotYours,
    /// Of another length.
    AnotherLength,
    /// Whoever wanted it has said that it should stop.
    Stopped,
}

/// A file is not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileGone {
    /// Which.
    pub digest: Digest,
    /// Why.
    pub reason: GoneReason,
}
