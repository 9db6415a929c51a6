//! From replies of the local API to what is printed. Reports are in [`super::convert_report`].

use dutynet_proto::{api, record};
use dutynet_relay::{ids::UnixMillis, record::Mode, registry::OfficeClass};

use super::{args, json};
use crate::{
    domain::{
        beijing,
        board::{Line, LineFact},
    },
    text::words::Progress,
};

/// `None` for 0, which the API uses for "never".
pub(super) fn moment(millis: i64) -> Option<UnixMillis> {
    (millis != 0).then_some(UnixMillis(millis))
}

pub(super) fn time(millis: i64) -> Option<String> {
    moment(millis).map(beijing::rfc3339)
}

pub(super) fn said(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

pub(super) fn line(number: i32) -> Line {
    match api::Line::try_from(number) {
        Ok(api::Line::Up) => Line::Up,
        Ok(api::Line::Down) => Line::Down,
        Ok(api::Line::None) => Line::None,
        Ok(api::Line::Unknown | api::Line::Unspecified) | Err(_) => Line::Unknown,
    }
}

pub(super) fn line_fact(number: i32, since_ms: i64) -> LineFact {
    LineFact { line: line(number), since: moment(since_ms) }
}

pub(super) fn line_name(number: i32) -> &'static str {
    match line(number) {
        Line::Up => "up",
        Line::Down => "down",
        Line::Unknown => "unknown",
        Line::None => "none",
    }
}

/// `None`: not a record of this node.
pub(super) fn progress(number: i32) -> Option<Progress> {
    match api::ReportState::try_from(number) {
        Ok(api::ReportState::Saved) => Some(Progress::Saved),
        Ok(api::ReportState::Custody) => Some(Progress::Custody),
        Ok(api::ReportState::Arrived) => Some(Progress::Arrived),
        Ok(api::ReportState::Parked) => Some(Progress::Parked),
        Ok(api::ReportState::Unspecified) | Err(_) => None,
    }
}

pub(super) fn state_name(number: i32) -> Option<&'static str> {
    progress(number).map(|progress| match progress {
        Progress::Saved => "saved",
        Progress::Custody => "custody",
        Progress::Arrived => "arrived",
        Progress::Parked => "parked",
    })
}

/// Real unless it says otherwise.
pub(super) fn mode(number: i32) -> Mode {
    match record::Mode::try_from(number) {
        Ok(record::Mode::Exercise) => Mode::Exercise,
        Ok(record::Mode::Test) => Mode::Test,
        Ok(record::Mode::Real | record::Mode::Unspecified) | Err(_) => Mode::Real,
    }
}

pub(super) fn mode_name(number: i32) -> &'static str {
    match mode(number) {
        Mode::Exercise => "exercise",
        Mode::Test => "test",
        Mode::Real => "real",
    }
}

pub(super) fn class_to_wire(class: args::Class) -> record::OfficeClass {
    match class {
        args::Class::Province => record::OfficeClass::Province,
        args::Class::City => record::OfficeClass::City,
        args::Class::County => record::OfficeClass::County,
        args::Class::Township => record::OfficeClass::Township,
        args::Class::Department => record::OfficeClass::Department,
        args::Class::Other => record::OfficeClass::Other,
    }
}

pub(super) fn class_of(class: args::Class) -> OfficeClass {
    match class {
        args::Class::Province => OfficeClass::Province,
        args::Class::City => OfficeClass::City,
        args::Class::County => OfficeClass::County,
        args::Class::Township => OfficeClass::Township,
        args::Class::Department => OfficeClass::Department,
        args::Class::Other => OfficeClass::Other,
    }
}

pub(super) fn class(number: i32) -> OfficeClass {
    match record::OfficeClass::try_from(number) {
        Ok(record::OfficeClass::Province) => OfficeClass::Province,
        Ok(record::OfficeClass::City) => OfficeClass::City,
        Ok(record::OfficeClass::County) => OfficeClass::County,
        Ok(record::OfficeClass::Township) => OfficeClass::Township,
        Ok(record::OfficeClass::Department) => OfficeClass::Department,
        Ok(record::OfficeClass::Other | record::OfficeClass::Unspecified) | Err(_) => OfficeClass::Other,
    }
}

fn class_name(number: i32) -> &'static str {
    match class(number) {
        OfficeClass::Province => "province",
        OfficeClass::City => "city",
        OfficeClass::County => "county",
        OfficeClass::Township => "township",
        OfficeClass::Department => "department",
        OfficeClass::Other => "other",
    }
}

pub(super) fn lane_to_wire(lane: args::LaneName) -> record::Lane {
    match lane {
        args::LaneName::Control => record::Lane::Control,
        args::LaneName::Flash => record::Lane::Flash,
        args::LaneName::Urgent => record::Lane::Urgent,
        args::LaneName::Routine => record::Lane::Routine,
    }
}

/// Lane of the API; one that this program does not know goes last.
pub(super) fn lane(number: i32) -> dutynet_relay::ids::Lane {
    dutynet_relay::ids::Lane::from_number(number).unwrap_or(dutynet_relay::ids::Lane::Routine)
}

pub(super) fn reference(from: Option<&record::RecordRef>) -> json::Record {
    let id = from.map(|r| r.id.iter().map(|b| format!("{b:02x}")).collect()).unwrap_or_default();
    json::Record { origin: from.map(|r| r.origin.clone()).unwrap_or_default(), id }
}

pub(super) fn person(from: Option<&record::Person>) -> Option<json::Person> {
    from.map(|person| json::Person { id: person.id.clone(), name: person.name.clone() })
}

impl From<&api::ListLinksReply> for json::Links {
    fn from(from: &api::ListLinksReply) -> Self {
        let line = |l: &api::LineRow| json::Line { office: l.office.clone(), line: line_name(l.line), since: time(l.since_ms) };
        Self { links: from.links.iter().map(link).collect(), lines: from.lines.iter().map(line).collect() }
    }
}

fn link(from: &api::LinkRow) -> json::Link {
    let lane_row = |l: &api::LaneRow| {
        let lane_json =
            json::Lane { last_seq: l.last_seq, custody_seq: l.custody_seq, arrived_seq: l.arrived_seq, waiting: l.waiting };
        (lane(l.lane).name(), lane_json)
    };
    json::Link {
        office: from.office.clone(),
        name: from.name.clone(),
        is_parent: from.is_parent,
        line: line_name(from.line),
        since: time(from.since_ms),
        lanes: from.lanes.iter().map(lane_row).collect(),
        parked: from.parked,
        next_attempt: time(from.next_attempt_ms),
        reason: said(&from.reason),
        offset_ms: from.offset_ms,
        skewed: from.skewed,
        dormant: time(from.dormant_since_ms).map(|since| json::Dormant { since: Some(since), waiting: from.dormant_waiting }),
    }
}

impl From<&api::ListParkedReply> for json::ParkedList {
    fn from(from: &api::ListParkedReply) -> Self {
        Self { parked: from.parked.iter().map(parked).collect() }
    }
}

fn parked(from: &api::ParkedRow) -> json::Parked {
    let at = from.r#ref.clone().unwrap_or_default();
    json::Parked {
        neighbour: at.neighbour,
        lane: lane(at.lane).name(),
        seq: at.seq,
        record: reference(from.record.as_ref()),
        kind: from.kind.clone(),
        subject: from.subject.clone(),
        code: from.code.clone(),
        detail: from.detail.clone(),
        since: time(from.since_ms),
    }
}

impl From<&api::ListOfficesReply> for json::Offices {
    fn from(from: &api::ListOfficesReply) -> Self {
        Self { offices: from.offices.iter().map(json::Office::from).collect() }
    }
}

impl From<&api::OfficeRow> for json::Office {
    fn from(from: &api::OfficeRow) -> Self {
        Self {
            office: from.office.clone(),
            name: from.name.clone(),
            area_code: said(&from.area_code),
            class: class_name(from.class),
            parent: said(&from.parent),
            has_node: from.has_node,
            valid_from: time(from.valid_from_ms),
        }
    }
}

impl From<&api::InviteReply> for json::Invitation {
    fn from(from: &api::InviteReply) -> Self {
        Self { invitation: from.invitation.clone(), valid_until: time(from.valid_until_ms) }
    }
}

pub(super) fn warning(from: &api::Warning) -> json::Warning {
    json::Warning { code: from.code.clone(), sentence: from.sentence.clone(), since: time(from.since_ms) }
}

impl From<&api::StatusReply> for json::Status {
    fn from(from: &api::StatusReply) -> Self {
        let files = from.files.unwrap_or_default();
        Self {
            office: from.office.clone(),
            name: from.name.clone(),
            zone: from.zone.clone(),
            epoch: from.epoch.clone(),
            software: from.software.clone(),
            clock: time(from.clock_ms),
            serving_since: time(from.serving_since_ms),
            records: from.records,
            journal_bytes: from.journal_bytes,
            disk_free_bytes: from.disk_free_bytes,
            disk_total_bytes: from.disk_total_bytes,
            waiting: from.waiting,
            parked: from.parked,
            not_interpreted: from.not_interpreted,
            last_backup: time(from.last_backup_ms),
            files: json::FileCounts {
                held: files.held,
                held_bytes: files.held_bytes,
                wanted: files.wanted,
                wanted_bytes: files.wanted_bytes,
            },
            upkeep: from.upkeep.as_ref().map(json::Upkeep::from),
            warnings: from.warnings.iter().map(warning).collect(),
            counters: from.counters.iter().map(|(name, count)| (name.clone(), *count)).collect(),
        }
    }
}

impl From<&api::VerifyReply> for json::Verified {
    fn from(from: &api::VerifyReply) -> Self {
        let upkeep = from.upkeep.as_ref().map(json::Upkeep::from);
        Self { frames: from.frames, records: from.records, seals: from.seals, faults: from.faults.clone(), upkeep }
    }
}
