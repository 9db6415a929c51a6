//! Certificates: renewed over the link by their holders, in time and also after their end, and by nobody else.

use std::time::Duration;

use dutynet_relay::{folder::DataFolder, ids::UnixMillis, link::frame::RefusedReason, relay::RelayConfig, tls::leaf::Proven};
use dutynet_tests::{
    hostile::Hostile,
    net::{Network, until},
};

const DAY: i64 = 24 * 3600 * 1000;

fn leaf_end(net: &Network, id: &str) -> UnixMillis {
    let leaf = DataFolder::at(net.folder(id)).read_leaf().expect("a leaf");
    Proven::read(&leaf).expect("a readable leaf").not_after
}

async fn parent_and_child() -> Network {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.is_linked("p", "c").await;
    net
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_that_ended_while_the_line_was_down_renews_by_itself() {
    let mut net = parent_and_child().await;
    let before = leaf_end(&net, "c");
    net.cut("c");
    let report = net.report("c", "p", "made while the line was down").await;
    // Two hundred days pass; the county's own clock has stood still meanwhile.
    net.clock("p").set_ahead(200 * DAY);
    net.heal("c");
    net.has_arrived(&report, "c").await;
    assert!(leaf_end(&net, "c").0 - before.0 >= 200 * DAY);
    assert!(net.counter("c", "refused_by_peer") > 0, "it had been refused first");
    // What it shows after a restart is the new one, out of its folder.
    let refused = net.counter("c", "refused_by_peer");
    net.stop("c").await;
    net.start("c").await;
    let report = net.report("c", "p", "after a restart").await;
    net.has_arrived(&report, "c").await;
    assert_eq!(net.counter("c", "refused_by_peer"), refused);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_renews_in_time_and_the_session_goes_on_beyond_the_end_of_the_old_one() {
    let net = parent_and_child().await;
    let (first, since) = (leaf_end(&net, "c"), net.link("p", "c").state.since);
    assert_eq!(net.link("p", "c").state.certificate_until, Some(first), "as the parent knows it");
    net.clock("p").set_ahead(80 * DAY);
    until("renewed", || leaf_end(&net, "c") > first).await;
    let second = leaf_end(&net, "c");
    // The one that the session began with has ended; the one after it wants renewing.
    net.clock("p").set_ahead(140 * DAY);
    until("renewed once more", || leaf_end(&net, "c") > second).await;
    let report = net.report("c", "p", "still the same session").await;
    net.has_arrived(&report, "c").await;
    assert_eq!(net.link("p", "c").state.since, since);
    assert_eq!(net.link("p", "c").state.certificate_until, Some(leaf_end(&net, "c")), "what it was given in that session");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_ends_with_a_certificate_that_was_not_renewed_and_the_child_comes_back_with_a_new_one() {
    let mut net = parent_and_child().await;
    net.stop("c").await;
    // It never looks at its own certificate.
    net.start_with("c", |config: &mut RelayConfig| config.leaf_check = Duration::from_secs(3600)).await;
    net.is_linked("p", "c").await;
    let (first, since) = (leaf_end(&net, "c"), net.link("p", "c").state.since);
    net.clock("p").set_ahead(91 * DAY);
    until("ended and up again", || net.link("p", "c").state.since > since && net.link("p", "c").state.up).await;
    assert!(leaf_end(&net, "c") > first);
    assert!(net.counter("p", "hello_refused") > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_county_renews_for_itself_and_signs_for_its_own_children_whatever_the_year() {
    let mut net = parent_and_child().await;
    net.join("c", "t").await;
    net.is_linked("c", "t").await;
    for (id, ahead) in [("p", 400 * DAY), ("c", 800 * DAY), ("t", -20_000 * DAY)] {
        net.clock(id).set_ahead(ahead);
    }
    net.line("c").break_off();
    net.line("t").break_off();
    let report = net.report("t", "p", "three clocks, three years").await;
    net.has_arrived(&report, "t").await;
    until("each by the clock of its parent", || {
        let apart = leaf_end(&net, "t").0 - leaf_end(&net, "c").0;
        (apart - 400 * DAY).abs() < DAY
    })
    .await;
}

async fn refusal(folder: &std::path::Path, address: &str, office: &str) -> (RefusedReason, String) {
    let refused = Hostile::renew(folder, address, office).await.expect_err("a refusal");
    (refused.reason, refused.detail)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_gets_a_certificate_for_a_strangers_key_for_a_superseded_one_or_for_another_office() {
    let mut net = parent_and_child().await;
    net.join("p", "d").await;
    let address = net.line("c").address();
    let mut other = Network::found("other").await;
    other.join("other", "c").await;
    let (reason, detail) = refusal(&other.folder("c"), &address, "c").await;
    assert_eq!(reason, RefusedReason::UnknownKey);
    assert!(detail.starts_with("c with key"), "{detail}");
    let (reason, detail) = refusal(&net.folder("c"), &address, "d").await;
    assert_eq!((reason, detail.as_str()), (RefusedReason::Malformed, "the key is that of c, not of d"));
    let old = net.folder("c");
    net.stop("c").await;
    net.replace("p", "c").await;
    let (reason, detail) = refusal(&old, &address, "c").await;
    assert_eq!(reason, RefusedReason::Superseded);
    assert!(detail.contains("Superseded"), "{detail}");
    let renewed = Hostile::renew(&net.folder("c"), &address, "c").await.expect("its own, for a child with its own key");
    assert_eq!(Proven::read(&renewed).unwrap().office.as_str(), "c");
}
