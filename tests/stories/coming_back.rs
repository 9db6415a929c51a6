//! Who was away comes back: off, restored from an older copy, with an empty disk, or twice.

use dutynet_relay::{ids::Lane, record::Audience, writer::RecordState};
use dutynet_tests::{
    hostile::{Claims, Hostile},
    net::{Network, draft, office, until},
};

async fn four_tiers() -> Network {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.join("c", "x").await;
    net.join("x", "t").await;
    net
}

/// The three tiers above the township come back in the given order.
async fn comes_back(order: [&str; 3]) {
    let mut net = four_tiers().await;
    for tier in ["x", "c", "p"] {
        net.stop(tier).await;
    }
    let report = net.report("t", "p", "一路断线").await;
    assert_eq!(net.state("t", &report), Some(RecordState::Saved));
    for tier in order {
        net.start(tier).await;
    }
    net.arrives(&report, "p").await;
    net.has_arrived(&report, "t").await;
    assert_eq!(net.bodies("p"), ["一路断线"], "once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_made_while_three_tiers_are_off_arrives_when_they_come_back_from_below() {
    comes_back(["x", "c", "p"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_made_while_three_tiers_are_off_arrives_when_they_come_back_from_above() {
    comes_back(["p", "c", "x"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_made_while_three_tiers_are_off_arrives_when_the_middle_comes_first() {
    comes_back(["c", "x", "p"]).await;
    comes_back(["c", "p", "x"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_made_while_three_tiers_are_off_arrives_when_the_middle_comes_last() {
    comes_back(["x", "p", "c"]).await;
    comes_back(["p", "x", "c"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_parent_restored_from_an_older_copy_gets_everything_again_and_begins_a_new_epoch() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.join("c", "t").await;
    let before = net.report("t", "p", "before the copy").await;
    net.arrives(&before, "p").await;
    net.stop("c").await;
    let copy = net.copy("c");
    net.start("c").await;
    let after = net.report("t", "p", "after the copy").await;
    net.has_arrived(&after, "t").await;
    let own = net.report("c", "p", "the county's own").await;
    net.has_arrived(&own, "c").await;
    let down = draft(Lane::Urgent, vec![Audience::Subtree(office("c"))], b"down");
    let down = net.submit("c", down).await.unwrap().reference;
    net.arrives(&down, "t").await;
    let epoch = net.relay("c").status().epoch;
    net.stop("c").await;
    net.put_back("c", &copy);
    ["c", "t"].iter().for_each(|child| net.cut(child));
    net.start("c").await;
    assert_eq!(net.body("c", &after), None, "the copy does not know it");
    ["c", "t"].iter().for_each(|child| net.heal(child));
    net.arrives(&after, "c").await;
    net.arrives(&own, "c").await;
    net.arrives(&down, "c").await;
    until("a new epoch", || net.relay("c").status().epoch != epoch).await;
    until("noticed below", || net.counter("t", "peer_restored") == 1).await;
    let later = net.report("t", "p", "later").await;
    let own_later = net.report("c", "p", "own, later").await;
    net.has_arrived(&later, "t").await;
    net.has_arrived(&own_later, "c").await;
    let told = net.bodies("p");
    let all = ["before the copy", "after the copy", "the county's own", "later", "own, later"];
    assert_eq!(told.len(), all.len(), "each once: {told:?}");
    assert!(all.iter().all(|body| told.iter().any(|told| told == body)), "{told:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_root_restored_from_an_older_copy_gets_its_own_notices_back_from_its_children() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.stop("p").await;
    let copy = net.copy("p");
    net.start("p").await;
    let notice = draft(Lane::Urgent, vec![Audience::Subtree(office("p"))], b"notice");
    let notice = net.submit("p", notice).await.unwrap().reference;
    net.has_arrived(&notice, "p").await;
    let report = net.report("c", "p", "report").await;
    net.has_arrived(&report, "c").await;
    net.stop("p").await;
    net.put_back("p", &copy);
    net.start("p").await;
    net.arrives(&notice, "p").await;
    net.arrives(&report, "p").await;
    until("a new epoch", || net.counter("p", "epochs_forked") == 1).await;
    let next = draft(Lane::Urgent, vec![Audience::Subtree(office("p"))], b"next notice");
    let next = net.submit("p", next).await.unwrap().reference;
    net.has_arrived(&next, "p").await;
    assert_eq!(net.bodies("c"), ["notice", "report", "next notice"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_child_restored_from_an_older_copy_begins_a_new_epoch_and_gets_its_own_records_back() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    let before = net.report("c", "p", "before the copy").await;
    net.has_arrived(&before, "c").await;
    net.stop("c").await;
    let copy = net.copy("c");
    net.start("c").await;
    let mut lost = Vec::new();
    for n in 0..200 {
        lost.push(net.report("c", "p", &format!("lost {n}")).await);
    }
    net.has_arrived(&lost[199], "c").await;
    net.stop("c").await;
    net.put_back("c", &copy);
    net.start("c").await;
    for record in &lost {
        net.arrives(record, "c").await;
    }
    assert_eq!(net.counter("c", "epochs_forked"), 1);
    let later = net.report("c", "p", "later").await;
    net.has_arrived(&later, "c").await;
    assert_eq!(net.bodies("p").len(), 202, "each once");
    assert_eq!(net.bodies("c").len(), 202, "each once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_that_a_restored_child_uses_again_name_new_records_and_both_are_kept() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    let before = net.report("c", "p", "before the copy").await;
    net.has_arrived(&before, "c").await;
    net.stop("c").await;
    let copy = net.copy("c");
    net.start("c").await;
    let first = net.report("c", "p", "first use").await;
    net.has_arrived(&first, "c").await;
    net.stop("c").await;
    net.put_back("c", &copy);
    net.cut("c");
    net.start("c").await;
    // As many as were lost, and one more: the numbers alone show nothing.
    let second = net.report("c", "p", "second use").await;
    let third = net.report("c", "p", "third").await;
    net.heal("c");
    net.has_arrived(&third, "c").await;
    net.has_arrived(&second, "c").await;
    net.arrives(&first, "c").await;
    assert_eq!(net.counter("c", "chain_differs"), 1);
    assert_eq!(net.counter("c", "epochs_forked"), 1);
    assert_eq!(net.bodies("p"), ["before the copy", "first use", "second use", "third"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_child_on_an_empty_disk_gets_its_past_back_and_goes_on_with_a_new_key() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    let mut past = Vec::new();
    for n in 0..150 {
        past.push(net.report("c", "p", &format!("past {n}")).await);
    }
    net.has_arrived(&past[149], "c").await;
    let notice = draft(Lane::Urgent, vec![Audience::Subtree(office("p"))], b"notice");
    let notice = net.submit("p", notice).await.unwrap().reference;
    net.has_arrived(&notice, "p").await;
    let old_key = net.relay("p").registry().entry(&office("c")).unwrap().key.clone();
    net.stop("c").await;
    net.replace("p", "c").await;
    for record in past.iter().chain([&notice]) {
        net.arrives(record, "c").await;
    }
    assert_ne!(net.relay("c").registry().entry(&office("c")).unwrap().key, old_key);
    let later = net.report("c", "p", "later").await;
    net.has_arrived(&later, "c").await;
    assert_eq!(net.bodies("p").len(), 152, "each once");
    assert_eq!(net.bodies("c").len(), 152, "each once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_stopped_lets_go_of_its_folder_whoever_still_holds_a_line_to_it() {
    let mut net = Network::found("p").await;
    for child in ["c", "deaf"] {
        net.join("p", child).await;
        net.is_linked("p", child).await;
    }
    net.stop("deaf").await;
    // One line is dead without a word, and on another somebody answers every PING and hears nothing that is said.
    let claims = Claims { office: office("deaf"), zone: net.zone() };
    let deaf = Hostile::knock(&net.folder("deaf"), &net.line("deaf").address(), claims).await.expect("its own key lets it in");
    net.cut("c");
    net.stop("p").await;
    // As long as an earlier connection holds the store, this waits for it and gives up.
    net.start("p").await;
    drop(deaf);
    net.heal("c");
    let report = net.report("c", "p", "after it").await;
    net.has_arrived(&report, "c").await;
}
