//! Between the messages of notices and groups in `dutynet.api.v1` and the words of the use cases.

use dutynet_proto::{api, record as wire};
use dutynet_relay::{
    ids::{OfficeId, UnixMillis},
    record::Person,
    writer::RecordState,
};

use super::convert::{hop_row, millis, mode, mode_to_wire, person, record_id, reference, state, text};
use crate::{
    body,
    domain::{
        notice::{Addressed, ToldBy},
        sign_for::{Counts, SignForRow, SignTiming, Signature, Undelivered},
    },
    usecase::{
        Group, NoticeBoard, NoticeHead, NoticeRow, Refused, Relation, SaveGroup, SendNotice, SentNotice, ShownNotice, SignNotice,
        SignedNotice, To,
    },
};

pub(super) fn send(from: api::SendNoticeRequest) -> Result<SendNotice, Refused> {
    let to = to(from.everybody_below, from.offices, from.group);
    Ok(SendNotice {
        id: record_id(&from.id)?,
        title: from.title,
        text: from.text,
        urgency: body::urgency_from_wire(from.urgency),
        sign_by: (from.sign_by_ms != 0).then_some(UnixMillis(from.sign_by_ms)),
        to,
        by: person(from.by),
        mode: mode(from.mode)?,
    })
}

/// Exactly one of everybody, offices and a group; `None`: not said, or more than one.
pub(super) fn to(everybody_below: bool, offices: Vec<String>, group: String) -> Option<To> {
    match (everybody_below, offices.is_empty(), group.is_empty()) {
        (true, true, true) => Some(To::EverybodyBelow),
        (false, false, true) => Some(To::Offices(offices)),
        (false, true, false) => Some(To::Group(group)),
        (true, ..) | (false, true, true) | (false, false, false) => None,
    }
}

pub(super) fn sent(from: &SentNotice) -> api::SendNoticeReply {
    api::SendNoticeReply {
        record: Some(reference(&from.reference)),
        number: from.number.to_string(),
        addressed: count(from.addressed),
        folded: from.folded,
        state: record_state(from.state),
    }
}

pub(super) fn sign(from: api::SignNoticeRequest) -> Result<SignNotice, Refused> {
    Ok(SignNotice {
        id: record_id(&from.id)?,
        notice: from.notice,
        remark: from.remark,
        by: person(from.by),
        on_behalf_of: from.on_behalf_of,
        told_by: from.told_by.map(|told| ToldBy { name: told.name, phone: told.phone }),
    })
}

pub(super) fn signed(from: &SignedNotice) -> api::SignNoticeReply {
    api::SignNoticeReply {
        record: Some(reference(&from.reference)),
        number: from.number.to_string(),
        office: from.office.to_string(),
        folded: from.folded,
        state: record_state(from.state),
    }
}

pub(super) fn board(from: &NoticeBoard) -> api::NoticeBoardReply {
    api::NoticeBoardReply {
        notice: Some(head(&from.head)),
        as_of_ms: from.as_of.0,
        counts: Some(counts(&from.counts)),
        rows: from.rows.iter().map(row).collect(),
    }
}

pub(super) fn listed(from: &NoticeRow) -> api::NoticeRow {
    api::NoticeRow {
        notice: Some(head(&from.head)),
        relation: relation(from.relation).into(),
        timing: timing(from.timing).into(),
        addressed: count(from.addressed),
        signed: count(from.signed),
    }
}

pub(super) fn shown(from: &ShownNotice) -> api::ShowNoticeReply {
    let (subtree, offices) = match &from.addressed {
        Addressed::Below(top) => (top.to_string(), Vec::new()),
        Addressed::Offices(offices) => (String::new(), offices.iter().map(ToString::to_string).collect()),
    };
    api::ShowNoticeReply {
        notice: Some(head(&from.head)),
        text: from.body.text.clone(),
        by: from.by.as_ref().map(person_to_wire),
        subtree,
        offices,
        group: from.body.group.clone(),
        relation: relation(from.relation).into(),
        timing: timing(from.timing).into(),
        signatures: from.signatures.iter().map(signature_row).collect(),
        hops: from.hops.iter().map(hop_row).collect(),
        state: state(from.state).into(),
    }
}

pub(super) fn save_group(from: api::SaveGroupRequest) -> Result<SaveGroup, Refused> {
    Ok(SaveGroup { id: record_id(&from.id)?, name: from.name, members: from.members, by: person(from.by) })
}

pub(super) fn group(from: &Group) -> api::GroupRow {
    api::GroupRow {
        name: from.name.clone(),
        members: from.members.iter().map(ToString::to_string).collect(),
        by: from.by.as_ref().map(person_to_wire),
        saved_at_ms: from.saved_at.0,
    }
}

fn head(from: &NoticeHead) -> api::NoticeHead {
    let notice = &from.notice;
    api::NoticeHead {
        record: Some(reference(&notice.reference)),
        number: notice.number.to_string(),
        title: from.title.clone(),
        urgency: body::urgency_to_wire(notice.urgency).into(),
        sign_by_ms: millis(notice.sign_by),
        from: from.from.clone(),
        sent_at_ms: notice.moment.recorded_at.0,
        received_at_ms: notice.received_at.0,
        mode: mode_to_wire(notice.mode).into(),
        removed: notice.removed,
    }
}

/// Why something was not delivered, whose line or word that is, and since when.
pub(super) fn undelivered(from: Option<&Undelivered>) -> (api::Undelivered, Option<&OfficeId>, Option<UnixMillis>) {
    use api::Undelivered as Wire;
    match from {
        None => (Wire::Unspecified, None, None),
        Some(Undelivered::Underway) => (Wire::Underway, None, None),
        Some(Undelivered::LineDown(at, since)) => (Wire::LineDown, Some(at), *since),
        Some(Undelivered::LineUnknown(at, since)) => (Wire::LineUnknown, Some(at), *since),
        Some(Undelivered::Refused(at)) => (Wire::Refused, Some(at), None),
        Some(Undelivered::NoNode) => (Wire::NoNode, None, None),
    }
}

pub(super) fn row(from: &SignForRow) -> api::NoticeBoardRow {
    let delivery = from.delivery.as_ref().ok();
    let (undelivered, at, since) = undelivered(from.delivery.as_ref().err());
    api::NoticeBoardRow {
        office: from.seat.office.to_string(),
        name: from.seat.name.clone(),
        depth: from.seat.depth,
        has_node: from.seat.has_node,
        delivered_at_ms: millis(delivery.map(|delivery| delivery.at)),
        delivered_known_at_ms: millis(delivery.map(|delivery| delivery.known_at)),
        undelivered: undelivered.into(),
        at: text(at),
        since_ms: millis(since),
        signatures: from.signatures.iter().map(signature_row).collect(),
        timing: timing(from.timing).into(),
    }
}

fn signature_row(from: &Signature) -> api::SignatureRow {
    api::SignatureRow {
        record: Some(reference(&from.reference)),
        by: Some(person_to_wire(&from.by)),
        at_ms: from.at.0,
        known_at_ms: from.known_at.0,
        entered_by: text(from.entered_by.as_ref()),
        told_by: from.told_by.as_ref().map(body::told_by_to_wire),
        remark: from.remark.clone(),
    }
}

fn counts(from: &Counts) -> api::NoticeCounts {
    api::NoticeCounts {
        addressed: count(from.addressed),
        delivered: count(from.delivered),
        signed: count(from.signed),
        on_behalf: count(from.on_behalf),
        without_node: count(from.without_node),
        overdue: count(from.overdue),
    }
}

fn relation(from: Relation) -> api::NoticeRelation {
    match from {
        Relation::ToSign => api::NoticeRelation::ToSign,
        Relation::Signed => api::NoticeRelation::Signed,
        Relation::Sent => api::NoticeRelation::Sent,
        Relation::PassedOn => api::NoticeRelation::PassedOn,
        Relation::Removed => api::NoticeRelation::Removed,
    }
}

fn timing(from: SignTiming) -> api::SignTiming {
    match from {
        SignTiming::NoLimit => api::SignTiming::NoLimit,
        SignTiming::InTime => api::SignTiming::InTime,
        SignTiming::Late => api::SignTiming::Late,
        SignTiming::NotDue => api::SignTiming::NotDue,
        SignTiming::Overdue => api::SignTiming::Overdue,
        SignTiming::CutOff => api::SignTiming::CutOff,
    }
}

fn person_to_wire(from: &Person) -> wire::Person {
    wire::Person { id: from.id.clone(), name: from.name.clone() }
}

fn record_state(from: RecordState) -> i32 {
    state(Some(from)).into()
}

fn count(from: usize) -> u32 {
    u32::try_from(from).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use dutynet_proto::duty;

    use super::*;

    #[test]
    fn a_notice_goes_to_everybody_or_to_offices_or_to_a_group_and_never_to_two_of_them() {
        let id = dutynet_relay::ids::RecordId::from_parts(dutynet_relay::ids::UnixMillis(1_700_000_000_000), [3; 10]).0.to_vec();
        let to = |everybody_below, offices: &[&str], group: &str| {
            let offices = offices.iter().map(|&office| office.to_owned()).collect();
            let request = api::SendNoticeRequest {
                id: id.clone().into(),
                everybody_below,
                offices,
                group: group.into(),
                urgency: duty::Urgency::Flash.into(),
                ..api::SendNoticeRequest::default()
            };
            send(request).unwrap().to
        };
        assert_eq!(to(true, &[], ""), Some(To::EverybodyBelow));
        assert_eq!(to(false, &["a"], ""), Some(To::Offices(vec!["a".into()])));
        assert_eq!(to(false, &[], "沿海"), Some(To::Group("沿海".into())));
        for (everybody, offices, group) in
            [(false, vec![], ""), (true, vec!["a"], ""), (true, vec![], "g"), (false, vec!["a"], "g")]
        {
            assert_eq!(to(everybody, &offices, group), None);
        }
    }
}
