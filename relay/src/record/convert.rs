//! Between the bytes of `dutynet.record.v1` and the words of the domain. The generated types stop here.

use std::collections::BTreeSet;

use bytes::Bytes;
use dutynet_proto::record as wire;
use prost::Message as _;

use super::{
    Malformed,
    header::{Audience, Header, Mode, Person, StreamId},
    seal::{GROUP_MAX, SealedGroup},
};
use crate::ids::{Digest, Epoch, FileRef, KeyId, Lane, OfficeId, RecordId, RecordRef, UnixMillis};

const CLAUSES_MAX: usize = 8;
const OFFICES_MAX: usize = 256;
const ATTACHMENTS_MAX: usize = 16;

pub(super) fn header_from_bytes(bytes: &Bytes) -> Result<Header, Malformed> {
    let from = wire::Header::decode(bytes.clone()).map_err(|_| Malformed::Encoding("header"))?;
    let lane = lane(from.lane)?;
    if from.stream_seq == 0 {
        return Err(Malformed::Field { field: "stream_seq", allowed: "from 1" });
    }
    Ok(Header {
        id: RecordId::from_slice(&from.record_id).map_err(|_| field("record_id", "16 bytes"))?,
        origin: office("origin", &from.origin)?,
        epoch: Epoch::from_slice(&from.epoch).map_err(|_| field("epoch", "16 bytes"))?,
        stream: StreamId { top: optional_office("stream_top", &from.stream_top)?, lane },
        stream_seq: from.stream_seq,
        kind: kind(from.kind)?,
        subject: limited("subject", from.subject, 256)?,
        audience: audience(from.audience)?,
        mode: mode(from.mode)?,
        happened_at: said(from.happened_at_ms),
        learnt_at: said(from.learnt_at_ms),
        recorded_at: UnixMillis(from.recorded_at_ms),
        person: from.person.map(person).transpose()?,
        suite: limited("suite", from.suite, 32)?,
        corrects: from.corrects.map(reference).transpose()?,
        on_behalf_of: optional_office("on_behalf_of", &from.on_behalf_of)?,
        attachments: attachments(&from.attachments)?,
    })
}

pub(super) fn header_to_bytes(header: &Header) -> Bytes {
    let to = wire::Header {
        record_id: Bytes::copy_from_slice(&header.id.0),
        origin: header.origin.as_str().to_owned(),
        epoch: Bytes::copy_from_slice(&header.epoch.0),
        stream_top: office_text(header.stream.top.as_ref()),
        stream_seq: header.stream_seq,
        kind: header.kind.clone(),
        subject: header.subject.clone(),
        lane: header.lane().number(),
        audience: header.audience.iter().map(audience_to_wire).collect(),
        mode: mode_number(header.mode),
        happened_at_ms: header.happened_at.map_or(0, |t| t.0),
        learnt_at_ms: header.learnt_at.map_or(0, |t| t.0),
        recorded_at_ms: header.recorded_at.0,
        person: header.person.as_ref().map(|p| wire::Person { id: p.id.clone(), name: p.name.clone() }),
        suite: header.suite.clone(),
        corrects: header.corrects.as_ref().map(reference_to_wire),
        on_behalf_of: office_text(header.on_behalf_of.as_ref()),
        attachments: header.attachments.iter().map(attachment_to_wire).collect(),
    };
    to.encode_to_vec().into()
}

pub(super) fn group_from_bytes(bytes: &Bytes) -> Result<SealedGroup, Malformed> {
    let from = wire::SealedGroup::decode(bytes.clone()).map_err(|_| Malformed::Encoding("seal"))?;
    if !(1..=GROUP_MAX).contains(&from.digests.len()) {
        return Err(field("digests", "1 to 64"));
    }
    if from.first_seq == 0 || from.first_seq > u64::MAX - GROUP_MAX as u64 {
        return Err(field("first_seq", "from 1"));
    }
    let digests = from.digests.iter().map(|d| Digest::from_slice(d));
    Ok(SealedGroup {
        suite: limited("suite", from.suite, 32)?,
        key_id: KeyId::from_slice(&from.key_id).map_err(|_| field("key_id", "16 bytes"))?,
        origin: office("origin", &from.origin)?,
        epoch: Epoch::from_slice(&from.epoch).map_err(|_| field("epoch", "16 bytes"))?,
        stream: StreamId { top: optional_office("stream_top", &from.stream_top)?, lane: lane(from.lane)? },
        first_seq: from.first_seq,
        previous: Digest::from_slice(&from.previous).map_err(|_| field("previous", "32 bytes"))?,
        digests: digests.collect::<Result<_, _>>().map_err(|_| field("digests", "32 bytes each"))?,
    })
}

pub(super) fn group_to_bytes(group: &SealedGroup) -> Bytes {
    let to = wire::SealedGroup {
        suite: group.suite.clone(),
        key_id: Bytes::copy_from_slice(&group.key_id.0),
        origin: group.origin.as_str().to_owned(),
        epoch: Bytes::copy_from_slice(&group.epoch.0),
        stream_top: office_text(group.stream.top.as_ref()),
        lane: group.stream.lane.number(),
        first_seq: group.first_seq,
        previous: Bytes::copy_from_slice(&group.previous.0),
        digests: group.digests.iter().map(|d| Bytes::copy_from_slice(&d.0)).collect(),
    };
    to.encode_to_vec().into()
}

fn field(field: &'static str, allowed: &'static str) -> Malformed {
    Malformed::Field { field, allowed }
}

fn office(name: &'static str, text: &str) -> Result<OfficeId, Malformed> {
    OfficeId::parse(text).map_err(|e| field(name, e.allowed))
}

fn optional_office(name: &'static str, text: &str) -> Result<Option<OfficeId>, Malformed> {
    if text.is_empty() { Ok(None) } else { office(name, text).map(Some) }
}

fn office_text(office: Option<&OfficeId>) -> String {
    office.map(|o| o.as_str().to_owned()).unwrap_or_default()
}

fn limited(name: &'static str, text: String, max: usize) -> Result<String, Malformed> {
    if text.len() > max {
        return Err(Malformed::TooLarge { what: name, bytes: text.len(), max });
    }
    Ok(text)
}

fn kind(text: String) -> Result<String, Malformed> {
    if is_kind(&text) { Ok(text) } else { Err(field("kind", "[a-z][a-z0-9.-]*/[0-9]+, at most 64 bytes")) }
}

/// Whether that is the name of a kind with its version: `[a-z][a-z0-9.-]*/[0-9]+`, at most 64 bytes.
pub(crate) fn is_kind(text: &str) -> bool {
    let Some((name, version)) = text.split_once('/') else { return false };
    let starts = name.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
    let named = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-');
    let numbered = !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit());
    starts && named && numbered && text.len() <= 64
}

fn lane(number: i32) -> Result<Lane, Malformed> {
    Lane::from_number(number).ok_or(field("lane", "CONTROL, FLASH, URGENT or ROUTINE"))
}

fn mode(number: i32) -> Result<Mode, Malformed> {
    match wire::Mode::try_from(number) {
        Ok(wire::Mode::Real) => Ok(Mode::Real),
        Ok(wire::Mode::Exercise) => Ok(Mode::Exercise),
        Ok(wire::Mode::Test) => Ok(Mode::Test),
        Ok(wire::Mode::Unspecified) | Err(_) => Err(field("mode", "REAL, EXERCISE or TEST")),
    }
}

fn mode_number(mode: Mode) -> i32 {
    let to = match mode {
        Mode::Real => wire::Mode::Real,
        Mode::Exercise => wire::Mode::Exercise,
        Mode::Test => wire::Mode::Test,
    };
    to.into()
}

fn said(millis: i64) -> Option<UnixMillis> {
    (millis != 0).then_some(UnixMillis(millis))
}

fn person(from: wire::Person) -> Result<Person, Malformed> {
    if from.id.is_empty() || from.id.len() > 64 {
        return Err(field("person.id", "1 to 64 bytes"));
    }
    if from.name.chars().count() > 64 {
        return Err(field("person.name", "at most 64 characters"));
    }
    Ok(Person { id: from.id, name: from.name })
}

fn attachments(from: &[wire::Attachment]) -> Result<Vec<FileRef>, Malformed> {
    let read = from.iter().map(|file| {
        let digest = Digest::from_slice(&file.digest).map_err(|_| field("attachment.digest", "32 bytes"))?;
        Ok(FileRef { digest, bytes: file.bytes })
    });
    let files = read.collect::<Result<Vec<_>, Malformed>>()?;
    let each_once = files.iter().collect::<BTreeSet<_>>().len() == files.len();
    if files.len() > ATTACHMENTS_MAX || !each_once || files.iter().any(|file| file.bytes == 0) {
        return Err(field("attachments", "at most 16, each once and not empty"));
    }
    Ok(files)
}

fn attachment_to_wire(file: &FileRef) -> wire::Attachment {
    wire::Attachment { digest: Bytes::copy_from_slice(&file.digest.0), bytes: file.bytes }
}

fn reference(from: wire::RecordRef) -> Result<RecordRef, Malformed> {
    Ok(RecordRef {
        origin: office("ref.origin", &from.origin)?,
        id: RecordId::from_slice(&from.id).map_err(|_| field("ref.id", "16 bytes"))?,
    })
}

fn reference_to_wire(from: &RecordRef) -> wire::RecordRef {
    wire::RecordRef { origin: from.origin.as_str().to_owned(), id: Bytes::copy_from_slice(&from.id.0) }
}

fn audience(clauses: Vec<wire::Audience>) -> Result<Vec<Audience>, Malformed> {
    if clauses.len() > CLAUSES_MAX {
        return Err(field("audience", "at most 8 clauses"));
    }
    clauses.into_iter().map(clause).collect()
}

fn clause(from: wire::Audience) -> Result<Audience, Malformed> {
    use wire::audience::To;
    match from.to {
        Some(To::UpTo(id)) => Ok(Audience::UpTo(office("audience.up_to", &id)?)),
        Some(To::Subtree(id)) => Ok(Audience::Subtree(office("audience.subtree", &id)?)),
        Some(To::Offices(list)) => {
            if !(1..=OFFICES_MAX).contains(&list.ids.len()) {
                return Err(field("audience.offices", "1 to 256"));
            }
            let ids = list.ids.iter().map(|id| office("audience.offices", id));
            Ok(Audience::Offices(ids.collect::<Result<_, _>>()?))
        }
        None => Err(field("audience", "up_to, subtree or offices")),
    }
}

fn audience_to_wire(from: &Audience) -> wire::Audience {
    use wire::audience::To;
    let to = match from {
        Audience::UpTo(id) => To::UpTo(id.as_str().to_owned()),
        Audience::Subtree(id) => To::Subtree(id.as_str().to_owned()),
        Audience::Offices(ids) => To::Offices(wire::OfficeList { ids: ids.iter().map(|id| id.as_str().to_owned()).collect() }),
    };
    wire::Audience { to: Some(to) }
}
