//! From frames to heads and index: what has been decided becomes visible.
//!
//! The same code runs after a live commit and in replay, one group at a time, and reads nothing but the group, the heads and the epochs
//! before it: so a rebuilt index equals the living one. It decides nothing.

mod arrivals;
mod lines;
mod naming;
mod parked;
mod sleeping;

use std::collections::{BTreeMap, BTreeSet};

use prost::Message as _;

use self::arrivals::At;
pub(super) use self::arrivals::watch_all;
use super::{
    frames::{self, AcceptedFrame, ConsumedFrame, Entry, EpochFrame, FrameFault, HeaderBrief, PositionsFrame},
    frames::{PositionsOf, ReroutedFrame, SealFrame, Verdict},
    heads::{Heads, OutLane, StreamHead, Wait},
    hollow::came_hollow,
    keys::{self, CHUNK_MAX, Key},
    values::in_link_bytes,
};
use crate::{
    ids::{Digest, Lane, LinkSeq, OfficeId, PerLane, Ticket, UnixMillis},
    index::Batch,
    journal::{Cursor, Place},
    link::frame::{Position, RefusalCode},
    record::{OFFICE_KIND, RawSeal, Seal, StreamId, entry_from_body, entry_to_body},
};

/// Counter of records that were turned away for what they say.
const REFUSED_CONTENT: &str = "refused_content";
/// Counter of records that their sender had no right to send: in another's name, or destroying what is not below its maker.
const REFUSED_UNLAWFUL: &str = "refused_unlawful";

/// Applies one group to the heads and says what changes in the index.
pub(crate) struct Applier<'a> {
    pub(super) heads: &'a mut Heads,
    pub(super) batch: Batch,
    chunks: BTreeMap<(OfficeId, Lane), Vec<Routed>>,
    waits: BTreeMap<At, Wait>,
    /// Incoming lanes that may have come further.
    look_at: BTreeSet<At>,
    /// Outgoing lanes that have.
    moved: BTreeSet<At>,
    /// Neighbours that may be quite back from their sleep.
    awaited: BTreeSet<OfficeId>,
    touched: Touched,
}

/// A record that the group puts into an outgoing lane.
#[derive(Debug, Clone, Copy)]
struct Routed {
    place: Place,
    digest: Digest,
}

/// What a group changed.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Touched {
    /// Links with something new: to send, or to tell.
    pub links: BTreeSet<OfficeId>,
    out: BTreeSet<(OfficeId, Lane)>,
    incoming: BTreeSet<OfficeId>,
    sleepers: BTreeSet<OfficeId>,
    late: BTreeSet<(At, OfficeId)>,
    streams: BTreeSet<StreamId>,
    counters: BTreeSet<String>,
}

/// Applies the entries of one group, which ends at `end`.
pub(crate) fn apply(heads: &mut Heads, entries: &[(Place, Entry)], end: Cursor) -> Result<(Batch, Touched), FrameFault> {
    let mut applier = Applier {
        heads,
        batch: Batch::default(),
        chunks: BTreeMap::new(),
        waits: BTreeMap::new(),
        look_at: BTreeSet::new(),
        moved: BTreeSet::new(),
        awaited: BTreeSet::new(),
        touched: Touched::default(),
    };
    for (place, entry) in entries {
        applier.entry(*place, entry)?;
    }
    Ok(applier.finish(end))
}

impl Applier<'_> {
    fn entry(&mut self, place: Place, entry: &Entry) -> Result<(), FrameFault> {
        match entry {
            Entry::Accepted(head, body) => self.accepted(place, head, body),
            Entry::Seal(seal) => self.seal(seal),
            Entry::Consumed(head) => self.consumed(head),
            Entry::Parked(head) => self.parked(head),
            Entry::Positions(head) => self.positions(place, head),
            Entry::Epoch(head) => self.epoch(head),
            Entry::Local(head, _) => {
                self.batch.put(keys::local(&head.namespace, &head.key), keys::place_bytes(place));
                Ok(())
            }
            Entry::NotInterpreted(head) => {
                let group = head.group.unwrap_or_default();
                let key = keys::not_interpreted(frames::place(group, head.frame), &head.projection);
                self.batch.put(key, head.reason.clone());
                self.count("not_interpreted");
                Ok(())
            }
            Entry::HollowIntent(head) => head.items.iter().try_for_each(|item| self.hollow(place, item)),
            Entry::Hollowed(head) => self.hollowed(head),
        }
    }

    fn accepted(&mut self, place: Place, head: &AcceptedFrame, body: &bytes::Bytes) -> Result<(), FrameFault> {
        let brief = HeaderBrief::decode(head.header.clone()).map_err(|_| FrameFault("record header"))?;
        let digest = head.digest()?;
        let instead_of = head.instead_of_group.map(|group| frames::place(group, head.instead_of_frame));
        let reference = brief.reference()?;
        let value = keys::RecordValue { place, digest, instead_of, hollow: came_hollow(head)? };
        self.batch.put(keys::record(&reference), value.bytes());
        self.destroys(place, &brief);
        self.count(if instead_of.is_some() { "restored" } else { "records" });
        let registers = (brief.kind == OFFICE_KIND).then(|| head.raw(body).map(|raw| entry_from_body(&raw.body)));
        let registers = registers.transpose()?;
        if let Some(Ok(entry)) = &registers {
            self.batch.put(Key::new(b'g').place(place).done(), entry_to_body(entry).to_vec());
            self.heads.registry = std::sync::Arc::new(self.heads.registry.with(entry.clone()));
            self.heads.registrations.entry(entry.office.clone()).or_default().push(place);
        }
        for route in &head.routes {
            let (neighbour, lane, seq) = route.read()?;
            if let Some(Ok(entry)) = &registers {
                let key = entry.key.as_ref().map(crate::record::PublicKey::id);
                self.batch.put(keys::registered(&neighbour, &entry.office, key), Vec::new());
            }
            match seq {
                LinkSeq(0) => self.withhold(neighbour),
                LinkSeq(1..) => self.route(neighbour, lane, Routed { place, digest }),
            }
        }
        if head.in_seq == 0 && !head.from.is_empty() {
            self.batch.put(keys::given_back(&frames::office(&head.from)?).place(place).done(), Vec::new());
        }
        self.names_files(&brief, head)?;
        if head.in_seq > 0 {
            self.consume(&head.from, head.in_lane, (head.in_seq, digest), &head.routes)?;
        }
        Ok(())
    }

    fn seal(&mut self, frame: &SealFrame) -> Result<(), FrameFault> {
        if !frame.own {
            return Ok(());
        }
        let raw = RawSeal { group: frame.group.clone(), signature: frame.signature.clone() };
        let seal = Seal::parse(raw).map_err(|_| FrameFault("own seal"))?;
        self.heads.streams.insert(seal.stream().clone(), StreamHead { seq: seal.last_seq(), seal: seal.hash() });
        self.touched.streams.insert(seal.stream().clone());
        Ok(())
    }

    fn consumed(&mut self, head: &ConsumedFrame) -> Result<(), FrameFault> {
        let digest = frames::digest(&head.digest)?;
        match head.verdict() {
            Verdict::Folded => self.count("folded"),
            Verdict::Refused => self.refused(head)?,
            Verdict::Tombstone | Verdict::Unspecified => {}
        }
        if head.seq == 0 {
            return Ok(());
        }
        self.consume(&head.from, head.lane, (head.seq, digest), &head.routes)
    }

    /// Kept so that the sender can be told again when the answer was lost.
    fn refused(&mut self, head: &ConsumedFrame) -> Result<(), FrameFault> {
        self.count("refused");
        if head.code == RefusalCode::Content.name() {
            self.count(REFUSED_CONTENT);
        }
        if head.code == RefusalCode::NotYoursToSend.name() {
            self.count(REFUSED_UNLAWFUL);
        }
        let (from, lane) = (frames::office(&head.from)?, frames::lane(head.lane)?);
        let Some(link) = self.heads.incoming.get(&from).filter(|_| head.seq > 0) else { return Ok(()) };
        let key = keys::refused(&from, link.epoch, lane).seq(LinkSeq(head.seq)).done();
        self.batch.put(key, Key::new(0).text(&head.code).text(&head.detail).done());
        Ok(())
    }

    fn route(&mut self, neighbour: OfficeId, lane: Lane, item: Routed) {
        self.chunks.entry((neighbour, lane)).or_default().push(item);
    }

    fn positions(&mut self, place: Place, head: &PositionsFrame) -> Result<(), FrameFault> {
        let neighbour = frames::office(&head.neighbour)?;
        match head.of.as_ref().ok_or(FrameFault("positions of nothing"))? {
            PositionsOf::Acked(at) => {
                let lane = frames::lane(at.lane)?;
                let out = &mut self.heads.out.entry(neighbour.clone()).or_default()[lane];
                out.acked = out.acked.max(LinkSeq(at.seq));
                self.touched.out.insert((neighbour, lane));
            }
            PositionsOf::Rewound(at) => {
                let lane = frames::lane(at.lane)?;
                let out = &mut self.heads.out.entry(neighbour.clone()).or_default()[lane];
                out.acked = out.acked.min(LinkSeq(at.seq));
                out.arrived = out.arrived.min(LinkSeq(at.seq));
                self.look_at_all();
                self.touched.out.insert((neighbour, lane));
            }
            PositionsOf::Arrived(at) => {
                let lane = frames::lane(at.lane)?;
                let out = &mut self.heads.out.entry(neighbour.clone()).or_default()[lane];
                out.arrived = out.arrived.max(LinkSeq(at.seq));
                self.has_moved((neighbour.clone(), lane));
                self.awaited.insert(neighbour.clone());
                self.touched.out.insert((neighbour, lane));
            }
            PositionsOf::Line(line) => self.line(neighbour, line),
            PositionsOf::Lines(lines) => self.lines(neighbour, lines)?,
            PositionsOf::Tickets(frame) => {
                let tickets = frame.tickets.iter().map(|t| Ticket::from_slice(t));
                let tickets: Vec<_> = tickets.collect::<Result<_, _>>().map_err(|_| FrameFault("ticket"))?;
                self.batch.put(Key::new(b't').office(&neighbour).done(), frame.encode_to_vec());
                self.heads.tickets.insert(neighbour, tickets);
            }
            PositionsOf::PeerEpoch(epoch) => self.peer_epoch(neighbour, frames::epoch(epoch)?),
            PositionsOf::Rerouted(frame) => self.rerouted(neighbour, frame)?,
            PositionsOf::Counted(name) => self.count(name),
            PositionsOf::Dormant(since) => self.falls_asleep(place, neighbour, UnixMillis(*since)),
            PositionsOf::Woken(frame) => {
                self.awaited.insert(neighbour.clone());
                self.woken(neighbour, frame)?;
            }
            PositionsOf::Late(frame) => self.late(neighbour, frame)?,
        }
        Ok(())
    }

    fn rerouted(&mut self, neighbour: OfficeId, frame: &ReroutedFrame) -> Result<(), FrameFault> {
        let lane = frames::lane(frame.lane)?;
        let place = frames::place(frame.group.unwrap_or_default(), frame.frame);
        if let Some((office, key)) = frame.registers.split_once(' ') {
            let key = data_encoding::HEXLOWER.decode(key.as_bytes()).ok();
            let key = key.and_then(|k| crate::ids::KeyId::from_slice(&k).ok());
            self.batch.put(keys::registered(&neighbour, &frames::office(office)?, key), Vec::new());
        }
        self.route(neighbour, lane, Routed { place, digest: frames::digest(&frame.digest)? });
        Ok(())
    }

    fn epoch(&mut self, head: &EpochFrame) -> Result<(), FrameFault> {
        let epoch = frames::epoch(&head.epoch)?;
        let ordinal = self.heads.ordinal();
        if !self.heads.epochs.is_empty() {
            self.leave_epoch(ordinal, UnixMillis(head.at));
            self.count("epochs_forked");
        }
        self.heads.epochs.push(epoch);
        let key = Key::new(b'e').ordinal(self.heads.ordinal()).done();
        self.batch.put(key, epoch.0);
        self.batch.put(keys::VERSION, [keys::VERSION_NOW]);
        Ok(())
    }

    /// Outgoing lanes and streams begin again. Whoever forks sends first, in order, all that had not arrived; what incoming positions
    /// waited for keeps its place in that order.
    fn leave_epoch(&mut self, ordinal: u32, at: UnixMillis) {
        let before = std::mem::take(&mut self.heads.out);
        for (neighbour, lanes) in &before {
            // Beyond what it acknowledged nobody knows whether its numbers name the same records.
            let last = PerLane(Lane::ALL.map(|lane| lanes[lane].acked));
            let value: Vec<u8> = last.0.iter().flat_map(|seq| seq.0.to_be_bytes()).collect();
            self.batch.put(Key::new(b'f').office(neighbour).ordinal(ordinal).done(), value);
            self.touched.out.extend(Lane::ALL.map(|lane| (neighbour.clone(), lane)));
            self.heads.forked_at.insert((neighbour.clone(), ordinal), last);
            self.heads.out.insert(neighbour.clone(), PerLane::default());
        }
        for stream in std::mem::take(&mut self.heads.streams).into_keys() {
            self.batch.delete(keys::stream(&stream));
        }
        self.sleep_on(&before, at);
    }

    pub(super) fn count(&mut self, name: &str) {
        *self.heads.counters.entry(name.to_owned()).or_insert(0) += 1;
        self.touched.counters.insert(name.to_owned());
    }

    fn finish(mut self, end: Cursor) -> (Batch, Touched) {
        for ((neighbour, lane), items) in std::mem::take(&mut self.chunks) {
            self.write_chunks(&neighbour, lane, &items);
            self.touched.links.insert(neighbour.clone());
            self.touched.out.insert((neighbour, lane));
        }
        self.push_waits();
        self.settle_arrivals();
        self.settle_sleepers();
        self.write_heads();
        self.write_sleepers();
        self.heads.applied = end;
        self.batch.put(keys::APPLIED, keys::cursor_bytes(end));
        (self.batch, self.touched)
    }

    fn write_chunks(&mut self, neighbour: &OfficeId, lane: Lane, items: &[Routed]) {
        let (ordinal, mut at) = (self.heads.ordinal(), self.heads.sent(neighbour, lane));
        for chunk in items.chunks(CHUNK_MAX) {
            let first = at.seq.next();
            at = chunk.iter().fold(at, |at, item| at.after(item.digest));
            let places = chunk.iter().flat_map(|item| keys::place_bytes(item.place));
            let value: Vec<u8> = at.hash.0.into_iter().chain(places).collect();
            self.batch.put(keys::outbox(neighbour, ordinal, lane).seq(first).done(), value);
        }
        self.heads.out.entry(neighbour.clone()).or_default()[lane].sent = Some(at);
    }

    fn write_heads(&mut self) {
        for (neighbour, lane) in &self.touched.out {
            let Some(out) = self.heads.out_lane(neighbour, *lane) else { continue };
            let sent = out.sent.unwrap_or_else(|| Position::start(self.heads.epoch()));
            let numbers = [sent.seq.0, out.acked.0, out.arrived.0].map(u64::to_be_bytes).concat();
            self.batch.put(keys::out_head(neighbour, *lane), [numbers.as_slice(), &sent.hash.0].concat());
        }
        for neighbour in &self.touched.incoming {
            let Some(link) = self.heads.incoming.get(neighbour) else { continue };
            self.batch.put(Key::new(b'i').office(neighbour).done(), in_link_bytes(link));
        }
        for stream in &self.touched.streams {
            let Some(head) = self.heads.streams.get(stream) else { continue };
            self.batch.put(keys::stream(stream), [head.seq.to_be_bytes().as_slice(), &head.seal.0].concat());
        }
        for name in &self.touched.counters {
            let value = self.heads.counter(name).to_be_bytes();
            self.batch.put(Key::new(b'c').text(name).done(), value);
        }
    }
}
