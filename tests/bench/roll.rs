//! How long a roll call of a whole province takes, each office a process of its own: until the province knows that every node has the call, and
//! from then on until it has the answers that all of them give at once. With all of them there, and with a quarter of the townships off.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use dutynet_proto::{
    api::{self, roll_calls_client::RollCallsClient},
    record as wire,
};
use dutynet_tests::{desk::new_id, net::clerk};
use tonic::Streaming;

use super::forest::{Forest, Keyed, TOP};

/// What was measured; times are sorted.
pub struct Called {
    pub offices: usize,
    /// From the call until every node that runs has said that it has it.
    pub had: Vec<Duration>,
    /// From the answers, all given at once, until all are at the province.
    pub answered: Vec<Duration>,
    /// The same with a quarter of the townships off.
    pub had_cut: Vec<Duration>,
    pub answered_cut: Vec<Duration>,
    pub cut_off: usize,
}

type Client = RollCallsClient<Keyed>;

/// Calls so many times each.
pub async fn call(shape: &[usize], times: usize) -> Called {
    let mut forest = Forest::plant(shape).await;
    let mut top = client(&forest, TOP).await;
    let mut below = BTreeMap::new();
    for id in (1..=shape.len()).flat_map(|depth| forest.tier(depth)) {
        below.insert(id.clone(), client(&forest, &id).await);
    }
    let offices = forest.len();
    // The first call finds lines that have just come up.
    let all: BTreeSet<_> = below.keys().cloned().collect();
    once(&mut top, &below, &all).await;
    let (mut had, mut answered) = times_of(&mut top, &below, times).await;
    let off: Vec<_> = forest.tier(shape.len()).into_iter().step_by(4).collect();
    for id in &off {
        forest.fell(id).await;
        below.remove(id);
    }
    let (mut had_cut, mut answered_cut) = times_of(&mut top, &below, times).await;
    [&mut had, &mut answered, &mut had_cut, &mut answered_cut].into_iter().for_each(|took| took.sort_unstable());
    Called { offices, had, answered, had_cut, answered_cut, cut_off: off.len() }
}

async fn client(forest: &Forest, id: &str) -> Client {
    let (channel, key) = forest.client(id).await;
    RollCallsClient::with_interceptor(channel, key).max_decoding_message_size(32 * 1024 * 1024)
}

async fn times_of(top: &mut Client, below: &BTreeMap<String, Client>, times: usize) -> (Vec<Duration>, Vec<Duration>) {
    let reached: BTreeSet<_> = below.keys().cloned().collect();
    let (mut had, mut answered) = (Vec::new(), Vec::new());
    for _ in 0..times {
        let took = once(top, below, &reached).await;
        had.push(took.0);
        answered.push(took.1);
    }
    (had, answered)
}

fn by() -> Option<wire::Person> {
    let by = clerk();
    Some(wire::Person { id: by.id, name: by.name })
}

async fn once(top: &mut Client, below: &BTreeMap<String, Client>, reached: &BTreeSet<String>) -> (Duration, Duration) {
    let begun = Instant::now();
    let request = api::CallRollRequest {
        id: new_id().0.to_vec().into(),
        kind: api::RollKind::Roll.into(),
        all_below: true,
        minutes: 60,
        by: by(),
        mode: wire::Mode::Real.into(),
        ..api::CallRollRequest::default()
    };
    let called = top.call(request).await.expect("a call is made").into_inner();
    let watched = top.watch(api::RollTableRequest { call: called.number.clone() }).await.expect("a table");
    let mut table = Table { rows: BTreeMap::new(), replies: watched.into_inner() };
    table.until(reached, |row| row.received_at_ms != 0).await;
    let had = begun.elapsed();
    let answering = Instant::now();
    let answers: Vec<_> = below.values().cloned().map(|client| tokio::spawn(answer(client))).collect();
    for answer in answers {
        answer.await.expect("no panic");
    }
    table.until(reached, |row| row.outcome == api::RollOutcome::OnDuty as i32).await;
    let answered = answering.elapsed();
    assert!(table.rows.len() >= reached.len(), "everybody stands in the table");
    let act = Some(api::act_on_roll_request::Act::Close(api::RollClose { words: String::new() }));
    let close = api::ActOnRollRequest { id: new_id().0.to_vec().into(), call: called.number, by: by(), act };
    top.act(close).await.expect("it is closed");
    (had, answered)
}

async fn answer(mut client: Client) {
    let said = api::AnswerRollsRequest {
        id: new_id().0.to_vec().into(),
        leader: "leader".into(),
        officer: "officer".into(),
        work: "work".into(),
        by: by(),
        ..api::AnswerRollsRequest::default()
    };
    client.answer(said).await.expect("an answer is taken");
}

/// The province's table, as it changes.
struct Table {
    rows: BTreeMap<String, api::RollRow>,
    replies: Streaming<api::RollTableReply>,
}

impl Table {
    async fn until(&mut self, reached: &BTreeSet<String>, holds: impl Fn(&api::RollRow) -> bool) {
        while !reached.iter().all(|id| self.rows.get(id).is_some_and(&holds)) {
            let reply = self.replies.message().await.expect("an answer").expect("somebody is waited for");
            self.rows.extend(reply.rows.into_iter().map(|row| (row.office.clone(), row)));
        }
    }
}
