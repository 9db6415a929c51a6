//! A node that is killed without warning, as a real process, again and again.

use std::collections::BTreeSet;

use dutynet_relay::{
    ids::{Lane, RecordRef},
    random,
    record::Audience,
};
use dutynet_tests::{
    net::{Network, draft, office, until},
    process::Process,
};
use rand::{Rng as _, SeedableRng as _, rngs::SmallRng};

const KILLS: usize = 50;

/// Reports from below and notices from above, many at once.
async fn more(net: &Network, made: &mut [Vec<RecordRef>; 2], round: usize) {
    let mut making = tokio::task::JoinSet::new();
    for n in 0..120 {
        // Cannot be packed, so that much has to pass.
        let body: [u8; 2048] = random::bytes().expect("randomness");
        let up = draft(Lane::Routine, vec![Audience::UpTo(office("p"))], &body);
        let relay = net.relay("t").clone();
        making.spawn(async move { (0, relay.submit(up).await.expect("a record is made").reference) });
        if n % 4 == 0 {
            let down = draft(Lane::Urgent, vec![Audience::Subtree(office("p"))], format!("down {round} {n}").as_bytes());
            let relay = net.relay("p").clone();
            making.spawn(async move { (1, relay.submit(down).await.expect("a record is made").reference) });
        }
    }
    while let Some(done) = making.join_next().await {
        let (way, reference) = done.expect("a record is made");
        made[way].push(reference);
    }
}

/// What an office holds of one lane, in the order in which it came to know it.
fn order(net: &Network, at: &str, lane: Lane) -> Vec<RecordRef> {
    let told = net.told(at);
    told.iter().filter(|s| s.record.header().lane() == lane).map(|s| s.record.reference()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_county_that_is_killed_fifty_times_in_the_middle_of_a_drain_loses_and_doubles_nothing() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.join("c", "t").await;
    net.stop("c").await;
    let mut dice = SmallRng::seed_from_u64(50);
    let mut made = [Vec::new(), Vec::new()];
    let (mut rounds, mut in_the_middle) = (0, 0);
    while in_the_middle < KILLS {
        rounds += 1;
        more(&net, &mut made, rounds).await;
        let mut county = Process::serve(&net.folder("c")).await;
        net.line("t").aim(county.link());
        let moved = || net.line("c").passed() + net.line("t").passed();
        let enough = moved() + dice.random_range(5_000..150_000);
        let last = made[0].last().expect("a record was made").clone();
        until("something moves", || moved() >= enough || net.body("p", &last).is_some()).await;
        in_the_middle += usize::from(net.body("p", &last).is_none());
        county.kill();
    }
    eprintln!("{rounds} kills, {in_the_middle} of them in the middle of a drain");
    net.start("c").await;
    for (way, at) in [(0, "p"), (1, "t")] {
        for record in &made[way] {
            net.arrives(record, at).await;
        }
    }
    for at in ["p", "c", "t"] {
        let (up, down) = (order(&net, at, Lane::Routine), order(&net, at, Lane::Urgent));
        assert_eq!((up.len(), down.len()), (made[0].len(), made[1].len()), "{at}: nothing lost, nothing doubled");
        assert_eq!(up.iter().collect::<BTreeSet<_>>().len(), up.len(), "{at}: each once");
        assert_eq!(up, order(&net, "t", Lane::Routine), "{at}: in the order of its maker");
        assert_eq!(down, order(&net, "p", Lane::Urgent), "{at}: in the order of its maker");
    }
    for at in ["p", "c", "t"] {
        assert_eq!(net.counter(at, "epochs_forked"), 0, "{at}: a kill is no reason for a new epoch");
    }
    until("its maker knows", || net.link("t", "c").lanes[Lane::Routine].arrived.0 == made[0].len() as u64).await;
}
