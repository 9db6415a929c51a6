//! Items and their seals, between the wire and the domain, packed and unpacked. What is unpacked is counted before it is read: a few bytes
//! must not become many objects.

use std::{collections::HashMap, sync::Arc};

use bytes::Bytes;
use dutynet_proto::{link as wire, record as record_wire};
use prost::{
    Message as _,
    encoding::{WireType, decode_key, decode_varint},
};

use super::{
    convert::{WireError, at_most, bytes, field, office, optional, reference_to_wire},
    frame::{Carried, Hop, Item},
};
use crate::{
    ids::{Digest, RecordId, RecordRef, UnixMillis},
    record::{RawRecord, RawSeal},
};

/// Items in one body, and seals.
const ITEMS_MAX: usize = 1024;
/// Hops of one record.
const TRAIL_MAX: usize = 32;
/// A body, plain.
const PLAIN_BYTES_MAX: usize = 1024 * 1024;
/// What is smaller goes as it is.
const PACKED_FROM: usize = 1024;
const ZSTD_LEVEL: i32 = 3;

/// How batches leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// As they are.
    Plain,
    /// By zstd where that makes them smaller; both sides have said `zstd`.
    Zstd,
}

/// Content of a batch, and its plain size when it was packed, else 0.
pub(super) fn pack(items: &[Item], packing: Packing) -> (Bytes, u32) {
    let mut writer = BodyWriter::default();
    let items = items.iter().map(|item| item_to_wire(item, &mut writer)).collect();
    let plain = wire::BatchBody { seals: writer.seals, items }.encode_to_vec();
    let worth_it = packing == Packing::Zstd && (PACKED_FROM..=PLAIN_BYTES_MAX).contains(&plain.len());
    let packed = if worth_it { zstd::bulk::compress(&plain, ZSTD_LEVEL).ok() } else { None };
    match (packed.filter(|packed| packed.len() < plain.len()), u32::try_from(plain.len())) {
        (Some(packed), Ok(plain_bytes)) => (packed.into(), plain_bytes),
        (_, _) => (plain.into(), 0),
    }
}

/// The items of a batch.
pub(super) fn unpack(content: Bytes, plain_bytes: u32) -> Result<Vec<Item>, WireError> {
    let plain = if plain_bytes == 0 { content } else { unzipped(&content, plain_bytes)? };
    at_most(plain.len(), PLAIN_BYTES_MAX, field("batch.content", "at most 1 MiB plain"))?;
    if !is_countable(&plain) {
        return Err(field("batch.content", "at most 1024 items and as many seals"));
    }
    let body = wire::BatchBody::decode(plain).map_err(|_| WireError::Encoding("batch.content"))?;
    let items = items_from_wire(body)?;
    if items.is_empty() { Err(field("batch.content", "at least one item")) } else { Ok(items) }
}

fn unzipped(content: &[u8], plain_bytes: u32) -> Result<Bytes, WireError> {
    let size = usize::try_from(plain_bytes).unwrap_or(usize::MAX);
    at_most(size, PLAIN_BYTES_MAX, field("batch.plain_bytes", "at most 1 MiB"))?;
    let plain = zstd::bulk::decompress(content, size).map_err(|_| WireError::Encoding("batch.content"))?;
    if plain.len() == size { Ok(plain.into()) } else { Err(field("batch.plain_bytes", "the plain size")) }
}

/// Whether there are not too many seals and items in an encoded body, without reading any.
fn is_countable(plain: &Bytes) -> bool {
    let mut rest = plain.clone();
    for _ in 0..=2 * ITEMS_MAX {
        if rest.is_empty() {
            return true;
        }
        // What is not a list of known messages is not ours to judge: reading it will say so.
        let Ok((_, WireType::LengthDelimited)) = decode_key(&mut rest) else { return true };
        let Ok(length) = decode_varint(&mut rest) else { return true };
        let Some(_) = usize::try_from(length).ok().filter(|length| *length <= rest.len()).map(|length| rest.split_to(length))
        else {
            return true;
        };
    }
    false
}

/// Records with the seals that they need, each once; for answers to a fetch and to an enrolment.
pub fn carried_to_wire(records: &[Carried]) -> wire::BatchBody {
    let mut writer = BodyWriter::default();
    let items = records.iter().map(|carried| record_item(carried, &mut writer)).collect();
    wire::BatchBody { seals: writer.seals, items }
}

/// Likewise back; tombstones have no place there.
pub fn carried_from_wire(body: wire::BatchBody) -> Result<Vec<Carried>, WireError> {
    let record = |item| match item {
        Item::Record(carried) => Ok(carried),
        Item::Tombstone { .. } => Err(field("body.items", "records alone")),
    };
    items_from_wire(body)?.into_iter().map(record).collect()
}

/// Seals of one body, each once.
#[derive(Default)]
struct BodyWriter {
    seals: Vec<record_wire::Seal>,
    places: HashMap<(Bytes, Bytes), u32>,
    last: Option<(Arc<RawSeal>, u32)>,
}

impl BodyWriter {
    fn place(&mut self, seal: &Arc<RawSeal>) -> u32 {
        if let Some((last, place)) = &self.last
            && Arc::ptr_eq(last, seal)
        {
            return *place;
        }
        let place = *self.places.entry((seal.signature.clone(), seal.group.clone())).or_insert_with(|| {
            self.seals.push(record_wire::Seal { group: seal.group.clone(), signature: seal.signature.clone() });
            u32::try_from(self.seals.len() - 1).unwrap_or(u32::MAX)
        });
        self.last = Some((seal.clone(), place));
        place
    }
}

fn item_to_wire(item: &Item, writer: &mut BodyWriter) -> wire::Item {
    match item {
        Item::Record(carried) => record_item(carried, writer),
        Item::Tombstone { reference, digest } => {
            let tombstone = wire::Tombstone { r#ref: Some(reference_to_wire(reference)), digest: bytes(&digest.0) };
            wire::Item { of: Some(wire::item::Of::Tombstone(tombstone)) }
        }
    }
}

fn record_item(carried: &Carried, writer: &mut BodyWriter) -> wire::Item {
    let RawRecord { header, salt, body, hollow } = carried.record.clone();
    let body_hash = hollow.map(|hash| bytes(&hash.0)).unwrap_or_default();
    let hop = |hop: &Hop| wire::Hop {
        office: hop.office.as_str().to_owned(),
        received_at_ms: hop.received_at.0,
        offset_ms: hop.offset_ms,
    };
    let to = wire::Carried {
        record: Some(record_wire::Record { header, salt, body, body_hash }),
        seal: writer.place(&carried.seal),
        place: carried.place,
        trail: carried.trail.iter().map(hop).collect(),
    };
    wire::Item { of: Some(wire::item::Of::Record(to)) }
}

fn items_from_wire(body: wire::BatchBody) -> Result<Vec<Item>, WireError> {
    at_most(body.items.len().max(body.seals.len()), ITEMS_MAX, field("body.items", "at most 1024 items and as many seals"))?;
    let raw = |seal: record_wire::Seal| Arc::new(RawSeal { group: seal.group, signature: seal.signature });
    let seals = body.seals.into_iter().map(raw).collect::<Vec<_>>();
    body.items.into_iter().map(|item| item_from_wire(item, &seals)).collect()
}

fn item_from_wire(item: wire::Item, seals: &[Arc<RawSeal>]) -> Result<Item, WireError> {
    match item.of.ok_or(field("item", "a record or a tombstone"))? {
        wire::item::Of::Record(carried) => carried_record(carried, seals).map(Item::Record),
        wire::item::Of::Tombstone(tombstone) => {
            let reference = tombstone.r#ref.ok_or(field("tombstone.ref", "always set"))?;
            let id = RecordId::from_slice(&reference.id).map_err(|_| field("tombstone.ref.id", "16 bytes"))?;
            let digest = Digest::from_slice(&tombstone.digest).map_err(|_| field("tombstone.digest", "32 bytes"))?;
            let origin = office("tombstone.ref.origin", &reference.origin)?;
            Ok(Item::Tombstone { reference: RecordRef { origin, id }, digest })
        }
    }
}

fn carried_record(from: wire::Carried, seals: &[Arc<RawSeal>]) -> Result<Carried, WireError> {
    at_most(from.trail.len(), TRAIL_MAX, field("carried.trail", "at most 32 hops"))?;
    let record = from.record.ok_or(field("carried.record", "always set"))?;
    let seal =
        usize::try_from(from.seal).ok().and_then(|place| seals.get(place)).ok_or(field("carried.seal", "one of the seals"))?;
    let hollow = optional(&record.body_hash, Digest::from_slice).map_err(|_| field("record.body_hash", "32 bytes or none"))?;
    let hop = |hop: wire::Hop| {
        Ok(Hop {
            office: office("hop.office", &hop.office)?,
            received_at: UnixMillis(hop.received_at_ms),
            offset_ms: hop.offset_ms,
        })
    };
    Ok(Carried {
        record: RawRecord { header: record.header, salt: record.salt, body: record.body, hollow },
        seal: seal.clone(),
        place: from.place,
        trail: from.trail.into_iter().map(hop).collect::<Result<_, WireError>>()?,
    })
}
