//! 送达 is the word of each office's own node: that those below it have said it is not its own word.

use dutynet_node::usecase::{CallKind, CallRoll, RollCallRow, To};
use dutynet_relay::record::Mode;
use dutynet_tests::{
    desk::{Desk, new_id},
    net::{Network, clerk, office, until, until_seen},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_that_comes_to_speak_after_those_below_it_still_says_that_it_has_the_call() {
    let mut net = Network::found("p").await;
    for (parent, child) in [("p", "c"), ("c", "t")] {
        net.join(parent, child).await;
        net.is_linked(parent, child).await;
    }
    until("the city knows everybody", || net.relay("p").registry().entry(&office("t")).is_some()).await;
    let (p, t) = (Desk::at(&net, "p"), Desk::at(&net, "t"));
    let call = CallRoll {
        id: new_id(),
        kind: CallKind::Roll,
        title: String::new(),
        to: Some(To::EverybodyBelow),
        draw: None,
        at: None,
        minutes: Some(10),
        by: Some(clerk()),
        mode: Mode::Real,
    };
    let call = p.office.call_roll(call).await.expect("a call is made").taken.number().to_string();
    let has = async |id: &str| {
        let table = p.office.roll_table(&call).await.expect("a table");
        let of = |row: &&RollCallRow| row.seat.office == office(id);
        table.rows.iter().find(of).expect("it stands in the table").received.is_some()
    };
    // The county carries, and nobody reads there yet: what it finds first is the call and the township's word, together.
    until_seen("the township has said that it has the call", async || has("t").await, |&has| has).await;
    assert!(!has("c").await);
    let c = Desk::at(&net, "c");
    until_seen("the county says that it has the call", async || has("c").await, |&has| has).await;
    for desk in [p, t, c] {
        desk.close().await;
    }
}
