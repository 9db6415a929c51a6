//! Whole networks under a seeded clock: the real writer and the real link machine, on disks that lose power, over lines that break.
//!
//! A seed decides everything, so it replays exactly: `DUTYNET_SEED=17 cargo test -p dutynet-tests --test sim one_seed -- --nocapture`.
//! A run founds a tree of four offices, lets officers write and the weather rage, then heals everything and waits until all agree. What
//! is promised is checked after every commit, every restart, and at the end. In two of three seeds machines also have disasters
//! ([`plan::Disasters`]): disks of before, new disks, machines that run twice; nothing may be missing then but what no disk held any more.
//!
//! Not promised, and kept out of the plans: a child that was invited so shortly before its parent lost its disk that nobody above had heard
//! of it must be invited anew; children of an office that has a new key must be told so; whoever was set back without being told to before
//! a child was invited sends that child nothing until it has met its parent.
//!
//! Reading order: [`world`] (the life of a run), [`driver`] (sessions), [`carriage`] (lines), [`running`] (starts and crashes),
//! [`storm`], [`disasters`], [`asks`] (officers), [`ledger`], [`positions`], [`losses`] and [`check`] (what must be true). Mutants:
//! [`plan::Mutant`].

mod acting;
mod asks;
mod carriage;
mod check;
mod disasters;
mod driver;
mod faults;
mod found;
mod intake;
mod ledger;
mod line;
mod losses;
mod office;
mod plan;
mod positions;
mod running;
mod session;
mod storm;
mod trace;
mod world;

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

use plan::{Mutant, Plan};
use trace::Voice;
use world::{Outcome, run};

/// Seeds of every run of the tests.
const SEEDS: u64 = 300;

/// Seeds beyond those that found something. 443: of a machine that was replaced it was said that a record had arrived which the next tier
/// had not got.
const ONCE_FAILED: &[u64] = &[443];

/// Those of every run, or others: `DUTYNET_SEEDS=200..5000`.
fn seeds() -> std::ops::Range<u64> {
    let asked = std::env::var("DUTYNET_SEEDS").ok();
    let asked = asked.as_deref().and_then(|asked| asked.split_once(".."));
    let asked = asked.and_then(|(from, to)| Some(from.parse().ok()?..to.parse().ok()?));
    asked.unwrap_or(0..SEEDS)
}

fn outcome(seed: u64, mutant: Mutant) -> Outcome {
    run(Plan::of(seed, mutant), Voice::Quiet)
}

fn told(seed: u64, outcome: &Outcome) -> String {
    let fault = outcome.fault.as_ref().map_or("", |fault| &fault.0);
    format!("seed {seed}: {fault}\n{}\nseed {seed}: {fault}", outcome.last_lines.join("\n"))
}

type Tally = BTreeMap<String, u64>;

/// Runs the seeds on every processor. What happened how often over all of them.
fn run_all(seeds: std::ops::Range<u64>) -> Tally {
    let next = AtomicU64::new(seeds.start);
    let work = || {
        let mut tally = Tally::new();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                return tally;
            }
            let outcome = outcome(seed, Mutant::None);
            if outcome.fault.is_some() {
                next.store(seeds.end, Ordering::Relaxed);
                panic!("{}", told(seed, &outcome));
            }
            add(&mut tally, outcome.tally);
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running.into_iter().fold(Tally::new(), |mut all, thread| {
            add(&mut all, thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            all
        })
    })
}

fn add(all: &mut Tally, more: Tally) {
    for (what, count) in more {
        *all.entry(what).or_insert(0) += count;
    }
}

/// What must happen in the seeds of every run, and how often at least: a simulator that does nothing finds nothing.
const WEATHER: [(&str, u64); 9] = [
    ("kills", 75),
    ("power cuts", 75),
    ("stops", 75),
    ("lines cut", 75),
    ("connections lost", 75),
    ("commits failed", 75),
    ("disks full", 75),
    ("disks really full", 75),
    ("asks folded", 75),
];

/// The same of clocks and machines.
const DISASTERS: [(&str, u64); 11] = [
    ("clocks of 1970", 20),
    ("clocks of 2099", 20),
    ("clocks 40 minutes fast", 20),
    ("clocks put back", 20),
    ("disks restored", 15),
    ("disks set back", 15),
    ("indexes that knew more", 5),
    ("machines replaced", 8),
    ("disks emptied", 8),
    ("machines copied", 20),
    ("copies that went on", 8),
];

/// The rows by which stores recognise each other, and what follows from them. A neighbour that was replaced while this office was set back to
/// before that is too rare here; the model of a link meets it.
const RECOGNISED: [(&str, u64); 13] = [
    ("resumed", 300),
    ("peer_holds_nothing", 1_000),
    ("peer_restored", 10),
    ("peer_holds_earlier_epoch", 10),
    ("peer_holds_unknown_epoch", 10),
    ("peer_knows_more", 10),
    ("chain_differs", 3),
    ("peer_new_epoch", 10),
    ("own_state_restored", 10),
    ("ticket_stale", 10),
    ("quarantined", 10),
    ("ghost_replaced", 10),
    ("fetch_finished", 300),
];

#[test]
fn every_promise_holds_in_any_weather() {
    let seeds = seeds();
    let few = seeds.end - seeds.start < SEEDS;
    let tally = run_all(seeds);
    println!("{tally:#?}");
    for (what, least) in WEATHER.into_iter().chain(DISASTERS).chain(RECOGNISED).filter(|_| !few) {
        assert!(tally.get(what).is_some_and(|count| *count >= least), "too little of {what}: {tally:?}");
    }
}

#[test]
fn seeds_that_once_failed_pass() {
    for seed in ONCE_FAILED.iter().copied() {
        let outcome = outcome(seed, Mutant::None);
        assert!(outcome.fault.is_none(), "{}", told(seed, &outcome));
    }
}

#[test]
fn one_seed_replays_exactly() {
    for seed in [3, 5, 11] {
        assert_eq!(outcome(seed, Mutant::None).hash, outcome(seed, Mutant::None).hash, "seed {seed}");
    }
}

/// How many of the first seeds find it, and what one of them says.
fn found(mutant: Mutant, seeds: u64) -> (usize, String) {
    let faults: Vec<String> = (0..seeds).filter_map(|seed| outcome(seed, mutant).fault).map(|fault| fault.0).collect();
    (faults.len(), faults.first().cloned().unwrap_or_default())
}

#[test]
fn a_disk_whose_syncs_are_lies_is_found_out() {
    let (found, says) = found(Mutant::LyingDisk, 12);
    assert!(found >= 9, "{found} of 12 seeds; the first says: {says}");
}

#[test]
fn a_driver_that_acknowledges_before_the_commit_is_found_out() {
    let (found, says) = found(Mutant::EarlyCustody, 12);
    assert!(found == 12 && says.contains("custody"), "{found} of 12 seeds; the first says: {says}");
}

#[test]
fn a_driver_that_verifies_before_the_registry_is_written_is_found_out() {
    let (found, says) = found(Mutant::HastyVerifier, 40);
    assert!(found > 0, "{found} of 40 seeds; the first says: {says}");
}

/// What the first of these seeds says that finds it. A kind of disaster is planned in every sixth seed, and does not come in each.
fn first_found(mutant: Mutant, mut seeds: impl Iterator<Item = u64>) -> Option<String> {
    seeds.find_map(|seed| outcome(seed, mutant).fault).map(|fault| fault.0)
}

#[test]
fn a_restored_store_that_goes_on_under_its_old_numbers_is_found_out() {
    let says = first_found(Mutant::ForkForgotten, (0..50).map(|n| 6 * n + 1));
    assert!(says.is_some(), "nobody has noticed");
}

#[test]
fn a_new_machine_that_does_not_keep_the_past_that_it_is_given_is_found_out() {
    let says = first_found(Mutant::PastForgotten, (0..50).map(|n| 6 * n + 2));
    assert!(says.is_some(), "nobody has noticed");
}

#[test]
fn whoever_does_not_tell_a_new_machine_who_is_below_it_is_found_out() {
    let says = first_found(Mutant::RebaseForgotten, (0..50).map(|n| 6 * n + 2));
    assert!(says.is_some(), "nobody has noticed");
}

#[test]
fn a_parent_that_does_not_ask_for_tickets_is_found_out() {
    let says = first_found(Mutant::TicketsIgnored, (0..50).map(|n| 6 * n + 3));
    assert!(says.as_ref().is_some_and(|says| says.contains("takes the place")), "the first says: {says:?}");
}

/// For whoever looks for a fault: does nothing unless a seed is named.
#[test]
fn one_seed_is_told_aloud_when_it_is_asked_for() {
    let Some(seed) = std::env::var("DUTYNET_SEED").ok().and_then(|seed| seed.parse().ok()) else { return };
    let outcome = run(Plan::of(seed, Mutant::None), Voice::Loud);
    assert!(outcome.fault.is_none(), "{}", told(seed, &outcome));
}
