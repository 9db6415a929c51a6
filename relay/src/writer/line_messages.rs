//! The protobuf messages of line history inside the writer's frames. Numbers are never reused.

use bytes::Bytes;
use prost::Message;

/// The line to a neighbour changed.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct LineFrame {
    #[prost(bool, tag = "1")]
    pub(crate) up: bool,
    #[prost(int64, tag = "2")]
    pub(crate) at: i64,
    #[prost(string, tag = "3")]
    pub(crate) reason: String,
    /// Later changes of this line that are void: the clock was set back since.
    #[prost(int64, repeated, tag = "4")]
    pub(crate) voids: Vec<i64>,
    /// It changes too often; no further change is kept until it is calm.
    #[prost(bool, tag = "5")]
    pub(crate) unsteady: bool,
}

/// What was learnt of lines at once.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct LinesFrame {
    #[prost(message, repeated, tag = "1")]
    pub(crate) facts: Vec<FactFrame>,
    /// Epoch of the store that told; empty: nobody did.
    #[prost(bytes = "bytes", tag = "2")]
    pub(crate) epoch: Bytes,
    /// Number of the last of its facts that is held now.
    #[prost(uint64, tag = "3")]
    pub(crate) through: u64,
}

/// What a fact about a line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, prost::Enumeration)]
#[repr(i32)]
pub(crate) enum FactKind {
    /// Never written.
    Unspecified = 0,
    /// The line went up at `at`.
    Up = 1,
    /// It went down.
    Down = 2,
    /// It began to change too often.
    Unsteady = 3,
    /// The office was not watching from `at` until `until`.
    Blind = 4,
    /// Its parent has heard everything from it, and goes on hearing.
    Heard = 5,
}

/// One fact; times by this office's clock.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct FactFrame {
    #[prost(string, tag = "1")]
    pub(crate) office: String,
    #[prost(enumeration = "FactKind", tag = "2")]
    pub(crate) kind: i32,
    #[prost(int64, tag = "3")]
    pub(crate) at: i64,
    #[prost(int64, tag = "4")]
    pub(crate) until: i64,
    /// Later changes of that line that are void.
    #[prost(int64, repeated, tag = "5")]
    pub(crate) voids: Vec<i64>,
}
