//! Decisions: what becomes of each intent, given the heads and what the same commit has decided before it.
//!
//! Here: own records and incoming records. What concerns a neighbour's positions is in [`super::neighbour`], enrolment in
//! [`super::enrol`]. Everything decided becomes entries; nothing is changed until they are on disk.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use bytes::Bytes;

use super::{
    Identity, Moment, Random, Space, StoreError,
    frames::{AcceptedFrame, ConsumedFrame, Entry, HopFrame, ParkedState, RouteFrame, Verdict},
    heads::Heads,
    intent::{Answer, Draft, Intent, WriteRefusal},
    lost::unless_lost,
    store::Store,
};
use crate::{
    ids::{Digest, Epoch, FileRef, Lane, LinkSeq, OfficeId, RecordRef},
    journal::Place,
    link::frame::Position,
    record::{Audience, GROUP_MAX, Header, OFFICE_KIND, Record, SALT_BYTES, SUITE, Seal, StreamId, entry_from_body},
    registry::Registry,
    route,
};

/// One commit in the making.
pub(super) struct Decision<'a> {
    pub(super) heads: &'a Heads,
    pub(super) store: &'a Store,
    pub(super) identity: &'a Identity,
    pub(super) at: Moment,
    pub(super) random: &'a mut Random,
    pub(super) seals: &'a HashMap<Digest, Place>,
    pub(super) registry: Arc<Registry>,
    pub(super) entries: Vec<Entry>,
    pub(super) out: HashMap<(OfficeId, Lane), LinkSeq>,
    pub(super) chains: HashMap<(OfficeId, Lane), Position>,
    pub(super) peer_epochs: HashMap<OfficeId, Epoch>,
    pub(super) epoch: Option<Epoch>,
    /// Neighbours that this commit has sent to sleep.
    pub(super) asleep: HashSet<OfficeId>,
    pub(super) records: HashMap<RecordRef, Fresh>,
    pub(super) seal_frames: HashMap<Digest, u32>,
    pub(super) unsealed: BTreeMap<StreamId, Vec<(usize, Record)>>,
    pub(super) introduced: HashSet<Vec<u8>>,
    /// Records that this commit destroys, and by which.
    pub(super) destroyed: HashMap<RecordRef, RecordRef>,
    /// Positions that this commit has parked, or taken out of being parked.
    pub(super) parked: HashMap<(OfficeId, Lane, LinkSeq), ParkedState>,
    /// Lines that this commit says something new of: whether up, whether unsteady.
    pub(super) lines: HashMap<OfficeId, (bool, bool)>,
    /// Own records are still wanted back from the parent; `None`: not looked up yet.
    pub(super) forgetful: Option<bool>,
}

/// What is there of a record that is held.
pub(super) enum Held {
    /// All of it, and where it went.
    Here(Box<Record>, Vec<RouteFrame>),
    /// It cannot be read where it stands; its digest is known.
    Lost(Place, Digest),
}

/// A record that this commit accepts, and which of its entries that is.
pub(super) struct Fresh {
    pub(super) record: Record,
    pub(super) entry: usize,
}

/// What a commit comes to.
pub(super) struct Decided {
    pub(super) entries: Vec<Entry>,
    pub(super) answers: Vec<Answer>,
}

impl<'a> Decision<'a> {
    pub(super) fn new(
        heads: &'a Heads,
        store: &'a Store,
        identity: &'a Identity,
        at: Moment,
        (random, seals): (&'a mut Random, &'a HashMap<Digest, Place>),
    ) -> Self {
        Self {
            heads,
            store,
            identity,
            at,
            random,
            seals,
            registry: heads.registry.clone(),
            entries: Vec::new(),
            out: HashMap::new(),
            chains: HashMap::new(),
            peer_epochs: HashMap::new(),
            epoch: None,
            asleep: HashSet::new(),
            records: HashMap::new(),
            seal_frames: HashMap::new(),
            unsealed: BTreeMap::new(),
            introduced: HashSet::new(),
            destroyed: HashMap::new(),
            parked: HashMap::new(),
            lines: HashMap::new(),
            forgetful: None,
        }
    }

    /// Decides about one intent.
    pub(super) fn intent(&mut self, intent: Intent) -> Result<Answer, StoreError> {
        match intent {
            Intent::Submit(draft) => self.submit(*draft, Vec::new()),
            Intent::SubmitWith(draft, files) => self.submit(*draft, files),
            Intent::Accept(incoming) => self.accept(incoming),
            Intent::TakeBack { neighbour, records } => self.take_back(&neighbour, records),
            Intent::Destroy(destroying) => self.destroy(*destroying),
            Intent::Hollowed(intents) => Ok(self.hollowed(&intents)),
            Intent::Salvage(records) => self.salvage(records),
            Intent::Invite(_) | Intent::Revoke(_) | Intent::Enrol(_) | Intent::Register(..) => self.enrolment(intent),
            Intent::Custody { .. }
            | Intent::Arrived { .. }
            | Intent::Line { .. }
            | Intent::Sleep(_)
            | Intent::Wake(_)
            | Intent::Started { .. }
            | Intent::LinesTold { .. }
            | Intent::Tickets { .. }
            | Intent::RetryParked(..)
            | Intent::WithdrawParked(..)
            | Intent::Rewind { .. }
            | Intent::Count { .. }
            | Intent::Fork(_)
            | Intent::Rebase { .. }
            | Intent::Local { .. }
            | Intent::NotInterpreted { .. } => self.about_neighbour(intent),
        }
    }

    /// Seals what was made here and hands out the result.
    pub(super) fn finish(mut self, answers: Vec<Answer>) -> Result<Decided, StoreError> {
        for (stream, made) in std::mem::take(&mut self.unsealed) {
            let mut previous = self.stream_head(&stream).1;
            for group in made.chunks(GROUP_MAX) {
                let records: Vec<_> = group.iter().map(|(_, record)| record.clone()).collect();
                let seal = Seal::make(&self.identity.key, &records, previous).map_err(|_| StoreError::Journal("own seal"))?;
                previous = seal.hash();
                let frame = self.push_seal(seal.raw(), true);
                for (place, (entry, _)) in group.iter().enumerate() {
                    if let Some(Entry::Accepted(head, _)) = self.entries.get_mut(*entry) {
                        head.seal_frame = frame;
                        head.seal_place = u32::try_from(place).unwrap_or(u32::MAX);
                    }
                }
            }
        }
        Ok(Decided { entries: self.entries, answers })
    }

    pub(super) fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    pub(super) fn random<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.random)(&mut bytes);
        bytes
    }

    pub(super) fn own(&self) -> &'a OfficeId {
        &self.identity.office
    }

    fn current_epoch(&self) -> Epoch {
        self.epoch.unwrap_or_else(|| self.heads.epoch())
    }

    fn submit(&mut self, draft: Draft, files: Vec<FileRef>) -> Result<Answer, StoreError> {
        let too_full = match draft.lane {
            Lane::Control | Lane::Flash => self.at.space == Space::None,
            Lane::Urgent => self.at.space >= Space::VeryLow,
            Lane::Routine => self.at.space >= Space::Low,
        };
        if too_full {
            return Ok(Answer::Refused(WriteRefusal::NoSpace(draft.lane)));
        }
        for clause in &draft.audience {
            if let Audience::UpTo(top) = clause
                && !self.registry.is_ancestor(top, self.own())
            {
                return Ok(Answer::Refused(WriteRefusal::UnknownOffice(top.clone())));
            }
        }
        self.make_with(draft, files)
    }

    /// Makes a record of our own, or folds it onto the one that is held.
    pub(super) fn make(&mut self, draft: Draft) -> Result<Answer, StoreError> {
        self.make_with(draft, Vec::new())
    }

    fn make_with(&mut self, draft: Draft, files: Vec<FileRef>) -> Result<Answer, StoreError> {
        let stream = StreamId { top: route::topmost(&self.registry, &draft.audience), lane: draft.lane };
        let seq = self.stream_head(&stream).0 + 1;
        let body = draft.body.clone();
        let header = Header { attachments: files, ..self.header(draft, stream.clone(), seq) };
        let record = match Record::make(header, self.random::<SALT_BYTES>(), body) {
            Ok(record) => record,
            Err(fault) => return Ok(Answer::Refused(WriteRefusal::Malformed(fault.to_string()))),
        };
        let reference = record.reference();
        if let Some(held) = self.held(&reference)? {
            let folded = matches!(held, Held::Here(held, _) if held.says_the_same(&record));
            return Ok(if folded { Answer::Made { reference, folded } } else { Answer::Refused(WriteRefusal::Conflict) });
        }
        let to = match route::routes(&self.registry, &record.header().audience, None) {
            Ok(to) => to,
            Err(route::UnknownTarget(id)) => return Ok(Answer::Refused(WriteRefusal::UnknownOffice(id))),
        };
        let routes = self.route_all(&to, &record)?;
        let entry = self.entries.len();
        self.push_accepted(&record, None, routes, (0, Vec::new()));
        self.note_if_forgetful(&record);
        self.unsealed.entry(stream).or_default().push((entry, record));
        Ok(Answer::Made { reference, folded: false })
    }

    fn header(&self, draft: Draft, stream: StreamId, stream_seq: u64) -> Header {
        Header {
            id: draft.id,
            origin: self.own().clone(),
            epoch: self.current_epoch(),
            stream,
            stream_seq,
            kind: draft.kind,
            subject: draft.subject,
            audience: draft.audience,
            mode: draft.mode,
            happened_at: draft.happened_at,
            learnt_at: draft.learnt_at,
            recorded_at: self.at.wall,
            person: draft.person,
            suite: SUITE.to_owned(),
            corrects: draft.corrects,
            on_behalf_of: draft.on_behalf_of,
            attachments: Vec::new(),
        }
    }

    /// Last sequence (with what this commit made) and last seal (before it) of an own stream.
    fn stream_head(&self, stream: &StreamId) -> (u64, Digest) {
        let head = self.heads.streams.get(stream).filter(|_| self.epoch.is_none());
        let made = self.unsealed.get(stream).map_or(0, |made| made.len() as u64);
        head.map_or((made, Digest::ZERO), |head| (head.seq + made, head.seal))
    }

    /// A record that is held already or accepted by this commit, with where it went.
    pub(super) fn held(&self, reference: &RecordRef) -> Result<Option<Held>, StoreError> {
        if let Some(fresh) = self.records.get(reference) {
            let routes = match self.entries.get(fresh.entry) {
                Some(Entry::Accepted(head, _)) => head.routes.clone(),
                Some(_) | None => Vec::new(),
            };
            return Ok(Some(Held::Here(Box::new(fresh.record.clone()), routes)));
        }
        let Some((place, digest)) = self.store.find(reference)? else { return Ok(None) };
        let Some((head, body)) = unless_lost(self.store.accepted(place))? else { return Ok(Some(Held::Lost(place, digest))) };
        let record = Record::parse(head.raw(&body)?).map_err(|_| StoreError::Journal("record"))?;
        let routes = head.routes.into_iter().map(|route| self.route_now(route));
        Ok(Some(Held::Here(Box::new(record), routes.collect::<Result<_, _>>()?)))
    }

    /// Positions of an earlier epoch mean nothing now, nor does it that there was none while the neighbour slept: whatever is sent so far in
    /// that lane covers the record.
    fn route_now(&self, mut route: RouteFrame) -> Result<RouteFrame, StoreError> {
        let (neighbour, lane, seq) = route.read()?;
        let withheld = seq.0 == 0;
        if self.sleeps(&neighbour) && withheld {
            return Ok(route);
        }
        if self.heads.ordinal() > 0 || withheld {
            route.seq = self.heads.sent(&neighbour, lane).seq.0;
        }
        Ok(route)
    }

    /// Epoch of a neighbour's incoming positions, with what this commit has taken.
    fn peer_epoch(&self, of: &OfficeId) -> Option<Bytes> {
        let held = self.heads.incoming.get(of).map(|link| link.epoch);
        let epoch = self.peer_epochs.get(of).copied().or(held)?;
        Some(Bytes::copy_from_slice(&epoch.0))
    }

    pub(super) fn push_accepted(
        &mut self,
        record: &Record,
        from: Option<(&OfficeId, Lane, LinkSeq)>,
        routes: Vec<RouteFrame>,
        (seal_place, trail): (u32, Vec<HopFrame>),
    ) {
        let raw = record.raw();
        let body: Bytes = [raw.salt.as_ref(), raw.body.as_ref()].concat().into();
        let head = AcceptedFrame {
            header: raw.header.clone(),
            digest: Bytes::copy_from_slice(&record.digest().0),
            from: from.map(|(office, ..)| office.as_str().to_owned()).unwrap_or_default(),
            in_lane: from.map_or(0, |(_, lane, _)| lane.number()),
            in_seq: from.map_or(0, |(.., seq)| seq.0),
            routes,
            seal_group: None,
            seal_frame: 0,
            seal_place,
            received_at: self.at.wall.0,
            trail,
            offset_ms: self.at.offset_ms,
            in_epoch: from.filter(|(.., seq)| seq.0 > 0).and_then(|(office, ..)| self.peer_epoch(office)).unwrap_or_default(),
            instead_of_group: None,
            instead_of_frame: 0,
            body_hash: raw.hollow.map(|hash| Bytes::copy_from_slice(&hash.0)).unwrap_or_default(),
        };
        self.records.insert(record.reference(), Fresh { record: record.clone(), entry: self.entries.len() });
        self.push(Entry::Accepted(head, body));
    }

    pub(super) fn consume(
        &mut self,
        (from, lane, seq): (&OfficeId, Lane, LinkSeq),
        (reference, digest): (Option<&RecordRef>, Digest),
        (verdict, code, detail): (Verdict, &str, &str),
        routes: Vec<RouteFrame>,
    ) {
        self.push(Entry::Consumed(ConsumedFrame {
            from: from.as_str().to_owned(),
            lane: lane.number(),
            seq: seq.0,
            digest: Bytes::copy_from_slice(&digest.0),
            verdict: verdict.into(),
            code: code.to_owned(),
            origin: reference.map(|r| r.origin.as_str().to_owned()).unwrap_or_default(),
            id: reference.map(|r| Bytes::copy_from_slice(&r.id.0)).unwrap_or_default(),
            routes,
            detail: detail.to_owned(),
        }));
    }
}

/// Whether the record is an entry of that office.
pub(super) fn registers(record: &Record, office: &OfficeId) -> bool {
    let header = record.header();
    header.kind == OFFICE_KIND && entry_from_body(&record.raw().body).is_ok_and(|entry| entry.office == *office)
}
