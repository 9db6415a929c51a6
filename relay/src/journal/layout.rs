//! The fixed parts of the journal's files, byte for byte: segment headers and the mark.
//!
//! Every fixed part begins with a magic, a version and its own length, and ends with a CRC-32 over a seed and everything before it. That
//! much stays as it is in every later version, so that a program can tell what is newer than itself from rubbish. Numbers are
//! little-endian.
//!
//! A segment begins with two copies of its header, in sectors of their own; groups ([`super::group`]) follow from [`DATA_START`].
//! A later release that adds a frame kind or an encoding raises [`VERSION`] and begins a fresh segment, because an older program reads
//! every segment header before it touches anything.
//!
//! Version 2 has hollow bodies ([`super::group`]), the generation of a segment, and more kinds of frames. Version 1 is read as it is.

use super::Cursor;
use crate::ids::Digest;

/// Version that this program writes, and the newest that it reads.
pub(super) const VERSION: u16 = 2;
/// Offset of a segment's first group.
pub(super) const DATA_START: u64 = 1024;
/// Longest fixed part of any version.
pub(super) const PART_LEN_MAX: usize = 512;
/// Offsets of the two copies of a segment's header.
const HEADER_COPIES: [usize; 2] = [0, 512];
const SEGMENT_MAGIC: [u8; 4] = *b"dseg";
const MARK_MAGIC: [u8; 4] = *b"dmrk";
const CRC_LEN: usize = 4;

/// What stands where a fixed part is looked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part<T> {
    /// One of a version that this program reads.
    Known(T),
    /// A whole one of a newer version.
    Newer,
    /// Anything else.
    Rubbish,
}

impl<T> Part<T> {
    /// Reads on; a part that turns out to hold nonsense is rubbish.
    pub(super) fn and_then<U>(self, read: impl FnOnce(T) -> Option<U>) -> Part<U> {
        match self {
            Self::Known(part) => read(part).map_or(Part::Rubbish, Part::Known),
            Self::Newer => Part::Newer,
            Self::Rubbish => Part::Rubbish,
        }
    }
}

/// Opens a fixed part at the beginning of some bytes.
pub(super) fn open_part<'a>(bytes: &'a [u8], magic: [u8; 4], seed: &[u8]) -> Part<Fields<'a>> {
    let mut fields = Fields(bytes);
    let (Some(found), Some(version), Some(len)) = (fields.bytes::<4>(), fields.u16(), fields.u16()) else { return Part::Rubbish };
    let len = usize::from(len);
    if found != magic || version == 0 || !(8 + CRC_LEN..=PART_LEN_MAX).contains(&len) || len > bytes.len() {
        return Part::Rubbish;
    }
    let (covered, crc) = bytes[..len].split_at(len - CRC_LEN);
    if crc != crc_of(&[seed, covered]).to_le_bytes() {
        return Part::Rubbish;
    }
    if version > VERSION { Part::Newer } else { Part::Known(Fields(&covered[8..])) }
}

/// Writes the beginning of a fixed part; [`close_part`] writes its end.
pub(super) fn begin_part(magic: [u8; 4], part_len: usize, into: &mut Vec<u8>) {
    into.extend(magic);
    into.extend(VERSION.to_le_bytes());
    into.extend(u16::try_from(part_len).unwrap_or(u16::MAX).to_le_bytes());
}

/// CRC that closes a part of which everything else has been written.
pub(super) fn close_part(covered: &[u8], seed: &[u8]) -> [u8; 4] {
    crc_of(&[seed, covered]).to_le_bytes()
}

/// CRC-32 over parts.
pub(super) fn crc_of(parts: &[&[u8]]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    for part in parts {
        crc.update(part);
    }
    crc.finalize()
}

/// Takes numbers off the front of some bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    pub(super) fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.bytes().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.bytes().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.bytes().map(u64::from_le_bytes)
    }

    pub(super) fn digest(&mut self) -> Option<Digest> {
        self.bytes().map(Digest)
    }
}

/// Where the groups before a segment end. It overrules what still stands in the segment before after that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Before {
    /// The segment before; 0: none.
    pub(super) segment: u32,
    /// Its valid end.
    pub(super) end: u64,
    /// Hash of the last group there is before.
    pub(super) hash: Option<Digest>,
    /// The first group of this segment once stood at that end.
    pub(super) moved: bool,
}

/// What a segment says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SegmentHeader {
    /// From 1.
    pub(super) number: u32,
    /// Groups in all segments before it.
    pub(super) base: u64,
    /// How it joins on.
    pub(super) before: Before,
    /// Seeds the checksums of its groups. Taken from its first group, which nobody outside can foretell, so that no record body can
    /// pass for a group.
    pub(super) salt: [u8; 16],
    /// How often it was written anew without some bodies.
    pub(super) generation: u32,
}

/// Both copies of a header, as read.
pub(super) struct HeaderCopies {
    /// The header; of the first copy that is whole.
    pub(super) header: Part<SegmentHeader>,
    /// Offset of a copy that is not whole beside one that is.
    pub(super) bad_copy: Option<u64>,
}

impl SegmentHeader {
    pub(super) const LEN: usize = 92;

    /// The first [`DATA_START`] bytes of the segment, into a buffer of at least that length.
    pub(super) fn write(&self, into: &mut [u8]) {
        let mut part = Vec::with_capacity(Self::LEN);
        begin_part(SEGMENT_MAGIC, Self::LEN, &mut part);
        part.extend(self.number.to_le_bytes());
        part.extend(self.base.to_le_bytes());
        part.extend(self.before.segment.to_le_bytes());
        part.extend(self.before.end.to_le_bytes());
        part.extend(self.before.hash.unwrap_or(Digest::ZERO).0);
        part.extend(u32::from(self.before.moved).to_le_bytes());
        part.extend(self.salt);
        part.extend(self.generation.to_le_bytes());
        part.extend(close_part(&part, &[]));
        for at in HEADER_COPIES {
            into[at..at + part.len()].copy_from_slice(&part);
        }
    }

    /// Reads the beginning of a segment.
    pub(super) fn read(bytes: &[u8]) -> HeaderCopies {
        let copies = HEADER_COPIES.map(|at| open_part(bytes.get(at..).unwrap_or(&[]), SEGMENT_MAGIC, &[]).and_then(Self::parse));
        let bad = copies.iter().position(|copy| *copy == Part::Rubbish);
        let [first, second] = copies;
        let header = if first == Part::Rubbish { second } else { first };
        let bad_copy = bad.filter(|_| header != Part::Rubbish).map(|copy| HEADER_COPIES[copy] as u64);
        HeaderCopies { header, bad_copy }
    }

    fn parse(mut fields: Fields<'_>) -> Option<Self> {
        let (number, base) = (fields.u32()?, fields.u64()?);
        let (segment, end, hash, moved) = (fields.u32()?, fields.u64()?, fields.digest()?, fields.u32()? != 0);
        let hash = Some(hash).filter(|hash| *hash != Digest::ZERO);
        let (before, salt) = (Before { segment, end, hash, moved }, fields.bytes()?);
        // Version 1 knew of no second generation.
        Some(Self { number, base, before, salt, generation: fields.u32().unwrap_or(0) })
    }

    /// Seed of the checksum of a group at an offset.
    pub(super) fn seed(&self, offset: u64) -> [u8; 28] {
        let mut seed = [0; 28];
        seed[..16].copy_from_slice(&self.salt);
        seed[16..20].copy_from_slice(&self.number.to_le_bytes());
        seed[20..].copy_from_slice(&offset.to_le_bytes());
        seed
    }
}

/// How the journal was left when its mark was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Left {
    /// Opened, and at work since.
    Open = 1,
    /// Closed in order.
    Closed = 2,
}

/// Says through where everything was durable at some moment. What is bad before it is damage, and never a torn end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// How it was left.
    pub(super) left: Left,
    /// Durable end.
    pub(super) end: Cursor,
    /// Hash of the last group before the end.
    pub(super) hash: Option<Digest>,
}

impl Mark {
    const LEN: usize = 68;

    /// Its file.
    pub(super) fn write(&self) -> Vec<u8> {
        let mut part = Vec::with_capacity(Self::LEN);
        begin_part(MARK_MAGIC, Self::LEN, &mut part);
        part.extend(u32::from(self.left as u8).to_le_bytes());
        part.extend(self.end.segment.to_le_bytes());
        part.extend(self.end.offset.to_le_bytes());
        part.extend(self.end.groups.to_le_bytes());
        part.extend(self.hash.unwrap_or(Digest::ZERO).0);
        part.extend(close_part(&part, &[]));
        part
    }

    /// Reads its file.
    pub(super) fn read(bytes: &[u8]) -> Part<Self> {
        open_part(bytes, MARK_MAGIC, &[]).and_then(|mut fields| {
            let left = match fields.u32()? {
                1 => Left::Open,
                2 => Left::Closed,
                _ => return None,
            };
            let end = Cursor { segment: fields.u32()?, offset: fields.u64()?, groups: fields.u64()? };
            Some(Self { left, end, hash: Some(fields.digest()?).filter(|hash| *hash != Digest::ZERO) })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> SegmentHeader {
        let before = Before { segment: 6, end: 4711, hash: Some(Digest([7; 32])), moved: true };
        SegmentHeader { number: 7, base: 99, before, salt: [3; 16], generation: 5 }
    }

    #[test]
    fn a_segment_header_survives_the_loss_of_either_copy() {
        let mut whole = vec![0; 1024];
        header().write(&mut whole);
        assert!(SegmentHeader::read(&whole).bad_copy.is_none());
        for at in HEADER_COPIES {
            let mut bytes = whole.clone();
            bytes[at + 20] ^= 1;
            let copies = SegmentHeader::read(&bytes);
            assert_eq!(copies.header, Part::Known(header()));
            assert_eq!(copies.bad_copy, Some(at as u64));
        }
        let mut bytes = whole;
        bytes[20] ^= 1;
        bytes[532] ^= 1;
        assert_eq!(SegmentHeader::read(&bytes).header, Part::Rubbish);
    }

    #[test]
    fn a_whole_part_of_a_newer_version_is_told_from_rubbish() {
        let mark = Mark { left: Left::Closed, end: Cursor { segment: 1, offset: 2, groups: 3 }, hash: None };
        let mut bytes = mark.write();
        assert_eq!(Mark::read(&bytes), Part::Known(mark));
        bytes[4] = 9;
        assert_eq!(Mark::read(&bytes), Part::Rubbish);
        let end = bytes.len() - 4;
        let crc = close_part(&bytes[..end], &[]);
        bytes[end..].copy_from_slice(&crc);
        assert_eq!(Mark::read(&bytes), Part::Newer);
        assert_eq!(Mark::read(&bytes[..20]), Part::Rubbish);
        assert_eq!(Mark::read(&[]), Part::Rubbish);
    }
}
