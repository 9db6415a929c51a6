//! What `--json` prints of roll calls; the rules are those of [`crate::cli::json`].

use dutynet_proto::api;
use serde::Serialize;

use super::print::outcome;
use crate::{
    cli::{
        convert::{mode_name, person, reference, said, state_name, time},
        json::{Person, Record},
        matter::json::Taken,
        notice::{undelivered_name, why_not},
    },
    domain::rollcall::Outcome,
};

/// `rollcall call --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Called {
    record: Record,
    number: String,
    /// True: it had been made already.
    folded: bool,
    /// `saved`, `custody`, `arrived`, `parked`.
    state: Option<&'static str>,
    called: Vec<String>,
    /// Null: nobody was drawn.
    seed: Option<String>,
    opens_at: Option<String>,
    closes_at: Option<String>,
}

/// `rollcall answer --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Answered {
    taken: Option<Taken>,
    calls: Vec<Record>,
}

/// `rollcall board --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Board {
    record: Record,
    number: String,
    title: Option<String>,
    /// `roll`, `spot`.
    kind: &'static str,
    mode: &'static str,
    caller: String,
    caller_name: String,
    opens_at: Option<String>,
    minutes: u32,
    closes_at: Option<String>,
    closed_at: Option<String>,
    seed: Option<String>,
    as_of: Option<String>,
    complete: bool,
    rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    office: String,
    name: String,
    depth: u32,
    /// One of [`Outcome::NAMES`].
    outcome: &'static str,
    late_ms: i64,
    received_at: Option<String>,
    undelivered: Option<&'static str>,
    at: Option<String>,
    since: Option<String>,
    due: Option<String>,
    rounds: u32,
    second_needed: bool,
    expected: Option<Expected>,
    answer: Option<Answer>,
    phoned: Vec<Phoned>,
    explained: Option<Words>,
    ruled: Option<Ruled>,
}

#[derive(Debug, Serialize)]
struct Expected {
    leader: String,
    officer: String,
}

#[derive(Debug, Serialize)]
struct Answer {
    record: Record,
    at: Option<String>,
    leader: String,
    officer: String,
    work: String,
}

#[derive(Debug, Serialize)]
struct Phoned {
    record: Record,
    by_office: String,
    at: Option<String>,
    result: String,
    phone: String,
    rings: Option<u32>,
    slow: bool,
    answered_by: Option<String>,
    leader: Option<String>,
    officer: Option<String>,
    work: Option<String>,
    remark: Option<String>,
}

#[derive(Debug, Serialize)]
struct Words {
    record: Record,
    at: Option<String>,
    words: String,
}

#[derive(Debug, Serialize)]
struct Ruled {
    by_office: String,
    by: Option<Person>,
    ruling: String,
    said: Words,
}

/// `rollcall list --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct List {
    calls: Vec<Listed>,
}

#[derive(Debug, Serialize)]
struct Listed {
    call: Record,
    number: String,
    title: Option<String>,
    mode: &'static str,
    open: bool,
    caller_name: String,
    opens_at: Option<String>,
    closes_at: Option<String>,
    relation: String,
    called: u32,
    answered: u32,
}

/// `rollcall draw --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Draw {
    number: String,
    seed: String,
    count: u32,
    eligible: Vec<String>,
    drawn: Vec<String>,
}

/// `rollcall verify --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Verified {
    pub(super) number: String,
    pub(super) seed: String,
    pub(super) agrees: bool,
}

impl From<&api::CallRollReply> for Called {
    fn from(from: &api::CallRollReply) -> Self {
        Self {
            record: reference(from.record.as_ref()),
            number: from.number.clone(),
            folded: from.folded,
            state: state_name(from.state),
            called: from.called.clone(),
            seed: said(&from.seed),
            opens_at: time(from.opens_at_ms),
            closes_at: time(from.closes_at_ms),
        }
    }
}

impl From<&api::AnswerRollsReply> for Answered {
    fn from(from: &api::AnswerRollsReply) -> Self {
        let calls = from.calls.iter().map(|call| reference(Some(call))).collect();
        Self { taken: from.taken.as_ref().map(Taken::from), calls }
    }
}

impl From<&api::RollTableReply> for Board {
    fn from(from: &api::RollTableReply) -> Self {
        Self {
            record: reference(from.record.as_ref()),
            number: from.number.clone(),
            title: said(&from.title),
            kind: if from.kind == i32::from(api::RollKind::Spot) { "spot" } else { "roll" },
            mode: mode_name(from.mode),
            caller: from.caller.clone(),
            caller_name: from.caller_name.clone(),
            opens_at: time(from.opens_at_ms),
            minutes: from.minutes,
            closes_at: time(from.closes_at_ms),
            closed_at: time(from.closed_at_ms),
            seed: said(&from.seed),
            as_of: time(from.as_of_ms),
            complete: from.complete,
            rows: from.rows.iter().map(row).collect(),
        }
    }
}

fn row(from: &api::RollRow) -> Row {
    Row {
        office: from.office.clone(),
        name: from.name.clone(),
        depth: from.depth,
        outcome: Outcome::NAMES[outcome(from).place()],
        late_ms: from.late_ms,
        received_at: time(from.received_at_ms),
        undelivered: why_not(from.why, &from.why_office, from.why_since_ms).as_ref().map(undelivered_name),
        at: said(&from.why_office),
        since: time(from.why_since_ms),
        due: time(from.due_ms),
        rounds: from.rounds,
        second_needed: from.second_needed,
        expected: from.expected.as_ref().map(|who| Expected { leader: who.leader.clone(), officer: who.officer.clone() }),
        answer: from.answer.as_ref().map(|answer| Answer {
            record: reference(answer.record.as_ref()),
            at: time(answer.at_ms),
            leader: answer.leader.clone(),
            officer: answer.officer.clone(),
            work: answer.work.clone(),
        }),
        phoned: from.phoned.iter().map(phoned).collect(),
        explained: from.explained.as_ref().map(words),
        ruled: from.ruled.as_ref().map(|ruling| Ruled {
            by_office: ruling.by_office.clone(),
            by: person(ruling.by.as_ref()),
            ruling: ruling.ruling.clone(),
            said: words(&ruling.said.clone().unwrap_or_default()),
        }),
    }
}

fn phoned(from: &api::RollPhoned) -> Phoned {
    let call = from.call.clone().unwrap_or_default();
    Phoned {
        record: reference(from.record.as_ref()),
        by_office: from.by_office.clone(),
        at: time(from.at_ms),
        result: call.result,
        phone: call.phone,
        rings: call.rings,
        slow: from.slow,
        answered_by: said(&call.answered_by),
        leader: said(&call.leader),
        officer: said(&call.officer),
        work: said(&call.work),
        remark: said(&call.remark),
    }
}

fn words(from: &api::RollWords) -> Words {
    Words { record: reference(from.record.as_ref()), at: time(from.at_ms), words: from.words.clone() }
}

impl From<&api::ListRollsReply> for List {
    fn from(from: &api::ListRollsReply) -> Self {
        Self { calls: from.calls.iter().map(listed).collect() }
    }
}

fn listed(from: &api::RollListed) -> Listed {
    let head = from.head.clone().unwrap_or_default();
    Listed {
        call: reference(head.matter.as_ref()),
        number: head.number,
        title: said(&head.title),
        mode: mode_name(head.mode),
        open: head.open,
        caller_name: from.caller_name.clone(),
        opens_at: time(from.opens_at_ms),
        closes_at: time(from.closes_at_ms),
        relation: from.relation.clone(),
        called: from.called,
        answered: from.answered,
    }
}

impl From<&api::RollDrawReply> for Draw {
    fn from(from: &api::RollDrawReply) -> Self {
        Self {
            number: from.number.clone(),
            seed: from.seed.clone(),
            count: from.count,
            eligible: from.eligible.clone(),
            drawn: from.drawn.clone(),
        }
    }
}
