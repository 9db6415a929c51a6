//! Refused positions: what they change, and who is to be told.

use prost::Message as _;

use super::{
    super::{
        frames::{self, FrameFault, ParkedFrame, ParkedState},
        keys,
    },
    Applier,
};
use crate::ids::LinkSeq;

/// Refusals of later hops that are kept to be told again; older ones were told in earlier sessions.
const REFUSED_MAX: usize = 64;

impl Applier<'_> {
    pub(super) fn parked(&mut self, head: &ParkedFrame) -> Result<(), FrameFault> {
        let (neighbour, lane) = (frames::office(&head.neighbour)?, frames::lane(head.lane)?);
        let seq = LinkSeq(head.seq);
        self.batch.put(keys::parked(&neighbour, head.ordinal, lane, seq), head.encode_to_vec());
        if head.ordinal == self.heads.ordinal() {
            let out = &mut self.heads.out.entry(neighbour.clone()).or_default()[lane];
            match head.state() {
                ParkedState::Parked => {
                    out.tombstones.insert(seq);
                    out.parked.insert(seq);
                }
                ParkedState::Withdrawn | ParkedState::Retried => {
                    out.parked.remove(&seq);
                }
                ParkedState::RefusedBelow | ParkedState::Unspecified => {}
            }
        }
        if matches!(head.state(), ParkedState::Parked | ParkedState::RefusedBelow) {
            self.count("parked");
            self.refused_further_on(head)?;
        }
        self.touched.links.insert(neighbour);
        Ok(())
    }

    /// The record had come from a neighbour: that one will be told.
    fn refused_further_on(&mut self, head: &ParkedFrame) -> Result<(), FrameFault> {
        if head.in_seq == 0 {
            return Ok(());
        }
        let (from, lane) = (frames::office(&head.in_from)?, frames::lane(head.in_lane)?);
        if let Some(link) = self.heads.incoming.get_mut(&from) {
            let refused = &mut link.lanes[lane].refused;
            refused.insert(LinkSeq(head.in_seq));
            if refused.len() > REFUSED_MAX {
                refused.pop_first();
            }
            self.touched.incoming.insert(from.clone());
            self.touched.links.insert(from);
        }
        Ok(())
    }
}
