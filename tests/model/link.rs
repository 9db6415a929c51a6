//! The link machine against a store that cannot be wrong: random lists of records made, lines cut, processes killed, older copies restored,
//! disks replaced, epochs begun. At every moment custody must be true; in the end, once the line stays up, everything must be where it
//! belongs, and that within a bounded number of steps.
//!
//! `DUTYNET_SEED=… cargo test -p dutynet-tests --test model links_survive` plays one case again and tells what happened in it;
//! `DUTYNET_SEEDS=20000..50000` plays others than those of every run.

mod facts;
mod store;
mod world;

use std::{ops::Range, thread, time::Duration};

use dutynet_relay::ids::{Lane, LinkSeq};
use rand::Rng as _;

use facts::Fate;
use store::Store;
use world::{CHILD, Check, Mutant, PARENT, World};

const CASES: u64 = 20_000;
/// Cases within which each mutant must be found.
const MUTANT_CASES: u64 = 4_000;
const STEPS_MAX: usize = 20_000;
/// Times that somebody has to be woken before everything is quiet.
const WAKES_MAX: usize = 60;

/// What has been done to the stores, besides cuts and kills.
#[derive(Default)]
struct Past {
    /// Records may have been sent again after later ones.
    reordered: bool,
}

fn play(mut world: World) -> Result<World, String> {
    let mut past = Past::default();
    let violence = world.random.random_range(0..3);
    for _ in 0..world.random.random_range(5..40) {
        act(&mut world, violence, &mut past)?;
        for _ in 0..world.random.random_range(0..24) {
            world.happen()?;
        }
        if world.random.random_ratio(1, 3) {
            [CHILD, PARENT].into_iter().for_each(|end| {
                world.arrive(end);
                world.want_files(end);
            });
        }
        if world.random.random_ratio(1, 8) {
            let at_most = Duration::from_millis(world.random.random_range(1..20_000));
            world.pass(Some(at_most))?;
        }
    }
    settle(&mut world)?;
    everything_is_there(&world, &past)?;
    Ok(world)
}

/// One thing that people, disks and lines do. The more violence, the worse.
fn act(world: &mut World, violence: u32, past: &mut Past) -> Check {
    let end = world.random.random_range(0..2);
    let what = world.random.random_range(0..30);
    match what {
        0..=9 => {
            let lane = Lane::ALL[world.random.random_range(0..4)];
            for _ in 0..world.random.random_range(1..8) {
                world.make(end, lane);
            }
        }
        10..=14 => world.dial()?,
        15 | 16 => world.cut()?,
        17 => world.drain(end)?,
        18 => world.set_full(end, !world.ends[end].full),
        19 | 20 => world.back_up(end),
        21 | 22 => world.crash(end)?,
        23 | 24 if violence > 0 => world.fork(end)?,
        25 | 26 if violence > 0 => {
            past.reordered = true;
            world.restore(end)?;
        }
        27..=29 if violence > 1 => {
            past.reordered = true;
            world.replace(end)?;
        }
        _ => {}
    }
    Ok(())
}

/// The line stays up, the disks have space. Everything must come to rest.
fn settle(world: &mut World) -> Check {
    world.calm = true;
    world.cut()?;
    [CHILD, PARENT].into_iter().for_each(|end| world.set_full(end, false));
    let (mut steps, mut wakes) = (0, 0);
    while wakes < WAKES_MAX {
        if !world.is_linked() {
            world.dial()?;
        }
        [CHILD, PARENT].into_iter().for_each(|end| {
            world.arrive(end);
            world.want_files(end);
        });
        while world.happen()? {
            steps += 1;
            if steps > STEPS_MAX {
                return Err("no rest".into());
            }
        }
        if world.is_linked() && is_done(world) {
            return Ok(());
        }
        wakes += 1;
        world.pass(None)?;
    }
    Err(format!("not done: {}", state(world)))
}

fn is_done(world: &World) -> bool {
    let done = |(own, other): (&Store, &Store)| {
        let heads = own.heads();
        let held = other.inbox.held.filter(|held| held.epoch == own.epoch);
        let holds = |lane: Lane| held.map_or(LinkSeq(0), |held| held.lanes[lane].seq) == heads[lane];
        Lane::ALL.into_iter().all(holds) && own.custody == heads && own.arrived == heads && !own.fetch_due
    };
    let files = world.ends.iter().all(|end| !world.gives_files || end.files.wanted().is_empty());
    files && directions(world).into_iter().all(done)
}

/// Each store as a sender, with the one that receives from it.
fn directions(world: &World) -> [(&Store, &Store); 2] {
    [(CHILD, PARENT), (PARENT, CHILD)].map(|(own, other)| (&world.ends[own].store, &world.ends[other].store))
}

fn state(world: &World) -> String {
    let end = |at: usize| {
        let store = &world.ends[at].store;
        let (heads, custody, arrived) = (store.heads(), store.custody, store.arrived);
        format!("heads {heads:?}, custody {custody:?}, arrived {arrived:?}, to be fetched {}", store.fetch_due)
    };
    format!("child {}; parent {}", end(CHILD), end(PARENT))
}

fn everything_is_there(world: &World, past: &Past) -> Check {
    for (own, other) in directions(world) {
        for fact in own.routed() {
            let (there, parked) = (other.inbox.applied.contains_key(&fact.id), own.parked.contains(&fact.id));
            let ends = match fact.fate {
                Fate::Good | Fate::Late => there && own.arrived_facts.contains(&fact.id),
                Fate::Refused => {
                    !there && (parked && !own.arrived_facts.contains(&fact.id) || world.ever_parked.contains(&fact.id))
                }
                Fate::RefusedLater => there && own.refused_later.contains(&fact.id) && !own.arrived_facts.contains(&fact.id),
            };
            if !ends {
                return Err(format!("{:?} {} of {} ended wrong: there {there}, parked {parked}", fact.lane, fact.id, own.own));
            }
        }
        if let Some(id) = other.inbox.applied.keys().find(|id| !own.made.contains(*id)) {
            return Err(format!("{id} of {} had left it, and was not taken back", own.own));
        }
        let mut order = other.inbox.order.clone();
        if !past.reordered {
            order.sort_by_key(|fact| (fact.lane, fact.id));
            let mut came = other.inbox.order.clone();
            came.sort_by_key(|fact| fact.lane);
            if came.iter().map(|fact| fact.id).ne(order.iter().map(|fact| fact.id)) {
                return Err(format!("records of {} came out of order", own.own));
            }
        }
        order.sort_by_key(|fact| fact.id);
        order.dedup_by_key(|fact| fact.id);
        if order.len() != other.inbox.order.len() {
            return Err(format!("a record of {} was applied twice", own.own));
        }
    }
    Ok(())
}

#[test]
fn links_survive_whatever_is_done_to_them() {
    if let Ok(seed) = std::env::var("DUTYNET_SEED") {
        let world = World::told(seed.parse().expect("DUTYNET_SEED is a number"));
        assert_eq!(play(world).map(|_| ()), Ok(()));
        return;
    }
    let cases = cases();
    let half = |odd: u64| {
        let cases = cases.clone();
        move || cases.filter(|seed| seed % 2 == odd).map(survive).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1))
    };
    let (even, odd) = thread::scope(|scope| {
        let odd = scope.spawn(half(1));
        (half(0)(), odd.join().expect("the odd cases failed"))
    });
    let (forks, sessions) = (even.0 + odd.0, even.1 + odd.1);
    let few = cases != (0..CASES);
    assert!(few || (forks > 10_000 && sessions > 50_000), "the cases are too tame: {forks} forks, {sessions} sessions");
}

/// Those of every run, or others.
fn cases() -> Range<u64> {
    let asked = std::env::var("DUTYNET_SEEDS").ok();
    let asked = asked.as_deref().and_then(|asked| asked.split_once(".."));
    asked.map_or(0..CASES, |(from, to)| {
        let number = |text: &str| text.parse().expect("DUTYNET_SEEDS is two numbers with .. between");
        number(from)..number(to)
    })
}

/// How many forks and sessions a case had.
fn survive(seed: u64) -> (usize, usize) {
    match play(World::new(seed, Mutant::None)) {
        Ok(world) => (world.forks, world.sessions),
        Err(fault) => panic!("DUTYNET_SEED={seed}: {fault}"),
    }
}

#[test]
fn every_mutant_is_found() {
    let mutants = [
        Mutant::CustodyBeforeDurable,
        Mutant::RebaseForgotten,
        Mutant::RefusalsNotRetold,
        Mutant::ForkForgotten,
        Mutant::FetchForgotten,
        Mutant::ControlHeadLate,
        Mutant::LateForgotten,
        Mutant::PartForgotten,
    ];
    for mutant in mutants {
        let found = (0..MUTANT_CASES).any(|seed| play(World::new(seed, mutant)).is_err());
        assert!(found, "{mutant:?} was not found in {MUTANT_CASES} cases");
    }
}
