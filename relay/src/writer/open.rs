//! Opening a store: heads from the index, the rest from the journal by replay, and what to do when the two do not fit.

use std::sync::Arc;

use bytes::Bytes;
use prost::Message as _;

use super::{
    Identity, Moment, Random, StoreError, Writer, apply,
    frames::{self, Entry, EpochFrame, LineFrame, ParkedFrame, ParkedState, TicketsFrame},
    heads::{Heads, Hearing, LineHead, OutLane, StreamHead},
    intent::{ForkReason, Intent},
    keys::{self, Reader},
    store_of, values,
};
use crate::{
    disk::Disk,
    ids::{Digest, Epoch, Lane, LinkSeq, OfficeId, PerLane, Ticket, UnixMillis},
    index::{Batch, CUSTODY, Index, Order, Space, after_prefix, scan_prefix},
    journal::{Cursor, Group, Journal, JournalReader, Lost, Opened, Options, Place},
    link::frame::Position,
    record::{StreamId, entry_from_body},
};

/// How much of the journal is replayed at a time, bytes.
const REPLAY_BYTES: usize = 4 * 1024 * 1024;

/// Remembers, beside the custody, that acknowledged data was lost, until a new epoch has begun.
const LOSS: Space = Space("loss");

/// What opening found.
#[derive(Debug)]
pub struct Opening {
    /// What the journal says of its own state.
    pub journal: Opened,
    /// Groups that were applied to the index.
    pub replayed: u64,
    /// The index was emptied and made anew.
    pub rebuilt: bool,
    /// The index knew more than the journal: acknowledged data was lost here, a new epoch was begun.
    pub forked: bool,
}

impl Writer {
    /// Opens the store on a disk, or creates it on an empty one.
    pub fn open(
        (disk, options): (Arc<dyn Disk>, Options),
        index: Arc<dyn Index>,
        identity: Identity,
        at: Moment,
        random: Random,
    ) -> Result<(Self, Opening), StoreError> {
        let (journal, opened) = Journal::open(disk, options)?;
        let reader = journal.reader();
        belongs_to(&reader, &identity.office)?;
        let knew_more = knew_more(index.as_ref(), &reader)?;
        let brought = if knew_more { None } else { brought(index.as_ref(), &reader, &identity) };
        let (rebuilt, (replayed, heads)) = match brought {
            Some(brought) => (false, brought),
            None => (true, rebuild(index.as_ref(), &reader, &identity.office, identity.root_pin)?),
        };
        let is_new = heads.epochs.is_empty();
        let store = store_of(&journal, index, heads);
        let mut writer = Self { identity, journal, store, random, seals: std::collections::HashMap::new() };
        if is_new {
            writer.create(at)?;
        }
        if knew_more {
            writer.commit(vec![Intent::Fork(ForkReason::IndexKnewMore)], at)?;
            writer.checkpoint()?;
            writer.store.index.clear(LOSS)?;
        }
        Ok((writer, Opening { journal: opened, replayed, rebuilt, forked: knew_more }))
    }

    fn create(&mut self, at: Moment) -> Result<(), StoreError> {
        let mut epoch = [0; 16];
        (self.random)(&mut epoch);
        let frame = EpochFrame {
            epoch: Bytes::copy_from_slice(&epoch),
            office: self.identity.office.as_str().to_owned(),
            root_pin: Bytes::copy_from_slice(&self.identity.root_pin.0),
            reason: String::new(),
            at: at.wall.0,
        };
        self.append(&[Entry::Epoch(frame)])?;
        Ok(())
    }
}

/// Empties the index and applies the whole journal to it. Returns how many groups, and the heads.
pub fn rebuild(
    index: &dyn Index,
    journal: &JournalReader,
    office: &OfficeId,
    root_pin: Digest,
) -> Result<(u64, Heads), StoreError> {
    let empty = Heads::empty(office.clone(), root_pin);
    if applied(index)?.groups > 0 {
        // What is there may serve for more than nothing: it goes only when something can take its place.
        replay(journal, &mut empty.clone(), |_| Ok(()))?;
    }
    index.clear(CUSTODY)?;
    let mut heads = empty;
    let replayed = catch_up(index, journal, &mut heads)?;
    Ok((replayed, heads))
}

/// What the index has, brought to the journal's end; `None`: it does not fit, or is not whole.
fn brought(index: &dyn Index, journal: &JournalReader, identity: &Identity) -> Option<(u64, Heads)> {
    let brought = heads_from(index, identity).and_then(|mut heads| Ok((catch_up(index, journal, &mut heads)?, heads)));
    brought.inspect_err(|fault| tracing::warn!(error = %fault, "the index is made anew")).ok()
}

/// Whether the index holds groups that the journal has not. Remembered until it was answered with a new epoch, whatever happens before.
fn knew_more(index: &dyn Index, journal: &JournalReader) -> Result<bool, StoreError> {
    if applied(index)?.groups > journal.end().groups {
        let mut batch = Batch::default();
        batch.put(b"lost".as_slice(), Vec::new());
        index.apply(LOSS, &batch)?;
        index.checkpoint()?;
    }
    Ok(index.get(LOSS, b"lost")?.is_some())
}

fn catch_up(index: &dyn Index, journal: &JournalReader, heads: &mut Heads) -> Result<u64, StoreError> {
    let replayed = replay(journal, heads, |batch| Ok(index.apply(CUSTODY, batch)?))?;
    settle_end(index, journal.end(), heads)?;
    Ok(replayed)
}

/// Applies what comes after the heads, group by group. Returns how many there were.
fn replay(
    journal: &JournalReader,
    heads: &mut Heads,
    mut keep: impl FnMut(&Batch) -> Result<(), StoreError>,
) -> Result<u64, StoreError> {
    let mut replayed = 0;
    loop {
        let groups = journal.groups_after(heads.applied, REPLAY_BYTES)?;
        if groups.is_empty() {
            return Ok(replayed);
        }
        for group in groups {
            let (batch, _) = apply::apply(heads, &entries_of(&group)?, group.end)?;
            keep(&batch)?;
            replayed += 1;
        }
    }
}

/// All of a group. A lost body is none that positions depend on; any other loss is one.
fn entries_of(group: &Group) -> Result<Vec<(Place, Entry)>, StoreError> {
    let mut frames: Vec<_> = group.frames.iter().map(|(place, frame)| (*place, frame)).collect();
    for damage in &group.damaged {
        match &damage.lost {
            Lost::Body { frame, kept } => {
                let beside = frames.first().map_or((damage.segment, damage.offset), |(place, _)| (place.segment, place.group));
                frames.push((Place { segment: beside.0, group: beside.1, frame: *frame }, kept));
            }
            Lost::Groups { .. } | Lost::Frame { .. } => return Err(StoreError::Damaged(damage.clone())),
            Lost::Chain | Lost::HeaderCopy => {}
        }
    }
    frames.sort_by_key(|(place, _)| *place);
    frames.into_iter().map(|(place, frame)| Ok((place, Entry::from_frame(frame)?))).collect()
}

/// The end has another form when the last group has moved; what replay would write counts.
fn settle_end(index: &dyn Index, end: Cursor, heads: &mut Heads) -> Result<(), StoreError> {
    if heads.applied != end && heads.applied.groups == end.groups {
        heads.applied = end;
        let mut batch = Batch::default();
        batch.put(keys::APPLIED, keys::cursor_bytes(end));
        index.apply(CUSTODY, &batch)?;
    }
    Ok(())
}

fn applied(index: &dyn Index) -> Result<Cursor, StoreError> {
    let value = index.get(CUSTODY, keys::APPLIED)?;
    Ok(value.as_deref().and_then(keys::read_cursor).unwrap_or_default())
}

/// The first frame of every journal says whose it is.
fn belongs_to(journal: &JournalReader, office: &OfficeId) -> Result<(), StoreError> {
    let groups = journal.groups_after(Cursor::default(), 1)?;
    let Some((_, frame)) = groups.first().and_then(|group| group.frames.first()) else { return Ok(()) };
    match Entry::from_frame(frame)? {
        Entry::Epoch(head) if head.office == office.as_str() => Ok(()),
        Entry::Epoch(head) => Err(StoreError::AnotherOffice(head.office)),
        Entry::Accepted(..) | Entry::Seal(_) | Entry::Consumed(_) | Entry::Parked(_) | Entry::Positions(_) => {
            Err(StoreError::Journal("an epoch at its beginning"))
        }
        Entry::Local(..) | Entry::NotInterpreted(_) | Entry::HollowIntent(_) | Entry::Hollowed(_) => {
            Err(StoreError::Journal("an epoch at its beginning"))
        }
    }
}

const TORN: StoreError = StoreError::Index("heads");

fn heads_from(index: &dyn Index, identity: &Identity) -> Result<Heads, StoreError> {
    let mut heads = Heads::empty(identity.office.clone(), identity.root_pin);
    heads.applied = applied(index)?;
    if heads.applied.groups > 0 && index.get(CUSTODY, keys::VERSION)?.as_deref() != Some(&[keys::VERSION_NOW]) {
        return Err(StoreError::Index("another version"));
    }
    let letter = |letter: u8| scan_prefix(index, CUSTODY, &[letter], usize::MAX);
    for (_, value) in letter(b'e')? {
        heads.epochs.push(Epoch::from_slice(&value).map_err(|_| TORN)?);
    }
    for (key, value) in letter(b'f')? {
        let mut read = Reader(&key[1..]);
        let (neighbour, ordinal) = (read.office().ok_or(TORN)?, read.u32().ok_or(TORN)?);
        let mut read = Reader(&value);
        let mut lanes = PerLane::<LinkSeq>::default();
        for lane in Lane::ALL {
            lanes[lane] = read.seq().ok_or(TORN)?;
        }
        heads.out.entry(neighbour.clone()).or_default();
        heads.forked_at.insert((neighbour, ordinal), lanes);
    }
    for (key, value) in letter(b'h')? {
        let mut read = Reader(&key[1..]);
        let (neighbour, lane) = (read.office().ok_or(TORN)?, read.lane().ok_or(TORN)?);
        heads.out.entry(neighbour).or_default()[lane] = out_lane(&value).ok_or(TORN)?;
    }
    for (key, value) in letter(b'i')? {
        let neighbour = Reader(&key[1..]).office().ok_or(TORN)?;
        heads.incoming.insert(neighbour, values::read_in_link(&value).ok_or(TORN)?);
    }
    read_waits(index, &mut heads)?;
    read_sleepers(index, &mut heads)?;
    read_parked(index, &mut heads)?;
    read_small(index, &mut heads)?;
    read_registry(index, &mut heads)?;
    apply::watch_all(&mut heads);
    for (key, value) in letter(b'k')? {
        let place = keys::read_place(&key[1..]).ok_or(TORN)?;
        heads.hollowing.insert(place, keys::read_place(&value).ok_or(TORN)?);
    }
    Ok(heads)
}

fn out_lane(value: &[u8]) -> Option<OutLane> {
    let mut read = Reader(value);
    let (seq, acked, arrived) = (read.seq()?, read.seq()?, read.seq()?);
    let sent = Position { seq, hash: read.digest()? };
    let sent = (seq.0 > 0).then_some(sent);
    Some(OutLane { sent, acked, arrived, ..OutLane::default() })
}

fn read_waits(index: &dyn Index, heads: &mut Heads) -> Result<(), StoreError> {
    for (key, value) in scan_prefix(index, CUSTODY, b"w", usize::MAX)? {
        let mut read = Reader(&key[1..]);
        let (neighbour, lane) = (read.office().ok_or(TORN)?, read.lane().ok_or(TORN)?);
        let wait = values::read_wait(read.seq().ok_or(TORN)?, &value).ok_or(TORN)?;
        let waits = &mut heads.incoming.get_mut(&neighbour).ok_or(TORN)?.lanes[lane].waits;
        match waits.back_mut().filter(|last| last.through == wait.through) {
            Some(last) => last.on.extend(wait.on),
            None => waits.push_back(wait),
        }
    }
    Ok(())
}

fn read_sleepers(index: &dyn Index, heads: &mut Heads) -> Result<(), StoreError> {
    for (key, value) in scan_prefix(index, CUSTODY, b"x", usize::MAX)? {
        let mut read = Reader(&key[1..]);
        let at = (read.office().ok_or(TORN)?, read.lane().ok_or(TORN)?);
        heads.late.insert(at, values::read_spans(&value).ok_or(TORN)?);
    }
    for (key, value) in scan_prefix(index, CUSTODY, b"y", usize::MAX)? {
        let mut read = Reader(&key[1..]);
        let (from, lane, of) = (read.office().ok_or(TORN)?, read.lane().ok_or(TORN)?, read.office().ok_or(TORN)?);
        let link = heads.incoming.get_mut(&from).ok_or(TORN)?;
        link.lanes[lane].late.insert(of, values::read_spans(&value).ok_or(TORN)?);
    }
    for (key, value) in scan_prefix(index, CUSTODY, b"z", usize::MAX)? {
        let neighbour = Reader(&key[1..]).office().ok_or(TORN)?;
        heads.sleepers.insert(neighbour, values::read_sleeper(&value).ok_or(TORN)?);
    }
    Ok(())
}

fn read_parked(index: &dyn Index, heads: &mut Heads) -> Result<(), StoreError> {
    let ordinal = heads.ordinal();
    for (_, value) in scan_prefix(index, CUSTODY, b"p", usize::MAX)? {
        let frame = ParkedFrame::decode(value.as_slice()).map_err(|_| TORN)?;
        if frame.ordinal != ordinal || frame.state() == ParkedState::RefusedBelow {
            continue;
        }
        let (neighbour, lane) = (frames::office(&frame.neighbour)?, frames::lane(frame.lane)?);
        let out = &mut heads.out.entry(neighbour).or_default()[lane];
        out.tombstones.insert(LinkSeq(frame.seq));
        if frame.state() == ParkedState::Parked {
            out.parked.insert(LinkSeq(frame.seq));
        }
    }
    Ok(())
}

fn read_small(index: &dyn Index, heads: &mut Heads) -> Result<(), StoreError> {
    for (key, value) in scan_prefix(index, CUSTODY, b"s", usize::MAX)? {
        let mut read = Reader(&key[1..]);
        let (top, lane) = (read.text().ok_or(TORN)?, read.lane().ok_or(TORN)?);
        let mut read = Reader(&value);
        let head = StreamHead { seq: read.u64().ok_or(TORN)?, seal: read.digest().ok_or(TORN)? };
        heads.streams.insert(StreamId { top: OfficeId::parse(top).ok(), lane }, head);
    }
    for (key, value) in scan_prefix(index, CUSTODY, b"c", usize::MAX)? {
        let name = Reader(&key[1..]).text().ok_or(TORN)?;
        heads.counters.insert(name.to_owned(), Reader(&value).u64().ok_or(TORN)?);
    }
    for (key, value) in scan_prefix(index, CUSTODY, b"t", usize::MAX)? {
        let frame = TicketsFrame::decode(value.as_slice()).map_err(|_| TORN)?;
        let tickets = frame.tickets.iter().map(|t| Ticket::from_slice(t));
        let tickets = tickets.collect::<Result<_, _>>().map_err(|_| TORN)?;
        heads.tickets.insert(Reader(&key[1..]).office().ok_or(TORN)?, tickets);
    }
    for (key, value) in scan_prefix(index, CUSTODY, b"u", usize::MAX)? {
        let line = LineFrame::decode(value.as_slice()).map_err(|_| TORN)?;
        let head = LineHead { up: line.up, at: UnixMillis(line.at), reason: line.reason, unsteady: line.unsteady };
        heads.lines.insert(Reader(&key[1..]).office().ok_or(TORN)?, head);
    }
    read_book(index, heads)
}

fn read_book(index: &dyn Index, heads: &mut Heads) -> Result<(), StoreError> {
    let last = index.range(CUSTODY, b"F", &after_prefix(b"F"), Order::Backward, 1)?;
    heads.book.log_end = match last.first() {
        Some((key, _)) => Reader(&key[1..]).u64().ok_or(TORN)?,
        None => 0,
    };
    for (key, value) in scan_prefix(index, CUSTODY, b"H", usize::MAX)? {
        let (live, mut rest) = (value.as_slice() == [0], Reader(value.get(1..).ok_or(TORN)?));
        let hearing = if live { Hearing::Live } else { Hearing::Until(rest.moment().ok_or(TORN)?) };
        heads.book.heard.insert(Reader(&key[1..]).office().ok_or(TORN)?, hearing);
    }
    for (key, value) in scan_prefix(index, CUSTODY, b"T", usize::MAX)? {
        let mut read = Reader(&value);
        let epoch = Epoch::from_slice(read.take(16).ok_or(TORN)?).map_err(|_| TORN)?;
        heads.book.told.insert(Reader(&key[1..]).office().ok_or(TORN)?, (epoch, read.u64().ok_or(TORN)?));
    }
    Ok(())
}

fn read_registry(index: &dyn Index, heads: &mut Heads) -> Result<(), StoreError> {
    let mut registry = (*heads.registry).clone();
    for (key, value) in scan_prefix(index, CUSTODY, b"g", usize::MAX)? {
        let place = keys::read_place(&key[1..]).ok_or(TORN)?;
        let entry = entry_from_body(&value.into()).map_err(|_| TORN)?;
        heads.registrations.entry(entry.office.clone()).or_default().push(place);
        registry = registry.with(entry);
    }
    heads.registry = Arc::new(registry);
    Ok(())
}
