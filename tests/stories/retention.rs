//! Retention by rule over lines: what somebody has not acknowledged to the end stays, and so does everything while clocks may be wrong.

use dutynet_node::{domain::retention::Rules, usecase::To};
use dutynet_tests::{desk::Desk, net::Network};

/// Twelve years.
const LATER_MS: i64 = 12 * 365 * 86_400_000;

fn rules() -> Rules {
    let row = "[[rule]]\nid = \"notices\"\nabout = [\"notice\"]\nclass = \"10y\"\nby_itself = true\n";
    Rules::parse(&format!("{row}article = \"第七条\"\nsource = \"国家档案局令第8号\"\n")).expect("rules")
}

/// How many notices are due, and how many of those that would be wait for somebody.
async fn looked(desk: &Desk) -> (usize, u64) {
    let now = desk.office.retention().await.expect("it can be looked at");
    (now.rules[0].due.len(), now.rules[0].unacknowledged)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_child_has_not_got_yet_is_kept_whatever_a_rule_says() {
    let mut net = Network::found("p").await;
    net.join("p", "t").await;
    net.stop("t").await;
    let desk = Desk::at(&net, "p");
    desk.office.keeps_by(rules());
    let notice = desk.send("防汛通知", To::EverybodyBelow).await.reference;
    net.clock("p").set_ahead(LATER_MS);
    assert_eq!(looked(&desk).await, (0, 1));
    assert_eq!(desk.office.retain().await.unwrap(), 0);
    net.clock("p").set_ahead(0);
    net.start("t").await;
    net.has_arrived(&notice, "p").await;
    let child = Desk::at(&net, "t");
    child.office.keeps_by(rules());
    assert!(!child.office.retention().await.unwrap().clock_doubtful);
    net.cut("t");
    dutynet_tests::net::until("the cut is noticed", || !net.link("t", "p").state.up).await;
    assert!(child.office.retention().await.unwrap().clock_doubtful, "nobody is there to compare clocks with");
    child.close().await;
    net.clock("p").set_ahead(LATER_MS);
    assert_eq!(looked(&desk).await, (1, 0));
    assert_eq!(desk.office.retain().await.unwrap(), 1);
    let stored = net.relay("p").store().record(&notice).unwrap().unwrap();
    assert!(stored.record.is_hollow());
    desk.close().await;
}
