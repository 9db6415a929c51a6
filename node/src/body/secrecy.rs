//! Bodies about what must not be in this system.

use dutynet_relay::ids::{RecordRef, UnixMillis};

/// Kind of an entry of the register (涉密事项登记).
pub const CLASSIFIED: &str = "classified.item/1";
/// Kind of what asks for removal (清除).
pub const PURGE: &str = "secrecy.purge/1";
/// Kind of what an office's node says by itself when nothing is left.
pub const PURGED: &str = "secrecy.purged/1";

/// That a classified item exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassifiedBody {
    /// Number on the paper, if that is no secret; may be empty.
    pub number: String,
    /// The approved channel.
    pub channel: String,
    /// Who received it.
    pub receiver: String,
    /// When.
    pub received_at: UnixMillis,
}

/// What is to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurgeBody {
    /// The record.
    pub record: RecordRef,
}

/// What is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurgedBody {
    /// The record.
    pub record: RecordRef,
}
