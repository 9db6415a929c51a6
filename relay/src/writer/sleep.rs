//! Decisions about neighbours that are off past their quota, and about what they get when they are back.

use super::{
    StoreError,
    decide::Decision,
    frames::{AcceptedFrame, Entry, PositionsFrame, PositionsOf, WokenFrame},
    lost::Named,
    store::Store,
};
use crate::{
    ids::{Lane, LinkSeq, OfficeId, UnixMillis},
    journal::{Frame, FrameKind, Group, Lost, Place},
};

/// Journal that is looked through for one commit, bytes.
const LOOK_BYTES: usize = 1024 * 1024;

/// A neighbour that is off past its quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dormant {
    /// Since when, by this machine's clock.
    pub since: UnixMillis,
    /// Records that wait for it, those without a position too.
    pub waiting: u64,
}

impl Store {
    /// Whether a neighbour sleeps, and what waits for it.
    pub fn dormant(&self, neighbour: &OfficeId) -> Option<Dormant> {
        self.with_heads(|heads| {
            heads.asleep(neighbour)?;
            let sleeper = heads.sleepers.get(neighbour)?;
            Some(Dormant { since: sleeper.since, waiting: heads.waiting_for(neighbour) })
        })
    }

    /// Whether a record that was routed to a sleeping neighbour has no position yet.
    pub(super) fn is_missed(&self, by: &OfficeId, place: Place) -> bool {
        let looked_through = self.with_heads(|heads| heads.asleep(by));
        looked_through.is_some_and(|end| (place.segment, place.group) >= (end.segment, end.offset))
    }

    /// Every neighbour that has anything in its lanes, with what waits for it.
    pub(crate) fn waiting_for_each(&self) -> Vec<(OfficeId, u64)> {
        self.with_heads(|heads| heads.out.keys().map(|to| (to.clone(), heads.waiting_for(to))).collect())
    }
}

impl Decision<'_> {
    /// Whether a neighbour is given no positions.
    pub(super) fn sleeps(&self, neighbour: &OfficeId) -> bool {
        self.asleep.contains(neighbour) || self.heads.asleep(neighbour).is_some()
    }

    pub(super) fn sleep(&mut self, neighbour: OfficeId, since: UnixMillis) {
        if !self.sleeps(&neighbour) {
            let of = Some(PositionsOf::Dormant(since.0));
            self.push(Entry::Positions(PositionsFrame { neighbour: neighbour.as_str().to_owned(), of }));
            self.asleep.insert(neighbour);
        }
    }

    /// Gives positions to a part of what a sleeping neighbour has missed, in the order in which it came.
    pub(super) fn wake(&mut self, neighbour: &OfficeId) -> Result<(), StoreError> {
        let Some(from) = self.heads.asleep(neighbour) else { return Ok(()) };
        let groups = self.store.journal.groups_after(from, LOOK_BYTES)?;
        let (mut selected, mut end) = (0, from);
        for group in &groups {
            for (place, head) in accepted(group)? {
                if is_withheld(&head, neighbour) {
                    let named = Named::of(&head, place)?;
                    if self.registry.parent(neighbour) == Some(self.own()) {
                        self.introduce(neighbour, &named.reference.origin)?;
                    }
                    self.reroute((neighbour, head.lane()?), &named, String::new());
                    selected += 1;
                }
            }
            end = group.end;
        }
        let is_all = end.groups == self.store.journal.end().groups;
        let ends = Lane::ALL.map(|lane| self.end_of(neighbour, lane).0);
        let through = if is_all { ends.to_vec() } else { Vec::new() };
        let woken = WokenFrame { segment: end.segment, offset: end.offset, groups: end.groups, selected, through };
        let of = Some(PositionsOf::Woken(woken));
        self.push(Entry::Positions(PositionsFrame { neighbour: neighbour.as_str().to_owned(), of }));
        Ok(())
    }

    fn end_of(&self, neighbour: &OfficeId, lane: Lane) -> LinkSeq {
        let now = self.out.get(&(neighbour.clone(), lane)).copied();
        now.unwrap_or_else(|| self.heads.sent(neighbour, lane).seq)
    }
}

fn is_withheld(head: &AcceptedFrame, neighbour: &OfficeId) -> bool {
    head.routes.iter().any(|route| route.seq == 0 && route.neighbour == neighbour.as_str())
}

/// Every accepted record of a group, also those whose bodies are lost.
fn accepted(group: &Group) -> Result<Vec<(Place, AcceptedFrame)>, StoreError> {
    let mut frames: Vec<(Place, &Frame)> = group.frames.iter().map(|(place, frame)| (*place, frame)).collect();
    for damage in &group.damaged {
        if let (Lost::Body { frame, kept }, Some((beside, _))) = (&damage.lost, frames.first()) {
            frames.push((Place { frame: *frame, ..*beside }, kept));
        }
    }
    frames.sort_by_key(|(place, _)| *place);
    let accepted = frames.into_iter().filter(|(_, frame)| frame.kind == FrameKind::Accepted);
    let read = accepted.filter_map(|(place, frame)| match Entry::from_frame(frame) {
        Ok(Entry::Accepted(head, _)) => Some(Ok((place, head))),
        Ok(_) => None,
        Err(fault) => Some(Err(fault.into())),
    });
    read.collect()
}
