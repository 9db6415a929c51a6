//! From replies about notices and groups to what is printed.

use dutynet_proto::{api, duty};
use dutynet_relay::ids::OfficeId;

use super::json;
use crate::{
    body,
    cli::{
        args::notice::UrgencyName,
        convert::{mode_name, moment, person, reference, said, state_name, time},
        json::Hop,
    },
    domain::{
        notice::Urgency,
        sign_for::{Counts, SignTiming, Undelivered},
    },
    text::directive::Standing,
};

pub(super) fn urgency_to_wire(name: UrgencyName) -> duty::Urgency {
    match name {
        UrgencyName::Flash => duty::Urgency::Flash,
        UrgencyName::Urgent => duty::Urgency::Urgent,
        UrgencyName::Routine => duty::Urgency::Routine,
    }
}

/// One that this program does not know is shown as the least.
pub(super) fn urgency(number: i32) -> Urgency {
    body::urgency_from_wire(number).unwrap_or(Urgency::Routine)
}

fn urgency_name(number: i32) -> &'static str {
    match urgency(number) {
        Urgency::Flash => "flash",
        Urgency::Urgent => "urgent",
        Urgency::Routine => "routine",
    }
}

pub(super) fn timing(number: i32) -> SignTiming {
    match api::SignTiming::try_from(number) {
        Ok(api::SignTiming::InTime) => SignTiming::InTime,
        Ok(api::SignTiming::Late) => SignTiming::Late,
        Ok(api::SignTiming::NotDue) => SignTiming::NotDue,
        Ok(api::SignTiming::Overdue) => SignTiming::Overdue,
        Ok(api::SignTiming::CutOff) => SignTiming::CutOff,
        Ok(api::SignTiming::NoLimit | api::SignTiming::Unspecified) | Err(_) => SignTiming::NoLimit,
    }
}

fn timing_name(number: i32) -> &'static str {
    match timing(number) {
        SignTiming::NoLimit => "no_limit",
        SignTiming::InTime => "in_time",
        SignTiming::Late => "late",
        SignTiming::NotDue => "not_due",
        SignTiming::Overdue => "overdue",
        SignTiming::CutOff => "cut_off",
    }
}

pub(super) fn standing(number: i32) -> Standing {
    match api::NoticeRelation::try_from(number) {
        Ok(api::NoticeRelation::ToSign) => Standing::ToSign,
        Ok(api::NoticeRelation::Signed) => Standing::Signed,
        Ok(api::NoticeRelation::Sent) => Standing::Sent,
        Ok(api::NoticeRelation::Removed) => Standing::Removed,
        Ok(api::NoticeRelation::PassedOn | api::NoticeRelation::Unspecified) | Err(_) => Standing::PassedOn,
    }
}

fn relation_name(number: i32) -> &'static str {
    match standing(number) {
        Standing::ToSign => "to_sign",
        Standing::Signed => "signed",
        Standing::Sent => "sent",
        Standing::PassedOn => "passed_on",
        Standing::Removed => "removed",
    }
}

/// `None`: it has been delivered.
pub(super) fn undelivered(row: &api::NoticeBoardRow) -> Option<Undelivered> {
    let (at, since) = (OfficeId::parse(&row.at).ok(), moment(row.since_ms));
    match api::Undelivered::try_from(row.undelivered).unwrap_or(api::Undelivered::Underway) {
        api::Undelivered::Unspecified => None,
        api::Undelivered::Underway => Some(Undelivered::Underway),
        api::Undelivered::LineDown => Some(Undelivered::LineDown(at?, since)),
        api::Undelivered::LineUnknown => Some(Undelivered::LineUnknown(at?, since)),
        api::Undelivered::Refused => Some(Undelivered::Refused(at?)),
        api::Undelivered::NoNode => Some(Undelivered::NoNode),
    }
}

/// Stable name.
pub(in crate::cli) fn undelivered_name(why: &Undelivered) -> &'static str {
    match why {
        Undelivered::Underway => "underway",
        Undelivered::LineDown(..) => "line_down",
        Undelivered::LineUnknown(..) => "line_unknown",
        Undelivered::Refused(_) => "refused",
        Undelivered::NoNode => "no_node",
    }
}

pub(super) fn counts(from: &api::NoticeCounts) -> Counts {
    let count = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    Counts {
        addressed: count(from.addressed),
        delivered: count(from.delivered),
        signed: count(from.signed),
        on_behalf: count(from.on_behalf),
        without_node: count(from.without_node),
        overdue: count(from.overdue),
    }
}

impl From<&api::SendNoticeReply> for json::Sent {
    fn from(from: &api::SendNoticeReply) -> Self {
        Self {
            record: reference(from.record.as_ref()),
            number: from.number.clone(),
            addressed: from.addressed,
            folded: from.folded,
            state: state_name(from.state).unwrap_or("saved"),
        }
    }
}

impl From<&api::SignNoticeReply> for json::Signed {
    fn from(from: &api::SignNoticeReply) -> Self {
        Self {
            record: reference(from.record.as_ref()),
            number: from.number.clone(),
            office: from.office.clone(),
            folded: from.folded,
            state: state_name(from.state).unwrap_or("saved"),
        }
    }
}

fn head(from: Option<&api::NoticeHead>) -> json::Head {
    let from = from.cloned().unwrap_or_default();
    json::Head {
        record: reference(from.record.as_ref()),
        number: from.number,
        title: from.title,
        urgency: urgency_name(from.urgency),
        mode: mode_name(from.mode),
        sign_by: time(from.sign_by_ms),
        from: from.from,
        sent_at: time(from.sent_at_ms),
        received_at: time(from.received_at_ms),
        removed: from.removed,
    }
}

fn signature(from: &api::SignatureRow) -> json::Signature {
    json::Signature {
        record: reference(from.record.as_ref()),
        by: person(from.by.as_ref()),
        at: time(from.at_ms),
        known_at: time(from.known_at_ms),
        entered_by: said(&from.entered_by),
        told_by: from.told_by.as_ref().map(|told| json::ToldBy { name: told.name.clone(), phone: told.phone.clone() }),
        remark: said(&from.remark),
    }
}

impl From<&api::NoticeBoardReply> for json::Board {
    fn from(from: &api::NoticeBoardReply) -> Self {
        let counts = from.counts.unwrap_or_default();
        Self {
            notice: head(from.notice.as_ref()),
            as_of: time(from.as_of_ms),
            counts: json::Counts {
                addressed: counts.addressed,
                delivered: counts.delivered,
                signed: counts.signed,
                on_behalf: counts.on_behalf,
                without_node: counts.without_node,
                overdue: counts.overdue,
            },
            rows: from.rows.iter().map(json::Row::from).collect(),
        }
    }
}

impl From<&api::NoticeBoardRow> for json::Row {
    fn from(from: &api::NoticeBoardRow) -> Self {
        Self {
            office: from.office.clone(),
            name: from.name.clone(),
            depth: from.depth,
            has_node: from.has_node,
            delivered_at: time(from.delivered_at_ms),
            delivered_known_at: time(from.delivered_known_at_ms),
            undelivered: undelivered(from).as_ref().map(undelivered_name),
            at: said(&from.at),
            since: time(from.since_ms),
            signatures: from.signatures.iter().map(signature).collect(),
            timing: timing_name(from.timing),
        }
    }
}

impl From<&api::ListNoticesReply> for json::List {
    fn from(from: &api::ListNoticesReply) -> Self {
        let listed = |row: &api::NoticeRow| json::Listed {
            notice: head(row.notice.as_ref()),
            relation: relation_name(row.relation),
            timing: timing_name(row.timing),
            addressed: row.addressed,
            signed: row.signed,
        };
        Self { notices: from.notices.iter().map(listed).collect() }
    }
}

impl From<&api::ShowNoticeReply> for json::Shown {
    fn from(from: &api::ShowNoticeReply) -> Self {
        let hop = |hop: &api::HopRow| Hop {
            office: hop.office.clone(),
            received_at: time(hop.received_at_ms),
            offset_ms: hop.offset_ms,
        };
        Self {
            notice: head(from.notice.as_ref()),
            text: from.text.clone(),
            by: person(from.by.as_ref()),
            subtree: said(&from.subtree),
            offices: from.offices.clone(),
            group: said(&from.group),
            relation: relation_name(from.relation),
            timing: timing_name(from.timing),
            signatures: from.signatures.iter().map(signature).collect(),
            hops: from.hops.iter().map(hop).collect(),
            state: state_name(from.state),
        }
    }
}

impl From<&api::ListGroupsReply> for json::Groups {
    fn from(from: &api::ListGroupsReply) -> Self {
        Self { groups: from.groups.iter().map(json::Group::from).collect() }
    }
}

impl From<&api::GroupRow> for json::Group {
    fn from(from: &api::GroupRow) -> Self {
        Self {
            name: from.name.clone(),
            members: from.members.clone(),
            by: person(from.by.as_ref()),
            saved_at: time(from.saved_at_ms),
        }
    }
}
