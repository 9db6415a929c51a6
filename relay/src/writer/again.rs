//! Whoever has lost a disk does not know at first who is below it: what it makes or takes then for those below is noted, and sent on once its
//! parent has given its own past back.

use std::collections::HashSet;

use bytes::Bytes;

use super::{
    StoreError, WANTED_BACK,
    decide::Decision,
    frames::{AcceptedFrame, Entry, LocalFrame},
    keys,
    lost::unless_lost,
};
use crate::{
    ids::{Lane, LinkSeq, OfficeId, PerLane, RecordId, RecordRef},
    index::{CUSTODY, scan_prefix},
    journal::Place,
    record::{Audience, Record},
    route,
};

/// Namespace of what this crate keeps for itself: records whose routes are to be looked at again.
const SELECTED_AGAIN: &str = "relay.select-again";

impl Decision<'_> {
    /// Notes a record that may be for offices that are not known again yet.
    pub(super) fn note_if_forgetful(&mut self, record: &Record) {
        let may_go_down = |clause: &Audience| !matches!(clause, Audience::UpTo(_));
        if record.header().audience.iter().any(may_go_down) && self.is_forgetful() {
            let RecordRef { origin, id } = record.reference();
            self.mark(&id, [id.0.as_slice(), origin.as_str().as_bytes()].concat().into());
        }
    }

    /// Own records are still wanted back from the parent.
    fn is_forgetful(&mut self) -> bool {
        if let Some(known) = self.forgetful {
            return known;
        }
        let parent = self.registry.own_parent().cloned();
        let wanted = parent.and_then(|parent| self.store.local(WANTED_BACK, parent.as_str()).ok().flatten());
        *self.forgetful.insert(wanted.is_some_and(|bytes| !bytes.is_empty()))
    }

    /// Its past is back from the parent: every record that was noted goes to whom it would have gone.
    pub(super) fn select_again(&mut self, neighbour: &str) -> Result<(), StoreError> {
        if self.registry.own_parent().is_none_or(|parent| parent.as_str() != neighbour) || !self.is_forgetful() {
            return Ok(());
        }
        for (_, mark) in self.store.locals(SELECTED_AGAIN)? {
            if let Some(reference) = marked(&mark) {
                self.send_to_whom_it_missed(&reference)?;
                self.mark(&reference.id, Bytes::new());
            }
        }
        Ok(())
    }

    fn send_to_whom_it_missed(&mut self, reference: &RecordRef) -> Result<(), StoreError> {
        let Some((place, _)) = self.store.find(reference)? else { return Ok(()) };
        let Some((head, body)) = unless_lost(self.store.accepted(place))? else { return Ok(()) };
        let record = Record::parse(head.raw(&body)?).map_err(|_| StoreError::Journal("record"))?;
        let from = OfficeId::parse(&head.from).ok();
        // What is not known now either has been sent up already.
        let Ok(to) = route::routes(&self.registry, &record.header().audience, from.as_ref()) else { return Ok(()) };
        for neighbour in to.into_iter().filter(|to| !went_to(&head, to)) {
            let named = self.store.named(place)?;
            self.reroute((&neighbour, record.header().lane()), &named, String::new());
        }
        Ok(())
    }

    /// What a neighbour once gave back stands in no lane to it: when it has lost that in turn, it goes there like everything else.
    pub(super) fn give_back_again(&mut self, neighbour: &OfficeId) -> Result<(), StoreError> {
        let prefix = keys::given_back(neighbour).done();
        let mut in_lanes: PerLane<Option<HashSet<Place>>> = PerLane::default();
        for (key, _) in scan_prefix(self.store.index.as_ref(), CUSTODY, &prefix, usize::MAX)? {
            let place = keys::read_place(&key[prefix.len()..]).ok_or(StoreError::Index("record given back"))?;
            let Some((head, body)) = unless_lost(self.store.accepted(place))? else { continue };
            let record = Record::parse(head.raw(&body)?).map_err(|_| StoreError::Journal("record"))?;
            let (header, lane) = (record.header(), record.header().lane());
            let to = route::routes(&self.registry, &header.audience, None).unwrap_or_default();
            if !to.contains(neighbour) || !self.registry.is_within(&header.origin, self.own()) {
                continue;
            }
            let in_lane = match &mut in_lanes[lane] {
                Some(known) => known,
                unknown => unknown.insert(self.ever_in_lane(neighbour, lane)?),
            };
            if in_lane.insert(place) {
                let named = self.store.named(place)?;
                self.reroute((neighbour, lane), &named, String::new());
            }
        }
        Ok(())
    }

    fn ever_in_lane(&self, neighbour: &OfficeId, lane: Lane) -> Result<HashSet<Place>, StoreError> {
        let mut places = HashSet::new();
        for ordinal in 0..=self.heads.ordinal() {
            let entries = self.store.entries(neighbour, (ordinal, lane), LinkSeq(0), usize::MAX)?;
            places.extend(entries.into_iter().map(|(_, place)| place));
        }
        Ok(places)
    }

    fn mark(&mut self, id: &RecordId, mark: Bytes) {
        let head = LocalFrame { namespace: SELECTED_AGAIN.to_owned(), key: id.to_string() };
        self.push(Entry::Local(head, mark));
    }
}

/// `None`: it has been seen to.
fn marked(mark: &[u8]) -> Option<RecordRef> {
    let (id, origin) = mark.split_at_checked(16)?;
    let origin = OfficeId::parse(std::str::from_utf8(origin).ok()?).ok()?;
    Some(RecordRef { origin, id: RecordId::from_slice(id).ok()? })
}

fn went_to(head: &AcceptedFrame, neighbour: &OfficeId) -> bool {
    head.routes.iter().any(|route| route.neighbour == neighbour.as_str())
}
