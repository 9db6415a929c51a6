//! Between the messages of `dutynet.api.v1` and the words of the use cases.

use bytes::Bytes;
use dutynet_proto::{api, record as wire};
use dutynet_relay::{
    ids::{Lane, OfficeId, RecordId, RecordRef, UnixMillis},
    link::frame::Hop,
    record::{Mode, Person},
    registry::{Entry, OfficeClass},
    relay::LinkStatus,
    writer::{ParkedRecord, RecordState},
};

use super::convert_upkeep;
use crate::{
    domain::board::{Line, LineFact},
    text::{refusal::Refusal, warning},
    usecase::{NewChild, NodeStatus, Refused, SKEW_MAX_MS, Verified, Warning},
};

pub(super) fn millis(at: Option<UnixMillis>) -> i64 {
    at.map_or(0, |at| at.0)
}

pub(super) fn text(office: Option<&OfficeId>) -> String {
    office.map(|office| office.as_str().to_owned()).unwrap_or_default()
}

pub(super) fn person(from: Option<wire::Person>) -> Option<Person> {
    from.map(|person| Person { id: person.id, name: person.name })
}

pub(super) fn person_to_wire(from: &Person) -> wire::Person {
    wire::Person { id: from.id.clone(), name: from.name.clone() }
}

pub(super) fn reference(from: &RecordRef) -> wire::RecordRef {
    wire::RecordRef { origin: from.origin.as_str().to_owned(), id: Bytes::copy_from_slice(&from.id.0) }
}

/// A reference as it was named; `None`: it names nothing.
pub(super) fn named(from: Option<wire::RecordRef>) -> Option<RecordRef> {
    let from = from?;
    Some(RecordRef { origin: OfficeId::parse(&from.origin).ok()?, id: RecordId::from_slice(&from.id).ok()? })
}

pub(super) fn record_id(bytes: &[u8]) -> Result<RecordId, Refused> {
    let id = RecordId::from_slice(bytes).map_err(|_| Refusal::RecordIdInvalid)?;
    let is_v7 = uuid::Uuid::from_bytes(id.0).get_version() == Some(uuid::Version::SortRand);
    if is_v7 { Ok(id) } else { Err(Refusal::RecordIdInvalid.into()) }
}

pub(super) fn mode(number: i32) -> Result<Mode, Refused> {
    match wire::Mode::try_from(number) {
        Ok(wire::Mode::Unspecified | wire::Mode::Real) => Ok(Mode::Real),
        Ok(wire::Mode::Exercise) => Ok(Mode::Exercise),
        Ok(wire::Mode::Test) => Ok(Mode::Test),
        Err(_) => Err(Refusal::ModeInvalid.into()),
    }
}

pub(super) fn mode_to_wire(from: Mode) -> wire::Mode {
    match from {
        Mode::Real => wire::Mode::Real,
        Mode::Exercise => wire::Mode::Exercise,
        Mode::Test => wire::Mode::Test,
    }
}

pub(super) fn state(from: Option<RecordState>) -> api::ReportState {
    match from {
        None => api::ReportState::Unspecified,
        Some(RecordState::Saved) => api::ReportState::Saved,
        Some(RecordState::Custody) => api::ReportState::Custody,
        Some(RecordState::Arrived) => api::ReportState::Arrived,
        Some(RecordState::Parked) => api::ReportState::Parked,
    }
}

pub(super) fn line(from: Line) -> api::Line {
    match from {
        Line::Up => api::Line::Up,
        Line::Down => api::Line::Down,
        Line::Unknown => api::Line::Unknown,
        Line::None => api::Line::None,
    }
}

pub(super) fn line_row((office, fact): (&OfficeId, &LineFact)) -> api::LineRow {
    api::LineRow { office: office.to_string(), line: line(fact.line).into(), since_ms: millis(fact.since) }
}

pub(super) fn link_row((link, name): &(LinkStatus, String)) -> api::LinkRow {
    let lane_row = |lane: Lane| {
        let status = link.lanes[lane];
        api::LaneRow {
            lane: lane.number(),
            last_seq: status.last.0,
            custody_seq: status.custody.0,
            arrived_seq: status.arrived.0,
            waiting: status.last.0.saturating_sub(status.custody.0),
        }
    };
    api::LinkRow {
        office: link.office.to_string(),
        name: name.clone(),
        is_parent: link.is_parent,
        line: line(if link.state.up { Line::Up } else { Line::Down }).into(),
        since_ms: millis(link.state.since),
        lanes: Lane::ALL.map(lane_row).to_vec(),
        parked: link.parked,
        next_attempt_ms: millis(link.state.next_attempt),
        reason: if link.state.up { String::new() } else { link.state.reason.clone() },
        offset_ms: link.state.offset_ms,
        skewed: link.state.offset_ms.abs() > SKEW_MAX_MS,
        dormant_since_ms: millis(link.dormant.map(|dormant| dormant.since)),
        dormant_waiting: link.dormant.map_or(0, |dormant| dormant.waiting),
    }
}

pub(super) fn parked_row(from: &ParkedRecord) -> api::ParkedRow {
    let at =
        api::ParkedRef { neighbour: from.at.neighbour.to_string(), lane: from.at.lane.number(), seq: from.at.seq.0, by: None };
    api::ParkedRow {
        r#ref: Some(at),
        record: Some(reference(&from.reference)),
        kind: from.kind.clone(),
        subject: from.subject.clone(),
        code: from.code.clone(),
        detail: from.detail.clone(),
        since_ms: from.since.0,
    }
}

pub(super) fn new_child(from: api::AddOfficeRequest) -> NewChild {
    NewChild { office: from.office, name: from.name, area_code: from.area_code, class: class(from.class), by: person(from.by) }
}

fn class(number: i32) -> Option<OfficeClass> {
    match wire::OfficeClass::try_from(number) {
        Ok(wire::OfficeClass::Province) => Some(OfficeClass::Province),
        Ok(wire::OfficeClass::City) => Some(OfficeClass::City),
        Ok(wire::OfficeClass::County) => Some(OfficeClass::County),
        Ok(wire::OfficeClass::Township) => Some(OfficeClass::Township),
        Ok(wire::OfficeClass::Department) => Some(OfficeClass::Department),
        Ok(wire::OfficeClass::Other) => Some(OfficeClass::Other),
        Ok(wire::OfficeClass::Unspecified) | Err(_) => None,
    }
}

pub(super) fn office_row(from: &Entry) -> api::OfficeRow {
    api::OfficeRow {
        office: from.office.to_string(),
        name: from.name.clone(),
        area_code: from.area_code.clone(),
        class: match from.class {
            OfficeClass::Province => wire::OfficeClass::Province,
            OfficeClass::City => wire::OfficeClass::City,
            OfficeClass::County => wire::OfficeClass::County,
            OfficeClass::Township => wire::OfficeClass::Township,
            OfficeClass::Department => wire::OfficeClass::Department,
            OfficeClass::Other => wire::OfficeClass::Other,
        }
        .into(),
        parent: text(from.parent.as_ref()),
        has_node: from.key.is_some(),
        valid_from_ms: from.valid_from.0,
    }
}

pub(super) fn status(from: NodeStatus) -> api::StatusReply {
    let (files, upkeep) = (from.store.files, from.upkept.as_ref().map(convert_upkeep::upkeep));
    api::StatusReply {
        office: from.office.to_string(),
        name: from.name,
        zone: from.zone.as_str().to_owned(),
        epoch: from.store.epoch.to_string(),
        software: from.software.to_owned(),
        clock_ms: from.now.0,
        serving_since_ms: from.since.0,
        records: from.store.records,
        journal_bytes: from.store.journal_bytes,
        disk_free_bytes: from.store.disk.0,
        disk_total_bytes: from.store.disk.1,
        waiting: from.store.waiting,
        parked: from.store.parked,
        not_interpreted: from.not_interpreted,
        last_backup_ms: millis(from.backed_up_at),
        warnings: from.warnings.iter().map(warning_row).collect(),
        counters: from.store.counters.into_iter().collect(),
        files: Some(api::FileCounts {
            held: files.held,
            held_bytes: files.held_bytes,
            wanted: files.wanted,
            wanted_bytes: files.wanted_bytes,
        }),
        upkeep,
    }
}

pub(crate) fn verified(from: Verified) -> api::VerifyReply {
    let Verified { frames, records, seals, faults, upkept } = from;
    api::VerifyReply { frames, records, seals, faults, upkeep: upkept.as_ref().map(convert_upkeep::upkeep) }
}

pub(super) fn warning_row(from: &Warning) -> api::Warning {
    api::Warning {
        code: warning::code(from.kind).to_owned(),
        sentence: warning::sentence(from.kind, &from.about),
        since_ms: millis(from.since),
    }
}

/// Of the way of a record.
pub(super) fn hop_row(from: &Hop) -> api::HopRow {
    api::HopRow { office: from.office.to_string(), received_at_ms: from.received_at.0, offset_ms: from.offset_ms }
}
