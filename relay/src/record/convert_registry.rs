//! Between the body of `net.office/1` and [`Entry`].

use bytes::Bytes;
use dutynet_proto::record as wire;
use prost::Message as _;

use super::{Malformed, SUITE, seal::PublicKey};
use crate::{
    ids::{Digest, KeyId, OfficeId, UnixMillis, Zone},
    registry::{Entry, OfficeClass},
};

/// Kind of a record that registers an office.
pub const OFFICE_KIND: &str = "net.office/1";

/// Reads a body of [`OFFICE_KIND`].
pub fn entry_from_body(body: &Bytes) -> Result<Entry, Malformed> {
    let from = wire::RegistryEntry::decode(body.clone()).map_err(|_| Malformed::Encoding("registry entry"))?;
    if from.has_node == from.public_key.is_empty() || (from.has_node && from.suite != SUITE) {
        return Err(field("public_key", "a key of a known suite if it has a node, none if not"));
    }
    let name_chars = from.name.chars().count();
    if !(1..=64).contains(&name_chars) || from.name.chars().any(char::is_control) {
        return Err(field("name", "1 to 64 characters"));
    }
    let area_fits = matches!(from.area_code.len(), 0 | 6 | 9) && from.area_code.bytes().all(|b| b.is_ascii_digit());
    if !area_fits {
        return Err(field("area_code", "6 or 9 digits, or empty"));
    }
    let parent = Some(from.parent).filter(|p| !p.is_empty());
    let key = Some(&from.public_key).filter(|k| !k.is_empty());
    let replaces = Some(&from.replaces).filter(|k| !k.is_empty());
    let successor = Some(&from.successor_hash).filter(|h| !h.is_empty());
    Ok(Entry {
        office: OfficeId::parse(&from.office).map_err(|e| field("office", e.allowed))?,
        name: from.name,
        area_code: from.area_code,
        class: class(from.class)?,
        zone: Zone::parse(&from.zone).map_err(|e| field("zone", e.allowed))?,
        parent: parent.map(|p| OfficeId::parse(&p)).transpose().map_err(|e| field("parent", e.allowed))?,
        key: key.map(|k| PublicKey::from_bytes(k)).transpose()?,
        replaces: replaces.map(|k| KeyId::from_slice(k)).transpose().map_err(|e| field("replaces", e.allowed))?,
        valid_from: UnixMillis(from.valid_from_ms),
        successor_hash: successor.map(|h| Digest::from_slice(h)).transpose().map_err(|e| field("successor_hash", e.allowed))?,
    })
}

/// Encodes a body of [`OFFICE_KIND`].
pub fn entry_to_body(entry: &Entry) -> Bytes {
    let to = wire::RegistryEntry {
        office: entry.office.as_str().to_owned(),
        name: entry.name.clone(),
        area_code: entry.area_code.clone(),
        class: class_number(entry.class),
        zone: entry.zone.as_str().to_owned(),
        parent: entry.parent.as_ref().map(|p| p.as_str().to_owned()).unwrap_or_default(),
        public_key: entry.key.as_ref().map(|k| Bytes::copy_from_slice(k.as_bytes())).unwrap_or_default(),
        suite: entry.key.as_ref().map(|_| SUITE.to_owned()).unwrap_or_default(),
        has_node: entry.key.is_some(),
        replaces: entry.replaces.map(|k| Bytes::copy_from_slice(&k.0)).unwrap_or_default(),
        valid_from_ms: entry.valid_from.0,
        successor_hash: entry.successor_hash.map(|h| Bytes::copy_from_slice(&h.0)).unwrap_or_default(),
    };
    to.encode_to_vec().into()
}

fn field(field: &'static str, allowed: &'static str) -> Malformed {
    Malformed::Field { field, allowed }
}

fn class(number: i32) -> Result<OfficeClass, Malformed> {
    match wire::OfficeClass::try_from(number) {
        Ok(wire::OfficeClass::Province) => Ok(OfficeClass::Province),
        Ok(wire::OfficeClass::City) => Ok(OfficeClass::City),
        Ok(wire::OfficeClass::County) => Ok(OfficeClass::County),
        Ok(wire::OfficeClass::Township) => Ok(OfficeClass::Township),
        Ok(wire::OfficeClass::Department) => Ok(OfficeClass::Department),
        Ok(wire::OfficeClass::Other) => Ok(OfficeClass::Other),
        Ok(wire::OfficeClass::Unspecified) | Err(_) => Err(field("class", "PROVINCE to OTHER")),
    }
}

fn class_number(class: OfficeClass) -> i32 {
    let to = match class {
        OfficeClass::Province => wire::OfficeClass::Province,
        OfficeClass::City => wire::OfficeClass::City,
        OfficeClass::County => wire::OfficeClass::County,
        OfficeClass::Township => wire::OfficeClass::Township,
        OfficeClass::Department => wire::OfficeClass::Department,
        OfficeClass::Other => wire::OfficeClass::Other,
    };
    to.into()
}
