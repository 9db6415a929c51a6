//! A word of the program above about what neighbours send, before any of it is kept: relay opens no body, and some content may not be kept at
//! all, not even to be refused later.

use std::fmt::Debug;

use bytes::Bytes;

use crate::{
    link::frame::RefusalCode,
    record::Header,
    writer::intent::{GoodRecord, Judged},
};

/// Judges records that verified. It is asked for every kind but relay's own, on the way from the wire to the writer; what it objects to is
/// refused by name, parked at its sender with these words, and never comes near the disk here.
pub trait Inspector: Debug + Send + Sync {
    /// `Err`: why it may not be kept, in words without anything of it, at most 512 bytes.
    fn inspect(&self, header: &Header, body: &Bytes) -> Result<(), String>;
}

/// Objects to nothing.
#[derive(Debug, Clone, Copy)]
pub struct TakesAll;

impl Inspector for TakesAll {
    fn inspect(&self, _: &Header, _: &Bytes) -> Result<(), String> {
        Ok(())
    }
}

/// What was judged, with what the program above objects to turned away.
pub(crate) fn inspected(inspector: &dyn Inspector, judged: Judged) -> Judged {
    match judged {
        Judged::Good(good) => kept(inspector, good),
        Judged::Bad { .. } | Judged::Tombstone { .. } => judged,
    }
}

fn kept(inspector: &dyn Inspector, good: Box<GoodRecord>) -> Judged {
    let header = good.record.header();
    if header.is_net_kind() {
        return Judged::Good(good);
    }
    match inspector.inspect(header, &good.record.raw().body) {
        Ok(()) => Judged::Good(good),
        Err(detail) => {
            let (reference, digest) = (Some(good.record.reference()), good.record.digest());
            tracing::warn!(record = ?reference, "a record was turned away for what it says");
            Judged::Bad { reference, digest, code: RefusalCode::Content, detail }
        }
    }
}
