//! The protobuf messages inside the frames about bodies that go. Numbers are never reused.

use bytes::Bytes;
use prost::Message;

use super::super::{
    frames::{self, FrameFault},
    messages::GroupPlace,
};
use crate::ids::{RecordId, RecordRef};

/// Bodies that are gone from here on, and are then removed from the disk.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct HollowFrame {
    #[prost(message, repeated, tag = "1")]
    pub(crate) items: Vec<HollowItem>,
    /// Origin and id of the record that destroys; empty: a rule does.
    #[prost(string, tag = "2")]
    pub(crate) by: String,
    /// The rule, as the operator wrote it; empty: a record does.
    #[prost(string, tag = "3")]
    pub(crate) rule: String,
    #[prost(int64, tag = "4")]
    pub(crate) at: i64,
}

/// One body.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct HollowItem {
    #[prost(message, optional, tag = "1")]
    pub(crate) group: Option<GroupPlace>,
    #[prost(uint32, tag = "2")]
    pub(crate) frame: u32,
    /// The record that stands there now; empty: none does any more, or never did.
    #[prost(string, tag = "3")]
    pub(crate) origin: String,
    #[prost(bytes = "bytes", tag = "4")]
    pub(crate) id: Bytes,
    #[prost(bytes = "bytes", tag = "5")]
    pub(crate) digest: Bytes,
    /// Hash of its salt and body.
    #[prost(bytes = "bytes", tag = "6")]
    pub(crate) body_hash: Bytes,
    /// Where it was before that could not be read any more.
    #[prost(message, optional, tag = "7")]
    pub(crate) instead_of_group: Option<GroupPlace>,
    #[prost(uint32, tag = "8")]
    pub(crate) instead_of_frame: u32,
    /// Of bytes of a program above that count there: their namespace and key, which hold nothing from now on.
    #[prost(string, tag = "9")]
    pub(crate) namespace: String,
    #[prost(string, tag = "10")]
    pub(crate) key: String,
}

/// The bodies of these intents are on the disk no more.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct HollowedFrame {
    #[prost(message, repeated, tag = "1")]
    pub(crate) intents: Vec<FramePlace>,
}

/// A frame's place.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub(crate) struct FramePlace {
    #[prost(message, optional, tag = "1")]
    pub(crate) group: Option<GroupPlace>,
    #[prost(uint32, tag = "2")]
    pub(crate) frame: u32,
}

impl HollowItem {
    /// The record that it is about.
    pub(crate) fn reference(&self) -> Result<RecordRef, FrameFault> {
        let id = RecordId::from_slice(&self.id).map_err(|_| FrameFault("record id"))?;
        Ok(RecordRef { origin: frames::office(&self.origin)?, id })
    }
}
