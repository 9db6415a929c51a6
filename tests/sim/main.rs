//! Whole networks under a seeded clock: the real writer and the real link machine, on disks that lose power, over lines that break.
//!
//! A seed decides everything, so it replays exactly: `DUTYNET_SEED=17 cargo test -p dutynet-tests --test sim one_seed -- --nocapture`.
//! A run founds a tree of four offices, lets officers write and the weather rage, then heals everything and waits until all agree. What
//! is promised is checked after every commit, every restart, and at the end.
//!
//! Reading order: [`world`] (the life of a run), [`driver`] (sessions), [`carriage`] (lines), [`running`] (starts and crashes),
//! [`storm`], [`asks`] (officers), [`ledger`] and [`check`] (what must be true). Mutants: [`plan::Mutant`].

mod acting;
mod asks;
mod carriage;
mod check;
mod driver;
mod faults;
mod found;
mod intake;
mod ledger;
mod line;
mod office;
mod plan;
mod running;
mod session;
mod storm;
mod trace;
mod world;

use std::collections::BTreeMap;

use plan::{Mutant, Plan};
use trace::Voice;
use world::{Outcome, run};

/// Seeds of every run of the tests.
const SEEDS: u64 = 200;

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

/// Runs the seeds on two threads. What happened how often over all of them.
fn run_all(seeds: std::ops::Range<u64>) -> BTreeMap<String, u64> {
    let halves = [0, 1].map(|half| {
        let seeds = seeds.clone();
        std::thread::spawn(move || {
            let mut tally: BTreeMap<String, u64> = BTreeMap::new();
            for seed in seeds.filter(|seed| seed % 2 == half) {
                let outcome = outcome(seed, Mutant::None);
                assert!(outcome.fault.is_none(), "{}", told(seed, &outcome));
                for (what, count) in outcome.tally {
                    *tally.entry(what).or_insert(0) += count;
                }
            }
            tally
        })
    });
    let mut tally = BTreeMap::new();
    for half in halves {
        for (what, count) in half.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)) {
            *tally.entry(what).or_insert(0) += count;
        }
    }
    tally
}

#[test]
fn every_promise_holds_in_any_weather() {
    let seeds = seeds();
    let few = seeds.end - seeds.start < SEEDS;
    let tally = run_all(seeds);
    println!("{tally:#?}");
    if few {
        return;
    }
    for what in ["kills", "power cuts", "stops", "lines cut", "connections lost", "commits failed", "disks full", "asks folded"] {
        assert!(tally.get(what).is_some_and(|count| *count > SEEDS / 4), "too little of {what}: {tally:?}");
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

/// For whoever looks for a fault: does nothing unless a seed is named.
#[test]
fn one_seed_is_told_aloud_when_it_is_asked_for() {
    let Some(seed) = std::env::var("DUTYNET_SEED").ok().and_then(|seed| seed.parse().ok()) else { return };
    let outcome = run(Plan::of(seed, Mutant::None), Voice::Loud);
    assert!(outcome.fault.is_none(), "{}", told(seed, &outcome));
}
