//! Between the messages of `dutynet.api.v1` and the words of the use cases.

use bytes::Bytes;
use dutynet_proto::{api, record as wire};
use dutynet_relay::{
    ids::{Lane, OfficeId, RecordId, RecordRef, UnixMillis},
    record::{Mode, Person},
    registry::{Entry, OfficeClass},
    relay::LinkStatus,
    writer::{ParkedRecord, RecordState},
};

use crate::{
    body,
    domain::board::{BoardRow, Filed, Line, LineFact, Timing},
    text::{refusal::Refusal, warning},
    usecase::{Board, FileReport, FiledReport, NewChild, NodeStatus, Refused, Revision, Verified, Warning},
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

pub(super) fn reference(from: &RecordRef) -> wire::RecordRef {
    wire::RecordRef { origin: from.origin.as_str().to_owned(), id: Bytes::copy_from_slice(&from.id.0) }
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

/// A reason makes it a correction, whatever the flag says: what was typed is never dropped.
pub(super) fn file_report(from: api::FileReportRequest) -> Result<FileReport, Refused> {
    let correction = (from.correction || !from.reason.trim().is_empty()).then_some(from.reason);
    Ok(FileReport {
        id: record_id(&from.id)?,
        form: from.form,
        period: from.period,
        answers: from.answers.into_iter().filter_map(body::answer_from_wire).collect(),
        correction,
        by: person(from.by),
        mode: mode(from.mode)?,
    })
}

pub(super) fn filed(from: &FiledReport) -> api::FileReportReply {
    api::FileReportReply {
        record: Some(reference(&from.reference)),
        revision: from.revision,
        folded: from.folded,
        state: state(Some(from.state)).into(),
        period: from.period.clone(),
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

pub(super) fn revision(from: &Revision) -> api::Revision {
    let hop = |(office, at): &(OfficeId, UnixMillis)| api::HopRow { office: office.to_string(), received_at_ms: at.0 };
    api::Revision {
        record: Some(reference(&from.reference)),
        answer: Some(from.body.to_wire()),
        by: from.by.as_ref().map(|person| wire::Person { id: person.id.clone(), name: person.name.clone() }),
        recorded_at_ms: from.recorded_at.0,
        received_at_ms: from.received_at.0,
        state: state(from.state).into(),
        hops: from.hops.iter().map(hop).collect(),
    }
}

pub(super) fn board(from: &Board) -> api::BoardReply {
    api::BoardReply {
        period: from.period.to_string(),
        cut_off_ms: from.window.cut_off.0,
        closes_ms: from.window.closes.0,
        as_of_ms: from.as_of.0,
        rows: from.rows.iter().map(board_row).collect(),
    }
}

fn board_row(from: &BoardRow) -> api::BoardRow {
    let filing = from.filing.as_ref();
    api::BoardRow {
        office: from.seat.office.to_string(),
        name: from.seat.name.clone(),
        depth: from.seat.depth,
        filed: match from.filed {
            Filed::Nothing => api::Filed::Nothing,
            Filed::Daily => api::Filed::Daily,
            Filed::Zero => api::Filed::Zero,
            Filed::Both => api::Filed::Both,
        }
        .into(),
        timing: match from.timing {
            Timing::InTime => api::Timing::InTime,
            Timing::Late => api::Timing::Late,
            Timing::NotDue => api::Timing::NotDue,
            Timing::Missing => api::Timing::Missing,
        }
        .into(),
        line: line(from.line.line).into(),
        line_since_ms: millis(from.line.since),
        revision: filing.map_or(0, |filing| filing.revision),
        recorded_at_ms: millis(filing.map(|filing| filing.recorded_at)),
        received_at_ms: millis(filing.map(|filing| filing.received_at)),
        incidents: filing.map_or(0, |filing| filing.incidents),
        calls: filing.map_or(0, |filing| filing.calls),
        entered_by: text(filing.and_then(|filing| filing.entered_by.as_ref())),
        has_node: from.seat.has_node,
    }
}

fn line(from: Line) -> api::Line {
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
        warnings: from.warnings.iter().map(warning_row).collect(),
        counters: from.store.counters.into_iter().collect(),
    }
}

pub(super) fn verified(from: Verified) -> api::VerifyReply {
    let Verified { frames, records, seals, faults } = from;
    api::VerifyReply { frames, records, seals, faults }
}

fn warning_row(from: &Warning) -> api::Warning {
    api::Warning {
        code: warning::code(from.kind).to_owned(),
        sentence: warning::sentence(from.kind, &from.about),
        since_ms: millis(from.since),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> api::FileReportRequest {
        let id = RecordId::from_parts(UnixMillis(1_700_000_000_000), [3; 10]);
        api::FileReportRequest { id: id.0.to_vec().into(), form: "daily".into(), ..api::FileReportRequest::default() }
    }

    #[test]
    fn a_record_id_is_a_uuid_of_version_seven() {
        assert!(file_report(request()).is_ok());
        for bad in [vec![], vec![7; 15], vec![0; 16], uuid::Uuid::from_u128(1).as_bytes().to_vec()] {
            let refused = file_report(api::FileReportRequest { id: bad.into(), ..request() }).unwrap_err();
            assert_eq!(refused.refusal, Refusal::RecordIdInvalid);
        }
    }

    #[test]
    fn a_reason_makes_a_correction() {
        let with = |correction, reason: &str| api::FileReportRequest { correction, reason: reason.into(), ..request() };
        assert_eq!(file_report(with(false, " ")).unwrap().correction, None);
        assert_eq!(file_report(with(false, "误填")).unwrap().correction.as_deref(), Some("误填"));
        assert_eq!(file_report(with(true, "")).unwrap().correction.as_deref(), Some(""));
    }

    #[test]
    fn a_mode_that_does_not_exist_is_refused() {
        let refused = file_report(api::FileReportRequest { mode: 9, ..request() }).unwrap_err();
        assert_eq!(refused.refusal, Refusal::ModeInvalid);
    }
}
