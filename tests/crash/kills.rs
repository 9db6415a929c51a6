//! The real writer killed with `kill -9`, again and again: what it had reported is there afterwards.
//!
//! The writer is this test program itself, started once more with [`FOLDER`] set: it opens the store, commits, and reports every answer on
//! its standard output before it goes on.

use std::{
    collections::BTreeMap,
    env,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    thread,
    time::Duration,
};

use dutynet_relay::{
    disk::{Disk, fs::FileDisk, memory::MemoryDisk},
    ids::{Lane, LinkSeq},
    index::sled_index::SledIndex,
    journal::Options,
    writer::{Store, Writer},
};
use dutynet_tests::county::{AT, County, history::Chooser, id, picture::Picture};
use rand::{Rng as _, SeedableRng as _, rngs::SmallRng};

const KILLS: u64 = 200;
/// Kills of one folder; then another one begins, so that stores stay small.
const KILLS_OF_A_FOLDER: u64 = 25;
/// Where the started writer works.
const FOLDER: &str = "DUTYNET_KILLED_FOLDER";
const SEED: &str = "DUTYNET_KILLED_SEED";
/// Set: it keeps its journal in memory, which no kill outlives.
const IN_MEMORY: &str = "DUTYNET_KILLED_IN_MEMORY";
const NEIGHBOURS: [&str; 3] = ["p", "t1", "t2"];

fn open(county: &County, folder: &Path, disk: Arc<dyn Disk>, seed: u64) -> Writer {
    let (index, _) = SledIndex::open_or_anew(&folder.join("index"), 1 << 20, Duration::from_secs(60)).unwrap();
    county.open((disk, Options::default()), Arc::new(index), seed).unwrap().0
}

fn files(folder: &Path) -> Arc<dyn Disk> {
    Arc::new(FileDisk::open(&folder.join("journal")).unwrap())
}

/// What can be told of a store from outside: every record with its digest, every outgoing position with its chain.
fn reports(store: &Store) -> Vec<String> {
    let mut lines = Vec::new();
    for origin in ["p", "c", "t1", "t2", "x"] {
        for (reference, place) in store.by_origin(&id(origin), None, usize::MAX).unwrap() {
            lines.push(format!("record {origin}/{:?} {}", reference.id, store.stored(place).unwrap().record.digest()));
        }
    }
    for (name, lane) in NEIGHBOURS.iter().flat_map(|name| Lane::ALL.map(|lane| (name, lane))) {
        for seq in 1..=store.sent(&id(name))[lane].seq.0 {
            let chain = store.chain_at(&id(name), lane, LinkSeq(seq)).unwrap().unwrap();
            lines.push(format!("position {name}/{}/{seq} {chain}", lane.name()));
        }
    }
    lines
}

/// The writer that is killed. Does nothing when the tests are run as such: the parent below starts it.
#[test]
fn a_writer_that_reports_what_it_was_answered() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let folder = Path::new(&folder);
    let seed: u64 = env::var(SEED).unwrap().parse().unwrap();
    let county = County::new(4000);
    let disk = if env::var_os(IN_MEMORY).is_some() { Arc::new(MemoryDisk::default()) as Arc<dyn Disk> } else { files(folder) };
    let mut writer = open(&county, folder, disk, seed);
    let mut random = SmallRng::seed_from_u64(seed);
    let mut told = std::collections::BTreeSet::new();
    let mut out = std::io::stdout().lock();
    writeln!(out, "open").unwrap();
    if writer.store().registry().entry(&id("t2")).is_none() {
        writer.commit(county.beginning(), AT).unwrap();
    }
    let chooser = Chooser { county: &county, body_bytes_max: 4000 };
    loop {
        // Of positions the picture knows nothing here; whoever sends out of order is refused, and that is fine.
        let acts = chooser.usual_commit(&Picture::default(), &mut random);
        let epoch = writer.store().epoch();
        writer.commit(acts.iter().map(|act| act.intent(epoch)).collect(), AT).unwrap();
        for line in reports(&writer.store()) {
            if told.insert(line.clone()) {
                writeln!(out, "{line}").unwrap();
            }
        }
        writeln!(out, "{COMMITTED}").unwrap();
        out.flush().unwrap();
        if random.random_bool(0.1) {
            writer.checkpoint().unwrap();
        }
    }
}

/// What the writer says after all that one commit has brought.
const COMMITTED: &str = "committed";

/// Where a writer keeps its journal.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kept {
    OnFiles,
    InMemory,
}

fn start(folder: &Path, seed: u64, kept: Kept) -> Child {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "kills::a_writer_that_reports_what_it_was_answered", "--nocapture", "--test-threads=1"]);
    command.env(FOLDER, folder).env(SEED, seed.to_string()).stdout(Stdio::piped()).stderr(Stdio::null());
    if kept == Kept::InMemory {
        command.env(IN_MEMORY, "1");
    }
    command.spawn().unwrap()
}

/// Starts the writer, kills it at a random moment, and notes what it had reported.
fn kill_once(folder: &Path, (seed, kept): (u64, Kept), reported: &mut BTreeMap<String, String>) {
    let mut random = SmallRng::seed_from_u64(seed);
    let mut child = start(folder, seed, kept);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let wait_for_news = random.random_bool(0.9);
    if wait_for_news {
        assert!(lines.by_ref().any(|line| line.unwrap().ends_with("open")), "the writer does not open");
        let mut commits = random.random_range(1..8);
        while commits > 0 {
            let line = lines.next().expect("the writer goes on").unwrap();
            noted(&line, reported);
            commits -= usize::from(line == COMMITTED);
        }
    }
    thread::sleep(Duration::from_millis(random.random_range(0..120)));
    child.kill().unwrap();
    child.wait().unwrap();
    for line in lines {
        noted(&line.unwrap_or_default(), reported);
    }
}

/// Notes what a line reports. The last line may be cut.
fn noted(line: &str, reported: &mut BTreeMap<String, String>) {
    let parts: Vec<_> = line.split(' ').collect();
    match parts[..] {
        [what @ ("record" | "position"), name, value] if value.len() == 64 => {
            reported.insert(format!("{what} {name}"), value.to_owned());
        }
        _ => {}
    }
}

/// Kills writers of one folder; afterwards everything that they had reported is there.
fn kills_of_one_folder(first: u64) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let county = County::new(4000);
    let mut reported = BTreeMap::new();
    for seed in first..first + KILLS_OF_A_FOLDER {
        kill_once(folder.path(), (seed, Kept::OnFiles), &mut reported);
        if seed % 5 == 4 {
            let writer = open(&county, folder.path(), files(folder.path()), seed);
            assert_eq!(missing(&writer.store(), &reported), None, "after kill {seed}");
            county.equals_a_rebuild(&writer.store()).unwrap();
        }
    }
    reported.len()
}

/// The first thing that was reported and is not there, or is something else.
fn missing(store: &Store, reported: &BTreeMap<String, String>) -> Option<String> {
    let there: std::collections::BTreeSet<_> = reports(store).into_iter().collect();
    reported.iter().map(|(name, value)| format!("{name} {value}")).find(|line| !there.contains(line))
}

#[test]
fn a_writer_killed_two_hundred_times_has_lost_nothing() {
    let folders: Vec<u64> = (0..KILLS / KILLS_OF_A_FOLDER).collect();
    let reported: usize = thread::scope(|scope| {
        let halves = folders.chunks(folders.len() / 2);
        let running = halves.map(|half| {
            scope.spawn(move || half.iter().map(|folder| kills_of_one_folder(folder * KILLS_OF_A_FOLDER)).sum::<usize>())
        });
        let running: Vec<_> = running.collect();
        running.into_iter().map(|half| half.join().unwrap()).sum()
    });
    assert!(reported > 1000, "only {reported} things were reported before the kills");
}

#[test]
fn a_writer_that_answers_from_memory_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut reported = BTreeMap::new();
    for seed in 0..3 {
        kill_once(folder.path(), (seed, Kept::InMemory), &mut reported);
    }
    let writer = open(&County::new(4000), folder.path(), files(folder.path()), 0);
    assert!(missing(&writer.store(), &reported).is_some(), "the kills cannot fail");
}
