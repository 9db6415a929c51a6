//! Decisions about records that neighbours send: folding, right, routes, and what to answer.

use std::sync::Arc;

use bytes::Bytes;

use super::{
    Space, StoreError,
    decide::{Decision, Held},
    frames::{Entry, GroupPlace, HopFrame, PositionsFrame, PositionsOf, RouteFrame, SealFrame, Verdict},
    intent::{Answer, GoodRecord, Incoming, Judged, WriteRefusal},
};
use crate::{
    ids::{Digest, Epoch, Lane, LinkSeq, OfficeId, UnixMillis},
    journal::Place,
    link::frame::{Position, Refusal, RefusalCode},
    record::{DESTROY_KIND, OFFICE_KIND, RawSeal, Record, entry_from_body},
    route,
};

impl Decision<'_> {
    pub(super) fn accept(&mut self, incoming: Incoming) -> Result<Answer, StoreError> {
        let Incoming { neighbour: from, epoch, lane, first, items } = incoming;
        if self.at.space == Space::None {
            return Ok(Answer::Refused(WriteRefusal::NoSpace(lane)));
        }
        let known = self.peer_epochs.get(&from).copied();
        let known = known.or_else(|| self.heads.incoming.get(&from).map(|link| link.epoch));
        let begins_epoch = known != Some(epoch);
        let held = if begins_epoch { Position::start(epoch) } else { self.chain(&from, epoch, lane) };
        let expected = held.seq.next();
        if first != expected {
            return Ok(Answer::Refused(WriteRefusal::OutOfOrder { expected, got: first }));
        }
        if begins_epoch {
            let of = Some(PositionsOf::PeerEpoch(Bytes::copy_from_slice(&epoch.0)));
            self.push(Entry::Positions(PositionsFrame { neighbour: from.as_str().to_owned(), of }));
            self.chains.retain(|(office, _), _| *office != from);
            self.peer_epochs.insert(from.clone(), epoch);
        }
        let (mut at, mut refusals) = (held, Vec::new());
        for item in items {
            at = at.after(item.digest());
            refusals.extend(self.position((&from, lane, at.seq), item)?);
        }
        self.chains.insert((from, lane), at);
        Ok(Answer::Custody { at, refusals })
    }

    /// Where an incoming lane stands, with what this commit has taken.
    fn chain(&self, from: &OfficeId, epoch: Epoch, lane: Lane) -> Position {
        let taken = self.chains.get(&(from.clone(), lane)).copied();
        let begun = self.peer_epochs.get(from).map(|begun| Position::start(*begun));
        taken.or(begun).unwrap_or_else(|| self.heads.held(from, epoch, lane))
    }

    fn position(&mut self, at: (&OfficeId, Lane, LinkSeq), item: Judged) -> Result<Option<Refusal>, StoreError> {
        match item {
            Judged::Good(good) => self.good(at, *good),
            Judged::Bad { reference, digest, code, detail } => {
                self.consume(at, (reference.as_ref(), digest), (Verdict::Refused, code.name(), &detail), Vec::new());
                Ok(Some(Refusal { seq: at.2, code, detail }))
            }
            Judged::Tombstone { reference, digest } => {
                self.consume(at, (Some(&reference), digest), (Verdict::Tombstone, "", ""), Vec::new());
                Ok(None)
            }
        }
    }

    fn good(&mut self, at: (&OfficeId, Lane, LinkSeq), good: GoodRecord) -> Result<Option<Refusal>, StoreError> {
        let reference = good.record.reference();
        let digest = good.record.digest();
        match self.verdict(at.0, &good.record, Way::ByLane)? {
            Ruling::Fold(mut routes) => {
                // Whoever sends it has it: to wait for that would be to wait for each other.
                routes.retain(|route| route.neighbour != at.0.as_str());
                self.consume(at, (Some(&reference), digest), (Verdict::Folded, "", ""), routes);
                Ok(None)
            }
            Ruling::Refuse(code, detail) => {
                self.consume(at, (Some(&reference), digest), (Verdict::Refused, code.name(), &detail), Vec::new());
                Ok(Some(Refusal { seq: at.2, code, detail }))
            }
            Ruling::Keep(to, instead_of) => {
                self.keep(Some(at), good, (&to, instead_of))?;
                Ok(None)
            }
        }
    }

    pub(super) fn take_back(&mut self, neighbour: &OfficeId, records: Vec<Judged>) -> Result<Answer, StoreError> {
        for item in records {
            let Judged::Good(good) = item else { continue };
            match self.verdict(neighbour, &good.record, Way::Fetched)? {
                Ruling::Keep(to, instead_of) => {
                    self.keep(Some((neighbour, good.record.header().lane(), LinkSeq(0))), *good, (&to, instead_of))?;
                }
                Ruling::Fold(_) | Ruling::Refuse(..) => {}
            }
        }
        Ok(Answer::Done)
    }

    /// A record out of a journal that was damaged. This office had taken it once: only its seal is asked for again.
    pub(super) fn keep_salvaged(
        &mut self,
        good: GoodRecord,
        from: Option<&OfficeId>,
        received_at: UnixMillis,
    ) -> Result<(), StoreError> {
        let (own, lane) = (self.own(), good.record.header().lane());
        let way = if from.is_some() { Way::Salvaged } else { Way::SalvagedOwn };
        if let Ruling::Keep(to, instead_of) = self.verdict(from.unwrap_or(own), &good.record, way)? {
            let reference = good.record.reference();
            self.keep(from.map(|from| (from, lane, LinkSeq(0))), good, (&to, instead_of))?;
            let entry = self.records.get(&reference).and_then(|fresh| self.entries.get_mut(fresh.entry));
            if let Some(Entry::Accepted(head, _)) = entry {
                head.received_at = received_at.0;
            }
        }
        Ok(())
    }

    /// Who may say what (architecture: authority), then where it goes.
    fn verdict(&mut self, from: &OfficeId, record: &Record, way: Way) -> Result<Ruling, StoreError> {
        let conflict =
            || Ruling::Refuse(RefusalCode::Conflict, "the same reference is held with other content; make a correction".into());
        let instead_of = match self.held(&record.reference())? {
            Some(Held::Here(held, routes)) => {
                let same = held.digest() == record.digest() || held.says_the_same(record);
                match self.may_be_filled(&held, record)? {
                    Some(place) => Some(place),
                    None => return Ok(if same { Ruling::Fold(routes) } else { conflict() }),
                }
            }
            Some(Held::Lost(_, digest)) if digest != record.digest() => return Ok(conflict()),
            Some(Held::Lost(place, _)) => Some(place),
            None => None,
        };
        // What was held here before has come by right.
        if instead_of.is_none() && !self.may_say(from, record, way) {
            let detail = format!("{} may not send what {} says", from, record.header().origin);
            return Ok(Ruling::Refuse(RefusalCode::NotYoursToSend, detail));
        }
        if record.header().kind == DESTROY_KIND
            && let Err(detail) = self.may_destroy(record)
        {
            return Ok(Ruling::Refuse(RefusalCode::NotYoursToSend, detail));
        }
        let before = self.registry.clone();
        if record.header().kind == OFFICE_KIND
            && let Err(detail) = self.register(record)
        {
            return Ok(Ruling::Refuse(RefusalCode::Registry, detail));
        }
        let came_from = (way != Way::SalvagedOwn).then_some(from);
        Ok(match route::routes(&self.registry, &record.header().audience, came_from) {
            Ok(to) => Ruling::Keep(to, instead_of),
            Err(unknown) => {
                self.registry = before;
                Ruling::Refuse(RefusalCode::UnknownTarget, unknown.to_string())
            }
        })
    }

    fn may_say(&self, from: &OfficeId, record: &Record, way: Way) -> bool {
        let (tree, origin, own) = (&self.registry, &record.header().origin, self.own());
        let from_child = tree.parent(from) == Some(own);
        let ours = tree.is_within(origin, own);
        let from_above = tree.is_ancestor(origin, own);
        let registers = record.header().kind == OFFICE_KIND;
        match way {
            // The chain from the root down comes from the parent, whoever made it.
            Way::Fetched => ours || from_above || registers,
            Way::Salvaged | Way::SalvagedOwn => true,
            Way::ByLane if from_child => tree.is_within(origin, from),
            Way::ByLane => registers || from_above || (!ours && route::reaches_down_to(tree, &record.header().audience)),
        }
    }

    fn register(&mut self, record: &Record) -> Result<(), String> {
        let entry = entry_from_body(&record.raw().body).map_err(|fault| fault.to_string())?;
        self.registry.judge(&entry, &record.header().origin).map_err(|fault| fault.to_string())?;
        self.registry = Arc::new(self.registry.with(entry));
        Ok(())
    }

    fn keep(
        &mut self,
        at: Option<(&OfficeId, Lane, LinkSeq)>,
        good: GoodRecord,
        (to, instead_of): (&[OfficeId], Option<Place>),
    ) -> Result<(), StoreError> {
        let GoodRecord { record, carried } = good;
        let record = self.as_kept(record)?;
        let seal_hash = carried.seal.hash();
        let routes = self.route_all(to, &record)?;
        let (seal_group, seal_frame) = self.seal_place(seal_hash, &carried.seal);
        self.push_accepted(&record, at, routes, (carried.place, carried.trail.iter().map(HopFrame::of).collect()));
        if let Some(Entry::Accepted(head, _)) = self.entries.last_mut() {
            head.seal_group = seal_group;
            head.seal_frame = seal_frame;
            head.instead_of_group = instead_of.map(|place| GroupPlace { segment: place.segment, offset: place.group });
            head.instead_of_frame = instead_of.map_or(0, |place| u32::from(place.frame));
        }
        self.note_if_forgetful(&record);
        self.obey(&record)
    }

    fn seal_place(&mut self, hash: Digest, seal: &RawSeal) -> (Option<GroupPlace>, u32) {
        if let Some(frame) = self.seal_frames.get(&hash) {
            return (None, *frame);
        }
        if let Some(place) = self.seals.get(&hash) {
            let group = GroupPlace { segment: place.segment, offset: place.group };
            return (Some(group), u32::from(place.frame));
        }
        (None, self.push_seal(seal, false))
    }

    pub(super) fn push_seal(&mut self, seal: &RawSeal, own: bool) -> u32 {
        let frame = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        self.push(Entry::Seal(SealFrame { group: seal.group.clone(), signature: seal.signature.clone(), own }));
        self.seal_frames.insert(seal.hash(), frame);
        frame
    }
}

/// How a record came.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    ByLane,
    Fetched,
    /// It had come from there once.
    Salvaged,
    /// It was made here.
    SalvagedOwn,
}

/// What becomes of a good record.
enum Ruling {
    /// To these; it stands in for one that is lost.
    Keep(Vec<OfficeId>, Option<Place>),
    Fold(Vec<RouteFrame>),
    Refuse(RefusalCode, String),
}
