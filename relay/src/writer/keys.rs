//! Keys and values of the writer's space in the index.
//!
//! A key is a letter and parts that sort as they should: texts end in a zero byte (no id holds one), numbers are big-endian.
//!
//! | letter | parts | value |
//! | --- | --- | --- |
//! | `B` | office, from | it was not watching lines: until when |
//! | `F` | number | fact about a line, to be told upwards |
//! | `H` | office | whether its parent hears everything from it; if not, until when it did |
//! | `L` | office, at | how its line was seen |
//! | `M` | file, origin, id | a record that names it |
//! | `T` | neighbour | its epoch, and through which number its facts are held |
//! | `a` | | cursor up to which the journal is applied |
//! | `b` | neighbour, place | a record that it has given back, which no lane to it has |
//! | `c` | name | counter |
//! | `d` | neighbour, office, key id | a registry entry was routed there |
//! | `e` | ordinal | epoch |
//! | `f` | neighbour, ordinal | last positions of that epoch, when the next began |
//! | `g` | place | registry entry of the record there |
//! | `h` | neighbour, lane | head of an outgoing lane |
//! | `i` | neighbour | epoch and positions of incoming lanes |
//! | `j` | origin, id | place of the record that destroys that one |
//! | `k` | place | intent by which the body there is being removed |
//! | `l` | namespace, key | place of local bytes |
//! | `m` | file, neighbour | its length, and whether a record that names it came from there or went there |
//! | `n` | place, projection | not interpreted |
//! | `o` | neighbour, ordinal, lane, first seq | chunk of an outbox: chain hash at its end, places |
//! | `p` | neighbour, ordinal, lane, seq | refused, withdrawn or retried position |
//! | `q` | neighbour, its epoch, lane, seq | why an incoming position was refused |
//! | `r` | origin, id | place and digest of a record, where it was lost before, the hash of a body that is gone |
//! | `s` | top, lane | head of an own stream |
//! | `t` | neighbour | tickets |
//! | `u` | neighbour | line state |
//! | `v` | | version of what is in this space |
//! | `w` | neighbour, lane, through seq, part | positions whose arrival is waited for |
//! | `x` | neighbour, lane | positions of an outgoing lane that it says are late |
//! | `y` | neighbour, lane, because of | positions of an incoming lane that are late |
//! | `z` | neighbour | since when it sleeps |

use crate::{
    ids::{Digest, Epoch, KeyId, Lane, LinkSeq, OfficeId, RecordRef, UnixMillis},
    journal::{Cursor, Place},
    record::StreamId,
};

/// Where the journal is applied up to.
pub(crate) const APPLIED: &[u8] = b"a";
/// Where the version of all this stands; an index of another one is made anew.
pub(crate) const VERSION: &[u8] = b"v";
pub(crate) const VERSION_NOW: u8 = 3;
/// Most places in one outbox chunk; keeps a value well under 4 KiB.
pub(crate) const CHUNK_MAX: usize = 128;
const PLACE_BYTES: usize = 14;
const HOLLOW_BYTES: usize = 33;

/// Builds one key.
pub(crate) struct Key(Vec<u8>);

impl Key {
    pub(crate) fn new(letter: u8) -> Self {
        Self(vec![letter])
    }

    pub(crate) fn text(mut self, text: &str) -> Self {
        self.0.extend_from_slice(text.as_bytes());
        self.0.push(0);
        self
    }

    pub(crate) fn office(self, office: &OfficeId) -> Self {
        self.text(office.as_str())
    }

    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    pub(crate) fn lane(self, lane: Lane) -> Self {
        self.bytes(&[lane as u8])
    }

    pub(crate) fn ordinal(self, ordinal: u32) -> Self {
        self.bytes(&ordinal.to_be_bytes())
    }

    pub(crate) fn seq(self, seq: LinkSeq) -> Self {
        self.bytes(&seq.0.to_be_bytes())
    }

    /// Sorts as time does, before 1970 too.
    pub(crate) fn moment(self, at: UnixMillis) -> Self {
        self.bytes(&(at.0.cast_unsigned() ^ (1 << 63)).to_be_bytes())
    }

    pub(crate) fn place(self, place: Place) -> Self {
        self.bytes(&place_bytes(place))
    }

    pub(crate) fn done(self) -> Vec<u8> {
        self.0
    }
}

pub(crate) fn record(reference: &RecordRef) -> Vec<u8> {
    Key::new(b'r').office(&reference.origin).bytes(&reference.id.0).done()
}

pub(crate) fn destroyed(reference: &RecordRef) -> Vec<u8> {
    Key::new(b'j').office(&reference.origin).bytes(&reference.id.0).done()
}

pub(crate) fn hollowing(place: Place) -> Vec<u8> {
    Key::new(b'k').place(place).done()
}

pub(crate) fn out_head(neighbour: &OfficeId, lane: Lane) -> Vec<u8> {
    Key::new(b'h').office(neighbour).lane(lane).done()
}

pub(crate) fn outbox(neighbour: &OfficeId, ordinal: u32, lane: Lane) -> Key {
    Key::new(b'o').office(neighbour).ordinal(ordinal).lane(lane)
}

pub(crate) fn parked(neighbour: &OfficeId, ordinal: u32, lane: Lane, seq: LinkSeq) -> Vec<u8> {
    Key::new(b'p').office(neighbour).ordinal(ordinal).lane(lane).seq(seq).done()
}

pub(crate) fn refused(neighbour: &OfficeId, epoch: Epoch, lane: Lane) -> Key {
    Key::new(b'q').office(neighbour).bytes(&epoch.0).lane(lane)
}

pub(crate) fn stream(id: &StreamId) -> Vec<u8> {
    let top = id.top.as_ref().map_or("", OfficeId::as_str);
    Key::new(b's').text(top).lane(id.lane).done()
}

pub(crate) fn registered(neighbour: &OfficeId, office: &OfficeId, key: Option<KeyId>) -> Vec<u8> {
    let key = key.map_or([0; 16], |id| id.0);
    Key::new(b'd').office(neighbour).office(office).bytes(&key).done()
}

pub(crate) fn late_out(neighbour: &OfficeId, lane: Lane) -> Vec<u8> {
    Key::new(b'x').office(neighbour).lane(lane).done()
}

pub(crate) fn late_in(from: &OfficeId, lane: Lane, of: &OfficeId) -> Vec<u8> {
    Key::new(b'y').office(from).lane(lane).office(of).done()
}

pub(crate) fn file(file: &Digest, neighbour: &OfficeId) -> Vec<u8> {
    Key::new(b'm').bytes(&file.0).office(neighbour).done()
}

pub(crate) fn naming(file: &Digest, reference: &RecordRef) -> Vec<u8> {
    Key::new(b'M').bytes(&file.0).office(&reference.origin).bytes(&reference.id.0).done()
}

pub(crate) fn file_bytes(bytes: u64, knows: u8) -> Vec<u8> {
    [bytes.to_be_bytes().as_slice(), &[knows]].concat()
}

pub(crate) fn sleeper(neighbour: &OfficeId) -> Vec<u8> {
    Key::new(b'z').office(neighbour).done()
}

pub(crate) fn given_back(neighbour: &OfficeId) -> Key {
    Key::new(b'b').office(neighbour)
}

pub(crate) fn local(namespace: &str, key: &str) -> Vec<u8> {
    Key::new(b'l').text(namespace).text(key).done()
}

pub(crate) fn not_interpreted(place: Place, projection: &str) -> Vec<u8> {
    Key::new(b'n').place(place).text(projection).done()
}

pub(crate) fn line(office: &OfficeId, at: UnixMillis) -> Vec<u8> {
    Key::new(b'L').office(office).moment(at).done()
}

pub(crate) fn blind(office: &OfficeId, from: UnixMillis) -> Vec<u8> {
    Key::new(b'B').office(office).moment(from).done()
}

pub(crate) fn fact(number: u64) -> Vec<u8> {
    Key::new(b'F').bytes(&number.to_be_bytes()).done()
}

pub(crate) fn heard(office: &OfficeId) -> Vec<u8> {
    Key::new(b'H').office(office).done()
}

pub(crate) fn lines_told(neighbour: &OfficeId) -> Vec<u8> {
    Key::new(b'T').office(neighbour).done()
}

pub(crate) fn place_bytes(place: Place) -> [u8; PLACE_BYTES] {
    let mut bytes = [0; PLACE_BYTES];
    bytes[..4].copy_from_slice(&place.segment.to_be_bytes());
    bytes[4..12].copy_from_slice(&place.group.to_be_bytes());
    bytes[12..].copy_from_slice(&place.frame.to_be_bytes());
    bytes
}

/// What stands under a record's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RecordValue {
    /// Where the record is.
    pub(crate) place: Place,
    /// Its digest.
    pub(crate) digest: Digest,
    /// Where it was before that could not be read any more.
    pub(crate) instead_of: Option<Place>,
    /// Its body is gone.
    pub(crate) hollow: Option<Hollow>,
}

/// What is left of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hollow {
    pub(crate) body_hash: Digest,
    pub(crate) why: HollowWhy,
}

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum HollowWhy {
    /// The record came without it.
    Came = 1,
    /// It was removed here.
    Removed = 2,
}

impl RecordValue {
    pub(crate) fn bytes(self) -> Vec<u8> {
        let mut bytes = [place_bytes(self.place).as_slice(), &self.digest.0].concat();
        bytes.extend(self.instead_of.iter().flat_map(|place| place_bytes(*place)));
        if let Some(hollow) = self.hollow {
            bytes.push(hollow.why as u8);
            bytes.extend(hollow.body_hash.0);
        }
        bytes
    }
}

pub(crate) fn read_record(value: &[u8]) -> Option<RecordValue> {
    let mut read = Reader(value);
    let (place, digest) = (read_place(read.take(PLACE_BYTES)?)?, read.digest()?);
    let instead_of = if read.0.len() % HOLLOW_BYTES == 0 { None } else { Some(read_place(read.take(PLACE_BYTES)?)?) };
    let hollow = if read.0.is_empty() { None } else { Some(read_hollow(&mut read)?) };
    Some(RecordValue { place, digest, instead_of, hollow })
}

fn read_hollow(read: &mut Reader<'_>) -> Option<Hollow> {
    let why = match read.u8()? {
        1 => HollowWhy::Came,
        2 => HollowWhy::Removed,
        _ => return None,
    };
    Some(Hollow { body_hash: read.digest()?, why })
}

pub(crate) fn read_place(bytes: &[u8]) -> Option<Place> {
    let mut read = Reader(bytes);
    let place = Place { segment: read.u32()?, group: read.u64()?, frame: read.u16()? };
    Some(place)
}

pub(crate) fn cursor_bytes(cursor: Cursor) -> Vec<u8> {
    let parts = [cursor.offset.to_be_bytes(), cursor.groups.to_be_bytes()].concat();
    [cursor.segment.to_be_bytes().as_slice(), &parts].concat()
}

pub(crate) fn read_cursor(bytes: &[u8]) -> Option<Cursor> {
    let mut read = Reader(bytes);
    Some(Cursor { segment: read.u32()?, offset: read.u64()?, groups: read.u64()? })
}

/// Takes numbers and hashes from the front of a value.
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(head)
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.take(1).map(|b| b[0])
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_be_bytes)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_be_bytes)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.take(8)?.try_into().ok().map(u64::from_be_bytes)
    }

    pub(crate) fn moment(&mut self) -> Option<UnixMillis> {
        self.u64().map(|sorted| UnixMillis((sorted ^ (1 << 63)).cast_signed()))
    }

    pub(crate) fn seq(&mut self) -> Option<LinkSeq> {
        self.u64().map(LinkSeq)
    }

    pub(crate) fn digest(&mut self) -> Option<Digest> {
        Digest::from_slice(self.take(32)?).ok()
    }

    pub(crate) fn lane(&mut self) -> Option<Lane> {
        Lane::from_number(i32::from(self.u8()?))
    }

    pub(crate) fn text(&mut self) -> Option<&'a str> {
        let end = self.0.iter().position(|b| *b == 0)?;
        let text = std::str::from_utf8(self.take(end)?).ok()?;
        self.take(1)?;
        Some(text)
    }

    pub(crate) fn office(&mut self) -> Option<OfficeId> {
        OfficeId::parse(self.text()?).ok()
    }
}
