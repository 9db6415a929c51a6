//! Backups and restores in bad moments: under load, and killed in the middle, as real processes.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use dutynet_relay::{
    backup::{
        Home, HowFar,
        check::{Checked, check},
        code::RecoveryCode,
        make::{First, Source, Terms, make},
        new_code,
        restore::{Chosen, MARK},
    },
    clock::{Clock as _, SystemClock},
    folder::DataFolder,
    ids::{Lane, RecordRef, UnixMillis},
    random,
    record::Audience,
    relay::Relay,
};
use dutynet_tests::{
    ground::program,
    net::{Network, draft, office, until},
    process::Process,
    running::Running,
};

/// Kills that must have come in the middle.
const KILLS: usize = 5;

/// A running root, its recovery code, and a folder for backups.
struct House {
    net: Network,
    code: RecoveryCode,
    dir: tempfile::TempDir,
}

impl House {
    async fn new() -> Self {
        let net = Network::found("p").await;
        let code = new_code(&DataFolder::at(net.folder("p")), &office("p"), UnixMillis(1)).unwrap();
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("stick")).unwrap();
        Self { net, code, dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn home(&self) -> Home {
        Home::find(&self.path("stick")).unwrap()
    }

    fn newest_is_whole(&self) -> u64 {
        let manifest = self.home().manifest(None).unwrap();
        assert_eq!(check(&self.home(), &manifest, &HowFar::default()).unwrap(), Checked::default());
        manifest.number
    }

    /// Opens a restored folder and says how many of these records are not in it.
    async fn missing(folder: PathBuf, records: &[RecordRef]) -> usize {
        let restored = Running::beside(folder).await;
        let store = restored.relay.store().clone();
        let missing = records.iter().filter(|record| store.record(record).unwrap().is_none()).count();
        restored.stop().await;
        missing
    }
}

/// Cannot be packed.
fn body() -> [u8; 2048] {
    random::bytes().unwrap()
}

async fn made(relay: &Relay, body: &[u8]) -> RecordRef {
    let draft = draft(Lane::Routine, vec![Audience::Subtree(office("p"))], body);
    relay.submit(draft).await.unwrap().reference
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_holds_every_record_that_was_acknowledged_before_it_began() {
    let house = House::new().await;
    let relay = house.net.relay("p").clone();
    let (acknowledged, done) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
    let mut writers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (relay, acknowledged, done) = (relay.clone(), acknowledged.clone(), done.clone());
        writers.spawn(async move {
            while !done.load(Ordering::Relaxed) {
                let reference = made(&relay, &body()).await;
                acknowledged.lock().unwrap().push(reference);
            }
        });
    }
    let mut backups = Vec::new();
    for round in 1..=5 {
        until("more is written", || acknowledged.lock().unwrap().len() >= round * 150).await;
        let before = acknowledged.lock().unwrap().clone();
        let (relay, stick) = (relay.clone(), house.path("stick"));
        let terms = Terms { at: SystemClock::default().wall(), by: "z01".into(), keep: 9, first: First::Begin };
        let making = tokio::task::spawn_blocking(move || {
            make(&Source { store: relay.store(), folder: relay.data_folder() }, &stick, &terms, &HowFar::default())
        });
        backups.push((making.await.unwrap().unwrap().manifest, before));
    }
    let while_copying = acknowledged.lock().unwrap().len() - backups[4].1.len();
    done.store(true, Ordering::Relaxed);
    while let Some(ended) = writers.join_next().await {
        ended.unwrap();
    }
    assert!(while_copying > 0, "nothing was written while it copied");
    for (manifest, before) in backups {
        let number = manifest.number;
        assert_eq!(check(&house.home(), &manifest, &HowFar::default()).unwrap(), Checked::default(), "backup {number}");
        let folder = house.path(&format!("restored{number}"));
        let chosen = Chosen::open(house.home(), manifest, &house.code, &HowFar::default()).unwrap();
        chosen.restore(&DataFolder::at(&folder), "z01", &SystemClock::default()).unwrap();
        assert_eq!(House::missing(folder, &before).await, 0, "of {} before backup {number}", before.len());
    }
}

/// The command line on a data folder.
fn command(data: &Path, words: &[&str]) -> Child {
    let mut command = Command::new(program("dutynet"));
    command.arg("--data").arg(data).args(words).env_remove("DUTYNET_CONFIG").current_dir(data.parent().unwrap());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()) {
        let target = to.join(entry.file_name().unwrap());
        if entry.is_dir() {
            copy(&entry, &target);
        } else {
            std::fs::copy(entry, target).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_killed_in_the_middle_of_a_backup_leaves_the_one_before_whole() {
    let mut house = House::new().await;
    let relay = house.net.relay("p").clone();
    let mut records = Vec::new();
    for _ in 0..40 {
        let mut making = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let relay = relay.clone();
            making.spawn(async move { made(&relay, &[body(), body(), body(), body()].concat()).await });
        }
        while let Some(done) = making.join_next().await {
            records.push(done.unwrap());
        }
    }
    drop(relay);
    house.net.stop("p").await;
    let (data, stick, kept) = (house.net.folder("p"), house.path("stick"), house.path("kept"));
    let now = ["backup", "now", "--to", stick.to_str().unwrap()];
    let node = Process::serve(&data).await;
    let mut first = command(&data, &now);
    until("a backup is made", || first.try_wait().unwrap().is_some()).await;
    node.kill();
    assert_eq!(house.newest_is_whole(), 1);
    copy(&stick, &kept);
    let (mut in_the_middle, mut rounds) = (0, 0);
    while in_the_middle < KILLS {
        rounds += 1;
        assert!(rounds < 60, "{in_the_middle} kills of {rounds} came in the middle");
        std::fs::remove_dir_all(&stick).unwrap();
        copy(&kept, &stick);
        let node = Process::serve(&data).await;
        let mut asking = command(&data, &now);
        let begun = stick.join("dutynet-p/unfinished.part");
        until("it copies", || begun.exists() || asking.try_wait().unwrap().is_some()).await;
        node.kill();
        asking.wait().unwrap();
        in_the_middle += usize::from(house.newest_is_whole() == 1);
    }
    let node = Process::serve(&data).await;
    let mut last = command(&data, &now);
    until("a backup is made", || last.try_wait().unwrap().is_some()).await;
    node.kill();
    assert!(house.newest_is_whole() > 1);
    assert!(!stick.join("dutynet-p/unfinished.part").exists(), "what was left over is gone");
    let folder = house.path("restored");
    let chosen = Chosen::open(house.home(), house.home().manifest(None).unwrap(), &house.code, &HowFar::default()).unwrap();
    chosen.restore(&DataFolder::at(&folder), "z01", &SystemClock::default()).unwrap();
    assert_eq!(House::missing(folder, &records).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_that_is_killed_in_the_middle_leaves_nobody_and_is_done_by_the_next() {
    let house = House::new().await;
    let relay = house.net.relay("p").clone();
    let mut records = Vec::new();
    for _ in 0..300 {
        records.push(made(&relay, &body()).await);
    }
    let terms = Terms { at: SystemClock::default().wall(), by: "z01".into(), keep: 1, first: First::Begin };
    make(&Source { store: relay.store(), folder: relay.data_folder() }, &house.path("stick"), &terms, &HowFar::default())
        .unwrap();
    let code = house.path("code");
    std::fs::write(&code, house.code.text()).unwrap();
    let stick = house.path("stick");
    let words = ["restore", "--from", stick.to_str().unwrap(), "--code-file", code.to_str().unwrap()];
    // As far as it gets: the mark, a segment, the index, the new epoch's folder as good as done.
    let steps = [MARK, "journal/00000001.seg", "index/current", "journal/mark", "keys/leaf.der"];
    let mut in_the_middle = 0;
    for (number, step) in steps.into_iter().enumerate() {
        let folder = house.path(&format!("new{number}"));
        let mut restoring = command(&folder, &words);
        until("it has got so far", || folder.join(step).exists() || restoring.try_wait().unwrap().is_some()).await;
        // It may be over.
        let _ = restoring.kill();
        restoring.wait().unwrap();
        if folder.join("office.toml").exists() {
            continue;
        }
        in_the_middle += 1;
        let mut serving = command(&folder, &["serve"]);
        assert_eq!(serving.wait().unwrap().code(), Some(1), "nobody can serve from it");
        let mut again = command(&folder, &words);
        until("it is done", || again.try_wait().unwrap().is_some()).await;
        assert!(again.wait().unwrap().success());
        assert!(!folder.join(MARK).exists());
        assert_eq!(House::missing(folder, &records).await, 0);
    }
    assert!(in_the_middle >= 2, "only {in_the_middle} of {} kills came in the middle", steps.len());
}
