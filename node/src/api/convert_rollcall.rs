//! Between the messages of roll calls in `dutynet.api.v1` and the words of the use cases.

use dutynet_proto::api;
use dutynet_relay::ids::UnixMillis;

use super::{
    convert::{millis, mode, mode_to_wire, person, person_to_wire, record_id, reference, state, text},
    convert_matter,
    convert_notice::{to, undelivered},
};
use crate::{
    domain::rollcall::Outcome,
    text::refusal::Refusal,
    usecase::{
        ActOnRoll, AnswerRolls, AnsweredRolls, CallKind, CallRoll, CalledRoll, DrawProof, ExpectedDuty, PhoneCall, PhoneResult,
        Refused, RollAct, RollCallRow, RollTable, RollWords, RolledCall, Ruling, SaidAnswer,
    },
};

pub(super) fn call(from: api::CallRollRequest) -> Result<CallRoll, Refused> {
    let kind = match api::RollKind::try_from(from.kind) {
        Ok(api::RollKind::Roll) => CallKind::Roll,
        Ok(api::RollKind::Spot) => CallKind::Spot,
        Ok(api::RollKind::Unspecified) | Err(_) => return Err(Refusal::RequestUnreadable.into()),
    };
    Ok(CallRoll {
        id: record_id(&from.id)?,
        kind,
        title: from.title,
        to: to(from.all_below, from.offices, from.group),
        draw: (from.draw != 0).then_some(from.draw),
        at: (from.opens_at_ms != 0).then_some(UnixMillis(from.opens_at_ms)),
        minutes: (from.minutes != 0).then_some(from.minutes),
        by: person(from.by),
        mode: mode(from.mode)?,
    })
}

pub(super) fn called(from: &CalledRoll) -> api::CallRollReply {
    api::CallRollReply {
        record: Some(reference(&from.taken.reference)),
        number: from.taken.number().to_string(),
        folded: from.taken.folded,
        state: state(Some(from.taken.state)).into(),
        called: from.called.iter().map(ToString::to_string).collect(),
        seed: from.seed.map(|seed| seed.to_string()).unwrap_or_default(),
        opens_at_ms: from.opens.0,
        closes_at_ms: from.closes.0,
    }
}

pub(super) fn answer(from: api::AnswerRollsRequest) -> Result<AnswerRolls, Refused> {
    let api::AnswerRollsRequest { id, call, leader, officer, work, by } = from;
    Ok(AnswerRolls { id: record_id(&id)?, call, leader, officer, work, by: person(by) })
}

pub(super) fn answered(from: &AnsweredRolls) -> api::AnswerRollsReply {
    let calls = from.calls.iter().map(reference).collect();
    api::AnswerRollsReply { taken: Some(convert_matter::taken(&from.taken)), calls }
}

pub(super) fn act(from: api::ActOnRollRequest) -> Result<ActOnRoll, Refused> {
    use api::act_on_roll_request::Act;
    let act = match from.act.ok_or(Refusal::RequestUnreadable)? {
        Act::Again(again) => RollAct::Again { to: again.offices, minutes: (again.minutes != 0).then_some(again.minutes) },
        Act::Phone(phone) => RollAct::Phone(phone_result(phone)),
        Act::Explain(explain) => {
            let on_behalf = convert_matter::on_behalf(explain.on_behalf_of, explain.entered)?;
            RollAct::Explain { reason: explain.reason, on_behalf }
        }
        Act::Rule(rule) => RollAct::Rule { office: rule.office, ruling: rule.ruling, words: rule.words },
        Act::Close(close) => RollAct::Close { words: close.words },
    };
    Ok(ActOnRoll { id: record_id(&from.id)?, call: from.call, act, by: person(from.by) })
}

fn phone_result(from: api::RollPhone) -> PhoneResult {
    let api::RollPhone { office, result, phone, rings, answered_by, leader, officer, work, remark } = from;
    PhoneResult { office, result, phone, rings, answered_by, leader, officer, work, remark }
}

pub(super) fn table(from: &RollTable) -> api::RollTableReply {
    let kind = if from.kind == CallKind::Spot.key() { api::RollKind::Spot } else { api::RollKind::Roll };
    api::RollTableReply {
        record: Some(reference(&from.call)),
        number: from.number.to_string(),
        title: from.title.clone(),
        kind: kind.into(),
        mode: mode_to_wire(from.mode).into(),
        caller: from.caller.to_string(),
        caller_name: from.caller_name.clone(),
        opens_at_ms: from.opens.0,
        minutes: u32::try_from(from.minutes).unwrap_or(u32::MAX),
        closes_at_ms: from.closes.0,
        closed_at_ms: millis(from.closed),
        seed: from.seed.map(|seed| seed.to_string()).unwrap_or_default(),
        as_of_ms: from.as_of.0,
        complete: from.complete,
        rows: from.rows.iter().map(row).collect(),
    }
}

fn row(from: &RollCallRow) -> api::RollRow {
    let (why, at, since) = undelivered(from.why.as_ref());
    api::RollRow {
        office: from.seat.office.to_string(),
        name: from.seat.name.clone(),
        depth: from.seat.depth,
        outcome: outcome(from.outcome).into(),
        late_ms: from.outcome.late_ms(),
        received_at_ms: millis(from.received),
        why: why.into(),
        why_office: text(at),
        why_since_ms: millis(since),
        due_ms: from.due.0,
        rounds: u32::try_from(from.rounds).unwrap_or(u32::MAX),
        second_needed: from.second_needed,
        expected: from.expected.as_ref().map(expected),
        answer: from.answer.as_ref().map(said_answer),
        phoned: from.phoned.iter().map(phoned).collect(),
        explained: from.explained.as_ref().map(words),
        ruled: from.ruled.as_ref().map(ruling),
    }
}

fn outcome(from: Outcome) -> api::RollOutcome {
    match from {
        Outcome::Scheduled => api::RollOutcome::Scheduled,
        Outcome::Waiting => api::RollOutcome::Waiting,
        Outcome::OnDuty => api::RollOutcome::OnDuty,
        Outcome::Late { .. } => api::RollOutcome::Late,
        Outcome::NoAnswer => api::RollOutcome::NoAnswer,
        Outcome::LineDown => api::RollOutcome::LineDown,
        Outcome::ByPhone => api::RollOutcome::ByPhone,
        Outcome::NoNode => api::RollOutcome::NoNode,
    }
}

fn expected(from: &ExpectedDuty) -> api::RollExpected {
    let record = from.record.as_ref().map(reference);
    api::RollExpected { leader: from.leader.clone(), officer: from.officer.clone(), record }
}

fn said_answer(from: &SaidAnswer) -> api::RollAnswer {
    api::RollAnswer {
        record: Some(reference(&from.record)),
        at_ms: from.at.0,
        leader: from.leader.clone(),
        officer: from.officer.clone(),
        work: from.work.clone(),
    }
}

fn phoned(from: &PhoneCall) -> api::RollPhoned {
    let call = from.call.clone();
    api::RollPhoned {
        record: Some(reference(&from.record)),
        by_office: from.by_office.to_string(),
        at_ms: from.at.0,
        call: Some(api::RollPhone {
            office: call.office,
            result: call.result,
            phone: call.phone,
            rings: call.rings,
            answered_by: call.answered_by,
            leader: call.leader,
            officer: call.officer,
            work: call.work,
            remark: call.remark,
        }),
        slow: from.slow,
    }
}

fn words(from: &RollWords) -> api::RollWords {
    api::RollWords { record: Some(reference(&from.record)), at_ms: from.at.0, words: from.words.clone() }
}

fn ruling(from: &Ruling) -> api::RollRuling {
    api::RollRuling {
        by_office: from.by_office.to_string(),
        by: from.by.as_ref().map(person_to_wire),
        ruling: from.ruling.clone(),
        said: Some(words(&from.said)),
    }
}

pub(super) fn listed(from: &RolledCall) -> api::RollListed {
    let count = |many: usize| u32::try_from(many).unwrap_or(u32::MAX);
    api::RollListed {
        head: Some(convert_matter::head(&from.row)),
        caller_name: from.caller.clone(),
        opens_at_ms: from.opens.0,
        closes_at_ms: from.closes.0,
        relation: from.relation.key().to_owned(),
        called: count(from.called),
        answered: count(from.answered),
    }
}

pub(super) fn draw(from: &DrawProof) -> api::RollDrawReply {
    api::RollDrawReply {
        number: from.number.to_string(),
        seed: from.seed.to_string(),
        count: u32::try_from(from.count).unwrap_or(u32::MAX),
        eligible: from.eligible.iter().map(ToString::to_string).collect(),
        drawn: from.drawn.iter().map(ToString::to_string).collect(),
    }
}
