//! Positions in outgoing lanes: who gets a record, who must be introduced before it, and what is put there once more.

use bytes::Bytes;

use super::{
    StoreError,
    decide::{Decision, registers},
    frames::{Entry, GroupPlace, PositionsFrame, PositionsOf, ReroutedFrame, RouteFrame},
    keys,
    lost::{Named, unless_lost},
};
use crate::{
    ids::{Lane, LinkSeq, OfficeId},
    index::CUSTODY,
    record::{Record, entry_from_body},
};

impl Decision<'_> {
    /// Gives the record a position in the lane of each neighbour; who its origin is goes before it where that is not known yet.
    pub(super) fn route_all(&mut self, to: &[OfficeId], record: &Record) -> Result<Vec<RouteFrame>, StoreError> {
        let mut routes = Vec::new();
        for neighbour in to {
            if self.sleeps(neighbour) {
                routes.push(RouteFrame::of(neighbour, record.header().lane(), LinkSeq(0)));
                continue;
            }
            if self.registry.parent(neighbour) == Some(self.own()) {
                self.introduce(neighbour, &record.header().origin)?;
            }
            let seq = self.next_position(neighbour, record.header().lane());
            routes.push(RouteFrame::of(neighbour, record.header().lane(), seq));
        }
        Ok(routes)
    }

    pub(super) fn next_position(&mut self, neighbour: &OfficeId, lane: Lane) -> LinkSeq {
        let before = match self.out.get(&(neighbour.clone(), lane)) {
            Some(seq) => *seq,
            None if self.epoch.is_some() => LinkSeq(0),
            None => self.heads.sent(neighbour, lane).seq,
        };
        self.out.insert((neighbour.clone(), lane), before.next());
        before.next()
    }

    /// A child must know who an origin from elsewhere in the tree is before it gets that origin's record.
    pub(super) fn introduce(&mut self, child: &OfficeId, origin: &OfficeId) -> Result<(), StoreError> {
        let known = self.registry.is_within(origin, child) || self.registry.is_within(self.own(), origin);
        if known {
            return Ok(());
        }
        let (tree, own) = (self.registry.clone(), self.own());
        let strangers: Vec<_> = tree.path_up(origin).take_while(|office| !tree.is_within(own, office)).collect();
        strangers.into_iter().rev().try_for_each(|office| self.send_registration(child, office))
    }

    /// Routes the entries of an office to a child that has not got them.
    pub(super) fn send_registration(&mut self, child: &OfficeId, office: &OfficeId) -> Result<(), StoreError> {
        for place in self.heads.registrations.get(office).cloned().unwrap_or_default() {
            // One that cannot be read cannot be introduced with either; the parent has it too.
            let Some((head, body)) = unless_lost(self.store.accepted(place))? else { continue };
            let entry = entry_from_body(&head.raw(&body)?.body).map_err(|_| StoreError::Journal("registry entry"))?;
            let key = entry.key.as_ref().map(crate::record::PublicKey::id);
            let routed = keys::registered(child, office, key);
            if self.introduced.contains(&routed) || self.store.index.get(CUSTODY, &routed)?.is_some() {
                continue;
            }
            self.introduced.insert(routed);
            let named = Named::of(&head, place)?;
            let registers = format!("{office} {}", key.map_or_else(String::new, |key| key.to_string()));
            self.reroute((child, Lane::Control), &named, registers);
        }
        let fresh: Vec<usize> = self.records.values().filter(|f| registers(&f.record, office)).map(|f| f.entry).collect();
        for entry in fresh {
            let named = |route: &RouteFrame| route.neighbour == child.as_str();
            let routed = matches!(&self.entries[entry], Entry::Accepted(head, _) if head.routes.iter().any(named));
            if !routed {
                let seq = self.next_position(child, Lane::Control);
                if let Entry::Accepted(head, _) = &mut self.entries[entry] {
                    head.routes.push(RouteFrame::of(child, Lane::Control, seq));
                }
            }
        }
        Ok(())
    }

    /// Puts a record that is held already at the end of a lane.
    pub(super) fn reroute(&mut self, (to, lane): (&OfficeId, Lane), named: &Named, registers: String) {
        let Named { reference, digest, place } = named;
        let seq = self.next_position(to, lane);
        let of = Some(PositionsOf::Rerouted(ReroutedFrame {
            lane: lane.number(),
            seq: seq.0,
            origin: reference.origin.as_str().to_owned(),
            id: Bytes::copy_from_slice(&reference.id.0),
            digest: Bytes::copy_from_slice(&digest.0),
            group: Some(GroupPlace { segment: place.segment, offset: place.group }),
            frame: u32::from(place.frame),
            registers,
        }));
        self.push(Entry::Positions(PositionsFrame { neighbour: to.as_str().to_owned(), of }));
    }
}
