//! Between the messages about obligations of `dutynet.api.v1` and the words of the use cases.

use dutynet_proto::api;

use super::{
    convert::{mode, mode_to_wire, person, person_to_wire, record_id, reference},
    lines::span,
};
use crate::{
    body,
    domain::{
        obligation::{Creditor, Side, Stage, Standing, WayHop},
        rules::Basis,
    },
    text::refusal::Refusal,
    usecase::{
        AskDueStats, AskDues, ChaseDue, ChasedDue, Due, DueStats, OpenDues, Rang, Refused, ShownChase, ShownDue, WhichDues,
    },
};

pub(super) fn asked(from: api::ListDuesRequest) -> Result<AskDues, Refused> {
    let which = if from.overdue { WhichDues::ToChase } else { WhichDues::Open };
    Ok(AskDues { mode: mode(from.mode)?, office: from.office, which })
}

pub(super) fn list(from: &OpenDues) -> api::ListDuesReply {
    api::ListDuesReply { as_of_ms: from.as_of.0, dues: from.dues.iter().map(row).collect() }
}

pub(super) fn row(from: &Due) -> api::DueRow {
    let (owed, cited) = (&from.obligation, &from.obligation.cited);
    let (creditor, leader, outside) = match &owed.creditor {
        Creditor::Office(office) => (office.to_string(), String::new(), String::new()),
        Creditor::Leader(leader) => (String::new(), leader.clone(), String::new()),
        Creditor::Outside(whom) => (String::new(), String::new(), whom.key().to_owned()),
    };
    let met = owed.outcome.met.as_ref();
    api::DueRow {
        key: owed.key.to_string(),
        duty: owed.duty.key().to_owned(),
        title: cited.title.clone(),
        article: cited.article.clone(),
        pack: cited.pack.clone(),
        pack_version: cited.version,
        row: cited.row.clone(),
        source: cited.source.clone(),
        debtor: owed.debtor.to_string(),
        debtor_name: from.debtor_name.clone(),
        creditor,
        creditor_name: from.creditor_name.clone(),
        leader,
        about: owed.about.to_string(),
        basis: basis(owed.start.basis).into(),
        start_origin_ms: owed.start.at.origin.0,
        start_ms: owed.start.at.here.0,
        due_origin_ms: owed.due.origin.0,
        due_ms: owed.due.here.0,
        standing: standing(from.standing).into(),
        late_ms: from.standing.late_ms(),
        met_by: met.map(|met| reference(&met.record)),
        met_origin_ms: met.map_or(0, |met| met.at.origin.0),
        met_ms: met.map_or(0, |met| met.at.here.0),
        met_arrived_ms: met.map_or(0, |met| met.arrived.0),
        explained_by: owed.outcome.explained.as_ref().map(|said| reference(&said.record)),
        chases: from.chases,
        side: side(from.side).into(),
        outside,
        leader_name: from.leader_name.clone(),
        mode: mode_to_wire(owed.mode).into(),
    }
}

fn basis(from: Basis) -> api::DueBasis {
    match from {
        Basis::Event => api::DueBasis::Event,
        Basis::Knowledge => api::DueBasis::Knowledge,
        Basis::Receipt => api::DueBasis::Receipt,
        Basis::OralReport => api::DueBasis::OralReport,
        Basis::Request => api::DueBasis::Request,
        Basis::Day => api::DueBasis::Day,
        Basis::Approval => api::DueBasis::Approval,
    }
}

fn standing(from: Standing) -> api::DueStanding {
    match from {
        Standing::NotDue => api::DueStanding::NotDue,
        Standing::Soon => api::DueStanding::Soon,
        Standing::InTime => api::DueStanding::InTime,
        Standing::InTimeCutOff { .. } => api::DueStanding::InTimeCutOff,
        Standing::Late { .. } => api::DueStanding::Late,
        Standing::Overdue { .. } => api::DueStanding::Overdue,
        Standing::CutOff { .. } => api::DueStanding::CutOff,
        Standing::Explained { .. } => api::DueStanding::Explained,
        Standing::Withdrawn => api::DueStanding::Withdrawn,
    }
}

fn side(from: Side) -> api::DueSide {
    match from {
        Side::ByUs => api::DueSide::OwedByUs,
        Side::ToUs => api::DueSide::OwedToUs,
        Side::Others => api::DueSide::BetweenOthers,
    }
}

fn stage(from: Stage) -> api::RingStage {
    match from {
        Stage::Begun => api::RingStage::Begun,
        Stage::Half => api::RingStage::Half,
        Stage::Most => api::RingStage::Most,
        Stage::Due => api::RingStage::Due,
        Stage::Leader => api::RingStage::Leader,
    }
}

pub(super) fn shown(from: &ShownDue) -> api::ShowDueReply {
    let rang =
        from.rang.iter().map(|(at_stage, at)| api::DueRing { due: None, stage: stage(*at_stage).into(), rang_at_ms: at.0 });
    api::ShowDueReply {
        due: Some(row(&from.due)),
        hops: from.way.iter().map(hop).collect(),
        rings: rang.collect(),
        chases: from.chases.iter().map(chase_row).collect(),
        as_of_ms: from.as_of.0,
    }
}

pub(super) fn hop((hop, name): &(WayHop, String)) -> api::DueHop {
    api::DueHop { office: hop.office.to_string(), name: name.clone(), spans: hop.spans.iter().map(span).collect() }
}

fn chase_row(from: &ShownChase) -> api::ChaseRow {
    api::ChaseRow {
        record: Some(reference(&from.reference)),
        name: from.name.clone(),
        by: from.by.as_ref().map(person_to_wire),
        recorded_at_ms: from.recorded_at.0,
        chase: Some(from.body.to_wire()),
    }
}

pub(super) fn chase(from: api::ChaseDueRequest) -> Result<ChaseDue, Refused> {
    Ok(ChaseDue {
        id: record_id(&from.id)?,
        key: from.key,
        way: body::way_from_wire(from.way).ok_or(Refusal::RequestUnreadable)?,
        person: from.person,
        phone: from.phone,
        result: from.result,
        by: person(from.by),
    })
}

pub(super) fn chased(from: &ChasedDue) -> api::ChaseDueReply {
    api::ChaseDueReply { record: Some(reference(&from.reference)), folded: from.folded }
}

pub(super) fn ask_stats(from: &api::DueStatsRequest) -> Result<AskDueStats, Refused> {
    let standing = match api::DueStanding::try_from(from.standing) {
        Ok(api::DueStanding::Unspecified) => None,
        // They stand in the order of the declaration, from 1.
        Ok(named) => usize::try_from(i32::from(named) - 1).ok(),
        Err(_) => return Err(Refusal::RequestUnreadable.into()),
    };
    Ok(AskDueStats { month: from.month.clone(), office: from.office.clone(), duty: from.duty.clone(), standing })
}

pub(super) fn stats(from: &DueStats, dues: &[Due]) -> api::DueStatsReply {
    let counts = from.counts.iter().map(|(group, counts, name)| {
        let title = from.dues.iter().find(|due| due.obligation.duty == group.duty).map(|due| due.obligation.cited.title.clone());
        api::DueCounts {
            month: group.month.clone(),
            office: group.office.to_string(),
            name: name.clone(),
            duty: group.duty.key().to_owned(),
            title: title.unwrap_or_default(),
            counts: counts.by_place().to_vec(),
            all: counts.all(),
        }
    });
    api::DueStatsReply { counts: counts.collect(), dues: dues.iter().map(row).collect(), as_of_ms: from.as_of.0 }
}

pub(super) fn ring(from: &Rang) -> api::DueRing {
    api::DueRing { due: Some(row(&from.due)), stage: stage(from.stage).into(), rang_at_ms: from.at.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standings_are_counted_in_the_order_of_the_wire() {
        let all = [
            Standing::NotDue,
            Standing::Soon,
            Standing::InTime,
            Standing::InTimeCutOff { after: 1 },
            Standing::Late { by: 1 },
            Standing::Overdue { by: 1 },
            Standing::CutOff { by: 1 },
            Standing::Explained { by: 1 },
            Standing::Withdrawn,
        ];
        for named in all {
            let request = api::DueStatsRequest { standing: standing(named).into(), ..api::DueStatsRequest::default() };
            assert_eq!(ask_stats(&request).unwrap().standing, Some(named.place()), "{named:?}");
        }
        assert_eq!(ask_stats(&api::DueStatsRequest::default()).unwrap().standing, None);
    }
}
