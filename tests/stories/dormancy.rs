//! A neighbour that is off for two months holds nobody, and misses nothing; nobody sleeps for less.

use std::{collections::BTreeSet, time::Duration};

use dutynet_relay::{
    ids::{Lane, RecordRef, UnixMillis},
    index::{CUSTODY, scan_prefix},
    record::Audience,
    relay::DormantAfter,
    writer::RecordState,
};
use dutynet_tests::{
    net::{Network, draft, office, until},
    process::Process,
};

/// 2099-01-01.
const IN_2099: UnixMillis = UnixMillis(4_070_880_000_000);
const LANES: [Lane; 3] = [Lane::Flash, Lane::Urgent, Lane::Routine];

/// A province with three children, of whom two are on.
async fn province() -> Network {
    let mut net = Network::found("p").await;
    for child in ["a", "b", "s"] {
        net.join("p", child).await;
    }
    for child in ["a", "b", "s"] {
        net.is_linked("p", child).await;
    }
    net.stop("s").await;
    until("the province sees that it is off", || !net.link("p", "s").state.up).await;
    net
}

/// Looked at again and again.
fn often() -> DormantAfter {
    DormantAfter { looked_at_every: Duration::from_millis(50), ..DormantAfter::default() }
}

/// As if ten were many, from the first moment on.
fn small() -> DormantAfter {
    DormantAfter { records: 10, records_count_after: Duration::ZERO, ..often() }
}

/// Records of one maker in all lanes, with bodies that make some journal.
async fn make(net: &Network, from: &str, audience: &[Audience], count: usize) -> Vec<RecordRef> {
    let mut making = tokio::task::JoinSet::new();
    for n in 0..count {
        let body = format!("{from} {n:05} {}", "事".repeat(600));
        let note = draft(LANES[n % 3], audience.to_vec(), body.as_bytes());
        let relay = net.relay(from).clone();
        making.spawn(async move { relay.submit(note).await.expect("a record is made").reference });
    }
    let mut made = making.join_all().await;
    made.sort();
    made
}

fn everyone() -> Vec<Audience> {
    vec![Audience::Subtree(office("p"))]
}

/// Keys of the index that begin with the letter and, after it, that office.
fn keys(net: &Network, at: &str, letter: &str, of: &str) -> usize {
    let end = if of.is_empty() { String::new() } else { format!("{of}\0") };
    let prefix = format!("{letter}{end}");
    scan_prefix(net.relay(at).index().as_ref(), CUSTODY, prefix.as_bytes(), usize::MAX).expect("an index").len()
}

fn holds_all(net: &Network, at: &str, made: &[RecordRef]) -> bool {
    let told: BTreeSet<_> = net.told(at).iter().map(|stored| stored.record.reference()).collect();
    made.iter().all(|record| told.contains(record))
}

/// What an office was sent of one lane, in the order in which it came.
fn order(net: &Network, at: &str, lane: Lane) -> Vec<RecordRef> {
    let told = net.told(at);
    let from_above = told.iter().filter(|s| s.record.header().lane() == lane && s.from.is_some());
    from_above.map(|s| s.record.reference()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_child_that_is_off_for_sixty_days_holds_nobody_and_gets_all_of_it_once_and_in_order() {
    let mut net = province().await;
    // Before the quota: what was given a position keeps it, and what waits for the child holds its sender's lane.
    let mut made = make(&net, "p", &everyone(), 30).await;
    made.extend(make(&net, "a", &everyone(), 30).await);
    until("b has it", || holds_all(&net, "b", &made)).await;
    assert!(keys(&net, "p", "w", "a") > 0, "the senders' records wait for the child");
    assert_eq!(net.link("p", "s").dormant, None);
    // Sixty days later, as far as the quota is concerned.
    net.stop("p").await;
    net.start_with("p", |config| config.dormant = DormantAfter { off_for: Duration::from_millis(1), ..often() }).await;
    for child in ["a", "b"] {
        net.is_linked("p", child).await;
    }
    until("it sleeps", || net.link("p", "s").dormant.is_some()).await;
    let outbox = keys(&net, "p", "o", "s");
    until("nothing waits for it", || keys(&net, "p", "w", "") == 0).await;
    // Two months of work for all, and for the other alone.
    made.extend(make(&net, "p", &everyone(), 900).await);
    let for_all = make(&net, "a", &everyone(), 900).await;
    let for_b = make(&net, "a", &[Audience::Offices(vec![office("b")])], 90).await;
    until("b has it", || holds_all(&net, "b", &made) && holds_all(&net, "b", &for_all) && holds_all(&net, "b", &for_b)).await;
    for record in &for_b {
        net.has_arrived(record, "a").await;
    }
    for record in &for_all {
        assert_eq!(net.state("a", record), Some(RecordState::Custody), "{record} is not at the sleeping child");
    }
    made.extend(for_all);
    assert_eq!(keys(&net, "p", "o", "s"), outbox, "nothing grows in the index for the sleeping child");
    assert_eq!(keys(&net, "p", "w", ""), 0, "nobody waits");
    let dormant = net.link("p", "s").dormant.expect("it sleeps");
    assert!(dormant.waiting >= made.len() as u64, "{dormant:?}");
    // It comes back, and the province is killed again and again while it serves it.
    net.stop("p").await;
    net.start("s").await;
    let mut held = 0;
    for _ in 0..4 {
        let mut province = Process::serve(&net.folder("p")).await;
        for child in ["a", "b", "s"] {
            net.line(child).aim(province.link());
        }
        until("some of it has come", || net.told("s").len() > held || holds_all(&net, "s", &made)).await;
        held = net.told("s").len();
        province.kill();
    }
    assert!(held < made.len(), "it was killed in the middle");
    net.start_with("p", |config| config.dormant = often()).await;
    until("the child has all of it", || holds_all(&net, "s", &made)).await;
    until("it is quite back", || net.link("p", "s").dormant.is_none()).await;
    assert_eq!(net.told("s").len(), made.len(), "each once, and nothing that is not for it");
    for lane in LANES {
        let (at_b, at_s) = (order(&net, "b", lane), order(&net, "s", lane));
        let for_b: BTreeSet<_> = for_b.iter().collect();
        let at_b: Vec<_> = at_b.into_iter().filter(|record| !for_b.contains(record)).collect();
        assert_eq!(at_s, at_b, "{lane:?} in the order in which the others had it");
    }
    for record in &made {
        let maker = record.origin.as_str().to_owned();
        net.has_arrived(record, &maker).await;
    }
    for at in ["p", "a", "b", "s"] {
        assert_eq!(net.counter(at, "epochs_forked"), 0, "{at}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_count_of_records_sends_no_parent_to_sleep() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.join("c", "s").await;
    net.is_linked("p", "c").await;
    net.is_linked("c", "s").await;
    net.stop("s").await;
    net.stop("c").await;
    net.cut("c");
    net.start_with("c", |config| config.dormant = small()).await;
    let mut made = make(&net, "c", &[Audience::UpTo(office("p"))], 20).await;
    // The parent is looked at before the child, each time.
    make(&net, "c", &[Audience::Subtree(office("c"))], 20).await;
    until("the child sleeps", || net.link("c", "s").dormant.is_some()).await;
    assert_eq!(net.link("c", "p").dormant, None, "the parent is who everything goes to");
    let flash = draft(Lane::Flash, vec![Audience::UpTo(office("p"))], b"flash");
    made.push(net.submit("c", flash).await.expect("a record is made").reference);
    net.heal("c");
    until("the parent has all of it", || holds_all(&net, "p", &made)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_set_to_2099_sends_nobody_to_sleep() {
    let mut net = Network::found("p").await;
    for child in ["few", "many"] {
        net.join("p", child).await;
        net.is_linked("p", child).await;
        net.stop(child).await;
    }
    for at in ["few", "many"] {
        until("the province sees that it is off", || !net.link("p", at).state.up).await;
    }
    net.clock("p").set(IN_2099);
    net.stop("p").await;
    // The one that sleeps by its count is looked at several times before it does, and the other each time before it.
    let after_a_while = DormantAfter { records_count_after: Duration::from_millis(200), ..small() };
    net.start_with("p", |config| config.dormant = after_a_while).await;
    let to = |child: &str| draft(Lane::Routine, vec![Audience::Offices(vec![office(child)])], b"story");
    let waits = net.submit("p", to("few")).await.expect("a record is made").reference;
    for _ in 0..20 {
        net.submit("p", to("many")).await.expect("a record is made");
    }
    until("the other sleeps, by its count", || net.link("p", "many").dormant.is_some()).await;
    assert_eq!(net.link("p", "few").dormant, None, "it is off for a moment, whatever year it is");
    net.start("few").await;
    net.arrives(&waits, "few").await;
}
