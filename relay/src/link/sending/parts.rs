//! Parts of what goes out: as many records as fit a batch, and pieces of files among batches.

use std::time::Duration;

use super::{Next, Sending};
use crate::{
    ids::Lane,
    link::{event::Outgoing, frame::Weight, giving::Giving},
};

impl Sending {
    /// What the neighbour wants of files.
    pub(in crate::link) fn files(&mut self) -> &mut Giving {
        &mut self.files
    }

    /// The next part of a file: when no record waits to be sent, or when it is owed; never before a flash record.
    pub(super) fn take_part(&mut self, now: Duration) -> Option<Next> {
        if !self.files.has_unsent() {
            self.since_file = 0;
            return None;
        }
        let waits = |lane: Lane| self.lanes[lane].has_unsent();
        let owed = self.since_file >= self.files_floor;
        if waits(Lane::Flash) || (!owed && (waits(Lane::Urgent) || waits(Lane::Routine))) {
            return None;
        }
        let part = self.files.take(now)?;
        self.since_file = 0;
        Some(Next::Part(part))
    }
}

/// How many of the first items fit.
pub(super) fn fitting(items: &[Outgoing], bytes_max: usize) -> usize {
    let mut weight = Weight::default();
    items
        .iter()
        .take_while(|outgoing| {
            weight.add(&outgoing.item);
            weight.bytes() <= bytes_max
        })
        .count()
}
