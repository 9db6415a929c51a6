//! Decisions about bodies that go: who may destroy what, and where that travels.

use bytes::Bytes;

use super::super::{
    StoreError,
    decide::{Decision, Held},
    frames::{AcceptedFrame, Entry, FramePlace, GroupPlace, HollowFrame, HollowItem, HollowedFrame},
    intent::{Answer, Destroying, Draft, WriteRefusal},
    keys::{self, HollowWhy},
    lost::unless_lost,
};
use crate::{
    ids::{Lane, OfficeId, RecordRef},
    journal::Place,
    record::{Audience, DESTROY_KIND, Destruction, Header, Mode, Record},
    registry::Registry,
};

impl Decision<'_> {
    /// The bodies of these intents are gone from the disk.
    pub(in super::super) fn hollowed(&mut self, intents: &[Place]) -> Answer {
        let place = |place: &Place| FramePlace { group: Some(GroupPlace::of(*place)), frame: u32::from(place.frame) };
        self.push(Entry::Hollowed(HollowedFrame { intents: intents.iter().map(place).collect() }));
        Answer::Done
    }

    /// Makes the record that destroys another, and removes that one's body here.
    pub(in super::super) fn destroy(&mut self, destroying: Destroying) -> Result<Answer, StoreError> {
        let Destroying { id, destruction, by } = destroying;
        let target = &destruction.target;
        if !destruction.fits() {
            return Ok(Answer::Refused(WriteRefusal::Malformed("reason: 1 to 512 bytes".into())));
        }
        if let Some(reference) = self.destruction_of(target)? {
            return Ok(Answer::Made { reference, folded: true });
        }
        let header = match self.held(target)? {
            Some(Held::Here(record, _)) => Some(record.header().clone()),
            Some(Held::Lost(..)) => None,
            None => return Ok(Answer::Refused(WriteRefusal::UnknownRecord(target.clone()))),
        };
        if !self.registry.is_within(&target.origin, self.own()) {
            return Ok(Answer::Refused(WriteRefusal::NotYoursToDestroy(target.origin.clone())));
        }
        if header.as_ref().is_some_and(Header::is_net_kind) {
            return Ok(Answer::Refused(WriteRefusal::NotDestroyable(target.clone())));
        }
        let draft = Draft {
            id,
            kind: DESTROY_KIND.to_owned(),
            subject: destruction.subject(),
            lane: Lane::Control,
            audience: audience(&self.registry, target, header.as_ref()),
            mode: header.map_or(Mode::Real, |header| header.mode),
            happened_at: None,
            learnt_at: None,
            person: Some(by),
            corrects: None,
            on_behalf_of: None,
            body: destruction.to_body(),
        };
        let answer = self.make(draft)?;
        if let Answer::Made { reference, folded: false } = &answer {
            self.remove_body(target, reference)?;
        }
        Ok(answer)
    }

    /// The record that destroys that one, with what this commit has decided.
    fn destruction_of(&self, target: &RecordRef) -> Result<Option<RecordRef>, StoreError> {
        match self.destroyed.get(target) {
            Some(by) => Ok(Some(by.clone())),
            None if self.heads.counter("destroyed") == 0 => Ok(None),
            None => self.store.destruction_of(target),
        }
    }

    /// As it is to be kept: without its body if it was destroyed before it came.
    pub(in super::super) fn as_kept(&self, record: Record) -> Result<Record, StoreError> {
        if record.is_hollow() || self.destruction_of(&record.reference())?.is_none() {
            return Ok(record);
        }
        Record::parse(record.raw().hollowed()).map_err(|_| StoreError::Journal("a record without its body"))
    }

    /// Where a record stands without its body that came so and that nobody destroyed: a whole copy may take its place.
    pub(in super::super) fn may_be_filled(&self, held: &Record, by: &Record) -> Result<Option<Place>, StoreError> {
        let whole = held.is_hollow() && !by.is_hollow() && held.digest() == by.digest();
        if !whole || self.destruction_of(&held.reference())?.is_some() {
            return Ok(None);
        }
        let value = self.store.value_of(&held.reference())?;
        Ok(value.filter(|value| value.hollow.is_some_and(|hollow| hollow.why == HollowWhy::Came)).map(|value| value.place))
    }

    /// Whether a record from elsewhere destroys by right.
    pub(in super::super) fn may_destroy(&self, record: &Record) -> Result<(), String> {
        let destruction = Destruction::from_body(&record.raw().body).map_err(|fault| fault.to_string())?;
        let (target, by) = (&destruction.target.origin, &record.header().origin);
        if record.header().subject != destruction.subject() {
            return Err("subject and body do not name the same record".to_owned());
        }
        if self.registry.is_within(target, by) { Ok(()) } else { Err(format!("{by} may not destroy what {target} said")) }
    }

    /// What a destruction that was just kept asks for.
    pub(in super::super) fn obey(&mut self, record: &Record) -> Result<(), StoreError> {
        if record.header().kind != DESTROY_KIND {
            return Ok(());
        }
        let destruction = Destruction::from_body(&record.raw().body).map_err(|_| StoreError::Journal("destruction"))?;
        self.remove_body(&destruction.target, &record.reference())
    }

    fn remove_body(&mut self, target: &RecordRef, by: &RecordRef) -> Result<(), StoreError> {
        self.destroyed.insert(target.clone(), by.clone());
        if let Some(fresh) = self.records.get_mut(target) {
            let raw = fresh.record.raw().hollowed();
            if let Some(Entry::Accepted(head, body)) = self.entries.get_mut(fresh.entry) {
                head.body_hash = Bytes::copy_from_slice(&raw.body_hash().0);
                *body = Bytes::new();
            }
            fresh.record = Record::parse(raw).map_err(|_| StoreError::Journal("a record without its body"))?;
            return Ok(());
        }
        let Some(value) = self.store.value_of(target)?.filter(|value| value.hollow.is_none()) else { return Ok(()) };
        let mut items: Vec<_> = value.instead_of.map(HollowItem::at).into_iter().collect();
        items.push(match unless_lost(self.store.accepted(value.place))? {
            Some((head, body)) => item_of(value, &head, &body, target)?,
            // What is left of it goes, too.
            None => HollowItem::at(value.place),
        });
        let by = by.to_string();
        self.push(Entry::HollowIntent(HollowFrame { items, by, rule: String::new(), at: self.at.wall.0 }));
        Ok(())
    }
}

/// The body of a record where it stands now.
fn item_of(
    value: keys::RecordValue,
    head: &AcceptedFrame,
    body: &Bytes,
    reference: &RecordRef,
) -> Result<HollowItem, StoreError> {
    Ok(HollowItem {
        origin: reference.origin.as_str().to_owned(),
        id: Bytes::copy_from_slice(&reference.id.0),
        digest: Bytes::copy_from_slice(&value.digest.0),
        body_hash: Bytes::copy_from_slice(&head.raw(body)?.body_hash().0),
        instead_of_group: value.instead_of.map(GroupPlace::of),
        instead_of_frame: value.instead_of.map_or(0, |place| u32::from(place.frame)),
        ..HollowItem::at(value.place)
    })
}

/// Everywhere that the target went, seen from here. Of one that cannot be read nobody knows: the whole way up, and down to its origin.
fn audience(tree: &Registry, target: &RecordRef, header: Option<&Header>) -> Vec<Audience> {
    let own = tree.own();
    let up = |top: &OfficeId| tree.is_ancestor(top, own).then(|| Audience::UpTo(top.clone()));
    let mut clauses: Vec<_> = match header {
        Some(header) => header
            .audience
            .iter()
            .filter_map(|clause| match clause {
                Audience::UpTo(top) => up(top),
                Audience::Subtree(_) | Audience::Offices(_) => Some(clause.clone()),
            })
            .collect(),
        None => tree.path_up(own).last().and_then(up).into_iter().collect(),
    };
    if target.origin != *own {
        clauses.push(Audience::Offices(vec![target.origin.clone()]));
    }
    clauses
}
