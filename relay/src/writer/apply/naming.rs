//! Which records name a file, and which neighbours have such a record: they may have the file too, and it may be asked of them.

use super::{
    super::{
        frames::{self, AcceptedFrame, FrameFault, HeaderBrief},
        keys,
    },
    Applier,
};
use crate::ids::FileRef;

/// How a neighbour came to know of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::writer) enum Knows {
    /// The record was routed to it.
    Routed = 0,
    /// The record came from it.
    Sent = 1,
}

impl Applier<'_> {
    pub(super) fn names_files(&mut self, brief: &HeaderBrief, head: &AcceptedFrame) -> Result<(), FrameFault> {
        for named in &brief.attachments {
            let file = FileRef { digest: frames::digest(&named.digest)?, bytes: named.bytes };
            self.batch.put(keys::naming(&file.digest, &brief.reference()?), Vec::new());
            for route in &head.routes {
                let (neighbour, ..) = route.read()?;
                self.batch.put(keys::file(&file.digest, &neighbour), keys::file_bytes(file.bytes, Knows::Routed as u8));
            }
            if !head.from.is_empty() {
                let from = frames::office(&head.from)?;
                self.batch.put(keys::file(&file.digest, &from), keys::file_bytes(file.bytes, Knows::Sent as u8));
            }
        }
        Ok(())
    }
}
