//! Groups that were just appended, in memory: whoever sends or projects them reads them right after, and so without the disk.

use std::collections::{BTreeSet, VecDeque};

use super::{Body, Frame, Group, Place};

/// Cost of a frame besides its bytes.
const FRAME_COST: usize = 128;

/// The last groups, without a hole, up to a number of bytes.
#[derive(Debug)]
pub(super) struct Recent {
    groups: VecDeque<(usize, Group)>,
    bytes: usize,
    bytes_max: usize,
}

impl Recent {
    pub(super) fn new(bytes_max: usize) -> Self {
        Self { groups: VecDeque::new(), bytes: 0, bytes_max }
    }

    /// Adds the newest group and lets go of the oldest.
    pub(super) fn push(&mut self, group: Group) {
        let cost = group.frames.iter().map(|(_, frame)| frame.header.len() + frame.body.len() + FRAME_COST).sum();
        self.groups.push_back((cost, group));
        self.bytes += cost;
        while self.bytes > self.bytes_max {
            let Some((cost, _)) = self.groups.pop_front() else { break };
            self.bytes -= cost;
        }
    }

    /// The frame at a place, if it is here.
    pub(super) fn frame(&self, place: Place) -> Option<Frame> {
        let key = (place.segment, place.group);
        let first = |group: &Group| group.frames.first().map(|(place, _)| (place.segment, place.group));
        let index = self.groups.binary_search_by_key(&Some(key), |(_, group)| first(group)).ok()?;
        let (_, frame) = self.groups.get(index)?.1.frames.get(usize::from(place.frame))?;
        Some(frame.clone())
    }

    /// Lets go of bodies.
    pub(super) fn hollow(&mut self, places: &BTreeSet<Place>) {
        let frames = self.groups.iter_mut().flat_map(|(_, group)| group.frames.iter_mut());
        frames.filter(|(at, _)| places.contains(at)).for_each(|(_, frame)| frame.body = Body::Hollow);
    }

    /// Groups from a number on, at least one and up to a number of bytes; `None` when the first of them is not here.
    pub(super) fn groups_from(&self, number: u64, max_bytes: usize) -> Option<Vec<Group>> {
        let (_, oldest) = self.groups.front()?;
        let skip = usize::try_from(number.checked_sub(oldest.at.groups)?).ok()?;
        let mut bytes = 0;
        let fits = |(cost, _): &&(usize, Group)| {
            let fits = bytes == 0 || bytes + *cost <= max_bytes;
            bytes += *cost;
            fits
        };
        let groups: Vec<_> = self.groups.iter().skip(skip).take_while(fits).map(|(_, group)| group.clone()).collect();
        (!groups.is_empty()).then_some(groups)
    }
}
