//! A group of frames, byte for byte: a head, a table of entries, the frames' headers, their bodies.
//!
//! The head's checksum is seeded with the segment and the offset where the group stands. The group's hash covers head and table, and so
//! the checksums of all frames and the hash of the group before; it does not depend on where the group stands, and not on the bodies,
//! which may later be removed.
//!
//! An entry is kind, version, mark, lengths, checksums. The mark is zero, or says that the body was removed: then zeros stand in its place,
//! so that everything else stays where it was. Hash and checksum of a table are those of its entries without marks; a mark proves itself,
//! being made from its entry, and counts only where there are zeros.

use std::{borrow::Cow, collections::BTreeSet, ops::Range};

use bytes::Bytes;

use super::{
    Body, Frame, FrameKind, JournalError, Lost,
    layout::{Part, SegmentHeader, begin_part, close_part, crc_of, open_part},
};
use crate::ids::Digest;

/// Length of a head.
pub(super) const HEAD_LEN: usize = 68;
/// First bytes of a head.
pub(super) const MAGIC: [u8; 4] = *b"dgrp";
/// Most bytes of one group.
pub(super) const GROUP_BYTES_MAX: u64 = 32 << 20;
/// Newest encoding of any kind that this program reads.
const FRAME_VERSION_MAX: u8 = 1;
const ENTRY_LEN: usize = 20;
/// Where the mark stands in an entry.
const MARK: Range<usize> = 2..4;
const HASHED_LEN: usize = HEAD_LEN - 4;

/// Sizes of a group's parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sizes {
    frames: u16,
    headers: u32,
    bodies: u32,
}

impl Sizes {
    /// Of frames that are to be appended together.
    pub(super) fn of(frames: &[Frame]) -> Result<Self, JournalError> {
        let sum = |part: fn(&Frame) -> usize| frames.iter().map(|frame| part(frame) as u64).sum::<u64>();
        let (headers, bodies) = (sum(|frame| frame.header.len()), sum(|frame| frame.body.len()));
        let (Ok(frames), Ok(headers), Ok(bodies)) = (frames.len().try_into(), headers.try_into(), bodies.try_into()) else {
            return Err(JournalError::TooLarge);
        };
        let sizes = Self { frames, headers, bodies };
        if sizes.total() > GROUP_BYTES_MAX { Err(JournalError::TooLarge) } else { Ok(sizes) }
    }

    /// Of the whole group.
    pub(super) fn total(self) -> u64 {
        self.table_end() as u64 + u64::from(self.headers) + u64::from(self.bodies)
    }

    /// Of head and table.
    pub(super) fn table_end(self) -> usize {
        HEAD_LEN + usize::from(self.frames) * ENTRY_LEN
    }
}

/// What a group says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    /// Groups before it.
    pub(super) number: u64,
    /// How large it is.
    pub(super) sizes: Sizes,
    /// Hash of the group before.
    pub(super) previous: Option<Digest>,
    table_crc: u32,
}

impl Head {
    /// Reads a head that should stand at an offset of a segment.
    pub(super) fn read(bytes: &[u8], segment: &SegmentHeader, offset: u64) -> Part<Self> {
        open_part(bytes, MAGIC, &segment.seed(offset)).and_then(|mut fields| {
            let (number, frames) = (fields.u64()?, fields.u32()?.try_into().ok()?);
            let sizes = Sizes { frames, headers: fields.u32()?, bodies: fields.u32()? };
            let (table_crc, previous) = (fields.u32()?, fields.digest()?);
            let previous = Some(previous).filter(|hash| *hash != Digest::ZERO);
            (sizes.total() <= GROUP_BYTES_MAX).then_some(Self { number, sizes, previous, table_crc })
        })
    }
}

/// A group's bytes after some bytes that are left free for a segment header. [`Built::seat`] gives it its place.
pub(super) struct Built {
    /// The bytes.
    pub(super) bytes: Vec<u8>,
    /// Hash of the group.
    pub(super) hash: Digest,
    lead: usize,
    sizes: Sizes,
}

impl Built {
    /// Puts frames behind `lead` free bytes. The only copy that is made of a body.
    pub(super) fn of(frames: &[Frame], head: (u64, Option<Digest>), lead: usize) -> Result<Self, JournalError> {
        let sizes = Sizes::of(frames)?;
        let mut bytes = Vec::with_capacity(lead + usize::try_from(sizes.total()).map_err(|_| JournalError::TooLarge)?);
        bytes.resize(lead + sizes.table_end(), 0);
        for (entry, frame) in frames.iter().enumerate() {
            let at = lead + HEAD_LEN + entry * ENTRY_LEN;
            bytes[at..at + ENTRY_LEN].copy_from_slice(&entry_of(frame));
            bytes.extend_from_slice(&frame.header);
        }
        for frame in frames {
            bytes.extend_from_slice(frame.body.bytes());
        }
        let table_crc = crc_of(&[&bytes[lead + HEAD_LEN..lead + sizes.table_end()]]);
        let head = head_of(&Head { number: head.0, sizes, previous: head.1, table_crc });
        bytes[lead..lead + HASHED_LEN].copy_from_slice(&head);
        let hash = hash_of(&bytes[lead..lead + sizes.table_end()]);
        Ok(Self { bytes, hash, lead, sizes })
    }

    /// Takes over a group that stood elsewhere.
    pub(super) fn again(group: &RawGroup, lead: usize) -> Self {
        let mut bytes = vec![0; lead];
        bytes.extend_from_slice(&group.bytes);
        Self { bytes, hash: group.hash(), lead, sizes: group.head.sizes }
    }

    /// Length of the group alone.
    pub(super) fn len(&self) -> u64 {
        (self.bytes.len() - self.lead) as u64
    }

    /// Salt for a segment that this group begins.
    pub(super) fn salt(&self) -> [u8; 16] {
        let group = &self.bytes[self.lead..];
        let digest = Digest::of("dutynet.journal.salt.1", &[&group[..HASHED_LEN], &group[HEAD_LEN..]]);
        let mut salt = [0; 16];
        salt.copy_from_slice(&digest.0[..16]);
        salt
    }

    /// The frames that it was made of, now sharing its bytes.
    pub(super) fn into_frames(self, of: &[Frame]) -> Vec<Frame> {
        let mut header_at = self.lead + self.sizes.table_end();
        let mut body_at = header_at + of.iter().map(|frame| frame.header.len()).sum::<usize>();
        let bytes = Bytes::from(self.bytes);
        let share = |frame: &Frame| {
            let header = bytes.slice(header_at..header_at + frame.header.len());
            let body = Body::Whole(bytes.slice(body_at..body_at + frame.body.len()));
            (header_at, body_at) = (header_at + header.len(), body_at + body.len());
            Frame { kind: frame.kind, version: frame.version, header, body }
        };
        of.iter().map(share).collect()
    }

    /// Closes the head for the place where the group will stand.
    pub(super) fn seat(&mut self, segment: &SegmentHeader, offset: u64) {
        let (covered, rest) = self.bytes[self.lead..].split_at_mut(HASHED_LEN);
        rest[..4].copy_from_slice(&close_part(covered, &segment.seed(offset)));
    }
}

/// A group whose head and table are whole; its frames have not been checked.
#[derive(Debug, Clone)]
pub(super) struct RawGroup {
    /// Where it stands in its segment.
    pub(super) offset: u64,
    /// Its head.
    pub(super) head: Head,
    bytes: Bytes,
    entries: Vec<Entry>,
}

impl RawGroup {
    /// Checks the table; `None` when it is not what the head says.
    pub(super) fn new(offset: u64, head: Head, bytes: Bytes) -> Option<Self> {
        let entries: Vec<_> = entries(&head, &bytes)?.collect();
        let bodies_at = head.sizes.table_end() as u64 + u64::from(head.sizes.headers);
        let ends = entries.last().map_or((bodies_at, bodies_at), |last| (last.header.end, last.body.end));
        let fits = ends == (bodies_at, head.sizes.total()) && bytes.len() as u64 == head.sizes.total();
        fits.then_some(Self { offset, head, bytes, entries })
    }

    /// Offset after it.
    pub(super) fn end(&self) -> u64 {
        self.offset + self.bytes.len() as u64
    }

    /// What the next group calls the one before it.
    pub(super) fn hash(&self) -> Digest {
        hash_of(&self.bytes[..self.head.sizes.table_end()])
    }

    /// Every frame, or what is lost of it.
    pub(super) fn frames(&self) -> impl Iterator<Item = Result<Frame, FrameFault>> + '_ {
        self.entries.iter().enumerate().map(|(index, entry)| {
            let part = |range: &Range<u64>| self.bytes.slice(as_usize(range));
            // The table is limited to 65,535 entries.
            entry.frame(u16::try_from(index).unwrap_or(u16::MAX), part(&entry.header), part(&entry.body))
        })
    }

    /// What remains of it without some bodies: offsets in the segment with the bytes there. `None`: all of them were removed before.
    pub(super) fn without(&self, bodies: &BTreeSet<u16>) -> Option<Vec<(u64, Bytes)>> {
        let bodies_at = self.head.sizes.table_end() + self.head.sizes.headers as usize;
        let mut front = self.bytes[..bodies_at].to_vec();
        let (mut kept, mut removed) = (Vec::new(), 0);
        for (index, entry) in self.entries.iter().enumerate() {
            let line = &mut front[HEAD_LEN + index * ENTRY_LEN..][..ENTRY_LEN];
            let asked = u16::try_from(index).is_ok_and(|index| bodies.contains(&index));
            if asked && !entry.is_marked() {
                let mark = mark_of(line);
                line[MARK].copy_from_slice(&mark);
                removed += 1;
            } else if !entry.is_marked() {
                kept.push((self.offset + entry.body.start, self.bytes.slice(as_usize(&entry.body))));
            }
        }
        kept.insert(0, (self.offset, front.into()));
        (removed > 0).then_some(kept)
    }

    /// All of it, as it stands.
    pub(super) fn whole(&self) -> (u64, Bytes) {
        (self.offset, self.bytes.clone())
    }
}

/// Why a frame cannot be given.
#[derive(Debug)]
pub(super) enum FrameFault {
    /// A newer program wrote it.
    Newer,
    /// It is not what was written.
    Lost(Lost),
}

/// One line of a group's table. Ranges count from the beginning of the group.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Of the frame's header.
    pub(super) header: Range<u64>,
    /// Of its body.
    pub(super) body: Range<u64>,
    kind: u8,
    version: u8,
    mark: Mark,
    header_crc: u32,
    body_crc: u32,
}

/// What an entry says of its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    None,
    Hollow,
}

impl Entry {
    /// Checks what was read and makes a frame of it.
    pub(super) fn frame(&self, index: u16, header: Bytes, body: Bytes) -> Result<Frame, FrameFault> {
        let (Some(kind), 0..=FRAME_VERSION_MAX) = (FrameKind::from_number(self.kind), self.version) else {
            return Err(FrameFault::Newer);
        };
        if crc_of(&[&header]) != self.header_crc {
            return Err(FrameFault::Lost(Lost::Frame { frame: index }));
        }
        let (hollow, whole) = (self.is_marked() && body.iter().all(|byte| *byte == 0), crc_of(&[&body]) == self.body_crc);
        let frame = Frame { kind, version: self.version, header, body: if hollow { Body::Hollow } else { Body::Whole(body) } };
        if !hollow && !whole {
            let kept = Frame { body: Body::Hollow, ..frame };
            return Err(FrameFault::Lost(Lost::Body { frame: index, kept }));
        }
        Ok(frame)
    }

    fn is_marked(&self) -> bool {
        self.mark == Mark::Hollow
    }
}

/// Reads the table that follows a head; `None` when it is not whole. `bytes` are head and table.
pub(super) fn entries<'a>(head: &Head, bytes: &'a [u8]) -> Option<impl Iterator<Item = Entry> + use<'a>> {
    let table = bytes.get(HEAD_LEN..head.sizes.table_end())?;
    if crc_of(&[&without_marks(table)]) != head.table_crc {
        return None;
    }
    let mut header_at = head.sizes.table_end() as u64;
    let mut body_at = header_at + u64::from(head.sizes.headers);
    let entry = move |line: &[u8; ENTRY_LEN]| {
        let number = |at: usize| u32::from_le_bytes([line[at], line[at + 1], line[at + 2], line[at + 3]]);
        let header = header_at..header_at + u64::from(number(4));
        let body = body_at..body_at + u64::from(number(8));
        (header_at, body_at) = (header.end, body.end);
        let mark = if line[MARK] == [0; 2] || line[MARK] != mark_of(line) { Mark::None } else { Mark::Hollow };
        Entry { header, body, kind: line[0], version: line[1], mark, header_crc: number(12), body_crc: number(16) }
    };
    Some(table.as_chunks().0.iter().map(entry))
}

fn entry_of(frame: &Frame) -> [u8; ENTRY_LEN] {
    let mut entry = [0; ENTRY_LEN];
    entry[0] = frame.kind as u8;
    entry[1] = frame.version;
    // `Sizes::of` has made sure that the sums fit.
    let len = |part: &Bytes| u32::try_from(part.len()).unwrap_or(u32::MAX).to_le_bytes();
    entry[4..8].copy_from_slice(&len(&frame.header));
    entry[8..12].copy_from_slice(&len(frame.body.bytes()));
    entry[12..16].copy_from_slice(&crc_of(&[&frame.header]).to_le_bytes());
    entry[16..].copy_from_slice(&crc_of(&[frame.body.bytes()]).to_le_bytes());
    entry
}

/// A head without its checksum.
fn head_of(head: &Head) -> Vec<u8> {
    let mut part = Vec::with_capacity(HASHED_LEN);
    begin_part(MAGIC, HEAD_LEN, &mut part);
    part.extend(head.number.to_le_bytes());
    part.extend(u32::from(head.sizes.frames).to_le_bytes());
    part.extend(head.sizes.headers.to_le_bytes());
    part.extend(head.sizes.bodies.to_le_bytes());
    part.extend(head.table_crc.to_le_bytes());
    part.extend(head.previous.unwrap_or(Digest::ZERO).0);
    part
}

/// Hash over head (without its checksum) and table (without its marks).
fn hash_of(head_and_table: &[u8]) -> Digest {
    let table = without_marks(&head_and_table[HEAD_LEN..]);
    Digest::of("dutynet.journal.group.1", &[&head_and_table[..HASHED_LEN], &table])
}

/// A table as it was appended.
fn without_marks(table: &[u8]) -> Cow<'_, [u8]> {
    if table.chunks_exact(ENTRY_LEN).all(|line| line[MARK] == [0; 2]) {
        return Cow::Borrowed(table);
    }
    let mut table = table.to_vec();
    table.chunks_exact_mut(ENTRY_LEN).for_each(|line| line[MARK].fill(0));
    Cow::Owned(table)
}

/// Mark of an entry whose body was removed; never zero.
fn mark_of(line: &[u8]) -> [u8; 2] {
    let crc = crc_of(&[b"hollow", &line[..MARK.start], &line[MARK.end..]]).to_le_bytes();
    if crc[..2] == [0; 2] { [1; 2] } else { [crc[0], crc[1]] }
}

fn as_usize(range: &Range<u64>) -> Range<usize> {
    // A group is at most `GROUP_BYTES_MAX` long.
    let cut = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
    cut(range.start)..cut(range.end)
}
