//! Opening a store: heads from the index, the rest from the journal by replay, and what to do when the two do not fit.

use std::sync::Arc;

use bytes::Bytes;
use prost::Message as _;

use super::{
    Identity, Moment, Random, StoreError, Writer, apply,
    frames::{self, Entry, EpochFrame, LineFrame, ParkedFrame, ParkedState, TicketsFrame},
    heads::{Heads, LineHead, OutLane, StreamHead},
    intent::{ForkReason, Intent},
    keys::{self, Reader},
    store_of, values,
};
use crate::{
    disk::Disk,
    ids::{Digest, Epoch, Lane, LinkSeq, OfficeId, PerLane, Ticket, UnixMillis},
    index::{Batch, CUSTODY, Index, scan_prefix},
    journal::{Cursor, Journal, JournalReader, Opened, Options},
    link::frame::Position,
    record::{StreamId, entry_from_body},
};

/// How much of the journal is replayed at a time, bytes.
const REPLAY_BYTES: usize = 4 * 1024 * 1024;

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
        let knew_more = applied(index.as_ref())?.groups > reader.end().groups;
        let found = if knew_more { None } else { heads_from(index.as_ref(), &reader, &identity).ok() };
        let brought = found.and_then(|mut heads| Some((catch_up(index.as_ref(), &reader, &mut heads).ok()?, heads)));
        let (rebuilt, (replayed, heads)) = match brought {
            Some(brought) => (false, brought),
            None => (true, rebuild(index.as_ref(), &reader, &identity.office, identity.root_pin)?),
        };
        let is_new = heads.epochs.is_empty();
        let store = store_of(&journal, index, heads);
        let mut writer = Self { identity, journal, store, random, seals: std::collections::HashMap::new() };
        if is_new {
            writer.create(at)?;
        } else if knew_more {
            writer.commit(vec![Intent::Fork(ForkReason::IndexKnewMore)], at)?;
        }
        Ok((writer, Opening { journal: opened, replayed, rebuilt, forked: knew_more && !is_new }))
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
    index.clear(CUSTODY)?;
    let mut heads = Heads::empty(office.clone(), root_pin);
    let replayed = catch_up(index, journal, &mut heads)?;
    Ok((replayed, heads))
}

fn catch_up(index: &dyn Index, journal: &JournalReader, heads: &mut Heads) -> Result<u64, StoreError> {
    let mut replayed = 0;
    loop {
        let groups = journal.groups_after(heads.applied, REPLAY_BYTES)?;
        if groups.is_empty() {
            settle_end(index, journal.end(), heads)?;
            return Ok(replayed);
        }
        for group in groups {
            let entries = group.frames.iter().map(|(place, frame)| Ok((*place, Entry::from_frame(frame)?)));
            let entries = entries.collect::<Result<Vec<_>, StoreError>>()?;
            let (batch, _) = apply::apply(heads, &entries, group.end)?;
            index.apply(CUSTODY, &batch)?;
            replayed += 1;
        }
    }
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
        Entry::Local(..) | Entry::NotInterpreted(_) => Err(StoreError::Journal("an epoch at its beginning")),
    }
}

const TORN: StoreError = StoreError::Index("heads");

fn heads_from(index: &dyn Index, journal: &JournalReader, identity: &Identity) -> Result<Heads, StoreError> {
    let mut heads = Heads::empty(identity.office.clone(), identity.root_pin);
    heads.applied = applied(index)?;
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
    read_parked(index, &mut heads)?;
    read_small(index, &mut heads)?;
    read_registry(index, journal, &mut heads)?;
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
        heads.incoming.get_mut(&neighbour).ok_or(TORN)?.lanes[lane].waits.push_back(wait);
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
        let head = LineHead { up: line.up, at: UnixMillis(line.at), reason: line.reason };
        heads.lines.insert(Reader(&key[1..]).office().ok_or(TORN)?, head);
    }
    Ok(())
}

fn read_registry(index: &dyn Index, journal: &JournalReader, heads: &mut Heads) -> Result<(), StoreError> {
    let mut registry = (*heads.registry).clone();
    for (key, _) in scan_prefix(index, CUSTODY, b"g", usize::MAX)? {
        let place = keys::read_place(&key[1..]).ok_or(TORN)?;
        let Entry::Accepted(head, body) = Entry::from_frame(&journal.frame(place)?)? else { return Err(TORN) };
        let entry = entry_from_body(&head.raw(&body)?.body).map_err(|_| TORN)?;
        heads.registrations.entry(entry.office.clone()).or_default().push(place);
        registry = registry.with(entry);
    }
    heads.registry = Arc::new(registry);
    Ok(())
}
