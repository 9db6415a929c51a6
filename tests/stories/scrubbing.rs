//! Damage that nobody has met yet is found while a node works, and what was lost comes back from its neighbours.

use std::{path::Path, time::Duration};

use dutynet_node::usecase::WarningKind;
use dutynet_relay::{
    ids::{Lane, RecordRef},
    journal::Cursor,
    record::Audience,
    upkeep::counts::Upkept,
};
use dutynet_tests::{
    desk::Desk,
    net::{Network, draft, office, until},
    search::files_with,
};

/// Flips a bit of these words in the journal of a running node.
fn flip(folder: &Path, words: &[u8]) {
    let files = files_with(&folder.join("journal"), words);
    let [file] = files.as_slice() else { panic!("the words stand in one file: {files:?}") };
    let mut bytes = std::fs::read(file).unwrap();
    let at = bytes.windows(words.len()).position(|window| window == words).unwrap();
    bytes[at] ^= 1;
    let file = std::fs::OpenOptions::new().write(true).open(file).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&file, &bytes[at..=at], at as u64).unwrap();
}

/// Whether everything that is damaged has been made good.
fn is_whole(net: &Network, at: &str) -> bool {
    let store = net.relay(at).store();
    let groups = store.journal().groups_after(Cursor::default(), usize::MAX).unwrap();
    groups.iter().flat_map(|group| &group.damaged).all(|damage| store.is_made_good(damage).unwrap())
}

fn is_damaged(net: &Network, at: &str) -> bool {
    let groups = net.relay(at).store().journal().groups_after(Cursor::default(), usize::MAX).unwrap();
    groups.iter().any(|group| !group.damaged.is_empty())
}

/// Nothing of the recent past is in memory any more, and a round is short.
async fn scrubbing(net: &mut Network, at: &str) {
    net.stop(at).await;
    net.start_with(at, |config| config.scrub_round = Duration::from_millis(200)).await;
}

async fn comes_back(net: &Network, at: &str, record: &RecordRef, words: &[u8]) {
    flip(&net.folder(at), words);
    until("the damage is found", || net.relay(at).scrubbed().unwrap().found > 0).await;
    until("it is back", || net.relay(at).store().is_sound(record).unwrap()).await;
    until("nothing is missing", || net.relay(at).scrubbed().unwrap().damaged.is_empty()).await;
    assert_eq!(net.body(at, record).unwrap(), words);
    assert!(is_damaged(net, at) && is_whole(net, at));
    let round = net.relay(at).scrubbed().unwrap().last_round;
    until("another round", || net.relay(at).scrubbed().unwrap().last_round > round).await;
    let upkept = net.relay(at).upkept().unwrap();
    assert_eq!(upkept.scrubbed.found, 1, "what was made good is not found again");
    assert_eq!((upkept.fetched_again, upkept.scrubbed.missing), (1, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_flipped_bit_took_from_a_running_county_comes_back_from_its_neighbours() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.join("c", "t").await;
    let before = net.report("t", "p", "the first of three").await;
    let report = net.report("t", "p", "words of a township").await;
    let after = net.report("t", "p", "the last of three").await;
    net.has_arrived(&after, "t").await;
    scrubbing(&mut net, "c").await;
    net.is_linked("p", "c").await;
    comes_back(&net, "c", &report, b"words of a township").await;
    for record in [&before, &after] {
        assert!(net.relay("c").store().is_sound(record).unwrap());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_can_give_back_is_counted_as_missing_until_it_is_back() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    let report = net.report("c", "p", "words of a county").await;
    net.has_arrived(&report, "c").await;
    net.stop("c").await;
    scrubbing(&mut net, "p").await;
    flip(&net.folder("p"), b"words of a county");
    let missing = |net: &Network| Upkept::of(net.relay("p").store()).unwrap().scrubbed.missing;
    until("it is found and nobody is there to ask", || missing(&net) == 1).await;
    let desk = Desk::at(&net, "p");
    assert!(desk.office.status().warnings.iter().any(|warning| warning.kind == WarningKind::Damaged));
    desk.close().await;
    net.start("c").await;
    until("it is back", || missing(&net) == 0).await;
    assert_eq!(net.body("p", &report).unwrap(), "words of a county".as_bytes());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_flipped_bit_took_from_the_root_comes_back_from_whoever_had_it_from_there() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    let notice = draft(Lane::Urgent, vec![Audience::Subtree(office("p"))], b"words of the province");
    let notice = net.submit("p", notice).await.unwrap().reference;
    net.has_arrived(&notice, "p").await;
    scrubbing(&mut net, "p").await;
    net.is_linked("p", "c").await;
    comes_back(&net, "p", &notice, b"words of the province").await;
}
